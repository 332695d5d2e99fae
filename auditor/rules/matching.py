"""The first pass: match rules and projected facts as one job for the engine, and its firings read back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from auditor.rules.program import Alias, Check, Column, Join, MatchRule, Pattern, Sign, Tag
from auditor.rules.projection import Codes, Encode, FactTable, Row, Scale

Firing = tuple[int, Mapping[str, int]]
"""The number of the engine rule, and the id of the engine fact under each name."""

Matches = dict[Tag, Mapping[int | None, set[int]]]
"""For each tag, by the subject's position (None where no subject is involved), the positions of the facts."""

SIGNS: Mapping[Sign, str] = {">=": "$gte", ">": "$gt", "<=": "$lte", "<": "$lt", "!=": "$neq"}
Shape = tuple[Pattern, ...]
"""What rules that join alike have in common: their patterns, without the checks."""

_Constants = Mapping[Alias, Mapping[Column, Sequence[Any]]]
_MARK = "fact"
"""A field that is 1 in every fact of a job."""


@dataclass(frozen=True)
class Job:
    """What one engine is given: the patterns of each rule, by its number, and the facts."""

    rules: tuple[list[dict[str, Any]], ...]
    facts: tuple[dict[str, int], ...]


@dataclass(frozen=True)
class MatchJob:
    """A job and what is needed to read its firings: what each engine rule tells, and the facts behind each row."""

    job: Job
    rules: tuple[MatchRule, ...]
    tags: tuple[tuple[Tag, ...], ...]
    rows: Mapping[int, Row]


@dataclass(frozen=True)
class _Relation:
    """Facts of one kind, as the rules of one shape see them: its number, those of its lists, the names of columns."""

    number: int
    lists: Mapping[Column, int]
    names: Mapping[Column, str]
    scales: Mapping[Column, Scale]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class _Layout:
    """The numbers and names that engine rules of one shape share with their facts."""

    relations: Mapping[Alias, _Relation]
    codes: Codes

    def name(self, alias: Alias, column: Column) -> str:
        """Return the engine's name of a column."""
        return self.relations[alias].names[column]

    def encode(self, alias: Alias, column: Column, constant: Any) -> int:
        """Return the integer that stands for a constant that a column is compared with."""
        scale = self.relations[alias].scales.get(column)
        return self.codes.encode(constant) if scale is None else scale.encode(constant)


def find_shape(rule: MatchRule) -> Shape:
    """Return the shape of a rule."""
    return tuple(replace(pattern, checks=()) for pattern in rule.patterns)


def build_job(rules: Sequence[MatchRule], table: FactTable) -> MatchJob:
    """Project the facts that the rules read and translate both for the engine; rules that say the same become one."""
    alike: dict[tuple[Pattern, ...], list[MatchRule]] = {}
    for rule in rules:
        alike.setdefault(rule.patterns, []).append(rule)
    by_shape: dict[Shape, list[MatchRule]] = {}
    for patterns in alike:
        by_shape.setdefault(find_shape(alike[patterns][0]), []).append(alike[patterns][0])
    layouts = _lay_out(by_shape, table)
    numbered = [
        (relation, row) for one in layouts.values() for relation in one.relations.values() for row in relation.rows
    ]
    codes = next(iter(layouts.values())).codes
    facts = [_write_fact(number, relation, row, codes) for number, (relation, row) in enumerate(numbered, 1)]
    for number, (relation, row) in enumerate(numbered, 1):
        facts += _write_items(number, relation, row, codes, len(facts))
    written = tuple(_write_rule(own[0], layouts[find_shape(own[0])]) for own in alike.values())
    return MatchJob(
        Job(written, tuple(facts)),
        tuple(own[0] for own in alike.values()),
        tuple(tuple(rule.tag for rule in own) for own in alike.values()),
        {number: row for number, (_, row) in enumerate(numbered, 1)},
    )


# ---- what rules read -----------------------------------------------------------------------------


def _lay_out(by_shape: Mapping[Shape, Sequence[MatchRule]], table: FactTable) -> dict[Shape, _Layout]:
    """Return the layout of each shape, with the rows that its rules read."""
    relations: list[dict[Alias, _Relation]] = []
    values: list[Any] = []
    taken = 0
    for shape, rules in by_shape.items():
        joined = _find_joined(shape)
        constants = _gather_constants(shape, joined, rules)
        scales = {
            alias: {column: Scale(known) for column, known in columns.items() if (alias, column) not in joined}
            for alias, columns in constants.items()
        }
        own: dict[Alias, _Relation] = {}
        for pattern, rows in _project_shape(shape, constants, scales, table):
            columns = constants[pattern.alias]
            lists = [column for column in columns if _is_list(column)]
            own[pattern.alias] = _Relation(
                number=taken + 1,
                lists={column: taken + place for place, column in enumerate(lists, 2)},
                names={column: f"c{index}" for index, column in enumerate(columns)},
                scales=scales[pattern.alias],
                rows=rows,
            )
            taken += 1 + len(lists)
            shared = [column for alias, column in joined if alias == pattern.alias]
            values += [constant for column in shared for constant in columns[column]]
            values += [value for column in shared for row in rows for value in _list_plain(row.values[column])]
        relations.append(own)
    codes = Codes(values)
    return {shape: _Layout(own, codes) for shape, own in zip(by_shape, relations, strict=True)}


def _list_plain(value: Any) -> Sequence[Any]:
    return value if isinstance(value, tuple) else (value,)


def _is_list(column: Column) -> bool:
    return column.form == "items"


def _list_joins(shape: Shape) -> Iterator[tuple[Pattern, Join]]:
    for pattern in shape:
        for join in (*pattern.joins, *pattern.holds):
            yield pattern, join


def _find_joined(shape: Shape) -> tuple[tuple[Alias, Column], ...]:
    """Return the columns that are compared with columns of other facts."""
    pairs = [((pattern.alias, join.column), (join.alias, join.other)) for pattern, join in _list_joins(shape)]
    return tuple(dict.fromkeys(side for pair in pairs for side in pair))


def _gather_constants(
    shape: Shape, joined: Iterable[tuple[Alias, Column]], rules: Sequence[MatchRule]
) -> dict[Alias, dict[Column, list[Any]]]:
    """Return every column that rules of one shape read, and the constants that they compare it with."""
    found: dict[Alias, dict[Column, list[Any]]] = {pattern.alias: {} for pattern in shape}
    for alias, column in joined:
        found[alias][column] = []
    for rule in rules:
        for pattern in rule.patterns:
            for check in pattern.checks:
                found[pattern.alias].setdefault(check.column, []).append(check.value)
    return found


def _project_shape(
    shape: Shape, constants: _Constants, scales: Mapping[Alias, Mapping[Column, Scale]], table: FactTable
) -> Iterator[tuple[Pattern, tuple[Row, ...]]]:
    """Yield each pattern of a shape with its rows."""
    encodes: dict[Alias, dict[Column, Encode | None]] = {
        alias: {column: scales[alias][column].encode if column in scales[alias] else None for column in columns}
        for alias, columns in constants.items()
    }
    key = _find_key(shape, constants)
    if key is not None:
        numbers = _number_keys(table.project(shape[1].kind, encodes["joined"]), key.column)
        encodes["joined"][key.column] = encodes["chosen"][key.other] = numbers.get
    for pattern in shape:
        yield pattern, table.project(pattern.kind, encodes[pattern.alias])


def _find_key(shape: Shape, constants: _Constants) -> Join | None:
    """Return the join by which facts of one kind are looked up for another's, where a shape is no more than that."""
    if [pattern.alias for pattern in shape] != ["chosen", "joined"] or shape[0].kind == shape[1].kind:
        return None
    joins = [join for _, join in _list_joins(shape)]
    for key in shape[1].joins:
        uses = [one for one in joins if one.column == key.column or one.other == key.other]
        is_bare = not constants["joined"][key.column] and not constants["chosen"][key.other]
        if key.sign == "==" and key.column.form == key.other.form == "value" and is_bare and len(uses) == 1:
            return key
    return None


def _number_keys(rows: Iterable[Row], key: Column) -> dict[Any, int]:
    """Return a number for each value of a key; values have one number where the rows beside them are the same.

    Whoever looks up facts by either of two such values finds alike facts, so that no rule can tell the two apart.
    """
    beside: dict[Any, set[tuple[Any, ...]]] = defaultdict(set)
    for row in rows:
        if row.values[key] is not None:
            beside[row.values[key]].add(tuple(value for column, value in row.values.items() if column != key))
    numbers: dict[frozenset[tuple[Any, ...]], int] = {}
    return {value: numbers.setdefault(frozenset(own), len(numbers)) for value, own in beside.items()}


# ---- translation ---------------------------------------------------------------------------------


def _write_fact(number: int, relation: _Relation, row: Row, codes: Codes) -> dict[str, int]:
    fact = {"id": number, _MARK: 1, "rel": relation.number, "row": number}
    for column, value in row.values.items():
        if value is not None and not _is_list(column):
            fact[relation.names[column]] = value if column in relation.scales else codes.encode(value)
    return fact


def _write_items(number: int, relation: _Relation, row: Row, codes: Codes, taken: int) -> list[dict[str, int]]:
    items: list[dict[str, int]] = []
    for column, listed in relation.lists.items():
        for item in dict.fromkeys(row.values[column]):
            own = {"rel": listed, "owner": number, "item": codes.encode(item)}
            items.append({"id": taken + len(items) + 1, _MARK: 1, **own})
    return items


def _write_rule(rule: MatchRule, layout: _Layout) -> list[dict[str, Any]]:
    compared = {
        (join.alias, layout.name(join.alias, join.other))
        for pattern in rule.patterns
        for join in (*pattern.joins, *pattern.holds)
    }
    patterns: list[dict[str, Any]] = []
    lists: list[dict[str, Any]] = []
    for pattern in rule.patterns:
        guarded = {name for alias, name in compared if alias == pattern.alias}
        patterns.append({pattern.alias: {"$and": _write_pattern(pattern, guarded, layout)}})
        for hold in pattern.holds:
            tests = [
                {"rel": layout.relations[pattern.alias].lists[hold.column]},
                {"owner": {pattern.alias: "row"}},
                {"item": {hold.alias: layout.name(hold.alias, hold.other)}},
                _close_joins(pattern.alias),
            ]
            lists.append({f"e{len(lists)}": {"$and": tests}})
    return [*patterns, *lists]


def _write_pattern(pattern: Pattern, guarded: set[str], layout: _Layout) -> list[dict[str, Any]]:
    """Translate one pattern. What is compared must be there: the engine takes nothing for equal to nothing."""
    tests: list[dict[str, Any]] = [{"rel": layout.relations[pattern.alias].number}]
    tests += [_write_check(check, pattern.alias, layout) for check in pattern.checks]
    guarded = guarded | {layout.name(pattern.alias, join.column) for join in pattern.joins}
    tests += [{"$ex": {name: 1}} for name in sorted(guarded)]
    for join in pattern.joins:
        name = layout.name(pattern.alias, join.column)
        target = {join.alias: layout.name(join.alias, join.other)}
        tests.append({name: target} if join.sign == "==" else {SIGNS[join.sign]: {name: target}})
    return [*tests, _close_joins(pattern.joins[0].alias)] if pattern.joins else tests


def _close_joins(alias: str) -> dict[str, Any]:
    """Return a join that always holds. It stands last among the joins of a pattern.

    Where the last join of a pattern is false, the engine looks for the end of the joins from behind that end, in
    memory that is not its own: it dies of it, or not, as chance has it. From any other join it finds the end.
    """
    return {_MARK: {alias: _MARK}}


def _write_check(check: Check, alias: Alias, layout: _Layout) -> dict[str, Any]:
    name, value = layout.name(alias, check.column), layout.encode(alias, check.column, check.value)
    return {name: value} if check.sign == "==" else {SIGNS[check.sign]: {name: value}}


# ---- firings -------------------------------------------------------------------------------------


def read_firings(match: MatchJob, firings: Iterable[Firing]) -> Matches:
    """Return what the firings tell, in positions of facts."""
    found: dict[int, dict[int | None, set[int]]] = {}
    for number, named in firings:
        rows = {alias: match.rows[one] for alias, one in named.items() if alias in ("subject", "chosen", "joined")}
        subjects: Sequence[int | None] = rows["subject"].members if "subject" in rows else (None,)
        members = tuple(_list_members(match.rules[number].patterns, rows)) if "chosen" in rows else ()
        by_subject = found.setdefault(number, {})
        for subject in subjects:
            by_subject.setdefault(subject, set()).update(members)
    matches: Matches = {}
    for number, by_subject in found.items():
        for tag in match.tags[number]:
            add_match(matches, tag, by_subject)
    return matches


def add_match(matches: Matches, tag: Tag, by_subject: Mapping[int | None, set[int]]) -> None:
    """Add what a tag matched to what is known of it."""
    known = matches.get(tag)
    if known is None:
        matches[tag] = by_subject
    else:
        subjects = {**known, **by_subject}
        matches[tag] = {one: known.get(one, set()) | by_subject.get(one, set()) for one in subjects}


def _list_members(patterns: Sequence[Pattern], rows: Mapping[str, Row]) -> Iterator[int]:
    """Yield the facts selected; where a fact is joined to another of its own kind, the other is not itself."""
    kinds = {pattern.alias: pattern.kind for pattern in patterns}
    joined = rows["joined"].members if "joined" in rows and kinds["joined"] == kinds["chosen"] else None
    for position in rows["chosen"].members:
        if joined is None or any(other != position for other in joined):
            yield position
