"""A comparison in words, for every format that shows one."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.compare.causes import GOOD, Cause, Change, Comparison
from auditor.history.entries import Entry, Verdict
from auditor.model.outcomes import Degree
from auditor.report.wording import (
    Place,
    Wording,
    clean_text,
    show_address,
    show_difference,
    show_score,
    show_share,
    subtract_scores,
)

TURNS = ("failing", "worse", "better", "healed", "came", "went")
"""Where a verdict went, in the order in which a reader wants them: fails now and did not, is graver or less grave
otherwise, no longer fails, stands only in the later audit, stands only in the earlier one."""


@dataclass(frozen=True)
class VerdictWords:
    """A verdict in words; `key` names its sign, empty where the audit has no such verdict."""

    key: str
    label: str
    reason: str


@dataclass(frozen=True)
class ChangeRow:
    """One changed verdict in words. `certainty` tells what the cause rests on, `turn` where it went (see `TURNS`)."""

    clause: str
    number: str
    title: str
    subject: str
    before: VerdictWords
    after: VerdictWords
    turn: str
    direction: str
    certainty: str
    place: Place | None


@dataclass(frozen=True)
class CauseGroup:
    """The changes of one cause, new failures first. `failing`, `healed` and `others` add up to `count`."""

    key: str
    title: str
    meaning: str
    count: int
    failing: int
    healed: int
    others: int
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True)
class AuditColumn:
    """One of the two audits: labelled lines. `reports` are the ways to its report and the notes, where they stand."""

    title: str
    lines: tuple[tuple[str, str], ...]
    reports: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ComparisonView:
    """The whole comparison."""

    title: str
    site: str
    audits: tuple[AuditColumn, AuditColumn]
    sentences: tuple[str, ...]
    groups: tuple[CauseGroup, ...]
    totals: tuple[int, int, int, int]


Ways = tuple[tuple[str, str], ...]


def show_comparison(
    comparison: Comparison, wording: Wording, obstacle: str = "", *, reports: tuple[Ways, Ways] = ((), ())
) -> ComparisonView:
    """Return a comparison in words. `obstacle` says why the older snapshot was not judged again.

    `reports` are, for each audit, names of links (`report`, `reading`) and where they lead.
    """
    room = _Room(comparison, wording)
    groups = tuple(room.show_cause(cause) for cause in Cause)
    site = clean_text(comparison.later.summary.name, 160)
    return ComparisonView(
        title=room.say("page_title", site=site),
        site=site,
        audits=(
            room.show_audit(comparison.earlier, "earlier", reports[0]),
            room.show_audit(comparison.later, "later", reports[1]),
        ),
        sentences=tuple(room.list_sentences(obstacle)),
        groups=groups,
        totals=(
            sum(one.count for one in groups),
            sum(one.failing for one in groups),
            sum(one.healed for one in groups),
            sum(one.others for one in groups),
        ),
    )


def name_turn(change: Change) -> str:
    """Tell where a verdict went: one of `TURNS`. What merely was not seen again is not healed."""
    before, after = change.before, change.after
    if after is not None and after.is_failure and (before is None or not before.is_failure):
        return "failing"
    if before is None or after is None:
        return "came" if before is None else "went"
    if before.is_failure and after.outcome in GOOD:
        return "healed"
    return "worse" if change.is_worse else "better"


class _Room:
    """What all rows of one comparison share."""

    def __init__(self, comparison: Comparison, wording: Wording) -> None:
        self._comparison = comparison
        self._wording = wording
        self._clauses = {**comparison.earlier.texts.clauses, **comparison.later.texts.clauses}

    def say(self, key: str, **values: object) -> str:
        return self._wording.messages.say(f"compare.{key}", **values)

    def show_cause(self, cause: Cause) -> CauseGroup:
        changes = [one for one in self._comparison.changes if one.cause is cause]
        rows = sorted((self.show_change(one) for one in changes), key=lambda row: TURNS.index(row.turn))
        failing, healed = (sum(row.turn == turn for row in rows) for turn in ("failing", "healed"))
        return CauseGroup(
            key=cause.value,
            title=self.say(f"cause_{cause}"),
            meaning=self.say(f"meaning_{cause}"),
            count=len(rows),
            failing=failing,
            healed=healed,
            others=len(rows) - failing - healed,
            rows=tuple(rows),
        )

    def show_audit(self, entry: Entry, title: str, reports: Ways) -> AuditColumn:
        head, wording = entry.summary, self._wording
        figures = head.figures
        score = "-"
        if figures is not None and figures.value is not None:
            score = self.say("score", score=show_score(figures.value), judged=show_share(figures.judged))
        state = self._wording.messages.say(f"compare.state_{head.state}")
        standards = [
            f"{one.code} {clean_text(one.version, 40)} ({clean_text(one.sha256[:12], 12)})" for one in entry.standings
        ]
        lines = (
            (self.say("line_day"), wording.show_day(head.as_of)),
            (self.say("line_collected"), wording.show_span(head.started_at, head.finished_at)),
            (self.say("line_state"), state),
            (self.say("line_score"), score),
            (self.say("line_standards"), wording.join(standards)),
            (self.say("line_tool"), clean_text(f"auditor {head.tool}", 80)),
        )
        return AuditColumn(self.say(title), lines, tuple((self.say(f"link_{name}"), href) for name, href in reports))

    def list_sentences(self, obstacle: str) -> list[str]:
        comparison, difference = self._comparison, self._comparison.difference
        total = len(comparison.changes)
        said = [self.say("sum", total=total, unchanged=comparison.unchanged)]
        if total:
            site = self.show_cause(Cause.SITE)
            said.append(self.say("sum_site", failing=site.failing, healed=site.healed, others=site.others))
        said += self._tell_scores()
        if difference.same_snapshot:
            said.append(self.say("same_snapshot"))
        said.append(
            self.say("standards_differ", codes=self._wording.join(list(difference.standards)))
            if difference.standards
            else self.say("standards_equal")
        )
        said.append(self.say("tool_differs" if difference.tool else "tool_equal"))
        said += [self.say("scoring_differs")] if difference.scoring else []
        said += [self.say("asked_differs")] if difference.asked else []
        said.append(self.say("retried") if comparison.retried else self.say(f"obstacle_{obstacle or 'not_asked'}"))
        return said

    def _tell_scores(self) -> list[str]:
        """Say how the score moved; only where both were reckoned alike."""
        before, after = (one.summary.figures for one in (self._comparison.earlier, self._comparison.later))
        if before is None or after is None or before.value is None or after.value is None:
            return []
        if not self._comparison.difference.scores_compare:
            return []
        change = show_difference(subtract_scores(after.value, before.value))
        key = "score_moved" if change else "score_stayed"
        said = [self.say(key, before=show_score(before.value), after=show_score(after.value), change=change)]
        seen = [show_share(one.judged) for one in (before, after)]
        if change and seen[0] != seen[1] and any(one.cause is Cause.COVERAGE for one in self._comparison.changes):
            said.append(self.say("score_sight", before=seen[0], after=seen[1]))
        return said

    def show_change(self, change: Change) -> ChangeRow:
        verdict = change.after or change.before
        clause = self._clauses.get(change.key[0])
        name = "" if verdict is None or verdict.kind == "site" else clean_text(verdict.name, 120)
        return ChangeRow(
            clause=change.key[0],
            number=clean_text(clause.number, 40) if clause is not None else "",
            title=self._wording.pick(clause.title, 200) if clause is not None else change.key[0],
            subject=name,
            before=self._show_verdict(change.before, self._comparison.earlier),
            after=self._show_verdict(change.after, self._comparison.later),
            turn=name_turn(change),
            direction=self.say(f"turn_{name_turn(change)}"),
            certainty=self._tell_certainty(change),
            place=show_address(verdict.url) if verdict is not None and verdict.url else None,
        )

    def _tell_certainty(self, change: Change) -> str:
        if change.candidates:
            return self.say(
                "candidates", causes=self._wording.join([self.say(f"cause_{one}") for one in change.candidates])
            )
        return "" if change.proven else self.say("unclear_certainty")

    def _show_verdict(self, verdict: Verdict | None, entry: Entry) -> VerdictWords:
        if verdict is None:
            return VerdictWords("", self.say("absent"), "")
        tolerated = verdict.degree is Degree.TOLERATED
        clause = entry.texts.clauses.get(verdict.clause)
        rule = entry.texts.rules.get(clause.rule) if clause is not None and clause.rule else None
        return VerdictWords(
            "tolerated" if tolerated else verdict.outcome.value,
            self._wording.word("degree_tolerated" if tolerated else verdict.outcome.value),
            self._wording.explain_reason(verdict.reason or None, rule),
        )
