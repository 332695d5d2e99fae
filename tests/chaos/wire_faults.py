"""Faults of connections, headers, lengths and codings."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import zlib

import brotlicffi
import zstandard

from auditor.model.attempts import AttemptReason as Why
from tests.chaos.faultserver import find_closed_port, make_page
from tests.chaos.peer import (
    Handler,
    Peer,
    close_after,
    drip,
    flood,
    hang_after,
    page,
    reset_after,
)
from tests.chaos.table import Fault, done, failed

_OK = b"HTTP/1.1 200 OK\r\n"
_HTML = b"Content-Type: text/html; charset=utf-8\r\n"
_LONG = b"Content-Length: 100000\r\n\r\n"
_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"
_PLAIN = make_page("正文", [], []).encode()
_TIMEOUT = (failed(Why.TIMEOUT),)
_RESET = (failed(Why.RESET),)
_BAD = (failed(Why.BAD_RESPONSE),)
_BAD_200 = (failed(Why.BAD_RESPONSE, 200),)
_BIG = (failed(Why.TOO_LARGE),)
_BIG_200 = (failed(Why.TOO_LARGE, 200),)
_BOMB = 70_000_000  # more than the 60 MB that a body may become, and packed at once


def _say(*lines: bytes) -> bytes:
    return b"".join((_OK, _HTML, *lines))


def _pack_bomb(coding: str) -> bytes:
    zeros = bytes(_BOMB)
    if coding == "br":
        return brotlicffi.compress(zeros, quality=1)
    if coding == "zstd":
        return zstandard.compress(zeros)
    return zlib.compress(zeros, 1) if coding == "deflate" else gzip.compress(zeros, 1)


def _bomb(coding: str) -> Handler:
    """Much nothing under a coding: more than any body may become."""

    async def handle(peer: Peer) -> None:
        body = await asyncio.to_thread(_pack_bomb, coding)  # the other pages are served meanwhile
        await peer.respond(gzip.compress(body) if "," in coding else body, Content_Encoding=coding)

    return handle


async def _answer_twice(peer: Peer) -> None:
    """A second answer that nobody asked for, on a connection that is to be used again."""
    await peer.respond(_PLAIN)
    await peer.respond("<html><title>poison</title><body>poison</body></html>")


def _fail_once() -> Handler:
    turns = itertools.count()

    async def handle(peer: Peer) -> None:
        if next(turns) == 0:
            peer.reset()
        else:
            await peer.respond(_PLAIN)

    return handle


FAULTS = (
    Fault("hang_before_headers", hang_after(), _TIMEOUT),
    Fault("hang_in_headers", hang_after(_OK, b"Content-Ty"), _TIMEOUT),
    Fault("hang_after_headers", hang_after(_say(_LONG)), _TIMEOUT),
    Fault("hang_in_body", hang_after(_say(_LONG), b"<html>"), _TIMEOUT),
    Fault("drip_headers", drip(_OK, b"X-Drop: 1\r\n"), _TIMEOUT),
    Fault("drip_body", drip(_say(_LONG), b"<p>"), _TIMEOUT),
    Fault("drip_continue", drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), _TIMEOUT),
    Fault("close_before_headers", close_after(), _RESET),
    Fault("reset_before_headers", reset_after(), _RESET),
    Fault("reset_in_headers", reset_after(_OK, b"Content-Ty"), _RESET),
    Fault("reset_in_body", reset_after(_say(_LONG), b"<html>"), _RESET),
    Fault("reset_once", _fail_once(), (done(),)),
    Fault("close_in_headers", close_after(_OK, b"Content-Ty"), (*_RESET, *_BAD)),
    Fault("body_too_short", close_after(_say(_LONG), _PLAIN), _BAD),
    Fault(
        "body_too_long",
        close_after(_say(b"Content-Length: %d\r\n\r\n" % len(_PLAIN)), _PLAIN, b"x" * 99),
        (*_BAD, done()),
    ),
    Fault("second_answer", _answer_twice, (done(),)),
    Fault("two_lengths", close_after(_say(b"Content-Length: 5\r\nContent-Length: 9\r\n\r\n"), b"<html>xyz"), _BAD),
    Fault("negative_length", close_after(_say(b"Content-Length: -5\r\n\r\n"), b"<html>"), _BAD),
    Fault("huge_length", close_after(_say(b"Content-Length: 99999999999\r\n\r\n"), b"<html>"), (*_BAD, *_BIG)),
    Fault(
        "length_and_chunked",
        close_after(_say(b"Content-Length: 3\r\n", _CHUNKED), b"3\r\nabc\r\n0\r\n\r\n"),
        (*_BAD, done()),
    ),
    Fault("chunked_cut_off", close_after(_say(_CHUNKED), b"5\r\n<html"), _BAD),
    Fault("chunked_without_end", close_after(_say(_CHUNKED), b"6\r\n<html>\r\n"), _BAD),
    Fault("chunk_size_no_number", close_after(_say(_CHUNKED), b"zz\r\n<html>\r\n0\r\n\r\n"), _BAD),
    Fault("chunk_size_huge", hang_after(_say(_CHUNKED), b"ffffffffffffffffff\r\n<html>"), (*_BAD, *_TIMEOUT)),
    Fault("chunk_size_negative", close_after(_say(_CHUNKED), b"-5\r\n<html>\r\n0\r\n\r\n"), _BAD),
    Fault("chunk_extension_endless", flood(_say(_CHUNKED) + b"5;", b"x" * 65536), (*_BAD, *_BIG, *_TIMEOUT)),
    Fault("trailers_endless", flood(_say(_CHUNKED) + b"0\r\n", b"X-A: 1\r\n" * 999), (*_BAD, *_BIG, *_TIMEOUT)),
    Fault("gzip_declared_plain", page(_PLAIN, Content_Encoding="gzip"), (done(),)),
    Fault("brotli_declared_plain", page(_PLAIN, Content_Encoding="br"), _BAD_200),
    Fault("coding_unknown", page(_PLAIN, Content_Encoding="x-rot13"), _BAD_200),
    Fault("gzip_not_declared", page(gzip.compress(_PLAIN)), (done(),)),
    Fault("gzip_truncated", page(gzip.compress(_PLAIN)[:-12], Content_Encoding="gzip"), _BAD_200),
    Fault("gzip_bomb", _bomb("gzip"), _BIG_200),
    Fault("gzip_bomb_nested", _bomb("gzip, gzip"), _BIG_200),
    Fault("deflate_bomb", _bomb("deflate"), _BIG_200),
    Fault("brotli_bomb", _bomb("br"), _BIG_200),
    Fault("zstd_bomb", _bomb("zstd"), _BIG_200),
    Fault("codings_a_thousand", page(_PLAIN, Content_Encoding="gzip," * 1000 + "gzip"), _BAD_200),
    Fault("endless_body", flood(_say(b"\r\n"), b"<p>endless</p>" * 999), _BIG),
    Fault("endless_chunks", flood(_say(_CHUNKED), b"1\r\nx\r\n" * 999), (*_BIG, *_TIMEOUT)),
    Fault("endless_headers", flood(_OK, b"X-More: yes\r\n" * 99), _BAD),
    Fault("endless_header", flood(_OK + b"X-Long: ", b"x" * 65536), _BAD),
    Fault("endless_status", flood(b"HTTP/1.1 200 ", b"O" * 65536), _BAD),
    Fault("huge_header", page(_PLAIN, X_Huge="x" * 1_000_000), _BAD),
    Fault("ten_thousand_headers", page(_PLAIN, **{f"X_{number}": "1" for number in range(10_000)}), _BAD),
    Fault("nul_in_header", close_after(_say(b"X-Nul: a\x00b\r\nConnection: close\r\n\r\n"), _PLAIN), (*_BAD, done())),
    Fault("folded_header", close_after(_say(b"X-Fold: a\r\n b\r\nConnection: close\r\n\r\n"), _PLAIN), (*_BAD, done())),
    Fault("header_without_colon", close_after(_say(b"nonsense\r\n\r\n"), _PLAIN), (*_BAD, done())),
    Fault("http_0_9", close_after(b"<html><body>no headers at all</body></html>"), _BAD),
    Fault("status_line_invalid", close_after(b"HTTP/1.1 abc Strange\r\n\r\n"), _BAD),
    Fault("status_line_garbage", close_after(bytes(range(256)) * 8), _BAD),
    Fault("http_9", close_after(b"HTTP/9.9 200 OK\r\n", _HTML, b"\r\n", _PLAIN), (*_BAD, done())),
    Fault("status_999", page(_PLAIN, 999), (failed(Why.HTTP_ERROR, 999),)),
    Fault("status_204", close_after(b"HTTP/1.1 204 No Content\r\n\r\n"), (done(204),)),
    Fault("status_304", close_after(b"HTTP/1.1 304 Not Modified\r\n\r\n"), (done(304),)),
    Fault("status_206", page(_PLAIN, 206, Content_Range="bytes 0-10/999"), (done(206),)),
    Fault(
        "status_101",
        close_after(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        (done(101), *_BAD, *_RESET),
    ),
    Fault(
        "refused",
        None,
        (failed(Why.REFUSED),),
        at="http://portal.test:{spare}/refused.html",
        spare=lambda _: find_closed_port(),
    ),
)
