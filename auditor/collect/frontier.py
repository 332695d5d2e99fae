"""What is known of the site's addresses, and which is asked for next.

Home and navigation come first, then the disclosure section and its columns, then lists and their further pages, then
what stands in the lists that rules look through, then the rest. Within a rank the order of discovery holds.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from auditor.collect.access import StandIn
from auditor.collect.scope import MAX_CLICKS, Scope, Variants, is_file
from auditor.model import Part
from auditor.pager import is_further_page, read_page_number
from auditor.pagescan import FoundLink, PageScan
from auditor.vocabulary import NO_RANK, Vocabulary

SECTION = "disclosure_platform"
MAX_KNOWN = 400_000

_LISTED_CONCEPTS = frozenset(
    {"policy_documents", "normative_documents", "policy_interpretation", "statutory_disclosure"}
)
_NEAR_PAGES = 5
_MAX_FRAMES = 2


class Rank(IntEnum):
    """The order in which addresses are asked for."""

    HOME = 0
    NAVIGATION = 1
    SECTION = 2
    LIST = 3
    LISTED = 4
    OTHER = 5
    FILE = 6


@dataclass
class Known:
    """One address of the site that became known.

    `clicks` counts from the home page by the shortest way found. `wanted` where it is a list that rules look
    through, `in_section` where it is the disclosure section's page or a column of its menu.
    """

    url: str
    order: int
    rank: Rank
    clicks: int | None
    found_on: str | None
    parts: set[Part] = field(default_factory=lambda: {Part.SITE})
    concept: str | None = None
    is_section: bool = False
    in_section: bool = False
    wanted: bool = False
    exclusion: str | None = None
    frame_depth: int | None = None


class Frontier:
    """Discovers addresses and gives them out by rank; each is given out once."""

    def __init__(self, scope: Scope, vocabulary: Vocabulary, stand_in: StandIn | None = None) -> None:
        """Start empty. Addresses of a staging copy become known under the real name."""
        self._stand_in = stand_in
        self.scope = scope
        self.known: dict[str, Known] = {}
        self.is_full = False
        self._vocabulary = vocabulary
        self._variants = Variants()
        self._heap: list[tuple[Rank, int, str]] = []
        self._given: set[str] = set()
        self._has_section = False

    def add_seed(self, url: str, *, is_home: bool) -> None:
        """Add a start page."""
        found = self._add(url, Rank.HOME, 0 if is_home else None, None)
        if found is not None and is_home:
            found.parts.add(Part.NAVIGATION)

    def add_sitemap(self, url: str, found_on: str) -> None:
        """Add an address that the sitemap lists."""
        url = self._stand_in.name_address(url) if self._stand_in is not None else url
        if not self.scope.holds(url):
            return
        found = self._add(url, Rank.FILE if is_file(url) else Rank.OTHER, None, found_on)
        if found is not None and not is_file(url):
            found.parts.add(Part.SITEMAP)

    def peek_rank(self) -> Rank | None:
        """Return the rank of the next address, None where there is none left."""
        while self._heap:
            rank, _, url = self._heap[0]
            if url not in self._given and rank is self.known[url].rank:
                return rank
            heapq.heappop(self._heap)
        return None

    def take_next(self) -> Known | None:
        """Give out the next address, None where there is none left."""
        if self.peek_rank() is None:
            return None
        _, _, url = heapq.heappop(self._heap)
        self._given.add(url)
        return self.known[url]

    def add_links(self, page: Known, scan: PageScan) -> None:
        """Add what a page links to. Links of a page outside of the site must not be handed over."""
        for found in (*scan.links, *scan.script_data):
            named = self._stand_in.name_address(found.url) if self._stand_in is not None else found.url
            link = found if named == found.url else found._replace(url=named)
            if self.scope.holds(link.url) and link.url != page.url:
                self._add_link(page, link)

    def add_pages(self, page: Known, urls: Sequence[str]) -> None:
        """Add further pages of a list that only a script names: the first, and where that was there, the others."""
        if page.rank > Rank.LIST or page.clicks == 0:
            return
        for url in urls if Part.COLUMN in page.parts else urls[:1]:
            if self.scope.holds(url) and url != page.url:
                self._add_link(page, FoundLink(url, "", "other", "script"), is_further=True)

    def _add_frame(self, page: Known, link: FoundLink) -> None:
        """Add a frame: a part of the page that holds it, and of the same standing."""
        found = self._add(link.url, page.rank, page.clicks, page.url)
        if found is None or found.frame_depth is not None:
            return
        found.frame_depth = (page.frame_depth or 0) + 1
        found.parts |= page.parts
        found.is_section, found.in_section, found.wanted = page.is_section, page.in_section, page.wanted

    def _add_link(self, page: Known, link: FoundLink, *, is_further: bool = False) -> None:
        if link.tag == "frame" and not is_file(link.url) and (page.frame_depth or 0) < _MAX_FRAMES:
            self._add_frame(page, link)
            return
        concept = self._find_concept(page, link)
        parts = self._find_parts(page, link, concept)
        if is_further:
            parts.add(Part.COLUMN)
        rank = self._find_rank(page, link, parts, concept)
        clicks = None if page.clicks is None else page.clicks + 1
        found = self._add(link.url, rank, clicks, page.url)
        if found is None:
            return
        found.parts |= parts
        found.concept = found.concept or concept
        found.wanted = found.wanted or concept in _LISTED_CONCEPTS or (page.wanted and Part.COLUMN in parts)
        if Part.DISCLOSURE_SECTION in parts:
            found.in_section = True
            if concept == SECTION and self._leads_to_section(page, link):
                found.is_section = self._has_section = True

    def _find_concept(self, page: Known, link: FoundLink) -> str | None:
        """Return the column that a link names; in running text only where it has the column's very name."""
        words = self._vocabulary
        concept = words.find_concept(link.text, SECTION if page.in_section else None)
        if concept is None or link.region == "nav" or SECTION in {concept, words.concepts[concept].within}:
            return concept
        return concept if words.rank_name(concept, link.text) < NO_RANK else None

    def _find_parts(self, page: Known, link: FoundLink, concept: str | None) -> set[Part]:
        parts: set[Part] = set()
        if is_file(link.url) and concept is None:
            return parts
        known = self.known.get(link.url)
        is_navigation = known is not None and Part.NAVIGATION in known.parts
        if page.rank is Rank.HOME and page.clicks == 0 and (link.region == "nav" or concept is not None):
            parts.add(Part.NAVIGATION)
        if concept == SECTION and self._leads_to_section(page, link):
            parts.add(Part.DISCLOSURE_SECTION)
        if page.in_section and self._is_menu_entry(page, link, concept, is_navigation=is_navigation):
            parts.add(Part.DISCLOSURE_SECTION)
        if page.clicks != 0 and page.rank <= Rank.LIST and self._is_further(page, link):
            parts.add(Part.COLUMN)
        return parts

    def _is_further(self, page: Known, link: FoundLink) -> bool:
        return is_further_page(page.url, link.url, link.text, self._vocabulary.paging)

    def _leads_to_section(self, page: Known, link: FoundLink) -> bool:
        if page.rank is Rank.HOME or page.is_section:
            return True
        return link.region == "nav" and not self._has_section

    def _is_menu_entry(self, page: Known, link: FoundLink, concept: str | None, *, is_navigation: bool) -> bool:
        """Tell whether a link on a page of the section is one of the section's own columns."""
        if concept is not None and self._vocabulary.concepts[concept].within == SECTION:
            return page.is_section or link.region == "nav"
        if is_navigation or concept in {"home", "site_map", "about_site"}:
            return False
        return link.region == "nav" and (page.is_section or concept is not None)

    def _find_rank(self, page: Known, link: FoundLink, parts: set[Part], concept: str | None) -> Rank:
        if is_file(link.url):
            return self._find_file_rank(page, link, parts)
        if Part.NAVIGATION in parts:
            return Rank.NAVIGATION
        if Part.DISCLOSURE_SECTION in parts:
            return Rank.SECTION
        if Part.COLUMN in parts:
            is_near = (read_page_number(link.url) or 0) <= _NEAR_PAGES
            return Rank.LIST if is_near or page.wanted else Rank.OTHER
        if link.region == "nav" or concept is not None:
            return Rank.LIST
        return Rank.LISTED if page.wanted else Rank.OTHER

    def _find_file_rank(self, page: Known, link: FoundLink, parts: set[Part]) -> Rank:
        """Rank a file: one in a menu, or an entry of a list that rules look through, must be known to be there."""
        if parts - {Part.COLUMN}:
            return Rank.NAVIGATION
        return Rank.LISTED if page.wanted and link.region == "body" else Rank.FILE

    def _add(self, url: str, rank: Rank, clicks: int | None, found_on: str | None) -> Known | None:
        known = self.known.get(url)
        if known is None:
            return self._add_new(url, rank, clicks, found_on)
        if clicks is not None and (known.clicks is None or clicks < known.clicks):
            known.clicks, known.found_on = clicks, found_on
        if rank < known.rank and url not in self._given:
            known.rank = rank
            self._push(known)
        return known

    def _add_new(self, url: str, rank: Rank, clicks: int | None, found_on: str | None) -> Known | None:
        if len(self.known) >= MAX_KNOWN:
            self.is_full = True
            return None
        known = Known(url, len(self.known), rank, clicks, found_on)
        known.exclusion = self._name_exclusion(url, rank, clicks)
        self.known[url] = known
        self._push(known)
        return known

    def _push(self, known: Known) -> None:
        if known.exclusion is None and known.rank is not Rank.FILE:
            heapq.heappush(self._heap, (known.rank, known.order, known.url))

    def _name_exclusion(self, url: str, rank: Rank, clicks: int | None) -> str | None:
        exclusion = self.scope.name_exclusion(url, is_seed=rank is Rank.HOME)
        if exclusion is None and clicks is not None and clicks > MAX_CLICKS:
            return "too_many_clicks"
        if exclusion is None and not self._variants.admit(url):
            return "too_many_variants"
        return exclusion
