"""What surrounds the findings: what was not seen, what waits, coverage, notes, and how it all came about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model.attempts import find_fault
from auditor.model.findings import Finding
from auditor.model.outcomes import Outcome
from auditor.model.results import Result, ScoreNode
from auditor.report.clauses import (
    QUIET,
    Badge,
    explain_finding,
    find_rule,
    is_bare,
    list_leaves,
    list_requests,
    make_anchor,
    make_badge,
)
from auditor.report.verdict import fold_clause
from auditor.report.wording import Place, Wording, clean_text, show_address, show_points, show_score

MOST_ADDRESSES = 40
MOST_COVERAGE = 60
_NUMERALS = "一二三四五六七八九十"
_PREFACE = "前言"
"""What a standard calls its part before the first."""
Groups = Mapping[str, Sequence[Finding]]


@dataclass(frozen=True)
class ClauseLink:
    """A clause that is pointed at, with what is to say of it."""

    id: str
    anchor: str
    number: str
    title: str
    notes: str


@dataclass(frozen=True)
class UnseenView:
    """Clauses without a verdict for one reason; those of a bare one stand in tables on paper already."""

    reason: str
    clauses: tuple[ClauseLink, ...]
    is_bare: bool


@dataclass(frozen=True)
class AddressesView:
    """Addresses that were not seen for one reason; `more` says how many are not listed."""

    reason: str
    fault: str
    count: int
    places: tuple[Place, ...]
    more: str


@dataclass(frozen=True)
class WaitingView:
    """A clause that waits for a person: what to bring, and what the machine proposes."""

    clause: ClauseLink
    requests: tuple[str, ...]
    proposal: str
    units: str
    is_bare: bool


@dataclass(frozen=True)
class CoverageRow:
    """A row of the coverage table; `name` is that of a column."""

    part: str
    name: str
    place: Place | None
    host: str
    numbers: tuple[int, ...]
    complete: bool
    label: str


@dataclass(frozen=True)
class ChapterRow:
    """A row of the table of chapters. `counts` are clauses by outcome, from worst to best."""

    anchor: str
    label: str
    counts: tuple[int, ...]
    clauses: int
    points: str
    score: str


@dataclass(frozen=True)
class NoteView:
    """A waiver or attestation that did not take effect."""

    source: str
    clause: str
    subject: str
    problem: str


def list_unseen(result: Result, groups: Groups, wording: Wording) -> tuple[UnseenView, ...]:
    """Return what could not be told, by reason, the commonest first; also what waits for lack of sight."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, group in groups.items():
        for finding in group:
            unsure = finding.outcome is Outcome.CANNOT_TELL or (
                finding.proposal is not None and finding.proposal.outcome is Outcome.CANNOT_TELL
            )
            if not unsure or (finding.decision is not None and finding.outcome in QUIET | {Outcome.FAILED}):
                continue
            reason = explain_finding(finding, result, wording)
            subjects = found.setdefault(reason, {}).setdefault(name, [])
            if len(group) > 1:
                subjects.append(clean_text(finding.subject.name, 80))
    views = [
        UnseenView(
            reason,
            tuple(
                link_clause(name, result, wording, fold_subjects(subjects, len(groups[name]), wording))
                for name, subjects in clauses.items()
            ),
            is_bare=all(is_bare(finding) for name in clauses for finding in groups[name]),
        )
        for reason, clauses in found.items()
    ]
    return tuple(sorted(views, key=lambda view: -len(view.clauses)))


def fold_subjects(subjects: Sequence[str], total: int, wording: Wording) -> Sequence[str]:
    """Return the names of subjects, or in a word that it is all of them."""
    return [wording.say("all_subjects", count=total)] if 1 < len(subjects) == total else subjects


def link_clause(name: str, result: Result, wording: Wording, notes: Sequence[str] = ()) -> ClauseLink:
    """Return a pointer at a clause."""
    clause = result.clauses[name]
    title = wording.pick(clause.title, 200)
    return ClauseLink(
        clean_text(name, 40),
        make_anchor("clause", name),
        clean_text(clause.number, 40),
        title,
        wording.join(list(notes)),
    )


def list_addresses(result: Result, wording: Wording) -> tuple[AddressesView, ...]:
    """Return the addresses that were not seen, by reason."""
    counts = Counter(item.reason for item in result.not_seen)
    views = []
    for reason, count in sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])):
        urls = list(dict.fromkeys(item.url for item in result.not_seen if item.reason is reason))
        left = len(urls) - MOST_ADDRESSES
        views.append(
            AddressesView(
                reason=wording.word(f"attempt_{reason}"),
                fault=wording.word(f"fault_{find_fault(reason)}"),
                count=count,
                places=tuple(show_address(url) for url in urls[:MOST_ADDRESSES]),
                more=wording.say("more_items", count=left) if left > 0 else "",
            )
        )
    return tuple(views)


def list_waiting(result: Result, groups: Groups, wording: Wording) -> tuple[WaitingView, ...]:
    """Return the clauses that wait for a person: those with a proposal first."""
    views = []
    for name, group in groups.items():
        waiting = [finding for finding in group if finding.outcome is Outcome.NEEDS_PERSON]
        if not waiting:
            continue
        clause = result.clauses[name]
        proposal = _describe_proposals(waiting, result, wording)
        subjects = [clean_text(finding.subject.name, 80) for finding in waiting] if len(group) > 1 else []
        views.append(
            WaitingView(
                clause=link_clause(name, result, wording, fold_subjects(subjects, len(group), wording)),
                requests=list_requests(clause, waiting, wording),
                proposal=proposal,
                is_bare=all(is_bare(finding) for finding in group),
                units=wording.join([clean_text(unit, 80) for unit in clause.units]),
            )
        )
    return tuple(sorted(views, key=lambda view: not view.proposal))


def _describe_proposals(findings: Sequence[Finding], result: Result, wording: Wording) -> str:
    proposals = [finding.proposal for finding in findings if finding.proposal is not None]
    if len(proposals) == 1:
        proposal = proposals[0]
        label = make_badge(proposal.outcome, proposal.degree, wording).label
        reason = wording.explain_reason(proposal.reason, find_rule(findings[0].rule, result))
        if proposal.outcome is Outcome.CANNOT_TELL:
            return wording.say("waiting_unsure", reason=reason)
        shown = wording.say("verdict_with_reason", verdict=label, reason=reason) if reason else label
        return wording.say("waiting_confirm", proposal=shown)
    counts = Counter(proposal.outcome for proposal in proposals)
    parts = [
        wording.say("count_of_outcome", outcome=wording.word(outcome.value), count=count)
        for outcome, count in sorted(counts.items())
    ]
    return wording.say("waiting_confirm", proposal=wording.join(parts)) if parts else ""


def list_coverage(result: Result, wording: Wording) -> tuple[CoverageRow, ...]:
    """Return the coverage table: parts of the site, then columns; of both those not seen completely first."""
    rows = [
        CoverageRow(
            part=wording.word(f"part_{item.part}"),
            name=clean_text(item.name or "", 60),
            place=show_address(item.of) if item.of else None,
            host=clean_text(item.host, 120),
            numbers=(item.discovered, item.fetched, item.failed, item.blocked, item.skipped),
            complete=item.complete,
            label=wording.say("complete" if item.complete else "incomplete"),
        )
        for item in result.coverage
    ]
    return tuple(sorted(rows, key=lambda row: (row.place is not None, row.complete))[:MOST_COVERAGE])


def count_hidden_coverage(result: Result) -> int:
    """Return how many rows of the coverage table are left out; result.json has them."""
    return max(0, len(result.coverage) - MOST_COVERAGE)


def show_chapter(node: ScoreNode, chapter: str, names: Sequence[str], groups: Groups, wording: Wording) -> ChapterRow:
    """Return the row of one chapter."""
    outcomes = Counter(fold_clause(groups[name]) for name in names)
    values = {"points": show_points(node.points), "judged": show_points(node.judged)}
    return ChapterRow(
        anchor=make_chapter_anchor(node.id, chapter),
        label=name_part(chapter, wording),
        counts=tuple(outcomes[outcome] for outcome in reversed(Outcome)),
        clauses=len(names),
        points=wording.say("chapter_points", **values) if node.judged else "–",
        score=show_score(node.points / node.judged * 100) if node.judged else "–",
    )


def make_chapter_anchor(node_id: str, chapter: str) -> str:
    """Return a chapter's id: its characters by number, since ids of elements are best plain."""
    code = node_id.partition("/")[0]
    return make_anchor("chapter", f"{code}-" + "-".join(f"{ord(sign):x}" for sign in chapter[:12]))


def name_part(chapter: str, wording: Wording) -> str:
    """Return a chapter's heading: `第一部分` for a number, else its own name."""
    shown = clean_text(chapter, 40)
    if shown == _PREFACE:
        return wording.say("chapter_preface")
    is_number = bool(shown) and all(sign in _NUMERALS or sign.isdecimal() for sign in shown)
    if not is_number:
        return shown
    is_short = wording.messages.language == "en" and len(shown) == 1 and shown in _NUMERALS
    return wording.say("chapter_number", number=_NUMERALS.index(shown) + 1 if is_short else shown)


def list_notes(result: Result, wording: Wording) -> tuple[NoteView, ...]:
    """Return the waivers and attestations that did not take effect."""
    return tuple(
        NoteView(
            source=wording.word(f"source_{note.source}"),
            clause=clean_text(note.clause, 80),
            subject=clean_text(note.subject, 120),
            problem=wording.word(f"problem_{note.problem}"),
        )
        for note in result.notes
    )


def list_weights(result: Result, wording: Wording) -> tuple[tuple[str, str], ...]:
    """Return what a clause of each class weighs in this result, read off the tree."""
    weights: dict[str, float] = {}
    for leaf in list_leaves(result.score.tree):
        if leaf.weight:
            weights[result.clauses[leaf.id].class_] = leaf.weight
    return tuple((wording.word(f"class_{name}"), show_points(weight)) for name, weight in sorted(weights.items()))


def explain_badges(wording: Wording) -> tuple[tuple[Badge, str], ...]:
    """Return every outcome with what it means, from worst to best."""
    return tuple(
        (Badge(outcome.value, wording.word(outcome.value)), wording.say(f"outcome_{outcome}"))
        for outcome in reversed(Outcome)
    )
