"""What pages drawn by script ask for: judged, bounded, asked over our own transport, and kept for the archive.

The browser has no network. A page's requests come here: documents and data of the site's own hosts, and scripts,
styles and data of public hosts that the page itself names (portals load their libraries from there), GET only. Private
addresses are refused by the resolver as everywhere, robots.txt of the site holds, redirects are followed by hand.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal
from urllib.parse import urlsplit

from auditor.archive.coding import decode_content
from auditor.archive.journal import SnapshotWriter
from auditor.collect.fetch import Fetched, Fetcher, Request, name_host
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.snapshots import Limits
from auditor.page.scan import normalise_url

MAX_REQUESTS = 150
MAX_BYTES = 30_000_000
MAX_KEPT = 40
MAX_KEPT_BYTES = 8_000_000
"""Bounds of one drawn page: its requests, their bytes, and how much of that goes into the archive."""

Want = Literal["data", "static", "picture"]

_CACHE_BYTES = 48_000_000
_CLIENT_ERROR = 400
_PASSED_ON = frozenset({"accept", "content-type", "x-requested-with", "referer", "origin", "authorization"})
_PASSED_ON_FOREIGN = frozenset({"accept", "x-requested-with"})
_KEPT_BACK = frozenset(
    {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive", "alt-svc", "link"}
    | {"strict-transport-security", "refresh", "content-disposition", "location"}
)


@dataclass(frozen=True)
class Served:
    """What the browser is given: a status, headers and a decoded body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Errand:
    """What one page asks for while it is drawn. `problem` is the first thing that its script wanted and did not get."""

    url: str
    requests: int = 0
    size: int = 0
    kept_size: int = 0
    records: list[str] = field(default_factory=list)
    problem: Attempt | None = None

    def note(self, reason: AttemptReason, detail: str) -> None:
        """Keep the first problem."""
        self.problem = self.problem or Attempt(AttemptStatus.FAILED, reason, detail)


def _name_request(url: str, request: Request) -> str:
    """Return under which name the answer to a request is known: its address, and what it sends."""
    if request.method == "GET":
        return url
    return f"{url}#{hashlib.sha256(request.body or b'').hexdigest()}"


def clean_headers(headers: Collection[tuple[str, str]]) -> dict[str, str]:
    """Return the headers that a browser may see of an answer whose body is decoded already."""
    kept = {name.lower(): value for name, value in headers}
    return {name: value for name, value in kept.items() if name not in _KEPT_BACK}


class Supply:
    """Answers the requests of drawn pages; scripts and styles are asked for once a run, data once an address."""

    def __init__(
        self,
        fetcher: Fetcher,
        writer: SnapshotWriter,
        limits: Limits,
        *,
        hosts: frozenset[str],
        refuse: Callable[[str], Awaitable[Attempt | None]],
        allows_foreign: bool,
    ) -> None:
        """Take the parts; `refuse` tells whether robots.txt of the site forbids an address."""
        self._fetcher = fetcher
        self._writer = writer
        self._limits = limits
        self._hosts = hosts
        self._refuse = refuse
        self._allows_foreign = allows_foreign
        self._cache: OrderedDict[str, Served] = OrderedDict()
        self._cached = 0
        self._records: dict[str, tuple[str, int]] = dict(writer.list_given())
        self._under_way: dict[str, asyncio.Future[Served | None]] = {}

    async def serve(self, errand: Errand, request: Request, want: Want) -> Served | None:
        """Return the answer to a request of a page, None where it gets none."""
        url = self._fetcher.name_address(normalise_url(request.url) or "")
        reason = await self._judge(errand, url, request, want)
        if reason is not None:
            if want != "picture":
                errand.note(reason, request.url[:200])
            return None
        known = self._recall(errand, _name_request(url, request))
        if known is not None:
            return known
        if request.method != "GET":
            return await self._ask(errand, replace(request, url=url), want)
        if url in self._under_way:
            served = await asyncio.shield(self._under_way[url])
            return self._recall(errand, url) or served
        task = asyncio.ensure_future(self._ask(errand, replace(request, url=url), want))
        self._under_way[url] = task
        task.add_done_callback(lambda _: self._under_way.pop(url, None))
        return await asyncio.shield(task)

    def find_answer(self, url: str) -> tuple[str, int, str] | None:
        """Return record, status and media type of data that a page was given, None where it got none of there."""
        if url not in self._records:
            return None
        record, status = self._records[url]
        headers, _ = self._writer.read_payload(record)
        return record, status, dict(headers).get("content-type", "").partition(";")[0].strip().lower()

    async def _judge(self, errand: Errand, url: str, request: Request, want: Want) -> AttemptReason | None:
        errand.requests += 1
        if errand.requests > MAX_REQUESTS or errand.size > MAX_BYTES:
            return AttemptReason.TOO_LARGE
        host = name_host(url)
        if not host:
            return AttemptReason.OUT_OF_SCOPE
        if host not in self._hosts:
            is_allowed = self._allows_foreign and request.method == "GET"
            return None if is_allowed else AttemptReason.OUT_OF_SCOPE
        refusal = await self._refuse(url) if want != "picture" else None
        return refusal.reason if refusal is not None else None

    def _recall(self, errand: Errand, url: str) -> Served | None:
        if url in self._cache:
            self._cache.move_to_end(url)
            return self._cache[url]
        found = self._records.get(url) or self._find_page(url)
        if found is None:
            return None
        record, status = found
        headers, payload = self._writer.read_payload(record)
        if record not in errand.records and url in self._records:
            errand.records.append(record)
        coding = dict(headers).get("content-encoding", "")
        body = decode_content(payload, coding, self._limits.max_decoded_bytes)
        return Served(status, clean_headers(headers), body)

    def _find_page(self, url: str) -> tuple[str, int] | None:
        """Return the record and status of a page that the crawl has fetched already."""
        visit = self._writer.journaled.get(url)
        if visit is None or visit.record is None or visit.final_url not in (None, url):
            return None
        return visit.record, visit.status or 0

    async def _ask(self, errand: Errand, request: Request, want: Want) -> Served | None:
        """Ask for an address in the turns of its host, like the crawl itself."""
        passed = _PASSED_ON if name_host(request.url) in self._hosts else _PASSED_ON_FOREIGN
        clean = replace(request, headers=tuple(pair for pair in request.headers if pair[0].lower() in passed))

        async def admit(url: str) -> Attempt | None:
            reason = (
                await self._judge(errand, url, request, want) if request.method == "GET" else AttemptReason.NOT_ASKED
            )
            return None if reason is None else Attempt(AttemptStatus.SKIPPED, reason)

        fetched = await self._fetcher.fetch(request.url, wish="any", gate=admit, like=clean)
        answer = fetched.answer
        reason = fetched.attempt.reason
        errand.size += len(fetched.body)
        if reason is not None or answer is None:
            self._blame(errand, reason or AttemptReason.BAD_RESPONSE, f"{fetched.attempt.detail} {request.url}", want)
        elif (answer.status or 0) >= _CLIENT_ERROR:
            self._blame(errand, AttemptReason.HTTP_ERROR, f"{answer.status} {request.url}", want)
        if answer is None or reason not in (None, AttemptReason.HTTP_ERROR):
            return None
        served = Served(answer.status or 0, clean_headers(answer.headers), fetched.body)
        if want == "data":
            self._keep(errand, clean, fetched)
        elif want == "static" and served.status < _CLIENT_ERROR:
            self._cache_static(request.url, served)
        return served

    def _blame(self, errand: Errand, reason: AttemptReason, detail: str, want: Want) -> None:
        if want != "picture":
            errand.note(reason, detail.strip()[:200])

    def _keep(self, errand: Errand, request: Request, fetched: Fetched) -> None:
        """Put data that fills a page into the archive, within bounds."""
        for url, answer in fetched.hops:
            errand.kept_size += len(answer.stored)
            if len(errand.records) >= MAX_KEPT or errand.kept_size > MAX_KEPT_BYTES:
                return
            line = f"{answer.status} {answer.phrase}".strip()
            record = self._writer.write_response(
                url,
                answer.at,
                line,
                answer.headers,
                answer.stored,
                truncated=answer.truncated,
                posted=request.method == "POST",
            )
            errand.records.append(record)
        if fetched.hops:
            self._records[_name_request(request.url, request)] = (errand.records[-1], fetched.hops[-1][1].status or 0)

    def _cache_static(self, url: str, served: Served) -> None:
        self._cache[url] = served
        self._cached += len(served.body)
        while self._cached > _CACHE_BYTES and len(self._cache) > 1:
            _, dropped = self._cache.popitem(last=False)
            self._cached -= len(dropped.body)


def is_web(url: str) -> bool:
    """Tell whether an address is one of the web: others (data, blob) stay within the browser."""
    return urlsplit(url).scheme in {"http", "https"}
