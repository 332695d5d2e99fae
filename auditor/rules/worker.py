"""The engine's process, seen from outside: started when needed, fed, timed, replaced when it dies or has grown."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
from types import TracebackType
from typing import Any, Self

from auditor.rules.matching import Firing, Job

COMMAND = (sys.executable, "-P", "-X", "faulthandler", "-m", "auditor.rules.engine")
SECONDS = 120.0
MOST_FACTS = 100_000
"""Facts after which a process is replaced: the engine never gives memory back."""


class EngineFailureError(Exception):
    """A job that the engine did not answer: it crashed, hung, or refused."""


class EngineWorker:
    """Runs jobs one after the other in a child process. Use it as a context manager."""

    def __init__(self, command: tuple[str, ...] = COMMAND, seconds: float = SECONDS) -> None:
        """Keep how the engine is started and how long one job may take."""
        self._command = command
        self._seconds = seconds
        self._process: subprocess.Popen[str] | None = None
        self._errors = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115 - closed in __exit__
        self._facts = 0

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        self._stop()
        self._errors.close()

    def run(self, job: Job) -> list[Firing]:
        """Return the firings of a job. Raises EngineFailureError."""
        if not job.rules or not job.facts:
            return []
        line = json.dumps({"rules": job.rules, "facts": job.facts}, separators=(",", ":"))
        answer = self._ask(line)
        self._facts += len(job.facts)
        if self._facts > MOST_FACTS:
            self._stop()
        if "error" in answer:
            raise EngineFailureError(answer["error"])
        return [(number, named) for number, named in answer["firings"]]

    def _ask(self, line: str) -> dict[str, Any]:
        process = self._start()
        if process.stdin is None or process.stdout is None:
            raise EngineFailureError("no pipe")
        timer = threading.Timer(self._seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(line + "\n")
            process.stdin.flush()
            answer = process.stdout.readline()
        except OSError:
            answer = ""
        finally:
            late = not timer.is_alive()
            timer.cancel()
        try:
            found: dict[str, Any] = json.loads(answer)
        except ValueError as error:
            raise EngineFailureError(self._explain_end(late=late)) from error
        return found

    def _start(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._facts = 0
            self._errors.seek(0)
            self._errors.truncate()
            path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109 - as the import system does
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._errors,
                env={**os.environ, "PYTHONPATH": path},
                encoding="ascii",
                start_new_session=True,
            )
        return self._process

    def _explain_end(self, *, late: bool) -> str:
        """Stop what is left of the process and say how it ended."""
        code = self._stop()
        self._errors.seek(0)
        said = self._errors.read()[-300:].strip().replace("\n", " | ")
        how = f"no answer within {self._seconds:g} s" if late else f"the engine ended with code {code}"
        return f"{how}: {said}" if said else how

    def _stop(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        if process.stdin is not None:
            try:
                process.stdin.close()
            except OSError:
                process.kill()
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        return process.returncode
