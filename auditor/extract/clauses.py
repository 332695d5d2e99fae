"""How much of one text another repeats: by the clauses that they share."""

from __future__ import annotations

import re
import zlib

from auditor.words.vocabulary import squeeze_name

_SPLIT = re.compile(r"[\s，。；：、！？,;:!?()（）《》“”\"'\[\]【】]+")
_SHORTEST = 6
_MOST = 600
_SIZE = 4
_LEAST = 12


def hash_clauses(text: str) -> bytes:
    """Return the least hashes of a text's clauses, packed, at most 600 of four bytes."""
    hashes = {zlib.crc32(squeeze_name(part).encode()) for part in _SPLIT.split(text) if len(part) >= _SHORTEST}
    return b"".join(value.to_bytes(_SIZE, "big") for value in sorted(hashes)[:_MOST])


def _unpack(packed: bytes) -> list[int]:
    return [int.from_bytes(packed[start : start + _SIZE], "big") for start in range(0, len(packed), _SIZE)]


def measure_overlap(packed: bytes, other: bytes) -> float | None:
    """Return the share of the clauses of one text that stand in the other too; None where there are too few."""
    own, there = _unpack(packed), _unpack(other)
    bounds = [hashes[-1] for hashes in (own, there) if len(hashes) == _MOST]
    kept = [value for value in own if not bounds or value <= min(bounds)]
    if len(kept) < _LEAST:
        return None
    known = set(there)
    return round(sum(value in known for value in kept) / len(kept), 3)
