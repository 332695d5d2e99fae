"""The meaning of every operator, row by row."""

from datetime import date

import pytest

from auditor.facts import FACT_KINDS
from auditor.rules.fields import NoValue, find_fields, read_field
from auditor.rules.operators import (
    LONGEST_PATTERN,
    OPERATORS,
    Surroundings,
    add_days,
    add_months,
    are_apart,
    compile_pattern,
    judge_value,
)
from auditor.rules.schema import Span, Test

DAY = date(2020, 6, 15)


class Concepts:
    def find_concept(self, name):
        return {"公开指南": "disclosure_guide"}.get(name)


AROUND = Surroundings(DAY, Concepts())
ROWS = [
    ("is", "a", "a", True),
    ("is", "a", "b", False),
    ("is", True, True, True),
    ("is", 200, 200.0, True),
    ("is_not", "a", "b", True),
    ("is_not", "a", "a", False),
    ("in", "a", ("a", "b"), True),
    ("in", "c", ("a", "b"), False),
    ("present", "a", True, True),
    ("absent", "a", True, False),
    ("unreadable", "a", True, False),
    ("at_least", 3, 3, True),
    ("at_least", 2.99, 3, False),
    ("more_than", 3, 3, False),
    ("more_than", 3.01, 3, True),
    ("at_most", 3, 3, True),
    ("at_most", 3.01, 3, False),
    ("less_than", 3, 3, False),
    ("less_than", 2.99, 3, True),
    ("not_before", DAY, DAY, True),
    ("not_before", date(2020, 6, 14), DAY, False),
    ("not_after", DAY, DAY, True),
    ("not_after", date(2020, 6, 16), DAY, False),
    ("before", DAY, DAY, False),
    ("before", date(2020, 6, 14), DAY, True),
    ("after", DAY, DAY, False),
    ("after", date(2020, 6, 16), DAY, True),
    ("within", date(2020, 6, 5), Span(days=10), True),
    ("within", date(2020, 6, 4), Span(days=10), False),
    ("within", DAY, Span(days=0), True),
    ("within", date(2020, 6, 16), Span(days=10), False),
    ("within", date(2020, 3, 15), Span(months=3), True),
    ("within", date(2020, 3, 14), Span(months=3), False),
    ("has", ("a", "b"), "b", True),
    ("has", ("a", "b"), "c", False),
    ("has_all", ("a", "b", "c"), ("a", "c"), True),
    ("has_all", ("a", "b"), ("a", "c"), False),
    ("has_any", ("a", "b"), ("c", "b"), True),
    ("has_any", ("a", "b"), ("c", "d"), False),
    ("has_none", ("a", "b"), ("c", "d"), True),
    ("has_none", ("a", "b"), ("b", "d"), False),
    ("lacks", ("a", "b"), ("b", "c"), True),
    ("lacks", ("a", "b"), ("b",), False),
    ("matches", "关于印发办法的通知", "办法.*通知$", True),
    ("matches", "关于印发办法", "通知", False),
    ("matches", ("甲", "通知"), "^通知$", True),
    ("matches", "x" * 100_000 + "\x00通知", "通知", True),
    ("matches", "\ud800", ".", True),
    ("named", "公开指南", "disclosure_guide", True),
    ("named", "指南", "disclosure_guide", False),
    ("named", ("指南", "公开指南"), "disclosure_guide", True),
]


@pytest.mark.parametrize(("name", "value", "argument", "expected"), ROWS)
def test_operator_of_a_value(name, value, argument, expected):
    assert judge_value(name, value, argument, AROUND) is expected


def test_every_operator_has_rows_both_ways():
    told = {(name, expected) for name, _, _, expected in ROWS}
    one_way = {("absent", True), ("present", False), ("unreadable", True)}
    assert {(name, answer) for name in OPERATORS for answer in (True, False)} - told == one_way


def test_every_operator_of_the_schema_is_in_the_table():
    assert {info.alias or name for name, info in Test.model_fields.items()} == set(OPERATORS)


@pytest.mark.parametrize("name", OPERATORS)
def test_operator_of_no_value(name):
    argument = {"span": Span(days=1), "values": ("a",), "number": 0, "date": DAY}.get(OPERATORS[name].argument, "a")
    absent = judge_value(name, NoValue.ABSENT, argument, AROUND)
    unreadable = judge_value(name, NoValue.UNREADABLE, argument, AROUND)
    assert absent is (name in ("absent", "is_not", "has_none", "lacks"))
    assert unreadable is (name == "unreadable")


def test_named_without_vocabulary_is_an_error():
    with pytest.raises(LookupError):
        judge_value("named", "公开指南", "disclosure_guide", Surroundings(DAY))


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "a" * (LONGEST_PATTERN + 1), "(((a{100}){100}){100})"])
def test_bad_pattern_is_refused(pattern):
    with pytest.raises(ValueError, match=r"."):
        compile_pattern(pattern)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2019, 1, 31), 1, date(2019, 2, 28)),
        (date(2020, 3, 31), -1, date(2020, 2, 29)),
        (date(2020, 12, 1), 1, date(2021, 1, 1)),
        (date(2020, 1, 1), -1, date(2019, 12, 1)),
        (date(2020, 1, 1), 10**6, date.max),
        (date(2020, 1, 1), -(10**6), date.min),
    ],
)
def test_months_later(day, count, expected):
    assert add_months(day, count) == expected


def test_days_later_stay_in_the_calendar():
    assert add_days(DAY, 10**9) == date.max
    assert add_days(DAY, -(10**9)) == date.min


@pytest.mark.parametrize(
    ("unit", "second", "least", "most", "expected"),
    [
        ("days", date(2020, 6, 18), 3, None, True),
        ("days", date(2020, 6, 17), 3, None, False),
        ("days", date(2020, 6, 18), None, 3, True),
        ("days", date(2020, 6, 19), None, 3, False),
        ("days", date(2020, 6, 14), 0, None, False),
        ("days", date(2020, 6, 14), -1, 3, True),
        ("months", date(2020, 8, 15), 2, None, True),
        ("months", date(2020, 8, 14), 2, None, False),
        ("months", date(2020, 9, 14), None, 2, True),
        ("months", date(2020, 9, 15), None, 2, False),
    ],
)
def test_days_apart(unit, second, least, most, expected):
    assert are_apart(unit, (DAY, second), least, most, AROUND) is expected


def test_fields_of_every_kind_have_a_type():
    for kind, model in FACT_KINDS.items():
        assert set(find_fields(kind)) == set(model.model_fields) - model.ENVELOPE - model.VOLATILE


def test_fields_read_as_plain_values(make_facts):
    endpoint, column, coverage = make_facts(
        ("endpoint", {"family": 6, "role": "portal", "status": "unreadable"}),
        ("column", {"path": [], "blank": False, "item_count": 0, "concept": ""}),
        ("coverage", {"part": "navigation"}),
    )
    unknown = endpoint.model_copy(update={"same_as_v4": float("nan")})
    assert read_field(endpoint, "status") is NoValue.UNREADABLE
    assert read_field(endpoint, "family") == 6
    assert read_field(unknown, "same_as_v4") is NoValue.ABSENT
    assert read_field(column, "path") is NoValue.ABSENT
    assert read_field(column, "concept") is NoValue.ABSENT
    assert (read_field(column, "blank"), read_field(column, "item_count")) == (False, 0)
    assert read_field(coverage, "part") == "navigation"
    assert type(read_field(coverage, "part")) is str
