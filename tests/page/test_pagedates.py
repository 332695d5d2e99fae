from __future__ import annotations

import pytest

from auditor.page.dates import find_stated_dates
from auditor.page.markup import read_markup
from auditor.page.scan import scan_shown
from auditor.words.vocabulary import load_vocabulary

URL = "http://www.qinghe.example/zwgk/t1.html"


def read_dates(html):
    words = load_vocabulary()
    shown = read_markup(html, words)
    return find_stated_dates(shown, scan_shown(shown, URL, words), words)


@pytest.mark.parametrize(
    ("html", "dates"),
    [
        ('<meta name="PubDate" content="2026-03-01 09:30"><h1>通知</h1>', {"published": "2026-03-01"}),
        ("<h1>通知</h1><p>发布时间：2026年3月1日 来源：办公室</p>", {"published": "2026-03-01"}),
        (
            "<h1>通知</h1><p>发布日期：2026-03-01</p><p>更新日期：2026-03-05</p>",
            {"published": "2026-03-01", "updated": "2026-03-05"},
        ),
        (
            '<meta name="PubDate" content="2026-03-01"><h1>通知</h1><p>发布时间：2026-03-09</p>',
            {"published": "2026-03-01"},
        ),
        ("<h1>通知</h1><p>会议在2026年3月1日召开。</p>", {}),
        ('<h1>通知</h1><ul><li><a href="/1.html">发布日期：2026-03-01</a></li></ul>', {}),
        ("<p>发布日期：2026-03-01</p>", {}),
        ("<h1>通知</h1>" + "<p>正文。</p>" * 9 + "<p>发布日期：2026-03-01</p>", {}),
    ],
)
def test_dates_come_from_labels_and_from_the_lines_near_the_title(html, dates):
    assert read_dates(html) == dates
