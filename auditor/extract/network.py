"""Endpoint and vantage facts: what the network answered, and from where it was asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Literal
from urllib.parse import urlsplit

from auditor.extract.records import PageRecord
from auditor.extract.site_index import SiteIndex
from auditor.facts import Endpoint, FactEvidence, VantageFact
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Fault, find_fault
from auditor.model.evidence import AttemptEvidence, RecordEvidence
from auditor.model.observations import EndpointObservation, Observations

_PLAIN = 4
_OK = 200
_MOST_LINKING = 20
_FEW = 3
_NOT_CONNECTED = frozenset({AttemptReason.REFUSED, AttemptReason.UNREACHABLE})
_NO_RECORD = frozenset({AttemptReason.NO_ADDRESS, AttemptReason.UNKNOWN_HOST})
_RECORD_NAMES = {4: "A", 6: "AAAA"}


def has_record(observation: EndpointObservation) -> bool | None:
    """Tell whether the name has an address of the family; None where the question was not answered."""
    if observation.addresses:
        return True
    if observation.lookup.status is AttemptStatus.DONE or observation.lookup.reason in _NO_RECORD:
        return False
    return None


def _name_lookup(observation: EndpointObservation) -> Literal["found", "no_record", "no_name"] | None:
    """Tell how DNS answered; None where it did not."""
    record = has_record(observation)
    if record:
        return "found"
    if record is None:
        return None
    return "no_name" if observation.lookup.reason is AttemptReason.UNKNOWN_HOST else "no_record"


def _is_connected(observation: EndpointObservation) -> bool | None:
    """Tell whether a connection came about; None where none was tried, or nobody can tell any more."""
    connect = observation.connect
    if connect is not None:
        if connect.status is AttemptStatus.DONE:
            return True
        is_wire = connect.reason is not None and find_fault(connect.reason) is Fault.WIRE
        return False if is_wire else None
    reachable = _judge_request(observation.request)
    return reachable if reachable or observation.request.reason in _NOT_CONNECTED else None


def is_reachable(observation: EndpointObservation) -> bool | None:
    """Tell whether anything answered; None where we did not ask, or could not."""
    answered = _judge_request(observation.request)
    return _is_connected(observation) if answered is None else answered


def _judge_request(request: Attempt) -> bool | None:
    if request.status is AttemptStatus.DONE:
        return True
    fault = find_fault(request.reason) if request.reason is not None else Fault.OURS
    if fault is Fault.OURS or request.reason is AttemptReason.NO_ADDRESS:
        return None
    return fault is Fault.THEIRS


def _cite(observation: EndpointObservation, index: SiteIndex) -> tuple[FactEvidence, ...]:
    """Cite each layer up to the first that did not come about."""
    at = index.snapshot.finished_at
    url = observation.url or f"http://{observation.host}/"
    records = _RECORD_NAMES[observation.family]
    if has_record(observation) is None:
        reason = observation.lookup.reason or AttemptReason.NOT_ASKED
        return (AttemptEvidence(observation.host, reason, observation.lookup.detail, at),)
    answer = ", ".join(observation.addresses) or observation.lookup.reason or "-"
    found: list[FactEvidence] = [RecordEvidence(url, None, "DNS", f"{records} {answer}"[:200], at)]
    if observation.role == "nameserver" or not observation.addresses:
        return tuple(found)
    connect = observation.connect
    if connect is not None and connect.reason is not None:
        return (*found, AttemptEvidence(url, connect.reason, connect.detail, at))
    if connect is not None:
        found.append(RecordEvidence(url, None, "TCP", observation.addresses[0], at))
    request = observation.request
    if request.reason is not None:
        return (*found, AttemptEvidence(url, request.reason, request.detail, at))
    likeness = "" if observation.same_as_v4 is None else f"; IPv4 ≈ {observation.same_as_v4:.0%}"
    found.append(RecordEvidence(url, None, f"IPv{observation.family}", f"HTTP {observation.status}{likeness}", at))
    return tuple(found)


def _make_endpoint(index: SiteIndex, observation: EndpointObservation) -> Endpoint:
    is_answered = (
        observation.request.status is AttemptStatus.DONE or observation.request.reason is AttemptReason.HTTP_ERROR
    )
    record = has_record(observation)
    is_missing = record is False
    seen: dict[str, Any] = {
        "lookup": _name_lookup(observation),
        "address_record": record,
        "connected": None if is_missing else _is_connected(observation),
        "reachable": None if is_missing else is_reachable(observation),
        "status": observation.status if is_answered else None,
        "same_as_v4": observation.same_as_v4 if is_answered else None,
    }
    linking = _list_linking(index, observation.host) if observation.role == "retired" else ()
    return Endpoint(
        evidence=(*_cite(observation, index), *(record.evidence for record in linking[:_FEW])),
        host=observation.host,
        role=observation.role,
        family=observation.family,
        **seen,
        overridden=observation.overridden,
        redirects_to=observation.redirects_to,
        lands_on=urlsplit(observation.redirects_to or "").hostname,
        linked_from=tuple(record.url for record in linking),
        ms=observation.request.ms,
        unreadable=tuple(name for name in seen if seen[name] is None and _could_be(name, seen, observation.family)),
    )


def _list_linking(index: SiteIndex, host: str) -> tuple[PageRecord, ...]:
    """Return the first pages that link to a host."""
    found = (record for _, record in sorted(index.records.items()) if host in record.hosts)
    return tuple(islice(found, _MOST_LINKING))


def _make_unasked(index: SiteIndex, host: str) -> Endpoint:
    """Return the fact of a retired host that nobody asked: what its pages say, all else unreadable."""
    linking = _list_linking(index, host)
    unasked = AttemptEvidence(host, AttemptReason.NOT_ASKED, "", None)
    return Endpoint(
        evidence=(unasked, *(record.evidence for record in linking[:_FEW])),
        host=host,
        role="retired",
        family=4,
        linked_from=tuple(record.url for record in linking),
        unreadable=("lookup", "address_record", "connected", "reachable", "status"),
    )


def _could_be(name: str, seen: Mapping[str, Any], family: int) -> bool:
    """Tell whether a layer that was not seen may be there: the layers below it do not say that it cannot."""
    below = ("address_record", "connected", "reachable")
    until = below.index(name) if name in below else len(below)
    if name == "lookup":
        until = 0
    is_cut = any(seen[layer] is False for layer in below[:until])
    return not is_cut and not (name == "same_as_v4" and family == _PLAIN)


def is_label_true(observations: Observations) -> bool | None:
    """Tell whether the portal's start page answers over IPv6; None where that was not seen."""
    portal = next((one for one in observations.endpoints if one.role == "portal" and one.family != _PLAIN), None)
    if portal is None or has_record(portal) is None:
        return None
    if has_record(portal) is False or is_reachable(portal) is False:
        return False
    return portal.status == _OK if portal.request.status is AttemptStatus.DONE else None


def list_endpoints(index: SiteIndex, observations: Observations) -> Iterator[Endpoint]:
    """Yield what each address family of each host answered; of retired hosts also where nobody was asked."""
    for observation in observations.endpoints:
        yield _make_endpoint(index, observation)
    asked = {observation.host for observation in observations.endpoints}
    yield from (_make_unasked(index, host) for host in index.snapshot.target.retired_hosts if host not in asked)


def list_vantages(index: SiteIndex) -> Iterator[VantageFact]:
    """Yield what the collecting machine could see; nothing for a folder or an archive."""
    vantage = index.snapshot.vantage
    if vantage is None:
        return
    seed = next(iter(index.snapshot.target.seeds), index.portal_host)
    shown = f"IPv6 {'+' if vantage.ipv6 else '-'}; DNS {vantage.dns}; {vantage.browser or '-'}"
    evidence = RecordEvidence(seed, None, "", shown[:200], index.snapshot.started_at)
    yield VantageFact(
        evidence=(evidence,),
        ipv6=vantage.ipv6,
        browser=vantage.browser,
        dns=vantage.dns,
        tool=vantage.tool,
        at=index.snapshot.started_at,
    )
