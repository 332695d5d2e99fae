"""How much of each part of the site was seen, counted in addresses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from auditor.extract.columns import POLICY_CONCEPTS, ColumnEntry, list_columns_under, list_further
from auditor.extract.menus import CORE, SECTION
from auditor.extract.records import PageRecord
from auditor.extract.section import Section
from auditor.extract.site_index import Resolution, SiteIndex
from auditor.facts import Coverage
from auditor.model.attempts import AttemptReason, AttemptStatus, Part, Visit
from auditor.model.evidence import CoverageEvidence
from auditor.page.scan import normalise_url

_LOST = frozenset({"failed", "blocked", "skipped"})
_MAX_FRAMES = 8
_COVERED_CONCEPTS = POLICY_CONCEPTS | {"statutory_disclosure"}


def tell_state(landing: Resolution) -> str:
    """Return what came of an address: fetched (a 404 too), failed, blocked or skipped."""
    if landing.blame is None:
        return "fetched"
    if landing.blame.reason is AttemptReason.BLOCKED:
        return "blocked"
    visit = landing.visit
    if visit is None or visit.attempt.status is AttemptStatus.SKIPPED:
        return "skipped"
    is_undrawn = visit.drawing is not None and visit.drawing.status is AttemptStatus.SKIPPED
    return "skipped" if is_undrawn and visit.attempt.status is AttemptStatus.DONE else "failed"


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
    name: str | None = None,
) -> Coverage:
    host = index.portal_host
    numbers: dict[str, Any] = dict(counts)
    complete = whole and not any(counts[name] for name in _LOST)
    evidence = CoverageEvidence(host=host, part=part, of=of, complete=complete, name=name, **numbers)
    told: dict[str, Any] = {"concept": concept, "name": name, "complete": complete, **numbers}
    return Coverage(evidence=(evidence,), host=host, part=part, of=of, **told)


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
    closed = sum(page.listing.closed_nav for page in _list_home_pages(index) if page.listing is not None)
    counts = _add_closed(_count(index, urls, [start]), closed)
    return _make(index, Part.NAVIGATION, counts, whole=_can_be_followed(index))


def _add_closed(counts: dict[str, int], closed: int) -> dict[str, int]:
    """Count entries that only a script could open among what was found and not asked for."""
    return {**counts, "discovered": counts["discovered"] + closed, "skipped": counts["skipped"] + closed}


def _list_home_pages(index: SiteIndex) -> list[PageRecord]:
    """Return what the start page shows: itself or where it sends every reader, and the pages in its frames."""
    if index.home is None:
        return []
    landed = index.resolve(index.home.url).record or index.home
    frames = [index.resolve(url).record for url in landed.frames[:_MAX_FRAMES]]
    return [landed, *(frame for frame in frames if frame is not None)]


def _can_be_followed(index: SiteIndex) -> bool:
    """Tell whether the start page leads on by links that can be followed: a menu that a script opens hides columns."""
    pages = _list_home_pages(index)
    listings = [page.listing for page in pages if page.listing is not None]
    leads = {url for listing in listings for url in listing.leads if index.is_inside(url)} - index.homes
    frames = {url for page in pages for url in page.frames}
    if not leads - frames or any(listing.has_closed_nav for listing in listings):
        return False
    is_scripted = any(listing.is_scripted for listing in listings)
    return len(leads - frames) >= index.words.pages.nav_fallback.min_links or not is_scripted


def _offers_columns(section: Section) -> bool:
    """Tell whether the section offers a standard column, or no script of its page could offer one."""
    record = section.landing.record if section.landing is not None else None
    listing = record.listing if record is not None else None
    return any(offer.entry.concept in CORE for offer in section.columns) or listing is None or not listing.is_scripted


def _cover_section(index: SiteIndex, section: Section | None, *, is_nav_whole: bool) -> Coverage:
    """Count the section's page and what its menu offers; that there is none is known only from a whole navigation.

    An entry whose link only a script could follow was not seen, whatever it leads to.
    """
    urls = _list_part(index, Part.DISCLOSURE_SECTION)
    drawn = []
    whole, closed = is_nav_whole, 0
    if section is not None:
        whole = _offers_columns(section)
        drawn = [section.url] if section.url is not None else []
        offered = [offer.entry.url for offer in section.columns]
        urls |= {*drawn, *(url for url in offered if url is not None and index.is_inside(url))}
        closed = _count_closed(section)
    return _make(index, Part.DISCLOSURE_SECTION, _add_closed(_count(index, urls, drawn), closed), whole=whole)


def _count_closed(section: Section) -> int:
    """Return how many entries of the section's menu are links without an address and without entries below them."""
    return sum(
        (offer.entry.url is None or not offer.entry.leads)
        and offer.entry.filled is None
        and (below is None or below.source is not offer.source or below.entry.level <= offer.entry.level)
        for offer, below in zip(section.columns, (*section.columns[1:], None), strict=False)
    )


def _cover_column(index: SiteIndex, entry: ColumnEntry, below: tuple[ColumnEntry, ...]) -> Coverage:
    """Count the pages of a list and what its rows lead to; a row that leads nowhere could not be looked at.

    A heading without an address is covered by the columns `below` it.
    """
    lists = below or (entry,)
    urls = {url for one in lists for url in _list_addresses(index, one)}
    counts = _count(index, urls, [one.url for one in lists])
    counts = _add_closed(counts, sum(item.url is None for one in lists for item in one.items))
    whole = all(one.is_whole or _is_gone(one) for one in lists)
    return _make(index, Part.COLUMN, counts, of=entry.url, concept=entry.concept, whole=whole, name=entry.name[:60])


def _list_addresses(index: SiteIndex, entry: ColumnEntry) -> set[str]:
    urls = {entry.url, *(page.url for page in entry.pages)}
    for page in entry.pages:
        urls |= {url for url in list_further(index, page) if index.is_inside(url)}
    return urls | {item.url for item in entry.items if item.url is not None and index.is_inside(item.url)}


def _is_own_column(index: SiteIndex, entry: ColumnEntry) -> bool:
    """Tell whether a column is the site's: on its hosts, or elsewhere, but offered by its start page or its section."""
    is_offered = entry.offer is not None and entry.offer.source is index.home
    return index.is_inside(entry.url) or entry.section is not None or is_offered


def _is_covered(index: SiteIndex, entry: ColumnEntry) -> bool:
    """Tell whether a column is accounted for: those that hold documents always, others where they lie on our hosts."""
    if entry.concept in _COVERED_CONCEPTS:
        return _is_own_column(index, entry)
    is_list = entry.leads and entry.filled is None and entry.concept != SECTION
    return is_list and index.is_inside(entry.url) and entry.url not in index.homes


def _is_gone(entry: ColumnEntry) -> bool:
    return entry.landing.blame is None and not entry.pages


def list_coverage(index: SiteIndex, section: Section | None, columns: tuple[ColumnEntry, ...]) -> tuple[Coverage, ...]:
    """Return the coverage of navigation, section, sitemap, the site's columns, and the whole site."""
    navigation = _cover_navigation(index)
    found = [navigation, _cover_section(index, section, is_nav_whole=navigation.complete)]
    found.append(_make(index, Part.SITEMAP, _count(index, _list_part(index, Part.SITEMAP))))
    found.extend(
        _cover_column(index, entry, list_columns_under(entry, columns))
        for entry in columns
        if _is_covered(index, entry)
    )
    found.append(_make(index, Part.SITE, _count(index, index.visits)))
    return tuple(found)
