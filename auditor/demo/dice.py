"""Chance that is the same on every run: every choice follows from the seed and from what is chosen."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date, timedelta
from typing import TypeVar

_T = TypeVar("_T")


def roll(sides: int, *keys: object) -> int:
    """Return a number from 0 to `sides` - 1 that depends on the keys alone."""
    digest = hashlib.blake2b("\x1f".join(map(str, keys)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % sides


def pick(items: Sequence[_T], *keys: object) -> _T:
    """Return one of the items."""
    return items[roll(len(items), *keys)]


def spread_day(index: int, count: int, first: date, last: date, *keys: object) -> date:
    """Return the day of item `index` of `count` between two days; a higher index is never later."""
    span = (last - first).days
    return last - timedelta(days=(1000 * index + roll(1000, *keys, index)) * span // (1000 * count))
