"""The plain evaluator: the meaning of the rule language in loops, to keep the engine honest.

It shares the schema and the meaning of single operators with the engine's path, and nothing of how facts are
matched, joined, counted or ordered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from auditor.facts import FactBase
from auditor.rules.fields import FieldValue, NoValue, Plain, find_key, read_field
from auditor.rules.judgement import Judgement, Judgements, Measured, Use
from auditor.rules.operators import UNITS, Surroundings, are_apart, judge_value, list_operands
from auditor.rules.periods import Slot, list_slots, move_periods
from auditor.rules.schema import (
    Cadence,
    Compare,
    Count,
    Distinct,
    Earliest,
    InOrder,
    Latest,
    Search,
    SearchFor,
    Selecting,
    Share,
    Span,
    When,
    Where,
)
from auditor.rules.scopes import find_subject, list_compare_references

_LEFT_OUT = object()


@dataclass(frozen=True)
class _View:
    """All that a condition can refer to at one place."""

    facts: Sequence[FactBase]
    kinds: Sequence[str]
    params: Mapping[str, Any]
    around: Surroundings
    subject: FactBase | None = None
    item: tuple[str, Plain] | None = None
    outer: tuple[str, FactBase] | None = None
    joined: tuple[str, FactBase] | None = None

    def resolve(self, operand: Any) -> Any:
        if not (isinstance(operand, str) and operand.startswith("$")):
            return operand
        head, _, tail = operand[1:].partition(".")
        if self.item is not None and head == self.item[0]:
            return self.item[1]
        if head in self.params:
            value = self.params[head]
            value = value[tail] if tail and value is not None else value
            return _LEFT_OUT if value is None else value
        if head == "as_of":
            return self.around.as_of
        if head == "subject" and self.subject is not None:
            kind = type(self.subject).model_fields["kind"].default
            return read_field(self.subject, tail or find_key(kind) or "")
        for known in (self.joined, self.outer):
            if known is not None and known[0] == head:
                return read_field(known[1], tail)
        raise LookupError(operand)


def judge_plainly(uses: Sequence[Use], facts: Sequence[FactBase], around: Surroundings) -> Judgements:
    """Judge every use over its subjects, one after the other."""
    kinds = [type(fact).model_fields["kind"].default for fact in facts]
    found: list[Judgement] = []
    faults: dict[str, str] = {}
    for use in uses:
        view = _View(facts, kinds, use.params, around)
        try:
            found.extend(list(_judge_use(use, view)))
        except Exception as error:  # noqa: BLE001 - a rule that raises is a fault of that rule alone
            faults[use.id] = f"{type(error).__name__}: {error}"
    return Judgements(tuple(found), faults)


def _judge_use(use: Use, view: _View) -> Iterator[Judgement]:
    kind, where = find_subject(use.subject)
    if kind is None:
        yield _judge_subject(use, None, view)
        return
    for position, fact in enumerate(view.facts):
        if view.kinds[position] == kind and _satisfies(fact, where, view):
            yield _judge_subject(use, position, replace(view, subject=fact))


def _judge_subject(use: Use, position: int | None, view: _View) -> Judgement:
    measures: dict[str, Measured] = {}
    for name, measure in use.rule.measures.items():
        if isinstance(measure, Selecting):
            measures[name] = _measure(measure, _move(view, use, measure))
    for name, measure in use.rule.measures.items():
        if isinstance(measure, Share):
            measures[name] = _take_share(measure, measures, view)
    measures = {name: measures[name] for name in use.rule.measures}
    verdict = None
    if all(_holds(when, measures, view) is not False for when in use.applies):
        for index, one in enumerate(use.rule.verdicts):
            if one.when is None or _holds(one.when, measures, view) is not False:
                verdict = index
                break
    return Judgement(use.id, position, verdict, measures)


def _move(view: _View, use: Use, measure: Selecting) -> _View:
    if measure.during is None:
        return view
    return replace(view, params=move_periods(use.params, use.rule.params, -12))


# ---- selecting -----------------------------------------------------------------------------------


def _satisfies(fact: FactBase, where: Where, view: _View) -> bool:
    for field, condition in where.items():
        value = read_field(fact, field)
        for name, operand in list_operands(condition).items():
            if not _satisfies_one(name, value, operand, view):
                return False
    return True


def _satisfies_one(name: str, value: FieldValue, operand: Any, view: _View) -> bool:
    argument: Any
    if isinstance(operand, Span):
        lengths = {unit: view.resolve(getattr(operand, unit)) for unit in UNITS}
        if _LEFT_OUT in lengths.values():
            return True
        argument = Span(**{unit: length for unit, length in lengths.items() if length is not None})
    else:
        argument = view.resolve(operand)
    if argument is _LEFT_OUT:
        return True
    if isinstance(argument, NoValue):
        return False
    return judge_value(name, value, argument, view.around)


def _select(measure: Selecting, view: _View) -> list[int]:
    kind = _path(measure)[0]
    chosen = []
    for position, fact in enumerate(view.facts):
        if view.kinds[position] != kind or not _satisfies(fact, measure.where, view):
            continue
        if isinstance(measure, Search) and not _is_found(fact, measure.search, view):
            continue
        inner = replace(view, outer=(kind, fact))
        own = [compare for compare in measure.compare if not _owner(compare, measure)]
        if not all(_is_apart(compare, inner) for compare in own):
            continue
        if not all(_has_other(position, other, where, measure, inner) for other, where in measure.with_.items()):
            continue
        if any(_has_other(position, other, where, measure, inner) for other, where in measure.without.items()):
            continue
        chosen.append(position)
    return chosen


def _is_found(fact: FactBase, asked: SearchFor, view: _View) -> bool:
    """Tell whether a passage is one that a search asks for: one of its words, of its sources, of its period."""
    terms, sources = view.resolve(asked.terms), view.resolve(asked.in_)
    if terms is not _LEFT_OUT and read_field(fact, "term") not in ((terms,) if isinstance(terms, str) else terms):
        return False
    if sources not in (None, _LEFT_OUT) and read_field(fact, "source") not in sources:
        return False
    for end in ("from", "until") if asked.during is not None else ():
        bound, day = view.resolve(f"{asked.during}.{end}"), read_field(fact, "published_on")
        if bound is _LEFT_OUT:
            continue
        if isinstance(day, NoValue) or not isinstance(day, date) or (day < bound if end == "from" else day > bound):
            return False
    return asked.matches is None or _satisfies_one("matches", read_field(fact, "excerpt"), asked.matches, view)


def _has_other(position: int, kind: str, where: Where, measure: Selecting, view: _View) -> bool:
    compares = [compare for compare in measure.compare if _owner(compare, measure) == kind]
    for other, fact in enumerate(view.facts):
        if other == position or view.kinds[other] != kind:
            continue
        both = replace(view, joined=(kind, fact))
        if _satisfies(fact, where, view) and all(_is_apart(compare, both) for compare in compares):
            return True
    return False


def _owner(compare: Compare, measure: Selecting) -> str | None:
    _, dates = list_compare_references(compare)
    heads = [date[1:].split(".")[0] for date in dates]
    return next((head for head in heads if head in measure.with_ or head in measure.without), None)


def _is_apart(compare: Compare, view: _View) -> bool:
    unit, pair = list_compare_references(compare)
    first, second = (view.resolve(date) for date in pair)
    bounds = (view.resolve(compare.at_least), view.resolve(compare.at_most))
    least, most = (None if bound is _LEFT_OUT else bound for bound in bounds)
    if _LEFT_OUT in (first, second) or (least is None and most is None):
        return True
    if isinstance(first, NoValue) or isinstance(second, NoValue):
        return False
    return are_apart(unit, (first, second), least, most, view.around)


# ---- measuring -----------------------------------------------------------------------------------


def _path(measure: Selecting) -> tuple[str, str]:
    match measure:
        case Count():
            path = measure.count
        case Distinct():
            path = measure.distinct
        case Latest():
            path = measure.max
        case Earliest():
            path = measure.min
        case InOrder() | Cadence():
            path = measure.of
        case Search():
            path = "mention"
        case _:
            raise LookupError(type(measure).__name__)
    kind, _, field = path.partition(".")
    return kind, field


def _measure(measure: Selecting, view: _View) -> Measured:
    if measure.each is not None and measure.as_ is not None:
        items: dict[Plain, tuple[int, ...]] = {}
        for item in view.resolve(measure.each):
            items[item] = tuple(_select(measure, replace(view, item=(measure.as_, item))))
        return _gather(items, measure.per, view)
    chosen = _select(measure, view)
    if isinstance(measure, Cadence):
        slots: dict[Plain, tuple[int, ...]] = {
            slot.name: _list_within(measure, slot, chosen, view) for slot in _list_slots(measure, view)
        }
        return _gather(slots, measure.per, view)
    groups = None
    if measure.per is not None:
        groups = {key: _value(measure, members, view) for key, members in _group(measure.per, chosen, view).items()}
    return Measured(_value(measure, chosen, view), tuple(chosen), None, groups)


def _gather(items: Mapping[Plain, tuple[int, ...]], per: str | None, view: _View) -> Measured:
    """Return the number of items that have facts; of each group the number of items that it has facts of."""
    everything = sorted({position for chosen in items.values() for position in chosen})
    groups: dict[str, Plain | None] | None = None
    if per is not None:
        groups = {
            key: sum(1 for chosen in items.values() if set(chosen) & set(members))
            for key, members in _group(per, everything, view).items()
        }
    return Measured(sum(1 for chosen in items.values() if chosen), tuple(everything), items, groups)


def _list_slots(measure: Cadence, view: _View) -> tuple[Slot, ...]:
    unit, reference = next(iter(measure.every.items()))
    period = view.params[reference.removeprefix("$")]
    if period is None:
        return ()
    return list_slots(unit, period["from"], period["until"], view.around.as_of)


def _list_within(measure: Cadence, slot: Slot, chosen: Sequence[int], view: _View) -> tuple[int, ...]:
    field = _path(measure)[1]
    return tuple(
        position
        for position in chosen
        if isinstance(day := read_field(view.facts[position], field), date) and slot.first <= day <= slot.last
    )


def _group(field: str, chosen: Sequence[int], view: _View) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = {}
    for position in chosen:
        for value in dict.fromkeys(_values(position, field, view)):
            groups.setdefault(str(value), []).append(position)
    return dict(sorted(groups.items()))


def _values(position: int, field: str, view: _View) -> tuple[Plain, ...]:
    value = read_field(view.facts[position], field)
    if isinstance(value, NoValue):
        return ()
    return value if isinstance(value, tuple) else (value,)


def _value(measure: Selecting, chosen: Sequence[int], view: _View) -> Plain | None:
    if isinstance(measure, Count | Search):
        return len(chosen)
    values: list[Any] = [value for position in chosen for value in _values(position, _path(measure)[1], view)]
    if isinstance(measure, Distinct):
        return len(set(values))
    if isinstance(measure, InOrder):
        return _stands_in_order(measure, chosen, view)
    if not values:
        return None
    best = values[0]
    for value in values[1:]:
        if (value > best) if isinstance(measure, Latest) else (value < best):
            best = value
    return best  # type: ignore[no-any-return]


def _stands_in_order(measure: InOrder, chosen: Sequence[int], view: _View) -> bool | None:
    field, by = measure.of.partition(".")[2], measure.by.partition(".")[2]
    ends: set[Any] | None = None
    for name in view.resolve(measure.in_order):
        places = {
            place
            for position in chosen
            if name in _values(position, field, view)
            for place in _values(position, by, view)
        }
        if not places:
            continue
        ends = {place for place in places if ends is None or any(end <= place for end in ends)}
        if not ends:
            return False
    return None if ends is None else True


def _take_share(measure: Share, measures: Mapping[str, Measured], view: _View) -> Measured:
    part, whole = measures[measure.share.of], measures[measure.share.over]
    value = len(part.facts) / len(whole.facts) if whole.facts else None
    if measure.per is None:
        return Measured(value)
    parts = _group(measure.per, part.facts, view)
    groups: dict[str, Plain | None] = {}
    for key, members in _group(measure.per, whole.facts, view).items():
        groups[key] = len(parts.get(key, ())) / len(members)
    return Measured(value, groups=groups)


# ---- verdicts ------------------------------------------------------------------------------------


def _holds(when: When, measures: Mapping[str, Measured], view: _View) -> bool | None:
    """Tell whether a condition holds; None where nothing of it is left because its parameters are null."""
    answers: list[bool | None] = [_test(path, test, measures, view) for path, test in when.tests.items()]
    answers += [_holds(inner, measures, view) for inner in when.all]
    any_of = [answer for inner in when.any if (answer := _holds(inner, measures, view)) is not None]
    none_of = [answer for inner in when.none if (answer := _holds(inner, measures, view)) is not None]
    if any_of:
        answers.append(any(any_of))
    if none_of:
        answers.append(not any(none_of))
    given = [answer for answer in answers if answer is not None]
    return all(given) if given else None


def _test(path: str, test: Any, measures: Mapping[str, Measured], view: _View) -> bool | None:
    if path.startswith("$"):
        value = view.resolve(path)
        return _test_value(test, NoValue.ABSENT if value is _LEFT_OUT else value, view)
    name, _, tail = path.partition(".")
    measured = measures[name]
    if tail in ("with", "without") and measured.items is not None:
        found = [bool(chosen) for chosen in measured.items.values()]
        return _test_value(test, found.count(tail == "with"), view)
    if tail in ("lowest", "highest") and measured.groups is not None:
        values: list[Any] = sorted(value for value in measured.groups.values() if value is not None)
        return _test_value(test, values[0 if tail == "lowest" else -1] if values else NoValue.ABSENT, view)
    if tail:
        return any(_state(view.facts[position], tail) == test for position in measured.facts)
    return _test_value(test, NoValue.ABSENT if measured.value is None else measured.value, view)


def _state(fact: FactBase, field: str) -> str:
    value = read_field(fact, field)
    return value.value if isinstance(value, NoValue) else "present"


def _test_value(test: Any, value: FieldValue, view: _View) -> bool | None:
    if isinstance(test, str) and test in ("present", "absent"):
        return (value is NoValue.ABSENT) == (test == "absent")
    answers = []
    for name, operand in list_operands(test).items():
        span = operand if isinstance(operand, Span) else None
        left_out = view.resolve(operand) is _LEFT_OUT if span is None else _is_left_out(span, view)
        if not left_out:
            answers.append(_satisfies_one(name, value, operand, view))
    return all(answers) if answers else None


def _is_left_out(span: Span, view: _View) -> bool:
    return any(view.resolve(getattr(span, unit)) is _LEFT_OUT for unit in UNITS)
