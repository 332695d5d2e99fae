"""Where else a body is found: accounts on platforms of others, places where information can be consulted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from auditor.extract.grids import Grid
from auditor.extract.sheet import Draft, Sheet, find_words
from auditor.kinds.service import Account, Zone
from auditor.page.markup import Line
from auditor.words.vocabulary import squeeze_name

_MOST = 300
_LONGEST = 40
_STEPS = 5


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    cells = [squeeze_name(cell) for cell in header]
    exact = next((place for name in names for place, cell in enumerate(cells) if cell == name), None)
    if exact is not None:
        return exact
    return next((place for name in names for place, cell in enumerate(cells) if name in cell), None)


def _pick(row: Sequence[str], place: int | None) -> str:
    return row[place].strip() if place is not None and place < len(row) else ""


# ---- accounts ------------------------------------------------------------------------------------


def draft_accounts(sheet: Sheet) -> Iterator[Draft]:
    """Yield the accounts that a page lists: in tables, else one by one after the name of their platform."""
    words = sheet.words.families["account"]
    if sheet.kind in ("home", "error", "blocked", "redirect") or not words.is_hinted(sheet.title):
        return
    if not words.fits(sheet.title):
        return
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for grid in sheet.grids:
        for fields in _read_table(grid, sheet):
            found.setdefault((fields["platform"], fields["name"]), fields)
    for fields in () if found else _read_lines(sheet):
        found.setdefault((fields["platform"], fields["name"]), fields)
    for fields in list(found.values())[:_MOST]:
        base = sheet.begin(f"{fields['platform']} {fields['name']}")
        yield Draft(Account(evidence=base["evidence"], listed_on=base["url"], **fields))


def _read_table(grid: Grid, sheet: Sheet) -> Iterator[dict[str, Any]]:
    words = sheet.words.families["account"]
    header = grid.find_header([*words.labels["name"], *words.labels["platform"], *words.labels["operator"]])
    if header is None:
        return
    cells = grid.rows[header]
    places = {name: _place(cells, words.labels[name]) for name in ("name", "platform", "operator", "supervisor")}
    if places["name"] is None:
        return
    for row in grid.rows[header + 1 :]:
        name = _pick(row, places["name"])
        told = _pick(row, places["platform"]) or " ".join(row)
        platform = next(iter(find_words(told, words.platforms)), None) or next(
            iter(find_words(sheet.title, words.platforms)), None
        )
        if not 1 < len(name) <= _LONGEST or platform is None:
            continue
        yield {
            "platform": platform,
            "name": name,
            "operator": _pick(row, places["operator"])[:60] or None,
            "supervisor": _pick(row, places["supervisor"])[:60] or None,
        }


def _read_lines(sheet: Sheet) -> Iterator[dict[str, Any]]:
    """Yield accounts that follow a line which is the name of a platform, or stand behind one and a colon.

    Names of platforms one after the other are tabs: each belongs to one of as many lists that follow.
    """
    words = sheet.words.families["account"]
    tabs: list[str] = []
    listed: list[Line] = []
    for line in sheet.reading.own_lines:
        head, colon, tail = line.text.strip().replace(":", "：").partition("：")
        platform = next(iter(find_words(head, words.platforms)), None) if len(head) <= _LONGEST // 2 else None
        if platform is not None and colon and 1 < len(tail.strip()) <= _LONGEST:
            yield {"platform": platform, "name": tail.strip()}
        elif platform is not None and squeeze_name(head) in {squeeze_name(one) for one in words.platforms[platform]}:
            if listed:
                yield from _share_out(tabs, listed)
                tabs, listed = [], []
            tabs.append(platform)
        elif tabs and 1 < len(head) <= _LONGEST // 2 and not squeeze_name(head).isdigit():
            listed.append(line)
    yield from _share_out(tabs, listed)


def _share_out(tabs: Sequence[str], listed: Sequence[Line]) -> Iterator[dict[str, Any]]:
    """Yield the names of lists under their platforms; nothing where there are not as many lists as platforms."""
    for step in range(_STEPS):
        groups: dict[int, list[str]] = {}
        for line in listed:
            node: Any = line.block
            for _ in range(step):
                node = node.parent if node is not None and node.parent is not None else node
            groups.setdefault(node.mem_id, []).append(line.text.strip())
        if len(groups) == len(tabs):
            for platform, names in zip(tabs, groups.values(), strict=True):
                yield from ({"platform": platform, "name": name} for name in names)
            return


# ---- zones ---------------------------------------------------------------------------------------


def draft_zones(sheet: Sheet) -> Iterator[Draft]:
    """Yield the places that a page names for consulting information: rows of a table, else the page's one place."""
    words = sheet.words.families["zone"]
    if sheet.kind in ("home", "error", "blocked", "redirect") or not words.is_hinted(sheet.title):
        return
    if not words.fits(sheet.title):
        return
    found = [fields for grid in sheet.grids for fields in _read_zones(grid, sheet)]
    if not found:
        address = sheet.find_value(words.labels["address"])
        hours = sheet.find_value(words.labels["hours"])
        named = sheet.find_value(words.labels["name"])
        if address is None and hours is None:
            return
        name = named.value if named is not None and len(named.value) <= _LONGEST else sheet.title
        values = {"address": address, "hours": hours}
        found = [{"name": name, **{key: one.value if one is not None else None for key, one in values.items()}}]
    services = find_words(sheet.text, words.services)
    for fields in found[:_MOST]:
        base = sheet.begin(fields["name"])
        yield Draft(
            Zone(evidence=base["evidence"], url=base["url"], services=services, **fields), issuer=fields["name"]
        )


def _read_zones(grid: Grid, sheet: Sheet) -> Iterator[dict[str, Any]]:
    words = sheet.words.families["zone"]
    header = grid.find_header([*words.labels["name"], *words.labels["address"], *words.labels["hours"]])
    if header is None:
        return
    cells = grid.rows[header]
    name, address, hours = (_place(cells, words.labels[key]) for key in ("name", "address", "hours"))
    if name is None or address is None or name == address:
        return
    for row in grid.rows[header + 1 :]:
        if _pick(row, name) and _pick(row, address):
            yield {
                "name": _pick(row, name)[:_LONGEST],
                "address": _pick(row, address),
                "hours": _pick(row, hours) or None,
            }
