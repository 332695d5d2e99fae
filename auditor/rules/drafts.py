"""A rule file as far as it can be read, so that one mistake does not hide the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from auditor.errors import Problem
from auditor.rules.cases import check_case
from auditor.rules.checks.bindings import check_items
from auditor.rules.checks.rules import Draft, check_draft
from auditor.rules.schema import Applies, Case, Measure, Param, Rule, Subject, Verdict
from auditor.rules.scopes import Found, Parts, find_subject
from auditor.yamlfile import Document, load_document

_T = TypeVar("_T")


@dataclass(frozen=True)
class RuleFile:
    """A rule file that was read: the rule where it is whole, and every problem."""

    path: Path
    content: bytes
    rule: Rule | None
    problems: tuple[Problem, ...]


def read_rule(path: Path) -> RuleFile:
    """Read and check one rule file."""
    document, problems = load_document(path)
    content = path.read_bytes() if document is not None else b""
    if document is None:
        return RuleFile(path, content, None, problems)
    rule, wrong = document.check(Rule)
    found = sort_problems((*problems, *wrong, *_check_meaning(document, rule, path)))
    return RuleFile(path, content, None if found else rule, found)


def sort_problems(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return problems in the order of the file, none twice."""
    known = {(one.file, one.line or 0, one.path, one.code, tuple(one.values.items())): one for one in problems}
    return tuple(known[key] for key in sorted(known))


def _check_meaning(document: Document, rule: Rule | None, path: Path) -> Iterator[Problem]:
    if not isinstance(document.data, dict):
        return
    for code, location, values in _list_found(document.data, rule, path.stem):
        yield document.describe_problem(code, location, **values)


def _list_found(data: Mapping[str, Any], rule: Rule | None, stem: str) -> Iterator[Found]:
    if data.get("id", stem) != stem:
        yield "wrong_id", ("id",), {"given": str(data["id"]), "expected": stem}
    draft = _salvage_rule(data, whole=rule is not None)
    for found in _list_draft_found(data, draft):
        if not _follows_from_loss(found, draft.parts.lost_params):
            yield found


def _list_draft_found(data: Mapping[str, Any], draft: Draft) -> Iterator[Found]:
    yield from check_draft(draft)
    yield from check_items(draft.parts)
    kind, _ = find_subject(draft.parts.subject)
    kinds = frozenset({*draft.needs, *((kind,) if kind else ())})
    for index, case in _salvage_list(Case, data.get("cases")).items():
        yield from check_case(("cases", index), case, draft.parts.params, kinds, draft.reasons)


def _follows_from_loss(found: Found, lost: frozenset[str]) -> bool:
    """Tell whether a problem is only that a parameter's definition could not be read, which is said elsewhere."""
    given = found[2].get("given", "").removeprefix("$").partition(".")[0]
    return found[0] in ("unknown_reference", "unknown_param") and given in lost


def _salvage_rule(data: Mapping[str, Any], *, whole: bool) -> Draft:
    params, lost_params = _salvage_dict(Param, data.get("params"))
    measures, lost_measures = _salvage_dict(Measure, data.get("measures"))
    reasons = data.get("reasons")
    needs = salvage(tuple[str, ...], data.get("needs"))
    return Draft(
        parts=Parts(
            params=params,
            subject=salvage(Subject, data.get("subject")) or "site",
            measures=measures,
            lost_measures=lost_measures,
            lost_params=lost_params,
        ),
        needs=needs or (),
        applies=salvage(Applies, data.get("applies")),
        due=salvage(str, data.get("due")),
        verdicts=_salvage_list(Verdict, data.get("verdicts")),
        reasons=frozenset(map(str, reasons)) if isinstance(reasons, dict) else frozenset(),
        whole=whole,
    )


@cache
def _find_adapter(shape: Any) -> TypeAdapter[Any]:
    return TypeAdapter(shape)


def salvage(shape: Any, value: Any) -> Any:
    """Return a value checked against a type, or None where it does not fit."""
    if value is None:
        return None
    try:
        return _find_adapter(shape).validate_python(value)
    except ValidationError:
        return None


def _salvage_dict(shape: Any, value: Any) -> tuple[dict[str, Any], frozenset[str]]:
    if not isinstance(value, dict):
        return {}, frozenset()
    read = {str(name): salvage(shape, one) for name, one in value.items()}
    kept = {name: one for name, one in read.items() if one is not None}
    return kept, frozenset(set(read) - set(kept))


def _salvage_list(shape: type[_T], value: Any) -> dict[int, _T]:
    if not isinstance(value, list):
        return {}
    read = {index: salvage(shape, one) for index, one in enumerate(value)}
    return {index: one for index, one in read.items() if one is not None}
