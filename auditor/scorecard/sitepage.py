"""The page of one site in one month, as a value that the template only has to write out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from markupsafe import Markup

from auditor.compare.causes import Cause, Comparison
from auditor.model.outcomes import Outcome
from auditor.report.overview import name_part
from auditor.report.wording import clean_text, show_difference, show_score, show_share
from auditor.scorecard.charts import Line, draw_lines
from auditor.scorecard.figures import Group, SiteStudy
from auditor.scorecard.phrases import Phrases, ScoreCells
from auditor.scorecard.roster import Course, Slot
from auditor.scorecard.rows import DemandRoom, DemandRow, UnitView, mark_clauses, mark_mended

LOW_DASHES, HIGH_DASHES = "6 4", "2 4"
MOST_FIRST = 3


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

    chapter: str
    score: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class SitePage:
    """The page of a site. `groups` are the parts of each standard.

    `report` is the way to its own report, empty where that is not at hand.
    """

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
    groups: tuple[tuple[str, tuple[GroupRow, ...]], ...]
    failed: tuple[DemandRow, ...]
    mended: tuple[DemandRow, ...]
    fresh: tuple[DemandRow, ...]
    waiting: tuple[DemandRow, ...]
    units: tuple[UnitView, ...]
    report: str = ""


def show_site(study: SiteStudy, phrases: Phrases, pages: Sequence[str], report: str = "") -> SitePage:
    """Return the page of a site. `pages` are the months of which it has a page, `report` the way to its report."""
    course, now = study.month.course, study.month.course.now
    counted = now.counted
    room = DemandRoom(study.entry, phrases.messages, phrases.wording) if study.entry is not None else None
    verdicts = study.entry.verdicts if study.entry is not None else ()
    failing = {change.key for change in study.fresh}
    failed = room.list_failed(verdicts, mark_clauses(study.fresh, phrases.messages)) if room else ()
    return SitePage(
        name=clean_text(course.name, 160),
        address=clean_text(course.site, 160),
        month=phrases.name_month(now.month),
        state=phrases.say(f"state_{now.state}"),
        state_key=now.state,
        sentences=(*list_sentences(study, phrases), *(tell_failed(failed, phrases) if room else ())),
        score=phrases.show_cells(counted) if counted is not None else None,
        chart=draw_course(course, phrases),
        trend=tuple(show_slot(slot, phrases, study.month.slug, pages) for slot in course.known),
        balance=show_balance(study, phrases),
        causes=tuple((phrases.messages.say(f"compare.cause_{one}"), study.month.causes.get(one, 0)) for one in Cause),
        groups=show_groups(study, phrases),
        failed=failed,
        mended=room.list_all(
            (one.after for one in study.mended if one.after is not None), mark_mended(study.mended, phrases.messages)
        ) if room else (),
        fresh=room.list_failed(
            (one for one in verdicts if one.key in failing), mark_clauses(study.fresh, phrases.messages)
        ) if room else (),
        waiting=room.list_all(one for one in verdicts if one.outcome is Outcome.NEEDS_PERSON) if room else (),
        units=room.list_units(study.fresh, study.mended) if room else (),
        report=report,
    )  # fmt: skip


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
        said += _compare_months(study, study.comparison, before, phrases)
    if now.counted.faults:
        said.append(phrases.say("sentence_faults", count=now.counted.faults))
    return said


def tell_failed(failed: Sequence[DemandRow], phrases: Phrases) -> list[str]:
    """Say how many demands failed, with how many verdicts, and which of them to mend first."""
    if not failed:
        return [phrases.say("none_site_mend")]
    titles = phrases.wording.join([row.title for row in failed[:MOST_FIRST]])
    verdicts = sum(row.count for row in failed)
    said = phrases.say("sentence_failing", demands=len(failed), verdicts=verdicts)
    return [said, phrases.say("sentence_first_mend", titles=titles)]


def _compare_months(study: SiteStudy, comparison: Comparison, before: Slot, phrases: Phrases) -> list[str]:
    """Say how the score moved since an earlier month, or why it cannot be told; what came and what went."""
    month, hindrance, balance = phrases.name_month(before.month), study.month.hindrance, study.month.balance
    change = study.month.change or 0.0
    key = f"sentence_{hindrance}" if hindrance else ("sentence_change" if change else "sentence_same")
    codes = phrases.wording.join(list(comparison.difference.standards))
    said = [phrases.say(key, month=month, change=show_difference(change), codes=codes)]
    if study.month.moved_by_sight:
        said.append(phrases.say("sentence_sight", month=month))
    if balance is not None:
        said.append(phrases.say("sentence_balance", mended=balance.mended, new=balance.new))
    if comparison.difference.tool:
        said.append(phrases.say("sentence_tool"))
    return said


def show_slot(slot: Slot, phrases: Phrases, slug: str, pages: Sequence[str]) -> MonthCell:
    """Return one month of a site's trend, with the way to its page from another month's page of the site."""
    href = f"../../../{slot.month}/sites/{slug}/index.html" if slot.month in pages else ""
    name = phrases.name_month(slot.month)
    if slot.counted is None or slot.counted.figures is None:
        return MonthCell(name, href, "", "", "", "", phrases.say(f"state_{slot.state}"))
    figures = slot.counted.figures
    value = phrases.say("no_score") if figures.value is None else show_score(figures.value)
    note = phrases.note_slot(slot)
    cells = (show_score(figures.low), show_score(figures.high), show_share(figures.judged))
    return MonthCell(name, href, value, *cells, note)


def draw_course(course: Course, phrases: Phrases) -> Markup:
    """Draw the score of a site over the months between the bounds of its interval."""
    figures = [slot.counted.figures if slot.counted is not None else None for slot in course.known]
    lines = (
        Line(phrases.say("line_score"), tuple(one.value if one else None for one in figures)),
        Line(phrases.say("line_low"), tuple(one.low if one else None for one in figures), LOW_DASHES),
        Line(phrases.say("line_high"), tuple(one.high if one else None for one in figures), HIGH_DASHES),
    )
    title = phrases.say("chart_site", site=clean_text(course.name, 80))
    return draw_lines([slot.month for slot in course.known], lines, title)


def show_balance(study: SiteStudy, phrases: Phrases) -> tuple[tuple[str, str], ...]:
    """Return how the failures of the earlier result became those of this one, as an account that adds up."""
    balance, before = study.month.balance, study.month.course.before
    if balance is None or before is None:
        return ()
    lines = (
        (phrases.say("balance_before", month=phrases.name_month(before.month)), f"{balance.before}"),
        (phrases.say("balance_mended"), _sign("\u2212", balance.mended)),
        (phrases.say("balance_lost"), _sign("\u2212", balance.lost)),
        (phrases.say("balance_lifted"), _sign("\u2212", balance.lifted)),
        (phrases.say("balance_new"), _sign("+", balance.new)),
        (phrases.say("balance_raised"), _sign("+", balance.raised)),
        (phrases.say("balance_now"), f"{balance.now}"),
    )
    return tuple(lines)


def _sign(sign: str, number: int) -> str:
    return f"{sign}{number}" if number else "0"


def show_groups(study: SiteStudy, phrases: Phrases) -> tuple[tuple[str, tuple[GroupRow, ...]], ...]:
    """Return the parts of each standard with their scores and clauses by outcome, the gravest first."""
    titles = {one.code: phrases.wording.pick(one.title, 120) for one in study.entry.standings} if study.entry else {}
    parts = groupby(study.month.groups, key=lambda group: group.standard)
    return tuple((titles.get(code, code), _show_parts(groups, phrases)) for code, groups in parts)


def _show_parts(groups: Iterable[Group], phrases: Phrases) -> tuple[GroupRow, ...]:
    return tuple(
        GroupRow(
            chapter=name_part(group.chapter, phrases.wording),
            score="" if group.share is None else show_score(group.share * 100),
            counts=tuple(group.counts.get(outcome, 0) for outcome in reversed(Outcome)),
        )
        for group in groups
    )
