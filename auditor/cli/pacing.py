"""How fast a collection goes, and how long it will still take at least."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

_WINDOW = 30.0
_LEAST = 2.0


@dataclass
class Pacing:
    """Rate (addresses a second, over the last half minute) and the seconds left, at least: more may be discovered.

    `clock` counts seconds; `most` is how many addresses will be asked for at the most, None where there is no bound.
    """

    clock: Callable[[], float]
    most: int | None = None
    _marks: deque[tuple[float, int]] = field(default_factory=deque)

    def note(self, done: int) -> None:
        """Take up how many addresses are done by now."""
        now = self.clock()
        self._marks.append((now, done))
        while now - self._marks[0][0] > _WINDOW:
            self._marks.popleft()

    def measure_rate(self) -> float | None:
        """Return addresses a second; None until two seconds have passed."""
        (start, before), (end, after) = (self._marks[0], self._marks[-1]) if self._marks else ((0.0, 0), (0.0, 0))
        return (after - before) / (end - start) if end - start >= _LEAST else None

    def estimate_left(self, discovered: int) -> float | None:
        """Return the seconds left for what is known now; None where the rate is not known or nothing moves."""
        rate = self.measure_rate()
        if not rate:
            return None
        goal = discovered if self.most is None else min(discovered, self.most)
        return max(0, goal - self._marks[-1][1]) / rate
