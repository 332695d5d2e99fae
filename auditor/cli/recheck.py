"""Re-checks: the options of `audit --recheck`, the command `recheck`, and what both print; no logic."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from auditor.cli import console
from auditor.cli.speech import Misuse
from auditor.desk.documents import recheck_runs
from auditor.errors import InputError
from auditor.messages import Messages
from auditor.model.results import Rechecked, RecheckRow, State
from auditor.result import read_result

_NOT_MENDED = 1
_NOT_SEEN = 5
_GATES = ("fail_under", "fail_on", "min_judged", "baseline")
_STYLES: Mapping[State, str] = {"mended": "green", "not_mended": "red", "not_seen": "yellow", "untold": "yellow"}


def add_recheck(option: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return the decorator that adds `--recheck` and `--deadline`."""

    def decorate(command: Any) -> Any:
        deadline = option("--deadline", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE")
        return option("--recheck", type=click.Path(path_type=Path), metavar="RESULT")(deadline(command))

    return decorate


def choose_targets(targets: tuple[str, ...], options: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the targets: of a re-check the one that the earlier result was of, where none is given.

    Raises InputError where a re-check has several targets or a gate, and Misuse where there is no target.
    """
    path: Path | None = options["recheck"]
    if path is None:
        if not targets:
            raise Misuse("argument_missing", click.get_current_context(silent=True), what="TARGET...")
        if options["deadline"] is not None:
            raise InputError("deadline_without_recheck")
        return targets
    gates = [f"--{name.replace('_', '-')}" for name in _GATES if options[name] is not None]
    if gates:
        raise InputError("recheck_with_gate", ", ".join(gates))
    if len(targets) > 1:
        raise InputError("recheck_targets", targets[1])
    if targets:
        return targets
    earlier = read_result(path)
    if earlier.snapshot.origin != "crawl" or (earlier.snapshot.vantage and earlier.snapshot.vantage.stand_in):
        raise InputError("recheck_without_target", str(path))
    return earlier.target.seeds[:1]


def conclude_recheck(recheck: Rechecked, messages: Messages) -> int:
    """Print what became of every problem, and return the exit code: not mended before not seen or untold."""
    for row in recheck.rows:
        console.show_line(describe_row(row, messages), _STYLES[row.state])
    counts = Counter(row.state for row in recheck.rows)
    totals = {state: counts[state] for state in _STYLES}
    console.show_line(messages.say("desk.rechecked", count=len(recheck.rows), **totals))
    if counts["not_mended"]:
        return _NOT_MENDED
    return _NOT_SEEN if counts["not_seen"] or counts["untold"] else 0


def describe_row(row: RecheckRow, messages: Messages) -> str:
    """Return the line of one problem."""
    line = messages.say(f"desk.recheck_{row.state}", clause=row.clause, name=row.subject.name)
    about = messages.say(f"desk.deadline_{row.deadline}", due=row.due) if row.deadline is not None else ""
    return f"{line} {about}".rstrip()


def run_recheck(messages: Messages, earlier: Path, later: Path, **options: Any) -> int:
    """Hold a later result against an earlier one."""
    deadline = options["deadline"].date() if options["deadline"] else None
    return conclude_recheck(recheck_runs(earlier, later, deadline), messages)
