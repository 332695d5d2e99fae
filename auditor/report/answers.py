"""The form of the working sheet: its columns, the words of its drop-down lists, and what its hidden sheet tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from auditor.messages import Messages

Verdict = Literal["done", "not_done", "not_applicable"]

KEY_SHEET = "auditor"
FORM_VERSION = "1"
KEY_COLUMN = "key"
READ_COLUMNS: tuple[tuple[str, int], ...] = (
    (KEY_COLUMN, 12),
    ("clause", 13),
    ("title", 26),
    ("subject", 20),
    ("outcome", 11),
    ("reason", 34),
    ("proposal", 13),
    ("address", 34),
    ("passages", 34),
    ("asks", 34),
    ("asked", 34),
    ("remedy", 34),
    ("units", 20),
    ("class", 8),
    ("check", 12),
    ("number", 10),
    ("addresses", 34),
)
"""What the tool writes, with the width of each column in characters."""
ANSWER_COLUMNS: tuple[tuple[str, int], ...] = (
    ("answer", 12),
    ("evidence", 34),
    ("by", 10),
    ("on", 12),
    ("second", 10),
    ("note", 26),
    ("objection", 34),
    ("objector", 12),
)
"""What people write."""
VERDICTS: tuple[Verdict, ...] = ("done", "not_done", "not_applicable")


@dataclass(frozen=True)
class RowKey:
    """What the hidden sheet keeps of a row. `subject` is a key, None for the site as a whole; `name` is for people."""

    key: str
    fingerprint: str
    clause: str
    subject: str | None
    class_: str
    name: str


def name_column(name: str, messages: Messages) -> str:
    """Return the heading of a column."""
    key = f"desk.column_{name}"
    return messages.say(key if messages.has(key) else f"report.column_{name}")


def name_verdicts(messages: Messages) -> Mapping[Verdict, str]:
    """Return the word of each answer, as the drop-down list shows it."""
    return {verdict: messages.say(f"desk.answer_{verdict}") for verdict in VERDICTS}
