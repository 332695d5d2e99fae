from __future__ import annotations

import asyncio
import io
import os
import signal

import pytest

from auditor.collect import readers as module
from auditor.collect.reader import HEAD, make_frame, serve
from auditor.collect.readers import Readers
from auditor.collect.reading import UNREADABLE, PageTask, flatten_reading, read_task
from auditor.words.vocabulary import load_vocabulary

COUNT = 40


def make_task(number, words=""):
    html = f'<title>第{number}页</title><p><a href="/t{number}.html">下一篇{number}</a>{words}</p>'
    return PageTask(f"http://a.example/{number}.html", 200, "text/html", html.encode(), is_page=True, is_wanted=True)


TASKS = [make_task(number) for number in range(COUNT)]


async def read_all(readers, tasks=TASKS):
    try:
        return await asyncio.gather(*(readers.read(task) for task in tasks))
    finally:
        await readers.close()


def read_here(tasks=TASKS):
    return [read_task(task, load_vocabulary()) for task in tasks]


@pytest.mark.parametrize(("width", "backlog", "started"), [(0, 2, 0), (2, COUNT + 1, 0), (2, 8, 2)])
def test_readings_are_the_same_wherever_they_are_made(width, backlog, started):
    readers = Readers(load_vocabulary(), width, backlog)
    assert asyncio.run(read_all(readers)) == read_here()
    assert readers.started == started


def test_pages_outlive_a_process_that_is_killed():
    async def run():
        readers = Readers(load_vocabulary(), 1, 1)
        killed = []
        start = module._start_process

        async def start_and_kill():
            process, inlet = await start()
            if not killed:
                killed.append(process.pid)
                os.kill(process.pid, signal.SIGKILL)
            return process, inlet

        module._start_process = start_and_kill
        try:
            return await read_all(readers), readers.started
        finally:
            module._start_process = start

    readings, started = asyncio.run(run())
    assert readings == read_here()
    assert started == 2


def test_where_no_process_starts_everything_is_read_here(monkeypatch):
    async def refuse():
        raise OSError

    monkeypatch.setattr(module, "_start_process", refuse)
    readers = Readers(load_vocabulary(), 2, 1)
    assert asyncio.run(read_all(readers)) == read_here()
    assert readers.started == 0


class FrailReader:
    """Stands for a process that dies over one page."""

    def __init__(self, poison):
        self.poison = poison
        self.frames = []
        self.returncode = None

    def write(self, frame):
        self.frames.append(module.pickle.loads(frame[HEAD:]))

    @property
    def stdout(self):
        return self

    async def readexactly(self, size):
        if not getattr(self, "data", b""):
            self.data = self.answer(self.frames.pop(0))
        piece, self.data = self.data[:size], self.data[size:]
        return piece

    def answer(self, value):
        if not isinstance(value, list):
            return make_frame(True)
        if any(task.url == self.poison for task in value):
            raise asyncio.IncompleteReadError(b"", HEAD)
        return make_frame([flatten_reading(read_task(task, load_vocabulary())) for task in value])

    def abort(self):
        pass

    def kill(self):
        self.returncode = -9

    async def wait(self):
        return self.returncode


def test_a_page_that_kills_its_reader_is_given_up_and_the_others_are_read(monkeypatch):
    poison = TASKS[7].url

    async def start():
        reader = FrailReader(poison)
        return reader, reader

    monkeypatch.setattr(module, "_start_process", start)
    readings = asyncio.run(read_all(Readers(load_vocabulary(), 2, 1)))
    assert readings[7].failure == UNREADABLE
    assert [reading for number, reading in enumerate(readings) if number != 7] == [
        reading for number, reading in enumerate(read_here()) if number != 7
    ]


def test_a_run_of_killers_is_given_up_and_never_read_here(monkeypatch):
    async def start():
        reader = FrailReader("")
        reader.answer = lambda value: make_frame(True) if not isinstance(value, list) else die()
        return reader, reader

    def die():
        raise asyncio.IncompleteReadError(b"", HEAD)

    monkeypatch.setattr(module, "_start_process", start)
    monkeypatch.setattr(module, "_MAX_DEATHS", 5)
    readings = asyncio.run(read_all(Readers(load_vocabulary(), 1, 1)))
    given_up = [reading.failure for reading in readings].count(UNREADABLE)
    assert 2 <= given_up < COUNT
    assert len(readings) == COUNT


def test_a_reader_ends_with_its_input():
    sink = io.BytesIO()
    serve(io.BytesIO(make_frame(load_vocabulary()) + make_frame(TASKS[:2])), sink)
    assert sink.getvalue().startswith(make_frame(True))
