"""What must be known before a rule over working days is believed: that the calendar covers the days it compares.

For such a rule a second one is made that the evaluators judge like any other: the same selections, but for the
comparison, which asks whether one of its days lies outside of the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from auditor.model.outcomes import Outcome
from auditor.rules.judgement import Use
from auditor.rules.operators import Surroundings, find_first_day, list_operands
from auditor.rules.schema import Compare, Count, Measure, Param, Selecting, Span, Verdict, When
from auditor.rules.scopes import Parts, find_selection, is_reference, list_compare_references, list_places

CALENDAR = "calendar"
CALENDAR_MISSING = "calendar_missing"
_SUFFIX = " calendar"


def name_precaution(use: str) -> str:
    """Return the id of the use that looks after the calendar of another."""
    return f"{use}{_SUFFIX}"


def make_precaution(use: Use, around: Surroundings) -> Use | None:
    """Return the use whose verdict 0 says that the calendar does not cover what a use compares; None without need.

    It has the subjects of the use.
    """
    found: dict[str, Measure] = {}
    for name, measure in use.rule.measures.items():
        if not isinstance(measure, Selecting):
            continue
        for index, compare in enumerate(measure.compare):
            if compare.workdays_between is not None:
                for side, doubt in enumerate(_list_doubts(measure, compare, around)):
                    found[f"{name}_{index}_{side}"] = doubt
    if not found:
        return None
    missing = Verdict(
        outcome=Outcome.CANNOT_TELL,
        reason=CALENDAR_MISSING,
        when=When.model_validate({"any": [{name: {"at_least": 1}} for name in found]}),
    )
    calendar = {"from": around.calendar.first, "until": around.calendar.last}
    rule = use.rule.model_copy(
        update={
            "params": {**use.rule.params, CALENDAR: Param(type="period")},
            "measures": found,
            "verdicts": (missing, Verdict(outcome=Outcome.PASSED)),
        }
    )
    return replace(use, id=name_precaution(use.id), rule=rule, params={**use.params, CALENDAR: calendar}, applies=())


def _list_doubts(measure: Selecting, compare: Compare, around: Surroundings) -> Iterator[Measure]:
    """Yield what selects the facts of which one of the days compared lies outside of the calendar."""
    rest = tuple(other for other in measure.compare if other is not compare)
    for day in list_compare_references(compare)[1]:
        if day == "$as_of":
            if not around.calendar.covers(around.as_of):
                yield _select(measure, compare, rest)
            continue
        for pair in ((day, f"${CALENDAR}.from"), (f"${CALENDAR}.until", day)):
            yield _select(measure, compare, (*rest, Compare(days_between=pair, at_least=1)))


def _select(measure: Selecting, compare: Compare, compares: tuple[Compare, ...]) -> Measure:
    kind = (find_selection(measure) or ("", None))[0]
    heads = {day[1:].partition(".")[0] for day in list_compare_references(compare)[1]}
    joined = {other: where for other, where in measure.without.items() if other in heads}
    kept = {other: where for other, where in measure.without.items() if other not in heads}
    return Count.model_validate(
        {
            "count": kind,
            "where": measure.where,
            "with": {**measure.with_, **joined},
            "without": kept,
            "compare": compares,
            "each": measure.each,
            "as": measure.as_,
            "during": measure.during,
        }
    )


def lacks_calendar(use: Use, around: Surroundings) -> bool:
    """Tell whether a span of working days back from the as-of date begins or ends outside of the calendar."""
    covers = around.calendar.covers
    for operand in _list_operands(use):
        length = operand.workdays if isinstance(operand, Span) else None
        if is_reference(length):
            length = use.params.get(str(length).removeprefix("$"))  # type: ignore[assignment]
        if isinstance(length, int):
            first = find_first_day(Span(workdays=length), around)
            if not (covers(around.as_of) and covers(first)):
                return True
    return False


def _list_operands(use: Use) -> Iterator[Any]:
    for place in list_places(Parts(use.rule.params, use.subject, use.rule.measures)):
        yield from list_operands(place.condition).values()
    for when in (*use.applies, *(verdict.when for verdict in use.rule.verdicts if verdict.when is not None)):
        yield from _list_tested(when)


def _list_tested(when: When) -> Iterator[Any]:
    for test in when.tests.values():
        yield from list_operands(test).values()
    for inner in (*when.any, *when.all, *when.none):
        yield from _list_tested(inner)
