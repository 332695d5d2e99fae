"""When a page says it was published and updated: which of its dates, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from selectolax.lexbor import LexborNode

from auditor.extract.reading import Reading
from auditor.extract.text import (
    DateRole,
    FoundDate,
    find_compact_dates,
    find_dates,
    find_role,
    has_unknown_label,
    parse_date,
    read_bracketed_date,
)
from auditor.extract.titles import is_full_dateline
from auditor.page.markup import Line, hides, text_within
from auditor.page.scan import read_scripts
from auditor.words.vocabulary import squeeze_name

_NEAR_AFTER = 14
_NEAR_BEFORE = 6
_WEEKDAY = 4
_LONG_LINE = 160
_TABLE_REACH = 40
_MAX_PIECES = 80
_WEAK = 2
_SOURCE = 14
_STOPS = "。，；？！"
_PARAGRAPH = 40
_MAX_SCRIPTS = 60
_SHORT_SCRIPT = 600
_DEEP = 40


@dataclass(frozen=True, slots=True)
class SeenDate:
    """A date with what the page says it is, and where. `source` is its label, or how else it was recognised."""

    value: date
    role: DateRole
    source: str
    line: Line | None
    excerpt: str


def _iterate_zone(reading: Reading) -> Iterator[Line]:
    """Yield the lines around the title in the order in which they deserve belief: behind it, then before it."""
    title = reading.title_line
    skipped = {"nav", "footer", "pager", "widget"}
    if title is None:
        yield from (line for line in reading.own_lines[:_TABLE_REACH])
        return
    lines = [line for line in reading.shown.lines if line.zone.part not in skipped]
    yield from (line for line in lines if title.order <= line.order <= title.order + _NEAR_AFTER)
    before = [line for line in lines if title.order - _NEAR_BEFORE <= line.order < title.order]
    yield from (line for line in reversed(before) if line.zone.part != "header" and not _is_widget(reading, line))


def _find_hidden(line: Line) -> LexborNode | None:
    """Return the outermost element around a line that the markup hides; None where it is shown."""
    node: LexborNode | None = line.block
    found, level = None, 0
    while node is not None and level < _DEEP and node.tag not in ("body", "html"):
        if hides(node):
            found = node
        node, level = node.parent, level + 1
    return found


def _is_hidden(reading: Reading, line: Line) -> bool:
    """Tell whether a line is hidden and the title is not within the same: what holds both, a script will show."""
    if not any(sign.isdigit() for sign in line.text):
        return False
    box = _find_hidden(line)
    if box is None:
        return False
    title = reading.title_line
    held = _find_hidden(title) if title is not None else None
    return held is None or held.mem_id != box.mem_id


def _is_widget(reading: Reading, line: Line) -> bool:
    """Tell whether a line above the title is the reader's own day and weather."""
    articles = reading.words.pages.articles.line_words
    named = any(word in line.text for word in reading.words.pages.widget_words)
    return named and not any(word in line.text for word in articles)


def _read_cell_above(line: Line) -> str:
    """Return the words of the cell above a line's own: some tables print labels in one row, values in the next."""
    cell = line.block
    row = cell.parent if cell.tag == "td" else None
    above = row.prev if row is not None else None
    while above is not None and not above.is_element_node:
        above = above.prev
    if row is None or above is None:
        return ""
    cells = [node for node in row.iter() if node.is_element_node]
    labels = [node for node in above.iter() if node.is_element_node]
    place = next((place for place, node in enumerate(cells) if node.mem_id == cell.mem_id), len(labels))
    return text_within(labels[place]) if len(cells) == len(labels) > place else ""


def _read_own_lead(line: Line, written: str) -> str:
    """Return what stands before a date in the element of its own: elements may follow each other without a blank."""
    if line.block.child is None or len(line.text) > _LONG_LINE:
        return ""
    for piece in islice(line.block.traverse(include_text=True), _MAX_PIECES):
        if not piece.is_text_node or written not in (piece.text_content or ""):
            continue
        node = piece.parent
        while node is not None and node.mem_id != line.block.mem_id:
            before = node.text().partition(written)[0]
            if squeeze_name(before):
                return before
            node = node.parent
        return ""
    return ""


def _read_line(reading: Reading, line: Line, before: str) -> Iterator[SeenDate]:
    last = 0
    dates = find_dates(line.text, reading.latest)
    for found in dates or find_compact_dates(line.text, reading.latest):
        lead = line.text[last : found.start]
        role = find_role(lead if squeeze_name(lead) else before, reading.words.labels)
        if role is None and not squeeze_name(lead):
            role = find_role(_read_cell_above(line), reading.words.labels)
        if role is None and squeeze_name(lead):
            role = find_role(_read_own_lead(line, line.text[found.start : found.end]), reading.words.labels)
        last = found.end
        if role is not None and (dates or len(role[1]) > _WEAK):
            yield SeenDate(found.value, role[0], role[1], line, line.text)


def list_labelled(reading: Reading) -> tuple[SeenDate, ...]:
    """Return the dates that a label names, those around the title first, then those of the own lines."""
    seen: dict[tuple[int, date], SeenDate] = {}
    near = list(_iterate_zone(reading))
    texts = {line.order: line.text for line in reading.shown.lines}
    known = {line.order for line in near}
    others = [line for line in reading.own_lines if line.order not in known]
    for line in (*near, *others):
        if len(line.text) > _LONG_LINE and line.order not in known:
            continue
        if _is_hidden(reading, line):
            continue
        if line.linked * 2 > len(line.text) and not (line.order in known and is_full_dateline(line, reading.words)):
            continue
        for date_seen in _read_line(reading, line, texts.get(line.order - 1, "")):
            seen.setdefault((line.order, date_seen.value), date_seen)
    return tuple(seen.values())


def _is_beside_title(reading: Reading, line: Line, found: FoundDate) -> bool:
    words = reading.words.pages.articles.line_words
    if reading.title_line is not None and line.order == reading.title_line.order:
        return sum(sign.isalpha() for sign in line.text[found.end :]) <= _WEEKDAY
    if any(word in line.text for word in words):
        return True
    rest = squeeze_name(line.text[: found.start] + line.text[found.end :])
    letters = sum(not sign.isdigit() for sign in rest)
    if letters <= _WEEKDAY:
        return True
    return found.start == 0 and letters <= _SOURCE and not any(sign in line.text for sign in _STOPS)


def _find_text_start(reading: Reading) -> int:
    """Return where the running text below the title begins: a date without a label behind that is a signature's."""
    title = reading.title_line
    if title is None:
        return len(reading.shown.lines)
    long = (
        line.order
        for line in reading.own_lines
        if line.order > title.order and line.linked == 0 and len(line.text) >= _PARAGRAPH and _STOPS[0] in line.text
    )
    return next(long, len(reading.shown.lines))


def _find_unlabelled(reading: Reading) -> SeenDate | None:
    texts = {line.order: line.text for line in reading.shown.lines}
    start = _find_text_start(reading)
    for line in _iterate_zone(reading):
        if line.linked * 2 > len(line.text) or len(line.text) > _LONG_LINE or line.order > start:
            continue
        if line.order in reading.row_days or _is_hidden(reading, line):
            continue
        for found in find_dates(line.text, reading.latest):
            lead = line.text[: found.start]
            before = lead if squeeze_name(lead) else f"{texts.get(line.order - 1, '')}{lead}"
            is_named = find_role(before, reading.words.labels) is not None or has_unknown_label(before)
            is_named = is_named or find_role(_read_cell_above(line), reading.words.labels) is not None
            if not is_named and _is_beside_title(reading, line, found):
                return SeenDate(found.value, "published", "line", line, line.text)
    return None


def _find_in_script(reading: Reading) -> SeenDate | None:
    names = sorted(reading.words.labels.date_variables)
    written = None
    for script in read_scripts(reading.shown.tree)[:_MAX_SCRIPTS]:
        lowered = script[:20_000].lower()
        for name in names:
            place = lowered.find(name)
            if place < 0:
                continue
            value = parse_date(script[place + len(name) : place + len(name) + 40], reading.latest)
            if value is not None:
                return SeenDate(value, "published", "script", None, script[place : place + 80])
        if written is None and len(script) <= _SHORT_SCRIPT and "document.write" in script:
            dates = find_dates(script, reading.latest)
            written = SeenDate(dates[0].value, "published", "script", None, script[:80]) if len(dates) == 1 else None
    return written


def _find_in_labels(reading: Reading) -> SeenDate | None:
    for name in sorted(reading.words.labels.meta["published"]):
        text = reading.scan.labels.get(name, "")
        value = parse_date(text, reading.latest)
        if value is not None:
            return SeenDate(value, "published", "label", None, f"{name}={text}")
    return None


def _is_stated(reading: Reading, seen: SeenDate) -> bool:
    """Tell whether a label is the page's own: above its text, or with nothing before it (not `成绩公布时间`)."""
    line = seen.line
    if line is None or line.order < _find_text_start(reading):
        return True
    if any(word in line.text for word in reading.words.pages.articles.line_words):
        return True
    text = squeeze_name(line.text)
    if seen.source not in text:
        text = squeeze_name(reading.shown.lines[line.order - 1].text)
    return text.startswith(seen.source)


def find_published(reading: Reading, labelled: tuple[SeenDate, ...]) -> SeenDate | None:
    """Return the publication date: labelled, else beside the title, else by script, else from the meta label."""
    labelled = tuple(seen for seen in labelled if _is_stated(reading, seen))
    near = {line.order for line in _iterate_zone(reading)}
    for seen in labelled:
        if seen.role == "published" and seen.line is not None and seen.line.order in near:
            return seen
    found = _find_unlabelled(reading)
    if found is not None:
        return found
    for role in ("published", "updated"):
        for seen in labelled:
            if seen.role == role:
                return seen
    return _find_in_script(reading) or _find_in_labels(reading)


def find_updated(reading: Reading, labelled: tuple[SeenDate, ...], *, is_guide: bool) -> SeenDate | None:
    """Return the update date: from its label; under the title of a guide also a bare date in brackets."""
    for seen in labelled:
        if seen.role == "updated" and _is_stated(reading, seen):
            return seen
    if not is_guide or reading.title_line is None:
        return None
    title = reading.title_line
    lines = [line for line in reading.shown.lines if title.order < line.order <= title.order + 3]
    for line in lines:
        found = read_bracketed_date(line.text, reading.words.labels.bare_dates, reading.latest)
        if found is not None and found[1] == "updated":
            return SeenDate(found[0], "updated", "bracket", line, line.text)
    tail = title.text[-24:]
    opened = max(tail.rfind("("), tail.rfind("（"), tail.rfind("["))
    found = read_bracketed_date(tail[opened:], reading.words.labels.bare_dates, reading.latest) if opened >= 0 else None
    if found is not None and found[1] == "updated":
        return SeenDate(found[0], "updated", "bracket", title, title.text)
    return None
