"""Politeness: how many requests at once a host gets, and how far apart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class _Lane:
    gate: asyncio.Semaphore
    interval: float
    next_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Pace:
    """Gives out turns, a lane a host. `rate` is requests a second, `concurrency` requests at once."""

    def __init__(self, rate: float, concurrency: int) -> None:
        """Take the bounds that hold for every host."""
        self._interval = 1.0 / rate if rate > 0 else 0.0
        self._concurrency = concurrency
        self._lanes: dict[str, _Lane] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn at a host, and hold it while the block runs."""
        lane = self._find_lane(host)
        async with lane.gate:
            async with lane.lock:
                loop = asyncio.get_running_loop()
                pause = lane.next_at - loop.time()
                if pause > 0:
                    await asyncio.sleep(pause)
                lane.next_at = max(lane.next_at, loop.time()) + lane.interval
            yield

    def slow_down(self, host: str, interval: float) -> None:
        """Keep requests to a host at least `interval` seconds apart from now on."""
        lane = self._find_lane(host)
        lane.interval = max(lane.interval, interval)

    def pause(self, host: str, seconds: float) -> None:
        """Ask nothing of a host for some seconds."""
        lane = self._find_lane(host)
        lane.next_at = max(lane.next_at, asyncio.get_running_loop().time() + seconds)

    def _find_lane(self, host: str) -> _Lane:
        if host not in self._lanes:
            self._lanes[host] = _Lane(asyncio.Semaphore(self._concurrency), self._interval)
        return self._lanes[host]
