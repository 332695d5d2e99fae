"""What a page offers its reader beside the text: files, printing, ways to answer; and how it vouches for the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from selectolax.lexbor import LexborNode

from auditor.extract.reading import Reading
from auditor.extract.text import fold_text
from auditor.facts import CommentForm, Signature
from auditor.page.markup import Anchor
from auditor.page.scan import name_anchor
from auditor.words.vocabulary import compile_pattern, squeeze_name

_OUTSIDE = frozenset({"nav", "footer", "header", "breadcrumb", "pager"})
_MENUS = frozenset({"nav", "header", "breadcrumb"})
_APART = re.compile(r"[\s|\[\]【】()（）丨/]+")
_MAX_BUTTONS = 200
_MAX_PICTURES = 80
_SHORT = 60
_MAX_NAME = 12
_BUTTONS = "button, input[type=button], input[type=submit], [onclick]"
_MAX_FIELDS = 10
_MENU_LEVELS = 3
_OTHERS = 3
_MAX_PLACES = 300
_FORM_TEXT = 400
_CHOICES = "input[type=radio], button, input[type=button], input[type=submit]"


@dataclass(frozen=True, slots=True)
class FeatureParts:
    """What one page offers: files to take away, printing, forms to answer it; `signature` is what vouches for it.

    `awaits_comments`: there is a place for comments that a script did not fill, so that the forms are not known.
    """

    download: bool = False
    print: bool = False
    comment_forms: tuple[CommentForm, ...] = ()
    awaits_comments: bool = False
    signature: Signature | None = None


class _MenuFinder:
    """Tells rows of links to other things than a page offers: menus, whatever they are called.

    A page's own tools stand by themselves or beside each other. What was told of an element is kept.
    """

    def __init__(self, reading: Reading) -> None:
        """Take the names of what pages offer from the vocabulary."""
        labels = reading.words.families["feature"].labels
        self.offered = {name for names in labels.values() for name in names}
        self.others: dict[int, int | None] = {}

    def holds(self, anchor: Anchor) -> bool:
        """Tell whether a link with the name of something offered stands in a menu."""
        if squeeze_name(anchor.text) not in self.offered:
            return False
        above, climbed = anchor.node.parent, 0
        while above is not None and climbed < _MENU_LEVELS and above.tag not in ("body", "html"):
            if above.mem_id not in self.others:
                self.others[above.mem_id] = self._count_others(above)
            others = self.others[above.mem_id]
            if others is not None:
                return others >= _OTHERS
            above, climbed = above.parent, climbed + 1
        return False

    def _count_others(self, node: LexborNode) -> int | None:
        """Return how many links under an element lead to other things, None where there is but one link."""
        beside = [squeeze_name(one.text()[:_SHORT]) for one in node.css("a")[:_MAX_BUTTONS]]
        return sum(name not in self.offered for name in beside) if len(beside) > 1 else None


def _iterate_anchors(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield the squeezed names of links outside of menus, header and footer, each with what it calls."""
    columns = _list_columns(reading)
    title, menus = reading.title_line, _MenuFinder(reading)
    for anchor in reading.shown.anchors:
        if anchor.zone.part in _OUTSIDE or len(anchor.text) > _MAX_NAME:
            continue
        if title is not None and anchor.order < title.order and menus.holds(anchor):
            continue
        attributes = anchor.node.attributes
        if (squeeze_name(anchor.text), attributes.get("href") or "") in columns:
            continue
        called = f"{attributes.get('href') or ''} {attributes.get('onclick') or ''}"
        yield squeeze_name(name_anchor(anchor.node, anchor.text)), called


def _list_columns(reading: Reading) -> frozenset[tuple[str, str]]:
    """List the links of the site's menu, words and address: elsewhere they lead to a column too."""
    own = (anchor for anchor in reading.shown.anchors if anchor.zone.part in _MENUS)
    return frozenset((squeeze_name(anchor.text), anchor.node.attributes.get("href") or "") for anchor in own)


def _prints(reading: Reading, names: frozenset[str]) -> bool:
    """Tell whether words of the page offer to print it, wherever they stand and whatever element they are."""
    short = (line.text for line in reading.shown.lines if len(line.text) <= _SHORT and line.zone.part not in _MENUS)
    return any(squeeze_name(word) in names for text in short for word in _APART.split(text))


def _iterate_buttons(reading: Reading) -> Iterator[tuple[str, str]]:
    for node in reading.shown.tree.css(_BUTTONS)[:_MAX_BUTTONS]:
        if node.tag == "a":
            continue
        attributes = node.attributes
        text = attributes.get("value") or attributes.get("title") or node.text()[: _MAX_NAME * 4]
        name = squeeze_name(text)
        yield (name if len(name) <= _MAX_NAME else ""), attributes.get("onclick") or ""


def _has_choices(reading: Reading) -> bool:
    """Tell whether the page asks its reader for a judgement: a short line that asks, and something to choose."""
    asks = reading.words.families["feature"].words["evaluate_lines"]
    shown = (line for line in reading.shown.lines if len(line.text) <= _SHORT and line.zone.part not in _OUTSIDE)
    if not any(ask in line.text for line in shown for ask in asks):
        return False
    return reading.shown.tree.css_first(_CHOICES) is not None


def _find_asked(reading: Reading) -> frozenset[CommentForm]:
    """Return what fields for longer text ask for, by the words of their forms; those of menus and footers are none."""
    words = reading.words.families["feature"]
    found: set[CommentForm] = set()
    for field in reading.shown.tree.css("textarea")[:_MAX_FIELDS]:
        around = _find_form(field)
        asked = " ".join(field.attributes.get(name) or "" for name in ("placeholder", "aria-label", "title"))
        text = f"{asked} {around.text()[:_FORM_TEXT] if around is not None else ''}"
        found |= {form for form in get_args(CommentForm) if any(word in text for word in words.words[f"ask_{form}"])}
    return frozenset(found)


def _find_form(field: LexborNode) -> LexborNode | None:
    """Return the form that a field stands in, else the element around it."""
    node = field.parent
    while node is not None and node.tag not in ("form", "body", "html"):
        node = node.parent
    return node if node is not None and node.tag == "form" else field.parent


def _awaits_comments(reading: Reading) -> bool:
    """Tell whether the page keeps a place for comments that a script has yet to fill."""
    signs = reading.words.families["feature"].words["comment_places"]
    nodes = reading.shown.tree.css("[id], script[src]")[:_MAX_PLACES]
    names = (node.attributes.get("src") or node.attributes.get("id") or "" for node in nodes)
    return any(sign in name.lower() for name in names for sign in signs)


def _find_signature(reading: Reading) -> Signature | None:
    words = reading.words.families["feature"]
    for _, zone, node in reading.shown.pictures[:_MAX_PICTURES]:
        if zone.part in _OUTSIDE:
            continue
        name = f"{node.attributes.get('alt') or ''} {node.attributes.get('title') or ''}"
        file = (node.attributes.get("src") or "")[-_SHORT:].rpartition("/")[2].lower()
        is_named = any(word in name for word in words.words["seal_names"])
        if is_named or any(word in file for word in words.words["seal_sources"]):
            return "seal"
    lines = [line.text for line in reading.own_lines if len(line.text) <= _SHORT * 2]
    if any(word in text for text in lines if len(text) <= _SHORT // 2 for word in words.words["seal_lines"]):
        return "seal"
    if any(word in text for text in lines if len(text) <= _SHORT // 2 for word in words.words["signature_lines"]):
        return "signature"
    patterns = [compile_pattern(pattern) for pattern in words.patterns["checksum"]]
    shows_sum = any(pattern.search(fold_text(text)) for text in lines for pattern in patterns)
    return "checksum" if shows_sum else None


def read_features(reading: Reading, attachments: int) -> FeatureParts:
    """Return what a page offers beside its text. `attachments`: how many files its own links lead to."""
    words = reading.words.families["feature"]
    entries = [*_iterate_anchors(reading), *_iterate_buttons(reading)]
    names = {name for name, _ in entries if name}
    calls = " ".join(called for _, called in entries if "rint" in called).lower()
    asked = _find_asked(reading)
    is_printed = _prints(reading, frozenset(words.labels["print"]))
    answers = [form for form in get_args(CommentForm) if form in asked or not names.isdisjoint(words.labels[form])]
    if "evaluate" not in answers and _has_choices(reading):
        answers.append("evaluate")
    return FeatureParts(
        download=attachments > 0 or not names.isdisjoint(words.labels["download"]),
        print=is_printed or any(call in calls for call in words.words["print_calls"]),
        comment_forms=tuple(form for form in get_args(CommentForm) if form in answers),
        awaits_comments=not answers and _awaits_comments(reading),
        signature=_find_signature(reading),
    )
