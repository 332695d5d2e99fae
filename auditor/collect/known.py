"""What is known of one address of the site, and the order in which addresses are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Protocol

from auditor.model.attempts import Part
from auditor.page.scan import FoundLink

_SITE = frozenset({Part.SITE})


class Rank(IntEnum):
    """The order in which addresses are asked for."""

    HOME = 0
    NAVIGATION = 1
    SECTION = 2
    LIST = 3
    LISTED = 4
    OTHER = 5
    FILE = 6


@dataclass(slots=True)
class Known:
    """One address of the site that became known.

    `clicks` counts from the home page by the shortest way found so far. `wanted` where it is a list that rules look
    through, `in_section` where it is the disclosure section's page or a column of its menu. `day` is the ordinal of
    the newest date known of it, 0 where none is. `is_attachment` where it is a file that is kept.
    """

    url: str
    order: int
    rank: Rank
    clicks: int | None
    found_on: str | None
    parts: frozenset[Part] = _SITE
    concept: str | None = None
    is_section: bool = False
    in_section: bool = False
    wanted: bool = False
    exclusion: str | None = None
    frame_depth: int | None = None
    day: int = 0
    is_attachment: bool = False

    def join_parts(self, parts: Iterable[Part]) -> None:
        """Add parts."""
        self.parts = _unite(self.parts, frozenset(parts))


class Chooser(Protocol):
    """Whoever wants only some of the addresses: the errand of a re-check."""

    def wants(self, known: Known) -> bool:
        """Tell whether an address shall be asked for."""

    def note_link(self, page: Known, link: FoundLink, found: Known) -> None:
        """Take up what a link on a page makes of the address that it leads to."""

    def note_frame(self, page: Known, found: Known) -> None:
        """Take up a frame."""


@lru_cache(maxsize=1_000)
def _unite(parts: frozenset[Part], others: frozenset[Part]) -> frozenset[Part]:
    """Return both; the same value for the same parts, since there may be very many addresses."""
    return parts | others
