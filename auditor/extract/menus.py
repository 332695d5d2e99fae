"""The menu of the disclosure section and the other named links of a page: columns as the page offers them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from auditor.extract.reading import Reading, locate_node
from auditor.page.markup import Anchor, glue_name
from auditor.page.scan import find_address, name_anchor
from auditor.words.vocabulary import squeeze_name

SECTION = "disclosure_platform"
CORE = ("disclosure_guide", "disclosure_rules", "statutory_disclosure", "disclosure_annual_report")
MENU_CONCEPTS = frozenset({*CORE, "disclosure_application", "disclosure_catalogue"})
COLUMN_CONCEPTS = frozenset({*MENU_CONCEPTS, "policy_documents", "normative_documents", "policy_interpretation"})
_MAX_NAME = 26
_LEVELS = 14
_MAX_ENTRIES = 200
_MIN_MENU = 3
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_LISTS = frozenset({"ul", "ol", "dd"})
_ROWS = frozenset({"ul", "ol", "nav", "table", "tbody", "tr"})


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One column as a page offers it: `level` from 1, `parent` the place of the entry above it in the menu.

    `filled` only where the column stands on the offering page itself: whether anything is in it. `leads` is false
    where only words are offered that lead nowhere.
    """

    name: str
    url: str | None
    concept: str | None
    level: int
    parent: int | None
    region: str
    locator: str
    order: int
    filled: bool | None = None
    leads: bool = True


@dataclass(slots=True)
class _Box:
    """What stands under one element: how many short and long links, which concepts, whether a way home."""

    node: LexborNode
    short: int = 0
    long: int = 0
    concepts: set[str] = field(default_factory=set)
    named: int = 0
    has_home: bool = False


def iterate_names(reading: Reading) -> Iterator[tuple[Anchor, str, str | None]]:
    """Yield the links whose words can be a column's name, with the name and its concept inside the section."""
    for anchor in reading.shown.anchors:
        if anchor.zone.part in ("footer", "breadcrumb", "pager"):
            continue
        name = glue_name(name_anchor(anchor.node, anchor.text))
        key = squeeze_name(name)
        if 1 < len(key) <= _MAX_NAME and not key.isdigit():
            yield anchor, name, None if _YEAR.search(key) else reading.words.find_concept(name, SECTION)


def _count_boxes(reading: Reading) -> dict[int, _Box]:
    boxes: dict[int, _Box] = {}
    named = {anchor.node.mem_id: concept for anchor, _, concept in iterate_names(reading)}
    for anchor in reading.shown.anchors:
        if anchor.zone.part in ("footer", "breadcrumb", "pager"):
            continue
        is_short = anchor.node.mem_id in named
        concept = named.get(anchor.node.mem_id)
        node, level = anchor.node.parent, 0
        while node is not None and level < _LEVELS and node.tag not in ("body", "html"):
            box = boxes.setdefault(node.mem_id, _Box(node))
            box.short += is_short
            box.long += not is_short and len(anchor.text) > _MAX_NAME
            box.has_home = box.has_home or concept == "home"
            if concept in COLUMN_CONCEPTS:
                box.concepts.add(str(concept))
                box.named += concept in CORE
            node, level = node.parent, level + 1
    return boxes


def _is_menu(box: _Box) -> bool:
    """Tell whether an element is a menu: short names, few long ones, no way home, no list of guides or reports."""
    if box.named > 2 * len(box.concepts) + 1:
        return False
    return not box.has_home and box.short <= _MAX_ENTRIES and box.long * 8 <= box.short


def _widen(box: _Box, boxes: dict[int, _Box]) -> _Box:
    """Climb from a lone entry to the menu around it."""
    node = box.node.parent
    while box.short < _MIN_MENU and node is not None and node.mem_id in boxes and _is_menu(boxes[node.mem_id]):
        box = boxes[node.mem_id]
        node = node.parent
    return box


def _choose_box(boxes: dict[int, _Box]) -> _Box | None:
    fit = [box for box in boxes.values() if box.concepts & MENU_CONCEPTS and _is_menu(box)]
    if not fit:
        return None
    best = max(fit, key=lambda box: (len(box.concepts & set(CORE)), len(box.concepts & MENU_CONCEPTS), -box.short))
    menu = _widen(best, boxes)
    return menu if menu.short > 1 else None


def _count_level(start: LexborNode, box: LexborNode) -> int:
    level = 0
    node: LexborNode | None = start
    while node is not None and node.mem_id != box.mem_id:
        level += node.tag in _LISTS
        node = node.parent
    return level + (box.tag in _LISTS)


def _is_under(node: LexborNode | None, box: LexborNode) -> bool:
    while node is not None:
        if node.mem_id == box.mem_id:
            return True
        node = node.parent
    return False


def _find_parent(entries: list[MenuEntry], level: int) -> int | None:
    for place in range(len(entries) - 1, -1, -1):
        if entries[place].level < level:
            return place
    return None


def _read_entries(reading: Reading, box: LexborNode) -> tuple[MenuEntry, ...]:
    entries: list[MenuEntry] = []
    chosen = [item for item in iterate_names(reading) if _is_under(item[0].node.parent, box)]
    lowest = min((_count_level(anchor.node, box) for anchor, _, _ in chosen), default=0)
    for anchor, name, concept in chosen[:_MAX_ENTRIES]:
        if squeeze_name(name) in reading.words.columns.trim_suffixes or concept == SECTION:
            continue
        level = _count_level(anchor.node, box) - lowest + 1
        url = find_address(anchor.node, reading.address, reading.words)
        locator = f"{locate_node(anchor.node)}"
        entries.append(
            MenuEntry(name, url, concept, level, _find_parent(entries, level), anchor.zone.part, locator, anchor.order)
        )
    return tuple(entries)


def read_menu(reading: Reading) -> tuple[MenuEntry, ...]:
    """Return the menu that offers the disclosure columns, nested as shown; empty where the page has none."""
    if not any(concept in MENU_CONCEPTS for _, _, concept in iterate_names(reading)):
        return ()
    box = _choose_box(_count_boxes(reading))
    if box is None:
        return ()
    entries = _read_entries(reading, box.node)
    named = {entry.concept for entry in entries}
    return (*entries, *_list_beside(reading, named)) if not named.isdisjoint(CORE) else entries


def _list_beside(reading: Reading, named: set[str | None]) -> tuple[MenuEntry, ...]:
    """Return the columns that a page offers beside its menu: each a link alone in its line, outside of navigation."""
    alone = {line.order for line in reading.own_lines if line.linked == len(line.text)}
    found: dict[str | None, MenuEntry] = {}
    for anchor, name, concept in iterate_names(reading):
        if concept not in MENU_CONCEPTS or concept in named or anchor.order not in alone:
            continue
        url = find_address(anchor.node, reading.address, reading.words)
        if url is not None:
            place = locate_node(anchor.node)
            found.setdefault(concept, MenuEntry(name, url, concept, 1, None, anchor.zone.part, place, anchor.order))
    return tuple(found.values())


def count_closed(reading: Reading) -> int:
    """Return how many entries of a page's navigation lead nowhere by themselves: what a script opens was not seen.

    Headings of entries beneath them, tools such as a login, and names that another link of the page opens are no such.
    """
    names = [(anchor, squeeze_name(name)) for anchor, name, concept in iterate_names(reading) if concept != "home"]
    leads = {anchor.node.mem_id: _leads_on(reading, anchor) for anchor, _ in names}
    menu = [anchor for anchor, _ in names if anchor.zone.part == "nav"]
    if all(leads[anchor.node.mem_id] for anchor in menu):
        return 0
    parts = _count_parts(menu)
    opened = {name for anchor, name in names if leads[anchor.node.mem_id]}
    closed = {
        name
        for anchor, name in names
        if anchor.zone.part == "nav" and not leads[anchor.node.mem_id] and not _is_heading(anchor, parts, len(menu))
    }
    return len(closed - opened - set(reading.words.pages.nav_fallback.tools))


def _leads_on(reading: Reading, anchor: Anchor) -> bool:
    is_mark = (anchor.node.attributes.get("href") or "").strip() == "#"
    url = find_address(anchor.node, reading.address, reading.words)
    return url is not None and not (is_mark and url in (reading.address, reading.key))


def _count_parts(menu: list[Anchor]) -> dict[int, tuple[int, int]]:
    """Return of each element around entries how many are in it and which is the first."""
    parts: dict[int, tuple[int, int]] = {}
    for anchor in menu:
        node, level = anchor.node.parent, 0
        while node is not None and level < _LEVELS and node.tag not in ("body", "html"):
            count, first = parts.get(node.mem_id, (0, anchor.node.mem_id))
            parts[node.mem_id] = (count + 1, first)
            node, level = node.parent, level + 1
    return parts


def _is_heading(anchor: Anchor, parts: dict[int, tuple[int, int]], whole: int) -> bool:
    """Tell whether an entry is the first of a part of the menu: the nearest element with other entries in it."""
    node = anchor.node.parent
    while node is not None and node.mem_id in parts:
        count, first = parts[node.mem_id]
        if count > 1:
            return node.tag not in _ROWS and count < whole and first == anchor.node.mem_id
        node = node.parent
    return False


def read_named_links(reading: Reading) -> tuple[MenuEntry, ...]:
    """Return the links of a page that name a column: those of its navigation, and those of a known concept anywhere."""
    entries: list[MenuEntry] = []
    seen: set[tuple[str, str | None]] = set()
    for anchor, name, concept in iterate_names(reading):
        if anchor.zone.part != "nav" and concept is None:
            continue
        url = find_address(anchor.node, reading.address, reading.words)
        if url is None or (name, url) in seen or len(entries) >= _MAX_ENTRIES:
            continue
        seen.add((name, url))
        entries.append(MenuEntry(name, url, concept, 1, None, anchor.zone.part, locate_node(anchor.node), anchor.order))
    return tuple(entries)
