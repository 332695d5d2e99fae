"""The line that shows a page's own title, and the title itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.extract.text import find_dates, find_document_numbers, find_role, fold_text
from auditor.page.markup import Line, glue_name
from auditor.words.vocabulary import Vocabulary, squeeze_name

if TYPE_CHECKING:
    from auditor.extract.reading import Reading

_MAX_TITLE = 150
_MIN_TITLE = 4
_SHORTEST = 2
_MIN_PLAIN = 6
_PIECES = 4
_TELLING = 8
_CLASS_LEVELS = 3
_SEARCHED = 60
_FEW_WORDS = 2
_FEW_LABELS = 3
_PARAGRAPH = 40
_REACH = 16
_LABEL = 10
_STYLE = 300
_SENTENCE_ENDS = ("。", "；", "：", ":", "，")
_CHROME = ("nav", "footer", "pager", "breadcrumb")
NUMBERED = re.compile(
    r"\s{0,9}(?:第[一二三四五六七八九十百零]{1,5}[章条节]|[（(]?[一二三四五六七八九十]{1,3}[)）、.．]|[0-9]{1,2}[、.．])"
)


def strip_tail(text: str, words: Vocabulary) -> str:
    """Return a line without the date, the source and the like that some templates print behind the title."""
    dates = find_dates(text)
    if not dates or dates[0].start < _MIN_TITLE:
        return text
    head = text[: dates[0].start].rstrip(" ([（【〔")
    rest = fold_text(text[dates[0].end :]).strip(" 0123456789:)]】")
    is_tail = len(rest) <= 1 or any(word in rest for word in words.pages.articles.line_words)
    is_apart = (
        head != text[: dates[0].start] and head.count("《") == head.count("》") and head.count("“") == head.count("”")
    )
    return head if is_tail and is_apart else text


# ---- the line ------------------------------------------------------------------------------------


def _list_title_lines(reading: Reading) -> list[Line]:
    way, is_long_way = reading.breadcrumb_orders, len(reading.breadcrumb) >= _FEW_WORDS
    return [
        line
        for line in reading.shown.lines
        if line.zone.part not in _CHROME
        and len(line.text) <= _MAX_TITLE * 2
        and line.linked * 4 <= len(line.text)
        and not (line.order in way and (line.linked or is_long_way))
        and not line.text.startswith(tuple(reading.words.pages.breadcrumb_leads))
    ]


def find_title_line(reading: Reading) -> Line | None:
    """Return the line that shows the title: by the label, by the window, else by how the page sets it off."""
    label = squeeze_name(reading.read_meta("title"))
    window = "" if reading.has_site_title else squeeze_name(reading.window.whole)
    head = squeeze_name(reading.window_head) if window else ""
    headings = {heading.order for heading in reading.shown.headings if heading.text}
    best: tuple[int, Line] | None = None
    for line in _list_title_lines(reading):
        key = squeeze_name(strip_tail(line.text, reading.words))
        if len(key) < _SHORTEST or any(key in name for name in reading.site_names):
            continue
        weight = _weigh_title(key, label, window, head)
        weight += _MIN_TITLE * (weight > 0 and line.order in headings)
        if weight > 0 and (best is None or weight > best[0]):
            best = (weight, line)
    columns = {squeeze_name(name) for name in (*reading.breadcrumb, reading.read_meta("column_name"))}
    is_column = best is not None and squeeze_name(best[1].text) in columns
    named = _find_named_line(reading) if best is None or is_column else None
    return named or (best[1] if best is not None else _find_plain_line(reading))


def _weigh_title(key: str, label: str, window: str, head: str) -> int:
    if label and key == label:
        return 4 * _MAX_TITLE
    if label and key in label and len(key) * 2 > len(label):
        return 2 * _MAX_TITLE + len(key)
    if key in window:
        return 2 * len(key)
    is_same = len(head) >= _TELLING or key.startswith(head) or key.endswith(head)
    is_fuller = len(head) >= _MIN_TITLE and head in key and is_same and len(key) <= len(head) + _MAX_TITLE // 2
    return 2 * len(head) + 1 if is_fuller else 0


def _find_plain_line(reading: Reading) -> Line | None:
    """Return the title of a page whose label and window do not name it."""
    if reading.looks_like_home or reading.column_title:
        return None
    found = _find_heading_line(reading) or _find_called_line(reading) or _find_line_above_date(reading)
    return found or _find_bold_line(reading) or _find_low_heading_line(reading) or _find_line_above_labels(reading)


def _find_named_line(reading: Reading) -> Line | None:
    """Return the line that a label of an element table or of a letter calls the title, beside other such labels."""
    words, letters = reading.words, reading.words.pages.letters
    names = letters.titles if reading.is_letter else words.labels.elements["name"]
    has_name = reading.scan.title.strip() and not reading.has_site_title
    if not reading.is_letter and (has_name or reading.looks_like_home):
        return None
    own = reading.own_lines[:_SEARCHED]
    heads = [cut_label(line.text) for line in own]
    strong = {label for name in words.labels.strong_elements for label in words.labels.elements[name]}
    for place, (head, value) in enumerate(heads):
        if head not in names or (not reading.is_letter and strong.isdisjoint(name for name, _ in heads)):
            continue
        if len(squeeze_name(value)) > _MIN_TITLE:
            return own[place]
        below = own[place + 1] if not value and place + 1 < len(own) else None
        if (
            below is not None
            and _is_own_name(reading, below, squeeze_name(below.text))
            and not cut_label(below.text)[1]
        ):
            return below
    return None


def cut_label(text: str) -> tuple[str, str]:
    """Return the squeezed label at the start of a line and what stands behind it; a line without a colon is a label."""
    head, _, value = fold_text(text[: _MAX_TITLE * 2]).partition(":")
    return (
        (squeeze_name(head), text[len(text[: _MAX_TITLE * 2]) - len(value) :].strip())
        if len(head) <= _LABEL
        else ("", "")
    )


def _find_bold_line(reading: Reading) -> Line | None:
    """Return a line in the middle and in bold or large letters right above the running text."""
    for line in reading.own_lines[:_SEARCHED]:
        if len(line.text) >= _PARAGRAPH and line.linked == 0 and "。" in line.text:
            return None
        key = squeeze_name(line.text)
        if len(key) >= _MIN_PLAIN and _is_own_name(reading, line, key) and _is_set_off(line):
            return line
    return None


def _is_set_off(line: Line) -> bool:
    block = line.block
    style = f"{block.attributes.get('style') or ''}"[:_STYLE].lower()
    is_middle = block.attributes.get("align") == "center" or "center" in style or block.tag == "center"
    bold = block.css_first("b, strong, font[size], span[style*='font-size'], span[style*='bold']")
    return is_middle and (bold is not None or "bold" in style or "font-size" in style)


def _is_own_name(reading: Reading, line: Line, key: str) -> bool:
    """Tell whether a line can be a title of its own: no link, no name of the site, none of a column."""
    return (
        line.linked == 0
        and len(key) > _MIN_TITLE
        and len(line.text) <= _MAX_TITLE
        and key not in reading.site_names
        and reading.words.find_concept(line.text) is None
    )


def _find_heading_line(reading: Reading) -> Line | None:
    lines = {line.order: line for line in reading.own_lines}
    for heading in reading.shown.headings:
        line = lines.get(heading.order)
        key = squeeze_name(heading.text)
        is_title = heading.node.tag in ("h1", "h2") and len(key) > _MIN_TITLE
        is_free = key not in reading.site_names and NUMBERED.match(heading.text) is None
        if line is not None and is_title and is_free and line.linked == 0:
            return line
    return None


def _find_low_heading_line(reading: Reading) -> Line | None:
    """Return a smaller heading right above running text, on a page that has none of the first two sizes."""
    own = list(reading.own_lines)
    places = {line.order: place for place, line in enumerate(own)}
    names = {squeeze_name(name) for name in reading.breadcrumb}
    for heading in reading.shown.headings:
        place, key = places.get(heading.order), squeeze_name(heading.text)
        if place is None or len(key) < _MIN_PLAIN or key in names or NUMBERED.match(heading.text):
            continue
        if not _is_own_name(reading, own[place], key):
            continue
        below = own[place + 1 : place + 1 + _REACH]
        return own[place] if any(line.linked == 0 and len(line.text) >= _PARAGRAPH for line in below) else None
    return None


def _find_called_line(reading: Reading) -> Line | None:
    """Return the first line whose element is called a title by its class or id."""
    for line in reading.own_lines[:_SEARCHED]:
        key = squeeze_name(line.text)
        if len(key) >= _MIN_PLAIN and _is_own_name(reading, line, key) and _is_called_title(reading, line):
            return line
    return None


def _is_called_title(reading: Reading, line: Line) -> bool:
    node, level = line.block, 0
    while node is not None and level < _CLASS_LEVELS and node.tag not in ("body", "html"):
        attributes = node.attributes
        names = f"{attributes.get('id') or ''} {attributes.get('class') or ''}"[:200].lower().split()
        if any(name.replace("-", "").replace("_", "") in reading.words.pages.title_classes for name in names):
            return True
        node, level = node.parent, level + 1  # type: ignore[assignment]
    return False


def _is_dateline(line: Line, words: Vocabulary) -> bool:
    dates = find_dates(line.text)
    if not dates or len(line.text) > _MAX_TITLE:
        return False
    role = find_role(line.text[: dates[0].start], words.labels)
    said = sum(word in line.text for word in words.pages.articles.line_words)
    is_named = role is not None and role[0] in ("published", "updated")
    return (role is not None and is_named and len(role[1]) > _SHORTEST) or said + is_named >= _FEW_WORDS


def is_full_dateline(line: Line, words: Vocabulary) -> bool:
    """Tell whether a line has a labelled day and two more words of an article's line, be they links or not."""
    dates = find_dates(line.text) if len(line.text) <= _MAX_TITLE else []
    role = find_role(line.text[: dates[0].start], words.labels) if dates else None
    said = sum(word in line.text for word in words.pages.articles.line_words)
    return role is not None and role[0] in ("published", "updated") and said >= _FEW_WORDS


def _find_line_above_date(reading: Reading) -> Line | None:
    """Return the line above the only line of the page that tells source and date, as an article has it."""
    own = reading.own_lines[:_SEARCHED]
    places = [place for place, line in enumerate(own) if _is_dateline(line, reading.words)]
    if len(places) != 1:
        return None
    if places[0] and _is_short_name(reading, own[places[0] - 1]):
        return own[places[0] - 1]
    for line in reversed(own[max(0, places[0] - _PIECES) : places[0]]):
        key = squeeze_name(line.text)
        if len(key) >= _MIN_PLAIN and _is_own_name(reading, line, key):
            return line
    return None


def _is_short_name(reading: Reading, line: Line) -> bool:
    """Tell whether a line can be a title of few characters, as that of a page about a place or an office is."""
    key = squeeze_name(line.text)
    known = {*reading.site_names, *(squeeze_name(name) for name in reading.breadcrumb[:-1])}
    return line.linked == 0 and _MIN_TITLE <= len(key) < _MIN_PLAIN and key not in known and not cut_label(line.text)[1]


def list_sheet_labels(words: Vocabulary) -> frozenset[str]:
    """Return the squeezed labels of element tables and of guides to single matters."""
    guide = words.families["service_guide"]
    groups = (*words.labels.elements.values(), *guide.labels.values(), guide.words["beside"])
    return frozenset(name for group in groups for name in group)


def _find_line_above_labels(reading: Reading) -> Line | None:
    """Return the line right above a row of labels with values, as a form of elements or a guide to a matter has it."""
    names = list_sheet_labels(reading.words)
    own = reading.own_lines[:_SEARCHED]
    heads = [cut_label(line.text)[0] for line in own]
    for place, line in enumerate(own[:-1]):
        below = names.intersection(heads[place + 1 : place + 1 + _REACH])
        if len(below) < _FEW_LABELS or names.isdisjoint(heads[place + 1 : place + 1 + _FEW_WORDS]):
            continue
        is_value = not names.isdisjoint(heads[max(0, place - 1) : place + 1])
        key = squeeze_name(line.text)
        is_name = len(key) >= _MIN_PLAIN and len(line.text) < _PARAGRAPH * 2 and _is_own_name(reading, line, key)
        if is_name and not is_value and not cut_label(line.text)[1]:
            return line
    return None


# ---- the title -----------------------------------------------------------------------------------


def read_title(reading: Reading) -> str:
    """Return the title as shown, whole where it stands in several lines; else as the label or the window has it."""
    label = reading.read_meta("title")
    line = reading.title_line
    if line is None:
        window = reading.window.whole if reading.has_site_title else reading.window_head
        return reading.column_title or label or window or reading.window.whole
    head, value = cut_label(line.text)
    if value and head in (*reading.words.labels.elements["name"], *reading.words.pages.letters.titles):
        return value
    shown = strip_tail(line.text, reading.words)
    key = squeeze_name(shown)
    pieces = [heading for heading in reading.shown.headings if heading.order <= line.order < heading.order + _PIECES]
    whole = [heading.text if squeeze_name(heading.text) == key else glue_name(heading.text) for heading in pieces]
    for text in (label, *whole, _join_block(reading, line), _join_set_off(reading, line)):
        if text and len(text) <= _MAX_TITLE and key in squeeze_name(text) and not find_dates(text[len(shown) :]):
            return _cut_counters(text, reading)
    return _cut_counters(shown, reading)


def find_list_name(reading: Reading, first: int) -> str:
    """Return the name above the first row of a list where the window names the site and the way ends one step above it.

    Then the last step heads a menu, in which the name stands as a link. `first` is the row's place.
    """
    above = squeeze_name(reading.breadcrumb[-1]) if reading.breadcrumb else ""
    if not above or not reading.has_site_title or reading.offers_lists:
        return ""
    way = reading.breadcrumb_orders
    heads = {squeeze_name(line.text) for line in reading.shown.lines if not line.linked and line.order not in way}
    plain = [line for line in reading.own_lines if line.linked == 0 and line.order < first]
    if above not in heads or not plain or first - plain[-1].order > _FEW_WORDS:
        return ""
    name = glue_name(plain[-1].text)
    key = squeeze_name(name)
    is_offered = any(squeeze_name(anchor.text) == key for anchor in reading.shown.anchors if anchor.order < first)
    return name if key != above and len(name) <= _REACH and is_offered else ""


def _join_block(reading: Reading, line: Line) -> str:
    """Return the lines of the title's own block as one, where the window has them as one."""
    lines = [other for other in reading.shown.lines if other.block.mem_id == line.block.mem_id][:_PIECES]
    text = glue_name("".join(other.text for other in lines))
    is_one = len(lines) > 1 and squeeze_name(text) in squeeze_name(reading.window.whole)
    return text if is_one else ""


def _join_set_off(reading: Reading, line: Line) -> str:
    """Return a title that goes on in the next paragraphs, set off like its first, where nothing else tells it whole."""
    if not reading.has_site_title or not _is_set_off(line):
        return ""
    own = list(reading.own_lines)
    place = next((place for place, other in enumerate(own) if other.order == line.order), len(own))
    pieces = [line.text]
    for other in own[place + 1 : place + _PIECES]:
        text = other.text
        is_other = (
            find_dates(text) or find_document_numbers(text, reading.words.documents) or text.endswith(_SENTENCE_ENDS)
        )
        if is_other or other.linked or len(text) > _PARAGRAPH or not _is_set_off(other):
            break
        pieces.append(text)
    return glue_name("".join(pieces)) if len(pieces) > 1 else ""


def _cut_counters(text: str, reading: Reading) -> str:
    """Return a title without the counters that stand in its own line, where the window has it without them."""
    head = reading.window_head
    is_longer = len(head) >= _MIN_TITLE and len(text) > len(head) and text.startswith(head)
    if is_longer and any(word in text[len(head) :] for word in reading.words.pages.articles.line_words):
        return head
    return text
