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

UNTURNED = {
    "XH20-4.1g": "the sample stands under .example, in each of its forms: it has no government's name to lose",
    "BS20-45g": "the same",
    "XH20-5.3d": "not due on the day of the sample",
}
"""Automatic clauses that no defect of the sample can turn, and why; the cases of their rules turn them."""


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


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_portal_is_judged_as_the_manifest_says(layout, tmp_path):
    """All groups in one layout, one group in each of the others: the rest is for the tool on demand."""
    portal = make_whole(layout)
    known = list_known(portal)
    before = judge_whole(portal, tmp_path / "clean")
    faults = {key: one for key, one in before.items() if str(one.outcome) != "passed" and key[0] in known}
    assert faults == list_clean(portal)
    assert known <= {clause for clause, _ in before}
    groups = list_groups()
    for number, names in enumerate(groups if layout == LAYOUTS[0] else groups[:1]):
        expected = {}
        for name in names:
            expected |= list_turns(portal, name)
        moves = find_moves(before, judge_whole(make_whole(layout, names), tmp_path / str(number)))
        assert {key: one for key, one in moves.items() if key[0] in known} == expected, names


def test_the_manifest_names_defects_and_automatic_clauses_that_exist():
    manifest = read_data("turns")
    assert set(manifest) - {CLEAN, ALONE} <= {defect.id for defect in load_defects()}
    assert set(manifest[ALONE]) <= {defect.id for defect in load_defects()}
    assert list_known(make_whole("nested")) <= set(list_automatic())


def test_every_automatic_clause_is_turned_by_a_defect():
    portal = make_whole("nested")
    defects = set(read_data("turns")) - {CLEAN, ALONE}
    turned = {clause for name in defects for clause, _ in list_turns(portal, name)}
    assert set(list_automatic()) - turned == set(UNTURNED)
