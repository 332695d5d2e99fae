"""Catalogues and lists of matters: which kind, how many rows, which columns, how many lead somewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from auditor.extract.grids import Grid
from auditor.extract.sheet import Draft, Sheet, find_year
from auditor.extract.text import find_quoted_titles
from auditor.kinds.disclosure import Catalogue, CatalogueKind
from auditor.page.scan import normalise_url
from auditor.page.zones import call_part
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import compile_pattern, squeeze_name

_MOST_SUBJECTS = 80
_MOST_LINKS = 200
_LEAST_ROWS = 3
_SHORT = 60
_CHROME = ("header", "nav", "footer")
_STEPS = 12


def draft_catalogue(sheet: Sheet) -> Draft | None:
    """Return the catalogue that a page is, or None."""
    words = sheet.words.families["catalogue"]
    if sheet.kind not in ("article", "column", "other", "form") or not words.is_hinted(sheet.title):
        return None
    if not words.fits(sheet.title):
        return None
    kind = _tell_kind(sheet.title, words)
    if kind is None or _holds_catalogues(sheet, kind, words):
        return None
    grid, header = _choose_grid(sheet, words)
    is_seen = grid is not None or (bool(sheet.rows) and len(sheet.rows) > len(sheet.files))
    columns = tuple(dict.fromkeys(cell for cell in grid.rows[header] if cell)) if grid is not None else ()
    body = grid.rows[header + 1 :] if grid is not None else ()
    links = _list_links(sheet, grid, header) if grid is not None else ()
    count = len(body) if grid is not None else len(sheet.rows)
    active = _tell_active(body, grid.rows[header], words) if grid is not None else None
    titles = _list_subjects(body, grid.rows[header], words) if grid is not None else ()
    if grid is None and is_seen:
        titles = sheet.rows[:_MOST_SUBJECTS]
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
        columns=columns,
        subjects=titles,
        searchable=_is_searchable(sheet),
        unreadable=() if is_seen else ("item_count", "items_linked", "columns", "subjects"),
    )
    flat = tuple(dict.fromkeys(url for own in links for url in own))
    return Draft(fact, links=flat[:_MOST_LINKS], titles=titles)


def _holds_catalogues(sheet: Sheet, kind: CatalogueKind, words: FamilyWords) -> bool:
    """Tell whether a page is no catalogue but a column of such: most of its rows are catalogues of that kind."""
    held = sum(words.fits(row) and _tell_kind(row, words) == kind for row in sheet.rows)
    return sheet.kind == "column" and held > 1 and held * 3 >= len(sheet.rows) * 2


def _tell_kind(title: str, words: FamilyWords) -> CatalogueKind | None:
    for name, patterns in words.patterns.items():
        if name in get_args(CatalogueKind) and any(compile_pattern(one).search(title) for one in patterns):
            return name  # type: ignore[return-value]
    return None


def _choose_grid(sheet: Sheet, words: FamilyWords) -> tuple[Grid | None, int]:
    """Return the largest table with a header of known column names, and the place of that header."""
    best: tuple[Grid | None, int] = (None, 0)
    for grid in sheet.grids:
        header = grid.find_header(words.words["columns"])
        rows = len(grid.rows) - (header or 0) - 1
        if header is not None and rows >= 1 and (best[0] is None or rows > len(best[0].rows) - best[1] - 1):
            best = (grid, header)
    return best


def _place_column(header: Sequence[str], names: Sequence[str]) -> int | None:
    cells = [squeeze_name(cell) for cell in header]
    return next((place for name in names for place, cell in enumerate(cells) if name in cell), None)


def _list_subjects(body: Sequence[Sequence[str]], header: Sequence[str], words: FamilyWords) -> tuple[str, ...]:
    place = _place_column(header, words.words["subjects"])
    if place is None:
        return ()
    found = dict.fromkeys(row[place] for row in body if place < len(row) and 0 < len(row[place]) <= _SHORT * 2)
    return tuple(found)[:_MOST_SUBJECTS]


def _tell_active(body: Sequence[Sequence[str]], header: Sequence[str], words: FamilyWords) -> tuple[bool, ...] | None:
    """Tell for each row whether it is disclosed actively; None where no column says how."""
    place = _place_column(header, words.words["manner"])
    if place is None:
        return None
    marks = words.words["active"]
    return tuple(place < len(row) and any(mark in row[place] for mark in marks) for row in body)


def _count_unlinked(active: Sequence[bool] | None, links: Sequence[Sequence[str]]) -> int | None:
    if active is None:
        return None
    return sum(is_open and not own for is_open, own in zip(active, links, strict=False))


def _list_links(sheet: Sheet, grid: Grid, header: int) -> tuple[tuple[str, ...], ...]:
    """Return the addresses that each row below the header leads to."""
    found = []
    for row in grid.links[header + 1 :]:
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
