"""Facts as the engine sees them: integers, only the columns that some rule reads, alike facts as one.

No text of a site ever reaches the engine: a text is a number that stands for it, a number its rank among all numbers
of the job. What the engine could stumble over (long or odd text, exponents, numbers that are near each other) is
never handed to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from auditor.facts import FactBase
from auditor.rules.fields import NoValue, Plain, read_field
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


def project_facts(
    columns: Sequence[Column], positions: Sequence[int], facts: Sequence[FactBase], around: Surroundings
) -> tuple[Row, ...]:
    """Return the facts at these positions as rows of the columns, alike facts as one row."""
    rows: dict[tuple[Any, ...], list[int]] = {}
    for position in positions:
        values = tuple(read_column(column, facts[position], around) for column in columns)
        rows.setdefault(values, []).append(position)
    return tuple(Row(dict(zip(columns, values, strict=True)), tuple(members)) for values, members in rows.items())


def read_column(column: Column, fact: FactBase, around: Surroundings) -> Any:
    """Return what a column holds of a fact: a plain value, True, a tuple of items; None for nothing."""
    if column.operator == "compare":
        return _compare(column.operand, fact, around) or None
    value = read_field(fact, column.field)
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
