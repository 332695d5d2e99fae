"""How much of each part of the site was seen, counted in addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.extract.columns import POLICY_CONCEPTS, ColumnEntry, list_further
from auditor.extract.section import Section
from auditor.extract.site_index import Resolution, SiteIndex
from auditor.facts import Coverage
from auditor.model import AttemptReason, AttemptStatus, CoverageEvidence, Part, Visit
from auditor.pagescan import normalise_url

_LOST = frozenset({"failed", "blocked", "skipped"})


def tell_state(landing: Resolution) -> str:
    """Return what came of an address: fetched (a 404 too), failed, blocked or skipped."""
    if landing.blame is None:
        return "fetched"
    if landing.blame.reason is AttemptReason.BLOCKED:
        return "blocked"
    is_skipped = landing.visit is None or landing.visit.attempt.status is AttemptStatus.SKIPPED
    return "skipped" if is_skipped else "failed"


def _count(index: SiteIndex, urls: Iterable[str], drawn: Iterable[str] = ()) -> dict[str, int]:
    """Count what came of addresses. `drawn` must be seen themselves: one that only script fills counts as skipped."""
    counts = {"discovered": 0, "fetched": 0, "failed": 0, "blocked": 0, "skipped": 0}
    must_show = set(drawn)
    for url in sorted(set(urls)):
        landing = index.resolve(url)
        state = tell_state(landing)
        is_hidden = landing.record is not None and landing.record.is_shell and url in must_show
        is_other = landing.identity == "redirected_home" and url in must_show
        state = "skipped" if is_hidden else "failed" if is_other else state
        counts["discovered"] += 1
        counts[state] += 1
    return counts


def _make(
    index: SiteIndex,
    part: Part,
    counts: dict[str, int],
    *,
    of: str | None = None,
    concept: str | None = None,
    whole: bool = True,
) -> Coverage:
    host = index.portal_host
    numbers: dict[str, Any] = dict(counts)
    complete = whole and not any(counts[name] for name in _LOST)
    evidence = CoverageEvidence(host=host, part=part, of=of, complete=complete, **numbers)
    return Coverage(evidence=(evidence,), host=host, part=part, of=of, concept=concept, complete=complete, **numbers)


def _list_part(index: SiteIndex, part: Part) -> set[str]:
    return {normalise_url(visit.url) or visit.url for visit in index.visits.values() if part in visit.parts}


def _is_page(visit: Visit | None) -> bool:
    return visit is None or visit.media_type is None or "html" in visit.media_type


def _cover_navigation(index: SiteIndex) -> Coverage:
    home = index.home
    seed = next((url for url in map(normalise_url, index.snapshot.target.seeds) if url), "")
    start = home.url if home is not None else seed
    urls = {start} if start else set()
    if home is not None and home.listing is not None:
        urls |= {url for url in home.listing.nav if index.is_inside(url)}
    urls |= _list_part(index, Part.NAVIGATION)
    return _make(index, Part.NAVIGATION, _count(index, urls, [start]), whole=home is not None)


def _cover_section(index: SiteIndex, section: Section | None) -> Coverage:
    urls = _list_part(index, Part.DISCLOSURE_SECTION)
    drawn = []
    if section is not None:
        drawn = [section.url] if section.url is not None else []
        offered = [offer.entry.url for offer in section.columns]
        urls |= {*drawn, *(url for url in offered if url is not None and index.is_inside(url))}
    return _make(index, Part.DISCLOSURE_SECTION, _count(index, urls, drawn))


def _cover_column(index: SiteIndex, entry: ColumnEntry) -> Coverage:
    """Count the pages of a list and what its rows lead to; a row that leads nowhere could not be looked at."""
    urls = {entry.url, *(page.url for page in entry.pages)}
    for page in entry.pages:
        urls |= {url for url in list_further(index, page) if index.is_inside(url)}
    rows = {item.url for item in entry.items if item.url is not None and index.is_inside(item.url)}
    counts = _count(index, urls | rows, [entry.url])
    nowhere = sum(item.url is None for item in entry.items)
    counts["discovered"] += nowhere
    counts["skipped"] += nowhere
    whole = entry.is_whole or _is_gone(entry)
    return _make(index, Part.COLUMN, counts, of=entry.url, concept=entry.concept, whole=whole)


def _is_gone(entry: ColumnEntry) -> bool:
    return entry.landing.blame is None and not entry.pages


def list_coverage(index: SiteIndex, section: Section | None, columns: tuple[ColumnEntry, ...]) -> tuple[Coverage, ...]:
    """Return the coverage of navigation, section, sitemap, policy columns and the whole site."""
    found = [_cover_navigation(index), _cover_section(index, section)]
    found.append(_make(index, Part.SITEMAP, _count(index, _list_part(index, Part.SITEMAP))))
    found.extend(
        _cover_column(index, entry)
        for entry in columns
        if entry.concept in POLICY_CONCEPTS and index.is_inside(entry.url)
    )
    found.append(_make(index, Part.SITE, _count(index, index.visits)))
    return tuple(found)
