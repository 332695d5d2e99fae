"""Facts and rules to findings: subjects, standing, evidence, identity, order."""

import random
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from auditor.evaluate import NOT_DUE_YET, Context, evaluate_rulebook
from auditor.facts import Coverage
from auditor.model.attempts import AttemptReason, Part
from auditor.model.evidence import AttemptEvidence, CoverageEvidence, ListEvidence, RecordEvidence, RequestEvidence
from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome
from auditor.rules.cases import build_fact
from auditor.rules.evidence import MOST_LISTED, MOST_SHOWN
from auditor.rules.load import LoadedStandard, Rulebook, load_rulebook
from auditor.rules.reference import judge_plainly
from auditor.rules.schema import Bilingual, Clause, Rule, Standard
from auditor.rules.workdays import load_calendar

TEXT = Bilingual(zh="文", en="text")
CONTEXT = Context("www.test.gov.cn", "测试区", date(2021, 1, 15))
GUIDES = {
    "guides": {"count": "guide", "where": {"unit": "$subject"}},
    "dated": {"count": "guide", "where": {"unit": "$subject", "updated_on": {"present": True}}},
    "seen": {"count": "coverage", "where": {"part": "disclosure_section"}},
}
VERDICTS = [
    {"outcome": "passed", "when": {"dated": {"at_least": 1}}},
    {"outcome": "cannot_tell", "reason": "unreadable", "when": {"guides.updated_on": "unreadable"}},
    {"outcome": "failed", "reason": "undated", "when": {"guides": {"at_least": 1}}},
    {"outcome": "failed", "reason": "missing", "defect": "guide_missing", "show": ["seen"]},
]


def make_rule(measures=None, verdicts=None, **fields):
    verdicts = verdicts or VERDICTS
    whole = {
        "id": "made-rule",
        **dict.fromkeys(("title", "failure", "why", "remedy"), TEXT),
        "needs": ["guide", "coverage", "document", "column"],
        "subject": "unit",
        "measures": measures or GUIDES,
        "verdicts": verdicts,
        "reasons": {one["reason"]: TEXT for one in verdicts if "reason" in one},
        "cases": [{"name": "none", "outcome": "passed"}],
    }
    return Rule.model_validate({**whole, **fields})


def make_clause(number=1, **fields):
    whole = {
        "id": f"ZZ20-1.1{'abcdefgh'[number - 1]}",
        "clause": "一",
        "title": TEXT,
        "asks": Bilingual(zh="求", en="asks"),
        "class": ClauseClass.MANDATORY,
        "check": Check.AUTO,
        "rule": "made-rule",
    }
    return Clause.model_validate({**whole, **fields})


def make_rulebook(rule, *clauses):
    standard = Standard(
        code="zz20",
        title=TEXT,
        issuer=TEXT,
        issued_on=date(2020, 1, 1),
        version="1",
        clauses=clauses or (make_clause(),),
    )
    return Rulebook((LoadedStandard(standard, "0"),), {rule.id: rule})


def facts(*entries):
    return tuple(build_fact(kind, fields, number) for number, (kind, fields) in enumerate(entries, 1))


def evaluate(rulebook, given, context=CONTEXT):
    found = evaluate_rulebook(given, rulebook, context, judge_plainly)
    assert not found.faults
    return found.findings


UNITS = (
    ("unit", {"name": "区财政局", "unit_kind": "department"}),
    ("unit", {"name": "镇", "unit_kind": "subdistrict"}),
)


# ---- working days --------------------------------------------------------------------------------

FEEDBACK = {
    "late": {
        "count": "document",
        "without": {"interpretation": {"of": "$document.url"}},
        "compare": [{"workdays_between": ["$document.published_on", "$interpretation.published_on"], "at_most": 10}],
    },
    "seen": {"count": "document"},
}
ON_TIME = [{"outcome": "failed", "reason": "late", "when": {"late": {"at_least": 1}}}, {"outcome": "passed"}]


def judge_days(published_on, answered_on, **context):
    rule = make_rule(FEEDBACK, ON_TIME, subject="site", needs=["document", "interpretation"])
    rulebook = replace(make_rulebook(rule), calendar=load_calendar())
    given = facts(
        ("document", {"url": "u", "published_on": published_on}),
        ("interpretation", {"of": "u", "published_on": answered_on}),
    )
    (found,) = evaluate(rulebook, given, replace(CONTEXT, **context))
    return found


@pytest.mark.parametrize(
    ("published_on", "answered_on", "outcome", "reason"),
    [
        ("2020-09-25", "2020-10-15", "passed", None),
        ("2020-09-25", "2020-10-19", "failed", "late"),
        ("2018-12-25", "2019-01-04", "cannot_tell", "calendar_missing"),
        ("2031-12-25", "2032-01-04", "cannot_tell", "calendar_missing"),
    ],
)
def test_working_days_are_counted_where_the_calendar_reaches(published_on, answered_on, outcome, reason):
    found = judge_days(published_on, answered_on)
    assert (found.outcome, found.reason) == (outcome, reason)
    if reason == "calendar_missing":
        assert {type(one) for one in found.evidence} == {RecordEvidence}


@pytest.mark.parametrize(("as_of", "reason"), [(date(2021, 1, 15), "old"), (date(2019, 1, 8), "calendar_missing")])
def test_span_of_working_days_needs_the_calendar(as_of, reason):
    measures = {"fresh": {"count": "guide", "where": {"updated_on": {"within": {"workdays": 20}}}}}
    verdicts = [{"outcome": "passed", "when": {"fresh": {"at_least": 1}}}, {"outcome": "failed", "reason": "old"}]
    rule = make_rule(measures, verdicts, subject="site", needs=["guide"])
    rulebook = replace(make_rulebook(rule), calendar=load_calendar())
    (found,) = evaluate(rulebook, facts(("guide", {"updated_on": "2018-12-28"})), replace(CONTEXT, as_of=as_of))
    assert found.reason == reason


# ---- months --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "without"),
    [(date(2021, 1, 15), ("2020-02", "2020-03")), (date(2020, 3, 30), ("2020-02",)), (date(2020, 1, 30), ())],
)
def test_months_are_asked_for_when_they_are_over(as_of, without):
    measures = {"monthly": {"every": {"month": "$period"}, "of": "document.published_on"}}
    verdicts = [
        {"outcome": "failed", "reason": "gap", "when": {"monthly.without": {"at_least": 1}}},
        {"outcome": "passed"},
    ]
    rule = make_rule(measures, verdicts, subject="site", needs=["document"], params={"period": {"type": "period"}})
    clause = make_clause(params={"period": {"from": date(2020, 1, 1), "until": date(2020, 3, 31)}})
    given = facts(("document", {"published_on": "2020-01-31"}), ("document", {"published_on": "2020-04-01"}))
    (found,) = evaluate(make_rulebook(rule, clause), given, replace(CONTEXT, as_of=as_of))
    assert found.values["monthly.without"] == without
    assert found.outcome == ("failed" if without else "passed")


def test_during_the_previous_year_moves_the_period():
    measures = {
        "now": {"count": "document", "where": WITHIN},
        "before": {"count": "document", "where": WITHIN, "during": "previous_year"},
    }
    rule = make_rule(
        measures, [{"outcome": "passed"}], subject="site", needs=["document"], params={"period": {"type": "period"}}
    )
    clause = make_clause(params={"period": {"from": date(2020, 1, 1), "until": date(2020, 12, 31)}})
    days = ["2018-12-31", "2019-01-01", "2019-12-31", "2020-01-01"]
    (found,) = evaluate(make_rulebook(rule, clause), facts(*(("document", {"published_on": day}) for day in days)))
    assert (found.values["now"], found.values["before"]) == (1, 2)


WITHIN = {"published_on": {"not_before": "$period.from", "not_after": "$period.until"}}


# ---- subjects ------------------------------------------------------------------------------------


def test_one_finding_for_each_unit_in_order_of_names():
    found = evaluate(make_rulebook(make_rule()), facts(*reversed(UNITS), ("guide", {"unit": "镇"})))
    assert [(one.id, one.outcome, one.reason) for one in found] == [
        ("ZZ20-1.1a:区财政局", "failed", "missing"),
        ("ZZ20-1.1a:镇", "failed", "undated"),
    ]
    assert [(one.subject.kind, one.subject.key, one.subject.name) for one in found] == [
        ("unit", "区财政局", "区财政局"),
        ("unit", "镇", "镇"),
    ]


def test_clause_narrows_the_subject():
    clause = make_clause(subject={"unit": {"unit_kind": "subdistrict"}})
    assert [one.subject.key for one in evaluate(make_rulebook(make_rule(), clause), facts(*UNITS))] == ["镇"]
    rule = make_rule(subject={"unit": {"listed_in": "portal"}})
    assert [one.reason for one in evaluate(make_rulebook(rule, clause), facts(*UNITS))] == ["no_such_unit"]


def test_clause_replaces_the_subject():
    measures = {"m": {"count": "guide"}}
    rule = make_rule(measures, [{"outcome": "passed", "when": {"m": 0}}, {"outcome": "failed", "reason": "some"}])
    (found,) = evaluate(make_rulebook(rule, make_clause(subject="site")), facts(*UNITS))
    assert (found.id, found.subject.kind, found.subject.key) == ("ZZ20-1.1a", "site", "www.test.gov.cn")


def test_two_unit_facts_of_one_name_are_one_subject():
    given = facts(UNITS[0], UNITS[0], ("guide", {"unit": "区财政局", "updated_on": date(2020, 1, 1)}))
    assert [one.outcome for one in evaluate(make_rulebook(make_rule()), given)] == ["passed"]


def test_no_units_is_one_finding_that_cannot_tell():
    (found,) = evaluate(make_rulebook(make_rule()), facts(("coverage", {"part": "navigation", "complete": True})))
    assert (found.outcome, found.reason, found.id) == ("cannot_tell", "unit_list_missing", "ZZ20-1.1a")
    assert [type(one) for one in found.evidence] == [CoverageEvidence]


@pytest.mark.parametrize(
    ("coverage", "outcome", "reason"),
    [
        ([True], "not_applicable", "none_found"),
        ([True, False], "cannot_tell", "not_covered"),
        ([], "cannot_tell", "not_covered"),
    ],
)
def test_no_subject_of_another_kind(coverage, outcome, reason):
    rule = make_rule({"m": {"count": "guide"}}, [{"outcome": "passed"}], subject="column")
    hosts = [("coverage", {"host": f"h{n}", "part": "navigation", "complete": one}) for n, one in enumerate(coverage)]
    (found,) = evaluate(make_rulebook(rule), facts(*hosts, ("coverage", {"part": "sitemap", "complete": False})))
    assert (found.outcome, found.reason) == (outcome, reason)
    assert {one.part for one in found.evidence} == {Part.NAVIGATION}


# ---- standing ------------------------------------------------------------------------------------


def test_attested_clause_waits_with_its_request():
    clause = make_clause(check="attested", rule=None, evidence=Bilingual(zh="证明", en="proof"))
    (found,) = evaluate(make_rulebook(make_rule(), clause), ())
    assert (found.outcome, found.reason, found.rule) == ("needs_person", "awaits_attestation", None)
    assert [one.asks.zh for one in found.evidence] == ["证明"]


@pytest.mark.parametrize(("evidence", "asks"), [(TEXT, "文"), (None, "求")])
def test_planned_clause_is_never_silently_missing(evidence, asks):
    clause = make_clause(status="planned", rule="not-there", check="assisted", evidence=evidence)
    (found,) = evaluate(make_rulebook(make_rule(), clause), ())
    assert (found.outcome, found.reason, found.rule) == ("cannot_tell", "rule_not_written", None)
    assert isinstance(found.evidence[0], RequestEvidence)
    assert found.evidence[0].asks.zh == asks


@pytest.mark.parametrize(
    ("flags", "outcome", "reason"),
    [
        ({}, "cannot_tell", "flag_missing"),
        ({"grants": True}, "cannot_tell", "flag_missing"),
        ({"grants": False}, "not_applicable", "not_applicable_here"),
        ({"licences": False}, "not_applicable", "not_applicable_here"),
        ({"grants": True, "licences": True}, "failed", "missing"),
    ],
)
def test_flags_of_rule_and_clause(flags, outcome, reason):
    rule = make_rule(applies={"flags": ["grants"]})
    clause = make_clause(applies={"flags": ["licences"]})
    context = Context("www.test.gov.cn", "测试区", date(2021, 1, 15), flags)
    found = evaluate(make_rulebook(rule, clause), facts(*UNITS), context)
    assert {(one.outcome, one.reason) for one in found} == {(outcome, reason)}


@pytest.mark.parametrize(("day", "outcome"), [(date(2021, 1, 16), "not_applicable"), (date(2021, 1, 15), "failed")])
@pytest.mark.parametrize("where", ["clause", "rule"])
def test_due_day(day, outcome, where):
    if where == "clause":
        rulebook = make_rulebook(make_rule(), make_clause(due=day))
    else:
        rule = make_rule(params={"by": {"type": "date"}}, due="$by")
        rulebook = make_rulebook(rule, make_clause(params={"by": day}))
    found = evaluate(rulebook, facts(UNITS[0]))
    assert [one.outcome for one in found] == [outcome]
    assert (found[0].values.get("due") == day.isoformat()) is (outcome == "not_applicable")


def test_condition_on_facts_says_where_a_rule_applies():
    rule = make_rule(applies={"when": {"guides": {"at_least": 1}}})
    found = evaluate(make_rulebook(rule), facts(*UNITS, ("guide", {"unit": "镇"})))
    assert [(one.outcome, one.reason) for one in found] == [
        ("not_applicable", "not_applicable_here"),
        ("failed", "undated"),
    ]


def test_assisted_clause_gives_the_machine_verdict():
    found = evaluate(make_rulebook(make_rule(), make_clause(check="assisted")), facts(UNITS[0]))
    assert [(one.outcome, one.proposal) for one in found] == [("failed", None)]


def test_preview_is_told_in_the_text_of_the_clause():
    rulebook = make_rulebook(make_rule(status="preview"))
    assert rulebook.describe_clauses()["ZZ20-1.1a"].preview
    assert not make_rulebook(make_rule()).describe_clauses()["ZZ20-1.1a"].preview


# ---- values and evidence -------------------------------------------------------------------------


def test_values_are_those_of_the_measures():
    measures = {
        "named": {"count": "column", "where": {"concept": "$name"}, "each": ["a", "b"], "as": "name"},
        "newest": {"max": "document.published_on"},
        "by_unit": {"count": "document", "per": "unit"},
        "share": {"share": {"of": "by_unit", "over": "all"}},
        "all": {"count": "document"},
        "none": {"min": "guide.updated_on"},
    }
    rule = make_rule(measures, [{"outcome": "passed"}], subject="site")
    given = facts(
        ("column", {"concept": "b"}),
        ("document", {"unit": "甲", "published_on": date(2020, 5, 1)}),
        ("document", {"unit": "甲"}),
    )
    (found,) = evaluate(make_rulebook(rule), given)
    assert found.values == {
        "named": 1,
        "named.with": ("b",),
        "named.without": ("a",),
        "newest": "2020-05-01",
        "by_unit": 2,
        "by_unit.groups": {"甲": 2},
        "share": 1.0,
        "all": 2,
        "none": None,
    }


def test_share_and_list_are_shown_with_both_sides():
    measures = {
        "named": {"count": "column", "where": {"concept": "$name"}, "each": ["disclosure_guide", "b"], "as": "name"},
        "all": {"count": "document"},
        "some": {"count": "document", "where": {"unit": "甲"}},
        "share": {"share": {"of": "some", "over": "all"}},
    }
    verdicts = [{"outcome": "failed", "reason": "few", "when": {"share": {"less_than": 1}}, "show": ["named"]}]
    rule = make_rule(measures, [*verdicts, {"outcome": "passed"}], subject="site")
    given = facts(
        ("column", {"concept": "b", "name": "乙", "url": "http://h/b"}),
        ("document", {"unit": "甲", "title": "一", "url": "http://h/1", "published_on": date(2020, 5, 1)}),
        ("document", {"title": "二", "url": "http://h/2"}),
    )

    words = SimpleNamespace(concepts={"disclosure_guide": Bilingual(zh="公开指南", en="guide")})
    context = Context("www.test.gov.cn", "测试区", date(2021, 1, 15), words=words)
    (found,) = evaluate(make_rulebook(rule), given, context)
    share, named = found.evidence
    assert (share.measure, named.measure) == ("share", "named")
    assert [(one.title, one.url, one.note) for one in share.numerator] == [("一", "http://h/1", "2020-05-01")]
    assert [(one.title, one.url) for one in share.rest] == [("二", "http://h/2")]
    assert [(one.key, one.title, one.url, one.note) for one in named.numerator] == [("b", "b", "http://h/b", "乙")]
    assert [(one.key, one.title) for one in named.rest] == [("disclosure_guide", "公开指南")]


def test_condition_on_a_state_shows_the_facts_in_that_state():
    attempt = AttemptEvidence("http://h/1", AttemptReason.TIMEOUT, "", None)
    read, lost = facts(("guide", {"unit": "镇"}), ("guide", {"unit": "镇", "updated_on": "unreadable"}))
    lost = lost.model_copy(update={"evidence": (attempt,)})
    (found,) = evaluate(make_rulebook(make_rule()), (*facts(UNITS[1]), read, lost))
    assert (found.reason, found.evidence) == ("unreadable", (attempt,))


def test_absence_is_shown_with_what_was_looked_through():
    seen = {"host": "h", "part": "disclosure_section", "discovered": 5, "fetched": 5, "complete": True}
    (found,) = evaluate(make_rulebook(make_rule()), facts(UNITS[0], ("coverage", seen)))
    assert found.evidence == (CoverageEvidence("h", Part.DISCLOSURE_SECTION, None, 5, 5, 0, 0, 0, complete=True),)


def test_evidence_is_never_empty():
    (found,) = evaluate(make_rulebook(make_rule()), facts(UNITS[0]))
    assert found.evidence == (CoverageEvidence("www.test.gov.cn", Part.SITE, None, 0, 0, 0, 0, 0, complete=False),)


def test_evidence_is_bounded_and_the_values_tell_the_whole():
    verdicts = [{"outcome": "failed", "reason": "many", "when": {"m": {"at_least": 1}}}, {"outcome": "passed"}]
    rule = make_rule({"m": {"count": "document"}}, verdicts, subject="site")
    given = facts(*(("document", {"url": f"http://h/{n:04}"}) for n in range(MOST_SHOWN + 5)))
    (found,) = evaluate(make_rulebook(rule), given)
    assert (len(found.evidence), found.values["m"]) == (MOST_SHOWN, MOST_SHOWN + 5)
    assert all(isinstance(one, RecordEvidence) for one in found.evidence)


def test_lists_are_bounded():
    measures = {
        "all": {"count": "document"},
        "some": {"count": "document", "where": {"unit": "甲"}},
        "share": {"share": {"of": "some", "over": "all"}},
    }
    rule = make_rule(measures, [{"outcome": "passed", "show": ["share"]}], subject="site")
    given = facts(*(("document", {"url": f"http://h/{n:04}"}) for n in range(MOST_LISTED + 5)))
    (found,) = evaluate(make_rulebook(rule), given)
    assert isinstance(found.evidence[0], ListEvidence)
    assert (len(found.evidence[0].rest), found.values["all"]) == (MOST_LISTED, MOST_LISTED + 5)


# ---- identity ------------------------------------------------------------------------------------


def test_fingerprint_holds_no_date_count_or_rule():
    rulebook = make_rulebook(make_rule())
    first = evaluate(rulebook, facts(UNITS[0], ("guide", {"unit": "区财政局"})))
    more = facts(
        UNITS[0], ("guide", {"unit": "区财政局"}), ("guide", {"unit": "区财政局", "published_on": date(2020, 1, 1)})
    )
    later = Context("www.test.gov.cn", "另名", date(2022, 2, 2))
    renamed = make_rule(id="other-rule")
    others = [
        *evaluate(rulebook, more, later),
        *evaluate(make_rulebook(renamed, make_clause(rule="other-rule")), more),
    ]
    assert {one.fingerprint for one in others} == {first[0].fingerprint}


def test_fingerprints_differ_by_site_clause_subject_and_reason():
    rulebook = make_rulebook(make_rule(), make_clause(1), make_clause(2))
    given = facts(*UNITS)
    found = [
        *evaluate(rulebook, given),
        *evaluate(rulebook, (*given, *facts(("guide", {"unit": "镇"})))),
        *evaluate(rulebook, given, Context("other", "测试区", date(2021, 1, 15))),
    ]
    keys = {(one.clause, one.subject.key, one.reason, place // 4 == 2) for place, one in enumerate(found)}
    assert len({one.fingerprint for one in found}) == len(keys)


def test_defect_is_shared_where_the_rules_say_so():
    other = make_rule(id="other-rule")
    rulebook = make_rulebook(make_rule(), make_clause(1), make_clause(2, rule="other-rule"))
    rulebook = Rulebook(rulebook.standards, {**rulebook.rules, "other-rule": other})
    missing = evaluate(rulebook, facts(UNITS[0]))
    assert len({one.defect for one in missing}) == 1
    undated = evaluate(rulebook, facts(UNITS[0], ("guide", {"unit": "区财政局"})))
    assert len({one.defect for one in (*missing, *undated)}) == 3
    passed = evaluate(rulebook, facts(UNITS[0], ("guide", {"unit": "区财政局", "updated_on": date(2020, 1, 1)})))
    assert {one.defect for one in passed} == {None}


def test_tolerated_pass_keeps_its_reason():
    verdicts = [{"outcome": "passed", "degree": "tolerated", "reason": "order"}]
    (found,) = evaluate(make_rulebook(make_rule({"m": {"count": "guide"}}, verdicts, subject="site")), ())
    assert (found.outcome, found.degree, found.reason) == (Outcome.PASSED, Degree.TOLERATED, "order")


# ---- the whole -----------------------------------------------------------------------------------


def test_a_rule_that_raises_cannot_tell_for_itself_only():
    broken = make_rule({"m": {"count": "column", "where": {"name": {"named": "disclosure_guide"}}}}, id="broken-rule")
    broken = broken.model_copy(update={"verdicts": make_rule().verdicts[-1:], "subject": "site"})
    rulebook = make_rulebook(make_rule(), make_clause(1, rule="broken-rule"), make_clause(2))
    rulebook = Rulebook(rulebook.standards, {**rulebook.rules, "broken-rule": broken})
    found = evaluate_rulebook(facts(UNITS[0], ("column", {"name": "甲"})), rulebook, CONTEXT)
    assert [(one.outcome, one.reason) for one in found.findings] == [
        ("cannot_tell", "rule_error"),
        ("failed", "missing"),
    ]
    assert [(one.stage, one.place) for one in found.faults] == [("evaluate", "ZZ20-1.1a broken-rule")]
    assert "vocabulary" in found.faults[0].message


@pytest.fixture(scope="module")
def portal():
    """Facts of a small portal with one fault of each kind."""
    return facts(
        *UNITS,
        *(("coverage", {"host": "h", "part": part, "complete": True}) for part in ("navigation", "disclosure_section")),
        ("column", {"section": "disclosure_platform", "concept": "disclosure_guide", "status": 200, "blank": False}),
        ("guide", {"unit": "镇", "updated_on": date(2019, 1, 1)}),
        ("document", {"url": "d1", "document_kind": "normative", "published_on": date(2020, 3, 1)}),
        ("document", {"url": "d2", "document_kind": "normative", "published_on": date(2020, 3, 1)}),
        ("interpretation", {"of": "d1", "status": 200, "published_on": date(2020, 3, 1), "primary_form": "text"}),
        ("endpoint", {"family": 6, "role": "portal", "address_record": False}),
        *(("link", {"source": "p", "target": f"t{n}", "state": "ok"}) for n in range(30)),
    )


def test_engine_and_plain_evaluator_give_the_same_findings(portal):
    rulebook = load_rulebook(["xh20"])
    assert evaluate_rulebook(portal, rulebook, CONTEXT) == evaluate_rulebook(portal, rulebook, CONTEXT, judge_plainly)


def test_shuffled_facts_give_the_same_findings(portal):
    rulebook = load_rulebook(["xh20"])
    expected = evaluate_rulebook(portal, rulebook, CONTEXT)
    for seed in range(3):
        shuffled = list(portal)
        random.Random(seed).shuffle(shuffled)
        assert evaluate_rulebook(shuffled, rulebook, CONTEXT) == expected


def test_census_of_the_shipped_standard(portal):
    """Every clause has findings, in the order of the standard, no two with one id."""
    rulebook = load_rulebook(["xh20"])
    found = evaluate_rulebook(portal, rulebook, CONTEXT).findings
    order = [clause.id for one in rulebook.standards for clause in one.standard.clauses]
    assert list(dict.fromkeys(one.clause for one in found)) == order
    assert len({one.id for one in found}) == len(found)
    judged = {one.clause: (one.outcome, one.reason) for one in found if one.rule is not None}
    assert judged["XH20-1.2a"] == ("failed", "column_missing")
    assert judged["XH20-2.1c"] == ("failed", "not_interpreted")
    assert judged["XH20-2.1l"] == ("failed", "below_half")
    assert judged["XH20-4.1c"] == ("failed", "no_aaaa")
    guides = {one.subject.key: one.reason for one in found if one.clause == "XH20-1.2b"}
    assert guides == {"区财政局": "no_guide", "镇": "too_old"}


def test_nothing_at_all_gives_a_finding_for_every_clause():
    rulebook = load_rulebook(["xh20"])
    found = evaluate_rulebook((), rulebook, CONTEXT)
    assert found.faults == ()
    assert len(found.findings) == len(rulebook.standards[0].standard.clauses)
    outcomes = {one.outcome for one in found.findings if one.reason != NOT_DUE_YET}
    assert outcomes == {Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON}


def test_coverage_facts_are_evidence_of_themselves(portal):
    assert [type(one) for one in portal if isinstance(one, Coverage)] == [Coverage, Coverage]


@pytest.mark.parametrize(
    ("as_of", "outcome", "reason"),
    [(date(2021, 1, 30), "not_applicable", NOT_DUE_YET), (date(2021, 1, 31), "failed", "no_report")],
)
def test_no_report_of_a_year_is_missed_before_the_last_day(as_of, outcome, reason):
    clauses = {"XH20-1.2f", "XH20-1.2g", "XH20-1.2i", "BS20-6a", "BS20-6b", "BS20-6d"}
    seen = [("coverage", {"part": part, "complete": True}) for part in ("navigation", "disclosure_section")]
    found = evaluate(load_rulebook(["xh20", "bs20"]), facts(UNITS[0], *seen), replace(CONTEXT, as_of=as_of))
    judged = [(one.clause, one.outcome.value, one.reason) for one in found if one.clause in clauses]
    assert sorted(judged) == sorted((clause, outcome, reason) for clause in clauses)
