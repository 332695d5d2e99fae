"""The bytes of a page as text, whatever its header and its markup claim, and how alike two texts are."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence

from bs4.dammit import EncodingDetector

from auditor.words.vocabulary import squeeze_name

MAX_LIKENESS_TEXT = 200_000
SAME_PAGE = 0.9
_SHINGLE = 4

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GBK_NAMES = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "csgb2312", "cp936", "euc-cn", "hz-gb-2312"})
_BIG5_NAMES = frozenset({"big5", "big5-hkscs", "cn-big5", "x-x-big5", "cp950"})
_UTF16_NAMES = frozenset({"utf-16", "utf16", "utf-16le", "utf-16be", "unicode", "iso-10646-ucs-2"})
_LEGACY = ("gb18030", "big5hkscs")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")
_WIDE = re.compile("[\u0800-\uffff]")
_SEGMENT = re.compile(rb"[^<>\n]+|[<>\n]+")  # none of these is part of a letter, in whichever codec
_SAMPLE = 20_000
_WEIGHT = 8
_PROBE = 4096
_MOST_ODD = 4
_HEADER_CHARSET = re.compile(r"""charset\s{0,4}=\s{0,4}["']?([a-zA-Z0-9_\-]{2,20})""", re.IGNORECASE)


def _list_common() -> frozenset[str]:
    """Return what Chinese text consists of: the first levels of GB 2312 and of Big5, punctuation, full-width forms."""
    trails = range(0xA1, 0xFF)
    simplified = bytes(byte for lead in range(0xB0, 0xD8) for trail in trails for byte in (lead, trail))
    low = (*range(0x40, 0x7F), *trails)
    traditional = bytes(byte for lead in range(0xA4, 0xC7) for trail in low for byte in (lead, trail))
    letters = simplified.decode("gb2312", "ignore") + traditional.decode("big5", "ignore")
    signs = "".join(map(chr, (*range(0x3000, 0x3018), *range(0xFF01, 0xFF5F), *range(0x2010, 0x2027), 0xA0, 0xB7)))
    return frozenset(letters + signs)


_COMMON = _list_common()


def _count_damage(text: str) -> int:
    """Count what Chinese text does not consist of: the higher, the more probably it is read in a wrong codec."""
    sample = "".join(_BEYOND_ASCII.findall(text))[:_SAMPLE]
    return text.count("\ufffd") * _WEIGHT + len(sample) - sum(map(_COMMON.__contains__, sample))


def _name_codec(name: str) -> str | None:
    lowered = name.strip().lower()
    if lowered in _GBK_NAMES:
        return "gb18030"
    if lowered in _BIG5_NAMES:
        return "big5hkscs"
    if lowered in _UTF16_NAMES:
        return "utf-16-be" if lowered.endswith("be") else "utf-16-le"
    return "utf-8" if lowered in ("utf-8", "utf8") else None


def _find_declared(body: bytes, content_type: str | None) -> list[str]:
    header = _HEADER_CHARSET.search(content_type or "")
    inside = EncodingDetector.find_declared_encoding(body[:8192], is_html=True, search_entire_document=True)
    names = [header.group(1)] if header else []
    return [codec for codec in map(_name_codec, [*names, inside or ""]) if codec is not None]


def decode_body(body: bytes, content_type: str | None) -> str:
    """Return the text of a body, whatever its header and its markup claim; damage becomes U+FFFD.

    A byte order mark decides; then what decodes as UTF-8 is UTF-8. Else that codec of the declared ones, GB18030 and
    Big5 in which the text looks most like Chinese; parts that are UTF-8 all the same are read as such.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    wide = _find_wide(body)
    if wide is not None:
        return body.decode(wide, "replace")
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        return _decode_legacy(body, _find_declared(body, content_type))
    if text.isascii() or _WIDE.search(text):
        return text
    return _pick(body, dict.fromkeys([*_find_declared(body, content_type), "utf-8"]))


def _pick(body: bytes, tries: Iterable[str]) -> str:
    return min((body.decode(codec, "replace") for codec in tries), key=_count_damage)


def _find_wide(body: bytes) -> str | None:
    """Return the form of UTF-16 that a body without a mark has: its markup has a zero in every other byte."""
    probe = body[:_PROBE]
    if b"\0" not in probe:
        return None
    first, second = probe[::2], probe[1::2]
    zeros = (first.count(0), second.count(0))
    if max(zeros) * 8 < len(first) or min(zeros) * 8 > max(zeros):
        return None
    return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"


def _decode_legacy(body: bytes, declared: Sequence[str]) -> str:
    """Decode what is not all UTF-8, with parts that are."""
    segments = _SEGMENT.findall(body)
    if not any(map(_is_utf8, segments)):
        return _pick(body, dict.fromkeys([*declared, *_LEGACY, "utf-8"]))
    other = b"".join(segment for segment in segments if not (segment.isascii() or _is_utf8(segment)))
    legacy = min(_LEGACY, key=lambda codec: _count_damage(other.decode(codec, "replace")))
    return "".join(
        segment.decode() if segment.isascii() or _is_utf8(segment) else _pick(segment, ("utf-8", legacy))
        for segment in segments
    )


def _is_utf8(segment: bytes) -> bool:
    """Tell whether a piece of text is surely UTF-8: it decodes, and to wide letters that Chinese text consists of."""
    if segment.isascii():
        return False
    try:
        text = segment.decode()
    except UnicodeDecodeError:
        return False
    wide = _WIDE.findall(text)
    return len(wide) > 1 and _count_damage(text) * _MOST_ODD <= len(wide)


def _cut_shingles(text: str) -> frozenset[str]:
    squeezed = squeeze_name(text[:MAX_LIKENESS_TEXT])
    if len(squeezed) <= _SHINGLE:
        return frozenset({squeezed})
    return frozenset(squeezed[start : start + _SHINGLE] for start in range(len(squeezed) - _SHINGLE + 1))


def measure_likeness(text_a: str, text_b: str) -> float:
    """Return how alike two visible texts are, from 0 to 1: the share of four-letter pieces that both have."""
    if text_a == text_b:
        return 1.0
    pieces_a, pieces_b = _cut_shingles(text_a), _cut_shingles(text_b)
    return len(pieces_a & pieces_b) / len(pieces_a | pieces_b)


def is_same_page(text_a: str, text_b: str) -> bool:
    """Tell whether two visible texts are those of one page, small changes (a clock, a counter) aside."""
    return measure_likeness(text_a, text_b) >= SAME_PAGE
