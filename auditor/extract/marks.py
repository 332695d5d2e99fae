"""The marks of a site that its pages carry: names, codes, records, badges, entries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from auditor.extract.reading import Reading
from auditor.extract.text import fold_text
from auditor.facts import SiteMark
from auditor.markup import glue_name, text_within
from auditor.model import RecordEvidence, UnitKind
from auditor.vocabulary import Mark, Vocabulary, compile_pattern, squeeze_name

_TAIL_LINES = 25
_SHORTEST = 3
_MAX_NAME = 40
_NAME_END = re.compile(r"[\s|，。；,;（(]")
_GAP = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class MarkParts:
    """The marks of one page; None where the page does not carry one."""

    url: str
    name: str | None
    header_name: str | None
    site_id_code: str | None
    icp: str | None
    police_record: str | None
    organizer: str | None
    marks: frozenset[SiteMark]
    has_ipv6_label: bool
    has_search: bool
    has_smart_qa: bool
    evidence: RecordEvidence


def _list_footer(reading: Reading) -> list[str]:
    last = len(reading.shown.lines) - _TAIL_LINES
    return [line.text for line in reading.shown.lines if line.zone.part == "footer" or line.order >= last]


def _find_value(texts: list[str], mark: Mark) -> str | None:
    """Return the value of a mark, also where markup or line breaks stand inside it."""
    joined = fold_text("\n".join(texts))
    for text in (joined, _GAP.sub("", joined)):
        found = compile_pattern(mark.pattern).search(text) if mark.pattern else None
        if found:
            return str(found.group(1)).strip()
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
    for text in texts:
        for label in mark.labels:
            head, found, tail = text.partition(label)
            after, before = _cut_name(tail, mark), glue_name(head.split(" ")[-1])
            for name in (after, before) if found else ():
                if 1 < len(name) <= _MAX_NAME and words.find_unit_kind(name) is not UnitKind.OTHER:
                    return name
    return None


def _has_name(reading: Reading, mark: Mark) -> bool:
    hosts = mark.addresses
    for anchor in reading.shown.anchors:
        if squeeze_name(anchor.text) in mark.names:
            return True
        href = anchor.node.attributes.get("href") or ""
        if hosts and any(host in href for host in hosts):
            return True
    return False


def _has_source(reading: Reading, mark: Mark) -> bool:
    nodes = reading.shown.tree.css("script[src], img[src], iframe[src], script")[:200]
    return any(
        host in f"{node.attributes.get('src') or ''} {node.text()[:500]}" for node in nodes for host in mark.addresses
    )


def _has_search(reading: Reading, mark: Mark) -> bool:
    for node in reading.shown.tree.css("input")[:100]:
        kind = (node.attributes.get("type") or "text").lower()
        label = f"{node.attributes.get('placeholder') or ''}{node.attributes.get('value') or ''}"
        name = (node.attributes.get("name") or node.attributes.get("id") or "").lower()
        if kind in ("text", "search") and (
            name in mark.inputs or any(word in squeeze_name(label) for word in mark.names)
        ):
            return True
    return False


def _find_header_name(reading: Reading) -> str | None:
    for node in reading.shown.tree.css(".logo img, #logo img, .logo, #logo, header img, header h1")[:12]:
        alt = node.attributes.get("alt") or node.attributes.get("title") or ""
        text = glue_name(alt if node.tag == "img" else text_within(node))
        if _SHORTEST < len(text) <= _MAX_NAME:
            return text
    return None


def read_marks(reading: Reading) -> MarkParts:
    """Read the marks that a page carries, most of them in its footer."""
    marks = reading.words.marks
    texts = _list_footer(reading)
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
    whole = [line.text for line in reading.shown.lines if len(line.text) <= _MAX_NAME * 3]
    return MarkParts(
        url=reading.key,
        name=reading.read_meta("site_name") or None,
        header_name=_find_header_name(reading) if urlsplit(reading.key).path in ("", "/") else None,
        site_id_code=values["site_id_code"],
        icp=values["icp"],
        police_record=values["police_record"],
        organizer=organizer,
        marks=frozenset(found),
        has_ipv6_label=any(word.lower() in text.lower() for text in whole for word in marks["ipv6_label"].words),
        has_search=_has_search(reading, marks["search_form"]),
        has_smart_qa=_has_name(reading, marks["smart_qa"]),
        evidence=reading.give_evidence("footer", " ".join(texts)[:200]),
    )
