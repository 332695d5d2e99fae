"""What evaluators are given and what they return: rules bound to clauses, and a judgement for each subject."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from auditor.facts import FactBase
from auditor.rules.fields import Plain
from auditor.rules.operators import Surroundings
from auditor.rules.schema import Rule, Subject, When


@dataclass(frozen=True)
class Use:
    """A rule bound to a clause: every parameter has a value, `applies` are the conditions of both."""

    id: str
    rule: Rule
    params: Mapping[str, object]
    subject: Subject
    applies: tuple[When, ...] = ()


@dataclass(frozen=True)
class Measured:
    """What a measure gave for one subject. Facts are named by their position among the facts that were handed in.

    `items` are those of an `each`, `groups` the values of a `per`, both with what was found for each.
    """

    value: Plain | None
    facts: tuple[int, ...] = ()
    items: Mapping[Plain, tuple[int, ...]] | None = None
    groups: Mapping[str, Plain | None] | None = None


@dataclass(frozen=True)
class Judgement:
    """The verdict on one subject: its index, or None where the rule does not apply. The site has no position."""

    use: str
    subject: int | None
    verdict: int | None
    measures: Mapping[str, Measured]


@dataclass(frozen=True)
class Judgements:
    """All judgements in the order of uses and subjects; `faults` are the uses that could not be judged, and why."""

    judgements: tuple[Judgement, ...]
    faults: Mapping[str, str] = field(default_factory=dict)


Judge = Callable[[Sequence[Use], Sequence[FactBase], Surroundings], Judgements]
"""An evaluator."""
