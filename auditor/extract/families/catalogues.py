"""Catalogues and lists of matters: which kind, how many rows, which columns, how many lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from auditor.extract.grids import Grid
from auditor.extract.sheet import Draft, Sheet, find_year
from auditor.extract.text import find_quoted_titles
from auditor.kinds.disclosure import Catalogue, CatalogueKind
from auditor.model.evidence import RecordEvidence
from auditor.model.targets import UnitKind
from auditor.page.scan import normalise_url
from auditor.page.zones import call_part
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import Vocabulary, compile_pattern, squeeze_name

_MOST_SUBJECTS = 80
_MOST_LINKS = 200
_LEAST_WIDTH = 2
_LEAST_ALIKE = 3
_ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十]{1,3}[)）、.．]")
_SHORT = 60
_CHROME = ("header", "nav", "footer")
_STEPS = 12


def draft_catalogue(sheet: Sheet) -> Draft | None:
    """Return the catalogue that a page is, or None."""
    words = sheet.words.families["catalogue"]
    if sheet.kind not in ("article", "column", "other", "form") or not words.is_hinted(sheet.title):
        return None
    grid, header = choose_grid(sheet.grids, words)
    if not words.fits(sheet.title) and not (_gives_out(sheet.title, words) and (grid is not None or sheet.file_names)):
        return None
    kind = _tell_kind(sheet.title, words)
    if kind is None or _holds_catalogues(sheet, kind, words):
        return None
    is_listed = bool(sheet.rows) and len(sheet.rows) > len(sheet.files) and words.fits(sheet.title)
    is_seen = grid is not None or is_listed
    table = read_matters(grid, header, kind, sheet.words) if grid is not None else Matters()
    links = _list_links(sheet, grid, table.places) if grid is not None else ()
    count = len(table.rows) if grid is not None else len(sheet.rows)
    active = _tell_active(table, words) if grid is not None else None
    titles = table.titles or (sheet.rows[:_MOST_SUBJECTS] if grid is None and is_seen else ())
    fact = Catalogue(
        **sheet.begin(),
        catalogue_kind=kind,
        title=sheet.title,
        field=next((field for field in words.words["fields"] if field in sheet.hint), None),
        year=find_year(sheet.title, sheet.reading.latest),
        published_on=sheet.published,
        updated_on=sheet.updated,
        item_count=count if is_seen else None,
        items_linked=(sum(map(bool, links)) if grid is not None else count) if is_seen else None,
        items_active=sum(active) if active is not None else None,
        active_unlinked=_count_unlinked(active, links),
        columns=table.columns,
        subjects=titles,
        subject_kinds=table.kinds,
        searchable=_is_searchable(sheet),
        unreadable=() if is_seen else ("item_count", "items_linked", "columns", "subjects"),
    )
    flat = tuple(dict.fromkeys(url for own in links for url in own))
    files = () if is_seen else tuple(url for url, _ in sheet.files)
    return Draft(fact, links=(*flat[:_MOST_LINKS], *files), titles=titles)


def complete_catalogue(fact: Catalogue, grids: Sequence[Grid], words: Vocabulary, cited: RecordEvidence) -> Catalogue:
    """Return a catalogue that its page left to a file with what the file's table holds; links of a file are unread."""
    grid, header = choose_grid(grids, words.families["catalogue"])
    if grid is None or "item_count" not in fact.unreadable:
        return fact
    table = read_matters(grid, header, fact.catalogue_kind, words)
    update = {
        "item_count": len(table.rows),
        "columns": table.columns,
        "subjects": table.titles,
        "subject_kinds": table.kinds,
        "evidence": (*fact.evidence, cited),
        "unreadable": ("items_linked",),
    }
    return fact.model_copy(update=update)


def _gives_out(title: str, words: FamilyWords) -> bool:
    """Tell whether a title is that of a notice that gives out a catalogue: the notice is where the catalogue stands."""
    return any(compile_pattern(pattern).fullmatch(title) for pattern in words.parts["gives_out"])


def _holds_catalogues(sheet: Sheet, kind: CatalogueKind, words: FamilyWords) -> bool:
    """Tell whether a page is no catalogue but a column of such: most of its rows are catalogues of that kind."""
    held = sum(words.fits(row) and _tell_kind(row, words) == kind for row in sheet.rows)
    return sheet.kind == "column" and held > 1 and held * 3 >= len(sheet.rows) * 2


def _tell_kind(title: str, words: FamilyWords) -> CatalogueKind | None:
    for name, patterns in words.patterns.items():
        if name in get_args(CatalogueKind) and any(compile_pattern(one).search(title) for one in patterns):
            return name  # type: ignore[return-value]
    return None


def choose_grid(grids: Iterable[Grid], words: FamilyWords) -> tuple[Grid | None, int]:
    """Return the largest table with a header of known column names, and the place of that header."""
    best: tuple[Grid | None, int] = (None, 0)
    for grid in grids:
        header = grid.find_header(words.words["columns"])
        rows = len(grid.rows) - (header or 0) - 1
        if header is not None and rows >= 1 and (best[0] is None or rows > len(best[0].rows) - best[1] - 1):
            best = (grid, header - 1 if header and _find_parts(grid, header - 1) else header)
    return best


def _list_places(header: Sequence[str], names: Sequence[str]) -> tuple[int, ...]:
    """Return the columns whose heading holds one of the names, by the order of the names."""
    cells = [squeeze_name(cell) for cell in header]
    return tuple(dict.fromkeys(place for name in names for place, cell in enumerate(cells) if name in cell))


@dataclass(frozen=True, slots=True)
class Matters:
    """What a table of matters holds: its columns, its rows without those that only group them, and where they stand.

    `heads` are the names of the columns from left to right, that of the group before that of the part. `titles` are
    the names of the matters, each once; `kinds` the kind that a column or the row above the group gives to each.
    """

    heads: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    places: tuple[int, ...] = ()
    titles: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()


def read_matters(grid: Grid, header: int, kind: CatalogueKind, words: Vocabulary) -> Matters:
    """Read a table below its header. Kinds are read of decisions only: elsewhere such a column names the matter."""
    own = words.families["decision"].words if kind == "decision" else words.families["catalogue"].words
    heads, parts = grid.rows[header], _find_parts(grid, header)
    names = tuple(f"{head}{part}" if part != head else head for head, part in zip(heads, parts, strict=False)) or heads
    named = _list_places(names, own["names"] if kind == "decision" else own["subjects"])
    told = next(iter(_list_places(names, own["kinds"])), None) if kind == "decision" else None
    classed = [
        place for place in named if any(word in names[place] for word in words.families["catalogue"].words["classes"])
    ]
    beside = [place for place in named if place not in classed][:1] if named[:1] == tuple(classed[:1]) else []
    rows: list[tuple[int, tuple[str, ...]]] = []
    found: dict[str, str] = {}
    group = ""
    first = header + (2 if parts else 1)
    for line, row in enumerate(grid.rows[first:], first):
        if _is_group(row):
            group = next(cell for cell in row if cell)
            continue
        rows.append((line, row))
        filled = [row[place] for place in named if place < len(row) and row[place]]
        for name in (*filled[:1], *(row[place] for place in beside if place < len(row))):
            if 0 < len(name) <= _SHORT * 2:
                said = row[told] if told is not None and told < len(row) else group
                found.setdefault(name, said if _is_kind(said, words) else "")
    titles = tuple(found)[:_MOST_SUBJECTS]
    kinds = tuple(found[title] for title in titles) if kind == "decision" and any(found.values()) else ()
    columns = tuple(dict.fromkeys(cell for cell in (*heads, *parts) if cell))
    return Matters(names, columns, tuple(row for _, row in rows), tuple(place for place, _ in rows), titles, kinds)


def _is_kind(text: str, words: Vocabulary) -> bool:
    """Tell whether words say what kind a decision is: one of the known kinds, and no body that prepares it."""
    body = words.find_unit_kind(_ORDINAL.sub("", text)) is not UnitKind.OTHER
    return not body and any(name in text for name in words.families["decision"].words["kind_names"])


def _is_group(row: Sequence[str]) -> bool:
    """Tell whether a row only names the group of those below it: one text over all cells, or alone and numbered."""
    filled = [cell for cell in row if cell]
    if len(row) <= _LEAST_WIDTH or len(set(filled)) != 1 or filled[0].isdigit():
        return False
    return len(filled) == len(row) or (len(filled) == 1 and _ORDINAL.match(filled[0]) is not None)


def _find_parts(grid: Grid, header: int) -> tuple[str, ...]:
    """Return the second row of a heading, which names parts of some columns and repeats the others; else nothing."""
    heads = grid.rows[header]
    below = grid.rows[header + 1] if header + 1 < len(grid.rows) else ()
    alike = sum(one == other != "" for one, other in zip(heads, below, strict=False))
    return below if len(below) == len(heads) > alike >= _LEAST_ALIKE else ()


def _tell_active(table: Matters, words: FamilyWords) -> tuple[bool, ...] | None:
    """Tell for each row whether it is disclosed actively, by a word or a tick below it; None where no column says."""
    marks, ticks = words.words["active"], words.words["ticks"]
    named = [(place, head) for word in words.words["manner"] for place, head in enumerate(table.heads) if word in head]
    if not named:
        return None
    place, head = next((one for one in named if any(mark in one[1] for mark in marks)), named[0])
    wanted = ticks if any(mark in head for mark in marks) else marks
    return tuple(place < len(row) and any(mark in row[place] for mark in wanted) for row in table.rows)


def _count_unlinked(active: Sequence[bool] | None, links: Sequence[Sequence[str]]) -> int | None:
    if active is None:
        return None
    return sum(is_open and not own for is_open, own in zip(active, links, strict=False))


def _list_links(sheet: Sheet, grid: Grid, places: Sequence[int]) -> tuple[tuple[str, ...], ...]:
    """Return the addresses that each of some rows leads to."""
    found = []
    for row in (grid.links[place] for place in places if place < len(grid.links)):
        urls = (normalise_url(href, sheet.reading.address) for href in row)
        found.append(tuple(url for url in urls if url is not None))
    return tuple(found)


def _is_searchable(sheet: Sheet) -> bool:
    """Tell whether the page offers a box or a filter of its own: a form field outside of header and navigation."""
    for node in sheet.reading.shown.tree.css("input[type=text], input[type=search], select")[:20]:
        above, steps = node.parent, 0
        while above is not None and steps < _STEPS:
            called = call_part(above, above.tag or "", sheet.words)
            if called in _CHROME or "search" in (above.attributes.get("class") or "").lower():
                break
            above, steps = above.parent, steps + 1
        else:
            return True
    return False


def list_named(title: str) -> tuple[str, ...]:
    """Return the titles that a row quotes, else the row itself."""
    return find_quoted_titles(title) or (title,)
