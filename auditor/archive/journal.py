"""The growing archive of a collection, and how it is sealed into a WACZ.

While a run goes on, `<run>/collecting/` holds `data.warc.gz` (one gzip member a record), `records.jsonl` (one line a
record, written after it), `pages.jsonl` (title and text of each page that was read, written after its record) and
`visits.jsonl` (one line an answered address, written after all these). Whatever a kill leaves half written at an end is
cut off on resuming. In memory stay places in these files and the visits, nothing else.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import TypeAdapter, ValidationError

from auditor.archive.forms import observations_adapter, snapshot_adapter, visit_adapter
from auditor.archive.index import sort_lines
from auditor.archive.packing import Headers, PackedRecord, RecordDraft, format_date, pack_record, stream_record
from auditor.archive.pagelist import complete_row, name_row
from auditor.archive.rows import (
    RecordLine,
    bring_to_disk,
    cut_spoilt,
    describe_record,
    make_entry,
    read_rows,
    rewrite,
    shorten_id,
    truncate,
)
from auditor.archive.unpacking import RecordHead, Window, read_record_at
from auditor.archive.wacz import ARCHIVE_NAME, format_entry, write_wacz
from auditor.errors import OutputError
from auditor.model.attempts import Visit
from auditor.model.observations import Observations
from auditor.model.snapshots import Snapshot

SNAPSHOT_FILE = "snapshot.wacz"
COLLECTING_FOLDER = "collecting"
SNAPSHOT_URN = "urn:auditor:snapshot"
VISITS_URN = "urn:auditor:visits"
OBSERVATIONS_URN = "urn:auditor:observations"
RENDERED_URN = "urn:auditor:rendered:"
SCREENSHOT_URN = "urn:auditor:screenshot:"

_CHUNK = 1 << 20
_MANY = 20
_RECORD_LIMIT = 512 << 20
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True)
class Beginning:
    """What `start.json` keeps: whose run this is and when it began."""

    run_id: str
    target_id: str
    started_at: datetime


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
        self._places: dict[bytes, int] = {}
        self._rows: dict[bytes, int] = {}
        self._loose: set[bytes] = set()
        self._recalled: dict[str, RecordHead] = {}
        self.journaled: dict[str, Visit] = {}
        try:
            self._open_work(beginning, resume=resume)
        except OSError as error:
            raise OutputError("out_unwritable", str(folder), cause=error.strerror) from error

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the files; what was written stays. On a full disk closing fails once more, which says nothing new."""
        with suppress(OSError):
            self.close()

    def close(self) -> None:
        """Close the files."""
        for stream in (self._archive, self._record_list, self._page_list, self._visit_list):
            stream.close()

    def discard(self) -> None:
        """Take away what was written: all at once by name, so that a kill leaves no half of it to go on from."""
        self.close()
        waste = self._work.with_name(f"{COLLECTING_FOLDER}.done")
        shutil.rmtree(waste, ignore_errors=True)
        self._work.replace(waste)
        shutil.rmtree(waste)

    def draft_response(
        self, url: str, at: datetime, status_line: str, headers: Headers, payload: bytes, **signs: bool
    ) -> RecordDraft:
        """Return the record of an HTTP response as it came, its transfer coding undone; its id is taken from now on.

        Signs: `truncated`, and `posted` where it answers a POST: it is never taken for what the address itself holds.
        """
        kept = [(name, value) for name, value in headers if name.lower() != "transfer-encoding"]
        media = next((value for name, value in headers if name.lower() == "content-type"), "")
        recalled = self._recalled.pop(url, None)
        is_stored = recalled is not None and recalled.at == at
        record_id = (
            recalled.record_id
            if recalled is not None and is_stored
            else self._take_id("posted" if signs.get("posted") else "response", url)
        )
        return RecordDraft(
            record_id, "response", url, at, payload, media, status_line, kept, signs.get("truncated", False)
        )

    def write_response(
        self, url: str, at: datetime, status_line: str, headers: Headers, payload: bytes, **signs: bool
    ) -> str:
        """Store an HTTP response; return the record's id."""
        draft = self.draft_response(url, at, status_line, headers, payload, **signs)
        return self.write_packed([pack_record(draft)])

    def draft_resource(self, urn: str, at: datetime, payload: bytes, media_type: str) -> RecordDraft:
        """Return the record of something of our own making; its id is taken from now on."""
        return RecordDraft(self._take_id("resource", urn), "resource", urn, at, payload, media_type)

    def write_resource(self, urn: str, at: datetime, payload: bytes, media_type: str) -> str:
        """Store something of our own making; return the record's id."""
        return self.write_packed([pack_record(self.draft_resource(urn, at, payload, media_type))])

    def write_packed(self, records: Sequence[PackedRecord], row: bytes | None = None) -> str:
        """Store records that are packed already, and the row of the page list that the first has; return its id.

        What is stored already is left as it is.
        """
        lines = bytearray()
        for record in records:
            if self._places.get(shorten_id(record.record_id), -1) >= 0:
                continue
            place = self._archive.tell()
            self._guard(self._archive.write, record.data)
            self._places[shorten_id(record.record_id)] = place
            lines += describe_record(record, place)
        self._guard(self._archive.flush)
        self._guard(self._record_list.write, bytes(lines))
        self._guard(self._record_list.flush)
        if row is not None and shorten_id(records[0].record_id) not in self._rows:
            self._rows[shorten_id(records[0].record_id)] = self._page_list.tell()
            self._guard(self._page_list.write, row + b"\n")
            self._guard(self._page_list.flush)
        return records[0].record_id

    def journal_visit(self, visit: Visit) -> None:
        """Note that an address was asked for, so that a resumed run need not ask again."""
        self._guard(self._visit_list.write, visit_adapter().dump_json(visit, exclude_defaults=True) + b"\n")
        self._guard(self._visit_list.flush)
        self.journaled[visit.url] = visit

    def recall_response(self, url: str) -> tuple[RecordHead, bytes] | None:
        """Return a response that an earlier writer stored and that no visit names: it was stopped right after it.

        Each is given once; a record that is then drafted of it is that one.
        """
        for count in range(len(self._loose)):
            key = self._name_record("response", url, count).bytes
            if key not in self._places:
                return None
            if key in self._loose:
                self._loose.discard(key)
                head, payload = self._read_stored(key)
                self._recalled[url] = head
                return head, payload
        return None

    def list_given(self) -> Mapping[str, tuple[str, int]]:
        """Return record and status of the data that drawn pages of an earlier writer were given, by address."""
        names = dict.fromkeys(name for visit in self.journaled.values() for name in visit.responses)
        heads = (self._read_stored(shorten_id(name))[0] for name in names)
        return {
            head.url: (head.record_id, head.status) for head in heads if head.status is not None and self._is_got(head)
        }

    def _is_got(self, head: RecordHead) -> bool:
        key = shorten_id(head.record_id)
        return any(key == self._name_record("response", head.url, count).bytes for count in range(_MANY))

    def read_payload(self, record_id: str) -> tuple[Headers, bytes]:
        """Return the headers (names in lower case) and the stored payload of a record written in this run folder."""
        head, payload = self._read_stored(shorten_id(record_id))
        return head.headers, payload

    def _read_stored(self, key: bytes) -> tuple[RecordHead, bytes]:
        path = self._work / ARCHIVE_NAME
        with path.open("rb") as stream:
            window = Window(stream, 0, path.stat().st_size)
            return read_record_at(window, self._places[key], _RECORD_LIMIT)

    def seal(self, snapshot: Snapshot, visits: Sequence[Visit], observations: Observations) -> Path:
        """Make `snapshot.wacz` of what was written and return its path.

        The working folder is removed where the snapshot is finished, and kept for resuming where it is not.
        """
        ends = self._archive.tell(), self._record_list.tell()
        self._write_own(snapshot, visits, observations)
        draft = self._folder / f"{SNAPSHOT_FILE}.part"
        about = {
            "title": snapshot.target.name,
            "created": snapshot.finished_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "software": f"auditor {snapshot.versions.get('auditor', '')}".strip(),
            "mainPageUrl": snapshot.target.seeds[0] if snapshot.target.seeds else "",
        }
        try:
            index = sort_lines(self._iterate_index(), self._work)
            write_wacz(draft, self._iterate_archive(), index, self._iterate_pages(visits), about)
            bring_to_disk(draft)
            draft.replace(self._folder / SNAPSHOT_FILE)
        except OSError as error:
            raise OutputError("out_unwritable", str(self._folder), cause=error.strerror) from error
        self._cut(*ends)
        if snapshot.finished:
            self.discard()
        return self._folder / SNAPSHOT_FILE

    def _write_own(self, snapshot: Snapshot, visits: Sequence[Visit], observations: Observations) -> None:
        at = snapshot.finished_at
        self._write_visits(visits, at)
        self.write_resource(OBSERVATIONS_URN, at, observations_adapter().dump_json(observations), "application/json")
        self.write_resource(SNAPSHOT_URN, at, snapshot_adapter().dump_json(snapshot), "application/json")

    def _write_visits(self, visits: Sequence[Visit], at: datetime) -> None:
        """Store the visits by way of the disk: of a large site they are many."""
        record_id = self._take_id("resource", VISITS_URN)
        draft = RecordDraft(record_id, "resource", VISITS_URN, at, b"", "application/x-ndjson")
        place = self._archive.tell()
        path = self._work / "visits.part"
        with path.open("w+b") as stream:
            for visit in visits:
                self._guard(stream.write, visit_adapter().dump_json(visit) + b"\n")
            length = stream.tell()
            stream.seek(0)
            self._guard(stream_record, draft, stream, length, self._archive)
        path.unlink()
        self._places[shorten_id(record_id)] = place

    def _open_work(self, beginning: Beginning, *, resume: bool) -> None:
        self._work.mkdir(parents=True, exist_ok=True)
        start = self._work / "start.json"
        if not resume and (start.exists() or (self._folder / SNAPSHOT_FILE).exists()):
            raise OutputError("run_folder_used", str(self._folder))
        if resume and start.exists():
            self.beginning = _read_beginning(start)
            cut_spoilt(self._work / ARCHIVE_NAME)
            self._recover()
        else:
            self.beginning = beginning
            self._begin(start)
        self._archive = (self._work / ARCHIVE_NAME).open("ab")
        self._record_list = (self._work / "records.jsonl").open("ab")
        self._page_list = (self._work / "pages.jsonl").open("ab")
        self._visit_list = (self._work / "visits.jsonl").open("ab")

    def _begin(self, start: Path) -> None:
        """Note whose run this is, in one stroke; what lies about from a run that never got so far is no part of it."""
        for left in self._work.iterdir():
            left.unlink()
        draft = start.with_suffix(".part")
        draft.write_bytes(_beginning_adapter().dump_json(self.beginning))
        draft.replace(start)

    def _recover(self) -> None:
        """Take over what an earlier writer left, and cut off what it left half done."""
        archive = self._work / ARCHIVE_NAME
        size = archive.stat().st_size if archive.exists() else 0
        end = read_to = 0
        for row, after in read_rows(self._work / "records.jsonl"):
            line = RecordLine(**row)
            if line.offset + line.length > size:
                break
            self._places[shorten_id(line.record_id)] = line.offset
            end, read_to = line.offset + line.length, after
        truncate(archive, end)
        truncate(self._work / "records.jsonl", read_to)
        self._recover_pages()
        kept: dict[str, Visit] = {}
        for row, _ in read_rows(self._work / "visits.jsonl"):
            visit = visit_adapter().validate_python(row)
            if all(key in self._places for key in _list_keys(visit)):
                kept[visit.url] = visit
        self.journaled = kept
        self._loose = set(self._places).difference(*map(_list_keys, kept.values()))
        rewrite(self._work / "visits.jsonl", (visit_adapter().dump_json(visit) for visit in kept.values()))

    def _recover_pages(self) -> None:
        path = self._work / "pages.jsonl"
        read_to = 0
        for row, after in read_rows(path):
            key = shorten_id(str(row["record"]))
            if key in self._places:
                self._rows[key] = read_to
            read_to = after
        truncate(path, read_to)

    def _take_id(self, kind: str, url: str) -> str:
        """Return the id of the next record of an address; the same run gives the same ids."""
        count = 0
        while True:
            found = self._name_record(kind, url, count)
            if found.bytes not in self._places:
                self._places[found.bytes] = -1
                return f"<urn:uuid:{found}>"
            count += 1

    def _name_record(self, kind: str, url: str, count: int) -> UUID:
        return uuid5(NAMESPACE_URL, f"{self.beginning.run_id} {kind} {count} {url}")

    def _guard(self, work: Callable[..., object], *values: object) -> None:
        try:
            work(*values)
        except OSError as error:
            raise OutputError("out_unwritable", str(self._folder), cause=error.strerror) from error

    def _iterate_index(self) -> Iterator[str]:
        for row, _ in read_rows(self._work / "records.jsonl"):
            if row["kind"] == "response":
                yield format_entry(make_entry(RecordLine(**row)))

    def _iterate_pages(self, visits: Sequence[Visit]) -> Iterator[bytes]:
        """Give the page list: each page that was answered, with title and text where it was read."""
        number = 0
        with (self._work / "pages.jsonl").open("rb") as stream:
            for visit in visits:
                if not visit.record or visit.media_type not in _PAGES:
                    continue
                number += 1
                place = self._find_row(visit)
                if place is not None:
                    stream.seek(place)
                row = stream.readline().rstrip(b"\n") if place is not None else name_row(visit.record)
                yield complete_row(row, f"p{number}", visit.url, format_date(visit.at))

    def _find_row(self, visit: Visit) -> int | None:
        names = (visit.rendered, visit.record)
        return next((self._rows[key] for name in names if name and (key := shorten_id(name)) in self._rows), None)

    def _iterate_archive(self) -> Iterator[bytes]:
        with (self._work / ARCHIVE_NAME).open("rb") as stream:
            while piece := stream.read(_CHUNK):
                yield piece

    def _cut(self, archive_end: int, lines_end: int) -> None:
        """Take the sealing's own records off the working archive, so that it can grow again."""
        for stream, end in ((self._archive, archive_end), (self._record_list, lines_end)):
            stream.truncate(end)
            stream.seek(end)


def _list_keys(visit: Visit) -> list[bytes]:
    """Return the short ids of the records that a visit names."""
    names = (visit.record, visit.rendered, visit.screenshot, *visit.responses)
    return [shorten_id(name) for name in names if name]


def _read_beginning(path: Path) -> Beginning:
    try:
        return _beginning_adapter().validate_json(path.read_bytes())
    except ValidationError as error:
        raise OutputError("run_folder_broken", str(path)) from error
