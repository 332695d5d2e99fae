"""The growing archive of a collection, and how it is sealed into a WACZ.

While a run goes on, `<run>/collecting/` holds `data.warc.gz` (one gzip member a record), `records.jsonl` (one line a
record, written after it) and `visits.jsonl` (one line an answered address, written after its records). Whatever a kill
leaves half written at an end is cut off on resuming.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import NAMESPACE_URL, uuid5

from pydantic import TypeAdapter, ValidationError

from auditor.archive.wacz import ARCHIVE_NAME, IndexEntry, ListedPage, write_wacz
from auditor.archive.warc import Headers, RecordDraft, Window, build_record, format_date, read_record_at
from auditor.errors import OutputError
from auditor.model import Observations, Snapshot, Visit

SNAPSHOT_FILE = "snapshot.wacz"
COLLECTING_FOLDER = "collecting"
SNAPSHOT_URN = "urn:auditor:snapshot"
VISITS_URN = "urn:auditor:visits"
OBSERVATIONS_URN = "urn:auditor:observations"
RENDERED_URN = "urn:auditor:rendered:"
SCREENSHOT_URN = "urn:auditor:screenshot:"

_CHUNK = 1 << 20
_RECORD_LIMIT = 512 << 20
_MILLISECONDS = 17


@dataclass(frozen=True)
class _Line:
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


@dataclass(frozen=True)
class Beginning:
    """What `start.json` keeps: whose run this is and when it began."""

    run_id: str
    target_id: str
    started_at: datetime


@cache
def snapshot_adapter() -> TypeAdapter[Snapshot]:
    """Return the JSON form of a Snapshot."""
    return TypeAdapter(Snapshot)


@cache
def visit_adapter() -> TypeAdapter[Visit]:
    """Return the JSON form of a Visit."""
    return TypeAdapter(Visit)


@cache
def observations_adapter() -> TypeAdapter[Observations]:
    """Return the JSON form of Observations."""
    return TypeAdapter(Observations)


@cache
def _beginning_adapter() -> TypeAdapter[Beginning]:
    return TypeAdapter(Beginning)


class SnapshotWriter:
    """Writes records into a run folder and seals it; what was written survives a kill.

    `journaled` are the visits noted so far; with `resume` also those of the writer that was stopped.
    Raises OutputError: run_folder_used (a snapshot stands there already), out_unwritable.
    """

    def __init__(self, folder: Path, beginning: Beginning, *, resume: bool = False) -> None:
        """Open the run folder, or go on with it."""
        self._folder = folder
        self._work = folder / COLLECTING_FOLDER
        self._lines: list[_Line] = []
        self._places: dict[str, int] = {}
        self._names: Counter[str] = Counter()
        self.journaled: dict[str, Visit] = {}
        try:
            self._open_work(beginning, resume=resume)
        except OSError as error:
            raise OutputError("out_unwritable", str(folder), cause=error.strerror) from error

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the files; what was written stays."""
        self.close()

    def close(self) -> None:
        """Close the files."""
        for stream in (self._archive, self._record_list, self._visit_list):
            stream.close()

    def discard(self) -> None:
        """Take away what was written: for what can be collected again at no cost."""
        self.close()
        shutil.rmtree(self._work)

    def write_response(
        self, url: str, at: datetime, status_line: str, headers: Headers, payload: bytes, *, truncated: bool = False
    ) -> str:
        """Store an HTTP response as it came, its transfer coding undone; return the record's id."""
        kept = [(name, value) for name, value in headers if name.lower() != "transfer-encoding"]
        media = next((value for name, value in headers if name.lower() == "content-type"), "")
        record_id = self._make_id("response", url)
        draft = RecordDraft(record_id, "response", url, at, payload, media, status_line, kept, truncated)
        return self._append(draft)

    def write_resource(self, urn: str, at: datetime, payload: bytes, media_type: str) -> str:
        """Store something of our own making; return the record's id."""
        return self._append(RecordDraft(self._make_id("resource", urn), "resource", urn, at, payload, media_type))

    def journal_visit(self, visit: Visit) -> None:
        """Note that an address was asked for, so that a resumed run need not ask again."""
        self._visit_list.write(visit_adapter().dump_json(visit, exclude_defaults=True) + b"\n")
        self._visit_list.flush()
        self.journaled[visit.url] = visit

    def read_payload(self, record_id: str) -> tuple[Headers, bytes]:
        """Return the headers (names in lower case) and the stored payload of a record written in this run folder."""
        path = self._work / ARCHIVE_NAME
        with path.open("rb") as stream:
            window = Window(stream, 0, path.stat().st_size)
            head, payload = read_record_at(window, self._places[record_id], _RECORD_LIMIT)
        return head.headers, payload

    def seal(self, snapshot: Snapshot, visits: Sequence[Visit], observations: Observations) -> Path:
        """Make `snapshot.wacz` of what was written and return its path.

        The working folder is removed where the snapshot is finished, and kept for resuming where it is not.
        """
        start = self._archive.tell()
        index_length = len(self._lines)
        self._write_own(snapshot, visits, observations)
        draft = self._folder / f"{SNAPSHOT_FILE}.part"
        about = {
            "title": snapshot.target.name,
            "created": snapshot.finished_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "software": f"auditor {snapshot.versions.get('auditor', '')}".strip(),
            "mainPageUrl": snapshot.target.seeds[0] if snapshot.target.seeds else "",
        }
        try:
            entries = [_index_line(line) for line in self._lines if line.kind == "response"]
            write_wacz(draft, self._iterate_archive(), entries, _list_pages(visits), about)
            draft.replace(self._folder / SNAPSHOT_FILE)
        except OSError as error:
            raise OutputError("out_unwritable", str(self._folder), cause=error.strerror) from error
        self._cut(start, index_length)
        if snapshot.finished:
            self.close()
            shutil.rmtree(self._work)
        return self._folder / SNAPSHOT_FILE

    def _write_own(self, snapshot: Snapshot, visits: Sequence[Visit], observations: Observations) -> None:
        at = snapshot.finished_at
        lines = b"".join(visit_adapter().dump_json(visit) + b"\n" for visit in visits)
        self.write_resource(VISITS_URN, at, lines, "application/x-ndjson")
        self.write_resource(OBSERVATIONS_URN, at, observations_adapter().dump_json(observations), "application/json")
        self.write_resource(SNAPSHOT_URN, at, snapshot_adapter().dump_json(snapshot), "application/json")

    def _open_work(self, beginning: Beginning, *, resume: bool) -> None:
        self._work.mkdir(parents=True, exist_ok=True)
        start = self._work / "start.json"
        if not resume and (start.exists() or (self._folder / SNAPSHOT_FILE).exists()):
            raise OutputError("run_folder_used", str(self._folder))
        if resume and start.exists():
            self.beginning = _read_beginning(start)
            self._recover()
        else:
            self.beginning = beginning
            start.write_bytes(_beginning_adapter().dump_json(beginning))
        self._archive = (self._work / ARCHIVE_NAME).open("ab")
        self._record_list = (self._work / "records.jsonl").open("ab")
        self._visit_list = (self._work / "visits.jsonl").open("ab")

    def _recover(self) -> None:
        """Take over what an earlier writer left, and cut off what it left half done."""
        archive = self._work / ARCHIVE_NAME
        size = archive.stat().st_size if archive.exists() else 0
        for row in _read_rows(self._work / "records.jsonl"):
            line = _Line(**row)
            if line.offset + line.length > size:
                break
            self._remember(line)
        end = self._lines[-1].offset + self._lines[-1].length if self._lines else 0
        if size > end:
            os.truncate(archive, end)
        _rewrite(self._work / "records.jsonl", [json.dumps(asdict(line)).encode() for line in self._lines])
        kept: dict[str, Visit] = {}
        for row in _read_rows(self._work / "visits.jsonl"):
            visit = visit_adapter().validate_python(row)
            if all(
                name in self._places
                for name in (visit.record, visit.rendered, visit.screenshot, *visit.responses)
                if name
            ):
                kept[visit.url] = visit
        self.journaled = kept
        _rewrite(self._work / "visits.jsonl", [visit_adapter().dump_json(visit) for visit in kept.values()])

    def _remember(self, line: _Line) -> None:
        self._lines.append(line)
        self._places[line.record_id] = line.offset
        self._names[f"{line.kind} {line.url}"] += 1

    def _make_id(self, kind: str, url: str) -> str:
        count = self._names[f"{kind} {url}"]
        return f"<urn:uuid:{uuid5(NAMESPACE_URL, f'{self.beginning.run_id} {kind} {count} {url}')}>"

    def _append(self, draft: RecordDraft) -> str:
        packed = build_record(draft)
        digest = base64.b32encode(hashlib.sha1(draft.payload, usedforsecurity=False).digest()).decode()
        line = _Line(
            record_id=draft.record_id,
            kind=draft.kind,
            url=draft.url,
            at=format_date(draft.at),
            media_type=draft.media_type.split(";")[0].strip().lower(),
            status=int(draft.status_line.split(" ", 1)[0]) if draft.status_line else None,
            digest=f"sha1:{digest}",
            offset=self._archive.tell(),
            length=len(packed),
        )
        try:
            self._archive.write(packed)
            self._archive.flush()
            self._record_list.write(json.dumps(asdict(line)).encode() + b"\n")
            self._record_list.flush()
        except OSError as error:
            raise OutputError("out_unwritable", str(self._folder), cause=error.strerror) from error
        self._remember(line)
        return draft.record_id

    def _iterate_archive(self) -> Iterator[bytes]:
        with (self._work / ARCHIVE_NAME).open("rb") as stream:
            while piece := stream.read(_CHUNK):
                yield piece

    def _cut(self, end: int, count: int) -> None:
        """Take the sealing's own records off the working archive, so that it can grow again."""
        self._archive.truncate(end)
        self._archive.seek(end)
        del self._lines[count:]
        _rewrite(self._work / "records.jsonl", [json.dumps(asdict(line)).encode() for line in self._lines])


def _read_beginning(path: Path) -> Beginning:
    try:
        return _beginning_adapter().validate_json(path.read_bytes())
    except ValidationError as error:
        raise OutputError("run_folder_broken", str(path)) from error


def _read_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read the lines of a journal up to the first that is half written."""
    if not path.exists():
        return
    with path.open("rb") as stream:
        for raw in stream:
            if not raw.endswith(b"\n"):
                return
            try:
                yield json.loads(raw)
            except ValueError:
                return


def _rewrite(path: Path, lines: Sequence[bytes]) -> None:
    draft = path.with_suffix(".part")
    draft.write_bytes(b"".join(line + b"\n" for line in lines))
    draft.replace(path)


def _index_line(line: _Line) -> IndexEntry:
    stamp = "".join(letter for letter in line.at if letter.isdigit())[:_MILLISECONDS]
    return IndexEntry(line.url, stamp, line.media_type, line.status, line.digest, line.offset, line.length)


def _list_pages(visits: Sequence[Visit]) -> list[ListedPage]:
    kinds = {"text/html", "application/xhtml+xml"}
    found = [visit for visit in visits if visit.record and visit.media_type in kinds]
    return [ListedPage(visit.url, format_date(visit.at)) for visit in found]
