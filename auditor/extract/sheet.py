"""A page as the families of facts see it: what it was found to be, its labelled values, its tables, its dates."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from auditor.extract.documents import DocumentParts
from auditor.extract.grids import Grid, read_grids
from auditor.extract.reading import Reading
from auditor.extract.text import (
    complete_date,
    find_dates,
    find_month_day,
    fold_text,
)
from auditor.facts import PageKind, PageTopic
from auditor.kinds.base import FactBase
from auditor.model.evidence import RecordEvidence
from auditor.page.markup import Line
from auditor.page.scan import find_address
from auditor.words.vocabulary import Vocabulary, squeeze_name

_SPREAD = r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?: {1,4}[\u3400-\u9fff]){1,3}"
_LABEL = re.compile(rf"([\u3400-\u9fff（）()]{{2,14}}|{_SPREAD}) {{0,3}}:")
_NUMBERED = re.compile(
    r"^(?:[（(](?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})[)）]|(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2}) ?[、.．])"
)
_WHOLE_LABEL = 4
_MAX_LABEL = 14
_MAX_VALUE = 300
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(?![0-9])")
_HAN_YEAR = re.compile(r"[二][〇○零Ｏ0][〇○零Ｏ0一二三四五六七八九]{2}")
_HAN_NUMERALS = "一二三四五六七八九"
_HAN_DIGITS = {**dict.fromkeys("〇○零Ｏ0", "0"), **{sign: str(value) for value, sign in enumerate(_HAN_NUMERALS, 1)}}
_FIRST_YEAR = 1990
_PICTURE = 120
_MAX_FILES = 40


@dataclass(frozen=True, slots=True)
class Draft:
    """A fact as its page alone tells it; the site pass adds the unit and what other pages say.

    `links` are addresses that it counts, `titles` names that it lists, `issuer` whoever the page says it is from.
    """

    fact: FactBase
    links: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    issuer: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A value with the squeezed label that stands before it, and the line of the label. `leads`: it begins the line."""

    label: str
    value: str
    line: Line
    leads: bool = True

    def is_named(self, known: frozenset[str]) -> bool:
        """Tell whether the label is one of those known, or ends with one long enough to be told from others."""
        return self.label in known or any(len(one) >= _WHOLE_LABEL and self.label.endswith(one) for one in known)


@dataclass(frozen=True)
class Sheet:
    """One page with what the page pass found out."""

    reading: Reading
    kind: PageKind
    topic: PageTopic | None
    concept: str | None
    published: date | None
    updated: date | None
    document: DocumentParts | None = None
    rows: tuple[str, ...] = field(default=())

    @property
    def words(self) -> Vocabulary:
        """Return the vocabulary."""
        return self.reading.words

    @property
    def title(self) -> str:
        """Return the page's title."""
        return self.reading.title

    @cached_property
    def hint(self) -> str:
        """Return title, column and way to the page in one text: what the cheap tests look at."""
        return " ".join((self.title, self.reading.read_meta("column_name"), *self.reading.breadcrumb))

    @cached_property
    def text(self) -> str:
        """Return the page's own text, links left out."""
        return self.reading.plain_text

    @cached_property
    def whole(self) -> str:
        """Return the page's own text, links included."""
        return "\n".join(line.text for line in self.reading.own_lines)

    @cached_property
    def grids(self) -> tuple[Grid, ...]:
        """Return the page's tables."""
        return read_grids(self.reading.shown.tree)

    @cached_property
    def labelled(self) -> tuple[Labelled, ...]:
        """Return the labelled values: `label: value` on a line, or a short line and the one after it."""
        return tuple(_list_labelled(self.reading.own_lines))

    @cached_property
    def files(self) -> tuple[tuple[str, str], ...]:
        """Return the address and the words of each link to a file."""
        found: dict[str, str] = {}
        for anchor in self.reading.own_anchors:
            url = find_address(anchor.node, self.reading.address, self.words)
            if url is not None and self.reading.leads_to_file(anchor):
                found.setdefault(url, anchor.text)
        return tuple(found.items())[:_MAX_FILES]

    @cached_property
    def file_names(self) -> tuple[str, ...]:
        """Return the words of each link to a file, also of one that leads nowhere."""
        return tuple(anchor.text for anchor in self.reading.own_anchors if self.reading.leads_to_file(anchor))

    @cached_property
    def pictures(self) -> int:
        """Return how many pictures stand in the content, below the title, that could carry text."""
        start = self.reading.title_line.order if self.reading.title_line is not None else 0
        named = any(line.zone.part == "content" for line in self.reading.own_lines)
        parts = ("content",) if named else ("", "content")
        shown = self.reading.shown.pictures
        return sum(zone.part in parts and order > start and _is_large(node) for order, zone, node in shown)

    def find_value(self, labels: Iterable[str], others: Iterable[str] = ()) -> Labelled | None:
        """Return the first value behind one of the labels; what is one of the other labels is no value."""
        known, empty = frozenset(labels), frozenset(others)
        values = (one for one in self.labelled if one.label in known and one.value)
        return next((one for one in values if squeeze_name(one.value) not in empty), None)

    def find_day(self, labels: Iterable[str], *, ends: bool = False) -> tuple[date, Labelled] | None:
        """Return the first date behind one of the labels; one without a year is of the year of publication.

        `ends`: a label that ends with one of them will do.
        """
        known = frozenset(labels)
        for one in self.labelled:
            day = self.read_day(one.value) if one.label in known or (ends and one.is_named(known)) else None
            if day is not None:
                return day, one
        return None

    def read_day(self, text: str) -> date | None:
        """Return the first date of a text, also one after the page was seen: events lie ahead."""
        dates = find_dates(text[:_MAX_VALUE])
        if dates:
            return dates[0].value
        pair = find_month_day(text[:60])
        year = self.published.year if self.published is not None else None
        return complete_date(pair, year, date.max) if pair is not None and year is not None else None

    def begin(self, excerpt: str = "", line: Line | None = None) -> dict[str, Any]:
        """Return the fields that all facts of a page have: evidence, address, status, title."""
        shown = line or self.reading.title_line
        locator = self.reading.locate(shown) if shown is not None else "title"
        evidence = [self.reading.give_evidence(locator, excerpt or self.title)]
        return {"evidence": tuple(evidence), "url": self.reading.key, "status": self.reading.visit.status}

    def cite(self, line: Line, excerpt: str) -> RecordEvidence:
        """Return evidence for a line."""
        return self.reading.give_evidence(self.reading.locate(line), excerpt)


def _is_large(node: Any) -> bool:
    for name in ("width", "height"):
        digits = "".join(sign for sign in (node.attributes.get(name) or "")[:6] if sign.isdigit())
        if digits and int(digits) < _PICTURE and "%" not in (node.attributes.get(name) or ""):
            return False
    source = (node.attributes.get("src") or "").partition("?")[0].lower()
    return not source.endswith((".gif", ".ico")) and "icon" not in source


def _list_labelled(lines: tuple[Line, ...]) -> Iterator[Labelled]:
    for index, line in enumerate(lines):
        folded = fold_text(line.text[: _MAX_VALUE * 4])
        places = list(_LABEL.finditer(folded))
        for place, found in enumerate(places):
            end = places[place + 1].start() if place + 1 < len(places) else len(folded)
            value = line.text[found.end() : end].strip()
            if not value and place + 1 == len(places) and index + 1 < len(lines):
                value = lines[index + 1].text
            leads = not squeeze_name(_NUMBERED.sub("", folded[: found.start()]))
            yield Labelled(squeeze_name(_NUMBERED.sub("", found.group(1))), value[:_MAX_VALUE], line, leads)
        key = squeeze_name(_NUMBERED.sub("", line.text)) if not places and len(line.text) <= _MAX_LABEL * 2 else ""
        if 1 < len(key) <= _MAX_LABEL and index + 1 < len(lines):
            yield Labelled(key, lines[index + 1].text[:_MAX_VALUE], line)


def find_year(text: str, latest: date) -> int | None:
    """Return the first year that a title names, in digits or in Chinese numerals, not after next year."""
    folded = fold_text(text)
    match = _YEAR.search(folded)
    digits = match.group(1) if match else ""
    if match is None and (han := _HAN_YEAR.search(text)) is not None:
        digits = "2" + "".join(_HAN_DIGITS[sign] for sign in han.group()[1:])
    return int(digits) if digits and _FIRST_YEAR <= int(digits) <= latest.year + 1 else None


def find_words(text: str, known: Mapping[str, Iterable[str]]) -> tuple[str, ...]:
    """Return the names of which one word at least stands in a text, in the order of the vocabulary."""
    return tuple(name for name, words in known.items() if any(word in text for word in words))


def holds_any(text: str, words: Iterable[str]) -> bool:
    """Tell whether one of the words stands in a text."""
    return any(word in text for word in words)
