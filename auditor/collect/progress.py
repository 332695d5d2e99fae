"""How a collection tells what it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["robots", "crawl", "probe", "render", "seal"]


@dataclass(frozen=True)
class Progress:
    """Where a collection stands; counts are of addresses."""

    phase: Phase
    done: int
    discovered: int
    failed: int
    url: str
