"""The transport over HTTP: one request, bounded in time and bytes, to addresses that the resolver let through."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from auditor.collect.fetch import DONE, PAGE_TYPES, Access, Answer, Request, name_agent
from auditor.collect.resolve import Family, Lookup, Resolver, read_address
from auditor.model import Attempt, AttemptReason, AttemptStatus, Limits

_CHUNK = 1 << 16
_LINE_LIMIT = 1 << 15
_PORTS = {"http": 80, "https": 443}
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6, None: socket.AF_UNSPEC}
_TEXT_TYPES = PAGE_TYPES | {"text/plain", "text/xml", "application/xml"}
_CLIENT_ERROR = 400
_BY_ERRNO = {
    errno.ECONNREFUSED: AttemptReason.REFUSED,
    errno.ECONNRESET: AttemptReason.RESET,
    errno.EPIPE: AttemptReason.RESET,
    errno.ECONNABORTED: AttemptReason.RESET,
    errno.ENETUNREACH: AttemptReason.NO_ROUTE,
    errno.EADDRNOTAVAIL: AttemptReason.NO_ROUTE,
    errno.EAFNOSUPPORT: AttemptReason.NO_ROUTE,
    errno.EHOSTUNREACH: AttemptReason.UNREACHABLE,
    errno.ETIMEDOUT: AttemptReason.TIMEOUT,
}


class _TooLargeError(Exception):
    """A body beyond the limit."""


class _CheckedResolver(AbstractResolver):
    """Gives aiohttp the addresses that our resolver let through, and no others."""

    def __init__(self, resolver: Resolver, family: Family | None) -> None:
        self._resolver = resolver
        self._family = family

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the checked addresses; the family is the one that was pinned."""
        del family
        lookup = await self._resolver.find(host, port, self._family)
        if lookup.attempt.status is not AttemptStatus.DONE:
            raise OSError(errno.EADDRNOTAVAIL, str(lookup.attempt.reason))
        return [_describe_address(host, port, address) for address in lookup.addresses]

    async def close(self) -> None:
        """Nothing to let go of."""


def _describe_address(host: str, port: int, address: str) -> ResolveResult:
    literal = read_address(address)
    family = socket.AF_INET6 if literal is not None and literal.version == _V6 else socket.AF_INET
    flags = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
    return ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=flags)


_V6 = 6


class WireTransport:
    """Sends requests with aiohttp; one set of connections for each address family asked for."""

    def __init__(self, access: Access, resolver: Resolver, limits: Limits, clock: Callable[[], datetime]) -> None:
        """Take the settings; connections are opened when needed."""
        self._own_headers = dict(access.headers)
        self._resolver = resolver
        self._limits = limits
        self._clock = clock
        self._headers = {
            "User-Agent": name_agent(access.contact),
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        }
        self._sessions: dict[Family | None, aiohttp.ClientSession] = {}

    async def send(self, request: Request) -> Answer:
        """Send one request; whatever happens becomes an attempt."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        at = self._clock()
        refusal = await self._check_address(request)
        if refusal is not None:
            return Answer(refusal, at)
        try:
            async with asyncio.timeout(self._limits.request_seconds):
                answer = await self._exchange(request, at)
        except _TooLargeError:
            return Answer(_fail(AttemptReason.TOO_LARGE, "body", loop.time() - started), at)
        except (aiohttp.ClientError, OSError, ValueError, EOFError) as error:
            reason = name_reason(error)
            return Answer(_fail(reason, _describe_error(error), loop.time() - started), at)
        attempt = Attempt(DONE.status, ms=round((loop.time() - started) * 1000))
        return Answer(attempt, at, answer.status, answer.phrase, answer.headers, answer.stored, answer.truncated)

    async def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def _check_address(self, request: Request) -> Attempt | None:
        lookup = await find_addresses(self._resolver, request.url, request.family)
        return None if lookup.attempt.status is AttemptStatus.DONE else lookup.attempt

    async def _exchange(self, request: Request, at: datetime) -> Answer:
        session = self._open_session(request.family)
        url = URL(request.url, encoded=True)
        own = self._own_headers if self._resolver.is_own(url.host or "") else {}
        headers_sent = {**dict(request.headers), **own}
        async with session.request(
            request.method, url, allow_redirects=False, headers=headers_sent, data=request.body
        ) as response:
            headers = tuple((key.decode("latin-1"), value.decode("latin-1")) for key, value in response.raw_headers)
            head = Answer(DONE, at, response.status, response.reason or "", headers)
            if not self._wants_body(request, head):
                response.close()
                return Answer(DONE, at, head.status, head.phrase, headers, b"", truncated=True)
            body = await self._read_body(response)
        return Answer(DONE, at, head.status, head.phrase, headers, body)

    def _wants_body(self, request: Request, head: Answer) -> bool:
        is_error = (head.status or 0) >= _CLIENT_ERROR
        return request.wish == "any" or is_error or head.media_type in _TEXT_TYPES

    async def _read_body(self, response: aiohttp.ClientResponse) -> bytes:
        body = bytearray()
        async for piece in response.content.iter_chunked(_CHUNK):
            body += piece
            if len(body) > self._limits.max_body_bytes:
                response.close()
                raise _TooLargeError
        return bytes(body)

    def _open_session(self, family: Family | None) -> aiohttp.ClientSession:
        if family not in self._sessions:
            options: dict[str, Any] = {
                "resolver": _CheckedResolver(self._resolver, family),
                "family": _FAMILIES[family],
                "use_dns_cache": False,
                "limit": 0,
            }
            self._sessions[family] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(**options),
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                trust_env=False,
                cookie_jar=aiohttp.CookieJar(),
                max_line_size=_LINE_LIMIT,
                max_field_size=_LINE_LIMIT,
            )
        return self._sessions[family]


async def find_addresses(resolver: Resolver, url: str, family: Family | None) -> Lookup:
    """Look up the host of an address. Nothing is asked of a host that may not be asked."""
    parts = urlsplit(url)
    try:
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        return Lookup(_fail(AttemptReason.BAD_RESPONSE, "port", 0))
    return await resolver.find(parts.hostname or "", port, family)


def name_reason(error: Exception) -> AttemptReason:
    """Return the reason that an error of the network amounts to."""
    if isinstance(error, TimeoutError):
        return AttemptReason.TIMEOUT
    if isinstance(error, (ssl.SSLError, aiohttp.ClientSSLError)):
        return AttemptReason.CERTIFICATE
    if isinstance(error, (aiohttp.ClientResponseError, aiohttp.InvalidURL, ValueError)):
        return AttemptReason.BAD_RESPONSE
    if isinstance(error, aiohttp.ClientPayloadError):
        return AttemptReason.RESET if "reset" in str(error).lower() else AttemptReason.BAD_RESPONSE
    if isinstance(error, (aiohttp.ServerDisconnectedError, ConnectionResetError, EOFError)):
        return AttemptReason.RESET
    number = getattr(error, "errno", None)
    return _BY_ERRNO.get(number, AttemptReason.UNREACHABLE) if number is not None else _name_group(error)


def _name_group(error: Exception) -> AttemptReason:
    """Several addresses failed, each in its own way: the first that has a number counts."""
    inner = getattr(error, "os_error", error.__cause__)
    errors = getattr(inner, "exceptions", None) or [inner]
    numbers = [getattr(item, "errno", None) for item in errors]
    return next((_BY_ERRNO[number] for number in numbers if number in _BY_ERRNO), AttemptReason.UNREACHABLE)


def _describe_error(error: Exception) -> str:
    detail = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    code = getattr(detail, "verify_message", "") or getattr(detail, "strerror", "") or ""
    return f"{type(error).__name__} {code}".strip()


def _fail(reason: AttemptReason, detail: str, seconds: float) -> Attempt:
    return Attempt(AttemptStatus.FAILED, reason, detail, round(seconds * 1000))
