"""Findings, scores and texts put together into the one result document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from auditor.decide import Decided
from auditor.facts import Coverage, FactBase
from auditor.model.attempts import AttemptReason, AttemptStatus, Visit
from auditor.model.evidence import AttemptEvidence, CoverageEvidence
from auditor.model.results import Result, ToolFault
from auditor.model.snapshots import Snapshot
from auditor.result import SCHEMA_VERSION
from auditor.rules.evidence import describe_coverage
from auditor.rules.load import Rulebook
from auditor.score.tree import Scored

MOST_NOT_SEEN = 200
_COMMON = frozenset({AttemptReason.PAGE_LIMIT, AttemptReason.TIME_LIMIT, AttemptReason.OUT_OF_SCOPE})


def assemble_result(
    *,
    snapshot: Snapshot,
    visits: Sequence[Visit],
    facts: Iterable[FactBase],
    rulebook: Rulebook,
    decided: Decided,
    scored: Scored,
    versions: Mapping[str, str],
    as_of: date,
    faults: tuple[ToolFault, ...],
) -> Result:
    """Return the result document of one audit."""
    return Result(
        schema_version=SCHEMA_VERSION,
        target=snapshot.target,
        snapshot=snapshot,
        versions=versions,
        as_of=as_of,
        rulesets=rulebook.stamp_rulesets(),
        rules=rulebook.describe_rules(),
        clauses=rulebook.describe_clauses(),
        score=scored.score,
        scores=scored.scores,
        coverage=list_coverage(facts),
        not_seen=list_not_seen(visits),
        findings=decided.findings,
        notes=decided.notes,
        faults=faults,
    )


def list_coverage(facts: Iterable[FactBase]) -> tuple[CoverageEvidence, ...]:
    """Return what was looked through, part by part."""
    return tuple(
        describe_coverage(fact)
        for fact in sorted((fact for fact in facts if isinstance(fact, Coverage)), key=lambda fact: fact.key)
    )


def list_not_seen(visits: Iterable[Visit]) -> tuple[AttemptEvidence, ...]:
    """Return the addresses that were not seen and why, the rarer reasons first, at most 200."""
    unseen = [visit for visit in visits if visit.attempt.status is not AttemptStatus.DONE]
    unseen.sort(key=lambda visit: (visit.attempt.reason in _COMMON, visit.url))
    return tuple(
        AttemptEvidence(visit.url, visit.attempt.reason, visit.attempt.detail, visit.at)
        for visit in unseen[:MOST_NOT_SEEN]
        if visit.attempt.reason is not None
    )
