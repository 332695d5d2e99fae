"""The transport over HTTP: one request, bounded in time and bytes, to addresses that the resolver let through."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from http.cookies import Morsel
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from auditor.collect.access import Access, Cookie, Headers, list_cookie_values, mask_headers
from auditor.collect.fetch import DONE, PAGE_TYPES, Answer, Request, is_paper, name_agent
from auditor.collect.resolve import Family, Lookup, Resolver, read_address
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.snapshots import Limits

_CHUNK = 1 << 16
_LINE_LIMIT = 1 << 15
_PORTS = {"http": 80, "https": 443}
_FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6, None: socket.AF_UNSPEC}
_TEXT_TYPES = PAGE_TYPES | {"text/plain", "text/xml", "application/xml"}
_HEADER_LIMIT = 128
_MAX_LEARNT = 15
_V6 = 6
_CLIENT_ERROR = 400
_PROXY_WANTS_AUTH = 407
_NO_COPY = Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "no_copy")
_NOT_BY_PROXY = Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "proxy")
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


class WireTransport:
    """Sends requests with aiohttp; one set of connections for each address family asked for, one set of cookies."""

    def __init__(self, access: Access, resolver: Resolver, limits: Limits, clock: Callable[[], datetime]) -> None:
        """Take the settings; connections are opened when needed."""
        self._access = access
        self._own_headers = access.list_headers()
        self._secrets = access.list_secrets()
        self._given = len(self._secrets)
        self._proxy = access.proxy
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
        self._jar: aiohttp.CookieJar | None = None

    async def send(self, request: Request) -> Answer:
        """Send one request; whatever happens becomes an attempt."""
        loop = asyncio.get_running_loop()
        started = loop.time()
        at = self._clock()
        place = find_place(self._access, request.url)
        refusal = await self._refuse(place, request.family)
        if refusal is not None or place is None:
            return Answer(refusal or _NO_COPY, at)
        try:
            async with asyncio.timeout(self._limits.request_seconds):
                answer = await self._exchange(replace(request, url=place), at)
        except _TooLargeError:
            return Answer(_fail(AttemptReason.TOO_LARGE, "body", loop.time() - started), at)
        except (aiohttp.ClientError, OSError, ValueError, EOFError) as error:
            reason, detail = (AttemptReason.UNREACHABLE, "proxy") if _is_of_proxy(error) else (name_reason(error), "")
            return Answer(_fail(reason, f"{detail} {_describe_error(error)}".strip(), loop.time() - started), at)
        if answer.status == _PROXY_WANTS_AUTH and self._proxy is not None:
            return Answer(_fail(AttemptReason.UNREACHABLE, f"proxy {answer.status}", loop.time() - started), at)
        return replace(answer, attempt=replace(DONE, ms=round((loop.time() - started) * 1000)))

    async def close(self) -> None:
        """Close all connections."""
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def _refuse(self, place: str | None, family: Family | None) -> Attempt | None:
        if place is None:
            return _NO_COPY
        if self._proxy is not None:
            return _NOT_BY_PROXY if family is not None else self._resolver.judge_name(urlsplit(place).hostname or "")
        lookup = await find_addresses(self._resolver, place, family)
        return None if lookup.attempt.status is AttemptStatus.DONE else lookup.attempt

    async def _exchange(self, request: Request, at: datetime) -> Answer:
        session = self._open_session(request.family)
        url = URL(request.url, encoded=True)
        is_own = self._resolver.is_own(url.host or "") and (self._access.in_clear or url.scheme == "https")
        loop = asyncio.get_running_loop()
        started = loop.time()
        async with session.request(
            request.method,
            url,
            allow_redirects=False,
            headers=_join_headers(request.headers, self._own_headers) if is_own else request.headers,
            data=request.body,
            proxy=self._proxy,
        ) as response:
            latency = loop.time() - started
            raw = [(key.decode("latin-1"), value.decode("latin-1")) for key, value in response.raw_headers]
            headers = mask_headers(raw, self._learn_secrets(raw))
            head = Answer(DONE, at, response.status, response.reason or "", headers, latency=latency)
            if not self._wants_body(request, head):
                response.close()
                return replace(head, truncated=True)
            try:
                return replace(head, stored=await self._read_body(response, is_file=_reads_file(request, head)))
            except _TooLargeError:
                if not _reads_file(request, head):
                    raise
                return replace(head, truncated=True)

    def _learn_secrets(self, headers: Headers) -> tuple[str, ...]:
        """Return what may not be stored; the cookies that the site sets during the run belong to it."""
        for value in list_cookie_values(headers):
            if value not in self._secrets:
                self._secrets = (*self._secrets[: self._given], *self._secrets[self._given :][-_MAX_LEARNT:], value)
        return self._secrets

    def _wants_body(self, request: Request, head: Answer) -> bool:
        is_error = (head.status or 0) >= _CLIENT_ERROR
        if request.method == "HEAD":
            return False
        if request.wish in {"file", "any"} or is_error or head.media_type in _TEXT_TYPES:
            return True
        return _reads_file(request, head)

    async def _read_body(self, response: aiohttp.ClientResponse, *, is_file: bool) -> bytes:
        limits = self._limits
        most = min(limits.max_attachment_bytes, limits.max_body_bytes) if is_file else limits.max_body_bytes
        if (response.content_length or 0) > most:
            response.close()
            raise _TooLargeError
        body = bytearray()
        async for piece in response.content.iter_chunked(_CHUNK):
            body += piece
            if len(body) > most:
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
                "ssl": make_trust(self._access.authorities),
            }
            self._sessions[family] = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(**options),
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=None),
                auto_decompress=False,
                trust_env=False,
                cookie_jar=self._open_jar(),
                max_line_size=_LINE_LIMIT,
                max_field_size=_LINE_LIMIT,
                max_headers=_HEADER_LIMIT,
            )
        return self._sessions[family]

    def _open_jar(self) -> aiohttp.CookieJar:
        """Make the jar of the run: what the user gave for the own hosts, then what sites set, each for its host."""
        if self._jar is None:
            # `unsafe` only means that a host that is an address keeps its cookies too
            self._jar = aiohttp.CookieJar(unsafe=True, quote_cookie=False)
            for host in sorted(self._resolver.own_hosts):
                for cookie in self._access.cookies:
                    if host == cookie.domain or (cookie.is_wide and host.endswith(f".{cookie.domain}")):
                        self._jar.update_cookies(
                            [_make_morsel(cookie, in_clear=self._access.in_clear)], _name_url(host)
                        )
        return self._jar


def _join_headers(given: Headers, own: Headers) -> Headers:
    """Return the headers of a request and the user's; where both have one, the user's counts."""
    names = {name.lower() for name, _ in own}
    return (*(pair for pair in given if pair[0].lower() not in names), *own) if given else own


def _make_morsel(cookie: Cookie, *, in_clear: bool) -> tuple[str, Morsel[str]]:
    morsel: Morsel[str] = Morsel()
    # as it is pickled: `set` refuses names that sites use, such as `version`
    morsel.__setstate__({"key": cookie.name, "value": cookie.value, "coded_value": cookie.value})  # type: ignore[attr-defined]
    morsel["path"] = cookie.path
    morsel["secure"] = cookie.is_secure or not in_clear
    return cookie.name, morsel


def _name_url(host: str) -> URL:
    return URL.build(scheme="https", host=host)


def make_trust(authorities: str | None) -> ssl.SSLContext | bool:
    """Return whom to trust: the system's authorities, and beside them those given in PEM."""
    if authorities is None:
        return True
    context = ssl.create_default_context()
    context.load_verify_locations(cadata=authorities)
    return context


def find_place(access: Access, url: str) -> str | None:
    """Return where an address is asked for: itself, or its copy; None where it has no copy."""
    return access.stand_in.find_place(url) if access.stand_in is not None else url


def read_place(url: str) -> tuple[str, int]:
    """Return host and port of an address."""
    parts = urlsplit(url)
    return (parts.hostname or "").rstrip("."), parts.port or _PORTS[parts.scheme]


async def locate_host(access: Access, resolver: Resolver, url: str) -> tuple[str, ...]:
    """Return the addresses of an address's host, as far as they are known to us: a proxy looks names up itself."""
    place = find_place(access, url)
    if place is None or access.proxy is not None:
        return ()
    return (await find_addresses(resolver, place, None)).addresses


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
    is_reset = any(isinstance(item, ConnectionResetError) for item in errors)
    otherwise = AttemptReason.RESET if is_reset else AttemptReason.UNREACHABLE
    return next((_BY_ERRNO[number] for number in numbers if number in _BY_ERRNO), otherwise)


def _describe_error(error: Exception) -> str:
    detail = getattr(error, "certificate_error", None) or getattr(error, "os_error", None) or error
    code = getattr(detail, "verify_message", "") or getattr(detail, "strerror", "") or ""
    return f"{type(error).__name__} {code}".strip()


def _is_of_proxy(error: Exception) -> bool:
    """Tell whether the proxy failed, or refused, and not the site."""
    return isinstance(error, (aiohttp.ClientHttpProxyError, aiohttp.ClientProxyConnectionError))


def _fail(reason: AttemptReason, detail: str, seconds: float) -> Attempt:
    return Attempt(AttemptStatus.FAILED, reason, detail, round(seconds * 1000))


def _reads_file(request: Request, head: Answer) -> bool:
    """Tell whether what comes is an attachment, of which only so much is read."""
    return request.wish == "file" or (request.wish == "paper" and is_paper(head.media_type))
