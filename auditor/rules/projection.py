"""Facts as the engine sees them: integers, only the columns that some rule reads, alike facts as one.

No text of a site ever reaches the engine: a text is a number that stands for it, a number its rank among all numbers
of the job. What the engine could stumble over (long or odd text, exponents, numbers that are near each other) is
never handed to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

from auditor.facts import FactBase
from auditor.rules.fields import FieldValue, NoValue, Plain, find_kind, read_field
from auditor.rules.operators import Surroundings, judge_value, shift_day
from auditor.rules.program import Alias, Column, Pattern

Relation = tuple[Alias, str]
"""Facts of one kind in one part of a rule: the subject's, the selected ones, the joined ones."""


class Codes:
    """The integers that stand for plain values in one job: equal values, and only they, have the same one."""

    def __init__(self, values: Iterable[Any]) -> None:
        """Number every text, and rank every number, among the values."""
        texts: dict[str, int] = {}
        numbers: set[int | float] = set()
        for value in values:
            if isinstance(value, str):
                texts.setdefault(value, len(texts) + 1)
            elif isinstance(value, int | float) and not isinstance(value, bool):
                numbers.add(value)
        self._texts = texts
        self._numbers = {number: rank for rank, number in enumerate(sorted(numbers), 1)}

    def encode(self, value: Plain) -> int:
        """Return the integer that stands for a value. Order is kept among numbers and among days."""
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, str):
            return self._texts[value]
        return value.toordinal() if isinstance(value, date) else self._numbers[value]


@dataclass(frozen=True)
class Row:
    """Facts that are alike in all columns that matter: their values, and the positions of the facts."""

    values: Mapping[Column, Any]
    members: tuple[int, ...]


def list_columns(patterns: Iterable[Pattern], kinds: Mapping[Alias, str]) -> dict[Relation, list[Column]]:
    """Return the columns that the patterns of one rule read, by relation. `kinds` says what each alias stands for."""
    columns: dict[Relation, list[Column]] = {}
    for pattern in patterns:
        own = columns.setdefault((pattern.alias, pattern.kind), [])
        own += [check.column for check in pattern.checks]
        for join in (*pattern.joins, *pattern.holds):
            own.append(join.column)
            columns.setdefault((join.alias, kinds[join.alias]), []).append(join.other)
    return columns


class FactTable:
    """All facts of an evaluation, column by column: what many rules ask of the same field is read and judged once."""

    def __init__(self, facts: Sequence[FactBase], around: Surroundings) -> None:
        """Take the facts, in the order that their positions refer to."""
        self._facts = facts
        self._around = around
        self._positions: dict[str, list[int]] = defaultdict(list)
        self._fields: dict[tuple[str, str], list[FieldValue]] = {}
        self._columns: dict[tuple[str, Column], list[Any]] = {}
        for position, fact in enumerate(facts):
            self._positions[find_kind(fact)].append(position)

    def project(self, kind: str, columns: Sequence[Column]) -> tuple[Row, ...]:
        """Return the facts of a kind as rows of the columns, alike facts as one row."""
        positions = self._positions[kind]
        read = [self._read(kind, column) for column in columns]
        rows: dict[tuple[Any, ...], list[int]] = {}
        for values, position in zip(zip(*read, strict=True) if read else repeat(()), positions, strict=bool(read)):
            rows.setdefault(values, []).append(position)
        return tuple(Row(dict(zip(columns, values, strict=True)), tuple(members)) for values, members in rows.items())

    def _read(self, kind: str, column: Column) -> list[Any]:
        known = self._columns.get((kind, column))
        if known is None:
            known = self._columns[kind, column] = self._compute(kind, column)
        return known

    def _compute(self, kind: str, column: Column) -> list[Any]:
        if column.operator == "compare":
            facts = (self._facts[position] for position in self._positions[kind])
            return [_compare(column.operand, fact, self._around) or None for fact in facts]
        found: dict[FieldValue, Any] = {}
        values = self._read_field(kind, column.field)
        for value in values:
            if value not in found:
                found[value] = _answer(column, value, self._around)
        return [found[value] for value in values]

    def _read_field(self, kind: str, name: str) -> list[FieldValue]:
        known = self._fields.get((kind, name))
        if known is None:
            known = [read_field(self._facts[position], name) for position in self._positions[kind]]
            self._fields[kind, name] = known
        return known


def _answer(column: Column, value: FieldValue, around: Surroundings) -> Any:
    """Return what a column holds of a field's value: a plain value, True, a tuple of items; None for nothing."""
    if column.form in ("present", "absent", "unreadable"):
        state = value.value if isinstance(value, NoValue) else "present"
        return True if state == column.form else None
    if column.form == "answer":
        return judge_value(column.operator, value, column.operand, around) or None
    if column.form == "shifted":
        return shift_day(column.unit, value, column.shift, around) if isinstance(value, date) else None
    if column.form == "items":
        return value if isinstance(value, tuple) else ()
    return None if isinstance(value, NoValue | tuple) else value


def _compare(operand: tuple[str, int, str, str | date, str | date], fact: FactBase, around: Surroundings) -> bool:
    """Tell whether two days of one fact, or one of it and a known one, are so far apart."""
    unit, count, sign, *sides = operand
    first, end = (read_field(fact, side) if isinstance(side, str) else side for side in sides)
    if not isinstance(first, date) or not isinstance(end, date):
        return False
    start = shift_day(unit, first, count, around)
    return end >= start if sign == ">=" else end < start


def list_values(rows: Iterable[Row]) -> Iterable[Any]:
    """Yield every plain value of rows, those of lists one by one."""
    for row in rows:
        for value in row.values.values():
            if isinstance(value, tuple):
                yield from value
            else:
                yield value
