"""The disclosure section of a portal: which page it is, and the columns that it and its neighbours offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from auditor.extract.menus import CORE, MENU_CONCEPTS, SECTION, MenuEntry
from auditor.extract.records import PageRecord
from auditor.extract.site_index import Resolution, SiteIndex
from auditor.model.evidence import RecordEvidence

_CANDIDATES = 12
_ENOUGH = 2


@dataclass(frozen=True, slots=True)
class Offer:
    """A menu entry with the page that offers it."""

    entry: MenuEntry
    source: PageRecord

    @property
    def evidence(self) -> RecordEvidence:
        """Return where the entry stands."""
        page = self.source.evidence
        return RecordEvidence(
            page.url, page.record, self.entry.locator, self.entry.name[:200], page.at, page.screenshot
        )


@dataclass(frozen=True, slots=True)
class Section:
    """The disclosure section: the name of the link to it, what that led to, its columns in the order of its menu.

    `name` and `landing` are None where a menu offers the columns, but no page that was read leads to a section.
    """

    name: str | None
    landing: Resolution | None
    columns: tuple[Offer, ...]

    @property
    def url(self) -> str | None:
        """Return the address of the section's page."""
        return self.landing.url if self.landing is not None else None


def list_offers(record: PageRecord) -> Iterator[Offer]:
    """Yield the links of a page that name a column."""
    if record.listing is not None:
        yield from (Offer(entry, record) for entry in record.listing.named)


def _list_candidates(index: SiteIndex) -> list[Offer]:
    """Return the links to a section, the most telling first, those that lead out of the site last."""
    home = index.home
    pages = [home] if home is not None else []
    pages += [record for _, record in sorted(index.records.items()) if record is not home]
    found: dict[str, Offer] = {}
    ranks: dict[str, tuple[bool, int, bool]] = {}
    for record in pages:
        for offer in list_offers(record):
            url = offer.entry.url
            if offer.entry.concept != SECTION or url is None or url in index.homes:
                continue
            is_away = not index.is_inside(url)
            rank = (is_away, index.words.rank_name(SECTION, offer.entry.name), record is not home)
            if url not in ranks or rank < ranks[url]:
                found[url], ranks[url] = offer, rank
    return [found[url] for url in sorted(found, key=lambda url: (ranks[url], url))][:_CANDIDATES]


def count_core(entries: tuple[MenuEntry, ...]) -> int:
    """Return how many of the four standard columns a menu offers."""
    return len({entry.concept for entry in entries} & set(CORE))


def _read_menu(index: SiteIndex, landing: Resolution) -> tuple[Offer, ...]:
    """Return the menu of a landing page, or that of a frame in it."""
    record = landing.record
    if record is None or record.listing is None or landing.identity == "redirected_home" or not landing.is_read:
        return ()
    pages = [record, *(page for page in (index.resolve(url).record for url in record.frames[:8]) if page is not None)]
    for page in pages:
        if page.listing is not None and any(entry.concept in MENU_CONCEPTS for entry in page.listing.menu):
            return tuple(Offer(entry, page) for entry in page.listing.menu)
    return ()


def _choose(index: SiteIndex, candidates: list[Offer]) -> tuple[Offer, Resolution, tuple[Offer, ...]]:
    resolved = [(offer, index.resolve(offer.entry.url or "")) for offer in candidates]
    menus = [(offer, landing, _read_menu(index, landing)) for offer, landing in resolved]
    first = menus[0]
    if first[2] or not first[1].is_read:
        return first
    richer = [menu for menu in menus if count_core(tuple(offer.entry for offer in menu[2])) >= _ENOUGH]
    return richer[0] if richer else first


def _find_common_menu(index: SiteIndex) -> tuple[Offer, ...]:
    """Return the disclosure menu that most pages carry: for a section whose own page could not be read."""
    found: Counter[tuple[str | None, ...]] = Counter()
    sources: dict[tuple[str | None, ...], PageRecord] = {}
    for _, record in sorted(index.records.items()):
        menu = record.listing.menu if record.listing is not None else ()
        if count_core(menu) >= _ENOUGH:
            key = tuple(entry.url for entry in menu)
            found[key] += 1
            sources.setdefault(key, record)
    if not found:
        return ()
    best = max(found, key=lambda key: (found[key], len(key), str(key)))
    record = sources[best]
    return tuple(Offer(entry, record) for entry in record.listing.menu) if record.listing is not None else ()


def _find_own_page(index: SiteIndex, landing: Resolution | None, offer: Offer) -> str | None:
    """Return the page that a menu entry without an address stands for: the one that is that column by its own title."""
    concept = offer.entry.concept
    pages = [offer.source] if landing is None or landing.record is None else [landing.record, offer.source]
    pages += [
        record for _, record in sorted(index.records.items()) if record.listing is not None and record.listing.menu
    ]
    for record in pages:
        if record is not None and record.concept == concept and record.kind in ("article", "column", "shell"):
            return record.url
    return None


def _fill_addresses(index: SiteIndex, landing: Resolution | None, columns: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """Give the entry of the page that is being shown, which a menu often does not link, its address.

    A standard column that leads nowhere is still offered; what it holds could not be seen.
    """
    taken = {offer.entry.url for offer in columns}
    filled = []
    for offer in columns:
        if offer.entry.url is None and offer.entry.concept in MENU_CONCEPTS:
            url = _find_own_page(index, landing, offer)
            is_known = url is not None and url not in taken
            place = url if is_known else f"{offer.source.url}#{offer.entry.order}"
            filled.append(Offer(replace(offer.entry, url=place, leads=is_known), offer.source))
            continue
        filled.append(offer)
    return tuple(filled)


def _add_missing(columns: tuple[Offer, ...], others: Iterable[Offer]) -> tuple[Offer, ...]:
    """Add the standard columns that the section's own menu does not offer, but another menu of the portal does."""
    known = {offer.entry.concept for offer in columns}
    extra = [offer for offer in others if offer.entry.concept in MENU_CONCEPTS and offer.entry.concept not in known]
    return (*columns, *extra)


def _list_dropdown(index: SiteIndex) -> list[Offer]:
    home = index.home
    if home is None or home.listing is None:
        return []
    return [Offer(entry, home) for entry in home.listing.menu if entry.region == "nav"]


def find_section(index: SiteIndex) -> Section | None:
    """Return the disclosure section, or None where no page that was read leads to one or offers its columns."""
    candidates = _list_candidates(index)
    common = _find_common_menu(index)
    if not candidates and not common:
        return None
    if not candidates:
        return Section(None, None, _fill_addresses(index, None, common))
    offer, landing, menu = _choose(index, candidates)
    if not menu and landing.record is not None and landing.is_read and landing.identity != "redirected_home":
        menu = tuple(item for item in list_offers(landing.record) if item.entry.region != "nav")
    if not count_core(tuple(item.entry for item in menu)):
        menu = _add_missing(menu, common)
    menu = _add_missing(menu, _list_dropdown(index))
    return Section(offer.entry.name, landing, _fill_addresses(index, landing, menu))
