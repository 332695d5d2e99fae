"""What is known of the site's addresses, and which is asked for next.

Home and navigation come first, then the disclosure section and its columns, then lists and their further pages, then
what stands in the lists that rules look through, then the rest, newest first. Attachments have a line of their own.
Within a rank and a day the order of discovery holds, so that an unchanged site is asked in an unchanged order.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Sequence
from datetime import date

from auditor.collect.access import StandIn
from auditor.collect.known import Chooser, Known, Rank
from auditor.collect.linkgraph import UNREACHED, LinkGraph
from auditor.collect.mirrors import Mirrors
from auditor.collect.scope import MAX_CLICKS, Scope, Variants, is_file, is_impossible_day, read_ending, sort_query
from auditor.model.attempts import Part
from auditor.page.days import read_url_day
from auditor.page.pager import is_further_page, read_page_number
from auditor.page.scan import FoundLink, PageScan
from auditor.words.vocabulary import NO_RANK, Vocabulary

SECTION = "disclosure_platform"
MAX_KNOWN = 400_000

_LISTED_CONCEPTS = frozenset(
    {"policy_documents", "normative_documents", "policy_interpretation", "statutory_disclosure"}
)
_NEAR_PAGES = 5
_MAX_FRAMES = 2
_NOWHERE = -1


class Frontier:
    """Discovers addresses and gives them out by rank; each is given out once."""

    def __init__(
        self,
        scope: Scope,
        vocabulary: Vocabulary,
        today: date,
        stand_in: StandIn | None = None,
        chooser: Chooser | None = None,
    ) -> None:
        """Start empty. Addresses of a staging copy become known under the real name; the chooser wants some only."""
        self._stand_in = stand_in
        self._chooser = chooser
        self.scope = scope
        self.known: dict[str, Known] = {}
        self.is_full = False
        self._today = today
        self._vocabulary = vocabulary
        self._attachments = vocabulary.pages.articles.attachments
        self._variants = Variants(vocabulary.paging.traps)
        self._mirrors = Mirrors(vocabulary.paging.traps)
        self._graph = LinkGraph()
        self._all: list[Known] = []
        self._sorted: dict[str, str] = {}
        self._pages: list[tuple[int, int, int]] = []
        self._files: list[tuple[int, int, int]] = []
        self._given: set[int] = set()
        self._orders: dict[int, int] = {}  # of links that a plain page like this had before: they add nothing new
        self._has_section = False
        self._counted = 0

    def add_seed(self, url: str, *, is_home: bool) -> None:
        """Add a start page."""
        found = self._add(url, Rank.HOME, 0 if is_home else None, None)
        if found is not None and is_home:
            found.join_parts({Part.NAVIGATION})

    def add_sitemap(self, url: str, found_on: str, day: date | None = None) -> None:
        """Add an address that the sitemap lists, with the day that it states for it."""
        url = self._stand_in.name_address(url) if self._stand_in is not None else url
        if not self.scope.holds(url):
            return
        found = self._add(url, Rank.FILE if is_file(url) else Rank.OTHER, None, found_on, day)
        if found is not None and not is_file(url):
            found.join_parts({Part.SITEMAP})

    def add_page(self, url: str) -> None:
        """Add an address that is asked for whether or not something leads to it."""
        if self.scope.holds(url):
            self._add(url, Rank.LISTED, None, None)

    def is_wanted(self, known: Known) -> bool:
        """Tell whether an address is among those to be asked for."""
        return self._chooser is None or self._chooser.wants(known)

    def peek_rank(self) -> Rank | None:
        """Return the rank of the next page, None where there is none left."""
        found = self._peek(self._pages)
        return None if found is None else found.rank

    def peek_file_rank(self) -> Rank | None:
        """Return the rank of the next attachment, None where there is none left."""
        found = self._peek(self._files)
        return None if found is None else found.rank

    def take_next(self, *, wants_files: bool = False) -> Known | None:
        """Give out the next page, or the next attachment; None where there is none left."""
        line = self._files if wants_files else self._pages
        found = self._peek(line)
        if found is not None:
            heapq.heappop(line)
            self._given.add(found.order)
        return found

    def _peek(self, line: list[tuple[int, int, int]]) -> Known | None:
        while line:
            key, found = line[0], self._all[line[0][2]]
            is_valid = key == self._make_key(found) and found.exclusion is None
            is_due = is_valid and found.order not in self._given and self._has_line(found) is line
            if is_due and self.is_wanted(found):
                if line is self._files or not self._mirrors.is_exhausted(found.url):
                    return found
                found.exclusion = "same_content"
            heapq.heappop(line)
        return None

    def note_content(self, page: Known, digest: bytes) -> str | None:
        """Take the content of a page up; return the address that had the same before, None where it is new."""
        return self._mirrors.note(page.url, digest)

    def is_followed(self, page: Known, digest: bytes, scan: PageScan, *, is_fresh: bool) -> bool:
        """Tell whether the links of a page shall be added: not where pages with the same, or like it, brought them."""
        if not is_fresh:
            return self._mirrors.is_followed(page.url, digest)
        return scan.is_shell or Part.NAVIGATION in page.parts or self._mirrors.admit_look(page.url, scan)

    def note_landing(self, page: Known, url: str) -> None:
        """Note that a page redirects to another address of the site."""
        landed = self.known.get(url)
        if landed is not None and landed is not page:
            self._graph.add_links(page.order, (), (landed.order,))

    def count_clicks(self) -> None:
        """Set clicks and the page before of all addresses by the shortest way over the links that were read."""
        if self._counted == len(self._all):
            return
        self._counted = len(self._all)
        homes = [known.order for known in self._all if known.rank is Rank.HOME and known.clicks == 0]
        clicks, before = self._graph.count_clicks(homes, len(self._all))
        for known in self._all:
            if clicks[known.order] == UNREACHED:
                known.clicks = None
                continue
            known.clicks = clicks[known.order]
            known.found_on = self._all[before[known.order]].url if before[known.order] != UNREACHED else None

    def add_links(self, page: Known, scan: PageScan) -> list[FoundLink]:
        """Add what a page links to; return those of its links that no plain page of its standing had before.

        Links of a page outside of the site must not be handed over.
        """
        self._counted = 0
        targets, frames = array("I"), array("I")
        fresh = self._add_shown(page, scan.links, targets, frames)
        self._add_shown(page, scan.script_data, targets, frames)
        self._graph.add_links(page.order, targets, frames)
        return fresh

    def _add_shown(
        self, page: Known, links: Iterable[FoundLink], targets: array[int], frames: array[int]
    ) -> list[FoundLink]:
        is_plain = page.rank > Rank.LIST and not (page.in_section or page.is_section or page.frame_depth)
        is_plain = is_plain and self._chooser is None
        orders = self._orders if is_plain else {}
        standing = (page.clicks, page.rank, page.wanted)
        fresh = []
        for shown in links:
            key = hash((shown, standing))
            order = orders.get(key)
            if order is None:
                fresh.append(shown)
                named = self._stand_in.name_address(shown.url) if self._stand_in is not None else shown.url
                if named == page.url:
                    continue
                link = shown if named == shown.url else shown._replace(url=named)
                order = self._place_link(page, link, frames)
                if is_plain and link.tag == "a" and not is_file(named) and len(orders) < MAX_KNOWN:
                    orders[key] = order
            if order >= 0 and order != page.order:
                targets.append(order)
        return fresh

    def _place_link(self, page: Known, link: FoundLink, frames: array[int]) -> int:
        """Return the number of the address that a link leads to, _NOWHERE where it is none; frames are noted apart."""
        if not self.scope.holds(link.url):
            return _NOWHERE
        if not self._is_frame(page, link):
            found = self._add_link(page, link)
            return found.order if found is not None else _NOWHERE
        found = self._add_frame(page, link)
        if found is not None:
            frames.append(found.order)
        return _NOWHERE

    def add_pages(self, page: Known, urls: Sequence[str]) -> None:
        """Add further pages of a list that only a script names: the first, and where that was there, the others."""
        if page.rank > Rank.LIST or page.clicks == 0:
            return
        targets = array("I")
        for url in urls if Part.COLUMN in page.parts else urls[:1]:
            if self.scope.holds(url) and url != page.url:
                found = self._add_link(page, FoundLink(url, "", "other", "script"), is_further=True)
                if found is not None:
                    targets.append(found.order)
        self._graph.add_links(page.order, targets)

    def _is_frame(self, page: Known, link: FoundLink) -> bool:
        return link.tag == "frame" and not is_file(link.url) and (page.frame_depth or 0) < _MAX_FRAMES

    def _add_frame(self, page: Known, link: FoundLink) -> Known | None:
        """Add a frame: a part of the page that holds it, and of the same standing."""
        found = self._add(link.url, page.rank, page.clicks, page.url)
        if found is None or found.frame_depth is not None:
            return found
        found.frame_depth = (page.frame_depth or 0) + 1
        found.join_parts(page.parts)
        found.is_section, found.in_section, found.wanted = page.is_section, page.in_section, page.wanted
        if self._chooser is not None:
            self._chooser.note_frame(page, found)
            self._push(found)
        return found

    def _add_link(self, page: Known, link: FoundLink, *, is_further: bool = False) -> Known | None:
        concept = self._find_concept(page, link)
        parts = self._find_parts(page, link, concept)
        if is_further:
            parts.add(Part.COLUMN)
        rank = self._find_rank(page, link, parts, concept)
        clicks = None if page.clicks is None else page.clicks + 1
        found = self._add(link.url, rank, clicks, page.url, link.day or self._lend_day(page, link.url))
        if found is None:
            return None
        found.join_parts(parts)
        found.concept = found.concept or concept
        found.wanted = found.wanted or concept in _LISTED_CONCEPTS or (page.wanted and Part.COLUMN in parts)
        if Part.DISCLOSURE_SECTION in parts:
            found.in_section = True
            if concept == SECTION and self._leads_to_section(page, link):
                found.is_section = self._has_section = True
        if self._chooser is not None:
            self._chooser.note_link(page, link, found)
            self._push(found)  # it may have left the line unwanted
        return found

    def _lend_day(self, page: Known, url: str) -> date | None:
        """Return the day of the document that an attachment belongs to."""
        return date.fromordinal(page.day) if page.day and is_file(url) else None

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
        """Rank a file: those in menus, then entries of lists that rules look through and files of their documents."""
        if parts - {Part.COLUMN}:
            return Rank.NAVIGATION
        if link.region != "body":
            return Rank.FILE
        return Rank.LISTED if page.wanted else Rank.OTHER if page.in_section or page.rank is Rank.LISTED else Rank.FILE

    def _add(
        self, url: str, rank: Rank, clicks: int | None, found_on: str | None, day: date | None = None
    ) -> Known | None:
        known = self._find_known(url)
        if known is None:
            return self._add_new(url, rank, clicks, found_on, day)
        if clicks is not None and (known.clicks is None or clicks < known.clicks):
            known.clicks, known.found_on = clicks, found_on
        ordinal = day.toordinal() if day is not None else 0
        is_better = rank < known.rank or (rank == known.rank and not known.day and ordinal)
        if is_better and known.order not in self._given:
            known.rank, known.day = rank, known.day or ordinal
            self._push(known)
        return known

    def _find_known(self, url: str) -> Known | None:
        """Return what is known of an address, also under another name of the same page."""
        known = self.known.get(url)
        if known is not None:
            return known
        same = self._sorted.get(sort_query(url)) if "&" in url else None
        names = self._mirrors.list_names(url) if same is None else (same,)
        return next((self.known[name] for name in names if name in self.known), None)

    def _add_new(
        self, url: str, rank: Rank, clicks: int | None, found_on: str | None, day: date | None
    ) -> Known | None:
        if len(self.known) >= MAX_KNOWN:
            self.is_full = True
            return None
        day = day or read_url_day(url)
        known = Known(url, len(self._all), rank, clicks, found_on, day=day.toordinal() if day is not None else 0)
        known.is_attachment = read_ending(url) in self._attachments
        known.exclusion = self._name_exclusion(url, rank, clicks)
        self.known[url] = known
        self._all.append(known)
        if "&" in url:
            self._sorted[sort_query(url)] = url
        self._push(known)
        return known

    def _push(self, known: Known) -> None:
        line = self._has_line(known)
        if known.exclusion is None and line is not None:
            heapq.heappush(line, self._make_key(known))

    def _has_line(self, known: Known) -> list[tuple[int, int, int]] | None:
        """Return the line that an address stands in: pages and the files of menus, or the other files; or none."""
        if known.rank <= Rank.SECTION or not is_file(known.url):
            return self._pages
        return self._files if known.is_attachment or known.rank is Rank.LISTED else None

    def _make_key(self, known: Known) -> tuple[int, int, int]:
        """Return the place in line: by rank, then documents newest first, then as discovered."""
        return known.rank, -known.day if known.rank >= Rank.LISTED else 0, known.order

    def _name_exclusion(self, url: str, rank: Rank, clicks: int | None) -> str | None:
        exclusion = self.scope.name_exclusion(url, is_seed=rank is Rank.HOME)
        if exclusion is not None:
            return exclusion
        if clicks is not None and clicks > MAX_CLICKS:
            return "too_many_clicks"
        if not self._variants.admit(url):
            return "too_many_variants"
        if is_impossible_day(url, self._today):
            return "calendar"
        return "same_content" if self._mirrors.is_exhausted(url) else None
