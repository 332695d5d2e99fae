"""What is shown for a verdict: the facts behind the measures that decided it, as evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from auditor.facts import Coverage, FactBase
from auditor.model.attempts import Part
from auditor.model.evidence import CoverageEvidence, Evidence, ListEvidence, ListItem
from auditor.model.outcomes import Value
from auditor.rules.fields import NoValue, Plain, find_kind, read_field
from auditor.rules.judgement import Judgement, Measured, Use
from auditor.rules.schema import Selecting, Share, Verdict, When
from auditor.rules.scopes import find_selection

MOST_SHOWN = 20
"""Pieces of evidence for one measure; its value says how many there are."""
MOST_LISTED = 500
"""Entries of one side of a list."""
_TITLES = ("title", "name", "text", "host")
_ADDRESSES = ("url", "target")
_NOTES = ("published_on", "updated_on", "state", "identity")


class Named(Protocol):
    """Something with a Chinese name."""

    @property
    def zh(self) -> str:
        """Return the Chinese name."""


@dataclass(frozen=True)
class Exhibits:
    """What evidence is drawn from. `names` gives the words for items that are concepts; `site` is the target's id."""

    facts: Sequence[FactBase]
    names: Mapping[str, Named]
    site: str

    @cached_property
    def coverage(self) -> tuple[Coverage, ...]:
        """Return the statements of coverage among the facts."""
        return tuple(fact for fact in self.facts if isinstance(fact, Coverage))


def gather_evidence(use: Use, judgement: Judgement, verdict: Verdict, exhibits: Exhibits) -> tuple[Evidence, ...]:
    """Return the evidence for a verdict, never nothing.

    The measures that its condition or its `show` names: shares and lists with both sides, else the evidence of the
    facts; where a condition asks for the state of a field, of the facts in that state.
    """
    found: list[Evidence] = []
    for path, test in _list_paths(verdict):
        name, _, tail = path.partition(".")
        chosen = _choose_facts(judgement.measures[name], tail, test, exhibits)
        found += _show_measure(use, name, judgement, chosen, exhibits)
    return tuple(dict.fromkeys(found)) or show_coverage(exhibits)


def show_coverage(exhibits: Exhibits, part: Part | None = None) -> tuple[Evidence, ...]:
    """Return what was looked through, or one part of it; that nothing was, if so."""
    found = [fact for fact in exhibits.coverage if part in (None, fact.part)]
    covered = sorted(found, key=lambda fact: (fact.of is not None, fact.complete))
    shown = tuple(describe_coverage(fact) for fact in covered[:MOST_SHOWN])
    nothing = CoverageEvidence(exhibits.site, part or Part.SITE, None, 0, 0, 0, 0, 0, complete=False)
    return shown or (nothing,)


def list_values(judgement: Judgement) -> dict[str, Value]:
    """Return the values of all measures; of an `each` also the items with and without facts, of a `per` the groups."""
    values: dict[str, Value] = {}
    for name, measured in judgement.measures.items():
        values[name] = _write_plain(measured.value)
        if measured.items is not None:
            for key, wanted in (("with", True), ("without", False)):
                items = (item for item, chosen in measured.items.items() if bool(chosen) is wanted)
                values[f"{name}.{key}"] = tuple(map(_write_plain, items))
        if measured.groups is not None:
            values[f"{name}.groups"] = {key: _write_plain(value) for key, value in measured.groups.items()}
    return values


def describe_fact(fact: FactBase) -> ListItem:
    """Return a fact as an entry of a list: its key, the words shown for it, its address, a date or state."""
    title = next((text for name in _TITLES if (text := getattr(fact, name, None))), fact.key)
    address = next((text for name in _ADDRESSES if (text := getattr(fact, name, None))), None)
    note = next((text for name in _NOTES if (text := getattr(fact, name, None))), None)
    return ListItem(fact.key, str(title), address, None if note is None else str(note))


def _write_plain(value: Plain | None) -> str | int | float | bool | None:
    return value.isoformat() if isinstance(value, date) else value


def _list_paths(verdict: Verdict) -> Iterator[tuple[str, object]]:
    """Yield the measure paths that a verdict rests on or shows, with the test of each."""
    if verdict.when is not None:
        yield from _list_tests(verdict.when)
    for name in verdict.show:
        yield name, None


def _list_tests(when: When) -> Iterator[tuple[str, object]]:
    for path, test in when.tests.items():
        if not path.startswith("$"):
            yield path, test
    for inner in (*when.any, *when.all, *when.none):
        yield from _list_tests(inner)


def _choose_facts(measured: Measured, tail: str, test: object, exhibits: Exhibits) -> tuple[int, ...]:
    """Return the facts of a measure; of a test of a field's state, those in that state."""
    if tail in ("", "with", "without", "lowest", "highest"):
        return measured.facts
    return tuple(position for position in measured.facts if _state(exhibits.facts[position], tail) == test)


def _state(fact: FactBase, field: str) -> str:
    value = read_field(fact, field)
    return value.value if isinstance(value, NoValue) else "present"


def _show_measure(
    use: Use, name: str, judgement: Judgement, chosen: Sequence[int], exhibits: Exhibits
) -> Iterable[Evidence]:
    measure, measured = use.rule.measures[name], judgement.measures[name]
    if isinstance(measure, Share):
        part, whole = (judgement.measures[one].facts for one in (measure.share.of, measure.share.over))
        parts = frozenset(part)
        rest = [position for position in whole if position not in parts]
        return [ListEvidence(name, _list_facts(part, exhibits), _list_facts(rest, exhibits))]
    kind = (find_selection(measure) or ("", None))[0]
    if isinstance(measure, Selecting) and measured.items is not None and kind != "coverage":
        return [_list_items(name, measured.items, exhibits)]
    return show_facts(chosen, exhibits)


def _list_facts(positions: Iterable[int], exhibits: Exhibits) -> tuple[ListItem, ...]:
    return tuple(describe_fact(exhibits.facts[position]) for position in list(positions)[:MOST_LISTED])


def _list_items(name: str, items: Mapping[Plain, tuple[int, ...]], exhibits: Exhibits) -> ListEvidence:
    numerator, rest = [], []
    for item, chosen in items.items():
        known = exhibits.names.get(str(item))
        title = known.zh if known is not None else str(_write_plain(item))
        if chosen:
            first = describe_fact(exhibits.facts[chosen[0]])
            numerator.append(ListItem(str(item), title, first.url, first.title))
        else:
            rest.append(ListItem(str(item), title))
    return ListEvidence(name, tuple(numerator[:MOST_LISTED]), tuple(rest[:MOST_LISTED]))


def show_facts(positions: Iterable[int], exhibits: Exhibits) -> tuple[Evidence, ...]:
    """Return the evidence of facts, each piece once, a bounded number."""
    shown: list[Evidence] = []
    for position in positions:
        fact = exhibits.facts[position]
        shown += [describe_coverage(fact)] if isinstance(fact, Coverage) else fact.evidence
    return tuple(dict.fromkeys(shown))[:MOST_SHOWN]


def describe_coverage(fact: Coverage) -> CoverageEvidence:
    """Return a coverage fact as evidence."""
    return CoverageEvidence(
        host=fact.host,
        part=fact.part,
        of=fact.of,
        discovered=fact.discovered,
        fetched=fact.fetched,
        failed=fact.failed,
        blocked=fact.blocked,
        skipped=fact.skipped,
        complete=fact.complete,
        name=fact.name,
    )


def sort_facts(facts: Iterable[FactBase]) -> tuple[FactBase, ...]:
    """Return facts in an order that does not depend on the one they came in: by kind, key, and all that they say."""
    by_key: dict[tuple[str, str], list[FactBase]] = {}
    for fact in facts:
        by_key.setdefault((find_kind(fact), fact.key), []).append(fact)
    ordered: list[FactBase] = []
    for key in sorted(by_key):
        alike = by_key[key]
        ordered += alike if len(alike) == 1 else sorted(alike, key=lambda fact: fact.model_dump_json())
    return tuple(ordered)
