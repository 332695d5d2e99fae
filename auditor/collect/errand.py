"""What a re-check asks a site for: the menus, the pages in question and the lists that could hold what was missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from auditor.collect.known import Known, Rank
from auditor.collect.outside import OutsideLink
from auditor.collect.scope import is_file
from auditor.model.attempts import Part
from auditor.page.scan import FoundLink


@dataclass(frozen=True)
class Revisit:
    """What a re-check needs beside the home page, the navigation and the disclosure section.

    `addresses` are pages in question and those on the way to them, of which `pages` are asked for even where nothing
    leads to them any more. `sample` stands for all pages of the site and is asked for likewise. `concepts` name the
    columns whose lists are gone through; `is_named` tells whether the text of a link is one that a clause asks for.
    `is_known` tells whether an address was there before.
    """

    pages: tuple[str, ...] = ()
    addresses: frozenset[str] = frozenset()
    sample: frozenset[str] = frozenset()
    concepts: frozenset[str] = frozenset()
    is_named: Callable[[str], bool] = lambda _: False
    is_known: Callable[[str], bool] = lambda _: True
    with_network: bool = False
    with_sitemap: bool = False

    def wants_outside(self, link: OutsideLink) -> bool:
        """Tell whether a link out of the site shall be checked."""
        return link.url in self.addresses or self.is_named(link.text)


@dataclass
class Errand:
    """A re-check under way: which of the addresses that became known are wanted, by their order."""

    revisit: Revisit
    _heads: set[int] = field(default_factory=set)
    _lists: set[int] = field(default_factory=set)
    _rows: set[int] = field(default_factory=set)

    def wants(self, known: Known) -> bool:
        """Tell whether an address shall be asked for."""
        if known.rank <= Rank.SECTION or known.order in self._lists or known.order in self._rows:
            return True
        return known.url in self.revisit.addresses or known.url in self.revisit.sample

    def note_link(self, page: Known, link: FoundLink, found: Known) -> None:
        """Take up what a link on a page makes of the address that it leads to."""
        if found.concept in self.revisit.concepts:
            self._heads.add(found.order)
            self._lists.add(found.order)
        elif self._is_list(page, link, found):
            self._lists.add(found.order)
        elif self._is_row(page, link) or self.revisit.is_named(link.text):
            self._rows.add(found.order)

    def note_frame(self, page: Known, found: Known) -> None:
        """Take up a frame: a part of the page that holds it."""
        if page.order in self._lists:
            self._lists.add(found.order)
        if self.wants(page):
            self._rows.add(found.order)

    def _is_list(self, page: Known, link: FoundLink, found: Known) -> bool:
        """Tell whether a link leads to a further page of a list in question, or to a column beneath one."""
        if page.order in self._lists and Part.COLUMN in found.parts:
            return True
        return page.order in self._heads and link.region == "nav" and found.rank is Rank.LIST

    def _is_row(self, page: Known, link: FoundLink) -> bool:
        """Tell whether a link is an entry of a list in question, or a file or new page of a page in question."""
        if link.region in ("nav", "footer"):
            return False
        if page.order in self._lists:
            return True
        is_asked = page.rank > Rank.SECTION and page.url in self.revisit.addresses
        return is_asked and (is_file(link.url) or not self.revisit.is_known(link.url))
