"""The screenshots that a report carries: a bounded number, each of a bounded size, each only once."""

from __future__ import annotations

import re
import struct
from base64 import b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auditor.model.evidence import RecordEvidence
from auditor.model.findings import Finding
from auditor.model.outcomes import Outcome
from auditor.page.layout import Box, find_box, read_layout

MOST_PICTURES = 40
MOST_BYTES = 4_000_000
MOST_EMBEDDED = 24
MOST_EMBEDDED_BYTES = 400_000
_PNG = b"\x89PNG\r\n\x1a\n"
_HEADER = 24
_HEADING = re.compile(r"(?:^|[> ])h[1-6]\b[^> ]*$")
_AROUND = 150
_TALLEST = 240
_ORDER = (Outcome.FAILED, Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON, Outcome.PASSED, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True)
class Picture:
    """One screenshot: its place in the report, the file that holds it, its size in pixels.

    `source` is the same as a data address, for the report in one file; empty where that would make it too large.
    """

    anchor: str
    file: str
    source: str
    width: int
    height: int
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True)
class Crop:
    """The part of a picture that shows a passage: the view as SVG writes it, its size, and the box to mark."""

    view: str
    width: int
    height: int
    box: Box


def crop_picture(picture: Picture, passage: str, locator: str) -> Crop | None:
    """Return the part of a picture in which a passage stands; None where it is not found there."""
    box = find_box(picture.boxes, passage, is_heading=_HEADING.search(locator) is not None)
    if box is None or box.top >= picture.height:
        return None
    top = max(0, box.top - _AROUND)
    height = min(picture.height - top, min(box.height, _TALLEST) + 2 * _AROUND)
    return Crop(f"0 {top} {picture.width} {height}", picture.width, height, box)


def choose_pictures(findings: Iterable[Finding], screenshots: Mapping[str, bytes]) -> dict[str, Picture]:
    """Return the pictures to show, by record id: those of failures first, at most 40 of at most 4 MB each."""
    ordered = sorted(findings, key=lambda finding: _ORDER.index(finding.outcome))
    wanted = dict.fromkeys(
        item.screenshot
        for finding in ordered
        for item in finding.evidence
        if isinstance(item, RecordEvidence) and item.screenshot is not None
    )
    chosen: dict[str, Picture] = {}
    embedded = 0
    for record in wanted:
        size = measure_picture(screenshots.get(record, b""))
        if size is None:
            continue
        content = screenshots[record]
        is_embedded = embedded < MOST_EMBEDDED and len(content) <= MOST_EMBEDDED_BYTES
        embedded += is_embedded
        source = "data:image/png;base64," + b64encode(content).decode("ascii") if is_embedded else ""
        number = len(chosen) + 1
        chosen[record] = Picture(f"picture-{number}", f"pictures/{number}.png", source, *size, read_layout(content))
        if len(chosen) == MOST_PICTURES:
            break
    return chosen


def measure_picture(content: bytes) -> tuple[int, int] | None:
    """Return width and height of a PNG; None for what is none, or too large to carry."""
    if not content.startswith(_PNG) or content[12:16] != b"IHDR" or not _HEADER <= len(content) <= MOST_BYTES:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return (width, height) if 0 < width <= 20_000 and 0 < height <= 100_000 else None  # noqa: PLR2004 - sane sizes
