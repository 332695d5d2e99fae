"""The score tree as the report shows it: every figure the sum of those below it, down to the clauses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.model.outcomes import Degree
from auditor.model.results import Result, Score, ScoreNode
from auditor.report.clauses import Badge, make_anchor, make_badge
from auditor.report.overview import make_chapter_anchor, name_part
from auditor.report.wording import Wording, clean_text, show_points, show_score


@dataclass(frozen=True)
class NodeView:
    """A node of the tree: what it can bring at most, what of that is judged, what it brought, what it may yet bring."""

    kind: str
    label: str
    anchor: str
    badge: Badge | None
    weight: str
    judged: str
    points: str
    open: str
    children: tuple[NodeView, ...]


@dataclass(frozen=True)
class TreeView:
    """The tree, and in sentences how its figures become the score. `bonus` holds the points beyond 100."""

    root: NodeView
    bonus: NodeView | None
    sums: tuple[str, ...]


def show_tree(result: Result, wording: Wording) -> TreeView:
    """Return the tree of the profile's score."""
    score = result.score
    return TreeView(
        root=_show_node(score.tree, result, wording),
        bonus=None if score.bonus is None else _show_node(score.bonus, result, wording),
        sums=tuple(explain_sums(score, wording)),
    )


def explain_sums(score: Score, wording: Wording) -> list[str]:
    """Return the sums that lead from the root to the score and its interval, as sentences."""
    root = score.tree
    shown = {
        "points": show_points(root.points),
        "judged": show_points(root.judged),
        "weight": show_points(root.weight),
        "open": show_points(root.high - root.low),
        "most": show_points(root.high),
    }
    if not root.judged:
        return [wording.say("sum_nothing", **shown)]
    base = show_score(root.points / root.judged * 100)
    low, high = show_score(root.points / root.weight * 100), show_score(root.high / root.weight * 100)
    sums = [
        wording.say("sum_score", score=base, **shown),
        wording.say("sum_low", low=low, **shown),
        wording.say("sum_high", high=high, **shown),
    ]
    if score.value is not None and show_score(score.value) != base:
        sums.append(wording.say("sum_veto" if score.vetoes else "sum_bonus", score=show_score(score.value)))
    return sums


def _show_node(node: ScoreNode, result: Result, wording: Wording) -> NodeView:
    is_clause = node.kind == "clause"
    badge = make_badge(node.outcome, Degree.FULL, wording) if is_clause and node.outcome is not None else None
    return NodeView(
        kind=node.kind,
        label=_name_node(node, result, wording),
        anchor=_name_anchor(node),
        badge=badge,
        weight=show_points(node.weight),
        judged=show_points(node.judged),
        points=show_points(node.points),
        open=show_points(node.high - node.low),
        children=tuple(_show_node(child, result, wording) for child in node.children),
    )


def _name_anchor(node: ScoreNode) -> str:
    """Return where a node leads: a clause to its findings, a part to its leaves."""
    if node.kind == "chapter":
        return f"leaves-{make_chapter_anchor(node.id, node.id.partition('/')[2])}"
    return make_anchor("clause", node.id) if node.kind == "clause" else ""


def list_chapters(root: NodeView) -> Iterator[tuple[NodeView, NodeView]]:
    """Yield every part of a tree with the standard that it belongs to."""
    for child in root.children:
        if child.kind == "chapter":
            yield root, child
        yield from list_chapters(child)


def _name_node(node: ScoreNode, result: Result, wording: Wording) -> str:
    if node.kind == "clause" and node.id in result.clauses:
        clause = result.clauses[node.id]
        return f"{clean_text(clause.number, 40)} {wording.pick(clause.title, 120)}"
    if node.kind == "chapter":
        return name_part(node.id.partition("/")[2], wording)
    if node.kind == "ruleset" and node.id in result.rulesets:
        return wording.pick(result.rulesets[node.id].title, 200)
    return wording.say("tree_bonus" if node.kind == "bonus" else "tree_all")
