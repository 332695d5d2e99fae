"""The calendar of working days: Monday to Friday, but for the days that the yearly notices move."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from auditor.errors import RulesetError
from auditor.resources import find_resource
from auditor.yamlfile import read_yaml

CALENDAR_FILE = "data/workdays.yaml"
_SATURDAY = 5
_DAY = timedelta(days=1)


class CalendarYear(BaseModel):
    """One year of the file: its source, weekdays that are off, weekend days that are worked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1)
    rest: tuple[date, ...] = ()
    work: tuple[date, ...] = ()


class CalendarFile(BaseModel):
    """The calendar's file: years that follow one another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    years: dict[int, CalendarYear] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        years = sorted(self.years)
        if years != list(range(years[0], years[-1] + 1)):
            raise ValueError("the years must follow one another")
        for year, own in self.years.items():
            if any(day.year != year for day in (*own.rest, *own.work)):
                raise ValueError(f"{year}: every day must be of that year")
            if any(day.weekday() >= _SATURDAY for day in own.rest):
                raise ValueError(f"{year}: rest holds days from Monday to Friday")
            if any(day.weekday() < _SATURDAY for day in own.work):
                raise ValueError(f"{year}: work holds Saturdays and Sundays")
        return self


@dataclass(frozen=True)
class WorkCalendar:
    """Working days from `first` to `last`, both included; empty where `first` is after `last`."""

    first: date = date.max
    last: date = date.min
    rest: frozenset[date] = field(default_factory=frozenset)
    work: frozenset[date] = field(default_factory=frozenset)

    def covers(self, day: date) -> bool:
        """Tell whether a day is within the calendar."""
        return self.first <= day <= self.last

    def is_workday(self, day: date) -> bool:
        """Tell whether a day is worked; outside of the calendar Monday to Friday are."""
        return day in self.work or (day.weekday() < _SATURDAY and day not in self.rest)

    def shift(self, day: date, count: int) -> date:
        """Return the working day so many working days after a day, before it for a negative count; 0 is the day itself.

        Outside of the calendar the answer is a guess from Monday to Friday: whoever asks must see to it that the days
        are covered.
        """
        if count == 0:
            return day
        ordinals = self._ordinals
        place = bisect_right(ordinals, day.toordinal()) + count - 1
        if count < 0:
            place = bisect_left(ordinals, day.toordinal()) + count
        if self.covers(day) and 0 <= place < len(ordinals):
            return date.fromordinal(ordinals[place])
        return self._walk(day, count)

    def _walk(self, day: date, count: int) -> date:
        step = _DAY if count > 0 else -_DAY
        left = abs(count)
        while left:
            try:
                day += step
            except OverflowError:
                return day
            left -= self.is_workday(day)
        return day

    @cached_property
    def _ordinals(self) -> list[int]:
        span = range(self.first.toordinal(), self.last.toordinal() + 1)
        return [number for number in span if self.is_workday(date.fromordinal(number))]


def build_calendar(years: Iterable[tuple[int, CalendarYear]]) -> WorkCalendar:
    """Return the calendar of years that follow one another."""
    known = dict(years)
    return WorkCalendar(
        first=date(min(known), 1, 1),
        last=date(max(known), 12, 31),
        rest=frozenset(day for year in known.values() for day in year.rest),
        work=frozenset(day for year in known.values() for day in year.work),
    )


def load_calendar(path: Path | None = None) -> WorkCalendar:
    """Return the shipped calendar, or that of a file. Raises RulesetError with every problem of the file."""
    file, problems = read_yaml(path or find_resource("rulesets") / CALENDAR_FILE, CalendarFile)
    if file is None:
        raise RulesetError(problems)
    return build_calendar(file.years.items())
