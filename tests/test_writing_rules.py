"""A rule begun by `rules new`, from the sentence to the verdict: the commands of the page that leads through it."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from auditor.cli.commands import run_arguments
from auditor.errors import InputError
from auditor.facts import FACT_KINDS
from auditor.messages import load_messages
from auditor.rulecases import rehearse_file
from auditor.rules.drafts import read_rule
from auditor.rules.fields import find_fields
from auditor.rules.outline import FORMS, Order, list_fields, list_kinds, write_outline
from auditor.rules.reference import judge_plainly

PAGE = Path(__file__).resolve().parent.parent / "docs" / "writing-rules.md"
SITE = {
    "index.html": '<title>清河区财政局</title><a href="guide.html">政府信息公开指南</a>',
    "guide.html": "<title>政府信息公开指南</title><h1>政府信息公开指南</h1><p>更新日期：2026-02-03</p>"
    + "<p>公开范围</p>" * 30,
}
GIVEN = ["guide-new", "--title-zh", "指南是新的", "--title-en", "The guide is new", "--fact", "guide"]


def run(*arguments, folder=None):
    return run_arguments([*arguments, *(["--folder", str(folder)] if folder else [])], {"LANG": "en"})


def choose_value(kept):
    return str(next(iter(kept.choices), {"number": 3, "bool": "true", "date": "2020-02-03"}.get(kept.base, "样例")))


def list_orders():
    """Yield an order for every kind, form and field, with a value where the field always has one."""
    for kind in list_kinds():
        subject = "unit" if "unit" in find_fields(kind) else "site"
        for form in FORMS:
            for field in (*([None] if form == "present" else []), *list_fields(kind, form, subject)):
                order = Order("new-rule", "样例合格", "The sample is so", kind, form, field, subject=subject)
                value = None if field is None or form == "dated" else choose_value(find_fields(kind)[field])
                yield replace(order, value=value)


def test_outlines_have_no_problem_and_their_cases_the_outcomes_named(tmp_path):
    path = tmp_path / "new-rule.yaml"
    orders = list(list_orders())
    assert len(orders) > 300
    for order in orders[::7]:
        path.write_text(write_outline(order), encoding="utf-8")
        assert read_rule(path).problems == (), order
        assert list(rehearse_file(path, judge_plainly)) == [], order


@pytest.mark.parametrize("field", ["updated_on", "elements", "url"])
def test_without_a_value_any_will_do(field, tmp_path):
    path = tmp_path / "new-rule.yaml"
    order = Order("new-rule", "样例合格", "The sample is so", "guide", "share", field)
    if field == "url":
        with pytest.raises(InputError, match="unknown_fact_field"):
            write_outline(order)
        return
    path.write_text(write_outline(order), encoding="utf-8")
    assert read_rule(path).rule.measures["found"].where[field].present
    assert list(rehearse_file(path)) == []


def test_commands_of_the_page_do_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    text = PAGE.read_text(encoding="utf-8")
    commands = re.findall(r"^auditor .*", text, re.MULTILINE)
    (standard,) = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    for name, page in SITE.items():
        (tmp_path / "SITE").mkdir(exist_ok=True)
        (tmp_path / "SITE" / name).write_text(f"<html><body>{page}</body></html>", encoding="utf-8")
    assert len(commands) == 9
    said = {}
    for place, command in enumerate(commands):
        if place == 4:
            (tmp_path / "qinghe" / "standards").mkdir()
            (tmp_path / "qinghe" / "standards" / "qh26.yaml").write_text(standard, encoding="utf-8")
        code = run_arguments(shlex.split(command)[1:], {"LANG": "en"})
        said[command] = capsys.readouterr().out
        assert code == 0, command
    assert "The guide was updated this year" in said["auditor rules show QH26-1.1a -r qinghe"]
    assert "qh26" in said["auditor rules coverage -r qinghe"]
    assert YAML(typ="safe", pure=True).load(tmp_path / "run" / "result.json")["findings"][0]["clause"] == "QH26-1.1a"


def test_a_rule_that_is_there_is_never_overwritten(tmp_path, capsys):
    assert run("rules", "new", *GIVEN, "--form", "present", folder=tmp_path) == 0
    path = tmp_path / "library" / "guide-new.yaml"
    before = path.read_bytes()
    assert run("rules", "new", *GIVEN, "--form", "share", "--field", "elements", folder=tmp_path) == 2
    assert path.read_bytes() == before
    assert run("rules", "new", "guide-updated", *GIVEN[1:], "--form", "present", folder=tmp_path) == 2
    assert "there already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--form", "dated", "--field", "title"], "no field title"),
        (["--form", "present", "--field", "nothing"], "no field nothing"),
        (["--form", "present", "--fact", "gide"], "no kind of fact called gide"),
        (["--form", "present", "--fact", "link", "--subject", "unit"], "belongs to no body"),
        (["--form", "present", "--fact", "link", "--field", "state"], "always has a value"),
        (["--form", "present", "--fact", "link", "--field", "state", "--value", "fine"], "cannot be fine"),
    ],
)
def test_an_order_that_makes_no_rule_is_explained(more, said, tmp_path, capsys):
    assert run("rules", "new", *GIVEN, *more, folder=tmp_path) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "library").exists() or not list((tmp_path / "library").iterdir())


@pytest.mark.parametrize("name", ["Guide", "guide_new", "../guide", "a--b", "指南"])
def test_an_id_that_is_none_is_refused(name, tmp_path):
    assert run("rules", "new", name, *GIVEN[1:], "--form", "present", folder=tmp_path) == 2
    assert list(tmp_path.iterdir()) == []


def test_what_was_not_given_is_asked(tmp_path, monkeypatch, capsys):
    answers = iter(["guide-new", "指南是新的", "The guide is new", "guide", "dated", "unit", "updated_on"])
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _=None: next(answers))
    assert run("rules", "new", folder=tmp_path) == 0
    assert read_rule(tmp_path / "library" / "guide-new.yaml").rule.measures["dated"].count == "guide"
    assert "disclosure guide" in capsys.readouterr().out


def test_a_case_that_comes_out_otherwise_is_a_problem_of_the_check(tmp_path, capsys):
    assert run("rules", "new", *GIVEN, "--form", "dated", "--field", "updated_on", folder=tmp_path) == 0
    path = tmp_path / "library" / "guide-new.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("updated_on: 2019-12-31", "updated_on: 2020-12-31"), encoding="utf-8")
    assert run("rules", "check", str(tmp_path)) == 2
    said = capsys.readouterr().err
    assert "“too old” comes out as passed" in said
    assert f"guide-new.yaml:{path.read_text('utf-8').split('name: too old')[0].count(chr(10)) + 1}" in said


def test_every_kind_of_fact_has_a_name():
    for language in ("zh", "en"):
        assert [kind for kind in FACT_KINDS if not load_messages(language).has(f"writing.kind_{kind}")] == []


def test_coverage_counts_every_clause_once(capsys):
    assert run("rules", "coverage") == 0
    rows = [re.findall(r"\w+", line) for line in capsys.readouterr().out.splitlines() if re.search(r"\d{2} ", line)]
    assert rows
    for _, *counts in rows:
        assert sum(map(int, counts[:-1])) == int(counts[-1])
