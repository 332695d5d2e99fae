"""The words of scorecards in one language: months, parts, states, figures, changes."""

from __future__ import annotations

import json
from dataclasses import dataclass

from auditor.history.entries import Summary
from auditor.messages import Messages
from auditor.report.wording import Wording, clean_text, show_difference, show_score, show_shares
from auditor.scorecard.figures import SiteMonth
from auditor.scorecard.roster import Slot


@dataclass(frozen=True)
class Bar:
    """The interval of a score in thousandths of a bar, with the score's own place; empty where there is none."""

    x: str
    width: str
    mark: str


@dataclass(frozen=True)
class ScoreCells:
    """A score in words: value, interval, grade, what was judged and looked through."""

    value: str
    interval: str
    grade: str
    judged: str
    waiting: str
    undetermined: str
    looked: str
    bar: Bar | None


class Phrases:
    """The words of scorecards in one language."""

    def __init__(self, messages: Messages, wording: Wording) -> None:
        """Keep both catalogues: the scorecard's and the report's."""
        self.messages = messages
        self.wording = wording

    def say(self, key: str, **values: object) -> str:
        """Return a text of the scorecard's own."""
        return self.messages.say(f"scorecard.{key}", **values)

    def name_month(self, month: str) -> str:
        """Write a month: 2026年10月, October 2026."""
        if self.messages.language == "zh":
            return f"{month[:4]}年{int(month[5:])}月"
        return f"{self.say(f'month_{int(month[5:])}')} {month[:4]}"

    def explain_state(self, audit: Summary) -> str:
        """Say why an audit came to no result: the reason of an attempt, or the sentence of an error."""
        for key in (f"words.attempt_{audit.reason}", f"errors.{audit.reason}"):
            if self.messages.has(key):
                return clean_text(self.messages.say(key, **_read_detail(audit)), 300)
        return clean_text(audit.reason, 80)

    def note_slot(self, slot: Slot) -> str:
        """Say of a month with a result what makes it other than the months before: corrected, other rules."""
        notes = [self.say("corrected")] if slot.replaced is not None else []
        return self.wording.join([*notes, *([self.say("other_rules")] if slot.is_other else [])])

    def show_cells(self, audit: Summary) -> ScoreCells:
        """Return the figures of an audit in words."""
        figures, looked = audit.figures, audit.looked
        if figures is None:
            return ScoreCells("", "", "", "", "", "", "", None)
        value = self.say("no_score") if figures.value is None else show_score(figures.value)
        low, high = show_score(figures.low), show_score(figures.high)
        width = max((figures.high - figures.low) * 10, 4)
        judged, waiting, undetermined = show_shares(figures.judged, figures.waiting, figures.undetermined)
        mark = "" if figures.value is None else f"{min(figures.value, 100) * 10:.1f}"
        return ScoreCells(
            value=value,
            interval=self.say("interval", low=low, high=high),
            grade=clean_text(figures.grade, 12),
            judged=judged,
            waiting=waiting,
            undetermined=undetermined,
            looked=self.say("looked", fetched=looked.fetched, discovered=looked.discovered),
            bar=Bar(f"{figures.low * 10:.1f}", f"{width:.1f}", mark),
        )


def _read_detail(audit: Summary) -> dict[str, object]:
    try:
        detail = json.loads(audit.detail or "{}")
    except ValueError:
        return {"where": audit.detail}
    return detail if isinstance(detail, dict) else {"where": audit.detail}


@dataclass(frozen=True)
class ChangeWords:
    """How a score moved. `note` names the month that it is compared with, where that is not the month before.

    It also says where the score moved and the site did not.
    """

    text: str
    note: str = ""


def show_change(site: SiteMonth, phrases: Phrases) -> ChangeWords:
    """Return the change of a score in words: a number only where the two were reckoned alike."""
    course = site.course
    if course.now.counted is None:
        return ChangeWords("")
    before = course.before
    if before is None:
        return ChangeWords(phrases.say("change_new" if course.is_new else "change_none"))
    if site.hindrance:
        return ChangeWords(phrases.say(f"change_{site.hindrance}"))
    if site.change is None:
        return ChangeWords(phrases.say("change_none"))
    is_next = before.month == course.slots[-2].month
    notes = [] if is_next else [phrases.say("change_since", month=phrases.name_month(before.month))]
    notes += [phrases.say("change_sight")] if site.moved_by_sight else []
    return ChangeWords(show_difference(site.change) or phrases.say("change_same"), phrases.wording.join(notes))
