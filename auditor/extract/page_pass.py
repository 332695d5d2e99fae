"""The page pass: one capture -> one record, whatever the page is. Keeps little, so that memory stays flat."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from auditor.extract.classify import (
    classify_kind,
    classify_topic,
    find_weak_topic,
    is_gateway,
    is_guide_title,
    measure_shape,
)
from auditor.extract.clauses import hash_clauses
from auditor.extract.dating import SeenDate, find_published, find_updated, list_labelled
from auditor.extract.documents import read_document
from auditor.extract.drafts import draft_facts
from auditor.extract.families.explanations import read_points
from auditor.extract.features import read_features
from auditor.extract.guides import read_guide
from auditor.extract.interpretations import read_interpretation
from auditor.extract.items import Item, choose_items, list_rows
from auditor.extract.marks import read_marks
from auditor.extract.menus import COLUMN_CONCEPTS, SECTION, MenuEntry, count_closed, read_menu, read_named_links
from auditor.extract.pagelinks import pack_targets
from auditor.extract.passages import take_text
from auditor.extract.reading import Reading, read_page
from auditor.extract.records import ContentLink, DateMark, Listing, OwnLine, PageRecord
from auditor.extract.sheet import Sheet
from auditor.extract.tabs import read_tabs
from auditor.extract.text import fold_text
from auditor.extract.titles import find_list_name
from auditor.facts import PageKind
from auditor.model.attempts import Visit
from auditor.page.pager import find_page_count, list_series
from auditor.page.platforms import add_menu, is_list_address, write_list
from auditor.page.scan import decode_body, find_address, judge_shown, name_anchor, normalise_url
from auditor.page.shells import lacks_menu
from auditor.words.vocabulary import Vocabulary, squeeze_name

MAX_ITEMS = 300
_MAX_LINKS = 30
_ENTRY_PART = 2  # of the longest name of a column
_MAX_OWN_LINES = 60
_MAX_NAV = 300
_MAX_LEADS = 20
_MAX_PAGES = 60
_FEW_TARGETS = 150
_MOST_TARGETS = 600
_MAX_HOSTS = 60
_MAX_PAGER_WORD = 6
_MAX_PAGER_LINE = 80
_SKETCH = 40
_CHROME = frozenset({"nav", "footer", "header", "breadcrumb", "pager", "form"})
_PAGE_TOTAL = re.compile(r"(?:共|/) {0,2}([0-9]{1,4}) {0,2}页")
_LIST_KINDS = frozenset({"column", "home", "sitemap", "shell", "other"})
_GUIDE_KINDS = frozenset({"article", "form", "other", "column", "shell"})
_LOOSE_TYPES = frozenset({"text/plain", "application/octet-stream", ""})
_FIRST_TAGS = (b"<html", b"<!doctype html", b"<body", b"<head")


def is_html(media_type: str, body: bytes) -> bool:
    """Tell whether an answer is a page: by its media type, and by its first bytes where that says nothing."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        return True
    head = body[:2048].lower()
    return kind in _LOOSE_TYPES and any(tag in head for tag in _FIRST_TAGS)


def read_capture(
    visit: Visit,
    headers: Mapping[str, str],
    body: bytes,
    words: Vocabulary,
    homes: frozenset[str],
    *,
    takes_marks: bool,
) -> PageRecord | None:
    """Return the record of a captured page, or None where the capture is no page.

    `homes` are the addresses of the site's own start pages; `takes_marks`: the page is of the sample for site marks.
    """
    content_type = headers.get("content-type") or visit.media_type or ""
    html = _find_markup(visit, content_type, body, words)
    if html is None:
        return None
    reading = read_page(visit, html, words)
    items = choose_items(list_rows(reading))
    labelled = list_labelled(reading)
    published = find_published(reading, labelled)
    if visit.status in words.pages.blocks.refusals or judge_shown(html, reading.shown, words):
        kind: PageKind = "error" if is_gateway(reading) else "blocked"
        return replace(_make_record(reading, kind, items, (), None, takes_marks=False), is_refused=True)
    is_home = True if reading.key in homes or visit.clicks == 0 else None
    kind = classify_kind(reading, measure_shape(reading, items), published, is_home=is_home)
    record = _make_record(reading, kind, items, labelled, published, takes_marks=takes_marks or kind == "home")
    return _add_families(record, reading, items)


def _add_families(record: PageRecord, reading: Reading, items: tuple[Item, ...]) -> PageRecord:
    """Return the record with what the families of facts find on the page, and with its text for searching."""
    sheet = Sheet(
        reading=reading,
        kind=record.kind,
        topic=record.topic,
        concept=record.concept,
        published=record.published.value if record.published is not None else None,
        updated=record.updated.value if record.updated is not None else None,
        document=record.document,
        rows=tuple(item.title for item in items),
    )
    explains = record.topic == "interpretation" or any(
        word in record.title for word in reading.words.interpretations.title_words
    )
    is_article = record.kind == "article"
    is_text = record.kind in ("article", "form", "other")
    return replace(
        record,
        text=take_text(reading) if record.kind not in ("error", "redirect") else "",
        drafts=draft_facts(sheet),
        points=read_points(sheet) if explains and is_article else None,
        clauses=hash_clauses(sheet.text.replace(record.title, "")) if is_article else b"",
        targets=pack_targets((link.url for link in reading.scan.links), _FEW_TARGETS if is_article else _MOST_TARGETS),
        hosts=_list_hosts(reading),
        features=read_features(reading, record.attachments) if is_text else record.features,
    )


def _list_hosts(reading: Reading) -> tuple[str, ...]:
    """Return the other hosts that a page links to."""
    own = urlsplit(reading.address).hostname
    hosts = {urlsplit(link.url).hostname or "" for link in reading.scan.links} - {own, ""}
    return tuple(sorted(hosts))[:_MAX_HOSTS]


def _find_markup(visit: Visit, content_type: str, body: bytes, words: Vocabulary) -> str | None:
    """Return the markup of a page, also of a platform's list, whose data are written as one; None for no page."""
    address = normalise_url(visit.final_url or visit.url) or visit.url
    if is_html(content_type, body):
        return add_menu(decode_body(body, content_type), address, words)
    return write_list(decode_body(body, content_type), address, words) if is_list_address(address, words) else None


def _make_record(
    reading: Reading,
    kind: PageKind,
    items: tuple[Item, ...],
    labelled: tuple[SeenDate, ...],
    published: SeenDate | None,
    *,
    takes_marks: bool,
) -> PageRecord:
    is_article = kind in ("article", "form", "other")
    inner = find_list_name(reading, items[0].order) if items and kind == "column" else ""
    title = inner or _name_page(reading, kind)
    document = read_document(reading) if is_article else None
    has_number = document is not None and document.doc_no is not None
    topic = classify_topic(reading, kind, inner or reading.title, has_number=has_number)
    concept = _find_own_concept(reading)
    is_official = document is not None and document.is_official
    is_guide = (topic == "guide" or concept == "disclosure_guide") and kind in _GUIDE_KINDS
    is_list = kind in _LIST_KINDS or _is_column_itself(reading)
    has_dates = is_article or kind == "error" or (is_guide and not items)
    updated = find_updated(reading, labelled, is_guide=is_guide) if has_dates else None
    return PageRecord(
        url=reading.key,
        address=reading.address,
        visit=reading.visit,
        kind=kind,
        topic=topic,
        weak_topic=find_weak_topic(
            reading,
            kind,
            is_dated=published is not None,
            is_document=has_number or _stands_in_column(reading, concept),
            has_elements=is_official,
        ),
        title=title,
        is_refused=False,
        window=squeeze_name(reading.scan.title),
        breadcrumb=reading.breadcrumb,
        column_name=reading.read_meta("column_name"),
        concept=concept,
        published=_mark_date(reading, published) if has_dates else None,
        updated=_mark_date(reading, updated),
        labels=_list_labels(reading),
        sketch=sketch_lines(reading),
        is_shell=reading.scan.is_shell,
        jump=reading.scan.jump,
        frames=reading.scan.frames,
        evidence=reading.give_evidence(
            reading.locate(reading.title_line) if reading.title_line else "title", reading.title
        ),
        listing=_read_listing(reading, items) if is_list else None,
        links=_list_links(reading) if is_article else (),
        entries=_list_entries(reading) if kind in ("home", "column") else (),
        attachments=_count_attachments(reading),
        source_name=reading.read_meta("source"),
        document=document,
        interpretation=read_interpretation(reading) if is_article else None,
        guide=read_guide(reading) if is_guide else None,
        marks=read_marks(reading) if takes_marks else None,
    )


def _name_page(reading: Reading, kind: PageKind) -> str:
    """Return the title of a page: a list's by what it calls itself, a start page's as its window has it."""
    if kind == "home":
        return reading.title if reading.title_line is None or not reading.has_site_title else reading.window.whole
    return (reading.column_heading if kind in _LIST_KINDS else "") or reading.title


def _mark_date(reading: Reading, seen: SeenDate | None) -> DateMark | None:
    if seen is None:
        return None
    locator = reading.locate(seen.line) if seen.line is not None else seen.source
    return DateMark(seen.value, seen.source, reading.give_evidence(locator, seen.excerpt))


def _find_own_concept(reading: Reading) -> str | None:
    """Return the concept of the column that the page stands in or is: by its label, its title, its place."""
    names = [reading.read_meta("column_name"), reading.title, *reversed(reading.breadcrumb)]
    for name in names:
        concept = reading.words.find_concept(name, SECTION) if name else None
        if concept is not None and concept != SECTION:
            return concept
    is_section = any(reading.words.find_concept(name) == SECTION for name in names[:2] if name)
    return SECTION if is_section else None


def _stands_in_column(reading: Reading, concept: str | None) -> bool:
    """Tell whether a page stands in a column of the section itself, not only somewhere below one."""
    innermost = (reading.read_meta("column_name"), reading.title, *reading.breadcrumb[-1:])
    own = {reading.words.find_concept(name, SECTION) for name in innermost if name}
    return concept in COLUMN_CONCEPTS and concept in own


def _is_column_itself(reading: Reading) -> bool:
    """Tell whether an article is itself a column: one that a menu offers by name, as a guide is."""
    names = (reading.title, reading.column_title, reading.window_head)
    concepts = {reading.words.find_concept(name, SECTION) for name in names if name}
    return bool(concepts & (COLUMN_CONCEPTS | {SECTION})) or is_guide_title(reading.title, reading.words)


def _list_labels(reading: Reading) -> tuple[str, ...]:
    unfilled = reading.words.labels.meta["unfilled"]
    values = {name: reading.scan.labels.get(name.lower(), "") for name in reading.words.labels.standard}
    return tuple(name for name, value in values.items() if value and value not in unfilled)


def sketch_lines(reading: Reading) -> bytes:
    """Return the least hashes of a page's lines, packed: pages that share most of them are one page."""
    hashes = {zlib.crc32(squeeze_name(line.text).encode()) for line in reading.shown.lines if len(line.text) > 1}
    return b"".join(value.to_bytes(4, "big") for value in sorted(hashes)[:_SKETCH])


def _read_listing(reading: Reading, items: tuple[Item, ...]) -> Listing:
    orders = {item.order for item in items}
    first = min((item.order for item in items), default=None)
    line = next((line for line in reading.shown.lines if line.order == first), None)
    html = reading.shown.tree.html or ""
    return Listing(
        items=items[:MAX_ITEMS],
        item_count=len(items),
        place=reading.locate(line) if line is not None else "body",
        own_lines=_list_own_lines(reading, orders),
        pages=_list_pages(reading),
        script_pages=list_series(html, reading.address, reading.words.paging)[:_MAX_PAGES],
        page_total=_find_page_total(reading, html),
        has_media=_has_media(reading),
        own_links=_hash_links(reading),
        menu=_read_menus(reading),
        named=read_named_links(reading),
        nav=_list_nav(reading),
        leads=_list_leads(reading),
        has_closed_nav=_has_closed_nav(reading),
        closed_nav=count_closed(reading),
        is_scripted=_is_scripted(reading),
    )


def _read_menus(reading: Reading) -> tuple[MenuEntry, ...]:
    """Return the disclosure menu with the columns that stand on the page as tabs, in the order shown."""
    menu = read_menu(reading)
    tabs = read_tabs(reading, menu)
    if not tabs:
        return menu
    named = {entry.concept for entry in tabs}
    kept = tuple(entry for entry in menu if entry.concept not in named or entry.url is not None)
    is_nested = any(entry.parent is not None for entry in kept)
    return (*kept, *tabs) if is_nested else tuple(sorted((*kept, *tabs), key=lambda entry: entry.order))


def _list_own_lines(reading: Reading, rows: set[int]) -> tuple[OwnLine, ...]:
    lines = []
    for line in reading.own_lines:
        is_text = line.linked * 2 < len(line.text) and line.order not in rows
        if is_text and reading.words.find_concept(line.text, SECTION) is None:
            key = squeeze_name(line.text)
            lines.append(OwnLine(zlib.crc32(key.encode()), len(key), line.text[:60]))
    return tuple(lines[:_MAX_OWN_LINES])


def _hash_links(reading: Reading) -> tuple[int, ...]:
    keys = {squeeze_name(anchor.text) for anchor in reading.own_anchors}
    return tuple(sorted(zlib.crc32(key.encode()) for key in keys if len(key) > 1))[:_MAX_NAV]


def _list_pages(reading: Reading) -> tuple[str, ...]:
    words = reading.words.pages.articles.list_words
    found: dict[str, None] = {}
    for anchor in reading.shown.anchors:
        key = squeeze_name(anchor.text)
        if anchor.zone.part == "pager" or key.isdigit() or anchor.text in words:
            url = find_address(anchor.node, reading.address, reading.words)
            if url is not None and url not in (reading.address, reading.key) and len(key) <= _MAX_PAGER_WORD:
                found[url] = None
    return tuple(found)[:_MAX_PAGES]


def _find_page_total(reading: Reading, html: str) -> int | None:
    count = find_page_count(html, reading.words.paging)
    if count is not None:
        return count
    for line in reading.shown.lines:
        match = _PAGE_TOTAL.search(fold_text(line.text)) if len(line.text) <= _MAX_PAGER_LINE else None
        if match is not None:
            return int(match.group(1))
    return None


def _has_media(reading: Reading) -> bool:
    pictures = [zone for _, zone, _ in reading.shown.pictures if zone.part in ("", "content")]
    return (len(pictures) > 0 and bool(reading.title_line)) or bool(reading.shown.players)


def _list_nav(reading: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link.url for link in reading.scan.links if link.region == "nav"))[:_MAX_NAV]


def _list_leads(reading: Reading) -> tuple[str, ...]:
    host = urlsplit(reading.address).hostname
    found = dict.fromkeys(link.url for link in reading.scan.links if link.url not in (reading.address, reading.key))
    return tuple(sorted(found, key=lambda url: urlsplit(url).hostname != host)[:_MAX_LEADS])


def _has_closed_nav(reading: Reading) -> bool:
    entries = sum(anchor.zone.part == "nav" and bool(anchor.text) for anchor in reading.shown.anchors)
    menu = _list_nav(reading)
    is_closed = entries >= reading.words.pages.nav_fallback.min_links and not menu
    return is_closed or lacks_menu(reading.shown, reading.words, has_menu_links=bool(menu))


def _is_scripted(reading: Reading) -> bool:
    tree = reading.shown.tree
    return any(tree.css_first(sign) is not None for sign in ("script", "[onclick]", "a[href^='javascript:' i]"))


def _list_links(reading: Reading) -> tuple[ContentLink, ...]:
    found: dict[str, ContentLink] = {}
    start = reading.title_line.order if reading.title_line is not None else 0
    for anchor in reading.shown.anchors:
        if anchor.zone.part in _CHROME or anchor.order < start:
            continue
        url = find_address(anchor.node, reading.address, reading.words)
        text = name_anchor(anchor.node, anchor.text)
        if url is not None and text and url not in (reading.address, reading.key):
            found.setdefault(url, ContentLink(url, text[:120]))
    return tuple(found.values())[:_MAX_LINKS]


def _list_entries(reading: Reading) -> tuple[ContentLink, ...]:
    """Return the links of a page's content whose words are as short as the name of an entry, outside of its rows."""
    longest = reading.words.columns.max_length // _ENTRY_PART
    return tuple(link for link in _list_links(reading) if len(link.text) <= longest)


def _count_attachments(reading: Reading) -> int:
    files = (anchor for anchor in reading.own_anchors if reading.leads_to_file(anchor))
    return len({(anchor.node.attributes.get("href") or "", anchor.text) for anchor in files})
