"""What the shape of a rule file cannot say: names, types and forms that must fit each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.facts import FACT_KINDS
from auditor.rules.checks.conditions import (
    check_field,
    check_kind,
    check_meaning,
    check_operand,
    check_place,
    is_of_base,
    list_near,
    resolve,
    show_value,
)
from auditor.rules.checks.measures import check_measure
from auditor.rules.fields import Base, FieldType, find_fields
from auditor.rules.operators import OPERATORS, list_operands
from auditor.rules.schema import (
    Applies,
    Earliest,
    InOrder,
    Latest,
    Measure,
    Param,
    Selecting,
    Share,
    Test,
    Verdict,
    When,
)
from auditor.rules.scopes import (
    RESERVED,
    Found,
    Location,
    Parts,
    Scope,
    counts_items,
    find_selection,
    find_subject,
    list_places,
)

_NUMBER = FieldType("number")
_PARAM_BASES: Mapping[str, Base] = {"str": "text", "number": "number", "bool": "bool", "date": "date"}
_STATES = ("present", "absent", "unreadable")


@dataclass(frozen=True)
class Draft:
    """What could be read of a rule file; `whole` where all of it could."""

    parts: Parts
    needs: tuple[str, ...]
    applies: Applies | None
    due: str | None
    verdicts: Mapping[int, Verdict]
    reasons: frozenset[str]
    whole: bool


def check_draft(draft: Draft) -> Iterator[Found]:
    """Yield every problem of a rule but for its cases."""
    parts = draft.parts
    yield from _check_params(parts.params)
    kind, _ = find_subject(parts.subject)
    if kind is not None:
        yield from check_kind(("subject",), kind)
    for place in list_places(parts):
        yield from check_place(place)
    for name, measure in parts.measures.items():
        yield from check_measure(("measures", name), measure, parts)
    yield from _check_due(draft)
    if draft.applies is not None and draft.applies.when is not None:
        yield from check_when(("applies", "when"), draft.applies.when, parts)
    for index, verdict in draft.verdicts.items():
        yield from _check_verdict(("verdicts", index), verdict, draft)
    yield from _check_needs(draft)
    if draft.whole:
        yield from _check_order(draft.verdicts)
        yield from _check_reasons(draft)


# ---- parameters ----------------------------------------------------------------------------------


def _check_params(params: Mapping[str, Param]) -> Iterator[Found]:
    for name, param in params.items():
        if name in RESERVED or name in FACT_KINDS:
            yield "reserved_name", ("params", name), {"given": name}
        if param.default is not None:
            yield from check_param(("params", name, "default"), name, param, param.default)


def check_param(location: Location, name: str, param: Param, value: Any) -> Iterator[Found]:
    """Yield a problem where a value does not fit a parameter's type."""
    if value is None and param.optional:
        return
    if not _fits_param(param.type, value):
        yield "param_type", location, {"name": name, "expected": param.type, "given": show_value(value)}


def _fits_param(kind: str, value: Any) -> bool:
    if kind == "list":
        return isinstance(value, list | tuple) and bool(value) and all(_is_scalar(item) for item in value)
    if kind == "period":
        keys = isinstance(value, Mapping) and set(value) == {"from", "until"}
        return keys and all(is_of_base(day, "date") for day in value.values())
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    return is_of_base(value, _PARAM_BASES[kind])


def _is_scalar(value: Any) -> bool:
    return any(is_of_base(value, base) for base in _PARAM_BASES.values())


# ---- verdicts ------------------------------------------------------------------------------------


def check_when(location: Location, when: When, parts: Parts) -> Iterator[Found]:
    """Yield the problems of a condition over measures."""
    for path, test in when.tests.items():
        yield from _check_test((*location, path), path, test, parts)
    for key in ("any", "all", "none"):
        for index, inner in enumerate(getattr(when, key)):
            yield from check_when((*location, key, index), inner, parts)


def _check_test(location: Location, path: str, test: Any, parts: Parts) -> Iterator[Found]:
    scope = Scope(parts.params)
    if path.startswith("$"):
        meaning = yield from resolve(location, path, scope)
        if meaning is not None and meaning.origin == "param":
            yield from _check_operands(location, test, meaning.type or FieldType("text", many=True), scope)
        elif meaning is not None:
            yield "unknown_reference", location, list_near(path, [f"${name}" for name in parts.params])
        return
    name, _, tail = path.partition(".")
    measure = parts.measures.get(name)
    if measure is None:
        if name not in parts.lost_measures:
            yield "unknown_measure", location, list_near(name, parts.measures)
        return
    kept = _find_measured(measure, tail)
    if kept == "state":
        yield from _check_state(location, tail, test, measure)
    elif kept is None:
        yield "unknown_measure", location, list_near(path, _list_paths(name, measure))
    else:
        yield from _check_operands(location, test, kept, scope)


def _check_operands(location: Location, test: Any, kept: FieldType, scope: Scope) -> Iterator[Found]:
    if isinstance(test, str) and test in _STATES:
        if test == "unreadable":
            yield "operator_type", location, {"operator": test, "type": kept.label, "known": "present, absent"}
        return
    for name, operand in list_operands(test).items():
        place = (*location, name) if isinstance(test, Test) else location
        if not OPERATORS[name].measured and not kept.many:
            known = ", ".join(known for known, row in OPERATORS.items() if row.measured)
            yield "operator_type", place, {"operator": name, "type": kept.label, "known": known}
            continue
        yield from check_operand(place, name, operand, kept, scope)


def _check_state(location: Location, field: str, test: Any, measure: Measure) -> Iterator[Found]:
    selection = find_selection(measure)
    if selection is not None:
        yield from check_field(location, selection[0], field)
    if test not in _STATES:
        yield "operand_type", location, {"given": show_value(test), "expected": ", ".join(_STATES)}


def _find_measured(measure: Measure, tail: str) -> Any:
    """Return the type of a measure's value; "state" for the state of a field; None where the path means nothing."""
    kept = _NUMBER if counts_items(measure) else _find_value(measure)
    if tail in ("with", "without"):
        return kept if counts_items(measure) else None
    if tail in ("lowest", "highest"):
        return kept if measure.per is not None else None
    if tail:
        return None if isinstance(measure, Share) else "state"
    return kept


def _find_value(measure: Measure) -> FieldType | None:
    if isinstance(measure, InOrder):
        return FieldType("bool")
    selection = find_selection(measure)
    if not isinstance(measure, Latest | Earliest) or selection is None:
        return _NUMBER
    kind, field = selection
    return find_fields(kind).get(field or "", _NUMBER) if kind in FACT_KINDS else _NUMBER


def _list_paths(name: str, measure: Measure) -> list[str]:
    paths = [name]
    if counts_items(measure):
        paths += [f"{name}.with", f"{name}.without"]
    if isinstance(measure, Selecting | Share) and measure.per is not None:
        paths += [f"{name}.lowest", f"{name}.highest"]
    return paths


def _check_verdict(location: Location, verdict: Verdict, draft: Draft) -> Iterator[Found]:
    known = {*draft.parts.measures, *draft.parts.lost_measures}
    for index, name in enumerate(verdict.show):
        if name not in known:
            yield "unknown_measure", (*location, "show", index), list_near(name, draft.parts.measures)
    if verdict.reason is not None and verdict.reason not in draft.reasons:
        yield "missing_reason", (*location, "reason"), list_near(verdict.reason, sorted(draft.reasons))
    if verdict.when is not None:
        yield from check_when((*location, "when"), verdict.when, draft.parts)


def _check_order(verdicts: Mapping[int, Verdict]) -> Iterator[Found]:
    last = max(verdicts)
    for index, verdict in verdicts.items():
        if index == last and verdict.when is not None:
            yield "verdict_open", ("verdicts", index), {}
        if index != last and verdict.when is None:
            yield "verdict_unreachable", ("verdicts", index + 1), {}


def _check_reasons(draft: Draft) -> Iterator[Found]:
    given = {verdict.reason for verdict in draft.verdicts.values()}
    for name in sorted(draft.reasons - given):
        yield "unused_reason", ("reasons", name), {"given": name}


def _check_due(draft: Draft) -> Iterator[Found]:
    if draft.due is None:
        return
    meaning = yield from resolve(("due",), draft.due, Scope(draft.parts.params))
    if meaning is not None and not check_meaning(meaning, "date"):
        yield "operand_type", ("due",), {"given": draft.due, "expected": "date"}


# ---- what is handed over -------------------------------------------------------------------------


def list_kinds(parts: Parts) -> Iterator[tuple[Location, str]]:
    """Yield the fact kinds that the measures read, with the place."""
    for name, measure in parts.measures.items():
        selection = find_selection(measure)
        if selection is not None:
            yield ("measures", name), selection[0]
        if isinstance(measure, Selecting):
            for other in (*measure.with_, *measure.without):
                yield ("measures", name), other


def _check_needs(draft: Draft) -> Iterator[Found]:
    used = dict.fromkeys(kind for _, kind in list_kinds(draft.parts))
    for index, kind in enumerate(draft.needs):
        yield from check_kind(("needs", index), kind)
        if draft.whole and kind in FACT_KINDS and kind not in used:
            yield "unused_need", ("needs", index), {"given": kind}
    for location, kind in list_kinds(draft.parts):
        if draft.needs and kind in FACT_KINDS and kind not in draft.needs:
            yield "missing_need", location, {"given": kind}
