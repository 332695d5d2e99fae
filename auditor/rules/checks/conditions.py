"""Conditions against the types of the fields and measures that they test."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from auditor.facts import FACT_KINDS
from auditor.rules.fields import Base, FieldType, Plain, find_fields
from auditor.rules.operators import OPERATORS, UNITS, Operator, compile_pattern, list_operands
from auditor.rules.schema import Span
from auditor.rules.scopes import Found, Location, Meaning, Place, Scope, UnknownReferenceError, is_reference

_ARGUMENT_BASES: Mapping[str, Base] = {"number": "number", "date": "date", "pattern": "text", "concept": "text"}


def list_near(given: str, known: Any) -> dict[str, str]:
    """Return what fills a sentence about an unknown name: the name, the known ones, the near ones."""
    names = [str(name) for name in known]
    near = get_close_matches(given, names, n=3, cutoff=0.5)
    return {"given": given, "known": ", ".join(names), "near": ", ".join(near)}


def check_kind(location: Location, kind: str) -> Iterator[Found]:
    """Yield a problem where no facts of this kind exist."""
    if kind not in FACT_KINDS:
        yield "unknown_kind", location, list_near(kind, FACT_KINDS)


def check_field(location: Location, kind: str, name: str) -> Iterator[Found]:
    """Yield a problem where a kind has no such field, or one that differs between two crawls of the same site."""
    if kind not in FACT_KINDS:
        return
    if name in FACT_KINDS[kind].VOLATILE:
        yield "volatile_field", location, {"given": name}
    elif name not in find_fields(kind):
        yield "unknown_field", location, {"kind": kind, **list_near(name, find_fields(kind))}


def check_place(place: Place) -> Iterator[Found]:
    """Yield the problems of one condition on one field."""
    wrong = [*check_field(place.location, place.kind, place.field)]
    yield from wrong
    if wrong or place.kind not in FACT_KINDS:
        return
    kept = find_fields(place.kind)[place.field]
    for name, operand in list_operands(place.condition).items():
        location = (*place.location, name) if not isinstance(place.condition, Plain) else place.location
        yield from check_operand(location, name, operand, kept, place.scope)


def check_operand(location: Location, name: str, operand: Any, kept: FieldType, scope: Scope) -> Iterator[Found]:
    """Yield what is wrong with an operator over a field of this type, or with what stands behind it."""
    row = OPERATORS[name]
    if not _takes(row, kept):
        yield "operator_type", location, {"operator": name, "type": kept.label, **_list_fitting(kept)}
        return
    if operand is None:
        yield "empty_operand", location, {"operator": name}
        return
    if isinstance(operand, Span):
        yield from _check_span(location, operand, scope)
    elif is_reference(operand):
        yield from check_reference(location, name, str(operand), kept, scope)
    else:
        yield from check_value(location, name, operand, kept)


def _takes(row: Operator, kept: FieldType) -> bool:
    fits = {"never": not kept.many, "always": kept.many, "either": True}[row.lists]
    return fits and kept.base in row.bases


def _list_fitting(kept: FieldType) -> dict[str, str]:
    return {"known": ", ".join(name for name, row in OPERATORS.items() if _takes(row, kept))}


def _check_span(location: Location, span: Span, scope: Scope) -> Iterator[Found]:
    for unit in UNITS:
        length = getattr(span, unit)
        if length is None:
            continue
        if is_reference(length):
            meaning = yield from resolve((*location, unit), length, scope)
            if meaning is not None and not (meaning.origin == "param" and meaning.type == FieldType("number")):
                yield "operand_type", (*location, unit), {"given": length, "expected": "number"}
        elif length < 0:
            yield "operand_type", (*location, unit), {"given": str(length), "expected": ">= 0"}


def resolve(location: Location, reference: str, scope: Scope) -> Generator[Found, None, Meaning | None]:
    """Yield a problem for an unknown reference; return its meaning."""
    try:
        return scope.resolve(reference)
    except UnknownReferenceError as error:
        yield "unknown_reference", location, list_near(reference, error.known)
        return None


def check_reference(location: Location, name: str, reference: str, kept: FieldType, scope: Scope) -> Iterator[Found]:
    """Yield what is wrong with a reference behind an operator."""
    meaning = yield from resolve(location, reference, scope)
    if meaning is None:
        return
    row = OPERATORS[name]
    if row.argument == "flag" or (meaning.origin == "fact" and not row.joins):
        yield "unsupported_form", location, {"given": f"{name}: {reference}"}
    elif row.argument == "values":
        if meaning.type is not None or meaning.origin == "item":
            yield "operand_type", location, {"given": reference, "expected": "list"}
    elif meaning.type is None:
        if meaning.origin == "param":
            yield "operand_type", location, {"given": reference, "expected": kept.base}
    elif meaning.type.many or meaning.type.base != _find_expected(row, kept):
        yield "operand_type", location, {"given": f"{reference} ({meaning.type.label})", "expected": kept.base}


def _find_expected(row: Operator, kept: FieldType) -> Base:
    return _ARGUMENT_BASES.get(row.argument, kept.base)


def check_value(location: Location, name: str, operand: Any, kept: FieldType) -> Iterator[Found]:
    """Yield what is wrong with a plain value behind an operator."""
    row = OPERATORS[name]
    if row.argument == "flag":
        return
    values = operand if isinstance(operand, tuple | list) else (operand,)
    if (row.argument == "values") != isinstance(operand, tuple | list):
        expected = "list" if row.argument == "values" else _find_expected(row, kept)
        yield "operand_type", location, {"given": show_value(operand), "expected": expected}
        return
    for value in values:
        if not is_of_base(value, _find_expected(row, kept)):
            yield "operand_type", location, {"given": show_value(value), "expected": _find_expected(row, kept)}
        elif kept.choices and row.argument in ("value", "values") and value not in kept.choices:
            yield "unknown_value", location, list_near(str(value), kept.choices)
    if row.argument == "pattern" and isinstance(operand, str):
        yield from check_pattern(location, operand)


def check_pattern(location: Location, pattern: str) -> Iterator[Found]:
    """Yield a problem for a pattern that the linear-time engine does not take."""
    try:
        compile_pattern(pattern)
    except ValueError as error:
        yield "wrong_pattern", location, {"given": pattern, "cause": str(error)}


def is_of_base(value: Any, base: Base) -> bool:
    """Tell whether a plain value is of a base type; a bool is no number and a moment no date."""
    if base == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if base == "date":
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, {"text": str, "bool": bool, "moment": datetime}[base])


def show_value(value: Any) -> str:
    """Return a value as a problem shows it, with its type where the type is the problem."""
    return f"{str(value)[:60]} ({type(value).__name__})"


def check_meaning(meaning: Meaning, expected: Base) -> bool:
    """Tell whether a reference stands for a single value of a base type."""
    return meaning.type is not None and not meaning.type.many and meaning.type.base == expected
