"""WARC records, built one by one, each its own gzip member. warcio writes them; isal packs them."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import BinaryIO, Literal

from isal import isal_zlib
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

Headers = Sequence[tuple[str, str]]
RecordKind = Literal["response", "resource", "metadata", "warcinfo"]

_LEVEL = 1


@dataclass(frozen=True)
class RecordDraft:
    """What one record shall hold. `status_line` (`200 OK`) and `headers` only for a response.

    `refers_to` is the id of the record that a metadata record describes.
    """

    record_id: str
    kind: RecordKind
    url: str
    at: datetime
    payload: bytes
    media_type: str
    status_line: str | None = None
    headers: Headers = ()
    truncated: bool = False
    refers_to: str | None = None


@dataclass(frozen=True, slots=True)
class PackedRecord:
    """A record as it goes into the archive (`data`: one gzip member) with what its journal line says."""

    record_id: str
    kind: RecordKind
    url: str
    at: str
    media_type: str
    status: int | None
    digest: str
    data: bytes


def pack_record(draft: RecordDraft) -> PackedRecord:
    """Return a record ready for the archive."""
    return PackedRecord(
        record_id=draft.record_id,
        kind=draft.kind,
        url=draft.url,
        at=format_date(draft.at),
        media_type=draft.media_type.split(";")[0].strip().lower(),
        status=int(draft.status_line.split(" ", 1)[0]) if draft.status_line else None,
        digest=(digest := hash_payload(draft.payload)),
        data=build_record(draft, digest),
    )


def hash_payload(payload: bytes) -> str:
    """Return the digest of a payload as WARC and CDX write it."""
    return f"sha1:{base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()}"


def build_record(draft: RecordDraft, digest: str | None = None) -> bytes:
    """Return the record as one gzip member. `digest` is its payload's where it is known."""
    buffer = BytesIO()
    stream_record(draft, BytesIO(draft.payload), len(draft.payload), buffer, digest)
    return buffer.getvalue()


def stream_record(
    draft: RecordDraft, payload: BinaryIO, length: int, sink: BinaryIO, digest: str | None = None
) -> None:
    """Write a record as one gzip member; its payload comes from a stream (`length` bytes), not from the draft.

    Digests that are not known are taken by reading the stream once before.
    """
    names = {"WARC-Record-ID": draft.record_id, "WARC-Date": format_date(draft.at)}
    if draft.truncated:
        names["WARC-Truncated"] = "unspecified"
    if draft.refers_to is not None:
        names["WARC-Refers-To"] = draft.refers_to
    packer = _Packer(sink)
    writer = WARCWriter(packer, gzip=False, warc_version="1.1")
    http = None
    if draft.status_line is not None:
        http = StatusAndHeaders(_clean(draft.status_line), [_clean_pair(pair) for pair in draft.headers], "HTTP/1.1")
    if digest is not None:
        names["WARC-Payload-Digest"] = digest
        names["WARC-Block-Digest"] = digest if http is None else _hash_block(http, draft.payload)
    record = writer.create_warc_record(
        draft.url,
        draft.kind,
        payload=payload,
        length=length,
        warc_content_type="" if http else draft.media_type,
        warc_headers_dict=names,
        http_headers=http,
    )
    writer.write_record(record)
    packer.finish()


def _hash_block(http: StatusAndHeaders, payload: bytes) -> str:
    """Return the digest of a response's head and payload together."""
    http.compute_headers_buffer()
    return hash_payload(http.headers_buff + payload)


class _Packer:
    """A stream that packs what is written into one gzip member."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, zlib.MAX_WBITS + 16)

    def write(self, data: bytes) -> int:
        self._sink.write(self._packer.compress(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back but what the packer itself keeps."""

    def finish(self) -> None:
        self._sink.write(self._packer.flush())


def format_date(at: datetime) -> str:
    """Return an aware time as WARC and CDX write it: UTC, microseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _clean(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def _clean_pair(pair: tuple[str, str]) -> tuple[str, str]:
    name = "".join(letter for letter in pair[0] if letter.isascii() and letter.isprintable() and letter not in ": ")
    return name or "x", _clean(pair[1])
