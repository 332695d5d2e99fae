"""The second pass: the measures of every subject as engine facts, zeros included, and verdicts as engine rules.

A condition over measures becomes one pattern over one fact. Negation is pushed down to the single tests, where the
absence of a value is a flag of its own, so that the engine never has to judge what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from auditor.facts import FactBase
from auditor.rules.fields import NoValue, Plain, read_field
from auditor.rules.judgement import Measured, Use
from auditor.rules.matching import SIGNS, Firing, Job
from auditor.rules.operators import Surroundings, find_first_day, judge_value, list_operands
from auditor.rules.program import CompileError, Sign, find_constant
from auditor.rules.projection import Codes
from auditor.rules.schema import Span, When

_COMPLEMENTS: Mapping[Sign, Sign] = {"==": "!=", "!=": "==", ">=": "<", "<": ">=", ">": "<=", "<=": ">"}
_SIGNS: Mapping[str, Sign] = {
    "at_least": ">=",
    "more_than": ">",
    "at_most": "<=",
    "less_than": "<",
    "not_before": ">=",
    "not_after": "<=",
    "before": "<",
    "after": ">",
}


@dataclass(frozen=True)
class Leaf:
    """One test: of a measure's value, of the flag that it has one, or of the flag that a field is in some state."""

    form: Literal["value", "valued", "state"]
    path: str
    sign: Sign
    value: Plain
    state: str = ""


@dataclass(frozen=True)
class Group:
    """Conditions that must all hold, or any of them; nothing at all is always true, or never."""

    form: Literal["all", "any"]
    parts: tuple[Leaf | Group, ...] = ()


Condition = Leaf | Group
ALWAYS, NEVER = Group("all"), Group("any")


@dataclass(frozen=True)
class VerdictRules:
    """The conditions of one use: those that must hold for it to apply, and that of each verdict, in order."""

    applies: tuple[Condition, ...]
    verdicts: tuple[Condition, ...]


# ---- conditions ----------------------------------------------------------------------------------


def compile_verdicts(use: Use, around: Surroundings) -> VerdictRules:
    """Return the conditions of one use."""
    applies = [_compile_when(when, use, around) or ALWAYS for when in use.applies]
    verdicts = [
        ALWAYS if verdict.when is None else _compile_when(verdict.when, use, around) or ALWAYS
        for verdict in use.rule.verdicts
    ]
    return VerdictRules(tuple(applies), tuple(verdicts))


def _compile_when(when: When, use: Use, around: Surroundings) -> Condition | None:
    """Return a condition; None where nothing of it is left because its parameters are null."""
    parts = [_compile_test(path, test, use, around) for path, test in when.tests.items()]
    parts += [_compile_when(inner, use, around) for inner in when.all]
    for form, inners in (("any", when.any), ("none", when.none)):
        found = [one for inner in inners if (one := _compile_when(inner, use, around)) is not None]
        if found:
            either = Group("any", tuple(found))
            parts.append(either if form == "any" else negate(either))
    kept = tuple(part for part in parts if part is not None)
    return Group("all", kept) if kept else None


def negate(condition: Condition) -> Condition:
    """Return a condition that holds exactly where this one does not."""
    if isinstance(condition, Group):
        return Group("any" if condition.form == "all" else "all", tuple(map(negate, condition.parts)))
    if condition.form != "value":
        return Leaf(condition.form, condition.path, "==", not condition.value, condition.state)
    opposite = Leaf("value", condition.path, _COMPLEMENTS[condition.sign], condition.value)
    return Group("any", (Leaf("valued", condition.path, "==", False), opposite))


def _compile_test(path: str, test: Any, use: Use, around: Surroundings) -> Condition | None:
    if path.startswith("$"):
        return _decide_param(path, test, use, around)
    tail = path.partition(".")[2]
    if tail and tail not in ("with", "without", "lowest", "highest"):
        return Leaf("state", path, "==", True, str(test))
    if isinstance(test, str) and test in ("present", "absent"):
        return Leaf("valued", path, "==", test == "present")
    parts = []
    for operator, operand in list_operands(test).items():
        part = _compile_operator(path, operator, operand, use, around)
        if part is not None:
            parts.append(part)
    return Group("all", tuple(parts)) if parts else None


def _compile_operator(path: str, operator: str, operand: Any, use: Use, around: Surroundings) -> Condition | None:
    value = _find_operand(operand, use, around)
    if value is None:
        return None
    if operator in ("present", "absent"):
        return Leaf("valued", path, "==", operator == "present")
    if operator == "within":
        days = Leaf("value", path, ">=", value), Leaf("value", path, "<=", around.as_of)
        return Group("all", days)
    if operator == "in":
        return Group("any", tuple(Leaf("value", path, "==", one) for one in value))
    same = Leaf("value", path, "==", value)
    if operator in ("is", "is_not"):
        return same if operator == "is" else negate(same)
    if operator not in _SIGNS:
        raise CompileError(f"{path}: {operator}")
    return Leaf("value", path, _SIGNS[operator], value)


def _find_operand(operand: Any, use: Use, around: Surroundings) -> Any:
    """Return what stands behind an operator: a value, the first day of a span, None where it is left out."""
    if not isinstance(operand, Span):
        return find_constant(use, operand, around)
    given = {unit: find_constant(use, getattr(operand, unit), around) for unit in ("days", "months")}
    known = {unit: int(length) for unit, length in given.items() if length is not None}
    return find_first_day(Span(**known), around.as_of) if known else None


def _decide_param(path: str, test: Any, use: Use, around: Surroundings) -> Condition | None:
    """Decide a test of a parameter now: nothing of it waits for facts."""
    value = find_constant(use, path, around)
    known = NoValue.ABSENT if value is None else tuple(value) if isinstance(value, list) else value
    if isinstance(test, str) and test in ("present", "absent"):
        return ALWAYS if (known is NoValue.ABSENT) == (test == "absent") else NEVER
    answers = []
    for operator, operand in list_operands(test).items():
        argument = operand if isinstance(operand, Span) else find_constant(use, operand, around)
        if argument is not None:
            answers.append(judge_value(operator, known, argument, around))
    if not answers:
        return None
    return ALWAYS if all(answers) else NEVER


# ---- measures as facts ---------------------------------------------------------------------------


def list_leaves(condition: Condition) -> Iterator[Leaf]:
    """Yield the single tests of a condition."""
    if isinstance(condition, Leaf):
        yield condition
        return
    for part in condition.parts:
        yield from list_leaves(part)


def read_path(path: str, measures: Mapping[str, Measured]) -> Plain | None:
    """Return the value that a path means: a measure's, a number of items, or the value of an extreme group."""
    name, _, tail = path.partition(".")
    measured = measures[name]
    if not tail:
        return measured.value
    if tail in ("with", "without"):
        filled = sum(1 for chosen in (measured.items or {}).values() if chosen)
        return filled if tail == "with" else len(measured.items or {}) - filled
    values: list[Any] = [value for value in (measured.groups or {}).values() if value is not None]
    if not values:
        return None
    return min(values) if tail == "lowest" else max(values)  # type: ignore[no-any-return]


def read_state(path: str, state: str, measures: Mapping[str, Measured], facts: Sequence[FactBase]) -> bool:
    """Tell whether a field of any fact that a measure selected is in a state."""
    name, _, field = path.partition(".")
    values = (read_field(facts[position], field) for position in measures[name].facts)
    return any((value.value if isinstance(value, NoValue) else "present") == state for value in values)


@dataclass(frozen=True)
class Trial:
    """One subject of one use, with its measures."""

    use: Use
    rules: VerdictRules
    subject: int | None
    measures: Mapping[str, Measured]


@dataclass(frozen=True)
class VerdictJob:
    """A job and what is needed to read its firings: what each engine rule and each engine fact stands for."""

    job: Job
    rules: tuple[tuple[str, int], ...]
    trials: Mapping[int, int]


def build_verdict_job(trials: Sequence[Trial], facts: Sequence[FactBase]) -> VerdictJob:
    """Translate the verdict conditions of these trials, and their measures, for the engine."""
    uses = {trial.use.id: trial.rules for trial in trials}
    leaves = {name: _list_tested((*rules.applies, *rules.verdicts)) for name, rules in uses.items()}
    read = [_read_tested(leaves[trial.use.id], trial.measures, facts) for trial in trials]
    constants = [leaf.value for own in leaves.values() for leaf in own]
    codes = Codes([*constants, *(value for values in read for value in values.values())])
    numbers = {name: number for number, name in enumerate(uses, 1)}
    engine_rules: list[list[dict[str, Any]]] = []
    meanings: list[tuple[str, int]] = []
    for name, rules in uses.items():
        # Negative numbers are the conditions under which the rule applies, counted from -1.
        every = [*((-1 - at, one) for at, one in enumerate(rules.applies)), *enumerate(rules.verdicts)]
        for meaning, condition in every:
            tests = _write_condition(condition, leaves[name], codes)
            if tests is not None:
                engine_rules.append([{"m": {"$and": [{"rel": numbers[name]}, {"fact": 1}, *tests]}}])
                meanings.append((name, meaning))
    engine_facts = []
    for number, (trial, values) in enumerate(zip(trials, read, strict=True), 1):
        columns = {column: codes.encode(value) for column, value in values.items() if value is not None}
        engine_facts.append({"id": number, "fact": 1, "rel": numbers[trial.use.id], **columns})
    job = Job(tuple(engine_rules), tuple(engine_facts))
    return VerdictJob(job, tuple(meanings), {number: number - 1 for number in range(1, len(trials) + 1)})


def _list_tested(conditions: Iterable[Condition]) -> tuple[Leaf, ...]:
    return tuple(dict.fromkeys(leaf for condition in conditions for leaf in list_leaves(condition)))


def _name_column(leaf: Leaf, tested: Sequence[Leaf]) -> str:
    keys = list(dict.fromkeys((one.form, one.path, one.state) for one in tested))
    return f"c{keys.index((leaf.form, leaf.path, leaf.state))}"


def _read_tested(
    tested: Sequence[Leaf], measures: Mapping[str, Measured], facts: Sequence[FactBase]
) -> dict[str, Plain | None]:
    values: dict[str, Plain | None] = {}
    for leaf in tested:
        column = _name_column(leaf, tested)
        if leaf.form == "state":
            values[column] = read_state(leaf.path, leaf.state, measures, facts)
        else:
            value = read_path(leaf.path, measures)
            values[column] = value if leaf.form == "value" else value is not None
    return values


def _write_condition(condition: Condition, tested: Sequence[Leaf], codes: Codes) -> list[dict[str, Any]] | None:
    """Return the tests that stand for a condition; none for one that always holds, None for one that never does."""
    if isinstance(condition, Leaf):
        column, value = _name_column(condition, tested), codes.encode(condition.value)
        return [{column: value} if condition.sign == "==" else {SIGNS[condition.sign]: {column: value}}]
    written = [_write_condition(part, tested, codes) for part in condition.parts]
    if condition.form == "all":
        return None if None in written else [test for tests in written for test in tests or ()]
    possible = [tests for tests in written if tests is not None]
    if not possible:
        return None
    if any(not tests for tests in possible):
        return []
    either = [tests[0] if len(tests) == 1 else {"$and": tests} for tests in possible]
    return either if len(either) == 1 else [{"$or": either}]


def read_verdicts(job: VerdictJob, trials: Sequence[Trial], firings: Iterable[Firing]) -> list[int | None]:
    """Return the verdict of each trial: the first in order that held; None where the rule does not apply.

    Raises LookupError where no verdict held: the census.
    """
    held: list[set[int]] = [set() for _ in trials]
    for number, named in firings:
        held[job.trials[named["m"]]].add(job.rules[number][1])
    return [_choose(trial, found) for trial, found in zip(trials, held, strict=True)]


def _choose(trial: Trial, held: set[int]) -> int | None:
    if not all(-1 - at in held for at in range(len(trial.rules.applies))):
        return None
    verdicts = [index for index in held if index >= 0]
    if not verdicts:
        raise LookupError(f"{trial.use.id}: no verdict")
    return choose_first(verdicts)


def choose_first(verdicts: Sequence[int]) -> int:
    """Return the verdict that stands first in the rule."""
    return min(verdicts)
