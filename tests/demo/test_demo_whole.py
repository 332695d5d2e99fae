"""The portal with all parts under both standards: clean, and its defects together in groups that do not meet.

Each defect alone, in each layout, is judged on demand: `python -m tests.bench.portal`, with a table of all clauses.
"""

from __future__ import annotations

import pytest
from demo_sight import LAYOUTS
from demo_whole import SERVED, find_moves, judge_whole, list_automatic, list_bound, make_whole

from auditor.demo.defects import load_defects
from auditor.demo.texts import read_data
from auditor.demo.turns import ALONE, LATER, list_clean, list_defect_names, list_turns

NEVER_FAILED = {
    "XH20-2.4b": "a column of interaction without a form to be seen may have one behind a log-in",
    "BS20-24b": "the same",
}
"""Automatic clauses that defects of the sample turn to `cannot_tell` and not to `failed`, and why."""


def list_groups():
    """Return the defects in as few groups as keep the verdicts that two defects of a group turn apart."""
    portal = make_whole("nested")
    apart = {*SERVED, *read_data("turns")[ALONE], *read_data("turns")[LATER]}
    groups = []
    for name in (name for name in list_defect_names() if name not in apart):
        turns = {clause for clause, _ in list_turns(portal, name)}
        fitting = next((group for group in groups if not turns & group[1]), None)
        if fitting is None:
            groups.append(([name], turns))
        else:
            fitting[0].append(name)
            fitting[1].update(turns)
    return [names for names, _ in groups]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_portal_is_judged_as_the_manifest_says(layout, tmp_path):
    """All groups in one layout, one group in each of the others: the rest is for the tool on demand."""
    portal = make_whole(layout)
    before = judge_whole(portal, tmp_path / "clean")
    faults = {key: one for key, one in before.items() if key[0] in list_automatic() and str(one.outcome) != "passed"}
    assert faults == list_clean(portal, observed=False)
    groups = list_groups()
    for number, names in enumerate(groups if layout == LAYOUTS[0] else groups[:1]):
        expected = {}
        for name in names:
            expected |= list_turns(portal, name)
        moves = find_moves(before, judge_whole(make_whole(layout, names), tmp_path / str(number)))
        assert moves == expected, names


def test_the_manifest_names_every_defect_and_clauses_that_rules_serve():
    portal = make_whole("nested")
    assert set(list_defect_names()) == {defect.id for defect in load_defects()}
    assert {*read_data("turns")[ALONE], *read_data("turns")[LATER]} <= set(list_defect_names())
    for name in list_defect_names():
        assert {clause for clause, _ in list_turns(portal, name)} <= set(list_bound()), name


def test_a_defect_turns_something_and_a_harmless_one_nothing():
    portal = make_whole("nested")
    idle = {name for name in list_defect_names() if not list_turns(portal, name)}
    assert idle == {defect.id for defect in load_defects() if defect.harmless}


def test_every_automatic_clause_is_turned_by_a_defect():
    portal = make_whole("nested")
    turns = [turn for name in list_defect_names() for turn in list_turns(portal, name).items()]
    assert set(list_automatic()) <= {clause for (clause, _), _ in turns}
    failed = {clause for (clause, _), one in turns if one is not None and str(one.outcome) == "failed"}
    assert set(list_automatic()) - failed == set(NEVER_FAILED)
