"""A later result held against an earlier one: what was mended, what was not, what was not seen this time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from auditor.model.findings import Finding, Undetermined
from auditor.model.outcomes import Outcome
from auditor.model.results import Deadline, Rechecked, RecheckRow, Result, State

_OPEN = frozenset({Outcome.FAILED, Outcome.CANNOT_TELL})
_STATES: Mapping[Outcome, State] = {
    Outcome.PASSED: "mended",
    Outcome.NOT_APPLICABLE: "mended",
    Outcome.FAILED: "not_mended",
    Outcome.CANNOT_TELL: "not_seen",
    Outcome.NEEDS_PERSON: "not_seen",
}
_UNTOLD = frozenset({Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON})


@dataclass(frozen=True)
class Recheck:
    """What became of one finding that had failed or could not be told. `now` is None where the later result lacks it.

    `deadline` is None where none was given, or where it cannot be told; `due` is the day itself.
    """

    before: Finding
    now: Finding | None
    state: State
    deadline: Deadline | None
    due: date | None = None


def list_open(earlier: Result) -> tuple[Finding, ...]:
    """Return the findings that a re-check asks about: those that had failed or could not be told.

    Left out are clauses whose check is not written, which says nothing of the site, and those that only sum up others.
    """
    return tuple(
        finding
        for finding in earlier.findings
        if finding.outcome in _OPEN
        and finding.reason != Undetermined.RULE_NOT_WRITTEN
        and not earlier.clauses[finding.clause].rollup
    )


def name_place(finding: Finding) -> tuple[str, str, str]:
    """Return what two results call the same finding by: clause, and kind and key of the subject."""
    return finding.clause, finding.subject.kind, finding.subject.key


def recheck_result(
    earlier: Result, later: Result, deadline: date | None = None, letters: Mapping[str, date] | None = None
) -> tuple[Recheck, ...]:
    """Return what became of every open finding of the earlier result, in its order.

    `deadline` is for all, `letters` has those of the letters by fingerprint. What counts is the day on which the later
    result's pages were collected. Missed: that day is after the deadline and the finding still fails. Kept: it is
    mended, and that day is not after it; a later one cannot tell when it was mended.
    Raises ValueError for results of different sites.
    """
    if earlier.target.id != later.target.id:
        raise ValueError("results of different sites")
    known = {name_place(one): one for one in later.findings}
    day = find_day(later)
    checks = []
    for finding in list_open(earlier):
        now = known.get(name_place(finding))
        state = _name_state(finding, now)
        due = deadline if deadline is not None else (letters or {}).get(finding.fingerprint)
        checks.append(Recheck(finding, now, state, _judge_deadline(state, day, due), due))
    return tuple(checks)


def find_day(result: Result) -> date:
    """Return the day, in the site's time zone, on which a result's pages were collected."""
    return result.snapshot.started_at.astimezone(ZoneInfo(result.target.timezone)).date()


def describe_recheck(earlier: Result, later: Result, checks: tuple[Recheck, ...]) -> Rechecked:
    """Return what the later result's document says of a re-check."""
    rows = tuple(
        RecheckRow(
            clause=check.before.clause,
            subject=check.before.subject,
            fingerprint=check.before.fingerprint,
            before=check.before.outcome,
            reason=check.before.reason,
            state=check.state,
            now=check.now.reason if check.now is not None else None,
            due=check.due,
            deadline=check.deadline,
        )
        for check in checks
    )
    return Rechecked(find_day(earlier), find_day(later), rows)


def _name_state(before: Finding, now: Finding | None) -> State:
    """Return what became of a finding: what could not be told before, and cannot now, was seen all the same."""
    if now is None:
        return "not_seen"
    is_untold = before.outcome is Outcome.CANNOT_TELL and now.outcome in _UNTOLD
    return "untold" if is_untold and now.reason != Undetermined.NOT_REVISITED else _STATES[now.outcome]


def _judge_deadline(state: State, day: date, deadline: date | None) -> Deadline | None:
    if deadline is None or state in ("not_seen", "untold"):
        return None
    if state == "mended":
        return "kept" if day <= deadline else None
    return "missed" if day > deadline else "running"
