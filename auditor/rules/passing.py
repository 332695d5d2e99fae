"""When a rule passes, in words: the conditions of its verdicts with the titles of its measures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.messages import Messages
from auditor.model.outcomes import Degree, Outcome, Text
from auditor.rules.operators import UNITS, list_operands
from auditor.rules.schema import Bilingual, Cadence, Count, Distinct, Rule, Search, Span, When
from auditor.rules.scopes import is_reference

_TAILS = ("with", "without", "lowest", "highest")


def list_passing(rule: Rule, params: Mapping[str, object], messages: Messages) -> Iterator[str]:
    """Yield what must hold for each verdict that is a pass; a parameter without a value is called by its name."""
    for place, verdict in enumerate(rule.verdicts):
        if verdict.outcome is not Outcome.PASSED:
            continue
        if verdict.when is None:
            yield messages.say("rules.passes_else" if place else "rules.passes_always")
            continue
        said = _say_when(verdict.when, rule, params, messages)
        if any(one.outcome is not Outcome.PASSED for one in rule.verdicts[:place]):
            said = messages.say("rules.passes_unless", condition=said)
        tolerated = verdict.degree is Degree.TOLERATED
        yield (
            messages.say("rules.verdict", outcome=messages.say("words.degree_tolerated"), reason=said)
            if tolerated
            else said
        )


def _say_when(when: When, rule: Rule, params: Mapping[str, object], messages: Messages) -> str:
    parts = [_say_test(path, test, rule, params, messages) for path, test in when.tests.items()]
    parts += [_say_when(inner, rule, params, messages) for inner in when.all]
    for key, inners in (("any", when.any), ("none", when.none)):
        if inners:
            said = messages.say("rules.passes_or").join(_say_when(one, rule, params, messages) for one in inners)
            parts.append(messages.say(f"rules.passes_{key}", conditions=said))
    return messages.say("rules.passes_and").join(parts)


def _say_test(path: str, test: Any, rule: Rule, params: Mapping[str, object], messages: Messages) -> str:
    operators = (_say_operator(name, operand, params, messages) for name, operand in list_operands(test).items())
    said = _say_state(test, messages) or messages.say("rules.passes_and").join(operators)
    if path.startswith("$"):
        return messages.say("rules.passes_test", measure=messages.say("rules.passes_param", name=path[1:]), test=said)
    name, _, tail = path.partition(".")
    title = rule.measures[name].title
    shown = messages.say("rules.passes_measure", title=name if title is None else _pick(title, messages))
    if tail in _TAILS:
        shown = messages.say(f"rules.passes_{tail}", measure=shown)
    elif tail:
        return messages.say("rules.passes_state", measure=shown, field=tail, state=said)
    if test == 0 and isinstance(rule.measures[name], Count | Distinct | Search | Cadence):
        return messages.say("rules.passes_zero", measure=shown)
    return messages.say("rules.passes_test", measure=shown, test=said)


def _pick(title: Bilingual, messages: Messages) -> str:
    return messages.pick(Text(zh=title.zh, en=title.en))


def _say_state(test: Any, messages: Messages) -> str:
    return messages.say(f"rules.passes_{test}") if test in ("present", "absent", "unreadable") else ""


def _say_operator(name: str, operand: Any, params: Mapping[str, object], messages: Messages) -> str:
    if isinstance(operand, Span):
        unit = next(unit for unit in UNITS if getattr(operand, unit) is not None)
        return messages.say(f"rules.passes_within_{unit}", value=_say_value(getattr(operand, unit), params, messages))
    if name in ("present", "absent", "unreadable"):
        return messages.say(f"rules.passes_{name}")
    return messages.say(f"rules.passes_{name}", value=_say_value(operand, params, messages))


def _say_value(operand: Any, params: Mapping[str, object], messages: Messages) -> str:
    if is_reference(operand):
        head, _, tail = operand[1:].partition(".")
        value: Any = params.get(head)
        value = value.get(tail) if tail and isinstance(value, Mapping) else value
        return (
            messages.say("rules.passes_param", name=operand[1:]) if value is None else _say_value(value, {}, messages)
        )
    if isinstance(operand, bool):
        return messages.say("rules.passes_yes" if operand else "rules.passes_no")
    return ", ".join(map(str, operand)) if isinstance(operand, list | tuple) else str(operand)
