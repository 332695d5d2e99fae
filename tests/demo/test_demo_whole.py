"""The portal with all parts under both standards: clean, and its defects together in groups that do not meet.

Each defect alone, in each layout, is judged on demand: `python -m tests.bench.portal`; it lists untouched rules too.
"""

from __future__ import annotations

import pytest
from demo_sight import LAYOUTS
from demo_whole import SERVED, find_moves, judge_whole, list_automatic, make_whole

from auditor.demo.defects import load_defects
from auditor.demo.texts import read_data
from auditor.demo.turns import ALONE, CLEAN, list_clean, list_turns


@pytest.fixture(scope="module", params=LAYOUTS)
def clean(request, tmp_path_factory):
    return request.param, judge_whole(make_whole(request.param), tmp_path_factory.mktemp("clean"))


def list_groups():
    """Return the defects in as few groups as keep the verdicts that two defects of a group turn apart."""
    portal = make_whole("nested")
    manifest = read_data("turns")
    groups = []
    for name in (name for name in manifest if name not in (CLEAN, ALONE) and name not in SERVED):
        turns = {clause for clause, _ in list_turns(portal, name)}
        fitting = next((group for group in groups if name not in manifest[ALONE] and not turns & group[1]), None)
        if fitting is not None:
            fitting[0].append(name)
            fitting[1].update(turns)
        elif name not in manifest[ALONE]:
            groups.append(([name], set(turns)))
    return [names for names, _ in groups]


def list_known(portal):
    """Return the clauses that the manifest speaks of; what it does not know yet, the tool on demand shows."""
    names = [name for name in read_data("turns") if name != ALONE]
    return {clause for name in names for clause, _ in list_turns(portal, name)}


def test_the_clean_portal_is_judged_as_the_manifest_says(clean):
    layout, verdicts = clean
    portal = make_whole(layout)
    known = list_known(portal)
    faults = {key: one for key, one in verdicts.items() if str(one.outcome) != "passed" and key[0] in known}
    assert faults == list_clean(portal)
    assert known <= {clause for clause, _ in verdicts}


@pytest.mark.parametrize("names", list_groups(), ids=lambda names: f"{names[0]}-and-{len(names) - 1}")
def test_defects_turn_what_the_manifest_says_and_nothing_else(names, clean, tmp_path):
    layout, before = clean
    portal = make_whole(layout, names)
    expected = {}
    for name in names:
        expected |= list_turns(portal, name)
    known = list_known(portal)
    moves = find_moves(before, judge_whole(portal, tmp_path))
    assert {key: one for key, one in moves.items() if key[0] in known} == expected


def test_the_manifest_names_defects_and_automatic_clauses_that_exist():
    manifest = read_data("turns")
    assert set(manifest) - {CLEAN, ALONE} <= {defect.id for defect in load_defects()}
    assert set(manifest[ALONE]) <= {defect.id for defect in load_defects()}
    assert list_known(make_whole("nested")) <= set(list_automatic())
