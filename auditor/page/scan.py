"""What both crawler and extractor must know of a page: links, labels, and whether it is what it claims to be.

Pure and bounded: hostile markup costs a bounded time and never raises. The words come from the vocabulary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Literal, NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from auditor.page.addresses import normalise_url
from auditor.page.blocks import judge_block, judge_shown
from auditor.page.days import read_row_day
from auditor.page.decoding import decode_body, is_same_page, measure_likeness
from auditor.page.markup import ShownPage, join_spaces, read_markup
from auditor.page.openers import DATA_TARGETS, find_script_target
from auditor.page.zones import Zone, call_part, name_part
from auditor.words.vocabulary import Vocabulary, compile_pattern, load_vocabulary, squeeze_name

__all__ = [
    "FoundLink",
    "PageScan",
    "decode_body",
    "is_same_page",
    "judge_block",
    "judge_shown",
    "measure_likeness",
    "normalise_url",
    "scan_page",
    "scan_shown",
    "text_of",
]

Region = Literal["nav", "body", "footer", "other"]
LinkTag = Literal["a", "frame", "option", "script"]

_REFRESH = re.compile(
    r"""^\s{0,9}[0-9.]{0,9}\s{0,9}[;,]\s{0,9}(?:url\s{0,9}=)?\s{0,9}["']?([^"']{1,2000})""", re.IGNORECASE
)
_JUMP_NAME = re.compile(r"location(?:\.href)?\s{0,4}=\s{0,4}([A-Za-z_]\w{0,40})\s{0,4}(?:;|$)", re.MULTILINE)
_DATA_OBJECT = re.compile(r"\{([^{}]{5,800})\}")
_DATA_PAIR = re.compile(r"""["']?([A-Za-z_]{2,20})["']?\s{0,4}:\s{0,4}["']([^"'\n]{1,300})["']""")
_CHROME = frozenset({"nav", "footer", "header", "breadcrumb", "form", "aside", "widget", "pager"})
_CHROME_OF_SHELLS = frozenset({"nav", "footer", "header", "breadcrumb", "form"})
_CUT_OFF = ".…·"
_FIELDS, _FORM = "input[type=text], input:not([type]), select, textarea", 3
_MIN_ROW = 5
_MAX_DATED = 300
_MAX_DATE = 24
_CENTURIES = ("20", "19")
_MAX_SCRIPTS = 100
_MAX_BOXES = 2_000
_BOX_LEVELS = 12
_LINK_SCHEMES = ("javascript:", "#", "void(")
_REGION_OF_PART: Mapping[str, Region] = {"nav": "nav", "footer": "footer", "form": "other"}


class FoundLink(NamedTuple):
    """One link: its absolute address, the words shown for it (else its title, else its picture's), its region.

    `day` is the date that stands beside it, in its own line or alone in the next one.
    """

    url: str
    text: str
    region: Region
    tag: LinkTag = "a"
    day: date | None = None


make_link: Callable[[tuple[Any, ...]], FoundLink] = partial(tuple.__new__, FoundLink)
"""Return the link of a row of its fields: `FoundLink._make` at a third of its cost, for a crawl makes millions."""


@dataclass(frozen=True, slots=True)
class PageScan:
    """One pass over a page. `labels` are the meta names in lower case; `text_length` counts visible characters.

    `is_shell`: the page or its list is drawn by script and was not. `jump`: where a meta refresh or a
    script sends every reader at once. `is_awaited`: a shell only by an empty box that a script may fill, which means
    nothing once the page was drawn. `frames` stand among `links` too; `script_data` are links in inline data.
    """

    url: str
    title: str
    headings: tuple[str, ...]
    links: tuple[FoundLink, ...]
    labels: Mapping[str, str]
    text_length: int
    is_shell: bool
    meta_refresh: str | None
    jump: str | None
    frames: tuple[str, ...] = ()
    script_data: tuple[FoundLink, ...] = ()
    is_awaited: bool = False


# ---- links ---------------------------------------------------------------------------------------


def name_anchor(node: LexborNode, shown: str) -> str:
    """Return the words of a link: those shown (whole, if its title has them whole), else its title or picture's."""
    if is_whole_name(shown):
        return shown
    cut = shown.rstrip(_CUT_OFF)
    title = join_spaces(node.attributes.get("title") or "")
    if shown and not (cut != shown and len(title) > len(cut) and title.startswith(cut[:-1] or cut)):
        return shown
    if title:
        return title
    picture = None if shown else node.css_first("img")
    if picture is None:
        return shown
    return join_spaces(picture.attributes.get("alt") or picture.attributes.get("title") or "")


def is_whole_name(shown: str) -> bool:
    """Tell whether the words of a link are there and do not end like words that were cut off."""
    return bool(shown) and shown[-1] not in _CUT_OFF


def find_address(node: LexborNode, base: str, vocabulary: Vocabulary) -> str | None:
    """Return the address that an element leads to: its href, else what its script or its data attributes open."""
    attributes = node.attributes
    href = (attributes.get("href") or "").strip()
    if href and not href.lower().startswith(_LINK_SCHEMES):
        return normalise_url(href, base)
    for name in DATA_TARGETS:
        if attributes.get(name):
            return normalise_url(attributes[name] or "", base)
    script = f"{attributes.get('onclick') or ''} {href if href.lower().startswith('javascript:') else ''}"
    opened = find_script_target(script, vocabulary)
    return normalise_url(opened, base) if opened else None


def _find_fallback_nav(page: ShownPage, vocabulary: Vocabulary) -> frozenset[int]:
    """Find the menu of a page whose classes name none: the first element with enough short links of known names."""
    signs = vocabulary.pages.nav_fallback
    short: dict[int, list[int]] = {}
    known: dict[int, set[str]] = {}
    for index, anchor in enumerate(page.anchors):
        if not 0 < len(anchor.text) <= signs.max_name or anchor.zone.part in ("footer", "breadcrumb"):
            continue
        concept = vocabulary.find_concept(anchor.text)
        above, climbed = anchor.node.parent, 0
        while above is not None and climbed < 6 and above.tag not in ("body", "html"):  # noqa: PLR2004 - levels of a menu
            short.setdefault(above.mem_id, []).append(index)
            if concept is not None:
                known.setdefault(above.mem_id, set()).add(concept)
            above, climbed = above.parent, climbed + 1
    menus = [
        links
        for key, links in short.items()
        if len(links) >= signs.min_links and len(known.get(key, ())) >= signs.min_known
    ]
    return frozenset(min(menus, key=lambda links: (links[0], len(links)), default=()))


def tell_region(zone: Zone) -> Region:
    """Return the region of a page that a zone counts as."""
    return _REGION_OF_PART.get(zone.part, "body")


def _collect_links(page: ShownPage, base: str, vocabulary: Vocabulary) -> Iterator[FoundLink]:
    has_nav = any(anchor.zone.part == "nav" for anchor in page.anchors)
    fallback = frozenset() if has_nav else _find_fallback_nav(page, vocabulary)
    days = _read_days(page)
    for index, anchor in enumerate(page.anchors):
        url = find_address(anchor.node, base, vocabulary)
        if url is not None:
            region = "nav" if index in fallback else tell_region(anchor.zone)
            yield FoundLink(url, name_anchor(anchor.node, anchor.text), region, "a", days.get(anchor.order))
    yield from collect_frames(page.frames, base)
    yield from collect_options(page.tree, base)


def collect_frames(frames: Iterable[LexborNode], base: str) -> Iterator[FoundLink]:
    """Yield the links of frames to what they show."""
    for frame in frames:
        url = normalise_url(frame.attributes.get("src") or "", base)
        if url is not None:
            yield FoundLink(url, join_spaces(frame.attributes.get("title") or ""), "body", "frame")


def collect_options(tree: LexborHTMLParser, base: str) -> Iterator[FoundLink]:
    """Yield the links of menus that are drawn as selects."""
    for option in tree.css("option[value]")[:500]:
        value = option.attributes.get("value") or ""
        url = normalise_url(value, base) if value.startswith(("http", "/")) else None
        if url is not None:
            yield FoundLink(url, join_spaces(option.text()), "other", "option")


def _read_days(page: ShownPage) -> dict[int, date]:
    """Return the dates of rows by the place of their line; a line that is nothing but a date lends it to the last."""
    days: dict[int, date] = {}
    for line in page.lines:
        if len(line.text) > _MAX_DATED or not any(century in line.text for century in _CENTURIES):
            continue
        day = read_row_day(line.text)
        if day is not None:
            days[line.order] = day
            if line.linked == 0 and len(line.text) <= _MAX_DATE:
                days.setdefault(line.order - 1, day)
    return days


def collect_data(scripts: list[str], base: str, vocabulary: Vocabulary) -> Iterator[FoundLink]:
    """Yield the links that inline scripts hold as data."""
    keys = vocabulary.pages.shell.data_keys
    for script in scripts:
        for found in _DATA_OBJECT.finditer(script[:300_000]):
            pairs = dict(_DATA_PAIR.findall(found.group(1)))
            name = next((pairs[key] for key in keys["name"] if key in pairs), None)
            url = next((normalise_url(pairs[key], base) for key in keys["url"] if key in pairs), None)
            if name and url:
                yield FoundLink(url, join_spaces(name), "body", "script")


# ---- the page as a whole -------------------------------------------------------------------------


def read_labels(tree: LexborHTMLParser) -> dict[str, str]:
    """Return the meta labels of a page: name in lower case -> content, the first filled one of each."""
    labels: dict[str, str] = {}
    for meta in tree.css("meta")[:200]:
        attributes = meta.attributes
        name = (attributes.get("name") or attributes.get("property") or "").strip().lower()
        if name and not labels.get(name):
            labels[name] = join_spaces(attributes.get("content") or "")
    return labels


def find_refresh(tree: LexborHTMLParser, base: str) -> str | None:
    """Return where a page sends its readers by itself, None where it does not."""
    for meta in tree.css("meta"):  # a selector by an attribute takes three times as long
        if (meta.attributes.get("http-equiv") or "").strip().lower() == "refresh":
            found = _REFRESH.match(meta.attributes.get("content") or "")
            if found:
                return normalise_url(found.group(1), base)
    return None


def _find_script_jump(page: ShownPage, scripts: list[str], base: str, vocabulary: Vocabulary) -> str | None:
    signs = vocabulary.pages.jump
    if not scripts or len(page.text) > signs.max_text or len(page.anchors) > signs.max_links:
        return None
    script = "\n".join(text for text in scripts if not any(word in text for word in signs.conditional))[:20_000]
    for pattern in signs.patterns:
        found = compile_pattern(pattern).search(script)
        if found:
            return normalise_url(found.group(1), base)
    named = _JUMP_NAME.search(script)
    given = named and re.search(rf"""\b{named.group(1)}\s{{0,4}}=\s{{0,4}}["']([^"'\n]{{1,500}})["']""", script)
    if given:
        return normalise_url(given.group(1), base)
    if any(word in script for word in signs.indirect):
        paths = [line.text for line in page.lines if line.text.startswith(("/", "http")) and " " not in line.text]
        return normalise_url(paths[0], base) if paths else None
    return None


def _is_filled_by_script(page: ShownPage, scripts: list[str], vocabulary: Vocabulary) -> bool:
    script = "\n".join(scripts)
    if not any(loader in script for loader in vocabulary.pages.shell.loaders):
        return False
    for node in page.tree.css("ul[id], ol[id], div[id], table[id], tbody[id], dl[id]")[:2_000]:
        name = node.attributes.get("id") or ""
        if len(name) > 1 and name in script and not node.text().strip():
            return True
    return False


def _judge_shell(page: ShownPage, scripts: list[str], vocabulary: Vocabulary) -> bool:
    signs = vocabulary.pages.shell
    text = page.text
    own = [line.text for line in page.lines if line.zone.part not in _CHROME_OF_SHELLS]
    own_length = sum(map(len, own))
    has_script = bool(scripts) or page.tree.css_first("script") is not None
    templates = sum(text.count(sign) for sign in signs.templates[:1])
    if templates and (templates > 2 or own_length < signs.max_list_text):  # noqa: PLR2004 - one or two may be a widget
        return True
    if not has_script or own_length >= signs.max_list_text or (page.pictures and len(text) >= signs.max_text):
        return False
    if any(node.attributes.get("id") in signs.roots and not node.text().strip() for node in page.tree.css("div[id]")):
        return True
    if any(word in squeeze_name(text) for word in map(squeeze_name, signs.waiting)):
        return True
    is_bare = len(text) < signs.max_text and not page.pictures and not page.anchors
    return is_bare and len(page.tree.css(_FIELDS)[:_FORM]) < _FORM


def _is_awaiting(page: ShownPage, scripts: list[str], vocabulary: Vocabulary) -> bool:
    """Tell whether a list is awaited: a script of the page's own fills an empty box, or a script file could."""
    own = sum(len(line.text) for line in page.lines if line.zone.part not in _CHROME_OF_SHELLS)
    signs = vocabulary.pages.shell
    is_full = own >= signs.max_list_text or (page.pictures and len(page.text) >= signs.max_text)
    return (not is_full and _is_filled_by_script(page, scripts, vocabulary)) or _is_unfilled(page, vocabulary)


def _is_unfilled(page: ShownPage, vocabulary: Vocabulary) -> bool:
    """Tell whether a list is awaited: no row, an empty box with a name, and a foreign script that could fill it."""
    own = [line for line in page.lines if line.zone.part not in _CHROME]
    has_rows = any(line.linked >= _MIN_ROW for line in own)
    has_media = page.players or page.frames or any(zone.part not in _CHROME for _, zone, _ in page.pictures)
    if has_rows or has_media or sum(len(line.text) for line in own) >= vocabulary.pages.shell.max_text:
        return False
    sources = [node.attributes.get("src") or "" for node in page.tree.css("script[src]")[:_MAX_SCRIPTS]]
    if not any(_could_fill(source, vocabulary) for source in sources):
        return False
    return any(_is_empty_box(node, vocabulary) for node in page.tree.css("div, ul, ol, tbody")[:_MAX_BOXES])


def _could_fill(source: str, vocabulary: Vocabulary) -> bool:
    name = source.partition("?")[0].rpartition("/")[2].partition(".")[0]
    return (
        bool(name)
        and not name_part(vocabulary, name)
        and not f"{name}.".lower().startswith(vocabulary.pages.shell.libraries)
    )


def _is_empty_box(node: LexborNode, vocabulary: Vocabulary) -> bool:
    attributes = node.attributes
    if not attributes.get("id") and not any(name.startswith("data-") for name in attributes):
        return False
    if next(node.iter(), None) is not None or node.text().strip():
        return False
    above: LexborNode | None = node
    for _ in range(_BOX_LEVELS):
        if above is None or above.tag in ("body", "html"):
            return True
        if call_part(above, above.tag or "", vocabulary) not in ("", "content"):
            return False
        above = above.parent
    return True


def read_scripts(tree: LexborHTMLParser) -> list[str]:
    """Return the inline scripts of a page."""
    return [text for text in (node.text() for node in tree.css("script")) if text.strip()]


def find_base(tree: LexborHTMLParser, url: str) -> str:
    """Return the address that the relative links of a page start from."""
    node = tree.css_first("base[href]")
    stated = normalise_url(node.attributes.get("href") or "", url) if node is not None else None
    return stated or url


def scan_shown(page: ShownPage, url: str, vocabulary: Vocabulary) -> PageScan:
    """Return the scan of a page that was already read."""
    tree = page.tree
    base = find_base(tree, url)
    scripts = read_scripts(tree)
    refresh = find_refresh(tree, base)
    refresh = None if refresh == normalise_url(url) else refresh
    started = [tree.body.attributes.get("onload") or ""] if tree.body is not None else []
    jump = refresh or _find_script_jump(page, [*scripts, *filter(None, started)], base, vocabulary)
    title = tree.css_first("title")
    is_shell = jump is None and _judge_shell(page, scripts, vocabulary)
    is_awaited = jump is None and not is_shell and _is_awaiting(page, scripts, vocabulary)
    return PageScan(
        url=url,
        title=join_spaces(title.text()) if title is not None else "",
        headings=tuple(heading.text for heading in page.headings if heading.text),
        links=tuple(_collect_links(page, base, vocabulary)),
        labels=read_labels(tree),
        text_length=len(page.text),
        is_shell=is_shell or is_awaited,
        is_awaited=is_awaited,
        meta_refresh=refresh,
        jump=jump,
        frames=tuple(filter(None, (normalise_url(node.attributes.get("src") or "", base) for node in page.frames))),
        script_data=tuple(collect_data(scripts, base, vocabulary)),
    )


def scan_page(html: str, url: str, vocabulary: Vocabulary | None = None) -> PageScan:
    """Return what a crawler must know of a page. `url` is the address that its relative links start from."""
    words = vocabulary or load_vocabulary()
    return scan_shown(read_markup(html, words), url, words)


def text_of(html: str) -> str:
    """Return the visible text of a page, a line a block."""
    return read_markup(html, load_vocabulary()).text
