"""Which audit speaks for a site in a month, and which sites a month has.

Of several audits of a month that came to their end, the one of the latest day speaks; of one day, the one added last.
It is a correction where it takes the place of another of the same day or the same collection. An audit that was
blocked, interrupted or failed never speaks; it tells why a month has no result.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.history.entries import Standing, State, Summary

MONTHS = 12


@dataclass(frozen=True)
class Slot:
    """A site in a month. `counted` speaks for it; `replaced` is what a correction took the place of.

    `failed` is the last audit that came to no result, where none counts. `is_other`: judged by other rules, or reckoned
    by another scoring model, than the result before it.
    """

    month: str
    counted: Summary | None
    replaced: Summary | None
    failed: Summary | None
    is_other: bool = False

    @property
    def state(self) -> str:
        """Return `done`, the state of the audit that failed, or `missing`."""
        if self.counted is not None:
            return State.DONE
        return "missing" if self.failed is None else self.failed.state


@dataclass(frozen=True)
class Course:
    """A site over twelve months, the oldest first; the last slot is the month of the scorecard."""

    site: str
    name: str
    slots: tuple[Slot, ...]

    @property
    def now(self) -> Slot:
        """Return the month of the scorecard."""
        return self.slots[-1]

    @property
    def before(self) -> Slot | None:
        """Return the latest earlier month with a result."""
        return next((slot for slot in reversed(self.slots[:-1]) if slot.counted is not None), None)

    @property
    def known(self) -> tuple[Slot, ...]:
        """Return the months from the first in which the site was audited."""
        first = next((number for number, slot in enumerate(self.slots) if slot.state != "missing"), 0)
        return self.slots[first:]

    @property
    def is_new(self) -> bool:
        """Tell whether this is the first month in which the site was audited."""
        return all(slot.state == "missing" for slot in self.slots[:-1])


def list_months(last: str, count: int = MONTHS) -> tuple[str, ...]:
    """Return `count` months up to `last`, the oldest first, as YYYY-MM."""
    year, month = int(last[:4]), int(last[5:])
    numbers = range(year * 12 + month - count, year * 12 + month)
    return tuple(f"{number // 12:04d}-{number % 12 + 1:02d}" for number in numbers)


def arrange_courses(summaries: Iterable[Summary], month: str) -> tuple[Course, ...]:
    """Return the sites that were audited within the twelve months, by name. `summaries` are in the order of adding."""
    months = list_months(month)
    by_site: dict[str, dict[str, list[Summary]]] = {}
    for summary in summaries:
        if months[0] <= summary.month <= months[-1]:
            by_site.setdefault(summary.site, {}).setdefault(summary.month, []).append(summary)
    courses = [
        Course(site, _find_name(found, months), tuple(_fill_slot(month, found.get(month, ())) for month in months))
        for site, found in by_site.items()
    ]
    return tuple(sorted(courses, key=lambda course: (course.name, course.site)))


def mark_rules(courses: Iterable[Course], standings: Mapping[int, Sequence[Standing]]) -> tuple[Course, ...]:
    """Return courses whose slots tell where the rules became other ones. `standings` by the number of the audit."""
    return tuple(replace(course, slots=tuple(_mark_slots(course.slots, standings))) for course in courses)


def _mark_slots(slots: Sequence[Slot], standings: Mapping[int, Sequence[Standing]]) -> Iterator[Slot]:
    before: tuple[Summary, frozenset[tuple[str, str]]] | None = None
    for slot in slots:
        if slot.counted is None:
            yield slot
            continue
        rules = frozenset((one.code, one.sha256) for one in standings.get(slot.counted.id, ()))
        models = {slot.counted.scoring, before[0].scoring} - {""} if before is not None else set()
        yield replace(slot, is_other=before is not None and (rules != before[1] or len(models) > 1))
        before = slot.counted, rules


def _find_name(found: dict[str, list[Summary]], months: Sequence[str]) -> str:
    """Return the name that the site last had; an audit without result may know its address alone."""
    listed = [one for month in months for one in found.get(month, ())]
    known = [one.name for one in listed if one.name != one.site]
    return known[-1] if known else listed[-1].site


def _fill_slot(month: str, audits: Sequence[Summary]) -> Slot:
    done = [one for one in audits if one.state is State.DONE]
    if not done:
        return Slot(month, None, None, audits[-1] if audits else None)
    counted = max(enumerate(done), key=lambda pair: (pair[1].as_of, pair[0]))[1]
    earlier = [one for one in done if one is not counted and _is_corrected(one, counted)]
    return Slot(month, counted, earlier[-1] if earlier else None, None)


def _is_corrected(earlier: Summary, later: Summary) -> bool:
    same_collection = bool(earlier.run) and (earlier.run, earlier.started_at) == (later.run, later.started_at)
    return same_collection or earlier.as_of == later.as_of
