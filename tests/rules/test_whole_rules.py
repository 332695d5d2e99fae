"""Rules of bodies that a clause holds against the whole site."""

import pytest

from auditor.rules.cases import DEFAULT_DAY, build_fact, complete_params
from auditor.rules.judgement import Use
from auditor.rules.load import load_library
from auditor.rules.operators import Surroundings
from auditor.rules.reference import judge_plainly
from auditor.rules.scopes import fit_rule
from auditor.rules.trial import judge_by_engine

RULES = load_library()
PASSAGE = build_fact("mention", {"term": "公开属性", "unit": "区民政局", "published_on": "2020-06-01"}, 2)
UNIT = build_fact("unit", {"name": "区教育局"}, 1)


def judge(own, judge_uses):
    rule = RULES["trace-confirmed"]
    params = complete_params(rule.params, {"terms": ["公开属性"]})
    use = Use("clause", fit_rule(rule, own), params, own)
    judged = judge_uses([use], [UNIT, PASSAGE], Surroundings(DEFAULT_DAY))
    assert not judged.faults
    return [(one.subject, rule.verdicts[one.verdict].reason) for one in judged.judgements]


@pytest.mark.parametrize("judge_uses", [judge_plainly, judge_by_engine])
def test_a_passage_of_another_body_counts_for_the_site_only(judge_uses):
    assert judge("unit", judge_uses) == [(0, "none_found")]
    assert judge("site", judge_uses) == [(None, None)]


def test_a_rule_that_does_not_say_so_keeps_its_conditions():
    rule = RULES["guide-dated"]
    assert not rule.whole
    assert fit_rule(rule, "site") is rule


def test_only_conditions_on_the_subject_are_left_out():
    rule = RULES["event-held"]
    where = fit_rule(rule, "site").measures["held"].where
    assert set(rule.measures["held"].where) - set(where) == {"unit"}


def test_conditions_on_the_subject_are_left_out_of_joined_facts_too():
    rule = RULES["column-present"]
    assert set(rule.measures["dead"].without["column"]) - {"unit"} == set(
        fit_rule(rule, "site").measures["dead"].without["column"]
    )
    assert "unit" in rule.measures["dead"].without["column"]
