"""Texts of scorecards and comparisons: each is used, each that is used is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import auditor.compare
import auditor.scorecard
from auditor.resources import find_resource

REPORTS = find_resource("reports")
ROOMS = {
    "scorecard": (auditor.scorecard, "scorecard*.j2", ("cli/fleet.py", "cli/history.py")),
    "compare": (auditor.compare, "compare*.j2", ("cli/history.py", "scorecard/sitepage.py", "scorecard/rows.py")),
}


def read_room(name):
    room, pattern, others = ROOMS[name]
    folder = Path(room.__file__).parent
    files = [*folder.glob("*.py"), *(folder.parent / other for other in others)]
    files += (REPORTS / "templates").glob(pattern)
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def list_keys(name):
    text = (REPORTS / "messages" / f"{name}.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9_]+):", text, re.MULTILINE))


@pytest.mark.parametrize("name", ROOMS)
def test_every_text_is_used(name):
    source = read_room(name)
    literals = set(re.findall(rf'"(?:{name}\.)?([a-z][a-z0-9_]*)"', source))
    begins = set(re.findall(rf'f["\']{{1}}(?:{name}\.)?([a-z_]+_)\{{', source)) | set(
        re.findall(r'"([a-z_]+_)" ~', source)
    )
    idle = {key for key in list_keys(name) - literals if not key.startswith(tuple(begins))}
    assert idle == set()


@pytest.mark.parametrize("name", ROOMS)
def test_every_text_that_a_template_asks_for_is_there(name):
    _, pattern, _ = ROOMS[name]
    templates = "\n".join(path.read_text(encoding="utf-8") for path in (REPORTS / "templates").glob(pattern))
    asked = set(re.findall(r'\bsay\(\s*"([a-z0-9_]+)"\s*[,)]', templates))
    assert len(asked) > 15
    assert asked <= list_keys(name)


@pytest.mark.parametrize("path", sorted((REPORTS / "templates").glob("*.j2")), ids=lambda path: path.name)
def test_a_table_that_scrolls_is_a_group_with_a_name_and_no_landmark_beside_its_section(path):
    text = path.read_text(encoding="utf-8")
    assert 'role="region"' not in text
    for opening in re.findall(r'<div class="table"[^>]*>', text):
        assert 'role="group"' in opening
        assert "aria-label=" in opening
