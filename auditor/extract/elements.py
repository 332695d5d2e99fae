"""The element table of an official document: its labels and values, in rows, in columns, or line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from selectolax.lexbor import LexborNode

from auditor.extract.reading import Reading, locate_node
from auditor.extract.text import fold_text
from auditor.page.markup import Line, join_spaces, text_within
from auditor.words.vocabulary import Vocabulary, squeeze_name

_MAX_TABLES = 30
_MAX_ROWS = 40
_MAX_CELL = 300
_MAX_LABEL = 10
_NUMBERED = frozenset({"index_no", "doc_no"})
_WORDY = frozenset({"remark", "name"})
_HAN_NUMBER = re.compile(r"[〇零一二三四五六七八九十百]{1,6} ?号$|[A-Za-z]{2}")
_SHORT = 6
_NEXT_LABEL = re.compile(r"[ \u3000]+[\u3400-\u9fff]{2,8} ?[:：]")
_SENTENCE_ENDS = ("。", "；")


@dataclass(frozen=True, slots=True)
class Element:
    """One labelled value of a document: where it stands, and as shown."""

    value: str
    locator: str
    excerpt: str


@lru_cache(maxsize=8)
def _map_labels(words: Vocabulary) -> Mapping[str, str]:
    return {label: name for name, labels in words.labels.elements.items() for label in labels}


def _find_name(text: str, words: Vocabulary) -> str | None:
    if len(text) > _MAX_LABEL * 2:
        return None
    key = squeeze_name(text)
    return _map_labels(words).get(key) if 0 < len(key) <= _MAX_LABEL else None


def _clean(value: str, words: Vocabulary) -> str:
    value = join_spaces(value)
    if value.endswith((":", "：")):
        return ""  # a label that nobody knows is no value of the empty one before it
    value = value.strip(" :：")[:_MAX_CELL]
    return "" if value.replace(" ", "") in words.labels.empty_values else value


# ---- tables --------------------------------------------------------------------------------------


def _read_cells(row: LexborNode) -> list[LexborNode]:
    return [node for node in row.iter() if node.tag in ("td", "th")]


def _iterate_tables(reading: Reading) -> Iterator[list[list[LexborNode]]]:
    for table in reading.shown.tree.css("table")[:_MAX_TABLES]:
        if any(inner.mem_id != table.mem_id for inner in table.css("table")):
            continue
        yield [_read_cells(row) for row in table.css("tr")[:_MAX_ROWS]]


def _read_table(rows: list[list[LexborNode]], words: Vocabulary) -> Iterator[tuple[str, str, LexborNode]]:
    texts = [[text_within(cell) for cell in row] for row in rows]
    skipped = -1
    for index, row in enumerate(texts):
        if index == skipped:
            continue
        names = [_find_name(text, words) for text in row]
        below = texts[index + 1] if index + 1 < len(texts) else []
        known = sum(name is not None for name in names)
        below_known = sum(_find_name(text, words) is not None for text in below)
        if known > 1 and known * 2 > len(row) and len(below) == len(row) and below_known * 2 < known:
            skipped = index + 1
            yield from ((name, below[place], rows[skipped][place]) for place, name in enumerate(names) if name)
            continue
        for place, name in enumerate(names):
            if name is not None and place + 1 < len(row) and names[place + 1] is None:
                yield name, row[place + 1], rows[index][place + 1]


# ---- lines ---------------------------------------------------------------------------------------


def _split_line(line: Line, words: Vocabulary) -> list[tuple[str | None, str]]:
    """Split `索引号：A 发布机构：B` at its known labels; text before the first label has no name."""
    text = line.text
    places: list[tuple[int, int, str]] = []
    folded = fold_text(text)
    start = 0
    while (colon := folded.find(":", start)) >= 0:
        lead = text[start:colon]
        for length in range(min(len(lead), _MAX_LABEL * 2), 1, -1):
            name = _find_name(lead[-length:], words)
            if name is not None:
                places.append((colon - length, colon + 1, name))
                break
        start = colon + 1
    if not places:
        return [(None, text)]
    ends = [place[0] for place in places[1:]] + [len(text)]
    return [
        (None, text[: places[0][0]]),
        *((name, _cut_next(text[begin:end])) for (_, begin, name), end in zip(places, ends, strict=True)),
    ]


def _cut_next(value: str) -> str:
    """Return a value up to a label that nobody knows, where something stands before that label."""
    found = _NEXT_LABEL.search(value)
    return value[: found.start()] if found is not None and value[: found.start()].strip() else value


def _is_beside(label: Line, line: Line) -> bool:
    """Tell whether a line can be the value of a label that stands alone: cells of one row, dt and dd, not two rows."""
    if label.block.mem_id == line.block.mem_id:
        return True
    above, beside = label.block.parent, line.block.parent
    if beside is not None and beside.mem_id == label.block.mem_id:
        return True  # a value in a block of its own, inside the label's
    same = above is not None and beside is not None and above.mem_id == beside.mem_id
    return same and not (label.block.tag == line.block.tag and label.block.tag in ("li", "p", "tr", "dd"))


def _read_lines(reading: Reading) -> Iterator[tuple[str, str, LexborNode]]:
    waiting: tuple[str, Line] | None = None
    for line in reading.shown.lines:
        if line.zone.part in ("nav", "footer", "pager") or len(line.text) > _MAX_CELL:
            waiting = None
            continue
        bare = _find_name(line.text, reading.words)
        if bare is not None:
            waiting = (bare, line)
            continue
        parts = _split_line(line, reading.words)
        if waiting is not None and parts[0][0] is None and parts[0][1].strip() and _is_beside(waiting[1], line):
            yield waiting[0], parts[0][1], line.block
        waiting = None
        for name, value in parts:
            if name is not None:
                yield name, value, line.block
                waiting = None if _clean(value, reading.words) else (name, line)


def _is_prose(name: str, value: str) -> bool:
    """Tell whether what stands behind a label explains it, as guides do, instead of being its value."""
    text = value.strip()
    if name in _NUMBERED and text:
        return len(text) > _SHORT and not any(sign.isdecimal() for sign in text) and _HAN_NUMBER.search(text) is None
    return name not in _WORDY and text.endswith(_SENTENCE_ENDS)


def read_elements(reading: Reading) -> dict[str, Element]:
    """Return the filled elements of a document by the vocabulary's names; empty where no element table stands."""
    found: dict[str, Element] = {}
    seen: set[str] = set()
    tables = [entry for rows in _iterate_tables(reading) for entry in _read_table(rows, reading.words)]
    from_tables = {name for name, _, _ in tables}
    lines = (entry for entry in _read_lines(reading) if entry[0] not in from_tables)
    for name, value, node in (*tables, *lines):
        if _is_prose(name, value):
            continue
        seen.add(name)
        cleaned = _clean(value, reading.words)
        if cleaned and name not in found:
            found[name] = Element(cleaned, locate_node(node), cleaned)
    labels = reading.words.labels
    return found if len(seen) >= labels.min_elements and seen & labels.strong_elements else {}
