"""The result as a table (CSV): a line for every finding, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping

from auditor.model.results import Result
from auditor.report.rows import Row, list_rows
from auditor.report.wording import Wording, clean_text

_BYTE_ORDER_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
COLUMNS: Mapping[str, Callable[[Row], str]] = {
    "ruleset": lambda row: row.finding.ruleset,
    "clause": lambda row: row.finding.clause,
    "number": lambda row: row.number,
    "title": lambda row: row.title,
    "class": lambda row: row.class_word,
    "check": lambda row: row.check_word,
    "units": lambda row: "; ".join(row.units),
    "subject": lambda row: row.subject,
    "outcome": lambda row: row.outcome,
    "outcome_code": lambda row: row.finding.outcome.value,
    "reason": lambda row: row.reason,
    "reason_code": lambda row: row.reason_code,
    "proposal": lambda row: row.proposal,
    "explained": lambda row: "1" if row.explained else "",
    "remedy": lambda row: row.remedy,
    "addresses": lambda row: "\n".join(row.addresses),
    "passages": lambda row: "\n".join(row.passages),
    "asked": lambda row: "\n".join(row.asked),
    "fingerprint": lambda row: row.fingerprint,
    "id": lambda row: clean_text(row.finding.id, 300),
}
"""The columns in order: the key of a column's heading, and what stands in it."""


def render_csv(result: Result, wording: Wording) -> bytes:
    """Return the bytes of `findings.csv`: UTF-8 with a byte order mark, headings in the first line."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([wording.say(f"column_{name}") for name in COLUMNS])
    for row in list_rows(result, wording):
        writer.writerow([escape_formula(read(row)) for read in COLUMNS.values()])
    return (_BYTE_ORDER_MARK + buffer.getvalue()).encode("utf-8", "replace")


def escape_formula(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: one that begins like it gets an apostrophe."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
