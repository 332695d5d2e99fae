"""What the network says of a site beside its pages: every host over both address families, its name servers, HTTPS."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Iterable, Sequence

import dns.exception
import dns.resolver

from auditor import __version__
from auditor.collect.access import Access
from auditor.collect.endpoints import V6, Endpoint, Tools, judge_fetched, observe_place, observe_server, skip
from auditor.collect.fetch import Fetcher, is_page
from auditor.collect.nameservers import find_zone
from auditor.collect.places import OK, Place, list_places
from auditor.collect.resolve import read_address
from auditor.collect.secure import observe_tls
from auditor.model.attempts import AttemptStatus, Visit
from auditor.model.observations import (
    EndpointObservation,
    LinkObservation,
    Observations,
    TlsObservation,
    ZoneObservation,
)
from auditor.model.snapshots import Vantage
from auditor.model.targets import Target

SAMPLE = 60
SAMPLE_SEED = 20200420
MOST_HOSTS = 40

_ROUTE_TEST = ("2001:4860:4860::8888", 53)
_NEAR_CLICKS = (1, 2)
_AT_ONCE = 4


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
    stand_in = access.stand_in.origin if access.stand_in is not None else None
    return Vantage(has_ipv6_route(), browser, dns_name, f"auditor/{__version__}", stand_in)


async def probe_site(target: Target, visits: Sequence[Visit], tools: Tools) -> Observations:
    """Ask every host of the site over both families and over HTTPS, its name servers' records, and a sample of links.

    `visits` are those that were made, failed ones too: they tell ports, and where HTTP led.
    """
    places = list_places(target, visits)
    limit = asyncio.Semaphore(_AT_ONCE)
    asked = [_probe_place(place, visits, tools, limit) for place in places[: MOST_HOSTS + 1]]
    found = await asyncio.gather(*asked)
    endpoints = [one.observation for pair, _ in found for one in pair]
    endpoints.extend(_leave_out(place) for place in places[MOST_HOSTS + 1 :])
    zone = await _probe_zone(places[0], found[0][0], tools)
    taken = {one.host for one in endpoints}
    servers = [name for name in zone.servers if name not in taken]
    endpoints.extend(await asyncio.gather(*(observe_server(name, tools) for name in servers)))
    links: Sequence[LinkObservation] = ()
    if found[0][0][1].observation.request.status is AttemptStatus.DONE:
        links = await asyncio.gather(*(_try_link(visit, tools.fetcher) for visit in choose_visits(visits)))
    return Observations(tuple(endpoints), tuple(links), (zone,), tuple(tls for _, tls in found))


def choose_visits(visits: Iterable[Visit], most: int = SAMPLE) -> list[Visit]:
    """Choose live pages of the second and third level by a fixed seed; where they are few, deeper ones too."""
    live = [
        visit
        for visit in visits
        if visit.attempt.status is AttemptStatus.DONE
        and visit.status in OK
        and is_page(visit.media_type)
        and visit.clicks != 0
    ]
    ordered = sorted(live, key=lambda visit: visit.url)
    near = [visit for visit in ordered if visit.clicks in _NEAR_CLICKS]
    deep = [visit for visit in ordered if visit.clicks not in _NEAR_CLICKS]
    chooser = random.Random(SAMPLE_SEED)  # noqa: S311 - a sample, no secret
    chosen = chooser.sample(near, min(most, len(near)))
    more = chooser.sample(deep, min(most - len(chosen), len(deep)))
    return sorted((*chosen, *more), key=lambda visit: visit.url)


async def _probe_place(
    place: Place, visits: Sequence[Visit], tools: Tools, limit: asyncio.Semaphore
) -> tuple[tuple[Endpoint, Endpoint], TlsObservation]:
    async with limit:
        pair = await observe_place(place, tools)
        page = next((one.fetched for one in pair if one.fetched is not None and one.fetched.hops), None)
        return pair, await observe_tls(place, visits, page, tools)


async def _probe_zone(place: Place, pair: tuple[Endpoint, Endpoint], tools: Tools) -> ZoneObservation:
    """Ask who answers for the portal's name, unless its addresses were not taken from DNS either."""
    if tools.is_proxied:
        return ZoneObservation(place.host, skip("proxy"))
    if any(one.observation.overridden for one in pair):
        return ZoneObservation(place.host, skip("overridden"))
    if read_address(place.host) is not None or "." not in place.host:
        return ZoneObservation(place.host, skip("no_zone"))
    return await find_zone(place.host, tools.resolver)


def _leave_out(place: Place) -> EndpointObservation:
    unasked = skip("limit")
    return EndpointObservation(place.host, V6, place.role, unasked, (), False, unasked, url=place.address)


async def _try_link(visit: Visit, fetcher: Fetcher) -> LinkObservation:
    fetched = await fetcher.fetch(visit.url, family=V6)
    status = fetched.answer.status if fetched.answer is not None else None
    return LinkObservation(visit.url, V6, judge_fetched(fetched), status, visit.clicks)
