"""The calendar of working days, and what a rule says where it does not reach."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import RulesetError
from auditor.rules.operators import Surroundings, are_apart
from auditor.rules.workdays import WorkCalendar, load_calendar

CALENDAR = load_calendar()
AROUND = Surroundings(date(2020, 5, 6), calendar=CALENDAR)

DAYS = [
    (date(2020, 1, 19), True, "a Sunday worked for the spring festival"),
    (date(2020, 1, 31), False, "a Friday off by the later notice of 2020"),
    (date(2020, 4, 26), True, "a Sunday worked for the first of May"),
    (date(2020, 5, 4), False, "a Monday off"),
    (date(2020, 10, 8), False, "the last day of the long week of 2020"),
    (date(2023, 9, 29), False, "mid-autumn joined to the national day"),
    (date(2024, 2, 9), True, "the eve of the new year, which the notice leaves worked"),
    (date(2025, 1, 26), True, "a Sunday worked"),
    (date(2026, 2, 23), False, "the ninth day of the spring festival"),
    (date(2026, 11, 21), False, "a Saturday"),
]


@pytest.mark.parametrize(("day", "worked"), [row[:2] for row in DAYS], ids=[row[2] for row in DAYS])
def test_day_is_worked_as_the_notices_say(day, worked):
    assert CALENDAR.is_workday(day) is worked


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2020, 4, 30), 1, date(2020, 5, 6)),
        (date(2020, 4, 30), 3, date(2020, 5, 8)),
        (date(2020, 4, 30), 4, date(2020, 5, 9)),
        (date(2020, 5, 2), 0, date(2020, 5, 2)),
        (date(2020, 5, 2), 1, date(2020, 5, 6)),
        (date(2020, 5, 6), -1, date(2020, 4, 30)),
        (date(2020, 5, 3), -1, date(2020, 4, 30)),
        (date(2019, 12, 31), 1, date(2020, 1, 2)),
    ],
)
def test_shifts_by_working_days(day, count, expected):
    assert CALENDAR.shift(day, count) == expected


@given(st.dates(date(2019, 3, 1), date(2026, 10, 1)), st.integers(1, 40))
def test_shift_passes_over_as_many_working_days(day, count):
    later = CALENDAR.shift(day, count)
    between = [day + timedelta(days=number) for number in range(1, (later - day).days + 1)]
    assert sum(CALENDAR.is_workday(one) for one in between) == count
    assert CALENDAR.is_workday(later)


@pytest.mark.parametrize(
    ("second", "least", "most", "expected"),
    [
        (date(2020, 5, 6), None, 1, True),
        (date(2020, 5, 7), None, 1, False),
        (date(2020, 5, 5), None, 0, True),
        (date(2020, 5, 6), 1, None, True),
        (date(2020, 5, 5), 1, None, False),
        (date(2020, 4, 29), 0, None, False),
    ],
)
def test_distance_counts_from_the_day_after(second, least, most, expected):
    assert are_apart("workdays", (date(2020, 4, 30), second), least, most, AROUND) is expected


def test_calendar_tells_what_it_covers():
    assert CALENDAR.covers(date(2019, 1, 1))
    assert not CALENDAR.covers(CALENDAR.last + timedelta(days=1))
    assert not WorkCalendar().covers(date(2020, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "years: {2020: {source: a}, 2022: {source: a}}",
        "years: {2020: {source: a, rest: [2021-01-01]}}",
        "years: {2020: {source: a, rest: [2020-05-02]}}",
        "years: {2020: {source: a, work: [2020-05-04]}}",
        "years: {}",
        "years: {2020: {rest: []}}",
    ],
)
def test_calendar_that_contradicts_itself_is_refused(tmp_path, text):
    path = tmp_path / "workdays.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(RulesetError):
        load_calendar(path)
