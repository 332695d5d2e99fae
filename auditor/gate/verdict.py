"""Whether a result passes the gate that a release pipeline sets."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from auditor.gate.baseline import Baseline
from auditor.model.findings import Finding
from auditor.model.outcomes import Check, ClauseClass, Outcome
from auditor.model.results import Result

_RANK = {ClauseClass.RECOMMENDED: 0, ClauseClass.MANDATORY: 1, ClauseClass.ESSENTIAL: 2}


class GateExit(IntEnum):
    """The exit codes of the gate."""

    OPEN = 0
    BROKEN = 1
    UNDECIDED = 5


@dataclass(frozen=True)
class Gate:
    """What must hold: a least score (0 to 100), no failure of a class or above, a least share judged (0 to 1)."""

    fail_under: float | None = None
    fail_on: ClauseClass | None = None
    min_judged: float | None = None


def list_breaking(result: Result, gate: Gate, baseline: Baseline | None = None) -> tuple[Finding, ...]:
    """Return the failures that break the gate by their class."""
    if gate.fail_on is None:
        return ()
    return tuple(
        finding
        for finding in result.findings
        if finding.outcome is Outcome.FAILED
        and _RANK[result.clauses[finding.clause].class_] >= _RANK[gate.fail_on]
        and (baseline is None or not baseline.forgives(finding))
    )


def measure_judged(result: Result) -> float:
    """Return the share of automatic findings with a verdict, 0 to 1; 1 where there is none to judge."""
    automatic = [
        finding
        for finding in result.findings
        if result.clauses[finding.clause].check is Check.AUTO
        and not result.clauses[finding.clause].planned
        and finding.outcome is not Outcome.NOT_APPLICABLE
    ]
    if not automatic:
        return 1.0
    judged = sum(finding.outcome in (Outcome.PASSED, Outcome.FAILED) for finding in automatic)
    return judged / len(automatic)


def decide_gate(result: Result, gate: Gate, baseline: Baseline | None = None) -> GateExit:
    """Hold a result against the gate: broken wins over undecided.

    With a baseline only what is new or worse breaks: failures that were not there, a score below the earlier one.
    """
    score = result.score.value
    if list_breaking(result, gate, baseline):
        return GateExit.BROKEN
    is_worse = baseline is None or baseline.score is None or (score is not None and score < baseline.score)
    if gate.fail_under is not None and score is not None and score < gate.fail_under and is_worse:
        return GateExit.BROKEN
    if gate.fail_under is not None and score is None:
        return GateExit.UNDECIDED
    if gate.min_judged is not None and measure_judged(result) < gate.min_judged:
        return GateExit.UNDECIDED
    return GateExit.OPEN
