"""What counts as an answer of DNS, what as trouble, and who answers for a name."""

from __future__ import annotations

import asyncio

import dns.rcode
import pytest
from loopback import HOST, Reply, make_page

from auditor.collect import resolve
from auditor.collect.nameservers import find_zone
from auditor.collect.resolve import Resolver
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus

FOUR = "192.0.2.1"
SIX = "2001:db8::1"


@pytest.fixture(autouse=True)
def _soon(monkeypatch):
    """Do not wait long for a server that says nothing."""
    monkeypatch.setattr(resolve, "_LIFETIME", 1.0)


def make(server):
    return Resolver({}, server.address, frozenset(), allow_private=True)


def query(server, host, family=6):
    return asyncio.run(make(server).query(host, family))


def test_no_record_and_no_name_are_told_apart(name_server):
    name_server.records = {"four.test": (FOUR,)}
    none = query(name_server, "four.test")
    assert (none.attempt.status, none.addresses) == (AttemptStatus.DONE, ())
    assert query(name_server, "no.test").attempt.reason is AttemptReason.UNKNOWN_HOST


@pytest.mark.parametrize("code", [dns.rcode.SERVFAIL, dns.rcode.REFUSED, dns.rcode.NOTIMP])
def test_a_server_that_fails_or_refuses_is_no_answer(name_server, code):
    name_server.codes = {"a.test": code}
    attempt = query(name_server, "a.test").attempt
    assert (attempt.status, attempt.reason) == (AttemptStatus.FAILED, AttemptReason.NO_RESOLVER)
    assert dns.rcode.to_text(code) in attempt.detail


def test_a_server_that_says_nothing_is_no_answer(name_server):
    name_server.silent = {"a.test"}
    assert query(name_server, "a.test").attempt.reason is AttemptReason.TIMEOUT


def test_a_lame_server_is_no_answer(name_server):
    name_server.lame = {"a.test"}
    attempt = query(name_server, "a.test").attempt
    assert (attempt.reason, attempt.detail) == (AttemptReason.NO_RESOLVER, "lame")


def test_an_answer_cut_off_is_asked_for_again_over_tcp(name_server):
    name_server.records = {"a.test": (SIX,)}
    name_server.long = {"a.test"}
    assert query(name_server, "a.test").addresses == (SIX,)
    name_server.speaks_tcp = False
    attempt = query(name_server, "a.test").attempt
    assert attempt.status is AttemptStatus.FAILED
    assert attempt.reason in {AttemptReason.NO_RESOLVER, AttemptReason.TIMEOUT}


def test_a_machine_without_a_resolver_has_no_answer(monkeypatch):
    monkeypatch.setattr(resolve, "make_resolver", lambda _: None)
    resolver = Resolver({}, None, frozenset(), allow_private=True)
    attempt = asyncio.run(resolver.query("a.test", 6)).attempt
    assert attempt == Attempt(AttemptStatus.FAILED, AttemptReason.NO_RESOLVER)


def test_nothing_is_asked_twice(name_server):
    name_server.records = {"a.test": (FOUR, SIX)}

    async def act():
        resolver = make(name_server)
        await resolver.find("a.test", 80, None)
        await resolver.find("A.test.", 443, 6)
        await resolver.query("a.test", 4)
        return await resolver.query("a.test", 6)

    assert asyncio.run(act()).addresses == (SIX,)
    assert sorted(name_server.asked) == [("a.test", "A"), ("a.test", "AAAA")]


def zone_of(server, host):
    return asyncio.run(find_zone(host, make(server)))


def test_the_zone_is_the_nearest_name_with_servers(name_server):
    name_server.records = {"www.qu.gov.test": (FOUR,)}
    name_server.servers = {"qu.gov.test": ("ns2.dns.test", "ns1.dns.test"), "gov.test": ("wrong.test",)}
    found = zone_of(name_server, "www.qu.gov.test")
    assert (found.zone, found.servers) == ("qu.gov.test", ("ns1.dns.test", "ns2.dns.test"))
    assert (found.host, found.lookup.status) == ("www.qu.gov.test", AttemptStatus.DONE)


def test_trouble_on_the_way_to_the_zone_is_said(name_server):
    name_server.records = {"www.qu.test": (FOUR,)}
    name_server.codes = {"qu.test": dns.rcode.SERVFAIL}
    found = zone_of(name_server, "www.qu.test")
    assert (found.zone, found.servers, found.lookup.reason) == (None, (), AttemptReason.NO_RESOLVER)
    assert "SERVFAIL" in found.lookup.detail


def test_the_top_level_is_not_asked(name_server):
    name_server.servers = {"test": ("root.test",)}
    found = zone_of(name_server, "a.b.test")
    assert found.lookup == Attempt(AttemptStatus.FAILED, AttemptReason.NO_ADDRESS, "NS")
    assert {name for name, _ in name_server.asked} == {"a.b.test", "b.test"}


def collect_by_dns(site, collect, name_server, **settings):
    site.replies["/"] = make_page("首页", ("/1.html", "一"))
    site.replies["/1.html"] = make_page("一")
    return collect(access=site.access(overrides={}, nameserver=name_server.address), **settings).observations


def test_name_servers_are_looked_up_once_each(site, collect, name_server):
    name_server.records = {HOST: ("127.0.0.1",), "ns1.dns.test": (FOUR, SIX), "ns2.dns.test": (FOUR,)}
    name_server.servers = {HOST: ("ns1.dns.test", "ns2.dns.test")}
    seen = collect_by_dns(site, collect, name_server)
    rows = {one.host: one for one in seen.endpoints if one.role == "nameserver"}
    assert rows["ns1.dns.test"].addresses == (SIX,)
    assert (rows["ns2.dns.test"].lookup.status, rows["ns2.dns.test"].addresses) == (AttemptStatus.DONE, ())
    assert {one.request.reason for one in rows.values()} == {AttemptReason.NOT_ASKED}
    assert seen.zones[0].zone == HOST
    assert len(name_server.asked) == len(set(name_server.asked))


def test_a_site_over_ipv6_by_dns_ends_where_the_layer_ends(site, collect, name_server):
    """The record is there; the loopback of IPv6 takes the connection although there is no route to the internet."""
    name_server.records = {HOST: ("127.0.0.1", "::1")}
    sixth = collect_by_dns(site, collect, name_server).endpoints[1]
    assert (sixth.lookup.status, sixth.addresses) == (AttemptStatus.DONE, ("::1",))
    assert (sixth.connect.status, sixth.request.status, sixth.same_as_v4) == (
        AttemptStatus.DONE,
        AttemptStatus.DONE,
        1.0,
    )


def test_sub_hosts_in_scope_are_asked_with_a_page_that_was_read(site, collect, name_server):
    other = "sub.portal.test"
    name_server.records = {HOST: ("127.0.0.1",), other: ("127.0.0.1", "::1"), "far.portal.test": ()}
    site.replies["/"] = make_page("首页", (site.url("/sub.html", other), "下级"))
    site.replies["/sub.html"] = make_page("下级")
    access = site.access(overrides={}, nameserver=name_server.address, allow_private=True)
    target = site.target()
    target = type(target)(target.id, target.name, target.seeds, (HOST, other, "far.portal.test"))
    rows = {(one.host, one.family): one for one in collect(access=access, target=target).observations.endpoints}
    assert {host for host, _ in rows} == {HOST, other, "far.portal.test"}
    sixth = rows[other, 6]
    assert (sixth.role, sixth.url, sixth.status) == ("subhost", site.url("/sub.html", other), 200)
    far = rows["far.portal.test", 6]
    assert (far.lookup.status, far.addresses, far.request.reason) == (AttemptStatus.DONE, (), AttemptReason.NOT_ASKED)


def test_another_answer_over_the_sixth_family_is_told_apart_from_none(site, collect, name_server):
    name_server.records = {HOST: ("127.0.0.1", "::1")}
    right = make_page("首页")
    site.replies["/"] = lambda handler: Reply("x", 502) if ":" in handler.client_address[0] else Reply(right)
    sixth = collect(access=site.access(overrides={}, nameserver=name_server.address)).observations.endpoints[1]
    assert (sixth.connect.status, sixth.request.reason, sixth.status) == (
        AttemptStatus.DONE,
        AttemptReason.HTTP_ERROR,
        502,
    )
