"""Where the words of a page stand in its picture: kept inside the picture (PNG) itself, so that both stay together."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_BOXES = 1_500
MOST_WORDS = 60
MOST_BYTES = 2_000_000
_PNG = b"\x89PNG\r\n\x1a\n"
_HEAD_END = 33
_KEYWORD = b"auditor-layout\x00\x00"
_KIND = b"zTXt"
_FIELDS = 5
_FARTHEST = 100_000
_LEAST = 2


@dataclass(frozen=True)
class Box:
    """Words without blanks, and where they stand: left, top, width and height in pixels of the picture."""

    words: str
    left: int
    top: int
    width: int
    height: int


def check_boxes(stated: object) -> tuple[Box, ...]:
    """Return what a page states of its layout, as far as it has the form of boxes; the rest is dropped."""
    if not isinstance(stated, list):
        return ()
    return tuple(_check(stated[:MOST_BOXES]))


def _check(stated: Sequence[object]) -> Iterator[Box]:
    for row in stated:
        if not isinstance(row, list) or len(row) != _FIELDS or not isinstance(row[0], str):
            continue
        numbers = [value for value in row[1:] if isinstance(value, int) and not isinstance(value, bool)]
        if len(numbers) == _FIELDS - 1 and all(0 <= value <= _FARTHEST for value in numbers):
            yield Box("".join(row[0].split())[:MOST_WORDS], *numbers)


def embed_layout(picture: bytes, boxes: Sequence[Box]) -> bytes:
    """Return a PNG that holds boxes as a compressed text of its own; what is no PNG stays as it is."""
    if not picture.startswith(_PNG) or len(picture) < _HEAD_END:
        return picture
    rows = [[box.words, box.left, box.top, box.width, box.height] for box in boxes]
    body = _KEYWORD + zlib.compress(json.dumps(rows, ensure_ascii=True, separators=(",", ":")).encode("ascii"), 9)
    chunk = struct.pack(">I", len(body)) + _KIND + body + struct.pack(">I", zlib.crc32(_KIND + body))
    return picture[:_HEAD_END] + chunk + picture[_HEAD_END:]


def read_layout(picture: bytes) -> tuple[Box, ...]:
    """Return the boxes that a PNG holds; none where it holds none that can be read."""
    if picture[_HEAD_END + 4 : _HEAD_END + 8] != _KIND:
        return ()
    (length,) = struct.unpack(">I", picture[_HEAD_END : _HEAD_END + 4])
    body = picture[_HEAD_END + 8 : _HEAD_END + 8 + length]
    if not body.startswith(_KEYWORD):
        return ()
    try:
        text = zlib.decompressobj().decompress(body[len(_KEYWORD) :], MOST_BYTES)
        return check_boxes(json.loads(text))
    except (zlib.error, ValueError, RecursionError):
        return ()


def find_box(boxes: Sequence[Box], passage: str, *, is_heading: bool = False) -> Box | None:
    """Return where a passage begins: the box with its very words, else one that holds or begins it.

    Of several boxes with the very words the first is meant; of a heading the tallest, since menus repeat its words.
    """
    sought = "".join(passage.split())[:MOST_WORDS]
    if len(sought) < _LEAST:
        return None
    same = [box for box in boxes if box.words == sought]
    exact = max(same, key=lambda box: box.height) if same and is_heading else next(iter(same), None)
    holding = next((box for box in boxes if sought in box.words), None)
    parts = [box for box in boxes if len(box.words) >= _LEAST and sought.startswith(box.words)]
    return exact or holding or max(parts, key=lambda box: len(box.words), default=None)
