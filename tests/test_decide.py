"""Check x machine x person: the table of the design, row by row; waivers beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import permutations

import pytest

from auditor.decide import decide_findings
from auditor.model.evidence import RequestEvidence
from auditor.model.findings import Finding, Proposal, Subject
from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome, Text
from auditor.model.results import ClauseText
from auditor.model.targets import Unit, UnitKind
from auditor.profile import Attestation, Waiver

NOW = datetime(2026, 11, 22, tzinfo=UTC)
TEXT = Text("甲", "a")
ASKS = (RequestEvidence(TEXT),)


def make_clause(check, *, planned=False):
    return ClauseText("xx20", "一", TEXT, TEXT, ClauseClass.MANDATORY, (), check, "some-rule", planned=planned)


def make_finding(outcome, reason, clause="c", subject=None, degree=Degree.FULL):
    subject = subject or Subject("site", "www.a.gov.cn", "甲区")
    return Finding(
        id=f"{clause}:{subject.key}",
        fingerprint="0123456789" + subject.key.encode().hex()[:10],
        defect=None,
        ruleset="xx20",
        clause=clause,
        rule="some-rule",
        subject=subject,
        outcome=outcome,
        degree=degree,
        reason=reason,
        values={},
        evidence=ASKS,
    )


def make_answer(verdict="done", **changes):
    return Attestation(
        **{"clause": "c", "verdict": verdict, "by": "张三", "on": date(2026, 11, 1), "evidence": ("通知",), **changes}
    )


def make_waiver(**changes):
    waiver = {"clause": "c", "reason": "迁移中", "approver": "李四", "expires": date(2026, 12, 31)}
    return Waiver(**{**waiver, **changes})


def decide(finding, check, *answers, planned=False, waivers=(), now=NOW):
    decided = decide_findings([finding], {"c": make_clause(check, planned=planned)}, waivers, answers, now)
    return decided.findings[0], decided.notes


P, F, N, C, W = (
    Outcome.PASSED,
    Outcome.FAILED,
    Outcome.NOT_APPLICABLE,
    Outcome.CANNOT_TELL,
    Outcome.NEEDS_PERSON,
)
ROWS = [
    # check, planned, machine, reason | nobody | done | not done | not applicable
    (Check.AUTO, False, P, None, (P, None), (P, None), (P, None), (P, None)),
    (Check.AUTO, False, F, "old", (F, "old"), (F, "old"), (F, "old"), (F, "old")),
    (Check.AUTO, False, N, "none_due", (N, "none_due"), (N, "none_due"), (N, "none_due"), (N, "none_due")),
    (Check.AUTO, False, C, "blocked", (C, "blocked"), "done", "not_done", "not_applicable"),
    (Check.ASSISTED, False, P, None, (W, "awaits_confirmation"), "done", "not_done", "not_applicable"),
    (Check.ASSISTED, False, F, "old", (W, "awaits_confirmation"), "done", "not_done", "not_applicable"),
    (Check.ASSISTED, False, N, "none_due", (W, "awaits_confirmation"), "done", "not_done", "not_applicable"),
    (Check.ASSISTED, False, C, "blocked", (W, "blocked"), "done", "not_done", "not_applicable"),
    (Check.ATTESTED, False, W, "awaits_attestation", (W, "awaits_attestation"), "done", "not_done", "not_applicable"),
    (Check.AUTO, True, C, "rule_not_written", (C, "rule_not_written"), "done", "not_done", "not_applicable"),
    (Check.ASSISTED, True, C, "rule_not_written", (C, "rule_not_written"), "done", "not_done", "not_applicable"),
]
ANSWERED = {
    "done": (P, "attested_done"),
    "not_done": (F, "attested_not_done"),
    "not_applicable": (N, "attested_not_applicable"),
}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[2]}-{row[3]}")
@pytest.mark.parametrize("verdict", [None, "done", "not_done", "not_applicable"])
def test_check_machine_person(row, verdict):
    check, planned, machine, reason, *expected = row
    answers = () if verdict is None else (make_answer(verdict),)
    finding, notes = decide(make_finding(machine, reason), check, *answers, planned=planned)
    cell = expected[[None, "done", "not_done", "not_applicable"].index(verdict)]
    assert (finding.outcome, finding.reason) == (ANSWERED[cell] if isinstance(cell, str) else cell)
    assert notes == ()
    if verdict is None:
        assert finding.decision is None
    else:
        assert finding.decision.machine == Proposal(machine, Degree.FULL, reason)
        assert (finding.decision.source, finding.decision.reason, finding.decision.by) == (
            "attestation",
            verdict,
            "张三",
        )


def test_an_assisted_clause_keeps_the_proposal_of_the_machine():
    finding, _ = decide(make_finding(P, "wrong_order", degree=Degree.TOLERATED), Check.ASSISTED)
    assert finding.proposal == Proposal(P, Degree.TOLERATED, "wrong_order")
    assert finding.degree is Degree.FULL


def test_contradicting_answers_count_for_nothing():
    finding, notes = decide(
        make_finding(W, "awaits_attestation"), Check.ATTESTED, make_answer("done"), make_answer("not_done")
    )
    assert finding.outcome is W
    assert [(note.source, note.problem) for note in notes] == [("attestation", "conflict")]


def test_of_equal_answers_the_latest_counts():
    early, late = make_answer(on=date(2026, 1, 1), by="甲"), make_answer(on=date(2026, 2, 1), by="乙")
    finding, notes = decide(make_finding(W, "awaits_attestation"), Check.ATTESTED, late, early)
    assert finding.decision.by == "乙"
    assert notes == ()


def test_an_answer_for_a_unit_names_it_by_key_or_name():
    unit = Subject("unit", "key-1", "区财政局")
    for name in ("key-1", "区财政局"):
        finding, notes = decide(make_finding(C, "blocked", subject=unit), Check.AUTO, make_answer(subject=name))
        assert (finding.outcome, notes) == (P, ())


def test_answers_and_waivers_may_use_an_alias_of_the_unit_that_is_its_alone():
    units = [
        Unit("清河区财政局", UnitKind.DEPARTMENT, ("财政局", "同名")),
        Unit("清河区民政局", UnitKind.DEPARTMENT, ("同名",)),
    ]
    finding = make_finding(F, "old", subject=Subject("unit", "清河区财政局", "清河区财政局"))
    clauses = {"c": make_clause(Check.AUTO)}
    answered = decide_findings([finding], clauses, (), [make_answer(subject="财政局")], NOW, units=units)
    assert (answered.findings[0].decision.source, answered.notes) == ("attestation", ())
    waived = decide_findings([finding], clauses, [make_waiver(subject="财政局")], (), NOW, units=units)
    assert (waived.findings[0].decision.source, waived.notes) == ("waiver", ())
    shared = decide_findings([finding], clauses, [make_waiver(subject="同名")], (), NOW, units=units)
    assert [(note.subject, note.problem) for note in shared.notes] == [("同名", "unmatched")]


def test_an_answer_without_subject_never_covers_units():
    unit = Subject("unit", "key-1", "区财政局")
    finding, notes = decide(make_finding(C, "blocked", subject=unit), Check.AUTO, make_answer())
    assert finding.outcome is C
    assert [(note.clause, note.problem) for note in notes] == [("c", "unmatched")]


def test_a_waiver_explains_a_failure_and_changes_no_outcome():
    finding, notes = decide(make_finding(F, "old"), Check.AUTO, waivers=[make_waiver()])
    assert (finding.outcome, finding.reason, notes) == (F, "old", ())
    assert (finding.decision.source, finding.decision.reason, finding.decision.by) == ("waiver", "迁移中", "李四")
    assert finding.decision.machine == Proposal(F, Degree.FULL, "old")
    assert finding.decision.expires == datetime(2026, 12, 31, 16, tzinfo=UTC)


def test_a_waiver_by_fingerprint():
    plain = make_finding(F, "old")
    waiver = make_waiver(clause=None, fingerprint=plain.fingerprint)
    assert decide(plain, Check.AUTO, waivers=[waiver])[0].decision.source == "waiver"
    other = make_waiver(clause=None, fingerprint="00000000")
    finding, notes = decide(plain, Check.AUTO, waivers=[other])
    assert finding.decision is None
    assert [(note.clause, note.problem) for note in notes] == [("00000000", "unmatched")]


@pytest.mark.parametrize(
    ("now", "problems"),
    [(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), []), (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), ["expired"])],
)
def test_a_waiver_expires_at_midnight_of_the_site(now, problems):
    finding, notes = decide(make_finding(F, "old"), Check.AUTO, waivers=[make_waiver()], now=now)
    assert [note.problem for note in notes] == problems
    assert (finding.decision is None) == bool(problems)


@pytest.mark.parametrize("outcome", [P, C])
def test_a_waiver_for_what_did_not_fail_is_noted(outcome):
    finding, notes = decide(make_finding(outcome, "x"), Check.AUTO, waivers=[make_waiver()])
    assert finding.decision is None
    assert [(note.source, note.problem) for note in notes] == [("waiver", "unmatched")]


def test_a_waiver_over_an_answer_keeps_both():
    finding, _ = decide(
        make_finding(W, "awaits_attestation"), Check.ATTESTED, make_answer("not_done"), waivers=[make_waiver()]
    )
    assert finding.outcome is F
    assert finding.decision.source == "waiver"
    assert finding.decision.machine.outcome is W
    assert (finding.decision.over.source, finding.decision.over.by) == ("attestation", "张三")


def test_of_two_waivers_the_one_that_ends_last_explains():
    short, long = make_waiver(approver="甲", expires=date(2026, 12, 1)), make_waiver(approver="乙")
    for waivers in ([short, long], [long, short]):
        assert decide(make_finding(F, "old"), Check.AUTO, waivers=waivers)[0].decision.by == "乙"


@pytest.mark.parametrize(
    ("expires", "at", "problems"),
    [
        ("2026-12-01T09:00:00+08:00", datetime(2026, 12, 1, 0, 59, tzinfo=UTC), []),
        ("2026-12-01T09:00:00+08:00", datetime(2026, 12, 1, 1, 0, tzinfo=UTC), ["expired"]),
        ("2026-12-01T09:00:00-05:00", datetime(2026, 12, 1, 13, 59, tzinfo=UTC), []),
        ("2026-12-01T09:00:00-05:00", datetime(2026, 12, 1, 14, 0, tzinfo=UTC), ["expired"]),
    ],
)
def test_a_waiver_may_end_at_a_moment_of_any_zone(expires, at, problems):
    waiver = make_waiver(expires=datetime.fromisoformat(expires))
    finding, notes = decide(make_finding(F, "old"), Check.AUTO, waivers=[waiver], now=at)
    assert [note.problem for note in notes] == problems
    assert (finding.decision is None) == bool(problems)


# ---- clauses that sum up others ------------------------------------------------------------------


def sum_up(parts, check=Check.AUTO, *answers):
    """Decide a clause that sums up clauses with these outcomes, and return its finding."""
    clauses = {"whole": replace(make_clause(check), rollup=tuple(f"p{number}" for number in range(len(parts))))}
    findings = [make_finding(C, "not_summed_up", "whole")]
    for number, part in enumerate(parts):
        outcome, degree, own = part if isinstance(part, tuple) else (part, Degree.FULL, Check.AUTO)
        clauses[f"p{number}"] = make_clause(own)
        findings.append(make_finding(outcome, None if outcome is P else "why", f"p{number}", degree=degree))
    decided = decide_findings(findings, clauses, (), answers, NOW)
    assert [one.clause for one in decided.findings] == [one.clause for one in findings]
    return decided.findings[0]


@pytest.mark.parametrize(
    ("parts", "outcome", "reason"),
    [
        ((P, P), P, None),
        ((P, F, C), F, "sum_failed"),
        ((P, C), C, "sum_cannot_tell"),
        ((P, N), P, None),
        ((N, N), N, "sum_not_applicable"),
        ((P, (P, Degree.TOLERATED, Check.AUTO)), P, "sum_tolerated"),
        ((P, (P, Degree.FULL, Check.ASSISTED)), W, "sum_needs_person"),
    ],
)
def test_clause_that_sums_up_has_the_worst_verdict(parts, outcome, reason):
    found = sum_up(parts)
    assert (found.outcome, found.reason) == (outcome, reason)
    listed = [item.key for item in (*found.evidence[0].numerator, *found.evidence[0].rest)]
    assert sorted(listed) == sorted(f"p{number}:www.a.gov.cn" for number in range(len(parts)))


def test_answers_to_the_parts_count_in_the_sum():
    found = sum_up((P, (P, Degree.FULL, Check.ASSISTED)), Check.AUTO, make_answer(clause="p1"))
    assert found.outcome is P


def test_sum_of_an_assisted_clause_is_a_proposal_until_a_person_answers():
    assert sum_up((P, P), Check.ASSISTED).proposal == Proposal(P, Degree.FULL, None)
    assert sum_up((P, P), Check.ASSISTED, make_answer(clause="whole")).outcome is P


def test_sum_of_sums_does_not_depend_on_the_order_of_clauses():
    clauses = {
        "top": replace(make_clause(Check.AUTO), rollup=("middle",)),
        "middle": replace(make_clause(Check.AUTO), rollup=("leaf",)),
        "leaf": make_clause(Check.AUTO),
    }
    outcomes = {"top": C, "middle": C, "leaf": F}
    for names in permutations(outcomes):
        findings = [make_finding(outcomes[name], "why", name) for name in names]
        decided = decide_findings(findings, clauses, (), (), NOW)
        assert {one.outcome for one in decided.findings} == {F}


# ---- two people ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("classes", "second", "outcome", "problems"),
    [
        ((ClauseClass.MANDATORY,), None, C, ["needs_second"]),
        ((ClauseClass.MANDATORY,), "李四", P, []),
        ((ClauseClass.ESSENTIAL,), None, P, []),
    ],
)
def test_answers_of_a_class_may_need_two_people(classes, second, outcome, problems):
    decided = decide_findings(
        [make_finding(C, "why")],
        {"c": make_clause(Check.AUTO)},
        (),
        [make_answer(second=second)],
        NOW,
        second_person=classes,
    )
    assert decided.findings[0].outcome is outcome
    assert [note.problem for note in decided.notes] == problems


@pytest.mark.parametrize("by_fingerprint", [False, True])
@pytest.mark.parametrize(
    ("classes", "second", "problems"),
    [
        ((ClauseClass.MANDATORY,), None, ["needs_second"]),
        ((ClauseClass.MANDATORY,), "王五", []),
        ((ClauseClass.ESSENTIAL,), None, []),
    ],
)
def test_waivers_of_a_class_may_need_two_people(classes, second, problems, by_fingerprint):
    failed = make_finding(F, "old")
    named = {"clause": None, "fingerprint": failed.fingerprint} if by_fingerprint else {}
    waiver = make_waiver(second=second, **named)
    clauses = {"c": make_clause(Check.AUTO)}
    decided = decide_findings([failed], clauses, [waiver], (), NOW, second_person=classes)
    assert [(note.source, note.problem) for note in decided.notes] == [("waiver", one) for one in problems]
    decision = decided.findings[0].decision
    assert (decision is None) is bool(problems)
    assert decision is None or decision.second == second


def test_an_expired_waiver_of_one_person_is_told_to_have_expired():
    waiver = make_waiver(expires=date(2026, 1, 1))
    clauses = {"c": make_clause(Check.AUTO)}
    decided = decide_findings(
        [make_finding(F, "old")], clauses, [waiver], (), NOW, second_person=(ClauseClass.MANDATORY,)
    )
    assert [note.problem for note in decided.notes] == ["expired"]
