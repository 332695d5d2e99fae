"""Several sites in one go: tasks from the command line or a file, their lines printed, a scorecard at the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from auditor import pipeline
from auditor.cli import console
from auditor.cli.bars import show_bars
from auditor.cli.history import make_history_option, read_history
from auditor.cli.kit import Kit
from auditor.cli.options import build_access, build_limits, default_collecting
from auditor.collect.access import split_credentials
from auditor.collect.progress import Progress
from auditor.errors import AuditorError, Interrupted, RulesetError, ToolError
from auditor.fleet.file import FleetPlan, FleetTarget, load_fleet
from auditor.fleet.pool import (
    Finished,
    Task,
    Trouble,
    audit_all,
    choose_code,
    ignore_progress,
    keep_outcome,
    resume_tasks,
)
from auditor.history.store import open_history
from auditor.messages import Messages
from auditor.profile import SITE_ZONE
from auditor.report.wording import show_score, show_shares
from auditor.runfolder.files import name_folder
from auditor.scorecard.press import write_scorecards

_PATH = click.Path(path_type=Path)
HISTORY_FILE, SCORECARD_FOLDER = "history.db", "scorecard"
_STOPPED = 130
_WORDED = {"resolve": "overrides", "header": "headers"}
"""Options whose values the command line keeps under another name."""


def choose_processes(asked: int | None, tasks: int) -> int:
    """Return how many sites are audited at a time: as many as asked for, else as this machine has cores."""
    return min(asked or os.cpu_count() or 1, tasks)


def default_fleet_folder(now: datetime) -> Path:
    """Return the folder of a fleet where the user names none."""
    return Path("auditor-runs") / f"fleet-{now.astimezone(SITE_ZONE):%Y%m%d-%H%M%S}"


def run_tasks(
    messages: Messages,
    tasks: Sequence[Task],
    out: Path,
    tell: Callable[[Task, Finished], None],
    *,
    watch: Callable[[Task, Progress], None] = ignore_progress,
    processes: int | None,
    resumes: bool,
    quiet: bool,
) -> int:
    """Audit targets side by side, tell what became of each, and end with the scorecard of their month.

    `watch` gets how each collection goes; on a terminal that is shown too, unless it shall be quiet.
    """
    left, done = resume_tasks(tasks) if resumes else (list(tasks), {})
    by_folder = {task.settings.out: task for task in left}

    def finish(finished: Finished) -> None:
        task = by_folder[finished.out]
        tell(task, finished)
        keep_outcome(finished)

    for known in done.values():
        show_finished(known, messages)
    with show_bars(messages, quiet=quiet) as bars:

        def follow(task: Task, progress: Progress) -> None:
            watch(task, progress)
            bars.show(task.target, progress)

        def end(finished: Finished) -> None:
            with bars.end(finished.target):
                finish(finished)

        found = audit_all(left, choose_processes(processes, len(left)), end, on_progress=follow) if left else ()
    everything = (*done.values(), *found)
    if any(one.code == _STOPPED for one in everything):
        raise Interrupted("stopped")
    print_scorecard(messages, tasks, out)
    return choose_code(everything)


def print_scorecard(messages: Messages, tasks: Sequence[Task], out: Path) -> None:
    """Write the scorecard of the month that the audits speak of, where there was any audit."""
    settings = tasks[0].settings
    day = settings.as_of or settings.now().astimezone(SITE_ZONE).date()
    month = f"{day:%Y-%m}"
    with open_history(str(tasks[0].history)) as history:
        if not history.list_summaries(first=month, last=month):
            return
        for path in write_scorecards(history, [month], out / SCORECARD_FOLDER, messages):
            console.show_line(messages.say("scorecard.written", path=path))


def rebuild_error(trouble: Trouble) -> AuditorError:
    """Return the error that ended an audit in another process."""
    error = RulesetError(trouble.problems) if trouble.problems else ToolError(trouble.code, trouble.where)
    error.values = dict(trouble.values)
    return error


def show_finished(finished: Finished, messages: Messages) -> None:
    """Print what became of one target."""
    if finished.known:
        console.show_line(messages.say("cli.fleet_known", target=finished.target))
        return
    trouble, score = finished.trouble, finished.score
    if trouble is not None:
        console.show_warning(messages.say("cli.fleet_trouble", target=finished.target))
        console.show_error(rebuild_error(trouble), messages)
    if score is not None:
        judged, waiting, undetermined = show_shares(score.judged, score.waiting, score.undetermined)
        line = messages.say(
            "cli.score_line",
            site=finished.site,
            score=messages.say("cli.no_score") if score.value is None else show_score(score.value),
            judged=judged,
            waiting=waiting,
            undetermined=undetermined,
            low=show_score(score.low),
            high=show_score(score.high),
        )
        console.show_line(line, "bold")
    for name, path in finished.reports:
        console.show_line(messages.say(f"cli.report_{name}", path=path))


def plan_tasks(plan: FleetPlan, out: Path, now: Callable[[], datetime], messages: Messages, options: Any) -> list[Task]:
    """Turn the file of a fleet into tasks."""
    fleet = plan.fleet
    history = read_history(options["history"]) or (plan.find_history(fleet.history) if fleet.history else None)
    address = read_history(history) or str(out / HISTORY_FILE)
    as_of = options["as_of"].date() if options["as_of"] else None
    base = pipeline.Settings(now=now, as_of=as_of)
    shared = Task("", base, history=address, language=messages.language, seconds=fleet.seconds)
    shared = replace(shared, megabytes=fleet.megabytes)
    return [_plan_target(one, number, plan, shared, out) for number, one in enumerate(fleet.targets, 1)]


def _plan_target(one: FleetTarget, number: int, plan: FleetPlan, shared: Task, out: Path) -> Task:
    target, auth = split_credentials(plan.find_target(one.target))
    said = default_collecting() | {_WORDED.get(name, name): value for name, value in plan.list_collecting(one).items()}
    settings = replace(
        shared.settings,
        limits=build_limits(said),
        access=build_access(said),
        rulesets=tuple(plan.find_ruleset(name) for name in one.standards or plan.fleet.standards),
        profile=plan.find(one.profile or plan.fleet.profile),
        waivers=plan.find(one.waivers),
        attestations=plan.find(one.attestations),
        as_host=one.as_host,
        out=out / name_folder(target, number),
    )
    if auth is not None:
        settings = replace(settings, access=replace(settings.access, auth=auth))
    return replace(shared, target=target, settings=settings)


def run_fleet(messages: Messages, file: Path, *, now: Callable[[], datetime], **options: Any) -> int:
    """Audit the targets of a file."""
    plan = load_fleet(file)
    out = options["out"] or plan.find(plan.fleet.out) or default_fleet_folder(now())
    tasks = plan_tasks(plan, out, now, messages, options)
    for task in tasks:
        pipeline.plan_audit(task.settings)  # what is wrong in a profile or ruleset is told before any site is touched
    processes = options["processes"] or plan.fleet.processes

    def tell(_: Task, finished: Finished) -> None:
        show_finished(finished, messages)

    return run_tasks(messages, tasks, out, tell, processes=processes, resumes=options["resume"], quiet=options["quiet"])


def add_fleet_command(group: click.Group, kit: Kit) -> None:
    """Add `fleet`."""
    kit.register(
        group,
        "fleet",
        partial(run_fleet, now=kit.now),
        make_history_option(kit.option),
        kit.option("--out", type=_PATH, metavar="DIR"),
        kit.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE"),
        kit.option("--processes", type=click.IntRange(1, 64), metavar="N"),
        kit.option("--resume", is_flag=True),
        kit.option("--quiet", is_flag=True),
        kit.language,
        click.argument("file", type=_PATH, metavar="FILE"),
    )
