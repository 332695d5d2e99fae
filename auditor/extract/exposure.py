"""Personal data laid open in a text: identity numbers, mobile numbers, bank cards; and their masked form.

Nothing here returns a number: only where it stands, and what may be shown of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from stdnum import luhn
from stdnum.cn import ric

from auditor.extract.text import MAX_TEXT, fold_text
from auditor.kinds.service import ExposureKind
from auditor.words.familywords import ExposureWords
from auditor.words.wordshape import compile_pattern

MASK = "*"
_IDENTITY = re.compile(
    r"(?<![0-9A-Za-z*])[1-9][0-9]{5}[ -]?(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])"
    r"[ -]?[0-9]{3}[0-9Xx](?![0-9A-Za-z*])"
)
_MOBILE = re.compile(r"(?<![0-9A-Za-z*.-])1[3-9][0-9](?:[0-9]{8}|[ -][0-9]{4}[ -][0-9]{4})(?![0-9A-Za-z*])")
_CARD = re.compile(
    r"(?<![0-9A-Za-z*])(?:62|4[0-9]|5[1-5]|95|60|90)[0-9]{2}(?: ?[0-9]{4}){2,3}(?: ?[0-9]{1,4})?(?![0-9A-Za-z*])"
)
_DIGITS = re.compile(r"[0-9]{4}[ -]?[0-9]{4}|[0-9]{3} [0-9]{4}")
_LONG_RUN = re.compile(r"[0-9]{11}")
_NAMED_MOBILE = re.compile(
    r"(?i)(?:mobile|phone|tel|shouji|sjh|sjhm|sjhao|lxdh|lxfs|dh)(?:no|num|number)?(?:=|/|_|-|%3d)(1[3-9][0-9]{9})(?![0-9])"
)
_NAME = re.compile(r"(?<![\u3400-\u9fff])[\u3400-\u9fff]{2,4}(?![\u3400-\u9fff])")
_CARD_LENGTHS = range(16, 20)
_KEPT = {"id_number": (2, 2), "mobile": (3, 2), "bank_card": (4, 2)}
_AROUND = 24


@dataclass(frozen=True, slots=True)
class Exposure:
    """Personal data in a text: what it is, where it stands, and what may be shown of it."""

    kind: ExposureKind
    start: int
    end: int
    masked: str


def mask_number(kind: str, number: str) -> str:
    """Return a number with all but its first and last digits as stars."""
    head, tail = _KEPT[kind]
    digits = number.replace(" ", "").replace("-", "")
    return digits[:head] + MASK * (len(digits) - head - tail) + digits[-tail:]


def _is_identity(number: str) -> bool:
    """Tell whether a number is an identity number: GB 11643, with its check digit, a known area and a real day."""
    return bool(ric.is_valid(number.replace(" ", "").replace("-", "").upper()))


def _is_card(number: str) -> bool:
    """Tell whether a number has a card's length and check digit (ISO/IEC 7812)."""
    digits = number.replace(" ", "")
    return len(digits) in _CARD_LENGTHS and bool(luhn.is_valid(digits))


def _find_numbers(text: str) -> Iterator[Exposure]:
    """Yield every number of a folded text that has the form and the check digit of personal data."""
    taken: list[tuple[int, int]] = []
    for kind, pattern, is_one in (("id_number", _IDENTITY, _is_identity), ("bank_card", _CARD, _is_card)):
        for match in pattern.finditer(text):
            if is_one(match.group()) and not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                yield Exposure(kind, *match.span(), mask_number(kind, match.group()))  # type: ignore[arg-type]
    for match in _MOBILE.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in taken):
            yield Exposure("mobile", *match.span(), mask_number("mobile", match.group()))


def mask_text(text: str) -> str:
    """Return a text in which whatever may be an identity, card or mobile number is masked, whatever stands around."""
    if _DIGITS.search(text) is None and text.isascii():
        return text
    folded = fold_text(text)
    if _DIGITS.search(folded) is None:
        return text
    pieces, last = [], 0
    for found in sorted(_find_numbers(folded), key=lambda one: one.start):
        pieces += [text[last : found.start], found.masked]
        last = found.end
    return "".join((*pieces, text[last:])) if pieces else text


def mask_address(url: str) -> str:
    """Return an address with the identity numbers in it masked, and mobile numbers that its own words name so.

    Bare numbers of eleven digits are the names of pages far more often than telephones. The same address gives the same
    result, so that facts still fit together; records in the archive are found by their own name, not by the address.
    """
    if _LONG_RUN.search(url) is None:
        return url
    pieces, last = [], 0
    found = [(match.span(), "id_number") for match in _IDENTITY.finditer(url) if _is_identity(match.group())]
    found += [(match.span(1), "mobile") for match in _NAMED_MOBILE.finditer(url)]
    for (start, end), kind in sorted(found):
        if start >= last:
            pieces += [url[last:start], mask_number(kind, url[start:end])]
            last = end
    return "".join((*pieces, url[last:]))


def _mask_value(text: str, *, addresses_only: bool) -> str:
    if text.startswith(("http://", "https://")):
        return mask_address(text)
    return text if addresses_only or text.startswith(("urn:", "<urn:")) else mask_text(text)


def mask_tree(value: Any, *, addresses_only: bool = False) -> Any:
    """Return plain data (of JSON) with every text and address masked; or addresses only."""
    if isinstance(value, str):
        return _mask_value(value, addresses_only=addresses_only)
    if isinstance(value, list | tuple):
        return type(value)(mask_tree(item, addresses_only=addresses_only) for item in value)
    if isinstance(value, dict):
        return {key: mask_tree(item, addresses_only=addresses_only) for key, item in value.items()}
    return value


# ---- what is laid open ---------------------------------------------------------------------------


def _has_any(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def _is_laid_open(found: Exposure, line: str, words: ExposureWords) -> bool:
    """Tell by the words around it whether a number is what its form says, and a private person's."""
    before = line[max(0, found.start - words.reach) : found.start]
    if found.kind == "id_number":
        return _has_any(before, words.identity) or not _has_any(before, words.other_numbers)
    if found.kind == "bank_card":
        if _has_any(line, words.public_accounts) or _has_any(before, words.other_numbers):
            return False
        return _has_any(line, words.cards) or (_has_any(line, words.accounts) and _has_any(line, words.persons))
    lead = line[max(0, found.start - _AROUND) : found.start]
    if _has_any(before, words.mobiles) and not _has_any(lead, words.offices):
        return True  # what stands behind the number does not make a labelled one an office's
    around = line[max(0, found.start - _AROUND) : found.end + _AROUND]
    if _has_any(around, words.offices):
        return False
    return _has_any(around, words.mobiles) or _has_any(around, words.persons)


def _is_named(found: Exposure, line: str, words: ExposureWords) -> bool:
    """Tell whether a mobile number stands beside a name, as in a list of persons."""
    around = line[max(0, found.start - _AROUND) : found.start]
    return found.kind == "mobile" and bool(_NAME.search(around)) and not _has_any(line, words.offices)


def find_exposures(lines: Iterable[str], words: ExposureWords) -> tuple[tuple[Exposure, str], ...]:
    """Return what lines of text lay open, each with its line masked. One line is a block, or a row of a table."""
    sure: list[tuple[Exposure, str]] = []
    named: list[tuple[Exposure, str]] = []
    for line in lines:
        text = fold_text(line[:MAX_TEXT])
        if "★" in text:
            sure += [(found, mask_text(line)) for found in _find_marks(text, words)]
        if _DIGITS.search(text) is None:
            continue
        for found in _find_numbers(text):
            if _is_laid_open(found, text, words):
                sure.append((found, mask_text(line)))
            elif _is_named(found, text, words):
                named.append((found, mask_text(line)))
    if len({found.masked for found, _ in named}) >= words.name_least:
        sure += named
    return tuple(sure)


def _find_marks(text: str, words: ExposureWords) -> Iterator[Exposure]:
    for pattern in words.secrecy:
        match = compile_pattern(pattern).search(text)
        if match is not None:
            yield Exposure("secrecy_mark", match.start(), match.end(), match.group())
