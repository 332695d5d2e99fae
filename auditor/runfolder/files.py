"""The run folder: its names, making it, its log, files that appear whole or not at all."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from pydantic import ValidationError

from auditor.errors import ArchiveError, OutputError
from auditor.facts import FactBase, FactsVersionError, read_facts
from auditor.model.results import ToolFault
from auditor.runfolder.textindex import TextIndex, TextIndexError, TextIndexWriter

LOGGER = logging.getLogger("auditor")
TEXT_FILE = "text.db"
REPORT_FOLDER = "report-files"
"""The folder beside `report.html`: details, pictures, stored copies."""
_REPORT_FILES = ("part-*.js", "search.js", "whole.html", "reading.html", "pictures/*.png", "copies/*.html")
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


@contextmanager
def open_text_writer(run: Path) -> Iterator[TextIndexWriter]:
    """Write the text index of a run folder. Raises OutputError where it cannot be written."""
    path = run / TEXT_FILE
    try:
        writer = TextIndexWriter(path)
    except (OSError, sqlite3.Error) as error:
        raise OutputError("out_unwritable", str(path), cause=str(error)) from error
    try:
        with writer:
            yield writer
    except sqlite3.Error as error:
        raise OutputError("out_unwritable", str(path), cause=str(error)) from error


@contextmanager
def open_passages(run: Path) -> Iterator[TextIndex | None]:
    """Open the text index of a run folder; None where there is none that can be read."""
    try:
        index = TextIndex(run / TEXT_FILE)
    except TextIndexError:
        yield None
        return
    with index:
        yield index


def replace_kept(path: Path, content: bytes) -> Path | None:
    """Write a file that people may have written in; an earlier one with other content is kept, and its path returned.

    Raises OutputError where it cannot be written.
    """
    kept: Path | None = None
    try:
        if path.is_file():
            if path.read_bytes() == content:
                return None
            places = (path.with_name(f"{path.stem}.{number}{path.suffix}") for number in count(1))
            kept = next(place for place in places if not place.exists())
            path.replace(kept)
    except OSError as error:
        raise OutputError("out_unwritable", str(path), cause=error.strerror) from error
    write_file(path, content)
    return kept


def clear_report_files(run: Path) -> None:
    """Delete what an earlier report left in its folder; a link is left alone. Raises OutputError where it cannot be."""
    folder = run / REPORT_FOLDER
    if folder.is_symlink():
        raise OutputError("out_unwritable", str(folder))
    try:
        for pattern in _REPORT_FILES:
            for path in folder.glob(pattern):
                path.unlink()
    except OSError as error:
        raise OutputError("out_unwritable", str(folder), cause=error.strerror) from error


def keep_earlier(run: Path, result: bytes) -> None:
    """Move an earlier, different result and its report out of the way, into `earlier/<number>`."""
    before = run / "result.json"
    if not before.is_file() or before.read_bytes() == result:
        return
    folder = next(path for path in (run / "earlier" / f"{number:03d}" for number in count(1)) if not path.exists())
    try:
        folder.mkdir(parents=True)
        for name in ("report.html", "report.pdf", "result.json", "seal.json", REPORT_FOLDER):
            if (run / name).exists():
                (run / name).replace(folder / name)
    except OSError as error:
        raise OutputError("out_unwritable", str(folder), cause=error.strerror) from error


def read_stored_facts(run: Path) -> tuple[tuple[FactBase, ...], tuple[ToolFault, ...]]:
    """Read the facts that extraction left, and its faults. Raises ArchiveError where they are missing or damaged."""
    path = run / "facts.jsonl"
    try:
        return read_facts(path)
    except FileNotFoundError as error:
        raise ArchiveError("facts_missing", str(path)) from error
    except OSError as error:
        raise ArchiveError("facts_unreadable", str(path), cause=error.strerror) from error
    except FactsVersionError as error:
        raise ArchiveError("facts_version", str(path)) from error
    except ValueError as error:
        raise ArchiveError("facts_damaged", str(path), **describe_damage(error)) from error


def describe_damage(error: ValueError) -> dict[str, str]:
    """Return which part of a stored fact is wrong, and what is wrong with it."""
    if not isinstance(error, ValidationError):
        return {"part": "", "cause": str(error)}
    first = error.errors()[0]
    return {"part": ".".join(map(str, first["loc"])), "cause": first["type"]}
