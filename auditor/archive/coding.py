"""Transfer and content codings of HTTP bodies, undone within limits."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Literal

Reason = Literal["too_large", "broken", "unknown"]

_STEP = 1 << 16
_LINE_LIMIT = 4096
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
    """Undo one content coding (gzip, deflate, none). A body that is plain despite its header stays as it is."""
    name = coding.strip().lower()
    if name in _IDENTITY or not body:
        plain = body
    elif name in _GZIP:
        plain = _inflate(body, zlib.MAX_WBITS + 16, limit) if body[:2] == b"\x1f\x8b" else body
    elif name == "deflate":
        is_wrapped = body[0] & 0x0F == zlib.DEFLATED and int.from_bytes(body[:2]) % 31 == 0
        plain = _inflate(body, zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS, limit)
    else:
        raise CodingError("unknown")
    if len(plain) > limit:
        raise CodingError("too_large")
    return plain


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
