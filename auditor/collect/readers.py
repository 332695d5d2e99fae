"""Reads what came: here while there is little of it, in processes beside this one once pages wait.

Whoever reads, the readings are the same. A process that dies or hangs over a page is replaced; the page that was its
last alone is recorded as unreadable, and after too many deaths everything is read here.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import auditor
from auditor.collect.reader import HEAD, make_frame, widen_pipe
from auditor.collect.reading import PageReading, PageTask, give_up, read_task, restore_reading
from auditor.words.vocabulary import Vocabulary

BACKLOG = 12
"""So many answers waiting to be read make it worth while to start processes."""
_BATCH = 3  # what a socket takes at once: a larger row is copied for each part of it
_MAX_DEATHS = 20
_PATIENCE = 120.0
_UNDER_WAY = 4
_BUFFER = 1 << 22


@dataclass(slots=True, eq=False)
class _Job:
    task: PageTask
    done: asyncio.Future[PageReading]
    is_suspect: bool = False

    def settle(self, reading: PageReading) -> None:
        """Hand the reading to whoever still waits for it."""
        if not self.done.done():
            self.done.set_result(reading)


class _Reader:
    """One process that reads, and the rows of jobs that it has, the one in work first."""

    def __init__(self, process: Process, inlet: asyncio.WriteTransport) -> None:
        self.process = process
        self._inlet = inlet
        self.rows: deque[list[_Job]] = deque()

    def send(self, value: object) -> None:
        """Send a frame. Not awaited: what is under way is bounded by the rows, and waiting here could lock up both."""
        self._inlet.write(make_frame(value))

    async def receive(self) -> Any:
        """Return the next frame. Raises EOFError, OSError, TimeoutError where none comes."""
        stream = self.process.stdout
        if stream is None:
            raise EOFError
        async with asyncio.timeout(_PATIENCE):
            head = await stream.readexactly(HEAD)
            data = await stream.readexactly(int.from_bytes(head))
        return pickle.loads(data)  # noqa: S301 - comes from a process that we started

    async def end(self) -> None:
        """End the process at once."""
        self._inlet.abort()
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()


class Readers:
    """Reads answers; close it when all are read. `width` is the number of processes, 0 for none."""

    def __init__(self, vocabulary: Vocabulary, width: int | None = None, backlog: int = BACKLOG) -> None:
        """Take the settings; nothing is started yet."""
        self._vocabulary = vocabulary
        self._width = (os.cpu_count() or 1) if width is None else width
        self._backlog = backlog
        self._waiting: deque[_Job] = deque()
        self._running: set[asyncio.Task[None]] = set()
        self._here: asyncio.Task[None] | None = None
        self._has_work = asyncio.Event()
        self._deaths = 0
        self.started = 0

    async def read(self, task: PageTask) -> PageReading:
        """Return what an answer comes to."""
        job = _Job(task, asyncio.get_running_loop().create_future())
        self._waiting.append(job)
        self._has_work.set()
        if not self._running:
            self._take_up_work()
        return await job.done

    async def close(self) -> None:
        """End all processes."""
        self._width = 0
        tasks = [*self._running, *([self._here] if self._here is not None else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _take_up_work(self) -> None:
        """Start processes where much waits, else read here."""
        if len(self._waiting) >= self._backlog and self._deaths < _MAX_DEATHS:
            self._running.update(asyncio.create_task(self._run_reader()) for _ in range(self._width))
        if not self._running and (self._here is None or self._here.done()):
            self._here = asyncio.create_task(self._read_here())

    async def _read_here(self) -> None:
        """Read what waits in this process, and let others run between pages: what arrives may make a backlog."""
        while self._waiting and not self._running:
            job = self._waiting.popleft()
            job.settle(give_up(job.task) if job.is_suspect else read_task(job.task, self._vocabulary))
            await asyncio.sleep(0)

    async def _run_reader(self) -> None:
        try:
            while self._deaths < _MAX_DEATHS:
                await self._use_process()
        finally:
            self._running.discard(asyncio.current_task())
            if not self._running and self._waiting and self._width:
                self._take_up_work()

    async def _use_process(self) -> None:
        """Start a process and give it work until it dies."""
        try:
            reader = _Reader(*await _start_process())
        except OSError:
            self._deaths = _MAX_DEATHS
            return
        self.started += 1
        is_ready = False
        try:
            reader.send(self._vocabulary)
            is_ready = await reader.receive()
            await self._feed(reader)
        except (EOFError, OSError, TimeoutError, pickle.UnpicklingError):
            self._deaths += 1
        finally:
            self._take_back(reader, is_ready=is_ready)
            await reader.end()

    async def _feed(self, reader: _Reader) -> None:
        while True:
            while len(reader.rows) < _UNDER_WAY and (row := self._take_row(is_alone=not reader.rows)):
                reader.rows.append(row)
                reader.send([job.task for job in row])
            if not reader.rows:
                self._has_work.clear()
                await self._has_work.wait()
                continue
            flat = await reader.receive()
            for job, reading in zip(reader.rows.popleft(), flat, strict=True):
                job.settle(restore_reading(reading))

    def _take_row(self, *, is_alone: bool) -> list[_Job]:
        """Take the next jobs. A suspect goes alone."""
        size = min(_BATCH, -(-len(self._waiting) // max(self._width, 1)))
        row: list[_Job] = []
        while self._waiting and len(row) < size:
            if self._waiting[0].done.done():
                self._waiting.popleft()
                continue
            if self._waiting[0].is_suspect:
                return row or ([self._waiting.popleft()] if is_alone else [])
            row.append(self._waiting.popleft())
        return row

    def _take_back(self, reader: _Reader, *, is_ready: bool) -> None:
        """Take back what a dead process had. Where it had one page only, and died twice over it, that page is given up.

        The row in work is suspect: each of its pages is read alone next time.
        """
        if is_ready and reader.rows:
            first = reader.rows[0]
            if len(first) == 1 and first[0].is_suspect:
                first[0].settle(give_up(first[0].task))
                reader.rows.popleft()
            for job in first:
                job.is_suspect = True
        for row in reversed(reader.rows):
            self._waiting.extendleft(reversed(row))
        reader.rows.clear()
        self._has_work.set()


async def _start_process() -> tuple[Process, asyncio.WriteTransport]:
    """Start a process. Its tasks come by a pipe wide enough to keep it busy while the collection is."""
    outlet, inlet = os.pipe()
    widen_pipe(inlet)
    transport, _ = await asyncio.get_running_loop().connect_write_pipe(asyncio.BaseProtocol, os.fdopen(inlet, "wb", 0))
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "auditor.collect.reader",
            stdin=outlet,
            stdout=PIPE,
            stderr=DEVNULL,
            env=_set_paths(),
            limit=_BUFFER,
        )
    except BaseException:
        transport.abort()
        raise
    finally:
        os.close(outlet)
    return process, transport


def _set_paths() -> dict[str, str]:
    """Return an environment in which another process finds this very package."""
    package = str(Path(auditor.__file__).resolve().parent.parent)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([package, *filter(None, [os.environ.get("PYTHONPATH")])])}
