"""The parts of a page: what elements are called by their tag, class or id, and what each is by what it holds.

Pure and bounded, as the markup that it serves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from selectolax.lexbor import LexborNode

from auditor.page.parsing import MAX_MARKUP
from auditor.words.vocabulary import Vocabulary

Part = Literal["nav", "footer", "breadcrumb", "content", "header", "aside", "widget", "pager", "form", ""]

_PART_OF_TAG: dict[str, Part] = {"nav": "nav", "footer": "footer", "aside": "aside", "header": "header", "form": "form"}
_PARTS_BY_NAME: tuple[Part, ...] = (
    *("breadcrumb", "footer", "nav", "pager", "widget"),
    *("content", "aside", "form", "header"),
)
_PARTS_BY_WORD: tuple[Part, ...] = ("breadcrumb", "nav", "footer", "aside", "content", "pager")
_NEVER_PARTS = frozenset({"body", "html", "a", "img", "font", "strong", "b", "tr", "tbody"})
_SMALL_PARTS = frozenset({"span", "li", "p", "td", "h2", "h3", "h4"})
_PARTS_OF_SMALL = frozenset({"breadcrumb", "pager", "footer", "widget"})
_STICKY = ("footer", "nav", "aside")
WRAPPERS = frozenset({"pager", "form"})
ROWLESS: frozenset[Part] = frozenset({"footer", "header"})
"""Parts of a page that no list of dated links stands in: a box that is called so for its place holds one."""
PARTS_OF_PAGES = frozenset({"breadcrumb", "nav", "footer", "content", "header"})
_PAGER_WORD = 12
_NEIGHBOURS = 2
_LIST = 3
MOST_TEXT: dict[str, int] = {
    "nav": 300,
    "footer": 1_200,
    "breadcrumb": 160,
    "header": 400,
    "aside": 600,
    "pager": 120,
    "widget": 120,
    "form": 600,
}
_MOST_LABELS = 150
_CLASS_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+|[0-9]+")


@dataclass(slots=True)
class Zone:
    """An element that its tag or its class calls a part of the page; `text` is what stands in it outside of links.

    `long_links` counts its links with more words than a pager's, `rows` its lines of a link and a day, `holds` tells
    that other parts or headings are in it.
    """

    called: Part
    parent: Zone | None
    text: int = 0
    part: Part = ""
    long_links: int = 0
    rows: int = 0
    holds: bool = False


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
            return "" if part == "pager" and not vocabulary.pages.not_pager.isdisjoint(words) else part
    return ""


def call_part(node: LexborNode, tag: str, vocabulary: Vocabulary) -> Part:
    """Return the part of a page that an element's id, class or tag calls it."""
    if tag in _NEVER_PARTS:
        return ""
    attributes = node.attributes
    own, kind = attributes.get("id") or "", attributes.get("class") or ""
    return _call_named(vocabulary, tag, own[:300], kind[:300]) if own or kind else _PART_OF_TAG.get(tag, "")


@lru_cache(maxsize=20_000)
def _call_named(vocabulary: Vocabulary, tag: str, own: str, kind: str) -> Part:
    for name in (*own.split(), *kind.split()):
        part = name_part(vocabulary, name)
        if part and (tag not in _SMALL_PARTS or part in _PARTS_OF_SMALL):
            return part
    return _PART_OF_TAG.get(tag, "")


def resolve_zone(zone: Zone) -> None:
    """Decide what a zone is, from what it is called and holds; the zones around it must be decided already."""
    above: Part = zone.parent.part if zone.parent is not None else ""
    is_list = zone.called in ROWLESS and zone.rows >= _LIST
    misnamed = not zone.called or zone.text > MOST_TEXT.get(zone.called, MAX_MARKUP) or is_list or _is_wrapper(zone)
    swallowed = above in _STICKY and not (above == "nav" and zone.called == "breadcrumb")
    zone.part = above if misnamed or swallowed else zone.called


def is_long_link(text: str) -> bool:
    """Tell whether a link has more words than those of a pager."""
    return len(text) > _PAGER_WORD


def _is_wrapper(zone: Zone) -> bool:
    """Tell whether what is called a pager or a form is a page: it holds other parts, or links with many words.

    Some systems put every page, others every list, into a form; one that is no more than fields holds little text.
    """
    if zone.called not in WRAPPERS:
        return False
    holds = zone.holds and (zone.called == "pager" or zone.text > _MOST_LABELS)
    return holds or zone.long_links > _NEIGHBOURS


def sum_up(zones: list[Zone]) -> None:
    """Hand up what was counted in each zone; a zone stands behind the one that it is in."""
    for zone in reversed(zones):
        above = zone.parent
        if above is not None:
            above.text += zone.text
            above.long_links += zone.long_links
            above.rows += zone.rows
            above.holds = above.holds or zone.holds
