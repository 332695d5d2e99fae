"""What may be found of a clause: the outcomes and how they fold, the kinds of check, text in two languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

Simple = str | int | float | bool | None


Value = Simple | tuple[Simple, ...] | Mapping[str, Simple]
"""What may stand in a finding's values."""


class Outcome(StrEnum):
    """What was found of one clause for one subject, from best to worst."""

    NOT_APPLICABLE = "not_applicable"
    PASSED = "passed"
    NEEDS_PERSON = "needs_person"
    CANNOT_TELL = "cannot_tell"
    FAILED = "failed"


SEVERITY: Mapping[Outcome, int] = {outcome: rank for rank, outcome in enumerate(Outcome)}


def fold_outcomes(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst of the outcomes; `not_applicable` where there is none."""
    return max(outcomes, key=SEVERITY.__getitem__, default=Outcome.NOT_APPLICABLE)


class Degree(StrEnum):
    """Whether a pass is a clean one or one that the source document calls a warning."""

    FULL = "full"
    TOLERATED = "tolerated"


class ClauseClass(StrEnum):
    """How much a clause weighs."""

    ESSENTIAL = "essential"
    MANDATORY = "mandatory"
    RECOMMENDED = "recommended"


class Check(StrEnum):
    """Who answers for a clause: the machine, the machine and a person, or a person alone."""

    AUTO = "auto"
    ASSISTED = "assisted"
    ATTESTED = "attested"


@dataclass(frozen=True)
class Text:
    """One text for people, in Chinese and in English."""

    zh: str
    en: str
