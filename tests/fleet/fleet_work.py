"""What processes of a fleet do in tests: finish, die, hang, take memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from auditor.fleet.pool import Finished


def misbehave(task):
    kind = task.target.rpartition("/")[2]
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
