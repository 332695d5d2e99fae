"""A page as lines of plain text: what a reader may see of a stored page without anything of it running."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from auditor.page.parsing import parse_markup

LineKind = Literal["heading", "text", "item", "row"]
MOST_LINES = 3_000
MOST_DEPTH = 60
_DROPPED = ["script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "head", "select"]
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_ITEMS = frozenset({"li", "dt", "dd", "option"})
_CELLS = frozenset({"td", "th"})
_BLOCKS = _HEADINGS | _ITEMS | {"tr", "p", "div", "section", "article", "ul", "ol", "table", "body", "form", "pre"}
_PICTURES = frozenset({"img", "video", "audio"})
_BETWEEN = "　"


@dataclass(frozen=True)
class Line:
    """One line of a page; the cells of a row stand in one line."""

    kind: LineKind
    text: str


def list_lines(markup: str) -> tuple[Line, ...]:
    """Return the visible text of a page, a block a line; at most 3,000. Pictures stand as their alternative text."""
    tree = parse_markup(markup)
    tree.strip_tags(_DROPPED)
    return tuple(_fold(tree.body))[:MOST_LINES] if tree.body is not None else ()


def _fold(body: Any) -> Iterator[Line]:
    """Yield the lines under a node: pieces of text gather while they stand in the same block."""
    gathered: list[str] = []
    current: Any = None
    cell: Any = None
    for node in body.traverse(include_text=True):
        piece = _read_piece(node)
        if not piece:
            continue
        block, inner = _find_block(node)
        if current is not None and block.mem_id != current.mem_id:
            yield from _end(gathered, current)
            gathered = []
        elif gathered and inner is not None and (cell is None or inner.mem_id != cell.mem_id):
            gathered.append(_BETWEEN)
        current, cell = block, inner
        gathered.append(piece)
    if current is not None:
        yield from _end(gathered, current)


def _read_piece(node: Any) -> str:
    if node.tag == "-text":
        return str(node.text_content or "")
    if node.tag in _PICTURES:
        return str((node.attributes or {}).get("alt") or "")
    return ""


def _find_block(node: Any) -> tuple[Any, Any]:
    """Return the nearest block around a node, a row for what stands in a cell; and that cell."""
    cell, around = None, node.parent
    for _ in range(MOST_DEPTH):
        if around is None or around.tag == "body" or around.parent is None:
            break
        if around.tag in _CELLS and cell is None:
            cell = around
        if around.tag in _BLOCKS and (cell is None or around.tag == "tr"):
            return around, cell
        around = around.parent
    return around if around is not None else node, cell


def _end(pieces: list[str], block: Any) -> Iterator[Line]:
    text = " ".join("".join(pieces).split()) if _BETWEEN not in pieces else _join_cells(pieces)
    if text:
        yield Line(_tell_kind(block.tag), text)


def _join_cells(pieces: list[str]) -> str:
    """Return the cells of a row, each folded, with a wide blank between."""
    cells: list[str] = [""]
    for piece in pieces:
        if piece is _BETWEEN:
            cells.append("")
        else:
            cells[-1] += piece
    return _BETWEEN.join(folded for cell in cells if (folded := " ".join(cell.split())))


def _tell_kind(tag: str) -> LineKind:
    if tag in _HEADINGS:
        return "heading"
    if tag in _ITEMS:
        return "item"
    return "row" if tag == "tr" else "text"
