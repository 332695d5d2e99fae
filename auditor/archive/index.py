"""Lines sorted by way of the disk, so that the index of a large archive needs little memory."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile

RUN_LENGTH = 20_000
"""Lines that are sorted in memory at a time."""


def sort_lines(lines: Iterable[str], folder: Path, run_length: int = RUN_LENGTH) -> Iterator[str]:
    """Give lines, each with its end, in their order; more than one run of them is sorted in files under `folder`."""
    waiting = iter(lines)
    run = sorted(islice(waiting, run_length))
    following = list(islice(waiting, run_length))
    if not following:
        yield from run
        return
    with ExitStack() as stack:
        runs = []
        while run:
            stream = stack.enter_context(TemporaryFile("w+", dir=folder, encoding="utf-8", newline="\n"))
            stream.writelines(run)
            stream.seek(0)
            runs.append(stream)
            run = sorted(following)
            following = list(islice(waiting, run_length))
        yield from heapq.merge(*runs)
