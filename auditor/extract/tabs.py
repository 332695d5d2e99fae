"""Columns that a page offers without a link: heads of tabs and of panels whose content stands in the page itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from selectolax.lexbor import LexborNode

from auditor.extract.menus import CORE, SECTION, MenuEntry
from auditor.extract.reading import Reading, locate_node
from auditor.page.markup import Line, glue_name, text_within
from auditor.page.scan import find_address
from auditor.words.vocabulary import squeeze_name

_MAX_HEAD = 26
_MIN_HEADS = 2
_MIN_TEXT = 20
_LEVELS = 4
_MAX_BOX = 400
_ENTRY_TAGS = frozenset({"li", "dt", "dd", "td", "div", "h2", "h3", "h4"})


def _list_heads(reading: Reading) -> list[tuple[Line, str]]:
    """List the lines that are nothing but the name of a standard column and lead nowhere, each concept once."""
    linked = {anchor.order for anchor in reading.shown.anchors if _leads_somewhere(reading, anchor.node)}
    whole = {heading.order: glue_name(heading.text) for heading in reading.shown.headings if heading.text}
    found: dict[str, tuple[Line, str]] = {}
    for line in reading.shown.lines:
        name = whole.get(line.order, line.text)
        if line.zone.part in ("footer", "breadcrumb", "pager") or len(name) > _MAX_HEAD or line.order in linked:
            continue
        concept = reading.words.find_concept(name, SECTION)
        is_crumb = line.order in reading.breadcrumb_orders
        if concept in CORE and concept is not None and not is_crumb:
            found.setdefault(concept, (replace(line, text=name), concept))
    return sorted(found.values(), key=lambda pair: pair[0].order)


def _leads_somewhere(reading: Reading, node: LexborNode) -> bool:
    return find_address(node, reading.address, reading.words) is not None


def _find_element(node: LexborNode | None, *, forward: bool = True) -> LexborNode | None:
    while node is not None and not node.is_element_node:
        node = node.next if forward else node.prev
    return node


def _list_children(node: LexborNode) -> list[LexborNode]:
    return [child for child in node.iter() if child.is_element_node]


def _find_panes(heads: list[LexborNode]) -> list[LexborNode]:
    """Return what belongs to heads that stand side by side: as many children of the next box, or next boxes."""
    node: LexborNode | None = heads[0].parent
    for _ in range(_LEVELS):
        box = _find_element(node.next) if node is not None else None
        if node is None or node.tag in ("body", "html"):
            return []
        if box is not None:
            children = _list_children(box)
            if len(children) == len(heads):
                return children
            row = list(_iterate_boxes(box, len(heads)))
            return row if len(row) == len(heads) else []
        node = node.parent
    return []


def _iterate_boxes(box: LexborNode | None, count: int) -> Iterator[LexborNode]:
    while box is not None and count:
        yield box
        box, count = _find_element(box.next), count - 1


def _is_side_by_side(heads: list[tuple[Line, str]]) -> bool:
    return all(after.order - before.order <= 1 for (before, _), (after, _) in pairwise(heads))


def _find_more(reading: Reading, pane: LexborNode) -> str | None:
    more = (*reading.words.columns.trim_prefixes, *reading.words.columns.trim_suffixes)
    for anchor in pane.css("a"):
        if squeeze_name(text_within(anchor)).startswith(more):
            return find_address(anchor, reading.address, reading.words)
    return None


def _read_panel(reading: Reading, start: int, end: int) -> tuple[str | None, bool]:
    """Return where the panel between two heads says that there is more, and whether anything stands in it."""
    more = (*reading.words.columns.trim_prefixes, *reading.words.columns.trim_suffixes)
    url, length = None, 0
    for anchor in reading.shown.anchors:
        if start <= anchor.order < end and squeeze_name(anchor.text).startswith(more):
            url = url or find_address(anchor.node, reading.address, reading.words)
    for line in reading.own_lines:
        if start < line.order < end and not squeeze_name(line.text).startswith(more):
            length += len(line.text)
    return url, length >= _MIN_TEXT


def _read_closed(heads: list[tuple[Line, str]], menu: tuple[MenuEntry, ...]) -> tuple[MenuEntry, ...]:
    """Return the entries of a linked menu that are words only: what they lead to cannot be seen."""
    known = {entry.concept for entry in menu}
    found = []
    for line, concept in heads:
        box = line.block.parent
        is_entry = line.block.tag in _ENTRY_TAGS and box is not None and len(box.css("a")) >= _MIN_HEADS
        if concept not in known and is_entry and box is not None and len(text_within(box)) <= _MAX_BOX:
            place = locate_node(line.block)
            found.append(MenuEntry(glue_name(line.text), None, concept, 1, None, line.zone.part, place, line.order))
    return tuple(found)


def read_tabs(reading: Reading, menu: tuple[MenuEntry, ...]) -> tuple[MenuEntry, ...]:
    """Return the standard columns that stand on a page as tabs or panels, where its menu links none of them.

    Their address is that of the link to more in the panel, else the page's own with a fragment.
    """
    heads = _list_heads(reading)
    if any(entry.url is not None and entry.concept in CORE for entry in menu):
        return _read_closed(heads, menu)
    if len(heads) < _MIN_HEADS:
        return ()
    panes = _find_panes([line.block for line, _ in heads]) if _is_side_by_side(heads) else []
    ends = [line.order for line, _ in heads[1:]] + [len(reading.shown.lines)]
    entries = []
    for place, (line, concept) in enumerate(heads):
        if panes:
            url = _find_more(reading, panes[place])
            filled = len(text_within(panes[place])) >= _MIN_TEXT
        else:
            url, filled = _read_panel(reading, line.order, ends[place])
        address = url or f"{reading.key}#{place + 1}"
        entries.append(
            MenuEntry(
                name=glue_name(line.text),
                url=address,
                concept=concept,
                level=1,
                parent=None,
                region=line.zone.part,
                locator=locate_node(line.block),
                order=line.order,
                filled=None if url else filled,
            )
        )
    return tuple(entries)
