"""The texts of rules and clauses as results, reports and people read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from auditor.errors import InputError
from auditor.messages import Language, Messages, load_messages
from auditor.model.outcomes import Degree, Text
from auditor.model.results import ClauseText, RulesetStamp, RuleText
from auditor.rules.cases import complete_params
from auditor.rules.passing import list_passing
from auditor.rules.schema import Bilingual, Clause, Param, Rule, Standard, Verdict
from auditor.rules.scopes import find_selection, find_subject

Explanation = tuple[tuple[str, str], ...]


def make_text(text: Bilingual) -> Text:
    """Return a text of a rule file as the result holds it."""
    return Text(zh=text.zh, en=text.en)


def describe_rule(rule: Rule) -> RuleText:
    """Return the texts of a rule."""
    return RuleText(
        title=make_text(rule.title),
        failure=make_text(rule.failure),
        why=make_text(rule.why),
        assumes=make_text(rule.assumes) if rule.assumes else None,
        remedy=make_text(rule.remedy),
        reasons={name: make_text(text) for name, text in rule.reasons.items()},
        measures={name: make_text(one.title) for name, one in rule.measures.items() if one.title is not None},
    )


def describe_clause(standard: Standard, clause: Clause, rules: Mapping[str, Rule]) -> ClauseText:
    """Return the texts and the standing of a clause."""
    rule = rules.get(clause.rule or "") if clause.status == "written" else None
    return ClauseText(
        ruleset=standard.code,
        number=clause.clause,
        title=make_text(clause.title),
        asks=make_text(clause.asks),
        class_=clause.class_,
        units=clause.units,
        check=clause.check,
        rule=clause.rule if clause.status == "written" else None,
        planned=clause.status == "planned",
        request=make_text(clause.evidence) if clause.evidence else None,
        preview=standard.status == "preview" or (rule is not None and rule.status == "preview"),
        rollup=clause.rollup,
    )


def stamp_standard(standard: Standard, sha256: str) -> RulesetStamp:
    """Return what a result says of a standard that was used."""
    return RulesetStamp(
        title=make_text(standard.title), version=standard.version, sha256=sha256, issuer=standard.issuer.zh
    )


# ---- explanations --------------------------------------------------------------------------------


def explain_name(
    name: str, rules: Mapping[str, Rule], standards: Sequence[Standard], language: Language
) -> Explanation:
    """Return heading keys and texts that explain a rule or clause. Raises InputError for an unknown name."""
    messages = load_messages(language)
    clauses = {clause.id: clause for standard in standards for clause in standard.clauses}
    if name in rules:
        return tuple(_explain_rule(rules[name], messages))
    if name in clauses:
        return tuple(_explain_clause(clauses[name], rules, messages))
    near = get_close_matches(name, [*rules, *clauses], n=3, cutoff=0.5)
    raise InputError("unknown_rule", name, near=", ".join(near))


def _explain_rule(
    rule: Rule, messages: Messages, params: Mapping[str, object] | None = None
) -> Iterator[tuple[str, str]]:
    yield "id", rule.id
    yield "title", _pick(rule.title, messages)
    yield "why", _pick(rule.why, messages)
    yield "looks_at", "\n".join(_list_views(rule, messages))
    if rule.params:
        yield "params", "\n".join(_list_params(rule.params, messages))
    values = complete_params(rule.params, params or {})
    yield "passes", "\n".join(list_passing(rule, values, messages))
    yield "outcomes", "\n".join(dict.fromkeys(_say_verdict(verdict, rule, messages) for verdict in rule.verdicts))
    for heading, text in (("assumes", rule.assumes), ("remedy", rule.remedy), ("person", rule.person)):
        if text is not None:
            yield heading, _pick(text, messages)


def _explain_clause(clause: Clause, rules: Mapping[str, Rule], messages: Messages) -> Iterator[tuple[str, str]]:
    yield "id", clause.id
    yield "title", _pick(clause.title, messages)
    yield "asks", _pick(clause.asks, messages)
    planned = messages.say("rules.clause_planned") if clause.status == "planned" else ""
    yield "check", " ".join(part for part in (messages.say(f"words.check_{clause.check}"), planned) if part)
    if clause.reading is not None:
        yield "reading", _pick(clause.reading, messages)
    if clause.evidence is not None:
        yield "evidence", _pick(clause.evidence, messages)
    rule = rules.get(clause.rule or "")
    if rule is None or clause.status == "planned":
        return
    yield "rule", f"{rule.id} · {_pick(rule.title, messages)}"
    if clause.params:
        yield "params", "\n".join(f"{name}: {_show(value)}" for name, value in clause.params.items())
    yield from (
        part for part in _explain_rule(rule, messages, clause.params) if part[0] not in ("id", "title", "params")
    )


def _pick(text: Bilingual, messages: Messages) -> str:
    return messages.pick(make_text(text))


def _list_views(rule: Rule, messages: Messages) -> Iterator[str]:
    kind, _ = find_subject(rule.subject)
    yield (
        messages.say("rules.judged_each", kind=_name_kind(kind, messages))
        if kind
        else messages.say("rules.judged_site")
    )
    for name, measure in rule.measures.items():
        selection = find_selection(measure)
        title = _pick(measure.title, messages) if measure.title is not None else name
        yield title if selection is None else f"{title} ({_name_kind(selection[0], messages)})"


def _name_kind(kind: str, messages: Messages) -> str:
    key = f"writing.kind_{kind}"
    name = messages.say(key) if messages.has(key) else kind
    return name if name == kind else messages.say("writing.kind_shown", name=name, kind=kind)


def _list_params(params: Mapping[str, Param], messages: Messages) -> Iterator[str]:
    for name, param in params.items():
        default = "" if param.default is None else f" = {_show(param.default)}"
        why = f": {_pick(param.why, messages)}" if param.why else ""
        yield f"{name} ({param.type}{default}){why}"


def _say_verdict(verdict: Verdict, rule: Rule, messages: Messages) -> str:
    tolerated = verdict.degree is Degree.TOLERATED
    outcome = messages.say("words.degree_tolerated" if tolerated else f"words.{verdict.outcome}")
    if verdict.reason is None:
        return outcome
    return messages.say("rules.verdict", outcome=outcome, reason=_pick(rule.reasons[verdict.reason], messages))


def _show(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)
