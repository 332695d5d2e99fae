"""Rules changed in one place each: a threshold, a value, a condition, a verdict."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from auditor.rules.fields import find_fields

LOOSER = {
    "at_least": "more_than",
    "more_than": "at_least",
    "at_most": "less_than",
    "less_than": "at_most",
    "not_before": "after",
    "not_after": "before",
    "after": "not_before",
    "before": "not_after",
    "is": "is_not",
    "is_not": "is",
}


@dataclass(frozen=True)
class Mutant:
    name: str
    data: dict[str, Any]


def list_mutants(data: dict[str, Any]) -> Iterator[Mutant]:
    """Yield every rule that differs from this one in one place that matters."""
    for name, measure in data["measures"].items():
        chosen = (measure.get(form) for form in ("count", "distinct", "max", "min", "of"))
        kind = "mention" if "search" in measure else str(next(filter(None, chosen), "")).partition(".")[0]
        place = ("measures", name)
        yield from mutate_where(data, (*place, "where"), kind)
        for key in ("with", "without"):
            for other in measure.get(key, {}):
                yield remove(data, (*place, key, other))
                yield from mutate_where(data, (*place, key, other), other)
        for index, _ in enumerate(measure["each"] if isinstance(measure.get("each"), list) else ()):
            yield remove(data, (*place, "each", index))
    for index, verdict in enumerate(data["verdicts"]):
        if index + 1 < len(data["verdicts"]):
            yield remove(data, ("verdicts", index))
        if index + 2 < len(data["verdicts"]):
            yield swap(data, ("verdicts",), index)
        if "when" in verdict:
            yield from mutate_when(data, ("verdicts", index, "when"))


def mutate_where(data: dict[str, Any], place: tuple[Any, ...], kind: str) -> Iterator[Mutant]:
    where = look_up(data, place) if place[-1] in look_up(data, place[:-1]) else {}
    for field in where:
        yield remove(data, (*place, field))
        choices = find_fields(kind)[field].choices
        yield from mutate_condition(data, (*place, field), choices)


def mutate_condition(data: dict[str, Any], place: tuple[Any, ...], choices: tuple[Any, ...]) -> Iterator[Mutant]:
    condition = look_up(data, place)
    if not isinstance(condition, dict):
        yield from mutate_value(data, place, choices)
        return
    for operator in condition:
        if len(condition) > 1:
            yield remove(data, (*place, operator))
        if operator in LOOSER:
            yield rename(data, (*place, operator), LOOSER[operator])
        if operator == "within":
            for unit in condition[operator]:
                yield from mutate_value(data, (*place, operator, unit))
        elif operator not in ("present", "absent", "unreadable"):
            yield from mutate_value(data, (*place, operator), choices)


def mutate_value(data: dict[str, Any], place: tuple[Any, ...], choices: tuple[Any, ...] = ()) -> Iterator[Mutant]:
    value = look_up(data, place)
    if isinstance(value, list):
        for index in range(len(value)):
            if len(value) > 1:
                yield remove(data, (*place, index))
            yield from mutate_value(data, (*place, index), choices)
        return
    for other in list_others(value, choices):
        yield replace(data, place, other)


def list_others(value: Any, choices: tuple[Any, ...] = ()) -> list[Any]:
    """Return values just beside this one."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int) and not choices:
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value + 0.01, value - 0.01]
    if isinstance(value, date):
        return [value + timedelta(days=1), value - timedelta(days=1)]
    if isinstance(value, str) and value.startswith("$"):
        return []
    return [next(choice for choice in choices if choice != value)] if choices else [f"{value}_other"]


def mutate_when(data: dict[str, Any], place: tuple[Any, ...]) -> Iterator[Mutant]:
    when = look_up(data, place)
    for path in when:
        if path in ("any", "all", "none"):
            for index in range(len(when[path])):
                if len(when[path]) > 1:
                    yield remove(data, (*place, path, index))
                yield from mutate_when(data, (*place, path, index))
            continue
        if len(when) > 1:
            yield remove(data, (*place, path))
        if when[path] in ("unreadable", "absent"):
            yield replace(data, (*place, path), "present")
        else:
            yield from mutate_condition(data, (*place, path), ())


# ---- one change ----------------------------------------------------------------------------------


def look_up(data: Any, place: tuple[Any, ...]) -> Any:
    for step in place:
        data = data[step]
    return data


def change(data: dict[str, Any], place: tuple[Any, ...], how: str) -> tuple[dict[str, Any], Any, str]:
    copied = copy.deepcopy(data)
    return copied, look_up(copied, place[:-1]), f"{how} {'.'.join(map(str, place))}"


def remove(data: dict[str, Any], place: tuple[Any, ...]) -> Mutant:
    copied, around, name = change(data, place, "without")
    del around[place[-1]]
    return Mutant(name, copied)


def replace(data: dict[str, Any], place: tuple[Any, ...], value: Any) -> Mutant:
    copied, around, name = change(data, place, "other")
    around[place[-1]] = value
    return Mutant(f"{name} = {value}", copied)


def rename(data: dict[str, Any], place: tuple[Any, ...], key: str) -> Mutant:
    copied, around, name = change(data, place, "operator")
    around[key] = around.pop(place[-1])
    return Mutant(f"{name} -> {key}", copied)


def swap(data: dict[str, Any], place: tuple[Any, ...], index: int) -> Mutant:
    copied = copy.deepcopy(data)
    items = look_up(copied, place)
    items[index], items[index + 1] = items[index + 1], items[index]
    return Mutant(f"swapped {'.'.join(map(str, place))}.{index}", copied)
