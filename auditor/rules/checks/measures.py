"""The measures of a rule: what they select, join, compare and count."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from auditor.facts import FACT_KINDS
from auditor.rules.checks.conditions import check_field, check_kind, check_meaning, list_near, resolve
from auditor.rules.fields import find_fields
from auditor.rules.schema import (
    Cadence,
    Compare,
    Count,
    Distinct,
    Earliest,
    InOrder,
    Latest,
    Measure,
    Search,
    Selecting,
    Share,
    When,
)
from auditor.rules.scopes import (
    RESERVED,
    Found,
    Location,
    Parts,
    Scope,
    find_selection,
    is_reference,
    list_compare_references,
)

_FORMS = {Count: "count", Distinct: "distinct", Latest: "max", Earliest: "min", InOrder: "of", Cadence: "of"}
_FORMS |= {Search: "search"}


def check_measure(location: Location, measure: Measure, parts: Parts) -> Iterator[Found]:
    """Yield the problems of one measure but for the conditions of its `where`."""
    if location[-1] in When.model_fields:
        yield "reserved_name", location, {"given": str(location[-1])}
    if isinstance(measure, Share):
        yield from _check_share(location, measure, parts)
        return
    selection = find_selection(measure)
    if selection is None:
        return
    kind, field = selection
    yield from _check_selection(location, measure, kind, field)
    yield from _check_field_form(location, measure, kind, field)
    yield from _check_each(location, measure, parts)
    for index, compare in enumerate(measure.compare):
        yield from _check_compare((*location, "compare", index), compare, measure, kind, parts.scope)
    if isinstance(measure, Cadence):
        yield from _check_cadence(location, measure, parts)
    if measure.during is not None and not any(param.type == "period" for param in parts.params.values()):
        yield "no_period", (*location, "during"), {}


def _check_selection(location: Location, measure: Selecting, kind: str, field: str | None) -> Iterator[Found]:
    yield from check_kind((*location, _FORMS[type(measure)]), kind)
    for key, joined in (("with", measure.with_), ("without", measure.without)):
        for other in joined:
            yield from check_kind((*location, key, other), other)
    for name in filter(None, (field, measure.per)):
        yield from check_field(location, kind, name)


def _check_cadence(location: Location, measure: Cadence, parts: Parts) -> Iterator[Found]:
    if len(measure.every) != 1:
        yield "unsupported_form", (*location, "every"), {"given": ", ".join(measure.every)}
        return
    unit, reference = next(iter(measure.every.items()))
    param = parts.params.get(reference.removeprefix("$"))
    if param is None and reference.removeprefix("$") in parts.lost_params:
        return
    if param is None or param.type != "period":
        yield "operand_type", (*location, "every", unit), {"given": reference, "expected": "period"}


def _check_field_form(location: Location, measure: Selecting, kind: str, field: str | None) -> Iterator[Found]:
    """Yield a problem where a measure takes the greatest or the order of what has none."""
    if field is None or kind not in FACT_KINDS or field not in find_fields(kind):
        return
    kept = find_fields(kind)[field]
    if isinstance(measure, Cadence) and (kept.many or kept.base != "date"):
        yield "field_type", location, {"field": field, "type": kept.label, "expected": "date"}
    if isinstance(measure, Latest | Earliest) and (kept.many or kept.base not in ("number", "date")):
        yield "field_type", location, {"field": field, "type": kept.label, "expected": "number, date"}
    if not isinstance(measure, InOrder):
        return
    by_kind, _, by = measure.by.partition(".")
    yield from check_field((*location, "by"), by_kind, by)
    order = find_fields(by_kind).get(by) if by_kind in FACT_KINDS else None
    if by_kind != kind:
        yield "field_type", (*location, "by"), {"field": measure.by, "type": by_kind, "expected": kind}
    elif order is not None and (order.many or order.base not in ("number", "date")):
        yield "field_type", (*location, "by"), {"field": measure.by, "type": order.label, "expected": "number, date"}


def _check_each(location: Location, measure: Selecting, parts: Parts) -> Iterator[Found]:
    if measure.each is not None and isinstance(measure, InOrder | Cadence):
        yield "unsupported_form", (*location, "each"), {"given": "each: in_order, every"}
    if measure.as_ is not None and (
        measure.as_ in RESERVED or measure.as_ in parts.params or measure.as_ in FACT_KINDS
    ):
        yield "reserved_name", (*location, "as"), {"given": measure.as_}
    lists: list[tuple[Location, Any]] = [(("each",), measure.each), (("in_order",), getattr(measure, "in_order", None))]
    if isinstance(measure, Search):
        lists.append((("search", "in"), measure.search.in_))
        lists += [(("search", "terms"), measure.search.terms)] if measure.search.terms != f"${measure.as_}" else []
    for keys, items in lists:
        if is_reference(items):
            yield from _check_list((*location, *keys), str(items), parts.scope)


def _check_list(location: Location, reference: str, scope: Scope) -> Iterator[Found]:
    meaning = yield from resolve(location, reference, scope)
    if meaning is None:
        return
    if meaning.origin != "param" or meaning.type is not None:
        yield "operand_type", location, {"given": reference, "expected": "list"}
    elif scope.params[meaning.name].optional:
        yield "optional_list", location, {"given": reference}


def _check_compare(
    location: Location, compare: Compare, measure: Selecting, kind: str, scope: Scope
) -> Iterator[Found]:
    unit, dates = list_compare_references(compare)
    joined = {*measure.with_, *measure.without}
    owners = {date.removeprefix("$").partition(".")[0] for date in dates} & joined
    both = {other for other in owners if other in measure.with_ and other in measure.without}
    told = {date.removeprefix("$").partition(".")[0] for date in dates} & {*joined, kind, "subject"}
    if len(owners) > 1 or both or kind in owners or not told:
        yield "unsupported_form", location, {"given": " - ".join(dates)}
        return
    for index, date in enumerate(dates):
        head = date.removeprefix("$").partition(".")[0]
        place = (*location, f"{unit}_between", index)
        meaning = yield from resolve(place, date, replace(scope, outer=head if head in owners else kind))
        if meaning is not None and not check_meaning(meaning, "date"):
            yield "operand_type", place, {"given": date, "expected": "date"}
    for key in ("at_least", "at_most"):
        bound = getattr(compare, key)
        if is_reference(bound):
            meaning = yield from resolve((*location, key), bound, Scope(scope.params))
            if meaning is not None and not check_meaning(meaning, "number"):
                yield "operand_type", (*location, key), {"given": bound, "expected": "number"}


def _check_share(location: Location, share: Share, parts: Parts) -> Iterator[Found]:
    for key in ("of", "over"):
        name = getattr(share.share, key)
        other = parts.measures.get(name)
        if other is None:
            if name not in parts.lost_measures:
                yield "unknown_measure", (*location, "share", key), list_near(name, parts.measures)
        elif not isinstance(other, Count) or other.each is not None:
            yield "unsupported_form", (*location, "share", key), {"given": f"share: {name}"}
        elif share.per is not None:
            yield from check_field((*location, "per"), other.count, share.per)
