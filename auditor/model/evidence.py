"""What a verdict rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from auditor.model.attempts import AttemptReason, Part
from auditor.model.outcomes import Text


@dataclass(frozen=True)
class RecordEvidence:
    """Something that stands in the archive: where, and what it says."""

    url: str
    record: str | None
    locator: str
    excerpt: str
    at: datetime | None
    screenshot: str | None = None
    type: Literal["record"] = "record"


@dataclass(frozen=True)
class AttemptEvidence:
    """Something that could not be fetched or asked, and why."""

    url: str
    reason: AttemptReason
    detail: str
    at: datetime | None
    type: Literal["attempt"] = "attempt"


@dataclass(frozen=True)
class CoverageEvidence:
    """What was looked through. `of` and `name` are the address and the name of a column."""

    host: str
    part: Part
    of: str | None
    discovered: int
    fetched: int
    failed: int
    blocked: int
    skipped: int
    complete: bool
    name: str | None = None
    type: Literal["coverage"] = "coverage"


@dataclass(frozen=True)
class ListItem:
    """One entry of a list: its key, the words shown for it and its address, if it has one."""

    key: str
    title: str
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class ListEvidence:
    """A count over a population: `numerator` are the items that count, `rest` those that do not."""

    measure: str
    numerator: tuple[ListItem, ...]
    rest: tuple[ListItem, ...]
    type: Literal["list"] = "list"


@dataclass(frozen=True)
class RequestEvidence:
    """What a person shall look at or bring."""

    asks: Text
    type: Literal["request"] = "request"


Evidence = RecordEvidence | AttemptEvidence | CoverageEvidence | ListEvidence | RequestEvidence
