"""Threshold mutation: each rule, changed in one place, fails one of its own cases."""

from datetime import date, timedelta

import pytest
from rule_mutants import list_mutants, list_others

from auditor.resources import find_resource
from auditor.rules.cases import DEFAULT_DAY, build_facts, complete_params
from auditor.rules.judgement import Use
from auditor.rules.operators import Surroundings
from auditor.rules.reference import judge_plainly
from auditor.rules.schema import Rule
from auditor.rules.workdays import load_calendar
from auditor.yamlfile import load_document

CALENDAR = load_calendar()
FILES = sorted((find_resource("rulesets") / "library").glob("*.yaml"))
# Neighbours whose conditions can never hold together, so that their order means nothing.
EXCLUSIVE = {
    "column-present": {0, 3},  # a column is dead or blank only if a name lacks a usable one
    "disclosure-columns-complete": {1},  # a column is dead only if a name lacks a usable one
    "interpretation-coverage": {4},  # no document, or a share of documents
    "multiform-interpretation-share": {2},  # no interpretation, or a share of them
    "budget-elements": {0, 2},  # each by itself or all together; none found, or something in one of them
    "ipv6-service": {0},  # no host asked, or something of a host
    # Nothing was found, or it is judged: no share and no state of a field is left of nothing.
    "decision-consultation": {2},
    "decision-draft-and-basis": {2},
    "decision-feedback-content": {0},
    "decision-feedback-on-time": {2, 3},
    "entries-open": {0},  # every entry opens, or one does not
    "interpretation-key-points": {0, 1},
    "interpretation-not-excerpt": {0, 1},
    "interpretation-with-policy": {1},
    "meeting-outcome-published": {0},
    "meeting-topics-from-catalogue": {0},
    "obligated-bodies-list": {0},  # bodies are known, or none is
    "retired-domains-clean": {0},  # no host is named, or something of one
    "service-guide-complete": {2},
    "service-guide-scenario": {1},
    "site-name-standard": {0},  # nothing was read, or something was and lacks the name
    "statutory-content-present": {0},
}


def judge_case(rule, case, params=None, facts=None):
    facts = build_facts(case) if facts is None else facts
    use = Use(rule.id, rule, params or complete_params(rule.params, case.params), rule.subject)
    return facts, judge_plainly([use], facts, Surroundings(case.as_of or DEFAULT_DAY, calendar=CALENDAR))


def holds(rule, case, params=None, facts=None):
    facts, judged = judge_case(rule, case, params, facts)
    found = [
        rule.verdicts[one.verdict]
        for one in judged.judgements
        if case.subject is None or facts[one.subject].key == case.subject
    ]
    told = [(verdict.outcome, verdict.degree, verdict.reason) for verdict in found]
    return told == [(case.outcome, case.degree, case.reason)]


def list_near_values(value):
    """Yield values of a parameter on both sides of the one that a case gives."""
    if isinstance(value, list | tuple):
        yield [*value[:-1], f"{value[-1]}_other"]
        if len(value) > 1:
            yield list(value[:-1])
    elif isinstance(value, dict):
        for end in value:
            yield from ({**value, end: other} for other in list_near_values(value[end]))
    elif isinstance(value, date):
        yield value + timedelta(days=1)
        yield value - timedelta(days=1)
    else:
        yield from list_others(value)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_change_of_a_rule_breaks_a_case(path):
    document, _ = load_document(path)
    rule = Rule.model_validate(document.data)
    cases = [(case, build_facts(case)) for case in rule.cases]
    assert all(holds(rule, case, facts=facts) for case, facts in cases)
    survivors = []
    for mutant in list_mutants({**document.data, "cases": document.data["cases"][:1]}):  # copied and read many times
        changed = Rule.model_validate(mutant.data)
        if all(holds(changed, case, facts=facts) for case, facts in cases):
            survivors.append(mutant.name)
    assert survivors == [f"swapped verdicts.{index}" for index in sorted(EXCLUSIVE.get(path.stem, ()))]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_parameter_turns_a_case_in_each_direction(path):
    rule = Rule.model_validate(load_document(path)[0].data)
    idle = set()
    for name in rule.params:
        turned = {}
        for case in rule.cases:
            params = complete_params(rule.params, case.params)
            if params[name] is None or params[name] == []:
                continue
            for direction, value in enumerate(list_near_values(params[name])):
                turned.setdefault(direction, False)
                turned[direction] |= not holds(rule, case, {**params, name: value})
        idle |= {(name, direction) for direction, moved in turned.items() if not moved}
        assert turned, name
    assert idle == set()
