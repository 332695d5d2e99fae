"""A summary for a pull request, in Markdown: the figures, what fails, what is new."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from urllib.parse import quote

from auditor.gate.baseline import Baseline
from auditor.model.outcomes import ClauseClass, Outcome
from auditor.model.results import Result
from auditor.report.rechecked import RecheckView, show_recheck
from auditor.report.rows import Row, is_problem, list_rows
from auditor.report.wording import MOST_HREF, Wording, clean_text, show_address, show_score, show_shares

MOST_ROWS = 50
_MOST_NAME = 200
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~$&-])")
_BECOMES_LINK = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)
_MENTION = str.maketrans("@", "＠")
"""Platforms look for mentions after the markup was read: no escape keeps them from it."""
_IN_ADDRESS = "/:?#[]@!$&'()*+,;=%~-._"
_SPACES = re.compile(r"\s+")


def render_markdown(result: Result, wording: Wording, baseline: Baseline | None = None) -> bytes:
    """Return the bytes of `summary.md`."""
    again = show_recheck(result, wording)
    lines = [
        f"## {escape_markdown(clean_text(result.target.name, _MOST_NAME))}",
        "",
        *(_show_recheck(again, wording) if again is not None else _show_audit(result, wording, baseline)),
    ]
    return ("\n".join(lines).rstrip() + "\n").encode("utf-8", "replace")


def escape_markdown(text: str) -> str:
    """Return a text in which no sign has a meaning: no link, no mention, no markup, no table."""
    escaped = _MARKUP.sub(r"\\\1", _SPACES.sub(" ", text).strip())
    return _BECOMES_LINK.sub(r"\\", escaped).translate(_MENTION)


def link_address(url: str) -> str:
    """Return an address as a link that shows itself; as plain text where it is no plain http or https address."""
    href = show_address(url).href
    return f"<{quote(href, safe=_IN_ADDRESS)}>" if href is not None else escape_markdown(clean_text(url, MOST_HREF))


def _show_audit(result: Result, wording: Wording, baseline: Baseline | None) -> list[str]:
    rows = list_rows(result, wording)
    return [
        *_show_figures(result, wording),
        "",
        *_show_left_out(result, wording),
        *_show_counts(rows, wording),
        *_show_problems(rows, wording, baseline),
    ]


def _show_left_out(result: Result, wording: Wording) -> list[str]:
    if not result.left_out:
        return []
    return [wording.say("warning_left_out", count=result.left_out, judged=len(result.clauses)), ""]


def _show_recheck(view: RecheckView, wording: Wording) -> list[str]:
    """Return what became of earlier problems, those not mended first; the score of so few clauses says nothing."""
    heads = [wording.say(f"recheck_column_{name}") for name in ("state", "clause", "subject", "said", "now", "due")]
    cells = [
        [row.state_word, f"{row.clause} {row.title}", row.subject, row.said, row.now, row.due]
        for row in view.rows[:MOST_ROWS]
    ]
    more = len(view.rows) - MOST_ROWS
    note = ["", wording.say("more_rows", count=more)] if more > 0 else []
    table = _make_table(heads, [[escape_markdown(text) for text in row] for row in cells])
    return [f"### {wording.say('head_recheck')}", "", view.sentence, view.counts, "", *table, *note]


def _show_figures(result: Result, wording: Wording) -> list[str]:
    score = result.score
    value = wording.say("no_score") if score.value is None else show_score(score.value)
    judged, waiting, _ = show_shares(score.judged, score.waiting, score.undetermined)
    cells = [
        ("figure_score", f"**{value}**"),
        ("figure_interval", f"{show_score(score.low)} - {show_score(score.high)}"),
        ("figure_judged", judged),
        ("figure_waiting", waiting),
        ("figure_grade", escape_markdown(score.grade or "")),
        ("figure_as_of", wording.show_day(result.as_of)),
    ]
    return _make_table([wording.say(key) for key, _ in cells], [[text for _, text in cells]])


def _show_counts(rows: Sequence[Row], wording: Wording) -> list[str]:
    counts = Counter(row.finding.outcome for row in rows)
    parts = [
        wording.say("count_of_outcome", outcome=wording.word(outcome.value), count=counts[outcome])
        for outcome in reversed(Outcome)
        if counts[outcome]
    ]
    return [wording.join(parts), ""] if parts else []


def _show_problems(rows: Sequence[Row], wording: Wording, baseline: Baseline | None) -> list[str]:
    problems = [row for row in rows if is_problem(row)]
    if not problems:
        return [wording.say("no_problems")]
    if baseline is None:
        return _list_problems(wording.say("problems"), problems, wording)
    fresh = [row for row in problems if not baseline.forgives(row.finding)]
    old = [row for row in problems if baseline.forgives(row.finding)]
    lines = (
        _list_problems(wording.say("problems_new"), fresh, wording) if fresh else [wording.say("no_new_problems"), ""]
    )
    return [*lines, *(_list_problems(wording.say("problems_known"), old, wording) if old else [])]


def _list_problems(title: str, rows: Sequence[Row], wording: Wording) -> list[str]:
    ranks = {class_: rank for rank, class_ in enumerate(ClauseClass)}
    ranked = sorted(rows, key=lambda row: ranks[row.clause.class_])
    heads = [wording.say(f"column_{name}") for name in ("clause", "class", "title", "subject", "reason", "addresses")]
    cells = [
        [
            escape_markdown(row.finding.clause),
            escape_markdown(row.class_word),
            escape_markdown(row.title),
            escape_markdown(row.subject),
            escape_markdown(row.reason),
            link_address(row.addresses[0]) if row.addresses else "",
        ]
        for row in ranked[:MOST_ROWS]
    ]
    more = len(rows) - MOST_ROWS
    note = ["", wording.say("more_rows", count=more)] if more > 0 else []
    return [f"### {title}", "", *_make_table(heads, cells), *note, ""]


def _make_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(heads)} |",
        f"|{'---|' * len(heads)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
