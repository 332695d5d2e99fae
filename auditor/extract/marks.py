"""The marks of a site that its pages carry: names, codes, records, badges, entries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlsplit

from auditor.extract.reading import Reading
from auditor.extract.searchform import SearchForm, find_search_form
from auditor.extract.text import fold_text
from auditor.facts import SiteMark
from auditor.model.evidence import RecordEvidence
from auditor.model.targets import UnitKind
from auditor.page.markup import glue_name, text_within
from auditor.page.scan import find_address, name_anchor, read_scripts
from auditor.page.shells import lacks_header
from auditor.words.vocabulary import Mark, Vocabulary, compile_pattern, squeeze_name

_TAIL_LINES = 25
_MOST_QUOTED = 200
_SHORTEST = 3
_MAX_NAME = 40
_NAME_END = re.compile(r"[\s|，。；,;（(]")
_GAP = re.compile(r"\s+")
_WRITTEN = re.compile(r"""document\.write(?:ln)?\(\s{0,4}(?:unescape\(\s{0,4})?(["'])([^\n]{1,3000}?)\1\s{0,4}\)""")
_TAGS = re.compile(r"<[^<>]{0,500}>")
_MAX_SCRIPTS = 60
_MAX_SCRIPT = 20_000
_SHORT_LABEL = 12
_IPV6_LINE = 40
_MARKS: tuple[SiteMark, ...] = get_args(SiteMark)
_FOOTER_MARKS: frozenset[SiteMark] = frozenset({"site_id_code", "icp", "police_record", "organizer", "contact"})
_LINKED_MARKS: frozenset[SiteMark] = frozenset({"conac_badge", "sitemap_link", "error_report_link"})
_LOADING = re.compile(r"""\.load\(\s{0,4}["']|document\.write|innerHTML|\.html\(|fetch\(|ajax""")


@dataclass(frozen=True, slots=True)
class MarkParts:
    """The marks of one page; None where the page does not carry one.

    `unseen` are marks that it may carry all the same: as a picture without words that leads nowhere, or in a footer
    that a script brings which nobody ran.
    """

    url: str
    name: str | None
    header_name: str | None
    header_is_picture: bool
    site_id_code: str | None
    icp: str | None
    police_record: str | None
    organizer: str | None
    marks: frozenset[SiteMark]
    unseen: frozenset[SiteMark]
    has_ipv6_label: bool
    search: SearchForm | None
    is_header_seen: bool
    modes: frozenset[str]
    subscribe: frozenset[str]
    has_smart_qa: bool
    evidence: RecordEvidence


def _list_footer(reading: Reading) -> list[str]:
    last = len(reading.shown.lines) - _TAIL_LINES
    shown = [line.text for line in reading.shown.lines if line.zone.part == "footer" or line.order >= last]
    return [*shown, *_list_written(reading)]


def _quote_footer(reading: Reading) -> str:
    """Return the last lines of the page's footer, of the page where it has none, as many as a passage holds."""
    lines = [line.text for line in reading.shown.lines if line.zone.part == "footer"]
    quoted: list[str] = []
    for text in reversed(lines or [line.text for line in reading.shown.lines]):
        if quoted and len(text) + sum(len(one) + 1 for one in quoted) > _MOST_QUOTED:
            break
        quoted.insert(0, text)
    return " ".join(quoted) or " ".join(_list_written(reading))


def _list_written(reading: Reading) -> list[str]:
    """List the texts that inline scripts write into the page as markup."""
    texts: list[str] = []
    for script in read_scripts(reading.shown.tree)[:_MAX_SCRIPTS]:
        if "document.write" in script:
            written = (found.group(2) for found in _WRITTEN.finditer(script[:_MAX_SCRIPT]))
            texts.extend(" ".join(_TAGS.sub(" ", markup).replace("\\", "").split()) for markup in written)
    return [text for text in texts if text]


def _find_value(texts: list[str], mark: Mark) -> str | None:
    """Return the value of a mark, also where markup or line breaks stand inside it."""
    joined = fold_text("\n".join(texts))
    for text in (joined, _GAP.sub("", joined)):
        found = compile_pattern(mark.pattern).search(text) if mark.pattern else None
        if found:
            return next(str(group) for group in found.groups() if group).strip()
    return None


def _cut_name(value: str, mark: Mark) -> str:
    value = value.lstrip(" :：|")
    head = _NAME_END.split(value, maxsplit=1)[0]
    for stop in mark.stop:
        place = head.find(stop)
        if place > 0 and (head[place + len(stop) :][:3].count("：") or head[place + len(stop) :][:3].count(":")):
            head = head[:place]
    return glue_name(head)


def _find_organizer(texts: list[str], mark: Mark, words: Vocabulary) -> str | None:
    """Return the body behind the label, or before it (`某区人民政府主办`): one whose name is that of a body."""
    for place, text in enumerate(texts):
        for label in mark.labels:
            head, found, tail = text.partition(label)
            if not found:
                continue
            following = texts[place + 1] if not squeeze_name(tail) and place + 1 < len(texts) else tail
            after, before = _cut_name(following, mark), glue_name(head.split(" ")[-1])
            is_led = label.endswith("单位") or fold_text(tail).lstrip()[:1] in (":", "")
            for name in (after, before) if is_led else (before, after):
                if 1 < len(name) <= _MAX_NAME and words.find_unit_kind(name) is not UnitKind.OTHER:
                    return name
    return None


def _has_name(reading: Reading, mark: Mark) -> bool:
    hosts = mark.addresses
    for anchor in reading.shown.anchors:
        names = (anchor.text, name_anchor(anchor.node, anchor.text))
        if any(squeeze_name(name) in mark.names for name in names if name):
            return True
        href = anchor.node.attributes.get("href") or ""
        if hosts and any(host in href for host in hosts):
            return True
    return False


def _list_pictured(reading: Reading) -> frozenset[SiteMark]:
    """Return the marks that are shown as pictures, where the footer links a picture that nothing tells the meaning of.

    A picture that leads to an address is known by it.
    """
    last = len(reading.shown.lines) - _TAIL_LINES
    for anchor in reading.shown.anchors:
        is_low = anchor.zone.part == "footer" or anchor.order >= last
        if not is_low or anchor.node.css_first("img") is None or name_anchor(anchor.node, anchor.text):
            continue
        if find_address(anchor.node, reading.address, reading.words) in (None, reading.address, reading.key):
            return frozenset(
                name for name in _MARKS if name in reading.words.marks and reading.words.marks[name].pictured
            )
    return frozenset()


def _lacks_footer(reading: Reading, found: Iterable[SiteMark]) -> bool:
    """Tell whether nothing of a footer was read, and a script that did not run or a frame may show one."""
    is_shown = any(line.zone.part == "footer" and line.text.strip() for line in reading.shown.lines)
    if reading.is_drawn or is_shown or not _FOOTER_MARKS.isdisjoint(found):
        return False
    return reading.shown.tree.css_first("script[src], iframe[src]") is not None or any(
        _LOADING.search(script) for script in read_scripts(reading.shown.tree)[:_MAX_SCRIPTS]
    )


def _list_unseen(reading: Reading, found: frozenset[SiteMark]) -> frozenset[SiteMark]:
    """Return the marks that were not found and that the page may carry all the same."""
    unseen = _FOOTER_MARKS | _LINKED_MARKS if _lacks_footer(reading, found) else _list_pictured(reading)
    return unseen - found


def _list_offered(reading: Reading, prefix: str) -> frozenset[str]:
    """Return the ways of a kind that the page offers: the marks whose key begins with `prefix`."""
    marks = {key.removeprefix(prefix): mark for key, mark in reading.words.marks.items() if key.startswith(prefix)}
    return frozenset(key for key, mark in marks.items() if _has_name(reading, mark) or _has_source(reading, mark))


def _has_source(reading: Reading, mark: Mark) -> bool:
    nodes = reading.shown.tree.css("script[src], img[src], iframe[src], script")[:200]
    return any(
        host in f"{node.attributes.get('src') or ''} {node.text()[:500]}" for node in nodes for host in mark.addresses
    )


def _has_ipv6_label(reading: Reading, mark: Mark) -> bool:
    """Tell whether a short line or a picture says that the site is reached over IPv6; a text about it is none."""
    pictures = (
        node.attributes.get("alt") or node.attributes.get("title") or "" for _, _, node in reading.shown.pictures
    )
    last = len(reading.shown.lines) - _TAIL_LINES // 5
    lines = (
        line.text
        for line in reading.shown.lines
        if len(line.text) <= _IPV6_LINE or line.zone.part in ("footer", "header") or line.order >= last
    )
    for text in (*lines, *pictures):
        lowered = text.lower()
        if "ipv6" in lowered and (len(text) <= _SHORT_LABEL or any(word.lower() in lowered for word in mark.words)):
            return True
    return False


def _find_header_name(reading: Reading) -> tuple[str, bool] | None:
    """Return the name in the header, and whether it is a picture's."""
    for node in reading.shown.tree.css(".logo img, #logo img, .logo, #logo, header img, header h1")[:12]:
        alt = node.attributes.get("alt") or node.attributes.get("title") or ""
        text = glue_name(alt if node.tag == "img" else text_within(node))
        if _SHORTEST < len(text) <= _MAX_NAME:
            return text, node.tag == "img"
    return None


def read_marks(reading: Reading) -> MarkParts:
    """Read the marks that a page carries, most of them in its footer."""
    marks = reading.words.marks
    texts = _list_footer(reading)
    header = _find_header_name(reading) if urlsplit(reading.key).path in ("", "/") else None
    values = {name: _find_value(texts, marks[name]) for name in ("site_id_code", "icp", "police_record")}
    organizer = _find_organizer(texts, marks["organizer"], reading.words)
    found: set[SiteMark] = {name for name in ("site_id_code", "icp", "police_record") if values[name]}
    if any(label in text for text in texts for label in marks["organizer"].labels):
        found.add("organizer")
    if any(label in text for text in texts for label in marks["contact"].labels):
        found.add("contact")
    if _has_name(reading, marks["conac_badge"]) or _has_source(reading, marks["conac_badge"]):
        found.add("conac_badge")
    if _has_name(reading, marks["sitemap_link"]):
        found.add("sitemap_link")
    if _has_name(reading, marks["error_report_link"]) or _has_source(reading, marks["error_report_link"]):
        found.add("error_report_link")
    for name in ("accessibility", "elder_mode"):
        if _has_name(reading, marks[name]) or _has_source(reading, marks[name]):
            found.add(name)
    return MarkParts(
        url=reading.key,
        name=reading.read_meta("site_name") or None,
        header_name=header[0] if header is not None else None,
        header_is_picture=header is not None and header[1],
        site_id_code=values["site_id_code"],
        icp=values["icp"],
        police_record=values["police_record"],
        organizer=organizer,
        marks=frozenset(found),
        unseen=_list_unseen(reading, frozenset(found)),
        has_ipv6_label=_has_ipv6_label(reading, marks["ipv6_label"]),
        search=find_search_form(reading, marks["search_form"]),
        is_header_seen=reading.is_drawn or not lacks_header(reading.shown, reading.words),
        modes=_list_offered(reading, "mode_"),
        subscribe=_list_offered(reading, "subscribe_"),
        has_smart_qa=_has_name(reading, marks["smart_qa"]),
        evidence=reading.give_evidence("footer", _quote_footer(reading)),
    )
