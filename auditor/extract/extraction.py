"""The extract stage: a snapshot -> facts. Pages are streamed once; what one page breaks stays that page's fault."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from auditor.extract.page_pass import read_capture
from auditor.extract.records import BrokenPage, PageRecord
from auditor.extract.site_index import SiteIndex, list_home_addresses
from auditor.extract.site_pass import list_facts
from auditor.facts import FactBase
from auditor.model import Observations, Snapshot, ToolFault, Visit
from auditor.pagescan import normalise_url
from auditor.vocabulary import Vocabulary

_SAMPLE_STEP = 10
_SAMPLE_SIZE = 60
_MESSAGE = 300


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


def _read_pages(reader: SnapshotSource, words: Vocabulary, homes: frozenset[str]) -> _Reading:
    records: dict[str, PageRecord] = {}
    broken: dict[str, BrokenPage] = {}
    for place, capture in enumerate(reader.captures()):
        visit = capture.visit
        url = normalise_url(visit.url) or visit.url
        is_sample = place % _SAMPLE_STEP == 0 and place < _SAMPLE_STEP * _SAMPLE_SIZE
        try:
            record = read_capture(visit, capture.headers, capture.body, words, homes, takes_marks=is_sample)
        except Exception as error:  # noqa: BLE001 - the one place where an extractor's own failure is caught
            broken[url] = BrokenPage(visit, f"{type(error).__name__}: {error}"[:_MESSAGE])
            continue
        if record is not None:
            records.setdefault(url, record)
    return _Reading(records, broken)


def _sort_facts(facts: Iterable[FactBase]) -> tuple[FactBase, ...]:
    """Return the facts by kind and key, each key of a kind once."""
    found: dict[tuple[str, str], FactBase] = {}
    for fact in facts:
        found.setdefault((str(getattr(fact, "kind", "")), fact.key), fact)
    return tuple(found[key] for key in sorted(found))


def extract_facts(reader: SnapshotSource, vocabulary: Vocabulary) -> Extraction:
    """Return the facts of a snapshot: sorted, and the same for the same snapshot.

    A page on which an extractor fails becomes unreadable and a ToolFault; the rest goes on. What the reader
    raises (ArchiveError) passes through.
    """
    homes = list_home_addresses(reader.snapshot, reader.visits)
    read = _read_pages(reader, vocabulary, homes)
    visits = {normalise_url(visit.url) or visit.url: visit for visit in reversed(reader.visits)}
    index = SiteIndex(reader.snapshot, vocabulary, homes, visits, read.records, read.broken)
    faults = tuple(ToolFault("extract", url, page.message) for url, page in sorted(read.broken.items()))
    return Extraction(_sort_facts(list_facts(index, reader.observations)), faults)
