"""The worked example of docs/how-it-works.md, recomputed by the scorer."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.model.attempts import Part
from auditor.model.evidence import CoverageEvidence
from auditor.model.findings import Finding, Subject
from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome, Text
from auditor.model.results import ClauseText
from auditor.profile import load_profile
from auditor.resources import find_resource
from auditor.score.tree import score_findings

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "how-it-works.md"
SEEN = (CoverageEvidence("a", Part.SITE, None, 1, 1, 0, 0, 0, complete=True),)


def make_clause(class_):
    return ClauseText(
        "xx20", "一", Text("甲", "a"), Text("甲", "a"), class_, (), Check.AUTO, "some-rule", planned=False
    )


def make_finding(clause, number, outcome):
    return Finding(
        id=f"{clause}:{number}",
        fingerprint=f"{clause}{number}",
        defect=None,
        ruleset="xx20",
        clause=clause,
        rule="some-rule",
        subject=Subject("unit", str(number), str(number)),
        outcome=outcome,
        degree=Degree.FULL,
        reason=None if outcome is Outcome.PASSED else "some_reason",
        values={},
        evidence=SEEN,
    )


def test_worked_example_holds():
    clauses = {
        "a": make_clause(ClauseClass.ESSENTIAL),
        "b": make_clause(ClauseClass.MANDATORY),
        "c": make_clause(ClauseClass.MANDATORY),
        "d": make_clause(ClauseClass.ESSENTIAL),
    }
    outcomes = {
        "a": [Outcome.PASSED],
        "b": [Outcome.PASSED, Outcome.PASSED, Outcome.FAILED, Outcome.PASSED],
        "c": [Outcome.NEEDS_PERSON],
        "d": [Outcome.CANNOT_TELL],
    }
    findings = tuple(make_finding(c, n, o) for c, row in outcomes.items() for n, o in enumerate(row))
    model = load_profile(find_resource("rulesets") / "profiles" / "district.yaml").scoring
    score = score_findings(findings, clauses, model).score
    shown = dict(re.findall(r"^\| (\S+) .*\| ([\d.]+)%? \|$", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    assert score.value == pytest.approx(float(shown["得分"]))
    assert score.judged * 100 == pytest.approx(float(shown["已评判"]))
    assert score.waiting * 100 == pytest.approx(float(shown["待人工"]))
    assert score.undetermined * 100 == pytest.approx(float(shown["无法判断"]))
    assert score.low == pytest.approx(float(shown["区间下限"]))
    assert score.high == pytest.approx(float(shown["区间上限"]))
