"""Many targets, each in a process of its own: what one of them does never touches another.

`audit_one` is the function over one target. All that it knows stands in its task, and what it leaves stands in the
task's folder and in the history, so that it can run on this machine or on another that sees both.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

import psutil

from auditor import pipeline
from auditor.collect.access import mask_text
from auditor.collect.progress import Progress
from auditor.errors import AuditorError, Interrupted, Problem, RulesetError, ToolError
from auditor.gate.verdict import Gate, decide_gate
from auditor.history.store import open_history
from auditor.messages import Language, load_messages
from auditor.model.results import Score
from auditor.outputs.records import enter_error, keep_audit, keep_failures, open_kept
from auditor.runfolder.files import make_run_folder, write_file

CODES = (4, 2, 3, 1, 5, 0)
"""Exit codes of one target, the gravest first."""
OUTCOME_FILE = "outcome.json"
POLL_SECONDS = 0.2
TELL_SECONDS = 0.5
START_SECONDS = 300.0
STOP_SECONDS = 20.0
_FINISHED = frozenset({0, 1, 5})
_MEGABYTE = 1_000_000
_WRONG_USE = 2


@dataclass(frozen=True)
class Task:
    """One target to audit. Seconds and megabytes bound the process and all that it starts; None is no bound."""

    target: str
    settings: pipeline.Settings
    gate: Gate = field(default_factory=Gate)
    history: str | None = None
    language: Language = "zh"
    seconds: float | None = None
    megabytes: int | None = None


@dataclass(frozen=True)
class Trouble:
    """An error that ended an audit, in a form that passes between processes."""

    code: str
    where: str = ""
    values: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Finished:
    """What became of one target: the exit code, the score and the reports, or the trouble."""

    target: str
    code: int
    site: str = ""
    score: Score | None = None
    reports: tuple[tuple[str, str], ...] = ()
    trouble: Trouble | None = None
    out: Path | None = None
    known: bool = False


Tell = Callable[[Progress], None]
Work = Callable[[Task, Tell], Finished]


def audit_one(task: Task, tell: Tell) -> Finished:
    """Audit one target, tell how its collection goes, and keep what came of it in its folder and in the history."""
    try:
        with open_kept(task.history) as history, keep_failures(history, task.target, task.settings):
            audit = _audit(task, tell)
            keep_audit(history, audit)
    except AuditorError as error:
        return Finished(task.target, error.exit_code, trouble=describe_error(error))
    code = 4 if audit.result.faults else int(decide_gate(audit.result, task.gate, audit.baseline))
    reports = tuple((name, str(path)) for name, path in audit.reports.items())
    return Finished(task.target, code, audit.result.target.name, audit.result.score, reports)


def _audit(task: Task, tell: Tell) -> pipeline.Audit:
    """Audit; an error of ours becomes one that can be told, without what was given in confidence."""
    try:
        return pipeline.audit_target(task.target, task.settings, load_messages(task.language), tell)
    except AuditorError:
        raise
    except KeyboardInterrupt as error:
        raise Interrupted("stopped") from error
    except Exception as error:
        cause = mask_text(f"{type(error).__name__}: {error}", task.settings.access.list_secrets())
        raise ToolError("tool_failed", task.target, cause=cause[:300]) from error


def describe_error(error: AuditorError) -> Trouble:
    """Return an error in a form that passes between processes."""
    problems = error.problems if isinstance(error, RulesetError) else ()
    return Trouble(error.code, error.where, tuple(error.values.items()), problems)


def ignore_progress(_task: Task, _progress: Progress) -> None:
    """Take no notice of how a collection goes."""


def audit_all(
    tasks: Sequence[Task],
    processes: int,
    on_finished: Callable[[Finished], None],
    work: Work = audit_one,
    on_progress: Callable[[Task, Progress], None] = ignore_progress,
) -> tuple[Finished, ...]:
    """Audit targets, so many at a time, and return what became of each, in their order.

    A process that dies, lasts too long or takes too much memory is a failed audit of its target alone.
    Raises Interrupted; audits under way are asked to stop and keep what they have.
    """
    pool = _Pool(tasks, max(processes, 1), on_finished, work, on_progress)
    try:
        return pool.run()
    except KeyboardInterrupt as error:
        raise Interrupted("stopped") from error
    finally:
        pool.stop()


def choose_code(finished: Sequence[Finished]) -> int:
    """Return the gravest exit code: in the order 4, 2, 3, 1, 5, 0."""
    return min((one.code for one in finished), key=CODES.index, default=0)


@dataclass
class _Running:
    """A process under way. `since` is when it began to work, None while it is still starting."""

    number: int
    process: SpawnProcess
    pipe: Connection
    started: float
    since: float | None = None


class _Pool:
    """So many processes at a time, each watched."""

    def __init__(
        self,
        tasks: Sequence[Task],
        processes: int,
        on_finished: Callable[[Finished], None],
        work: Work,
        on_progress: Callable[[Task, Progress], None],
    ) -> None:
        self._tasks = tasks
        self._processes = processes
        self._on_finished = on_finished
        self._work = work
        self._on_progress = on_progress
        self._running: list[_Running] = []
        self._done: dict[int, Finished] = {}
        self._context = multiprocessing.get_context("spawn")

    def run(self) -> tuple[Finished, ...]:
        waiting = list(range(len(self._tasks)))
        while waiting or self._running:
            while waiting and len(self._running) < self._processes:
                self._start(waiting.pop(0))
            wait([one.pipe for one in self._running], timeout=POLL_SECONDS)
            for running in tuple(self._running):
                self._look_after(running)
        return tuple(self._done[number] for number in range(len(self._tasks)))

    def stop(self) -> None:
        """Ask what still runs to stop, and end what does not."""
        for running in self._running:
            if running.process.pid is not None and running.process.is_alive():
                os.kill(running.process.pid, signal.SIGINT)
        until = time.monotonic() + STOP_SECONDS
        for running in self._running:
            running.process.join(max(until - time.monotonic(), 0))
            kill_tree(running.process.pid)
        self._running.clear()

    def _start(self, number: int) -> None:
        receiver, sender = self._context.Pipe(duplex=False)
        process = self._context.Process(target=_work_alone, args=(self._work, self._tasks[number], sender))
        process.start()
        sender.close()
        self._running.append(_Running(number, process, receiver, time.monotonic()))

    def _look_after(self, running: _Running) -> None:
        finished = self._listen(running) or self._check_limits(running)
        if finished is None:
            return
        kill_tree(running.process.pid)
        running.process.join()
        running.pipe.close()
        self._running.remove(running)
        finished = replace(finished, out=self._tasks[running.number].settings.out)
        self._done[running.number] = finished
        self._on_finished(finished)

    def _listen(self, running: _Running) -> Finished | None:
        """Return what the process said, or that it died without a word."""
        try:
            while running.pipe.poll():
                said = running.pipe.recv()
                if isinstance(said, Finished):
                    return said
                if isinstance(said, Progress):
                    self._on_progress(self._tasks[running.number], said)
                else:
                    running.since = time.monotonic()
        except (EOFError, OSError):
            running.process.join(STOP_SECONDS)
            return self._fail(running, "site_crashed", status=running.process.exitcode)
        return None

    def _check_limits(self, running: _Running) -> Finished | None:
        task, now = self._tasks[running.number], time.monotonic()
        begun, limit = (running.started, START_SECONDS) if running.since is None else (running.since, task.seconds)
        if limit is not None and now - begun > limit:
            return self._fail(running, "site_time_limit", limit=f"{limit:g}")
        if task.megabytes is not None and measure_tree(running.process.pid) > task.megabytes * _MEGABYTE:
            return self._fail(running, "site_memory_limit", limit=task.megabytes)
        return None

    def _fail(self, running: _Running, code: str, **values: object) -> Finished:
        task = self._tasks[running.number]
        kill_tree(running.process.pid)
        error = ToolError(code, task.target, **values)
        if task.history is not None:
            keep_failure(task, error)
        return Finished(task.target, error.exit_code, trouble=describe_error(error))


def keep_failure(task: Task, error: AuditorError) -> None:
    """Keep an audit that ended without a word of its own."""
    try:
        entry = enter_error(task.target, task.settings, error)
        if entry is not None and task.history is not None:
            with open_history(task.history) as history:
                history.add(entry)
    except AuditorError:
        return  # the trouble itself is told; a target that cannot be named has no place in the history


def _work_alone(work: Work, task: Task, pipe: Connection) -> None:
    """Work in a process group of its own, tell how it goes and what came of it, and not outlive who asked for it."""
    os.setsid()
    threading.Thread(target=_die_with_parent, daemon=True).start()
    pipe.send("begun")
    pipe.send(work(task, _Voice(pipe).tell))
    pipe.close()


def _die_with_parent() -> None:
    """Wait for the end of the process that started this one, and end at once with all that was started here.

    A site's folder belongs to one writer: whoever goes on with a fleet that was killed must find nobody there.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    wait([parent.sentinel])
    for process in reversed(list_tree(os.getpid())):
        with suppress(psutil.Error):
            process.kill()


class _Voice:
    """Tells how a collection goes: each change of phase, and otherwise twice a second at the most."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._phase = ""
        self._next = 0.0

    def tell(self, progress: Progress) -> None:
        now = time.monotonic()
        if progress.phase != self._phase or now >= self._next:
            self._phase, self._next = progress.phase, now + TELL_SECONDS
            self._pipe.send(progress)


def list_tree(pid: int | None) -> list[psutil.Process]:
    """Return a process and all that it started, browsers included."""
    try:
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    except psutil.Error:
        return []


def measure_tree(pid: int | None) -> int:
    """Return the bytes of memory that a process and all that it started hold."""
    total = 0
    for process in list_tree(pid):
        try:
            total += process.memory_info().rss
        except psutil.Error:
            continue
    return total


def kill_tree(pid: int | None) -> None:
    """End a process and all that it started."""
    for process in list_tree(pid):
        try:
            process.kill()
        except psutil.Error:
            continue


def resume_tasks(tasks: Sequence[Task]) -> tuple[list[Task], dict[int, Finished]]:
    """Return the tasks still to be done, and what became of the others, by their numbers.

    A target with a result is done; a collection that was broken off goes on where it stopped.
    """
    left: list[Task] = []
    done: dict[int, Finished] = {}
    for number, task in enumerate(tasks):
        out = task.settings.out
        code = read_outcome(out) if out is not None else None
        if code in _FINISHED and out is not None and (out / "result.json").is_file():
            done[number] = Finished(task.target, int(code or 0), known=True)
            continue
        begun = out is not None and out.is_dir() and any(out.iterdir())
        left.append(replace(task, settings=replace(task.settings, resume=begun)))
    return left, done


def read_outcome(out: Path) -> int | None:
    """Return the exit code that a target's folder keeps, None where it keeps none."""
    try:
        code = json.loads((out / OUTCOME_FILE).read_text(encoding="utf-8"))["code"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return code if isinstance(code, int) else None


def keep_outcome(finished: Finished) -> None:
    """Write into a target's folder what became of it."""
    if finished.out is not None and finished.code != _WRONG_USE:
        content = json.dumps({"target": finished.target, "code": finished.code}, ensure_ascii=False)
        write_file(make_run_folder(finished.out) / OUTCOME_FILE, f"{content}\n".encode())
