"""What a page lacks that only its script could bring: its menu, its header. Pure; the rest of it stands in scan."""

from __future__ import annotations

from selectolax.lexbor import LexborNode

from auditor.page.markup import ShownPage
from auditor.page.zones import call_part
from auditor.words.vocabulary import Vocabulary

_MAX_BOXES = 2_000
_LEVELS = 8
_BOXES = "nav, ul, ol, div"
_HEADER_BOXES = "header, nav, div"


def lacks_menu(page: ShownPage, vocabulary: Vocabulary, *, has_menu_links: bool) -> bool:
    """Tell whether a page has an empty box for a menu, no menu elsewhere, and a script that could fill the box.

    `has_menu_links`: some links of it were taken for its menu. On a home page such a menu is not absent but unseen.
    """
    if has_menu_links or page.tree.css_first("script") is None:
        return False
    return any(_is_empty_menu(node, vocabulary) for node in page.tree.css(_BOXES)[:_MAX_BOXES])


def lacks_header(page: ShownPage, vocabulary: Vocabulary) -> bool:
    """Tell whether a page has an empty box for its header or menu, and a script that could fill it."""
    if page.tree.css_first("script") is None:
        return False
    boxes = page.tree.css(_HEADER_BOXES)[:_MAX_BOXES]
    return any(call_part(node, node.tag or "", vocabulary) in ("header", "nav") and _is_empty(node) for node in boxes)


def _is_empty(node: LexborNode) -> bool:
    return node.css_first("a, img, option, input, iframe") is None and not node.text().strip()


def _is_empty_menu(node: LexborNode, vocabulary: Vocabulary) -> bool:
    if not _is_empty(node):
        return False
    above: LexborNode | None = node
    for _ in range(_LEVELS):
        if above is None or above.tag in ("body", "html"):
            return False
        part = call_part(above, above.tag or "", vocabulary)
        if part == "nav":
            return True
        if part not in ("", "header"):
            return False
        above = above.parent
    return False
