"""The cases of rule files: facts made of the little that a case says, parameters completed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import ValidationError

from auditor.facts import FACT_KINDS, FactBase
from auditor.model.outcomes import Outcome
from auditor.rules.checks.conditions import list_near
from auditor.rules.checks.rules import check_param
from auditor.rules.fields import FieldType, find_fields, read_type
from auditor.rules.schema import Case, Param
from auditor.rules.scopes import Found, Location
from auditor.yamlshape import name_cause

UNREADABLE = "unreadable"
DEFAULT_DAY = date(2021, 1, 15)
"""The as-of date of a case that names none."""


def complete_params(declared: Mapping[str, Param], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every declared parameter: the given one, else the default."""
    return {name: given.get(name, param.default) for name, param in declared.items()}


def build_facts(case: Case) -> tuple[FactBase, ...]:
    """Return the facts of a case. Raises ValidationError or KeyError for one that is no fact."""
    return tuple(
        build_fact(kind, fields, number) for number, entry in enumerate(case.facts, 1) for kind, fields in entry.items()
    )


def build_fact(kind: str, fields: Mapping[str, Any], number: int) -> FactBase:
    """Return a fact with the fields given; what else it must have is made up, and so is its evidence."""
    model = FACT_KINDS[kind]
    unreadable = [name for name, value in fields.items() if value == UNREADABLE]
    address = f"http://case.test/{kind}/{number}"
    made_up = {
        name: _make_up(read_type(info.annotation), address)
        for name, info in model.model_fields.items()
        if info.is_required() and name not in model.ENVELOPE
    }
    known = {name: value for name, value in fields.items() if name not in unreadable}
    fields_of = model.model_fields
    made_up |= {name: None for name in unreadable if name in fields_of and fields_of[name].default is False}
    evidence = {"type": "record", "url": address, "record": None, "locator": "", "excerpt": "", "at": None}
    whole = {**made_up, "evidence": [evidence], "unreadable": unreadable, **known}
    return model.model_validate_json(json.dumps(whole, default=_write_plain))


def _make_up(kept: FieldType, address: str) -> Any:
    if kept.many:
        return []
    if kept.choices:
        return kept.choices[0]
    return {"text": address, "number": 0, "bool": False, "date": "2020-01-01", "moment": "2020-01-01T00:00:00Z"}[
        kept.base
    ]


def _write_plain(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


# ---- checks --------------------------------------------------------------------------------------


def check_case(
    location: Location, case: Case, params: Mapping[str, Param], kinds: frozenset[str], reasons: frozenset[str]
) -> Iterator[Found]:
    """Yield the problems of one case; `kinds` are those that the rule is handed, its subject's included."""
    yield from check_params((*location, "params"), case.params, params)
    for index, entry in enumerate(case.facts):
        for kind, fields in entry.items():
            yield from _check_fact((*location, "facts", index, kind), kind, fields, kinds)
    if case.reason is not None and case.reason not in reasons:
        yield "missing_reason", (*location, "reason"), list_near(case.reason, sorted(reasons))
    if case.reason is None and case.outcome is not Outcome.PASSED:
        yield "missing_key", location, {"key": "reason"}


def _check_fact(location: Location, kind: str, fields: Mapping[str, Any], kinds: frozenset[str]) -> Iterator[Found]:
    if kind not in FACT_KINDS:
        yield "unknown_kind", location, list_near(kind, FACT_KINDS)
        return
    if kind not in kinds:
        yield "missing_need", location, {"given": kind}
    for name in fields:
        if name not in find_fields(kind):
            yield "unknown_field", (*location, name), {"kind": kind, **list_near(name, find_fields(kind))}
    if not set(fields) <= set(find_fields(kind)):
        return
    try:
        build_fact(kind, fields, 1)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            inner = one["loc"][:1] if one["loc"] and one["loc"][0] in fields else ()
            yield "wrong_fact", (*location, *inner), {"kind": kind, "cause": name_cause(one)}
    except TypeError as error:
        yield "wrong_fact", location, {"kind": kind, "cause": str(error)}


def check_params(location: Location, given: Mapping[str, Any], declared: Mapping[str, Param]) -> Iterator[Found]:
    """Yield the parameters that a rule does not know, that do not fit their type, or that are missing."""
    for name, value in given.items():
        if name not in declared:
            yield "unknown_param", (*location, name), list_near(name, declared)
        else:
            yield from check_param((*location, name), name, declared[name], value)
    for name, param in declared.items():
        if name not in given and param.default is None and not param.optional:
            yield "missing_param", location, {"name": name, "expected": param.type}
