"""The whole report as one value that the template only has to write out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from auditor.messages import Messages
from auditor.model.findings import Finding
from auditor.model.outcomes import ClauseClass
from auditor.model.results import Result, ScoreNode
from auditor.report.beside import Beside
from auditor.report.changes import ChangesView, list_new, show_changes
from auditor.report.clauses import (
    MOST_ROWS,
    Badge,
    ClauseRoom,
    ClauseView,
    group_findings,
    list_leaves,
    number_units,
)
from auditor.report.copies import link_copies
from auditor.report.evidence import EvidenceRoom, keep_pictures
from auditor.report.matrix import MatrixView, list_matrices
from auditor.report.overview import (
    AddressesView,
    ChapterRow,
    CoverageRow,
    NoteView,
    UnseenView,
    WaitingView,
    count_hidden_coverage,
    explain_badges,
    list_addresses,
    list_coverage,
    list_notes,
    list_unseen,
    list_waiting,
    list_weights,
    show_chapter,
)
from auditor.report.pictures import choose_pictures
from auditor.report.rechecked import RecheckView, show_recheck
from auditor.report.tree import TreeView, show_tree
from auditor.report.verdict import VerdictView, count_unseen, show_verdict
from auditor.report.wording import Place, Wording, clean_text, show_address

SECTIONS = (
    "recheck",
    "verdict",
    "mend",
    "changes",
    "matrix",
    "findings",
    "unseen",
    "waiting",
    "coverage",
    "tree",
    "notes",
    "method",
)
MOST_ROWS_IN_ALL = 500
"""Findings that the first view lists in all."""
Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HeadView:
    """Which site, under which standards, when and with what."""

    name: str
    official_name: str
    addresses: tuple[Place, ...]
    standards: tuple[str, ...]
    lines: Pairs
    warnings: tuple[str, ...]


@dataclass(frozen=True)
class ChapterView:
    """A chapter: its row in the table, and its clauses."""

    row: ChapterRow
    clauses: tuple[ClauseView, ...]
    bare: tuple[ClauseView, ...]


@dataclass(frozen=True)
class RulesetView:
    """A standard: its title, where it comes from, its chapters."""

    title: str
    stamp: Pairs
    chapters: tuple[ChapterView, ...]
    total: ChapterRow


@dataclass(frozen=True)
class MethodView:
    """How the report came about."""

    weights: Pairs
    snapshot: Pairs
    versions: Pairs
    faults: Pairs
    outcomes: tuple[tuple[Badge, str], ...]


@dataclass(frozen=True)
class PageView:
    """The report."""

    title: str
    sections: tuple[str, ...]
    head: HeadView
    verdict: VerdictView
    classes: Pairs
    units: tuple[str, ...]
    rulesets: tuple[RulesetView, ...]
    unseen: tuple[UnseenView, ...]
    addresses: tuple[AddressesView, ...]
    addresses_left: int
    waiting: tuple[WaitingView, ...]
    changes: ChangesView | None
    matrices: tuple[MatrixView, ...]
    tree: TreeView
    coverage: tuple[CoverageRow, ...]
    hidden_coverage: int
    notes: tuple[NoteView, ...]
    method: MethodView
    recheck: RecheckView | None


def show_page(result: Result, messages: Messages, beside: Beside) -> PageView:
    """Return the report on a result in the language of the messages."""
    wording = Wording(messages, ZoneInfo(result.target.timezone))
    groups = group_findings(result)
    changes = show_changes(beside, result, groups, wording)
    matrices = list_matrices(result, groups, wording)
    notes = list_notes(result, wording)
    present = {"recheck": result.recheck, "changes": changes, "matrix": matrices, "notes": notes}
    return PageView(
        title=wording.say("page_title", site=clean_text(result.target.name, 120)),
        sections=tuple(name for name in SECTIONS if present.get(name, True)),
        head=_show_head(result, wording),
        verdict=show_verdict(result, groups, wording, list_new(beside.earlier, result)),
        classes=tuple((name.value, wording.word(f"class_{name}")) for name in ClauseClass),
        units=tuple(number_units(result)),
        rulesets=_list_rulesets(result, groups, beside, wording),
        unseen=list_unseen(result, groups, wording),
        addresses=list_addresses(result, wording),
        addresses_left=max(sum(count_unseen(result)) - len(result.not_seen), 0),
        waiting=list_waiting(result, groups, wording),
        changes=changes,
        matrices=matrices,
        tree=show_tree(result, wording),
        coverage=list_coverage(result, wording),
        hidden_coverage=count_hidden_coverage(result),
        notes=notes,
        method=_show_method(result, wording),
        recheck=show_recheck(result, wording),
    )


def _show_head(result: Result, wording: Wording) -> HeadView:
    snapshot, target = result.snapshot, result.target
    official = clean_text(target.official_name or "", 160)
    titles = [wording.pick(stamp.title, 240) for stamp in result.rulesets.values()]
    return HeadView(
        name=clean_text(target.name, 160),
        official_name="" if official == target.name else official,
        addresses=tuple(show_address(seed) for seed in target.seeds[:3]),
        standards=tuple(titles),
        lines=(
            (wording.say("as_of"), wording.show_day(result.as_of)),
            (wording.say("collected"), wording.show_span(snapshot.started_at, snapshot.finished_at)),
            (wording.say("how_collected"), wording.word(f"origin_{snapshot.origin}")),
            (wording.say("tool"), clean_text(f"auditor {result.versions.get('auditor', '')}", 80)),
        ),
        warnings=tuple(_list_warnings(result, wording)),
    )


def _list_warnings(result: Result, wording: Wording) -> list[str]:
    warnings = [wording.say("warning_recheck")] if result.recheck is not None else []
    if result.left_out:
        warnings.append(wording.say("warning_left_out", count=result.left_out, judged=len(result.clauses)))
    if not result.snapshot.finished:
        reason = result.snapshot.stopped_because
        cause = wording.word(f"attempt_{reason}") if reason else wording.say("unknown_cause")
        warnings.append(wording.say("warning_unfinished", cause=cause))
    elif result.snapshot.stopped_because is not None:
        cause = wording.word(f"attempt_{result.snapshot.stopped_because}")
        warnings.append(wording.say("warning_stopped", cause=cause))
    if result.snapshot.origin != "crawl":
        warnings.append(wording.say(f"warning_{result.snapshot.origin}"))
    vantage = result.snapshot.vantage
    if vantage is not None and vantage.stand_in is not None:
        warnings.append(wording.say("warning_stand_in", address=show_address(vantage.stand_in)))
    if result.faults:
        warnings.append(wording.say("warning_faults", count=len(result.faults)))
    return warnings


def _list_rulesets(
    result: Result, groups: Mapping[str, Sequence[Finding]], beside: Beside, wording: Wording
) -> tuple[RulesetView, ...]:
    pictures = choose_pictures(result.findings, beside.screenshots)
    copies = link_copies(result.findings, beside.pages)
    evidence = EvidenceRoom(wording, pictures, set(), keep_pictures(result.findings), copies)
    leaves = {leaf.id: leaf for leaf in list_leaves(result.score.tree)}
    listed = sum(len(group) > 1 for group in groups.values())
    most = max(1, min(MOST_ROWS, MOST_ROWS_IN_ALL // max(listed, 1)))
    room = ClauseRoom(result, wording, evidence, leaves, number_units(result), most)
    views = []
    for node in _list_nodes(result.score.tree, "ruleset"):
        stamp = result.rulesets.get(node.id)
        chapters = tuple(_show_chapter(chapter, room, groups) for chapter in node.children)
        title = wording.messages.pick(stamp.title) if stamp else node.id
        lines = (
            ("ruleset_code", node.id),
            ("ruleset_issuer", stamp.issuer or "" if stamp else ""),
            ("ruleset_version", stamp.version if stamp else ""),
            ("ruleset_hash", stamp.sha256 if stamp else ""),
        )
        pairs = tuple((wording.say(key), clean_text(text, 200)) for key, text in lines if text)
        names = [leaf.id for leaf in list_leaves(node)]
        total = show_chapter(node, wording.say("chapter_total"), names, groups, wording)
        views.append(RulesetView(clean_text(title, 240), pairs, chapters, total))
    return tuple(views)


def _list_nodes(node: ScoreNode, kind: str) -> list[ScoreNode]:
    if node.kind == kind:
        return [node]
    return [found for child in node.children for found in _list_nodes(child, kind)]


def _show_chapter(node: ScoreNode, room: ClauseRoom, groups: Mapping[str, Sequence[Finding]]) -> ChapterView:
    names = [leaf.id for leaf in list_leaves(node)]
    chapter = node.id.partition("/")[2]
    clauses = tuple(room.show_clause(name, groups[name]) for name in names)
    return ChapterView(
        row=show_chapter(node, chapter, names, groups, room.wording),
        clauses=clauses,
        bare=tuple(clause for clause in clauses if clause.is_bare),
    )


def _show_method(result: Result, wording: Wording) -> MethodView:
    faults = tuple(
        (clean_text(f"{fault.stage}: {fault.place}", 160), clean_text(fault.message, 300)) for fault in result.faults
    )
    return MethodView(
        weights=list_weights(result, wording),
        snapshot=_describe_snapshot(result, wording),
        versions=tuple((clean_text(name, 60), clean_text(text, 60)) for name, text in result.versions.items()),
        faults=faults,
        outcomes=explain_badges(wording),
    )


def _describe_snapshot(result: Result, wording: Wording) -> Pairs:
    snapshot = result.snapshot
    vantage, limits = snapshot.vantage, snapshot.limits
    lines = [("snapshot_run", snapshot.run_id)]
    if snapshot.origin == "crawl":
        lines.append(
            ("snapshot_limits", _describe_limits(limits.max_pages, limits.total_seconds, limits.rate, wording))
        )
    if vantage is not None:
        lines += [
            ("vantage_ipv6", wording.say("yes" if vantage.ipv6 else "no")),
            ("vantage_browser", vantage.browser or wording.say("no")),
            ("vantage_dns", vantage.dns),
            ("vantage_tool", vantage.tool),
        ]
    pairs = [(wording.say(key), clean_text(text, 200)) for key, text in lines]
    digests = [
        (wording.say("digest_of", part=clean_text(part, 80)), clean_text(digest, 80))
        for part, digest in list(snapshot.digests.items())[:20]
    ]
    return tuple(pairs + digests)


def _describe_limits(pages: int, seconds: float, rate: float, wording: Wording) -> str:
    return wording.say("limits_sentence", pages=pages, minutes=f"{seconds / 60:.0f}", rate=f"{rate:g}")
