"""Pictures of the sample portal: plain charts drawn from a key, as PNG of 560 x 720 dots."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final

from auditor.demo.dice import roll

WIDTH: Final = 560
HEIGHT: Final = 720
_PALETTE: Final = (
    (246, 249, 253),
    (27, 94, 166),
    (255, 255, 255),
    (214, 228, 244),
    (232, 121, 60),
    (70, 156, 118),
    (120, 132, 148),
)
_PAPER, _BLUE, _WHITE, _PALE, _ORANGE, _GREEN, _GREY = range(len(_PALETTE))
_Stripe = tuple[int, int, int]
"""From, to, colour; later stripes cover earlier ones."""


def draw_picture(key: str) -> bytes:
    """Return a picture that looks like a chart: a head and four panels of bars. The same key, the same bytes."""
    rows: list[bytes] = []
    for top, bottom, stripes in _plan_bands(key):
        line = bytearray([_PAPER] * WIDTH)
        for start, end, colour in stripes:
            line[start:end] = bytes([colour]) * (end - start)
        rows += [b"\x00" + bytes(line)] * (bottom - top)
    return _pack_png(b"".join(rows))


def _plan_bands(key: str) -> Sequence[tuple[int, int, Sequence[_Stripe]]]:
    bands: list[tuple[int, int, Sequence[_Stripe]]] = [
        (0, 30, [(0, WIDTH, _BLUE)]),
        (30, 54, [(0, WIDTH, _BLUE), (90, 470, _WHITE)]),
        (54, 84, [(0, WIDTH, _BLUE)]),
        (84, 100, []),
    ]
    for panel in range(4):
        top = 100 + panel * 150
        accent = (_ORANGE, _GREEN, _BLUE)[roll(3, key, panel)]
        card: _Stripe = (24, WIDTH - 24, _WHITE)
        bands.append((top, top + 12, [card]))
        bands.append(
            (top + 12, top + 30, [card, (40, 52, accent), (60, 60 + 120 + roll(160, key, panel, "head"), _GREY)])
        )
        bands.append((top + 30, top + 42, [card]))
        for bar in range(4):
            start = top + 42 + bar * 22
            length = 120 + roll(320, key, panel, bar)
            bands.append((start, start + 14, [card, (40, 500, _PALE), (40, 40 + length, accent)]))
            bands.append((start + 14, start + 22, [card]))
        bands.append((top + 130, top + 150, []))
    bands.append((700, HEIGHT, [(0, WIDTH, _BLUE)]))
    return bands


def _pack_png(raw: bytes) -> bytes:
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    palette = bytes(part for colour in _PALETTE for part in colour)
    parts = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(raw, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_pack_chunk(name, data) for name, data in parts)


def _pack_chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
