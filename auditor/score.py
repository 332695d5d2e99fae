"""Findings become points: a tree that adds up, and the figures of its root.

The weighted model: a clause weighs what its class weighs, shared equally by the subjects to which it applies; a subject
that passed brings its share, one with a warning the `tolerated` part of it. What does not apply weighs nothing. What
waits for a person or cannot be told is left out of the score and spans the interval between low and high.
All sums are exact (fractions) until they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from auditor.model import (
    ClauseClass,
    ClauseText,
    Degree,
    Finding,
    Outcome,
    Score,
    ScoreNode,
    fold_outcomes,
)
from auditor.profile import ScoringModel

_CHAPTER = re.compile(r"^[^\s(（.．、·\-—]+")
NodeKind = Literal["profile", "ruleset", "chapter", "clause"]


@dataclass(frozen=True)
class Scored:
    """The score of all standards together, and of each."""

    score: Score
    scores: Mapping[str, Score]


@dataclass(frozen=True)
class _Tally:
    """Weight and points, exact. `weight` is the sum of judged, waiting and undetermined; `explained` counts waivers."""

    judged: Fraction = Fraction(0)
    waiting: Fraction = Fraction(0)
    undetermined: Fraction = Fraction(0)
    points: Fraction = Fraction(0)
    explained: Fraction = Fraction(0)

    def __add__(self, other: _Tally) -> _Tally:
        return _Tally(
            self.judged + other.judged,
            self.waiting + other.waiting,
            self.undetermined + other.undetermined,
            self.points + other.points,
            self.explained + other.explained,
        )

    @property
    def open(self) -> Fraction:
        return self.waiting + self.undetermined

    @property
    def weight(self) -> Fraction:
        return self.judged + self.open


@dataclass(frozen=True)
class _Branch:
    """A node while it is summed."""

    id: str
    kind: NodeKind
    tally: _Tally
    outcome: Outcome | None = None
    children: tuple[_Branch, ...] = ()


def score_findings(findings: Iterable[Finding], clauses: Mapping[str, ClauseText], model: ScoringModel) -> Scored:
    """Score findings under a model. A clause without any finding counts as undetermined, a preview not at all."""
    by_clause: dict[str, list[Finding]] = {}
    for finding in findings:
        by_clause.setdefault(finding.clause, []).append(finding)
    leaves = {name: _grow_clause(name, clause, by_clause.get(name, ()), model) for name, clause in clauses.items()}
    rulesets = dict.fromkeys(clause.ruleset for clause in clauses.values())
    branches = {code: _grow_ruleset(code, clauses, leaves) for code in rulesets}
    root = _gather("profile", "profile", branches.values())
    return Scored(
        score=_finish(root, clauses, model),
        scores={code: _finish(branch, clauses, model) for code, branch in branches.items()},
    )


def name_chapter(number: str) -> str:
    """Return the chapter of a clause number: its first part (`一` of `一(二)`, `1` of `1.2`)."""
    found = _CHAPTER.match(number)
    return found.group() if found else number


def _grow_clause(name: str, clause: ClauseText, findings: Sequence[Finding], model: ScoringModel) -> _Branch:
    """Weigh one clause: equal shares for the subjects to which it applies."""
    weight = Fraction(model.weights.weigh(clause.class_))
    if not findings and not clause.preview:
        return _Branch(name, "clause", _Tally(undetermined=weight), Outcome.CANNOT_TELL)
    if clause.preview:
        return _Branch(name, "clause", _Tally(), fold_outcomes(finding.outcome for finding in findings))
    applying = [finding for finding in findings if finding.outcome is not Outcome.NOT_APPLICABLE]
    share = weight / len(applying) if applying else Fraction(0)
    tally = sum((_weigh_finding(finding, share, model) for finding in applying), _Tally())
    return _Branch(name, "clause", tally, fold_outcomes(finding.outcome for finding in findings))


def _weigh_finding(finding: Finding, share: Fraction, model: ScoringModel) -> _Tally:
    if finding.outcome is Outcome.PASSED:
        points = share * (Fraction(model.tolerated) if finding.degree is Degree.TOLERATED else 1)
        return _Tally(judged=share, points=points, explained=points)
    if finding.outcome is Outcome.FAILED:
        is_waived = finding.decision is not None and finding.decision.source == "waiver"
        return _Tally(judged=share, explained=share if is_waived else Fraction(0))
    if finding.outcome is Outcome.NEEDS_PERSON:
        return _Tally(waiting=share)
    return _Tally(undetermined=share)


def _grow_ruleset(code: str, clauses: Mapping[str, ClauseText], leaves: Mapping[str, _Branch]) -> _Branch:
    chapters: dict[str, list[_Branch]] = {}
    for name, leaf in leaves.items():
        if clauses[name].ruleset == code:
            chapters.setdefault(name_chapter(clauses[name].number), []).append(leaf)
    return _gather(
        code, "ruleset", [_gather(f"{code}/{chapter}", "chapter", inner) for chapter, inner in chapters.items()]
    )


def _gather(name: str, kind: NodeKind, children: Iterable[_Branch]) -> _Branch:
    """Make a parent: its figures are the sums of its children's."""
    inner = tuple(children)
    return _Branch(name, kind, sum((child.tally for child in inner), _Tally()), None, inner)


def _freeze(branch: _Branch) -> ScoreNode:
    tally = branch.tally
    return ScoreNode(
        id=branch.id,
        kind=branch.kind,
        weight=float(tally.weight),
        judged=float(tally.judged),
        waiting=float(tally.waiting),
        undetermined=float(tally.undetermined),
        points=float(tally.points),
        low=float(tally.points),
        high=float(tally.points + tally.open),
        outcome=branch.outcome,
        children=tuple(_freeze(child) for child in branch.children),
    )


def _list_leaves(branch: _Branch) -> Iterable[_Branch]:
    if branch.kind == "clause":
        yield branch
    for child in branch.children:
        yield from _list_leaves(child)


def _finish(branch: _Branch, clauses: Mapping[str, ClauseText], model: ScoringModel) -> Score:
    """Read the figures off a root: scores 0 to 100, shares 0 to 1; where nothing applies the interval is all open."""
    tally = branch.tally
    value = tally.points / tally.judged * 100 if tally.judged else None
    weight = tally.weight or Fraction(1)
    bare = Score(
        value=None if value is None else float(value),
        low=float(tally.points / weight * 100),
        high=float((tally.points + tally.open) / weight * 100) if tally.weight else 100.0,
        grade=None,
        judged=float(tally.judged / weight),
        waiting=float(tally.waiting / weight),
        undetermined=float(tally.undetermined / weight),
        after_explanations=float(tally.explained / tally.judged * 100) if tally.judged else None,
        tree=_freeze(branch),
    )
    return bare if value is None else replace(bare, grade=_grade(value, branch, clauses, model))


def _grade(value: Fraction, branch: _Branch, clauses: Mapping[str, ClauseText], model: ScoringModel) -> str | None:
    """Return the band of a score; the top two only where every essential clause that applies has passed."""
    allowed = model.grades
    if model.top_two_need_essential and not _essentials_passed(branch, clauses):
        allowed = allowed[2:]
    return next((band.grade for band in allowed if value >= Fraction(band.at_least)), None)


def _essentials_passed(branch: _Branch, clauses: Mapping[str, ClauseText]) -> bool:
    return all(
        leaf.outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE)
        for leaf in _list_leaves(branch)
        if clauses[leaf.id].class_ is ClauseClass.ESSENTIAL and not clauses[leaf.id].preview
    )
