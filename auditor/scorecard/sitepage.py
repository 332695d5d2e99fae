"""The page of one site in one month, as a value that the template only has to write out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from auditor.compare.causes import Cause
from auditor.history.entries import Summary
from auditor.messages import Messages
from auditor.model.outcomes import Outcome
from auditor.report.wording import Wording, clean_text, show_score, show_share
from auditor.scorecard.charts import Line, draw_lines
from auditor.scorecard.figures import SiteStudy
from auditor.scorecard.roster import Course, Slot
from auditor.scorecard.rows import DemandRoom, DemandRow, UnitView, mark_clauses

_NUMERALS = "一二三四五六七八九十"
LOW_DASHES, HIGH_DASHES = "6 4", "2 4"


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
    looked: str
    bar: Bar | None


@dataclass(frozen=True)
class MonthCell:
    """One month of a trend: its label, the figures, and the word for a month without result."""

    month: str
    href: str
    value: str
    low: str
    high: str
    judged: str
    note: str


@dataclass(frozen=True)
class GroupRow:
    """A part of a standard at a site."""

    standard: str
    chapter: str
    score: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class SitePage:
    """The page of a site."""

    name: str
    address: str
    month: str
    state: str
    state_key: str
    sentences: tuple[str, ...]
    score: ScoreCells | None
    chart: Markup
    trend: tuple[MonthCell, ...]
    balance: tuple[tuple[str, str], ...]
    causes: tuple[tuple[str, int], ...]
    groups: tuple[GroupRow, ...]
    failed: tuple[DemandRow, ...]
    mended: tuple[DemandRow, ...]
    fresh: tuple[DemandRow, ...]
    waiting: tuple[DemandRow, ...]
    units: tuple[UnitView, ...]


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

    def name_chapter(self, chapter: str) -> str:
        """Write a part of a standard: 第一部分 for a number, else its own name."""
        shown = clean_text(chapter, 20)
        if not shown or any(sign not in _NUMERALS and not sign.isdecimal() for sign in shown):
            return shown
        is_short = self.messages.language == "en" and len(shown) == 1 and shown in _NUMERALS
        return self.say("chapter", number=_NUMERALS.index(shown) + 1 if is_short else shown)

    def explain_state(self, audit: Summary) -> str:
        """Say why an audit came to no result: the reason of an attempt, or the sentence of an error."""
        for key in (f"words.attempt_{audit.reason}", f"errors.{audit.reason}"):
            if self.messages.has(key):
                return clean_text(self.messages.say(key, **_read_detail(audit)), 300)
        return clean_text(audit.reason, 80)

    def show_cells(self, audit: Summary) -> ScoreCells:
        """Return the figures of an audit in words."""
        figures, looked = audit.figures, audit.looked
        if figures is None:
            return ScoreCells("", "", "", "", "", "", None)
        value = self.say("no_score") if figures.value is None else show_score(figures.value)
        low, high = show_score(figures.low), show_score(figures.high)
        width = max((figures.high - figures.low) * 10, 4)
        mark = "" if figures.value is None else f"{min(figures.value, 100) * 10:.1f}"
        return ScoreCells(
            value=value,
            interval=self.say("interval", low=low, high=high),
            grade=clean_text(figures.grade, 12),
            judged=show_share(figures.judged),
            waiting=show_share(figures.waiting),
            looked=self.say("looked", fetched=looked.fetched, discovered=looked.discovered),
            bar=Bar(f"{figures.low * 10:.1f}", f"{width:.1f}", mark),
        )


def _read_detail(audit: Summary) -> dict[str, object]:
    try:
        detail = json.loads(audit.detail or "{}")
    except ValueError:
        return {"where": audit.detail}
    return detail if isinstance(detail, dict) else {"where": audit.detail}


def show_change(course: Course, change: float | None, *, comparable: bool, phrases: Phrases) -> str:
    """Return the change of a score in words: a number only where the rules were the same."""
    if course.now.counted is None:
        return ""
    before = course.before
    if before is None:
        return phrases.say("change_new" if course.is_new else "change_none")
    if not comparable:
        return phrases.say("change_rules")
    if change is None:
        return phrases.say("change_none")
    text = phrases.say("change_same") if abs(change) < 0.05 else f"{change:+.1f}".replace("-", "\u2212")  # noqa: PLR2004
    if before.month == course.slots[-2].month:
        return text
    return phrases.say("change_since", change=text, month=phrases.name_month(before.month))


def show_site(study: SiteStudy, phrases: Phrases, pages: Sequence[str]) -> SitePage:
    """Return the page of a site. `pages` are the months of which the site has a page."""
    course, now = study.month.course, study.month.course.now
    counted = now.counted
    room = DemandRoom(study.entry, phrases.messages, phrases.wording) if study.entry is not None else None
    verdicts = study.entry.verdicts if study.entry is not None else ()
    failing = {change.key for change in study.fresh}
    return SitePage(
        name=clean_text(course.name, 160),
        address=clean_text(course.site, 160),
        month=phrases.name_month(now.month),
        state=phrases.say(f"state_{now.state}"),
        state_key=now.state,
        sentences=tuple(list_sentences(study, phrases)),
        score=phrases.show_cells(counted) if counted is not None else None,
        chart=draw_course(course, phrases),
        trend=tuple(show_slot(slot, phrases, study.month.slug, pages) for slot in course.slots),
        balance=show_balance(study, phrases),
        causes=tuple((phrases.messages.say(f"compare.cause_{one}"), study.month.causes.get(one, 0)) for one in Cause),
        groups=show_groups(study, phrases),
        failed=room.list_failed(verdicts, mark_clauses(study, phrases.messages)) if room else (),
        mended=room.list_all(
            (one.after for one in study.mended if one.after is not None), _mark_mended(study, phrases)
        ) if room else (),
        fresh=room.list_failed(
            (one for one in verdicts if one.key in failing), mark_clauses(study, phrases.messages)
        ) if room else (),
        waiting=room.list_all(one for one in verdicts if one.outcome is Outcome.NEEDS_PERSON) if room else (),
        units=room.list_units() if room else (),
    )  # fmt: skip


def _mark_mended(study: SiteStudy, phrases: Phrases) -> dict[str, str]:
    return {
        one.key[0]: phrases.messages.say(f"compare.cause_{one.cause}")
        for one in study.mended
        if one.cause is not Cause.SITE
    }


def list_sentences(study: SiteStudy, phrases: Phrases) -> list[str]:
    """Say in plain sentences what the month is worth: state, correction, change, rules, doubts."""
    course, now = study.month.course, study.month.course.now
    before = course.before
    if now.counted is None:
        why = phrases.explain_state(now.failed) if now.failed is not None else ""
        said = [phrases.say(f"sentence_{now.state}", why=why)]
        if before is not None and before.counted is not None:
            score = phrases.show_cells(before.counted).value
            said.append(phrases.say("sentence_last", month=phrases.name_month(before.month), score=score))
        return said
    said = [phrases.say("sentence_day", day=phrases.wording.show_day(now.counted.as_of))]
    if now.replaced is not None:
        was = phrases.show_cells(now.replaced).value
        said.append(phrases.say("sentence_corrected", was=was, now=phrases.show_cells(now.counted).value))
    if course.is_new:
        said.append(phrases.say("sentence_new"))
    elif before is None:
        said.append(phrases.say("sentence_first"))
    elif study.comparison is not None:
        difference = study.comparison.difference
        month = phrases.name_month(before.month)
        change = show_change(course, study.month.change, comparable=True, phrases=phrases)
        key = "sentence_change" if study.month.is_comparable else "sentence_rules"
        codes = phrases.wording.join(list(difference.standards))
        said.append(phrases.say(key, month=month, change=change, codes=codes))
        if difference.tool:
            said.append(phrases.say("sentence_tool"))
    if now.counted.faults:
        said.append(phrases.say("sentence_faults", count=now.counted.faults))
    return said


def show_slot(slot: Slot, phrases: Phrases, slug: str, pages: Sequence[str]) -> MonthCell:
    """Return one month of a site's trend, with the way to its page from another month's page of the site."""
    href = f"../../../{slot.month}/sites/{slug}/index.html" if slot.month in pages else ""
    name = phrases.name_month(slot.month)
    if slot.counted is None or slot.counted.figures is None:
        return MonthCell(name, href, "", "", "", "", phrases.say(f"state_{slot.state}"))
    figures = slot.counted.figures
    value = phrases.say("no_score") if figures.value is None else show_score(figures.value)
    note = phrases.say("corrected") if slot.replaced is not None else ""
    cells = (show_score(figures.low), show_score(figures.high), show_share(figures.judged))
    return MonthCell(name, href, value, *cells, note)


def draw_course(course: Course, phrases: Phrases) -> Markup:
    """Draw the score of a site over the months between the bounds of its interval."""
    figures = [slot.counted.figures if slot.counted is not None else None for slot in course.slots]
    lines = (
        Line(phrases.say("line_score"), tuple(one.value if one else None for one in figures)),
        Line(phrases.say("line_low"), tuple(one.low if one else None for one in figures), LOW_DASHES),
        Line(phrases.say("line_high"), tuple(one.high if one else None for one in figures), HIGH_DASHES),
    )
    title = phrases.say("chart_site", site=clean_text(course.name, 80))
    return draw_lines([slot.month for slot in course.slots], lines, title)


def show_balance(study: SiteStudy, phrases: Phrases) -> tuple[tuple[str, str], ...]:
    """Return how the failures of the earlier result became those of this one, as an account that adds up."""
    balance, before = study.month.balance, study.month.course.before
    if balance is None or before is None:
        return ()
    minus = "\u2212"
    lines = (
        (phrases.say("balance_before", month=phrases.name_month(before.month)), f"{balance.before}"),
        (phrases.say("balance_mended"), f"{minus}{balance.mended}"),
        (phrases.say("balance_lost"), f"{minus}{balance.lost}"),
        (phrases.say("balance_lifted"), f"{minus}{balance.lifted}"),
        (phrases.say("balance_new"), f"+{balance.new}"),
        (phrases.say("balance_raised"), f"+{balance.raised}"),
        (phrases.say("balance_now"), f"{balance.now}"),
    )
    return tuple(lines)


def show_groups(study: SiteStudy, phrases: Phrases) -> tuple[GroupRow, ...]:
    """Return the parts of each standard with their scores and clauses by outcome, the gravest first."""
    titles = {one.code: phrases.wording.pick(one.title, 120) for one in study.entry.standings} if study.entry else {}
    return tuple(
        GroupRow(
            standard=titles.get(group.standard, group.standard),
            chapter=phrases.name_chapter(group.chapter),
            score="" if group.share is None else show_score(group.share * 100),
            counts=tuple(group.counts.get(outcome, 0) for outcome in reversed(Outcome)),
        )
        for group in study.month.groups
    )
