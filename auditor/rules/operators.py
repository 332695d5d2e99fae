"""The operators of conditions: one table says what each takes and what it means.

Both evaluators take the meaning from here. A new operator is a row, a field of `schema.Test` and a case.
"""

from __future__ import annotations

import operator
from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal, Protocol

import re2

from auditor.rules.fields import Base, FieldValue, NoValue
from auditor.rules.schema import Span, Test
from auditor.rules.workdays import WorkCalendar

Argument = Literal["value", "values", "number", "date", "flag", "span", "pattern", "concept"]
"""What stands behind an operator; `value` and `values` are of the field's own type."""

LONGEST_PATTERN = 1000
_MEMORY = 4 << 20
_ANY: frozenset[Base] = frozenset({"text", "number", "bool", "date", "moment"})
_SCALAR: frozenset[Base] = frozenset({"text", "number", "bool", "date"})


class ConceptFinder(Protocol):
    """Whoever knows which concept a name stands for."""

    def find_concept(self, name: str) -> str | None:
        """Return the concept that a shown name stands for, or None."""


@dataclass(frozen=True)
class Surroundings:
    """What conditions may know beside the facts. `concepts` is needed by `named` only, `calendar` by working days."""

    as_of: date
    concepts: ConceptFinder | None = None
    calendar: WorkCalendar = field(default_factory=WorkCalendar)


@dataclass(frozen=True)
class Operator:
    """One operator: the fields it takes, what stands behind it, and what it means for a value that is there.

    `lists` tells whether the field is a list. `when_absent` is the answer for an absent value; for an unreadable one
    the answer is no, but for `unreadable` itself. `joins` tells whether a field of another fact may stand behind it.
    """

    bases: frozenset[Base]
    argument: Argument
    holds: Callable[[Any, Any, Surroundings], bool]
    lists: Literal["never", "always", "either"] = "never"
    when_absent: bool = False
    joins: bool = False
    measured: bool = False


# ---- days ----------------------------------------------------------------------------------------


def add_days(day: date, count: int) -> date:
    """Return the day so many days later, within the calendar's bounds."""
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return date.max if count > 0 else date.min


def add_months(day: date, count: int) -> date:
    """Return the same day so many months later; the month's last day where it has no such day."""
    months = day.year * 12 + day.month - 1 + count
    year, month = divmod(months, 12)
    if year > date.max.year:
        return date.max
    if year < date.min.year:
        return date.min
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


UNITS = ("days", "workdays", "months")
"""The units of a distance between two days."""


def shift_day(unit: str, day: date, count: int, around: Surroundings) -> date:
    """Return the day so many days, working days or months later."""
    if unit == "workdays":
        return around.calendar.shift(day, count)
    return add_months(day, count) if unit == "months" else add_days(day, count)


def find_first_day(span: Span, around: Surroundings) -> date:
    """Return the first day of a span that ends on the as-of date. Its length is a number, no reference."""
    unit = next(unit for unit in UNITS if getattr(span, unit) is not None)
    return shift_day(unit, around.as_of, -int(getattr(span, unit)), around)


def are_apart(unit: str, days: tuple[date, date], least: int | None, most: int | None, around: Surroundings) -> bool:
    """Tell whether the second day lies so many days, working days or whole months after the first; a bound may be open.

    Working days are counted from the day after the first up to the second.
    """
    first, second = days
    is_enough = least is None or second >= shift_day(unit, first, least, around)
    return is_enough and (most is None or second < shift_day(unit, first, most + 1, around))


# ---- text ----------------------------------------------------------------------------------------


@lru_cache(maxsize=512)
def compile_pattern(pattern: str) -> Any:
    """Return a pattern for the linear-time engine. Raises ValueError for one that it does not take."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"longer than {LONGEST_PATTERN}")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _MEMORY
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        cause = error.args[0] if error.args else error
        raise ValueError(cause.decode("utf-8", "replace") if isinstance(cause, bytes) else str(cause)) from error


def _list_texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    texts = value if isinstance(value, tuple) else (value,)
    return tuple(text.encode("utf-8", "replace").decode() for text in texts)


def _matches(value: str | tuple[str, ...], pattern: str, _: Surroundings) -> bool:
    search = compile_pattern(pattern).search
    # bytes, as the engine turns text into bytes and back to count its characters
    texts = value if isinstance(value, tuple) else (value,)
    return any(search(text.encode("utf-8", "replace")) is not None for text in texts)


def _named(value: str | tuple[str, ...], concept: str, around: Surroundings) -> bool:
    if around.concepts is None:
        raise LookupError("named: no vocabulary at hand")
    return any(around.concepts.find_concept(text) == concept for text in _list_texts(value))


# ---- the table -----------------------------------------------------------------------------------


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any, Surroundings], bool]:
    return lambda value, argument, _: test(value, argument)


def _within(value: date, span: Span, around: Surroundings) -> bool:
    return find_first_day(span, around) <= value <= around.as_of


def _number(test: Callable[[Any, Any], bool]) -> Operator:
    return Operator(frozenset({"number"}), "number", _compare(test), joins=True, measured=True)


def _day(test: Callable[[Any, Any], bool]) -> Operator:
    return Operator(frozenset({"date"}), "date", _compare(test), joins=True, measured=True)


def _list(test: Callable[[Any, Any], bool], *, when_absent: bool = False) -> Operator:
    return Operator(_SCALAR, "values", _compare(test), lists="always", when_absent=when_absent)


_TEXT: frozenset[Base] = frozenset({"text"})

OPERATORS: Mapping[str, Operator] = {
    "is": Operator(_SCALAR, "value", _compare(operator.eq), joins=True, measured=True),
    "is_not": Operator(_SCALAR, "value", _compare(operator.ne), when_absent=True, joins=True, measured=True),
    "in": Operator(_SCALAR, "values", _compare(lambda value, items: value in items), measured=True),
    "present": Operator(_ANY, "flag", _compare(lambda *_: True), lists="either", measured=True),
    "absent": Operator(_ANY, "flag", _compare(lambda *_: False), lists="either", when_absent=True, measured=True),
    "unreadable": Operator(_ANY, "flag", _compare(lambda *_: False), lists="either"),
    "at_least": _number(operator.ge),
    "more_than": _number(operator.gt),
    "at_most": _number(operator.le),
    "less_than": _number(operator.lt),
    "not_before": _day(operator.ge),
    "not_after": _day(operator.le),
    "before": _day(operator.lt),
    "after": _day(operator.gt),
    "within": Operator(frozenset({"date"}), "span", _within, measured=True),
    "has": Operator(_SCALAR, "value", _compare(lambda value, item: item in value), lists="always", joins=True),
    "has_all": _list(lambda value, items: set(items) <= set(value)),
    "has_any": _list(lambda value, items: not set(items).isdisjoint(value)),
    "has_none": _list(lambda value, items: set(items).isdisjoint(value), when_absent=True),
    "lacks": _list(lambda value, items: not set(items) <= set(value), when_absent=True),
    "matches": Operator(_TEXT, "pattern", _matches, lists="either"),
    "named": Operator(_TEXT, "concept", _named, lists="either"),
}


def judge_value(name: str, value: FieldValue, argument: Any, around: Surroundings) -> bool:
    """Tell whether a condition holds of a value, given what stands behind the operator as a plain value."""
    if value is NoValue.UNREADABLE:
        return name == "unreadable"
    if value is NoValue.ABSENT:
        return OPERATORS[name].when_absent
    return OPERATORS[name].holds(value, argument, around)


def list_operands(condition: Any) -> dict[str, Any]:
    """Return the operators of a condition and what stands behind each; a plain value means `is`."""
    if not isinstance(condition, Test):
        return {"is": condition}
    fields = type(condition).model_fields
    return {
        fields[name].alias or name: getattr(condition, name) for name in fields if name in condition.model_fields_set
    }
