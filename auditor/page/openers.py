"""What elements open by script: the address in the onclick of a link, or of a row that is no link by itself."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.words.vocabulary import Vocabulary, compile_pattern

DATA_TARGETS = ("data-url", "data-href", "data-link")
_OPENER_TAGS = frozenset(
    {"li", "div", "dd", "dt", "dl", "p", "td", "tr", "h1", "h2", "h3", "h4", "h5", "h6", "article", "section", "center"}
    | {"span", "em", "i", "b", "strong", "font", "label", "small", "u", "button"}
)
_OPENING = ("open", "location", "href")
_MOVES = re.compile(r"\blocation(?:\.href)?\s{0,4}=(?!=)|\blocation\.(?:replace|assign)\(|\bwindow\.open\(")
_QUOTED_PATH = re.compile(
    r"""(?:^|[^+\s])\s{0,9}["']([^"'\s<>]{0,300}/[^"'\s<>]{1,300}|[\w\-]{1,80}\.[a-z]{2,6}(?:\?[^"'\s<>]{0,300})?)["']"""
    r"(?!\s{0,9}\+)"
)
_MAX_SCRIPT = 1_000
_MAX_OPENERS = 2_000


def find_script_target(script: str, vocabulary: Vocabulary) -> str | None:
    """Return the address that a piece of script opens, where it stands whole in it; one put together is none."""
    script = script[:_MAX_SCRIPT]
    if "(" not in script and "=" not in script:
        return None
    for pattern in vocabulary.pages.jump.patterns:
        found = compile_pattern(pattern).search(script)
        if found:
            return None if script[found.end() :].lstrip().startswith("+") else found.group(1)
    opened = _QUOTED_PATH.search(script) if any(word in script for word in _OPENING) else None
    return opened.group(1) if opened else None


def list_openers(tree: LexborHTMLParser, vocabulary: Vocabulary) -> frozenset[int]:
    """Return the numbers of elements that are links by script only: they lead elsewhere, no link in or around them.

    Of two within each other the inner one is the link. One whose address its script puts together is a link too: it
    leads somewhere, though nobody can read where.
    """
    found = [node for node in tree.css("[onclick], [role=link]")[:_MAX_OPENERS] if _leads_away(node, vocabulary)]
    outer: set[int] = set()
    for node in found:
        above = node.parent
        while above is not None and above.tag not in ("body", "html"):
            outer.add(node.mem_id if above.tag == "a" else above.mem_id)
            above = above.parent
    return frozenset(
        node.mem_id for node in found if node.mem_id not in outer and node.css_first("a, area, input, textarea") is None
    )


def _leads_away(node: LexborNode, vocabulary: Vocabulary) -> bool:
    if node.tag not in _OPENER_TAGS:
        return False
    attributes = node.attributes
    if any(attributes.get(name) for name in DATA_TARGETS):
        return True
    script = attributes.get("onclick") or ""
    return _MOVES.search(script[:_MAX_SCRIPT]) is not None or find_script_target(script, vocabulary) is not None
