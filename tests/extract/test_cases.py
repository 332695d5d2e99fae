"""Pages in, facts out: of each kind that a case names, these facts and no other, with these fields and no other."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from pprint import pformat

import pytest
from fake_snapshot import HOME, read_cases

from auditor.facts import FACT_KINDS

CASES = read_cases(Path(__file__).parent.parent / "cases" / "extract")


def shorten(value):
    if isinstance(value, str):
        return value.replace(HOME, "/") if value.startswith(HOME) else str(value)
    if isinstance(value, (list, tuple)):
        return [shorten(item) for item in value]
    return value.isoformat() if isinstance(value, (date, datetime)) else value


def show(fact):
    """Return the fields of a fact that are not at their default."""
    fields = type(fact).model_fields
    hidden = {"kind", "evidence", *type(fact).VOLATILE}
    shown = {}
    for name in fields:
        value = getattr(fact, name)
        default = fields[name].default
        if name not in hidden and value != default:
            shown[name] = shorten(value)
    return shown


@pytest.mark.parametrize("name", CASES)
def test_the_facts_of_a_case_are_those_listed(name, extract):
    case = CASES[name]
    extraction = extract(case)
    assert not extraction.faults
    wrong = {}
    for kind, expected in case["facts"].items():
        got = [show(fact) for fact in extraction.facts if fact.kind == kind]
        wanted = [{field: shorten(value) for field, value in row.items()} for row in expected]
        missing, invented = [row for row in wanted if row not in got], [row for row in got if row not in wanted]
        if missing or invented or len(got) != len(wanted):
            wrong[kind] = {"missing": missing, "invented": invented}
    assert wrong == {}, pformat(wrong, width=160, sort_dicts=True)


@pytest.mark.parametrize("name", CASES)
def test_every_fact_of_a_case_has_evidence(name, extract):
    for fact in extract(CASES[name]).facts:
        assert fact.evidence
        for item in fact.evidence:
            assert item.type != "record" or len(item.excerpt) <= 200


LEAST = 5


@pytest.mark.parametrize("kind", sorted(FACT_KINDS))
def test_the_cases_list_enough_facts_of_each_kind(kind):
    told = [str(row) for case in CASES.values() for row in case["facts"].get(kind, ())]
    assert len(set(told)) >= LEAST
