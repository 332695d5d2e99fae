"""Endpoint and vantage facts: what the network answered, and from where it was asked."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.site_index import SiteIndex
from auditor.facts import Endpoint, FactEvidence, VantageFact
from auditor.model import (
    Attempt,
    AttemptEvidence,
    AttemptReason,
    AttemptStatus,
    EndpointObservation,
    Fault,
    Observations,
    RecordEvidence,
    find_fault,
)

_PLAIN = 4
_NO_RECORD = frozenset({AttemptReason.NO_ADDRESS, AttemptReason.UNKNOWN_HOST})
_RECORD_NAMES = {4: "A", 6: "AAAA"}


def _has_record(observation: EndpointObservation) -> bool | None:
    """Tell whether the name has an address of the family; None where the question was not answered."""
    if observation.addresses:
        return True
    if observation.lookup.status is AttemptStatus.DONE or observation.lookup.reason in _NO_RECORD:
        return False
    return None


def _is_reachable(request: Attempt) -> bool | None:
    """Tell whether anything answered; None where we did not ask, or could not."""
    if request.status is AttemptStatus.DONE:
        return True
    fault = find_fault(request.reason) if request.reason is not None else Fault.OURS
    if fault is Fault.OURS or request.reason is AttemptReason.NO_ADDRESS:
        return None
    return fault is Fault.THEIRS


def _cite(observation: EndpointObservation, index: SiteIndex) -> tuple[FactEvidence, ...]:
    at = index.snapshot.finished_at
    url = observation.url or f"http://{observation.host}/"
    found: list[FactEvidence] = []
    if observation.lookup.reason is not None and observation.lookup.reason not in _NO_RECORD:
        found.append(AttemptEvidence(observation.host, observation.lookup.reason, observation.lookup.detail, at))
    else:
        answer = f"{_RECORD_NAMES[observation.family]} {', '.join(observation.addresses) or '-'}"
        found.append(RecordEvidence(url, None, "DNS", answer[:200], at))
    if observation.request.reason is not None:
        found.append(AttemptEvidence(url, observation.request.reason, observation.request.detail, at))
    else:
        likeness = "" if observation.same_as_v4 is None else f" ={observation.same_as_v4:.2f}"
        found.append(RecordEvidence(url, None, f"IPv{observation.family}", f"{observation.status}{likeness}", at))
    return tuple(found)


def _make_endpoint(index: SiteIndex, observation: EndpointObservation) -> Endpoint:
    record = _has_record(observation)
    reachable = _is_reachable(observation.request) if record is not False else None
    is_answered = (
        observation.request.status is AttemptStatus.DONE or observation.request.reason is AttemptReason.HTTP_ERROR
    )
    status = observation.status if is_answered else None
    likeness = observation.same_as_v4 if is_answered else None
    unreadable = []
    if record is None:
        unreadable.append("address_record")
    if record is not False and reachable is None:
        unreadable.append("reachable")
    if record is not False and reachable is not False and status is None:
        unreadable.append("status")
    if observation.family != _PLAIN and record is not False and reachable is not False and likeness is None:
        unreadable.append("same_as_v4")
    return Endpoint(
        evidence=_cite(observation, index),
        host=observation.host,
        role=observation.role,
        family=observation.family,
        address_record=record,
        overridden=observation.overridden,
        reachable=reachable,
        status=status,
        same_as_v4=likeness,
        redirects_to=observation.redirects_to,
        ms=observation.request.ms,
        unreadable=tuple(unreadable),
    )


def list_endpoints(index: SiteIndex, observations: Observations) -> Iterator[Endpoint]:
    """Yield what each address family of each host answered."""
    for observation in observations.endpoints:
        yield _make_endpoint(index, observation)


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
