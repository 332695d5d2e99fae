"""Where conditions stand in a rule, and what the references in them can mean there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from auditor.facts import FACT_KINDS
from auditor.rules.fields import FieldType, find_fields, find_key
from auditor.rules.schema import (
    Cadence,
    Compare,
    Measure,
    Param,
    Rule,
    Search,
    Selecting,
    Share,
    Subject,
    Test,
    Where,
)

Location = tuple[Any, ...]
Found = tuple[str, Location, dict[str, str]]
"""A problem: its code, its place in the document, what fills its sentence."""

MENTION = "mention"
"""The kind of fact that a declared search yields."""
RESERVED = frozenset({"subject", "as_of"})
_PARAM_TYPES: Mapping[str, FieldType] = {
    "str": FieldType("text"),
    "int": FieldType("number"),
    "number": FieldType("number"),
    "bool": FieldType("bool"),
    "date": FieldType("date"),
}
_JOINED = ("with_", "without")
Origin = Literal["param", "item", "as_of", "fact"]


@dataclass(frozen=True)
class Meaning:
    """What a reference stands for: where the value comes from and its type; `type` is None for a list or an item."""

    origin: Origin
    name: str
    type: FieldType | None


class UnknownReferenceError(Exception):
    """A reference that means nothing where it stands; `known` are those that would."""

    def __init__(self, known: tuple[str, ...]) -> None:
        """Keep what would be known."""
        super().__init__(known)
        self.known = known


@dataclass(frozen=True)
class Scope:
    """What references can mean at one place: parameters, the subject's kind, the item, the outer fact's kind."""

    params: Mapping[str, Param]
    subject: str | None = None
    item: str | None = None
    outer: str | None = None

    def resolve(self, reference: str) -> Meaning:
        """Return what a reference stands for. Raises UnknownReferenceError."""
        head, _, tail = reference.removeprefix("$").partition(".")
        if head in self.params:
            return self._resolve_param(head, tail)
        if not tail and head == self.item:
            return Meaning("item", head, None)
        if not tail and head == "as_of":
            return Meaning("as_of", head, FieldType("date"))
        if head == "subject" and self.subject is not None:
            return self._resolve_field("subject", self.subject, tail or find_key(self.subject))
        if head == self.outer:
            return self._resolve_field(self.outer, self.outer, tail)
        raise UnknownReferenceError(self.list_known())

    def _resolve_param(self, name: str, part: str) -> Meaning:
        kind = self.params[name].type
        if kind == "period" and part in ("from", "until"):
            return Meaning("param", f"{name}.{part}", FieldType("date"))
        if kind == "period" or part:
            raise UnknownReferenceError(self.list_known())
        return Meaning("param", name, _PARAM_TYPES.get(kind))

    def _resolve_field(self, owner: str, kind: str, name: str | None) -> Meaning:
        fields = find_fields(kind)
        if name is None or name not in fields:
            raise UnknownReferenceError(tuple(f"${owner}.{known}" for known in fields))
        return Meaning("fact", f"{owner}.{name}", fields[name])

    def list_known(self) -> tuple[str, ...]:
        """Return the references that have a meaning here."""
        names: list[str] = []
        for name, param in self.params.items():
            names += [f"${name}.from", f"${name}.until"] if param.type == "period" else [f"${name}"]
        if self.item:
            names.append(f"${self.item}")
        names.append("$as_of")
        for owner, kind in (("subject", self.subject), (self.outer, self.outer)):
            if kind is not None:
                key = find_key(kind)
                names += ["$subject"] if owner == "subject" and key else []
                names.append(f"${owner}.{key or next(iter(find_fields(kind)))}")
        return tuple(names)


def is_reference(value: Any) -> bool:
    """Tell whether an operand is a reference."""
    return isinstance(value, str) and value.startswith("$")


def find_subject(subject: Subject) -> tuple[str | None, Where]:
    """Return the kind of fact that is judged one by one and the conditions on it; no kind for the site as a whole."""
    if isinstance(subject, str):
        return (None, {}) if subject == "site" else (subject, {})
    kind, where = next(iter(subject.items()))
    return kind, where or {}


def narrow_subject(wide: Subject, own: Subject | None) -> Subject:
    """Return what a clause is judged over: its own subject, narrowing the rule's where both are of one kind."""
    if own is None:
        return wide
    (kind, where), (wide_kind, wide_where) = find_subject(own), find_subject(wide)
    if kind is None or kind != wide_kind:
        return own
    return {kind: {**wide_where, **where}}


def fit_rule(rule: Rule, own: Subject | None) -> Rule:
    """Return a rule as a clause uses it: one that may judge the whole site, without its conditions on the subject."""
    if not rule.whole or own != "site":
        return rule
    return rule.model_copy(update={"measures": {name: _widen(one) for name, one in rule.measures.items()}})


def _widen(measure: Measure) -> Measure:
    if not isinstance(measure, Selecting):
        return measure
    joined = {key: {kind: _drop_subject(where) for kind, where in getattr(measure, key).items()} for key in _JOINED}
    return measure.model_copy(update={"where": _drop_subject(measure.where), **joined})


def _drop_subject(where: Where) -> Where:
    return {name: one for name, one in where.items() if not _names_subject(one)}


def _names_subject(condition: Any) -> bool:
    operands = condition.model_dump(exclude_unset=True).values() if isinstance(condition, Test) else (condition,)
    return any(is_reference(one) and one.partition(".")[0] == "$subject" for one in operands)


def find_selection(measure: Measure | Selecting) -> tuple[str, str | None] | None:
    """Return the kind, and the field if one is named, that a measure selects from; None for shares."""
    if isinstance(measure, Share):
        return None
    if isinstance(measure, Search):
        return MENTION, None
    for name in ("count", "distinct", "max", "min", "of"):
        path = getattr(measure, name, None)
        if isinstance(path, str):
            kind, _, field_name = path.partition(".")
            return kind, field_name or None
    return None


def counts_items(measure: Measure | Selecting) -> bool:
    """Tell whether a measure counts items, months or quarters that have facts, rather than facts."""
    return isinstance(measure, Cadence) or (isinstance(measure, Selecting) and measure.each is not None)


def spell_search(measure: Measure | Selecting) -> Where:
    """Return the conditions on a passage that a declared search stands for; none for any other measure."""
    if not isinstance(measure, Search):
        return {}
    asked = measure.search
    is_item = asked.terms == f"${measure.as_}"
    where: Where = {"term": Test.model_validate({"is" if is_item else "in": asked.terms})}
    if asked.in_ is not None:
        where["source"] = Test.model_validate({"in": asked.in_})
    if asked.during is not None:
        days = {"not_before": f"{asked.during}.from", "not_after": f"{asked.during}.until"}
        where["published_on"] = Test.model_validate(days)
    if asked.matches is not None:
        where["excerpt"] = Test.model_validate({"matches": asked.matches})
    return where


@dataclass(frozen=True)
class Place:
    """One condition on one field of one kind, and what references can mean in it."""

    location: Location
    kind: str
    field: str
    condition: Any
    scope: Scope


@dataclass(frozen=True)
class Parts:
    """What could be read of a rule. `lost_*` are names whose definition could not be read."""

    params: Mapping[str, Param]
    subject: Subject
    measures: Mapping[str, Measure]
    lost_measures: frozenset[str] = frozenset()
    lost_params: frozenset[str] = frozenset()
    scope: Scope = field(init=False)

    def __post_init__(self) -> None:
        """Work out what references can mean in the rule's measures."""
        kind, _ = find_subject(self.subject)
        object.__setattr__(self, "scope", Scope(self.params, kind if kind in FACT_KINDS else None))


def list_places(parts: Parts) -> Iterator[Place]:
    """Yield every condition on a field: of the subject, of each measure and of the facts joined to it."""
    kind, where = find_subject(parts.subject)
    if kind is not None:
        yield from _list_where(("subject", kind), kind, where, replace(parts.scope, subject=None))
    for name, measure in parts.measures.items():
        yield from list_measure_places(("measures", name), measure, parts.scope)


def list_measure_places(location: Location, measure: Measure, scope: Scope) -> Iterator[Place]:
    """Yield the conditions of one measure."""
    selection = find_selection(measure)
    if selection is None or not isinstance(measure, Selecting):
        return
    kind = selection[0]
    scope = replace(scope, item=measure.as_)
    yield from _list_where((*location, "search"), kind, spell_search(measure), scope)
    yield from _list_where((*location, "where"), kind, measure.where, scope)
    for key, joined in (("with", measure.with_), ("without", measure.without)):
        for other, where in joined.items():
            yield from _list_where((*location, key, other), other, where, replace(scope, outer=kind))


def _list_where(location: Location, kind: str, where: Where, scope: Scope) -> Iterator[Place]:
    for name, condition in where.items():
        yield Place((*location, name), kind, name, condition, scope)


def list_compare_references(compare: Compare) -> tuple[str, tuple[str, str]]:
    """Return the distance that a comparison measures (`days`) and the two dates."""
    for unit in ("days", "workdays", "months"):
        pair = getattr(compare, f"{unit}_between")
        if pair is not None:
            return unit, pair
    raise ValueError("a comparison without dates")
