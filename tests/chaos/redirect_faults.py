"""Faults of redirects, cookies, refusals and transport security."""

from __future__ import annotations

import asyncio
import itertools

from auditor.model.attempts import AttemptReason as Why
from tests.chaos.faultserver import HOST, FaultServer, make_page
from tests.chaos.peer import FOREVER, Handler, Peer, page, redirect
from tests.chaos.table import End, Fault, done, failed, skipped

_PLAIN = make_page("正文", [], [])
_AROUND = (failed(Why.TOO_MANY_REDIRECTS, 302),)
_LOST = (failed(Why.BAD_RESPONSE, 302),)
_PRIVATE = (skipped(Why.PRIVATE_ADDRESS, 302),)
_CERTIFICATE = (failed(Why.CERTIFICATE),)
_ERROR_503 = (failed(Why.HTTP_ERROR, 503), failed(Why.BLOCKED, 503))
_FAR = "Thu, 01 Jan 2099 00:00:00 GMT"
_CHALLENGE = "<html><script>document.cookie='acw_sc__v2='+x;location.reload()</script></html>"


def _count_up() -> Handler:
    numbers = itertools.count(1)

    async def handle(peer: Peer) -> None:
        await peer.respond("", 302, Location=f"/fault/chain/{next(numbers)}.html")

    return handle


async def _want_cookie(peer: Peer) -> None:
    if "pass=1" in peer.headers.get("cookie", ""):
        await peer.respond(_PLAIN)
    else:
        await peer.respond("", 302, Location=peer.path, Set_Cookie="pass=1; Path=/")


def _answer_later(after: str, turns: int) -> Handler:
    asked = itertools.count()

    async def handle(peer: Peer) -> None:
        if next(asked) < turns:
            await peer.respond("busy", 503, Retry_After=after)
        else:
            await peer.respond(_PLAIN)

    return handle


async def _speak_garbage(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01\x02\x00 this is no handshake at all \r\n" * 20)
    await writer.drain()
    writer.close()


async def _speak_old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say what a server of TLS 1.0 says to a client that wants a newer one: a fatal alert, protocol_version."""
    await reader.read(1 << 14)
    writer.write(bytes((0x15, 3, 1, 0, 2, 2, 70)))
    await writer.drain()
    writer.close()


async def _speak_nothing(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    await asyncio.sleep(FOREVER)


def _tls(kind: str, ends: tuple[End, ...] = _CERTIFICATE) -> Fault:
    def listen(server: FaultServer) -> int:
        return server.listen(server.authority.make_context(kind, HOST))

    return Fault(f"tls_{kind}", None, ends, at=f"https://{HOST}:{{spare}}/tls_{kind}.html", spare=listen)


def _handshake(name: str, speak: object, why: Why) -> Fault:
    def listen(server: FaultServer) -> int:
        return server.listen(None, speak)  # type: ignore[arg-type]

    return Fault(name, None, (failed(why),), at=f"https://{HOST}:{{spare}}/{name}.html", spare=listen)


def _private(name: str, target: str) -> Fault:
    return Fault(f"redirect_{name}", redirect(target), _PRIVATE)


FAULTS = (
    Fault("redirect_loop", redirect("/fault/redirect_loop.html"), _AROUND),
    Fault(
        "redirect_pair",
        redirect("/fault/pair/b.html"),
        _AROUND,
        serves={"/fault/pair/b.html": redirect("/fault/redirect_pair.html")},
    ),
    Fault("redirect_chain", redirect("/fault/chain/0.html"), _AROUND, serves={"/fault/chain/*": _count_up()}),
    Fault("redirect_without_location", page("", 302), _LOST),
    Fault("redirect_empty_location", redirect(""), _LOST),
    Fault("redirect_file", redirect("file:///etc/passwd"), _LOST),
    Fault("redirect_javascript", redirect("javascript:alert(1)"), _LOST),
    Fault("redirect_ftp", redirect("ftp://portal.test/x"), _LOST),
    Fault("redirect_bad_port", redirect("http://portal.test:99999/"), _LOST),
    Fault("redirect_long", redirect("/" + "x" * 20_000), _LOST),
    Fault("redirect_crlf", redirect("/x%0d%0aSet-Cookie:%20a=b"), (done(404),)),
    _private("loopback", "http://127.0.0.1:{port}/"),
    _private("loopback_v6", "http://[::1]:{port}/"),
    _private("loopback_mapped", "http://[::ffff:127.0.0.1]:{port}/"),
    _private("loopback_name", "http://localhost:{port}/"),
    _private("private", "http://10.0.0.1:{port}/"),
    _private("metadata", "http://169.254.169.254/latest/meta-data/"),
    _private("unspecified", "http://0.0.0.0:{port}/"),
    Fault(
        "redirect_loopback_number",
        redirect("http://2130706433:{port}/"),
        (*_PRIVATE, *_LOST, failed(Why.UNKNOWN_HOST, 302), failed(Why.NO_RESOLVER, 302), failed(Why.UNREACHABLE, 302)),
    ),
    Fault(
        "redirect_loopback_octal",
        redirect("http://0177.0.0.1:{port}/"),
        (*_PRIVATE, *_LOST, failed(Why.UNKNOWN_HOST, 302), failed(Why.NO_RESOLVER, 302), failed(Why.UNREACHABLE, 302)),
    ),
    Fault("cookie_wall", _want_cookie, (done(),)),
    Fault("cookie_wall_endless", redirect("/fault/cookie_wall_endless.html"), _AROUND),
    Fault(
        "storm_429",
        page("", 429),
        (failed(Why.BLOCKED, 429),),
        at="http://storm.test:{port}/storm.html",
        hosts=("storm.test",),
    ),
    Fault(
        "busy_then_there",
        _answer_later("1", 1),
        (done(),),
        at="http://busy1.test:{port}/busy1.html",
        hosts=("busy1.test",),
    ),
    Fault(
        "busy_for_ever",
        _answer_later("1", 10**9),
        _ERROR_503,
        at="http://busy2.test:{port}/busy2.html",
        hosts=("busy2.test",),
    ),
    Fault(
        "busy_until_2099",
        _answer_later(_FAR, 10**9),
        _ERROR_503,
        at="http://busy3.test:{port}/busy3.html",
        hosts=("busy3.test",),
    ),
    Fault(
        "busy_absurd",
        _answer_later("9" * 400, 10**9),
        _ERROR_503,
        at="http://busy4.test:{port}/busy4.html",
        hosts=("busy4.test",),
    ),
    Fault(
        "busy_nonsense",
        _answer_later("-1e99; \x7f", 10**9),
        _ERROR_503,
        at="http://busy5.test:{port}/busy5.html",
        hosts=("busy5.test",),
    ),
    Fault("challenge", page(_CHALLENGE), (failed(Why.BLOCKED, 200),)),
    Fault("challenge_412", page(_CHALLENGE, 412), (failed(Why.BLOCKED, 412),)),
    *(_tls(kind) for kind in ("expired", "not_yet", "wrong_name", "self_signed", "unknown_issuer")),
    _tls("valid", (done(404),)),
    _handshake("tls_too_old", _speak_old, Why.CERTIFICATE),
    _handshake("tls_garbage", _speak_garbage, Why.CERTIFICATE),
    _handshake("tls_silent", _speak_nothing, Why.TIMEOUT),
)
