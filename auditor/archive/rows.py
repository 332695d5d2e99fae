"""The journal's files of lines: one JSON object a line, the last perhaps half written; and how files reach the disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.archive.packing import PackedRecord
from auditor.archive.unpacking import Window, iterate_heads
from auditor.archive.wacz import IndexEntry
from auditor.errors import ArchiveError

_MILLISECONDS = 17


@dataclass(frozen=True)
class RecordLine:
    """What `records.jsonl` keeps of a record."""

    record_id: str
    kind: str
    url: str
    at: str
    media_type: str
    status: int | None
    digest: str
    offset: int
    length: int


def shorten_id(record_id: str) -> bytes:
    """Return the 16 bytes of a record's id: of a large site there are many."""
    return bytes.fromhex(record_id.removeprefix("<urn:uuid:").rstrip(">").replace("-", ""))


def describe_record(record: PackedRecord, place: int) -> bytes:
    """Return the line of a record that starts at `place`."""
    line = {
        "record_id": record.record_id,
        "kind": record.kind,
        "url": record.url,
        "at": record.at,
        "media_type": record.media_type,
        "status": record.status,
        "digest": record.digest,
        "offset": place,
        "length": len(record.data),
    }
    return json.dumps(line).encode() + b"\n"


def read_rows(path: Path) -> Iterator[tuple[dict[str, Any], int]]:
    """Read the lines of a journal up to the first that is half written, each with where it ends."""
    if not path.exists():
        return
    end = 0
    with path.open("rb") as stream:
        for raw in stream:
            end += len(raw)
            try:
                row = json.loads(raw) if raw.endswith(b"\n") else None
            except ValueError:
                return
            if not isinstance(row, dict):
                return
            yield row, end


def truncate(path: Path, end: int) -> None:
    """Cut a file off, where it is longer."""
    if path.exists() and path.stat().st_size > end:
        os.truncate(path, end)


def rewrite(path: Path, lines: Iterator[bytes]) -> None:
    """Put other lines in the place of a file's, at once."""
    draft = path.with_suffix(".part")
    with draft.open("wb") as stream:
        for line in lines:
            stream.write(line + b"\n")
    draft.replace(path)


def make_entry(line: RecordLine) -> IndexEntry:
    """Return what the index says of a record."""
    stamp = "".join(letter for letter in line.at if letter.isdigit())[:_MILLISECONDS]
    return IndexEntry(line.url, stamp, line.media_type, line.status, line.digest, line.offset, line.length)


def bring_to_disk(path: Path) -> None:
    """Have the system write a file out, so that it survives a loss of power too."""
    with path.open("r+b") as stream:
        os.fsync(stream.fileno())


def cut_spoilt(archive: Path) -> None:
    """Cut an archive off at its first record that cannot be read.

    A kill leaves one half written at the end. A loss of power may leave more, for only a sealed snapshot is brought to
    the disk with certainty: that costs nothing, and what was lost is asked for again.
    """
    if not archive.exists():
        return
    end = 0
    with archive.open("rb") as stream, suppress(ArchiveError):
        for head in iterate_heads(Window(stream, 0, archive.stat().st_size)):
            end = head.offset + head.length
    truncate(archive, end)
