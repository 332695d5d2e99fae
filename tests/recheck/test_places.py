"""Which rules look only in columns that a re-check visits: of no other can it say that something is still missing."""

from __future__ import annotations

import pytest

from auditor.recheck.visits import is_placed
from auditor.rules.load import list_standards, load_rulebook
from auditor.words.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def bound():
    rulebook = load_rulebook(list_standards())
    clauses = [clause for one in rulebook.standards for clause in one.standard.clauses if clause.rule is not None]
    return {clause.rule: (clause, rulebook.rules[clause.rule]) for clause in clauses}


@pytest.mark.parametrize(
    ("rule", "placed"),
    [
        ("guide-dated", True),
        ("annual-report-on-time", True),
        ("interpretation-coverage", True),
        ("decision-consultation", True),
        ("catalogue-classes-covered", True),
        ("obligated-bodies-list", False),
        ("catalogue-and-guide-per-body", False),
        ("site-marks-complete", False),
        ("ipv6-service", False),
    ],
)
def test_a_rule_is_placed_where_columns_hold_all_that_it_looks_for(bound, rule, placed):
    assert is_placed(*bound[rule], load_vocabulary()) is placed
