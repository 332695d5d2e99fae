"""Findings for the tests of scoring: a clause, a subject, an outcome, and nothing else of interest."""

from __future__ import annotations

from datetime import date

from auditor.model.evidence import RequestEvidence
from auditor.model.findings import Decision, Finding, Proposal, Subject
from auditor.model.outcomes import Degree, Outcome, Text

TEXT = Text("甲", "a")
WAIVED = Decision(Proposal(Outcome.FAILED), "waiver", "李四", date(2026, 1, 1), "迁移中")


def make_finding(clause, outcome, subject="site", *, defect=None, degree=Degree.FULL, waived=False):
    return Finding(
        id=f"{clause}:{subject}",
        fingerprint=f"{clause}:{subject}",
        defect=(defect or f"{clause}:{subject}") if outcome is Outcome.FAILED else None,
        ruleset="xx20",
        clause=clause,
        rule="some-rule",
        subject=Subject("unit", subject, subject),
        outcome=outcome,
        degree=degree,
        reason="some_reason",
        values={},
        evidence=(RequestEvidence(TEXT),),
        decision=WAIVED if waived else None,
    )
