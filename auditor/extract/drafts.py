"""The families of facts that a page may belong to, each behind a cheap test of its title and way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from auditor.extract.families.bodies import draft_entries
from auditor.extract.families.budgets import draft_budget
from auditor.extract.families.catalogues import draft_catalogue
from auditor.extract.families.consultations import draft_consultation
from auditor.extract.families.issues import draft_gazette, draft_series
from auditor.extract.families.leaks import draft_leaks
from auditor.extract.families.letters import draft_faq, draft_letter
from auditor.extract.families.meetings import draft_event, draft_meeting
from auditor.extract.families.places import draft_accounts, draft_zones
from auditor.extract.families.reports import draft_report
from auditor.extract.families.services import draft_service_guide
from auditor.extract.grids import MAX_GRIDS
from auditor.extract.reading import Reading
from auditor.extract.sheet import Draft, Sheet
from auditor.page.markup import text_within

_ONE: tuple[Callable[[Sheet], Draft | None], ...] = (
    draft_report,
    draft_catalogue,
    draft_budget,
    draft_letter,
    draft_faq,
    draft_consultation,
    draft_meeting,
    draft_event,
    draft_service_guide,
    draft_gazette,
    draft_series,
)
_MANY: tuple[Callable[[Sheet], Iterator[Draft]], ...] = (draft_accounts, draft_zones, draft_entries)
_UNREAD = frozenset({"error", "redirect", "blocked"})


def draft_facts(sheet: Sheet) -> tuple[Draft, ...]:
    """Return what a page alone tells of all families."""
    if sheet.kind in _UNREAD:
        return ()
    found = [draft for make in _ONE if (draft := make(sheet)) is not None]
    for make_many in _MANY:
        found += make_many(sheet)
    reading = sheet.reading
    found += draft_leaks(
        reading.key, list_lines(reading), sheet.words.exposure, lambda text: reading.give_evidence("text", text)
    )
    return tuple(found)


def list_lines(reading: Reading) -> Iterator[str]:
    """Yield the lines of a page's own that may hold numbers, and the rows of its tables, cells beside each other."""
    in_rows: set[str] = set()
    for table in reading.shown.tree.css("table")[:MAX_GRIDS]:
        for row in table.css("tr"):
            text = text_within(row) if row.css_first("tr tr") is None else ""
            if any(sign.isdigit() for sign in text):
                in_rows.update(text.split(" "))
                yield text
    for line in reading.own_lines:
        if line.text not in in_rows:
            yield line.text
