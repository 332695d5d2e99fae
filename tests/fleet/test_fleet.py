"""Many targets at once: one that dies, hangs or takes memory touches no other; the file is checked; a fleet goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import fleet_work
import psutil
import pytest

from auditor import pipeline
from auditor.cli.commands import run_arguments
from auditor.cli.fleet import plan_tasks
from auditor.collect.access import Access
from auditor.errors import RulesetError
from auditor.fleet.file import load_fleet
from auditor.fleet.pool import Finished, Task, audit_all, choose_code, resume_tasks
from auditor.history.store import open_history
from auditor.messages import load_messages
from auditor.model.snapshots import Limits

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
RULESET = """
code: qh26
title: {zh: 要点, en: Key points}
issuer: {zh: 办公室, en: Office}
issued_on: 2020-03-01
version: "1"
clauses:
  - id: QH26-1.1a
    clause: 一(一)
    title: {zh: 更新指南, en: Guide updated}
    asks: {zh: 更新公开指南。, en: Every body updates its guide.}
    class: mandatory
    check: auto
    rule: guide-updated
    params: {after: 2020-07-04}
    subject: {unit: {unit_kind: {in: [department]}}}
"""


def read_clock():
    return datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def make_task(kind, folder, **changes):
    settings = pipeline.Settings(now=read_clock, out=folder / kind)
    return replace(Task(f"http://{kind}.example/{kind}", settings, history=str(folder / "history.db")), **changes)


def test_a_site_that_dies_hangs_or_takes_memory_touches_no_other(tmp_path):
    bounds = {"hang": {"seconds": 1.0}, "hunger": {"megabytes": 500}}
    kinds = ("crash", "good", "hang", "hunger")
    tasks = [make_task(kind, tmp_path, **bounds.get(kind, {})) for kind in kinds]
    told, followed = [], []
    found = audit_all(
        tasks, 3, told.append, fleet_work.misbehave, lambda task, said: followed.append((task.target, said.done))
    )
    assert [one.code for one in found] == [4, 0, 4, 4]
    codes = [one.trouble.code if one.trouble else None for one in found]
    assert codes == ["site_crashed", None, "site_time_limit", "site_memory_limit"]
    assert sorted(one.target for one in told) == sorted(task.target for task in tasks)
    assert choose_code(found) == 4
    assert {(task.target, 1) for task in tasks} <= set(followed)
    assert [one for one in psutil.Process().children(recursive=True) if "sleep(600)" in " ".join(one.cmdline())] == []
    with open_history(str(tmp_path / "history.db")) as history:
        kept = {one.site: (one.state.value, one.reason) for one in history.list_summaries()}
    assert kept == {
        "crash.example": ("failed", "site_crashed"),
        "hang.example": ("failed", "site_time_limit"),
        "hunger.example": ("failed", "site_memory_limit"),
    }


def test_who_works_for_a_fleet_does_not_outlive_it(tmp_path):
    here = Path(fleet_work.__file__)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(here.parent), *sys.path])}
    fleet = subprocess.Popen([sys.executable, str(here), str(tmp_path)], env=environment)
    try:
        note = tmp_path / "site" / "working"
        wait_until(lambda: note.exists() and " " in note.read_text(encoding="utf-8"))
        workers = [psutil.Process(int(number)) for number in note.read_text(encoding="utf-8").split()]
    finally:
        fleet.kill()
        fleet.wait()
    assert psutil.wait_procs(workers, timeout=30)[1] == []


def wait_until(holds):
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("codes", "gravest"),
    [((0, 5), 5), ((0, 1, 5), 1), ((1, 3), 3), ((3, 2), 2), ((2, 4, 0), 4), ((), 0)],
)
def test_the_gravest_code_is_the_fleets(codes, gravest):
    assert choose_code([Finished("x", code) for code in codes]) == gravest


def test_what_is_done_is_left_out_and_what_was_broken_off_goes_on(tmp_path):
    tasks = [make_task(kind, tmp_path) for kind in ("done", "begun", "new", "killed")]
    for kind, code in (("done", 1), ("killed", 4)):
        (tmp_path / kind).mkdir()
        (tmp_path / kind / "outcome.json").write_text(json.dumps({"code": code}), encoding="utf-8")
        (tmp_path / kind / "result.json").write_text("{}", encoding="utf-8")
    (tmp_path / "begun" / "collecting").mkdir(parents=True)
    left, done = resume_tasks(tasks)
    assert {number: one.code for number, one in done.items()} == {0: 1}
    assert [(task.target[7:12], task.settings.resume) for task in left] == [
        ("begun", True),
        ("new.e", False),
        ("kille", True),
    ]


def write_fleet(folder, text):
    (folder / "fleet.yaml").write_text(text, encoding="utf-8")
    return folder / "fleet.yaml"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("targets: []", "constraint", 1),
        ("targets:\n  - {target: a, profil: b}", "unknown_key", 2),
        ("targets:\n  - {target: a}\n  - {target: a}", "repeated_target", 1),
        ("targets:\n  - {target: a}\nprocesses: 0", "constraint", 3),
        ("targets:\n  - {target: a}\nmegabytes: many", "wrong_type", 3),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(tmp_path, text, code, line):
    with pytest.raises(RulesetError) as caught:
        load_fleet(write_fleet(tmp_path, text))
    assert [problem.line for problem in caught.value.problems] == [line]
    assert code in {problem.code for problem in caught.value.problems} or code == "constraint"


def plan_file(folder, text):
    plan = load_fleet(write_fleet(folder, text))
    options = {"history": None, "as_of": None}
    return plan_tasks(plan, folder / "out", read_clock, load_messages("en"), options)


def test_each_target_may_be_collected_in_its_own_way(tmp_path, monkeypatch):
    monkeypatch.setenv("SITE_AUTH", "name:word")
    text = """
targets:
  - {target: "http://a.example/", rate: 0.5, browser: never, auth: "env:SITE_AUTH", header: ["X-Case: 1"]}
  - {target: "http://b.example/", exclude: ["*/old/*"], proxy: "http://proxy.example:3128"}
rate: 3
max_pages: 50
browser: always
resolve: ["a.example:80:127.0.0.1"]
"""
    one, other = (task.settings for task in plan_file(tmp_path, text))
    assert (one.limits.rate, one.limits.max_pages, one.access.browser) == (0.5, 50, "never")
    assert (one.access.auth, one.access.headers) == (("name", "word"), (("X-Case", "1"),))
    assert (other.limits.rate, other.limits.max_pages, other.access.browser) == (3, 50, "always")
    assert (other.access.auth, other.access.headers) == (None, ())
    assert (other.limits.exclude, other.access.proxy) == (("*/old/*",), "http://proxy.example:3128")
    assert one.access.overrides == other.access.overrides == {("a.example", 80): ("127.0.0.1",)}


def test_what_a_file_does_not_say_is_as_on_the_command_line(tmp_path):
    (task,) = plan_file(tmp_path, "targets:\n  - {target: 'http://a.example/'}\n")
    assert (task.settings.limits, task.settings.access) == (Limits(), Access())


def test_credentials_of_all_sites_at_once_are_refused(tmp_path):
    with pytest.raises(RulesetError) as caught:
        load_fleet(write_fleet(tmp_path, "targets:\n  - {target: 'http://a.example/'}\nauth: a:b\n"))
    assert [problem.code for problem in caught.value.problems] == ["unknown_key"]


def test_a_fleet_ends_with_its_scorecard_and_can_go_on(tmp_path, capfd):
    (tmp_path / "run").mkdir()
    shutil.copyfile(GOLDEN / "snapshot.wacz", tmp_path / "run" / "snapshot.wacz")
    shutil.copyfile(GOLDEN / "portal.yaml", tmp_path / "portal.yaml")
    (tmp_path / "qh26.yaml").write_text(RULESET, encoding="utf-8")
    text = "targets:\n  - {target: run, profile: portal.yaml}\n  - target: http://127.0.0.1:9/\n"
    file = str(write_fleet(tmp_path, text + "standards: [qh26.yaml]\nout: out\nprocesses: 2\n"))
    arguments = ["fleet", file, "--as-of", "2026-11-22", "--lang", "en"]
    assert run_arguments(arguments, {}) == 3
    told = capfd.readouterr()
    assert "score 66.7" in told.out
    assert "refused" in told.err
    page = (tmp_path / "out" / "scorecard" / "2026-11" / "index.html").read_text(encoding="utf-8")
    assert "66.7" in page
    assert "The connection was refused" in page
    assert run_arguments([*arguments, "--resume"], {}) == 3
    assert "Done already, left out" in capfd.readouterr().out
    with open_history(str(tmp_path / "out" / "history.db")) as history:
        assert [one.state.value for one in history.list_summaries() if one.site != "127.0.0.1"] == ["done"]
