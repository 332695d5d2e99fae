"""Answers and objections read from working sheets, every mistake of theirs with its row and column."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl.utils.datetime import from_excel

from auditor.desk.book import Book, Line, read_book
from auditor.errors import Problem, SheetError
from auditor.harmless import HARMFUL
from auditor.messages import load_messages
from auditor.report.answers import ANSWER_COLUMNS, VERDICTS, RowKey, Verdict, name_verdicts

MOST_TEXT = 4000
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]\s*00:00(?::00)?)?")
_SERIAL = re.compile(r"[345]\d{4}")


@dataclass(frozen=True)
class Answer:
    """What one person says of one finding. `subject` is its key, None for the site; `place` is where it was read."""

    clause: str
    subject: str | None
    name: str
    class_: str
    verdict: Verdict
    evidence: tuple[str, ...]
    by: str
    on: date
    second: str | None
    note: str | None
    place: str


@dataclass(frozen=True)
class Objection:
    """What the site's owner says against one finding. It is no verdict."""

    clause: str
    subject: str | None
    fingerprint: str
    text: str
    by: str


@dataclass(frozen=True)
class Intake:
    """What sheets of one audit brought. `unfinished` are the rows with words and no answer: `file:row`."""

    audit: str
    answers: tuple[Answer, ...]
    objections: tuple[Objection, ...]
    unfinished: tuple[str, ...]


def read_sheets(paths: Sequence[Path], today: date, audit: str | None = None) -> Intake:
    """Read answered sheets of one audit; of the one that `audit` names, where it is given.

    Raises SheetError with every problem of all of them.
    """
    problems: list[Problem] = []
    books: list[Book] = []
    for path in paths:
        book, wrong = read_book(path)
        problems.extend(wrong)
        if book is None:
            continue
        wanted = audit or (books[0].keys.audit if books else book.keys.audit)
        if book.keys.audit != wanted:
            code = "sheet_other_result" if audit else "sheet_other_audit"
            other = books[0].file if books else ""
            problems.append(Problem(code, str(path), values={"site": book.keys.site, "other": other}))
            continue
        books.append(book)
    readers = [_BookReader(book, today) for book in books]
    for reader in readers:
        reader.read_lines()
        problems.extend(reader.problems)
    if problems:
        raise SheetError(tuple(problems))
    return Intake(
        audit=books[0].keys.audit,
        answers=tuple(answer for reader in readers for answer in reader.answers),
        objections=tuple(objection for reader in readers for objection in reader.objections),
        unfinished=tuple(place for reader in readers for place in reader.unfinished),
    )


def list_words(book: Book) -> Mapping[str, Verdict]:
    """Return the words that stand for an answer: those of the sheet, of both languages, and the codes themselves."""
    words: dict[str, Verdict] = {verdict: verdict for verdict in VERDICTS}
    for messages in (load_messages("zh"), load_messages("en")):
        words.update({word.casefold(): verdict for verdict, word in name_verdicts(messages).items()})
    known = {verdict: verdict for verdict in VERDICTS}
    words.update({word.casefold(): known[code] for word, code in book.keys.answers.items() if code in known})
    return words


def read_day(cell: object) -> date | None:
    """Return a day as people write it: a date of the sheet, 2026-11-22, 2026/11/22, 2026年11月22日; None for others."""
    if isinstance(cell, date):
        return cell
    text = str(cell)
    if _SERIAL.fullmatch(text):
        moment = from_excel(int(text))
        return date(moment.year, moment.month, moment.day)
    match = _DAY.fullmatch(text)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


class _BookReader:
    """Reads the rows of one book."""

    def __init__(self, book: Book, today: date) -> None:
        self.book = book
        self.today = today
        self.words = list_words(book)
        self.problems: list[Problem] = []
        self.answers: list[Answer] = []
        self.objections: list[Objection] = []
        self.unfinished: list[str] = []

    def read_lines(self) -> None:
        for line in self.book.lines:
            given = {name: self._clean(line, name) for name, _ in ANSWER_COLUMNS}
            if not any(given.values()):
                continue
            key = self._find_key(line)
            if key is None:
                continue
            if given["objection"]:
                self._read_objection(line, key, given)
            if given["answer"]:
                self._read_answer(line, key, given)
            elif any(given[name] for name in ("evidence", "note", "by", "second")):
                self.unfinished.append(f"{self.book.file}:{line.number}")

    def _complain(self, line: Line, code: str, column: str, **values: str) -> None:
        self.problems.append(self.book.describe_problem(code, line.number, column, **values))

    def _clean(self, line: Line, column: str) -> str:
        cell = line.cells[column]
        text = cell.isoformat() if isinstance(cell, date) else HARMFUL.sub("", cell).strip()
        if len(text) > MOST_TEXT:
            self._complain(line, "cell_too_long", column, limit=str(MOST_TEXT))
        return text[:MOST_TEXT]

    def _find_key(self, line: Line) -> RowKey | None:
        """Return which finding a row is of; a row of another result is a problem."""
        name = str(line.cells["key"])
        key = self.book.keys.rows.get(name)
        if key is None:
            self._complain(line, "row_unknown" if name else "row_without_key", "key", given=name)
            return None
        if str(line.cells["clause"]) != key.clause:
            self._complain(line, "row_changed", "clause", given=str(line.cells["clause"]), expected=key.clause)
            return None
        if key.subject is not None and len(key.subject) >= MOST_TEXT:
            self._complain(line, "subject_too_long", "subject", limit=str(MOST_TEXT))
            return None
        return key

    def _read_objection(self, line: Line, key: RowKey, given: Mapping[str, str]) -> None:
        if not given["objector"]:
            self._complain(line, "objector_missing", "objector")
            return
        self.objections.append(
            Objection(key.clause, key.subject, key.fingerprint, given["objection"], given["objector"])
        )

    def _read_answer(self, line: Line, key: RowKey, given: Mapping[str, str]) -> None:
        before = len(self.problems)
        verdict = self.words.get(given["answer"].casefold())
        if verdict is None:
            words = " / ".join(self.book.keys.answers)
            self._complain(line, "answer_unknown", "answer", given=given["answer"][:60], known=words)
        for name in ("evidence", "by", "on"):
            if not given[name]:
                self._complain(line, f"{name}_missing", name)
        if given["second"] and given["second"] == given["by"]:
            self._complain(line, "second_is_same", "second", name=given["by"][:60])
        day = self._read_on(line, given["on"])
        if verdict is None or day is None or len(self.problems) > before:
            return
        self.answers.append(
            Answer(
                clause=key.clause,
                subject=key.subject,
                name=key.name,
                class_=key.class_,
                verdict=verdict,
                evidence=tuple(dict.fromkeys(filter(None, map(str.strip, given["evidence"].splitlines())))),
                by=given["by"],
                on=day,
                second=given["second"] or None,
                note=given["note"] or None,
                place=f"{self.book.file}:{line.number}",
            )
        )

    def _read_on(self, line: Line, given: str) -> date | None:
        if not given:
            return None
        day = read_day(line.cells["on"])
        if day is None:
            self._complain(line, "on_form", "on", given=given[:60])
        elif day > self.today:
            self._complain(line, "on_future", "on", given=day.isoformat(), today=self.today.isoformat())
        return day


def wait_for_second(answers: Collection[Answer], classes: Collection[str]) -> tuple[Answer, ...]:
    """Return the answers that a second person has to sign before they count."""
    return tuple(answer for answer in answers if answer.class_ in classes and answer.second is None)
