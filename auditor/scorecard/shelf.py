"""The page that links the months of a folder, each with what it says in short, from the numbers that lie beside it."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from auditor.report.wording import show_score
from auditor.scorecard.charts import Line, draw_lines
from auditor.scorecard.overview import STATES
from auditor.scorecard.phrases import Phrases
from auditor.scorecard.sitepage import HIGH_DASHES, LOW_DASHES


@dataclass(frozen=True)
class ShelfRow:
    """One month in a line; figures are empty where no site had a score."""

    href: str
    month: str
    sites: int
    done: int
    median: str
    low: str
    high: str
    mended: int
    new: int
    notes: str


@dataclass(frozen=True)
class Shelf:
    """All months of a folder, the newest first; `latest` is the row of the newest."""

    rows: tuple[ShelfRow, ...]
    latest: ShelfRow
    chart: Markup


def show_shelf(documents: Sequence[Mapping[str, Any]], phrases: Phrases) -> Shelf:
    """Return the months, the oldest document first, as `scorecard.json` has them."""
    rows = tuple(_show_month(one, phrases) for one in reversed(documents))
    return Shelf(rows, rows[0], _draw(documents, phrases))


def _list_values(document: Mapping[str, Any]) -> list[float]:
    figures = [site["figures"] for site in document["sites"] if site["figures"] is not None]
    return [one["value"] for one in figures if one["value"] is not None]


def _show_month(document: Mapping[str, Any], phrases: Phrases) -> ShelfRow:
    values = _list_values(document)
    balances = [site["balance"] for site in document["sites"] if site["balance"] is not None]
    return ShelfRow(
        href=f"{document['month']}/index.html",
        month=phrases.name_month(document["month"]),
        sites=len(document["sites"]),
        done=sum(site["state"] == "done" for site in document["sites"]),
        median=show_score(statistics.median(values)) if values else "",
        low=show_score(min(values)) if values else "",
        high=show_score(max(values)) if values else "",
        mended=sum(one["mended"] for one in balances),
        new=sum(one["new"] for one in balances),
        notes=phrases.wording.join(_list_notes(document["sites"], phrases)),
    )


def _list_notes(sites: Sequence[Mapping[str, Any]], phrases: Phrases) -> list[str]:
    """Say what makes a month other than the rest: sites without result, new ones, corrections, other rules."""
    states = Counter(site["state"] for site in sites)
    notes = [phrases.say("shelf_state", state=phrases.say(f"state_{one}"), count=states[one])
             for one in STATES if one != "done" and states[one]]  # fmt: skip
    counts = {
        "shelf_new": sum(site["new"] and site["state"] == "done" for site in sites),
        "corrected_count": sum(site["corrects"] is not None for site in sites),
        "other_rules_at": sum(site["hindrance"] in ("rules", "scoring", "asked") for site in sites),
    }
    return [*notes, *(phrases.say(key, count=count) for key, count in counts.items() if count)]


def _draw(documents: Sequence[Mapping[str, Any]], phrases: Phrases) -> Markup:
    values = [_list_values(one) for one in documents]
    lines = (
        Line(phrases.say("line_median"), tuple(statistics.median(one) if one else None for one in values)),
        Line(phrases.say("line_lowest"), tuple(min(one) if one else None for one in values), LOW_DASHES),
        Line(phrases.say("line_highest"), tuple(max(one) if one else None for one in values), HIGH_DASHES),
    )
    return draw_lines([one["month"] for one in documents], lines, phrases.say("chart_shelf"))
