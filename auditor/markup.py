"""What a page shows: its markup as lines and links in reading order, each with its region.

Pure and bounded: hostile markup costs a bounded time and never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.vocabulary import Vocabulary

Part = Literal["nav", "footer", "breadcrumb", "content", "header", "aside", "widget", "pager", "form", ""]

MAX_MARKUP = 6_000_000
"""Characters of markup that are parsed; the rest is cut off."""
MAX_DEPTH = 400
MAX_LINKS = 5_000
MAX_LINES = 20_000
MAX_OPTIONS = 2_000

HIDDEN_TAGS = frozenset({"script", "style", "noscript", "template", "head", "title", "textarea", "svg", "select"})
BLOCK_TAGS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "fieldset"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol"}
    | {"option", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4"})
_UNNESTED_TAGS = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
    | {"p", "li", "dt", "dd", "option", "tr", "td", "th"}
)
_SPECIAL_TAGS = frozenset({"img", "video", "audio", "embed", "object", "iframe", "frame"})
_PART_OF_TAG: dict[str, Part] = {"nav": "nav", "footer": "footer", "aside": "aside", "header": "header", "form": "form"}
_PARTS_BY_NAME: tuple[Part, ...] = (
    *("breadcrumb", "footer", "nav", "pager", "widget"),
    *("content", "aside", "form", "header"),
)
_PARTS_BY_WORD: tuple[Part, ...] = ("breadcrumb", "nav", "footer", "content", "pager")
_NEVER_PARTS = frozenset({"body", "html", "a", "img", "font", "strong", "b", "tr", "tbody"})
_SMALL_PARTS = frozenset({"span", "li", "p", "td", "h2", "h3", "h4"})
_PARTS_OF_SMALL = frozenset({"breadcrumb", "pager", "footer", "widget"})
_STICKY = ("footer", "nav")
_PARTS_OF_PAGES = frozenset({"breadcrumb", "nav", "footer", "content", "header"})
_PAGER_WORD = 12
_NEIGHBOURS = 2
_MOST_TEXT: dict[str, int] = {
    "nav": 300,
    "footer": 1_200,
    "breadcrumb": 160,
    "header": 400,
    "aside": 600,
    "pager": 120,
    "widget": 120,
}
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_OPTION = re.compile(r"</?option", re.IGNORECASE)
_SPACES = re.compile(r"[\s\u00a0\u200b\u3000\ufeff]+")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff（）《》]) (?=[\u3400-\u9fff（）《》])")
_CLASS_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_WRITTEN = re.compile(r"""document\.write(?:ln)?\(\s{0,4}(?:(["'])([^"'<>\n]{1,200})\1|([A-Za-z_]\w{0,40}))\s{0,4}\)""")
_MAX_SCRIPT = 4_000


@dataclass(slots=True)
class Zone:
    """An element that its tag or its class calls a part of the page; `text` is what stands in it outside of links.

    `long_links` counts its links with more words than a pager's, `holds` tells that other parts or headings are in it.
    """

    called: Part
    parent: Zone | None
    text: int = 0
    part: Part = ""
    long_links: int = 0
    holds: bool = False


@dataclass(slots=True)
class Line:
    """One line as shown: its text, its block element, its zone, and how much of the text is links."""

    text: str
    block: LexborNode
    zone: Zone
    order: int
    linked: int = 0


@dataclass(slots=True)
class Anchor:
    """One link element as shown; `order` places it among the lines."""

    node: LexborNode
    text: str
    zone: Zone
    order: int


@dataclass(slots=True)
class Heading:
    """One heading as shown; `order` places it among the lines."""

    node: LexborNode
    text: str
    zone: Zone
    order: int


@dataclass(slots=True)
class ShownPage:
    """A page in reading order. `pictures` and `players` are its img and its video, audio, embed, object elements."""

    tree: LexborHTMLParser
    lines: list[Line] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    pictures: list[tuple[int, Zone, LexborNode]] = field(default_factory=list)
    players: list[tuple[int, Zone, LexborNode]] = field(default_factory=list)
    frames: list[LexborNode] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return all that is shown, a line a block."""
        return "\n".join(line.text for line in self.lines)


@dataclass(slots=True)
class _State:
    """What a node hands down to its children."""

    zone: Zone
    block: LexborNode
    line_id: int
    anchor: int
    heading: int


# ---- markup --------------------------------------------------------------------------------------


def _find_depth_cut(markup: str) -> int:
    depth = 0
    for tag in _TAG.finditer(markup):
        if tag.group(2).lower() in _UNNESTED_TAGS:
            continue
        depth = max(depth - 1, 0) if tag.group(1) else depth + 1
        if depth > MAX_DEPTH:
            return tag.start()
    return len(markup)


def _drop_options(markup: str) -> str:
    """Return markup with a bounded number of options: the parser's time grows with their square."""
    if markup.count("<option") + markup.count("<OPTION") + markup.count("<Option") <= MAX_OPTIONS:
        return markup
    for count, found in enumerate(_OPTION.finditer(markup)):
        if count == MAX_OPTIONS:
            return markup[: found.start()] + _OPTION.sub("<i", markup[found.start() :])
    return markup


def parse_markup(markup: str) -> LexborHTMLParser:
    """Return the parsed page. Markup is cut where it is longer, or nested deeper, than any honest page."""
    markup = markup[:MAX_MARKUP].replace("\x00", "")
    if markup.count("<") > MAX_DEPTH:
        markup = _drop_options(markup[: _find_depth_cut(markup)])
    return LexborHTMLParser(markup)


def join_spaces(text: str) -> str:
    """Return text with every run of white space as one blank, none at the ends."""
    return _SPACES.sub(" ", text).strip()


def glue_name(text: str) -> str:
    """Return a name without blanks between Chinese characters; names of columns have none."""
    return _HAN_GAP.sub("", join_spaces(text))


def read_written(script: str) -> str:
    """Return the plain texts that a script writes with document.write: literals, and variables set to one literal."""
    script = script[:_MAX_SCRIPT]
    texts = []
    for found in _WRITTEN.finditer(script):
        literal, name = found.group(2), found.group(3)
        if name:
            given = re.search(rf"""\b{name}\s{{0,4}}=\s{{0,4}}(["'])([^"'<>\n]{{0,200}})\1""", script)
            literal = given.group(2) if given else ""
        texts.append(literal or "")
    return "".join(texts)


@lru_cache(maxsize=20_000)
def name_part(vocabulary: Vocabulary, name: str) -> Part:
    """Return the part of a page that a class or id names."""
    words = [word.lower() for word in _CLASS_WORDS.findall(name)]
    joined = "".join(words)
    stem = joined.rstrip("0123456789")
    for part in _PARTS_BY_NAME:
        hints = vocabulary.pages.regions[part]
        if joined in hints or stem in hints:
            return part
    for part in _PARTS_BY_WORD:
        if any(word in vocabulary.pages.regions[part] for word in words):
            return part
    return ""


def call_part(node: LexborNode, tag: str, vocabulary: Vocabulary) -> Part:
    """Return the part of a page that an element's id, class or tag calls it."""
    if tag in _NEVER_PARTS:
        return ""
    attributes = node.attributes
    for value in (attributes.get("id"), attributes.get("class")):
        for name in (value or "")[:300].split():
            part = name_part(vocabulary, name)
            if part and (tag not in _SMALL_PARTS or part in _PARTS_OF_SMALL):
                return part
    return _PART_OF_TAG.get(tag, "")


def _resolve_zones(zones: list[Zone]) -> None:
    for zone in zones:
        above: Part = zone.parent.part if zone.parent is not None else ""
        misnamed = not zone.called or zone.text > _MOST_TEXT.get(zone.called, MAX_MARKUP) or _is_wrapper(zone)
        swallowed = above in _STICKY and not (above == "nav" and zone.called == "breadcrumb")
        zone.part = above if misnamed or swallowed else zone.called


def _is_wrapper(zone: Zone) -> bool:
    """Tell whether what is called a pager is a page: it holds other parts, or links with many words."""
    return zone.called == "pager" and (zone.holds or zone.long_links > _NEIGHBOURS)


def _add_long_link(zone: Zone | None) -> None:
    while zone is not None:
        zone.long_links += 1
        zone = zone.parent


def _mark_holders(zone: Zone | None) -> None:
    while zone is not None and not zone.holds:
        zone.holds = True
        zone = zone.parent


def _add_text(zone: Zone | None, length: int) -> None:
    while zone is not None:
        zone.text += length
        zone = zone.parent


class _Reader:
    """One pass over the tree; what a node hands down is kept until its children were seen."""

    def __init__(self, tree: LexborHTMLParser, vocabulary: Vocabulary) -> None:
        self.page = ShownPage(tree)
        self.vocabulary = vocabulary
        self.zones: list[Zone] = [Zone("", None)]
        self.states: dict[int, _State] = {}
        self.parts: list[str] = []
        self.linked = 0
        self.line_id = 0
        self.last: _State
        self.anchor_parts: dict[int, list[str]] = {}
        self.heading_parts: dict[int, list[str]] = {}

    def read(self) -> ShownPage:
        """Walk the body and return what it shows."""
        root = self.page.tree.body or self.page.tree.root
        if root is None:
            return self.page
        self.last = _State(self.zones[0], root, root.mem_id, -1, -1)
        self.states[root.mem_id] = self.last
        for node in root.traverse(include_text=True):
            parent = node.parent
            state = self.states.get(parent.mem_id) if parent is not None else None
            if state is None or node.mem_id == root.mem_id:
                continue
            if node.is_text_node:
                self.last = self._take_text(node.text_content or "", state, self.last)
            elif node.is_element_node:
                self._take_element(node, state)
            if len(self.page.lines) > MAX_LINES:
                break
        self._end_line(self.last)
        self._finish()
        return self.page

    def _take_text(self, text: str, state: _State, last: _State) -> _State:
        if state.line_id != self.line_id:
            self._end_line(last)
            self.line_id = state.line_id
            for kept in (self.anchor_parts.get(state.anchor), self.heading_parts.get(state.heading)):
                if kept is not None:
                    kept.append(" ")
        self.parts.append(text)
        length = len(text.strip())
        if state.anchor >= 0:
            if length and state.anchor not in self.anchor_parts:
                self.page.anchors[state.anchor].order = len(self.page.lines)
            self.anchor_parts.setdefault(state.anchor, []).append(text)
            self.linked += length
        elif length:
            _add_text(state.zone, length)
        if state.heading >= 0:
            if length and state.heading not in self.heading_parts:
                self.page.headings[state.heading].order = len(self.page.lines)
            self.heading_parts.setdefault(state.heading, []).append(text)
        return state

    def _end_line(self, last: _State) -> None:
        text = join_spaces("".join(self.parts))
        if text:
            self.page.lines.append(Line(text, last.block, last.zone, len(self.page.lines), self.linked))
        self.parts, self.linked = [], 0

    def _take_element(self, node: LexborNode, state: _State) -> None:
        tag = node.tag or ""
        if tag in HIDDEN_TAGS:
            if tag == "script":
                self._take_written(node, state)
            return
        if tag in ("br", "hr"):
            state.line_id = node.mem_id
            return
        zone, block, anchor, heading = state.zone, state.block, state.anchor, state.heading
        called = call_part(node, tag, self.vocabulary)
        if called:
            if called in _PARTS_OF_PAGES:
                _mark_holders(zone)
            zone = Zone(called, zone)
            self.zones.append(zone)
        if tag in BLOCK_TAGS:
            block = node
        page, order = self.page, len(self.page.lines)
        if tag in ("a", "area") and len(page.anchors) < MAX_LINKS:
            anchor = len(page.anchors)
            page.anchors.append(Anchor(node, "", zone, order))
        elif tag in HEADING_TAGS:
            heading = len(page.headings)
            _mark_holders(zone)
            page.headings.append(Heading(node, "", zone, order))
        elif tag in _SPECIAL_TAGS:
            self._take_special(node, tag, zone, order)
        line_id = node.mem_id if tag in BLOCK_TAGS else state.line_id
        self.states[node.mem_id] = _State(zone, block, line_id, anchor, heading)

    def _take_written(self, node: LexborNode, state: _State) -> None:
        """Take what an inline script writes into the page, where it is a plain text or a variable with one."""
        script = node.text()
        if "document.write" not in script:
            return
        text, following = read_written(script), node.next
        is_drawn = following is not None and following.is_text_node and (following.text_content or "").startswith(text)
        if text and not is_drawn:
            self.last = self._take_text(text, state, self.last)

    def _take_special(self, node: LexborNode, tag: str, zone: Zone, order: int) -> None:
        if tag == "img":
            self.page.pictures.append((order, zone, node))
        elif tag in ("iframe", "frame"):
            self.page.frames.append(node)
        else:
            self.page.players.append((order, zone, node))

    def _finish(self) -> None:
        for index, anchor in enumerate(self.page.anchors):
            anchor.text = join_spaces("".join(self.anchor_parts.get(index, ())))
            if len(anchor.text) > _PAGER_WORD:
                _add_long_link(anchor.zone)
        _resolve_zones(self.zones)
        for index, heading in enumerate(self.page.headings):
            heading.text = join_spaces("".join(self.heading_parts.get(index, ())))


def text_within(node: LexborNode) -> str:
    """Return the visible text under a node in one line, a blank between its pieces."""
    pieces = [
        piece.text_content or ""
        for piece in node.traverse(include_text=True)
        if piece.is_text_node and (piece.parent is None or piece.parent.tag not in HIDDEN_TAGS)
    ]
    return join_spaces(" ".join(pieces))


def read_markup(markup: str, vocabulary: Vocabulary) -> ShownPage:
    """Return what a page shows, in reading order."""
    return _Reader(parse_markup(markup), vocabulary).read()
