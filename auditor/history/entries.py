"""An audit as the history keeps it: what scorecards and comparisons need of a result, and audits that have none.

Only an entry in the state `done` ever speaks for its site. One that was blocked, interrupted or failed keeps what it
saw, and is shown as what it is.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from auditor.model.attempts import AttemptReason, Part
from auditor.model.evidence import AttemptEvidence, CoverageEvidence, Evidence, ListEvidence, RecordEvidence
from auditor.model.findings import Finding, Proposal, hash_key
from auditor.model.outcomes import Degree, Outcome, Text
from auditor.model.results import ClauseText, Result, RuleText, Score, ScoreNode, ScoringStamp
from auditor.model.targets import Target
from auditor.result import hash_result

_PORT = re.compile(r"^(https?://(?:\[[^\]/]*\]|[^/?#:]*)):\d+")
_BLOCKS = frozenset({AttemptReason.BLOCKED, AttemptReason.ASKED_TO_STOP})
Key = tuple[str, str, str]
"""What names a verdict in a site: clause, kind and key of the subject."""


class State(StrEnum):
    """How an audit ended. Only what is done counts."""

    DONE = "done"
    BLOCKED = "blocked"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


@dataclass(frozen=True)
class Verdict:
    """One finding, without its evidence. `machine` is what stood before people answered.

    `source` tells who had the last word: a waiver, an attestation, nobody (empty). `seen` is a hash of what the
    finding rests on, free of times and record numbers; `unseen` that it rests on what could not be seen. `url` is
    where it can be looked at.
    """

    clause: str
    kind: str
    subject: str
    name: str
    outcome: Outcome
    degree: Degree
    reason: str
    machine: Outcome
    machine_degree: Degree
    source: str
    fingerprint: str
    defect: str
    seen: str
    unseen: bool
    url: str

    @property
    def key(self) -> Key:
        """Return what the verdict is known by in every audit of its site."""
        return self.clause, self.kind, self.subject

    @property
    def is_failure(self) -> bool:
        """Tell whether it failed, explained or not."""
        return self.outcome is Outcome.FAILED


@dataclass(frozen=True)
class Figures:
    """The figures of a score: 0 to 100, shares 0 to 1; `value` and `explained` are None where nothing was judged."""

    value: float | None
    low: float
    high: float
    grade: str
    judged: float
    waiting: float
    undetermined: float
    explained: float | None = None
    passed: bool | None = None


@dataclass(frozen=True)
class Standing:
    """One standard of an audit: which, in which wording (`sha256`), and its figures."""

    code: str
    version: str
    sha256: str
    title: Text
    figures: Figures


@dataclass(frozen=True)
class Leaf:
    """What a clause brought: points of the part judged, and the weight of which that is a part."""

    standard: str
    chapter: str
    clause: str
    weight: float
    judged: float
    points: float


@dataclass(frozen=True)
class Looked:
    """How many addresses of the site were known, and what became of them."""

    discovered: int = 0
    fetched: int = 0
    failed: int = 0
    blocked: int = 0
    skipped: int = 0


@dataclass(frozen=True)
class Texts:
    """The words of the clauses and rules that an audit used."""

    clauses: Mapping[str, ClauseText]
    rules: Mapping[str, RuleText]


@dataclass(frozen=True)
class Summary:
    """The head of an entry: enough for lists and trends. `id` is the history's own number, 0 where it has none yet.

    `digest` names the content: the same audit is kept once. `run` is the collection that it rests on, empty where
    nothing was collected; `folder` where it stood on the machine that added it. `scoring` names the scoring model and
    the hash of its settings, empty where that is not known.
    """

    digest: str
    state: State
    reason: str
    detail: str
    site: str
    name: str
    as_of: date
    started_at: datetime
    finished_at: datetime
    run: str
    tool: str
    engine: str
    figures: Figures | None
    looked: Looked
    faults: int
    folder: str = ""
    scoring: str = ""
    id: int = 0

    @property
    def month(self) -> str:
        """Return the month that the audit speaks of, as YYYY-MM."""
        return f"{self.as_of:%Y-%m}"


@dataclass(frozen=True)
class Entry:
    """An audit with everything that is kept of it."""

    summary: Summary
    standings: tuple[Standing, ...] = ()
    leaves: tuple[Leaf, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    texts: Texts = Texts({}, {})


def enter_result(result: Result, *, digest: str | None = None, folder: str = "") -> Entry:
    """Return a result as an entry. `digest` is the SHA-256 of its document, where it is known already."""
    state, reason = judge_state(result)
    snapshot, target = result.snapshot, result.target
    summary = Summary(
        digest=digest or hash_result(result),
        state=state,
        reason=reason,
        detail="",
        site=target.id,
        name=target.name,
        as_of=result.as_of,
        started_at=snapshot.started_at,
        finished_at=snapshot.finished_at,
        run=snapshot.run_id,
        tool=result.versions.get("auditor", ""),
        engine=result.versions.get("durable-rules", ""),
        figures=_read_figures(result.score),
        looked=_sum_coverage(result.coverage),
        faults=len(result.faults),
        folder=folder,
        scoring=_name_scoring(result.scoring),
    )
    return Entry(
        summary=summary,
        standings=tuple(_list_standings(result)),
        leaves=tuple(_list_leaves(result.score.tree)),
        verdicts=tuple(_enter_finding(finding) for finding in result.findings),
        texts=Texts(result.clauses, result.rules),
    )


def enter_failure(
    target: Target, state: State, reason: str, *, as_of: date, at: datetime, detail: str = "", folder: str = ""
) -> Entry:
    """Return an audit that came to no result. `reason` is the code of its error, `detail` what fills the sentence."""
    digest = hashlib.sha256(f"{target.id}\n{state}\n{reason}\n{at.isoformat()}".encode()).hexdigest()
    head = Summary(
        digest, state, reason, detail, target.id, target.name, as_of, at, at, "", "", "", None, Looked(), 0, folder
    )
    return Entry(head)


def judge_state(result: Result) -> tuple[State, str]:
    """Tell whether a result may speak for its site, and if not, why: the reason of an attempt.

    Limits of pages and time are asked for and leave a result that counts, with its coverage beside it.
    """
    stopped = result.snapshot.stopped_because
    if stopped in _BLOCKS:
        return State.BLOCKED, str(stopped)
    if not result.snapshot.finished:
        return State.INTERRUPTED, str(stopped or AttemptReason.INTERRUPTED)
    if stopped is AttemptReason.UNREACHABLE:
        return State.FAILED, str(stopped)
    return State.DONE, ""


def _name_scoring(stamp: ScoringStamp | None) -> str:
    return f"{stamp.model} {stamp.sha256}" if stamp is not None else ""


def _read_figures(score: Score) -> Figures:
    return Figures(
        value=score.value,
        low=score.low,
        high=score.high,
        grade=score.grade or "",
        judged=score.judged,
        waiting=score.waiting,
        undetermined=score.undetermined,
        explained=score.after_explanations,
        passed=score.passed,
    )


def _list_standings(result: Result) -> Iterator[Standing]:
    for code, stamp in result.rulesets.items():
        score = result.scores.get(code, result.score)
        yield Standing(code, stamp.version, stamp.sha256, stamp.title, _read_figures(score))


def _list_leaves(node: ScoreNode, standard: str = "", chapter: str = "") -> Iterator[Leaf]:
    standard = node.id if node.kind == "ruleset" else standard
    chapter = node.id.partition("/")[2] if node.kind == "chapter" else chapter
    if node.kind == "clause":
        yield Leaf(standard, chapter, node.id, node.weight, node.judged, node.points)
    for child in node.children:
        yield from _list_leaves(child, standard, chapter)


def _sum_coverage(coverage: tuple[CoverageEvidence, ...]) -> Looked:
    """Add up what is said of whole sites, host by host."""
    whole = [one for one in coverage if one.part is Part.SITE]
    return Looked(
        sum(one.discovered for one in whole),
        sum(one.fetched for one in whole),
        sum(one.failed for one in whole),
        sum(one.blocked for one in whole),
        sum(one.skipped for one in whole),
    )


def _enter_finding(finding: Finding) -> Verdict:
    machine = _find_machine(finding)
    unsure = Outcome.CANNOT_TELL in (machine.outcome, finding.outcome)
    return Verdict(
        clause=finding.clause,
        kind=finding.subject.kind,
        subject=finding.subject.key,
        name=finding.subject.name,
        outcome=finding.outcome,
        degree=finding.degree,
        reason=finding.reason or "",
        machine=machine.outcome,
        machine_degree=machine.degree,
        source=finding.decision.source if finding.decision is not None else "",
        fingerprint=finding.fingerprint,
        defect=finding.defect or "",
        seen=_hash_seen(finding),
        unseen=unsure and any(_tells_of_gap(item) for item in finding.evidence),
        url=next(_list_places(finding), "")[:2000],
    )


def _find_machine(finding: Finding) -> Proposal:
    """Return what the machine says by itself: below an answer, below a proposal."""
    decision = finding.decision
    if decision is not None:
        return decision.machine
    return finding.proposal or Proposal(finding.outcome, finding.degree, finding.reason)


def _tells_of_gap(item: Evidence) -> bool:
    return isinstance(item, AttemptEvidence) or (isinstance(item, CoverageEvidence) and not item.complete)


def _hash_seen(finding: Finding) -> str:
    """Hash what stands on the pages and was counted; neither times nor places in the archive enter, nor ports."""
    parts: list[object] = []
    for item in finding.evidence:
        if isinstance(item, RecordEvidence):
            parts.append([item.url, item.excerpt])
        elif isinstance(item, ListEvidence):
            parts.append([item.measure, [one.key for one in item.numerator], [one.key for one in item.rest]])
    return hash_key(json.dumps(_drop_ports([parts, finding.values]), sort_keys=True, default=dict))


def _drop_ports(said: object) -> object:
    """Return the same with every address freed of its port: a site that answers at another one looks the same."""
    if isinstance(said, str):
        return _PORT.sub(r"\1", said)
    if isinstance(said, Mapping):
        return {name: _drop_ports(value) for name, value in said.items()}
    return [_drop_ports(one) for one in said] if isinstance(said, list | tuple) else said


def _list_places(finding: Finding) -> Iterator[str]:
    """Yield addresses: of a list what does not count first, for that is the fault."""
    for item in finding.evidence:
        if isinstance(item, RecordEvidence | AttemptEvidence):
            yield item.url
        elif isinstance(item, ListEvidence):
            yield from (one.url for one in (*item.rest, *item.numerator) if one.url)


def number_entry(entry: Entry, number: int) -> Entry:
    """Return the entry with the number that the history gave it."""
    return replace(entry, summary=replace(entry.summary, id=number))
