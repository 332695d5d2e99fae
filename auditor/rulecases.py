"""The cases of a rule file, tried: each must have the outcome that it names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from auditor.errors import Problem
from auditor.evaluate import Context, evaluate_rulebook
from auditor.facts import FactBase
from auditor.model.findings import Finding
from auditor.model.outcomes import Check, ClauseClass
from auditor.rules.cases import DEFAULT_DAY, build_facts
from auditor.rules.drafts import read_rule
from auditor.rules.judgement import Judge
from auditor.rules.load import LoadedStandard, Rulebook
from auditor.rules.schema import Case, Clause, Rule, Standard
from auditor.rules.trial import judge_by_engine
from auditor.rules.workdays import load_calendar
from auditor.yamlfile import load_document

_CODE = "zz00"
_CLAUSE = "ZZ00-1"


class _NoText:
    """A text index; the passages of a case are among its facts."""

    def find_mentions(self, terms: object) -> Sequence[FactBase]:
        del terms
        return ()


def rehearse_file(path: Path, judge: Judge = judge_by_engine) -> Iterator[Problem]:
    """Yield a problem for each case of a rule file that has not the outcome it names; nothing for a broken file."""
    rule = read_rule(path).rule
    document, _ = load_document(path)
    if rule is None or document is None:
        return
    for index, case in enumerate(rule.cases):
        found = try_case(rule, case, judge)
        wanted = _describe(case.outcome, case.degree, case.reason)
        given = ", ".join(dict.fromkeys(_describe(one.outcome, one.degree, one.reason) for one in found))
        if given != wanted:
            values = {"name": case.name, "expected": wanted, "given": given}
            yield document.describe_problem("wrong_outcome", ("cases", index), **values)


def try_case(rule: Rule, case: Case, judge: Judge = judge_by_engine) -> tuple[Finding, ...]:
    """Return the findings of a rule over the facts of a case: those of the case's subject, if it names one."""
    context = Context("case.test", "case", case.as_of or DEFAULT_DAY, case.flags, passages=_NoText())
    found = evaluate_rulebook(build_facts(case), _bind(rule, case), context, judge).findings
    return tuple(one for one in found if case.subject in (None, one.subject.key))


def _describe(outcome: str, degree: str, reason: str | None) -> str:
    return " ".join(filter(None, (str(outcome), "tolerated" if degree == "tolerated" else "", reason)))


def _bind(rule: Rule, case: Case) -> Rulebook:
    """Return a standard of one clause that asks for the rule, with the parameters of the case."""
    clause = Clause.model_validate(
        {
            "id": _CLAUSE,
            "clause": "1",
            "title": rule.title,
            "asks": rule.title,
            "class": ClauseClass.MANDATORY,
            "check": Check.AUTO,
            "rule": rule.id,
            "params": case.params,
        }
    )
    standard = Standard(
        code=_CODE, title=rule.title, issuer=rule.title, issued_on=date(2000, 1, 1), version="1", clauses=(clause,)
    )
    return Rulebook((LoadedStandard(standard, ""),), {rule.id: rule}, calendar=load_calendar())
