"""Hosts that were given up: gone, sent on, still there, or not to be asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import dns.rcode
from loopback import make_page

from auditor.collect.endpoints import Tools
from auditor.collect.outside import Seen
from auditor.collect.resolve import Resolver
from auditor.collect.retired import MOST_HOSTS, observe_retired
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus

DONE = Attempt(AttemptStatus.DONE)


def observe(name_server, *hosts, answer=None, is_proxied=False):
    asked = []

    async def ask(url):
        asked.append(url)
        return answer or Seen(DONE, 200, None, is_get=False)

    async def act():
        resolver = Resolver({}, name_server.address, frozenset(), allow_private=False)
        tools = Tools(None, resolver, None, 1.0, can_route=True, is_proxied=is_proxied)
        return await observe_retired(hosts, tools, ask)

    return asyncio.run(act()), asked


def test_only_names_that_lead_somewhere_are_asked(name_server):
    name_server.records = {"old.test": ("192.0.2.1",), "six.test": ("2001:db8::1",)}
    (gone, old, six), asked = observe(name_server, "gone.test", "old.test", "six.test")
    assert (gone.lookup.reason, gone.addresses, gone.request.reason) == (
        AttemptReason.UNKNOWN_HOST,
        (),
        AttemptReason.NOT_ASKED,
    )
    assert (old.family, old.addresses, old.status, old.redirects_to) == (4, ("192.0.2.1",), 200, None)
    assert (six.family, six.addresses, six.role) == (6, ("2001:db8::1",), "retired")
    assert asked == ["http://old.test/", "http://six.test/"]


def test_a_host_that_sends_people_on_says_where(name_server):
    name_server.records = {"old.test": ("192.0.2.1",)}
    (seen,), _ = observe(name_server, "old.test", answer=Seen(DONE, 200, "http://www.test/", is_get=False))
    assert seen.redirects_to == "http://www.test/"
    (seen,), _ = observe(name_server, "old.test", answer=Seen(DONE, 200, "http://old.test/", is_get=False))
    assert seen.redirects_to is None


def test_a_question_that_nobody_answered_stays_open(name_server):
    name_server.codes = {"bad.test": dns.rcode.SERVFAIL}
    (seen,), asked = observe(name_server, "bad.test")
    assert seen.lookup.reason is AttemptReason.NO_RESOLVER
    assert asked == []


def test_behind_a_proxy_nothing_is_asked(name_server):
    (seen,), asked = observe(name_server, "old.test", is_proxied=True)
    assert (seen.lookup.status, seen.lookup.detail, asked) == (AttemptStatus.SKIPPED, "proxy", [])


def test_the_number_of_hosts_is_bounded(name_server):
    seen, _ = observe(name_server, *(f"h{number}.test" for number in range(MOST_HOSTS + 3)))
    assert len(seen) == MOST_HOSTS


def test_a_crawl_asks_the_hosts_that_its_target_names(site, collect):
    site.replies["/"] = make_page("首页")
    refused = {("old.test", 80): ("127.0.0.1",), **site.access().overrides}
    access = site.access(overrides=refused, absent=frozenset({("gone.test", 4), ("gone.test", 6)}))
    target = replace(site.target(), retired_hosts=("old.test", "gone.test"))
    seen = {one.host: one for one in collect(access=access, target=target).observations.endpoints}
    assert (seen["gone.test"].lookup, seen["gone.test"].addresses) == (DONE, ())
    assert (seen["old.test"].addresses, seen["old.test"].overridden) == (("127.0.0.1",), True)
    assert seen["old.test"].request.reason is not None
