"""The run folder: its names, making it, its log, files that appear whole or not at all."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from auditor.errors import OutputError

LOGGER = logging.getLogger("auditor")
SNAPSHOT_NAMES = ("snapshot.wacz", "snapshot.warc.gz", "snapshot.warc")


def find_archive(run: Path) -> Path | None:
    """Return the archive of a run folder, if it has one."""
    return next((run / name for name in SNAPSHOT_NAMES if (run / name).is_file()), None)


def make_run_folder(out: Path) -> Path:
    """Make the run folder. Raises OutputError where it cannot be written."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        probe = out / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise OutputError("out_unwritable", str(out), cause=error.strerror) from error
    return out


class _MaskingFormatter(logging.Formatter):
    """Writes a record, traces included, without what may not be written."""

    def __init__(self, form: str, mask: Callable[[str], str] | None) -> None:
        super().__init__(form)
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line = super().format(record)
        return line if self._mask is None else self._mask(line)


@contextmanager
def keep_log(run: Path, mask: Callable[[str], str] | None = None) -> Iterator[None]:
    """Write what the stages log to `run.log` while the block runs; `mask` takes out what may not stand there."""
    try:
        handler = logging.FileHandler(run / "run.log", encoding="utf-8")
    except OSError as error:
        raise OutputError("out_unwritable", str(run / "run.log"), cause=error.strerror) from error
    handler.setFormatter(_MaskingFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", mask))
    LOGGER.addHandler(handler)
    level = LOGGER.level
    LOGGER.setLevel(logging.INFO)
    try:
        yield
    finally:
        LOGGER.setLevel(level)
        LOGGER.removeHandler(handler)
        handler.close()


def default_run_folder(host: str, now: datetime) -> Path:
    """Return the run folder used where the user names none."""
    first = Path("auditor-runs") / f"{host}-{now:%Y%m%d-%H%M%S}"
    others = (first.with_name(f"{first.name}-{number}") for number in count(2))
    return first if not first.exists() else next(other for other in others if not other.exists())


def name_folder(target: str, place: int) -> str:
    """Return a folder name for one of several targets, the `place`-th."""
    name = re.sub(r"[^\w.-]+", "_", target.partition("://")[2] or Path(target).name).strip("_.")
    return f"{place:03d}-{name[:80]}" if name else f"{place:03d}"


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OutputError where it cannot be written."""
    try:
        partial = path.with_name(path.name + ".part")
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise OutputError("out_unwritable", str(path), cause=error.strerror) from error


def keep_earlier(run: Path, result: bytes) -> None:
    """Move an earlier, different result and its report out of the way, into `earlier/<number>`."""
    before = run / "result.json"
    if not before.is_file() or before.read_bytes() == result:
        return
    folder = next(path for path in (run / "earlier" / f"{number:03d}" for number in count(1)) if not path.exists())
    try:
        folder.mkdir(parents=True)
        for name in ("report.html", "result.json"):
            if (run / name).is_file():
                (run / name).replace(folder / name)
    except OSError as error:
        raise OutputError("out_unwritable", str(folder), cause=error.strerror) from error
