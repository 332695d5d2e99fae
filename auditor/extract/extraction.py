"""The extract stage: a snapshot -> facts. Pages are streamed once; what one page breaks stays that page's fault."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from auditor.extract.exposure import mask_address, mask_text, mask_tree
from auditor.extract.files import MAX_FILES, FileReader, FileRecord, is_file
from auditor.extract.page_pass import read_capture
from auditor.extract.passages import tell_source
from auditor.extract.records import BrokenPage, PageRecord
from auditor.extract.site_index import SiteIndex, list_home_addresses
from auditor.extract.site_pass import list_facts
from auditor.facts import FactBase, Page
from auditor.model.attempts import AttemptStatus, Visit
from auditor.model.observations import Observations
from auditor.model.results import ToolFault
from auditor.model.snapshots import Snapshot
from auditor.page.scan import normalise_url
from auditor.runfolder.textindex import StoredText, TextIndexWriter, TextLabels
from auditor.words.vocabulary import Vocabulary

_SAMPLE_SIZE = 60
_FOUND = 200
_MESSAGE = 300
_LONG_NUMBER = re.compile(r"[0-9０-９]{4}[ -]?[0-9０-９]{4}")


class Captured(Protocol):
    """A visit that was answered, with what came back."""

    @property
    def visit(self) -> Visit:
        """Return the visit."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers, names in lower case."""
        ...

    @property
    def body(self) -> bytes:
        """Return the body, decoded of all codings."""
        ...


class SnapshotSource(Protocol):
    """What extraction needs of a snapshot's reader."""

    snapshot: Snapshot
    visits: tuple[Visit, ...]
    observations: Observations

    def captures(self) -> Iterator[Captured]:
        """Stream what was answered."""
        ...


@dataclass(frozen=True)
class Extraction:
    """All facts of a snapshot, sorted by kind and key, and what went wrong in us."""

    facts: tuple[FactBase, ...]
    faults: tuple[ToolFault, ...]


@dataclass(frozen=True)
class _Reading:
    """What the page pass leaves."""

    records: dict[str, PageRecord]
    broken: dict[str, BrokenPage]
    files: dict[str, FileRecord]


def choose_sample(visits: Iterable[Visit]) -> frozenset[str]:
    """Return the addresses of the pages that stand for the marks of the site: all of them where they are few.

    The choice rests on the addresses alone, so that it is the same whatever the order in which pages came.
    """
    pages = {
        visit.url
        for visit in visits
        if visit.attempt.status is AttemptStatus.DONE
        and visit.status == _FOUND
        and "html" in (visit.media_type or "html")
        and not is_file(visit.url, visit.media_type or "")
    }
    return frozenset(sorted(pages, key=_draw)[:_SAMPLE_SIZE])


def _draw(url: str) -> tuple[int, str]:
    """Return the lot of an address, the same on every host and port that serve a copy of the site."""
    parts = urlsplit(url)
    return zlib.crc32(f"{parts.path}?{parts.query}".encode()), url


def _read_pages(
    reader: SnapshotSource, words: Vocabulary, homes: frozenset[str], opener: FileReader, texts: TextIndexWriter | None
) -> _Reading:
    records: dict[str, PageRecord] = {}
    broken: dict[str, BrokenPage] = {}
    files: dict[str, FileRecord] = {}
    sample = choose_sample(reader.visits)
    for capture in reader.captures():
        visit = capture.visit
        url = normalise_url(visit.url) or visit.url
        if is_file(url, capture.headers.get("content-type") or visit.media_type or ""):
            if url not in files and len(files) < MAX_FILES:
                files[url] = _keep_file(opener.read(visit, capture.body, words), texts)
            continue
        try:
            record = read_capture(visit, capture.headers, capture.body, words, homes, takes_marks=visit.url in sample)
        except Exception as error:  # noqa: BLE001 - the one place where an extractor's own failure is caught
            broken[url] = BrokenPage(visit, f"{type(error).__name__}: {error}"[:_MESSAGE])
            continue
        if record is not None and url not in records:
            records[url] = _keep_text(record, texts)
    return _Reading(records, broken, files)


def _keep_text(record: PageRecord, texts: TextIndexWriter | None) -> PageRecord:
    """Store the text of a page and return the record without it, so that memory stays flat."""
    if texts is not None and record.text:
        visit = record.visit
        title = mask_text(record.title)
        texts.add(StoredText(mask_address(record.url), title, record.text, visit.rendered or visit.record, visit.at))
    return replace(record, text="")


def _keep_file(file: FileRecord, texts: TextIndexWriter | None) -> FileRecord:
    """Store the text of a file."""
    if texts is not None and not file.reason:
        texts.add(StoredText(mask_address(file.url), file.title, file.text, file.visit.record, file.visit.at))
    return file


def _mask_fact(fact: FactBase) -> FactBase:
    """Return a fact in which no text shows a number of a person: the net below all families."""
    is_kept = fact.kind in ("leak", "guide")  # type: ignore[attr-defined]
    written = fact.model_dump_json()
    if not _LONG_NUMBER.search(written):
        return fact
    masked = mask_tree(json.loads(written), addresses_only=is_kept)
    return fact if masked == json.loads(written) else type(fact).model_validate_json(json.dumps(masked))


def _label_texts(index: SiteIndex, facts: Iterable[FactBase]) -> dict[str, TextLabels]:
    """Return what is known of each page beside its text, by address."""
    pages = {fact.url: fact for fact in facts if isinstance(fact, Page)}  # their addresses are masked
    labels = {}
    for url, record in index.records.items():
        page = pages.get(mask_address(url))
        day, unit = (page.published_on, page.unit) if page is not None else (None, None)
        way = (record.column_name, *record.breadcrumb)
        labels[mask_address(url)] = TextLabels(day, unit, tell_source(record.title, way, record.topic, index.words))
    return labels


def _sort_facts(facts: Iterable[FactBase]) -> tuple[FactBase, ...]:
    """Return the facts by kind and key, each key of a kind once."""
    found: dict[tuple[str, str], FactBase] = {}
    for fact in facts:
        found.setdefault((str(getattr(fact, "kind", "")), fact.key), fact)
    return tuple(found[key] for key in sorted(found))


def extract_facts(reader: SnapshotSource, vocabulary: Vocabulary, texts: TextIndexWriter | None = None) -> Extraction:
    """Return the facts of a snapshot: sorted, and the same for the same snapshot. `texts` takes the pages' own text.

    A page on which an extractor fails becomes unreadable and a ToolFault; the rest goes on. What the reader
    raises (ArchiveError) passes through.
    """
    homes = list_home_addresses(reader.snapshot, reader.visits)
    with FileReader() as opener:
        read = _read_pages(reader, vocabulary, homes, opener, texts)
    visits = {normalise_url(visit.url) or visit.url: visit for visit in reversed(reader.visits)}
    index = SiteIndex(reader.snapshot, vocabulary, homes, visits, read.records, read.broken, read.files)
    faults = tuple(ToolFault("extract", mask_address(url), page.message) for url, page in sorted(read.broken.items()))
    facts = _sort_facts(map(_mask_fact, list_facts(index, reader.observations)))
    if texts is not None:
        texts.label(_label_texts(index, facts))
    return Extraction(facts, faults)
