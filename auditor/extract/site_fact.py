"""The fact of the site as a whole: its names and marks, from its start page and a sample of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, get_args
from urllib.parse import urlsplit

from auditor.extract.marks import MarkParts
from auditor.extract.network import is_label_true
from auditor.extract.site_index import SiteIndex
from auditor.extract.tls import find_portal, is_offered, read_policy
from auditor.facts import AccessMode, FactEvidence, NamePlace, Site, SiteMark, SiteName, SubscribeWay
from auditor.model.attempts import AttemptReason, AttemptStatus
from auditor.model.evidence import AttemptEvidence
from auditor.model.observations import Observations
from auditor.words.vocabulary import squeeze_name

_PAGE_FIELDS = (
    "name",
    "header_name",
    "marks",
    "possible_marks",
    "site_id_code",
    "icp",
    "police_record",
    "ipv6_label",
    "search_form",
    "accessibility_modes",
    "subscribe",
    "smart_qa",
)


def _pick_common(values: Iterable[str | None]) -> str | None:
    counts = Counter(value for value in values if value)
    return max(counts, key=lambda value: (counts[value], value), default=None)


def _list_marks(home: MarkParts | None, sample: Sequence[MarkParts], *, unseen: bool) -> tuple[SiteMark, ...]:
    """Return the marks that the start page carries, or half of the sample; `unseen`: those that may be there, too."""
    counts = Counter(mark for parts in sample for mark in _name_marks(parts, unseen=unseen))
    on_home = _name_marks(home, unseen=unseen) if home is not None else frozenset()
    return tuple(mark for mark in get_args(SiteMark) if mark in on_home or counts[mark] * 2 >= max(len(sample), 1))


def _name_marks(parts: MarkParts, *, unseen: bool) -> frozenset[SiteMark]:
    return parts.marks | parts.unseen if unseen else parts.marks


def _gather(names: Any, seen: Iterable[frozenset[str]]) -> tuple[Any, ...]:
    """Return those of the names that any page of the sample offers, in their order."""
    offered = frozenset().union(*seen)
    return tuple(name for name in get_args(names) if name in offered)


def make_site(index: SiteIndex, observations: Observations) -> Site:
    """Return the fact of the site; its marks are unreadable where no page of it was read."""
    sample = [record.marks for _, record in sorted(index.records.items()) if record.marks is not None]
    target = index.snapshot.target
    base: dict[str, Any] = {
        "host": index.portal_host,
        "unit_kind": target.kind,
        "official_name": target.official_name,
    }
    schemes = {
        urlsplit(visit.final_url or visit.url).scheme
        for visit in index.visits.values()
        if visit.attempt.status is AttemptStatus.DONE and urlsplit(visit.url).hostname == index.portal_host
    }
    asked = _list_asked(index, observations, ("https" in schemes) if schemes else None)
    unasked = _list_unasked(observations, asked)
    if not sample:
        seed = next(iter(target.seeds), index.portal_host)
        evidence: FactEvidence = index.resolve(seed).blame or AttemptEvidence(seed, AttemptReason.NOT_ASKED, "", None)
        unread = (*_PAGE_FIELDS, "ipv6_label_true", *unasked)
        return Site(evidence=(evidence,), **base, **asked, unreadable=unread)
    home = index.home.marks if index.home is not None else None
    first = home or sample[0]
    is_labelled = any(parts.has_ipv6_label for parts in sample)
    is_true = is_label_true(observations) if is_labelled else None
    is_searchable = True if first.search is not None else False if first.is_header_seen else None
    return Site(
        evidence=(first.evidence,),
        **base,
        **asked,
        name=_pick_common(parts.name for parts in sample),
        header_name=first.header_name,
        marks=_list_marks(home, sample, unseen=False),
        possible_marks=_list_marks(home, sample, unseen=True),
        marks_sampled=len(sample),
        site_id_code=_pick_common(parts.site_id_code for parts in sample),
        icp=_pick_common(parts.icp for parts in sample),
        police_record=_pick_common(parts.police_record for parts in sample),
        ipv6_label=is_labelled,
        ipv6_label_true=is_true,
        search_form=is_searchable,
        accessibility_modes=_gather(AccessMode, (parts.modes for parts in sample)),
        subscribe=_gather(SubscribeWay, (parts.subscribe for parts in sample)),
        smart_qa=any(parts.has_smart_qa for parts in sample),
        unreadable=(
            *(("ipv6_label_true",) if is_labelled and is_true is None else ()),
            *(("search_form",) if is_searchable is None else ()),
            *unasked,
        ),
    )


def list_names(index: SiteIndex) -> Iterator[SiteName]:
    """Yield what the start page calls the site, place by place; all of it unreadable where the page was not read."""
    home = index.home
    marks = home.marks if home is not None else None
    if home is None or marks is None:
        seed = next(iter(index.snapshot.target.seeds), index.portal_host)
        evidence = index.resolve(seed).blame or AttemptEvidence(seed, AttemptReason.NOT_ASKED, "", None)
        for place in get_args(NamePlace):
            yield SiteName(evidence=(evidence,), host=index.portal_host, place=place, unreadable=("text",))
        return
    organizer = _pick_common(record.marks.organizer for record in index.records.values() if record.marks is not None)
    shown = {"label": marks.name, "header": marks.header_name, "window": home.window or None}
    for place in get_args(NamePlace):
        text = shown[place]
        yield SiteName(
            evidence=(home.evidence,),
            host=index.portal_host,
            place=place,
            text=text,
            holds_official=_holds(text, index.snapshot.target.official_name),
            holds_organizer=_holds(text, organizer),
            is_picture=place == "header" and marks.header_is_picture,
        )


def _holds(text: str | None, name: str | None) -> bool | None:
    """Tell whether a name stands in a text, spaces and signs aside; None where either is not known."""
    return squeeze_name(name) in squeeze_name(text) if text and name else None


def _list_asked(index: SiteIndex, observations: Observations, https: bool | None) -> dict[str, Any]:
    """Return what the network says of HTTPS on the portal's host; `https` is what its pages say."""
    tls = find_portal(observations)
    if tls is None:
        return {"https": https, "hsts": None, "cert_days_left": None}
    shown = tls.certificate
    offered = is_offered(tls)
    return {
        "https": https if https or offered is None else offered,
        "hsts": read_policy(tls.hsts_header).holds if tls.hsts.status is AttemptStatus.DONE else None,
        "cert_days_left": (shown.not_after - index.snapshot.finished_at).days if shown is not None else None,
    }


def _list_unasked(observations: Observations, asked: dict[str, Any]) -> tuple[str, ...]:
    """Return what could not be seen of HTTPS; of a host that was seen to have none, nothing is missing."""
    tls = find_portal(observations)
    if tls is not None and is_offered(tls) is False:
        return ()
    return tuple(name for name in ("hsts", "cert_days_left") if asked[name] is None)
