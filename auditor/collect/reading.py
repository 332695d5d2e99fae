"""What came for an address, read: decoded, judged, scanned, and packed for the archive.

Nothing here knows the network or the disk, so that it can be done in other processes (`auditor.collect.readers`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from auditor.archive.packing import PackedRecord, RecordDraft, pack_record
from auditor.archive.pagelist import draft_metadata, make_row
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.page.dates import find_quick_dates, find_stated_dates
from auditor.page.decoding import decode_body
from auditor.page.markup import read_tree
from auditor.page.pager import list_series
from auditor.page.parsing import parse_markup
from auditor.page.platforms import list_column_links, write_list
from auditor.page.quickscan import QuickPage, scan_tree, seems_ordinary
from auditor.page.scan import FoundLink, PageScan, judge_block, make_link, scan_shown
from auditor.words.vocabulary import Vocabulary

OK = 200
CLIENT_ERROR = 400


@dataclass(frozen=True, slots=True)
class PageTask:
    """An answer to read. `is_page` where its body is markup, `is_wanted` where its links are.

    `is_list`: the body is the data of a platform's list, which are written as a page. `draft` is the record to pack of
    it; a page that was read has more records.
    """

    url: str
    status: int | None
    content_type: str
    body: bytes
    is_page: bool
    is_wanted: bool
    is_list: bool = False
    draft: RecordDraft | None = None


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a task came to. `failure` is set where the page could not be read at all.

    `pages` are further pages of the list that a script states, `digest` is a hash of the page as served; `records` and
    `row` are for the archive.
    """

    is_block: bool = False
    scan: PageScan | None = None
    pages: tuple[str, ...] = ()
    digest: bytes = b""
    records: tuple[PackedRecord, ...] = ()
    row: bytes | None = None
    failure: Attempt | None = None


UNREADABLE = Attempt(AttemptStatus.FAILED, AttemptReason.BAD_RESPONSE, "unreadable")


def read_task(task: PageTask, vocabulary: Vocabulary) -> PageReading:
    """Read one answer. What breaks the reading of one page is a failure of that page, not of the run."""
    try:
        return _read(task, vocabulary)
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError, MemoryError):
        return give_up(task)


def give_up(task: PageTask) -> PageReading:
    """Return the reading of an answer that cannot be read: its record is kept."""
    return PageReading(records=_pack(task), failure=UNREADABLE)


def _pack(task: PageTask) -> tuple[PackedRecord, ...]:
    return (pack_record(task.draft),) if task.draft is not None else ()


def _read(task: PageTask, vocabulary: Vocabulary) -> PageReading:
    html = _write_markup(task, vocabulary)
    is_readable = bool(html) and task.is_wanted and (task.status or 0) < CLIENT_ERROR
    tree = parse_markup(html) if is_readable else None
    if tree is not None and task.status == OK and seems_ordinary(html, tree, task.url, vocabulary):
        quick = scan_tree(tree, task.url, vocabulary)
        if quick is not None:
            return _take_quick(task, html, quick, vocabulary)
        tree = parse_markup(html)
    shown = read_tree(tree, vocabulary) if tree is not None else None
    is_block = judge_block(task.status, html, shown, vocabulary)
    packed = _pack(task)
    if shown is None or is_block:
        return PageReading(is_block, records=packed)
    scan = add_columns(scan_shown(shown, task.url, vocabulary), html, task.url, vocabulary)
    pages = list_series(html, task.url, vocabulary.paging)
    digest = hash_page(task.body)
    if task.draft is None:
        return PageReading(is_block, scan, pages, digest)
    dates = find_stated_dates(shown, scan, vocabulary)
    extra, row = describe_page(task.draft, scan, shown.text, dates)
    return PageReading(is_block, scan, pages, digest, (*packed, extra), row)


def _take_quick(task: PageTask, html: str, quick: QuickPage, vocabulary: Vocabulary) -> PageReading:
    """Return the reading of an ordinary page: no guard's, no shell."""
    scan = add_columns(quick.scan, html, task.url, vocabulary)
    pages = list_series(html, task.url, vocabulary.paging)
    digest = hash_page(task.body)
    if task.draft is None:
        return PageReading(False, scan, pages, digest)
    extra, row = describe_page(task.draft, scan, quick.text, find_quick_dates(quick, vocabulary))
    return PageReading(False, scan, pages, digest, (*_pack(task), extra), row)


def _write_markup(task: PageTask, vocabulary: Vocabulary) -> str:
    if not task.is_page and not task.is_list:
        return ""
    text = decode_body(task.body, task.content_type)
    return text if task.is_page else write_list(text, task.url, vocabulary) or ""


def add_columns(scan: PageScan, html: str, url: str, vocabulary: Vocabulary) -> PageScan:
    """Return the scan of a page with the lists of its platform among its links."""
    columns = list_column_links(html, url, vocabulary)
    return replace(scan, links=(*scan.links, *columns)) if columns else scan


def hash_page(body: bytes) -> bytes:
    """Return a short hash of a page as served: two pages with the same are one and the same content."""
    return hashlib.blake2b(body, digest_size=10).digest()


def describe_page(
    draft: RecordDraft, scan: PageScan, text: str, dates: Mapping[str, str]
) -> tuple[PackedRecord, bytes]:
    """Return what the archive keeps of a page beside its record: the metadata record and the row of the page list."""
    extra = pack_record(draft_metadata(draft.record_id, draft.at, scan, dates))
    return extra, make_row(draft.record_id, scan.title, text)


# ---- between processes ---------------------------------------------------------------------------

_COLUMNS = len(FoundLink._fields)


@dataclass(frozen=True, slots=True)
class FlatReading:
    """A reading as it is handed to another process: the fields of all links as one row, which costs little to pack."""

    reading: PageReading
    links: tuple[Any, ...] = ()
    script_data: tuple[Any, ...] = ()


def flatten_reading(reading: PageReading) -> FlatReading:
    """Return a reading in the form that is handed over."""
    scan = reading.scan
    if scan is None:
        return FlatReading(reading)
    bare = replace(reading, scan=replace(scan, links=(), script_data=()))
    return FlatReading(bare, _flatten(scan.links), _flatten(scan.script_data))


def restore_reading(flat: FlatReading) -> PageReading:
    """Return the reading that was handed over."""
    scan = flat.reading.scan
    if scan is None:
        return flat.reading
    return replace(flat.reading, scan=replace(scan, links=_pair_up(flat.links), script_data=_pair_up(flat.script_data)))


def _flatten(links: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    return tuple(chain.from_iterable(links))


def _pair_up(texts: Sequence[Any]) -> tuple[FoundLink, ...]:
    return tuple(map(make_link, zip(*[iter(texts)] * _COLUMNS, strict=True)))
