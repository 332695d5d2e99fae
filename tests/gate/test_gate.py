"""The gate: exit codes from a result."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from auditor.gate.baseline import read_baseline
from auditor.gate.verdict import Gate, GateExit, decide_gate, measure_judged
from auditor.model.outcomes import Check, ClauseClass, Outcome


def make_result(score, *rows):
    """Rows are (class, check, outcome, planned)."""
    clauses = {
        str(number): SimpleNamespace(class_=row[0], check=row[1], planned=row[3]) for number, row in enumerate(rows)
    }
    findings = [SimpleNamespace(clause=str(number), outcome=row[2]) for number, row in enumerate(rows)]
    return SimpleNamespace(score=SimpleNamespace(value=score), clauses=clauses, findings=findings)


PASSED = (ClauseClass.MANDATORY, Check.AUTO, Outcome.PASSED, False)
FAILED = (ClauseClass.MANDATORY, Check.AUTO, Outcome.FAILED, False)
UNSEEN = (ClauseClass.ESSENTIAL, Check.AUTO, Outcome.CANNOT_TELL, False)
PLANNED = (ClauseClass.ESSENTIAL, Check.AUTO, Outcome.CANNOT_TELL, True)


@pytest.mark.parametrize(
    ("gate", "score", "rows", "expected"),
    [
        (Gate(), 0.0, (FAILED,), GateExit.OPEN),
        (Gate(fail_under=60), 60.0, (PASSED,), GateExit.OPEN),
        (Gate(fail_under=60), 59.9, (PASSED,), GateExit.BROKEN),
        (Gate(fail_under=60), None, (UNSEEN,), GateExit.UNDECIDED),
        (Gate(fail_on=ClauseClass.ESSENTIAL), 50.0, (FAILED,), GateExit.OPEN),
        (Gate(fail_on=ClauseClass.MANDATORY), 50.0, (FAILED,), GateExit.BROKEN),
        (Gate(fail_on=ClauseClass.RECOMMENDED), 50.0, (FAILED,), GateExit.BROKEN),
        (Gate(min_judged=0.6), 100.0, (PASSED, UNSEEN), GateExit.UNDECIDED),
        (Gate(min_judged=0.5), 100.0, (PASSED, UNSEEN), GateExit.OPEN),
        (Gate(min_judged=1.0), 100.0, (PASSED, PLANNED), GateExit.OPEN),
        (Gate(fail_under=90, min_judged=1.0), 50.0, (FAILED, UNSEEN), GateExit.BROKEN),
    ],
)
def test_gate_decides(gate, score, rows, expected):
    assert decide_gate(make_result(score, *rows), gate) is expected


def test_share_judged_leaves_out_what_does_not_apply():
    rows = (PASSED, UNSEEN, (ClauseClass.MANDATORY, Check.AUTO, Outcome.NOT_APPLICABLE, False))
    assert measure_judged(make_result(100.0, *rows)) == 0.5


@pytest.mark.parametrize(
    ("gate", "before", "after", "expected"),
    [
        (Gate(fail_on=ClauseClass.MANDATORY), (50.0, ("a",)), (50.0, ("a",)), GateExit.OPEN),
        (Gate(fail_on=ClauseClass.MANDATORY), (50.0, ("a",)), (40.0, ("a", "b")), GateExit.BROKEN),
        (Gate(fail_on=ClauseClass.MANDATORY), (50.0, ()), (40.0, ("a",)), GateExit.BROKEN),
        (Gate(fail_on=ClauseClass.MANDATORY), (50.0, ("a",)), (90.0, ()), GateExit.OPEN),
        (Gate(fail_under=60), (50.0, ("a",)), (50.0, ("a",)), GateExit.OPEN),
        (Gate(fail_under=60), (50.0, ("a",)), (49.0, ("a",)), GateExit.BROKEN),
        (Gate(fail_under=60), (None, ()), (49.0, ("a",)), GateExit.BROKEN),
    ],
)
def test_baseline_forgives_what_was_there(gate, before, after, expected):
    def build(score, failures):
        result = make_result(score, *(FAILED for _ in failures))
        for finding, name in zip(result.findings, failures, strict=True):
            finding.fingerprint, finding.subject = name, SimpleNamespace(key=name)
        return result

    assert decide_gate(build(*after), gate, read_baseline(build(*before))) is expected
