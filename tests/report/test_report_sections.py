"""What changed, clauses by units, how the score adds up: the views, and that their figures are those of the result."""

from __future__ import annotations

from dataclasses import replace

import pytest
import report_sample as sample

from auditor.messages import load_messages
from auditor.model.findings import Subject
from auditor.model.outcomes import Outcome
from auditor.report.beside import Beside
from auditor.report.clauses import group_findings
from auditor.report.matrix import MOST_CELLS, MOST_UNITS
from auditor.report.page import show_page

EN = load_messages("en")


def show(result=None, earlier=None):
    return show_page(result or sample.make_result(), EN, Beside(sample.SCREENSHOTS, earlier))


def test_without_an_earlier_result_nothing_is_said_of_changes():
    page = show()
    assert page.changes is None
    assert "changes" not in page.sections
    assert not any(row.is_new for row in page.verdict.mend)


def test_changes_are_told_by_kind_with_both_verdicts():
    page = show(earlier=sample.make_earlier())
    groups = {group.kind: group for group in page.changes.groups}
    assert set(groups) == {"new", "mended"}
    (new,) = groups["new"].rows
    assert (new.title, new.before.key, new.now.key) == ("Normative documents interpreted", "passed", "failed")
    assert new.anchor == "clause-XH20-2.1a--1"
    (mended,) = groups["mended"].rows
    assert (mended.title, mended.before.key, mended.now.key) == ("Disclosure section complete", "failed", "tolerated")
    still = sum(one.outcome is Outcome.FAILED for one in sample.make_result().findings) - 1
    assert f"Still failing: {still}." in page.changes.sentence
    assert [row.title for row in page.verdict.mend if row.is_new] == ["Some normative documents have no interpretation"]
    figures = {row.name: (row.before, row.now) for row in page.changes.figures}
    scores = tuple(f"{one.score.value:.1f}" for one in (sample.make_earlier(), sample.make_result()))
    assert figures["Score"] == scores
    assert figures["Failed findings"] == (str(still + 1), str(still + 1))


def test_clauses_that_fail_for_the_same_defect_are_one_problem_with_the_cost_of_all():
    result = sample.make_result()
    alone = {item.anchor: item for item in show(result).verdict.mend}
    shared = [
        replace(one, defect="same") if one.clause in {"XH20-1.3a", "XH20-2.1a"} else one for one in result.findings
    ]
    mend = show(replace(result, findings=tuple(shared))).verdict.mend
    assert len(mend) == len(alone) - 1
    joined = next(item for item in mend if item.also)
    others = {joined.anchor, *(anchor for anchor, _ in joined.also)}
    assert others == {"clause-XH20-1.3a", "clause-XH20-2.1a"}
    assert joined.share == pytest.approx(sum(alone[anchor].share for anchor in others))
    assert sum(item.share for item in mend) == pytest.approx(sum(item.share for item in alone.values()))


def test_what_failed_and_is_gone_or_without_verdict_now_is_not_called_mended():
    result = sample.make_result()
    failed = next(one for one in result.findings if one.clause == "XH20-1.3a")
    unit = replace(failed, id="x", subject=Subject("unit", "gone", "gone"))
    early = replace(sample.make_earlier(), findings=(*result.findings, unit))
    unseen = [replace(one, outcome=Outcome.CANNOT_TELL) if one is failed else one for one in result.findings]
    kinds = {
        group.kind: len(group.rows) for group in show(replace(result, findings=tuple(unseen)), early).changes.groups
    }
    assert kinds == {"unseen": 1, "gone": 1}


def test_another_site_is_nothing_to_compare_with():
    early = sample.make_earlier()
    assert show(earlier=replace(early, target=replace(early.target, id="www.other.example"))).changes is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"snapshot": sample.make_result().snapshot}, "the same snapshot"),
        ({"versions": {"auditor": "0.0.9"}}, "The tool differs (0.0.9, 0.1.0)"),
        ({"rulesets": {}}, "The rulesets differ"),
        ({"coverage": ()}, "pages fetched differs"),
    ],
)
def test_what_besides_the_site_changed_is_said(change, words):
    notes = " ".join(show(earlier=replace(sample.make_earlier(), **change)).changes.notes)
    assert words in notes
    assert words not in " ".join(show(earlier=sample.make_earlier()).changes.notes)


def test_the_matrix_holds_every_unit_and_says_what_each_came_to():
    (matrix,) = show().matrices
    assert [unit.name for unit in matrix.units] == list(sample.UNIT_NAMES)
    row = next(row for row in matrix.rows if row.anchor == "clause-XH20-1.2b")
    group = group_findings(sample.make_result())["XH20-1.2b"]
    told = {one.subject.name: one.outcome.value for one in group}
    assert {unit.name: cell.key for unit, cell in zip(matrix.units, row.cells, strict=True)} == told
    for unit, cell in zip(matrix.units, row.cells, strict=True):
        if cell.anchor:
            assert group[int(cell.anchor.rpartition("--")[2]) - 1].subject.name == unit.name
    assert {cell.key for cell in row.cells if cell.anchor} == {"failed", "cannot_tell"}
    assert row.failed == "2 of 12"
    assert sum(int(unit.failed) for unit in matrix.units) == 2


def test_a_matrix_that_is_too_large_keeps_what_fails_and_says_what_it_leaves_out():
    result = sample.make_large(2100)
    one = result.findings[0]
    many = tuple(
        replace(one, id=f"z{n}", subject=Subject("unit", f"z{n}", f"单位{n}"), outcome=outcome)
        for n, outcome in enumerate([Outcome.FAILED, *[Outcome.CANNOT_TELL] * 80])
    )
    (matrix,) = show(replace(result, findings=(*result.findings, *many))).matrices
    assert len(matrix.units) == MOST_UNITS
    assert len(matrix.rows) * len(matrix.units) <= MOST_CELLS
    assert "单位0" in {unit.name for unit in matrix.units}
    assert "275" in matrix.left_out


def read(view):
    return [float(getattr(view, name)) for name in ("weight", "judged", "points", "open")]


def check_sums(node):
    if node.children:
        sums = [sum(column) for column in zip(*map(read, node.children), strict=True)]
        assert sums == pytest.approx(read(node), abs=0.02 * len(node.children))
    for child in node.children:
        check_sums(child)


@pytest.mark.parametrize("result", [sample.make_result(), sample.make_large(600)], ids=["sample", "large"])
def test_the_tree_adds_up_to_the_score(result):
    tree = show(result).tree
    check_sums(tree.root)
    weight, judged, points, left = read(tree.root)
    assert points / judged * 100 == pytest.approx(result.score.value, abs=0.05)
    assert points / weight * 100 == pytest.approx(result.score.low, abs=0.05)
    assert (points + left) / weight * 100 == pytest.approx(result.score.high, abs=0.05)
    assert f"Score {result.score.value:.1f} = points" in tree.sums[0]
    assert f"Low {result.score.low:.1f} = points" in tree.sums[1]
    assert f"High {result.score.high:.1f} = (points" in tree.sums[2]


def test_the_tree_says_what_vetoes_bonus_and_silence_make_of_the_sums():
    result = sample.make_result()
    vetoed = replace(result.score, value=0.0, vetoes=("XH20-1.2a",))
    assert "veto makes it 0.0" in show(replace(result, score=vetoed)).tree.sums[-1]
    extra = replace(result.score, value=99.9)
    assert "With the bonus it is 99.9" in show(replace(result, score=extra)).tree.sums[-1]
    empty = sample.make_result(findings=(), clauses={})
    assert len(show(empty).tree.sums) == 1
