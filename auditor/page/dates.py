"""The dates that a page states of itself: by its labels, and by the lines near its title. Cheap, for every page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from auditor.extract.text import find_dates, find_role, parse_date
from auditor.page.markup import ShownPage
from auditor.page.quickscan import QuickPage
from auditor.page.scan import PageScan
from auditor.words.vocabulary import Vocabulary

_NEAR_LINES = 6
_LONGEST_LINE = 300
_DIGIT = re.compile(r"\d")
_NO_TITLE = frozenset({"nav", "footer", "header", "breadcrumb"})


def find_stated_dates(page: ShownPage, scan: PageScan, vocabulary: Vocabulary) -> dict[str, str]:
    """Return the dates of a page by role (`published`, `updated`, ...), as ISO dates.

    A label in the head counts before the lines, the first of several lines before the others.
    """
    start = _find_title_line(page)
    lines = (line.text for line in page.lines[start : start + _NEAR_LINES] if not line.linked)
    return read_stated_dates(scan, lines, vocabulary)


def read_stated_dates(scan: PageScan, lines: Iterable[str], vocabulary: Vocabulary) -> dict[str, str]:
    """Return the dates that labels and the lines below a title state, by role."""
    found: dict[str, date] = {}
    for name in sorted(vocabulary.labels.meta["published"]):
        stated = parse_date(scan.labels.get(name, ""))
        if stated is not None:
            found.setdefault("published", stated)
    for line in lines:
        text = line[:_LONGEST_LINE]
        if not _DIGIT.search(text):
            continue
        for item in find_dates(text):
            role = find_role(text[: item.start], vocabulary.labels)
            if role is not None:
                found.setdefault(role[0], item.value)
    return {role: day.isoformat() for role, day in found.items()}


def find_quick_dates(page: QuickPage, vocabulary: Vocabulary) -> dict[str, str]:
    """Return the dates of a page that was looked at quickly."""
    lines = [line for line in map(str.strip, page.below_title.splitlines()) if line]
    return read_stated_dates(page.scan, lines[:_NEAR_LINES], vocabulary)


def _find_title_line(page: ShownPage) -> int:
    headings = (heading for heading in page.headings if heading.text and heading.zone.part not in _NO_TITLE)
    return next((heading.order for heading in headings), len(page.lines))
