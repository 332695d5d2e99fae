"""What a person reads on the terminal: results on standard output, progress and errors on standard error."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from textwrap import indent
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text as RichText

from auditor.cli.causes import word_cause, word_values
from auditor.cli.liveline import lay_columns
from auditor.cli.pacing import Pacing
from auditor.cli.speech import describe_misuse
from auditor.collect.progress import Progress
from auditor.demo.defects import Defect
from auditor.doctor import MachineCheck
from auditor.errors import AuditorError, Problem, RulesetError
from auditor.facts import FactBase
from auditor.harmless import HARMFUL, REPLACEMENT
from auditor.messages import Messages
from auditor.model.attempts import Part
from auditor.model.findings import Finding
from auditor.model.outcomes import Check, Outcome, Text, fold_outcomes
from auditor.model.results import Result, ToolFault
from auditor.model.snapshots import Snapshot
from auditor.report.wording import show_shares
from auditor.rules.load import Rulebook
from auditor.rules.schema import Standard

_MOST_BREAKING = 10
_PLAIN: Mapping[str, Any] = {"highlight": False, "soft_wrap": True, "markup": False, "emoji": False}
"""What a console does not do with the words of others: colour them, or read signs of its own in them."""


def clean_text(text: str, most: int = 500) -> str:
    """Return text of other people with its control, direction and invisible signs made visible, cut to a length."""
    cleaned = HARMFUL.sub(REPLACEMENT, text)
    return cleaned if len(cleaned) <= most else cleaned[:most] + "…"


def _output() -> Console:
    return Console(**_PLAIN)


def _errors() -> Console:
    return Console(stderr=True, **_PLAIN)


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(RichText(clean_text(text, 4000), style=style))


def show_error(error: AuditorError, messages: Messages) -> None:
    """Print an error: sentence, place, hint; every problem of a ruleset error."""
    console = _errors()
    if isinstance(error, RulesetError):
        for problem in error.problems:
            show_problem(problem, messages)
    _print(console, messages.say("errors.prefix") + word_error(error, messages), "bold red")
    _show_hint(f"errors.{_name_sentence(error, messages)}", _list_values(error, messages), messages, "")


def word_error(error: AuditorError, messages: Messages) -> str:
    """Return the sentence of an error."""
    return messages.say(f"errors.{_name_sentence(error, messages)}", **_list_values(error, messages))


def _name_sentence(error: AuditorError, messages: Messages) -> str:
    return error.code if messages.has(f"errors.{error.code}") else "unknown_error"


def _list_values(error: AuditorError, messages: Messages) -> dict[str, object]:
    return word_values({"where": error.where, "code": error.code, **error.values}, messages)


def show_problem(problem: Problem, messages: Messages) -> None:
    """Print one problem of a file: place, sentence, hint."""
    place = f"{problem.file}:{problem.line}" if problem.line else problem.file
    keys = (f"{catalogue}.{problem.code}" for catalogue in ("rules", "profile", "desk", "errors"))
    sentence = next(filter(messages.has, keys), "errors.unknown_problem")
    values = word_values({"code": problem.code, **problem.values}, messages)
    path = f" [{problem.path}]" if problem.path else ""
    _print(_errors(), f"{place}{path}: {messages.say(sentence, **values)}", "red")
    _show_hint(sentence, values, messages, "    ")


def _show_hint(sentence: str, values: Mapping[str, object], messages: Messages, indented: str) -> None:
    """Print the hint of a sentence; where it would name what is near and nothing is, the one for that case, if any."""
    is_far = values.get("near") == ""
    key = f"{sentence}.hint.far" if is_far else f"{sentence}.hint"
    if messages.has(key):
        _print(_errors(), indented + messages.say(key, **values))


def show_usage(error: click.ClickException, messages: Messages) -> None:
    """Print what is wrong with a call of the command line, and how it is used."""
    sentence, *more = describe_misuse(error, messages)
    _print(_errors(), sentence, "bold red")
    for text in more:
        _print(_errors(), text)


def confirm(question: str, messages: Messages) -> None:
    """Ask a question and go on only where the answer is yes. Raises click.Abort."""
    answer: str = click.prompt(f"{question} [y/N]", default="", show_default=False)
    if answer.strip().lower() not in {"y", "yes", messages.say("usage.yes")}:
        raise click.Abort


def ask_one(question: str, choices: Collection[str], wrong: str, default: str | None = None) -> str:
    """Ask until the answer is one of the choices, or anything where there are none; `wrong` says that it was not."""
    while True:
        answer: str = click.prompt(question, default=default, show_default=False)
        if not choices or answer in choices:
            return answer
        show_warning(wrong)


@contextmanager
def show_progress(messages: Messages, pacing: Pacing, *, quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Show the progress of a collection on standard error while the block runs."""
    console = _errors()
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with Bar(*lay_columns(console), console=console, transient=True) as bar:
        task = bar.add_task(messages.say("cli.phase_start"), total=None, note="", counts="")

        def report_progress(progress: Progress) -> None:
            bar.update(
                task,
                description=messages.say(f"cli.phase_{progress.phase}"),
                completed=progress.done if progress.discovered else None,
                # One more than there are: what is not over must not look as if it were, and its clock goes on.
                total=max(progress.discovered, progress.done) + 1 if progress.discovered else None,
                counts=f"{progress.done}/{progress.discovered}" if progress.discovered else "",
                note=describe_pace(progress, pacing, messages),
            )

        yield report_progress


def describe_pace(progress: Progress, pacing: Pacing, messages: Messages) -> str:
    """Return rate, time left and failures in words, as far as they are known."""
    rate, left = pacing.measure_rate(), pacing.estimate_left(progress.discovered)
    parts = []
    if rate is not None and progress.phase == "crawl":
        parts.append(messages.say("cli.progress_rate", rate=f"{rate:.1f}"))
    if left is not None and progress.phase == "crawl":
        parts.append(messages.say("cli.progress_left", left=f"{int(left // 60)}:{int(left % 60):02d}"))
    if progress.failed:
        parts.append(messages.say("cli.progress_failed", count=progress.failed))
    return "  ".join(parts)


def show_collected(result: Result, messages: Messages) -> None:
    """Print how much of the site was seen, and how long that took."""
    site = next((part for part in result.coverage if part.part is Part.SITE), None)
    if site is None:
        return
    seconds = int((result.snapshot.finished_at - result.snapshot.started_at).total_seconds())
    counts = {"fetched": site.fetched, "failed": site.failed + site.blocked, "skipped": site.skipped}
    took = f"{seconds // 60}:{seconds % 60:02d}"
    _print(_output(), messages.say("cli.collected_counts", discovered=site.discovered, took=took, **counts))
    browser = result.snapshot.versions.get("browser", "")
    vantage = result.snapshot.vantage
    if vantage is not None and vantage.browser is None and browser not in {"", "not_asked"}:
        _print(_output(), messages.say("cli.no_browser", why=word_cause(browser, messages)), "yellow")


def show_gate(breaking: Sequence[Finding], judged: float, code: int, messages: Messages) -> None:
    """Print why a gate broke or cannot be decided; nothing where it is open."""
    if not code:
        return
    _print(
        _output(), messages.say("cli.gate_undecided" if code != 1 else "cli.gate_broken", judged=f"{judged:.0%}"), "red"
    )
    for finding in breaking[:_MOST_BREAKING]:
        name = "" if finding.subject.kind == "site" else clean_text(finding.subject.name, 80)
        _print(_output(), f"  ✗ {finding.clause} {name}".rstrip(), "red")
    if len(breaking) > _MOST_BREAKING:
        _print(_output(), messages.say("cli.gate_more", count=len(breaking) - _MOST_BREAKING), "red")


def show_score(result: Result, messages: Messages) -> None:
    """Print the score line: score, grade, judged, waiting, undetermined, interval."""
    score = result.score
    console = _output()
    value = messages.say("cli.no_score") if score.value is None else f"{score.value:.1f}"
    grade = f" ({score.grade})" if score.grade else ""
    judged, waiting, undetermined = show_shares(score.judged, score.waiting, score.undetermined)
    _print(
        console,
        messages.say(
            "cli.score_line",
            site=clean_text(result.target.name, 80),
            score=value + grade,
            judged=judged,
            waiting=waiting,
            undetermined=undetermined,
            low=f"{score.low:.1f}",
            high=f"{score.high:.1f}",
        ),
        "bold",
    )
    by_clause: dict[str, list[Outcome]] = {}
    for finding in result.findings:
        by_clause.setdefault(finding.clause, []).append(finding.outcome)
    counts = Counter(fold_outcomes(outcomes) for outcomes in by_clause.values())
    _print(
        console,
        messages.say("cli.outcomes") + "  ".join(f"{messages.say(f'words.{o}')} {counts[o]}" for o in Outcome),
    )
    planned = sum(clause.planned for clause in result.clauses.values())
    if planned:
        _print(console, messages.say("cli.planned", count=planned, all=len(result.clauses)))
    if result.left_out:
        _print(console, messages.say("cli.left_out", count=result.left_out, judged=len(result.clauses)))
    if result.notes:
        _print(console, messages.say("cli.notes", count=len(result.notes)), "yellow")


def show_reports(reports: Mapping[str, Path], messages: Messages) -> None:
    """Print where the reports are."""
    for name, path in reports.items():
        _print(_output(), messages.say(f"cli.report_{name}", path=path))


def show_line(text: str, style: str = "") -> None:
    """Print a line of a result."""
    _print(_output(), text, style)


def show_document(content: bytes) -> None:
    """Write a document to standard output as it is."""
    sys.stdout.buffer.write(content)


def show_warning(text: str) -> None:
    """Print a line that a person must look at, on standard error."""
    _print(_errors(), text, "yellow")


def show_faults(faults: Sequence[ToolFault], messages: Messages) -> None:
    """Print which parts of the tool failed."""
    for fault in faults:
        line = messages.say("cli.tool_fault", stage=fault.stage, place=fault.place, message=fault.message)
        _print(_errors(), line, "yellow")


def show_options(messages: Messages, path: Path) -> None:
    """Print that options were found in the current folder."""
    _print(_errors(), messages.say("cli.options_found", path=path))


def show_snapshot(run: Path, snapshot: Snapshot, messages: Messages) -> None:
    """Print what a collection left."""
    _print(_output(), messages.say("cli.collected", run=run, site=snapshot.target.name))


def show_facts(run: Path, facts: Iterable[FactBase], messages: Messages) -> None:
    """Print how many facts of each kind were extracted."""
    counts = Counter(str(fact.model_dump(include={"kind"})["kind"]) for fact in facts)
    summary = ", ".join(f"{kind} {count}" for kind, count in sorted(counts.items()))
    _print(_output(), messages.say("cli.extracted", run=run, summary=summary))


def show_disposable(run: Path, paths: Iterable[Path], messages: Messages) -> None:
    """Print what would be deleted of a run folder."""
    names = ", ".join(path.name for path in paths)
    _print(_output(), messages.say("cli.forget_these", run=run, names=names))


def show_forgotten(run: Path, left: Iterable[Path], messages: Messages) -> None:
    """Print that a run was deleted, and what else stands in its folder."""
    _print(_output(), messages.say("cli.forgotten", run=run))
    names = ", ".join(path.name for path in left)
    if names:
        _print(_output(), messages.say("cli.forget_left", names=names))


def show_rules(rulebook: Rulebook, messages: Messages) -> None:
    """Print standards with the number of clauses of each kind, and the library rules."""
    standards = Table(messages.say("cli.standard"), messages.say("cli.title"), messages.say("cli.clauses"))
    for loaded in rulebook.standards:
        standard = loaded.standard
        standards.add_row(standard.code, pick(standard.title, messages), str(len(standard.clauses)))
    rules = Table(messages.say("cli.rule"), messages.say("cli.title"))
    for name, rule in sorted(rulebook.rules.items()):
        rules.add_row(name, pick(rule.title, messages))
    _output().print(standards, rules)


def pick(text: object, messages: Messages) -> str:
    """Return a bilingual text of a rule file in the language of the messages."""
    return messages.pick(Text(getattr(text, "zh", ""), getattr(text, "en", "")))


def show_rule(name: str, rulebook: Rulebook, messages: Messages) -> None:
    """Print what a rule or a clause looks at, expects and assumes. Raises InputError for an unknown name."""
    for heading, body in rulebook.explain(name, messages.language):
        _print(_output(), messages.say(f"cli.rule_{heading}"), "bold")
        _print(_output(), indent(body, "  "))


def show_checked(messages: Messages) -> None:
    """Print that no problem was found."""
    _print(_output(), messages.say("cli.rules_checked"), "green")


def show_coverage(standards: Iterable[Standard], messages: Messages) -> None:
    """Print how many clauses of each standard are checked how, and how many wait for their rule."""
    checks = [messages.say(f"words.check_{check}") for check in Check]
    table = Table(
        messages.say("cli.standard"), *checks, *(messages.say(f"cli.coverage_{key}") for key in ("planned", "total"))
    )
    for standard in standards:
        written = [clause.check for clause in standard.clauses if clause.status == "written"]
        planned = len(standard.clauses) - len(written)
        counts = (*(written.count(check) for check in Check), planned, len(standard.clauses))
        table.add_row(standard.code, *map(str, counts))
    _output().print(table)


def show_choices(choices: Mapping[str, str]) -> None:
    """Print what may be answered, with what each means."""
    for name, meaning in choices.items():
        _print(_output(), f"  {name:18} {meaning}".rstrip())


def show_written(path: Path, messages: Messages) -> None:
    """Print where the rule was written and what comes next."""
    _print(_output(), messages.say("cli.rule_written", path=path), "green")


def show_defects(defects: Iterable[Defect], messages: Messages) -> None:
    """Print the defects that the sample portal can have."""
    table = Table(messages.say("cli.defect"), messages.say("cli.title"))
    for defect in defects:
        table.add_row(defect.id, pick(defect.title, messages))
    _output().print(table)


def show_checks(checks: Iterable[MachineCheck], messages: Messages) -> None:
    """Print what this machine can and cannot check, and how to mend the rest."""
    console = _output()
    for check in checks:
        mark, style = ("✓", "green") if check.works else ("✗", "red" if check.required else "yellow")
        state = "works" if check.works else "missing"
        detail = check.detail if check.works else word_cause(check.detail, messages)
        _print(console, f"{mark} {messages.say(f'doctor.{check.id}')}: {detail}", style)
        if not check.works:
            _print(console, "    " + messages.say(f"doctor.{check.id}.{state}"))
