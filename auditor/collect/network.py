"""What the network says of a site beside its pages: records of both families, and the same page asked over each."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

import dns.exception
import dns.resolver

from auditor import __version__
from auditor.collect.access import Access
from auditor.collect.fetch import Fetched, Fetcher, is_page
from auditor.collect.resolve import Family, Lookup, Resolver, make_resolver, query_records, read_address
from auditor.model import (
    Attempt,
    AttemptReason,
    AttemptStatus,
    EndpointObservation,
    LinkObservation,
    Observations,
    Target,
    Vantage,
    Visit,
)
from auditor.pagescan import decode_body, judge_block, measure_likeness, text_of

SAMPLE = 60
SAMPLE_SEED = 20200420

_PORTS = {"http": 80, "https": 443}
_ROUTE_TEST = ("2001:4860:4860::8888", 53)
_NO_ROUTE = Attempt(AttemptStatus.SKIPPED, AttemptReason.NO_ROUTE)
_NOT_ASKED = Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "overridden")
_NEAR_CLICKS = (1, 2)
_OK = range(200, 300)
_V4: Family = 4
_V6: Family = 6
_FAMILIES: tuple[Family, ...] = (_V4, _V6)


def has_ipv6_route() -> bool:
    """Tell whether this machine has a route to the IPv6 internet. No packet is sent: only the route is chosen."""
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
            probe.connect(_ROUTE_TEST)
            source = read_address(str(probe.getsockname()[0]))
    except OSError:
        return False
    return source is not None and source.is_global


def name_resolver(nameserver: str | None) -> str | None:
    """Return the name servers that lookups go to, None where there is none."""
    if nameserver is not None:
        return nameserver
    try:
        servers = dns.resolver.Resolver().nameservers
    except (dns.exception.DNSException, OSError):
        return None
    return ", ".join(str(server) for server in servers) or None


def describe_vantage(access: Access, browser: str | None) -> Vantage:
    """Return what this machine can see."""
    dns_name = name_resolver(access.nameserver) or "none"
    return Vantage(ipv6=has_ipv6_route(), browser=browser, dns=dns_name, tool=f"auditor/{__version__}")


async def probe_site(
    target: Target, visits: Sequence[Visit], fetcher: Fetcher, resolver: Resolver, nameserver: str | None
) -> Observations:
    """Ask for the start page over both families under the same name, and for a sample of links over IPv6."""
    home = target.seeds[0]
    can_route = has_ipv6_route()
    lookups = {family: await look_up(home, family, resolver, nameserver) for family in _FAMILIES}
    answers: dict[Family, Fetched | None] = {}
    for family, lookup in lookups.items():
        may_ask = family == _V4 or can_route or lookup.overridden
        answers[family] = await fetcher.fetch(home, family=family) if lookup.addresses and may_ask else None
    text = _read_text(answers[_V4])
    endpoints = tuple(_observe(home, family, lookups[family], answers[family], text) for family in _FAMILIES)
    sixth = lookups[_V6]
    if not sixth.addresses or endpoints[1].request.status is not AttemptStatus.DONE:
        return Observations(endpoints)
    tried = await asyncio.gather(*(_try_link(url, fetcher) for url in sample_links(visits)))
    return Observations(endpoints, tuple(tried))


async def look_up(url: str, family: Family, resolver: Resolver, nameserver: str | None) -> Lookup:
    """Return the addresses of one family: overridden, literal, or from DNS.

    No address is an answer where DNS gave it, or where it is known beforehand. For an override without an address of
    the family nobody was asked, which is no answer.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    if resolver.is_absent(host, family):
        return Lookup(Attempt(AttemptStatus.DONE), (), overridden=True)
    if resolver.is_overridden(host, port):
        found = await resolver.find(host, port, family)
        return found if found.addresses else Lookup(_NOT_ASKED, (), overridden=True)
    literal = read_address(host)
    if literal is not None:
        addresses = (str(literal),) if literal.version == family else ()
        return Lookup(Attempt(AttemptStatus.DONE), addresses)
    if "." not in host:
        return await resolver.find(host, port, family)
    return await query_records(make_resolver(nameserver), host, family)


def sample_links(visits: Sequence[Visit]) -> list[str]:
    """Choose live pages of the second and third level by a fixed seed; where they are few, deeper ones too."""
    live = [visit for visit in visits if visit.status in _OK and is_page(visit.media_type) and visit.clicks != 0]
    near = sorted(visit.url for visit in live if visit.clicks in _NEAR_CLICKS)
    deep = sorted(visit.url for visit in live if visit.clicks not in _NEAR_CLICKS)
    chooser = random.Random(SAMPLE_SEED)  # noqa: S311 - a sample, no secret
    chosen = chooser.sample(near, min(SAMPLE, len(near)))
    return sorted((*chosen, *chooser.sample(deep, min(SAMPLE - len(chosen), len(deep)))))


def _observe(
    home: str, family: Family, lookup: Lookup, fetched: Fetched | None, text_v4: str | None
) -> EndpointObservation:
    text = _read_text(fetched) if family == _V6 else None
    is_blocked = fetched is not None and _is_blocked(fetched)
    return EndpointObservation(
        host=urlsplit(home).hostname or "",
        family=family,
        role="portal",
        lookup=lookup.attempt,
        addresses=lookup.addresses,
        overridden=lookup.overridden,
        request=_judge(lookup, fetched, is_blocked=is_blocked),
        status=fetched.answer.status if fetched is not None and fetched.answer is not None else None,
        same_as_v4=measure_likeness(text_v4, text) if text is not None and text_v4 is not None else None,
        redirects_to=fetched.final_url if fetched is not None and fetched.final_url != home else None,
        url=home,
    )


def _judge(lookup: Lookup, fetched: Fetched | None, *, is_blocked: bool) -> Attempt:
    if fetched is None:
        has_address = bool(lookup.addresses)
        return _NO_ROUTE if has_address else Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED)
    if is_blocked:
        return Attempt(AttemptStatus.FAILED, AttemptReason.BLOCKED, "", fetched.attempt.ms)
    return fetched.attempt


def _is_blocked(fetched: Fetched) -> bool:
    answer = fetched.answer
    if answer is None:
        return False
    html = decode_body(fetched.body, answer.header("content-type")) if is_page(answer.media_type) else ""
    return judge_block(answer.status, html)


def _read_text(fetched: Fetched | None) -> str | None:
    """Return the visible text of an answered page, None where there is none to compare."""
    if fetched is None or fetched.attempt.status is not AttemptStatus.DONE or fetched.answer is None:
        return None
    if not is_page(fetched.answer.media_type) or _is_blocked(fetched):
        return None
    return text_of(decode_body(fetched.body, fetched.answer.header("content-type")))


async def _try_link(url: str, fetcher: Fetcher) -> LinkObservation:
    fetched = await fetcher.fetch(url, family=_V6)
    attempt = fetched.attempt
    if _is_blocked(fetched):
        attempt = Attempt(AttemptStatus.FAILED, AttemptReason.BLOCKED, "", attempt.ms)
    return LinkObservation(url, _V6, attempt, fetched.answer.status if fetched.answer is not None else None)
