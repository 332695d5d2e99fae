"""The engine's process: what it does when it dies, hangs, babbles or is fed odd things."""

import os
import sys

import pytest
from rule_strategies import DAYS, bind

from auditor.rules.matching import Job
from auditor.rules.operators import Surroundings
from auditor.rules.reference import judge_plainly
from auditor.rules.trial import judge_by_engine
from auditor.rules.worker import COMMAND, EngineFailureError, EngineWorker

AROUND = Surroundings(DAYS[3])
JOB = Job(([{"m": {"x": 1}}],), ({"id": 1, "fact": 1, "x": 1},))


def engine_that(does, condition="len(facts) >= 30"):
    """Return a command for an engine that misbehaves on some jobs, and works on the others."""
    code = f"""
import os, sys, time
from auditor.rules import engine
run = engine.run_job
def run_job(rules, facts):
    if {condition}:
        {does}
    return run(rules, facts)
engine.run_job = run_job
engine.main()
"""
    return (sys.executable, "-c", code)


CRASHES = {
    "segmentation fault": "import ctypes; ctypes.string_at(0)",
    "exit": "os._exit(3)",
    "kill": "os.kill(os.getpid(), 9)",
    "exception": "raise MemoryError('no more')",
    "babble": "os.write(2, b'x' * 100000); os._exit(0)",
    "hang": "time.sleep(600)",
}


@pytest.mark.parametrize("does", CRASHES.values(), ids=CRASHES)
def test_a_rule_that_kills_the_engine_is_lost_alone(does, make_rule, make_facts):
    big = make_rule({"m": {"count": "column", "where": {"url": {"present": True}, "name": {"is_not": "a"}}}})
    culprit = make_rule({"m": {"count": "column", "with": {"column": {"url": "$column.url"}}}})
    facts = make_facts(*(("column", {"name": "b"}) for _ in range(40)))
    uses = [bind("good", big, {}), bind("bad", culprit, {}), bind("other", big, {})]
    command = engine_that(does)
    judged = judge_by_engine(uses, facts, AROUND, lambda: EngineWorker(command, seconds=2.0))
    assert list(judged.faults) == ["bad"]
    assert judged.faults["bad"]
    plain = judge_plainly(uses, facts, AROUND)
    assert judged.judgements == tuple(one for one in plain.judgements if one.use != "bad")


def test_an_engine_that_cannot_start_loses_every_rule_and_nothing_else(make_rule, make_facts):
    uses = [bind("a", make_rule({"m": {"count": "column"}}), {})]
    command = (sys.executable, "-c", "import sys; sys.exit('no durable here')")
    judged = judge_by_engine(uses, make_facts(("column", {})), AROUND, lambda: EngineWorker(command))
    assert judged.judgements == ()
    assert "no durable here" in judged.faults["a"]


def test_answer_that_is_no_answer_is_a_failure():
    command = (sys.executable, "-c", "print('hello', flush=True); input()")
    with EngineWorker(command) as worker, pytest.raises(EngineFailureError):
        worker.run(JOB)


def test_worker_goes_on_after_a_failure():
    with EngineWorker(engine_that("os._exit(1)", "len(facts) == 2")) as worker:
        assert worker.run(JOB) == [(0, {"m": 1})]
        with pytest.raises(EngineFailureError, match="code 1"):
            worker.run(Job(JOB.rules, (*JOB.facts, {"id": 2, "fact": 1})))
        assert worker.run(JOB) == [(0, {"m": 1})]


def test_engine_is_replaced_when_it_has_grown(monkeypatch):
    monkeypatch.setattr("auditor.rules.worker.MOST_FACTS", 1)
    tell_pid = "return [(0, {'m': os.getpid()})]"
    with EngineWorker(engine_that(tell_pid, "True")) as worker:
        job = Job(JOB.rules, (*JOB.facts, {"id": 2, "fact": 1}))
        pids = {worker.run(job)[0][1]["m"] for _ in range(3)}
        assert len(pids) == 3
    monkeypatch.setattr("auditor.rules.worker.MOST_FACTS", 1000)
    with EngineWorker(engine_that(tell_pid, "True")) as worker:
        assert len({worker.run(JOB)[0][1]["m"] for _ in range(3)}) == 1


def test_no_process_is_left_behind():
    with EngineWorker(engine_that("return [(0, {'m': os.getpid()})]", "True")) as worker:
        pid = worker.run(JOB)[0][1]["m"]
        os.kill(pid, 0)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_engine_needs_no_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise RuntimeError('not mine')", encoding="utf-8")
    with EngineWorker(COMMAND) as worker:
        assert worker.run(JOB) == [(0, {"m": 1})]


ODD = {
    "nul": "a\x00b",
    "quotes": "\"'}]{[\\",
    "lines": "a\nb\r\u2028c",
    "emoji": "政府🏛️\U0010ffff",
    "direction": "\u202eabc\u202c",
    "huge": "长" * 200_000,
    "dollar": "$subject.name",
    "number": "1",
    "true": "true",
    "operator": '{"$gte": 1}',
    "blank": " ",
    "controls": "".join(map(chr, range(1, 32))),
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_text_of_a_site_breaks_nothing(text, make_rule, make_facts, judge_fast):
    measures = {
        "own": {"count": "guide", "where": {"unit": "$subject"}},
        "other": {"count": "guide", "where": {"unit": {"is_not": "$subject.name"}}},
        "said": {"count": "guide", "where": {"hours": {"matches": "."}, "phone": {"has": "$subject"}}},
        "pairs": {"count": "guide", "with": {"column": {"subjects": {"has": "$guide.unit"}}}},
        "names": {"distinct": "guide.unit", "per": "unit"},
    }
    rule = make_rule(measures, needs=["guide", "column"], subject="unit")
    facts = make_facts(
        ("unit", {"name": text}),
        ("unit", {"name": "甲"}),
        ("guide", {"unit": text, "hours": text, "phone": [text, text, "1"]}),
        ("guide", {"unit": text + "x"}),
        ("column", {"subjects": [text]}),
    )
    use = bind("use", rule, {})
    plain = judge_plainly([use], facts, AROUND)
    assert judge_fast([use], facts, AROUND) == plain
    assert not plain.faults
    assert [one.measures["own"].value for one in plain.judgements] == [1, 0]
    assert [one.measures["pairs"].value for one in plain.judgements] == [1, 1]


@pytest.mark.parametrize("value", [10**30, -(10**30), 2**63, 2**53 + 1, 0])
def test_odd_numbers_of_a_site_break_nothing(value, make_rule, make_facts, judge_fast):
    measures = {
        "more": {"count": "column", "where": {"item_count": {"more_than": 2**53}}},
        "same": {"count": "column", "with": {"column": {"position": "$column.item_count"}}},
        "most": {"max": "column.item_count"},
    }
    facts = make_facts(
        ("column", {"item_count": value, "position": 7}),
        ("column", {"item_count": 5, "position": value}),
    )
    use = bind("use", make_rule(measures), {})
    plain = judge_plainly([use], facts, AROUND)
    assert judge_fast([use], facts, AROUND) == plain
    assert plain.judgements[0].measures["same"].value == 1
