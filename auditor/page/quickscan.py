"""The scan of an ordinary page in a third of the time: links, regions, labels, text, dates, without reading every node.

For a crawl, which reads every page of a site. A page of which a quick look cannot be sure (little text, no menu found,
text written by script, frames of markup) is left to the careful reading of `auditor.page.scan`; of all others both say
the same, but for dates beside links that stand in other layouts than a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.page.addresses import make_joiner
from auditor.page.days import read_row_day
from auditor.page.markup import (
    BLOCK_TAGS,
    HEADING_TAGS,
    HIDDEN_TAGS,
    MAX_LINKS,
    join_spaces,
)
from auditor.page.openers import list_openers
from auditor.page.parsing import parse_markup
from auditor.page.scan import (
    FoundLink,
    PageScan,
    collect_data,
    collect_frames,
    collect_options,
    find_address,
    find_base,
    find_refresh,
    is_whole_name,
    make_link,
    name_anchor,
    read_labels,
    read_scripts,
    tell_region,
)
from auditor.page.zones import (
    MOST_TEXT,
    PARTS_OF_PAGES,
    WRAPPERS,
    Zone,
    call_part,
    is_long_link,
    resolve_zone,
)
from auditor.words.vocabulary import Vocabulary

MARGIN = 1_600
"""Characters of parts without links (menus, footers) that may have been taken for the page's own."""
_STRIPPED = sorted(HIDDEN_TAGS - {"head"})
_HEADINGS = ", ".join(sorted(HEADING_TAGS))
_INNER_BLOCKS = BLOCK_TAGS - {"br", "hr", "body"}
_NO_TITLE = frozenset({"nav", "footer", "header", "breadcrumb"})
_MAX_DATED = 300
_MAX_DATE = 24
_MAX_BELOW = 1_500
_MAX_SHORT = 120
_KEPT = 4_096
_CHROME = frozenset({"nav", "footer", "header", "breadcrumb", "form"})


@dataclass(frozen=True, slots=True)
class QuickPage:
    """An ordinary page: its scan, all that is shown, and the words that follow its title."""

    scan: PageScan
    text: str
    below_title: str


class _Place:
    """A called part of the page with its element."""

    __slots__ = ("node", "zone")

    def __init__(self, zone: Zone, node: LexborNode) -> None:
        self.zone = zone
        self.node = node


class _Words(NamedTuple):
    """The words of a link as shown, the letters in it, and whether they are more than a pager's and not cut off."""

    text: str
    length: int
    is_long: bool
    is_whole: bool


# A link: its element, the one above, its words, and the part that it stands in. A page has hundreds.
_Anchor = tuple[LexborNode, LexborNode | None, _Words, Zone]


class _Heading(NamedTuple):
    """A heading: its words, its pieces of text as they stand in the page's text, and its part."""

    words: str
    lines: str
    zone: Zone


class _Looker:
    """One quick look at a page. Elements are known by their number in the tree."""

    def __init__(self, body: LexborNode, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.root = Zone("", None)
        self.zones: dict[int, Zone] = {body.mem_id: self.root}
        self.places: list[_Place] = []
        self.days: dict[int, date | None] = {}

    def find_zone(self, node: LexborNode | None) -> Zone:
        """Return the part that an element's content belongs to."""
        path: list[LexborNode] = []
        zone = self.root
        while node is not None:
            known = self.zones.get(node.mem_id)
            if known is not None:
                zone = known
                break
            path.append(node)
            node = node.parent
        for one in reversed(path):
            called = call_part(one, one.tag or "", self.vocabulary)
            if called:
                zone.holds = zone.holds or called in PARTS_OF_PAGES
                zone = Zone(called, zone)
                self.places.append(_Place(zone, one))
            self.zones[one.mem_id] = zone
        return zone

    def measure(self) -> None:
        """Count what stands in each part outside of the links, which are counted already, and resolve what it is."""
        for place in reversed(self.places):
            above = place.zone.parent
            if above is not None:
                above.text += place.zone.text
                above.long_links += place.zone.long_links
        for place in self.places:
            if place.zone.called in MOST_TEXT:
                place.zone.text += len(place.node.text(separator="", strip=True))
            if place.zone.called in WRAPPERS:
                place.zone.holds = self._holds_parts(place.node)
            resolve_zone(place.zone)

    def _holds_parts(self, node: LexborNode) -> bool:
        """Tell whether other parts of a page, or headings, stand in what is called a pager or a form."""
        if node.css_first(_HEADINGS) is not None:
            return True
        inner = node.css("[id], [class], nav, footer, header")
        return any(
            call_part(one, one.tag or "", self.vocabulary) in PARTS_OF_PAGES
            for one in inner
            if one.mem_id != node.mem_id
        )

    def find_day(self, block: LexborNode | None) -> date | None:
        """Return the date in the row that an element above a link stands in, or alone in the element after the row."""
        while block is not None and block.tag not in BLOCK_TAGS:
            block = block.parent
        if block is None:
            return None
        key = block.mem_id
        if key not in self.days:
            self.days[key] = _read_day(block)
        return self.days[key]


def _read_beside(node: LexborNode) -> date | None:
    """Return the date in the element right after a link, where nearly all rows have it."""
    following = node.next
    if following is None or following.is_text_node:
        return None
    text = following.text()
    return _read_short_day(text) if len(text) <= _MAX_DATE else None


_read_short_day = lru_cache(maxsize=_KEPT)(read_row_day)


def _read_day(block: LexborNode) -> date | None:
    text = block.text()
    if len(text) <= _MAX_DATED:
        day = read_row_day(text)
        if day is not None:
            return day
    following = block.next
    while following is not None and following.is_text_node:
        following = following.next
    if following is None:
        return None
    text = join_spaces(following.text())
    return read_row_day(text) if 0 < len(text) <= _MAX_DATE else None


def _read_anchor(node: LexborNode) -> _Words:
    """Return the words of a link."""
    child = node.child
    if child is None:
        return _read_short("")
    if child.is_text_node and child.next is None:
        raw = child.text_content or ""
        return _read_short(raw) if len(raw) <= _MAX_SHORT else _read_plain(raw)
    text = _read_words(node) if _holds_blocks(node) else join_spaces(node.text())
    return _judge_words(text, len(node.text(separator="", strip=True)))


def _judge_words(text: str, length: int) -> _Words:
    return _Words(text, length, is_long_link(text), is_whole_name(text))


def _read_plain(raw: str) -> _Words:
    return _judge_words(join_spaces(raw), len(raw.strip()))


_read_short = lru_cache(maxsize=_KEPT)(_read_plain)  # menus and lists say the same on many pages


def _holds_blocks(node: LexborNode) -> bool:
    return any(one.tag in BLOCK_TAGS for one in node.traverse(include_text=False) if one.mem_id != node.mem_id)


def _read_words(node: LexborNode) -> str:
    """Return the words of a link or heading, a blank where a new line begins."""
    pieces: list[str] = []
    line = node.mem_id
    last = (line, line)
    for piece in node.traverse(include_text=True):
        if not piece.is_text_node:
            line = piece.mem_id if piece.tag in ("br", "hr") else line
            continue
        above = piece.parent
        while above is not None and above.mem_id != node.mem_id and above.tag not in BLOCK_TAGS:
            above = above.parent
        own = (above.mem_id if above is not None else node.mem_id, line)
        if pieces and own != last:
            pieces.append(" ")
        last = own
        pieces.append(piece.text_content or "")
    return join_spaces("".join(pieces))


def scan_quickly(html: str, url: str, vocabulary: Vocabulary) -> QuickPage | None:
    """Return what a crawler must know of an ordinary page, None where only a careful reading can tell."""
    tree = parse_markup(html)
    return scan_tree(tree, url, vocabulary) if seems_ordinary(html, tree, url, vocabulary) else None


def seems_ordinary(html: str, tree: LexborHTMLParser, url: str, vocabulary: Vocabulary) -> bool:
    """Tell whether a quick look at a parsed page may be enough. The tree stays as it is."""
    signs = vocabulary.pages
    if "document.write" in html or any(sign in html for sign in signs.shell.templates[:1]):
        return False
    if tree.body is None or find_refresh(tree, url) is not None or tree.css_first("frameset") is not None:
        return False
    few = max(signs.blocks.max_links, signs.blocks.max_own_links, signs.jump.max_links)
    return few < len(tree.css("a, area")) < MAX_LINKS


def scan_tree(tree: LexborHTMLParser, url: str, vocabulary: Vocabulary) -> QuickPage | None:
    """Return the same of a parsed page that seems ordinary. Of the tree only what is shown is left."""
    signs = vocabulary.pages
    body = tree.body
    if body is None:
        return None
    base = find_base(tree, url)
    scripts = read_scripts(tree)
    extra = (*collect_frames(tree.css("iframe, frame"), base), *collect_options(tree, base))
    labels, title = read_labels(tree), tree.css_first("title")
    shown_title = join_spaces(title.text()) if title is not None else ""
    data = tuple(collect_data(scripts, base, vocabulary))
    tree.strip_tags(_STRIPPED, recursive=True)
    text = body.text(separator="\n", strip=True)
    looker = _Looker(body, vocabulary)
    anchors = _list_anchors(body, looker, list_openers(tree, vocabulary))
    least = signs.shell.max_list_text + MARGIN
    if len(text) < least:
        return None
    for node in body.css("form, nav, footer, header"):
        looker.find_zone(node)
    headings = _list_headings(body, looker)
    if headings is None:
        return None
    looker.measure()
    if not any(zone.part == "nav" for _, _, _, zone in anchors) or _measure_own(text, looker) < least:
        return None
    links = (*_list_links(anchors, looker, base), *extra)
    scan = PageScan(
        url=url,
        title=shown_title,
        headings=tuple(heading.words for heading in headings if heading.words),
        links=links,
        labels=labels,
        text_length=len(text),
        is_shell=False,
        meta_refresh=None,
        jump=None,
        frames=tuple(link.url for link in extra if link.tag == "frame"),
        script_data=data,
    )
    return QuickPage(scan, text, _cut_below_title(text, headings))


def _list_anchors(body: LexborNode, looker: _Looker, openers: frozenset[int]) -> list[_Anchor]:
    found = []
    zones = looker.zones
    for node in body.css("a, area, [onclick], [role=link]" if openers else "a, area"):
        is_opener = node.mem_id in openers
        if not is_opener and node.tag not in ("a", "area"):
            continue
        above = node if is_opener else node.parent
        zone = zones.get(above.mem_id) if above is not None else looker.root
        if zone is None:
            zone = looker.find_zone(above)
        words = _read_anchor(node)
        zone.text -= words.length
        zone.long_links += words.is_long
        found.append((node, above, words, zone))
    return found


def _list_headings(body: LexborNode, looker: _Looker) -> list[_Heading] | None:
    """Return the headings; None where one holds blocks, as one that was never closed does."""
    found = []
    for node in body.css(_HEADINGS):
        inner = {one.tag for one in node.traverse(include_text=False) if one.mem_id != node.mem_id}
        if inner & _INNER_BLOCKS:
            return None
        words = _read_words(node) if inner & BLOCK_TAGS else join_spaces(node.text())
        found.append(_Heading(words, node.text(separator="\n", strip=True), looker.find_zone(node.parent)))
    return found


def _measure_own(text: str, looker: _Looker) -> int:
    """Return about how many characters stand outside of menus, footers and the like."""
    chrome = sum(
        len(place.node.text(separator="", strip=True))
        for place in looker.places
        if place.zone.part in _CHROME and (place.zone.parent is None or place.zone.parent.part not in _CHROME)
    )
    return len(text) - chrome


def _list_links(anchors: list[_Anchor], looker: _Looker, base: str) -> Iterator[FoundLink]:
    join = make_joiner(base)
    for node, above, words, zone in anchors:
        href = node.attrs.get("href") or ""
        is_plain = href[:1] == "/" or href[:4] == "http"
        url = join(href.rstrip()) if is_plain else find_address(node, base, looker.vocabulary)
        if url is not None:
            region = tell_region(zone)
            day = _read_row(node, above, looker) if region == "body" else None
            text = words.text if words.is_whole else name_anchor(node, words.text)
            yield make_link((url, text, region, "a", day))


def _read_row(node: LexborNode, above: LexborNode | None, looker: _Looker) -> date | None:
    """Return the date of a link's row; what is a row itself has it within, and another row after it."""
    is_row = above is not None and above.mem_id == node.mem_id
    return (None if is_row else _read_beside(node)) or looker.find_day(above)


def _cut_below_title(text: str, headings: list[_Heading]) -> str:
    """Return the text that follows the page's title, where there is one."""
    title = next((one.lines for one in headings if one.words and one.zone.part not in _NO_TITLE), None)
    start = text.find(title) if title else -1
    return text[start + len(title or "") :][:_MAX_BELOW] if start >= 0 else ""
