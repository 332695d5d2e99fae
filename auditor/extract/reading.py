"""One page, read once: its lines, links, labels, title, breadcrumb and own text, for all extractors of pages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from auditor.extract.text import find_dates, fold_text, limit_day
from auditor.markup import Anchor, Line, ShownPage, glue_name, read_markup
from auditor.model import AttemptStatus, RecordEvidence, Visit
from auditor.pagescan import PageScan, normalise_url, scan_shown
from auditor.vocabulary import Vocabulary, squeeze_name

_CHROME = frozenset({"nav", "footer", "header", "breadcrumb", "aside", "widget", "pager", "form"})
_MAX_TITLE = 150
_MIN_TITLE = 4
_STEPS = 6
_SHORTEST = 2
_MAX_NAME = 24
_CRUMB_LINES = 14
_MAX_CRUMB = 80
_MANY_LINKS = 60
_TITLE_CUTS = ("_", "-", " | ", "|", "—", "－", "–")


@dataclass(frozen=True)
class Reading:
    """A page with all that extractors ask of it. `address` is where it stood in the end, after redirects."""

    visit: Visit
    address: str
    shown: ShownPage
    scan: PageScan
    words: Vocabulary
    latest: date

    @property
    def key(self) -> str:
        """Return the address under which the page was asked for, in one form: the key of its facts."""
        return normalise_url(self.visit.url) or self.visit.url

    @cached_property
    def own_lines(self) -> tuple[Line, ...]:
        """Return the lines outside of navigation, header, footer and the like."""
        way = self.breadcrumb_orders
        return tuple(line for line in self.shown.lines if line.zone.part not in _CHROME and line.order not in way)

    @cached_property
    def own_anchors(self) -> tuple[Anchor, ...]:
        """Return the links outside of navigation, header, footer and the like."""
        way = self.breadcrumb_orders
        return tuple(
            anchor for anchor in self.shown.anchors if anchor.zone.part not in _CHROME and anchor.order not in way
        )

    @cached_property
    def plain_text(self) -> str:
        """Return the own text that is no link: lines that are mostly links are left out."""
        return "\n".join(line.text for line in self.own_lines if line.linked * 2 < len(line.text))

    @cached_property
    def breadcrumb_orders(self) -> frozenset[int]:
        """Return the places of the lines that show the way from the home page, whatever their zone."""
        return frozenset(line.order for line in _find_breadcrumb_lines(self))

    @cached_property
    def breadcrumb(self) -> tuple[str, ...]:
        """Return the names on the way from the home page to this page, as shown."""
        return _read_breadcrumb(self)

    @cached_property
    def site_names(self) -> frozenset[str]:
        """Return the squeezed names that the page gives to its site."""
        window = self.scan.title
        tails = [window[place + len(sign) :] for sign in _TITLE_CUTS if (place := window.rfind(sign)) >= 0]
        names = [self.read_meta("site_name"), *tails, *([window] if self.has_site_title else [])]
        return frozenset(squeeze_name(name) for name in names if name)

    @cached_property
    def has_site_title(self) -> bool:
        """Tell whether the window's title is nothing but the name of the site."""
        name = self.read_meta("site_name")
        if name:
            return squeeze_name(name) == squeeze_name(self.scan.title)
        bare = not self.breadcrumb and not self.read_meta("title") and not self.read_meta("column_name")
        return bare and self.window_head == self.scan.title and not self.has_title_heading

    @cached_property
    def has_title_heading(self) -> bool:
        """Tell whether a heading repeats the window's title, on a page that has too few links to be a home page."""
        window = squeeze_name(self.scan.title)
        is_shown = any(squeeze_name(heading.text) == window for heading in self.shown.headings)
        return is_shown and len(self.shown.anchors) < _MANY_LINKS

    @cached_property
    def looks_like_home(self) -> bool:
        """Tell whether the page is a home page by itself: many links, no way back to one, no article, no column."""
        labelled = self.read_meta("title") or self.read_meta("column_name") in self.breadcrumb[-1:]
        bare = not self.breadcrumb and not labelled
        return bare and len(self.shown.anchors) >= _MANY_LINKS and self.has_site_title

    @cached_property
    def window_head(self) -> str:
        """Return the first part of the window's title, without the names of columns and site behind it."""
        title = self.scan.title
        cuts = [place for sign in _TITLE_CUTS if (place := title.find(sign)) > 0]
        return title[: min(cuts)].strip() if cuts else title

    @cached_property
    def column_title(self) -> str:
        """Return the name of the column that the page is, where the window's title begins with it; else nothing."""
        window = squeeze_name(self.scan.title)
        for name in (*self.breadcrumb[-1:], self.read_meta("column_name")):
            if name and len(name) <= _MAX_NAME and window.startswith(squeeze_name(name)):
                return name
        return ""

    @cached_property
    def title_line(self) -> Line | None:
        """Return the line that shows the page's own title."""
        return _find_title_line(self)

    @cached_property
    def title(self) -> str:
        """Return the page's title: as shown, else as its label or its window says."""
        return _read_title(self)

    def read_meta(self, name: str) -> str:
        """Return a standard label by the vocabulary's name for it; empty where it is absent or was never filled."""
        meta = self.words.labels.meta
        for key in sorted(meta[name]):
            value = self.scan.labels.get(key, "")
            if value and value not in meta["unfilled"]:
                return value
        return ""

    def give_evidence(self, locator: str, excerpt: str) -> RecordEvidence:
        """Return evidence that points into this page's record."""
        visit = self.visit
        record = visit.rendered or visit.record
        return RecordEvidence(visit.url, record, locator, excerpt[:200], visit.at, visit.screenshot)

    def locate(self, line: Line) -> str:
        """Return the path of the element that shows a line."""
        return locate_node(line.block)


def locate_node(node: object) -> str:
    """Return a path like that of CSS to an element: up to six levels, ids and classes as the page has them."""
    steps: list[str] = []
    while node is not None and len(steps) < _STEPS:
        tag = getattr(node, "tag", None)
        if not tag or tag in ("html", "-document", "-undef"):
            break
        attributes = node.attributes  # type: ignore[attr-defined]
        name = (attributes.get("id") or "").strip()[:40]
        classes = (attributes.get("class") or "").split()
        steps.append(f"{tag}#{name}" if name else f"{tag}.{classes[0][:40]}" if classes else tag)
        if name:
            break
        node = node.parent  # type: ignore[attr-defined]
    return " > ".join(reversed(steps))


def read_page(visit: Visit, html: str, words: Vocabulary) -> Reading:
    """Read a page. Dates after the day on which it was seen are no dates of the past."""
    address = normalise_url(visit.final_url or visit.url) or visit.url
    shown = read_markup(html, words)
    scan = scan_shown(shown, address, words)
    is_drawn = visit.drawing is None or visit.drawing.status is AttemptStatus.DONE
    if scan.is_awaited and visit.rendered is not None and is_drawn:
        scan = replace(scan, is_shell=False)
    return Reading(visit, address, shown, scan, words, limit_day(visit.at.date()))


# ---- breadcrumb ----------------------------------------------------------------------------------


def _is_lead(text: str, words: Vocabulary) -> bool:
    return any(lead in text[:20] for lead in words.pages.breadcrumb_leads)


def _find_breadcrumb_lines(reading: Reading) -> list[Line]:
    lines = reading.shown.lines
    for index, line in enumerate(lines):
        if _is_lead(line.text, reading.words):
            return _extend_breadcrumb(lines[index : index + _CRUMB_LINES])
    for line in lines:
        if line.zone.part == "breadcrumb":
            return [other for other in lines if other.zone is line.zone][:_CRUMB_LINES]
    return []


def _extend_breadcrumb(lines: list[Line]) -> list[Line]:
    """Return the line that leads in and those that go on with it: of its zone, else while they are links and signs."""
    first = lines[0]
    if first.zone.part == "breadcrumb":
        return [line for line in lines if line.zone is first.zone]
    found = [first]
    for line in lines[1:]:
        is_way = line.linked * 2 >= len(line.text) or not squeeze_name(line.text)
        if line.zone is not first.zone or not is_way or len(line.text) > _MAX_CRUMB or first.linked:
            break
        found.append(line)
    return found


def _cut_names(text: str, words: Vocabulary) -> list[str]:
    for lead in words.pages.breadcrumb_leads:
        text = text.replace(lead, ">")
    for sign in (">>", "»", "›", "→", "＞", "/", "|", "·", ":", "："):
        text = text.replace(sign, ">")
    return [glue_name(part) for part in text.split(">")]


def _read_breadcrumb(reading: Reading) -> tuple[str, ...]:
    lines = _find_breadcrumb_lines(reading)
    orders = {line.order for line in lines}
    linked = [glue_name(anchor.text) for anchor in reading.shown.anchors if anchor.order in orders]
    names: list[str] = []
    for line in lines:
        for name in _cut_names(line.text, reading.words):
            parts = [link for link in linked if link and link in name] if len(name) > _MIN_TITLE * 6 else []
            names.extend(parts or [name])
    kept = [name for name in names if name and reading.words.find_concept(name) != "home" and len(name) <= _MAX_TITLE]
    return tuple(dict.fromkeys(name.strip("[]【】") for name in kept))[:8]


# ---- title ---------------------------------------------------------------------------------------


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


def _list_title_lines(reading: Reading) -> list[Line]:
    chrome = ("nav", "footer", "pager", "breadcrumb")
    return [
        line
        for line in reading.shown.lines
        if line.zone.part not in chrome and len(line.text) <= _MAX_TITLE * 2 and line.linked * 4 <= len(line.text)
    ]


def _find_title_line(reading: Reading) -> Line | None:
    label = squeeze_name(reading.read_meta("title"))
    window = squeeze_name(reading.scan.title)
    if reading.has_site_title:
        window = ""
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
    return best[1] if best is not None else _find_heading_line(reading)


def _weigh_title(key: str, label: str, window: str, head: str) -> int:
    if label and key == label:
        return 4 * _MAX_TITLE
    if label and key in label and len(key) * 2 > len(label):
        return 2 * _MAX_TITLE + len(key)
    if key in window:
        return 2 * len(key)
    is_fuller = len(head) >= _MIN_TITLE and head in key and len(key) <= len(head) + _MAX_TITLE // 2
    return 2 * len(head) + 1 if is_fuller else 0


def _find_heading_line(reading: Reading) -> Line | None:
    if reading.looks_like_home or reading.column_title:
        return None
    lines = {line.order: line for line in reading.own_lines}
    for heading in reading.shown.headings:
        line = lines.get(heading.order)
        key = squeeze_name(heading.text)
        is_title = heading.node.tag in ("h1", "h2") and len(key) > _MIN_TITLE
        if line is not None and is_title and key not in reading.site_names and line.linked == 0:
            return line
    return None


def _read_title(reading: Reading) -> str:
    label = reading.read_meta("title")
    line = reading.title_line
    if line is None:
        window = reading.scan.title if reading.has_site_title else reading.window_head
        return reading.column_title or label or window or reading.scan.title
    shown = strip_tail(line.text, reading.words)
    key = squeeze_name(shown)
    whole = [heading.text for heading in reading.shown.headings if heading.order == line.order]
    for text in (label, *whole):
        if text and len(text) <= _MAX_TITLE and key in squeeze_name(text) and not find_dates(text[len(shown) :]):
            return text
    return shown
