"""Layouts of pages that defeat a reader: hidden dates, rare dates, titles in tables, letters, soft errors, topics."""

from __future__ import annotations

from datetime import date

import pytest
from lone_page import FOOT, NAV, PROSE, make_article, read_lone

from auditor.extract.classify import find_path_topic
from auditor.words.vocabulary import load_vocabulary

DAY = date(2021, 3, 4)
TITLE = "青禾区停车场管理办法"


def read_day(middle, **more):
    record = read_lone(make_article(middle, **more))
    return record.published.value if record.published is not None else None


HIDDEN = (
    '<p style="display:none">发布日期：2019-01-01</p>',
    '<p style="color:red;DISPLAY : none">发布日期：2019-01-01</p>',
    "<div hidden><p>发布时间：2019-01-01</p></div>",
    '<div style="visibility: hidden"><ul><li>发布时间：2019-01-01</li></ul></div>',
    '<p>来源：<span style="display:none">2019-01-01</span>青禾区</p>',
)


@pytest.mark.parametrize("markup", HIDDEN)
def test_a_hidden_date_is_not_that_of_the_page(markup):
    assert read_day(markup) is None
    assert read_day(f"{markup}<p>发布日期：2021-03-04</p>") == DAY


def test_a_box_that_holds_title_and_date_is_shown_by_its_script():
    page = f'<html><body>{NAV}<div style="display:none"><h1>{TITLE}</h1><p>发布日期：2021-03-04</p><p>{PROSE * 4}</p></div></body></html>'
    assert read_lone(page).published.value == DAY


RARE = (
    "21-03-04",
    "21/3/4",
    "21年3月4日",
    "21.03.04 10:15",
    "04 Mar 2021",
    "March 4, 2021",
    "4th March 2021",
    "Mar-04-2021",
    "Thu Mar 04 09:30:00 CST 2021",
)


@pytest.mark.parametrize("text", RARE)
def test_a_rare_date_behind_a_label_is_read(text):
    assert read_day(f"<p>发布日期：{text} 来源：区文旅局</p>") == DAY


@pytest.mark.parametrize("text", ["21-03-04", "4 March 2021", "1.21-03-04", "21-13-04"])
def test_a_rare_date_without_a_label_is_none(text):
    assert read_day(f"<p>编号 {text} 来源：区文旅局</p>") is None


@pytest.mark.parametrize("text", ["99-03-04", "21-13-04", "31 Foo 2021", "3-21-03-04", "21-03-04-05"])
def test_what_is_no_date_is_none_behind_a_label_either(text):
    assert read_day(f"<p>发布日期：{text} 来源：区文旅局</p>") is None


NAMED = (
    f"<table><tr><td>索引号</td><td>A-1</td></tr><tr><td>名称</td><td>{TITLE}</td><td>文号</td><td>青府规〔2021〕1号</td></tr></table>",
    f"<ul><li><b>索 引 号：</b>A-1</li><li><b>名　　称：</b>{TITLE}</li></ul>",
    f'<p align="center"><b>{TITLE}</b></p><p>2021-03-04</p>',
    f'<p style="text-align:center"><span style="font-size:22px">{TITLE}</span></p>',
)


@pytest.mark.parametrize("markup", NAMED)
def test_a_title_is_found_where_the_window_names_the_site_only(markup):
    page = f"<html><head><title>青禾区人民政府</title></head><body>{NAV}{markup}<div class='content'><p>{PROSE * 4}</p></div>{FOOT}</body></html>"
    assert read_lone(page).title == TITLE


ASKED = "小区门口的路灯坏了很久，夜里走路很不方便，希望尽快修好。"
ANSWER = "来信收悉。经现场核实，该处路灯因线路老化损坏，已于昨日修复。"
LETTERS = (
    f"<table><tr><td>信件标题</td><td>关于路灯不亮的问题</td></tr><tr><td>来信内容</td><td>{ASKED}</td></tr><tr><td>回复内容</td><td>{ANSWER}</td></tr></table>",
    f"<p>主题：关于路灯不亮的问题</p><p>提问时间：2021-03-01</p><p>{ASKED}</p><p>答复内容：{ANSWER}</p>",
    f"<dl><dt>来信标题</dt><dd>关于路灯不亮的问题</dd><dt>信件内容</dt><dd>{ASKED}</dd><dt>办理结果</dt><dd>{ANSWER}</dd></dl>",
)


@pytest.mark.parametrize("markup", LETTERS)
def test_a_letter_with_its_answer_is_an_article_with_a_title_of_its_own(markup):
    record = read_lone(f"<html><head><title>青禾区人民政府</title></head><body>{NAV}{markup}{FOOT}</body></html>")
    assert (record.kind, record.topic, record.title) == ("article", "letter", "关于路灯不亮的问题")


def test_a_list_of_letters_is_a_column():
    rows = "".join(
        f"<li><a href='/x/{day}.html'>关于第{day}处积水的问题</a><span>2021-03-0{day}</span></li>"
        for day in range(1, 8)
    )
    page = f"<html><head><title>信件公开_青禾区人民政府</title></head><body>{NAV}<p>来信时间</p><ul>{rows}</ul><p>办理结果</p></body></html>"
    assert read_lone(page).kind == "column"


def test_an_undated_page_of_a_column_is_that_column():
    way = '<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zwgk/">政府信息公开</a> &gt; 机构职能</div>'
    text = "<p>（一）贯彻执行国家有关法律法规，拟订本区规划并组织实施，监督检查。</p><p>（二）承办区政府交办的其他事项。</p>"
    page = f"<html><head><title>青禾区人民政府</title></head><body>{NAV}{way}<div class='content'><h2>机构职能</h2>{text}</div>{FOOT}</body></html>"
    record = read_lone(page)
    assert (record.kind, record.title, record.published) == ("column", "机构职能", None)


def make_home(rows, mores, pager=""):
    lists = "".join(
        f"<div><h3>栏目{place}</h3>{'<a href=/c/>更多&gt;&gt;</a>' if place < mores else ''}<ul>"
        + "".join(f"<li><a href='/n/{place}{row}.html'>青禾区推进第{row}项民生工程</a></li>" for row in range(rows))
        + "</ul></div>"
        for place in range(4)
    )
    return f"<html><head><title>青禾区人民政府</title></head><body>{NAV}{lists}{pager}{FOOT}</body></html>"


PAGER = '<div class="page"><a href="#">上一页</a><a href="#">下一页</a></div>'


def test_a_start_page_may_have_few_links_or_a_pager():
    assert read_lone(make_home(5, 4)).kind == "home"
    assert read_lone(make_home(20, 4, PAGER)).kind == "home"


def test_a_list_with_a_pager_is_no_start_page():
    assert read_lone(make_home(20, 0, PAGER)).kind != "home"
    assert read_lone(make_home(5, 1)).kind != "home"


GONE = (
    "抱歉，您浏览的页面暂时无法访问",
    "您访问的内容已下架",
    "对不起，该信息已被管理员删除",
    "很抱歉，此页面已失踪",
    "您访问的地址有误",
    "暂无权限查看该信息",
    "参数错误",
    "找不到该页",
    "服务器开小差了",
    "The page you requested was not found",
)


@pytest.mark.parametrize("text", GONE)
def test_a_message_that_nothing_is_there_is_an_error(text):
    page = f"<html><head><title>提示信息</title></head><body><div><p>{text}</p><a href='/'>返回首页</a></div></body></html>"
    assert read_lone(page).kind == "error"


@pytest.mark.parametrize(
    "text", ["暂无数据", "该栏目尚未开通", "没有找到相关记录", "参数错误的处理办法由区数据局另行制定并公布"]
)
def test_an_empty_list_is_no_error(text):
    page = f"<html><head><title>通知公告_青禾区人民政府</title></head><body>{NAV}<div><p>{text}</p></div></body></html>"
    assert read_lone(page).kind != "error"


def test_column_type_counts_where_a_later_label_fills_it():
    head = '<meta name="ColumnType" content=""><meta name="ColumnType" content="政务动态">'
    assert "ColumnType" in read_lone(make_article("<p>2021-03-04</p>", head=head)).labels


PATHS = {
    "/zfxxgk/xxgknb/2021/1.html": "annual_report",
    "/zwgk/zcjd/202103/t20210304_1.html": "interpretation",
    "/zfxxgk/xxgkzn/index.html": "guide",
    "/czyjs/a.html": "budget",
    "/zfxxgk/fdzdgknr/zcwj/a.html": "policy",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_step_of_the_address_names_the_topic_of_a_page_that_tells_none(path):
    assert find_path_topic(f"http://www.qinghe.example{path}", "article", load_vocabulary()) == PATHS[path]


def test_the_section_in_the_address_tells_of_lists_only():
    url = "http://www.qinghe.example/zfxxgk/x/"
    assert find_path_topic(url, "column", load_vocabulary()) == "disclosure_platform"
    assert find_path_topic(url, "article", load_vocabulary()) is None
    assert find_path_topic("http://www.qinghe.example/xxgknb/", "error", load_vocabulary()) is None


def test_the_unfilled_code_of_the_site_is_no_label():
    head = '<meta name="SiteIDCode" content="政府网站标识码"><meta name="SiteName" content="网站名称">'
    assert {"SiteIDCode", "SiteName"}.isdisjoint(read_lone(make_article("<p>2021-03-04</p>", head=head)).labels)


def test_a_text_far_below_a_catalogue_is_news_of_its_own_column():
    way = "<div class='dqwz'>当前位置：<a href='/'>首页</a> &gt; <a href='/a/'>部门信息公开目录</a> &gt; <a href='/b/'>法治建设</a></div>"
    record = read_lone(make_article("<p>发布时间：2021-03-04</p>", before=way, title="青禾区司法所组织开展剪纸活动"))
    assert (record.kind, record.weak_topic) == ("article", "news")
