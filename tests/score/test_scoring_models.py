"""The worked examples of docs/scoring.md, and what the deduction model promises: once, capped, vetoed, scaled, bonus."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from score_sample import TEXT, make_finding

from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome
from auditor.model.results import ClauseText
from auditor.score.models import DeductionModel, ScoringModel
from auditor.score.tree import score_findings

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "scoring.md"
MODELS = TypeAdapter(ScoringModel)
P, F, N, C, W = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE, Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON
ESSENTIAL, MANDATORY, RECOMMENDED = ClauseClass.ESSENTIAL, ClauseClass.MANDATORY, ClauseClass.RECOMMENDED


def make_clause(class_=MANDATORY, ruleset="xx20"):
    return ClauseText(ruleset, "一", TEXT, TEXT, class_, (), Check.AUTO, "some-rule", planned=False)


CLAUSES = {
    "a": make_clause(ESSENTIAL),
    "b": make_clause(MANDATORY),
    "c": make_clause(MANDATORY),
    "d": make_clause(ESSENTIAL),
    "e": make_clause(RECOMMENDED),
    "f": make_clause(RECOMMENDED),
}
FINDINGS = (
    make_finding("a", P),
    *(make_finding("b", P, f"u{number}") for number in range(3)),
    make_finding("b", F, "u3", defect="same"),
    make_finding("c", W),
    make_finding("d", C),
    make_finding("e", P, degree=Degree.TOLERATED),
    make_finding("f", F, defect="same"),
)


def read_examples():
    """Return the model and the stated figures of each chapter of the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    models = [MODELS.validate_python(YAML(typ="safe").load(block)) for block in blocks]
    tables = re.findall(r"\| (weighted|tolerance|deduction) \|.*?\n\n", text, re.DOTALL)
    rows = {
        name: dict(re.findall(r"^\| \S+ (\w+) \|.*\| ([\d.]+) \|$", part, re.MULTILINE))
        for name, part in zip(tables, re.split(r"\| (?:weighted|tolerance|deduction) \|", text)[1:], strict=True)
    }
    return models, rows


@pytest.mark.parametrize("index", range(3))
def test_worked_example_of_the_document(index):
    models, rows = read_examples()
    model = models[index]
    stated = {key: float(value) for key, value in rows[model.model].items()}
    score = score_findings(FINDINGS, CLAUSES, model).score
    shares = {key: getattr(score, key) * 100 for key in ("judged", "waiting", "undetermined")}
    found = {"value": score.value, "low": score.low, "high": score.high, **shares}
    assert {key: round(figure, 2) for key, figure in found.items()} == stated


def test_every_model_of_the_document_is_shown():
    models, _ = read_examples()
    assert [model.model for model in models] == ["weighted", "tolerance", "deduction", "deduction"]


# ---- deduction -----------------------------------------------------------------------------------


def deduct(findings, clauses=None, **model):
    clauses = clauses or {"a": make_clause(), "b": make_clause()}
    settings = {"points": {"mandatory": 2}, "caps": {"mandatory": 6}, **model}
    return score_findings(findings, clauses, DeductionModel(model="deduction", **settings)).score


def test_defects_are_capped_and_counted_once():
    many = [make_finding("a", F, f"u{number}") for number in range(9)]
    assert deduct([*many, make_finding("b", P)]).value == pytest.approx(50)
    same = [make_finding("a", F, f"u{number}", defect="same") for number in range(9)]
    assert deduct([*same, make_finding("b", F, defect="same")]).value == pytest.approx(100 * 10 / 12)


def test_one_defect_is_paid_in_each_standard():
    clauses = {"a": make_clause(), "b": make_clause(ruleset="yy20")}
    found = deduct([make_finding("a", F, defect="same"), make_finding("b", F, defect="same")], clauses)
    assert found.value == pytest.approx(100 * 8 / 12)


def test_what_does_not_apply_is_left_out_and_the_rest_scaled():
    assert deduct([make_finding("a", F), make_finding("b", N)]).value == pytest.approx(100 * 4 / 6)


@pytest.mark.parametrize(("outcome", "value", "passed"), [(P, 100, True), (F, 0, False), (N, 100, True)])
def test_a_failed_veto_fails_the_site(outcome, value, passed):
    found = deduct([make_finding("a", outcome), make_finding("b", P)], vetoes=("a",))
    assert (found.value, found.passed) == (value, passed)
    assert found.vetoes == (("a",) if outcome is F else ())


@pytest.mark.parametrize("outcome", [W, C])
def test_an_open_veto_leaves_the_interval_open_to_nothing(outcome):
    found = deduct([make_finding("a", outcome), make_finding("b", P)], vetoes=("a",))
    assert (found.value, found.low, found.high, found.passed) == (100, 0, 100, True)


def test_an_explained_veto_leaves_a_score_after_explanations():
    findings = [make_finding("a", F, waived=True), make_finding("b", F)]
    found = deduct(findings, vetoes=("a",))
    assert (found.value, found.after_explanations) == (0, pytest.approx(100 * 4 / 6))


@pytest.mark.parametrize(("failures", "passed"), [(1, True), (2, False)])
def test_the_pass_mark(failures, passed):
    findings = [make_finding("a", F if number < failures else P, f"u{number}") for number in range(3)]
    found = deduct(findings, {"a": make_clause()})
    assert found.passed is passed


def test_bonus_counts_only_above_its_score_and_up_to_its_most():
    bonus = {"clauses": {"b": 20, "c": 20}, "above": 80, "most": 30}
    clauses = {name: make_clause() for name in "abc"}
    good = [make_finding("a", P), make_finding("b", P), make_finding("c", P)]
    found = deduct(good, clauses, bonus=bonus)
    assert (found.value, found.bonus.points) == (130, 30)
    poor = [make_finding("a", F), *good[1:]]
    assert deduct(poor, clauses, bonus=bonus).value == pytest.approx(100 * 4 / 6)
    assert deduct(poor, clauses, bonus=bonus).bonus is None
    waiting = [make_finding("a", P), make_finding("b", W), make_finding("c", P)]
    found = deduct(waiting, clauses, bonus=bonus)
    assert (found.value, found.low, found.high) == (110, 110, 130)


@pytest.mark.parametrize(
    "data",
    [
        {"points": {"essential": 9}, "caps": {"essential": 5}},
        {"indicators": {"a": {"points": 5, "cap": 3}}},
        {"vetoes": ["a"], "indicators": {"a": {"points": 1, "cap": 3}}},
        {"vetoes": ["a"], "bonus": {"clauses": {"a": 1}}},
        {"weights": {"essential": 1}},
    ],
)
def test_a_model_that_contradicts_itself_is_refused(data):
    with pytest.raises(ValidationError):
        MODELS.validate_python({"model": "deduction", **data})


ROWS = st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from(list(Outcome)), st.integers(0, 3)), max_size=30)


@given(ROWS, st.sampled_from(["weighted", "tolerance", "deduction"]))
def test_leaves_add_up_and_the_interval_holds_the_score(rows, name):
    findings = [
        make_finding(clause, outcome, f"u{number}", defect=f"d{unit}")
        for number, (clause, outcome, unit) in enumerate(rows)
    ]
    score = score_findings(findings, CLAUSES, MODELS.validate_python({"model": name})).score
    leaves = [leaf for ruleset in score.tree.children for chapter in ruleset.children for leaf in chapter.children]
    for figure in ("weight", "judged", "points", "waiting", "undetermined"):
        assert sum(getattr(leaf, figure) for leaf in leaves) == pytest.approx(getattr(score.tree, figure))
    assert score.tree.judged + score.tree.waiting + score.tree.undetermined == pytest.approx(score.tree.weight)
    assert 0 <= score.low <= score.high <= 100
    settled = [replace(one, outcome=P) if one.outcome in (W, C) else one for one in findings]
    best = score_findings(settled, CLAUSES, MODELS.validate_python({"model": name})).score
    if all(any(one.clause == clause for one in findings) for clause in CLAUSES) and best.value is not None:
        assert best.value == pytest.approx(score.high)
