"""What changed in a month over all sites, demand by demand: where it newly failed, and where it was mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.compare.causes import Change
from auditor.model.outcomes import ClauseClass
from auditor.model.results import ClauseText
from auditor.report.wording import clean_text
from auditor.scorecard.figures import MADE, SiteStudy
from auditor.scorecard.phrases import Phrases

MOST_EVENTS, MOST_NAMED = 30, 8
_CLASSES = tuple(ClauseClass)


@dataclass(frozen=True)
class Event:
    """A demand that came to fail, or was mended, at a site; `count` are the bodies concerned."""

    clause: str
    href: str
    site: str
    is_new: bool
    count: int


@dataclass(frozen=True)
class Named:
    """Sites named with the way to their pages, and how many more there are."""

    sites: tuple[tuple[str, str], ...]
    count: int
    more: int


@dataclass(frozen=True)
class EventRow:
    """A demand with the sites at which it newly failed and those at which it was mended."""

    clause: str
    number: str
    title: str
    class_key: str
    class_label: str
    fresh: Named
    mended: Named


def list_events(study: SiteStudy) -> list[Event]:
    """Return what changed at one site, without what only the rules or the tool changed."""
    href, name = f"sites/{study.month.slug}/index.html", clean_text(study.month.course.name, 160)
    found = []
    for changes, is_new in ((study.fresh, True), (study.mended, False)):
        for clause, count in _count_clauses(changes).items():
            found.append(Event(clause, href, name, is_new, count))
    return found


def _count_clauses(changes: Iterable[Change]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for change in changes:
        if change.cause not in MADE:
            counts[change.key[0]] = counts.get(change.key[0], 0) + 1
    return counts


def show_events(
    events: Sequence[Event], clauses: Mapping[str, ClauseText], phrases: Phrases
) -> tuple[tuple[EventRow, ...], int]:
    """Return the demands that changed, new failures and graver classes first, and how many more there are."""
    by_clause: dict[str, list[Event]] = {}
    for event in events:
        by_clause.setdefault(event.clause, []).append(event)
    places = {name: place for place, name in enumerate(clauses)}

    def rank(name: str) -> tuple[bool, int, int, int]:
        fresh = sum(one.is_new for one in by_clause[name])
        return not fresh, _CLASSES.index(clauses[name].class_), -fresh, places[name]

    order = sorted((name for name in by_clause if name in clauses), key=rank)
    rows = tuple(_show_row(name, clauses[name], by_clause[name], phrases) for name in order[:MOST_EVENTS])
    return rows, max(len(order) - MOST_EVENTS, 0)


def _show_row(name: str, clause: ClauseText, events: Sequence[Event], phrases: Phrases) -> EventRow:
    return EventRow(
        clause=name,
        number=clean_text(clause.number, 40),
        title=phrases.wording.pick(clause.title, 200),
        class_key=clause.class_.value,
        class_label=phrases.wording.word(f"class_{clause.class_}"),
        fresh=_name_sites([one for one in events if one.is_new]),
        mended=_name_sites([one for one in events if not one.is_new]),
    )


def _name_sites(events: Sequence[Event]) -> Named:
    sites = tuple((one.href, one.site) for one in events[:MOST_NAMED])
    return Named(sites, sum(one.count for one in events), max(len(events) - MOST_NAMED, 0))
