"""Facts as the engine sees them: integers, only the columns that some rule reads, alike facts as one.

No text of a site ever reaches the engine: a value is a number that tells where it stands among those that it is
compared with. What the engine could stumble over (long or odd text, exponents, numbers that are near each other) is
never handed to it, and what no rule can tell apart is one row.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from typing import Any

from auditor.facts import FactBase
from auditor.rules.fields import FieldValue, NoValue, Plain, find_kind, read_field
from auditor.rules.operators import Surroundings, judge_value, shift_day
from auditor.rules.program import Column

Encode = Callable[[Any], Any]
"""What a value of a column becomes in a row."""


class Scale:
    """Where values stand among the constants that one column is compared with: at one of them, or between two.

    Values between the same two constants have one code: no comparison with a constant tells them apart.
    """

    def __init__(self, constants: Iterable[Any]) -> None:
        """Keep the constants in order; they are of one type."""
        self._steps: list[Any] = sorted(set(constants))

    def encode(self, value: Any) -> int:
        """Return the integer that stands for a value, of the constants' type. Order is kept."""
        place = bisect_left(self._steps, value)
        return 2 * place + (place < len(self._steps) and bool(self._steps[place] == value))


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


@dataclass(frozen=True)
class _Field:
    """What a kind of facts holds in a field: the different values, and for each fact the place of its own."""

    values: Sequence[Any]
    places: Sequence[int]


class FactTable:
    """All facts of an evaluation, field by field: what many rules ask of a value is read and judged once."""

    def __init__(self, facts: Sequence[FactBase], around: Surroundings) -> None:
        """Take the facts, in the order that their positions refer to."""
        self._facts = facts
        self._around = around
        self._positions: dict[str, list[int]] = defaultdict(list)
        self._fields: dict[tuple[str, str | Column], _Field] = {}
        self._answers: dict[tuple[str, Column], Sequence[Any]] = {}
        for position, fact in enumerate(facts):
            self._positions[find_kind(fact)].append(position)

    def project(self, kind: str, columns: Mapping[Column, Encode | None]) -> tuple[Row, ...]:
        """Return the facts of a kind as rows of the columns, alike facts as one row; values that are there encoded."""
        by_field: dict[str | Column, list[Column]] = {}
        for column in columns:
            by_field.setdefault(_find_source(column), []).append(column)
        parts = [self._encode(kind, source, own, columns) for source, own in by_field.items()]
        ordered = [column for own in by_field.values() for column in own]
        rows: dict[tuple[int, ...], list[int]] = {}
        places = zip(*(part.places for part in parts), strict=True) if parts else repeat(())
        for key, position in zip(places, self._positions[kind], strict=bool(parts)):
            rows.setdefault(key, []).append(position)
        return tuple(Row(_gather_codes(ordered, parts, key), tuple(members)) for key, members in rows.items())

    def _encode(
        self, kind: str, source: str | Column, columns: Sequence[Column], encodes: Mapping[Column, Encode | None]
    ) -> _Field:
        """Return what some columns of one field hold: the different codes, and for each fact the place of its own."""
        field = self._read_field(kind, source)
        read = [_encode_all(self._answer_all(kind, column, field.values), encodes[column]) for column in columns]
        numbers: dict[tuple[Any, ...], int] = {}
        merged = [numbers.setdefault(codes, len(numbers)) for codes in zip(*read, strict=True)]
        return _Field(tuple(numbers), [merged[place] for place in field.places])

    def _answer_all(self, kind: str, column: Column, values: Sequence[Any]) -> Sequence[Any]:
        if column.operator == "compare":
            return values
        known = self._answers.get((kind, column))
        if known is None:
            known = self._answers[kind, column] = [_answer(column, value, self._around) for value in values]
        return known

    def _read_field(self, kind: str, source: str | Column) -> _Field:
        known = self._fields.get((kind, source))
        if known is None:
            facts = (self._facts[position] for position in self._positions[kind])
            if isinstance(source, Column):
                read: list[Any] = [_compare(source.operand, fact, self._around) or None for fact in facts]
            else:
                read = [read_field(fact, source) for fact in facts]
            numbers: dict[Any, int] = {}
            places = [numbers.setdefault(value, len(numbers)) for value in read]
            known = self._fields[kind, source] = _Field(tuple(numbers), places)
        return known


def _find_source(column: Column) -> str | Column:
    """Return the field that a column is read of; for a comparison of two fields the column itself."""
    return column if column.operator == "compare" else column.field


def _gather_codes(columns: Sequence[Column], parts: Sequence[_Field], key: Sequence[int]) -> dict[Column, Any]:
    codes = (code for part, place in zip(parts, key, strict=True) for code in part.values[place])
    return dict(zip(columns, codes, strict=True))


def _encode_all(answers: Sequence[Any], encode: Encode | None) -> Sequence[Any]:
    if encode is None:
        return answers
    return [None if answer is None else encode(answer) for answer in answers]


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
