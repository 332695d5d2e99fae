"""How an audit tells what it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["robots", "crawl", "probe", "render", "seal", "extract", "judge", "report"]


@dataclass(frozen=True)
class Progress:
    """Where an audit stands; counts are of addresses, and zero once the collection is over."""

    phase: Phase
    done: int = 0
    discovered: int = 0
    failed: int = 0
    url: str = ""
