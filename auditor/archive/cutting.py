"""A few records cut out of an archive, byte for byte, as a small WACZ of their own."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.archive.packing import format_date, hash_payload
from auditor.archive.pagelist import complete_row, name_row
from auditor.archive.rows import RecordLine, make_entry
from auditor.archive.unpacking import RecordHead
from auditor.archive.wacz import format_entry, write_wacz
from auditor.harmless import escape_json

_GZIP = b"\x1f\x8b"
_PAGES = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True)
class CutRecord:
    """One record: its head, what it holds as stored, and its bytes in the archive that it comes from."""

    head: RecordHead
    payload: bytes
    raw: bytes


def write_cut(path: Path, records: Sequence[CutRecord], about: Mapping[str, str]) -> None:
    """Write records into a WACZ; `about` joins its datapackage. A record that was not packed is packed."""
    pieces: list[bytes] = []
    index: list[str] = []
    pages: list[bytes] = []
    offset = 0
    for record in records:
        head = record.head
        raw = record.raw if record.raw.startswith(_GZIP) else gzip.compress(record.raw, mtime=0)
        pieces.append(raw)
        if head.kind == "response":
            line = RecordLine(
                record_id=head.record_id,
                kind=head.kind,
                url=head.url,
                at=format_date(head.at),
                media_type=head.media_type,
                status=head.status,
                digest=hash_payload(record.payload),
                offset=offset,
                length=len(raw),
            )
            index.append(format_entry(make_entry(line)))
            if head.media_type in _PAGES:
                row = name_row(head.record_id)
                pages.append(complete_row(row, f"p{len(pages) + 1}", head.url, format_date(head.at)))
        offset += len(raw)
    write_wacz(path, pieces, sorted(index), pages, about)


def describe_cut(records: Sequence[CutRecord]) -> bytes:
    """Return a list of the records as JSON: which they are, and where they stand in the archive they come from."""
    rows = [
        {
            "record": record.head.record_id,
            "kind": record.head.kind,
            "url": record.head.url,
            "at": format_date(record.head.at),
            "status": record.head.status,
            "digest": hash_payload(record.payload),
            "offset": record.head.offset,
            "length": record.head.length,
        }
        for record in records
    ]
    return escape_json(json.dumps(rows, ensure_ascii=False, indent=1)) + b"\n"
