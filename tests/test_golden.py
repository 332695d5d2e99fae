"""One stored run folder, judged again: result and report equal the accepted ones (`python tests/generated/accept.py`)."""

from __future__ import annotations

import difflib

import pytest
from golden_run import find_accepted, judge_golden, scrub_text


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return judge_golden(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("name", ["result.json", "report.zh.html", "report.en.html", "whole.zh.html", "reading.html"])
def test_stored_run_gives_the_accepted_output(made, name):
    text = scrub_text(made[name])
    accepted = find_accepted(name).read_text(encoding="utf-8")
    changes = list(difflib.unified_diff(accepted.splitlines(), text.splitlines(), "accepted", "made", n=0, lineterm=""))
    assert not changes, "\n".join(line[:300] for line in changes[:40])
