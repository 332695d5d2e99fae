"""The columns of a portal: what its menus offer, which pages their lists have, whether anything is in them."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlsplit

from auditor.extract.items import Item
from auditor.extract.menus import SECTION
from auditor.extract.pagelinks import trim_index
from auditor.extract.records import Listing, PageRecord
from auditor.extract.section import Offer, Section, list_offers
from auditor.extract.site_index import GONE, Resolution, SiteIndex
from auditor.model.attempts import AttemptReason
from auditor.model.evidence import AttemptEvidence
from auditor.page.markup import glue_name
from auditor.words.vocabulary import NO_RANK, squeeze_name

POLICY_CONCEPTS = frozenset({"policy_documents", "normative_documents", "policy_interpretation"})
_MAX_COLUMNS = 600
_MAX_LIST_PAGES = 200
_BOILERPLATE = 3
_MIN_LINE = 10
_MIN_TEXT = 40
_MIN_LINKS = 2


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


def list_columns_under(entry: ColumnEntry, columns: Iterable[ColumnEntry]) -> tuple[ColumnEntry, ...]:
    """Return the columns that lead somewhere beneath a menu's heading that does not; none for any other entry."""
    if entry.leads:
        return ()
    depth = len(entry.path)
    below = (other for other in columns if len(other.path) > depth and other.path[:depth] == entry.path)
    return tuple(other for other in below if other.section == entry.section and other.leads)


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
