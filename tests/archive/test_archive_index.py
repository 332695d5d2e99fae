from __future__ import annotations

import random

import pytest

from auditor.archive.index import sort_lines


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 100])
def test_lines_come_in_their_order_however_many_runs_they_take(count, tmp_path):
    lines = [f"cn,gov,站{number % 13})/{number} {{}}\n" for number in range(count)]
    random.Random(count).shuffle(lines)
    assert list(sort_lines(lines, tmp_path, run_length=8)) == sorted(lines)
    assert not list(tmp_path.iterdir())
