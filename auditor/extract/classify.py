"""What a page is: its kind by structure and labels, its topic by the column it stands in and by its title."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.extract.dating import SeenDate
from auditor.extract.items import Item
from auditor.extract.reading import Reading
from auditor.facts import PageKind, PageTopic
from auditor.vocabulary import Vocabulary, compile_pattern, squeeze_name

_LONG_PARAGRAPH = 40
_FEW_WORDS = 2
_LIST = 3
_SURE = 3
_MUCH_TEXT = 200


@dataclass(frozen=True, slots=True)
class Shape:
    """What the kind is told by: characters in paragraphs of the page's own, rows, words of article and list pages."""

    paragraph: int
    rows: int
    dated: int
    article_words: int
    has_pager: bool
    has_media: bool


def measure_shape(reading: Reading, items: tuple[Item, ...]) -> Shape:
    """Measure what tells an article from a list."""
    words = reading.words.pages.articles
    own = reading.own_lines
    title = reading.title_line
    near = [line.text for line in own if title is not None and title.order - 4 <= line.order <= title.order + 8]
    text = " ".join(near)
    return Shape(
        paragraph=sum(
            len(line.text) for line in own if len(line.text) >= _LONG_PARAGRAPH and line.linked * 3 < len(line.text)
        ),
        rows=len(items),
        dated=sum(item.day is not None for item in items),
        article_words=sum(word in text for word in words.line_words),
        has_pager=any(word in line.text for line in reading.shown.lines for word in words.list_words),
        has_media=bool(reading.shown.players),
    )


def is_error(reading: Reading) -> bool:
    """Tell whether the page says of itself that what was asked is not there, though it was answered."""
    signs = reading.words.pages.errors
    window = squeeze_name(reading.scan.title)
    if window in signs.titles or window in reading.words.pages.blocks.gateway_titles:
        return True
    if any(phrase in reading.scan.title for phrase in signs.phrases):
        return True
    own = [line.text for line in reading.own_lines]
    if sum(map(len, own)) > signs.max_text or reading.breadcrumb or reading.title_line is not None:
        return False
    return any(phrase in text for text in own for phrase in signs.phrases)


def classify_kind(reading: Reading, shape: Shape, published: SeenDate | None, *, is_home: bool | None) -> PageKind:
    """Return the kind of page. `is_home` is None where the address does not tell."""
    if is_home:
        return "shell" if reading.scan.is_shell else "home"
    if is_error(reading):
        return "error"
    if reading.scan.jump is not None or reading.scan.is_shell:
        return "redirect" if reading.scan.jump is not None else "shell"
    if reading.words.find_concept(reading.title) == "site_map":
        return "sitemap"
    if is_home is None and reading.looks_like_home and shape.article_words < _FEW_WORDS:
        return "home"
    return _tell_article(reading, shape, published)


def _tell_article(reading: Reading, shape: Shape, published: SeenDate | None) -> PageKind:
    if reading.read_meta("title") and squeeze_name(reading.read_meta("title")) != squeeze_name(
        reading.read_meta("column_name")
    ):
        return "article"
    dated_line = published is not None and published.line is not None
    is_labelled = published is not None and published.source in reading.words.labels.dates["published"]
    has_dateline = dated_line and (is_labelled or shape.article_words > 0)
    article = 2 * has_dateline + (shape.article_words > 1) + 2 * (shape.paragraph > _MUCH_TEXT)
    article += published is not None and shape.paragraph > 0 and shape.rows == 0
    column = 2 * (shape.dated >= _LIST) + (shape.rows >= _LIST) + shape.has_pager + (shape.dated > 0 and not dated_line)
    if article >= _SURE or (article > column and article > 1):
        return "article"
    if _is_form(reading, shape):
        return "form"
    if column > 0 or reading.words.find_concept(reading.title) is not None or reading.read_meta("column_name"):
        return "article" if article > column else "column"
    return "article" if article else "other"


def _is_form(reading: Reading, shape: Shape) -> bool:
    fields = reading.shown.tree.css("form input[type=text], form textarea, form select, form input:not([type])")
    return len(fields) >= _LIST and shape.rows < _LIST and shape.paragraph < _MUCH_TEXT


# ---- topic ---------------------------------------------------------------------------------------


def is_guide_title(title: str, words: Vocabulary) -> bool:
    """Tell whether a title is that of a disclosure guide itself, not of news about one."""
    guides = words.guides
    if not any(compile_pattern(pattern).fullmatch(title) for pattern in guides.title_patterns):
        return False
    return not any(compile_pattern(pattern).fullmatch(title) for pattern in guides.title_not)


def classify_topic(reading: Reading, kind: PageKind, *, has_number: bool) -> PageTopic | None:
    """Return the topic of a page, by its own title, then by the columns that it stands in, innermost first.

    `has_number`: it carries a document number, so that the section alone does not tell its topic.
    """
    if kind in ("home", "error", "redirect", "blocked", "sitemap", "shell"):
        return None
    title = reading.title
    if is_guide_title(title, reading.words):
        return "guide"
    names = [reading.read_meta("column_name"), *reversed(reading.breadcrumb), reading.read_meta("column_type")]
    concepts = [reading.words.find_concept(title)]
    concepts += [reading.words.find_concept(name, "disclosure_platform") for name in names if name]
    topics = [reading.words.concepts[concept].topic for concept in concepts if concept is not None]
    topic = next((topic for topic in topics if topic is not None), None)
    if has_number and topic in (None, "disclosure_platform"):
        return "policy"
    return topic  # type: ignore[return-value]
