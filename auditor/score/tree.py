"""Findings become points: a tree that adds up, and the figures of its root.

Weighted and tolerance: a clause weighs what its class weighs, shared equally by the subjects to which it applies; a
subject that passed brings its share, one with a warning the `tolerated` part of it. Deduction: a clause weighs the most
that it can lose; what its defects cost is taken off, each defect once in a standard; a veto that fails, fails the site.
What does not apply weighs nothing, so that the rest is scaled to 100. What waits for a person or cannot be told is left
out of the score and spans the interval between low and high. All sums are exact (fractions) until they are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from auditor.model.findings import Finding
from auditor.model.outcomes import ClauseClass, Degree, Outcome, fold_outcomes
from auditor.model.results import ClauseText, Score, ScoreNode
from auditor.score.models import DeductionModel, ScoringModel, ToleranceModel, WeightedModel

_CHAPTER = re.compile(r"^[^\s(（.．、·\-—]+")
NodeKind = Literal["profile", "ruleset", "chapter", "clause", "bonus"]
Clauses = Mapping[str, ClauseText]
Groups = Mapping[str, Sequence[Finding]]
_OPEN = (Outcome.NEEDS_PERSON, Outcome.CANNOT_TELL)


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


def score_findings(findings: Iterable[Finding], clauses: Clauses, model: ScoringModel) -> Scored:
    """Score findings under a model. A clause without any finding counts as undetermined, a preview not at all."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.clause, []).append(finding)
    leaves = _grow_leaves(clauses, groups, model)
    rulesets = dict.fromkeys(clause.ruleset for clause in clauses.values())
    branches = {code: _grow_ruleset(code, clauses, leaves) for code in rulesets}
    root = _gather("profile", "profile", branches.values())
    return Scored(
        score=_finish(root, clauses, groups, model),
        scores={
            code: _finish(branch, {name: one for name, one in clauses.items() if one.ruleset == code}, groups, model)
            for code, branch in branches.items()
        },
    )


def _grow_leaves(clauses: Clauses, groups: Groups, model: ScoringModel) -> dict[str, _Branch]:
    if isinstance(model, DeductionModel):
        return _deduct(clauses, groups, model)
    return {name: _grow_clause(name, clause, groups.get(name, ()), model) for name, clause in clauses.items()}


def name_chapter(number: str) -> str:
    """Return the chapter of a clause number: its first part (`一` of `一(二)`, `1` of `1.2`)."""
    found = _CHAPTER.match(number)
    return found.group() if found else number


def _grow_clause(
    name: str, clause: ClauseText, findings: Sequence[Finding], model: WeightedModel | ToleranceModel
) -> _Branch:
    """Weigh one clause: equal shares for the subjects to which it applies."""
    weight = Fraction(1) if isinstance(model, ToleranceModel) else Fraction(model.weights.weigh(clause.class_))
    if not findings and not clause.preview:
        return _Branch(name, "clause", _Tally(undetermined=weight), Outcome.CANNOT_TELL)
    if clause.preview:
        return _Branch(name, "clause", _Tally(), fold_outcomes(finding.outcome for finding in findings))
    applying = [finding for finding in findings if finding.outcome is not Outcome.NOT_APPLICABLE]
    share = weight / len(applying) if applying else Fraction(0)
    tally = sum((_weigh_finding(finding, share, model) for finding in applying), _Tally())
    return _Branch(name, "clause", tally, fold_outcomes(finding.outcome for finding in findings))


def _weigh_finding(finding: Finding, share: Fraction, model: WeightedModel | ToleranceModel) -> _Tally:
    if finding.outcome is Outcome.PASSED:
        points = share * (Fraction(model.tolerated) if finding.degree is Degree.TOLERATED else 1)
        return _Tally(judged=share, points=points, explained=points)
    if finding.outcome is Outcome.FAILED:
        return _Tally(judged=share, explained=share if _is_waived(finding) else Fraction(0))
    if finding.outcome is Outcome.NEEDS_PERSON:
        return _Tally(waiting=share)
    return _Tally(undetermined=share)


def _is_waived(finding: Finding) -> bool:
    return finding.decision is not None and finding.decision.source == "waiver"


# ---- deduction -----------------------------------------------------------------------------------


def _deduct(clauses: Clauses, groups: Groups, model: DeductionModel) -> dict[str, _Branch]:
    """Return the clauses with what was deducted; a defect that an earlier clause of the standard paid costs nothing."""
    aside = {*model.vetoes, *(model.bonus.clauses if model.bonus is not None else ())}
    paid: set[tuple[str, str]] = set()
    leaves: dict[str, _Branch] = {}
    for name, clause in clauses.items():
        findings = groups.get(name, ())
        outcome = fold_outcomes(finding.outcome for finding in findings) if findings else Outcome.CANNOT_TELL
        is_idle = name in aside or clause.preview or outcome is Outcome.NOT_APPLICABLE
        tally = _Tally() if is_idle else _deduct_clause(name, clause, findings, model, paid)
        leaves[name] = _Branch(name, "clause", tally, outcome)
    return leaves


def _deduct_clause(
    name: str, clause: ClauseText, findings: Sequence[Finding], model: DeductionModel, paid: set[tuple[str, str]]
) -> _Tally:
    indicator = model.find_indicator(name, clause.class_)
    points, cap = Fraction(indicator.points), Fraction(indicator.cap)
    lost = kept = waiting = unknown = Fraction(0)
    for finding in findings:
        if finding.outcome is Outcome.FAILED:
            defect = (clause.ruleset, finding.defect or finding.fingerprint)
            cost = Fraction(0) if defect in paid else points
            paid.add(defect)
            lost += cost
            kept += Fraction(0) if _is_waived(finding) else cost
        elif finding.degree is Degree.TOLERATED:
            lost += points * (1 - Fraction(model.tolerated))
            kept += points * (1 - Fraction(model.tolerated))
        waiting += points if finding.outcome is Outcome.NEEDS_PERSON else 0
        unknown += points if finding.outcome is Outcome.CANNOT_TELL else 0
    if not findings:
        unknown = cap
    lost, kept = min(lost, cap), min(kept, cap)
    doubt = min(waiting + unknown, cap - lost)
    part = waiting / (waiting + unknown) if waiting + unknown else Fraction(0)
    judged = cap - doubt
    return _Tally(judged, doubt * part, doubt * (1 - part), judged - lost, max(judged - kept, judged - lost))


def _grow_bonus(clauses: Clauses, groups: Groups, model: DeductionModel) -> _Branch | None:
    """Return the tree of points beyond 100, each clause for what it brings; None where the model has none."""
    if model.bonus is None:
        return None
    leaves = []
    room = Fraction(model.bonus.most)
    for name, points in model.bonus.clauses.items():
        if name not in clauses:
            continue
        outcome = fold_outcomes(finding.outcome for finding in groups.get(name, ()))
        share = min(Fraction(points), room)
        gained = share if outcome is Outcome.PASSED else Fraction(0)
        tally = _Tally(judged=share, points=gained, explained=gained)
        if outcome in _OPEN:
            tally = _Tally(undetermined=share)
        room -= share if outcome is Outcome.PASSED or outcome in _OPEN else 0
        leaves.append(_Branch(name, "clause", tally, outcome))
    return _gather("bonus", "bonus", leaves)


def _apply_rules(bare: Score, clauses: Clauses, groups: Groups, model: DeductionModel) -> Score:
    """Lay bonus, vetoes and the pass mark over the figures of the deduction part."""
    bonus = _grow_bonus(clauses, groups, model)
    scored = bare if bonus is None or model.bonus is None else _add_bonus(bare, bonus, model.bonus.above)
    failed = [name for name in model.vetoes if _find_outcome(name, groups) is Outcome.FAILED]
    unexplained = [name for name in failed if not all(map(_is_waived, _list_failed(groups.get(name, ()))))]
    is_open = any(name in clauses and _find_outcome(name, groups) in _OPEN for name in model.vetoes)
    if is_open:
        scored = replace(scored, low=0.0)
    if failed:
        after = 0.0 if unexplained else scored.after_explanations
        return replace(
            scored, value=0.0, low=0.0, high=0.0, passed=False, vetoes=tuple(failed), after_explanations=after
        )
    return scored if scored.value is None else replace(scored, passed=scored.value >= model.pass_at)


def _add_bonus(bare: Score, bonus: _Branch, above: float) -> Score:
    """Add what the bonus part brings, to each figure that opens it."""
    sure, possible = float(bonus.tally.points), float(bonus.tally.points + bonus.tally.open)

    def add(figure: float, points: float) -> float:
        return figure + points if figure > above else figure

    return replace(
        bare,
        value=None if bare.value is None else add(bare.value, sure),
        low=add(bare.low, sure),
        high=add(bare.high, possible),
        after_explanations=None if bare.after_explanations is None else add(bare.after_explanations, sure),
        bonus=_freeze(bonus) if bare.value is not None and bare.value > above else None,
    )


def _find_outcome(name: str, groups: Groups) -> Outcome:
    return fold_outcomes(finding.outcome for finding in groups.get(name, ()))


def _list_failed(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.outcome is Outcome.FAILED]


# ---- the tree ------------------------------------------------------------------------------------


def _grow_ruleset(code: str, clauses: Clauses, leaves: Mapping[str, _Branch]) -> _Branch:
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


def _finish(branch: _Branch, clauses: Clauses, groups: Groups, model: ScoringModel) -> Score:
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
    whole = _apply_rules(bare, clauses, groups, model) if isinstance(model, DeductionModel) else bare
    return whole if value is None else replace(whole, grade=_grade(whole.value or 0.0, branch, clauses, model))


def _grade(value: float, branch: _Branch, clauses: Clauses, model: ScoringModel) -> str | None:
    """Return the band of a score; the top two only where every essential clause that applies has passed."""
    allowed = model.grades
    if model.top_two_need_essential and not _essentials_passed(branch, clauses):
        allowed = allowed[2:]
    return next((band.grade for band in allowed if value >= band.at_least), None)


def _essentials_passed(branch: _Branch, clauses: Clauses) -> bool:
    return all(
        leaf.outcome in (Outcome.PASSED, Outcome.NOT_APPLICABLE)
        for leaf in _list_leaves(branch)
        if clauses[leaf.id].class_ is ClauseClass.ESSENTIAL and not clauses[leaf.id].preview
    )
