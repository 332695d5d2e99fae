"""Periods: the months and quarters in them, and the same period of the year before."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from auditor.rules.operators import add_months
from auditor.rules.schema import Param

_MONTHS = {"month": 1, "quarter": 3}


@dataclass(frozen=True)
class Slot:
    """One month or quarter, its days included; the name is `2020-03` or `2020-Q1`."""

    name: str
    first: date
    last: date


def list_slots(unit: Literal["month", "quarter"], first: date, last: date, as_of: date) -> tuple[Slot, ...]:
    """Return the months or quarters that lie wholly within a period and are over on the as-of date."""
    length = _MONTHS[unit]
    month = (first.month - 1) // length * length + 1
    start = date(first.year, month, 1)
    slots = []
    end = min(last, as_of)
    while start <= end:
        closing = add_months(start, length - 1)
        closing = closing.replace(day=monthrange(closing.year, closing.month)[1])
        if closing > end:
            break
        if start >= first:
            slots.append(Slot(name_slot(unit, start), start, closing))
        start = add_months(start, length)
    return tuple(slots)


def name_slot(unit: Literal["month", "quarter"], day: date) -> str:
    """Return the name of the month or quarter that a day lies in."""
    return f"{day.year}-{day.month:02}" if unit == "month" else f"{day.year}-Q{(day.month + 2) // 3}"


def move_periods(params: Mapping[str, Any], declared: Mapping[str, Param], months: int) -> dict[str, Any]:
    """Return parameters with every period so many months later; all other values stay."""
    moved = dict(params)
    for name, param in declared.items():
        value = params.get(name)
        if param.type == "period" and isinstance(value, Mapping):
            moved[name] = {end: add_months(day, months) for end, day in value.items()}
    return moved
