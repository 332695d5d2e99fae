"""Pages as lines of plain text."""

from __future__ import annotations

import pytest

from auditor.page.lines import MOST_LINES, list_lines


def read(markup):
    return [(line.kind, line.text) for line in list_lines(markup)]


def test_blocks_become_lines_and_pieces_of_a_block_stay_together():
    page = "<body><h1>关于<b>公开</b>\n的通知</h1><div>来源：<span>区政府</span><p>第一段<a href=x>链接</a></p>尾</div></body>"
    assert read(page) == [
        ("heading", "关于公开 的通知"),
        ("text", "来源：区政府"),
        ("text", "第一段链接"),
        ("text", "尾"),
    ]


def test_cells_of_a_row_stand_in_one_line_and_items_are_items():
    page = "<table><tr><th>名称</th> <td>甲 <i>乙</i></td></tr></table><ul><li>一</li><li>二</li></ul>"
    assert read(page) == [("row", "名称　甲 乙"), ("item", "一"), ("item", "二")]


def test_a_picture_stands_as_its_alternative_text():
    assert read("<p>图<img src=//evil.example/x.png alt='政策图解'></p>") == [("text", "图政策图解")]


def test_nothing_that_runs_or_is_not_shown_is_kept():
    page = "<body><script>a()</script><style>b</style><template>c</template><noscript>d</noscript><svg><text>e</text></svg>f"
    assert read(page) == [("text", "f")]


@pytest.mark.parametrize("markup", ["", "<", "<html>", "\x00", "<body></body>", "<frameset><frame src=x></frameset>"])
def test_what_holds_no_text_has_no_lines(markup):
    assert read(markup) in ([], [("text", "<")])


def test_deep_and_endless_pages_are_bounded():
    assert len(list_lines("<p>x</p>" * (MOST_LINES + 50))) == MOST_LINES
    assert "".join(line.text for line in list_lines("<div>" * 5_000 + "x")) in {"", "x"}
