"""A scorecard from the history to its files: site by site, so that a few audits are held at a time."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from jinja2 import Environment

from auditor.compare.causes import Cause
from auditor.errors import InputError, OutputError
from auditor.harmless import escape_json
from auditor.history.entries import Entry
from auditor.history.store import History
from auditor.messages import Messages
from auditor.profile import SITE_ZONE
from auditor.report.environment import make_environment, read_asset
from auditor.report.wording import Wording
from auditor.resources import find_resource
from auditor.runfolder.files import make_run_folder, write_file
from auditor.scorecard.annex import put_report
from auditor.scorecard.events import list_events
from auditor.scorecard.figures import Group, SiteMonth, SiteStudy, study_site
from auditor.scorecard.overview import Gathering, show_overview
from auditor.scorecard.phrases import Phrases
from auditor.scorecard.roster import Course, arrange_courses, list_months, mark_rules
from auditor.scorecard.shelf import show_shelf
from auditor.scorecard.sitepage import SitePage, show_site

ASSETS = ("report.css", "scorecard.css")
DATA_FILE, READING = "scorecard.json", "reading.html"
_MONTH = re.compile(r"\d{4}-\d\d")
_UNFIT = re.compile(r"[^a-z0-9.-]+")


@dataclass(frozen=True)
class Press:
    """Where pages go, and the words and templates of one language."""

    out: Path
    phrases: Phrases
    environment: Environment
    with_reports: bool

    def print_page(self, path: Path, template: str, **values: object) -> None:
        """Write one page. Raises OutputError."""
        depth = len(path.relative_to(self.out).parts) - 1
        text = self.environment.get_template(template).render(root="../" * depth, **values)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError("out_unwritable", str(path.parent), cause=error.strerror) from error
        write_file(path, text.encode("utf-8", "replace"))


def write_scorecards(
    history: History, months: Iterable[str], out: Path, messages: Messages, *, with_reports: bool = True
) -> tuple[Path, ...]:
    """Write the scorecards of months, and the page that links them; return the first page of each.

    With reports, the report of each site is put beside its page, where its run folder is at hand.
    Raises InputError (month_empty) for a month in which no site was audited, OutputError.
    """
    wanted = tuple(sorted(dict.fromkeys(months)))
    phrases = Phrases(messages, Wording(messages, SITE_ZONE))
    press = Press(make_run_folder(out), phrases, make_environment(messages, "scorecard"), with_reports)
    assets = make_run_folder(out / "assets")
    for name in ASSETS:
        write_file(assets / name, read_asset(name).encode())
    write_file(out / READING, (find_resource("reports") / READING).read_bytes())
    pages = tuple(dict.fromkeys((*list_printed(out), *wanted)))
    written = tuple(_write_month(history, month, press, pages) for month in wanted)
    _write_index(press)
    return written


def list_printed(out: Path) -> tuple[str, ...]:
    """Return the months whose scorecards stand in a folder, the oldest first."""
    found = (path.parent.name for path in out.glob(f"*/{DATA_FILE}"))
    return tuple(sorted(name for name in found if _MONTH.fullmatch(name)))


def _write_month(history: History, month: str, press: Press, pages: tuple[str, ...]) -> Path:
    months = list_months(month)
    courses = arrange_courses(history.list_summaries(first=months[0], last=month), month)
    if not any(course.now.state != "missing" for course in courses):
        raise InputError("month_empty", month)
    counted = [slot.counted.id for course in courses for slot in course.slots if slot.counted is not None]
    courses = mark_rules(courses, history.read_standings(counted))
    folder = press.out / month
    gathered = Gathering()
    for study in study_sites(history, courses):
        _gather(gathered, study)
        _write_site(study, folder, press, pages)
    near = [(name, press.phrases.name_month(name)) for name in pages]
    overview = show_overview(gathered, months, press.phrases)
    press.print_page(folder / "index.html", "scorecard.html.j2", page=overview, month=month, near=near)
    write_file(folder / DATA_FILE, dump_month(month, gathered.sites))
    return folder / "index.html"


def study_sites(history: History, courses: Iterable[Course]) -> Iterator[SiteStudy]:
    """Yield each site with its result of the month and the latest earlier one, read as they are needed."""
    for course in courses:
        slug = name_slug(course.site)
        entry = _read(history, course.now.counted)
        earlier = course.before.counted if course.before is not None and entry is not None else None
        yield study_site(course, slug, entry, _read(history, earlier))


def _read(history: History, summary: object) -> Entry | None:
    number = getattr(summary, "id", None)
    return None if number is None else history.read_entry(number)


def name_slug(site: str) -> str:
    """Return a folder name for a site that no other has; the same site has the same name in every month."""
    plain = _UNFIT.sub("-", site.lower()).strip(".-")[:60]
    digest = hashlib.sha256(site.encode("utf-8", "replace")).hexdigest()[:8]
    return plain if plain and plain == site else f"{plain}-{digest}".lstrip("-")


def _gather(gathered: Gathering, study: SiteStudy) -> None:
    gathered.sites.append(study.month)
    gathered.events += list_events(study)
    if study.entry is not None:
        gathered.clauses.update(study.entry.texts.clauses)
        gathered.titles.update({one.code: one.title for one in study.entry.standings})


def _write_site(study: SiteStudy, folder: Path, press: Press, pages: tuple[str, ...]) -> None:
    place = folder / "sites" / study.month.slug
    report = put_report(study.month.course.now.counted, place) if press.with_reports else ""
    page: SitePage = show_site(study, press.phrases, pages, report)
    month = study.month.course.now.month
    press.print_page(place / "index.html", "scorecard-site.html.j2", page=page, month=month)
    for unit in page.units:
        press.print_page(place / unit.file, "scorecard-unit.html.j2", page=page, unit=unit, month=month)


def _write_index(press: Press) -> None:
    documents = [
        json.loads((press.out / month / DATA_FILE).read_text(encoding="utf-8")) for month in list_printed(press.out)
    ]
    press.print_page(press.out / "index.html", "scorecard-months.html.j2", shelf=show_shelf(documents, press.phrases))


def dump_month(month: str, sites: Iterable[SiteMonth]) -> bytes:
    """Return the numbers of a month as JSON; they do not tell in which database they stood."""
    described = [_describe_site(site) for site in sites]
    totals = {
        "sites": len(described),
        "done": sum(one["state"] == "done" for one in described),
        "corrected": sum(one["corrects"] is not None for one in described),
    }
    document = {"month": month, "totals": totals, "sites": described}
    return escape_json(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _describe_site(site: SiteMonth) -> dict[str, object]:
    now, before = site.course.now, site.course.before
    return {
        "site": site.course.site,
        "name": site.course.name,
        "state": now.state,
        "reason": now.failed.reason if now.failed is not None else "",
        "new": site.course.is_new,
        "corrects": now.replaced.digest if now.replaced is not None else None,
        "audit": now.counted.digest if now.counted is not None else None,
        "figures": asdict(site.figures) if site.figures is not None else None,
        "looked": asdict(site.looked),
        "before": before.month if before is not None else None,
        "change": site.change,
        "comparable": site.is_comparable,
        "hindrance": site.hindrance,
        "balance": asdict(site.balance) if site.balance is not None else None,
        "causes": _name_keys(site.causes),
        "failed": site.failed,
        "waiting": site.waiting,
        "groups": [_describe_group(group) for group in site.groups],
        "trend": {
            slot.month: slot.counted.figures.value
            for slot in site.course.slots
            if slot.counted is not None and slot.counted.figures is not None
        },
    }


def _describe_group(group: Group) -> dict[str, object]:
    counts = {str(outcome): count for outcome, count in group.counts.items()}
    return {name: getattr(group, name) for name in ("standard", "chapter", "points", "judged", "weight")} | counts


def _name_keys(counts: Mapping[Cause, int]) -> dict[str, int]:
    return {str(key): count for key, count in counts.items() if count}
