"""A page of very many links in one line costs no more than its links: the dates of a line are read once."""

from __future__ import annotations

from datetime import UTC, datetime

from lone_page import FOOT, read_lone

from auditor.extract import items
from auditor.extract.families import services
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


def test_the_cell_beside_one_of_many_labels_is_read_once_at_most(monkeypatch):
    read = []
    plain = services.text_within
    monkeypatch.setattr(services, "text_within", lambda node: (read.append(node.mem_id), plain(node))[1])
    rows = "".join(
        f"<tr><td>{label}</td><td>{value}</td></tr>"
        for label, value in {"实施主体": "青禾区民政局", "法定时限": "30个工作日", "承诺时限": "20个工作日"}.items()
    )
    many = "办理地点：青禾路2号<br>办理时间<br>咨询电话：<br>" * 60
    beside = "".join(
        f"<p>第{number}个窗口在青禾路2号一楼大厅，请各位申请人按照顺序取号办理，工作日都可以办。</p>"
        for number in range(60)
    )
    guide = f"<h1>残疾人证新办</h1><table>{rows}<tr><td>{many}</td><td>{beside}</td></tr></table>"
    way = "<div class='wz'>您当前所在的位置：<a href='/'>首页</a> &gt; 办事指南</div>"
    page = f"<title>青禾区政务服务网</title>{way}<div class='guide'>{guide}</div>{FOOT}"
    record = read_lone(page, "http://www.qinghe.example/zn/1.html")
    assert [type(draft.fact).__name__ for draft in record.drafts] == ["ServiceGuide"]
    assert len(read) == len(set(read)) == 4


def test_a_date_beside_few_links_of_one_line_is_that_of_each():
    html = '<p><a href="1">关于印发甲办法的通知</a> <a href="2">附件一览下载</a> 2020-06-11</p>'
    rows = items.list_rows(read_page(VISIT, f"<title>t</title>{html}", load_vocabulary()))
    assert [str(row.day) for row in rows] == ["2020-06-11", "2020-06-11"]
