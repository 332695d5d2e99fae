"""What a page is: its kind by structure and labels, its topic by the column it stands in and by its title."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.extract.dating import SeenDate
from auditor.extract.items import Item
from auditor.extract.menus import CORE, MENU_CONCEPTS, SECTION, read_menu
from auditor.extract.reading import Reading
from auditor.extract.sheet import find_year
from auditor.extract.titles import NUMBERED, cut_label, list_sheet_labels
from auditor.facts import PageKind, PageTopic
from auditor.page.markup import Line
from auditor.page.zones import call_part
from auditor.words.vocabulary import Vocabulary, compile_pattern, squeeze_name

_LONG_PARAGRAPH = 40
_FEW_WORDS = 2
_LIST = 3
_SURE = 3
_MUCH_TEXT = 200
_ROW_GAP = 8
_ROW_TAIL = 4
_FEW_HEADINGS = 3
_MAX_FIELDS = 200
_NOTE = 80
_FEW_LINKS = 6
_MANY_FIELDS = 5
_UNDER_TITLE = 4
_SHEET = 80
_SHEET_LABELS = 5
_COMMAS = re.compile(r"\s{0,3}[,，、;；]\s{0,3}")
_APART = re.compile(r"[\s:：|]+")
_FIELD_TYPES = frozenset({"text", "tel", "email", "number", "date", "password", "file", "url"})
_CHROME = frozenset({"form", "header", "nav", "footer", "pager", "widget"})
_SECTION_TOPICS = frozenset({"guide", "institution_rules", "annual_report", "policy", "interpretation", "budget"})
_MAX_HEAD = 12


@dataclass(frozen=True, slots=True)
class Shape:
    """What the kind is told by: characters in paragraphs of the page's own, rows, words of article and list pages.

    `rows_from` and `rows_to` are the places between which dated rows follow each other closely: a list, with whatever
    stands between its rows; both 0 where there is none.
    """

    paragraph: int
    rows: int
    dated: int
    article_words: int
    has_pager: bool
    has_media: bool
    rows_from: int
    rows_to: int


def _find_run(items: tuple[Item, ...], shortest: int) -> tuple[int, int]:
    """Return where the longest run of dated rows begins and ends; (0, 0) for fewer than `shortest`."""
    best: tuple[int, int] = (0, 0)
    length, start = 0, 0
    longest = shortest - 1
    dated = [item for item in items if item.day is not None]
    for place, item in enumerate(dated):
        is_close = place > 0 and item.order - dated[place - 1].order <= _ROW_GAP
        length, start = (length + 1, start) if is_close else (1, item.order)
        if length > longest:
            longest, best = length, (start, item.order + _ROW_TAIL)
    return best


def measure_shape(reading: Reading, items: tuple[Item, ...]) -> Shape:
    """Measure what tells an article from a list."""
    words = reading.words.pages.articles
    title = reading.title_line
    has_pager = any(word in line.text for line in reading.shown.lines for word in words.list_words)
    rows_from, rows_to = _find_run(items, 1 if has_pager else _LIST)
    if title is not None and rows_to - _ROW_TAIL < title.order <= rows_to:
        rows_to = title.order - 1
    own = [line for line in reading.own_lines if not (rows_to and rows_from <= line.order <= rows_to)]
    near = [line.text for line in own if title is not None and title.order - 4 <= line.order <= title.order + 8]
    text = " ".join(near)
    return Shape(
        paragraph=sum(
            len(line.text) for line in own if len(line.text) >= _LONG_PARAGRAPH and line.linked * 3 < len(line.text)
        ),
        rows=len(items),
        dated=sum(item.day is not None for item in items),
        article_words=sum(word in text for word in words.line_words),
        has_pager=has_pager,
        has_media=bool(reading.shown.players),
        rows_from=rows_from,
        rows_to=rows_to,
    )


def is_gateway(reading: Reading) -> bool:
    """Tell whether the page is a gateway's message that the site did not answer."""
    return squeeze_name(reading.scan.title) in reading.words.pages.blocks.gateway_titles


def is_error(reading: Reading, published: SeenDate | None) -> bool:
    """Tell whether the page says of itself that what was asked is not there, though it was answered."""
    signs = reading.words.pages.errors
    if squeeze_name(reading.scan.title) in signs.titles or is_gateway(reading):
        return True
    own = [line for line in reading.own_lines if line.linked * 2 <= len(line.text)]
    is_dated = published is not None and published.line is not None and published.source != "line"
    if is_dated or reading.read_meta("title") or sum(len(line.text) for line in own) > signs.max_text:
        return False
    leaving = [line.order for line in own if any(word in line.text for word in signs.leaving)]
    said = [line.order for line in own if _says_error(line.text, reading.words)]
    others = sum(len(line.text) for line in own if line.order not in (*leaving, *said))
    if leaving and not said:
        return not reading.breadcrumb and others < _NOTE and len(reading.own_anchors) <= _FEW_LINKS
    return (bool(said) or _says_error(reading.scan.title, reading.words)) and (not reading.breadcrumb or others < _NOTE)


def _says_error(text: str, words: Vocabulary) -> bool:
    signs = words.pages.errors
    if any(phrase in text for phrase in signs.phrases):
        return True
    return any(compile_pattern(pattern).fullmatch(text.strip()) for pattern in signs.patterns)


def _is_site_map(reading: Reading) -> bool:
    """Tell whether the page calls itself a site map: in its title, its window, its way or a heading of its own."""
    headings = [heading.text for heading in reading.shown.headings if heading.zone.part in ("", "content")]
    names = (reading.title, reading.window_head, *reading.breadcrumb[-1:], *headings[:_FEW_HEADINGS])
    return any(reading.words.find_concept(name) == "site_map" for name in names if name)


def _is_home(reading: Reading, shape: Shape, published: SeenDate | None) -> bool:
    has_dateline = published is not None and published.line is not None and shape.article_words > 0
    is_text = shape.paragraph > _MUCH_TEXT and has_dateline
    return (
        reading.looks_like_home
        and shape.article_words < _FEW_WORDS
        and not is_text
        and (reading.offers_lists or not _has_next_page(reading))
    )


def _has_next_page(reading: Reading) -> bool:
    words = reading.words.pages.articles.list_words
    return any(line.zone.part == "pager" or words[0] in line.text for line in reading.shown.lines)


def classify_kind(reading: Reading, shape: Shape, published: SeenDate | None, *, is_home: bool | None) -> PageKind:
    """Return the kind of page. `is_home` is None where the address does not tell."""
    if is_home:
        return "shell" if reading.scan.is_shell else "home"
    if is_error(reading, published):
        return "error"
    if reading.scan.jump is not None or reading.scan.is_shell:
        return "redirect" if reading.scan.jump is not None else "shell"
    if _is_site_map(reading):
        return "sitemap"
    if is_home is None and _is_home(reading, shape, published):
        return "home"
    return _tell_article(reading, shape, published)


def _tell_article(reading: Reading, shape: Shape, published: SeenDate | None) -> PageKind:
    label = squeeze_name(reading.read_meta("title"))
    is_labelled = bool(label) and label != squeeze_name(reading.read_meta("column_name"))
    if is_labelled or (reading.is_letter and shape.dated < _LIST):
        return "article"
    line = published.line if published is not None else None
    dated_line = line is not None and not (shape.rows_to and shape.rows_from <= line.order <= shape.rows_to)
    is_called = published is not None and published.source in reading.words.labels.dates["published"]
    has_dateline = dated_line and (is_called or shape.article_words > 0)
    article = 2 * has_dateline + (shape.article_words > 1) + 2 * (shape.paragraph > _MUCH_TEXT)
    article += published is not None and shape.paragraph > 0 and shape.rows == 0
    article += 2 * (dated_line and line is not None and _stands_between(reading, line))
    article += 2 * (shape.rows < _LIST and _is_sheet(reading))
    column = 2 * (max(shape.dated, len(reading.row_days)) >= _LIST) + (shape.rows >= _LIST) + shape.has_pager
    column += _SURE * (reading.has_letters and reading.title_line is None)
    column += shape.dated > 0 and not dated_line and (shape.rows > 1 or shape.paragraph == 0)
    if published is None and shape.dated == 0 and _is_to_fill_in(reading, shape):
        return "form"
    if article >= _SURE or (article > column and article > 1):
        return "article"
    if _is_form(reading, shape):
        return "form"
    label = reading.read_meta("column_name") if _names_itself(reading, shape) else ""
    own_name = label or reading.column_title or reading.column_heading
    # a year makes the title that of one document, though a column's name stands in it
    is_name = reading.words.find_concept(reading.title) is not None and find_year(reading.title, reading.latest) is None
    if column > 0 or is_name or own_name:
        return "article" if article > column else "column"
    return "article" if article or (reading.title_line is not None and shape.paragraph > 0) else "other"


def _names_itself(reading: Reading, shape: Shape) -> bool:
    """Tell whether the label of the column can be the page's own name: none over a text with another title."""
    if shape.rows or shape.paragraph == 0 or reading.title_line is None:
        return True
    return squeeze_name(reading.title) == squeeze_name(reading.read_meta("column_name"))


def _is_sheet(reading: Reading) -> bool:
    """Tell whether the page is a sheet of labels, each once with its value, as a guide to a matter is."""
    names = list_sheet_labels(reading.words)
    own = [line for line in reading.own_lines[:_SHEET] if line.linked == 0]
    heads = [cut_label(line.text) for line in own]
    counts = Counter(head for head, _ in heads)
    following = (*(head in names for head, _ in heads[1:]), True)
    kept = [head for (head, value), is_next in zip(heads, following, strict=False) if value or not is_next]
    return len({head for head in kept if head in names and counts[head] == 1}) >= _SHEET_LABELS


def _stands_between(reading: Reading, line: Line) -> bool:
    """Tell whether a date stands right under the title and above a text that is no link: so do articles."""
    title = reading.title_line
    if title is None or not 0 <= line.order - title.order <= _UNDER_TITLE:
        return False
    after = (other for other in reading.own_lines if 0 < other.order - line.order <= _UNDER_TITLE)
    return any(other.linked == 0 and len(other.text) >= _LONG_PARAGRAPH for other in after)


def _is_form(reading: Reading, shape: Shape) -> bool:
    if shape.rows >= _LIST or shape.paragraph >= _MUCH_TEXT or _count_fields(reading) < _LIST:
        return False
    return not _is_beside_search(reading)


def _is_to_fill_in(reading: Reading, shape: Shape) -> bool:
    """Tell whether an undated page is there to log in, or has many fields below what it says."""
    if shape.paragraph < _MUCH_TEXT and _has_password(reading):
        return True
    return _count_fields(reading) >= _MANY_FIELDS and not _is_beside_search(reading) and shape.rows < _LIST


def _has_password(reading: Reading) -> bool:
    return reading.shown.tree.css_first("input[type='password' i]") is not None and len(reading.own_lines) <= _SHEET


def _is_beside_search(reading: Reading) -> bool:
    """Tell whether the fields of a page only search what it lists in its own links: a form that asks for documents."""
    names = {name for group in reading.words.labels.elements.values() for name in group}
    short = (line for line in reading.shown.lines if line.linked == 0 and len(line.text) <= _NOTE)
    asked = {squeeze_name(word) for line in short for word in _APART.split(line.text)} & names
    return len(asked) >= _LIST and len(reading.own_anchors) > _FEW_LINKS


def _count_fields(reading: Reading) -> int:
    """Return how many fields the fullest form of the page has; fields outside of any form are one form together."""
    counts: Counter[int] = Counter()
    for node in reading.shown.tree.css("input, textarea, select")[:_MAX_FIELDS]:
        kind = (node.attributes.get("type") or "text").lower()
        if node.tag == "input" and kind not in _FIELD_TYPES:
            continue
        above, is_chrome = node.parent, False
        while above is not None and above.tag not in ("form", "body", "html"):
            is_chrome = is_chrome or call_part(above, above.tag or "", reading.words) in _CHROME
            above = above.parent
        in_form = above is not None and above.tag == "form"
        if in_form or not is_chrome:
            counts[above.mem_id if above is not None and in_form else 0] += 1
    return max(counts.values(), default=0)


# ---- topic ---------------------------------------------------------------------------------------


def is_guide_title(title: str, words: Vocabulary) -> bool:
    """Tell whether a title is that of a disclosure guide itself, not of news about one."""
    guides = words.guides
    if not any(compile_pattern(pattern).fullmatch(title) for pattern in guides.title_patterns):
        return False
    return not any(compile_pattern(pattern).fullmatch(title) for pattern in guides.title_not)


def classify_topic(reading: Reading, kind: PageKind, title: str, *, has_number: bool) -> PageTopic | None:
    """Return the topic of a page, by its title, then by the columns that it stands in, innermost first.

    `has_number`: it carries a document number, so that the section alone does not tell its topic.
    """
    if kind in ("home", "error", "redirect", "blocked", "sitemap", "shell"):
        return None
    if is_guide_title(title, reading.words):
        return "guide"
    names = [reading.read_meta("column_name"), *reversed(reading.breadcrumb)]
    names += _COMMAS.split(reading.read_meta("column_type"))
    names += [heading.text for heading in reading.shown.headings[:1] if kind == "form"]
    concepts = [reading.words.find_concept(title)]
    concepts += [reading.words.find_concept(name, "disclosure_platform") for name in names if name]
    topics = [reading.words.concepts[concept].topic for concept in concepts if concept is not None]
    topic = next((topic for topic in topics if topic is not None), None)
    if has_number and topic in (None, "disclosure_platform"):
        return "policy"
    has_letters = reading.is_letter if kind == "article" else reading.has_letters and kind == "column"
    if topic in (None, "disclosure_platform") and has_letters:
        return "letter"
    return topic  # type: ignore[return-value]


def find_weak_topic(
    reading: Reading, kind: PageKind, *, is_dated: bool, is_document: bool, has_elements: bool
) -> PageTopic | None:
    """Return the topic that only the page's manner tells; what lists the page knows better.

    News for a dated text that is no document and explains none (nor, with an element table, is divided into numbered
    parts); the disclosure platform for a list beside the menu of its columns.
    """
    by_path = find_path_topic(reading.address, kind, reading.words)
    if kind == "column":
        return by_path or ("disclosure_platform" if _is_section(reading) else None)
    if by_path is not None or kind != "article" or is_document or not is_dated:
        return by_path
    if has_elements and _is_divided(reading):
        return None
    words = reading.words
    named = (*words.documents.policy_words, *words.interpretations.title_words)
    ends = [end for row in words.documents.kinds for end in row.title_ends]
    title = reading.title
    signs = words.pages.articles
    tells = any(word in title for word in signs.happenings) and not title.startswith(signs.subjects)
    is_titled = any(word in title for word in named) or (not tells and squeeze_name(title).endswith(tuple(ends)))
    told = sum(len(line.text) for line in reading.own_lines if line.linked == 0 and len(line.text) >= _LONG_PARAGRAPH)
    return "news" if told > _MUCH_TEXT and not is_titled and words.find_concept(title) is None else None


def _is_divided(reading: Reading) -> bool:
    """Tell whether a text is divided into numbered parts or addressed to somebody, as documents are and news is not."""
    names = list_sheet_labels(reading.words)
    own = [line.text for line in reading.own_lines if line.linked == 0 and cut_label(line.text)[0] not in names]
    first = next((place for place, text in enumerate(own) if squeeze_name(text) == squeeze_name(reading.title)), 0)
    last = max((place for place, text in enumerate(own) if len(text) >= _LONG_PARAGRAPH), default=-1)
    own = own[first : last + 1]
    parts = sum(NUMBERED.match(text) is not None for text in own)
    return parts >= _FEW_WORDS or any(text.endswith((":", "：")) and len(text) <= _NOTE for text in own)


def _is_section(reading: Reading) -> bool:
    """Tell whether a list stands beside the menu of the disclosure section, or is the section's own front.

    Menus of the whole site name guide, application and catalogue too; they count only in a menu of the page's own.
    """
    menu = read_menu(reading)
    own = {entry.concept for entry in menu if entry.region != "nav"} & MENU_CONCEPTS
    return len({entry.concept for entry in menu} & set(CORE)) >= _LIST or len(own) >= _LIST or _is_front(reading)


def _is_front(reading: Reading) -> bool:
    """Tell whether a page that names only its site shows the beginnings of several lists of the disclosure section."""
    if not reading.has_site_title or reading.breadcrumb:
        return False
    words = reading.words
    heads = (line.text for line in reading.own_lines if len(line.text) <= _MAX_HEAD)
    found = {words.find_concept(name, SECTION) for name in heads} - {None}
    return len({words.concepts[concept].topic for concept in found if concept} & _SECTION_TOPICS) >= _LIST


def find_path_topic(url: str, kind: PageKind, words: Vocabulary) -> PageTopic | None:
    """Return the topic that a step of the address names, the last first; the section is told by it for lists only."""
    if kind not in ("article", "column", "other", "form"):
        return None
    for step in reversed(urlsplit(url).path.lower().split("/")):
        for topic, names in words.pages.paths.items():
            if step in names:
                return topic  # type: ignore[return-value]
        if step in words.pages.section_paths:
            return "disclosure_platform" if kind == "column" else None
    return None


def settle_topic(told: PageTopic | None, listed: PageTopic | None, weak: PageTopic | None) -> PageTopic | None:
    """Return the topic by what the page says, then by what lists it, then by its manner.

    The section alone says little of a text: one that reads as news there is news.
    """
    topic = told or listed or weak
    return weak if topic == "disclosure_platform" and weak == "news" else topic
