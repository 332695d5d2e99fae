"""The evaluator's working sheet (XLSX): findings with room for answers, problems by unit, scores, and hidden keys.

Every cell is text or a number; nothing that a site or a user wrote can become a formula, and a cell that looks like
one stays text when it is edited. The hidden sheet tells an import which finding a row is of.
"""

from __future__ import annotations

import io
import json
import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

import xlsxwriter

from auditor.model.findings import Decision
from auditor.model.outcomes import ClauseClass
from auditor.model.results import Result, ScoreNode
from auditor.report.answers import (
    ANSWER_COLUMNS,
    FORM_VERSION,
    KEY_SHEET,
    READ_COLUMNS,
    VERDICTS,
    RowKey,
    name_column,
    name_verdicts,
)
from auditor.report.rows import Row, is_problem, list_responsible, list_rows
from auditor.report.wording import Wording, clean_text, show_address
from auditor.result import hash_result, identify_audit

_MOST_CELL = 32_000
_MOST_LINK = 1800
_MOST_SUBJECT = 4000
_MOST_LINES = 8
_LINE_HEIGHT = 14.5
_A4 = 9
_MOST_HEADER = 80
_COLUMNS = (*READ_COLUMNS, *ANSWER_COLUMNS)
_PROBLEM_COLUMNS = (
    ("unit", 26),
    ("count", 10),
    ("class", 8),
    ("clause", 13),
    ("title", 28),
    ("subject", 22),
    ("reason", 36),
    ("remedy", 36),
    ("address", 40),
)
_SCORE_COLUMNS = (
    ("part", 22),
    ("title", 44),
    ("outcome", 12),
    ("weight", 10),
    ("points", 10),
    ("low", 10),
    ("high", 10),
    ("judged", 12),
    ("waiting", 12),
    ("undetermined", 12),
)


@dataclass(frozen=True)
class _Looks:
    """The formats of one workbook."""

    head: Any
    asked: Any
    text: Any
    link: Any
    answer: Any
    day: Any
    number: Any


def render_xlsx(result: Result, wording: Wording, *, chosen: Sequence[Row] | None = None) -> bytes:
    """Return the bytes of `findings.xlsx`; of some of the result's findings only where `chosen` names them."""
    rows = list_rows(result, wording) if chosen is None else tuple(chosen)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    moment = result.snapshot.finished_at.replace(tzinfo=None, microsecond=0)
    book.set_properties({"title": clean_text(result.target.name, 200), "created": moment})
    looks = _make_looks(book)
    _write_findings(book, looks, rows, result, wording)
    _write_problems(book, looks, rows, result, wording)
    _write_scores(book, looks, result, wording)
    _write_keys(book, rows, result, wording)
    book.close()
    return buffer.getvalue()


def make_key(place: int, row: Row) -> str:
    """Return what a row is called in the sheet: its number and the beginning of its fingerprint."""
    return f"{place:04d}-{row.fingerprint[:6]}"


def find_attestation(decision: Decision | None) -> Decision | None:
    """Return the answer of a person that lies over a finding, if there is one."""
    while decision is not None and decision.source != "attestation":
        decision = decision.over
    return decision


def _make_looks(book: Any) -> _Looks:
    plain = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#D0D5DA", "font_size": 10}
    words = {**plain, "num_format": "@", "quote_prefix": True}
    head = {**plain, "bold": True, "valign": "vcenter"}
    return _Looks(
        head=book.add_format({**head, "bg_color": "#1F4E79", "font_color": "#FFFFFF"}),
        asked=book.add_format({**head, "bg_color": "#7F6000", "font_color": "#FFFFFF"}),
        text=book.add_format(words),
        link=book.add_format({**words, "font_color": "#0B5394", "underline": 1}),
        answer=book.add_format({**plain, "num_format": "@", "bg_color": "#FFF8DC"}),
        day=book.add_format({**plain, "num_format": "yyyy-mm-dd", "bg_color": "#FFF8DC"}),
        number=book.add_format({**plain, "num_format": "0.00"}),
    )


# ---- findings ------------------------------------------------------------------------------------


def _write_findings(book: Any, looks: _Looks, rows: Sequence[Row], result: Result, wording: Wording) -> None:
    sheet = _add_sheet(book, looks, "findings", _COLUMNS, result, wording)
    first_answer = len(READ_COLUMNS)
    for place, (name, _) in enumerate(ANSWER_COLUMNS, first_answer):
        sheet.write_string(0, place, name_column(name, wording.messages), looks.asked)
    for line, row in enumerate(rows, 1):
        cells = _list_cells(line, row)
        for place, text in enumerate(cells):
            if READ_COLUMNS[place][0] == "address":
                _write_link(sheet, line, place, text, looks)
            else:
                sheet.write_string(line, place, cut_cell(text), looks.text)
        _write_answer(sheet, line, row, looks, wording)
        sheet.set_row(line, _find_height(cells, READ_COLUMNS))
    sheet.freeze_panes(1, 3)
    sheet.autofilter(0, 0, max(len(rows), 1), len(_COLUMNS) - 1)
    _add_choices(sheet, max(len(rows), 1), wording)


def _list_cells(line: int, row: Row) -> list[str]:
    known = {
        "key": make_key(line, row),
        "clause": row.finding.clause,
        "title": row.title,
        "subject": row.subject,
        "outcome": row.outcome,
        "reason": row.reason,
        "proposal": row.proposal,
        "address": row.addresses[0] if row.addresses else "",
        "passages": "\n".join(row.passages),
        "asks": row.asks,
        "asked": "\n".join(row.asked),
        "remedy": row.remedy,
        "units": "\n".join(row.units),
        "class": row.class_word,
        "check": row.check_word,
        "number": row.number,
        "addresses": "\n".join(row.addresses[1:]),
    }
    return [known[name] for name, _ in READ_COLUMNS]


def _write_answer(sheet: Any, line: int, row: Row, looks: _Looks, wording: Wording) -> None:
    """Write the answer that a finding has already; else leave room for it."""
    given = find_attestation(row.finding.decision)
    words = dict(_label(wording))
    known: dict[str, str] = {}
    if given is not None:
        known = {
            "answer": words.get(given.reason, ""),
            "evidence": "\n".join(clean_text(text, _MOST_SUBJECT) for text in given.evidence),
            "by": given.by,
            "second": given.second or "",
            "note": given.note or "",
        }
    for place, (name, _) in enumerate(ANSWER_COLUMNS, len(READ_COLUMNS)):
        if name == "on" and given is not None and given.on is not None:
            sheet.write_datetime(line, place, datetime.combine(given.on, time()), looks.day)
        elif known.get(name):
            sheet.write_string(line, place, clean_cell(known[name]), looks.answer)
        else:
            sheet.write_blank(line, place, None, looks.day if name == "on" else looks.answer)


def clean_cell(text: str) -> str:
    """Return text of several lines without harmful characters, cut to what a cell holds."""
    return cut_cell("\n".join(clean_text(line, 4000) for line in text.splitlines()))


def cut_cell(text: str) -> str:
    """Return a text that a cell holds; where it is cut, a sign says so."""
    return text if len(text) <= _MOST_CELL else text[: _MOST_CELL - 1] + "…"


def _label(wording: Wording) -> Iterable[tuple[str, str]]:
    return name_verdicts(wording.messages).items()


def _add_choices(sheet: Any, last: int, wording: Wording) -> None:
    places = {name: place for place, (name, _) in enumerate(ANSWER_COLUMNS, len(READ_COLUMNS))}
    say = wording.messages.say
    sheet.data_validation(
        1,
        places["answer"],
        last,
        places["answer"],
        {
            "validate": "list",
            "source": [word for _, word in _label(wording)],
            "error_title": say("desk.choice_title"),
            "error_message": say("desk.choice_error"),
        },
    )
    for name in ("evidence", "on", "second", "objection"):
        about = {"validate": "any", "input_title": name_column(name, wording.messages)}
        about["input_message"] = say(f"desk.about_{name}")
        sheet.data_validation(1, places[name], last, places[name], about)


# ---- problems and scores -------------------------------------------------------------------------


def _write_problems(book: Any, looks: _Looks, rows: Sequence[Row], result: Result, wording: Wording) -> None:
    sheet = _add_sheet(book, looks, "problems", _PROBLEM_COLUMNS, result, wording)
    by_unit: dict[str, list[Row]] = {}
    for row in rows:
        if is_problem(row):
            for unit in list_responsible(row, wording):
                by_unit.setdefault(unit, []).append(row)
    ranks = {class_: rank for rank, class_ in enumerate(ClauseClass)}
    line = 0
    for unit, problems in sorted(by_unit.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        for row in sorted(problems, key=lambda row: ranks[row.clause.class_]):
            line += 1
            address = row.addresses[0] if row.addresses else ""
            cells = [unit, "", row.class_word, row.finding.clause, row.title, row.subject, row.reason, row.remedy]
            for place, text in enumerate(cells):
                sheet.write_string(line, place, cut_cell(text), looks.text)
            sheet.write_number(line, 1, len(problems), looks.text)
            _write_link(sheet, line, len(cells), address, looks)
            sheet.set_row(line, _find_height([*cells, address], _PROBLEM_COLUMNS))
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(line, 1), len(_PROBLEM_COLUMNS) - 1)


def _write_scores(book: Any, looks: _Looks, result: Result, wording: Wording) -> None:
    sheet = _add_sheet(book, looks, "scores", _SCORE_COLUMNS, result, wording)
    lines = list(_walk(result.score.tree, 0))
    for line, (depth, node) in enumerate(lines, 1):
        clause = result.clauses.get(node.id)
        stamp = result.rulesets.get(node.id)
        title = clause.title if clause is not None else stamp.title if stamp is not None else None
        whole = clean_text(result.target.name, 200) if depth == 0 else ""
        cells = [
            "　" * depth + clean_text(node.id, 80),
            wording.pick(title, 200) if title is not None else whole,
            wording.word(node.outcome.value) if node.outcome is not None else "",
        ]
        for place, text in enumerate(cells):
            sheet.write_string(line, place, text, looks.text)
        figures = (node.weight, node.points, node.low, node.high, node.judged, node.waiting, node.undetermined)
        for place, figure in enumerate(figures, len(cells)):
            sheet.write_number(line, place, round(figure, 6), looks.number)
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(len(lines), 1), len(_SCORE_COLUMNS) - 1)


def _walk(node: ScoreNode, depth: int) -> Iterable[tuple[int, ScoreNode]]:
    yield depth, node
    for child in node.children:
        yield from _walk(child, depth + 1)


# ---- the hidden sheet ----------------------------------------------------------------------------


def _write_keys(book: Any, rows: Sequence[Row], result: Result, wording: Wording) -> None:
    """Write what an import must know, each line a word and its values; subjects as JSON, for they may hold anything."""
    messages = wording.messages
    lines: list[tuple[str, ...]] = [
        ("form", FORM_VERSION),
        ("audit", identify_audit(result)),
        ("result", hash_result(result)),
        ("site", json.dumps(result.target.id)),
        ("sheet", messages.say("desk.sheet_findings")),
        *(("column", name, name_column(name, messages)) for name, _ in _COLUMNS),
        *(("answer", verdict, name_verdicts(messages)[verdict]) for verdict in VERDICTS),
    ]
    for place, row in enumerate(rows, 1):
        key = make_row_key(place, row)
        lines.append(
            ("row", key.key, key.fingerprint, key.clause, json.dumps(key.subject), key.class_, json.dumps(key.name))
        )
    sheet = book.add_worksheet(KEY_SHEET)
    for line, values in enumerate(lines):
        for place, text in enumerate(values):
            sheet.write_string(line, place, text)
    sheet.hide()


def make_row_key(place: int, row: Row) -> RowKey:
    """Return what the hidden sheet keeps of a row; a name too long for a file of answers is kept cut."""
    finding = row.finding
    subject = None if finding.subject.kind == "site" else finding.subject.key[:_MOST_SUBJECT]
    class_ = row.clause.class_.value
    name = finding.subject.name[:_MOST_SUBJECT]
    return RowKey(make_key(place, row), row.fingerprint, finding.clause, subject, class_, name)


# ---- what all sheets have ------------------------------------------------------------------------


def _add_sheet(  # noqa: PLR0917 - what every sheet needs
    book: Any, looks: _Looks, name: str, columns: Collection[tuple[str, int]], result: Result, wording: Wording
) -> Any:
    """Add a sheet with its headings, and set up how it is printed: A4 across, as wide as the paper, head repeated."""
    sheet = book.add_worksheet(wording.messages.say(f"desk.sheet_{name}"))
    for place, (column, width) in enumerate(columns):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, name_column(column, wording.messages), looks.head)
    sheet.set_row(0, 30)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    site = clean_text(result.target.name, _MOST_HEADER).replace("&", "＆")
    sheet.set_header(f"&L{site}&R&A  {result.as_of.isoformat()}")
    sheet.set_footer("&C&P / &N")
    return sheet


def _write_link(sheet: Any, line: int, place: int, text: str, looks: _Looks) -> None:
    shown = show_address(text)
    if shown.href is not None and len(shown.href) <= _MOST_LINK:
        sheet.write_url(line, place, shown.href, looks.link, shown.text)
    else:
        sheet.write_string(line, place, shown.text, looks.text)


def _find_height(cells: Sequence[str], columns: Sequence[tuple[str, int]]) -> float:
    """Return the height of a row: enough for its longest cell, and never more than eight lines."""
    lines = 1
    for text, (_, width) in zip(cells, columns, strict=False):
        wanted = sum(max(1, math.ceil(_measure(part) / width)) for part in text[:2000].split("\n"))
        lines = max(lines, wanted)
    return min(lines, _MOST_LINES) * _LINE_HEIGHT + 3


def _measure(text: str) -> int:
    """Return the width of a text in Latin characters: Chinese ones are two wide."""
    return sum(2 if sign > "\u2e7f" else 1 for sign in text)
