"""Politeness: how many requests at once a host gets, how far apart, and when it has asked us to stop.

A lane is what one machine gets, whatever it is called: names that share an address share a lane, and a name of several
addresses has one. A lane grows narrow and slow where the site says so (429, 503, Retry-After) or where its answers take
much longer than in its own calm; it recovers slowly.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType

Locate = Callable[[str], Awaitable[Sequence[str]]]

LONGEST_INTERVAL = 10.0
LONGEST_STRAIN = 2.0
REFUSALS = 3
WARM_UP = 8
RECOVERY = 20

_SHORTEST_STEP = 0.25
_WEIGHT = 0.25
_STRAIN = 2.0
_CALM = 1.3
_NOISE = 0.1
_CREEP = 0.02
_EASE = 0.7


class Latency:
    """The moving latency of a host, held against its own calm; in seconds to the head of an answer.

    What stays high although the host is asked as little as can be is the host's own pace, not strain: calm creeps up.
    """

    def __init__(self) -> None:
        """Start without knowing anything."""
        self._seen = 0
        self._moving = 0.0
        self._calm = 0.0

    def add(self, seconds: float, *, is_slowest: bool) -> None:
        """Take one answer's latency in."""
        self._seen += 1
        self._moving += (seconds - self._moving) * max(_WEIGHT, 1 / self._seen)
        if self._seen <= WARM_UP or self._moving < self._calm:
            self._calm = self._moving
        elif is_slowest:
            self._calm += (self._moving - self._calm) * _CREEP

    @property
    def is_strained(self) -> bool:
        """Tell whether answers take at least twice as long as in calm, beyond what is noise."""
        return self._seen > WARM_UP and self._moving >= _STRAIN * max(self._calm, _NOISE)

    @property
    def is_calm(self) -> bool:
        """Tell whether answers take about as long as in calm."""
        return self._moving <= _CALM * max(self._calm, _NOISE)


class Lane:
    """The turns of one machine: `async with lane:` holds one. `width` is how many may be held at once."""

    def __init__(self, interval: float, concurrency: int) -> None:
        """Take the bounds: seconds between requests, requests at once."""
        self.width = self._most = concurrency
        self.interval = self._least = interval
        self._adapts = interval > 0
        self._next_at = 0.0
        self._active = 0
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._lock = asyncio.Lock()
        self._latency = Latency()
        self._since = 0
        self._refusals = 0
        self.has_stopped = False

    async def __aenter__(self) -> None:
        """Wait for a turn."""
        if self._active >= self.width or self._waiters:
            await self._queue()
        else:
            self._active += 1
        try:
            await self._space()
        except BaseException:
            self._leave()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give the turn back."""
        self._leave()

    def slow_down(self, interval: float) -> None:
        """Keep requests at least `interval` seconds apart from now on."""
        self._least = max(self._least, interval)
        self.interval = max(self.interval, interval)

    def pause(self, seconds: float) -> None:
        """Ask nothing for some seconds."""
        self._next_at = max(self._next_at, asyncio.get_running_loop().time() + seconds)

    def note_answer(self, seconds: float | None) -> None:
        """Take in that the site answered as it should, after some seconds where that is known."""
        self._refusals = 0
        self._since += 1
        if seconds is not None and self._adapts:
            self._latency.add(seconds, is_slowest=self._is_slowest())
            if self._latency.is_strained:
                if self._since >= WARM_UP:
                    self._narrow(max(LONGEST_STRAIN, self._least))
                return
        if self._since >= RECOVERY and (not self._adapts or self._latency.is_calm):
            self._widen()

    def note_busy(self) -> None:
        """Take in that the site said that it is too much: fewer at once, further apart."""
        self._narrow(max(LONGEST_INTERVAL, self._least))

    def note_refusal(self) -> None:
        """Take in that a request got no other answer after waiting; several in a row mean that we are to stop."""
        self._refusals += 1
        if self._refusals >= REFUSALS:
            self.stop()

    def stop(self) -> None:
        """Ask nothing any more: the site does not want it."""
        self.has_stopped = True

    def join(self, other: Lane) -> None:
        """Take over what another lane has learned: the more careful of both holds."""
        self.slow_down(other._least)
        self.interval = max(self.interval, other.interval)
        self.width = min(self.width, other.width)
        self._next_at = max(self._next_at, other._next_at)
        self.has_stopped = self.has_stopped or other.has_stopped

    def _is_slowest(self) -> bool:
        return self.width == 1 and self.interval >= max(LONGEST_STRAIN, self._least)

    def _narrow(self, longest: float) -> None:
        self._since = 0
        self.width = max(1, self.width // 2)
        self.interval = max(self.interval, min(longest, max(self.interval * 2, _SHORTEST_STEP)))

    def _widen(self) -> None:
        self._since = 0
        self.width = min(self._most, self.width + 1)
        eased = self.interval * _EASE
        self.interval = eased if eased > max(self._least, _SHORTEST_STEP / 2) else self._least
        self._admit()

    async def _queue(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._leave()
            elif waiter in self._waiters:
                self._waiters.remove(waiter)
            raise

    async def _space(self) -> None:
        """Wait until the last request is long enough ago; without an interval and a pause this costs nothing."""
        if not self.interval and not self._next_at:
            return
        loop = asyncio.get_running_loop()
        async with self._lock:
            wait = self._next_at - loop.time()
            while wait > 0:  # what was asked for while we slept counts too
                await asyncio.sleep(wait)
                wait = self._next_at - loop.time()
            self._next_at = max(self._next_at, loop.time()) + self.interval if self.interval else 0.0

    def _leave(self) -> None:
        self._active -= 1
        self._admit()

    def _admit(self) -> None:
        while self._waiters and self._active < self.width:
            waiter = self._waiters.popleft()
            if not waiter.done():
                self._active += 1
                waiter.set_result(None)


class Pace:
    """Gives out lanes. `rate` is requests a second (0: no pacing), `concurrency` requests at once.

    `locate` returns the addresses of an URL's host; without it every host has a lane of its own.
    """

    def __init__(self, rate: float, concurrency: int, locate: Locate | None = None) -> None:
        """Take the bounds that hold for every lane."""
        self._interval = 1.0 / rate if rate > 0 else 0.0
        self._concurrency = concurrency
        self._locate = locate
        self._lanes: dict[str, Lane] = {}
        self._at: dict[str, Lane] = {}
        self._stated: dict[str, float] = {}

    async def find_lane(self, url: str) -> Lane:
        """Return the lane of an URL's host; its addresses are looked up once."""
        place = _name_place(url)
        lane = self._lanes.get(place)
        if lane is not None:
            return lane
        addresses = await self._locate(url) if self._locate is not None else ()
        return self._lanes.get(place) or self._add_lane(place, addresses)

    def slow_down(self, url: str, interval: float) -> None:
        """Keep requests to an URL's host at least `interval` seconds apart from now on."""
        place = _name_place(url)
        self._stated[place] = max(self._stated.get(place, 0.0), interval)
        if place in self._lanes:
            self._lanes[place].slow_down(interval)

    def has_stopped(self, url: str) -> bool:
        """Tell whether an URL's host has asked us to stop."""
        lane = self._lanes.get(_name_place(url))
        return lane is not None and lane.has_stopped

    def _add_lane(self, place: str, addresses: Sequence[str]) -> Lane:
        known = list(dict.fromkeys(self._at[item] for item in addresses if item in self._at))
        lane = known[0] if known else Lane(self._interval, self._concurrency)
        for other in known[1:]:
            lane.join(other)
            self._lanes = {key: lane if value is other else value for key, value in self._lanes.items()}
            self._at = {key: lane if value is other else value for key, value in self._at.items()}
        self._at.update(dict.fromkeys(addresses, lane))
        self._lanes[place] = lane
        if place in self._stated:
            lane.slow_down(self._stated[place])
        return lane


def _name_place(url: str) -> str:
    pieces = url.split("/", 3)  # addresses are normalised: scheme://host:port/...
    return pieces[2] if len(pieces) > 2 else url  # noqa: PLR2004 - the piece behind the two slashes
