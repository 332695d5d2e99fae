"""Arguments, progress and exit codes; no logic. The commands' texts stand in `reports/messages/cli.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import click
from click.shell_completion import get_completion_class

from auditor import __version__, doctor, pipeline
from auditor.cli import console
from auditor.cli.audits import (
    FAIL_ON,
    build_settings,
    conclude,
    keep_secrets,
    keep_trace,
    read_clock,
    run_audit,
    take_credentials,
    watch,
)
from auditor.cli.desk import add_desk_commands
from auditor.cli.fleet import add_fleet_command
from auditor.cli.history import add_history_commands, make_history_option
from auditor.cli.jsonlog import JsonLog, open_log
from auditor.cli.kit import Kit
from auditor.cli.optionfile import add_config
from auditor.cli.options import list_collecting
from auditor.cli.recheck import add_recheck
from auditor.cli.rules import add_rules_commands
from auditor.cli.speech import Command, Group, Option
from auditor.demo import showcase
from auditor.errors import ArchiveError, AuditorError, InputError, Interrupted, ToolError
from auditor.messages import Language, Messages, load_messages
from auditor.recognition import recognise_target
from auditor.result import read_result
from auditor.runfolder import disposal
from auditor.runfolder.files import default_run_folder


def choose_language(arguments: Sequence[str], environment: dict[str, str]) -> Language:
    """Return the language asked for by `--lang`, else by the locale; Chinese where neither says."""
    for index, argument in enumerate(arguments):
        if argument == "--lang" and index + 1 < len(arguments):
            return "en" if arguments[index + 1] == "en" else "zh"
        if argument.startswith("--lang="):
            return "en" if argument.removeprefix("--lang=") == "en" else "zh"
    locale = next((environment[name] for name in ("AUDITOR_LANG", "LC_ALL", "LANG") if environment.get(name)), "")
    return "en" if locale.startswith("en") else "zh"


class _Commands:
    """The commands in one language."""

    def __init__(self, messages: Messages) -> None:
        self.messages = messages

    def option(self, *names: str, **attributes: Any) -> Callable[[Any], Any]:
        """Return an option whose help is the catalogue's text of its first long name."""
        long = next(name for name in names if name.startswith("--")).split("/")[0].removeprefix("--")
        help_text = self.messages.say(f"cli.option_{long.replace('-', '_')}")
        return click.option(*names, cls=Option, messages=self.messages, help=help_text, **attributes)

    def command(self, name: str) -> dict[str, str]:
        """Return the name and help of a command; its group may stand before it."""
        return {"name": name.rpartition(" ")[2], "help": self.messages.say(f"cli.command_{name.replace(' ', '_')}")}

    def judging(self, command: Callable[..., Any]) -> Callable[..., Any]:
        """Add the options of every command that judges."""
        for decorate in (
            self.option("-r", "--ruleset", "rulesets", multiple=True, metavar="CODE|PATH"),
            self.option("--profile", type=click.Path(path_type=Path), metavar="FILE"),
            self.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE"),
            self.option("--waivers", type=click.Path(path_type=Path), metavar="FILE"),
            self.option("--attestations", type=click.Path(path_type=Path), metavar="FILE"),
            self.option("--fail-under", type=click.FloatRange(0, 100), metavar="N"),
            self.option("--fail-on", type=click.Choice(list(FAIL_ON))),
            self.option("--min-judged", type=click.FloatRange(0, 1), metavar="SHARE"),
            self.option("--baseline", type=click.Path(path_type=Path), metavar="RESULT"),
        ):
            command = decorate(command)
        return self.reporting(command)

    def language(self, command: Callable[..., Any]) -> Callable[..., Any]:
        """Add `--lang`, which `choose_language` reads before the commands are built."""
        decorated: Callable[..., Any] = self.option("--lang", type=click.Choice(["zh", "en"]), expose_value=False)(
            command
        )
        return decorated

    def reporting(self, command: Callable[..., Any]) -> Callable[..., Any]:
        """Add the options of every command that writes reports."""
        formats: Callable[..., Any] = self.option("--format", "formats", default="html", metavar="html,json,sarif,...")
        decorated: Callable[..., Any] = formats(self.leaving(command))
        return decorated

    def leaving(self, command: Callable[..., Any]) -> Callable[..., Any]:
        """Add the options of every command that leaves a folder."""
        for decorate in (
            self.option("--out", type=click.Path(path_type=Path), metavar="DIR"),
            self.language,
            self.option("--quiet", is_flag=True),
            add_config(self.option, lambda: build_cli(self.messages), partial(console.show_options, self.messages)),
        ):
            command = decorate(command)
        return command

    def collecting(self, command: Callable[..., Any]) -> Callable[..., Any]:
        """Add the options of every command that touches a site."""
        for decorate in list_collecting(self.option):
            command = decorate(command)
        return command


def run_crawl(messages: Messages, target: str, **options: Any) -> int:
    """Collect only."""
    target, settings = take_credentials(target, build_settings(options))
    with open_log(options["json_log"]) as stream:
        log = JsonLog(stream, settings.access.list_secrets())
        return log.follow(target, __version__, lambda: _crawl(messages, target, settings, log, options))


def _crawl(messages: Messages, target: str, settings: pipeline.Settings, log: JsonLog, options: dict[str, Any]) -> int:
    if recognise_target(target) != "url":
        raise InputError("crawl_target", target)
    with keep_secrets(settings), watch(messages, options, log, settings.limits) as report_progress:
        run = pipeline.collect_target(target, settings, pipeline.plan_audit(settings), report_progress)
    console.show_snapshot(run, pipeline.describe_snapshot(run), messages)
    return 0


def run_extract(messages: Messages, run: Path, **options: Any) -> int:
    """Extract the facts of a run folder again."""
    profile = pipeline.plan_audit(build_settings(options)).profile
    _, facts, faults = pipeline.extract_run(run, profile)
    console.show_facts(run, facts, messages)
    if faults:
        console.show_faults(faults, messages)
        return 4
    return 0


def run_evaluate(messages: Messages, run: Path, **options: Any) -> int:
    """Judge the stored facts of a run folder."""
    settings = build_settings(options)
    before = read_day(run)
    audit = pipeline.judge_run(run, pipeline.plan_audit(settings), settings, messages, fresh=False)
    code = conclude(audit, messages, options)
    day = audit.result.as_of
    if settings.as_of is None and before not in {None, day}:
        console.show_warning(messages.say("cli.as_of_moved", before=before, day=day))
    return code


def read_day(run: Path) -> date | None:
    """Return the day that a run folder's result was judged as of; None where it holds none that can be read."""
    try:
        return read_result(run).as_of
    except ArchiveError:
        return None


def run_report(messages: Messages, run: Path, **options: Any) -> int:
    """Write the reports of a stored result again."""
    settings = build_settings(options)
    reports = pipeline.report_run(run, settings, messages)
    console.show_reports(reports, messages)
    return 0


def run_demo(messages: Messages, **options: Any) -> int:
    """Serve the sample portal on this machine and audit it."""
    settings = build_settings(options)
    if settings.out is None:
        settings = replace(settings, out=default_run_folder("demo", settings.now()))
    request = showcase.DemoRequest(
        layout=options["layout"], pages=options["pages"], seed=options["seed"], defects=tuple(options["defect"])
    )
    if options["list_defects"]:
        console.show_defects(showcase.list_defects(), messages)
        return 0
    with open_log(options["json_log"]) as stream:
        log = JsonLog(stream)
        return log.follow("demo", __version__, lambda: _demonstrate(messages, request, settings, log, options))


def _demonstrate(
    messages: Messages,
    request: showcase.DemoRequest,
    settings: pipeline.Settings,
    log: JsonLog,
    options: dict[str, Any],
) -> int:
    gate = {"fail_under": None, "fail_on": None, "min_judged": None}
    try:
        with watch(messages, options, log, settings.limits) as report_progress:
            audit = showcase.audit_demo(request, settings, messages, report_progress)
    except Interrupted as error:
        raise Interrupted("stopped") from error
    return conclude(audit, messages, gate, log)


def run_forget(messages: Messages, runs: tuple[Path, ...], *, yes: bool) -> int:
    """Delete what runs keep of their sites, after it was confirmed."""
    for run in runs:
        console.show_disposable(run, disposal.list_disposable(run), messages)
    if not yes:
        console.confirm(messages.say("cli.forget_sure"), messages)
    for run in runs:
        console.show_forgotten(run, disposal.forget_run(run), messages)
    return 0


def run_doctor(messages: Messages) -> int:
    """Tell what this machine can and cannot check."""
    checks = doctor.examine_machine()
    console.show_checks(checks, messages)
    return 0 if all(check.works or not check.required for check in checks) else 2


def run_completion(messages: Messages, shell: str, *, group: click.Group) -> int:  # noqa: ARG001 - as all commands
    """Print what makes a shell complete commands and options."""
    complete = get_completion_class(shell)
    if complete is not None:
        click.echo(complete(group, {}, "auditor", "_AUDITOR_COMPLETE").source())
    return 0


def build_cli(messages: Messages) -> click.Group:
    """Return the command line in one language."""
    texts = _Commands(messages)

    def register(group: click.Group, name: str, run: Callable[..., int], *decorators: Any) -> None:
        command = partial(run, messages)
        for decorate in decorators:
            command = decorate(command)
        group.command(cls=Command, messages=messages, **texts.command(name))(command)

    group = Group("auditor", messages=messages, help=messages.say("cli.command_auditor"))
    version = {"help": messages.say("cli.option_version"), "message": messages.say("usage.version")}
    texts.language(click.version_option(__version__, prog_name="auditor", **version)(group))
    _add_stages(group, texts, register)
    kit = Kit(messages, texts.option, register, texts.language, read_clock)
    for add in (add_rules_commands, add_desk_commands, add_history_commands, add_fleet_command):
        add(group, kit)
    _add_demo(group, texts, register)
    _add_service(group, texts, register)
    return group


def _add_stages(group: click.Group, texts: _Commands, register: Callable[..., None]) -> None:
    """Add the audit, and each of its stages alone."""
    run_argument = click.argument("run", type=click.Path(path_type=Path))
    target = click.argument("targets", nargs=-1, metavar="TARGET...")
    again, kept = add_recheck(texts.option), make_history_option(texts.option)
    logged = texts.option("--json-log", metavar="FILE")
    profile = texts.option("--profile", type=click.Path(path_type=Path), metavar="FILE")
    register(group, "audit", run_audit, texts.collecting, again, texts.judging, kept, logged, target)
    site = click.argument("target", metavar="URL")
    register(group, "crawl", run_crawl, texts.collecting, profile, texts.leaving, logged, site)
    register(group, "extract", run_extract, profile, texts.language, run_argument)
    register(group, "evaluate", run_evaluate, texts.judging, run_argument)
    baseline = texts.option("--baseline", type=click.Path(path_type=Path), metavar="RESULT")
    register(group, "report", run_report, baseline, texts.reporting, run_argument)


def _add_demo(group: click.Group, texts: _Commands, register: Callable[..., None]) -> None:
    register(
        group,
        "demo",
        run_demo,
        texts.reporting,
        add_recheck(texts.option),
        texts.option("--json-log", metavar="FILE"),
        texts.option("--layout", type=click.Choice(["nested", "tables", "tabs"]), default="nested"),
        texts.option("--pages", type=click.IntRange(50, 100_000), default=120, metavar="N"),
        texts.option("--seed", type=int, default=1, metavar="N"),
        texts.option("--defect", multiple=True, metavar="ID"),
        texts.option("--list-defects", is_flag=True),
    )


def _add_service(group: click.Group, texts: _Commands, register: Callable[..., None]) -> None:
    runs = click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
    register(group, "forget", run_forget, texts.option("--yes", is_flag=True), texts.language, runs)
    register(group, "doctor", run_doctor, texts.language)
    shell = click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
    register(group, "completion", partial(run_completion, group=group), shell)


def run_arguments(arguments: Sequence[str], environment: dict[str, str]) -> int:
    """Run the command line in the language asked for and return its exit code."""
    return run_command(arguments, load_messages(choose_language(arguments, environment)))


def run_command(arguments: Sequence[str], messages: Messages) -> int:
    """Run one command and return its exit code."""
    try:
        code = build_cli(messages).main(args=list(arguments), prog_name="auditor", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        console.show_usage(error, messages)
        return InputError.exit_code
    except AuditorError as error:
        console.show_error(error, messages)
        return error.exit_code
    except (KeyboardInterrupt, click.exceptions.Abort):
        console.show_error(Interrupted("stopped"), messages)
        return Interrupted.exit_code
    except Exception as error:  # noqa: BLE001 - the last net: a fault of ours ends in a sentence and a trace on file
        console.show_error(ToolError("tool_failed", keep_trace(error), cause=type(error).__name__), messages)
        return ToolError.exit_code
    return code if isinstance(code, int) else 0
