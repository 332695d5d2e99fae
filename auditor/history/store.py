"""The history: audits written once and read again."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, Engine, Row, Select, select
from sqlalchemy.dialects import postgresql, sqlite

from auditor.errors import InputError
from auditor.history.database import POSTGRESQL, connect, open_reading, open_writing
from auditor.history.entries import Entry, Figures, Leaf, Looked, Standing, State, Summary, Texts, Verdict
from auditor.history.tables import AUDITS, STANDINGS, TEXTS, VERDICTS
from auditor.model.outcomes import Degree, Outcome, Text

_FIGURES = ("value", "low", "high", "grade", "judged", "waiting", "undetermined", "explained", "passed")
_LOOKED = tuple(field.name for field in fields(Looked))
_HEAD = ("digest", "state", "reason", "detail", "site", "name", "as_of", "started_at", "finished_at")
_TAIL = ("run", "tool", "engine", "faults", "folder", "scoring")
_VERDICT = tuple(field.name for field in fields(Verdict))
_TEXTS: TypeAdapter[Texts] = TypeAdapter(Texts)
_MOST_ASKED = 500
"""Numbers in one query; databases bound how many it may hold."""
_UNWRITABLE = {0: None, **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}
"""Signs that no text of a database can hold."""


class History:
    """The audits of a database."""

    def __init__(self, engine: Engine) -> None:
        """Keep the engine; `open_history` makes one."""
        self._engine = engine
        self._texts: dict[str, Texts] = {}

    def add(self, entry: Entry) -> bool:
        """Write an entry; tell whether it is new. The same audit stands in the history once."""
        texts = _TEXTS.dump_json(entry.texts, by_alias=True) if entry.verdicts else None
        row = _write_summary(entry.summary)
        row["leaves"] = _pack([list(astuple(leaf)) for leaf in entry.leaves]) if entry.leaves else None
        row["texts"] = None if texts is None else hashlib.sha256(texts).hexdigest()
        with open_writing(self._engine) as connection:
            if texts is not None:
                content = {"digest": row["texts"], "content": zlib.compress(texts)}
                connection.execute(self._insert(TEXTS).values(content).on_conflict_do_nothing())
            added = self._insert(AUDITS).values(row).on_conflict_do_nothing().returning(AUDITS.c.id)
            number = connection.execute(added).scalar_one_or_none()
            if number is None:
                return False
            _write_rows(connection, entry, number)
        return True

    def list_summaries(
        self, *, first: str = "", last: str = "9999-12", sites: Iterable[str] = ()
    ) -> tuple[Summary, ...]:
        """Return the heads of all audits of the months from `first` to `last`, in the order of adding."""
        query = select(AUDITS).where(AUDITS.c.month >= first, AUDITS.c.month <= last).order_by(AUDITS.c.id)
        wanted = tuple(sites)
        if wanted:
            query = query.where(AUDITS.c.site.in_(wanted))
        with open_reading(self._engine) as connection:
            return tuple(_read_summary(row) for row in connection.execute(_leave_out_bytes(query)))

    def read_entry(self, number: int) -> Entry:
        """Return an audit wholly. Raises InputError (history_unknown)."""
        with open_reading(self._engine) as connection:
            row = connection.execute(select(AUDITS).where(AUDITS.c.id == number)).one_or_none()
            if row is None:
                raise InputError("history_unknown", str(number))
            return Entry(
                summary=_read_summary(row),
                standings=tuple(_read_standings(connection, number)),
                leaves=tuple(Leaf(*one) for one in _unpack(row.leaves)) if row.leaves is not None else (),
                verdicts=tuple(_read_verdicts(connection, number)),
                texts=self._read_texts(connection, row.texts),
            )

    def read_standings(self, numbers: Sequence[int]) -> dict[int, tuple[Standing, ...]]:
        """Return the standards of several audits, by the number of the audit."""
        found: dict[int, list[Standing]] = {number: [] for number in numbers}
        with open_reading(self._engine) as connection:
            for start in range(0, len(numbers), _MOST_ASKED):
                part = STANDINGS.c.audit.in_(numbers[start : start + _MOST_ASKED])
                query = select(STANDINGS).where(part).order_by(STANDINGS.c.place)
                for row in connection.execute(query):
                    found[row.audit].append(_read_standing(row))
        return {number: tuple(listed) for number, listed in found.items()}

    def find_digest(self, digest: str) -> Summary | None:
        """Return the audit whose content has this hash."""
        with open_reading(self._engine) as connection:
            row = connection.execute(select(AUDITS).where(AUDITS.c.digest == digest)).one_or_none()
            return None if row is None else _read_summary(row)

    def _read_texts(self, connection: Connection, digest: str | None) -> Texts:
        if digest is None:
            return Texts({}, {})
        if digest not in self._texts:
            content = connection.execute(select(TEXTS.c.content).where(TEXTS.c.digest == digest)).scalar_one()
            self._texts[digest] = _TEXTS.validate_json(zlib.decompress(content), by_alias=True)
        return self._texts[digest]

    def _insert(self, table: Any) -> Any:
        return (postgresql if self._engine.dialect.name == POSTGRESQL else sqlite).insert(table)


@contextmanager
def open_history(address: str) -> Iterator[History]:
    """Open the history at an address, making it where there is none, while the block runs. Raises InputError."""
    engine = connect(address)
    try:
        yield History(engine)
    finally:
        engine.dispose()


def _clean(value: Any) -> Any:
    return value.translate(_UNWRITABLE) if isinstance(value, str) else value


def _write_summary(summary: Summary) -> dict[str, Any]:
    row = {name: _clean(getattr(summary, name)) for name in (*_HEAD, *_TAIL, "month")}
    row |= {name: getattr(summary.looked, name) for name in _LOOKED}
    row |= {name: _clean(getattr(summary.figures, name)) if summary.figures else None for name in _FIGURES}
    for moment in ("started_at", "finished_at"):
        row[moment] = row[moment].astimezone(UTC)
    return row


def _write_rows(connection: Connection, entry: Entry, number: int) -> None:
    standings = [
        {
            "audit": number,
            "place": place,
            "code": one.code,
            "version": one.version,
            "sha256": one.sha256,
            "title_zh": _clean(one.title.zh),
            "title_en": _clean(one.title.en),
            **{name: getattr(one.figures, name) for name in _FIGURES},
        }
        for place, one in enumerate(entry.standings)
    ]
    verdicts = [
        {"audit": number, "place": place} | {name: _clean(getattr(one, name)) for name in _VERDICT}
        for place, one in enumerate(entry.verdicts)
    ]
    if standings:
        connection.execute(STANDINGS.insert(), standings)
    if verdicts:
        connection.execute(VERDICTS.insert(), verdicts)


def _leave_out_bytes(query: Select[Any]) -> Select[Any]:
    return query.with_only_columns(*(column for column in AUDITS.c if column.name != "leaves"))


def _read_moment(moment: datetime) -> datetime:
    """Return a moment in UTC; SQLite keeps no zone."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _read_figures(row: Row[Any]) -> Figures:
    return Figures(*(getattr(row, name) for name in _FIGURES))


def _read_summary(row: Row[Any]) -> Summary:
    head = {name: getattr(row, name) for name in (*_HEAD, *_TAIL)}
    head["state"] = State(row.state)
    for moment in ("started_at", "finished_at"):
        head[moment] = _read_moment(head[moment])
    return Summary(
        **head,
        id=row.id,
        figures=None if row.low is None else _read_figures(row),
        looked=Looked(*(getattr(row, name) for name in _LOOKED)),
    )


def _read_standings(connection: Connection, number: int) -> Iterator[Standing]:
    query = select(STANDINGS).where(STANDINGS.c.audit == number).order_by(STANDINGS.c.place)
    yield from map(_read_standing, connection.execute(query))


def _read_standing(row: Row[Any]) -> Standing:
    return Standing(row.code, row.version, row.sha256, Text(row.title_zh, row.title_en), _read_figures(row))


def _read_verdicts(connection: Connection, number: int) -> Iterator[Verdict]:
    columns = [VERDICTS.c[name] for name in _VERDICT]
    outcomes, degrees = {str(one): one for one in Outcome}, {str(one): one for one in Degree}
    query = select(*columns).where(VERDICTS.c.audit == number).order_by(VERDICTS.c.place)
    for row in connection.execute(query):
        clause, kind, subject, name, outcome, degree, reason, machine, machine_degree, *rest = row
        words = (outcomes[outcome], degrees[degree], reason, outcomes[machine], degrees[machine_degree])
        yield Verdict(clause, kind, subject, name, *words, *rest)


def _pack(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _unpack(content: bytes) -> Any:
    return json.loads(zlib.decompress(content))
