"""The three layouts: encodings, addresses and ways of writing dates. Their markup stands in `templates/`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Final, Literal

from auditor.demo.parts import list_part_columns
from auditor.demo.plan import EXTRA, FRAME, SECTION, SPARE
from auditor.demo.refs import Ref
from auditor.demo.spec import LayoutName
from auditor.demo.texts import read_data

SLUGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "guide": "gkzn",
        "rules": "gkzd",
        "statutory": "fdzdgk",
        "annual": "gknb",
        "policy": "zcwj",
        "normative": "gfxwj",
        "interpretation": "zcjd",
        "apply": "ysqgk",
        "catalogue": "gkml",
        "proposals": "jyta",
        "powers": "qzqd",
        "news": "xwdt",
        "notices": "tzgg",
        **{key: column.slug for key, column in list_part_columns().items()},
    }
)
_COLUMNS: Final = MappingProxyType({slug: column for column, slug in SLUGS.items()})
OLD_SLUG: Final = "xxgkzd"
_INSIDE: Final = frozenset({*SECTION, *EXTRA, *(key for key, column in list_part_columns().items() if column.inside)})
_FRAME: Final = frozenset({*FRAME, SPARE})


@dataclass(frozen=True)
class Layout:
    """One way of building a portal.

    `list_name`, `more_name` and `item_name` are the file names of a list's first page, of its further
    pages and of its items, with `{}` for the number. `first_item` is the number of item 0. A relative
    layout links with `../`. `content_type` may be silent about the encoding, as many servers are.
    """

    name: LayoutName
    encoding: str
    content_type: str
    declared: str
    root: str
    section: str
    list_name: str
    more_name: str
    item_name: str
    first_item: int
    suffix: str
    relative: bool
    day: str

    # ---- addresses -------------------------------------------------------------------------------

    def write_path(self, ref: Ref) -> str:
        """Return the address of a page, from the root of the site."""
        if ref.kind == "home":
            return "/"
        if ref.kind == "frame":
            return f"{self.root}/about/{ref.column}{self.suffix}"
        if ref.kind == "section":
            return f"{self.root}/{self.section}/{self.list_name}"
        folder = self.find_folder(ref.column)
        if ref.kind == "item":
            return folder + self.item_name.format(ref.number + self.first_item)
        return folder + (self.list_name if ref.number == 1 else self.more_name.format(ref.number))

    def find_folder(self, column: str) -> str:
        """Return the folder of a column."""
        inside = f"/{self.section}" if column in _INSIDE else ""
        return f"{self.root}{inside}/{SLUGS[column]}/"

    @property
    def old_path(self) -> str:
        """Return the address that the column of rules had once."""
        return f"{self.root}/{self.section}/{OLD_SLUG}/{self.list_name}"

    @property
    def section_prefix(self) -> str:
        """Return what the addresses of the disclosure section begin with."""
        return f"{self.root}/{self.section}/"

    def read_path(self, path: str) -> Ref | None:
        """Return the page that an address can stand for; None where it can stand for none."""
        if path in ("/", "/index.html"):
            return Ref("home")
        if path == self.write_path(Ref("section")):
            return Ref("section")
        frame = re.fullmatch(re.escape(f"{self.root}/about/") + "([a-z]+)" + re.escape(self.suffix), path)
        if frame and frame[1] in _FRAME:
            return Ref("frame", frame[1])
        place = self._place_pattern.fullmatch(path)
        if place is None or place["slug"] not in _COLUMNS:
            return None
        ref = self._read_file(_COLUMNS[place["slug"]], place["file"])
        return ref if ref is not None and self.write_path(ref) == path else None

    @cached_property
    def _place_pattern(self) -> re.Pattern[str]:
        return re.compile(
            rf"{re.escape(self.root)}/(?:{re.escape(self.section)}/)?(?P<slug>[a-z]+)/(?P<file>[a-z0-9_.-]+)"
        )

    def _read_file(self, column: str, file: str) -> Ref | None:
        if file == self.list_name:
            return Ref("list", column, 1)
        more = re.fullmatch(re.escape(self.more_name).replace(r"\{\}", "([0-9]{1,6})"), file)
        if more:
            return Ref("list", column, int(more[1]))
        shape = re.escape(self.item_name).replace(r"\{:06d\}", "([0-9]{6})").replace(r"\{\}", "([0-9]{1,7})")
        item = re.fullmatch(shape, file)
        return Ref("item", column, int(item[1]) - self.first_item) if item else None

    # ---- dates -----------------------------------------------------------------------------------

    def write_day(self, day: date) -> str:
        """Return a day as lists show it."""
        return day.strftime(self.day)

    def write_moment(self, day: date, kind: Literal["published", "updated"]) -> str:
        """Return a day as the line under a title shows it."""
        shape: str = read_data("sentences")["labels"][f"{kind}_day"][self.name]
        return shape.format(
            year=f"{day.year:04d}", month=f"{day.month:02d}", day=f"{day.day:02d}", minute=f"{day.day:02d}"
        )

    def write_label_day(self, day: date) -> str:
        """Return a day as the label of a page holds it."""
        shape: str = read_data("sentences")["labels"]["label_day"][self.name]
        return shape.format(year=f"{day.year:04d}", month=f"{day.month:02d}", day=f"{day.day:02d}")


_LAYOUTS: Final[Mapping[str, Layout]] = MappingProxyType(
    {
        "nested": Layout(
            name="nested",
            encoding="utf-8",
            content_type="text/html; charset=utf-8",
            declared="utf-8",
            root="",
            section="zwgk",
            list_name="index.html",
            more_name="index_{}.html",
            item_name="content_{}.html",
            first_item=100000,
            suffix=".html",
            relative=False,
            day="%Y-%m-%d",
        ),
        "tables": Layout(
            name="tables",
            encoding="gbk",
            content_type="text/html",
            declared="gb2312",
            root="/gb",
            section="zwgk",
            list_name="index.htm",
            more_name="index{}.htm",
            item_name="u1ai{}.htm",
            first_item=1,
            suffix=".htm",
            relative=True,
            day="%Y-%m-%d",
        ),
        "tabs": Layout(
            name="tabs",
            encoding="utf-8",
            content_type="text/html",
            declared="utf-8",
            root="",
            section="xxgk",
            list_name="list.html",
            more_name="list-{}.html",
            item_name="detail-{:06d}.html",
            first_item=1,
            suffix=".html",
            relative=False,
            day="%Y/%m/%d",
        ),
    }
)


def find_layout(name: str) -> Layout:
    """Return a layout. Raises KeyError for an unknown one."""
    return _LAYOUTS[name]
