"""One address: limits, codings, retries, and which reason each mishap amounts to. The transport is the real one."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from loopback import HOST, NOW, QUICK, Reply, make_page

from auditor.collect.access import Access
from auditor.collect.fetch import DONE, Answer, Fetcher, Request, read_delay
from auditor.collect.pace import Pace
from auditor.collect.resolve import Resolver, is_public, split_server
from auditor.collect.wire import WireTransport
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus


def fetch(site, path, *, limits=QUICK, access=None, own=frozenset(), host=HOST, **options):
    access = access or site.access("127.0.0.1")

    async def act():
        resolver = Resolver(access.overrides, access.nameserver, own, allow_private=access.allow_private)
        transport = WireTransport(access, resolver, limits, lambda: NOW)
        try:
            return await Fetcher(transport, Pace(0, 2), limits, lambda: NOW).fetch(site.url(path, host), **options)
        finally:
            await transport.close()

    return asyncio.run(act())


def fetch_raw(site, raw, **options):
    """Serve bytes as they are, then close the connection."""

    def write(handler):
        handler.wfile.write(raw)
        handler.close_connection = True

    site.replies["/raw"] = write
    return fetch(site, "/raw", **options)


def test_page_comes_with_its_headers_and_its_decoded_body(site):
    site.replies["/"] = Reply(gzip.compress("中文".encode()), headers={"Content-Encoding": "gzip"})
    fetched = fetch(site, "/")
    assert fetched.attempt.status is AttemptStatus.DONE
    assert fetched.body.decode() == "中文"
    assert fetched.answer.stored[:2] == b"\x1f\x8b"
    assert fetched.answer.media_type == "text/html"


def test_deflate_with_and_without_its_wrapper_and_false_gzip(site):
    plain = "正文".encode() * 50
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    bodies = {
        "/z": (zlib.compress(plain), "deflate"),
        "/r": (raw.compress(plain) + raw.flush(), "deflate"),
        "/f": (plain, "gzip"),
    }
    for path, (body, coding) in bodies.items():
        site.replies[path] = Reply(body, headers={"Content-Encoding": coding})
        assert fetch(site, path).body == plain


def test_gzip_bomb_is_too_large(site):
    bomb = gzip.compress(b"\0" * 30_000_000)
    site.replies["/"] = Reply(bomb, headers={"Content-Encoding": "gzip"})
    fetched = fetch(site, "/", limits=replace(QUICK, max_decoded_bytes=1_000_000))
    assert (fetched.attempt.reason, fetched.attempt.detail) == (AttemptReason.TOO_LARGE, "too_large")
    assert fetched.body == b""


def test_broken_and_unknown_codings_are_bad_responses(site):
    packed = gzip.compress(b"x" * 1000)
    for path, body, coding in (("/a", packed[:-9], "gzip"), ("/b", b"x", "br")):
        site.replies[path] = Reply(body, headers={"Content-Encoding": coding})
        assert fetch(site, path).attempt.reason is AttemptReason.BAD_RESPONSE


def test_body_beyond_the_limit_is_not_read_to_its_end(site):
    def pour(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        handler.close_connection = True
        try:
            for _ in range(2000):
                handler.wfile.write(b"x" * 65536)
        except OSError:
            stopped.append(True)

    stopped = []
    site.replies["/"] = pour
    fetched = fetch(site, "/", limits=replace(QUICK, max_body_bytes=200_000))
    assert fetched.attempt.reason is AttemptReason.TOO_LARGE


def test_body_that_is_no_page_is_left_unless_wanted(site):
    site.replies["/a.bin"] = Reply(b"12345", media="application/octet-stream")
    left = fetch(site, "/a.bin")
    assert (left.attempt.status, left.answer.truncated, left.body) == (AttemptStatus.DONE, True, b"")
    assert fetch(site, "/a.bin", wish="any").body == b"12345"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"garbage\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort", "bad_response"),
        (b"", "reset"),
        (b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n", "bad_response"),
        (b"HTTP/1.1 302 Found\r\nLocation: javascript:x\r\nContent-Length: 0\r\n\r\n", "bad_response"),
    ],
)
def test_what_is_no_proper_answer(site, raw, reason):
    fetched = fetch_raw(site, raw)
    assert (fetched.attempt.status, str(fetched.attempt.reason)) == (AttemptStatus.FAILED, reason)


def test_hanging_before_and_after_the_headers_times_out(site):
    def hang(handler):
        if handler.path == "/late":
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 9\r\n\r\n")
        handler.rfile.read(1)

    for path in ("/early", "/late"):
        site.replies[path] = hang
        assert fetch(site, path, limits=replace(QUICK, request_seconds=0.3)).attempt.reason is AttemptReason.TIMEOUT


def test_refused_and_unknown_and_no_address_of_a_family(site):
    with socket.socket() as spare:
        spare.bind(("127.0.0.1", 0))
        port = spare.getsockname()[1]
    closed = Access(overrides={(HOST, port): ("127.0.0.1",)})
    site_port, site.port = site.port, port
    assert fetch(site, "/", access=closed).attempt.reason is AttemptReason.REFUSED
    assert fetch(site, "/", access=closed, family=6).attempt.reason is AttemptReason.NO_ADDRESS
    site.port = site_port


def test_both_families_are_asked_under_the_same_name(site):
    hosts = []

    def note(handler):
        hosts.append((handler.headers["Host"], handler.client_address[0]))
        return Reply(make_page("主页"))

    site.replies["/"] = note
    for family in (4, 6):
        assert fetch(site, "/", access=site.access(), family=family).attempt.status is AttemptStatus.DONE
    assert hosts == [(f"{HOST}:{site.port}", "127.0.0.1"), (f"{HOST}:{site.port}", "::1")]


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_private_address_is_not_asked_unless_the_user_says_so(site, host):
    site.replies["/"] = make_page("内部")
    refused = fetch(site, "/", host=host)
    assert (refused.attempt.status, refused.attempt.reason) == (AttemptStatus.SKIPPED, AttemptReason.PRIVATE_ADDRESS)
    assert site.asked == []
    assert fetch(site, "/", host=host, access=site.access(allow_private=True)).attempt.status is AttemptStatus.DONE
    assert fetch(site, "/", host=host, own=frozenset({host.strip("[]")})).attempt.status is AttemptStatus.DONE


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("1.1.1.1", True),
        ("2606:4700::1111", True),
        ("10.1.2.3", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:7f00:1::", False),
        ("::ffff:1.1.1.1", True),
        ("no address", False),
    ],
)
def test_which_addresses_are_public(address, public):
    assert is_public(address) is public


def test_name_server_with_and_without_port():
    assert split_server("192.0.2.1") == ("192.0.2.1", 53)
    assert split_server("192.0.2.1:5353") == ("192.0.2.1", 5353)
    assert split_server("2001:db8::1") == ("2001:db8::1", 53)
    assert split_server("[2001:db8::1]:5353") == ("2001:db8::1", 5353)


def test_busy_site_is_asked_again_after_the_time_it_names(site):
    replies = [Reply("wait", 503, headers={"Retry-After": "0"}), Reply(make_page("好了"))]
    site.replies["/"] = lambda _: replies.pop(0)
    fetched = fetch(site, "/")
    assert (fetched.attempt.status, fetched.answer.status) == (AttemptStatus.DONE, 200)
    assert site.asked == ["/", "/"]


def test_site_that_wants_a_long_pause_is_not_waited_for(site):
    site.replies["/"] = Reply("wait", 429, headers={"Retry-After": "86400"})
    fetched = fetch(site, "/")
    assert fetched.answer.status == 429
    assert site.asked == ["/"]


def test_retry_after_as_number_and_date():
    assert read_delay("7", NOW) == 7.0
    assert read_delay("Mon, 06 May 2024 08:00:30 GMT", NOW) == 30.0
    assert read_delay("Mon, 06 May 2024 07:00:00 GMT", NOW) == 0.0
    assert read_delay("soon", NOW) is None


class Script:
    """A transport that gives prepared answers; no network at all."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    async def send(self, request: Request) -> Answer:
        self.asked.append(request.url)
        return self.answers.pop(0)

    async def close(self) -> None:
        pass


def test_connection_that_broke_is_tried_once_more():
    reset = Answer(Attempt(AttemptStatus.FAILED, AttemptReason.RESET), NOW)
    good = Answer(DONE, NOW, 200, "OK", (("Content-Type", "text/html"),), b"<p>x")
    transport = Script(reset, good)
    fetcher = Fetcher(transport, Pace(0, 1), QUICK, lambda: datetime(2024, 1, 1, tzinfo=UTC))
    fetched = asyncio.run(fetcher.fetch("http://a.test/"))
    assert fetched.body == b"<p>x"
    assert len(transport.asked) == 2


def test_gate_may_refuse_a_redirect():
    moved = Answer(DONE, NOW, 302, "Found", (("Location", "http://b.test/x"),))

    async def refuse(url):
        return Attempt(AttemptStatus.SKIPPED, AttemptReason.ROBOTS) if url == "http://b.test/x" else None

    transport = Script(moved)
    fetcher = Fetcher(transport, Pace(0, 1), QUICK, lambda: NOW)
    fetched = asyncio.run(fetcher.fetch("http://a.test/", gate=refuse))
    assert fetched.attempt.reason is AttemptReason.ROBOTS
    assert fetched.final_url == "http://b.test/x"
    assert transport.asked == ["http://a.test/"]


def test_rate_keeps_requests_apart():
    async def act():
        pace = Pace(50, 10)
        loop = asyncio.get_running_loop()
        times = []

        async def take():
            async with await pace.find_lane("http://a.test/"):
                times.append(loop.time())

        await asyncio.gather(*(take() for _ in range(5)))
        return [later - earlier for earlier, later in pairwise(times)]

    assert min(asyncio.run(act())) > 0.015


def test_failed_handshake_is_theirs(site):
    secure = site.url("/").replace("http:", "https:")

    async def act():
        resolver = Resolver(site.access().overrides, None, frozenset(), allow_private=False)
        transport = WireTransport(site.access("127.0.0.1"), resolver, QUICK, lambda: NOW)
        answer = await transport.send(Request(secure))
        await transport.close()
        return answer

    assert asyncio.run(act()).attempt.reason is AttemptReason.CERTIFICATE
