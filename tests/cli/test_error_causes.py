"""What other programs say of an error reaches people in their language."""

from __future__ import annotations

import errno
import os
import re

import pytest

from auditor.cli.causes import word_cause, word_values
from auditor.cli.commands import run_arguments
from auditor.cli.console import show_problem
from auditor.errors import Problem
from auditor.messages import load_messages

ZH, EN = load_messages("zh"), load_messages("en")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
USUAL = (
    errno.ENOENT, errno.EACCES, errno.EPERM, errno.EISDIR, errno.ENOTDIR, errno.EEXIST, errno.ENOSPC, errno.EROFS,
    errno.ENAMETOOLONG, errno.EMFILE, errno.ELOOP, errno.EIO, errno.EADDRINUSE, errno.ECONNREFUSED, errno.EDQUOT,
)  # fmt: skip


@pytest.mark.parametrize("code", USUAL)
def test_errors_of_the_system_are_told_in_both_languages(code):
    said = os.strerror(code)
    assert CHINESE.search(word_cause(said, ZH))
    assert not SENTENCE.search(word_cause(said, ZH))
    assert not CHINESE.search(word_cause(said, EN))


@pytest.mark.parametrize(
    ("said", "chinese"),
    [
        ("mapping values are not allowed here", "这里不能写冒号"),
        ("found character '\\t' that cannot start any token", "缩进只能用空格"),
        ("expected <block end>, but found '<scalar>'", "缩进不对"),
        ("JSONDecodeError", "不是 JSON"),
        ("string_unicode", "含有不是文字的字符"),
        ("not_warc", "不是 WARC"),
        (">= 1", ">= 1"),
        ("", ""),
        ("SomeError", "SomeError"),
        ("这是中文 of ours here", "这是中文 of ours here"),
        ("never heard of this before", "系统原话：“never heard of this before”"),
    ],
)
def test_words_of_libraries_become_ours_or_are_marked_as_theirs(said, chinese):
    assert word_cause(said, ZH).startswith(chinese)


def test_reasons_and_kinds_of_values_are_words():
    assert word_values({"reason": "timeout"}, ZH)["reason"] == ZH.say("words.attempt_timeout")
    assert word_values({"code": "wrong_type", "expected": "text, list"}, ZH)["expected"] == "文字、列表"
    assert word_values({"code": "wrong_choice", "expected": "list, zip"}, ZH)["expected"] == "list, zip"
    assert word_values({"where": "zip"}, ZH) == {"where": "zip"}


def write(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("name", "content", "command"),
    [
        ("result.json", '{"schema_version": 1}', ["report", "{}"]),
        ("result.json", "{", ["report", "{}"]),
        ("a.yaml", "a: b: c\n", ["audit", ".", "--profile", "{}"]),
        ("a.yaml", 'like: release\nsite:\n  name: "\\ud800"\n', ["audit", ".", "--profile", "{}"]),
        ("a.yaml", "like: 3\n", ["audit", ".", "--profile", "{}"]),
        ("a.yaml", "a: [\n", ["fleet", "{}"]),
        ("a.pem", "x", ["audit", "http://127.0.0.1:1/", "--ca", "{}"]),
        ("a.xlsx", "x", ["attest", "import", "{}", "--into", "{}.yaml"]),
        ("a.wacz", "PK", ["audit", "{}"]),
        ("none", "", ["report", "{}/none"]),
        ("none", "", ["audit", ".", "--profile", "{}/none"]),
    ],
)
def test_no_foreign_sentence_stands_in_a_chinese_one(name, content, command, tmp_path, capfd):
    path = write(tmp_path, name, content)
    assert run_arguments([word.replace("{}", path) for word in command], {"AUDITOR_LANG": "zh"}) in {2, 3}
    said = capfd.readouterr().err.replace(path, "")
    assert CHINESE.search(said)
    assert not SENTENCE.search(said), said


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_hint_names_what_is_near_only_where_something_is(language, capsys):
    for near, code in (("", "unknown_key"), ("site", "unknown_key"), ("", "unknown_clause")):
        values = {"key": "x", "given": "x", "known": "site, like", "near": near}
        show_problem(Problem(code, "p.yaml", 1, "x", values), load_messages(language))
    near, both, far = (load_messages(language).say(f"profile.unknown_key{end}", known="site, like", near="site")
                       for end in ("", ".hint", ".hint.far"))  # fmt: skip
    assert near
    lines = [line.strip() for line in capsys.readouterr().err.splitlines()]
    assert len(lines) == 5
    assert (lines[1], lines[3]) == (far, both)
