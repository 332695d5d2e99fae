"""A page of very many links in one line costs no more than its links: the dates of a line are read once."""

from __future__ import annotations

from datetime import UTC, datetime

from auditor.extract import items
from auditor.extract.reading import read_page
from auditor.model.attempts import Attempt, AttemptStatus, Part, Visit
from auditor.words.vocabulary import load_vocabulary

VISIT = Visit(
    "http://a.cn/gk/", Attempt(AttemptStatus.DONE), datetime(2021, 3, 31, tzinfo=UTC), (Part.SITE,), status=200
)
MANY = 20_000


def test_many_links_in_one_line_are_read_in_time_linear_in_their_text(monkeypatch):
    read = []
    plain = items.find_dates
    monkeypatch.setattr(items, "find_dates", lambda text, latest: (read.append(len(text)), plain(text, latest))[1])
    html = "<p>" + "".join(
        f'<a href="{number}">第{number}号文件 2020-01-0{number % 9 + 1}</a> ' for number in range(MANY)
    )
    rows = items.list_rows(read_page(VISIT, f"<title>t</title>{html}</p>", load_vocabulary()))
    assert len(rows) > MANY // 20
    assert {str(row.day) for row in rows} == {f"2020-01-0{day}" for day in range(1, 10)}
    assert sum(read) < 3 * len(html)


def test_a_date_beside_few_links_of_one_line_is_that_of_each():
    html = '<p><a href="1">关于印发甲办法的通知</a> <a href="2">附件一览下载</a> 2020-06-11</p>'
    rows = items.list_rows(read_page(VISIT, f"<title>t</title>{html}", load_vocabulary()))
    assert [str(row.day) for row in rows] == ["2020-06-11", "2020-06-11"]
