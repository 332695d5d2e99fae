"""Guards, gateways, challenges and logins are known by status and content; what only talks of them is not one."""

from __future__ import annotations

import pytest
from block_samples import BLOCKED, FREE

from auditor.page.scan import judge_block


def test_there_are_enough_samples():
    assert len(BLOCKED) >= 25
    assert len(FREE) >= 40


@pytest.mark.parametrize("name", BLOCKED)
def test_guard_is_known(name):
    status, html = BLOCKED[name]
    assert judge_block(status, html)


@pytest.mark.parametrize("name", FREE)
def test_page_of_the_site_is_no_guard(name):
    status, html = FREE[name]
    assert not judge_block(status, html)
