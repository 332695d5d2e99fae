"""The weighted model: one example by hand, and what holds for every set of findings."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_sample import TEXT, make_finding

from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome
from auditor.model.results import ClauseText
from auditor.score.models import WeightedModel
from auditor.score.tree import name_chapter, score_findings

MODEL = WeightedModel()


def make_clause(number="一(一)", class_=ClauseClass.MANDATORY, ruleset="xx20"):
    return ClauseText(ruleset, number, TEXT, TEXT, class_, (), Check.AUTO, "some-rule", planned=False)


P, F, N, C, W = Outcome.PASSED, Outcome.FAILED, Outcome.NOT_APPLICABLE, Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON

# Two chapters. Weights: a 3, b 2, c 1, d nothing (not applicable), e 2, f 3: in all 11.
#   a essential    passed                                                judged 3    points 3
#   b mandatory    4 units: passed, tolerated, failed, cannot tell       judged 1.5  points 1   open 0.5 (undetermined)
#   c recommended  failed, waived                                        judged 1    points 0   (explained 1)
#   d essential    not applicable                                        nothing
#   e mandatory    2 units that apply: passed, needs person (1 n.a.)     judged 1    points 1   open 1 (waiting)
#   f essential    cannot tell                                           judged 0               open 3 (undetermined)
# judged 6.5, points 5: score 500/6.5 = 76.923...; waiting 1/11; undetermined 3.5/11; low 5/11; high 9.5/11
# after explanations 6/6.5 = 92.307...
CLAUSES = {
    "a": make_clause("一(一)", ClauseClass.ESSENTIAL),
    "b": make_clause("一(二)"),
    "c": make_clause("二(一)", ClauseClass.RECOMMENDED),
    "d": make_clause("二(二)", ClauseClass.ESSENTIAL),
    "e": make_clause("二(三)"),
    "f": make_clause("三", ClauseClass.ESSENTIAL),
}
FINDINGS = (
    make_finding("a", P),
    make_finding("b", P, "u1"),
    make_finding("b", P, "u2", degree=Degree.TOLERATED),
    make_finding("b", F, "u3"),
    make_finding("b", C, "u4"),
    make_finding("c", F, waived=True),
    make_finding("d", N),
    make_finding("e", P, "u1"),
    make_finding("e", W, "u2"),
    make_finding("e", N, "u3"),
    make_finding("f", C),
)


def test_the_worked_example():
    score = score_findings(FINDINGS, CLAUSES, MODEL).score
    assert score.value == pytest.approx(500 / 6.5, abs=1e-9)
    assert score.judged == pytest.approx(6.5 / 11, abs=1e-9)
    assert score.waiting == pytest.approx(1 / 11, abs=1e-9)
    assert score.undetermined == pytest.approx(3.5 / 11, abs=1e-9)
    assert score.low == pytest.approx(500 / 11, abs=1e-9)
    assert score.high == pytest.approx(950 / 11, abs=1e-9)
    assert score.after_explanations == pytest.approx(600 / 6.5, abs=1e-9)
    assert score.grade == "C"


def test_the_tree_of_the_worked_example():
    tree = score_findings(FINDINGS, CLAUSES, MODEL).score.tree
    assert (tree.kind, [child.id for child in tree.children]) == ("profile", ["xx20"])
    chapters = tree.children[0].children
    assert [(node.id, node.weight, node.points) for node in chapters] == [
        ("xx20/一", 5, 4),
        ("xx20/二", 3, 1),
        ("xx20/三", 3, 0),
    ]
    leaf = {node.id: node for chapter in chapters for node in chapter.children}
    assert (leaf["b"].judged, leaf["b"].undetermined, leaf["b"].points, leaf["b"].high) == (1.5, 0.5, 1, 1.5)
    assert leaf["b"].outcome is F
    assert (leaf["d"].weight, leaf["d"].outcome) == (0, N)
    assert (leaf["e"].waiting, leaf["e"].outcome) == (1, W)


def test_a_warning_counts_what_the_profile_says():
    model = WeightedModel(tolerated=0.5)
    score = score_findings(FINDINGS, CLAUSES, model).score
    assert score.value == pytest.approx(100 * 4.75 / 6.5, abs=1e-9)


def test_each_standard_has_its_own_score():
    clauses = {"a": make_clause(), "b": make_clause(ruleset="yy21")}
    scored = score_findings([make_finding("a", P), make_finding("b", F)], clauses, MODEL)
    assert scored.score.value == 50
    assert {code: score.value for code, score in scored.scores.items()} == {"xx20": 100, "yy21": 0}
    assert scored.scores["yy21"].tree.kind == "ruleset"


def test_a_clause_without_any_finding_is_open_not_missing():
    score = score_findings([make_finding("a", P)], {"a": make_clause(), "b": make_clause()}, MODEL).score
    assert (score.value, score.judged, score.undetermined, score.low, score.high) == (100, 0.5, 0.5, 50, 100)


def test_a_preview_is_shown_and_not_scored():
    clauses = {"a": make_clause(), "b": replace(make_clause(class_=ClauseClass.ESSENTIAL), preview=True)}
    score = score_findings([make_finding("a", P), make_finding("b", F)], clauses, MODEL).score
    assert (score.value, score.judged, score.grade) == (100, 1, "A")
    leaf = list_leaves(score.tree)[1]
    assert (leaf.id, leaf.weight, leaf.outcome) == ("b", 0, F)


def test_nothing_judged_has_no_score():
    score = score_findings([make_finding("a", C)], {"a": make_clause()}, MODEL).score
    assert (score.value, score.grade, score.after_explanations) == (None, None, None)
    assert (score.low, score.high, score.undetermined) == (0, 100, 1)


def test_nothing_applicable_has_no_score():
    score = score_findings([make_finding("a", N)], {"a": make_clause()}, MODEL).score
    assert (score.value, score.judged, score.low, score.high) == (None, 0, 0, 100)


@pytest.mark.parametrize(
    ("passed", "essential", "grade"),
    [
        (100, P, "A"),
        (95, P, "A"),
        (94, P, "B"),
        (85, P, "B"),
        (84, P, "C"),
        (60, P, "D"),
        (59, P, "E"),
        (0, P, "E"),
        (100, N, "A"),
        (100, C, "C"),
        (100, W, "C"),
        (85, C, "C"),
        (74, C, "D"),
    ],
)
def test_bands_and_the_two_that_need_every_essential_clause(passed, essential, grade):
    clauses = {"m": make_clause(), "e": make_clause(class_=ClauseClass.ESSENTIAL)}
    model = WeightedModel.model_validate({"weights": {"essential": 1e-6, "mandatory": 1, "recommended": 1}})
    rows = [make_finding("m", P if n < passed else F, str(n)) for n in range(100)]
    score = score_findings([*rows, make_finding("e", essential)], clauses, model).score
    assert round(score.value) == passed
    assert score.grade == grade


@pytest.mark.parametrize(("passed", "grade"), [(95, "A"), (85, "B"), (75, "C"), (60, "D"), (0, "E")])
def test_a_band_begins_exactly_at_its_bound(passed, grade):
    rows = [make_finding("m", P if n < passed else F, str(n)) for n in range(100)]
    score = score_findings(rows, {"m": make_clause()}, MODEL).score
    assert (score.value, score.grade) == (passed, grade)


def test_a_failed_essential_clause_bars_the_top_two():
    clauses = {"m": make_clause(), "e": make_clause(class_=ClauseClass.ESSENTIAL)}
    model = WeightedModel.model_validate({"weights": {"essential": 0.01, "mandatory": 3, "recommended": 1}})
    findings = [make_finding("m", P), make_finding("e", F)]
    assert score_findings(findings, clauses, model).score.grade == "C"
    free = model.model_copy(update={"top_two_need_essential": False})
    assert score_findings(findings, clauses, free).score.grade == "A"


def test_below_the_lowest_band_there_is_no_grade():
    model = WeightedModel.model_validate(
        {"grades": [{"grade": "pass", "at_least": 60}], "top_two_need_essential": False}
    )
    assert score_findings([make_finding("a", F)], {"a": make_clause()}, model).score.grade is None


@pytest.mark.parametrize(
    ("number", "chapter"),
    [
        ("一(二)", "一"),
        ("一（二）", "一"),
        ("三、1", "三"),
        ("1.2", "1"),
        ("10", "10"),
        ("前言", "前言"),
        ("(一)", "(一)"),
        ("", ""),
    ],
)
def test_chapters(number, chapter):
    assert name_chapter(number) == chapter


ROWS = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"), st.integers(0, 9), st.sampled_from(Outcome), st.sampled_from(Degree), st.booleans()
    ),
    unique_by=lambda row: row[:2],
    max_size=40,
)
MANY = {
    name: make_clause(number, class_, ruleset)
    for name, (ruleset, number, class_) in zip(
        "abcdefgh",
        product(("xx20", "yy21"), ("一(一)", "二"), (ClauseClass.ESSENTIAL, ClauseClass.RECOMMENDED)),
        strict=True,
    )
}


def build(rows):
    return [
        make_finding(
            clause,
            outcome,
            str(subject),
            degree=degree if outcome is P else Degree.FULL,
            waived=waived and outcome is F,
        )
        for clause, subject, outcome, degree, waived in rows
    ]


def check_sums(node):
    for name in ("weight", "judged", "waiting", "undetermined", "points", "low", "high"):
        if node.children:
            assert getattr(node, name) == pytest.approx(sum(getattr(child, name) for child in node.children), abs=1e-9)
    assert node.weight == pytest.approx(node.judged + node.waiting + node.undetermined, abs=1e-9)
    assert node.low - 1e-9 <= node.points <= node.judged + 1e-9
    for child in node.children:
        check_sums(child)


def list_leaves(node):
    return [node] if node.kind == "clause" else [leaf for child in node.children for leaf in list_leaves(child)]


@given(rows=ROWS, tolerated=st.sampled_from([0, 0.1, 0.5, 1]))
def test_it_adds_up(rows, tolerated):
    score = score_findings(build(rows), MANY, WeightedModel(tolerated=tolerated)).score
    check_sums(score.tree)
    leaves = list_leaves(score.tree)
    assert {leaf.id for leaf in leaves} == set(MANY)
    assert score.judged + score.waiting + score.undetermined == pytest.approx(1 if score.tree.weight else 0, abs=1e-9)
    assert 0 <= score.low <= score.high <= 100
    if score.value is None:
        assert sum(leaf.judged for leaf in leaves) == 0
        return
    points, judged = sum(leaf.points for leaf in leaves), sum(leaf.judged for leaf in leaves)
    assert score.value == pytest.approx(100 * points / judged, abs=1e-9)
    assert score.low - 1e-9 <= score.value <= score.high + 1e-9
    assert score.value - 1e-9 <= score.after_explanations <= 100


@given(rows=ROWS, seed=st.randoms(use_true_random=False))
def test_order_does_not_matter(rows, seed):
    findings = build(rows)
    shuffled = findings[:]
    seed.shuffle(shuffled)
    assert score_findings(findings, MANY, MODEL) == score_findings(shuffled, MANY, MODEL)


@given(rows=ROWS)
def test_the_interval_is_what_remains_when_the_rest_is_decided(rows):
    findings = build(rows)
    seen = {finding.clause for finding in findings}
    clauses = {name: clause for name, clause in MANY.items() if name in seen}
    if not clauses:
        return
    score = score_findings(findings, clauses, MODEL).score
    for outcome, bound in ((P, score.high), (F, score.low)):
        decided = [replace(finding, outcome=outcome) if finding.outcome in (W, C) else finding for finding in findings]
        value = score_findings(decided, clauses, MODEL).score.value
        assert value is None or value == pytest.approx(bound, abs=1e-9)
