"""The fact of the site as a whole: its names and marks, from its start page and a sample of the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, get_args
from urllib.parse import urlsplit

from auditor.extract.marks import MarkParts
from auditor.extract.site_index import SiteIndex
from auditor.facts import FactEvidence, Site, SiteMark
from auditor.model import AttemptEvidence, AttemptReason, AttemptStatus

_UNSEEN = ("hsts", "cert_days_left")
_PAGE_FIELDS = (
    "name",
    "header_name",
    "marks",
    "site_id_code",
    "icp",
    "police_record",
    "ipv6_label",
    "search_form",
    "smart_qa",
)


def _pick_common(values: Iterable[str | None]) -> str | None:
    counts = Counter(value for value in values if value)
    return max(counts, key=lambda value: (counts[value], value), default=None)


def _list_marks(home: MarkParts | None, sample: list[MarkParts]) -> tuple[SiteMark, ...]:
    """Return the marks that the start page carries, or at least half of the sample."""
    counts = Counter(mark for parts in sample for mark in parts.marks)
    on_home = home.marks if home is not None else frozenset()
    return tuple(mark for mark in get_args(SiteMark) if mark in on_home or counts[mark] * 2 >= max(len(sample), 1))


def make_site(index: SiteIndex) -> Site:
    """Return the fact of the site; its marks are unreadable where no page of it was read."""
    sample = [record.marks for _, record in sorted(index.records.items()) if record.marks is not None]
    base: dict[str, Any] = {"host": index.portal_host, "official_name": index.snapshot.target.official_name}
    schemes = {
        urlsplit(visit.final_url or visit.url).scheme
        for visit in index.visits.values()
        if visit.attempt.status is AttemptStatus.DONE and urlsplit(visit.url).hostname == index.portal_host
    }
    https = "https" in schemes if schemes else None
    if not sample:
        seed = next(iter(index.snapshot.target.seeds), index.portal_host)
        evidence: FactEvidence = index.resolve(seed).blame or AttemptEvidence(seed, AttemptReason.NOT_ASKED, "", None)
        return Site(evidence=(evidence,), **base, unreadable=(*_PAGE_FIELDS, *_UNSEEN))
    home = index.home.marks if index.home is not None else None
    first = home or sample[0]
    return Site(
        evidence=(first.evidence,),
        **base,
        name=_pick_common(parts.name for parts in sample),
        header_name=first.header_name,
        marks=_list_marks(home, sample),
        marks_sampled=len(sample),
        site_id_code=_pick_common(parts.site_id_code for parts in sample),
        icp=_pick_common(parts.icp for parts in sample),
        police_record=_pick_common(parts.police_record for parts in sample),
        ipv6_label=any(parts.has_ipv6_label for parts in sample),
        search_form=first.has_search,
        smart_qa=any(parts.has_smart_qa for parts in sample),
        https=https,
        unreadable=_UNSEEN,
    )
