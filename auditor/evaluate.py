"""Facts and rules to findings: one for every clause, and one a subject where a clause is judged subject by subject.

A closed world: what no fact says is not there, as far as a rule's own coverage conditions let it claim so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from auditor.facts import Coverage, FactBase, UnitFact
from auditor.model.attempts import Part
from auditor.model.evidence import Evidence, RequestEvidence
from auditor.model.findings import Finding, Subject, Undetermined, hash_key
from auditor.model.outcomes import Check, Degree, Outcome, Value
from auditor.model.results import ToolFault
from auditor.rules.cases import complete_params
from auditor.rules.evidence import (
    Exhibits,
    Named,
    describe_fact,
    gather_evidence,
    list_values,
    show_coverage,
    show_facts,
    sort_facts,
)
from auditor.rules.fields import find_kind
from auditor.rules.judgement import Judge, Judgement, Use
from auditor.rules.load import Rulebook
from auditor.rules.operators import Surroundings
from auditor.rules.precautions import lacks_calendar, make_precaution, name_precaution
from auditor.rules.program import list_terms
from auditor.rules.schema import Clause, Rule, Search
from auditor.rules.scopes import find_subject, fit_rule, narrow_subject
from auditor.rules.texts import make_text
from auditor.rules.trial import judge_by_engine

NOT_APPLICABLE_HERE = "not_applicable_here"
NOT_DUE_YET = "not_due_yet"
NONE_FOUND = "none_found"
NOT_COVERED = "not_covered"


class Words(Protocol):
    """Whoever knows the concepts behind names, and their names: the vocabulary."""

    @property
    def concepts(self) -> Mapping[str, Named]:
        """Return the concepts by key."""

    def find_concept(self, name: str) -> str | None:
        """Return the concept that a shown name stands for, or None."""


class Passages(Protocol):
    """Whoever finds passages in the stored text of the site: the text index."""

    def find_mentions(self, terms: Iterable[str]) -> Sequence[FactBase]:
        """Return the passages that hold each term, as `mention` facts."""


@dataclass(frozen=True)
class Context:
    """What an evaluation knows beside facts and rules.

    `site` is the target's id, `flags` what the profile says of it. `words` serves the operator `named`, and the names
    of concepts in evidence; `passages` what rules search for: without it no such rule can tell anything.
    """

    site: str
    site_name: str
    as_of: date
    flags: Mapping[str, bool] = field(default_factory=dict)
    words: Words | None = None
    passages: Passages | None = None


@dataclass(frozen=True)
class Evaluation:
    """The machine's findings, in the order of clauses and subjects, and the rules that failed."""

    findings: tuple[Finding, ...]
    faults: tuple[ToolFault, ...] = ()


@dataclass(frozen=True)
class _Verdict:
    """A verdict in the making: all that a finding says of its subject."""

    subject: Subject
    outcome: Outcome
    reason: str | None
    evidence: tuple[Evidence, ...]
    degree: Degree = Degree.FULL
    values: Mapping[str, Value] = field(default_factory=dict)
    defect: str | None = None


@dataclass(frozen=True)
class _Bench:
    """All that the clauses of one evaluation share."""

    context: Context
    around: Surroundings
    exhibits: Exhibits
    judgements: Mapping[str, Sequence[Judgement]]
    faults: Mapping[str, str]
    uses: Mapping[str, Use]


def evaluate_rulebook(
    facts: Sequence[FactBase], rulebook: Rulebook, context: Context, judge: Judge = judge_by_engine
) -> Evaluation:
    """Judge every clause of every standard over the facts. The order of the facts makes no difference."""
    around = Surroundings(context.as_of, context.words, rulebook.calendar)
    clauses = [(one.standard.code, clause) for one in rulebook.standards for clause in one.standard.clauses]
    uses = {
        clause.id: _bind_use(clause, rulebook.rules[clause.rule])
        for _, clause in clauses
        if clause.rule is not None and clause.check is not Check.ATTESTED and clause.status == "written"
    }
    waiting = [
        uses[clause.id]
        for _, clause in clauses
        if clause.id in uses and _find_standing(uses[clause.id], clause, context, around) is None
    ]
    ordered = sort_facts((*facts, *_search_text(waiting, context, around)))
    precautions = [one for use in waiting if (one := make_precaution(use, around)) is not None]
    judged = judge([*waiting, *precautions], ordered, around)
    by_use: dict[str, list[Judgement]] = {}
    for judgement in judged.judgements:
        by_use.setdefault(judgement.use, []).append(judgement)
    names = context.words.concepts if context.words is not None else {}
    bench = _Bench(context, around, Exhibits(ordered, names, context.site), by_use, judged.faults, uses)
    findings = [finding for code, clause in clauses for finding in _judge_clause(code, clause, bench)]
    faults = [
        ToolFault("evaluate", f"{name} {uses[name].rule.id}", cause) for name, cause in sorted(judged.faults.items())
    ]
    return Evaluation(tuple(findings), tuple(faults))


def _search_text(uses: Sequence[Use], context: Context, around: Surroundings) -> Sequence[FactBase]:
    """Return the passages that the measures of the uses ask for."""
    terms = [term for use in uses for term in list_terms(use, around)]
    return context.passages.find_mentions(dict.fromkeys(terms)) if context.passages is not None and terms else ()


def _bind_use(clause: Clause, rule: Rule) -> Use:
    conditions = [one.when for one in (rule.applies, clause.applies) if one is not None and one.when is not None]
    params = complete_params(rule.params, clause.params)
    return Use(
        clause.id,
        fit_rule(rule, clause.subject),
        params,
        narrow_subject(rule.subject, clause.subject),
        tuple(conditions),
    )


# ---- clauses -------------------------------------------------------------------------------------


def _judge_clause(code: str, clause: Clause, bench: _Bench) -> Iterator[Finding]:
    use = bench.uses.get(clause.id)
    for verdict in _list_verdicts(clause, use, bench):
        site = bench.context.site
        whole = verdict.subject == _name_site(bench.context)
        yield Finding(
            id=clause.id if whole else f"{clause.id}:{verdict.subject.key}",
            fingerprint=hash_key(site, clause.id, verdict.subject.key, verdict.reason or verdict.outcome),
            defect=verdict.defect,
            ruleset=code,
            clause=clause.id,
            rule=None if use is None else use.rule.id,
            subject=verdict.subject,
            outcome=verdict.outcome,
            degree=verdict.degree,
            reason=verdict.reason,
            values=verdict.values,
            evidence=verdict.evidence,
        )


def _list_verdicts(clause: Clause, use: Use | None, bench: _Bench) -> Iterator[_Verdict]:
    site = _name_site(bench.context)
    if use is None:
        request = (RequestEvidence(make_text(clause.evidence or clause.asks)),)
        if clause.check is Check.ATTESTED:
            yield _Verdict(site, Outcome.NEEDS_PERSON, Undetermined.AWAITS_ATTESTATION.value, request)
        elif clause.rollup:
            yield _Verdict(site, Outcome.CANNOT_TELL, Undetermined.NOT_SUMMED_UP.value, request)
        else:
            yield _Verdict(site, Outcome.CANNOT_TELL, Undetermined.RULE_NOT_WRITTEN.value, request)
        return
    standing = _find_standing(use, clause, bench.context, bench.around)
    if standing is not None:
        outcome, reason, values = standing
        yield _Verdict(site, outcome, reason, show_coverage(bench.exhibits), values=values)
    elif {clause.id, name_precaution(clause.id)} & set(bench.faults):
        reason = Undetermined.RULE_ERROR.value
        yield _Verdict(site, Outcome.CANNOT_TELL, reason, show_coverage(bench.exhibits))
    elif clause.id not in bench.judgements:
        yield _judge_without_subjects(use, bench)
    else:
        yield from _judge_subjects(use, bench)


def _find_standing(
    use: Use, clause: Clause, context: Context, around: Surroundings
) -> tuple[Outcome, str, dict[str, Value]] | None:
    """Return what flags and the due date say of a clause before any fact is looked at; None where they say nothing."""
    flags = [name for one in (use.rule.applies, clause.applies) if one is not None for name in one.flags]
    unset = tuple(name for name in flags if context.flags.get(name) is False)
    missing = tuple(name for name in flags if name not in context.flags)
    if unset:
        return Outcome.NOT_APPLICABLE, NOT_APPLICABLE_HERE, {"flags": unset}
    if missing:
        return Outcome.CANNOT_TELL, Undetermined.FLAG_MISSING.value, {"flags": missing}
    if context.passages is None and any(isinstance(one, Search) for one in use.rule.measures.values()):
        return Outcome.CANNOT_TELL, Undetermined.TEXT_MISSING.value, {}
    due = clause.due
    if due is None and use.rule.due is not None:
        due = _find_due(use.rule.due, use.params)
    if due is not None and context.as_of < due:
        return Outcome.NOT_APPLICABLE, NOT_DUE_YET, {"due": due.isoformat()}
    if lacks_calendar(use, around):
        return Outcome.CANNOT_TELL, Undetermined.CALENDAR_MISSING.value, {"as_of": context.as_of.isoformat()}
    return None


def _find_due(reference: str, params: Mapping[str, object]) -> date | None:
    name, _, part = reference.removeprefix("$").partition(".")
    value = params[name]
    inner = value.get(part) if part and isinstance(value, Mapping) else value
    return inner if isinstance(inner, date) else None


def _judge_without_subjects(use: Use, bench: _Bench) -> _Verdict:
    """Return the verdict where there is nothing to judge: no list of units, or none found, or not looked."""
    site = _name_site(bench.context)
    kind, _ = find_subject(use.subject)
    if kind == "unit":
        has_units = any(isinstance(fact, UnitFact) for fact in bench.exhibits.facts)
        reason = Undetermined.NO_SUCH_UNIT if has_units else Undetermined.UNIT_LIST_MISSING
        return _Verdict(site, Outcome.CANNOT_TELL, reason.value, show_coverage(bench.exhibits))
    navigation = [fact for fact in bench.exhibits.facts if isinstance(fact, Coverage) and fact.part is Part.NAVIGATION]
    evidence = show_coverage(bench.exhibits, Part.NAVIGATION)
    if navigation and all(fact.complete for fact in navigation):
        return _Verdict(site, Outcome.NOT_APPLICABLE, NONE_FOUND, evidence)
    return _Verdict(site, Outcome.CANNOT_TELL, NOT_COVERED, evidence)


def _judge_subjects(use: Use, bench: _Bench) -> Iterator[_Verdict]:
    """Yield the verdict on each subject; of facts with one key the first stands for it."""
    seen: set[str] = set()
    for judgement in bench.judgements[use.id]:
        subject = _name_subject(judgement.subject, bench)
        if subject.key in seen:
            continue
        seen.add(subject.key)
        yield _judge_subject(use, judgement, subject, bench)


def _judge_subject(use: Use, judgement: Judgement, subject: Subject, bench: _Bench) -> _Verdict:
    values = list_values(judgement)
    if judgement.verdict is None:
        evidence = show_coverage(bench.exhibits)
        return _Verdict(subject, Outcome.NOT_APPLICABLE, NOT_APPLICABLE_HERE, evidence, values=values)
    doubt = _find_doubt(use, judgement, bench)
    if doubt is not None:
        reason = Undetermined.CALENDAR_MISSING.value
        return _Verdict(subject, Outcome.CANNOT_TELL, reason, doubt, values=values)
    verdict = use.rule.verdicts[judgement.verdict]
    defect = None
    if verdict.outcome is Outcome.FAILED:
        wrong = (verdict.defect,) if verdict.defect else (use.rule.id, str(verdict.reason), _write_params(use.params))
        defect = hash_key(bench.context.site, subject.key, *wrong)
    return _Verdict(
        subject=subject,
        outcome=Outcome(verdict.outcome),
        reason=verdict.reason,
        evidence=gather_evidence(use, judgement, verdict, bench.exhibits),
        degree=verdict.degree,
        values=values,
        defect=defect,
    )


def _find_doubt(use: Use, judgement: Judgement, bench: _Bench) -> tuple[Evidence, ...] | None:
    """Return the facts with days outside of the calendar of working days, where the rule compares such days."""
    for other in bench.judgements.get(name_precaution(use.id), ()):
        if other.subject == judgement.subject and other.verdict == 0:
            positions = {position for measured in other.measures.values() for position in measured.facts}
            return show_facts(sorted(positions), bench.exhibits)
    return None


def _write_params(params: Mapping[str, object]) -> str:
    return json.dumps(params, sort_keys=True, default=str)


def _name_site(context: Context) -> Subject:
    return Subject("site", context.site, context.site_name)


def _name_subject(position: int | None, bench: _Bench) -> Subject:
    if position is None:
        return _name_site(bench.context)
    fact = bench.exhibits.facts[position]
    return Subject(find_kind(fact), fact.key, describe_fact(fact).title)
