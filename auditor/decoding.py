"""The bytes of a page as text, whatever its header and its markup claim, and how alike two texts are."""

from __future__ import annotations

import codecs
import re

from bs4.dammit import EncodingDetector

from auditor.vocabulary import squeeze_name

MAX_LIKENESS_TEXT = 200_000
SAME_PAGE = 0.9
_SHINGLE = 4

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GBK_NAMES = frozenset({"gb2312", "gbk", "gb18030", "gb_2312-80", "x-gbk", "csgb2312", "cp936", "euc-cn", "hz-gb-2312"})
_BIG5_NAMES = frozenset({"big5", "big5-hkscs", "cn-big5", "x-x-big5", "cp950"})
_HEADER_CHARSET = re.compile(r"""charset\s{0,4}=\s{0,4}["']?([a-zA-Z0-9_\-]{2,20})""", re.IGNORECASE)


def _count_damage(text: str) -> int:
    odd = sum(1 for sign in text[:20_000] if "\ue000" <= sign <= "\uf8ff" or "\x80" <= sign < "\xa0")
    return text.count("\ufffd") * 8 + odd


def _name_codec(name: str) -> str | None:
    lowered = name.strip().lower()
    if lowered in _GBK_NAMES:
        return "gb18030"
    if lowered in _BIG5_NAMES:
        return "big5hkscs"
    return "utf-8" if lowered in ("utf-8", "utf8") else None


def _find_declared(body: bytes, content_type: str | None) -> list[str]:
    header = _HEADER_CHARSET.search(content_type or "")
    inside = EncodingDetector.find_declared_encoding(body[:8192], is_html=True, search_entire_document=True)
    names = [header.group(1)] if header else []
    return [codec for codec in map(_name_codec, [*names, inside or ""]) if codec is not None]


def decode_body(body: bytes, content_type: str | None) -> str:
    """Return the text of a body, whatever its header and its markup claim; damage becomes U+FFFD.

    What decodes as UTF-8 is UTF-8; else the least damage among the declared codecs, GB18030 and UTF-8 decides.
    """
    for mark, codec in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(codec, "replace")
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(body, final=False)
    except UnicodeDecodeError:
        tries = dict.fromkeys([*_find_declared(body, content_type), "gb18030", "utf-8"])
    return min((body.decode(codec, "replace") for codec in tries), key=_count_damage)


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
