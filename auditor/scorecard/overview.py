"""The first page of a month: all sites in one table, trends, parts of the standards, the demands most often failed."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from auditor.model.outcomes import ClauseClass, Outcome, Text
from auditor.model.results import ClauseText
from auditor.report.overview import name_part
from auditor.report.wording import clean_text, show_difference, show_score, show_share
from auditor.scorecard.charts import Line, draw_lines
from auditor.scorecard.events import Event, EventRow, show_events
from auditor.scorecard.figures import SiteMonth
from auditor.scorecard.phrases import ChangeWords, Phrases, ScoreCells, show_change
from auditor.scorecard.roster import Slot
from auditor.scorecard.sitepage import HIGH_DASHES, LOW_DASHES, MOST_FIRST, MonthCell

MOST_DEMANDS = 30
STATES = ("done", "blocked", "interrupted", "failed", "missing")


@dataclass(frozen=True)
class SiteRow:
    """One site in the table; a site without result has its state and the reason in place of figures."""

    href: str
    name: str
    address: str
    state_key: str
    state: str
    why: str
    tags: tuple[str, ...]
    score: ScoreCells | None
    change: ChangeWords
    failed: int
    waiting: int
    mended: str
    new: str


@dataclass(frozen=True)
class TrendRow:
    """A site over the months: a score, or the word for a month without one."""

    href: str
    name: str
    cells: tuple[MonthCell, ...]


@dataclass(frozen=True)
class Matrix:
    """The parts of one standard by site: a score from 0 to 100, empty where nothing was judged."""

    title: str
    chapters: tuple[str, ...]
    rows: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True)
class DemandTotal:
    """A demand over all sites: at how many it was judged, and at how many it failed, now and before."""

    clause: str
    number: str
    title: str
    class_key: str
    class_label: str
    judged: int
    failed: int
    before: int
    share: str
    width: str


@dataclass(frozen=True)
class Overview:
    """The first page of a month."""

    month: str
    counts: tuple[tuple[str, str, int], ...]
    sentences: tuple[str, ...]
    corrections: tuple[tuple[str, str, str], ...]
    rows: tuple[SiteRow, ...]
    chart: Markup
    medians: tuple[MonthCell, ...]
    months: tuple[str, ...]
    trends: tuple[TrendRow, ...]
    matrices: tuple[Matrix, ...]
    demands: tuple[DemandTotal, ...]
    more_demands: int
    events: tuple[EventRow, ...]
    more_events: int


@dataclass
class Gathering:
    """What is kept of each site while its pages are written, so that few audits are held at a time."""

    sites: list[SiteMonth] = field(default_factory=list)
    clauses: dict[str, ClauseText] = field(default_factory=dict)
    titles: dict[str, Text] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


def show_overview(gathered: Gathering, months: Sequence[str], phrases: Phrases) -> Overview:
    """Return the first page of the last of the months; those before the first audit of all are left out."""
    sites = sorted(gathered.sites, key=_rank_site)
    known = max(len(site.course.known) for site in sites)
    numbers = range(len(months) - known, len(months))
    counts = Counter(site.course.now.state for site in sites)
    demands = total_demands(gathered, phrases)
    events, more_events = show_events(gathered.events, gathered.clauses, phrases)
    return Overview(
        month=phrases.name_month(months[-1]),
        counts=tuple((state, phrases.say(f"state_{state}"), counts[state]) for state in STATES),
        sentences=tuple(list_sentences(sites, demands, phrases)),
        corrections=tuple(_list_corrections(sites, phrases)),
        rows=tuple(show_row(site, phrases) for site in sites),
        chart=_draw_medians(sites, {months[number]: number for number in numbers}, phrases),
        medians=tuple(_show_median(number, months[number], sites, phrases) for number in numbers),
        months=tuple(months[-known:]),
        trends=tuple(_show_trend(site, known, phrases) for site in sites),
        matrices=tuple(_list_matrices(gathered, sites, phrases)),
        demands=demands[:MOST_DEMANDS],
        more_demands=max(len(demands) - MOST_DEMANDS, 0),
        events=events,
        more_events=more_events,
    )


def _rank_site(site: SiteMonth) -> tuple[bool, float, str]:
    """Sites with a score first, the best of them first; then the others by name."""
    value = site.figures.value if site.figures is not None else None
    return value is None, -(value or 0.0), site.course.name


def list_sentences(sites: Sequence[SiteMonth], demands: Sequence[DemandTotal], phrases: Phrases) -> list[str]:
    """Say in plain sentences what the month is worth: scores, how sure they are, what changed, what to mend first."""
    scored = [(site, site.figures) for site in sites if site.figures is not None and site.figures.value is not None]
    said = []
    if scored:
        values = [one.value for _, one in scored if one.value is not None]
        figures = {"median": show_score(statistics.median(values)), "low": show_score(min(values))}
        said.append(phrases.say("sum_scores", count=len(scored), high=show_score(max(values)), **figures))
        shares = [one.judged for _, one in scored]
        widths = [one.high - one.low for _, one in scored]
        bounds = {"least": show_share(min(shares)), "most": show_share(max(shares))}
        said.append(phrases.say("sum_sure", width=show_score(statistics.median(widths)), **bounds))
    said += _tell_changes(sites, phrases)
    first = [phrases.say("first_demand", title=one.title, count=one.failed) for one in demands[:MOST_FIRST]]
    return [*said, *([phrases.say("sum_first", demands=phrases.wording.join(first))] if first else [])]


def _tell_changes(sites: Sequence[SiteMonth], phrases: Phrases) -> list[str]:
    said = []
    changes = [
        (site.change, clean_text(site.course.name, 80), site.moved_by_sight)
        for site in sites
        if site.change is not None
    ]
    if changes:
        up, down = sum(one > 0 for one, _, _ in changes), sum(one < 0 for one, _, _ in changes)
        said.append(phrases.say("sum_changes", up=up, down=down, same=len(changes) - up - down))
    for key, (change, name, by_sight) in (("sum_rise", max(changes)), ("sum_fall", min(changes))) if changes else ():
        if (change > 0) == (key == "sum_rise") and change:
            shown = show_difference(change)
            said.append(
                phrases.say(key, site=name, change=phrases.say("by_sight", change=shown) if by_sight else shown)
            )
    balances = [site.balance for site in sites if site.balance is not None]
    if balances:
        mended, new = sum(one.mended for one in balances), sum(one.new for one in balances)
        said.append(phrases.say("sum_balance", mended=mended, new=new))
    for hindrance in ("rules", "scoring", "asked"):
        count = sum(site.hindrance == hindrance for site in sites)
        said += [phrases.say(f"sum_{hindrance}", count=count)] if count else []
    fresh = sum(site.course.is_new and site.figures is not None for site in sites)
    return [*said, *([phrases.say("sum_new", count=fresh)] if fresh else [])]


def _list_corrections(sites: Sequence[SiteMonth], phrases: Phrases) -> list[tuple[str, str, str]]:
    return [
        (
            clean_text(site.course.name, 160),
            phrases.show_cells(site.course.now.replaced).value,
            phrases.show_cells(site.course.now.counted).value,
        )
        for site in sites
        if site.course.now.replaced is not None and site.course.now.counted is not None
    ]


def show_row(site: SiteMonth, phrases: Phrases) -> SiteRow:
    """Return one site as a row of the table."""
    course, now, balance = site.course, site.course.now, site.balance
    tags = [phrases.say("corrected")] if now.replaced is not None else []
    tags += [phrases.say("tag_new")] if course.is_new and now.counted is not None else []
    return SiteRow(
        href=f"sites/{site.slug}/index.html",
        name=clean_text(course.name, 160),
        address=clean_text(course.site, 160),
        state_key=now.state,
        state=phrases.say(f"state_{now.state}"),
        why=phrases.explain_state(now.failed) if now.failed is not None else "",
        tags=tuple(tags),
        score=phrases.show_cells(now.counted) if now.counted is not None else None,
        change=show_change(site, phrases),
        failed=site.failed,
        waiting=site.waiting,
        mended="" if balance is None else f"{balance.mended}",
        new="" if balance is None else f"{balance.new}",
    )


def _show_trend(site: SiteMonth, known: int, phrases: Phrases) -> TrendRow:
    cells = tuple(_show_cell(slot, phrases) for slot in site.course.slots[-known:])
    return TrendRow(f"sites/{site.slug}/index.html", clean_text(site.course.name, 160), cells)


def _show_cell(slot: Slot, phrases: Phrases) -> MonthCell:
    figures = slot.counted.figures if slot.counted is not None else None
    if figures is None:
        note = "" if slot.state == "missing" else phrases.say(f"state_{slot.state}")
        return MonthCell(phrases.name_month(slot.month), "", "", "", "", "", note)
    value = phrases.say("no_score") if figures.value is None else show_score(figures.value)
    return MonthCell(phrases.name_month(slot.month), "", value, "", "", "", phrases.note_slot(slot))


def list_values(number: int, sites: Sequence[SiteMonth]) -> list[float]:
    """Return the scores of all sites in one of the months."""
    figures = [slot.counted.figures for site in sites if (slot := site.course.slots[number]).counted is not None]
    return [one.value for one in figures if one is not None and one.value is not None]


def _show_median(number: int, month: str, sites: Sequence[SiteMonth], phrases: Phrases) -> MonthCell:
    values = list_values(number, sites)
    name = phrases.name_month(month)
    if not values:
        return MonthCell(name, "", "", "", "", "0", phrases.say("state_missing"))
    bounds = (show_score(min(values)), show_score(max(values)))
    others = sum(site.course.slots[number].is_other for site in sites)
    note = phrases.say("other_rules_at", count=others) if others else ""
    return MonthCell(name, "", show_score(statistics.median(values)), *bounds, f"{len(values)}", note)


def _draw_medians(sites: Sequence[SiteMonth], months: Mapping[str, int], phrases: Phrases) -> Markup:
    values = [list_values(number, sites) for number in months.values()]
    lines = (
        Line(phrases.say("line_median"), tuple(statistics.median(one) if one else None for one in values)),
        Line(phrases.say("line_lowest"), tuple(min(one) if one else None for one in values), LOW_DASHES),
        Line(phrases.say("line_highest"), tuple(max(one) if one else None for one in values), HIGH_DASHES),
    )
    return draw_lines(tuple(months), lines, phrases.say("chart_all"))


def _list_matrices(gathered: Gathering, sites: Sequence[SiteMonth], phrases: Phrases) -> list[Matrix]:
    matrices = []
    for code, title in gathered.titles.items():
        held = [site for site in sites if any(group.standard == code for group in site.groups)]
        chapters = dict.fromkeys(group.chapter for site in held for group in site.groups if group.standard == code)
        rows = []
        for site in held:
            groups = {group.chapter: group for group in site.groups if group.standard == code}
            shares = [groups[name].share if name in groups else None for name in chapters]
            cells = tuple((_name_band(share), "" if share is None else f"{share * 100:.0f}") for share in shares)
            rows.append((f"sites/{site.slug}/index.html", clean_text(site.course.name, 160), cells))
        names = tuple(name_part(name, phrases.wording) for name in chapters)
        matrices.append(Matrix(phrases.wording.pick(title, 200), names, tuple(rows)))
    return matrices


def _name_band(share: float | None) -> str:
    """Return the shade of a cell; the number in it says the same."""
    if share is None:
        return "none"
    return next(name for least, name in ((0.85, "high"), (0.6, "middle"), (0.0, "low")) if share >= least)


def total_demands(gathered: Gathering, phrases: Phrases) -> tuple[DemandTotal, ...]:
    """Return the demands that failed anywhere, those that failed most often first."""
    judged: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for site in gathered.sites:
        judged.update(name for name, one in site.outcomes.items() if one in (Outcome.PASSED, Outcome.FAILED))
        failed.update(_list_failed(site.outcomes))
        before.update(_list_failed(site.outcomes_before))
    classes = tuple(ClauseClass)
    places = {name: place for place, name in enumerate(gathered.clauses)}
    order = sorted(failed, key=lambda name: (-failed[name], classes.index(gathered.clauses[name].class_), places[name]))
    return tuple(
        _show_demand(name, gathered.clauses[name], (judged[name], failed[name], before[name]), phrases)
        for name in order
    )


def _list_failed(outcomes: Mapping[str, Outcome]) -> list[str]:
    return [name for name, outcome in outcomes.items() if outcome is Outcome.FAILED]


def _show_demand(name: str, clause: ClauseText, numbers: tuple[int, int, int], phrases: Phrases) -> DemandTotal:
    judged, failed, before = numbers
    return DemandTotal(
        clause=name,
        number=clean_text(clause.number, 40),
        title=phrases.wording.pick(clause.title, 200),
        class_key=clause.class_.value,
        class_label=phrases.wording.word(f"class_{clause.class_}"),
        judged=judged,
        failed=failed,
        before=before,
        share=show_share(failed / judged),
        width=f"{failed / judged * 1000:.0f}",
    )
