"""A comparison in words, for every format that shows one."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.compare.causes import Cause, Change, Comparison
from auditor.history.entries import Entry, Verdict
from auditor.model.outcomes import Degree
from auditor.report.wording import Place, Wording, clean_text, show_address, show_score, show_share


@dataclass(frozen=True)
class VerdictWords:
    """A verdict in words; `key` names its sign, empty where the audit has no such verdict."""

    key: str
    label: str
    reason: str


@dataclass(frozen=True)
class ChangeRow:
    """One changed verdict in words. `certainty` tells what the cause rests on."""

    clause: str
    number: str
    title: str
    subject: str
    before: VerdictWords
    after: VerdictWords
    direction: str
    certainty: str
    place: Place | None


@dataclass(frozen=True)
class CauseGroup:
    """The changes of one cause."""

    key: str
    title: str
    meaning: str
    count: int
    rows: tuple[ChangeRow, ...]


@dataclass(frozen=True)
class AuditColumn:
    """One of the two audits: labelled lines."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ComparisonView:
    """The whole comparison."""

    title: str
    site: str
    audits: tuple[AuditColumn, AuditColumn]
    sentences: tuple[str, ...]
    groups: tuple[CauseGroup, ...]
    total: int


def show_comparison(comparison: Comparison, wording: Wording, obstacle: str = "") -> ComparisonView:
    """Return a comparison in words. `obstacle` says why the older snapshot was not judged again."""
    room = _Room(comparison, wording)
    counts = comparison.count_causes()
    groups = tuple(
        CauseGroup(
            cause.value,
            room.say(f"cause_{cause}"),
            room.say(f"meaning_{cause}"),
            counts[cause],
            tuple(room.show_change(one) for one in comparison.changes if one.cause is cause),
        )
        for cause in Cause
    )
    site = clean_text(comparison.later.summary.name, 160)
    return ComparisonView(
        title=room.say("page_title", site=site),
        site=site,
        audits=(room.show_audit(comparison.earlier, "earlier"), room.show_audit(comparison.later, "later")),
        sentences=tuple(room.list_sentences(obstacle)),
        groups=groups,
        total=len(comparison.changes),
    )


class _Room:
    """What all rows of one comparison share."""

    def __init__(self, comparison: Comparison, wording: Wording) -> None:
        self._comparison = comparison
        self._wording = wording
        self._clauses = {**comparison.earlier.texts.clauses, **comparison.later.texts.clauses}

    def say(self, key: str, **values: object) -> str:
        return self._wording.messages.say(f"compare.{key}", **values)

    def show_audit(self, entry: Entry, title: str) -> AuditColumn:
        head, wording = entry.summary, self._wording
        figures = head.figures
        score = "-"
        if figures is not None and figures.value is not None:
            score = self.say("score", score=show_score(figures.value), judged=show_share(figures.judged))
        state = self._wording.messages.say(f"compare.state_{head.state}")
        standards = [f"{one.code} {clean_text(one.version, 40)} ({one.sha256[:12]})" for one in entry.standings]
        lines = (
            (self.say("line_day"), wording.show_day(head.as_of)),
            (self.say("line_collected"), wording.show_span(head.started_at, head.finished_at)),
            (self.say("line_state"), state),
            (self.say("line_score"), score),
            (self.say("line_standards"), wording.join(standards)),
            (self.say("line_tool"), clean_text(f"auditor {head.tool}", 80)),
        )
        return AuditColumn(self.say(title), lines)

    def list_sentences(self, obstacle: str) -> list[str]:
        comparison, difference = self._comparison, self._comparison.difference
        total = len(comparison.changes)
        said = [self.say("sum", total=total, unchanged=comparison.unchanged)]
        if difference.same_snapshot:
            said.append(self.say("same_snapshot"))
        said.append(
            self.say("standards_differ", codes=self._wording.join(list(difference.standards)))
            if difference.standards
            else self.say("standards_equal")
        )
        said.append(self.say("tool_differs" if difference.tool else "tool_equal"))
        said.append(self.say("retried") if comparison.retried else self.say(f"obstacle_{obstacle or 'not_asked'}"))
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
            direction=self.say("worse" if change.is_worse else "better"),
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
