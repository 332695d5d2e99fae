"""The commands of the history: what is added and listed, and two audits compared."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from auditor import pipeline
from auditor.cli import console
from auditor.cli.kit import Kit
from auditor.cli.options import read_secret
from auditor.cli.speech import Group
from auditor.compare.causes import Comparison
from auditor.compare.documents import render_html, render_json, render_markdown
from auditor.compare.sources import Source, compare_sources, read_source
from auditor.compare.view import ComparisonView, Ways, show_comparison
from auditor.errors import InputError
from auditor.history.entries import Summary
from auditor.history.store import open_history
from auditor.messages import Messages
from auditor.outputs.records import enter_run
from auditor.profile import SITE_ZONE
from auditor.report.wording import Wording
from auditor.runfolder.files import make_run_folder, write_file
from auditor.scorecard.press import write_scorecards

_PATH = click.Path(path_type=Path)
_FORMATS = ("terminal", "json", "markdown", "html")
_MOST_SHOWN = 10


def read_history(given: str | None) -> str | None:
    """Return the address of the history; it may stand in a variable (`env:NAME`). Raises InputError (env_missing)."""
    return read_secret(given, os.environ) if given else None


def make_history_option(option: Callable[..., Any], *, required: bool = False) -> Callable[..., Any]:
    """Return the option that names the history."""
    made: Callable[..., Any] = option("--history", envvar="AUDITOR_HISTORY", metavar="URL|FILE", required=required)
    return made


def run_history_add(messages: Messages, runs: tuple[Path, ...], **options: Any) -> int:
    """Add results to the history."""
    address = read_history(options["history"])
    with open_history(str(address)) as history:
        for run in runs:
            entry = enter_run(run)
            fresh = history.add(entry)
            key = "history_added" if fresh else "history_known"
            head = entry.summary
            console.show_line(messages.say(f"cli.{key}", run=run, site=head.name, month=head.month))
    return 0


def run_history_list(messages: Messages, **options: Any) -> int:
    """List what the history holds."""
    month = options["month"]
    sites = (options["site"],) if options["site"] else ()
    with open_history(str(read_history(options["history"]))) as history:
        found = history.list_summaries(first=month or "", last=month or "9999-12", sites=sites)
    for head in found:
        console.show_line(describe_summary(head, messages))
    if not found:
        console.show_line(messages.say("cli.history_empty"))
    return 0


def describe_summary(head: Summary, messages: Messages) -> str:
    """Return one audit of the history in a line."""
    figures = head.figures
    value = "-" if figures is None or figures.value is None else f"{figures.value:.1f}"
    state = messages.say(f"compare.state_{head.state}")
    line = f"{head.id:>5}  {head.as_of}  {state}  {value:>5}  {head.site}  {head.name}"
    return f"{line}  ({head.reason})" if head.reason else line


def run_compare(messages: Messages, earlier: str, later: str, *, now: Callable[[], datetime], **options: Any) -> int:
    """Compare two audits of a site."""
    history = read_history(options["history"])
    settings = pipeline.Settings(now=now, rulesets=tuple(options["rulesets"]))
    one, other = read_source(earlier, history), read_source(later, history)
    comparison, obstacle = compare_sources(one, other, settings, retries=not options["no_retrial"])
    form, out = options["form"], options["out"]
    reports = (find_reports(one, out), find_reports(other, out))
    view = show_comparison(comparison, Wording(messages, SITE_ZONE), obstacle, reports=reports)
    if form == "terminal":
        show_view(view, messages)
        return 0
    content = render_comparison(form, comparison, view, obstacle, messages)
    if out is None:
        console.show_document(content)
        return 0
    make_run_folder(out.parent)
    write_file(out, content)
    console.show_line(messages.say("compare.written", path=out))
    return 0


def find_reports(source: Source, out: Path | None) -> Ways:
    """Return the report of an audit and its notes on reading, as a page at `out` links to them; nothing without one."""
    if source.run is None or out is None:
        return ()
    start = out.resolve().parent
    files = (("report", source.run / "report.html"), ("reading", source.run / "report-files" / "reading.html"))
    return tuple((name, quote(os.path.relpath(path.resolve(), start))) for name, path in files if path.is_file())


def render_comparison(
    form: str, comparison: Comparison, view: ComparisonView, obstacle: str, messages: Messages
) -> bytes:
    """Return a comparison as a document of one form."""
    if form == "json":
        return render_json(comparison, obstacle)
    return render_markdown(view, messages) if form == "markdown" else render_html(view, messages)


def show_view(view: ComparisonView, messages: Messages) -> None:
    """Print a comparison: the causes with their counts, then the first changes of each."""
    console.show_line(view.title, "bold")
    for sentence in view.sentences:
        console.show_line(sentence)
    for group in view.groups:
        if not group.count:
            continue
        console.show_line(f"{group.title}: {group.count}", "bold")
        for row in group.rows[:_MOST_SHOWN]:
            subject = f" [{row.subject}]" if row.subject else ""
            note = f"  ({row.certainty})" if row.certainty else ""
            line = f"  {row.clause}{subject} {row.title}: {row.before.label} → {row.after.label}{note}"
            console.show_line(line)
        if group.count > _MOST_SHOWN:
            console.show_line("  " + messages.say("compare.more_rows", count=group.count - _MOST_SHOWN))


def run_scorecard(messages: Messages, *, now: Callable[[], datetime], **options: Any) -> int:
    """Write the scorecards of months; without one, of the month that is now."""
    months = options["months"] or (f"{now().astimezone(SITE_ZONE):%Y-%m}",)
    with open_history(str(read_history(options["history"]))) as history:
        with_reports = not options["no_reports"]
        written = write_scorecards(history, months, options["out"], messages, with_reports=with_reports)
    for path in written:
        console.show_line(messages.say("scorecard.written", path=path))
    return 0


def check_months(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
    """Return months written as YYYY-MM. Raises InputError (month_syntax)."""
    return tuple(month for one in given if (month := check_month(context, option, one)))


def check_month(_context: click.Context, _option: click.Parameter, given: str | None) -> str | None:
    """Return a month written as YYYY-MM. Raises InputError (month_syntax)."""
    if given is None:
        return None
    try:
        return f"{datetime.strptime(given, '%Y-%m'):%Y-%m}"  # noqa: DTZ007 - a month has no zone
    except ValueError as error:
        raise InputError("month_syntax", given) from error


def add_history_commands(group: click.Group, kit: Kit) -> None:
    """Add `history add|list`, `compare` and `scorecard`."""
    history = Group("history", messages=kit.messages, help=kit.messages.say("cli.command_history"))
    needed = make_history_option(kit.option, required=True)
    runs = click.argument("runs", nargs=-1, required=True, type=_PATH, metavar="RUN...")
    kit.register(history, "history add", run_history_add, needed, kit.language, runs)
    kit.register(
        history,
        "history list",
        run_history_list,
        needed,
        kit.option("--month", metavar="YYYY-MM", callback=check_month),
        kit.option("--site", metavar="ID"),
        kit.language,
    )
    group.add_command(history)
    kit.register(
        group,
        "scorecard",
        partial(run_scorecard, now=kit.now),
        needed,
        kit.option("--month", "months", multiple=True, metavar="YYYY-MM", callback=check_months),
        kit.option("--out", type=_PATH, required=True, metavar="DIR"),
        kit.option("--no-reports", is_flag=True),
        kit.language,
    )
    _add_compare(group, kit)


def _add_compare(group: click.Group, kit: Kit) -> None:
    form = click.option(
        "--format",
        "form",
        type=click.Choice(_FORMATS),
        default="terminal",
        help=kit.messages.say("cli.option_compare_format"),
    )
    kit.register(
        group,
        "compare",
        partial(run_compare, now=kit.now),
        make_history_option(kit.option),
        kit.option("-r", "--ruleset", "rulesets", multiple=True, metavar="CODE|PATH"),
        kit.option("--no-retrial", is_flag=True),
        form,
        kit.option("--out", type=_PATH, metavar="FILE"),
        kit.language,
        click.argument("later", metavar="LATER"),
        click.argument("earlier", metavar="EARLIER"),
    )
