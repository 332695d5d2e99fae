"""The verdict on one clause for one subject."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from auditor.model.evidence import Evidence
from auditor.model.outcomes import Degree, Outcome, Value


@dataclass(frozen=True)
class Subject:
    """What a clause is judged over: the site as a whole, or one of its units, columns, documents."""

    kind: str
    key: str
    name: str


@dataclass(frozen=True)
class Proposal:
    """What the machine would say of an assisted clause."""

    outcome: Outcome
    degree: Degree = Degree.FULL
    reason: str | None = None


@dataclass(frozen=True)
class Decision:
    """What people laid over the machine's verdict, which `machine` keeps.

    `reason` is a waiver's explanation, or an attestation's verdict. `over` is the attestation that a waiver lies upon.
    """

    machine: Proposal
    source: Literal["attestation", "waiver"]
    by: str
    on: date | None
    reason: str
    evidence: tuple[str, ...] = ()
    expires: datetime | None = None
    second: str | None = None
    over: Decision | None = None
    note: str | None = None


def hash_key(*parts: str) -> str:
    """Return a short stable hash of the parts (first 20 hexadecimal digits of SHA-256)."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Finding:
    """What was found of one clause for one subject, with the evidence for it.

    `fingerprint` matches the same finding over runs; `defect` the same fault under several clauses.
    Raises ValueError where there is no evidence, or no reason for an outcome other than a pass.
    """

    id: str
    fingerprint: str
    defect: str | None
    ruleset: str
    clause: str
    rule: str | None
    subject: Subject
    outcome: Outcome
    degree: Degree
    reason: str | None
    values: Mapping[str, Value]
    evidence: tuple[Evidence, ...]
    proposal: Proposal | None = None
    decision: Decision | None = None

    def __post_init__(self) -> None:
        """Refuse a verdict that cannot be defended."""
        if not self.evidence:
            raise ValueError(f"finding without evidence: {self.clause} {self.subject.key}")
        if self.reason is None and self.outcome is not Outcome.PASSED:
            raise ValueError(f"outcome without reason: {self.clause} {self.subject.key}")


class Undetermined(StrEnum):
    """Reasons that the stages themselves give for `cannot_tell` and `needs_person`; rules add their own."""

    RULE_NOT_WRITTEN = "rule_not_written"
    RULE_ERROR = "rule_error"
    UNIT_LIST_MISSING = "unit_list_missing"
    NO_SUCH_UNIT = "no_such_unit"
    FLAG_MISSING = "flag_missing"
    CALENDAR_MISSING = "calendar_missing"
    NOT_SUMMED_UP = "not_summed_up"
    TEXT_MISSING = "text_missing"
    AWAITS_ATTESTATION = "awaits_attestation"
    AWAITS_CONFIRMATION = "awaits_confirmation"
    NOT_REVISITED = "not_revisited"


def _plain_names(name: str) -> str:
    return name.rstrip("_")
