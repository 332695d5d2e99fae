"""Whether a firewall, a gateway, a challenge or a login answered instead of the site. Pure; the words are vocabulary.

A page of the site's own that talks of such things is told by what guards do not have: labels, links, words of articles
and footers.
"""

from __future__ import annotations

from auditor.page.markup import ShownPage, join_spaces, read_markup
from auditor.words.vocabulary import Vocabulary, load_vocabulary, squeeze_name


def judge_block(
    status: int | None, html: str, shown: ShownPage | None = None, vocabulary: Vocabulary | None = None
) -> bool:
    """Tell whether a firewall or a gateway answered instead of the site: by status, by what the page is and says.

    `shown` is the page where it was read already.
    """
    vocabulary = vocabulary or load_vocabulary()
    signs = vocabulary.pages.blocks
    if status in signs.always or status in signs.refusals:
        return True
    if (status is not None and status not in signs.with_words) or len(html) > signs.max_markup:
        return False
    return judge_shown(html, shown or read_markup(html, vocabulary), vocabulary)


def judge_shown(html: str, page: ShownPage, vocabulary: Vocabulary) -> bool:
    """Tell by what a page is and says, its status aside, whether it is a firewall's or a gateway's."""
    signs = vocabulary.pages.blocks
    is_large = len(html) > signs.max_markup or len(page.anchors) > signs.max_links
    if is_large or len(page.text) > signs.max_gateway_text:
        return False
    node = page.tree.css_first("title")
    title = join_spaces(node.text()) if node is not None else ""
    if squeeze_name(title) in signs.gateway_titles:
        return True
    text = f"{title} {page.text}"
    if len(text) <= signs.max_challenge_text and (
        any(mark in html for mark in signs.marks) or _reloads_with_cookie(html, page, vocabulary)
    ):
        return True
    is_told = len(text) <= signs.max_text and any(phrase in text for phrase in signs.phrases)
    return (is_told or _is_login(title, page, vocabulary)) and not _is_own(text, page, vocabulary)


def _reloads_with_cookie(html: str, page: ShownPage, vocabulary: Vocabulary) -> bool:
    """Tell whether a page shows nothing, sets a cookie and asks for itself again."""
    signs = vocabulary.pages.blocks
    if len(page.text) > signs.max_reload_text:
        return False
    script = "".join(html.split()).replace("window.", "").replace("document.location", "location")
    return "document.cookie=" in script and any(mark in script for mark in signs.reloads)


def _is_login(title: str, page: ShownPage, vocabulary: Vocabulary) -> bool:
    """Tell whether a page is nothing but a place to log in."""
    signs = vocabulary.pages.blocks
    if len(page.text) > signs.max_challenge_text or page.tree.css_first("input[type=password]") is None:
        return False
    return squeeze_name(title) in signs.login_titles or any(phrase in page.text for phrase in signs.login_phrases)


def _is_own(text: str, page: ShownPage, vocabulary: Vocabulary) -> bool:
    """Tell whether a page has what the site's own pages have and a guard's has not."""
    signs = vocabulary.pages.blocks
    if len(page.anchors) > signs.max_own_links or any(word in text for word in signs.own_words):
        return True
    names = {name.lower() for name in vocabulary.labels.standard}
    labels = (
        node.attributes
        for node in page.tree.css("meta[content]")[:200]
        if (node.attributes.get("content") or "").strip()
    )
    return any((attributes.get("name") or "").strip().lower() in names for attributes in labels)
