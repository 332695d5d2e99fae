"""The first pass: match rules and projected facts as one job for the engine, and its firings read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auditor.rules.program import Alias, Check, Column, MatchRule, Pattern, Sign, Tag
from auditor.rules.projection import Codes, FactTable, Relation, Row, list_columns, list_values

Firing = tuple[int, Mapping[str, int]]
"""The number of the engine rule, and the id of the engine fact under each name."""

Matches = dict[Tag, dict[int | None, set[int]]]
"""For each tag, by the subject's position (None where no subject is involved), the positions of the facts."""

SIGNS: Mapping[Sign, str] = {">=": "$gte", ">": "$gt", "<=": "$lte", "<": "$lt", "!=": "$neq"}
_Element = tuple[Relation, Column]
_MARK = "fact"
"""A field that is 1 in every fact of a job."""


@dataclass(frozen=True)
class Job:
    """What one engine is given: the patterns of each rule, by its number, and the facts."""

    rules: tuple[list[dict[str, Any]], ...]
    facts: tuple[dict[str, int], ...]


@dataclass(frozen=True)
class MatchJob:
    """A job and what is needed to read its firings."""

    job: Job
    rules: tuple[MatchRule, ...]
    rows: Mapping[int, Row]


class _Layout:
    """The numbers and names that engine rules and facts of a job share."""

    def __init__(self, columns: Mapping[Relation, Sequence[Column]], codes: Codes) -> None:
        lists: list[_Element] = [(relation, one) for relation, own in columns.items() for one in own if _is_list(one)]
        self.codes = codes
        parts: list[Relation | _Element] = [*columns, *lists]
        self._numbers = {part: number for number, part in enumerate(parts, 1)}
        self._names = {
            (relation, column): f"c{index}" for relation, own in columns.items() for index, column in enumerate(own)
        }

    def number(self, relation: Relation | _Element) -> int:
        """Return the number of a relation, or of the items of one of its lists."""
        return self._numbers[relation]

    def name(self, relation: Relation, column: Column) -> str:
        """Return the engine's name of a column."""
        return self._names[relation, column]


def _is_list(column: Column) -> bool:
    return column.form == "items"


def build_job(rules: Sequence[MatchRule], table: FactTable) -> MatchJob:
    """Project the facts that the rules read and translate both for the engine."""
    columns = _gather_columns(rules)
    rows = {relation: table.project(relation[1], own) for relation, own in columns.items()}
    layout = _Layout(columns, Codes([*_list_constants(rules), *list_values(_chain(rows.values()))]))
    numbered = dict(enumerate(((relation, row) for relation, own in rows.items() for row in own), 1))
    engine_facts = [_write_fact(number, relation, row, layout) for number, (relation, row) in numbered.items()]
    for number, (relation, row) in numbered.items():
        engine_facts += _write_items(number, relation, row, layout, len(engine_facts))
    job = Job(tuple(_write_rule(rule, layout) for rule in rules), tuple(engine_facts))
    return MatchJob(job, tuple(rules), {number: row for number, (_, row) in numbered.items()})


def _chain(groups: Iterable[Sequence[Row]]) -> Iterator[Row]:
    for group in groups:
        yield from group


def _gather_columns(rules: Sequence[MatchRule]) -> dict[Relation, tuple[Column, ...]]:
    columns: dict[Relation, dict[Column, None]] = {}
    for rule in rules:
        aliases: dict[Alias, str] = {pattern.alias: pattern.kind for pattern in rule.patterns}
        for relation, own in list_columns(rule.patterns, aliases).items():
            columns.setdefault(relation, {}).update(dict.fromkeys(own))
    return {relation: tuple(own) for relation, own in columns.items()}


def _list_constants(rules: Sequence[MatchRule]) -> Iterator[Any]:
    for rule in rules:
        for pattern in rule.patterns:
            for check in pattern.checks:
                yield check.value


def _write_fact(number: int, relation: Relation, row: Row, layout: _Layout) -> dict[str, int]:
    fact = {"id": number, _MARK: 1, "rel": layout.number(relation), "row": number}
    for column, value in row.values.items():
        if value is not None and not _is_list(column):
            fact[layout.name(relation, column)] = layout.codes.encode(value)
    return fact


def _write_items(number: int, relation: Relation, row: Row, layout: _Layout, taken: int) -> list[dict[str, int]]:
    items: list[dict[str, int]] = []
    for column, value in row.values.items():
        for item in dict.fromkeys(value) if _is_list(column) else ():
            own = {"rel": layout.number((relation, column)), "owner": number, "item": layout.codes.encode(item)}
            items.append({"id": taken + len(items) + 1, _MARK: 1, **own})
    return items


def _write_rule(rule: MatchRule, layout: _Layout) -> list[dict[str, Any]]:
    relations: dict[str, Relation] = {pattern.alias: (pattern.alias, pattern.kind) for pattern in rule.patterns}
    compared = {
        (join.alias, layout.name(relations[join.alias], join.other))
        for pattern in rule.patterns
        for join in (*pattern.joins, *pattern.holds)
    }
    patterns: list[dict[str, Any]] = []
    lists: list[dict[str, Any]] = []
    for pattern in rule.patterns:
        guarded = {name for alias, name in compared if alias == pattern.alias}
        patterns.append({pattern.alias: {"$and": _write_pattern(pattern, relations, guarded, layout)}})
        for hold in pattern.holds:
            tests = [
                {"rel": layout.number((relations[pattern.alias], hold.column))},
                {"owner": {pattern.alias: "row"}},
                {"item": {hold.alias: layout.name(relations[hold.alias], hold.other)}},
                _close_joins(pattern.alias),
            ]
            lists.append({f"e{len(lists)}": {"$and": tests}})
    return [*patterns, *lists]


def _write_pattern(
    pattern: Pattern, relations: Mapping[str, Relation], guarded: set[str], layout: _Layout
) -> list[dict[str, Any]]:
    """Translate one pattern. What is compared must be there: the engine takes nothing for equal to nothing."""
    relation = relations[pattern.alias]
    tests: list[dict[str, Any]] = [{"rel": layout.number(relation)}]
    tests += [_write_check(check, relation, layout) for check in pattern.checks]
    guarded = guarded | {layout.name(relation, join.column) for join in pattern.joins}
    tests += [{"$ex": {name: 1}} for name in sorted(guarded)]
    for join in pattern.joins:
        name = layout.name(relation, join.column)
        target = {join.alias: layout.name(relations[join.alias], join.other)}
        tests.append({name: target} if join.sign == "==" else {SIGNS[join.sign]: {name: target}})
    return [*tests, _close_joins(pattern.joins[0].alias)] if pattern.joins else tests


def _close_joins(alias: str) -> dict[str, Any]:
    """Return a join that always holds. It stands last among the joins of a pattern.

    Where the last join of a pattern is false, the engine looks for the end of the joins from behind that end, in
    memory that is not its own: it dies of it, or not, as chance has it. From any other join it finds the end.
    """
    return {_MARK: {alias: _MARK}}


def _write_check(check: Check, relation: Relation, layout: _Layout) -> dict[str, Any]:
    name, value = layout.name(relation, check.column), layout.codes.encode(check.value)
    return {name: value} if check.sign == "==" else {SIGNS[check.sign]: {name: value}}


def read_firings(match: MatchJob, firings: Iterable[Firing]) -> Matches:
    """Return what the firings tell, in positions of facts."""
    found: Matches = {}
    for number, named in firings:
        rule = match.rules[number]
        rows = {alias: match.rows[one] for alias, one in named.items() if alias in ("subject", "chosen", "joined")}
        subjects: Sequence[int | None] = rows["subject"].members if "subject" in rows else (None,)
        by_subject = found.setdefault(rule.tag, {})
        for subject in subjects:
            chosen = by_subject.setdefault(subject, set())
            if "chosen" in rows:
                chosen.update(_list_members(rule.patterns, rows))
    return found


def _list_members(patterns: Sequence[Pattern], rows: Mapping[str, Row]) -> Iterator[int]:
    """Yield the facts selected; where a fact is joined to another of its own kind, the other is not itself."""
    kinds = {pattern.alias: pattern.kind for pattern in patterns}
    joined = rows["joined"].members if "joined" in rows and kinds["joined"] == kinds["chosen"] else None
    for position in rows["chosen"].members:
        if joined is None or any(other != position for other in joined):
            yield position
