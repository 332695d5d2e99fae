"""What the network says: records, both families under one name, likeness, the sample of links, the vantage."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import dns.rcode
import pytest
from loopback import HOST, NOW, Reply, make_page

from auditor.collect import crawl, endpoints, network, resolve
from auditor.collect.access import Access
from auditor.collect.endpoints import look_up
from auditor.collect.network import SAMPLE, choose_visits, describe_vantage, has_ipv6_route, name_resolver
from auditor.collect.resolve import Lookup, Resolver
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Part, Visit


def build_site(site, count=5):
    site.replies["/"] = make_page("首页", *((f"/{number}.html", f"第{number}篇") for number in range(count)))
    for number in range(count):
        site.replies[f"/{number}.html"] = make_page(f"第{number}篇")


def test_both_families_alike_and_every_link_reachable(site, collect):
    build_site(site)
    seen = collect().observations
    fourth, sixth = seen.endpoints
    assert (fourth.family, fourth.addresses, fourth.overridden, fourth.status) == (4, ("127.0.0.1",), True, 200)
    assert (sixth.family, sixth.addresses, sixth.overridden, sixth.status) == (6, ("::1",), True, 200)
    assert fourth.same_as_v4 is None
    assert sixth.same_as_v4 == 1.0
    assert (sixth.host, sixth.role, sixth.redirects_to) == (HOST, "portal", None)
    assert [link.url for link in seen.links] == [site.url(f"/{number}.html") for number in range(5)]
    assert {(link.status, link.attempt.status) for link in seen.links} == {(200, AttemptStatus.DONE)}


def test_override_without_an_address_of_the_sixth_family_asked_nobody(site, collect):
    build_site(site)
    seen = collect(access=site.access("127.0.0.1")).observations
    fourth, sixth = seen.endpoints
    assert (fourth.lookup.status, fourth.url) == (AttemptStatus.DONE, site.url("/"))
    assert sixth.lookup == Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "overridden")
    assert (sixth.addresses, sixth.overridden, sixth.url) == ((), True, site.url("/"))
    assert (sixth.request.status, sixth.request.reason) == (AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED)
    assert seen.links == ()


def test_host_that_is_known_to_have_no_address_of_the_sixth_family(site, collect):
    build_site(site)
    seen = collect(access=site.access("127.0.0.1", absent=frozenset({(HOST, 6)}))).observations
    fourth, sixth = seen.endpoints
    assert (fourth.addresses, fourth.request.status) == (("127.0.0.1",), AttemptStatus.DONE)
    assert sixth.lookup == Attempt(AttemptStatus.DONE)
    assert sixth.addresses == ()
    assert (sixth.request.status, sixth.request.reason) == (AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED)
    assert seen.links == ()


def test_other_page_over_the_sixth_family(site, collect):
    build_site(site)
    right, wrong = site.replies["/"], make_page("建设中", text="本网站正在建设，请稍后访问。" * 20)
    site.replies["/"] = lambda handler: Reply(wrong if ":" in handler.client_address[0] else right)
    sixth = collect().observations.endpoints[1]
    assert sixth.status == 200
    assert sixth.same_as_v4 < 0.5


def test_error_and_block_over_the_sixth_family_only(site, collect):
    build_site(site)
    right = site.replies["/"]
    for status, expected in ((500, AttemptReason.HTTP_ERROR), (403, AttemptReason.BLOCKED)):
        reply = Reply("no", status)
        site.replies["/"] = lambda handler, reply=reply: reply if ":" in handler.client_address[0] else Reply(right)
        seen = collect(f"run{status}").observations
        sixth = seen.endpoints[1]
        assert (sixth.status, sixth.request.reason, sixth.same_as_v4) == (status, expected, None)
        assert seen.links == ()


def test_dead_link_over_the_sixth_family(site, collect):
    build_site(site)
    right = site.replies["/3.html"]
    site.replies["/3.html"] = lambda handler: Reply("x", 500) if ":" in handler.client_address[0] else Reply(right)
    links = {link.url: link for link in collect().observations.links}
    assert links[site.url("/3.html")].attempt.reason is AttemptReason.HTTP_ERROR
    assert links[site.url("/2.html")].status == 200


def test_server_that_listens_on_one_family_only(site, collect):
    build_site(site)
    site.servers[1].shutdown()
    site.servers[1].server_close()
    sixth = collect().observations.endpoints[1]
    assert (sixth.lookup.status, sixth.connect.reason) == (AttemptStatus.DONE, AttemptReason.REFUSED)
    assert sixth.request == Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "connect")
    site.servers.pop()


def look(host, family, name_server, overrides=None, absent=frozenset()):
    async def act():
        address = name_server.address
        resolver = Resolver(overrides or {}, address, frozenset(), allow_private=True, absent=absent)
        return await look_up(f"http://{host}/", family, resolver)

    return asyncio.run(act())


def test_lookup_by_a_chosen_name_server(name_server):
    name_server.records = {"both.test": ("192.0.2.1", "2001:db8::1", "192.0.2.0"), "four.test": ("192.0.2.1",)}
    name_server.codes = {"bad.test": dns.rcode.SERVFAIL}
    assert look("both.test", 4, name_server).addresses == ("192.0.2.0", "192.0.2.1")
    assert look("both.test", 6, name_server).addresses == ("2001:db8::1",)
    none = look("four.test", 6, name_server)
    assert (none.attempt.status, none.addresses) == (AttemptStatus.DONE, ())
    assert look("no.test", 6, name_server).attempt.reason is AttemptReason.UNKNOWN_HOST
    assert look("bad.test", 6, name_server).attempt.reason is AttemptReason.NO_RESOLVER


def test_lookup_of_overrides_and_literals_asks_nobody(name_server):
    overrides = {("both.test", 80): ("127.0.0.1", "::1")}
    found = look("both.test", 6, name_server, overrides)
    assert (found.addresses, found.overridden) == (("::1",), True)
    assert look("192.0.2.9", 4, name_server).addresses == ("192.0.2.9",)
    assert look("192.0.2.9", 6, name_server).addresses == ()


def test_lookup_that_is_known_beforehand_asks_nobody(name_server):
    name_server.records = {"both.test": ("192.0.2.1", "2001:db8::1")}
    absent = frozenset({("both.test", 6)})
    found = look("both.test", 6, name_server, absent=absent)
    assert (found.attempt.status, found.addresses) == (AttemptStatus.DONE, ())
    assert look("both.test", 4, name_server, absent=absent).addresses == ("192.0.2.1",)
    assert look("Both.test.", 6, name_server, {("both.test", 80): ("127.0.0.1",)}).attempt == Attempt(
        AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "overridden"
    )


def test_failed_lookup_of_a_name_without_a_dot_is_no_answer(name_server):
    name_server.records = {"intranet": ("192.0.2.1",)}
    name_server.codes = {"bad": dns.rcode.SERVFAIL}
    assert look("bad", 6, name_server).attempt.reason is AttemptReason.NO_RESOLVER
    assert look("intranet", 6, name_server).attempt.reason is AttemptReason.NO_ADDRESS
    found = look("intranet", 4, name_server)
    assert (found.attempt.status, found.addresses) == (AttemptStatus.DONE, ("192.0.2.1",))


def test_one_family_without_records_and_the_other_unanswered_is_a_failed_lookup(name_server, monkeypatch):
    late = Lookup(Attempt(AttemptStatus.FAILED, AttemptReason.TIMEOUT, "dns"))

    async def answer(_chosen, _host, kind):
        return (Attempt(AttemptStatus.DONE) if kind == "A" else late.attempt), None

    monkeypatch.setattr(resolve, "ask_dns", answer)
    resolver = Resolver({}, name_server.address, frozenset(), allow_private=True)
    assert asyncio.run(resolver.find("a.test", 80, None)) == late


def test_a_time_out_of_the_system_is_no_answer(monkeypatch):
    late = Lookup(Attempt(AttemptStatus.FAILED, AttemptReason.TIMEOUT, "dns"))

    async def answer(*_):
        return late

    monkeypatch.setattr(resolve, "_ask_system", answer)
    resolver = Resolver({}, None, frozenset(), allow_private=True)
    assert asyncio.run(look_up("http://portal/", 6, resolver)) == late


def test_name_that_leads_to_a_private_address_is_not_asked(site, collect, name_server):
    """A record of somebody else's that points inwards: the start page of the site redirects there."""
    build_site(site)
    name_server.records = {"inner.test": ("127.0.0.1",)}
    site.replies["/2.html"] = Reply("", 302, headers={"Location": site.url("/secret", "inner.test")})
    reader = collect(access=site.access(nameserver=name_server.address))
    visit = next(visit for visit in reader.visits if visit.url == site.url("/2.html"))
    assert visit.attempt.reason is AttemptReason.PRIVATE_ADDRESS
    assert "/secret" not in site.asked


def test_no_route_is_our_lack_unless_the_address_was_given(site, collect, monkeypatch, name_server):
    build_site(site)
    monkeypatch.setattr(crawl, "has_ipv6_route", lambda: False)
    name_server.records = {HOST: ("127.0.0.1", "2001:db8::1")}
    access = site.access(overrides={}, nameserver=name_server.address)
    sixth = collect("dns", access=access).observations.endpoints[1]
    assert sixth.addresses == ("2001:db8::1",)
    assert (sixth.request.status, sixth.request.reason) == (AttemptStatus.SKIPPED, AttemptReason.NO_ROUTE)
    assert collect("given").observations.endpoints[1].request.status is AttemptStatus.DONE


def make_visit(number, clicks, status=200, media="text/html"):
    return Visit(f"http://h.test/{number}", Attempt(AttemptStatus.DONE), NOW, (Part.SITE,), None, status, media, clicks)


def sample(visits):
    return [visit.url for visit in choose_visits(visits)]


def test_sample_is_seeded_near_first_and_bounded():
    visits = [make_visit(number, 1 + number % 5) for number in range(500)]
    chosen = sample(visits)
    assert chosen == sample(list(reversed(visits)))
    assert len(chosen) == len(set(chosen)) == SAMPLE
    near = {visit.url for visit in visits if visit.clicks in (1, 2)}
    assert set(chosen) <= near
    few = [
        make_visit(0, 0),
        make_visit(1, 1),
        make_visit(2, 7),
        make_visit(3, 1, 404),
        make_visit(4, 1, 200, "image/png"),
    ]
    assert sample(few) == ["http://h.test/1", "http://h.test/2"]


def test_vantage_names_what_was_used(monkeypatch):
    monkeypatch.setattr(network, "has_ipv6_route", lambda: True)
    vantage = describe_vantage(Access(nameserver="192.0.2.53"), "Chromium 1")
    assert (vantage.ipv6, vantage.dns, vantage.browser) == (True, "192.0.2.53", "Chromium 1")
    assert vantage.tool.startswith("auditor/")


def test_route_test_sends_nothing_and_answers():
    assert has_ipv6_route() in {True, False}
    assert name_resolver("192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize("reason", [AttemptReason.UNKNOWN_HOST, AttemptReason.NO_RESOLVER])
def test_failed_lookup_is_kept_in_the_observation(site, collect, monkeypatch, reason):
    build_site(site)

    async def fail(url, family, resolver):
        found = await look_up(url, family, resolver)
        return found if family == 4 else replace(found, attempt=Attempt(AttemptStatus.FAILED, reason), addresses=())

    monkeypatch.setattr(endpoints, "look_up", fail)
    sixth = collect().observations.endpoints[1]
    assert (sixth.lookup.reason, sixth.request.reason) == (reason, AttemptReason.NOT_ASKED)
