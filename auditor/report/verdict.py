"""The top of the report: the three figures, the interval, what they mean, and what to mend first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.model.attempts import Part
from auditor.model.findings import Finding, Undetermined
from auditor.model.outcomes import SEVERITY, ClauseClass, Degree, Outcome, fold_outcomes
from auditor.model.results import Result, Score, ScoreNode
from auditor.report.clauses import (
    QUIET,
    Badge,
    explain_finding,
    find_rule,
    is_explained,
    list_leaves,
    make_anchor,
    make_badge,
)
from auditor.report.evidence import NamedView, name_failing
from auditor.report.wording import Wording, clean_text, show_points, show_score, show_share, show_shares

_SURENESS = ((0.9, "sure_high"), (0.6, "sure_most"), (0.25, "sure_part"), (0.0, "sure_little"))
MOST_NAMES = 8
MOST_MENDED = 20
"""Failed clauses that are described in full; those after them stand in a list."""
_CLASSES = tuple(ClauseClass)
Problem = tuple[frozenset[str], bool]
"""What a problem is known by: its defects, and whether it was explained."""
_NOT_WRITTEN = Undetermined.RULE_NOT_WRITTEN.value


@dataclass(frozen=True)
class FigureView:
    """One figure with its name and what it says."""

    key: str
    name: str
    value: str
    note: str


@dataclass(frozen=True)
class SegmentView:
    """A part of a bar, in thousandths of its width."""

    key: str
    label: str
    x: str
    width: str


@dataclass(frozen=True)
class BarView:
    """A bar that is drawn, with the sentence that says the same."""

    sentence: str
    segments: tuple[SegmentView, ...]
    mark: str
    low: str
    high: str


@dataclass(frozen=True)
class CountView:
    """How many clauses have an outcome."""

    badge: Badge
    count: int


@dataclass(frozen=True)
class StandardView:
    """The figures of one standard, where there are several."""

    title: str
    score: str
    grade: str
    interval: str
    judged: str
    waiting: str
    undetermined: str


@dataclass(frozen=True)
class MendView:
    """One problem to mend: what is wrong, how far, what it costs and what mends it.

    `share` is what it costs of 100; `also` are other clauses that fail for the same, each with its place.
    """

    anchor: str
    number: str
    title: str
    clause: str
    class_key: str
    class_label: str
    reason: str
    subjects: str
    named: tuple[NamedView, ...]
    named_more: str
    remedy: str
    share: float
    cost: str
    explained: bool
    is_new: bool
    also: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class VerdictView:
    """The top of the report."""

    figures: tuple[FigureView, ...]
    grade: str
    grade_label: str
    grade_note: str
    sentences: tuple[str, ...]
    interval: BarView
    shares: BarView
    counts: tuple[CountView, ...]
    standards: tuple[StandardView, ...]
    mend: tuple[MendView, ...]
    mend_rest: tuple[MendView, ...]
    problems: int


def show_verdict(
    result: Result, groups: Mapping[str, Sequence[Finding]], wording: Wording, new: frozenset[str] = frozenset()
) -> VerdictView:
    """Return the top of the report; `new` are the ids of findings that fail newly."""
    score = result.score
    mend = list_mend(result, groups, wording, new)
    outcomes = Counter(fold_clause(group) for group in groups.values())
    return VerdictView(
        figures=_list_figures(score, wording),
        grade=clean_text(score.grade or "", 12),
        grade_label=wording.say("grade", grade=clean_text(score.grade, 12)) if score.grade else "",
        grade_note=_explain_grade(result, groups, wording) if score.grade else "",
        sentences=tuple(_explain_score(result, groups, wording)),
        interval=_draw_interval(score, wording),
        shares=_draw_shares(score, wording),
        counts=tuple(
            CountView(make_badge(outcome, Degree.FULL, wording), outcomes[outcome]) for outcome in reversed(Outcome)
        ),
        standards=_list_standards(result, wording) if len(result.scores) > 1 else (),
        mend=mend[:MOST_MENDED],
        mend_rest=mend[MOST_MENDED:],
        problems=len(mend),
    )


def fold_clause(findings: Sequence[Finding]) -> Outcome:
    """Return the outcome of a clause: the worst of its findings."""
    return fold_outcomes(finding.outcome for finding in findings) if findings else Outcome.CANNOT_TELL


def _list_figures(score: Score, wording: Wording) -> tuple[FigureView, ...]:
    value = show_score(score.value) if score.value is not None else wording.say("no_score")
    judged, waiting, _ = show_shares(score.judged, score.waiting, score.undetermined)
    return (
        FigureView("score", wording.say("figure_score"), value, wording.say("figure_score_note")),
        FigureView("judged", wording.say("figure_judged"), judged, wording.say("figure_judged_note")),
        FigureView("waiting", wording.say("figure_waiting"), waiting, wording.say("figure_waiting_note")),
    )


def _explain_grade(result: Result, groups: Mapping[str, Sequence[Finding]], wording: Wording) -> str:
    """Say what bars the two best grades: how many essential clauses have not passed."""
    names = [name for name, text in result.clauses.items() if text.class_ is ClauseClass.ESSENTIAL and not text.preview]
    left = sum(fold_clause(groups.get(name, ())) not in QUIET for name in names)
    return wording.say("grade_note", left=left, total=len(names)) if left else ""


def _explain_score(result: Result, groups: Mapping[str, Sequence[Finding]], wording: Wording) -> list[str]:
    """Say in plain sentences what the figures mean and how sure they are."""
    score = result.score
    failed = [name for name, group in groups.items() if fold_clause(group) is Outcome.FAILED]
    essential = sum(result.clauses[name].class_ is ClauseClass.ESSENTIAL for name in failed)
    low, high = show_score(score.low), show_score(score.high)
    not_written = sum(any(finding.reason == _NOT_WRITTEN for finding in group) for group in groups.values())
    unwritten = [wording.say("meaning_not_written", count=not_written)] if not_written else []
    if score.value is None:
        unseen = _tell_unseen(result, wording)
        return [wording.say("meaning_none"), *unseen, *unwritten, wording.say("meaning_interval", low=low, high=high)]
    key = "meaning_failed" if failed else "meaning_no_failed"
    sureness = next(key for least, key in _SURENESS if score.judged >= least)
    sentences = [
        wording.say("meaning_score", score=show_score(score.value), judged=show_share(score.judged)),
        wording.say(key, count=len(failed), essential=essential),
        wording.say(sureness),
        *_tell_unseen(result, wording),
        *unwritten,
    ]
    sentences = [*_explain_pass(score, result, wording), *sentences]
    if score.low != score.high:
        sentences.append(wording.say("meaning_interval", low=low, high=high))
    after = score.after_explanations
    if after is not None and after != score.value:
        sentences.append(wording.say("meaning_explained", score=show_score(after)))
    return sentences


def count_unseen(result: Result) -> tuple[int, int, int]:
    """Return how many known addresses of the site's own hosts failed, were blocked, and were not visited."""
    whole = [one for one in result.coverage if one.part is Part.SITE]
    return sum(one.failed for one in whole), sum(one.blocked for one in whole), sum(one.skipped for one in whole)


def _tell_unseen(result: Result, wording: Wording) -> list[str]:
    failed, blocked, skipped = count_unseen(result)
    count = failed + blocked + skipped
    said = wording.say("meaning_unseen", count=count, failed=failed, blocked=blocked, skipped=skipped)
    return [said] if count else []


def _explain_pass(score: Score, result: Result, wording: Wording) -> list[str]:
    """Say whether the site passed, where the scoring model has a pass mark, and what failed it outright."""
    if score.vetoes:
        names = [wording.pick(result.clauses[name].title) for name in score.vetoes]
        return [wording.say("meaning_vetoed", clauses=wording.join(names))]
    bonus = score.bonus
    gained = (
        [wording.say("meaning_bonus", points=show_score(bonus.points))] if bonus is not None and bonus.points else []
    )
    if score.passed is None:
        return gained
    return [wording.say("meaning_pass" if score.passed else "meaning_no_pass"), *gained]


def _draw_interval(score: Score, wording: Wording) -> BarView:
    low, high = score.low * 10, score.high * 10
    sentence = wording.say("interval_sentence", low=show_score(score.low), high=show_score(score.high))
    return BarView(
        sentence=sentence,
        segments=(SegmentView("interval", "", f"{low:.1f}", f"{max(high - low, 2):.1f}"),),
        mark="" if score.value is None else f"{score.value * 10:.1f}",
        low=show_score(score.low),
        high=show_score(score.high),
    )


def _draw_shares(score: Score, wording: Wording) -> BarView:
    segments: list[SegmentView] = []
    start = 0.0
    shares = {"judged": score.judged, "waiting": score.waiting, "undetermined": score.undetermined}
    for (key, share), shown in zip(shares.items(), show_shares(**shares), strict=True):
        label = wording.say(f"share_{key}", share=shown)
        segments.append(SegmentView(key, label, f"{start * 1000:.1f}", f"{share * 1000:.1f}"))
        start += share
    return BarView(wording.say("shares_title"), tuple(segments), "", "", "")


def _list_standards(result: Result, wording: Wording) -> tuple[StandardView, ...]:
    rows = []
    for code, score in result.scores.items():
        stamp = result.rulesets.get(code)
        judged, waiting, undetermined = show_shares(score.judged, score.waiting, score.undetermined)
        rows.append(
            StandardView(
                title=clean_text(wording.messages.pick(stamp.title) if stamp else code, 200),
                score=wording.say("no_score") if score.value is None else show_score(score.value),
                grade=clean_text(score.grade or "", 12),
                interval=wording.say("interval_short", low=show_score(score.low), high=show_score(score.high)),
                judged=judged,
                waiting=waiting,
                undetermined=undetermined,
            )
        )
    return tuple(rows)


def list_mend(
    result: Result, groups: Mapping[str, Sequence[Finding]], wording: Wording, new: frozenset[str] = frozenset()
) -> tuple[MendView, ...]:
    """Return the problems: what is not explained first, then by class, then by what they cost."""
    leaves = {leaf.id: leaf for leaf in list_leaves(result.score.tree)}
    rows = []
    for place, (name, group) in enumerate(groups.items()):
        if fold_clause(group) is not Outcome.FAILED:
            continue
        view = _show_mend(name, group, leaves.get(name), result, wording)
        view = replace(view, is_new=any(one.id in new for one in group))
        order = (view.explained, _CLASSES.index(result.clauses[name].class_), -view.share, place)
        rows.append((order, view, _name_problem(name, group, explained=view.explained)))
    problems: dict[Problem, list[MendView]] = {}
    for _, view, problem in sorted(rows, key=lambda row: row[0]):
        problems.setdefault(problem, []).append(view)
    return tuple(_join_mends(views, wording) for views in problems.values())


def _name_problem(name: str, group: Sequence[Finding], *, explained: bool) -> Problem:
    """Return what a clause fails for: clauses that fail for the very same defects are one problem to mend."""
    defects = [finding.defect for finding in group if finding.outcome is Outcome.FAILED]
    known = frozenset(defect for defect in defects if defect is not None)
    return (known if len(known) == len(defects) else frozenset({name}), explained)


def _join_mends(views: Sequence[MendView], wording: Wording) -> MendView:
    """Return one problem: what the gravest of its clauses says, the other clauses, and what all of them cost."""
    first = views[0]
    share = sum(view.share for view in views)
    return replace(
        first,
        also=tuple((view.anchor, f"{view.number} {view.clause}") for view in views[1:]),
        is_new=any(view.is_new for view in views),
        share=share,
        cost=wording.say("mend_cost", points=show_points(round(share, 1))) if share else "",
    )


def _show_mend(
    name: str, group: Sequence[Finding], leaf: ScoreNode | None, result: Result, wording: Wording
) -> MendView:
    clause = result.clauses[name]
    rule = find_rule(clause.rule, result)
    failed = [finding for finding in group if finding.outcome is Outcome.FAILED]
    reasons = list(dict.fromkeys(explain_finding(finding, result, wording) for finding in failed))
    applying = [finding for finding in group if SEVERITY[finding.outcome] > 0]
    scale = wording.say("mend_scale", failed=len(failed), total=len(applying)) if len(applying) > 1 else ""
    judged = result.score.tree.judged
    cost = (leaf.judged - leaf.points) / judged * 100 if leaf and judged else 0.0
    pick = wording.pick
    named, more = name_failing(failed, wording)
    by_person = all((finding.reason or "").startswith("attested_") for finding in failed)
    return MendView(
        anchor=make_anchor("clause", name),
        number=clean_text(clause.number, 40),
        title=clean_text(pick(rule.failure) if rule and not by_person else pick(clause.title), 200),
        clause=pick(clause.title, 200),
        class_key=clause.class_.value,
        class_label=wording.word(f"class_{clause.class_}"),
        reason=" ".join(filter(None, (scale, wording.join_sentences(reasons[:3])))),
        subjects=_name_subjects(failed, wording),
        named=named,
        named_more=more,
        remedy=pick(rule.remedy) if rule and not by_person else "",
        share=cost,
        cost="",
        explained=all(is_explained(finding) for finding in failed),
        is_new=False,
        also=(),
    )


def _name_subjects(findings: Sequence[Finding], wording: Wording) -> str:
    """Name the subjects other than the site itself, as many as a line holds."""
    names = [clean_text(finding.subject.name, 60) for finding in findings if finding.subject.kind != "site"]
    if not names:
        return ""
    more = wording.say("more_items", count=len(names) - MOST_NAMES) if len(names) > MOST_NAMES else ""
    return wording.say("mend_subjects", names=wording.join([*names[:MOST_NAMES], *filter(None, [more])]))
