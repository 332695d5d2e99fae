"""The rows of a list page: links with their dates, in whatever markup."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from auditor.extract.reading import Reading
from auditor.extract.text import (
    complete_date,
    find_dates,
    find_month_day,
    find_role,
    find_url_year,
    fold_text,
    read_split_date,
)
from auditor.extract.titles import is_full_dateline
from auditor.page.markup import Anchor, Line, join_spaces
from auditor.page.scan import find_address, name_anchor
from auditor.words.vocabulary import Vocabulary, squeeze_name

_MIN_TITLE = 5
_UNDATED_TITLE = 9
_STEPS = 3
_BRACKET = 2
_CLOCK = 10
_DIGITS = 3
_LIST = 2
_DATE_LINE = 16
_LABELLED_LINE = 80
_MAX_ITEMS = 2_000
_ROW_REACH = 2
_CROWD = 6
_REPEATED = 3
_SHORT = 16
_CARD = 12
_MAX_PARTS = 20
_TAIL_DAY = re.compile(r"[\[(【] {0,2}[0-9年月日/.\- ]{8,14}[\])】]$")
_HEADINGS = "h1, h2, h3, h4, h5, h6"


@dataclass(frozen=True, slots=True)
class Item:
    """One row of a list. `style` is the markup that its rows share; `url` is None where the link leads nowhere."""

    title: str
    url: str | None
    day: date | None
    style: str
    order: int


def _read_style(anchor: Anchor) -> str:
    steps: list[str] = []
    node = anchor.node.parent
    while node is not None and len(steps) < _STEPS:
        classes = (node.attributes.get("class") or "").split()
        steps.append(f"{node.tag}.{classes[0] if classes else ''}" if steps else f"{node.tag}")
        node = node.parent
    return " ".join(steps)


def _strip_dates(text: str, latest: date) -> str:
    """Return a link's words without the date of its row before or behind them; a date in words belongs to them."""
    for found in reversed(find_dates(text, latest)):
        is_apart = "年" not in text[found.start : found.end]
        if found.start <= _BRACKET:
            is_apart = is_apart or not text[found.end : found.end + 1].isalnum()
            text = text[: found.start] + text[found.end :] if is_apart else text
        elif found.end >= len(text) - _CLOCK and (is_apart or not text[found.start - 1 : found.start].isalnum()):
            text = text[: found.start]
    return text.strip(" []()（）【】·•>-—")


def _is_date_line(line: Line, words: Vocabulary) -> bool:
    """Tell whether a line is hardly more than a date, or the date with source and counters."""
    rest = squeeze_name(line.text)
    digits = sum(sign.isdigit() for sign in rest)
    if line.linked or digits < _DIGITS or len(rest) > _LABELLED_LINE:
        return False
    if len(rest) - digits <= _DATE_LINE // 2 and len(rest) <= _DATE_LINE * 2:
        return True
    dates = find_dates(line.text, None)
    role = find_role(line.text[: dates[0].start], words.labels) if dates else None
    return role is not None and role[0] in ("published", "updated")


class _Dater:
    """Finds the date of each row: in its own line, else in a line of its own before or after, as the list does it."""

    def __init__(self, reading: Reading, orders: list[int]) -> None:
        self.latest = reading.latest
        self.lines = {line.order: line for line in reading.own_lines}
        self.crowds = Counter(anchor.order for anchor in reading.own_anchors)
        taken = set(orders)
        self.alone: dict[int, date] = {}
        own = (line for order, line in self.lines.items() if order in taken and self.crowds[order] == 1)
        self.dated = {line.order for line in own if find_dates(line.text, self.latest)}
        for order, line in self.lines.items():
            day = self._read(line.text, None) if order not in taken and _is_date_line(line, reading.words) else None
            if day is not None:
                self.alone[order] = day
        self._join_pieces(taken)
        after = sum(1 for order in orders if self._look(order, 1, taken) is not None)
        before = sum(1 for order in orders if self._look(order, -1, taken) is not None)
        self.step = 1 if after >= before else -1
        self.taken = taken

    def _join_pieces(self, taken: set[int]) -> None:
        """Read days that stand in a line or two of their own, the day over its month."""
        for order, line in self.lines.items():
            if order in taken or order in self.alone or len(line.text) > _DATE_LINE or not line.text[:1].isdigit():
                continue
            following = self.lines.get(order + 1)
            texts = [line.text, f"{line.text} {following.text}" if following is not None else ""]
            days = [read_split_date(text, self.latest) for text in texts]
            for place, day in ((order, days[0] or days[1]), (order + 1, days[1])):
                if day is not None:
                    self.alone[place] = day

    def _look(self, order: int, step: int, taken: set[int]) -> int | None:
        for distance in (1, 2, 3):
            place = order + step * distance
            if place in self.alone and place not in taken:
                return place
            if place in taken or place not in self.lines:
                return None
        return None

    def _read(self, text: str, url: str | None) -> date | None:
        dates = find_dates(text, self.latest)
        if dates:
            return dates[-1].value
        pair = find_month_day(text) if len(text) <= _DATE_LINE or text[-1:].isdigit() or text[-1:] in "]）)" else None
        return complete_date(pair, find_url_year(url or "", self.latest), self.latest) if pair else None

    def read_card(self, text: str, title: str, url: str | None) -> date | None:
        """Return the date before or behind the title of a card; one within the words under it is no date of the row."""
        before, _, after = text.partition(title)
        day = read_split_date(before, self.latest) or self._read(before, url) if before else None
        if day is not None:
            return day
        ends = (found for found in find_dates(after, self.latest) if len(after) - found.end <= _CLOCK)
        return next((found.value for found in ends), None) or read_split_date(after, self.latest)

    def find_day(self, anchor: Anchor, title: str, url: str | None) -> date | None:
        line = self.lines.get(anchor.order)
        if line is not None and self.crowds[anchor.order] <= _CROWD:
            outside = line.text.replace(title, " ") if title and len(line.text) > len(title) else ""
            day = self._read(outside, url) if any(sign.isdigit() for sign in outside) else None
            if day is not None:
                return day
        place = self._look(anchor.order, self.step, self.taken)
        if place is not None:
            return (self._read(self.lines[place].text, url) if url else None) or self.alone[place]
        rest = anchor.text.replace(title, " ", 1) if title else ""
        return self._read(rest, url) if any(sign.isdigit() for sign in rest) else None


def _find_heading(anchor: Anchor, words: Vocabulary) -> str:
    """Return the words that a link around a whole card sets off as its title, empty for a link without such."""
    node = anchor.node
    if len(anchor.text) < _CARD or node.child is None or (node.child.is_text_node and node.child.next is None):
        return ""
    title = node.css_first(_HEADINGS)
    if title is None:
        called = (one for one in node.css("[class]")[:_MAX_PARTS] if one.mem_id != node.mem_id)
        classes = words.pages.title_classes
        title = next((one for one in called if (one.attributes.get("class") or "").lower() in classes), None)
    text = join_spaces(title.text()) if title is not None else ""
    return text if _MIN_TITLE <= len(squeeze_name(text)) < len(squeeze_name(anchor.text)) else ""


def _list_candidates(reading: Reading) -> list[Anchor]:
    more = reading.words.columns.trim_prefixes
    title = reading.title_line.order if reading.title_line is not None else -_ROW_REACH
    lines = {line.order: line for line in reading.own_lines if 0 < line.order - title <= _ROW_REACH}
    told = {order for order, line in lines.items() if line.linked and is_full_dateline(line, reading.words)}
    anchors = [anchor for anchor in reading.own_anchors[:_MAX_ITEMS] if anchor.order not in told]
    orders = {anchor.order for anchor in anchors}
    dated = {line.order for line in reading.own_lines if line.order in orders and find_dates(line.text, reading.latest)}
    dated |= {place - 1 for place in _list_bare_dates(reading)}
    kept = []
    for anchor in anchors:
        key = squeeze_name(anchor.text)
        if len(key) >= (2 if anchor.order in dated else _MIN_TITLE) and key not in more and not key.isdigit():
            kept.append(anchor)
    return kept


def _list_bare_dates(reading: Reading) -> list[int]:
    """List the lines that are a date and nothing else: a name in the line above is a row, however short."""
    short = (line for line in reading.own_lines if not line.linked and len(line.text) <= _DATE_LINE + _CLOCK)
    found = ((line, find_dates(line.text, reading.latest)) for line in short)
    return [line.order for line, dates in found if dates and dates[0].start == 0]


def list_rows(reading: Reading) -> tuple[Item, ...]:
    """Return every link of the own part of a page that can be a list's row, with its date where it has one."""
    anchors = _list_candidates(reading)
    dater = _Dater(reading, [anchor.order for anchor in anchors])
    items: list[Item] = []
    counts = Counter((anchor.text, anchor.node.attributes.get("href")) for anchor in anchors)
    for anchor in anchors:
        is_repeated = counts[anchor.text, anchor.node.attributes.get("href")] >= _REPEATED
        if is_repeated and len(anchor.text) <= _SHORT and anchor.order not in dater.dated:
            continue
        heading = _find_heading(anchor, reading.words)
        shown = heading or _strip_dates(fold_dates(anchor.text), reading.latest)
        title = name_anchor(anchor.node, shown)
        url = find_address(anchor.node, reading.address, reading.words)
        day = dater.read_card(anchor.text, heading, url) if heading else None
        item = Item(title, url, day or dater.find_day(anchor, shown, url), _read_style(anchor), anchor.order)
        if items and _is_same_row(items[-1], item):
            items[-1] = replace(items[-1], day=items[-1].day or item.day)
            continue
        items.append(item)
    plain = _list_plain_rows(reading)
    dated = sum(item.day is not None for item in items)
    if dated >= len(plain):
        return tuple(items)
    taken = {(order, row.day) for place, row in plain.items() for order in range(row.order - 1, place + 2)}
    kept = (item for item in items if (item.order, item.day) not in taken or item.order in reading.row_days)
    return tuple(sorted((*kept, *plain.values()), key=lambda item: item.order))


def _list_plain_rows(reading: Reading) -> dict[int, Item]:
    """Return the rows of a list whose titles are no links, each by the place of the day that stands alone under it."""
    lines = {line.order: line for line in reading.own_lines if not line.linked}
    items: dict[int, Item] = {}
    last = -1
    for place, day in reading.row_days.items():
        between = [lines[order] for order in range(max(last + 1, place - _CROWD), place) if order in lines]
        last = place
        near = between[-1:] if between and len(between[-1].text) <= _LABELLED_LINE else between[:1]
        if place in lines and near and len(squeeze_name(near[0].text)) >= _MIN_TITLE:
            items[place] = Item(near[0].text, None, day, "plain", near[0].order)
    return items if len(items) >= _REPEATED else {}


def fold_dates(text: str) -> str:
    """Return the text itself where it has no full-width digits, else folded."""
    return fold_text(text) if any("０" <= sign <= "９" for sign in text) else text


def _is_same_row(last: Item, item: Item) -> bool:
    """Tell whether two links are one row: its picture and its words, or its words in two pieces."""
    return last.url is not None and last.url == item.url and item.order - last.order <= _ROW_REACH


def _read_list(style: str) -> str:
    """Return the part of a style that lists in several boxes share: row and list without the box."""
    return style.rpartition(" ")[0]


def choose_items(rows: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the rows of the page's list: the dated rows of the commonest markup, else the long undated ones."""
    dated = Counter(item.style for item in rows if item.day is not None)
    if dated:
        best = max(dated, key=lambda name: (dated[name], name))
        counts = Counter(item.style for item in rows)
        alike = {
            style for style in dated if _read_list(style) == _read_list(best) and dated[style] * 2 >= counts[style]
        }
        return tuple(item for item in rows if item.style in alike | {best})
    long = [item for item in rows if len(item.title) >= _UNDATED_TITLE]
    styles = Counter(item.style for item in long)
    if not styles or max(styles.values()) < _LIST:
        return ()
    style = max(styles, key=lambda name: (styles[name], name))
    return _read_tail_days(tuple(item for item in long if item.style == style))


def _read_tail_days(rows: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the rows with the days in brackets with which the titles of all of them end, if they do."""
    dated: list[Item] = []
    for item in rows:
        found = _TAIL_DAY.search(fold_text(item.title))
        dates = find_dates(found.group()) if found is not None else ()
        if found is None or not dates or dates[0].value is None:
            return rows
        dated.append(replace(item, title=item.title[: found.start()].strip(), day=dates[0].value))
    return tuple(dated)
