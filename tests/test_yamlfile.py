"""Reading what people write: all problems at once, each with its line, and nothing that can eat the machine."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from auditor.yamlfile import MAX_BYTES, load_document, read_yaml
from auditor.yamlshape import write_path


class Colour(StrEnum):
    RED = "red"
    GREEN = "green"


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Inner(Strict):
    name: str = Field(min_length=1)
    colour: Colour = Colour.RED
    count: int = Field(default=0, ge=0)


class Circle(Strict):
    radius: float


class Square(Strict):
    side: float
    angle: float = 0


class Outer(Strict):
    title: str
    on: date | None = None
    inner: tuple[Inner, ...] = ()
    shapes: dict[str, Circle | Square] = {}
    mode: Literal["one", "two"] = "one"


def write(tmp_path, text):
    path = tmp_path / "file.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(tmp_path, text, shape=Outer):
    value, problems = read_yaml(write(tmp_path, text), shape)
    return value, [(p.code, p.line, p.path) for p in problems], problems


def test_a_good_file_is_read(tmp_path):
    text = "title: 名称\non: 2020-04-20\ninner:\n- {name: a, colour: green}\nshapes: {x: {side: 2}}\n"
    value, problems, _ = read(tmp_path, text)
    assert problems == []
    assert value == Outer(
        title="名称", on=date(2020, 4, 20), inner=(Inner(name="a", colour=Colour.GREEN),), shapes={"x": Square(side=2)}
    )


def test_a_list_at_the_top_is_read(tmp_path):
    value, problems, _ = read(tmp_path, "- {name: a}\n- {name: b}\n", tuple[Inner, ...])
    assert problems == []
    assert [item.name for item in value] == ["a", "b"]


def test_yes_and_no_are_words_as_in_yaml_1_2(tmp_path):
    value, problems, _ = read(tmp_path, "title: yes\n")
    assert (value.title, problems) == ("yes", [])


def test_all_problems_come_at_once_with_their_lines(tmp_path):
    text = (
        "titel: x\n"
        "on: 2020-02-30\n"
        "inner:\n"
        "- {name: '', colour: grean}\n"
        "- {nam: a, count: -1}\n"
        "- {name: a}\n"
        "mode: three\n"
        "mode: two\n"
    )
    value, problems, full = read(tmp_path, text)
    assert value is None
    assert problems == [
        ("unknown_key", 1, "titel"),
        ("missing_key", 1, "title"),
        ("yaml_scalar", 2, "on"),
        ("wrong_choice", 4, "inner[0].colour"),
        ("wrong_value", 4, "inner[0].name"),
        ("wrong_value", 5, "inner[1].count"),
        ("unknown_key", 5, "inner[1].nam"),
        ("missing_key", 5, "inner[1].name"),
        ("wrong_choice", 7, "mode"),
        ("duplicate_key", 8, "mode"),
    ]
    by_path = {problem.path: problem.values for problem in full if problem.code != "duplicate_key"}
    assert by_path["titel"]["near"] == "title"
    assert by_path["inner[0].colour"] == {"given": "grean", "expected": "red, green", "near": "green"}
    assert by_path["inner[1].nam"]["near"] == "name"
    assert by_path["inner[1].count"] == {"given": "-1", "expected": ">= 0"}


def test_of_a_union_only_the_nearest_branch_speaks(tmp_path):
    _, problems, full = read(tmp_path, "title: a\nshapes:\n  x: {side: 1, angel: 2}\n")
    assert problems == [("unknown_key", 3, "shapes.x.angel")]
    assert full[0].values["near"] == "angle"


def test_a_wrong_type_names_what_stood_there(tmp_path):
    _, problems, full = read(tmp_path, "title: [a]\n")
    assert problems == [("wrong_type", 1, "title")]
    assert full[0].values == {"given": "[...]", "expected": "text"}


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("a: [1, 2\nb: 3\n", "yaml_syntax", 2),
        ("a: 1\nb: &x 2\n", "yaml_anchor", 2),
        ("a: 1\nb: *x\n", "yaml_anchor", 2),
        ("a: !!python/object:os.system x\n", "yaml_tag", 1),
        ("a: !include x\n", "yaml_tag", 1),
        ("a: !own {b: 1}\n", "yaml_tag", 1),
        ("a: 1\n---\nb: 2\n", "yaml_documents", 2),
        ("{[1]: 2}\n", "yaml_key", 1),
        (b"a: 1\nb: \xff\xfe\n", "yaml_encoding", 2),
        ("a: " + "[" * 4000, "yaml_depth", 1),
        ("a: \x00\n", "yaml_syntax", None),
    ],
)
def test_what_is_refused(tmp_path, text, code, line):
    document, problems = load_document(write(tmp_path, text))
    assert document is None
    assert [(problem.code, problem.line) for problem in problems] == [(code, line)]


def test_a_bomb_of_aliases_costs_nothing(tmp_path):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    _, problems = load_document(write(tmp_path, "\n".join(lines)))
    assert [problem.code for problem in problems] == ["yaml_anchor"]


def test_a_file_too_large_is_not_parsed(tmp_path):
    _, problems = load_document(write(tmp_path, "a: " + "x" * MAX_BYTES))
    assert [problem.code for problem in problems] == ["file_too_large"]


def test_a_missing_file_and_a_folder(tmp_path):
    for path in (tmp_path / "none.yaml", tmp_path):
        document, problems = load_document(path)
        assert document is None
        assert [problem.code for problem in problems] == ["file_unreadable"]


def test_an_empty_file_is_no_mapping(tmp_path):
    _, problems, _ = read(tmp_path, "")
    assert problems == [("wrong_type", None, "")]


def test_a_number_too_long_is_a_problem(tmp_path):
    _, problems, _ = read(tmp_path, "title: " + "9" * 10_000)
    assert problems == [("yaml_scalar", 1, "title")]


def test_paths_read_as_people_write_them():
    assert write_path(("clauses", 3, "params", "after")) == "clauses[3].params.after"
    assert write_path(()) == ""
