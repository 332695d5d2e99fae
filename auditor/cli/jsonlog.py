"""What happens, as one JSON object a line, for whoever watches an audit from outside.

The records are described by `reports/schema/log.schema.json`. What the user gave in confidence is masked.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, TextIO

from pydantic import Field, TypeAdapter

from auditor.cli.pacing import Pacing
from auditor.collect.access import mask_text
from auditor.collect.progress import Phase, Progress
from auditor.errors import AuditorError, OutputError
from auditor.harmless import escape_json
from auditor.model.results import Result

_EVERY = 1.0


@dataclass(frozen=True)
class Started:
    """A target was begun."""

    time: datetime
    target: str
    version: str
    event: Literal["start"] = "start"


@dataclass(frozen=True)
class Progressed:
    """Where a collection stands: addresses done, discovered and failed; `left` are seconds, at least."""

    time: datetime
    phase: Phase
    done: int
    discovered: int
    failed: int
    url: str
    rate: float | None = None
    left: float | None = None
    target: str = ""
    event: Literal["progress"] = "progress"


@dataclass(frozen=True)
class Judged:
    """What came of it: the score (0 to 100), the shares (0 to 1), how many findings have which outcome."""

    time: datetime
    site: str
    score: float | None
    low: float
    high: float
    judged: float
    waiting: float
    undetermined: float
    outcomes: Mapping[str, int]
    breaking: tuple[str, ...]
    target: str = ""
    event: Literal["result"] = "result"


@dataclass(frozen=True)
class Written:
    """A report was written."""

    time: datetime
    format: str
    path: str
    target: str = ""
    event: Literal["report"] = "report"


@dataclass(frozen=True)
class Failed:
    """An error, by its code, with the place that it concerns."""

    time: datetime
    code: str
    where: str
    target: str = ""
    event: Literal["error"] = "error"


@dataclass(frozen=True)
class Ended:
    """A target is done, with the exit code that it alone would give."""

    time: datetime
    target: str
    exit: int
    event: Literal["end"] = "end"


Record = Annotated[Started | Progressed | Judged | Written | Failed | Ended, Field(discriminator="event")]
_ADAPTER: TypeAdapter[Any] = TypeAdapter(Record)


def describe_log() -> dict[str, Any]:
    """Return the JSON Schema of one line of the log."""
    schema = _ADAPTER.json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "auditor log", **schema}


@dataclass(frozen=True)
class JsonLog:
    """Writes records; without a stream it writes nothing. `secrets` stand in no line.

    `target` stands in every line where several are audited at once, so that their lines can be told apart.
    """

    stream: TextIO | None = None
    secrets: tuple[str, ...] = ()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    target: str = ""

    def start(self, target: str, version: str) -> None:
        """Note that a target was begun."""
        self.write(Started(self.clock(), target, version))

    def judge(self, result: Result, breaking: tuple[str, ...]) -> None:
        """Note what came of an audit; `breaking` are the clauses that break the gate."""
        score = result.score
        self.write(
            Judged(
                time=self.clock(),
                site=result.target.id,
                score=score.value,
                low=score.low,
                high=score.high,
                judged=score.judged,
                waiting=score.waiting,
                undetermined=score.undetermined,
                outcomes=Counter(finding.outcome.value for finding in result.findings),
                breaking=breaking,
                target=self.target,
            )
        )

    def report(self, reports: Mapping[str, Path]) -> None:
        """Note where the reports are."""
        for name, path in reports.items():
            self.write(Written(self.clock(), name, str(path), self.target))

    def fail(self, error: AuditorError) -> None:
        """Note an error."""
        self.write(Failed(self.clock(), error.code, error.where, self.target))

    def end(self, target: str, code: int) -> None:
        """Note the exit code of a target."""
        self.write(Ended(self.clock(), target, code))

    def follow(self, target: str, version: str, run: Callable[[], int]) -> int:
        """Run what a target is begun for, note start, error and end, and return its exit code. Errors go on."""
        self.start(target, version)
        try:
            code = run()
        except AuditorError as error:
            self.fail(error)
            self.end(target, error.exit_code)
            raise
        self.end(target, code)
        return code

    def write(self, record: Any) -> None:
        """Write one line."""
        if self.stream is not None:
            self.stream.write(escape_json(_ADAPTER.dump_json(_mask(record, self.secrets)).decode()).decode() + "\n")
            self.stream.flush()


@dataclass
class Steps:
    """Logs progress: each change of phase, and otherwise once a second at the most."""

    log: JsonLog
    pacing: Pacing
    _phase: Phase | None = None
    _next: float = 0.0

    def note(self, progress: Progress) -> None:
        """Take up where a collection stands."""
        now = self.pacing.clock()
        if progress.phase == self._phase and now < self._next:
            return
        self._phase, self._next = progress.phase, now + _EVERY
        is_moving = progress.phase == "crawl"
        self.log.write(
            Progressed(
                time=self.log.clock(),
                phase=progress.phase,
                done=progress.done,
                discovered=progress.discovered,
                failed=progress.failed,
                url=progress.url,
                rate=self.pacing.measure_rate() if is_moving else None,
                left=self.pacing.estimate_left(progress.discovered) if is_moving else None,
                target=self.log.target,
            )
        )


def _mask(value: Any, secrets: tuple[str, ...]) -> Any:
    """Return a record whose texts hold no secret and no half of a character."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value)(**{one.name: _mask(getattr(value, one.name), secrets) for one in fields(value)})
    if isinstance(value, tuple):
        return tuple(_mask(one, secrets) for one in value)
    return mask_text(value.encode("utf-8", "replace").decode(), secrets) if isinstance(value, str) else value


@contextmanager
def open_log(place: str | None) -> Iterator[TextIO | None]:
    """Open the place of a JSON log: `-` is standard error, None no log. Raises OutputError."""
    if place is None or place == "-":
        yield None if place is None else sys.stderr
        return
    try:
        stream = Path(place).open("a", encoding="utf-8")  # noqa: SIM115 - what fails while it is open is no fault of it
    except OSError as error:
        raise OutputError("out_unwritable", place, cause=error.strerror) from error
    with stream:
        yield stream
