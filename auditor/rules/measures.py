"""What measures are worth, given the facts that the engine matched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auditor.facts import FactBase
from auditor.rules.fields import NoValue, Plain, read_field
from auditor.rules.judgement import Measured, Use
from auditor.rules.matching import Matches
from auditor.rules.operators import Surroundings
from auditor.rules.periods import list_slots, name_slot
from auditor.rules.program import SELECTED, Tag, find_constant, find_items, find_params
from auditor.rules.schema import Cadence, Count, Distinct, Earliest, InOrder, Latest, Search, Selecting, Share
from auditor.rules.scopes import find_selection


@dataclass(frozen=True)
class Findings:
    """What the first pass found: the facts, and what each tag matched."""

    facts: Sequence[FactBase]
    matches: Matches
    around: Surroundings


def measure_use(use: Use, subject: int | None, found: Findings) -> dict[str, Measured]:
    """Return every measure of a use for one subject, in the order of the rule."""
    known: dict[str, Measured] = {}
    pending = sorted(use.rule.measures.items(), key=lambda pair: isinstance(pair[1], Share))
    for name, measure in pending:
        if isinstance(measure, Share):
            known[name] = _divide(measure, known, found)
        elif isinstance(measure, Selecting):
            known[name] = _sum_up(use, name, measure, subject, found)
    return {name: known[name] for name in use.rule.measures}


def _sum_up(use: Use, name: str, measure: Selecting, subject: int | None, found: Findings) -> Measured:
    if measure.each is not None:
        chosen = {
            item: _find_selected(Tag(use.id, name, SELECTED, index), measure, subject, found)
            for index, item in enumerate(find_items(use, measure, found.around))
        }
        return _count_items(chosen, measure.per, found)
    selected = _find_selected(Tag(use.id, name, SELECTED), measure, subject, found)
    if isinstance(measure, Cadence):
        return _count_items(_spread(use, measure, selected, found), measure.per, found)
    value = _evaluate(use, measure, selected, found)
    if measure.per is None:
        return Measured(value, selected)
    split = _split(measure.per, selected, found)
    return Measured(value, selected, groups={key: _evaluate(use, measure, own, found) for key, own in split.items()})


def _count_items(chosen: Mapping[Plain, tuple[int, ...]], per: str | None, found: Findings) -> Measured:
    """Return how many items have facts; with `per` also how many of them each group has facts of."""
    union = tuple(sorted(set().union(*chosen.values())))
    value = sum(map(bool, chosen.values()))
    if per is None:
        return Measured(value, union, chosen)
    counts: dict[str, int] = dict.fromkeys(_split(per, union, found), 0)
    for own in chosen.values():
        for key in _split(per, own, found):
            counts[key] += 1
    return Measured(value, union, chosen, dict(counts))


def _spread(use: Use, measure: Cadence, selected: Sequence[int], found: Findings) -> dict[Plain, tuple[int, ...]]:
    """Return the facts of each month or quarter that is asked for."""
    (unit, reference) = next(iter(measure.every.items()))
    params = find_params(use, measure)
    period = params[reference.removeprefix("$")]
    if not isinstance(period, Mapping):
        return {}
    slots: dict[Plain, list[int]] = {
        slot.name: [] for slot in list_slots(unit, period["from"], period["until"], found.around.as_of)
    }
    for position, day in _list_values(measure.of.partition(".")[2], selected, found):
        name = name_slot(unit, day) if isinstance(day, date) else ""
        if name in slots:
            slots[name].append(position)
    return {name: tuple(sorted(own)) for name, own in slots.items()}


def _find_selected(tag: Tag, measure: Selecting, subject: int | None, found: Findings) -> tuple[int, ...]:
    """Return the facts that a measure selects: all of its joins hold, and none of those that must not."""

    def look_up(role: str) -> set[int]:
        return _look_up(found.matches, tag._replace(role=role), subject)

    joined = [look_up(f"with {kind}") for kind in measure.with_]
    chosen = set.intersection(*joined) if joined else look_up(SELECTED)
    return tuple(sorted(chosen.difference(*(look_up(f"without {kind}") for kind in measure.without))))


def _look_up(matches: Matches, tag: Tag, subject: int | None) -> set[int]:
    """Return what a tag matched for a subject: for it, and for all subjects alike."""
    by_subject = matches.get(tag, {})
    return by_subject.get(subject, set()) | by_subject.get(None, set())


def _list_values(field: str, positions: Iterable[int], found: Findings) -> list[tuple[int, Plain]]:
    """Return each value of a field with the position of its fact, the items of lists one by one."""
    pairs: list[tuple[int, Plain]] = []
    for position in positions:
        value = read_field(found.facts[position], field)
        if isinstance(value, tuple):
            pairs += [(position, item) for item in value]
        elif not isinstance(value, NoValue):
            pairs.append((position, value))
    return pairs


def _split(field: str, positions: Iterable[int], found: Findings) -> dict[str, tuple[int, ...]]:
    groups: dict[str, set[int]] = defaultdict(set)
    for position, value in _list_values(field, positions, found):
        groups[str(value)].add(position)
    return {key: tuple(sorted(groups[key])) for key in sorted(groups)}


def _evaluate(use: Use, measure: Selecting, selected: Sequence[int], found: Findings) -> Plain | None:
    if isinstance(measure, Count | Search):
        return len(selected)
    if isinstance(measure, InOrder):
        return _judge_order(measure, find_constant(use, measure.in_order, found.around), selected, found)
    _, field = find_selection(measure) or ("", None)
    values = [value for _, value in _list_values(field or "", selected, found)]
    if isinstance(measure, Distinct):
        return len(frozenset(values))
    if not isinstance(measure, Latest | Earliest) or not values:
        return None
    choose = max if isinstance(measure, Latest) else min
    return choose(values)


def _judge_order(measure: InOrder, names: Sequence[Plain], selected: Sequence[int], found: Findings) -> bool | None:
    """Take for each name in turn the first place that is not before the last one taken."""
    by = dict(_list_values(measure.by.partition(".")[2], selected, found))
    places: dict[Plain, list[Plain]] = defaultdict(list)
    for position, name in _list_values(measure.of.partition(".")[2], selected, found):
        if position in by:
            places[name].append(by[position])
    reached: Plain | None = None
    for name in (name for name in names if name in places):
        later = [place for place in places[name] if reached is None or place >= reached]  # type: ignore[operator]
        if not later:
            return False
        reached = min(later)
    return None if reached is None else True


def _divide(measure: Share, known: Mapping[str, Measured], found: Findings) -> Measured:
    part, whole = known[measure.share.of].facts, known[measure.share.over].facts
    value = len(part) / len(whole) if whole else None
    if measure.per is None:
        return Measured(value)
    parts, wholes = _split(measure.per, part, found), _split(measure.per, whole, found)
    return Measured(value, groups={key: len(parts.get(key, ())) / len(own) for key, own in wholes.items()})
