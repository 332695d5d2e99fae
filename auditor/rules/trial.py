"""Facts and bound rules judged by the engine: compile, match, measure, judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from auditor.facts import FactBase
from auditor.rules.judgement import Judgement, Judgements, Use
from auditor.rules.matching import Matches, Shape, add_match, build_job, find_shape, read_firings
from auditor.rules.measures import Findings, measure_use
from auditor.rules.operators import Surroundings
from auditor.rules.program import SUBJECT, MatchRule, Pattern, Tag, compile_use
from auditor.rules.projection import FactTable
from auditor.rules.scopes import find_subject
from auditor.rules.verdicts import (
    Trial,
    VerdictRule,
    build_verdict_job,
    choose_verdict,
    compile_verdicts,
    list_rules,
    read_verdicts,
)
from auditor.rules.worker import EngineWorker

MOST_RULES = 40
"""Engine rules in one job: a fact that satisfies more than 64 with different tests is an error of the engine."""

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")
Faults = dict[str, str]


def judge_by_engine(
    uses: Sequence[Use],
    facts: Sequence[FactBase],
    around: Surroundings,
    make_worker: Callable[[], EngineWorker] = EngineWorker,
) -> Judgements:
    """Judge every use over its subjects. A use that fails is a fault of that use alone."""
    faults: Faults = {}
    with make_worker() as worker:
        matches = _match(uses, facts, around, worker, faults)
        found = Findings(facts, matches, around)
        trials = _try_uses(uses, found, faults)
        judged = tuple(_judge(trials, found, worker, faults))
    return Judgements(judged, faults)


def _describe(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _match(
    uses: Sequence[Use], facts: Sequence[FactBase], around: Surroundings, worker: EngineWorker, faults: Faults
) -> Matches:
    """Run the first pass and return what every tag matched."""
    rules: list[MatchRule] = []
    for use in uses:
        try:
            rules += compile_use(use, around)
        except Exception as error:  # noqa: BLE001 - a rule that cannot be compiled is a fault of that rule alone
            faults[use.id] = _describe(error)
    table = FactTable(facts, around)

    def run(part: Sequence[MatchRule]) -> Matches:
        job = build_job(part, table)
        return read_firings(job, worker.run(job.job))

    matches: Matches = {}
    for found in _run_parts(_group(rules), lambda rule: rule.tag.use, run, faults):
        for tag, by_subject in found.items():
            add_match(matches, tag, by_subject)
    return matches


def _group(rules: Iterable[MatchRule]) -> Iterator[Sequence[MatchRule]]:
    """Yield the rules of each job: those that join alike beside one another, those that say the same together."""
    by_shape: dict[Shape, dict[tuple[Pattern, ...], list[MatchRule]]] = {}
    for rule in rules:
        by_shape.setdefault(find_shape(rule), {}).setdefault(rule.patterns, []).append(rule)
    ordered = sorted(by_shape, key=lambda shape: [(pattern.kind, pattern.alias) for pattern in shape])
    for part in _split([alike for shape in ordered for alike in by_shape[shape].values()]):
        yield [rule for alike in part for rule in alike]


def _run_parts(
    parts: Iterable[Sequence[_Item]],
    name_use: Callable[[_Item], str],
    run: Callable[[Sequence[_Item]], _Found],
    faults: Faults,
) -> Iterator[_Found]:
    """Run each part as one job; where a job fails, each of its uses alone, so that only the culprit is lost."""
    for part in parts:
        names = list(dict.fromkeys(map(name_use, part)))
        try:
            yield run(part)
        except Exception as error:  # noqa: BLE001 - the engine died, refused, or a condition raised
            if len(names) == 1:
                faults[names[0]] = _describe(error)
                continue
            alone = [[item for item in part if name_use(item) == name] for name in names]
            yield from _run_parts(alone, name_use, run, faults)


def _try_uses(uses: Sequence[Use], found: Findings, faults: Faults) -> dict[str, list[Trial]]:
    """Return the subjects of each use with their measures."""
    trials: dict[str, list[Trial]] = {}
    for use in uses:
        if use.id in faults:
            continue
        try:
            subjects = _list_subjects(use, found)
            trials[use.id] = [Trial(use, subject, measure_use(use, subject, found)) for subject in subjects]
        except Exception as error:  # noqa: BLE001 - as above
            faults[use.id] = _describe(error)
    return trials


def _list_subjects(use: Use, found: Findings) -> list[int | None]:
    if find_subject(use.subject)[0] is None:
        return [None]
    chosen = found.matches.get(Tag(use.id, "", SUBJECT), {})
    return sorted(subject for subject in chosen if subject is not None)  # type: ignore[return-value]


def _judge(
    trials: Mapping[str, Sequence[Trial]], found: Findings, worker: EngineWorker, faults: Faults
) -> Iterator[Judgement]:
    """Run the second pass and yield the judgements."""
    rules: list[VerdictRule] = []
    for name, own in trials.items():
        try:
            rules += list_rules(name, compile_verdicts(own[0].use, found.around)) if own else ()
        except Exception as error:  # noqa: BLE001 - as above
            faults[name] = _describe(error)

    def run(part: Sequence[VerdictRule]) -> list[tuple[str, int | None, int]]:
        job = build_verdict_job(part, trials, found.facts)
        return list(read_verdicts(job, worker.run(job.job)))

    held: dict[tuple[str, int | None], set[int]] = {}
    for pairs in _run_parts(_split(rules), lambda rule: rule.use, run, faults):
        for name, subject, meaning in pairs:
            held.setdefault((name, subject), set()).add(meaning)
    for name, own in trials.items():
        if name in faults:
            continue
        try:
            chosen = [choose_verdict(trial.use, held.get((name, trial.subject), set())) for trial in own]
        except LookupError as error:
            faults[name] = _describe(error)
            continue
        for trial, verdict in zip(own, chosen, strict=True):
            yield Judgement(name, trial.subject, verdict, trial.measures)


def _split(rules: Sequence[_Item]) -> list[Sequence[_Item]]:
    return [rules[start : start + MOST_RULES] for start in range(0, len(rules), MOST_RULES)]
