"""WARC records, read back without trust: an archive may come from anybody.

warcio parses their headers. Decompression, ends and sizes are checked here.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Protocol

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord, ArcWarcRecordLoader
from warcio.statusandheaders import StatusAndHeadersParserException

from auditor.archive.packing import Headers
from auditor.errors import ArchiveError

logging.getLogger("warcio").addHandler(logging.NullHandler())  # it warns about addresses; nothing may print here

_CHUNK = 1 << 16
_LINE_LIMIT = 1 << 16
_HEADER_LINES = 1000
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class RecordHead:
    """Where a record stands in its archive (bytes from the start) and what its headers say.

    `status` is None where it is no HTTP response; header names are lower case.
    """

    record_id: str
    kind: str
    url: str
    at: datetime
    offset: int
    length: int
    media_type: str
    status: int | None = None
    headers: Headers = ()
    truncated: bool = False


class Window:
    """A range of bytes of an open file, read like a file of its own."""

    def __init__(self, stream: BinaryIO, start: int, length: int) -> None:
        """Take the range; the stream stays the owner's."""
        self._stream = stream
        self._start = start
        self.length = length
        self._position = 0

    def seek(self, position: int) -> None:
        """Go to a position from the start of the range."""
        self._position = position

    def tell(self) -> int:
        """Return the position from the start of the range."""
        return self._position

    def read(self, size: int) -> bytes:
        """Read at most `size` bytes; fewer only at the end. Raises ArchiveError where the file ends too early."""
        wanted = min(size, self.length - self._position)
        if wanted <= 0:
            return b""
        self._stream.seek(self._start + self._position)
        data = self._stream.read(wanted)
        if len(data) < wanted:
            raise ArchiveError("archive_truncated", part="")
        self._position += wanted
        return data


class _Source(Protocol):
    def fill(self) -> bytes: ...

    def find_end(self, unread: int) -> int: ...


class _Member:
    """The bytes of one gzip member."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._inflater = zlib.decompressobj(zlib.MAX_WBITS + 16)

    def fill(self) -> bytes:
        while not self._inflater.eof:
            pending = self._inflater.unconsumed_tail or self._window.read(_CHUNK)
            try:
                data = self._inflater.decompress(pending, _CHUNK)
            except zlib.error as error:
                raise ArchiveError("archive_unreadable", reason="gzip", cause=str(error)) from error
            if data:
                return data
            if not pending and not self._inflater.eof:
                raise ArchiveError("archive_truncated", part="")
        return b""

    def find_end(self, unread: int) -> int:
        if unread:
            raise ArchiveError("archive_unreadable", reason="members")
        return self._window.tell() - len(self._inflater.unused_data)


class _Plain:
    """The bytes of an archive that is not compressed, from one record on."""

    def __init__(self, window: Window) -> None:
        self._window = window

    def fill(self) -> bytes:
        return self._window.read(_CHUNK)

    def find_end(self, unread: int) -> int:
        return self._window.tell() - unread


class _Lines:
    """What warcio's parser wants of a stream, with bounded lines and headers."""

    def __init__(self, source: _Source) -> None:
        self._source = source
        self._buffer = b""
        self._position = 0
        self._read = 0
        self._lines = 0

    def tell(self) -> int:
        return self._read

    def read(self, size: int) -> bytes:
        pieces = []
        while size > 0 and self._has_more():
            piece = self._buffer[self._position : self._position + size]
            self._position += len(piece)
            self._read += len(piece)
            size -= len(piece)
            pieces.append(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readline(self, size: int = _LINE_LIMIT) -> bytes:
        self._lines += 1
        if self._lines > _HEADER_LINES:
            raise ArchiveError("archive_unreadable", reason="header")
        line = b""
        while len(line) < min(size, _LINE_LIMIT) and not line.endswith(b"\n") and self._has_more():
            found = self._buffer.find(b"\n", self._position)
            end = len(self._buffer) if found < 0 else found + 1
            line += self.read(min(end - self._position, size - len(line)))
        if len(line) >= _LINE_LIMIT:
            raise ArchiveError("archive_unreadable", reason="header")
        return line

    def skip_blank(self) -> None:
        while self._has_more() and self._buffer[self._position] in b"\r\n":
            self._position += 1

    def find_end(self) -> int:
        self.skip_blank()
        return self._source.find_end(len(self._buffer) - self._position)

    def _has_more(self) -> bool:
        if self._position < len(self._buffer):
            return True
        self._buffer = self._source.fill()
        self._position = 0
        return bool(self._buffer)


def iterate_heads(window: Window) -> Iterator[RecordHead]:
    """Read through a part and give the head of every record, in order.

    Raises ArchiveError: archive_unreadable (reason: not_warc, gzip, header, members), archive_truncated.
    """
    offset = 0
    while offset < window.length:
        lines = _open_record(window, offset)
        record = _parse_record(lines)
        if record is None:
            return
        _drain(record)
        end = lines.find_end()
        yield _describe(record, offset, end - offset)
        offset = end


def read_record_at(window: Window, offset: int, limit: int) -> tuple[RecordHead, bytes]:
    """Return the record that starts at `offset`: its head and what it holds, as stored, without HTTP headers.

    `limit` is in bytes. Raises ArchiveError (archive_too_large and those of `iterate_heads`).
    """
    lines = _open_record(window, offset)
    record = _parse_record(lines)
    if record is None:
        raise ArchiveError("archive_truncated", part="")
    body = bytearray()
    while piece := record.raw_stream.read(_CHUNK):
        body += piece
        if len(body) > limit:
            raise ArchiveError("archive_too_large", limit=limit)
    if getattr(record.raw_stream, "limit", 0):
        raise ArchiveError("archive_truncated", part="")
    end = lines.find_end()
    return _describe(record, offset, end - offset), bytes(body)


def _open_record(window: Window, offset: int) -> _Lines:
    window.seek(offset)
    is_packed = window.read(len(_GZIP)) == _GZIP
    window.seek(offset)
    return _Lines(_Member(window) if is_packed else _Plain(window))


def _parse_record(lines: _Lines) -> ArcWarcRecord | None:
    lines.skip_blank()
    try:
        record = ArcWarcRecordLoader().parse_record_stream(lines, known_format="warc")
    except EOFError:
        return None
    except (ArchiveLoadFailed, StatusAndHeadersParserException, ValueError, TypeError, AttributeError) as error:
        raise ArchiveError("archive_unreadable", reason="not_warc", cause=str(error)[:200]) from error
    if record.length is None:
        raise ArchiveError("archive_unreadable", reason="header")
    return record


def _drain(record: ArcWarcRecord) -> None:
    while record.raw_stream.read(_CHUNK):
        pass
    if getattr(record.raw_stream, "limit", 0):
        raise ArchiveError("archive_truncated", part="")


def _describe(record: ArcWarcRecord, offset: int, length: int) -> RecordHead:
    names = record.rec_headers
    http = record.http_headers
    headers = tuple((name.lower(), value) for name, value in http.headers) if http else ()
    media = dict(headers).get("content-type", "") if http else record.content_type or ""
    return RecordHead(
        record_id=names.get_header("WARC-Record-ID") or f"offset:{offset}",
        kind=record.rec_type or "",
        url=names.get_header("WARC-Target-URI") or "",
        at=_parse_date(names.get_header("WARC-Date") or ""),
        offset=offset,
        length=length,
        media_type=media.split(";")[0].strip().lower(),
        status=_parse_status(http.get_statuscode()) if http else None,
        headers=headers,
        truncated=bool(names.get_header("WARC-Truncated")),
    )


def _parse_status(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) == len("200") else None


def _parse_date(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArchiveError("archive_unreadable", reason="date", cause=text[:40]) from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
