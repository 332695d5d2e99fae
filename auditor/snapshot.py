"""A run folder and its archive: write, seal, open, stream, verify.

A snapshot is one `data.warc.gz` inside a WACZ. What is ours stands in WARC resource records, written last,
so that the bare archive replays as well as the WACZ:

    urn:auditor:snapshot, urn:auditor:visits, urn:auditor:observations
    urn:auditor:rendered:<url> (text/html), urn:auditor:screenshot:<url> (image/png, with the places of its words)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from pydantic import ValidationError

from auditor.archive.adoption import adopt_records
from auditor.archive.coding import CodingError, decode_body
from auditor.archive.cutting import CutRecord
from auditor.archive.forms import observations_adapter, snapshot_adapter, visit_adapter
from auditor.archive.journal import (
    COLLECTING_FOLDER,
    OBSERVATIONS_URN,
    SNAPSHOT_FILE,
    SNAPSHOT_URN,
    VISITS_URN,
    SnapshotWriter,
)
from auditor.archive.unpacking import RecordHead, Window, iterate_heads, read_record_at
from auditor.archive.wacz import open_package
from auditor.errors import ArchiveError
from auditor.model.attempts import AttemptStatus, Visit
from auditor.model.observations import Observations
from auditor.model.snapshots import Snapshot

__all__ = ["Capture", "SnapshotReader", "SnapshotWriter", "StoredRecord", "open_snapshot"]

_COPIES = ("snapshot.warc.gz", "snapshot.warc")
_KEPT_HEADERS = frozenset({"location", "content-encoding", "transfer-encoding"})
_RECORD_LIMIT = 512 << 20
_CHUNK = 1 << 20
_ZIP = b"PK"


@dataclass(frozen=True)
class Capture:
    """A visit that was answered, with what came back: header names in lower case, body decoded of all codings.

    Where the page was drawn by a browser, the body is the drawn document (UTF-8).
    """

    visit: Visit
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class StoredRecord:
    """One record as stored: its head with headers, and its payload before decoding."""

    head: RecordHead
    payload: bytes


def open_snapshot(path: Path) -> SnapshotReader:
    """Open a run folder, a WACZ or a WARC, ours or foreign, and check it.

    Raises ArchiveError: archive_missing, archive_unfinished, archive_unreadable, archive_truncated, archive_empty,
    archive_tampered, archive_unsafe, archive_too_large; `where` is the path.
    """
    file = _find_archive(path)
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(file.open("rb"))
            reader = SnapshotReader(stream, file)
        except OSError as error:
            raise ArchiveError("archive_unreadable", str(file), reason="io", cause=error.strerror) from error
        except ArchiveError as error:
            if error.where:
                raise
            raise ArchiveError(error.code, str(file), **error.values) from error
        stack.pop_all()
        return reader


def _find_archive(path: Path) -> Path:
    if not path.is_dir():
        if not path.is_file():
            raise ArchiveError("archive_missing", str(path))
        return path
    for name in (SNAPSHOT_FILE, *_COPIES):
        if (path / name).is_file():
            return path / name
    if (path / COLLECTING_FOLDER).is_dir():
        raise ArchiveError("archive_unfinished", str(path))
    raise ArchiveError("archive_missing", str(path))


def _hash_stream(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while piece := stream.read(_CHUNK):
        digest.update(piece)
    return digest.hexdigest()


class SnapshotReader:
    """A snapshot that was opened: its values, and its records by id or in the order of the visits.

    Close it, or use it as a context manager.
    """

    snapshot: Snapshot
    visits: tuple[Visit, ...]
    observations: Observations
    is_foreign: bool

    def __init__(self, stream: BinaryIO, path: Path) -> None:
        """Check the file, index its records and read what it says of itself."""
        self._stream = stream
        self._path = path
        self._windows, digests = self._open_windows()
        self._places: dict[str, tuple[int, int]] = {}
        self._responses: dict[str, str] = {}
        heads = self._index_records()
        if not heads:
            raise ArchiveError("archive_empty", str(path))
        own = {head.url: head for head in heads if head.kind == "resource" and head.url.startswith("urn:auditor:")}
        self.is_foreign = SNAPSHOT_URN not in own
        if self.is_foreign:
            adopted = adopt_records(heads, self._can_decode, next(iter(digests.values()), path.name))
            self.snapshot = replace(adopted.snapshot, digests=digests)
            self.visits = adopted.visits
            self._responses = adopted.responses
            self.observations = Observations()
        else:
            self._load_own(own, digests)
        if not self.visits:
            raise ArchiveError("archive_empty", str(path))

    def __enter__(self) -> Self:
        """Return the reader."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._stream.close()

    def with_snapshot(self, snapshot: Snapshot) -> SnapshotReader:
        """Return the same archive under another description of it (a profile knows more of the site)."""
        other = copy(self)
        other.snapshot = snapshot
        return other

    def captures(self) -> Iterator[Capture]:
        """Stream what was answered, in the order of the visits.

        Raises ArchiveError (archive_tampered) where a record is missing or broken.
        """
        for visit in self.visits:
            if visit.attempt.status is not AttemptStatus.DONE or visit.record is None:
                continue
            if visit.rendered is not None:
                headers = {"content-type": "text/html; charset=utf-8"}
                yield Capture(visit, headers, self.read_record(visit.rendered))
                continue
            stored = self.read_stored(visit.record)
            yield Capture(visit, dict(stored.head.headers), self._decode_stored(stored))

    def read_record(self, record_id: str) -> bytes:
        """Return what a record holds, decoded. Raises ArchiveError (archive_tampered) where it is missing or broken."""
        return self._decode_stored(self.read_stored(record_id))

    def read_stored(self, record_id: str) -> StoredRecord:
        """Return a record as stored. Raises ArchiveError (archive_tampered) where it is missing."""
        place = self._places.get(record_id)
        if place is None:
            raise ArchiveError("archive_tampered", str(self._path), part=record_id)
        part, offset = place
        return StoredRecord(*read_record_at(self._windows[part], offset, _RECORD_LIMIT))

    def has_record(self, record_id: str) -> bool:
        """Tell whether the archive holds a record."""
        return record_id in self._places

    def cut_record(self, record_id: str) -> CutRecord:
        """Return a record with its bytes in the archive. Raises ArchiveError (archive_tampered) where it is missing."""
        stored = self.read_stored(record_id)
        part, offset = self._places[record_id]
        window = self._windows[part]
        window.seek(offset)
        return CutRecord(stored.head, stored.payload, window.read(stored.head.length))

    def find_response(self, url: str) -> str | None:
        """Return the record of the first response of an address in a foreign archive, None where it has none."""
        return self._responses.get(url)

    def verify(self) -> tuple[str, ...]:
        """Read every record that a visit names and return the problems found: one `record id: code` each."""
        problems = []
        for visit in self.visits:
            for record_id in filter(None, (visit.record, visit.rendered, visit.screenshot, *visit.responses)):
                try:
                    stored = self.read_stored(record_id)
                    if visit.attempt.status is AttemptStatus.DONE:
                        self._decode_stored(stored)
                except ArchiveError as error:
                    problems.append(f"{record_id}: {error.code}")
        return tuple(problems)

    def _open_windows(self) -> tuple[list[Window], Mapping[str, str]]:
        size = self._path.stat().st_size
        if size == 0:
            raise ArchiveError("archive_empty", str(self._path))
        if self._stream.read(len(_ZIP)) == _ZIP:
            package = open_package(self._stream, str(self._path))
            return [Window(self._stream, part.start, part.length) for part in package.parts], package.digests
        return [Window(self._stream, 0, size)], {self._path.name: _hash_stream(self._stream)}

    def _index_records(self) -> list[RecordHead]:
        heads = []
        for part, window in enumerate(self._windows):
            for head in iterate_heads(window):
                self._places.setdefault(head.record_id, (part, head.offset))
                heads.append(replace(head, headers=tuple(pair for pair in head.headers if pair[0] in _KEPT_HEADERS)))
        return heads

    def _load_own(self, own: Mapping[str, RecordHead], digests: Mapping[str, str]) -> None:
        try:
            stated = snapshot_adapter().validate_json(self._read_own(own, SNAPSHOT_URN))
            lines = self._read_own(own, VISITS_URN).splitlines()
            self.visits = tuple(visit_adapter().validate_json(line) for line in lines)
            self.observations = observations_adapter().validate_json(self._read_own(own, OBSERVATIONS_URN))
        except (ValidationError, ValueError) as error:
            raise ArchiveError("archive_tampered", str(self._path), part="urn:auditor") from error
        self.snapshot = replace(stated, digests=digests)

    def _read_own(self, own: Mapping[str, RecordHead], urn: str) -> bytes:
        if urn not in own:
            raise ArchiveError("archive_tampered", str(self._path), part=urn)
        return self.read_record(own[urn].record_id)

    def _can_decode(self, record_id: str) -> bool:
        stored = self.read_stored(record_id)
        try:
            decode_body(stored.payload, stored.head.headers, _RECORD_LIMIT)
        except CodingError:
            return False
        return True

    def _decode_stored(self, stored: StoredRecord) -> bytes:
        try:
            return decode_body(stored.payload, stored.head.headers, _RECORD_LIMIT)
        except CodingError as error:
            raise ArchiveError("archive_tampered", str(self._path), part=stored.head.url) from error
