"""One address, asked for politely: redirects by hand, retries where the site asks for them, one Attempt at the end.

The network is behind the `Transport` seam; `auditor.collect.wire` is the real one.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal, Protocol
from urllib.parse import urlsplit

from auditor import __version__
from auditor.archive.coding import CodingError, decode_content
from auditor.collect.access import StandIn
from auditor.collect.pace import Lane, Pace
from auditor.collect.resolve import Family
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.snapshots import Limits
from auditor.page.scan import normalise_url

BodyWish = Literal["page", "paper", "file", "any"]
Gate = Callable[[str], Awaitable[Attempt | None]]
DONE = Attempt(AttemptStatus.DONE)
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml", ""})

_PAPERS = ("pdf", "officedocument", "opendocument", "msword", "ms-excel", "ms-powerpoint", "rtf", "wps", "ofd")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_TOO_MANY = 429
_BUSY = frozenset({_TOO_MANY, 503})
_RETRIES = 2
_LONGEST_WAIT = 60.0
_FIRST_WAIT = 1.0
_SERVER_ERROR = 500
_STOPPED = Attempt(AttemptStatus.SKIPPED, AttemptReason.ASKED_TO_STOP)


@dataclass(frozen=True)
class Request:
    """One request. `family` pins the address family; `wish` tells whether a body that is no page is wanted.

    Of a `file` no more is read than an attachment may have; a longer one counts as there, without its body. A `paper`
    is a page, or a document by its media type, which is then read like a file.

    `headers` are those of this request alone, `body` what a POST of a drawn page sends.
    """

    url: str
    family: Family | None = None
    wish: BodyWish = "page"
    method: Literal["GET", "HEAD", "POST"] = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None


@dataclass(frozen=True)
class Answer:
    """What one request brought: a done attempt wherever an HTTP response came, whatever its status.

    `stored` is the body with its content coding; `truncated` where it was not read. Header names as sent, the values of
    cookies masked. `latency` is the seconds until the head came.
    """

    attempt: Attempt
    at: datetime
    status: int | None = None
    phrase: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    stored: bytes = b""
    truncated: bool = False
    latency: float | None = None

    def header(self, name: str) -> str:
        """Return the first header of that name, or nothing."""
        return next((value for key, value in self.headers if key.lower() == name), "")

    @property
    def media_type(self) -> str:
        """Return the media type without parameters, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()


class Transport(Protocol):
    """The seam to the network: sends one request, follows nothing, raises nothing."""

    async def send(self, request: Request) -> Answer:
        """Send one request."""
        ...

    async def close(self) -> None:
        """Let go of all connections."""
        ...


@dataclass(frozen=True)
class Fetched:
    """How asking for an address ended. `hops` are all responses on the way, the last one included.

    `body` is decoded of its content coding; empty where the attempt failed or the body was not read.
    """

    url: str
    attempt: Attempt
    at: datetime
    final_url: str
    hops: tuple[tuple[str, Answer], ...] = ()
    body: bytes = b""

    @property
    def answer(self) -> Answer | None:
        """Return the last response, if any came."""
        return self.hops[-1][1] if self.hops else None


def name_agent(contact: str | None) -> str:
    """Return the user agent: true name, version, and whom to write to."""
    return f"auditor/{__version__} (+{contact})" if contact else f"auditor/{__version__}"


def is_page(media_type: str | None) -> bool:
    """Tell whether a media type is one of pages (an absent one is taken for HTML)."""
    return (media_type or "") in PAGE_TYPES


def is_paper(media_type: str | None) -> bool:
    """Tell whether a media type is one of documents, whatever the address looks like."""
    kind = media_type or ""
    return kind.startswith("application/") and any(name in kind for name in _PAPERS)


def name_host(url: str) -> str:
    """Return the host of an address, in lower case."""
    return urlsplit(url).hostname or ""


async def open_gate(_: str) -> Attempt | None:
    """Let every redirect through."""
    return None


class Fetcher:
    """Asks for addresses over a transport, at the pace of each host."""

    def __init__(
        self,
        transport: Transport,
        pace: Pace,
        limits: Limits,
        clock: Callable[[], datetime],
        *,
        heeds: bool = True,
        stand_in: StandIn | None = None,
    ) -> None:
        """Take the parts; nothing is asked yet. `heeds` is false for what is no live site: there is nobody to spare."""
        self._stand_in = stand_in
        self._transport = transport
        self._pace = pace
        self._limits = limits
        self._clock = clock
        self._heeds = heeds

    async def fetch(
        self,
        url: str,
        *,
        family: Family | None = None,
        wish: BodyWish = "page",
        gate: Gate = open_gate,
        like: Request | None = None,
    ) -> Fetched:
        """Ask for an address and follow its redirects. `gate` may refuse a redirect's target with an attempt.

        `like` is a request of a drawn page, whose method, headers and body are kept.
        """
        wanted = Request(url, family, wish) if like is None else replace(like, url=url)
        hops: list[tuple[str, Answer]] = []
        current = url
        for _ in range(self._limits.max_redirects + 1):
            answer = await self._ask(replace(wanted, url=current))
            if answer.attempt.status is not AttemptStatus.DONE:
                return Fetched(url, answer.attempt, answer.at, current, tuple(hops))
            hops.append((current, answer))
            target = self._find_target(answer, current)
            if target is None:
                return self._finish(url, current, hops)
            refusal = await gate(target)
            if refusal is not None:
                return Fetched(url, refusal, answer.at, target, tuple(hops))
            current = target
        too_many = Attempt(AttemptStatus.FAILED, AttemptReason.TOO_MANY_REDIRECTS)
        return Fetched(url, too_many, hops[-1][1].at, current, tuple(hops))

    def _finish(self, url: str, final_url: str, hops: list[tuple[str, Answer]]) -> Fetched:
        answer = hops[-1][1]
        attempt, body = judge_answer(answer, self._limits.max_decoded_bytes)
        return Fetched(url, attempt, answer.at, final_url, tuple(hops), body)

    def _find_target(self, answer: Answer, base: str) -> str | None:
        location = answer.header("location")
        target = normalise_url(location, base) if answer.status in _REDIRECTS and location else None
        return self.name_address(target) if target is not None else None

    def name_address(self, url: str) -> str:
        """Return an address under the real name, where a staging copy stands in for the site."""
        return self._stand_in.name_address(url) if self._stand_in is not None else url

    def has_stopped(self, url: str) -> bool:
        """Tell whether the host of an address has asked us to stop."""
        return self._pace.has_stopped(url)

    async def _ask(self, request: Request) -> Answer:
        """Send a request; ask again where the site says later, or where a connection broke under it."""
        lane = await self._pace.find_lane(request.url)
        turn = 0
        while True:
            async with lane:
                if lane.has_stopped:
                    return Answer(_STOPPED, self._clock())
                answer = await self._transport.send(request)
            wait = self._heed(lane, answer, turn)
            if wait is None or turn == _RETRIES:
                break
            lane.pause(wait)
            turn += 1
        if answer.status in _BUSY and self._heeds:
            lane.note_refusal()
        return answer

    def _heed(self, lane: Lane, answer: Answer, turn: int) -> float | None:
        """Tell a lane how the site answered; return after how many seconds to ask again, None for not at all."""
        if answer.attempt.reason is AttemptReason.RESET:
            return _FIRST_WAIT if turn == 0 else None
        if not self._heeds:
            return None
        if answer.status not in _BUSY:
            if answer.status is not None:
                lane.note_answer(answer.latency)
            return None
        lane.note_busy()
        stated = read_delay(answer.header("retry-after"), self._clock())
        wait = stated if stated is not None else _FIRST_WAIT * 2**turn
        if wait <= _LONGEST_WAIT:
            return wait
        if answer.status == _TOO_MANY:
            lane.stop()
        return None


def judge_answer(answer: Answer, max_decoded: int) -> tuple[Attempt, bytes]:
    """Return the attempt that a last response amounts to, and its decoded body."""
    status = answer.status or 0
    coding = answer.header("content-encoding")
    try:
        body = b"" if answer.truncated else decode_content(answer.stored, coding, max_decoded)
    except CodingError as error:
        reason = AttemptReason.TOO_LARGE if error.reason == "too_large" else AttemptReason.BAD_RESPONSE
        return Attempt(AttemptStatus.FAILED, reason, error.reason, answer.attempt.ms), b""
    if status >= _SERVER_ERROR:
        return Attempt(AttemptStatus.FAILED, AttemptReason.HTTP_ERROR, str(status), answer.attempt.ms), body
    if status in _REDIRECTS:
        return Attempt(AttemptStatus.FAILED, AttemptReason.BAD_RESPONSE, "location", answer.attempt.ms), body
    return replace(DONE, ms=answer.attempt.ms), body


def read_delay(text: str, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header (a number or a date), None where it says nothing."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
