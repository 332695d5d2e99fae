"""One stored run folder, judged again: result and report equal the accepted ones (`python tests/generated/accept.py`)."""

from __future__ import annotations

import difflib

import pytest
from golden_run import GOLDEN, judge_golden, scrub_text


@pytest.mark.parametrize("name", ["result.json", "report.zh.html", "report.en.html", "whole.zh.html"])
def test_stored_run_gives_the_accepted_output(name, tmp_path):
    made = scrub_text(judge_golden(tmp_path)[name])
    accepted = (GOLDEN / name).read_text(encoding="utf-8")
    changes = list(difflib.unified_diff(accepted.splitlines(), made.splitlines(), "accepted", "made", n=0, lineterm=""))
    assert not changes, "\n".join(line[:300] for line in changes[:40])
