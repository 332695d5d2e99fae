"""What a month says of one site, in numbers: pure values from the audits of this month and of the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.compare.causes import Cause, Change, Comparison, Difference, compare_entries, list_failing
from auditor.history.entries import Entry, Figures, Leaf, Looked, Verdict
from auditor.model.outcomes import Outcome, fold_outcomes
from auditor.report.wording import subtract_scores
from auditor.scorecard.roster import Course

MADE = frozenset({Cause.RULES, Cause.TOOL})
"""Causes that say nothing of the site."""


@dataclass(frozen=True)
class Balance:
    """How the failures of the earlier result became those of this one: before - mended - lost - lifted + new + raised.

    `lost` can no longer be told or are no longer asked of that subject; `lifted` and `raised` come from the rules or
    the tool. Each counts verdicts: a clause for a subject.
    """

    before: int
    mended: int
    lost: int
    lifted: int
    new: int
    raised: int
    now: int


@dataclass(frozen=True)
class Group:
    """A part of a standard at one site: points of the weight judged, and how many clauses have which outcome."""

    standard: str
    chapter: str
    points: float
    judged: float
    weight: float
    counts: Mapping[Outcome, int]

    @property
    def share(self) -> float | None:
        """Return the part of the points judged that was reached, 0 to 1; None where nothing was judged."""
        return self.points / self.judged if self.judged else None


@dataclass(frozen=True)
class SiteMonth:
    """One site in one month. Without a result only the course speaks.

    `change` is the difference of the two scores as they are shown, None where they cannot be subtracted: `hindrance`
    tells why not (`first`, `rules`, `scoring`, `asked`), empty where they can. `outcomes` are those of clauses, folded
    over their subjects.
    """

    course: Course
    slug: str
    figures: Figures | None
    looked: Looked
    outcomes: Mapping[str, Outcome]
    outcomes_before: Mapping[str, Outcome]
    groups: tuple[Group, ...]
    standards: tuple[tuple[str, str, str], ...]
    change: float | None
    hindrance: str
    balance: Balance | None
    causes: Mapping[Cause, int]
    waiting: int

    @property
    def is_comparable(self) -> bool:
        """Tell whether the score may be subtracted from the earlier one."""
        return not self.hindrance

    @property
    def moved_by_sight(self) -> bool:
        """Tell whether the score moved, and nothing but what could be seen of the site had changed."""
        return bool(self.change) and {cause for cause, count in self.causes.items() if count} == {Cause.COVERAGE}

    @property
    def failed(self) -> int:
        """Return how many clauses failed."""
        return sum(outcome is Outcome.FAILED for outcome in self.outcomes.values())


@dataclass(frozen=True)
class SiteStudy:
    """One site in one month with everything that its pages show."""

    month: SiteMonth
    entry: Entry | None
    comparison: Comparison | None
    mended: tuple[Change, ...]
    fresh: tuple[Change, ...]


def study_site(course: Course, slug: str, entry: Entry | None, before: Entry | None) -> SiteStudy:
    """Return what a month says of a site; `entry` is its result, `before` the latest earlier one."""
    if entry is None:
        empty = SiteMonth(course, slug, None, Looked(), {}, {}, (), (), None, "first", None, {}, 0)
        return SiteStudy(empty, None, None, (), ())
    comparison = compare_entries(before, entry) if before is not None else None
    mended, fresh = list_failing(comparison.changes) if comparison is not None else ((), ())
    figures = entry.summary.figures
    earlier = before.summary.figures if before is not None else None
    hindrance = _name_hindrance(comparison.difference if comparison is not None else None)
    change = None
    if not hindrance and figures is not None and earlier is not None:
        change = _subtract(figures.value, earlier.value)
    month = SiteMonth(
        course=course,
        slug=slug,
        figures=figures,
        looked=entry.summary.looked,
        outcomes=fold_clauses(entry.verdicts),
        outcomes_before=fold_clauses(before.verdicts) if before is not None else {},
        groups=group_leaves(entry.leaves, fold_clauses(entry.verdicts)),
        standards=tuple((one.code, one.version, one.sha256) for one in entry.standings),
        change=change,
        hindrance=hindrance,
        balance=_strike_balance(comparison) if comparison is not None else None,
        causes=comparison.count_causes() if comparison is not None else {},
        waiting=sum(one.outcome is Outcome.NEEDS_PERSON for one in entry.verdicts),
    )
    return SiteStudy(month, entry, comparison, mended, fresh)


def _subtract(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else subtract_scores(now, before)


def _name_hindrance(difference: Difference | None) -> str:
    if difference is None:
        return "first"
    found = (("rules", difference.standards), ("scoring", difference.scoring), ("asked", difference.asked))
    return next((name for name, differs in found if differs), "")


def fold_clauses(verdicts: Iterable[Verdict]) -> dict[str, Outcome]:
    """Return the outcome of each clause: the worst over its subjects."""
    found: dict[str, list[Outcome]] = {}
    for verdict in verdicts:
        found.setdefault(verdict.clause, []).append(verdict.outcome)
    return {clause: fold_outcomes(outcomes) for clause, outcomes in found.items()}


def group_leaves(leaves: Sequence[Leaf], outcomes: Mapping[str, Outcome]) -> tuple[Group, ...]:
    """Add up what the clauses of each part of a standard brought, in the order of the standard."""
    parts: dict[tuple[str, str], list[Leaf]] = {}
    for leaf in leaves:
        parts.setdefault((leaf.standard, leaf.chapter), []).append(leaf)
    return tuple(
        Group(
            standard=standard,
            chapter=chapter,
            points=sum(leaf.points for leaf in part),
            judged=sum(leaf.judged for leaf in part),
            weight=sum(leaf.weight for leaf in part),
            counts=Counter(outcomes.get(leaf.clause, Outcome.CANNOT_TELL) for leaf in part),
        )
        for (standard, chapter), part in parts.items()
    )


def _strike_balance(comparison: Comparison) -> Balance:
    """Count how failures came and went; what stayed failed without a change of its verdict is in both sums."""
    mended, fresh = list_failing(comparison.changes)
    gone = [one for one in comparison.changes if _fails(one.before) and not _fails(one.after)]
    lifted = [one for one in gone if one.cause in MADE]
    healed = [one for one in mended if one.cause not in MADE]
    raised = [one for one in fresh if one.cause in MADE]
    return Balance(
        before=sum(one.is_failure for one in comparison.earlier.verdicts),
        mended=len(healed),
        lost=len(gone) - len(lifted) - len(healed),
        lifted=len(lifted),
        new=len(fresh) - len(raised),
        raised=len(raised),
        now=sum(one.is_failure for one in comparison.later.verdicts),
    )


def _fails(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.is_failure
