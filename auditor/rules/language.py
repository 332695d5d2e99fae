"""The words of the rule language: all that there are, and those that a rule uses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from auditor.facts import FACT_KINDS
from auditor.model.outcomes import Degree
from auditor.resources import find_resource
from auditor.rules.schema import (
    Bilingual,
    Compare,
    Rule,
    Search,
    Selecting,
    Shape,
    Standard,
    Subject,
    Test,
    When,
    Where,
)
from auditor.rules.scopes import find_selection, find_subject
from auditor.yamlfile import load_document

FORMS = ("count", "share", "max", "min", "distinct", "in_order", "every", "search")
TAILS = (".with", ".without", ".lowest", ".highest")


class Row(Shape):
    """What the language must be able to say, the words for it, an example: a part of a rule, or clauses, as YAML."""

    need: Bilingual
    words: tuple[str, ...]
    example: str | None = None
    clauses: str | None = None


@cache
def load_language() -> tuple[Row, ...]:
    """Return the rows of the language, as shipped."""
    document, _ = load_document(find_resource("rulesets") / "data" / "language.yaml")
    if document is None:
        raise FileNotFoundError("language.yaml")
    rows: tuple[Row, ...] = TypeAdapter(tuple[Row, ...]).validate_python(document.data)
    return rows


def list_words() -> frozenset[str]:
    """Return every word that the models of rules and clauses know, kinds of fact aside."""
    operators = {info.alias or name for name, info in Test.model_fields.items()}
    selecting = {info.alias or name for name, info in Selecting.model_fields.items()} - {"where", "title", "as"}
    distances = {name for name in Compare.model_fields if name.endswith("_between")}
    whole = {"subject", "applies", "due", "rollup", "tolerated", "field state"}
    return frozenset({*operators, *selecting, *distances, *When.model_fields, *FORMS, *TAILS, *whole})


@dataclass(frozen=True)
class Use:
    """A rule or a clause, and the words that it uses."""

    id: str
    words: frozenset[str]


def read_rule_words(rule: Rule) -> frozenset[str]:
    """Return the words that a rule uses: `fact KIND` for each kind of fact that it needs."""
    words = {f"fact {kind}" for kind in rule.needs}
    words |= {word for word, value in (("applies", rule.applies), ("due", rule.due)) if value is not None}
    words |= set(_list_subject(rule.subject))
    for measure in rule.measures.values():
        words |= {name for name in FORMS if name in measure.model_fields_set}
        words |= {"per"} if getattr(measure, "per", None) else set()
        if isinstance(measure, Selecting):
            words |= set(_list_selecting(measure))
    whens = [one.when for one in rule.verdicts] + ([rule.applies.when] if rule.applies is not None else [])
    for when in whens:
        words |= set(_list_when(when)) if when is not None else set()
    words |= {"tolerated"} if any(one.degree is Degree.TOLERATED for one in rule.verdicts) else set()
    return frozenset(words)


def list_uses(rules: Mapping[str, Rule], standards: Iterator[Standard]) -> Iterator[Use]:
    """Yield the words of every rule, and those that a clause adds."""
    for name, rule in sorted(rules.items()):
        yield Use(name, read_rule_words(rule))
    for standard in standards:
        for clause in standard.clauses:
            own = {"applies"} if clause.applies is not None else set()
            own |= {"due"} if clause.due is not None else set()
            own |= {"rollup"} if clause.rollup else set()
            own |= set(_list_subject(clause.subject)) if clause.subject is not None else set()
            yield Use(clause.id, frozenset(own))


def _list_subject(subject: Subject) -> Iterator[str]:
    kind, where = find_subject(subject)
    if kind in FACT_KINDS:
        yield "subject"
    yield from _list_where(where)


def _list_where(where: Where) -> Iterator[str]:
    for condition in where.values():
        yield from _list_test(condition)


def _list_test(condition: Any) -> Iterator[str]:
    if not isinstance(condition, Test):
        yield "is"
        return
    for name in condition.model_fields_set:
        yield Test.model_fields[name].alias or name


def _list_selecting(measure: Selecting) -> Iterator[str]:
    yield from _list_where(measure.where)
    for name in ("with", "without"):
        joined: Mapping[str, Where] = getattr(measure, "with_" if name == "with" else name)
        if joined:
            yield name
        for where in joined.values():
            yield from _list_where(where)
    for compare in measure.compare:
        yield "compare"
        yield from (name for name in compare.model_fields_set if name.endswith("_between"))
    if measure.each is not None:
        yield "each"
    if measure.during is not None:
        yield "during"
    if isinstance(measure, Search) and measure.search.matches is not None:
        yield "matches"
    if isinstance(measure, Search):
        yield f"fact {(find_selection(measure) or ('',))[0]}"


def _list_when(when: When) -> Iterator[str]:
    for path, test in when.tests.items():
        tail = path.partition(".")[2]
        if f".{tail}" in TAILS:
            yield f".{tail}"
        elif tail and not path.startswith("$"):
            yield "field state"
        yield from _list_test(test) if not isinstance(test, str) else ()
    for name in ("any", "all", "none"):
        inner: tuple[When, ...] = getattr(when, name)
        if inner:
            yield name
        for one in inner:
            yield from _list_when(one)
