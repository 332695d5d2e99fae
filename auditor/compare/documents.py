"""A comparison as a document: JSON, Markdown, HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Literal

from markupsafe import Markup

from auditor.compare.causes import Change, Comparison
from auditor.compare.view import ChangeRow, ComparisonView, name_turn
from auditor.harmless import escape_json
from auditor.history.entries import Entry, Verdict
from auditor.messages import Messages
from auditor.report.environment import make_environment, read_asset, write_style_policy
from auditor.report.markdown import escape_markdown

ComparisonFormat = Literal["terminal", "json", "markdown", "html"]
MOST_ROWS = 200
"""Changes of one cause that a page for people shows; the JSON document has all."""


def render_json(comparison: Comparison, obstacle: str) -> bytes:
    """Return the comparison as JSON, every change in it."""
    document = {
        "earlier": _describe_audit(comparison.earlier),
        "later": _describe_audit(comparison.later),
        "difference": asdict(comparison.difference),
        "retried": comparison.retried,
        "obstacle": obstacle,
        "unchanged": comparison.unchanged,
        "causes": {str(cause): count for cause, count in comparison.count_causes().items()},
        "changes": [_describe_change(change) for change in comparison.changes],
    }
    return escape_json(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _describe_audit(entry: Entry) -> dict[str, object]:
    head = entry.summary
    return {
        "site": head.site,
        "name": head.name,
        "digest": head.digest,
        "state": head.state,
        "as_of": head.as_of.isoformat(),
        "started_at": head.started_at.isoformat(),
        "run": head.run,
        "score": head.figures.value if head.figures is not None else None,
        "versions": {"auditor": head.tool, "durable-rules": head.engine},
        "rulesets": {one.code: {"version": one.version, "sha256": one.sha256} for one in entry.standings},
    }


def _describe_change(change: Change) -> dict[str, object]:
    clause, kind, key = change.key
    return {
        "clause": clause,
        "subject": {"kind": kind, "key": key},
        "before": _describe_verdict(change.before),
        "after": _describe_verdict(change.after),
        "cause": change.cause,
        "candidates": list(change.candidates),
        "turn": name_turn(change),
    }


def _describe_verdict(verdict: Verdict | None) -> dict[str, str] | None:
    if verdict is None:
        return None
    return {
        "outcome": verdict.outcome,
        "degree": verdict.degree,
        "reason": verdict.reason,
        "machine": verdict.machine,
        "fingerprint": verdict.fingerprint,
    }


def render_markdown(view: ComparisonView, messages: Messages) -> bytes:
    """Return the comparison as Markdown."""
    lines = [f"# {escape_markdown(view.title)}", "", *_list_audits(view), ""]
    lines += [f"- {escape_markdown(sentence)}" for sentence in view.sentences]
    for group in view.groups:
        if group.count:
            lines += ["", f"## {escape_markdown(group.title)} ({group.count})", "", group.meaning, ""]
            lines += list(_list_rows(group.rows, messages))
    return ("\n".join(lines) + "\n").encode("utf-8", "replace")


def _list_audits(view: ComparisonView) -> Iterator[str]:
    first, second = view.audits
    yield f"| | {first.title} | {second.title} |"
    yield "|---|---|---|"
    for (name, one), (_, other) in zip(first.lines, second.lines, strict=True):
        yield f"| {name} | {escape_markdown(one)} | {escape_markdown(other)} |"


def _list_rows(rows: tuple[ChangeRow, ...], messages: Messages) -> Iterator[str]:
    heads = [messages.say(f"compare.column_{name}") for name in ("clause", "subject", "turn", "before", "after")]
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|---|"
    for row in rows[:MOST_ROWS]:
        words = (row.direction, row.before.label, f"{row.after.label} {row.after.reason}")
        cells = (f"{row.clause} {row.title}", row.subject, *words)
        yield f"| {' | '.join(escape_markdown(cell) for cell in cells)} |"
    if len(rows) > MOST_ROWS:
        yield ""
        yield messages.say("compare.more_rows", count=len(rows) - MOST_ROWS)


def render_html(view: ComparisonView, messages: Messages) -> bytes:
    """Return the comparison as one HTML file that asks nothing from outside."""
    style = read_asset("report.css") + "\n" + read_asset("scorecard.css")
    document = (
        make_environment(messages, "compare")
        .get_template("compare.html.j2")
        .render(view=view, style=Markup(style), policy=write_style_policy(style), most=MOST_ROWS)  # noqa: S704 - our own
    )
    return document.encode("utf-8", "replace")
