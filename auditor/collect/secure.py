"""How a host is served over HTTPS: the certificate, the versions offered, the way there from HTTP, and HSTS."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from functools import partial

from auditor.collect.certificates import (
    TLS_VERSIONS,
    Door,
    Handshake,
    make_offering,
    make_trusting,
    name_problem,
    read_certificate,
    shake_hands,
)
from auditor.collect.endpoints import STOPPED, Tools, find_allowed, find_lane, skip
from auditor.collect.fetch import Fetched, name_host
from auditor.collect.places import Place, Scheme
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Fault, Visit, find_fault
from auditor.model.observations import TlsObservation, TlsVersion

_DONE = AttemptStatus.DONE
_HEADER_LENGTH = 200
_SECURE = "https://"
_SKIPPED = AttemptStatus.SKIPPED
_STOP = skip("elsewhere")


async def observe_tls(place: Place, visits: Sequence[Visit], page: Fetched | None, tools: Tools) -> TlsObservation:
    """Ask the HTTPS port of a host. `page` is an answer that the host already gave, for what its headers say."""
    if tools.is_proxied:
        return TlsObservation(place.host, place.find_port("https"), place.role, skip("proxy"))
    port = _find_door(place, "https", tools)
    plain = place.form("http") if _find_door(place, "http", tools) is not None else None
    upgrade, leads_to = await _ask_upgrade(place, plain, visits, tools)
    if port is None:
        unknown = skip("unknown_port")
        return TlsObservation(
            place.host, None, place.role, unknown, hsts=unknown, upgrade=upgrade, plain_url=plain, leads_to=leads_to
        )
    trusted, offers = await _ask_versions(place.host, port, tools)
    made = [trusted, *(shake for _, shake in reversed(offers))]
    shown = next((one for one in made if one.chain), trusted)
    hsts, header = await _ask_hsts(place, trusted, page, tools)
    return TlsObservation(
        host=place.host,
        port=port,
        role=place.role,
        handshake=trusted.attempt,
        version=shown.version,
        problem=name_problem(trusted, shown),
        certificate=read_certificate(shown),
        versions=tuple((version, shake.attempt) for version, shake in offers),
        hsts=hsts,
        hsts_header=header,
        upgrade=upgrade,
        plain_url=plain,
        leads_to=leads_to,
    )


def _find_door(place: Place, scheme: Scheme, tools: Tools) -> int | None:
    """Return the port of a scheme; None where an override of the host leaves it out."""
    port = place.find_port(scheme)
    is_given = any(tools.resolver.is_overridden(place.host, known) for known in place.ports.values())
    return None if port is None or (is_given and not tools.resolver.is_overridden(place.host, port)) else port


async def _ask_versions(host: str, port: int, tools: Tools) -> tuple[Handshake, list[tuple[TlsVersion, Handshake]]]:
    """Make one handshake that judges the certificate, then one for each version that it did not settle."""
    allowed = await find_allowed(host, port, None, tools)
    if allowed.attempt.status is not _DONE:
        unasked = Handshake(allowed.attempt)
        return unasked, [(version, Handshake(skip("connect"))) for version in TLS_VERSIONS]
    for door in (Door(host, address, port) for address in allowed.addresses):
        trusted = await _greet(door, make_trusting(tools.authorities), tools)
        if trusted.is_connected or trusted.attempt is STOPPED:
            break
    return trusted, [(version, await _ask_version(version, trusted, door, tools)) for version in TLS_VERSIONS]


async def _ask_version(version: TlsVersion, trusted: Handshake, door: Door, tools: Tools) -> Handshake:
    if not trusted.is_connected:
        return Handshake(skip("connect"))
    if trusted.version == version:
        return trusted
    context = make_offering(version)
    if context is None:
        return Handshake(skip("openssl"))
    return await _greet(door, context, tools)


async def _greet(door: Door, context: ssl.SSLContext, tools: Tools) -> Handshake:
    lane = await find_lane(door.host, door.port, tools)
    async with lane:
        return Handshake(STOPPED) if lane.has_stopped else await shake_hands(door, context, tools.seconds)


async def _ask_hsts(place: Place, trusted: Handshake, page: Fetched | None, tools: Tools) -> tuple[Attempt, str | None]:
    """Return the HSTS header of a host, from an answer at hand if it can be; browsers heed it of valid hosts only."""
    if trusted.attempt.status is not _DONE:
        return skip("handshake"), None
    found = _find_header(page, place.host)
    if found is not None:
        return Attempt(_DONE), found or None
    url = place.form("https")
    if url is None or place.url is None:
        return skip("unvisited"), None
    fetched = await tools.fetcher.fetch(url)
    found = _find_header(fetched, place.host)
    return (fetched.attempt, None) if found is None else (Attempt(_DONE, ms=fetched.attempt.ms), found or None)


def _find_header(fetched: Fetched | None, host: str) -> str | None:
    """Return the header of the first secure answer of a host, nothing in it where that had none; None without one."""
    for url, answer in fetched.hops if fetched is not None else ():
        if url.startswith(_SECURE) and name_host(url) == host:
            return answer.header("strict-transport-security").strip()[:_HEADER_LENGTH]
    return None


async def _ask_upgrade(
    place: Place, plain: str | None, visits: Sequence[Visit], tools: Tools
) -> tuple[Attempt, str | None]:
    """Return where the plain address leads: as the crawl saw it, else asked for up to the first secure address."""
    if plain is None:
        return skip("unknown_port"), None
    seen = next((visit for visit in visits if visit.url == plain and visit.attempt.status is not _SKIPPED), None)
    if seen is not None:
        return _settle(seen.attempt, seen.final_url or seen.url)
    if place.url is None:
        return skip("unvisited"), None
    fetched = await tools.fetcher.fetch(plain, gate=partial(_stop_at_secure, place.host))
    return _settle(fetched.attempt, fetched.final_url)


def _settle(attempt: Attempt, leads_to: str) -> tuple[Attempt, str | None]:
    """Take for answered whatever the site itself said, also where what the redirect led to failed."""
    is_theirs = attempt.reason is not None and find_fault(attempt.reason) is Fault.THEIRS
    if leads_to.startswith(_SECURE):
        return Attempt(_DONE, ms=attempt.ms), leads_to
    if attempt.status is _DONE or (is_theirs and attempt.reason is AttemptReason.HTTP_ERROR):
        return Attempt(_DONE, ms=attempt.ms), leads_to
    return attempt, None


async def _stop_at_secure(host: str, url: str) -> Attempt | None:
    """Follow redirects up to the first secure address, and to no other site: `www.` is the same one."""
    is_here = name_host(url).removeprefix("www.") == host.removeprefix("www.")
    return _STOP if url.startswith(_SECURE) or not is_here else None
