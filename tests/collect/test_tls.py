"""HTTPS of a host: why a certificate is refused, what it says, which versions are offered, HSTS, the way from HTTP."""

from __future__ import annotations

import asyncio
import ssl

import pytest
from authority import EARLY, FUTURE, LATE, PAST, PEM, TlsServer, make_root, sign
from loopback import HOST, NOW, QUICK, Reply, make_page

from auditor.collect import certificates
from auditor.collect.access import Access
from auditor.collect.crawl import collect_site
from auditor.collect.endpoints import Tools
from auditor.collect.fetch import Fetcher
from auditor.collect.pace import Pace
from auditor.collect.places import Place
from auditor.collect.resolve import Resolver
from auditor.collect.secure import observe_tls
from auditor.collect.wire import WireTransport
from auditor.errors import CollectError
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.targets import Target
from auditor.snapshot import open_snapshot

T = ssl.TLSVersion
TRUSTED = make_root().certificate.public_bytes(PEM).decode()


@pytest.fixture
def serve(tmp_path):
    running = []

    def act(identity, *, is_alone=False, **settings):
        server = TlsServer(identity.write(tmp_path / "server.pem", is_alone=is_alone), **settings)
        running.append(server)
        return server

    yield act
    for server in running:
        server.close()


@pytest.fixture
def observe(tmp_path, vocabulary):
    """Collect the site behind a TLS server, whether or not anything can be read, and return what TLS said."""

    def act(server, *, host=HOST, seeds=(), overrides=None):
        target = Target(host, "样例", (f"https://{host}:{server.port}/", *seeds), (host,))
        given = {(host, server.port): ("127.0.0.1",), **(overrides or {})}
        failure = None
        try:
            collect_site(
                target,
                QUICK,
                Access(overrides=given, browser="never", authorities=TRUSTED),
                tmp_path / "run",
                vocabulary=vocabulary,
                on_progress=lambda _: None,
                clock=lambda: NOW,
            )
        except CollectError as error:
            failure = error
        reader = open_snapshot(tmp_path / "run")
        return reader.observations.tls[0], failure

    return act


def leaf(**settings):
    return sign(HOST, settings.pop("issuer", make_root()), hosts=settings.pop("hosts", (HOST,)), **settings)


def test_a_valid_certificate_and_what_it_says(serve, observe):
    seen, failure = observe(serve(leaf(hosts=(HOST, "*.portal.test", "192.0.2.1"), not_after=FUTURE)))
    assert failure is None
    assert (seen.host, seen.role, seen.handshake.status, seen.problem) == (HOST, "portal", AttemptStatus.DONE, None)
    shown = seen.certificate
    assert shown.names == ("*.portal.test", "192.0.2.1", HOST)
    assert (shown.subject, shown.issuer) == (f"{HOST}, Qinghe Test", "Qinghe Root, Qinghe Test")
    assert (shown.not_before, shown.not_after, shown.sent) == (EARLY, FUTURE, 1)


def middle(name="Qinghe Middle"):
    return sign(name, make_root(), is_authority=True)


BROKEN = {
    "expired": lambda: leaf(not_after=PAST),
    "not_yet_valid": lambda: leaf(not_before=FUTURE),
    "self_signed": lambda: sign(HOST, hosts=(HOST,)),
    "unknown_ca": lambda: leaf(issuer=make_root("Another Root")),
    "wrong_name": lambda: leaf(hosts=("other.test",)),
}


def ask(server):
    """Ask a TLS server as a probe does, without a crawl."""

    async def act():
        resolver = Resolver({(HOST, server.port): ("127.0.0.1",)}, None, frozenset({HOST}), allow_private=False)
        transport = WireTransport(Access(authorities=TRUSTED), resolver, QUICK, lambda: NOW)
        pace = Pace(0, 4)
        tools = Tools(Fetcher(transport, pace, QUICK, lambda: NOW), resolver, pace, 3.0, False, authorities=TRUSTED)
        place = Place(HOST, "portal", f"https://{HOST}:{server.port}/", {"https": server.port})
        try:
            return await observe_tls(place, (), None, tools)
        finally:
            await transport.close()

    return asyncio.run(act())


def test_an_invalid_certificate_ends_the_audit_with_its_reason(serve, observe):
    seen, failure = observe(serve(BROKEN["expired"]()))
    assert (failure.code, failure.values["reason"]) == ("certificate_invalid", AttemptReason.CERTIFICATE)
    assert (seen.handshake.reason, seen.problem) == (AttemptReason.CERTIFICATE, "expired")


@pytest.mark.parametrize("problem", BROKEN)
def test_why_a_certificate_is_refused(serve, problem):
    seen = ask(serve(BROKEN[problem]()))
    assert (seen.handshake.reason, seen.problem) == (AttemptReason.CERTIFICATE, problem)
    assert seen.certificate is not None
    assert {version: attempt.status for version, attempt in seen.versions if version in {"1.2", "1.3"}} == {
        "1.2": AttemptStatus.DONE,
        "1.3": AttemptStatus.DONE,
    }
    assert seen.hsts == Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "handshake")


def test_a_chain_that_lacks_what_lies_between(serve):
    identity = leaf(issuer=middle(), names_issuer=True)
    seen = ask(serve(identity, is_alone=True))
    assert (seen.problem, seen.certificate.sent) == ("incomplete_chain", 1)


def test_the_same_chain_sent_whole_is_valid(serve, observe):
    seen, failure = observe(serve(leaf(issuer=middle(), names_issuer=True)))
    assert (failure, seen.problem, seen.certificate.sent) == (None, None, 2)


def test_versions_offered_and_refused(serve):
    server = serve(leaf(), versions=(T.TLSv1, T.TLSv1_2))
    seen = ask(server)
    assert seen.version == "1.2"
    offered = {version: attempt.status for version, attempt in seen.versions}
    assert offered == {
        "1.0": AttemptStatus.DONE,
        "1.1": AttemptStatus.DONE,
        "1.2": AttemptStatus.DONE,
        "1.3": AttemptStatus.FAILED,
    }
    assert dict(seen.versions)["1.3"].reason is AttemptReason.REFUSED


def test_modern_versions_only(serve):
    seen = ask(serve(leaf()))
    reasons = {version: attempt.reason for version, attempt in seen.versions}
    assert reasons == {"1.0": AttemptReason.REFUSED, "1.1": AttemptReason.REFUSED, "1.2": None, "1.3": None}


def test_a_version_that_this_machine_cannot_offer_is_not_asked(serve, monkeypatch):
    real = certificates.make_offering
    monkeypatch.setattr("auditor.collect.secure.make_offering", lambda one: None if one == "1.0" else real(one))
    seen = ask(serve(leaf()))
    assert dict(seen.versions)["1.0"] == Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "openssl")


@pytest.mark.parametrize("header", ["max-age=31536000; includeSubDomains", ""])
def test_hsts_is_read_from_the_page_that_was_asked_anyway(serve, observe, header):
    headers = (("Strict-Transport-Security", header),) if header else ()
    server = serve(leaf(), headers=headers)
    seen, _ = observe(server)
    assert (seen.hsts.status, seen.hsts_header) == (AttemptStatus.DONE, header or None)
    pages = [line for line in server.asked if line.startswith(b"GET / ")]
    assert len(pages) == 2  # the crawl, and the probe over IPv4


def test_the_way_from_http_is_asked_where_the_port_is_known(serve, observe, site):
    server = serve(leaf())
    site.replies["/"] = Reply("", 301, headers={"Location": f"https://{HOST}:{server.port}/"})
    plain = site.url("/")
    seen, _ = observe(server, seeds=(plain,), overrides={(HOST, site.port): ("127.0.0.1",)})
    assert (seen.plain_url, seen.upgrade.status) == (plain, AttemptStatus.DONE)
    assert seen.leads_to == f"https://{HOST}:{server.port}/"
    assert site.asked.count("/") == 1


def test_http_that_stays_http(serve, observe, site):
    site.replies["/"] = make_page("首页")
    seen, _ = observe(serve(leaf()), seeds=(site.url("/"),), overrides={(HOST, site.port): ("127.0.0.1",)})
    assert (seen.upgrade.status, seen.leads_to) == (AttemptStatus.DONE, site.url("/"))


def test_an_unusual_port_says_nothing_of_the_other_scheme(site, collect):
    site.replies["/"] = make_page("首页")
    seen = collect().observations.tls[0]
    unknown = Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "unknown_port")
    assert (seen.port, seen.handshake, seen.hsts, seen.versions) == (None, unknown, unknown, ())
    assert (seen.upgrade.status, seen.leads_to) == (AttemptStatus.DONE, site.url("/"))


def test_a_port_where_nobody_listens_is_asked_once(serve):
    server = serve(leaf())
    server.close()
    seen = ask(server)
    assert (seen.handshake.reason, seen.problem, seen.certificate) == (AttemptReason.REFUSED, None, None)
    assert {attempt for _, attempt in seen.versions} == {
        Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "connect")
    }


def test_what_does_not_speak_tls(site):
    """A plain server at the address of a secure one."""
    seen = ask(site)
    assert seen.handshake.reason in {AttemptReason.REFUSED, AttemptReason.RESET}
    assert (seen.problem, seen.certificate, seen.version) == (None, None, None)
    assert not [version for version, attempt in seen.versions if attempt.status is AttemptStatus.DONE]


def test_a_host_that_asked_us_to_stop_is_not_greeted(serve):
    server = serve(leaf())

    async def act():
        resolver = Resolver({(HOST, server.port): ("127.0.0.1",)}, None, frozenset({HOST}), allow_private=False)
        pace = Pace(0, 4)
        (await pace.find_lane(f"https://{HOST}:{server.port}/")).stop()
        tools = Tools(None, resolver, pace, 3.0, False)
        return await observe_tls(Place(HOST, "portal", None, {"https": server.port}), (), None, tools)

    seen = asyncio.run(act())
    assert (seen.handshake.reason, server.greeted) == (AttemptReason.ASKED_TO_STOP, 0)


def test_behind_a_proxy_nobody_is_greeted():
    tools = Tools(None, None, None, 3.0, False, is_proxied=True)
    place = Place(HOST, "portal", f"https://{HOST}/", {"https": 443})
    seen = asyncio.run(observe_tls(place, (), None, tools))
    assert seen.handshake == Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "proxy")


def test_offers_of_this_machine_are_found_without_asking_anybody():
    assert set(certificates.list_offerable()) <= set(certificates.TLS_VERSIONS)
    assert "1.3" in certificates.list_offerable()
    assert LATE > FUTURE
