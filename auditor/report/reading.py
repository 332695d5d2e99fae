"""Notes on reading: how a score comes about, told with the tree of a real result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model.findings import Finding
from auditor.model.outcomes import Degree, Outcome
from auditor.model.results import Result, ScoreNode
from auditor.report.clauses import Badge, group_findings, list_leaves, make_badge
from auditor.report.tree import NodeView, explain_sums, show_tree
from auditor.report.verdict import fold_clause
from auditor.report.wording import Wording, clean_text, show_points, show_score, show_share

_EXAMPLES = ("passed", "shared", "failed", "needs_person", "cannot_tell", "not_applicable")


@dataclass(frozen=True)
class ExampleView:
    """A clause of the sample with the sum that makes its points."""

    badge: Badge
    title: str
    weight: str
    reckoning: str


@dataclass(frozen=True)
class ReadingView:
    """The notes in one language. `shares` are labelled sums."""

    site: str
    as_of: str
    standards: tuple[str, ...]
    score: str
    examples: tuple[ExampleView, ...]
    root: NodeView
    sums: tuple[str, ...]
    shares: tuple[str, ...]
    advice: tuple[tuple[str, str], ...]


def show_reading(result: Result, wording: Wording) -> ReadingView:
    """Return the notes, with the numbers of a result."""
    tree = show_tree(result, wording)
    score, root = result.score, result.score.tree
    shares = (
        ("reading_judged", root.judged, score.judged),
        ("reading_waiting", root.waiting, score.waiting),
        ("reading_undetermined", root.undetermined, score.undetermined),
    )
    return ReadingView(
        site=clean_text(result.target.name, 120),
        as_of=wording.show_day(result.as_of),
        standards=tuple(wording.pick(stamp.title, 200) for stamp in result.rulesets.values()),
        score=wording.say("no_score") if score.value is None else show_score(score.value),
        examples=tuple(_list_examples(result, wording)),
        root=tree.root,
        sums=tuple(explain_sums(score, wording)),
        shares=tuple(
            wording.say(key, part=show_points(part), weight=show_points(root.weight), share=show_share(share))
            for key, part, share in shares
        ),
        advice=tuple(
            (wording.say(f"advice_{name}"), wording.say(f"advice_{name}_text"))
            for name in ("share", "unseen", "person", "grade", "change")
        ),
    )


def _list_examples(result: Result, wording: Wording) -> list[ExampleView]:
    """Return one clause for each way in which a clause can come to its points, as far as the result has one."""
    groups = group_findings(result)
    found: dict[str, tuple[ScoreNode, Sequence[Finding]]] = {}
    for leaf in list_leaves(result.score.tree):
        kind = _tell_kind(leaf, groups[leaf.id], result)
        if kind:
            found.setdefault(kind, (leaf, groups[leaf.id]))
    return [_show_example(kind, *found[kind], result, wording) for kind in _EXAMPLES if kind in found]


def _tell_kind(leaf: ScoreNode, group: Sequence[Finding], result: Result) -> str:
    """Return which kind of sum a clause shows; empty for one that is no plain example."""
    outcomes = [finding.outcome for finding in group]
    if not outcomes or result.clauses[leaf.id].preview:
        return ""
    if fold_clause(group) is Outcome.NOT_APPLICABLE:
        return "" if leaf.weight else "not_applicable"
    if len(outcomes) > 1:
        counts = _count(group)
        is_plain = abs(leaf.points - leaf.weight * counts["passed"] / counts["all"]) < 1e-9  # noqa: PLR2004 - rounding
        return "shared" if is_plain and 0 < counts["passed"] < counts["all"] and counts["failed"] else ""
    is_whole = leaf.points == (leaf.weight if outcomes[0] is Outcome.PASSED else 0)
    return outcomes[0].value if is_whole else ""


def _count(group: Sequence[Finding]) -> Mapping[str, int]:
    applying = [finding for finding in group if finding.outcome is not Outcome.NOT_APPLICABLE]
    return {
        "all": len(applying),
        "passed": sum(one.outcome is Outcome.PASSED for one in applying),
        "failed": sum(one.outcome is Outcome.FAILED for one in applying),
        "open": sum(one.outcome in {Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON} for one in applying),
    }


def _show_example(
    kind: str, leaf: ScoreNode, group: Sequence[Finding], result: Result, wording: Wording
) -> ExampleView:
    clause = result.clauses[leaf.id]
    counts = {name: count for name, count in _count(group).items() if name != "all"}
    reckoning = wording.say(
        f"example_{kind}",
        weight=show_points(leaf.weight),
        points=show_points(leaf.points),
        total=_count(group)["all"],
        **counts,
    )
    return ExampleView(
        badge=make_badge(fold_clause(group), Degree.FULL, wording),
        title=f"{clean_text(clause.number, 40)} {wording.pick(clause.title, 120)}",
        weight=f"{wording.word(f'class_{clause.class_}')} {show_points(leaf.weight)}",
        reckoning=reckoning,
    )
