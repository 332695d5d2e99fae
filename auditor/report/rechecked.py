"""What became of earlier problems, in words: for the HTML report and the Markdown summary of a re-check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model.results import RecheckRow, Result, State
from auditor.report.clauses import find_rule
from auditor.report.wording import Wording, clean_text

_STATES: Sequence[State] = ("not_mended", "not_seen", "untold", "mended")


@dataclass(frozen=True)
class RecheckedRow:
    """One earlier problem. `said` is what was found then, `now` why it counts as it does today, `due` the deadline."""

    state: State
    state_word: str
    clause: str
    title: str
    subject: str
    said: str
    now: str
    due: str


@dataclass(frozen=True)
class RecheckView:
    """A re-check: a sentence with the two days and the counts, and the problems, those not mended first."""

    sentence: str
    counts: str
    rows: tuple[RecheckedRow, ...]


def show_recheck(result: Result, wording: Wording) -> RecheckView | None:
    """Return the view of a re-check; None for any other result."""
    recheck = result.recheck
    if recheck is None:
        return None
    counts = Counter(row.state for row in recheck.rows)
    rows = sorted(recheck.rows, key=lambda row: _STATES.index(row.state))
    return RecheckView(
        sentence=wording.say(
            "recheck_sentence", earlier=wording.show_day(recheck.earlier), on=wording.show_day(recheck.on)
        ),
        counts=wording.join([wording.say(f"recheck_count_{state}", count=counts[state]) for state in _STATES]),
        rows=tuple(_show_row(row, result, wording) for row in rows),
    )


def _show_row(row: RecheckRow, result: Result, wording: Wording) -> RecheckedRow:
    clause = result.clauses.get(row.clause)
    rule = find_rule(clause.rule, result) if clause is not None else None
    due = "" if row.due is None else wording.show_day(row.due)
    word = "" if row.deadline is None else wording.say(f"recheck_deadline_{row.deadline}")
    return RecheckedRow(
        state=row.state,
        state_word=wording.say(f"recheck_{row.state}"),
        clause=clean_text(row.clause, 60),
        title=wording.pick(clause.title, 200) if clause is not None else "",
        subject="" if row.subject.kind == "site" else clean_text(row.subject.name, 120),
        said=wording.explain_reason(row.reason, rule),
        now="" if row.state == "mended" else wording.explain_reason(row.now, rule),
        due=wording.say("recheck_due", due=due, word=word) if word else due,
    )
