"""Transfer and content codings of HTTP bodies, undone within limits."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Literal

import brotlicffi
import zstandard

Reason = Literal["too_large", "broken", "unknown"]

_STEP = 1 << 16
_LINE_LIMIT = 4096
_MAX_CODINGS = 3
_ZSTANDARD_WINDOW = 8 << 20
_ZSTANDARD_STEP = 256  # at most 8 MiB come of so few bytes
_IDENTITY = frozenset({"", "identity", "none"})
_GZIP = frozenset({"gzip", "x-gzip"})


class CodingError(Exception):
    """A body that cannot be decoded: `reason` is too_large, broken or unknown."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


def decode_body(body: bytes, headers: Sequence[tuple[str, str]], limit: int) -> bytes:
    """Return a stored body without its transfer and content codings.

    `limit` is in bytes of the decoded body; header names are lower case. Raises CodingError.
    """
    return decode_content(undo_transfer(body, headers), dict(headers).get("content-encoding", ""), limit)


def undo_transfer(body: bytes, headers: Sequence[tuple[str, str]]) -> bytes:
    """Return a stored body without its transfer coding; header names are lower case."""
    return _join_chunks(body) if "chunked" in dict(headers).get("transfer-encoding", "").lower() else body


def decode_content(body: bytes, coding: str, limit: int) -> bytes:
    """Undo content codings (gzip, deflate, br, zstd; at most three). Gzip that is plain in truth stays as it is."""
    names = [name for name in (part.strip().lower() for part in coding.split(",")) if name not in _IDENTITY]
    if len(names) > _MAX_CODINGS:
        raise CodingError("unknown")
    for name in reversed(names):
        body = _undo(body, name, limit)
    if len(body) > limit:
        raise CodingError("too_large")
    return body


def _undo(body: bytes, name: str, limit: int) -> bytes:
    if not body:
        return body
    if name in _GZIP:
        return _inflate(body, zlib.MAX_WBITS + 16, limit) if body[:2] == b"\x1f\x8b" else body
    if name == "deflate":
        is_wrapped = body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
        return _inflate(body, zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS, limit)
    if name == "br":
        return _unpack_brotli(body, limit)
    if name == "zstd":
        return _unpack_zstandard(body, limit)
    raise CodingError("unknown")


def _unpack_brotli(body: bytes, limit: int) -> bytes:
    unpacker = brotlicffi.Decompressor()
    plain = bytearray()
    pending = body
    try:
        while not unpacker.is_finished():
            piece = unpacker.decompress(pending, output_buffer_limit=_STEP)
            plain += piece
            if len(plain) > limit:
                raise CodingError("too_large")
            pending = b""
            if not piece and unpacker.can_accept_more_data():
                break
    except brotlicffi.error as error:
        raise CodingError("broken") from error
    if not unpacker.is_finished():
        raise CodingError("broken")
    return bytes(plain)


def _unpack_zstandard(body: bytes, limit: int) -> bytes:
    """Undo Zstandard; a window beyond 8 MiB, which no browser takes either (RFC 9659), is refused."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=_ZSTANDARD_WINDOW)
    plain = bytearray()
    frame = unpacker.decompressobj()
    try:
        for start in range(0, len(body), _ZSTANDARD_STEP):
            piece = body[start : start + _ZSTANDARD_STEP]
            while piece:
                frame = unpacker.decompressobj() if frame.eof else frame
                plain += frame.decompress(piece)
                piece = frame.unused_data
            if len(plain) > limit:
                raise CodingError("too_large")
    except zstandard.ZstdError as error:
        raise CodingError("broken") from error
    if not frame.eof:
        raise CodingError("broken")
    return bytes(plain)


def _inflate(body: bytes, window: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(window)
    plain = bytearray()
    pending = body
    try:
        while not inflater.eof:
            piece = inflater.decompress(pending, _STEP)
            plain += piece
            if len(plain) > limit:
                raise CodingError("too_large")
            pending = inflater.unconsumed_tail
            if not piece and not pending:
                break
    except zlib.error as error:
        raise CodingError("broken") from error
    if not inflater.eof:
        raise CodingError("broken")
    return bytes(plain)


def _join_chunks(body: bytes) -> bytes:
    """Undo chunked coding; a body that is not chunked in truth is given back as it is (archives differ)."""
    plain = bytearray()
    position = 0
    while True:
        end = body.find(b"\r\n", position, position + _LINE_LIMIT)
        size = _parse_size(body[position:end]) if end > 0 else None
        if size is None:
            return body if not plain else bytes(plain)
        if size == 0:
            return bytes(plain)
        plain += body[end + 2 : end + 2 + size]
        position = end + 2 + size + 2


def _parse_size(line: bytes) -> int | None:
    digits = line.split(b";")[0].strip()
    try:
        return int(digits, 16) if digits else None
    except ValueError:
        return None
