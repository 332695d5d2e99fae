"""What the command line says of itself: each kind of click's errors, and the help, in the language asked for."""

from __future__ import annotations

import io
import re

import click
import pytest

from auditor.cli.commands import build_cli, run_arguments
from auditor.cli.documents import list_paths, render_help
from auditor.cli.speech import describe_misuse, describe_value
from auditor.messages import load_messages

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Sentences and headings that click itself would write.
OF_CLICK = re.compile(
    r"Usage:|Options:|Commands:|OPTIONS|COMMAND|Missing|Invalid|No such|Did you mean|Got unexpected|Try '|required"
    r"|requires an argument|does not take|is not one of|not a valid|not in the range|does not match|Show this message"
    r"|version 0|INTEGER|Error"
)
WRONG = {
    "no_command": ([], "命令", "No command"),
    "no_command_of_group": (["attest"], "auditor attest", "auditor attest"),
    "unknown_command": (["zzzzzz"], "zzzzzz", "zzzzzz"),
    "near_command": (["aduit"], "audit", "audit"),
    "unknown_option": (["audit", "--zzzzzz"], "--zzzzzz", "--zzzzzz"),
    "near_option": (["audit", "--recheckk", "x"], "--recheck", "--recheck"),
    "value_missing": (["audit", "x", "--rate"], "缺少值", "must follow"),
    "value_unwanted": (["audit", "x", "--quiet=1"], "不带值", "no value"),
    "argument_missing": (["crawl"], "URL", "URL"),
    "targets_missing": (["audit"], "TARGET", "TARGET"),
    "option_missing": (["attest", "import", "x"], "--into", "--into"),
    "extra": (["doctor", "one", "two"], "one two", "one two"),
    "choice": (["audit", "x", "--fail-on", "q"], "essential, mandatory, any", "essential, mandatory, any"),
    "date": (["audit", "x", "--as-of", "q"], "年-月-日", "year-month-day"),
    "whole": (["demo", "--seed", "q"], "整数", "whole number"),
    "whole_least": (["audit", "x", "--max-pages", "0"], "不小于 1 的整数", "at least 1"),
    "whole_between": (["demo", "--pages", "7"], "50 到 100000 的整数", "from 50 to 100000"),
    "number_least": (["audit", "x", "--rate", "-1"], "不小于 0 的数字", "at least 0"),
    "number_between": (["audit", "x", "--fail-under", "101"], "0 到 100 的数字", "from 0 to 100"),
    "path": (["rules", "new", "--folder", __file__], "--folder", "--folder"),
}


@pytest.mark.parametrize(("arguments", "chinese", "english"), WRONG.values(), ids=WRONG)
def test_a_wrong_call_is_told_in_the_language_asked_for(arguments, chinese, english, capsys):
    assert run_arguments(arguments, {"AUDITOR_LANG": "zh"}) == 2
    said = capsys.readouterr().err
    assert chinese in said
    assert all(CHINESE.search(line) for line in said.splitlines() if line)
    assert not OF_CLICK.search(said)
    assert run_arguments(arguments, {"AUDITOR_LANG": "en"}) == 2
    said = capsys.readouterr().err
    assert english in said
    assert not CHINESE.search(said)


UNSEEN = (
    click.UsageError("Something in English."),
    click.BadArgumentUsage("Argument takes 2 values."),
    click.BadParameter("no parameter is known"),
    click.MissingParameter("x", param_type="argument"),
    click.MissingParameter(param=click.Argument(["given"])),
    click.FileError("name", "No such file"),
    click.ClickException("Something in English."),
)


@pytest.mark.parametrize("error", UNSEEN, ids=lambda one: type(one).__name__)
def test_errors_that_no_command_of_ours_raises_are_told_too(error):
    chinese, english = (" ".join(describe_misuse(error, load_messages(language))) for language in ("zh", "en"))
    assert CHINESE.search(chinese)
    assert not OF_CLICK.search(chinese)
    assert not CHINESE.search(english)


KINDS = (click.Path(), click.BOOL, click.FLOAT, click.IntRange(max=3), click.FloatRange(max=3))


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_value_is_described_in_both_languages(kind):
    assert CHINESE.search(describe_value(kind, load_messages("zh")))
    assert not CHINESE.search(describe_value(kind, load_messages("en")))


def test_help_of_every_command_is_in_one_language():
    for language in ("zh", "en"):
        group = build_cli(load_messages(language))
        for path in list_paths(group):
            said = render_help(group, path)
            wrong = OF_CLICK.search(said) if language == "zh" else CHINESE.search(said)
            assert wrong is None, (path, wrong)


@pytest.mark.parametrize("arguments", [["--lang", "zh", "--help"], ["--help", "--lang=zh"], ["audit", "--lang", "zh"]])
def test_the_language_may_be_named_before_or_after_the_command(arguments, capsys):
    run_arguments(arguments, {"AUDITOR_LANG": "en"})
    said = capsys.readouterr()
    assert not OF_CLICK.search(said.out + said.err)


def test_version_is_told_in_the_language_asked_for(capsys):
    assert run_arguments(["--version"], {"AUDITOR_LANG": "zh"}) == 0
    assert "版本" in capsys.readouterr().out


@pytest.mark.parametrize(("answer", "code"), [("y\n", 0), ("是\n", 0), ("n\n", 130), ("\n", 130), ("what\n", 130)])
def test_deleting_goes_on_only_after_a_yes(answer, code, tmp_path, monkeypatch, capsys):
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_text("{}", encoding="utf-8")
    (run / "result.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    assert run_arguments(["forget", str(run)], {"AUDITOR_LANG": "zh"}) == code
    assert (run / "result.json").exists() is (code != 0)
    assert not OF_CLICK.search(capsys.readouterr().err)
