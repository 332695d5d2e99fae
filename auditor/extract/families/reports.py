"""Yearly reports on disclosure: their sections, their three tables, the sums of the requests table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.extract.grids import Grid, read_number
from auditor.extract.sheet import Draft, Sheet, find_year, holds_any
from auditor.kinds.disclosure import AnnualReport, ReportTable, ShownAs
from auditor.model.evidence import RecordEvidence
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import compile_pattern, squeeze_name

_HEADING = re.compile(r"^[(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．,，：: ] ?(.{2,40}?)[:：。]?$")
_PARENTHESIS = ("(", "（")
_PARTIES = 7
_REVIEW = (3, 5)
_PARTY_NAMES = ("natural_person", "business", "research", "welfare", "legal_service", "other", "total")
_REVIEW_NAMES = ("review", "lawsuit", "lawsuit_after_review")
_FLOWS = ("new", "carried_in", "total", "carried_out")
_LEAST_ROWS = 10


@dataclass(frozen=True)
class ReportTables:
    """What the tables of a report hold; `requests` are rows of the form by their names, in order."""

    present: tuple[ReportTable, ...]
    requests: Mapping[str, tuple[int, ...]]
    cells: tuple[int, ...]
    review: tuple[int, ...]


def draft_report(sheet: Sheet) -> Draft | None:
    """Return the yearly report that a page is, or None."""
    words = sheet.words.families["annual_report"]
    if sheet.kind not in ("article", "other", "shell", "form") or not words.is_hinted(sheet.title):
        return None
    is_filed = sheet.topic == "annual_report" or sheet.concept == "disclosure_annual_report"
    year = find_year(sheet.title, sheet.reading.latest)
    if not words.fits(sheet.title) or (year is None and not is_filed):
        return None
    tables = read_tables(sheet.grids, words)
    shown_as = _tell_form(sheet, tables)
    is_hidden = shown_as in ("image", "attachment") or sheet.kind == "shell"
    sections, plan_section = _read_sections(sheet, words)
    is_short = is_hidden and len(sections) <= 1 and not tables.present
    mentions: dict[str, Any] = {
        "mentions_plan": holds_any(sheet.text, words.words["plan"]),
        "mentions_fee": holds_any(sheet.text, words.words["fee"]),
    }
    if is_short:
        mentions = {name: value or None for name, value in mentions.items()}
    values: dict[str, Any] = {
        "sections": sections,
        "tables": tables.present,
        "requests": tables.cells,
        "review": tables.review,
        "plan_section": plan_section,
        **mentions,
    }
    hidden: tuple[str, ...] = ("tables", "requests", "review") if is_hidden and not tables.present else ()
    hidden += ("sections", "mentions_plan", "mentions_fee") if is_short else ()
    fact = AnnualReport(
        **sheet.begin(),
        title=sheet.title,
        year=year,
        published_on=sheet.published,
        tables_as=None if sheet.kind == "shell" else shown_as,
        balance_errors=tuple(find_imbalances(tables)),
        **values,
        unreadable=tuple(name for name in hidden if values[name] in ((), None)),
    )
    return Draft(fact, links=tuple(url for url, _ in sheet.files))


def _tell_form(sheet: Sheet, tables: ReportTables) -> ShownAs:
    if tables.present:
        return "html"
    if sheet.pictures:
        return "image"
    return "attachment" if sheet.files else "none"


def _read_sections(sheet: Sheet, words: FamilyWords) -> tuple[tuple[str, ...], str | None]:
    """Return the sections by the form's names where they have one, and the one that speaks of the year's plan."""
    found: dict[str, None] = {}
    current: str | None = None
    plan: str | None = None
    for line in sheet.reading.own_lines:
        name = _name_section(line.text, words)
        if name is not None:
            current = name
            found[name] = None
        if plan is None and holds_any(line.text, words.words["plan"]):
            plan = current
    return tuple(found), plan


def _name_section(line: str, words: FamilyWords) -> str | None:
    """Return the section that a line opens, by the form's name where it has one; None for rows of tables."""
    match = _HEADING.match(line) if not line.startswith(_PARENTHESIS) else None
    if match is None or "。" in match.group(1):
        return None
    raw = match.group(1).strip()
    if any(mark in squeeze_name(raw) for marks in words.rows.values() for mark in marks):
        return None
    names = (name for name, own in words.patterns.items() if any(compile_pattern(one).search(raw) for one in own))
    return next(names, raw)


# ---- tables --------------------------------------------------------------------------------------


def read_tables(grids: Iterable[Grid], words: FamilyWords) -> ReportTables:
    """Return what tables of any source hold of the form's three."""
    present: dict[ReportTable, None] = {}
    requests: Mapping[str, tuple[int, ...]] = {}
    cells: tuple[int, ...] = ()
    review: tuple[int, ...] = ()
    for grid in grids:
        text = grid.text
        if all(squeeze_name(word) in text for word in words.words["requests"]):
            present["requests"] = None
            if not cells:
                requests, cells = _read_requests(grid, words)
        if all(squeeze_name(word) in text for word in words.words["review"]):
            present["review"] = None
            review = review or _read_review(grid)
        if any(squeeze_name(word) in text for word in words.words["active"]):
            present["active"] = None
    order: tuple[ReportTable, ...] = ("active", "requests", "review")
    return ReportTables(tuple(name for name in order if name in present), requests, cells, review)


def _read_cells(row: Sequence[str], count: int) -> tuple[int, ...] | None:
    """Return the last cells of a row as numbers, a blank one as nothing; None where they are no numbers."""
    numbers = [0 if not cell.strip(" -—/") else read_number(cell) for cell in row[-count:]]
    has_digit = any(cell.strip(" -—/") for cell in row[-count:])
    kept = tuple(number for number in numbers if number is not None)
    return kept if len(row) > count and len(kept) == count and has_digit else None


def _read_requests(grid: Grid, words: FamilyWords) -> tuple[Mapping[str, tuple[int, ...]], tuple[int, ...]]:
    rows: dict[str, tuple[int, ...]] = {}
    cells: list[int] = []
    for row in grid.rows:
        numbers = _read_cells(row, _PARTIES)
        if numbers is None:
            continue
        cells += numbers
        label = squeeze_name(row[-_PARTIES - 1]) or squeeze_name("".join(row[:-_PARTIES]))
        wider = squeeze_name("".join(dict.fromkeys(row[:-_PARTIES])))
        named = [key for key, marks in words.rows.items() if any(mark in label for mark in marks)]
        named = named or [key for key, marks in words.rows.items() if any(mark in wider for mark in marks)]
        key = named[-1] if named else ""
        rows.setdefault(key if key and key not in rows else f"other_{len(rows)}", numbers)
    return (rows, tuple(cells)) if len(rows) >= _LEAST_ROWS else ({}, ())


def _read_review(grid: Grid) -> tuple[int, ...]:
    """Return the fifteen cells of the review table: one row of fifteen, or three of five."""
    groups, width = _REVIEW
    for row in grid.rows:
        read = [read_number(cell) if cell.strip() else 0 for cell in row]
        kept = tuple(number for number in read if number is not None)
        if len(row) == groups * width and len(kept) == groups * width:
            return kept
    rows = [numbers for row in grid.rows if (numbers := _read_cells(row, width)) is not None]
    return tuple(number for row in rows for number in row) if len(rows) == groups else ()


# ---- sums ----------------------------------------------------------------------------------------


def find_imbalances(tables: ReportTables) -> Iterable[str]:
    """Yield the form's own sums that do not hold: of rows, of what came in and went out, of results, of reviews."""
    rows = tables.requests
    for name, row in rows.items():
        if sum(row[:-1]) != row[-1]:
            yield f"row:{name}"
    if all(name in rows for name in _FLOWS):
        results = [row for name, row in rows.items() if name not in _FLOWS]
        for place, party in enumerate(_PARTY_NAMES):
            came = rows["new"][place] + rows["carried_in"][place]
            if came != rows["total"][place] + rows["carried_out"][place]:
                yield f"flow:{party}"
            if sum(row[place] for row in results) != rows["total"][place]:
                yield f"results:{party}"
    width = _REVIEW[1]
    for place, name in enumerate(_REVIEW_NAMES if tables.review else ()):
        group = tables.review[place * width : (place + 1) * width]
        if sum(group[:-1]) != group[-1]:
            yield f"review:{name}"


# ---- what a file adds ----------------------------------------------------------------------------


def complete_report(
    fact: AnnualReport, lines: Sequence[str], grids: Sequence[Grid], words: FamilyWords, cited: RecordEvidence
) -> AnnualReport:
    """Return a report with what its attachment holds, where the page itself has no tables."""
    if fact.tables_as == "html" or fact.tables:
        return fact
    tables = read_tables(grids, words)
    text = "\n".join(lines)
    sections = tuple(dict.fromkeys(name for line in lines if (name := _name_section(line, words)) is not None))
    if not tables.present and not sections:
        return fact
    update: dict[str, Any] = {
        "sections": sections if len(sections) > len(fact.sections) else fact.sections,
        "tables": tables.present,
        "tables_as": "attachment",
        "requests": tables.cells,
        "review": tables.review,
        "balance_errors": tuple(find_imbalances(tables)),
        "mentions_plan": holds_any(text, words.words["plan"]) or bool(fact.mentions_plan),
        "mentions_fee": holds_any(text, words.words["fee"]) or bool(fact.mentions_fee),
        "evidence": (*fact.evidence, cited),
    }
    hidden = tuple(name for name in ("tables", "requests", "review") if not update[name]) if not tables.present else ()
    return fact.model_copy(update={**update, "unreadable": hidden})
