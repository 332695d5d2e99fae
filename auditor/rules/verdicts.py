"""The second pass: the measures of every subject as engine facts, zeros included, and verdicts as engine rules.

A condition over measures becomes patterns over one fact. Negation is pushed down to the single tests, where the
absence of a value is a flag of its own, so that the engine never has to judge what is not there. Alternatives become
rules of their own: the engine multiplies nested ones out, and refuses a rule where they grow many.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, product
from math import prod
from typing import Any, Literal, NamedTuple

from auditor.facts import FactBase
from auditor.rules.fields import NoValue, Plain, read_field
from auditor.rules.judgement import Measured, Use
from auditor.rules.matching import SIGNS, Firing, Job
from auditor.rules.operators import UNITS, Surroundings, find_first_day, judge_value, list_operands
from auditor.rules.program import CompileError, Sign, find_constant
from auditor.rules.projection import Scale
from auditor.rules.schema import Cadence, Count, Distinct, Search, Span, When

MOST_ALTERNATIVES = 200
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
    """One test: of a measure's value, of the flag that it has one, or of the flag that a field is in some state.

    `certain`: the measure always has a value, as counts do.
    """

    form: Literal["value", "valued", "state"]
    path: str
    sign: Sign
    value: Plain
    state: str = ""
    certain: bool = False


@dataclass(frozen=True)
class Group:
    """Conditions that must all hold, or any of them; nothing at all is always true, or never."""

    form: Literal["all", "any"]
    parts: tuple[Leaf | Group, ...] = ()


Condition = Leaf | Group
_Column = tuple[str, str, str]
"""What a test looks at: its form, path and state."""
_MARK = "fact"
"""A field that is 1 in every fact of a job."""
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
    opposite = replace(condition, sign=_COMPLEMENTS[condition.sign])
    if condition.certain:
        return opposite
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
    same = Leaf("value", path, "==", value, certain=_has_always_value(path, use))
    if operator == "within":
        return Group("all", (replace(same, sign=">="), replace(same, sign="<=", value=around.as_of)))
    if operator == "in":
        return Group("any", tuple(replace(same, value=one) for one in value))
    if operator in ("is", "is_not"):
        return same if operator == "is" else negate(same)
    if operator not in _SIGNS:
        raise CompileError(f"{path}: {operator}")
    return replace(same, sign=_SIGNS[operator])


def _has_always_value(path: str, use: Use) -> bool:
    name, _, tail = path.partition(".")
    measure = use.rule.measures[name]
    if tail in ("lowest", "highest"):
        return False
    has_items = getattr(measure, "each", None) is not None
    return bool(tail) or isinstance(measure, Cadence | Count | Distinct | Search) or has_items


def _find_operand(operand: Any, use: Use, around: Surroundings) -> Any:
    """Return what stands behind an operator: a value, the first day of a span, None where it is left out."""
    if not isinstance(operand, Span):
        return find_constant(use, operand, around)
    given = {unit: find_constant(use, getattr(operand, unit), around) for unit in UNITS}
    known = {unit: int(length) for unit, length in given.items() if length is not None}
    return find_first_day(Span(**known), around) if known else None


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


# ---- alternatives --------------------------------------------------------------------------------


class VerdictRule(NamedTuple):
    """One engine rule of a use: where all its tests hold, so does the condition with that number.

    Numbers from 0 are verdicts; -1, -2, ... the conditions under which the rule applies.
    """

    use: str
    meaning: int
    tests: tuple[Leaf, ...]


def list_rules(use: str, rules: VerdictRules) -> Iterator[VerdictRule]:
    """Yield the engine rules of one use. Raises CompileError where a condition has too many alternatives."""
    numbered = [*((-1 - at, one) for at, one in enumerate(rules.applies)), *enumerate(rules.verdicts)]
    for meaning, condition in numbered:
        for tests in expand_condition(condition):
            yield VerdictRule(use, meaning, tests)


def expand_condition(condition: Condition) -> list[tuple[Leaf, ...]]:
    """Return the alternatives of a condition, each a list of tests that must all hold."""
    if isinstance(condition, Leaf):
        return [(condition,)]
    parts = [expand_condition(part) for part in condition.parts]
    if condition.form == "any":
        found = [tests for part in parts for tests in part]
    else:
        if prod(map(len, parts)) > MOST_ALTERNATIVES:
            raise CompileError(f"more than {MOST_ALTERNATIVES} alternatives")
        found = [tuple(dict.fromkeys(chain.from_iterable(chosen))) for chosen in product(*parts)]
    return list({frozenset(tests): tests for tests in found}.values())


# ---- measures as facts ---------------------------------------------------------------------------


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


def read_leaf(leaf: Leaf, measures: Mapping[str, Measured], facts: Sequence[FactBase]) -> Plain | None:
    """Return the value that a test looks at."""
    if leaf.form == "state":
        return read_state(leaf.path, leaf.state, measures, facts)
    value = read_path(leaf.path, measures)
    return value if leaf.form == "value" else value is not None


@dataclass(frozen=True)
class Trial:
    """One subject of one use, with its measures."""

    use: Use
    subject: int | None
    measures: Mapping[str, Measured]


@dataclass(frozen=True)
class VerdictJob:
    """A job and what is needed to read its firings: the rules by number, and the trials behind each engine fact."""

    job: Job
    rules: tuple[VerdictRule, ...]
    trials: Mapping[int, Sequence[Trial]]


def build_verdict_job(
    rules: Sequence[VerdictRule], trials: Mapping[str, Sequence[Trial]], facts: Sequence[FactBase]
) -> VerdictJob:
    """Translate verdict rules, and the measures that they look at, for the engine; alike trials become one fact."""
    columns: dict[str, dict[_Column, list[Plain]]] = {}
    leaves: dict[_Column, Leaf] = {}
    for rule in rules:
        own = columns.setdefault(rule.use, {})
        for leaf in rule.tests:
            own.setdefault(_name_column(leaf), []).append(leaf.value)
            leaves[_name_column(leaf)] = leaf
    scales = {name: {column: Scale(values) for column, values in own.items()} for name, own in columns.items()}
    alike: dict[tuple[str, tuple[int | None, ...]], list[Trial]] = {}
    for name, own_scales in scales.items():
        for trial in trials[name]:
            read = ((read_leaf(leaves[one], trial.measures, facts), scale) for one, scale in own_scales.items())
            codes = tuple(None if value is None else scale.encode(value) for value, scale in read)
            alike.setdefault((name, codes), []).append(trial)
    relations = {name: number for number, name in enumerate(columns, 1)}
    engine_facts = tuple(
        {"id": number, _MARK: 1, "rel": relations[name], **_name_codes(codes)}
        for number, (name, codes) in enumerate(alike, 1)
    )
    patterns = tuple(_write_rule(rule, relations[rule.use], scales[rule.use]) for rule in rules)
    return VerdictJob(Job(patterns, engine_facts), tuple(rules), dict(enumerate(alike.values(), 1)))


def _name_column(leaf: Leaf) -> _Column:
    return leaf.form, leaf.path, leaf.state


def _name_codes(codes: Sequence[int | None]) -> dict[str, int]:
    return {f"c{index}": code for index, code in enumerate(codes) if code is not None}


def _write_rule(rule: VerdictRule, relation: int, scales: Mapping[_Column, Scale]) -> list[dict[str, Any]]:
    tests: list[dict[str, Any]] = [{"rel": relation}, {_MARK: 1}]
    places = {column: f"c{index}" for index, column in enumerate(scales)}
    for leaf in rule.tests:
        column, value = places[_name_column(leaf)], scales[_name_column(leaf)].encode(leaf.value)
        tests.append({column: value} if leaf.sign == "==" else {SIGNS[leaf.sign]: {column: value}})
    return [{"m": {"$and": tests}}]


def read_verdicts(job: VerdictJob, firings: Iterable[Firing]) -> Iterator[tuple[str, int | None, int]]:
    """Yield use, subject and number of each condition that held."""
    for number, named in firings:
        for trial in job.trials[named["m"]]:
            yield trial.use.id, trial.subject, job.rules[number].meaning


def choose_verdict(use: Use, held: Collection[int]) -> int | None:
    """Return the first verdict in order that held; None where the rule does not apply.

    Raises LookupError where none held: the census.
    """
    if not all(-1 - at in held for at in range(len(use.applies))):
        return None
    verdicts = [meaning for meaning in held if meaning >= 0]
    if not verdicts:
        raise LookupError(f"{use.id}: no verdict")
    return min(verdicts)
