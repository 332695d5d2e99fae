"""The message catalogue: every text in both languages, every error with its sentence, placeholders alike."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from auditor.messages import load_messages
from auditor.resources import find_resource

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted((find_resource("reports") / "messages").glob("*.yaml"))
ERRORS = {"AuditorError", "InputError", "ArchiveError", "OutputError", "CollectError", "ToolError", "Interrupted"}


def list_raised_codes() -> set[str]:
    codes = set()
    for path in sorted((ROOT / "auditor").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    codes.add(first.value)
    return codes


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_texts_are_in_both_languages_with_the_same_placeholders(path):
    for key, texts in YAML(typ="safe", pure=True).load(path).items():
        assert set(texts) == {"zh", "en"}, key
        assert texts["zh"], key
        assert texts["en"], key
        found = [sorted(set(re.findall(r"{(\w+)}", text))) for text in texts.values()]
        assert found[0] == found[1], key


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_english_texts_hold_no_chinese(path):
    for key, texts in YAML(typ="safe", pure=True).load(path).items():
        assert not re.search(r"[\u4e00-\u9fff]", texts["en"]), key


@pytest.mark.parametrize("code", sorted(list_raised_codes()))
def test_every_error_has_its_sentence(code):
    assert load_messages("zh").has(f"errors.{code}")


def test_codes_were_found():
    assert len(list_raised_codes()) > 20
