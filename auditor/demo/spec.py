"""Which sample portal to make."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal, cast

LayoutName = Literal["nested", "tables", "tabs"]
LAYOUT_NAMES: Final[tuple[LayoutName, ...]] = ("nested", "tables", "tabs")
MIN_PAGES: Final = 50
MAX_PAGES: Final = 100_000
_YEAR_OF_PARTS: Final = 2020


@dataclass(frozen=True)
class PortalSpec:
    """What decides a sample portal, to the last byte.

    `pages` counts its lists and articles; the home page and the pages of its frame (site map, statement, contact, help,
    accessibility, services) stand beside them. `year` is the year of its documents, `as_of` the day on
    which it is looked at, by default the last of March after that year. `parts` name what the portal has
    beyond its core (see `parts`); their columns and pages stand beside `pages` too,
    and so do the documents and news that samples ask for. `host` is the name it stands under, by default one that is
    reserved for examples; another one must be led to this machine, or never be looked up at all.
    Raises ValueError for sizes, layouts and days that no portal can have.
    """

    seed: int = 1
    pages: int = 200
    layout: str = "nested"
    defects: tuple[str, ...] = ()
    year: int = 2020
    parts: tuple[str, ...] = ()
    as_of: date | None = None
    host: str | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be made."""
        if not MIN_PAGES <= self.pages <= MAX_PAGES:
            raise ValueError(f"pages {self.pages}: from {MIN_PAGES} to {MAX_PAGES}")
        if self.layout not in LAYOUT_NAMES:
            raise ValueError(f"layout {self.layout}: one of {', '.join(LAYOUT_NAMES)}")
        if self.parts and self.year != _YEAR_OF_PARTS:
            raise ValueError(f"year {self.year}: the parts are of {_YEAR_OF_PARTS}")
        if self.today < date(self.year + 1, 3, 31):
            raise ValueError(f"as_of {self.as_of}: the reports of {self.year} appear until March of the next year")

    @property
    def today(self) -> date:
        """Return the day on which the portal is looked at."""
        return self.as_of or date(self.year + 1, 3, 31)

    @property
    def layout_name(self) -> LayoutName:
        """Return the layout, which was checked."""
        return cast("LayoutName", self.layout)
