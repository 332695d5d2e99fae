"""Rules compiled for the engine: every `where`, with its joins, becomes engine rules over projected facts.

The engine sees integers only. A condition of a field becomes a test of a *column* of the projection: the value itself
(text as a number that stands for it, a day as its ordinal), a flag that the value is absent or unreadable, the answer
to a text or list condition computed beforehand, or a day shifted by a span. The engine matches and joins; it never
judges absence: `without` is what was selected less what was joined.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal, NamedTuple

from auditor.rules.fields import FieldType, Plain, find_fields, find_key
from auditor.rules.judgement import Use
from auditor.rules.operators import OPERATORS, UNITS, Surroundings, find_first_day, list_operands
from auditor.rules.periods import move_periods
from auditor.rules.schema import Compare, Search, Selecting, Span, Where
from auditor.rules.scopes import find_selection, find_subject, list_compare_references, spell_search

Alias = Literal["subject", "chosen", "joined"]
"""The subject's fact, the fact selected, and the fact joined to it."""

Sign = Literal["==", "!=", ">=", ">", "<=", "<"]
_SIGNS: Mapping[str, Sign] = {
    "is": "==",
    "is_not": "!=",
    "at_least": ">=",
    "more_than": ">",
    "at_most": "<=",
    "less_than": "<",
    "not_before": ">=",
    "not_after": "<=",
    "before": "<",
    "after": ">",
}
FLIPPED: Mapping[Sign, Sign] = {"==": "==", "!=": "!=", ">=": "<=", ">": "<", "<=": ">=", "<": ">"}
_YEAR = 12
SELECTED = "selected"
SUBJECT = "subject"


@dataclass(frozen=True)
class Column:
    """One thing that the engine may know of a fact; `operator` and `operand` are those of a condition computed before.

    `shift` counts in `unit`; `items` is the list itself, asserted item by item beside the fact.
    """

    form: Literal["value", "present", "absent", "unreadable", "answer", "shifted", "items"]
    field: str
    operator: str = ""
    operand: Any = None
    unit: str = ""
    shift: int = 0


@dataclass(frozen=True)
class Check:
    """A column against a constant."""

    column: Column
    sign: Sign
    value: Plain


@dataclass(frozen=True)
class Join:
    """A column against a column of a fact named before."""

    column: Column
    sign: Sign
    alias: Alias
    other: Column


@dataclass(frozen=True)
class Pattern:
    """One fact of an engine rule: all checks and joins hold.

    `holds` are columns with a list, of which one item equals a column of a fact named before.
    """

    alias: Alias
    kind: str
    checks: tuple[Check, ...] = ()
    joins: tuple[Join, ...] = ()
    holds: tuple[Join, ...] = ()


class Tag(NamedTuple):
    """What a firing means: a fact was selected by a measure, or joined to (with, without) another; for which item."""

    use: str
    measure: str
    role: str
    item: int | None = None


@dataclass(frozen=True)
class MatchRule:
    """One rule for the engine: each firing tells that the facts named belong to the tag."""

    tag: Tag
    patterns: tuple[Pattern, ...]


class CompileError(Exception):
    """A form that the engine's path has no translation for; the loader refuses such rules first."""


@dataclass
class _Draft:
    """A pattern in the making.

    `variants` are alternatives that no single engine pattern can say; a `pinned` one stays though nothing refers to it.
    """

    alias: Alias
    kind: str
    checks: list[Check] = field(default_factory=list)
    joins: list[Join] = field(default_factory=list)
    holds: list[Join] = field(default_factory=list)
    variants: list[tuple[Check | Join, ...]] = field(default_factory=list)
    pinned: bool = False

    def finish(self) -> Iterator[Pattern]:
        """Yield the patterns whose union is meant."""
        for chosen in itertools.product(*self.variants):
            checks = [*self.checks, *(one for one in chosen if isinstance(one, Check))]
            joins = [*self.joins, *(one for one in chosen if isinstance(one, Join))]
            yield Pattern(self.alias, self.kind, tuple(checks), tuple(joins), tuple(self.holds))


@dataclass(frozen=True)
class _Scope:
    """What references mean while one measure is compiled."""

    use: Use
    around: Surroundings
    item: tuple[str, Plain] | None = None
    outer: str | None = None

    def find_constant(self, operand: Any) -> tuple[bool, Any]:
        """Return whether an operand is known now, and its value; None for a parameter that is left out."""
        if not (isinstance(operand, str) and operand.startswith("$")):
            return True, operand
        head, _, tail = operand[1:].partition(".")
        if self.item is not None and head == self.item[0]:
            return True, self.item[1]
        if head in self.use.params:
            value: Any = self.use.params[head]
            return True, value[tail] if tail and value is not None else value
        return (True, self.around.as_of) if head == "as_of" else (False, None)

    def find_column(self, operand: str) -> tuple[Alias, FieldType, str]:
        """Return the alias, type and name of the field that a reference to another fact means."""
        head, _, tail = operand[1:].partition(".")
        alias: Alias = "subject" if head == "subject" else "chosen"
        kind = find_subject(self.use.subject)[0] if alias == "subject" else self.outer
        if kind is None:
            raise CompileError(operand)
        name = tail or find_key(kind) or ""
        return alias, find_fields(kind)[name], name


# ---- conditions ----------------------------------------------------------------------------------


def _add_where(draft: _Draft, where: Where, scope: _Scope) -> None:
    for name, condition in where.items():
        for operator, operand in list_operands(condition).items():
            _add_condition(draft, name, operator, operand, scope)


def _add_condition(draft: _Draft, name: str, operator: str, operand: Any, scope: _Scope) -> None:
    if isinstance(operand, Span):
        _add_span(draft, name, operand, scope)
        return
    known, value = scope.find_constant(operand)
    if not known:
        _add_join(draft, name, operator, str(operand), scope)
    elif value is not None:
        _add_constant(draft, name, operator, value)


def _add_constant(draft: _Draft, name: str, operator: str, value: Any) -> None:
    if operator in ("present", "absent", "unreadable"):
        draft.checks.append(Check(Column(operator, name), "==", True))  # type: ignore[arg-type]
    elif operator in _SIGNS and operator != "is_not":
        draft.checks.append(Check(Column("value", name), _SIGNS[operator], value))
    else:  # an alternative is answered beforehand: beside a join the engine takes no "or"
        operand = tuple(value) if isinstance(value, list | tuple) else value
        draft.checks.append(Check(Column("answer", name, operator, operand), "==", True))


def _add_span(draft: _Draft, name: str, span: Span, scope: _Scope) -> None:
    lengths = {unit: scope.find_constant(getattr(span, unit)) for unit in UNITS}
    given = {unit: int(value) for unit, (_, value) in lengths.items() if value is not None}
    if not given:
        return
    first = find_first_day(Span(**given), scope.around)
    draft.checks.append(Check(Column("value", name), ">=", first))
    draft.checks.append(Check(Column("value", name), "<=", scope.around.as_of))


def _add_join(draft: _Draft, name: str, operator: str, operand: str, scope: _Scope) -> None:
    alias, _, other = scope.find_column(operand)
    target = Column("value", other)
    if operator == "has":
        draft.holds.append(Join(Column("items", name), "==", alias, target))
    elif operator == "is_not":
        missing = Join(Column("absent", name), "==", alias, Column("present", other))
        draft.variants.append((missing, Join(Column("value", name), "!=", alias, target)))
    elif operator in _SIGNS and OPERATORS[operator].joins:
        draft.joins.append(Join(Column("value", name), _SIGNS[operator], alias, target))
    else:
        raise CompileError(f"{operator}: {operand}")


# ---- comparisons of days -------------------------------------------------------------------------


def _add_compare(drafts: Mapping[str, _Draft], compare: Compare, scope: _Scope) -> None:
    """Add a comparison to the last of the patterns that it speaks of: second >= first + n joins shifted days."""
    unit, (first, second) = list_compare_references(compare)
    bounds: tuple[tuple[Any, Sign, int], ...] = ((compare.at_least, ">=", 0), (compare.at_most, "<", 1))
    for bound, sign, more in bounds:
        value = scope.find_constant(bound)[1]
        if value is not None:
            _add_distance(drafts, (first, second), (unit, int(value) + more, sign), scope)


def _add_distance(
    drafts: Mapping[str, _Draft], pair: tuple[str, str], distance: tuple[str, int, Sign], scope: _Scope
) -> None:
    unit, count, sign = distance
    sides = [_find_side(reference, drafts, scope) for reference in pair]
    if None in sides:
        return
    (first, first_field), (second, second_field) = sides  # type: ignore[misc]
    shifted = Column("shifted", first_field, unit=unit, shift=count) if isinstance(first_field, str) else None
    day = Column("value", second_field) if isinstance(second_field, str) else None
    order = ["subject", "chosen", "joined"]
    if shifted is None and day is None:
        raise CompileError(" - ".join(pair))
    if shifted is None or day is None or first == second:
        owner = first if shifted is not None else second
        operand = (unit, count, sign, first_field, second_field)
        name = first_field if isinstance(first_field, str) else second_field
        column = Column("answer", str(name), "compare", operand)
        drafts[owner].checks.append(Check(column, "==", True))
        drafts[owner].pinned = True
    elif order.index(second) > order.index(first):
        drafts[second].joins.append(Join(day, sign, first, shifted))
    else:
        drafts[first].joins.append(Join(shifted, FLIPPED[sign], second, day))


def _find_side(reference: str, drafts: Mapping[str, _Draft], scope: _Scope) -> tuple[Alias, str | date] | None:
    """Return the alias and field of one date of a comparison, a known day in place of the field; None if left out."""
    known, value = scope.find_constant(reference)
    if known:
        return None if value is None else ("chosen", value)
    head, _, tail = reference[1:].partition(".")
    if head == "subject":
        return "subject", scope.find_column(reference)[2]
    return ("joined" if "joined" in drafts and drafts["joined"].kind == head else "chosen"), tail


# ---- rules ---------------------------------------------------------------------------------------


def compile_use(use: Use, around: Surroundings) -> tuple[MatchRule, ...]:
    """Return the engine rules of one bound rule: those that select its subjects and those of its measures."""
    rules: list[MatchRule] = []
    scope = _Scope(use, around)
    kind, where = find_subject(use.subject)
    if kind is not None:
        draft = _Draft("subject", kind)
        _add_where(draft, where, scope)
        rules += [MatchRule(Tag(use.id, "", SUBJECT), (pattern,)) for pattern in draft.finish()]
    for name, measure in use.rule.measures.items():
        if not isinstance(measure, Selecting):
            continue
        own = replace(use, params=find_params(use, measure))
        for index, item in enumerate(list_items(measure, _Scope(own, around))):
            named = None if item is None or measure.as_ is None else (measure.as_, item)
            tag = Tag(use.id, name, SELECTED, None if item is None else index)
            rules += _compile_measure(tag, measure, _Scope(own, around, named))
    return tuple(rules)


def find_params(use: Use, measure: Selecting) -> Mapping[str, object]:
    """Return the parameters as a measure sees them: `during` moves every period."""
    return use.params if measure.during is None else move_periods(use.params, use.rule.params, -_YEAR)


def list_items(measure: Selecting, scope: _Scope) -> Sequence[Plain | None]:
    """Return the items of an `each`; one None where there is none."""
    if measure.each is None:
        return (None,)
    return tuple(scope.find_constant(measure.each)[1])


def find_items(use: Use, measure: Selecting, around: Surroundings) -> tuple[Plain, ...]:
    """Return the items of a measure's `each`."""
    return tuple(item for item in list_items(measure, _Scope(use, around)) if item is not None)


def find_constant(use: Use, operand: Any, around: Surroundings) -> Any:
    """Return the value of an operand that no fact is needed for; None for a parameter that is left out."""
    return _Scope(use, around).find_constant(operand)[1]


def list_terms(use: Use, around: Surroundings) -> Iterator[str]:
    """Yield the words that the searches of a bound rule ask the stored text for."""
    for measure in use.rule.measures.values():
        if not isinstance(measure, Search):
            continue
        for item in list_items(measure, _Scope(use, around)):
            named = None if item is None or measure.as_ is None else (measure.as_, item)
            terms = _Scope(use, around, named).find_constant(measure.search.terms)[1]
            yield from map(str, (terms,) if isinstance(terms, str) else terms or ())


def _compile_measure(tag: Tag, measure: Selecting, scope: _Scope) -> Iterator[MatchRule]:
    selection = find_selection(measure)
    if selection is None:
        raise CompileError(tag.measure)
    kind = selection[0]
    own = [compare for compare in measure.compare if find_owner(compare, measure) is None]
    if not measure.with_:
        yield from _finish_rules(tag, _draft_selected(kind, measure, own, scope))
    for role, joined in (("with", measure.with_), ("without", measure.without)):
        for other, where in joined.items():
            drafts = _draft_selected(kind, measure, own, scope)
            drafts["joined"] = _Draft("joined", other)
            inner = _Scope(scope.use, scope.around, scope.item, kind)
            _add_where(drafts["joined"], where, inner)
            for compare in measure.compare:
                if find_owner(compare, measure) == other:
                    _add_compare(drafts, compare, inner)
            yield from _finish_rules(Tag(tag.use, tag.measure, f"{role} {other}", tag.item), drafts)


def _draft_selected(kind: str, measure: Selecting, own: Sequence[Compare], scope: _Scope) -> dict[str, _Draft]:
    drafts = {"chosen": _Draft("chosen", kind)}
    subject, where = find_subject(scope.use.subject)
    if subject is not None:
        drafts = {"subject": _Draft("subject", subject), **drafts}
        _add_where(drafts["subject"], where, scope)
    inner = _Scope(scope.use, scope.around, scope.item, kind)
    _add_where(drafts["chosen"], spell_search(measure), inner)
    _add_where(drafts["chosen"], measure.where, inner)
    for compare in own:
        _add_compare(drafts, compare, inner)
    return drafts


def find_owner(compare: Compare, measure: Selecting) -> str | None:
    """Return the joined kind that a comparison speaks of, or None."""
    _, dates = list_compare_references(compare)
    heads = {day[1:].partition(".")[0] for day in dates}
    return next(iter(sorted(heads & {*measure.with_, *measure.without})), None)


def _finish_rules(tag: Tag, drafts: Mapping[str, _Draft]) -> Iterator[MatchRule]:
    """Yield the rules of all alternatives; the subject's pattern only where something refers to it."""
    pinned = "subject" in drafts and drafts["subject"].pinned
    for patterns in itertools.product(*(draft.finish() for draft in drafts.values())):
        joins = [join for pattern in patterns for join in (*pattern.joins, *pattern.holds)]
        needed = pinned or any(join.alias == "subject" for join in joins)
        yield MatchRule(tag, tuple(one for one in patterns if needed or one.alias != "subject"))
