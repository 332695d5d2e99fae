"""Markup into a tree, in bounded time whatever it is."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser

MAX_MARKUP = 6_000_000
"""Characters of markup that are parsed; the rest is cut off."""
MAX_DEPTH = 400
FEW_TAGS = 1_000
"""So many opened tags are harmless even if each stands in the one before."""
MAX_OPTIONS = 2_000
MAX_LISTS = 30
"""So many lists of records a page may have."""

# Tags that nest. A link is not among them: the parser closes one where the next begins.
_TAG = re.compile(
    r"</?(?!(?:li|p|a|td|tr|th|br|img|dt|dd|hr|col|option|input|meta|link|area|base|param|source|track|wbr|embed)\b)"
    r"[a-z][a-z0-9]{0,15}",
    re.IGNORECASE,
)
_SERVER_ENDS = {"-": "--%>", "@": "%>"}
_RECORD, _RECORD_END = "<record><![CDATA[", "]]>"
_HREF = re.compile(r"""href=["'][^"']{1,300}["']""")
_OPTION = re.compile(r"</?option", re.IGNORECASE)


def _find_depth_cut(markup: str) -> int:
    """Return where markup is nested too deep, or its length. Most of it is names that came before."""
    steps: dict[str, int] = {}
    depth = deepest = 0
    for tag in _TAG.findall(markup):
        step = steps.get(tag)
        if step is None:
            step = steps[tag] = _tell_step(tag)
        depth += step
        if depth < 0:
            depth = 0
        elif depth > deepest:
            deepest = depth
    return len(markup) if deepest <= MAX_DEPTH else _locate_depth_cut(markup)


def _tell_step(tag: str) -> int:
    return -1 if tag.startswith("</") else 1


def _locate_depth_cut(markup: str) -> int:
    depth = 0
    for tag in _TAG.finditer(markup):
        depth = max(depth + _tell_step(tag.group()), 0)
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


def _drop_server_words(markup: str) -> str:
    """Return markup without the comments and directives that its server failed to take out (`<%-- --%>`, `<%@ %>`)."""
    pieces: list[str] = []
    place = 0
    while (start := markup.find("<%", place)) >= 0:
        sign = _SERVER_ENDS.get(markup[start + 2 : start + 3])
        end = markup.find(sign, start + 2) if sign else -1
        if sign and end < 0:
            break
        stop = end + len(sign) if sign else start + 2
        pieces.append(markup[place : start if sign else stop])
        place = stop
    return "".join([*pieces, markup[place:]]) if pieces else markup


def _unpack_records(markup: str) -> str:
    """Return markup with the rows that a list keeps as records in a script of data, where they are not drawn yet.

    A widespread system sends its lists so (`<record><![CDATA[<li>...]]></record>`); its script only puts them in place.
    """
    pieces: list[str] = []
    place = 0
    while len(pieces) < MAX_LISTS * 2 and (record := markup.find(_RECORD, place)) >= 0:
        start, end = markup.rfind("<script", place, record), markup.find("</script>", record)
        if start < 0 or end < 0:
            break
        rows = [row.partition(_RECORD_END)[0] for row in markup[record:end].split(_RECORD)[1:]]
        link = _HREF.search(rows[0])
        is_drawn = link is not None and markup.count(link.group()) > "".join(rows).count(link.group())
        pieces += [markup[place:start], "" if is_drawn else f"<div>{''.join(rows)}</div>"]
        place = end + len("</script>")
    return "".join(pieces) + markup[place:]


def parse_markup(markup: str) -> LexborHTMLParser:
    """Return the parsed page. Markup is cut where it is longer, or nested deeper, than any honest page."""
    markup = markup[:MAX_MARKUP].replace("\x00", "")
    if "<%" in markup:
        markup = _drop_server_words(markup)
    if _RECORD in markup:
        markup = _unpack_records(markup)
    opened = markup.count("<") - markup.count("</")
    if opened > FEW_TAGS:
        markup = markup[: _find_depth_cut(markup)]
    if opened > MAX_OPTIONS:
        markup = _drop_options(markup)
    return LexborHTMLParser(markup)
