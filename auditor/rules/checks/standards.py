"""Standards against the rules that they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.errors import Problem
from auditor.rules.cases import check_params, complete_params
from auditor.rules.checks.bindings import check_binding
from auditor.rules.checks.conditions import check_kind, check_place, list_near
from auditor.rules.checks.rules import check_when
from auditor.rules.drafts import salvage, sort_problems
from auditor.rules.schema import Clause, Rule, Standard, Subject
from auditor.rules.scopes import Found, Location, Parts, find_subject, fit_rule, list_places, narrow_subject
from auditor.yamlfile import Document, load_document

FindRule = Callable[[str], Rule | None]
"""Returns a rule by its id; None for one that exists and is broken; raises KeyError for an unknown one."""


@dataclass(frozen=True)
class StandardFile:
    """A standard file that was read: the standard where it is whole, and every problem."""

    path: Path
    content: bytes
    standard: Standard | None
    problems: tuple[Problem, ...]


def read_standard(path: Path, find_rule: FindRule, known_rules: tuple[str, ...]) -> StandardFile:
    """Read and check one standard with the rules that its clauses name."""
    document, problems = load_document(path)
    if document is None:
        return StandardFile(path, b"", None, problems)
    standard, wrong = document.check(Standard)
    found = sort_problems((*problems, *wrong, *_check_meaning(document, find_rule, known_rules)))
    return StandardFile(path, path.read_bytes(), None if found else standard, found)


def _check_meaning(document: Document, find_rule: FindRule, known_rules: tuple[str, ...]) -> Iterator[Problem]:
    data = document.data
    clauses = data.get("clauses") if isinstance(data, dict) else None
    if not isinstance(clauses, list):
        return
    if str(data.get("code")) != Path(document.file).stem:
        values = {"given": str(data.get("code")), "expected": Path(document.file).stem}
        yield document.describe_problem("wrong_id", ("code",), **values)
    yield from (
        document.describe_problem(code, place, **values) for code, place, values in _check_rollups(list(clauses))
    )
    first: dict[str, int] = {}
    for index, entry in enumerate(clauses):
        location = ("clauses", index)
        name = entry.get("id") if isinstance(entry, dict) else None
        if isinstance(name, str) and first.setdefault(name, index) != index:
            line = str(document.find_line(("clauses", first[name])))
            yield document.describe_problem("duplicate_clause", (*location, "id"), given=name, first=line)
        clause = salvage(Clause, entry)
        if clause is None:
            continue
        for code, place, values in _check_clause(location, clause, str(data.get("code")), find_rule, known_rules):
            yield document.describe_problem(code, place, **values)


def _check_rollups(entries: list[object]) -> Iterator[Found]:
    """Yield the clauses summed up that do not exist, and those that sum up themselves."""
    parts = {
        str(entry["id"]): [str(name) for name in entry["rollup"]] if isinstance(entry.get("rollup"), list) else []
        for entry in entries
        if isinstance(entry, dict) and "id" in entry
    }
    for index, entry in enumerate(entries):
        name = str(entry.get("id")) if isinstance(entry, dict) else ""
        for place, part in enumerate(parts.get(name, ())):
            location = ("clauses", index, "rollup", place)
            if part not in parts:
                yield "unknown_clause", location, list_near(part, parts)
            elif name in _list_summed(part, parts):
                yield "circular_rollup", location, {"given": part}


def _list_summed(name: str, parts: dict[str, list[str]]) -> set[str]:
    """Return a clause and all that it sums up, directly or not."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += parts.get(one, ())
    return found


def _check_clause(
    location: Location, clause: Clause, code: str, find_rule: FindRule, known_rules: tuple[str, ...]
) -> Iterator[Found]:
    if not clause.id.lower().startswith(f"{code}-"):
        yield "wrong_clause_id", (*location, "id"), {"given": clause.id, "expected": f"{code.upper()}-"}
    if clause.rule is None or clause.status == "planned":
        return
    try:
        rule = find_rule(clause.rule)
    except KeyError:
        yield "unknown_rule", (*location, "rule"), list_near(clause.rule, known_rules)
        return
    if rule is not None:
        yield from check_bound_clause(location, clause, rule)


def check_bound_clause(location: Location, clause: Clause, rule: Rule) -> Iterator[Found]:
    """Yield what does not fit between a clause and its rule."""
    place = (*location, "params")
    wrong = list(check_params(place, clause.params, rule.params))
    yield from wrong
    subject = narrow_subject(rule.subject, clause.subject)
    parts = Parts(rule.params, subject, fit_rule(rule, clause.subject).measures)
    kind, _ = find_subject(subject)
    if clause.subject is not None:
        yield from _check_subject((*location, "subject"), kind, parts)
        yield from _check_narrowing((*location, "subject"), clause.subject, rule.subject)
    if clause.applies is not None and clause.applies.when is not None:
        yield from check_when((*location, "applies", "when"), clause.applies.when, parts)
    if wrong:
        return
    for name, (code, _, values) in check_binding(parts, complete_params(rule.params, clause.params)):
        yield code, (*place, name) if name in clause.params else place, values


def _check_subject(location: Location, kind: str | None, parts: Parts) -> Iterator[Found]:
    """Yield what is wrong with a clause's own subject, for itself and for the references of the rule to it."""
    if kind is not None:
        yield from check_kind(location, kind)
    for place in list_places(parts):
        if place.location[0] == "subject":
            yield from check_place(replace(place, location=(*location, *place.location[1:])))
            continue
        for code, _, values in check_place(place):
            if code in ("unknown_reference", "operand_type") and "$subject" in values.get("given", ""):
                yield code, location, values


def _check_narrowing(location: Location, own: Subject, wide: Subject) -> Iterator[Found]:
    """Yield a problem where a clause says anew what the rule has said of its subject: nobody could tell which holds."""
    (kind, where), (wide_kind, wide_where) = find_subject(own), find_subject(wide)
    for name in sorted(set(where) & set(wide_where)) if kind == wide_kind else ():
        yield "subject_twice", (*location, str(kind), name), {"given": name}
