"""A later result held against an earlier one: what was mended, what was not, what was not seen this time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from auditor.model.findings import Finding
from auditor.model.outcomes import Outcome
from auditor.model.results import Result

State = Literal["mended", "not_mended", "not_seen"]
Deadline = Literal["kept", "missed", "running"]

_OPEN = frozenset({Outcome.FAILED, Outcome.CANNOT_TELL})
_STATES: Mapping[Outcome, State] = {
    Outcome.PASSED: "mended",
    Outcome.NOT_APPLICABLE: "mended",
    Outcome.FAILED: "not_mended",
    Outcome.CANNOT_TELL: "not_seen",
    Outcome.NEEDS_PERSON: "not_seen",
}


@dataclass(frozen=True)
class Recheck:
    """What became of one finding that had failed or could not be told. `now` is None where the later result lacks it.

    `deadline` is None where none was given, or where it cannot be told.
    """

    before: Finding
    now: Finding | None
    state: State
    deadline: Deadline | None


def recheck_result(earlier: Result, later: Result, deadline: date | None = None) -> tuple[Recheck, ...]:
    """Return what became of every finding that had failed or could not be told, in the earlier result's order.

    A deadline is missed where the later result's day is after it and the finding still fails. Where it is mended, the
    deadline counts as kept only by a result of that day or before; a later one cannot tell when it was mended.
    Raises ValueError for results of different sites.
    """
    if earlier.target.id != later.target.id:
        raise ValueError("results of different sites")
    known = {(one.clause, one.subject.kind, one.subject.key): one for one in later.findings}
    checks = []
    for finding in earlier.findings:
        if finding.outcome not in _OPEN:
            continue
        now = known.get((finding.clause, finding.subject.kind, finding.subject.key))
        state: State = "not_seen" if now is None else _STATES[now.outcome]
        checks.append(Recheck(finding, now, state, _judge_deadline(state, later.as_of, deadline)))
    return tuple(checks)


def _judge_deadline(state: State, day: date, deadline: date | None) -> Deadline | None:
    if deadline is None or state == "not_seen":
        return None
    if state == "mended":
        return "kept" if day <= deadline else None
    return "missed" if day > deadline else "running"
