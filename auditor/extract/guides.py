"""What a disclosure guide contains: its elements, its addresses, whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from auditor.extract.grids import read_grids
from auditor.extract.reading import Reading
from auditor.extract.text import fold_text
from auditor.facts import GuideElement
from auditor.model.targets import UnitKind
from auditor.page.scan import find_address
from auditor.words.vocabulary import Vocabulary, compile_pattern, squeeze_name

_MAX_VALUE = 120
_LABEL = 4
_SHORTEST = 3
_REACH = 80
_PHONE = re.compile(
    r"(?<![0-9])(?:(?:0[0-9]{2,3}[- ]?)?[2-8][0-9]{6,7}(?:-[0-9]{1,5})?|1[3-9][0-9]{9}|12345|400-?[0-9]{3}-?[0-9]{4})"
    r"(?![0-9])"
)
_LONG_STOPS = "；;。\u3000"
_STOPS = {"address": "；;。，,\u3000"}
_NAME_NOISE = re.compile(r"[0-9（）()《》〈〉“”\s]|年|版")
_EMAIL = re.compile(r"[A-Za-z0-9._%+\-]{1,64}@[A-Za-z0-9.\-]{1,100}\.[A-Za-z]{2,10}")


@dataclass(frozen=True, slots=True)
class GuideParts:
    """What a guide says. `is_readable` is false where its content is a picture or a file only."""

    elements: tuple[GuideElement, ...]
    address: str | None
    phone: tuple[str, ...]
    email: str | None
    hours: str | None
    is_readable: bool


def read_guide(reading: Reading) -> GuideParts:
    """Read the elements that a guide contains and the values of its contact lines."""
    text = reading.plain_text
    return GuideParts(
        elements=_list_elements(text, reading.words),
        address=_find_value(reading, "address"),
        phone=_find_phones(reading),
        email=_find_email(text),
        hours=_find_value(reading, "hours"),
        is_readable=_is_readable(reading, text),
    )


def _blank_noise(text: str, words: Vocabulary) -> str:
    """Return a text with spaces for the clauses that only name an element; every place stays where it was."""
    for pattern in words.guides.noise:
        text = compile_pattern(pattern).sub(lambda found: " " * len(found.group()), text)
    return text


def _list_elements(text: str, words: Vocabulary) -> tuple[GuideElement, ...]:
    guides = words.guides
    text = _blank_noise(text, words)
    squeezed = squeeze_name(text)
    found = {
        name for name, signs in guides.elements.items() if any(squeeze_name(sign) in squeezed for sign in signs)
    } | {
        name
        for name, patterns in guides.phrases.items()
        if any(compile_pattern(p).search(fold_text(text)) for p in patterns)
    }
    return tuple(name for name in get_args(GuideElement) if name in found)


def _iterate_labelled(reading: Reading, name: str) -> Iterator[tuple[int, str]]:
    """Yield the rank of a label of a value and what stands behind it, to the end of its line or the next label."""
    ranks = {label: rank for rank, label in enumerate(reading.words.guides.values[name])}
    labels = sorted(ranks, key=len, reverse=True)
    lines = [_blank_noise(line.text, reading.words) for line in reading.own_lines]
    for index, text in enumerate(lines):
        folded = fold_text(text)
        for label in labels:
            place = folded.find(label)
            rest = folded[place + len(label) : place + len(label) + _REACH].lstrip() if place >= 0 else ""
            if place < 0 or (rest and rest[0] not in reading.words.guides.value_leads):
                continue
            value = text[len(folded) - len(folded[place + len(label) :].lstrip(" :")) :].strip()
            yield ranks[label], value or (lines[index + 1] if index + 1 < len(lines) else "")
            break


def _iterate_columns(reading: Reading, name: str) -> Iterator[str]:
    """Yield the cells of tables below a heading that is the label of a value."""
    labels = {squeeze_name(label) for label in reading.words.guides.values[name]}
    for grid in read_grids(reading.shown.tree):
        header = grid.find_header(labels | {squeeze_name(one) for one in reading.words.guides.values["address"]})
        if header is None:
            continue
        places = [place for place, cell in enumerate(grid.rows[header]) if squeeze_name(cell) in labels]
        yield from (row[place] for row in grid.rows[header + 1 :] for place in places if place < len(row))


def _cut_value(value: str, stops: str) -> str:
    for stop in stops:
        head = value.partition(stop)[0]
        value = head or value
    colon = max(value.find("："), value.find(":"))
    is_next = colon > _LABEL and not value[colon - 1 : colon].isdigit()
    return (value[:colon].rpartition(" ")[0] if is_next and " " in value[:colon] else value)[:_MAX_VALUE].strip()


def _find_value(reading: Reading, name: str) -> str | None:
    """Return the value whose label says most of all that have one."""
    found = (
        (rank, _cut_value(value, _STOPS.get(name, _LONG_STOPS))) for rank, value in _iterate_labelled(reading, name)
    )
    fitting = [(rank, value) for rank, value in found if len(value) > _SHORTEST and not _is_label(value, reading)]
    return min(fitting, key=lambda one: one[0])[1] if fitting else None


def _is_label(value: str, reading: Reading) -> bool:
    """Tell whether what stands behind a label is the next one: the heading of a table, an empty cell."""
    return any(squeeze_name(value) == squeeze_name(one) for own in reading.words.guides.values.values() for one in own)


def _find_phones(reading: Reading) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for value in (value for _, value in _iterate_labelled(reading, "phone")):
        found.update(dict.fromkeys(match.group().strip() for match in _PHONE.finditer(fold_text(value[:_REACH]))))
    for value in () if found else _iterate_columns(reading, "phone"):
        found.update(dict.fromkeys(match.group().strip() for match in _PHONE.finditer(fold_text(value[:_REACH]))))
    return tuple(found)[:6]


def _find_email(text: str) -> str | None:
    match = _EMAIL.search(fold_text(text[:60_000]).replace("＠", "@"))
    return match.group() if match else None


def _is_readable(reading: Reading, text: str) -> bool:
    if len(squeeze_name(text)) >= reading.words.guides.few_words:
        return not reading.scan.is_shell
    files = [find_address(anchor.node, reading.address, reading.words) or "" for anchor in reading.own_anchors]
    has_file = any(url.rpartition(".")[2].lower() in reading.words.pages.articles.attachments for url in files)
    pictures = any(zone.part in ("", "content") for _, zone, _ in reading.shown.pictures)
    return not (has_file or pictures or reading.shown.frames or reading.scan.is_shell)


# ---- whose guide ---------------------------------------------------------------------------------


def name_owner(title: str, words: Vocabulary) -> str | None:
    """Return the body that a guide's title begins with (`某区财政局政府信息公开指南`), or None."""
    for mark in words.guides.owner_marks:
        head, found, _ = title.partition(mark)
        name = _NAME_NOISE.sub("", head)
        if found and len(name) > 1 and words.find_unit_kind(name) is not UnitKind.OTHER:
            return name
    return None
