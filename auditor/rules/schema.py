"""The files that people write: library rules, standards, profiles' rule parts. Shapes only; meaning is in `operators`.

References begin with `$`: `$param` (`$period.from` and `$period.until` of a period), `$subject` (its key),
`$subject.field`, `$as_of`, `$item` (the `as:` name), and in a joined condition `$kind.field` of the outer fact.
"""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Strict, StringConstraints, Tag, model_validator

from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome

Scalar = bool | int | float | date | str
Reference = Annotated[str, StringConstraints(pattern=r"^\$[a-z_][a-z0-9_.]*$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
RuleId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
FieldPath = Annotated[str, StringConstraints(pattern=r"^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$")]
State = Literal["absent", "present", "unreadable"]
Whole = Annotated[int, Strict()]
Term = Annotated[str, StringConstraints(pattern=r"^[^$\s]")]
Number = Whole | Annotated[float, Strict()]
Day = Annotated[date, Strict()]
Items = Annotated[tuple[Scalar, ...], Field(min_length=1)]


class Shape(BaseModel):
    """A part of a file: unknown keys are an error, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Bilingual(Shape):
    """A text in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Span(Shape):
    """A span of time that ends on the as-of date; exactly one unit."""

    days: Whole | Reference | None = None
    workdays: Whole | Reference | None = None
    months: Whole | Reference | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Self:
        if sum(value is not None for value in (self.days, self.workdays, self.months)) != 1:
            raise ValueError("give exactly one of days, workdays, months")
        return self


class Test(Shape):
    """A condition on one value: all operators given must hold. An operator whose parameter is null is left out.

    Of a value that is absent only `absent`, `is_not`, `has_none` and `lacks` hold; of one that is unreadable only
    `unreadable`. A comparison with a field of another fact holds only where that field has a value.
    """

    __test__ = False  # not a test class of pytest's

    is_: Scalar | None = Field(default=None, alias="is")
    is_not: Scalar | None = None
    in_: Items | Reference | None = Field(default=None, alias="in")
    present: Literal[True] | None = None
    absent: Literal[True] | None = None
    unreadable: Literal[True] | None = None
    at_least: Number | Reference | None = None
    more_than: Number | Reference | None = None
    at_most: Number | Reference | None = None
    less_than: Number | Reference | None = None
    not_before: Day | Reference | None = None
    not_after: Day | Reference | None = None
    before: Day | Reference | None = None
    after: Day | Reference | None = None
    within: Span | None = None
    has: Scalar | None = None
    has_all: Items | Reference | None = None
    has_any: Items | Reference | None = None
    has_none: Items | Reference | None = None
    lacks: Items | Reference | None = None
    matches: str | None = None
    named: str | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give at least one operator")
        return self


Condition = Test | Scalar
"""A plain value means `is`."""

Where = dict[Name, Condition]


class Compare(Shape):
    """From the first date to the second, in days, working days or whole months; one end at least is bounded.

    The dates are fields of the fact, of one joined fact, of the subject, or the as-of date.
    """

    days_between: tuple[Reference, Reference] | None = None
    workdays_between: tuple[Reference, Reference] | None = None
    months_between: tuple[Reference, Reference] | None = None
    at_least: Whole | Reference | None = None
    at_most: Whole | Reference | None = None

    @model_validator(mode="after")
    def _one_distance(self) -> Self:
        distances = (self.days_between, self.workdays_between, self.months_between)
        if sum(value is not None for value in distances) != 1:
            raise ValueError("give exactly one of days_between, workdays_between, months_between")
        if self.at_least is None and self.at_most is None:
            raise ValueError("give at_least or at_most")
        return self


class Selecting(Shape):
    """What every measure that selects facts may say.

    `with` and `without`: another fact that satisfies its conditions exists, or does not; `compare` belongs to the
    joined kind that it names. `each`: the measure is taken once for each item of a list, the item standing in `$as`;
    its value is the number of items with facts. `per`: the measure is also taken for each value of a field of the
    facts selected. `during`: another period than the clause's own.
    """

    where: Where = {}
    with_: dict[Name, Where] = Field(default={}, alias="with")
    without: dict[Name, Where] = {}
    compare: tuple[Compare, ...] = ()
    each: Items | Reference | None = None
    as_: Name | None = Field(default=None, alias="as")
    per: Name | None = None
    during: Literal["previous_year"] | None = None
    title: Bilingual | None = None

    @model_validator(mode="after")
    def _each_is_named(self) -> Self:
        if (self.each is None) != (self.as_ is None):
            raise ValueError("each and as stand together")
        return self


class Count(Selecting):
    """How many facts of a kind satisfy the conditions."""

    count: Name


class Distinct(Selecting):
    """How many different values a field has."""

    distinct: FieldPath


class Latest(Selecting):
    """The greatest value of a field (the latest date)."""

    max: FieldPath


class Earliest(Selecting):
    """The least value of a field (the earliest date)."""

    min: FieldPath


class InOrder(Selecting):
    """Whether the named values that are present can be read in this order: an ordered subsequence.

    `of` is the field with the names, `by` the field with the position. No value where no fact is selected.
    """

    in_order: Items | Reference
    of: FieldPath
    by: FieldPath


class Cadence(Selecting):
    """Which months or quarters of a period have a dated fact."""

    every: dict[Literal["month", "quarter"], Reference]
    of: FieldPath


class Share(Shape):
    """The number of one measure over that of another; no value where the latter is zero."""

    share: ShareOf
    per: Name | None = None
    title: Bilingual | None = None


class ShareOf(Shape):
    """Numerator and denominator, by the names of measures."""

    of: Name
    over: Name


class SearchFor(Shape):
    """A declared search over the stored text: which words, in which kinds of text, in pages published in a period.

    Any one of the `terms` will do; a reference names a list, or the item of the measure's `each`. `in` names values of
    `mention.source`. `matches` is a pattern of the linear-time engine that the passage must hold too.
    """

    terms: Annotated[tuple[Term, ...], Field(min_length=1)] | Reference
    in_: Items | Reference | None = Field(default=None, alias="in")
    during: Annotated[str, StringConstraints(pattern=r"^\$[a-z_][a-z0-9_]*$")] | None = None
    matches: str | None = None


class Search(Selecting):
    """How many passages of the portal's text a search finds; each is a `mention` fact."""

    search: SearchFor


def _name_form(measure: Any) -> str:
    """Return the form that a measure is meant to have: by its key, by the key nearest to one, else a count."""
    if isinstance(measure, BaseModel):
        return f"{type(measure).__name__.lower()}_form"
    keys = [str(key) for key in measure] if isinstance(measure, dict) else []
    found = next((key for key in keys if key in _FORMS), None)
    near = [match for key in keys for match in get_close_matches(key, _FORMS, n=1)]
    return f"{_FORMS[found or next(iter(near), 'count')]}_form"


_FORMS = {"count": "count", "share": "share", "distinct": "distinct", "max": "latest", "min": "earliest"}
_FORMS |= {"in_order": "inorder", "every": "cadence", "search": "search"}
Measure = Annotated[
    Annotated[Count, Tag("count_form")]
    | Annotated[Share, Tag("share_form")]
    | Annotated[Distinct, Tag("distinct_form")]
    | Annotated[Latest, Tag("latest_form")]
    | Annotated[Earliest, Tag("earliest_form")]
    | Annotated[InOrder, Tag("inorder_form")]
    | Annotated[Cadence, Tag("cadence_form")]
    | Annotated[Search, Tag("search_form")],
    Discriminator(_name_form),
]


class When(BaseModel):
    """A condition over measures: every entry must hold.

    Keys are `measure` (its value), `measure.with`, `.without` (how many items of an `each` have facts, or none),
    `.lowest`, `.highest` (groups of a `per`), `.field` (the state of a field of any fact selected) or `$param`.
    """

    model_config = ConfigDict(frozen=True, extra="allow")
    __pydantic_extra__: dict[str, Test | State | Scalar] = Field(init=False)

    any: tuple[When, ...] = ()
    all: tuple[When, ...] = ()
    none: tuple[When, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.__pydantic_extra__ and not self.model_fields_set:
            raise ValueError("give at least one condition")
        return self

    @property
    def tests(self) -> dict[str, Test | State | Scalar]:
        """Return the conditions on measures, by measure path."""
        return dict(self.__pydantic_extra__)


class Verdict(Shape):
    """An outcome and its condition; the first that holds is the outcome. `show` names measures that are evidence."""

    outcome: Literal[Outcome.PASSED, Outcome.FAILED, Outcome.CANNOT_TELL, Outcome.NOT_APPLICABLE]
    degree: Degree = Degree.FULL
    reason: Name | None = None
    when: When | None = None
    show: tuple[Name, ...] = ()
    defect: Name | None = None

    @model_validator(mode="after")
    def _reasoned(self) -> Self:
        if self.outcome is not Outcome.PASSED and self.reason is None:
            raise ValueError("an outcome other than passed needs a reason")
        if self.degree is Degree.TOLERATED and (self.outcome is not Outcome.PASSED or self.reason is None):
            raise ValueError("tolerated is a degree of passed and needs a reason")
        return self


class Param(Shape):
    """A parameter of a rule. An optional one may be null; a condition that uses it is then left out.

    A `period` has `from` and `until`.
    """

    type: Literal["str", "int", "number", "bool", "date", "list", "period"]
    optional: bool = False
    default: Any = None
    why: Bilingual | None = None


class Applies(Shape):
    """Where a rule or clause applies: profile flags that must be set, or a condition over measures."""

    flags: tuple[Name, ...] = ()
    when: When | None = None


class Case(Shape):
    """A case of a rule: facts in, outcome out.

    A field may say `unreadable`; evidence and whatever else a fact must have are supplied. `subject` says whose
    outcome is meant where there are several.
    """

    name: str
    params: dict[Name, Any] = {}
    facts: tuple[Annotated[dict[Name, dict[str, Any]], Field(min_length=1, max_length=1)], ...] = ()
    flags: dict[Name, bool] = {}
    as_of: date | None = None
    subject: str | None = None
    outcome: Outcome
    degree: Degree = Degree.FULL
    reason: Name | None = None


Subject = Literal["site"] | Annotated[dict[Name, Where | None], Field(min_length=1, max_length=1)] | Name


class Rule(Shape):
    """A library rule with its cases. `whole`: a clause may judge the site, without the conditions on `$subject`."""

    id: RuleId
    title: Bilingual
    failure: Bilingual
    why: Bilingual
    status: Literal["preview", "stable"] = "stable"
    needs: tuple[Name, ...] = Field(min_length=1)
    params: dict[Name, Param] = {}
    subject: Subject = "site"
    whole: bool = False
    applies: Applies | None = None
    due: Reference | None = None
    measures: dict[Name, Measure] = Field(min_length=1)
    verdicts: tuple[Verdict, ...] = Field(min_length=1)
    reasons: dict[Name, Bilingual]
    assumes: Bilingual | None = None
    remedy: Bilingual
    person: Bilingual | None = None
    cases: tuple[Case, ...] = Field(min_length=1)


class Clause(Shape):
    """A clause: bound, attested, rolled up or planned. `asks` is in our words; `reading` says how far it is checked."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}[0-9]{2}-[0-9]+(\.[0-9]+)?[a-z]*$")]
    clause: str
    title: Bilingual
    asks: Bilingual
    reading: Bilingual | None = None
    class_: ClauseClass = Field(alias="class")
    units: tuple[str, ...] = ()
    check: Check
    status: Literal["written", "planned"] = "written"
    rule: RuleId | None = None
    params: dict[Name, Any] = {}
    subject: Subject | None = None
    applies: Applies | None = None
    due: date | None = None
    rollup: tuple[str, ...] = ()
    evidence: Bilingual | None = None

    @model_validator(mode="after")
    def _bound(self) -> Self:
        if self.check is Check.ATTESTED and self.evidence is None:
            raise ValueError("an attested clause names the evidence that a person shall bring")
        if self.check is not Check.ATTESTED and self.rule is None and not self.rollup:
            raise ValueError("a clause that is not attested names a rule or what it rolls up")
        if self.rollup and (self.rule is not None or self.check is Check.ATTESTED):
            raise ValueError("a clause that rolls up others has no rule and is not attested")
        return self


class Standard(Shape):
    """A source document and all its clauses."""

    code: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}[0-9]{2}$")]
    title: Bilingual
    issuer: Bilingual
    issued_on: date
    doc_no: str | None = None
    version: str
    status: Literal["preview", "stable"] = "stable"
    clauses: tuple[Clause, ...] = Field(min_length=1)
