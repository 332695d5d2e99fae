"""Every case of every rule file, through the engine and through the plain evaluator."""

from dataclasses import replace

import pytest

from auditor.evaluate import Context, evaluate_rulebook
from auditor.rules.cases import DEFAULT_DAY, build_facts
from auditor.rules.load import load_library
from auditor.rules.reference import judge_plainly
from auditor.rules.workdays import load_calendar

CALENDAR = load_calendar()
CASES = [(rule, case) for rule in load_library().values() for case in rule.cases]


class NoStore:
    """A text index; the passages of a case are among its facts."""

    def find_mentions(self, _terms):
        return ()


@pytest.mark.parametrize(("rule", "case"), CASES, ids=[f"{rule.id}: {case.name}" for rule, case in CASES])
def test_case_has_its_outcome(rule, case, make_rulebook, judge_fast):
    rulebook = replace(make_rulebook(rule, params=case.params), calendar=CALENDAR)
    context = Context("case.test", "case", case.as_of or DEFAULT_DAY, case.flags, passages=NoStore())
    facts = build_facts(case)
    by_engine = evaluate_rulebook(facts, rulebook, context, judge_fast)
    assert by_engine.faults == ()
    wanted = case.subject if case.subject is not None else by_engine.findings[0].subject.key
    found = [finding for finding in by_engine.findings if finding.subject.key == wanted]
    assert [(one.outcome, one.degree, one.reason) for one in found] == [(case.outcome, case.degree, case.reason)]
    assert case.subject is not None or len(by_engine.findings) == 1
    assert evaluate_rulebook(facts, rulebook, context, judge_plainly) == by_engine
