"""Column facts: what the portal's menus offer, and what came of each address."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

from auditor.extract.items import Item
from auditor.extract.menus import SECTION
from auditor.extract.pagelinks import trim_index
from auditor.extract.records import Listing, PageRecord
from auditor.extract.section import Offer, Section, list_offers
from auditor.extract.site_index import GONE, Resolution, SiteIndex
from auditor.extract.units import UnitTable
from auditor.facts import Column, FactEvidence
from auditor.model.attempts import AttemptReason
from auditor.model.evidence import AttemptEvidence, RecordEvidence
from auditor.page.markup import glue_name
from auditor.page.platforms import compare_lists, is_list_address
from auditor.words.vocabulary import NO_RANK, squeeze_name

POLICY_CONCEPTS = frozenset({"policy_documents", "normative_documents", "policy_interpretation"})
_OK = 200
_MAX_TITLES = 20
_MAX_COLUMNS = 600
_MAX_LIST_PAGES = 200
_BOILERPLATE = 3
_MIN_LINE = 10
_MIN_TEXT = 40
_MIN_LINKS = 2
_READ_FIELDS = ("status", "identity", "item_count", "items_with_date", "newest_item_on", "oldest_item_on", "blank")
_LIST_FIELDS = _READ_FIELDS[2:]
_COUNT_FIELDS = _READ_FIELDS[2:-1]


@dataclass(frozen=True)
class ColumnEntry:
    """One column before it becomes a fact: who offers it, under which name, where in which menu."""

    url: str
    name: str
    concept: str | None
    section: str | None
    path: tuple[str, ...]
    level: int
    parent: str | None
    position: int
    offer: Offer | None
    landing: Resolution
    pages: tuple[PageRecord, ...]
    is_whole: bool

    @property
    def filled(self) -> bool | None:
        """Tell whether anything is in a column that stands on another page; None for one that has its own page."""
        return self.offer.entry.filled if self.offer is not None else None

    @property
    def leads(self) -> bool:
        """Tell whether the column has an address; a heading of a menu may have none."""
        return self.offer is None or self.offer.entry.leads

    @cached_property
    def items(self) -> tuple[Item, ...]:
        """Return the rows of all pages of its list, each once."""
        found: dict[tuple[str, str], Item] = {}
        for page in self.pages:
            for item in page.listing.items if page.listing is not None else ():
                found.setdefault((item.title, item.url or f"{page.url}#{item.order}"), item)
        return tuple(found.values())


# ---- which columns -------------------------------------------------------------------------------


def _list_pages(index: SiteIndex, landing: Resolution) -> tuple[tuple[PageRecord, ...], bool]:
    """Return the pages of a column's list, the first first, and whether all of them were read.

    A page that is gone ends a list only where the list does not say that it has more.
    """
    first = landing.record
    if first is None or not landing.is_read or landing.identity == "redirected_home":
        return (), False
    pages = {first.url: first}
    waiting = list_further(index, first)
    lost = False
    while waiting and len(pages) < _MAX_LIST_PAGES:
        url = waiting.pop(0)
        found = index.resolve(url)
        if found.record is None or not found.is_read:
            lost = lost or (index.is_inside(url) and not (found.visit is not None and found.visit.status in GONE))
            continue
        record = found.record
        if record.url not in pages and record.listing is not None and _is_same_list(first, record):
            pages[record.url] = record
            waiting.extend(list_further(index, record))
    total = first.listing.page_total if first.listing is not None else None
    return tuple(pages.values()), not lost and (total is None or total <= len(pages))


def list_further(index: SiteIndex, record: PageRecord) -> list[str]:
    """Return the further pages that a list names; of those that a script counts, up to the first not there."""
    if record.listing is None:
        return []
    found = list(record.listing.pages)
    for url in record.listing.script_pages:
        found.append(url)
        if index.resolve(url).status in GONE:
            break
    return found


def _is_same_list(first: PageRecord, other: PageRecord) -> bool:
    same_name = first.title == other.title or first.window == other.window
    same_folder = urlsplit(first.address).path.rpartition("/")[0] == urlsplit(other.address).path.rpartition("/")[0]
    return same_name and (same_folder or first.window == other.window)


def _make_closed(offer: Offer) -> Resolution:
    page = offer.source.evidence
    blame = AttemptEvidence(page.url, AttemptReason.NOT_ASKED, offer.entry.name, page.at)
    return Resolution(offer.entry.url or "", None, None, None, blame)


def _make_entry(
    index: SiteIndex, offer: Offer, section: Section | None, position: int, path: tuple[str, ...]
) -> ColumnEntry:
    url = offer.entry.url or ""
    landing = index.resolve(url) if offer.entry.leads else _make_closed(offer)
    pages, is_whole = _list_pages(index, landing) if offer.entry.filled is None else ((), True)
    return ColumnEntry(
        url=url,
        name=offer.entry.name,
        concept=offer.entry.concept,
        section=SECTION if section is not None else None,
        path=(*path, offer.entry.name),
        level=offer.entry.level,
        parent=None,
        position=position,
        offer=offer,
        landing=landing,
        pages=pages,
        is_whole=is_whole,
    )


def _enter_section(index: SiteIndex, section: Section) -> Iterator[ColumnEntry]:
    root = (section.name,) if section.name is not None else ()
    places: dict[int, tuple[str, ...]] = {}
    urls = [offer.entry.url for offer in section.columns]
    for place, offer in enumerate(section.columns):
        above = offer.entry.parent
        path = places.get(above, root) if above is not None else root
        places[place] = (*path, offer.entry.name)
        if offer.entry.url is None:
            continue
        entry = _make_entry(index, offer, section, place + 1, path)
        parent = urls[above] if above is not None and above < len(urls) else section.url
        yield ColumnEntry(**{**entry.__dict__, "parent": parent})


def _offer_others(index: SiteIndex) -> Iterator[tuple[Offer, int]]:
    """Yield what the home page's menu offers with its place, then policy columns that any page offers."""
    home = index.home
    records = [home] if home is not None else []
    records += [record for _, record in sorted(index.records.items()) if record is not home]
    for record in records:
        position = 0
        for offer in list_offers(record):
            is_menu = record is home and offer.entry.region == "nav"
            position += is_menu
            if (is_menu or _names_policy_column(index, offer)) and offer.entry.concept != "home":
                yield offer, position if is_menu else 1


def _names_policy_column(index: SiteIndex, offer: Offer) -> bool:
    """Tell whether a link names a policy column: outside of menus only by the very name, as titles are like it."""
    concept, name = offer.entry.concept, offer.entry.name
    if concept is None or concept not in POLICY_CONCEPTS:
        return False
    return offer.entry.region == "nav" or index.words.rank_name(concept, name) < NO_RANK


def _enter_own(index: SiteIndex, known: Mapping[str, ColumnEntry]) -> Iterator[ColumnEntry]:
    """Yield list pages that are a policy column by their own title, though no page leads to them by name."""
    listed = {page.url for entry in known.values() for page in entry.pages}
    for url, record in sorted(index.records.items()):
        concept = index.words.find_concept(record.title, SECTION)
        if record.kind != "column" or concept not in POLICY_CONCEPTS or url in listed or trim_index(url) in known:
            continue
        landing = index.resolve(url)
        pages, is_whole = _list_pages(index, landing)
        listed |= {page.url for page in pages}
        path = tuple(glue_name(name) for name in record.breadcrumb) or (record.title,)
        yield ColumnEntry(url, record.title, concept, None, path, len(path), None, 1, None, landing, pages, is_whole)


def list_columns(index: SiteIndex, section: Section | None) -> tuple[ColumnEntry, ...]:
    """Return the columns of the portal, each address once: as the section has it, else as the menu has it."""
    found: dict[str, ColumnEntry] = {}
    entries = [*(_enter_section(index, section) if section is not None else ())]
    for entry in sorted(entries, key=lambda entry: (entry.concept is None, entry.position)):
        found.setdefault(trim_index(entry.url), entry)
    for offer, position in _offer_others(index):
        key = trim_index(offer.entry.url or "")
        if key not in found and len(found) < _MAX_COLUMNS:
            found[key] = _make_entry(index, offer, None, position, ())
    for entry in _enter_own(index, found):
        found.setdefault(trim_index(entry.url), entry)
    return tuple(found[url] for url in sorted(found))


# ---- blank or not --------------------------------------------------------------------------------


def count_common(index: SiteIndex) -> frozenset[int]:
    """Return the hashes of lines and links that stand on many pages: no page's own content."""
    counts: Counter[int] = Counter()
    for record in index.records.values():
        if record.listing is not None:
            counts.update({line.digest for line in record.listing.own_lines} | set(record.listing.own_links))
    return frozenset(digest for digest, count in counts.items() if count >= _BOILERPLATE)


def _is_blank(record: PageRecord, listing: Listing, common: frozenset[int]) -> bool:
    if listing.items:
        return False
    names = {zlib.crc32(squeeze_name(entry.name).encode()) for entry in (*listing.menu, *listing.named)}
    title = zlib.crc32(squeeze_name(record.title).encode())
    text = sum(
        line.length
        for line in listing.own_lines
        if line.digest not in common and line.digest != title and line.length >= _MIN_LINE
    )
    links = [digest for digest in listing.own_links if digest not in common and digest not in names]
    has_media = listing.has_media and record.kind == "article"
    return text < _MIN_TEXT and len(links) < _MIN_LINKS and not has_media and not record.attachments


def judge_blank(index: SiteIndex, entry: ColumnEntry, common: frozenset[int]) -> bool | None:
    """Tell whether a column shows nothing of its own; None where that cannot be told."""
    record = entry.landing.record
    if record is None or not entry.landing.is_read:
        return None
    if entry.filled is not None:
        return not entry.filled
    if record.listing is None:
        return False if record.kind in ("article", "form") else None
    is_bare = _is_blank(record, record.listing, common)
    if is_bare and (record.is_shell or record.kind == "redirect"):
        return None
    return is_bare and _has_blank_frames(index, record, common)


def _has_blank_frames(index: SiteIndex, record: PageRecord, common: frozenset[int]) -> bool | None:
    """Tell whether all frames of a page are blank too; None where one was not read."""
    frames = [index.resolve(url) for url in record.frames if index.is_inside(url)]
    pages = [frame.record if frame.is_read else None for frame in frames]
    if any(page is None or page.is_shell for page in pages):
        return None
    listings = [(page, page.listing) for page in pages if page is not None]
    return all(listing is not None and _is_blank(page, listing, common) for page, listing in listings)


# ---- facts ---------------------------------------------------------------------------------------


def _list_evidence(index: SiteIndex, entry: ColumnEntry) -> tuple[FactEvidence, ...]:
    found: list[FactEvidence] = [entry.offer.evidence] if entry.offer is not None else []
    record = entry.landing.record
    own = index.blame_of(entry.landing)
    if isinstance(own, RecordEvidence) and record is not None and record.listing is not None and record.listing.items:
        first = record.listing.items[0]
        own = RecordEvidence(own.url, own.record, record.listing.place, first.title[:200], own.at, own.screenshot)
    return (*found, own, *_note_difference(index, record))


def _note_difference(index: SiteIndex, record: PageRecord | None) -> tuple[FactEvidence, ...]:
    """Hold a platform's list against the page of the platform that shows it; say what only one of both has."""
    if record is None or record.listing is None or not is_list_address(record.address, index.words):
        return ()
    data = [(item.title, item.url) for item in record.listing.items]
    urls = {url for _, url in data if url}
    for _, page in sorted(index.records.items()):
        is_platform = page.listing is not None and any(entry.url == record.address for entry in page.listing.named)
        if page.listing is None or not is_platform:
            continue
        shown = [(item.title, item.url) for item in page.listing.items]
        if not urls & {url for _, url in shown}:
            continue
        found = compare_lists(shown, data)
        if found is not None:
            parts = (*(f"+ {title}" for title in found.only_page), *(f"- {title}" for title in found.only_data))
            note = " | ".join(parts)[:200]
            own = page.evidence
            return (RecordEvidence(own.url, own.record, "page +, data -", note, own.at, own.screenshot),)
    return ()


def list_columns_under(entry: ColumnEntry, columns: Iterable[ColumnEntry]) -> tuple[ColumnEntry, ...]:
    """Return the columns that lead somewhere beneath a menu's heading that does not; none for any other entry."""
    if entry.leads:
        return ()
    depth = len(entry.path)
    below = (other for other in columns if len(other.path) > depth and other.path[:depth] == entry.path)
    return tuple(other for other in below if other.section == entry.section and other.leads)


def make_columns(
    index: SiteIndex, columns: tuple[ColumnEntry, ...], common: frozenset[int], units: UnitTable
) -> Iterator[Column]:
    """Yield the facts of the columns; a heading without an address is what the columns beneath it are."""
    states = {entry.url: _tell_state(index, entry, common) for entry in columns}
    for entry in columns:
        below = list_columns_under(entry, columns)
        shown = _find_telling(below, states)
        state = states[entry.url] if shown is None else _lend_state(states[shown.url])
        evidence = _list_evidence(index, entry)
        if shown is not None:
            evidence = (*evidence[:1], *_list_evidence(index, shown))
        yield _make_column(entry, evidence, state, units.find(entry.name))


def _find_telling(below: tuple[ColumnEntry, ...], states: Mapping[str, Mapping[str, Any]]) -> ColumnEntry | None:
    """Return the column that tells what a heading is: a live one with content, else, if all were read, any live one."""
    live = [entry for entry in below if states[entry.url].get("status") == _OK]
    filled = [entry for entry in live if states[entry.url].get("blank") is False]
    if filled:
        return filled[0]
    is_unread = any({"status", "blank"} & set(states[entry.url].get("unreadable", ())) for entry in below)
    return None if is_unread else next(iter((*live, *below)), None)


def _lend_state(state: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: state[name] for name in ("status", "identity", "blank") if name in state}
    return {**kept, "unreadable": _COUNT_FIELDS, "complete": False}


def _make_column(
    entry: ColumnEntry, evidence: tuple[FactEvidence, ...], state: Mapping[str, Any], unit: str | None
) -> Column:
    base: dict[str, Any] = {
        "evidence": evidence,
        "concept": entry.concept,
        "name": entry.name,
        "path": entry.path,
        "section": entry.section,
        "url": entry.url,
        "host": urlsplit(entry.url).hostname or "",
        "level": entry.level,
        "parent": entry.parent,
        "position": entry.position,
        "unit": unit,
    }
    return Column(**base, **state)


def _tell_state(index: SiteIndex, entry: ColumnEntry, common: frozenset[int]) -> dict[str, Any]:
    """Return the fields that tell what came of a column's address."""
    landing, record = entry.landing, entry.landing.record
    if landing.blame is not None:
        return {"unreadable": _READ_FIELDS, "complete": False}
    state: dict[str, Any] = {"status": landing.status, "identity": landing.identity or "confirmed"}
    if landing.status in GONE or landing.identity == "redirected_home":
        return state
    if record is None or record.kind == "error":
        return state | {"item_count": 0, "items_with_date": 0, "blank": record is not None}
    blank = judge_blank(index, entry, common)
    if entry.filled is not None:
        return state | {"unreadable": _COUNT_FIELDS, "blank": blank}
    if blank is None:
        return state | {"unreadable": _LIST_FIELDS, "complete": False}
    return state | _count_items(entry) | {"blank": blank, "complete": entry.is_whole}


def _count_items(entry: ColumnEntry) -> dict[str, Any]:
    days: list[date] = [item.day for item in entry.items if item.day is not None]
    count = sum(page.listing.item_count for page in entry.pages if page.listing is not None)
    return {
        "item_count": max(len(entry.items), count if len(entry.pages) == 1 else 0),
        "items_with_date": len(days),
        "newest_item_on": max(days, default=None),
        "oldest_item_on": min(days, default=None),
        "item_titles": tuple(item.title[:120] for item in entry.items[:_MAX_TITLES]),
    }
