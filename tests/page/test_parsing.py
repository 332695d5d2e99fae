from __future__ import annotations

import pytest

from auditor.page.parsing import parse_markup


@pytest.mark.parametrize(("depth", "is_cut"), [(400, False), (401, True)])
def test_markup_is_cut_where_it_is_nested_too_deep(depth, is_cut):
    markup = "<DIV><p><br>" * depth + "innermost"
    assert ("innermost" in parse_markup(markup).html) is not is_cut
