"""Why a verdict changed, told by versions, hashes and evidence, and by judging the older snapshot again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from auditor.compare.causes import Cause, Retrial, compare_entries, list_failing, list_machine
from auditor.compare.view import name_turn
from auditor.history.entries import Entry, Figures, Looked, Standing, State, Summary, Texts, Verdict
from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome, Text
from auditor.model.results import ClauseText

N, P, W, C, F = Outcome
AT = datetime(2026, 9, 20, 2, 0, tzinfo=UTC)
FIGURES = Figures(50.0, 40.0, 60.0, "E", 0.8, 0.1, 0.1)


def make_clause(name, **changes):
    text = Text(name, name)
    clause = ClauseText("q", name, text, text, ClauseClass.MANDATORY, (), Check.AUTO, "r", planned=False)
    return replace(clause, **changes)


def make_verdict(clause="a", outcome=P, *, seen="1", reason="", unseen=False, subject="s", **changes):
    words = {"kind": "site", "subject": subject, "name": subject, "degree": Degree.FULL, "source": ""}
    values = {**words, "machine": outcome, "machine_degree": Degree.FULL, "fingerprint": "f", "defect": "", "url": ""}
    return Verdict(clause=clause, outcome=outcome, seen=seen, reason=reason, unseen=unseen, **{**values, **changes})


def make_entry(*verdicts, sha="1", tool="1", day=date(2026, 9, 20), run="one", clauses=None):
    summary = Summary(
        f"{run}{sha}{tool}{day}", State.DONE, "", "", "site", "甲", day, AT, AT, run, tool, "2", FIGURES, Looked(), 0
    )
    texts = Texts({name: make_clause(name) for name in "abc"} if clauses is None else clauses, {})
    return Entry(summary, (Standing("q", "1", sha, Text("标准", "standard"), FIGURES),), (), verdicts, texts)


OTHER = {"run": "two", "day": date(2026, 10, 20)}


@pytest.mark.parametrize(
    ("before", "after", "later", "cause", "candidates"),
    [
        (make_verdict(), make_verdict("a", F, seen="2"), {}, Cause.SITE, ()),
        (make_verdict(), make_verdict("a", F), {"day": date(2026, 9, 20)}, Cause.SITE, ()),
        (make_verdict(), make_verdict("a", F), {}, Cause.DAY, ()),
        (make_verdict(), make_verdict("a", F), {"sha": "2"}, Cause.RULES, ()),
        (make_verdict(), make_verdict("a", F), {"tool": "2"}, Cause.TOOL, ()),
        (make_verdict(), make_verdict("a", F), {"sha": "2", "tool": "2"}, Cause.UNCLEAR, (Cause.RULES, Cause.TOOL)),
        (make_verdict(), make_verdict("a", F, seen="2"), {"sha": "2"}, Cause.UNCLEAR, (Cause.SITE, Cause.RULES)),
        (make_verdict(), make_verdict("a", C, seen="2", reason="not_covered", unseen=True), {}, Cause.COVERAGE, ()),
        (make_verdict("a", C, unseen=True), make_verdict("a", F, seen="2"), {"sha": "2"}, Cause.COVERAGE, ()),
        (make_verdict("a", C), make_verdict("a", F), {"sha": "2"}, Cause.UNCLEAR, (Cause.COVERAGE, Cause.RULES)),
        (make_verdict("a", C, reason="rule_not_written"), make_verdict("a", F, seen="2"), {}, Cause.RULES, ()),
        (make_verdict("a", C, reason="rule_error"), make_verdict(), {}, Cause.TOOL, ()),
        (make_verdict("a", C, reason="flag_missing"), make_verdict(seen="2"), {}, Cause.ANSWERS, ()),
        (make_verdict("a", C, reason="unit_list_missing"), make_verdict(seen="2"), {}, Cause.ANSWERS, ()),
        (make_verdict("a", C, reason="unit_list_missing", unseen=True), make_verdict(seen="2"), {}, Cause.COVERAGE, ()),
        (make_verdict("a", W, machine=F), make_verdict("a", P, machine=F, seen="2"), {}, Cause.ANSWERS, ()),
        (make_verdict("a", N, reason="not_due_yet"), make_verdict("a", F, seen="2"), {}, Cause.DAY, ()),
        (None, make_verdict("a", F), {}, Cause.SITE, ()),
        (make_verdict("a", F), None, {}, Cause.SITE, ()),
        (make_verdict(), make_verdict("a", P, degree=Degree.TOLERATED, machine_degree=Degree.TOLERATED, seen="2"), {}, Cause.SITE, ()),
    ],
)  # fmt: skip
def test_entries_tell_the_cause(before, after, later, cause, candidates):
    one = make_entry(*filter(None, [before]))
    other = make_entry(*filter(None, [after]), **{**OTHER, **later})
    (change,) = compare_entries(one, other).changes
    assert (change.cause, change.candidates) == (cause, candidates)


def test_an_unclear_change_says_so():
    one, other = make_entry(make_verdict()), make_entry(make_verdict("a", F, seen="2"), sha="2", tool="2", **OTHER)
    (change,) = compare_entries(one, other).changes
    assert not change.proven
    assert change.candidates == (Cause.SITE, Cause.RULES, Cause.TOOL)


def test_a_demand_that_only_one_ruleset_has_is_the_rules():
    one = make_entry(make_verdict(), clauses={"a": make_clause("a")})
    other = make_entry(make_verdict(), make_verdict("b", F), sha="2", **OTHER)
    (change,) = compare_entries(one, other).changes
    assert (change.key[0], change.cause, change.before) == ("b", Cause.RULES, None)


def test_one_snapshot_leaves_only_rules_and_tool():
    one = make_entry(make_verdict(seen="1"))
    other = make_entry(make_verdict("a", F, seen="2"), sha="2")
    comparison = compare_entries(one, other)
    assert comparison.difference.same_snapshot
    assert comparison.changes[0].cause is Cause.RULES


def test_another_scoring_model_changes_scores_and_no_verdict():
    one, other = make_entry(make_verdict()), make_entry(make_verdict(), **OTHER)
    one, other = (replace(e, summary=replace(e.summary, scoring=s)) for e, s in ((one, "weighted 1"), (other, "x 2")))
    comparison = compare_entries(one, other)
    assert (comparison.difference.scoring, comparison.difference.scores_compare) == (True, False)
    assert comparison.changes == ()


def test_a_clause_that_only_one_profile_chose_is_an_answer_and_not_the_site():
    one = make_entry(make_verdict(), clauses={"a": make_clause("a")})
    other = make_entry(make_verdict(), make_verdict("b", F), **OTHER)
    comparison = compare_entries(one, other, Retrial({}, {}))
    assert [(change.key[0], change.cause) for change in comparison.changes] == [("b", Cause.ANSWERS)]
    assert (comparison.difference.asked, comparison.difference.scores_compare) == (True, False)


@pytest.mark.parametrize(
    ("before", "after", "turn"),
    [
        (P, F, "failing"), (None, F, "failing"), (F, P, "healed"), (F, N, "healed"), (F, C, "better"), (P, C, "worse"),
        (C, P, "better"), (None, P, "came"), (F, None, "went"),
    ],
)  # fmt: skip
def test_a_change_says_where_it_went(before, after, turn):
    sides = [make_entry(*([make_verdict("a", one)] if one is not None else [])) for one in (before, after)]
    (change,) = compare_entries(*sides).changes
    assert name_turn(change) == turn


def judge_again(rules, day=None, tool=None):
    steps = [{("a", "site", "s"): (step, Degree.FULL)} for step in (rules, day or rules)]
    return Retrial(*steps, None if tool is None else {("a", "site", "s"): (tool, Degree.FULL)})


@pytest.mark.parametrize(
    ("retrial", "cause"),
    [
        (judge_again(P), Cause.SITE),
        (judge_again(F), Cause.RULES),
        (judge_again(P, F), Cause.DAY),
        (judge_again(P, P, F), Cause.TOOL),
        (judge_again(P, P, P), Cause.SITE),
        (judge_again(F, P, P), Cause.SITE),
        (judge_again(F, F, P), Cause.SITE),
    ],
)
def test_judging_again_tells_what_evidence_cannot(retrial, cause):
    one, other = make_entry(make_verdict()), make_entry(make_verdict("a", F, seen="2"), sha="2", tool="2", **OTHER)
    comparison = compare_entries(one, other, retrial)
    assert comparison.changes[0].cause is cause
    assert comparison.retried


def test_judging_again_tells_the_site_from_the_coverage():
    one, other = make_entry(make_verdict()), make_entry(make_verdict("a", C, seen="2"), sha="2", **OTHER)
    assert compare_entries(one, other, judge_again(P)).changes[0].cause is Cause.COVERAGE


@pytest.mark.parametrize("retrial", [None, judge_again(C)], ids=["evidence", "retrial"])
def test_what_an_audit_saw_nothing_of_is_not_new_on_the_site(retrial):
    gap = make_verdict("a", C, unseen=True, reason="not_covered")
    items = [make_verdict("a", F, kind="catalogue", subject=f"http://s.test/{name}") for name in "xy"]
    found = compare_entries(make_entry(gap), make_entry(*items, **OTHER), retrial)
    assert [one.cause for one in found.changes] == [Cause.COVERAGE] * 3
    lost = compare_entries(make_entry(*items), make_entry(gap, **OTHER))
    assert [one.cause for one in lost.changes] == [Cause.COVERAGE] * 3
    told = compare_entries(make_entry(make_verdict("a", P)), make_entry(*items, **OTHER), judge_again(P))
    assert Cause.SITE in [one.cause for one in told.changes]


@pytest.mark.parametrize("address", ["http://s.test:81/x?a=1", "https://s.test/x?a=1"])
def test_a_page_at_another_port_or_scheme_of_its_host_is_the_same_subject(address):
    one = make_verdict("a", F, kind="page", subject="http://s.test/x?a=1")
    moved = replace(one, subject=address)
    assert not compare_entries(make_entry(one), make_entry(moved, **OTHER)).changes
    mended = compare_entries(make_entry(one), make_entry(replace(moved, outcome=P, machine=P), **OTHER)).changes
    assert [(change.key[2], name_turn(change)) for change in mended] == [(address, "healed")]


@pytest.mark.parametrize("address", ["http://t.test/x", "http://s.test/y", "http://s.test/x?b=1", "http://["])
def test_another_host_or_page_is_another_subject(address):
    one = make_verdict("a", F, kind="page", subject="http://s.test/x")
    assert len(compare_entries(make_entry(one), make_entry(replace(one, subject=address), **OTHER)).changes) == 2


def test_a_clause_that_sums_up_follows_its_part():
    clauses = {name: make_clause(name) for name in "ab"} | {"c": make_clause("c", rollup=("a", "b"))}
    one = make_entry(make_verdict("a", seen="1"), make_verdict("b"), make_verdict("c"), clauses=clauses)
    gap = make_verdict("a", C, seen="2", unseen=True)
    sums = make_verdict("c", C, seen="2", reason="sum_cannot_tell")
    other = make_entry(gap, make_verdict("b"), sums, clauses=clauses, **OTHER)
    assert [change.cause for change in compare_entries(one, other).changes] == [Cause.COVERAGE, Cause.COVERAGE]


def test_every_change_has_one_cause_and_the_rest_is_unchanged():
    before = [make_verdict(c, o, seen="1", subject=s) for c in "abc" for s, o in zip("wxyz", (P, F, C, W), strict=True)]
    after = [make_verdict(c, o, seen="2", subject=s) for c in "abc" for s, o in zip("wxyz", (F, F, P, W), strict=True)]
    comparison = compare_entries(make_entry(*before), make_entry(*after, **OTHER))
    assert sum(comparison.count_causes().values()) == len(comparison.changes) == 6
    assert comparison.unchanged == 6


def test_what_cannot_be_seen_again_is_not_mended():
    before = [make_verdict("a", F), make_verdict("b", F), make_verdict("c", P)]
    after = [make_verdict("a", C, unseen=True), make_verdict("b", P, seen="2"), make_verdict("c", F, seen="2")]
    mended, fresh = list_failing(compare_entries(make_entry(*before), make_entry(*after, **OTHER)).changes)
    assert [one.key[0] for one in mended] == ["b"]
    assert [one.key[0] for one in fresh] == ["c"]


def test_the_machines_word_is_listed_by_its_key():
    assert list_machine([make_verdict("a", W, machine=F)]) == {("a", "site", "s"): (F, Degree.FULL)}
