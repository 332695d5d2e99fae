"""One host over one address family, layer by layer: its name, a connection, its page, and the page's likeness."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.collect.fetch import Fetched, Fetcher, is_page
from auditor.collect.pace import Lane, Pace
from auditor.collect.places import PORTS, Place
from auditor.collect.resolve import Family, Lookup, Resolver, read_address
from auditor.collect.wire import name_reason
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.observations import EndpointObservation
from auditor.page.scan import decode_body, judge_block, measure_likeness, text_of

V4: Family = 4
V6: Family = 6

_MOST_ADDRESSES = 3
_DONE = AttemptStatus.DONE


def skip(detail: str = "", reason: AttemptReason = AttemptReason.NOT_ASKED) -> Attempt:
    """Return the attempt of what was not asked."""
    return Attempt(AttemptStatus.SKIPPED, reason, detail)


@dataclass(frozen=True)
class Tools:
    """What probes ask with. `seconds` bounds one connection; `can_route`: this machine has a route for IPv6.

    Behind a proxy nothing is asked directly: what came back would be of this machine's own network. `authorities` are
    trusted beside the system's.
    """

    fetcher: Fetcher
    resolver: Resolver
    pace: Pace
    seconds: float
    can_route: bool
    is_proxied: bool = False
    authorities: str | None = None


STOPPED = skip(reason=AttemptReason.ASKED_TO_STOP)


@dataclass(frozen=True)
class Endpoint:
    """What was observed of one family, and the page that came, for its text and its headers."""

    observation: EndpointObservation
    fetched: Fetched | None = None


async def observe_place(place: Place, tools: Tools) -> tuple[Endpoint, Endpoint]:
    """Ask a host over both families under the same name; IPv6 is compared with IPv4."""
    fourth = await _observe(place, V4, tools, None)
    return fourth, await _observe(place, V6, tools, read_text(fourth.fetched))


async def look_up(url: str, family: Family, resolver: Resolver) -> Lookup:
    """Return the addresses of one family: overridden, literal, or from DNS.

    No address is an answer where DNS gave it, or where it is known beforehand. For an override without an address of
    the family nobody was asked, which is no answer.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or PORTS[parts.scheme]
    if resolver.is_absent(host, family):
        return Lookup(Attempt(_DONE), (), overridden=True)
    if resolver.is_overridden(host, port):
        found = await resolver.find(host, port, family)
        return found if found.addresses else Lookup(skip("overridden"), (), overridden=True)
    literal = read_address(host)
    if literal is not None:
        addresses = (str(literal),) if literal.version == family else ()
        return Lookup(Attempt(_DONE), addresses)
    if "." not in host:
        return await resolver.find(host, port, family)
    return await resolver.query(host, family)


async def observe_server(name: str, tools: Tools) -> EndpointObservation:
    """Look up whether a name server can be reached over IPv6 by name; the server itself is not asked."""
    lookup = await tools.resolver.query(name, V6)
    return EndpointObservation(name, V6, "nameserver", lookup.attempt, lookup.addresses, False, skip(), connect=skip())


def read_text(fetched: Fetched | None) -> str | None:
    """Return the visible text of an answered page, None where there is none to compare."""
    if fetched is None or fetched.attempt.status is not _DONE or fetched.answer is None:
        return None
    if not is_page(fetched.answer.media_type) or is_blocked(fetched):
        return None
    return text_of(decode_body(fetched.body, fetched.answer.header("content-type")))


def is_blocked(fetched: Fetched) -> bool:
    """Tell whether a firewall's page came instead of the site's."""
    answer = fetched.answer
    if answer is None:
        return False
    html = decode_body(fetched.body, answer.header("content-type")) if is_page(answer.media_type) else ""
    return judge_block(answer.status, html)


def judge_fetched(fetched: Fetched) -> Attempt:
    """Return how asking for a page ended, a firewall's page being no answer of the site."""
    if is_blocked(fetched):
        return Attempt(AttemptStatus.FAILED, AttemptReason.BLOCKED, "", fetched.attempt.ms)
    return fetched.attempt


async def find_allowed(host: str, port: int, family: Family | None, tools: Tools) -> Lookup:
    """Return the addresses that may and can be connected to: let through by the guard, of a family with a route."""
    found = await tools.resolver.find(host, port, family)
    if found.attempt.status is not _DONE:
        return found
    can_ask = tools.can_route or found.overridden
    usable = [text for text in found.addresses if ":" not in text or can_ask or _is_loopback(text)]
    if not usable:
        return Lookup(skip(reason=AttemptReason.NO_ROUTE), (), found.overridden)
    return Lookup(found.attempt, tuple(sorted(usable, key=lambda text: ":" in text)[:_MOST_ADDRESSES]))


async def connect_to(host: str, addresses: tuple[str, ...], port: int, tools: Tools) -> Attempt:
    """Open one bare connection to the first address that takes it, and hang up."""
    attempt = skip()
    lane = await find_lane(host, port, tools)
    for address in addresses:
        async with lane:
            stopped = lane.has_stopped
            attempt = STOPPED if stopped else await _connect(address, port, tools.seconds)
        if stopped or attempt.status is _DONE:
            break
    return attempt


async def find_lane(host: str, port: int, tools: Tools) -> Lane:
    """Return the turns of a host at a port: those that its pages are asked in."""
    name = f"[{host}]" if ":" in host else host
    scheme = next((scheme for scheme, usual in PORTS.items() if usual == port), None)
    return await tools.pace.find_lane(f"{scheme}://{name}/" if scheme else f"https://{name}:{port}/")


async def _connect(address: str, port: int, seconds: float) -> Attempt:
    loop = asyncio.get_running_loop()
    started = loop.time()
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(address, port)
    except OSError as error:
        ms = round((loop.time() - started) * 1000)
        return Attempt(AttemptStatus.FAILED, name_reason(error), type(error).__name__, ms)
    writer.transport.abort()
    return Attempt(_DONE, ms=round((loop.time() - started) * 1000))


def _is_loopback(text: str) -> bool:
    address = read_address(text)
    return address is not None and address.is_loopback


async def _observe(place: Place, family: Family, tools: Tools, text_v4: str | None) -> Endpoint:
    lookup = Lookup(skip("proxy")) if tools.is_proxied else await look_up(place.address, family, tools.resolver)
    connect = await _ask_connection(place, family, lookup, tools)
    fetched: Fetched | None = None
    if connect.status is _DONE and place.url is not None:
        fetched = await tools.fetcher.fetch(place.url, family=family)
    text = read_text(fetched) if family == V6 else None
    answer = fetched.answer if fetched is not None else None
    observation = EndpointObservation(
        host=place.host,
        family=family,
        role=place.role,
        lookup=lookup.attempt,
        addresses=lookup.addresses,
        overridden=lookup.overridden,
        request=judge_fetched(fetched) if fetched is not None else _excuse_request(place, connect),
        status=answer.status if answer is not None else None,
        same_as_v4=measure_likeness(text_v4, text) if text is not None and text_v4 is not None else None,
        redirects_to=fetched.final_url if fetched is not None and fetched.final_url != place.url else None,
        url=place.address,
        connect=connect,
    )
    return Endpoint(observation, fetched)


async def _ask_connection(place: Place, family: Family, lookup: Lookup, tools: Tools) -> Attempt:
    if tools.is_proxied:
        return skip("proxy")
    if not lookup.addresses:
        return skip()
    parts = urlsplit(place.address)
    port = parts.port or PORTS[parts.scheme]
    allowed = await find_allowed(place.host, port, family, tools)
    if allowed.attempt.status is not _DONE:
        return allowed.attempt
    return await connect_to(place.host, allowed.addresses, port, tools)


def _excuse_request(place: Place, connect: Attempt) -> Attempt:
    """Return why the page was not asked for: the layer below did not come about, or the crawl was not let in there."""
    if connect.status is AttemptStatus.SKIPPED:
        return connect
    return skip("connect") if connect.status is AttemptStatus.FAILED or place.url is not None else skip("unvisited")
