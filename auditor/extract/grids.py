"""Tables as rows of texts, whatever they come from: markup, a PDF, a Word file, a spreadsheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.extract.text import fold_text
from auditor.page.markup import glue_name, text_within
from auditor.words.vocabulary import squeeze_name

MAX_GRIDS = 40
MAX_ROWS = 1_000
MAX_COLUMNS = 60
MAX_CELL = 400
_MAX_SPAN = 200
_NUMBER = re.compile(r"-?[0-9][0-9,]{0,14}(?:\.[0-9]{1,4})?")


@dataclass(frozen=True)
class Grid:
    """A table: its cells row by row, spans filled, and of each row the addresses that it links to."""

    rows: tuple[tuple[str, ...], ...]
    links: tuple[tuple[str, ...], ...] = ()

    @property
    def text(self) -> str:
        """Return all cells squeezed."""
        return squeeze_name("".join(cell for row in self.rows for cell in row))

    def find_header(self, known: Iterable[str]) -> int | None:
        """Return the row among the first five that holds most of the known column names, at least two of them."""
        names = tuple(known)
        best, place = 1, None
        for index, row in enumerate(self.rows[:5]):
            cells = {squeeze_name(cell) for cell in row}
            count = sum(any(name in cell for name in names) for cell in cells if 0 < len(cell) <= MAX_CELL // 10)
            if count > best:
                best, place = count, index
        return place


def _read_span(node: LexborNode, name: str) -> int:
    digits = (node.attributes.get(name) or "1").strip()
    return min(max(int(digits), 1), _MAX_SPAN) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 1  # noqa: PLR2004


def _read_row(row: LexborNode) -> Iterator[LexborNode]:
    node = row.child
    while node is not None:
        if node.tag in ("td", "th"):
            yield node
        node = node.next


def _fill_rows(rows: Iterable[LexborNode]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    waiting: dict[int, tuple[int, str]] = {}
    for row in rows:
        cells: list[str] = []
        links: list[str] = []
        nodes = list(_read_row(row))
        while nodes or len(cells) in waiting:
            if len(cells) >= MAX_COLUMNS:
                break
            if len(cells) in waiting:
                left, text = waiting.pop(len(cells))
                if left > 1:
                    waiting[len(cells)] = (left - 1, text)
                cells.append(text)
                continue
            node = nodes.pop(0)
            text = glue_name(text_within(node))[:MAX_CELL]
            links += [anchor.attributes.get("href") or "" for anchor in node.css("a")[:10]]
            for _ in range(min(_read_span(node, "colspan"), MAX_COLUMNS - len(cells))):
                if _read_span(node, "rowspan") > 1:
                    waiting[len(cells)] = (_read_span(node, "rowspan") - 1, text)
                cells.append(text)
        yield tuple(cells), tuple(link for link in links if link)


def read_grids(tree: LexborHTMLParser) -> tuple[Grid, ...]:
    """Return the innermost tables of a page that have more than one row and column."""
    grids = []
    for table in tree.css("table")[:MAX_GRIDS]:
        if len(table.css("table")) > 1:
            continue
        filled = list(_fill_rows(table.css("tr")[:MAX_ROWS]))
        rows = [cells for cells, _ in filled]
        if len(rows) > 1 and max(map(len, rows)) > 1:
            grids.append(Grid(tuple(rows), tuple(links for _, links in filled)))
    return tuple(grids)


def make_grid(rows: Iterable[Sequence[object]]) -> Grid | None:
    """Return a grid of the cells that a library read from a file; None where nothing stands in it."""
    cut = [
        tuple(glue_name("" if cell is None else str(cell))[:MAX_CELL] for cell in row[:MAX_COLUMNS])
        for _, row in zip(range(MAX_ROWS), rows, strict=False)
    ]
    kept = tuple(row for row in cut if any(row))
    return Grid(kept) if kept else None


def read_number(text: str) -> int | None:
    """Return the whole number that a cell shows; None for anything else, a fraction included."""
    shown = fold_text(text).replace(" ", "")
    match = _NUMBER.fullmatch(shown)
    if match is None:
        return None
    whole, _, rest = match.group().replace(",", "").partition(".")
    return int(whole) if not rest.strip("0") else None
