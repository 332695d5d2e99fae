"""The result document: findings, score tree and the texts that explain them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from auditor.model.evidence import AttemptEvidence, CoverageEvidence
from auditor.model.findings import Finding, Subject, _plain_names
from auditor.model.outcomes import Check, ClauseClass, Outcome, Text
from auditor.model.snapshots import Snapshot
from auditor.model.targets import Target


@dataclass(frozen=True)
class RulesetStamp:
    """Which ruleset was used."""

    title: Text
    version: str
    sha256: str
    issuer: str | None = None


@dataclass(frozen=True)
class ScoringStamp:
    """Which scoring model was used: its name, and the SHA-256 of all that it was told."""

    model: str
    sha256: str


@dataclass(frozen=True)
class RuleText:
    """The texts of a rule that was used. `reasons` explains each reason that the rule can give."""

    title: Text
    failure: Text
    why: Text
    assumes: Text | None
    remedy: Text
    reasons: Mapping[str, Text]
    measures: Mapping[str, Text]


@dataclass(frozen=True)
class ClauseText:
    """The texts and the standing of a clause that was judged. A preview is shown and not scored.

    `rollup` names the clauses that it sums up.
    """

    __pydantic_config__ = {"alias_generator": _plain_names, "populate_by_name": True}  # noqa: RUF012

    ruleset: str
    number: str
    title: Text
    asks: Text
    class_: ClauseClass
    units: tuple[str, ...]
    check: Check
    rule: str | None
    planned: bool
    request: Text | None = None
    preview: bool = False
    rollup: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScoreNode:
    """A node of the score tree; a parent's points are the sum of its children's.

    `points` over what was judged; `low` and `high` bound it when the rest is decided. `weight` is the
    most that the node can bring, `judged` the part of the weight that has a verdict.
    """

    id: str
    kind: Literal["profile", "ruleset", "chapter", "clause", "bonus"]
    weight: float
    judged: float
    waiting: float
    undetermined: float
    points: float
    low: float
    high: float
    outcome: Outcome | None = None
    children: tuple[ScoreNode, ...] = ()


@dataclass(frozen=True)
class Score:
    """The three figures, the interval and the tree.

    Scores are 0 to 100, shares 0 to 1; None where nothing was judged. Under a model with a pass mark `passed` tells
    whether the site passed, `vetoes` the clauses that failed it outright; `bonus` is the tree of points beyond 100.
    """

    value: float | None
    low: float
    high: float
    grade: str | None
    judged: float
    waiting: float
    undetermined: float
    after_explanations: float | None
    tree: ScoreNode
    passed: bool | None = None
    vetoes: tuple[str, ...] = ()
    bonus: ScoreNode | None = None


@dataclass(frozen=True)
class WaiverNote:
    """A waiver or attestation that did not take effect, and why."""

    source: Literal["attestation", "waiver"]
    clause: str
    subject: str
    problem: Literal["expired", "unmatched", "conflict", "needs_second"]


State = Literal["mended", "not_mended", "not_seen", "untold"]
Deadline = Literal["kept", "missed", "running"]


@dataclass(frozen=True)
class RecheckRow:
    """What became of one earlier problem. `reason` is the earlier one's, `now` the reason of today's verdict.

    `untold`: it was seen again, and still cannot be told.
    """

    clause: str
    subject: Subject
    fingerprint: str
    before: Outcome
    reason: str | None
    state: State
    now: str | None = None
    due: date | None = None
    deadline: Deadline | None = None


@dataclass(frozen=True)
class Rechecked:
    """That a result is a re-check of an earlier one: the days on which the two were collected, and each problem."""

    earlier: date
    on: date
    rows: tuple[RecheckRow, ...]


@dataclass(frozen=True)
class ToolFault:
    """A part of the tool that failed during the run."""

    stage: str
    place: str
    message: str


@dataclass(frozen=True)
class Result:
    """Everything that reports, history and gates read: the one result document.

    Where `recheck` is there, it holds only the clauses and subjects that were asked about again. `left_out` is how many
    clauses of the standards the profile leaves aside. `scoring` is None in documents of before it was kept.
    """

    schema_version: int
    target: Target
    snapshot: Snapshot
    versions: Mapping[str, str]
    as_of: date
    rulesets: Mapping[str, RulesetStamp]
    rules: Mapping[str, RuleText]
    clauses: Mapping[str, ClauseText]
    score: Score
    scores: Mapping[str, Score]
    coverage: tuple[CoverageEvidence, ...]
    not_seen: tuple[AttemptEvidence, ...]
    findings: tuple[Finding, ...]
    notes: tuple[WaiverNote, ...] = ()
    faults: tuple[ToolFault, ...] = ()
    recheck: Rechecked | None = None
    left_out: int = 0
    scoring: ScoringStamp | None = None
