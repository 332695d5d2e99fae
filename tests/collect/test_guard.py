"""What a site links to never leads into a private network, and no answer may be endless: each ends in an Attempt."""

from __future__ import annotations

import asyncio
import gzip
import threading
from dataclasses import replace

import dns.rcode
import pytest
from loopback import HOST, NOW, QUICK, Reply, make_page, visit_of

from auditor.collect.access import Access
from auditor.collect.crawl import make_resolver
from auditor.collect.fetch import Fetcher
from auditor.collect.pace import Pace
from auditor.collect.resolve import Resolver, is_public, read_number
from auditor.collect.wire import WireTransport, read_place
from auditor.model.attempts import AttemptReason, AttemptStatus
from auditor.model.targets import Target

PRIVATE = [
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.2.1",
    "192.168.0.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:0:127.0.0.1",
    "::ffff:10.0.0.1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2001:0:53aa:64c:0:0:80ff:fffe",
    "2001:db8::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "4000::1",
    "nonsense",
]
PUBLIC = ["1.1.1.1", "8.8.8.8", "223.5.5.5", "2400:3200::1", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808"]
LOCAL_FORMS = ["2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "127.1", "127.0.1", "0x7f.1", "0"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_in_every_wrapping(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_in_every_wrapping(address):
    assert is_public(address)


@pytest.mark.parametrize("host", LOCAL_FORMS)
def test_numbers_are_read_as_the_system_reads_them(host):
    assert read_number(host) in {"127.0.0.1", "0.0.0.0"}


@pytest.mark.parametrize("host", ["a.test", "1.2.3.4.5", "4294967296", "0x", "::1", "256.1.1.1", "1.test"])
def test_what_is_no_number(host):
    assert read_number(host) is None


def find(resolver, host, port=80):
    return asyncio.run(resolver.find(host, port, None))


@pytest.mark.parametrize(
    "host", [*LOCAL_FORMS, "localhost", "localhost.", "LOCALHOST", "127.0.0.1.", "::1", "::ffff:127.0.0.1", "0.0.0.0"]
)
def test_forms_of_this_machine_are_refused(host):
    lookup = find(Resolver({}, None, frozenset({HOST}), allow_private=False), host)
    assert (lookup.attempt.status, lookup.attempt.reason) == (AttemptStatus.SKIPPED, AttemptReason.PRIVATE_ADDRESS)
    assert lookup.addresses == ()


def test_of_a_name_with_both_kinds_only_the_public_addresses_are_left(name_server):
    name_server.records["mixed.test"] = ("10.0.0.1", "1.1.1.1", "fd00::1")
    resolver = Resolver({}, name_server.address, frozenset(), allow_private=False)
    assert find(resolver, "mixed.test").addresses == ("1.1.1.1",)


def test_address_that_changes_after_the_check_is_not_connected_to(name_server):
    """Rebinding: the second lookup of a name would lead to this machine. It is not made."""
    name_server.records["evil.test"] = ("1.1.1.1",)
    resolver = Resolver({}, name_server.address, frozenset(), allow_private=False)

    async def act():
        first = await resolver.find("evil.test", 80, None)
        name_server.records["evil.test"] = ("127.0.0.1",)
        return first, await resolver.find("EVIL.test.", 80, None)

    first, second = asyncio.run(act())
    assert first.addresses == second.addresses == ("1.1.1.1",)


def test_rebinding_between_check_and_connection_reaches_nobody(site, name_server):
    """A resolver that answers each lookup anew: what was not checked is not connected to."""
    name_server.records["evil.test"] = ("127.0.0.1",)

    async def act():
        resolver = Resolver({}, name_server.address, frozenset(), allow_private=False)
        transport = WireTransport(Access(browser="never"), resolver, QUICK, lambda: NOW)
        try:
            return await Fetcher(transport, Pace(0, 1), QUICK, lambda: NOW).fetch(site.url("/", "evil.test"))
        finally:
            await transport.close()

    assert asyncio.run(act()).attempt.reason is AttemptReason.PRIVATE_ADDRESS
    assert site.asked == []


def test_lookup_that_failed_in_passing_is_made_again(name_server):
    name_server.codes["flaky.test"] = dns.rcode.SERVFAIL
    resolver = Resolver({}, name_server.address, frozenset(), allow_private=False)

    async def act():
        first = await resolver.find("flaky.test", 80, None)
        name_server.codes.clear()
        name_server.records["flaky.test"] = ("1.1.1.1",)
        return first, await resolver.find("flaky.test", 80, None)

    first, second = asyncio.run(act())
    assert first.attempt.reason is AttemptReason.NO_RESOLVER
    assert second.addresses == ("1.1.1.1",)


@pytest.mark.parametrize(
    "location",
    ["http://127.0.0.1:{port}/x", "http://2130706433:{port}/x", "http://[::1]:{port}/x", "//localhost.:{port}/x"],
)
def test_redirects_are_judged_at_each_step(site, collect, location):
    site.replies["/"] = make_page("首页", ("/go", "走"), ("/further", "再走"))
    site.replies["/go"] = Reply("", 302, headers={"Location": "/further"})
    site.replies["/further"] = Reply("", 302, headers={"Location": location.format(port=site.port)})
    site.replies["/x"] = make_page("内网")
    reader = collect(access=site.access("127.0.0.1"))
    visit = visit_of(reader, site, "/go")
    assert (visit.attempt.status, visit.attempt.reason) == (AttemptStatus.SKIPPED, AttemptReason.PRIVATE_ADDRESS)
    assert "/x" not in site.asked


def test_an_own_host_does_not_open_the_network_to_its_links(site, collect):
    """The target itself is private; what it links to on another private name is refused all the same."""
    site.replies["/"] = make_page("首页", ("/go", "走"))
    site.replies["/go"] = Reply("", 302, headers={"Location": f"http://127.0.0.1:{site.port}/x"})
    target = Target(id="localhost", name="样例", seeds=(site.url("/", "localhost"),), hosts=("localhost",))
    reader = collect(access=Access(browser="never"), target=target)
    visit = next(item for item in reader.visits if item.url == site.url("/go", "localhost"))
    assert visit.attempt.reason is AttemptReason.PRIVATE_ADDRESS


def test_a_private_proxy_is_let_through_as_the_proxy_only():
    target = Target(id=HOST, name="样例", seeds=(f"http://{HOST}/",), hosts=(HOST,))
    resolver = make_resolver(target, Access(proxy="http://localhost:3128"))
    assert read_place("http://localhost:3128") == ("localhost", 3128)
    assert find(resolver, "localhost", 3128).addresses
    assert find(resolver, "localhost", 80).attempt.reason is AttemptReason.PRIVATE_ADDRESS


# ---- limits --------------------------------------------------------------------------------------


def fetch(site, path="/", **limits):
    async def act():
        access = site.access("127.0.0.1")
        bounds = replace(QUICK, **limits)
        transport = WireTransport(access, make_resolver(site.target(), access), bounds, lambda: NOW)
        try:
            return await Fetcher(transport, Pace(0, 1), bounds, lambda: NOW).fetch(site.url(path))
        finally:
            await transport.close()

    return asyncio.run(act())


def raw(site, content, *, after=None):
    def write(handler):
        handler.close_connection = True
        handler.wfile.write(content)
        if after is not None:
            after(handler)

    site.replies["/"] = write


def drip(stop, piece):
    def act(handler):
        try:
            while not stop.wait(0.02):
                handler.wfile.write(piece)
                handler.wfile.flush()
        except OSError:
            stop.set()

    return act


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"x"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nX-Slow: ", b"y"),
    ],
)
def test_slow_drip_ends_with_the_time_of_one_request(site, head, piece):
    """Every byte comes in time, and yet the request as a whole does not."""
    stop = threading.Event()
    raw(site, head, after=drip(stop, piece))
    fetched = fetch(site, request_seconds=0.5)
    stop.set()
    assert (fetched.attempt.status, fetched.attempt.reason) == (AttemptStatus.FAILED, AttemptReason.TIMEOUT)


@pytest.mark.parametrize(
    "head",
    [
        b"X-Long: " + b"y" * 40_000 + b"\r\n",
        b"".join(b"X-%d: y\r\n" % number for number in range(300)),
        b"Set-Cookie: " + b"z" * 200_000 + b"\r\n",
    ],
)
def test_head_that_is_too_large_or_has_too_many_lines(site, head):
    raw(site, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + head + b"Content-Length: 2\r\n\r\nok")
    assert fetch(site).attempt.reason is AttemptReason.BAD_RESPONSE


def test_endless_body_is_cut_at_the_limit(site):
    stop = threading.Event()
    raw(site, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", after=drip(stop, b"x" * 200_000))
    fetched = fetch(site, max_body_bytes=1_000_000)
    stop.set()
    assert fetched.attempt.reason is AttemptReason.TOO_LARGE


def test_body_that_says_it_is_too_large_is_not_read(site):
    raw(site, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999999999\r\n\r\n")
    assert fetch(site, max_body_bytes=1000).attempt.reason is AttemptReason.TOO_LARGE


def test_nested_codings_cannot_multiply(site):
    packed = gzip.compress(gzip.compress(b"\0" * 5_000_000))
    site.replies["/"] = Reply(packed, headers={"Content-Encoding": "gzip, gzip"})
    fetched = fetch(site, max_decoded_bytes=1_000_000)
    assert (fetched.attempt.status, fetched.body) == (AttemptStatus.FAILED, b"")


def test_redirects_are_counted(site):
    for number in range(10):
        site.replies[f"/{number}"] = Reply("", 302, headers={"Location": f"/{number + 1}"})
    fetched = fetch(site, "/0", max_redirects=3)
    assert fetched.attempt.reason is AttemptReason.TOO_MANY_REDIRECTS
    assert len(site.asked) == 4
