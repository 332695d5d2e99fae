"""Stored copies of cited pages: their text as it was collected, with the passages marked, and nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from auditor.model.evidence import RecordEvidence
from auditor.model.findings import Finding
from auditor.model.outcomes import SEVERITY
from auditor.page.lines import Line, LineKind
from auditor.report.wording import Place, Wording, clean_text, show_address

MOST_COPIES = 300
MOST_LINE = 2_000
_BLANKS = re.compile(r"\s+")
_LEAST = 2


@dataclass(frozen=True)
class StoredPage:
    """A page as the archive holds it. `lines` are empty for what is no page; `size` is in bytes."""

    url: str
    at: datetime | None
    media_type: str
    size: int
    sha256: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class CopyLink:
    """Where the copy of a page lies beside the report, and the place of each cited passage in it, by its words."""

    file: str
    marks: Mapping[str, str]


@dataclass(frozen=True)
class LineView:
    """A line as it is shown; `mark` is its id where it is cited."""

    kind: LineKind
    text: str
    mark: str


@dataclass(frozen=True)
class CopyView:
    """A stored copy."""

    title: str
    place: Place
    facts: tuple[tuple[str, str], ...]
    lines: tuple[LineView, ...] = field(default=())


def choose_records(findings: Iterable[Finding]) -> dict[str, tuple[str, ...]]:
    """Return the records to show, at most 300, those of failures first; with the words cited from each."""
    cited: dict[str, dict[str, None]] = {}
    for finding in sorted(findings, key=lambda one: -SEVERITY[one.outcome]):
        for item in finding.evidence:
            if isinstance(item, RecordEvidence) and item.record is not None:
                cited.setdefault(item.record, {})[item.excerpt] = None
    return {record: tuple(words) for record, words in list(cited.items())[:MOST_COPIES]}


def link_copies(findings: Iterable[Finding], pages: Mapping[str, StoredPage]) -> dict[str, CopyLink]:
    """Return where the copy of each record lies, by record id."""
    links = {}
    for number, (record, words) in enumerate(choose_records(findings).items(), start=1):
        if record in pages:
            links[record] = CopyLink(f"copies/{number:03d}.html", _find_marks(pages[record].lines, words))
    return links


def _find_marks(lines: Sequence[Line], words: Iterable[str]) -> dict[str, str]:
    """Return for each passage the mark of the line in which it begins; a passage that is not found has none."""
    folded = [_BLANKS.sub("", line.text) for line in lines]
    marks = {}
    for passage in words:
        start = _BLANKS.sub("", passage.strip().partition("\n")[0]).rstrip("…")[:60]
        found = [place for place, text in enumerate(folded) if start in text] if len(start) >= _LEAST else []
        if found:
            exact = [place for place in found if folded[place] == start]
            marks[passage] = f"line-{(exact or found)[0] + 1}"
    return marks


def show_copy(record: str, page: StoredPage, link: CopyLink, wording: Wording) -> CopyView:
    """Return a stored copy in words."""
    marked = set(link.marks.values())
    title = next((line.text for line in page.lines if line.kind == "heading"), "")
    facts = (
        ("seen_at", wording.show_time(page.at)),
        ("copy_type", clean_text(page.media_type, 80)),
        ("copy_size", wording.say("copy_bytes", count=page.size)),
        ("ruleset_hash", page.sha256),
        ("record", clean_text(record, 120)),
    )
    return CopyView(
        title=clean_text(title, 120) or show_address(page.url).text,
        place=show_address(page.url),
        facts=tuple((wording.say(key), text) for key, text in facts if text),
        lines=tuple(
            LineView(line.kind, clean_text(line.text, MOST_LINE), mark if (mark := f"line-{place}") in marked else "")
            for place, line in enumerate(page.lines, start=1)
        ),
    )
