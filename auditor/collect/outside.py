"""Links that leave the site: each address is asked for once, gently, and never followed further.

HEAD first, GET where HEAD is refused; the robots.txt of its host is obeyed. What was not asked says why.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from auditor.archive.journal import SnapshotWriter
from auditor.collect.fetch import Fetched, Fetcher, Request, name_host
from auditor.collect.robots import RobotRules
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Fault, Part, Visit, find_fault
from auditor.model.observations import OutsideObservation
from auditor.page.scan import Region, decode_body, judge_block

MAX_OF_HOST = 40
_HOSTS_AT_ONCE = 8
_PATIENCE = 2
_REFUSED = 400
_NOBODY = frozenset({AttemptReason.UNKNOWN_HOST, AttemptReason.NO_ADDRESS, AttemptReason.NO_RESOLVER})
_ROBOTS_SKIP = Attempt(AttemptStatus.SKIPPED, AttemptReason.ROBOTS)


@dataclass(frozen=True, slots=True)
class OutsideLink:
    """An address outside of the site, with the page and the link that named it first."""

    url: str
    found_on: str
    text: str
    region: Region


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of asking for one address."""

    attempt: Attempt
    status: int | None
    final_url: str | None
    is_get: bool


class OutsideCheck:
    """Asks for addresses outside of the site; `list_observations` tells of all of them, asked for or not."""

    def __init__(
        self,
        fetcher: Fetcher,
        find_rules: Callable[[str], Awaitable[RobotRules]],
        writer: SnapshotWriter,
        clock: Callable[[], datetime],
    ) -> None:
        """Take the parts; nothing is asked for yet."""
        self._fetcher = fetcher
        self._find_rules = find_rules
        self._writer = writer
        self._clock = clock
        self._seen: dict[str, Seen] = {}
        self._reason = AttemptReason.PAGE_LIMIT

    async def run(self, links: Iterable[OutsideLink], limit: int, deadline: float | None) -> None:
        """Ask for the first `limit` addresses, MAX_OF_HOST of a host; `deadline` in the loop's time."""
        hosts: dict[str, list[str]] = {}
        count = 0
        for link in links:
            urls = hosts.setdefault(name_host(link.url), [])
            if count < limit and len(urls) < MAX_OF_HOST:
                urls.append(link.url)
                count += 1
        gate = asyncio.Semaphore(_HOSTS_AT_ONCE)
        try:
            async with asyncio.timeout_at(deadline), asyncio.TaskGroup() as group:
                for urls in hosts.values():
                    group.create_task(self._ask_host(urls, gate))
        except TimeoutError:
            self._reason = AttemptReason.TIME_LIMIT

    def list_observations(
        self, links: Iterable[OutsideLink], leftover: AttemptReason | None = None
    ) -> tuple[OutsideObservation, ...]:
        """Return one observation for each link; `leftover` is why what was not asked for was not."""
        skipped = Seen(Attempt(AttemptStatus.SKIPPED, leftover or self._reason), None, None, is_get=False)
        return tuple(_describe(link, self._seen.get(link.url, skipped)) for link in links)

    async def _ask_host(self, urls: list[str], gate: asyncio.Semaphore) -> None:
        """Ask for the addresses of one host, one after the other; a host that is not there is not asked again."""
        silent = 0
        async with gate:
            for place, url in enumerate(urls):
                seen = await self.ask(url)
                self._seen[url] = seen
                reason = seen.attempt.reason
                if reason in _NOBODY:
                    self._seen |= dict.fromkeys(urls[place + 1 :], seen)
                    return
                silent = silent + 1 if reason is not None and find_fault(reason) is Fault.WIRE else 0
                if silent >= _PATIENCE or reason is AttemptReason.ASKED_TO_STOP:
                    return

    async def ask(self, url: str) -> Seen:
        """Ask for one address, unless its host's robots.txt forbids it."""
        earlier = self._writer.journaled.get(url)
        if earlier is not None and (earlier.attempt.reason is None or _is_theirs(earlier.attempt.reason)):
            return Seen(earlier.attempt, earlier.status, earlier.final_url, is_get=earlier.media_type == "GET")
        refusal = await self._refuse(url)
        if refusal is not None:
            return Seen(refusal, None, None, is_get=False)
        fetched = await self._fetcher.fetch(url, gate=self._refuse, like=Request(url, method="HEAD"))
        is_get = _wants_get(fetched)
        if is_get:
            fetched = await self._fetcher.fetch(url, gate=self._refuse)
        seen = _judge(fetched, is_get=is_get)
        method = "GET" if is_get else "HEAD"
        self._writer.journal_visit(
            Visit(url, seen.attempt, self._clock(), (Part.SITE,), seen.final_url, seen.status, method)
        )
        return seen

    async def _refuse(self, url: str) -> Attempt | None:
        rules = await self._find_rules(url)
        return None if rules.allow(url) else _ROBOTS_SKIP


def _wants_get(fetched: Fetched) -> bool:
    """Tell whether HEAD was refused, or answered so that GET must decide."""
    status = fetched.answer.status if fetched.answer is not None else None
    reason = fetched.attempt.reason
    broke_off = reason in {AttemptReason.RESET, AttemptReason.BAD_RESPONSE}
    return broke_off or ((status or 0) >= _REFUSED and reason is not AttemptReason.ASKED_TO_STOP)


def _judge(fetched: Fetched, *, is_get: bool) -> Seen:
    answer, attempt = fetched.answer, fetched.attempt
    status = answer.status if answer is not None else None
    is_refusal = answer is not None and is_get and (status or 0) >= _REFUSED
    if (
        is_refusal
        and answer is not None
        and judge_block(status, decode_body(fetched.body, answer.header("content-type")))
    ):
        attempt = Attempt(AttemptStatus.FAILED, AttemptReason.BLOCKED, str(status), attempt.ms)
    return Seen(attempt, status, fetched.final_url, is_get)


def _is_theirs(reason: AttemptReason) -> bool:
    return find_fault(reason) is Fault.THEIRS


def _describe(link: OutsideLink, seen: Seen) -> OutsideObservation:
    return OutsideObservation(
        url=link.url,
        attempt=seen.attempt,
        found_on=link.found_on,
        text=link.text,
        region=link.region,
        status=seen.status,
        final_url=seen.final_url,
        method="GET" if seen.is_get else "HEAD",
    )
