"""What changed since an earlier result: what fails newly, what was mended, what was not seen this time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from auditor.model.findings import Finding
from auditor.model.outcomes import Outcome
from auditor.model.results import Result
from auditor.report.beside import Beside
from auditor.report.clauses import QUIET, Badge, explain_finding, make_anchor, make_badge
from auditor.report.wording import Wording, clean_text, show_score, show_shares

Kind = Literal["new", "mended", "unseen", "gone", "other"]
KINDS: tuple[Kind, ...] = ("new", "mended", "unseen", "gone", "other")
MOST_CHANGES = 40
Pair = tuple[Finding | None, Finding | None]
"""A finding before and now; None where the result has none of that clause and subject."""
_Key = tuple[str, str, str]


@dataclass(frozen=True)
class ChangeRow:
    """One finding that changed, and why if that is known; `anchor` is empty for what is not judged any more."""

    anchor: str
    number: str
    title: str
    subject: str
    before: Badge | None
    now: Badge | None
    reason: str
    cause: str


@dataclass(frozen=True)
class ChangeGroup:
    """The changes of one kind; `more` says how many are not listed."""

    kind: Kind
    title: str
    rows: tuple[ChangeRow, ...]
    more: str


@dataclass(frozen=True)
class FigureChange:
    """A figure before and now."""

    name: str
    before: str
    now: str


@dataclass(frozen=True)
class ChangesView:
    """What changed. `notes` say what besides the site may have changed a verdict."""

    since: str
    figures: tuple[FigureChange, ...]
    sentence: str
    notes: tuple[str, ...]
    groups: tuple[ChangeGroup, ...]


def show_changes(
    beside: Beside, result: Result, groups: Mapping[str, Sequence[Finding]], wording: Wording
) -> ChangesView | None:
    """Return what changed; None where there is no earlier result of the same site."""
    earlier = beside.earlier
    if earlier is None or earlier.target.id != result.target.id:
        return None
    changes = sort_changes(earlier, result)
    anchors = {
        one.id: f"{make_anchor('clause', name)}--{place + 1}"
        for name, group in groups.items()
        for place, one in enumerate(group)
    }
    room = ChangeRoom(earlier, result, anchors, beside.causes, wording)
    still = sum(_has_failed(before) and _has_failed(now) for before, now in _pair(earlier, result))
    start, end = earlier.snapshot.started_at, earlier.snapshot.finished_at
    return ChangesView(
        since=wording.say(
            "changes_since", day=wording.show_day(earlier.as_of), collected=wording.show_span(start, end)
        ),
        figures=tuple(_list_figures(earlier, result, wording)),
        sentence=wording.say("changes_sentence", still=still, **{kind: len(found) for kind, found in changes.items()}),
        notes=tuple(_list_notes(earlier, result, wording)),
        groups=tuple(room.show_group(kind, changes[kind]) for kind in KINDS if changes[kind]),
    )


def list_new(earlier: Result | None, result: Result) -> frozenset[str]:
    """Return the ids of findings that fail newly; none where there is no earlier result of the same site."""
    if earlier is None or earlier.target.id != result.target.id:
        return frozenset()
    return frozenset(now.id for _, now in sort_changes(earlier, result)["new"] if now is not None)


def sort_changes(earlier: Result, result: Result) -> dict[Kind, list[Pair]]:
    """Return every finding whose outcome differs, by kind of change, as pairs of before and now."""
    changes: dict[Kind, list[Pair]] = {kind: [] for kind in KINDS}
    for before, now in _pair(earlier, result):
        kind = _tell_kind(before, now)
        if kind is not None:
            changes[kind].append((before, now))
    return changes


def _pair(earlier: Result, result: Result) -> Iterable[Pair]:
    """Yield the findings of both results by clause and subject, in the order of the later one."""
    known = {_key(one): one for one in earlier.findings}
    for now in result.findings:
        yield known.pop(_key(now), None), now
    for before in known.values():
        yield before, None


def _key(finding: Finding) -> _Key:
    return finding.clause, finding.subject.kind, finding.subject.key


def _has_failed(finding: Finding | None) -> bool:
    return finding is not None and finding.outcome is Outcome.FAILED


def _tell_kind(before: Finding | None, now: Finding | None) -> Kind | None:
    if _has_failed(now):
        return None if _has_failed(before) else "new"
    if _has_failed(before):
        if now is None:
            return "gone"
        return "mended" if now.outcome in QUIET else "unseen"
    is_other = before is not None and now is not None and before.outcome is not now.outcome
    return "other" if is_other else None


def _list_figures(earlier: Result, result: Result, wording: Wording) -> Iterable[FigureChange]:
    none = wording.say("no_score")
    scores = [none if one.score.value is None else show_score(one.score.value) for one in (earlier, result)]
    yield FigureChange(wording.say("figure_score"), scores[0], scores[1])
    shares = [show_shares(one.score.judged, one.score.waiting, one.score.undetermined) for one in (earlier, result)]
    yield FigureChange(wording.say("figure_judged"), shares[0][0], shares[1][0])
    yield FigureChange(wording.say("figure_waiting"), shares[0][1], shares[1][1])
    counts = [str(sum(map(_has_failed, one.findings))) for one in (earlier, result)]
    yield FigureChange(wording.say("changes_failed"), counts[0], counts[1])


def _list_notes(earlier: Result, result: Result, wording: Wording) -> Iterable[str]:
    """Say what beside the site differs: the snapshot, the rules, the tool, what was looked through."""
    if earlier.snapshot.run_id == result.snapshot.run_id:
        yield wording.say("changes_same_snapshot")
    stamps = {code: stamp.sha256 for code, stamp in result.rulesets.items()}
    if {code: stamp.sha256 for code, stamp in earlier.rulesets.items()} != stamps:
        yield wording.say("changes_rules")
    tools = [clean_text(one.versions.get("auditor", ""), 40) for one in (earlier, result)]
    if tools[0] != tools[1]:
        yield wording.say("changes_tool", before=tools[0], now=tools[1])
    seen = [sum(part.fetched for part in one.coverage if part.part == "site") for one in (earlier, result)]
    if seen[0] != seen[1]:
        yield wording.say("changes_coverage", before=seen[0], now=seen[1])


@dataclass(frozen=True)
class ChangeRoom:
    """Turns pairs of findings into rows. `anchors` are where findings stand in the report, by their id."""

    earlier: Result
    result: Result
    anchors: Mapping[str, str]
    causes: Mapping[_Key, str]
    wording: Wording

    def show_group(self, kind: Kind, changes: Sequence[Pair]) -> ChangeGroup:
        """Return the changes of one kind."""
        rows = tuple(self._show_row(before, now) for before, now in changes[:MOST_CHANGES])
        left = len(changes) - len(rows)
        title = self.wording.say(f"changes_{kind}", count=len(changes))
        return ChangeGroup(kind, title, rows, self.wording.say("more_items", count=left) if left else "")

    def _show_row(self, before: Finding | None, now: Finding | None) -> ChangeRow:
        finding, result = (now, self.result) if now is not None else (before, self.earlier)
        if finding is None:
            raise ValueError("a change of nothing")
        clause = result.clauses[finding.clause]
        badges = [None if one is None else make_badge(one.outcome, one.degree, self.wording) for one in (before, now)]
        return ChangeRow(
            anchor="" if now is None else self.anchors[now.id],
            number=clean_text(clause.number, 40),
            title=self.wording.pick(clause.title, 160),
            subject="" if finding.subject.kind == "site" else clean_text(finding.subject.name, 80),
            before=badges[0],
            now=badges[1],
            reason=explain_finding(finding, result, self.wording),
            cause=self.causes.get(_key(finding), ""),
        )
