"""The table of the rule language, held against its words, its schema, both evaluators and the shipped rules."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import jsonschema
import pytest
from ruamel.yaml import YAML
from rule_strategies import DAYS, TEXT, accept_rule, bind

from auditor.decide import decide_findings
from auditor.evaluate import Context, evaluate_rulebook
from auditor.facts import FACT_KINDS
from auditor.model.outcomes import Outcome
from auditor.rules.cases import build_facts
from auditor.rules.editor import describe_files
from auditor.rules.fields import find_kind
from auditor.rules.language import list_uses, list_words, load_language, read_rule_words
from auditor.rules.load import LoadedStandard, Rulebook, list_standards, load_rulebook
from auditor.rules.operators import Surroundings
from auditor.rules.reference import judge_plainly
from auditor.rules.schema import Standard
from auditor.rules.workdays import load_calendar
from auditor.words.vocabulary import load_vocabulary

ROWS = load_language()
EXAMPLES = [row for row in ROWS if row.example is not None]
PARAMS = {
    "after": DAYS[1],
    "by": DAYS[1],
    "names": ["概况", "公开指南"],
    "name": "概况",
    "pattern": "指南|概况",
    "terms": ["公开"],
    "period": {"from": DAYS[0], "until": DAYS[3]},
}
UNUSED = {"A clause that sums up others"}
"""Rows that no shipped rule or clause needs: neither plan has a clause that only sums up others."""


def name_row(row):
    return row.need.en


def complete(row):
    """Return the example as a whole rule."""
    part = YAML(typ="safe", pure=True).load(row.example)
    kinds = [kind for kind in FACT_KINDS if re.search(rf"\b{kind}\b", row.example)]
    kinds += ["mention"] if "search:" in row.example else []
    verdicts = [*part.get("verdicts", []), {"outcome": "passed"}]
    reasons = {one["reason"]: TEXT for one in verdicts if "reason" in one}
    subject = [next(iter(part["subject"]))] if "subject" in part else []
    whole = {"id": "an-example", "needs": [kind for kind in kinds if kind not in subject], "reasons": reasons}
    texts = dict.fromkeys(("title", "failure", "why", "remedy"), TEXT)
    cases = [{"name": "none", "outcome": Outcome.PASSED}]
    return {**texts, **whole, "cases": cases, **part, "verdicts": verdicts}


def test_table_has_every_word_once():
    words = [word for row in ROWS for word in row.words if not word.startswith("fact ")]
    assert len(words) == len(set(words))
    assert set(words) == list_words()


@pytest.mark.parametrize("row", EXAMPLES, ids=name_row)
def test_example_is_a_rule_without_problem_that_uses_every_word_of_its_row(row):
    rule = accept_rule(complete(row))
    assert rule is not None
    assert set(row.words) <= read_rule_words(rule)


@pytest.mark.parametrize("row", EXAMPLES, ids=name_row)
def test_schema_for_the_editor_knows_every_word_and_takes_the_example(row):
    schema = describe_files()["rule.schema.json"]
    known = {key for one in (schema, *schema["$defs"].values()) for key in one.get("properties", {})}
    plain = {word for word in row.words if re.fullmatch("[a-z_]+", word)} - {"tolerated"}
    assert plain <= known | set(schema["$defs"]["Degree"]["enum"])
    example = complete(row)
    jsonschema.validate(json.loads(_write(example)), schema)


def _write(data):
    """Return a rule as JSON has it: an editor sees a day as text."""
    return json.dumps(data, default=str, ensure_ascii=False)


def test_schema_refuses_a_word_that_is_none():
    example = complete(EXAMPLES[0])
    example["measures"]["recent"] = {"count": "guide", "where": {"updated_on": {"sooner": 1}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(_write(example)), describe_files()["rule.schema.json"])


def test_schema_of_standards_knows_the_words_of_clauses():
    properties = describe_files()["standard.schema.json"]["$defs"]["Clause"]["properties"]
    assert {"rollup", "applies", "due", "subject"} <= set(properties)


@pytest.mark.parametrize("row", EXAMPLES, ids=name_row)
def test_both_evaluators_understand_the_example_alike(row, library, judge_fast):
    rule = accept_rule(complete(row))
    values = {name: PARAMS[name] for name in rule.params}
    kinds = {*rule.needs, "unit"}
    cases = [case for one in library.values() for case in one.cases]
    facts = [fact for case in cases for fact in build_facts(case) if find_kind(fact) in kinds]
    around = Surroundings(DAYS[3], load_vocabulary(), load_calendar())
    for start in range(0, len(facts), max(40, len(facts) // 3)):
        own = facts[start : start + 40]
        plain = judge_plainly([bind("use", rule, values)], own, around)
        assert not plain.faults
        assert judge_fast([bind("use", rule, values)], own, around) == plain


@pytest.fixture(scope="module")
def clauses():
    """The clauses of the rows whose example is of clauses, by row."""
    standing = {"clause": "二", "title": TEXT, "asks": TEXT, "class": "mandatory"}
    rows = {name_row(row): YAML(typ="safe", pure=True).load(row.clauses) for row in ROWS if row.clauses is not None}
    return {name: [{**standing, **clause} for clause in found] for name, found in rows.items()}


def test_every_row_has_an_example():
    assert all((row.example is None) != (row.clauses is None) for row in ROWS)


def test_example_of_clauses_is_a_standard_that_uses_the_words_of_its_row(clauses):
    for row in (row for row in ROWS if row.clauses is not None):
        data = {"code": "qh26", "title": TEXT, "issuer": TEXT, "issued_on": "2026-01-05", "version": "1"}
        data["clauses"] = clauses[name_row(row)]
        jsonschema.validate(json.loads(_write(data)), describe_files()["standard.schema.json"])
        standard = Standard.model_validate(data)
        assert set(row.words) <= frozenset().union(*(use.words for use in list_uses({}, iter([standard]))))


@pytest.mark.parametrize(("updated", "outcome"), [("2020-09-15", "passed"), ("2018-03-02", "failed"), (None, "failed")])
def test_example_of_a_clause_that_sums_up_has_the_worst_verdict(updated, outcome, clauses, library, make_facts):
    data = {"code": "qh26", "title": TEXT, "issuer": TEXT, "issued_on": "2026-01-05", "version": "1"}
    standard = Standard.model_validate({**data, "clauses": clauses["A clause that sums up others"]})
    rulebook = Rulebook((LoadedStandard(standard, "0"),), library)
    day = {"updated_on": updated} if updated else {}
    facts = make_facts(("unit", {"name": "区财政局"}), ("guide", {"unit": "区财政局", **day}))
    found = evaluate_rulebook(facts, rulebook, Context("site", "", DAYS[3]), judge_plainly)
    decided = decide_findings(found.findings, rulebook.describe_clauses(), (), (), datetime(2021, 3, 1, tzinfo=UTC))
    assert {one.clause: str(one.outcome) for one in decided.findings}["QH26-2.1"] == outcome


@pytest.mark.parametrize(("bodies", "applies"), [(0, True), (1, False), (2, True)])
def test_search_over_all_sites_is_not_asked_of_one_body_alone(bodies, applies, make_facts):
    rulebook = load_rulebook(["xh20", "bs20"])
    chosen = {"XH20-4.1q", "BS20-46g"}
    kept = [
        replace(
            one,
            standard=one.standard.model_copy(
                update={"clauses": tuple(clause for clause in one.standard.clauses if clause.id in chosen)}
            ),
        )
        for one in rulebook.standards
    ]
    units = [("unit", {"name": f"unit {number}"}) for number in range(bodies)]
    facts = make_facts(("site", {"search_form": True}), *units)
    found = evaluate_rulebook(
        facts, replace(rulebook, standards=tuple(kept)), Context("site", "", DAYS[3]), judge_plainly
    )
    assert {(one.clause, str(one.outcome)) for one in found.findings} == {
        (clause, "passed" if applies else "not_applicable") for clause in chosen
    }


def test_every_row_is_used_by_a_shipped_rule_or_clause():
    rulebook = load_rulebook(list_standards())
    uses = list(list_uses(rulebook.rules, (one.standard for one in rulebook.standards)))
    used = frozenset().union(*(use.words for use in uses))
    assert {row.need.en for row in ROWS if not set(row.words) & used} == UNUSED
