"""What pydantic says of a document, as problems that name a place in it, what stood there and what was expected."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError

Location = tuple[Any, ...]
Explained = tuple[str, Location, dict[str, str]]

_TYPE_NAMES: Mapping[str, str] = {
    "model_type": "mapping",
    "model_attributes_type": "mapping",
    "dict_type": "mapping",
    "mapping_type": "mapping",
    "dataclass_type": "mapping",
    "tuple_type": "list",
    "list_type": "list",
    "string_type": "text",
    "date_from_datetime_parsing": "date",
    "date_from_datetime_inexact": "date",
    "datetime_from_date_parsing": "datetime",
    "int_from_float": "int",
}
_CHOICE = re.compile(r"'([^']*)'|\b(?:True|False|[0-9]+)\b")
_CONSTRAINTS: Mapping[str, str] = {
    "greater_than": "> {gt}",
    "greater_than_equal": ">= {ge}",
    "less_than": "< {lt}",
    "less_than_equal": "<= {le}",
    "string_pattern_mismatch": "{pattern}",
    "string_too_short": "length >= {min_length}",
    "string_too_long": "length <= {max_length}",
    "too_short": "length >= {min_length}",
    "too_long": "length <= {max_length}",
}


class Refusal(ValueError):  # noqa: N818 - it is caught by pydantic and becomes a Problem
    """What a validator of ours raises: the code of a sentence and what fills it."""

    def __init__(self, code: str, **values: str) -> None:
        """Keep code and values."""
        super().__init__(code)
        self.code = code
        self.values = values


@dataclass(frozen=True)
class _Fault:
    """One error of pydantic's: the place in the document, and the union branches it passed through."""

    place: Location
    branches: tuple[tuple[Location, Any], ...]
    kind: str
    details: Mapping[str, Any]
    on_key: bool


def write_path(location: Location) -> str:
    """Write a location as people do: `clauses[3].params.after`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) and not isinstance(part, bool) else f".{part}"
    return text.removeprefix(".")


def name_cause(found: Mapping[str, Any]) -> str:
    """Return what a validator of ours said of one error, of another the name that pydantic gives to it."""
    return str(found["msg"]).removeprefix("Value error, ") if found["type"] == "value_error" else str(found["type"])


def explain_errors(error: ValidationError, data: Any, adapter: TypeAdapter[Any]) -> list[Explained]:
    """Return code, place and filling values of each problem; of a union only its most likely branch speaks."""
    faults = [_locate(found, data) for found in error.errors(include_url=False)]
    by_place: dict[Location, list[_Fault]] = {}
    for fault in _choose_branches(faults):
        by_place.setdefault(fault.place, []).append(fault)
    around = {place[:end] for place in by_place for end in range(len(place))}
    by_place = {place: group for place, group in by_place.items() if place not in around}
    names = _NameFinder(adapter)
    return [_explain(place, group, data, names) for place, group in by_place.items()]


def _locate(found: Mapping[str, Any], data: Any) -> _Fault:
    """Split pydantic's location into steps that exist in the document and names of union branches."""
    place: list[Any] = []
    branches: list[tuple[Location, Any]] = []
    current = data
    steps = found["loc"]
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        if step == "[key]":
            continue
        if isinstance(current, dict) and (step in current or (last and found["type"] == "missing")):
            place.append(step)
            current = current.get(step)
        elif isinstance(current, list) and isinstance(step, int) and step < len(current):
            place.append(step)
            current = current[step]
        else:
            branches.append((tuple(place), step))
    return _Fault(tuple(place), tuple(branches), found["type"], found, "[key]" in steps)


def _choose_branches(faults: list[_Fault]) -> list[_Fault]:
    """Keep, at every union, the branches that come nearest to what stands in the document."""
    pending = {place for fault in faults for place, _ in fault.branches}
    for at in sorted(pending, key=len):
        groups: dict[Any, list[_Fault]] = {}
        for fault in faults:
            tag = next((tag for place, tag in fault.branches if place == at), None)
            groups.setdefault(tag, []).append(fault)
        here = {tag: group for tag, group in groups.items() if tag is not None}
        if len(here) < 2:  # noqa: PLR2004 - nothing to choose
            continue
        costs = {tag: _measure_distance(group, at) for tag, group in here.items()}
        least = min(costs.values())
        faults = [fault for tag, group in groups.items() if tag is None or costs[tag] == least for fault in group]
    return faults


def _measure_distance(group: Iterable[_Fault], at: Location) -> tuple[bool, int, int]:
    """Rank a branch: one that accepts the value's type before one that does not, then by its number of errors."""
    listed = list(group)
    wrong_type = any(fault.place == at and (_names_type(fault) or _names_choice(fault)) for fault in listed)
    return (wrong_type, sum(fault.kind == "missing" for fault in listed), len(listed))


def _names_type(fault: _Fault) -> str | None:
    """Return the type that was expected, if the error is one of type."""
    if fault.kind in _TYPE_NAMES:
        return _TYPE_NAMES[fault.kind]
    for ending in ("_type", "_parsing"):
        if fault.kind.endswith(ending):
            return fault.kind.removesuffix(ending)
    return None


def _names_choice(fault: _Fault) -> bool:
    return fault.kind in {"enum", "literal_error"}


def _explain(place: Location, group: list[_Fault], data: Any, names: _NameFinder) -> Explained:
    first = group[0]
    given = _show(place[-1] if first.on_key else _look_up(data, place))
    refusal = first.details.get("ctx", {}).get("error")
    if isinstance(refusal, Refusal):
        return refusal.code, place, refusal.values
    if first.kind == "missing":
        return "missing_key", place, {"key": str(place[-1])}
    if first.kind == "extra_forbidden":
        known = names.find(place[:-1])
        near = get_close_matches(str(place[-1]), known, n=3, cutoff=0.5)
        return "unknown_key", place, {"key": str(place[-1]), "known": ", ".join(known), "near": ", ".join(near)}
    if _names_choice(first):
        choices = _CHOICE.findall(str(first.details["ctx"]["expected"]))
        near = get_close_matches(given, choices, n=1)
        return "wrong_choice", place, {"given": given, "expected": ", ".join(choices), "near": ", ".join(near)}
    types = [name for name in (_names_type(fault) for fault in group) if name is not None]
    if types:
        return "wrong_type", place, {"given": given, "expected": ", ".join(dict.fromkeys(types))}
    expected = _CONSTRAINTS.get(first.kind, "").format_map(first.details.get("ctx", {}))
    own = name_cause(first.details)
    return "wrong_value", place, {"given": given, "expected": expected or own}


def _look_up(data: Any, place: Location) -> Any:
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _show(value: Any) -> str:
    if isinstance(value, dict | list):
        return "{...}" if isinstance(value, dict) else "[...]"
    text = str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"  # noqa: PLR2004 - a line on a terminal


class _NameFinder:
    """Tells which keys a place in the document may have, from the JSON Schema of the type."""

    def __init__(self, adapter: TypeAdapter[Any]) -> None:
        try:
            self._root = adapter.json_schema()
        except PydanticUserError:
            self._root = {}

    def find(self, place: Location) -> list[str]:
        """Return the keys known at a place, sorted."""
        nodes = self._widen([self._root])
        for step in place:
            nodes = self._widen([inner for node in nodes for inner in self._step(node, step)])
        return sorted({name for node in nodes for name in node.get("properties", {})})

    def _step(self, node: dict[str, Any], step: Any) -> list[dict[str, Any]]:
        if isinstance(step, int) and not isinstance(step, bool):
            inner = [node.get("items"), *node.get("prefixItems", ())[step : step + 1]]
        else:
            inner = [node.get("properties", {}).get(step), node.get("additionalProperties")]
            inner += node.get("patternProperties", {}).values()
        return [candidate for candidate in inner if isinstance(candidate, dict)]

    def _widen(self, nodes: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Follow references and unions."""
        wide: list[dict[str, Any]] = []
        for node in nodes:
            wide.append(node)
            if "$ref" in node:
                wide += self._widen([self._root["$defs"][node["$ref"].rsplit("/", 1)[-1]]])
            for union in ("anyOf", "oneOf", "allOf"):
                wide += self._widen(node.get(union, []))
        return wide
