"""A workbook that comes back from people: opened within bounds, its hidden keys and its rows read as plain text."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from auditor.errors import Problem
from auditor.report.answers import FORM_VERSION, KEY_SHEET, RowKey

MOST_BYTES = 50_000_000
MOST_UNPACKED = 400_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200
_ROW_VALUES = 6
_DECLARATION = 2000

Cell = str | date
"""What a cell holds: text without blanks around it, or a day."""


@dataclass(frozen=True)
class Keys:
    """What the hidden sheet tells: which audit, which headings, which words, which rows."""

    audit: str
    site: str
    sheet: str
    columns: Mapping[str, str]
    answers: Mapping[str, str]
    rows: Mapping[str, RowKey]


@dataclass(frozen=True)
class Line:
    """One row of answers: its number and what stands in its columns, by their names."""

    number: int
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Book:
    """One sheet that was read. `letters` are the columns' letters by their names."""

    file: str
    keys: Keys
    lines: tuple[Line, ...]
    letters: Mapping[str, str]

    def describe_problem(self, code: str, number: int, column: str, **values: str) -> Problem:
        """Make a problem that points at a cell."""
        place = f"{self.letters.get(column, '')}{number} {self.keys.columns.get(column, '')}"
        return Problem(code, self.file, number, place.strip(), values)


class _UnfitError(Exception):
    """The file is no sheet of ours."""

    def __init__(self, code: str, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass
class _Draft:
    single: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)
    answers: dict[str, str] = field(default_factory=dict)
    rows: dict[str, RowKey] = field(default_factory=dict)


def read_book(path: Path) -> tuple[Book | None, tuple[Problem, ...]]:
    """Read a workbook: the book, or what is wrong with the file as a whole."""
    try:
        _check_file(path)
        return _read_parts(path), ()
    except _UnfitError as error:
        return None, (Problem(error.code, str(path), values=error.values),)
    except FileNotFoundError:
        return None, (Problem("sheet_missing", str(path)),)
    except OSError as error:
        cause = error.strerror or type(error).__name__
        return None, (Problem("sheet_unreadable", str(path), values={"cause": cause}),)
    except Exception as error:  # noqa: BLE001 - a damaged workbook breaks its reader in any way
        return None, (Problem("sheet_unreadable", str(path), values={"cause": type(error).__name__}),)


def _check_file(path: Path) -> None:
    """Refuse what is no workbook, what would unpack to more than it should, and XML with declarations of its own."""
    if path.stat().st_size > MOST_BYTES:
        raise _UnfitError("sheet_too_large", limit=str(MOST_BYTES))
    if not zipfile.is_zipfile(path):
        raise _UnfitError("sheet_no_xlsx")
    with zipfile.ZipFile(path) as bundle:
        entries = bundle.infolist()
        if "xl/workbook.xml" not in {entry.filename for entry in entries}:
            raise _UnfitError("sheet_no_xlsx")
        if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise _UnfitError("sheet_too_large", limit=str(MOST_UNPACKED))
        for entry in entries:
            if entry.filename.endswith((".xml", ".rels", ".vml")):
                with bundle.open(entry) as stream:
                    head = stream.read(_DECLARATION)
                if b"<!" in head.replace(b"<!--", b"") or b"\x00" in head:
                    raise _UnfitError("sheet_unreadable", cause="DOCTYPE")


def _read_parts(path: Path) -> Book:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        if KEY_SHEET not in book.sheetnames:
            raise _UnfitError("sheet_foreign")
        keys = _read_keys(book[KEY_SHEET])
        if keys.sheet not in book.sheetnames:
            raise _UnfitError("sheet_tab_missing", name=keys.sheet)
        rows = _iterate_rows(book[keys.sheet])
        places = _find_columns(next(rows, ()), keys)
        lines = tuple(_iterate_lines(rows, places))
    finally:
        book.close()
    letters = {name: get_column_letter(place + 1) for name, place in places.items()}
    return Book(str(path), keys, lines, letters)


def _iterate_rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()
    yield from sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)


def _read_keys(sheet: Any) -> Keys:
    draft = _Draft()
    for row in _iterate_rows(sheet):
        word, *values = (text for text in map(_read_plain, row) if text)
        _take_line(draft, word, values)
    if draft.single.get("form") != FORM_VERSION:
        raise _UnfitError("sheet_form", version=draft.single.get("form", ""))
    single = draft.single
    return Keys(
        audit=single["audit"],
        site=json.loads(single["site"]),
        sheet=single["sheet"],
        columns=draft.columns,
        answers=draft.answers,
        rows=draft.rows,
    )


def _take_line(draft: _Draft, word: str, values: list[str]) -> None:
    if word == "row" and len(values) == _ROW_VALUES:
        key, fingerprint, clause, subject, class_, name = values
        draft.rows[key] = RowKey(key, fingerprint, clause, json.loads(subject), class_, json.loads(name))
    elif word == "column":
        draft.columns[values[0]] = values[1]
    elif word == "answer":
        draft.answers[values[1]] = values[0]
    else:
        draft.single[word] = values[0]


def _read_plain(value: object) -> str:
    return "" if value is None else str(value).strip()


def _find_columns(heads: tuple[Any, ...], keys: Keys) -> dict[str, int]:
    """Return the place of each column by its heading: columns may have been moved, and others put between them."""
    found: dict[str, int] = {}
    for place, head in enumerate(heads):
        found.setdefault(_read_plain(head), place)
    missing = [heading for heading in keys.columns.values() if heading not in found]
    if missing:
        raise _UnfitError("sheet_column_missing", names=" / ".join(missing))
    return {name: found[heading] for name, heading in keys.columns.items()}


def _iterate_lines(rows: Iterator[tuple[Any, ...]], places: Mapping[str, int]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=2):
        cells = {name: _read_cell(row[place] if place < len(row) else None) for name, place in places.items()}
        if any(cells.values()):
            yield Line(number, cells)


def _read_cell(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _read_plain(value)
