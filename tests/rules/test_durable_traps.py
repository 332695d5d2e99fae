"""What durable really does, trap by trap: each that the product depends on, seen in a process of its own.

If an upgrade changes one of these, the test tells, and the way round it can be looked at again. The numbers are those
of the design's list; those from 16 on were found while this was built.
"""

import json
import platform
import subprocess
import sys
import textwrap
from datetime import timedelta

import pytest
from rule_strategies import DAYS, POOL, bind

from auditor.evaluate import Context, evaluate_rulebook
from auditor.resources import find_resource
from auditor.rules.cases import build_fact
from auditor.rules.engine import run_job
from auditor.rules.judgement import Judgements
from auditor.rules.load import load_rulebook
from auditor.rules.matching import SIGNS, build_job
from auditor.rules.operators import Surroundings
from auditor.rules.program import compile_use
from auditor.rules.projection import FactTable
from auditor.rules.reference import judge_plainly
from auditor.rules.trial import MOST_RULES
from auditor.rules.verdicts import compile_verdicts, list_rules
from auditor.rules.workdays import load_calendar

PROBE = """
import json, time, threading
from durable import engine
from auditor.rules.engine import QuietHost
fired = []
def run(rules, facts, host=QuietHost, rest=True):
    tell_of = lambda name: lambda c: fired.append(name)
    made = {name: {"all": patterns, "run": tell_of(name)} for name, patterns in rules.items()}
    if rest:
        made["rest"] = {"all": [{"m": {"fact": 1}}], "run": lambda c: None}
    it = host()
    it.register_rulesets({"t": made})
    it.assert_facts("t", facts)
    return sorted(fired)
def f(number, **fields):
    return {"id": number, "fact": 1, **fields}
def tell(value):
    print(json.dumps(value))
"""


def probe(code, seconds=60):
    """Run a probe of durable in a process of its own; return what it told, or the code it died with."""
    done = subprocess.run(
        [sys.executable, "-c", PROBE + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return json.loads(done.stdout) if done.returncode == 0 else (done.returncode, done.stderr.strip().split("\n")[-1])


def test_01_quiet_host_starts_no_thread_and_fires_all_before_it_returns():
    told = probe("""
        rules = {"pair": [{"a": {"x": 1}}, {"b": {"$and": [{"x": 2}, {"k": {"a": "k"}}]}}]}
        facts = [f(n + 1, x=1 + n % 2, k=n // 2) for n in range(8000)]
        tell([len(run(rules, facts)), threading.active_count()])
    """)
    assert told == [4000, 1]


def test_01_the_host_of_durable_itself_starts_threads():
    assert (
        probe("""
        host = engine.Host()
        time.sleep(0)
        tell(threading.active_count())
    """)
        > 1
    )


def test_02_a_fact_that_nothing_matches_spoils_the_whole_batch():
    code, last = probe("""
        tell(run({"a": [{"m": {"x": 1}}]}, [f(1, x=1), f(2, x=2)], rest=False))
    """)
    assert code == 1
    assert "MessageNotHandledException" in last
    assert run_job([[{"m": {"x": 1}}]], [{"id": 1, "fact": 1, "x": 1}, {"id": 2, "fact": 1, "x": 2}]) == [(0, {"m": 1})]


def test_03_a_catch_all_on_our_own_field_leaves_the_state_alone():
    assert probe("""
        seen = []
        it = QuietHost()
        it.register_rulesets({"t": {"rest": {"all": [{"m": {"fact": 1}}], "run": lambda c: seen.append(c.m.id)}}})
        it.assert_facts("t", [f(1), f(2), f(3)])
        tell(sorted(seen))
    """) == [1, 2, 3]


def test_09_a_rule_without_patterns_is_taken_in_silence():
    assert (
        probe("""
        tell(run({"empty": []}, [f(1)]))
    """)
        == []
    )


def test_04_numbers_in_a_row_never_collide_as_ids():
    assert (
        probe("""
        tell(len(run({"a": [{"m": {"x": 1}}]}, [f(n, x=1) for n in range(1, 20001)])))
    """)
        == 20000
    )


def test_05_scalars_are_coerced():
    assert probe("""
        tell(run({"one": [{"m": {"x": 1}}], "less": [{"m": {"$lt": {"x": 0.5}}}]}, [f(1, x=True), f(2, x="0.2")]))
    """) == ["less", "one"]


def test_06_not_equal_needs_the_field():
    assert probe("""
        tell(run({"other": [{"m": {"$and": [{"fact": 1}, {"$neq": {"x": 1}}]}}]}, [f(1, y=1), f(2, x=2)]))
    """) == ["other"]


def test_07_a_negation_is_not_taken_back():
    assert probe("""
        rule = {"lone": [{"p": {"x": 1}}, {"n$not": {"$and": [{"x": 2}, {"k": {"p": "k"}}]}}]}
        tell(run(rule, [f(1, x=1, k=7), f(2, x=2, k=7)]))
    """) == ["lone"]


def test_08_an_exception_in_an_action_is_swallowed():
    assert (
        probe("""
        host = QuietHost()
        host.register_rulesets({"t": {"a": {"all": [{"m": {"fact": 1}}], "run": lambda c: 1 / 0}}})
        host.assert_facts("t", [f(1)])
        tell("no error")
    """)
        == "no error"
    )


def test_12_one_fact_under_many_different_tests_is_an_error():
    code, last = probe("""
        rules = {f"r{n}": [{"m": {"$and": [{"k": 1}, {"$gte": {"v": n}}]}}] for n in range(70)}
        tell(len(run(rules, [f(1, k=1, v=1000)])))
    """)
    assert (code, "303" in last) == (1, True)
    assert MOST_RULES <= 60


def test_14_definitions_are_changed():
    assert (
        probe("""
        rules = {"a": {"all": [{"m": {"fact": 1}}], "run": lambda c: None}}
        QuietHost().register_rulesets({"t": rules})
        tell("run" in rules["a"])
    """)
        is False
    )


def test_16_numbers_with_an_exponent_are_refused():
    code, last = probe("""
        tell(run({"a": [{"m": {"$gte": {"x": 1e-07}}}]}, [f(1, x=1)]))
    """)
    assert (code, "204" in last) == (1, True)


def test_17_an_alternative_before_a_join_loses_the_join():
    assert probe("""
        either, join = {"$or": [{"a": 1}, {"b": 1}]}, {"c": {"f": "c"}}
        rules = {
            "first": [{"f": {"x": 1}}, {"j": {"$and": [{"x": 2}, either, join]}}],
            "last": [{"f": {"x": 1}}, {"j": {"$and": [{"x": 2}, join, either]}}],
        }
        tell(run(rules, [f(1, x=1, c=1), f(2, x=2, c=2, a=1)]))
    """) == ["first"]


def test_18_the_name_s_is_the_state_of_the_engine():
    assert probe("""
        seen = []
        host = QuietHost()
        host.register_rulesets({"t": {"a": {"all": [{"s": {"fact": 1}}], "run": lambda c: seen.append(c.s.sid)}}})
        host.assert_facts("t", [f(1)])
        tell(seen)
    """) == ["0"]


def test_19_nested_alternatives_are_refused():
    code, last = probe("""
        a, b, c = ([{"$lte": {x: n}} for n in range(9)] for x in "abc")
        second = {"$or": [{"$and": [b[4], a[3]]}, {"$or": [c[3], b[1]]}]}
        inner = [{"$or": [a[1], {"$and": [b[0], a[2]]}, b[3]]}, second]
        left = {"$or": [{"$and": inner}, {"$and": [b[5], b[6]]}]}
        more = [{"$or": [a[4], b[2]]}, {"$or": [{"$or": [b[7], b[8]]}, {"$or": [c[1], c[2]]}]}, a[5]]
        right = {"$and": [a[6], {"$or": more}]}
        tell(run({"a": [{"m": {"$and": [{"fact": 1}, {"$and": [left, right]}]}}]}, [f(1)]))
    """)
    assert (code, "113" in last) == (1, True)


def test_20_no_facts_at_all_crash_the_engine():
    code, _ = probe("""
        tell(run({"a": [{"m": {"x": 1}}]}, []))
    """)
    assert code == -11
    assert run_job([[{"m": {"x": 1}}]], []) == []


LAST_JOIN_IS_FALSE = """
    chosen = {"chosen": {"$and": [{"rel": 2}, {"c0": 1}, {"$gte": {"c1": 737425}}, {"$lte": {"c1": 737790}}]}}
    equal, less, always = {"c0": {"chosen": "c2"}}, {"$lt": {"c2": {"chosen": "c4"}}}, {"fact": {"chosen": "fact"}}
    more = {"$gt": {"c2": {"chosen": "c4"}}}
    facts = [f(1, rel=2, c0=1, c1=737425, c2=3, c4=737431), f(2, rel=3, c0=3, c2=737794)]
    tell(run({"pair": [chosen, {"joined": {"$and": [{"rel": 3}, %s]}}]}, facts))
"""


MEMORY = (
    {"MALLOC_MMAP_THRESHOLD_": "1000000000", "MALLOC_TOP_PAD_": "0"},
    {"MALLOC_MMAP_THRESHOLD_": "8192"},
    {"MALLOC_TOP_PAD_": "0"},
)
"""Layouts of memory: what stands behind the engine's own is chance, and may end the reading before the process."""


def probe_in(layout, program, monkeypatch):
    """Yield how a program ends with memory laid out in one way, without and with some held before."""
    for name, value in layout.items():
        monkeypatch.setenv(name, value)
    for start in ("", "    held = [bytearray(60000) for _ in range(300)]"):
        yield probe(start + program)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only the C library of GNU lays memory out on demand")
@pytest.mark.parametrize("joins", ["equal, less", "less", "equal, more, less", "equal, less, {'c0': 3}"])
def test_21_a_last_join_that_is_false_is_read_beyond_its_end(joins, monkeypatch):
    monkeypatch.setenv("MALLOC_PERTURB_", "165")
    ends = (end for layout in MEMORY * 2 for end in probe_in(layout, LAST_JOIN_IS_FALSE % joins, monkeypatch))
    assert any(end and end[0] == -11 for end in ends)


@pytest.mark.parametrize("joins", ["equal, less, always", "less, always", "less, less, always", "less, equal"])
def test_21_a_last_join_that_always_holds_is_the_way_round(joins, monkeypatch):
    monkeypatch.setenv("MALLOC_PERTURB_", "165")
    assert probe(LAST_JOIN_IS_FALSE % joins) == []


# ---- what our own programs never contain ---------------------------------------------------------


class NoPassages:
    def find_mentions(self, _terms):
        return ()


def list_uses_of_standards():
    """Return the rules of every standard as its clauses bind them."""
    uses = []
    codes = sorted(path.stem for path in (find_resource("rulesets") / "standards").glob("*.yaml"))
    rulebook = load_rulebook(codes)
    bound = [one for loaded in rulebook.standards for one in loaded.standard.clauses] + list(rulebook.rules.values())
    flags = {name: True for one in bound if one.applies is not None for name in one.applies.flags}

    def keep(given, _facts, _around):
        uses.extend(given)
        return Judgements(())

    evaluate_rulebook((), rulebook, Context("site", "", DAYS[3], flags=flags, passages=NoPassages()), keep)
    assert len(uses) > 100
    return uses


@pytest.fixture(scope="module")
def written(library):
    """Every engine rule and fact made of the library, of the standards, and of a few facts with odd values."""
    around = Surroundings(DAYS[3], calendar=load_calendar())
    uses = [bind(name, rule, rule.cases[0].params) for name, rule in library.items()]
    uses += list_uses_of_standards()
    matched = [rule for use in uses for rule in compile_use(use, around)]
    table = FactTable(POOL, around)
    jobs = [build_job(matched[start : start + MOST_RULES], table).job for start in range(0, len(matched), MOST_RULES)]
    alternatives = [rule for use in uses for rule in list_rules(use.id, compile_verdicts(use, around))]
    return jobs, alternatives


def list_keys(value):
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list | tuple):
        for inner in value:
            yield from list_keys(inner)


def test_engine_rules_hold_no_negation_and_no_alternative(written):
    jobs, alternatives = written
    keys = {key for job in jobs for key in list_keys(job.rules)}
    assert not {key for key in keys if key.startswith("$")} - {"$and", "$ex", "$gte", "$gt", "$lte", "$lt", "$neq"}
    assert not {key for key in keys if "$not" in key or key in ("id", "sid", "s")}
    assert alternatives


def find_joins(tests):
    """Return the tests of a pattern that name a field of another pattern."""
    compared = [next(iter(test.values())) if next(iter(test)) in {"$ex", *SIGNS.values()} else test for test in tests]
    return [test for test, one in zip(tests, compared, strict=True) if isinstance(next(iter(one.values())), dict)]


def test_last_join_of_every_engine_pattern_always_holds(written):
    jobs, _ = written
    joined = 0
    for job in jobs:
        assert all(fact["fact"] == 1 for fact in job.facts)
        for patterns in job.rules:
            names = [name for pattern in patterns for name in pattern]
            for place, pattern in enumerate(patterns):
                joins = find_joins(pattern[names[place]]["$and"])
                joined += bool(joins)
                assert not joins or joins[-1] in [{"fact": {name: "fact"}} for name in names[:place]]
    assert joined > 50


def test_engine_facts_hold_small_integers_only(written):
    jobs, _ = written
    facts = [fact for job in jobs for fact in job.facts]
    assert facts
    assert all(type(value) is int and abs(value) < 10**7 for fact in facts for value in fact.values())
    assert all(len(fact) < 60 for fact in facts)
    for job in jobs:
        assert [fact["id"] for fact in job.facts] == list(range(1, len(job.facts) + 1))


# ---- and that our way round them holds -----------------------------------------------------------


def judge_both(rule, facts, judge, as_of):

    use = bind("use", rule, {})
    around = Surroundings(as_of)
    plain = judge_plainly([use], facts, around)
    assert judge([use], facts, around) == plain
    assert not plain.faults
    return plain.judgements


def test_many_thresholds_over_one_fact(make_rule, make_facts, judge_fast):
    measures = {f"m{level}": {"count": "column", "where": {"level": {"at_least": level}}} for level in range(150)}
    facts = make_facts(("column", {"level": 100}))
    (judged,) = judge_both(make_rule(measures), facts, judge_fast, DAYS[3])
    assert sum(one.value for one in judged.measures.values()) == 101


def test_long_text_is_matched(make_rule, make_facts, judge_fast):
    measures = {"m": {"count": "column", "where": {"name": {"matches": "终$"}, "section": {"is": "x" * 70_000}}}}
    facts = make_facts(("column", {"name": "长" * 70_000 + "终", "section": "x" * 70_000}), ("column", {"name": "短"}))
    (judged,) = judge_both(make_rule(measures), facts, judge_fast, DAYS[3])
    assert judged.measures["m"].value == 1


def test_numbers_that_json_writes_with_an_exponent(make_rule, make_facts, judge_fast):
    measures = {"m": {"count": "endpoint", "where": {"same_as_v4": {"more_than": 1e-07}}}}
    values = [1e-08, 1e-07, 1.0000001e-07, 0.1]
    facts = make_facts(*(("endpoint", {"family": 6, "host": str(value), "same_as_v4": value}) for value in values))
    (judged,) = judge_both(make_rule(measures, needs=["endpoint"]), facts, judge_fast, DAYS[3])
    assert judged.measures["m"].facts == (2, 3)


def test_verdicts_with_many_nested_alternatives(make_rule, make_facts, judge_fast):
    measures = {f"m{level}": {"count": "column", "where": {"level": level}} for level in range(12)}
    whens = [{"any": [{f"m{level + step}": 1} for step in (0, 4, 8)]} for level in range(4)]
    verdicts = [
        {"outcome": "failed", "reason": "all_four", "when": {"all": whens}},
        {"outcome": "failed", "reason": "not_one", "when": {"none": whens}},
        {"outcome": "passed"},
    ]
    rule = make_rule(measures, verdicts)
    for levels, verdict in (((0, 5, 10, 3), 0), ((), 1), ((0, 4, 8), 2)):
        facts = make_facts(*(("column", {"level": level}) for level in levels))
        (judged,) = judge_both(rule, facts, judge_fast, DAYS[3])
        assert judged.verdict == verdict


def test_links_reach_the_engine_as_a_few_rows(library):

    use = bind("use", library["ipv6-service"], {})
    facts = [build_fact("link", {"family": 6, "state": "ok" if n % 3 else "broken"}, n) for n in range(3000)]
    rules = [rule for rule in compile_use(use, Surroundings(DAYS[3])) if rule.patterns[0].kind == "link"]
    job = build_job(rules, FactTable(facts, Surroundings(DAYS[3])))
    assert len(job.job.facts) == 2


def test_documents_of_many_days_reach_the_engine_as_a_few_rows(make_rule):
    measures = {
        "young": {"count": "document", "where": {"published_on": {"not_before": DAYS[2]}}},
        "old": {"count": "document", "where": {"published_on": {"before": DAYS[1]}}},
    }
    use = bind("use", make_rule(measures, needs=["document"]), {})
    facts = [build_fact("document", {"published_on": DAYS[0] + timedelta(n)}, n) for n in range(400)]
    job = build_job(compile_use(use, Surroundings(DAYS[3])), FactTable(facts, Surroundings(DAYS[3])))
    assert sorted(map(len, (row.members for row in job.rows.values()))) == [1, 1, 29, 30, 339]


def test_facts_looked_up_by_a_key_reach_the_engine_as_a_few_rows(make_rule, make_facts, judge_fast):
    measures = {
        "read": {"count": "document", "with": {"interpretation": {"of": "$document.url", "links_to_policy": True}}},
        "bare": {"count": "document", "without": {"interpretation": {"of": "$document.url"}}},
    }
    rule = make_rule(measures, needs=["document", "interpretation"])
    documents = [("document", {"url": f"u{n}"}) for n in range(120)]
    readings = [("interpretation", {"of": f"u{n % 60}", "links_to_policy": n % 5 == 0}) for n in range(90)]
    facts = make_facts(*documents, *readings)
    (judged,) = judge_both(rule, facts, judge_fast, DAYS[3])
    assert [judged.measures[name].value for name in measures] == [12, 60]
    around = Surroundings(DAYS[3])
    assert len(build_job(compile_use(bind("use", rule, {}), around), FactTable(facts, around)).job.facts) < 20
