"""What the first view leaves out: the details of clauses in script files of bounded size, and the words to search in.

A script file calls one function with a name and a value, so that a page opened from a disk can load it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from auditor.report.clauses import ClauseView, FindingView
from auditor.report.evidence import AttemptView, CoverageView, ListView, RecordView

if TYPE_CHECKING:
    from auditor.report.page import PageView

MOST_IN_PART = 200_000
"""Signs of markup in one script file; a clause that has more stands alone."""
MOST_WORDS = 1_500
"""Signs of one finding that are searched in."""
_LOOSE = re.compile("[<>&\u007f-\u009f\u2028\u2029\ufeff]")


def pack_parts(details: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the details by the file that holds them (`part-001`), in order, each file of bounded size."""
    packed: list[dict[str, str]] = []
    room = 0
    for anchor, markup in details.items():
        if not packed or len(markup) > room:
            packed.append({})
            room = MOST_IN_PART
        packed[-1][anchor] = markup
        room -= len(markup)
    return {f"part-{number:03d}": held for number, held in enumerate(packed, start=1)}


def write_script(function: str, name: str, value: object) -> bytes:
    """Return a script that hands a value over.

    It is plain JSON in which nothing can end a script, a line or a comment, whatever reads the file.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    safe = _LOOSE.sub(lambda found: f"\\u{ord(found.group()):04x}", text)
    return f'{function}("{name}",{safe});\n'.encode("utf-8", errors="replace")


def list_details(page: PageView) -> dict[str, list[str]]:
    """Return the words of every clause by its anchor: those of the clause itself, then those of each finding."""
    return {
        clause.anchor: [_write_clause(clause), *(_write_finding(finding) for finding in _list_findings(clause))]
        for ruleset in page.rulesets
        for chapter in ruleset.chapters
        for clause in chapter.clauses
    }


def _list_findings(clause: ClauseView) -> tuple[FindingView, ...]:
    return (clause.single,) if clause.single is not None else (*clause.loud, *clause.quiet)


def _write_clause(clause: ClauseView) -> str:
    words = (clause.id, clause.number, clause.title, clause.asks, clause.units, clause.summary, clause.remedy)
    return _join((*words, clause.why, clause.assumes, *clause.requests))


def _write_finding(finding: FindingView) -> str:
    evidence = [word for view in finding.evidence for word in _write_evidence(view)]
    decisions = [word for one in finding.decisions for word in (one.head, *(text for _, text in one.lines))]
    return _join((finding.subject, finding.reason, finding.proposal, finding.fingerprint, *decisions, *evidence))


def _write_evidence(view: object) -> Iterator[str]:
    if isinstance(view, RecordView):
        yield from (view.excerpt, view.place.text)
    elif isinstance(view, AttemptView):
        yield from (view.reason, view.place.text)
    elif isinstance(view, CoverageView):
        yield from (view.part, view.place.text if view.place else "")
    elif isinstance(view, ListView):
        yield from (item.text for group in view.groups for item in group.items)


def _join(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(filter(None, words)))[:MOST_WORDS]
