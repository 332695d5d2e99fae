"""What a page shows: its markup as lines and links in reading order, each with its region.

Pure and bounded: hostile markup costs a bounded time and never raises.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.page.openers import list_openers
from auditor.page.parsing import parse_markup
from auditor.page.zones import PARTS_OF_PAGES, Zone, call_part, is_long_link, resolve_zone, sum_up
from auditor.words.vocabulary import Vocabulary

MAX_LINKS = 5_000
MAX_LINES = 20_000

HIDDEN_TAGS = frozenset({"script", "style", "noscript", "template", "head", "title", "textarea", "svg", "select"})
BLOCK_TAGS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt", "fieldset"}
    | {"figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol"}
    | {"option", "p", "pre", "section", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
HEADING_TAGS = frozenset({"h1", "h2", "h3", "h4"})
_SPECIAL_TAGS = frozenset({"img", "video", "audio", "embed", "object", "iframe", "frame"})
_SPACES = re.compile(r"[\s\u00a0\u200b\u3000\ufeff]+")
_HAN_GAP = re.compile(r"(?<=[\u3400-\u9fff（）《》]) (?=[\u3400-\u9fff（）《》])")
_WRITTEN = re.compile(r"""document\.write(?:ln)?\(\s{0,4}(?:(["'])([^"'<>\n]{1,200})\1|([A-Za-z_]\w{0,40}))\s{0,4}\)""")
_MAX_SCRIPT = 4_000
_HIDING = re.compile(r"(?i)display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden")
_ROW_END = re.compile(r"[0-9]{2}[-/.月][0-9]{1,2}日?[\]）)]?$")
_ROW_TAIL = 8
_WORDS = frozenset({"span", "em", "i", "b", "strong", "font", "label", "small", "u"})


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
    """A page in reading order; `text` is all that is shown, a line a block.

    `pictures` and `players` are its img and its video, audio, embed, object elements.
    """

    tree: LexborHTMLParser
    lines: list[Line] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    headings: list[Heading] = field(default_factory=list)
    pictures: list[tuple[int, Zone, LexborNode]] = field(default_factory=list)
    players: list[tuple[int, Zone, LexborNode]] = field(default_factory=list)
    frames: list[LexborNode] = field(default_factory=list)
    text: str = ""


def join_spaces(text: str) -> str:
    """Return text with every run of white space as one blank, none at the ends."""
    if "\u200b" in text or "\ufeff" in text:
        return _SPACES.sub(" ", text).strip()
    return " ".join(text.split())


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


class _State:
    """What a node hands down to its children. `words` and `heading_words` collect the text of a link and a heading."""

    __slots__ = ("anchor", "block", "heading", "heading_words", "line_id", "words", "zone")

    def __init__(self, zone: Zone, block: LexborNode, line_id: int, above: _State | None) -> None:
        self.zone = zone
        self.block = block
        self.line_id = line_id
        self.anchor: Anchor | None = None
        self.heading: Heading | None = None
        self.words: list[str] | None = None
        self.heading_words: list[str] | None = None
        if above is not None:
            self.anchor, self.words = above.anchor, above.words
            self.heading, self.heading_words = above.heading, above.heading_words


class _Reader:
    """One pass over the tree; what a node hands down is kept until its children were seen."""

    def __init__(self, tree: LexborHTMLParser, vocabulary: Vocabulary) -> None:
        self.page = ShownPage(tree)
        self.vocabulary = vocabulary
        self.openers = list_openers(tree, vocabulary)
        self.zones: list[Zone] = [Zone("", None)]
        self.states: dict[int, _State] = {}
        self.parts: list[str] = []
        self.linked = 0
        self.line_id = 0
        self.last: _State
        self.words: list[tuple[Anchor | Heading, list[str]]] = []

    def read(self) -> ShownPage:
        """Walk the body and return what it shows."""
        root = self.page.tree.body or self.page.tree.root
        if root is None:
            return self.page
        root_id = root.mem_id
        self.last = _State(self.zones[0], root, root_id, None)
        states, lines = self.states, self.page.lines
        states[root_id] = self.last
        for node in root.traverse(include_text=True):
            parent = node.parent
            state = states.get(parent.mem_id) if parent is not None else None
            if state is None or node.mem_id == root_id:
                continue
            if node.is_text_node:
                text = node.text_content or ""
                if state.words is None and state.heading_words is None and text.isspace():
                    self._take_gap(state)
                    continue
                self._take_text(text, state)
                if len(lines) > MAX_LINES:
                    break
            elif node.is_element_node:
                self._take_element(node, state)
        self._end_line()
        self._finish()
        return self.page

    def _take_text(self, text: str, state: _State) -> None:
        words, heading_words = state.words, state.heading_words
        if state.line_id != self.line_id:
            self._end_line()
            self.line_id = state.line_id
            for kept in (words, heading_words):
                if kept:
                    kept.append(" ")
        self.last = state
        self.parts.append(text)
        length = len(text.strip())
        if words is not None and state.anchor is not None:
            if length and not words:
                state.anchor.order = len(self.page.lines)
            words.append(text)
            self.linked += length
        else:
            state.zone.text += length
        if heading_words is not None and state.heading is not None:
            if length and not heading_words:
                state.heading.order = len(self.page.lines)
            heading_words.append(text)

    def _take_gap(self, state: _State) -> None:
        """Take white space outside of links and headings: nearly half of all texts, and it says nothing."""
        if state.line_id != self.line_id:
            self._end_line()
            self.line_id = state.line_id
        elif self.parts:
            self.parts.append(" ")
        self.last = state

    def _end_line(self) -> None:
        if not self.parts:
            return
        text = join_spaces("".join(self.parts))
        if text:
            last, lines = self.last, self.page.lines
            lines.append(Line(text, last.block, last.zone, len(lines), self.linked))
        self.parts, self.linked = [], 0

    def _take_element(self, node: LexborNode, state: _State) -> None:
        tag = node.tag or ""
        if tag in HIDDEN_TAGS:
            if tag == "script":
                self._take_written(node, state)
            return
        node_id = node.mem_id
        if tag in ("br", "hr"):
            state.line_id = node_id
            return
        if tag in _WORDS and hides(node) and node.css_first("a, img, div, p, h1, h2, h3") is None:
            return
        zone = state.zone
        called = call_part(node, tag, self.vocabulary)
        if called:
            zone.holds = zone.holds or called in PARTS_OF_PAGES
            zone = Zone(called, zone)
            self.zones.append(zone)
        is_block = tag in BLOCK_TAGS
        below = _State(zone, node if is_block else state.block, node_id if is_block else state.line_id, state)
        self.states[node_id] = below
        if tag in ("a", "area") or node_id in self.openers:
            self._take_anchor(node, below)
        if tag in HEADING_TAGS:
            below.heading, below.heading_words = Heading(node, "", zone, len(self.page.lines)), []
            self.page.headings.append(below.heading)
            self.words.append((below.heading, below.heading_words))
            zone.holds = True
        elif tag in _SPECIAL_TAGS:
            self._take_special(node, tag, zone)

    def _take_anchor(self, node: LexborNode, below: _State) -> None:
        page = self.page
        if len(page.anchors) < MAX_LINKS:
            below.anchor, below.words = Anchor(node, "", below.zone, len(page.lines)), []
            page.anchors.append(below.anchor)
            self.words.append((below.anchor, below.words))

    def _take_written(self, node: LexborNode, state: _State) -> None:
        """Take what an inline script writes into the page, where it is a plain text or a variable with one."""
        script = node.text()
        if "document.write" not in script:
            return
        text, following = read_written(script), node.next
        is_drawn = following is not None and following.is_text_node and (following.text_content or "").startswith(text)
        if text and not is_drawn:
            self._take_text(text, state)

    def _take_special(self, node: LexborNode, tag: str, zone: Zone) -> None:
        page, order = self.page, len(self.page.lines)
        if tag == "img":
            page.pictures.append((order, zone, node))
        elif tag in ("iframe", "frame"):
            page.frames.append(node)
        else:
            page.players.append((order, zone, node))

    def _finish(self) -> None:
        for shown, words in self.words:
            shown.text = join_spaces("".join(words))
        for anchor in self.page.anchors:
            anchor.zone.long_links += is_long_link(anchor.text)
        for line in self.page.lines:
            if line.linked and line.zone.parent is not None:
                line.zone.rows += _ROW_END.search(line.text, len(line.text) - _ROW_TAIL) is not None
        sum_up(self.zones)
        for zone in self.zones:
            resolve_zone(zone)
        self.page.text = "\n".join(line.text for line in self.page.lines)


def hides(node: LexborNode) -> bool:
    """Tell whether an element's own markup hides it: by its style, or by the attribute for that."""
    attributes = node.attributes
    if "hidden" in attributes and attributes["hidden"] != "until-found":
        return True
    style = attributes.get("style")
    return style is not None and _HIDING.search(style[:500]) is not None


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
    return read_tree(parse_markup(markup), vocabulary)


def read_tree(tree: LexborHTMLParser, vocabulary: Vocabulary) -> ShownPage:
    """Return what a parsed page shows, in reading order."""
    return _Reader(tree, vocabulary).read()
