"""A process that reads pages for a collection: tasks come in by one stream, readings go out by another.

Started by `auditor.collect.readers` as `python -m auditor.collect.reader`. A frame is its length (8 bytes) and a
pickle; the first frame is the vocabulary, answered by `True`, each further one a row of tasks, answered by a row of
readings. It ends with its input, so that it never outlives the collection.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from contextlib import suppress
from typing import Any, BinaryIO

from auditor.collect.reading import flatten_reading, read_task

if sys.platform == "linux":
    import fcntl

HEAD = 8
_MANY = 50_000
_PIPE = 1 << 20


def make_frame(value: object) -> bytes:
    """Return a value as a frame."""
    data = pickle.dumps(value, protocol=5)
    return len(data).to_bytes(HEAD) + data


def serve(inlet: BinaryIO, outlet: BinaryIO) -> None:
    """Answer frames until there are no more."""
    vocabulary = _take_frame(inlet)
    outlet.write(make_frame(True))
    outlet.flush()
    gc.freeze()
    gc.set_threshold(_MANY)
    while (tasks := _take_frame(inlet)) is not None:
        outlet.write(make_frame([flatten_reading(read_task(task, vocabulary)) for task in tasks]))
        outlet.flush()


def widen_pipe(descriptor: int) -> None:
    """Let a pipe hold a row of readings, where the system can: else its writer waits for each part to be taken."""
    if sys.platform == "linux":
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, _PIPE)


def _take_frame(inlet: BinaryIO) -> Any:
    head = inlet.read(HEAD)
    data = inlet.read(int.from_bytes(head)) if len(head) == HEAD else b""
    return pickle.loads(data) if data else None  # noqa: S301 - comes from the process that started this one


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is the collection's to handle
    own = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    widen_pipe(own)
    with os.fdopen(own, "wb") as sink:
        serve(sys.stdin.buffer, sink)
