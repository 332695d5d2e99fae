"""Values that stand in a list or come from a clause, against the fields that they are compared with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.facts import FACT_KINDS
from auditor.rules.checks.conditions import check_value
from auditor.rules.fields import find_fields
from auditor.rules.operators import list_operands
from auditor.rules.schema import InOrder, Measure, Selecting
from auditor.rules.scopes import Found, Parts, Place, find_selection, is_reference, list_places


def check_items(parts: Parts) -> Iterator[Found]:
    """Yield the problems of lists written into a rule: items that cannot be values of the field they are held to."""
    for place in _list_known_places(parts):
        measure = _find_measure(place, parts)
        for name, operand in list_operands(place.condition).items():
            if measure is None or operand != f"${measure.as_}" or not isinstance(measure.each, tuple):
                continue
            for item in measure.each:
                location = (*place.location[:2], "each")
                yield from check_value(location, name, item, find_fields(place.kind)[place.field])
    for key, other in parts.measures.items():
        if isinstance(other, InOrder) and isinstance(other.in_order, tuple):
            for item in other.in_order:
                yield from _check_order_item(("measures", key, "in_order"), other, item)


def check_binding(parts: Parts, params: Mapping[str, Any]) -> Iterator[tuple[str, Found]]:
    """Yield the name of each parameter whose value does not fit where the rule uses it, and the problem."""
    for place in _list_known_places(parts):
        for name, operand in list_operands(place.condition).items():
            param, one_by_one = _find_param(operand, place, parts)
            value = params.get(param)
            if value is None:
                continue
            for one in value if one_by_one else (value,):
                for found in check_value((), name, one, find_fields(place.kind)[place.field]):
                    yield param, found
    for measure in parts.measures.values():
        if isinstance(measure, InOrder) and is_reference(measure.in_order):
            param = str(measure.in_order).removeprefix("$")
            for item in params.get(param) or ():
                yield from ((param, found) for found in _check_order_item((), measure, item))


def _list_known_places(parts: Parts) -> Iterator[Place]:
    for place in list_places(parts):
        if place.kind in FACT_KINDS and place.field in find_fields(place.kind):
            yield place


def _find_measure(place: Place, parts: Parts) -> Selecting | None:
    measure: Measure | None = parts.measures.get(place.location[1]) if place.location[0] == "measures" else None
    return measure if isinstance(measure, Selecting) else None


def _find_param(operand: Any, place: Place, parts: Parts) -> tuple[str, bool]:
    """Return the parameter behind an operand, and whether its items are taken one by one; "" for none."""
    if not is_reference(operand):
        return "", False
    name = str(operand).removeprefix("$")
    if name in parts.params and parts.params[name].type != "period":
        return name, False
    measure = _find_measure(place, parts)
    if measure is not None and measure.as_ == name and is_reference(measure.each):
        return str(measure.each).removeprefix("$"), True
    return "", False


def _check_order_item(location: tuple[Any, ...], measure: InOrder, item: Any) -> Iterator[Found]:
    kind, field = find_selection(measure) or ("", None)
    kept = find_fields(kind).get(field or "") if kind in FACT_KINDS else None
    if kept is not None:
        yield from check_value(location, "has" if kept.many else "is", item, kept)
