"""Audits from the command line: options become settings, results become printed lines and exit codes."""

from __future__ import annotations

import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from auditor import __version__, pipeline
from auditor.cli import console
from auditor.cli.fleet import (
    HISTORY_FILE,
    default_fleet_folder,
    rebuild_error,
    run_tasks,
    show_finished,
)
from auditor.cli.history import read_history
from auditor.cli.jsonlog import JsonLog, Steps, open_log
from auditor.cli.options import build_access, build_limits
from auditor.cli.pacing import Pacing
from auditor.cli.recheck import choose_targets, conclude_recheck
from auditor.collect.access import mask_text, split_credentials
from auditor.collect.progress import Progress
from auditor.errors import AuditorError, InputError, Interrupted, ToolError
from auditor.fleet.pool import Finished, Task
from auditor.gate.verdict import Gate, decide_gate, list_breaking, measure_judged
from auditor.history.store import History
from auditor.messages import Messages
from auditor.model.outcomes import ClauseClass
from auditor.model.snapshots import Limits
from auditor.outputs.records import keep_audit, keep_failures, open_kept
from auditor.outputs.reports import REPORT_FILES, ReportFormat
from auditor.result import load_result
from auditor.runfolder.files import name_folder

_SILENT = JsonLog()
FAIL_ON = {
    "essential": ClauseClass.ESSENTIAL,
    "mandatory": ClauseClass.MANDATORY,
    "any": ClauseClass.RECOMMENDED,
}


def read_clock() -> datetime:
    """Return the time: the one place where it enters."""
    return datetime.now(UTC)


def read_formats(text: str) -> tuple[ReportFormat, ...]:
    """Read the formats asked for. Raises InputError for an unknown one."""
    formats: list[ReportFormat] = []
    for given in filter(None, (name.strip() for name in text.split(","))):
        known = next((name for name in REPORT_FILES if name == given), None)
        if known is None:
            raise InputError("unknown_format", given, known=", ".join(REPORT_FILES))
        formats.append(known)
    return tuple(formats)


def build_settings(options: dict[str, Any]) -> pipeline.Settings:
    """Turn parsed options into settings."""
    settings = pipeline.Settings(
        now=read_clock,
        as_of=options["as_of"].date() if options.get("as_of") else None,
        rulesets=tuple(options.get("rulesets", ())),
        profile=options.get("profile"),
        waivers=options.get("waivers"),
        attestations=options.get("attestations"),
        out=options.get("out"),
        formats=read_formats(options.get("formats", "html")),
        baseline=options.get("baseline"),
        recheck=options.get("recheck"),
        deadline=options["deadline"].date() if options.get("deadline") else None,
        as_host=options.get("as_host"),
        resume=options.get("resume", False),
    )
    if "max_pages" not in options:
        return settings
    return replace(settings, limits=build_limits(options), access=build_access(options))


def take_credentials(target: str, settings: pipeline.Settings) -> tuple[str, pipeline.Settings]:
    """Take the credentials that stand in a target's address out of it at once; they are for that target alone."""
    clean, auth = split_credentials(target)
    if auth is None:
        return target, settings
    return clean, replace(settings, access=replace(settings.access, auth=auth))


@contextmanager
def keep_secrets(settings: pipeline.Settings) -> Iterator[None]:
    """Keep what the user gave in confidence out of the trace of an error of ours."""
    try:
        yield
    except AuditorError:
        raise
    except Exception as error:
        trace = keep_trace(error, settings.access.list_secrets())
        raise ToolError("tool_failed", trace, cause=type(error).__name__) from error


def read_gate(options: dict[str, Any]) -> Gate:
    """Return the gate that the options set."""
    return Gate(
        fail_under=options["fail_under"],
        fail_on=FAIL_ON[options["fail_on"]] if options["fail_on"] else None,
        min_judged=options["min_judged"],
    )


def conclude(audit: pipeline.Audit, messages: Messages, options: dict[str, Any], log: JsonLog = _SILENT) -> int:
    """Print the score line, or what became of earlier problems, and where the reports are; return the exit code."""
    result, gate = audit.result, read_gate(options)
    breaking = list_breaking(result, gate, audit.baseline)
    log.judge(result, tuple(finding.clause for finding in breaking))
    log.report(audit.reports)
    again = conclude_recheck(result.recheck, messages) if result.recheck is not None else None
    if again is None:
        console.show_score(result, messages)
    console.show_collected(result, messages)
    console.show_reports(audit.reports, messages)
    if result.faults:
        console.show_faults(result.faults, messages)
        return 4
    if again is not None:
        return again
    code = int(decide_gate(result, gate, audit.baseline))
    console.show_gate(breaking, measure_judged(result), code, messages)
    return code


@contextmanager
def watch(
    messages: Messages, options: dict[str, Any], log: JsonLog, limits: Limits
) -> Iterator[Callable[[Progress], None]]:
    """Show and log the progress of a collection while the block runs."""
    pacing = Pacing(time.monotonic, limits.max_pages)
    steps = Steps(log, pacing)
    quiet = options["quiet"] or options["json_log"] == "-"
    with console.show_progress(messages, pacing, quiet=quiet) as show:

        def report_progress(progress: Progress) -> None:
            if progress.discovered:
                pacing.note(progress.done)
            steps.note(progress)
            show(progress)

        yield report_progress


def run_one(
    messages: Messages,
    given: str,
    *,
    settings: pipeline.Settings,
    history: History | None,
    stream: TextIO | None,
    options: dict[str, Any],
) -> int:
    """Audit one target and return its exit code."""
    target, own = take_credentials(given, settings)
    log = JsonLog(stream, own.access.list_secrets())
    log.start(target, __version__)
    try:
        with (
            keep_failures(history, target, own),
            keep_secrets(own),
            watch(messages, options, log, own.limits) as report_progress,
        ):
            audit = pipeline.audit_target(target, own, messages, report_progress)
        code = conclude(audit, messages, options, log)
        keep_audit(history, audit)
    except Interrupted as error:
        log.fail(error)
        raise
    except AuditorError as error:
        console.show_error(error, messages)
        log.fail(error)
        code = error.exit_code
    log.end(target, code)
    return code


def run_audit(messages: Messages, targets: tuple[str, ...], **options: Any) -> int:
    """Audit one target here, or several in processes of their own; the gravest exit code wins."""
    settings = build_settings(options)
    targets = choose_targets(targets, options)
    with open_log(options["json_log"]) as stream:
        if len(targets) > 1:
            return run_several(messages, targets, settings, stream, options)
        with open_kept(read_history(options["history"])) as history:
            return run_one(messages, targets[0], settings=settings, history=history, stream=stream, options=options)


def run_several(
    messages: Messages,
    targets: tuple[str, ...],
    settings: pipeline.Settings,
    stream: TextIO | None,
    options: dict[str, Any],
) -> int:
    """Audit several targets side by side, each in a folder of its own."""
    out = settings.out or default_fleet_folder(settings.now())
    history = read_history(options["history"]) or str(out / HISTORY_FILE)
    tasks = []
    for place, given in enumerate(targets, 1):
        target, own = take_credentials(given, settings)
        own = replace(own, out=out / name_folder(target, place), resume=False)
        tasks.append(Task(target, own, read_gate(options), history, messages.language))

    steps: dict[str, Steps] = {}

    def watch(task: Task, progress: Progress) -> None:
        if task.target not in steps:
            log = JsonLog(stream, task.settings.access.list_secrets(), target=task.target)
            log.start(task.target, __version__)
            steps[task.target] = Steps(log, Pacing(time.monotonic, task.settings.limits.max_pages))
        if progress.discovered:
            steps[task.target].pacing.note(progress.done)
        steps[task.target].note(progress)

    def tell(task: Task, finished: Finished) -> None:
        log = JsonLog(stream, task.settings.access.list_secrets(), target=task.target)
        if task.target not in steps:
            log.start(task.target, __version__)
        if finished.trouble is not None:
            show_finished(finished, messages)
            log.fail(rebuild_error(finished.trouble))
        elif task.settings.out is not None:
            reports = {name: Path(path) for name, path in finished.reports}
            result = load_result(task.settings.out / REPORT_FILES["json"])
            baseline = pipeline.load_baseline(task.settings)
            conclude(pipeline.Audit(task.settings.out, result, reports, baseline), messages, options, log)
        log.end(task.target, finished.code)

    quiet = options["quiet"] or options["json_log"] == "-"
    return run_tasks(messages, tasks, out, tell, watch=watch, processes=None, resumes=settings.resume, quiet=quiet)


def keep_trace(error: Exception, secrets: tuple[str, ...] = ()) -> str:
    """Write the trace of an unexpected error to a file of its own and return its path."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="auditor-trace-", suffix=".log", delete=False, encoding="utf-8"
    ) as file:
        file.write(mask_text("".join(traceback.format_exception(error)), secrets))
    return file.name
