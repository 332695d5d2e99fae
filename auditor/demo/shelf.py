"""The pages of the parts of one portal, after its defects: which there are, where they stand, what they say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from auditor.demo.figures import list_request_rows
from auditor.demo.offprints import FILES
from auditor.demo.parts import (
    PartColumn,
    PartDefect,
    list_core_changes,
    list_part_columns,
    list_part_defects,
    list_part_rows,
    read_part,
    swap_words,
)
from auditor.demo.plan import Plan
from auditor.demo.refs import Article, Block, Cell, Link, Ref, Related
from auditor.demo.texts import Body, read_data

_LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_CORE: Final = "core:"
_COLUMN: Final = "column:"
_KINDS: Final[Mapping[str, Any]] = {"head": "heading", "sign": "sign", "search": "search"}


@dataclass(frozen=True)
class ShelfPage:
    """A page: `index` is its number in its column, `body` the unit that it is of."""

    key: str
    column: str
    index: int
    body: Body
    place: int
    row: Mapping[str, Any]

    @property
    def ref(self) -> Ref:
        """Return its address."""
        return Ref("item", self.column, self.index)


@dataclass(frozen=True)
class Shelf:
    """The parts of one portal; `defects` are those of its defects that belong to parts."""

    plan: Plan
    defects: tuple[PartDefect, ...]

    @property
    def parts(self) -> Sequence[str]:
        """Return the parts that the portal has."""
        return self.plan.spec.parts

    # ---- what there is ---------------------------------------------------------------------------

    @cached_property
    def column_faults(self) -> Mapping[str, str]:
        """Return the columns of parts that are missing, blank or dead."""
        return {key: fault for defect in self.defects for key, fault in defect.columns.items()}

    @cached_property
    def columns(self) -> Mapping[str, PartColumn]:
        """Return the columns that the portal has, by their keys."""
        own = {key for part in self.parts for key in read_part(part).get("columns", {})}
        known = list_part_columns()
        gone = {key for key, fault in self.column_faults.items() if fault == "missing"}
        gone |= {key for key in own if known[key].parent in gone}
        return {key: column for key, column in known.items() if key in own - gone}

    @cached_property
    def lacks(self) -> frozenset[str]:
        """Return the features that defects have taken from the site; all of them where it has no parts."""
        return frozenset(name for defect in self.defects for name in defect.lacks)

    def has(self, feature: str) -> bool:
        """Tell whether the site has a feature that comes with its parts."""
        return bool(self.parts) and feature not in self.lacks

    @cached_property
    def written(self) -> frozenset[str]:
        """Return the columns of the core that parts write anew."""
        return frozenset(column for part in self.parts for column in list_core_changes(part))

    @cached_property
    def pages(self) -> Mapping[str, ShelfPage]:
        """Return every page by its key."""
        kept = {}
        counts: dict[str, int] = {}
        gone = {key for defect in self.defects for key in defect.drop}
        lost = {key for key, fault in self.column_faults.items() if fault in ("missing", "blank")}
        for key, place, row in self._list_rows():
            index = counts.get(row["in"], 0)
            counts[row["in"]] = index + 1
            known = row["in"] in self.columns or row["in"] in self.written
            if key not in gone and known and row["in"] not in lost:
                kept[key] = ShelfPage(key, row["in"], index, self.plan.bodies[place], place, self._change(key, row))
        return kept

    def _list_rows(self) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
        for key, row in list_part_rows(self.parts):
            if "over" in row:
                units = len(self.plan.bodies) - 1
                for number, item in enumerate(row["over"]):
                    yield f"{key}-{number}", 1 + number % units, {**row, "item": item, "number": number}
                continue
            if "each" not in row:
                yield key, int(row.get("by", 0)), row
                continue
            for place, body in enumerate(self.plan.bodies):
                if row["each"] == "all" or str(body.unit.kind) in row["each"]:
                    yield f"{key}-{place}", place, row

    def _change(self, key: str, row: Mapping[str, Any]) -> Mapping[str, Any]:
        for defect in self.defects:
            row = {**swap_words(row, defect.swap.get(key, {})), **defect.put.get(key, {})}
        return row

    @cached_property
    def _by_ref(self) -> Mapping[Ref, ShelfPage]:
        return {page.ref: page for page in self.pages.values()}

    def holds(self, ref: Ref) -> bool:
        """Tell whether a page is one of the parts'."""
        return ref in self._by_ref

    @cached_property
    def lists(self) -> Mapping[str, Sequence[int]]:
        """Return the items of each column, the newest first."""
        found: dict[str, list[ShelfPage]] = {key: [] for key in (*self.columns, *self.written)}
        for page in self.pages.values():
            if not page.row.get("unlisted"):
                found[page.column].append(page)
        return {
            key: [page.index for page in sorted(pages, key=lambda page: (-self._date(page).toordinal(), page.index))]
            for key, pages in found.items()
        }

    @cached_property
    def numbers(self) -> Mapping[str, Sequence[int]]:
        """Return the numbers of all items of each column, listed or not."""
        found: dict[str, list[int]] = {key: [] for key in (*self.columns, *self.written)}
        for page in self.pages.values():
            found[page.column].append(page.index)
        return found

    def list_children(self, parent: str) -> Sequence[PartColumn]:
        """Return the columns below another one."""
        return [column for column in self.columns.values() if column.parent == parent]

    # ---- what a page says ------------------------------------------------------------------------

    def _date(self, page: ShelfPage) -> date:
        written = page.row["on"]
        if isinstance(written, Mapping):
            return _as_date(written.get(str(page.body.unit.kind), written.get("other")))
        return _as_date(written)

    def _fill(self, page: ShelfPage) -> Mapping[str, Any]:
        site = read_data("district")["site"]
        return {
            "unit": page.body.name,
            "short": page.body.short,
            "n": page.row.get("number", page.place),
            "item": page.row.get("item", ""),
            "district": site["short"],
            "phone": site["phone"],
            "address": site["address"],
            "email": site["email"],
        }

    def list_files(self) -> Sequence[str]:
        """Return the files that pages offer, as addresses from the root of the layout."""
        found: dict[str, None] = {}
        for page in self.pages.values():
            for block in self.write_article(page.ref).blocks:
                cells = (cell for row in block.rows for cell in row)
                found |= {
                    cell.target: None
                    for cell in cells
                    if isinstance(cell, Link) and isinstance(cell.target, str) and cell.target.startswith(f"/{FILES}")
                }
        return tuple(found)

    def write_article(self, ref: Ref) -> Article:
        """Return the article of a page. Raises KeyError where the parts have none."""
        page = self._by_ref[ref]
        fill = self._fill(page)
        row = _fill_all(page.row, fill)
        updated = _as_date(row["updated"]) if "updated" in row else None
        return Article(
            ref,
            row["title"],
            page.body,
            self._date(page),
            tuple(self._make_blocks(row.get("body", ()), page)),
            updated_on=updated,
            elements=tuple((str(name), str(value)) for name, value in row.get("elements", {}).items()),
            related=tuple(
                Related(label, self._title(key), target)
                for label, key in row.get("related", ())
                if isinstance(target := self.find_target(key), Ref)
            ),
        )

    def _title(self, key: str) -> str:
        page = self.pages[key]
        return str(_fill_all(page.row["title"], self._fill(page)))

    def find_target(self, key: str) -> Ref | str | None:
        """Return what a written link leads to: a page, an address, or None for what the portal lacks."""
        if key.startswith(_CORE):
            column, _, number = key.removeprefix(_CORE).partition("/")
            return Ref("item", column, int(number))
        if key.startswith(_COLUMN):
            column = key.removeprefix(_COLUMN)
            lost = column in list_part_columns() and column not in self.columns
            return None if lost else Ref("list", column, 1)
        if key.startswith(("/", "http")):
            return key
        return self.pages[key].ref if key in self.pages else None

    def _make_blocks(self, rows: Sequence[Any], page: ShelfPage) -> Iterator[Block]:
        for row in rows:
            if isinstance(row, str):
                yield Block("links" if _LINK.search(row) else "paragraph", row, rows=(tuple(self._split(row)),))
                continue
            (kind, value), *_ = row.items()
            if kind == "figures":
                yield Block("table", rows=list_request_rows(self.plan.spec.seed + page.place, broken=value == "broken"))
            elif kind == "bodies":
                yield Block("table", rows=(tuple(value), *self._list_bodies()))
            elif kind == "table":
                yield Block("table", rows=tuple(tuple(self._read_cell(cell) for cell in line) for line in value))
            elif kind == "picture":
                yield Block("picture", value, "images/tuwen-0.png")
            else:
                yield Block(_KINDS[kind], str(value))

    def _list_bodies(self) -> Iterator[tuple[Cell, ...]]:
        words = read_data("sentences")["labels"]
        last = len(self.plan.bodies) - 1
        for place, body in enumerate(self.plan.bodies):
            if place == last and not self.has("listed_body"):
                continue
            target = self.find_target(f"active-{place}")
            if place == 1 and not self.has("listed_catalogue"):
                target = "/lost/none.html"
            catalogue: Cell = "" if target is None else Link(words["catalogue_link"], target)
            yield body.name, catalogue, Link(words["guide_link"], Ref("item", "guide", place))

    def _read_cell(self, cell: object) -> Cell:
        pieces = list(self._split(str(cell)))
        return (
            pieces[0]
            if len(pieces) == 1
            else "".join(piece if isinstance(piece, str) else piece.text for piece in pieces)
        )

    def _split(self, text: str) -> Iterator[Cell]:
        """Yield the pieces of a text: words, and the links that are written in it as [words](target)."""
        place = 0
        for found in _LINK.finditer(text):
            if found.start() > place:
                yield text[place : found.start()]
            target = self.find_target(found[2])
            yield found[1] if target is None else Link(found[1], target)
            place = found.end()
        if place < len(text) or not text:
            yield text[place:]


def _as_date(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"not a day: {value}")
    return value


def _fill_all(value: Any, fill: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return value.format(**fill) if "{" in value else value
    if isinstance(value, Mapping):
        return {_fill_all(key, fill): _fill_all(one, fill) for key, one in value.items()}
    if isinstance(value, list):
        return [_fill_all(one, fill) for one in value]
    return value


def make_shelf(plan: Plan, defects: Sequence[str]) -> Shelf:
    """Return the parts of a portal with the defects that belong to them."""
    known = list_part_defects()
    return Shelf(plan, tuple(known[name] for name in defects if name in known))
