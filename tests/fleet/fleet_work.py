"""What processes of a fleet do in tests: finish, die, hang, take memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from auditor.collect.progress import Progress
from auditor.fleet.pool import Finished, Task, audit_all
from auditor.pipeline import Settings


def misbehave(task, tell):
    kind = task.target.rpartition("/")[2]
    for done in range(1, 4):
        tell(Progress("crawl", done, 3, 0, task.target))
    if kind == "crash":
        os._exit(7)
    if kind == "hang":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        time.sleep(600)
    if kind == "hunger":
        held = [bytearray(b"x" * 10_000_000) for _ in range(60)]
        time.sleep(600)
        return Finished(task.target, len(held))
    return Finished(task.target, {"good": 0, "broken": 1, "refused": 3}[kind])


def read_clock():
    return datetime(2026, 11, 22, tzinfo=UTC)


def linger(task, _tell):
    """Say by a file which process works, and work for long."""
    task.settings.out.mkdir(parents=True)
    browser = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (task.settings.out / "working").write_text(f"{os.getpid()} {browser.pid}")
    time.sleep(600)


def run_lingering(folder):
    """Be the one that started the work: a process that a test can kill."""
    settings = Settings(now=read_clock, out=Path(folder) / "site")
    audit_all([Task("http://a.example/", settings)], 1, print, linger)


if __name__ == "__main__":
    run_lingering(sys.argv[1])
