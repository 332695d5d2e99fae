"""Facts and bound rules judged by the engine: compile, match, measure, judge."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from auditor.facts import FactBase
from auditor.rules.fields import find_kind
from auditor.rules.judgement import Judgement, Judgements, Use
from auditor.rules.matching import Matches, build_job, read_firings
from auditor.rules.measures import Findings, measure_use
from auditor.rules.operators import Surroundings
from auditor.rules.program import SUBJECT, MatchRule, Tag, compile_use
from auditor.rules.scopes import find_subject
from auditor.rules.verdicts import Trial, build_verdict_job, compile_verdicts, read_verdicts
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
        trials = _try_uses(uses, Findings(facts, matches, around), faults)
        verdicts = _judge(trials, facts, worker, faults)
    judged = [
        Judgement(trial.use.id, trial.subject, verdicts[trial.use.id][index], trial.measures)
        for own in trials.values()
        for index, trial in enumerate(own)
        if trial.use.id not in faults
    ]
    return Judgements(tuple(judged), faults)


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
    rules.sort(key=lambda rule: [(pattern.kind, pattern.alias) for pattern in rule.patterns])
    kinds = [find_kind(fact) for fact in facts]

    def run(part: Sequence[MatchRule]) -> Matches:
        job = build_job(part, facts, kinds, around)
        return read_firings(job, worker.run(job.job))

    parts = [rules[start : start + MOST_RULES] for start in range(0, len(rules), MOST_RULES)]
    matches: Matches = {}
    for found in _run_parts(parts, lambda rule: rule.tag.use, run, faults):
        for tag, by_subject in found.items():
            for subject, positions in by_subject.items():
                matches.setdefault(tag, {}).setdefault(subject, set()).update(positions)
    return matches


def _run_parts(
    parts: Sequence[Sequence[_Item]],
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
            rules = compile_verdicts(use, found.around)
            trials[use.id] = [
                Trial(use, rules, subject, measure_use(use, subject, found)) for subject in _list_subjects(use, found)
            ]
        except Exception as error:  # noqa: BLE001 - as above
            faults[use.id] = _describe(error)
    return trials


def _list_subjects(use: Use, found: Findings) -> list[int | None]:
    if find_subject(use.subject)[0] is None:
        return [None]
    chosen = found.matches.get(Tag(use.id, "", SUBJECT), {})
    return sorted(subject for subject in chosen if subject is not None)  # type: ignore[return-value]


def _judge(
    trials: Mapping[str, Sequence[Trial]], facts: Sequence[FactBase], worker: EngineWorker, faults: Faults
) -> dict[str, list[int | None]]:
    """Run the second pass and return the verdicts of each use, in the order of its subjects."""

    def run(part: Sequence[Sequence[Trial]]) -> dict[str, list[int | None]]:
        every = [trial for own in part for trial in own]
        job = build_verdict_job(every, facts)
        verdicts = read_verdicts(job, every, worker.run(job.job))
        found: dict[str, list[int | None]] = {}
        for trial, verdict in zip(every, verdicts, strict=True):
            found.setdefault(trial.use.id, []).append(verdict)
        return found

    parts = _group_trials([own for own in trials.values() if own])
    merged: dict[str, list[int | None]] = {}
    for found in _run_parts(parts, lambda own: own[0].use.id, run, faults):
        merged.update(found)
    return merged


def _group_trials(groups: Sequence[Sequence[Trial]]) -> list[list[Sequence[Trial]]]:
    """Return the uses in parts of at most so many engine rules, at least one use in each."""
    parts: list[list[Sequence[Trial]]] = []
    size = MOST_RULES
    for own in groups:
        rules = len(own[0].rules.verdicts) + len(own[0].rules.applies)
        if size + rules > MOST_RULES:
            parts.append([])
            size = 0
        parts[-1].append(own)
        size += rules
    return parts
