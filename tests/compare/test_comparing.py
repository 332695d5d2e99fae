"""Two audits compared from end to end: run folders, numbers of a history, every form of output."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from auditor import pipeline
from auditor.cli.commands import run_arguments
from auditor.compare.causes import Cause
from auditor.compare.sources import compare_sources, read_source
from auditor.errors import InputError
from auditor.messages import load_messages

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
RULESET = """
code: qh26
title: {{zh: 要点, en: Key points}}
issuer: {{zh: 办公室, en: Office}}
issued_on: 2020-03-01
version: "{version}"
clauses:
  - id: QH26-1.1a
    clause: 一(一)
    title: {{zh: 更新指南, en: Guide updated}}
    asks: {{zh: 更新公开指南。, en: Every body updates its guide.}}
    class: mandatory
    check: auto
    rule: guide-updated
    params: {{after: {after}}}
    subject: {{unit: {{unit_kind: {{in: [department]}}}}}}
"""
STALE, SECOND, THIRD = "2018-03-02", "2020-07-05", "2020-08-10"
"""Days on the guides of the three departments of the golden portal."""


def make_run(folder, ruleset, day, **days):
    """Judge the golden archive under a ruleset; `days` are put in place of others in its facts, as another site's."""
    folder.mkdir()
    shutil.copyfile(GOLDEN / "snapshot.wacz", folder / "snapshot.wacz")
    settings = pipeline.Settings(
        now=lambda: datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        as_of=day,
        rulesets=(str(ruleset),),
        profile=GOLDEN / "portal.yaml",
        formats=("json",),
    )
    plan = pipeline.plan_audit(settings)
    pipeline.extract_run(folder, plan.profile)
    text = (folder / "facts.jsonl").read_text(encoding="utf-8")
    for before, after in days.items():
        text = text.replace(before.strip("_").replace("_", "-"), after)
    (folder / "facts.jsonl").write_text(text, encoding="utf-8")
    pipeline.judge_run(folder, plan, settings, load_messages("en"), fresh=False)
    return settings


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """An older run whose tool misread the third guide, and a newer one of a mended site under stricter rules."""
    folder = tmp_path_factory.mktemp("runs")
    for number, after in (("1", "2020-07-04"), ("2", "2020-08-01")):
        (folder / number).mkdir()
        (folder / number / "qh26.yaml").write_text(RULESET.format(version=number, after=after), encoding="utf-8")
    make_run(folder / "older", folder / "1" / "qh26.yaml", date(2020, 9, 20), _2020_08_10="2020-03-10")
    settings = make_run(folder / "newer", folder / "2" / "qh26.yaml", date(2020, 10, 20), _2018_03_02="2020-09-02")
    older = folder / "older" / "result.json"
    document = json.loads(older.read_text(encoding="utf-8"))
    document["versions"]["auditor"] = "0.0.1"
    document["snapshot"]["run_id"] = "older"
    older.write_text(json.dumps(document), encoding="utf-8")
    return folder, settings


@pytest.fixture(scope="module")
def history(runs):
    address = str(runs[0] / "history.db")
    folder = runs[0]
    arguments = ["history", "add", str(folder / "older"), str(folder / "newer"), "--history", address]
    assert run_arguments(arguments, {"LANG": "en"}) == 0
    return address


def test_site_rules_and_tool_are_told_apart_by_judging_the_older_folder_again(runs, history, capfd):
    older = runs[0] / "older"
    before = {path.name: path.read_bytes() for path in older.iterdir()}
    ruleset = str(runs[0] / "2" / "qh26.yaml")
    arguments = ["compare", "1", "2", "--history", history, "-r", ruleset, "--format", "json", "--lang", "en"]
    capfd.readouterr()
    assert run_arguments(arguments, {}) == 0
    document = json.loads(capfd.readouterr().out)
    found = {change["subject"]["key"][3:]: change["cause"] for change in document["changes"]}
    assert found == {"发展和改革委员会": "rules", "财政局": "site", "教育局": "tool"}
    assert {cause: count for cause, count in document["causes"].items() if count} == {"site": 1, "rules": 1, "tool": 1}
    assert (document["retried"], document["obstacle"]) == (True, "")
    assert {path.name: path.read_bytes() for path in older.iterdir()} == before


def test_without_judging_again_what_is_not_sure_stays_unclear(runs):
    folder, settings = runs
    sources = [read_source(str(folder / name), None) for name in ("older", "newer")]
    comparison, obstacle = compare_sources(*sources, settings, retries=False)
    assert obstacle == "not_asked"
    assert {change.cause for change in comparison.changes} == {Cause.UNCLEAR}


def test_rules_that_are_not_here_are_said_to_be_missing(runs):
    folder, settings = runs
    sources = [read_source(str(folder / name), None) for name in ("older", "newer")]
    other = replace(settings, rulesets=(str(folder / "1" / "qh26.yaml"),))
    comparison, obstacle = compare_sources(*sources, other, retries=True)
    assert (comparison.retried, obstacle) == (False, "rules_missing")


@pytest.mark.parametrize("form", ["html", "markdown", "terminal"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_form_says_the_cause(runs, tmp_path, capfd, form, language):
    out = tmp_path / "out.txt"
    folder = runs[0]
    arguments = ["compare", str(folder / "older"), str(folder / "newer"), "--no-retrial", "--format", form]
    capfd.readouterr()
    assert run_arguments([*arguments, "--out", str(out), "--lang", language], {}) == 0
    text = capfd.readouterr().out if form == "terminal" else out.read_text(encoding="utf-8")
    assert text.startswith({"html": "<!DOCTYPE html>", "markdown": "# ", "terminal": ""}[form])
    assert {"zh": "原因分不清", "en": "Cannot be told apart"}[language] in text
    assert "财政局" in text


def test_the_history_lists_what_it_holds(history, capfd):
    capfd.readouterr()
    assert run_arguments(["history", "list", "--history", history, "--month", "2020-09", "--lang", "en"], {}) == 0
    (line,) = capfd.readouterr().out.splitlines()
    assert "2020-09-20" in line
    assert "Done" in line


def test_a_second_adding_is_said_to_be_known(runs, history, capfd):
    run_arguments(["history", "add", str(runs[0] / "newer"), "--history", history, "--lang", "en"], {})
    assert "Known already" in capfd.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["compare", "1", "2"], "no such file"),
        (["compare", "1", "99", "--history", "{history}"], "no audit of the number 99"),
        (["history", "list", "--history", "{history}", "--month", "2026-13"], "no month"),
        (["history", "list", "--history", "mysql://h/d"], "no address of a database"),
    ],
)
def test_wrong_use_is_told(history, capfd, arguments, code):
    given = [argument.replace("{history}", history) for argument in arguments]
    assert run_arguments([*given, "--lang", "en"], {}) == 2
    assert code in capfd.readouterr().err


def test_two_sites_are_not_compared(runs):
    folder, settings = runs
    one, other = (read_source(str(folder / name), None) for name in ("older", "newer"))
    summary = replace(other.entry.summary, site="other")
    with pytest.raises(InputError) as caught:
        compare_sources(one, replace(other, entry=replace(other.entry, summary=summary)), settings, retries=False)
    assert caught.value.code == "compare_other_site"
