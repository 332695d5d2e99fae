"""One page, read once: its lines, links, labels, title, breadcrumb and own text, for all extractors of pages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from auditor.extract.text import find_dates, limit_day
from auditor.extract.titles import find_title_line, read_title
from auditor.extract.window import Window, cut_parts, is_site_name, read_window
from auditor.model.attempts import AttemptStatus, Visit
from auditor.model.evidence import RecordEvidence
from auditor.page.markup import Anchor, Line, ShownPage, glue_name, read_markup
from auditor.page.scan import PageScan, normalise_url, scan_shown
from auditor.words.vocabulary import Vocabulary, squeeze_name

_CHROME = frozenset({"nav", "footer", "header", "breadcrumb", "aside", "widget", "pager", "form"})
_MAX_TITLE = 150
_MIN_TITLE = 4
_STEPS = 6
_MAX_NAME = 24
_CRUMB_LINES = 14
_MAX_CRUMB = 80
_MANY_LINKS = 60
_CELLS = frozenset({"td", "th"})
_ROW, _BESIDE, _ROWS = 24, 2, 3
_MAX_HREF = 2_000
_DASH = re.compile(r"\s[-－–—]{1,2}\s")
_LABEL_END = re.compile("[:： ]")
_ARROW = re.compile(r"[-=－—]{0,2}[>＞»›→]")
_MAX_WAY_HEAD = 16


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
    def window(self) -> Window:
        """Return the window's title in its parts."""
        known = [*self.breadcrumb, self.read_meta("column_name"), self.read_meta("column_type")]
        names = frozenset(squeeze_name(name) for name in known if name)
        site, title = self.read_meta("site_name"), squeeze_name(self.read_meta("title"))
        window = read_window(self.scan.title, site, names, self.words)
        is_own = bool(title and site) and title == squeeze_name(window.whole) != squeeze_name(site)
        return replace(window, sites=(), is_site=False) if window.is_site and is_own else window

    @cached_property
    def site_names(self) -> frozenset[str]:
        """Return the squeezed names that the page gives to its site."""
        names = (self.read_meta("site_name"), *self.window.sites)
        return frozenset(squeeze_name(name) for name in names if name)

    @cached_property
    def has_site_title(self) -> bool:
        """Tell whether the window's title is nothing but the name of the site, or of what its template is for."""
        return self.window.is_site

    @cached_property
    def has_title_heading(self) -> bool:
        """Tell whether a heading repeats the window's title, on a page that has too few links to be a home page."""
        window = squeeze_name(self.scan.title)
        is_shown = any(squeeze_name(heading.text) == window for heading in self.shown.headings)
        return is_shown and len(self.shown.anchors) < _MANY_LINKS

    @cached_property
    def looks_like_home(self) -> bool:
        """Tell whether the page is a home page by itself: many links, no way back to one, no article, no column."""
        bare = not self.breadcrumb and not self.read_meta("title") and not self.is_labelled_column
        signs = self.words.pages.home
        is_wide = len(self.shown.anchors) >= signs.links or (
            len(self.shown.anchors) >= signs.few_links and (self.offers_lists or self.is_labelled_home)
        )
        return bare and is_wide and (self.has_site_title or self._is_front)

    @cached_property
    def _is_front(self) -> bool:
        """Tell whether the window names the site first, then only words to be found by: nothing that the page shows."""
        lead, *rest = cut_parts(self.window.whole) or [""]
        if not rest or len(self.shown.anchors) < self.words.pages.home.links or not is_site_name(lead, self.words):
            return False
        shown = {squeeze_name(line.text) for line in self.shown.lines}
        shown.update(squeeze_name(glue_name(anchor.text)) for anchor in self.shown.anchors)
        return not any(squeeze_name(part) in shown or self.words.find_concept(part) is not None for part in rest)

    @cached_property
    def is_labelled_home(self) -> bool:
        """Tell whether the label of the column or the window's title says that the page is the start page."""
        return self.window.is_home or self.words.find_concept(self.read_meta("column_name")) == "home"

    @cached_property
    def is_labelled_column(self) -> bool:
        """Tell whether the label names a column: by the way to the page, by a known name, or by one that is offered."""
        name = self.read_meta("column_name")
        if not name or self.is_labelled_home:
            return False
        if name in self.breadcrumb[-1:] or self.words.find_concept(name) is not None:
            return True
        key = squeeze_name(name)
        offered = (squeeze_name(glue_name(anchor.text)) for anchor in self.shown.anchors)
        return key not in self.site_names and key in offered

    @cached_property
    def offers_lists(self) -> bool:
        """Tell whether the page shows the beginnings of several lists, each with a link to the whole."""
        signs = self.words.pages.home
        return sum(squeeze_name(anchor.text) in signs.more_names for anchor in self.shown.anchors) >= signs.mores

    @cached_property
    def is_letter(self) -> bool:
        """Tell whether the page shows one letter with its answer, by the labels before both."""
        signs = self.words.pages.letters
        names = set(self._letter_labels)
        return not names.isdisjoint(signs.asks) and not names.isdisjoint(signs.answers) and not self.has_letters

    @cached_property
    def has_letters(self) -> bool:
        """Tell whether the page shows several letters with their answers: the label before what was asked repeats."""
        signs, counts = self.words.pages.letters, self._letter_labels
        return all(max((counts[name] for name in names), default=0) > 1 for names in (signs.asks, signs.answers))

    @cached_property
    def _letter_labels(self) -> Counter[str]:
        """Count the squeezed beginnings of the own lines, up to a colon or a blank."""
        heads = (line.text[:_MAX_NAME] for line in self.own_lines)
        return Counter(squeeze_name(_LABEL_END.split(head, maxsplit=1)[0]) for head in heads)

    @cached_property
    def row_days(self) -> dict[int, date]:
        """Return the days of rows by the places of their lines: days that repeat in one markup, alone or after a link.

        One that stands alone repeats three times, one after a link twice; those in tables are values, not rows.
        """
        days: dict[int, tuple[date, tuple[str, str, bool]]] = {}
        for line in self.own_lines:
            text = line.text
            if line.block.tag in _CELLS or not (text[-1:].isdigit() or text[-1:] in "日])）"):
                continue
            found = find_dates(text[-_ROW:], self.latest)
            rest = sum(sign.isalpha() for sign in text) - sum(sign in "年月日" for sign in text[-_ROW:]) if found else 0
            if found and rest <= max(line.linked, _BESIDE) and len(found) == 1:
                style = (line.block.tag or "", line.block.attributes.get("class") or "", line.linked > 0)
                days[line.order] = (found[0].value, style)
        counts = Counter(style for _, style in days.values())
        return {place: day for place, (day, style) in days.items() if counts[style] >= (_ROWS - style[2])}

    @cached_property
    def window_head(self) -> str:
        """Return the window's title without the names of columns and site around it."""
        return self.window.head

    @cached_property
    def column_title(self) -> str:
        """Return the name of the column that the page is, where the window's title begins with it; else nothing."""
        if self.window.is_template:
            return ""
        heads = (squeeze_name(self.scan.title), squeeze_name(self.window_head))
        for name in (*self.breadcrumb[-1:], self.read_meta("column_name")):
            key = squeeze_name(name)
            if key and len(name) <= _MAX_NAME and any(head.startswith(key) for head in heads):
                return name
        return ""

    @cached_property
    def column_heading(self) -> str:
        """Return what a column calls itself where its window names the site only; else nothing.

        The last step of the way that stands on the page as a heading is its name whatever the window says.
        """
        last = next((name for name in self.breadcrumb[-1:] if self.words.find_concept(name) != "home"), "")
        shown = {heading.text for heading in self.shown.headings if heading.zone.part not in _CHROME}
        if last and last in {glue_name(text) for text in shown} and squeeze_name(last) not in self.site_names:
            return last
        if not self.window.is_site:
            return ""
        headings = [glue_name(heading.text) for heading in self.shown.headings if heading.zone.part not in _CHROME]
        known = [text for text in headings if self.words.find_concept(text) not in (None, "home")]
        names = (self.read_meta("column_name"), *self.breadcrumb[-1:], *(known if len(set(known)) == 1 else ()))
        fit = (name for name in names if name and len(name) <= _MAX_NAME and self.words.find_concept(name) != "home")
        return next((name for name in fit if squeeze_name(name) not in self.site_names), "")

    @cached_property
    def title_line(self) -> Line | None:
        """Return the line that shows the page's own title."""
        return find_title_line(self)

    @cached_property
    def title(self) -> str:
        """Return the page's title: as shown, else as its label or its window says."""
        return read_title(self)

    def leads_to_file(self, anchor: Anchor) -> bool:
        """Tell whether a link leads to a file: by the end of its address or of a value in it, or by its own words."""
        attributes = anchor.node.attributes
        path, _, query = (attributes.get("href") or "")[:_MAX_HREF].partition("?")
        names = [path, *query.split("&"), anchor.text, attributes.get("title") or "", attributes.get("alt") or ""]
        endings = self.words.pages.articles.attachments
        return any(name.strip().rpartition(".")[2].lower() in endings for name in names if "." in name)

    def read_meta(self, name: str) -> str:
        """Return a standard label by the vocabulary's name for it; empty where it is absent or was never filled."""
        meta = self.words.labels.meta
        for key in sorted(meta[name]):
            value = self.scan.labels.get(key, "")
            if value and value not in meta["unfilled"]:
                return value
        return ""

    @property
    def is_drawn(self) -> bool:
        """Tell whether this is the page as a browser drew it, whole."""
        visit = self.visit
        return visit.rendered is not None and (visit.drawing is None or visit.drawing.status is AttemptStatus.DONE)

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
    reading = Reading(visit, address, shown, scan, words, limit_day(visit.at.date()))
    return replace(reading, scan=replace(scan, is_shell=False)) if scan.is_awaited and reading.is_drawn else reading


# ---- breadcrumb ----------------------------------------------------------------------------------


def _is_lead(text: str, words: Vocabulary) -> bool:
    return any(lead in text[:20] for lead in words.pages.breadcrumb_leads) or text.startswith(
        words.pages.breadcrumb_starts
    )


def _find_breadcrumb_lines(reading: Reading) -> list[Line]:
    lines = reading.shown.lines
    for index, line in enumerate(lines):
        if _is_lead(line.text, reading.words):
            return _extend_breadcrumb(lines[index : index + _CRUMB_LINES])
    for line in lines:
        if line.zone.part == "breadcrumb":
            return [other for other in lines if other.zone is line.zone][:_CRUMB_LINES]
    return next(([line] for line in lines if _is_way(line.text, reading.words)), [])


def _is_way(text: str, words: Vocabulary) -> bool:
    """Tell whether a line is a way without words that lead in: the home page by name, an arrow, further names."""
    found = _ARROW.search(text[:_MAX_WAY_HEAD]) if len(text) <= _MAX_TITLE else None
    return (
        found is not None
        and bool(squeeze_name(text[found.end() :]))
        and (words.find_concept(text[: found.start()]) == "home")
    )


def _extend_breadcrumb(lines: list[Line]) -> list[Line]:
    """Return the line that leads in and those that go on with it: of its zone, else while they are links and signs."""
    first = lines[0]
    if first.zone.part == "breadcrumb":
        return [line for line in lines if line.zone is first.zone]
    found = [first]
    for line in lines[1:]:
        is_way = line.linked * 2 >= len(line.text) or not squeeze_name(line.text)
        is_row = bool(find_dates(line.text))
        if line.zone is not first.zone or not is_way or len(line.text) > _MAX_CRUMB or first.linked or is_row:
            break
        found.append(line)
    return found


def _cut_names(text: str, words: Vocabulary) -> list[str]:
    for lead in sorted(words.pages.breadcrumb_leads, key=len, reverse=True):
        text = text.replace(f"{lead}{words.pages.breadcrumb_verb}", ">").replace(lead, ">")
    for lead in words.pages.breadcrumb_starts:
        text = text.removeprefix(lead)
    text = _DASH.sub(">", _ARROW.sub(">", text))
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
    bare, find = reading.words.pages.bare_titles, reading.words.find_concept
    kept = [name for name in names if name and find(name) != "home" and len(name) <= _MAX_TITLE and name not in bare]
    return tuple(dict.fromkeys(name.strip("[]【】") for name in kept))[:8]
