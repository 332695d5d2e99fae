"""The engine's path and the plain evaluator, built apart, say the same; a bug planted in the first is caught."""

import random
from dataclasses import replace

import pytest
from hypothesis import strategies as st
from library_trials import gather_pools, generate, library_trials
from rule_strategies import DAYS, accept_rule, bind, fact_lists, lookups, params, rules

from auditor.rules import matching, measures, program, projection, trial, verdicts
from auditor.rules.operators import Surroundings
from auditor.rules.reference import judge_plainly
from auditor.rules.workdays import load_calendar

AROUND = Surroundings(DAYS[3], calendar=load_calendar())
AT_ONCE = 5
EXAMPLES = 340
LOOKED_UP = 60


@st.composite
def trials(draw):
    made = [accept_rule(draw(rules())) for _ in range(AT_ONCE)]
    uses = [bind(f"use{index}", rule, draw(params())) for index, rule in enumerate(made) if rule is not None]
    return uses, [draw(fact_lists()), draw(fact_lists(least=8)), draw(fact_lists(least=12))]


@st.composite
def lookup_trials(draw):
    data, facts = draw(lookups())
    rule = accept_rule(data)
    return [] if rule is None else [bind("use", rule, draw(params()))], [facts]


@pytest.fixture(scope="module")
def corpus():
    """Generated uses and facts, with what the plain evaluator says of them."""
    return [
        (uses, facts, judge_plainly(uses, facts, AROUND))
        for uses, portals in [*generate(lookup_trials(), LOOKED_UP), *generate(trials(), EXAMPLES)]
        for facts in portals
    ]


def find_difference(corpus, judge):
    return next(
        (place for place, (uses, facts, plain) in enumerate(corpus) if judge(uses, facts, AROUND) != plain), None
    )


def test_generated_cases_are_many_and_varied(corpus):
    judged = [one for _, _, plain in corpus for one in plain.judgements]
    assert sum(len(uses) for uses, _, _ in corpus) >= 3000
    assert all(not plain.faults for _, _, plain in corpus)
    assert {one.verdict for one in judged} == {None, 0, 1, 2, 3}
    assert {type(measured.value) for one in judged for measured in one.measures.values()} >= {
        int,
        float,
        bool,
        type(None),
        type(DAYS[0]),
    }


def test_engine_agrees_with_the_plain_evaluator(corpus, judge_fast):
    place = find_difference(corpus, judge_fast)
    assert place is None, corpus[place]


def test_order_of_facts_makes_no_difference(corpus, judge_fast):
    chance = random.Random(7)
    for uses, facts, plain in corpus[::9]:
        order = list(range(len(facts)))
        chance.shuffle(order)
        judged = judge_fast(uses, [facts[place] for place in order], AROUND)
        assert {name_facts(one, order) for one in judged.judgements} == {
            name_facts(one, range(len(facts))) for one in plain.judgements
        }


def name_facts(judgement, order):
    """Return a judgement in which facts have the places that they had before the shuffle."""
    chosen = {name: sorted(order[place] for place in one.facts) for name, one in judgement.measures.items()}
    values = {name: (one.value, one.groups) for name, one in judgement.measures.items()}
    subject = None if judgement.subject is None else order[judgement.subject]
    return judgement.use, subject, judgement.verdict, str(chosen), str(values)


def test_engine_agrees_over_the_library_with_generated_facts(library, judge_fast):
    verdicts_seen = set()
    for use, facts, around in generate(library_trials(gather_pools(library)), 2000):
        plain = judge_plainly([use], facts, around)
        assert judge_fast([use], facts, around) == plain
        verdicts_seen |= {(use.id, one.verdict) for one in plain.judgements}
    assert len(verdicts_seen) >= sum(len(rule.verdicts) for rule in library.values()) * 0.7


@pytest.mark.parametrize(("pattern", "found"), [("乙", 1), ("甲|乙", 2), (None, 2), ("$", 1)])
def test_pattern_of_a_search_may_be_a_parameter(pattern, found, make_rule, make_facts, judge_fast):
    params = {"words": {"type": "str", "optional": True}}
    rule = make_rule({"seen": {"search": {"terms": ["a"], "matches": "$words"}}}, needs=["mention"], params=params)
    facts = make_facts(*(("mention", {"term": "a", "url": text, "excerpt": text}) for text in ("甲", "乙$")))
    use = bind("use", rule, {"words": pattern and pattern.replace("$", r"\$$")})
    plain = judge_plainly([use], facts, AROUND)
    assert judge_fast([use], facts, AROUND) == plain
    assert not plain.faults
    assert plain.judgements[0].measures["seen"].value == found


# ---- planted bugs --------------------------------------------------------------------------------


def change_entry(table, key, value):
    return lambda patch: patch.setitem(table, key, value)


def change_function(module, name, make):
    return lambda patch: patch.setattr(module, name, make(getattr(module, name)))


def forget_joins(write_rule):
    def write(rule, layout):
        patterns = tuple(replace(pattern, joins=()) for pattern in rule.patterns)
        return write_rule(replace(rule, patterns=patterns), layout)

    return write


def forget_last_check(write_pattern):
    def write(pattern, *rest):
        return write_pattern(replace(pattern, checks=pattern.checks[:-1]), *rest)

    return write


BUGS = {
    ">= becomes > in a where": change_entry(program._SIGNS, "at_least", ">"),
    "not_after becomes before in a where": change_entry(program._SIGNS, "not_after", "<"),
    ">= becomes > in a verdict": change_entry(verdicts._SIGNS, "at_least", ">"),
    "< becomes <= in a verdict": change_entry(verdicts._SIGNS, "less_than", "<="),
    "a join is dropped": change_function(matching, "_write_rule", forget_joins),
    "a condition is dropped": change_function(matching, "_write_pattern", forget_last_check),
    "comparisons are dropped": change_function(program, "_add_compare", lambda _: lambda *_: None),
    "a comparison is turned round": change_entry(program.FLIPPED, "<", "<"),
    "a span is left out": change_function(program, "_add_span", lambda _: lambda *_: None),
    "the last verdict wins": change_function(
        trial, "choose_verdict", lambda _: lambda _use, held: max((one for one in held if one >= 0), default=None)
    ),
    "a negation keeps its sign": change_entry(verdicts._COMPLEMENTS, "==", "=="),
    "a fact is its own twin": change_function(
        matching, "_list_members", lambda _: lambda _patterns, rows: iter(rows["chosen"].members)
    ),
    "facts that differ are taken for alike": change_function(
        projection,
        "_answer",
        lambda read: lambda column, *rest: read(column, *rest) if column.field != "unit" else None,
    ),
    "keys that find other facts are taken for alike": change_function(
        matching, "_number_keys", lambda number: lambda *given: dict.fromkeys(number(*given), 0)
    ),
    "a value at a bound is taken for one before it": change_function(
        projection.Scale, "encode", lambda encode: lambda scale, value: encode(scale, value) // 2
    ),
    "what is true of all is forgotten": change_function(
        measures, "_look_up", lambda _: lambda matches, tag, subject: matches.get(tag, {}).get(subject, set())
    ),
    "order is strict": change_function(measures, "_judge_order", lambda _: lambda *_: False),
    "items of lists count once a fact": change_function(
        measures, "_list_values", lambda listed: lambda field, places, found: listed(field, list(places)[:1], found)
    ),
}


@pytest.mark.parametrize("bug", BUGS.values(), ids=BUGS)
def test_planted_bug_is_caught(bug, corpus, judge_fast, monkeypatch):
    bug(monkeypatch)
    assert find_difference(corpus, judge_fast) is not None
