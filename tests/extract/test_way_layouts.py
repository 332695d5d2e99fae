"""Layouts that name a page by its place: ways without words that lead in, template names, boxes with odd names, rows."""

from __future__ import annotations

from datetime import date

import pytest
from lone_page import FOOT, NAV, PROSE, make_article, read_lone, read_reading

SITE = "青禾区人民政府"
TITLES = ("关于停车场收费的公告", "公园延长开放时间的通知", "图书馆暑期活动安排", "夜间公交线路调整方案")
DAYS = ("2024-03-01", "2024-03-11", "2024-02-21", "2024-01-02")
ROWS = "".join(
    f'<li><a href="/t/{place}.html">{title}</a><span>{day}</span></li>'
    for place, (title, day) in enumerate(zip(TITLES, DAYS, strict=True))
)


def make_page(inner, window=SITE, head=""):
    return f"<html><head><title>{window}</title>{head}</head><body>{NAV}{inner}{FOOT}</body></html>"


def newest(record):
    return max(item.day for item in record.listing.items)


# ---- ways ----------------------------------------------------------------------------------------

WAYS = {
    "links": '<a href="/">首页</a> &gt; <a href="/x/">新闻中心</a> &gt; 通知公告',
    "doubled": '<a href="/">网站首页</a> &gt;&gt; <a href="/x/">新闻中心</a> &gt;&gt; <a href="/x/t/">通知公告</a>',
    "arrows": '<a href="/">首页</a>-&gt;<a href="/x/">新闻中心</a>-&gt;<a href="/x/t/">通知公告</a>',
    "plain": "首页 &gt; 新闻中心 &gt; 通知公告",
    "guillemets": '<a href="/">主页</a> » 新闻中心 » 通知公告',
}


@pytest.mark.parametrize("name", WAYS)
def test_a_way_needs_no_words_that_lead_in(name):
    page = make_page(f"<div class='hd'>{WAYS[name]}</div><ul>{ROWS}</ul>", window="文字列表")
    assert read_reading(page).breadcrumb == ("新闻中心", "通知公告")
    record = read_lone(page)
    assert (record.kind, record.title, record.listing.item_count) == ("column", "通知公告", 4)


NO_WAYS = ("首页 新闻 服务", "新闻中心 > 通知公告", "首页 >", "首页设计比选结果 > 第一名 > 青禾大学")


@pytest.mark.parametrize("text", NO_WAYS)
def test_other_lines_are_no_way(text):
    assert read_reading(make_page(f"<p>{text}</p><p>{PROSE}</p>")).breadcrumb == ()


def test_a_way_with_arrows_behind_words_that_lead_in_keeps_whole_names():
    page = make_page("<div>当前位置：<a href='/'>首页</a>-&gt;<a href='/x/'>新闻中心</a>-&gt;通知公告</div>")
    assert read_reading(page).breadcrumb == ("新闻中心", "通知公告")


# ---- names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("window", ["新闻动态详情", "新闻列表页", "文字列表", "Document", "无标题文档"])
def test_a_window_that_names_the_template_is_no_title(window):
    way = "<div class='position'>当前位置：<a href='/'>首页</a> &gt; <a href='/x/'>新闻动态</a> &gt; 正文</div>"
    shown = f"<p>新闻动态</p><h1>{TITLES[1]}</h1><h2>时间：2024-03-01 08:30 来源：区园林局</h2>"
    record = read_lone(make_page(f"{way}<div class='main'>{shown}<p>{PROSE * 4}</p></div>", window=window))
    assert (record.kind, record.title, record.published.value) == ("article", TITLES[1], date(2024, 3, 1))


@pytest.mark.parametrize("part", ["一、现状概况", "（二）功能定位", "第三章 发展规模", "1、总体要求"])
def test_a_numbered_heading_is_no_title(part):
    shown = f"<p>走进青禾岛</p><p>时间：2024-03-01 来源：区政府办 浏览：12</p><h2>{part}</h2><p>{PROSE * 4}</p>"
    record = read_lone(make_page(f"<div class='main'>{shown}</div>", window="新闻列表页"))
    assert (record.kind, record.title) == ("article", "走进青禾岛")


def test_a_short_name_right_above_the_line_of_the_date_is_the_title():
    shown = f"<div class='gk'>青禾概况</div><div class='rq'>发布时间：2024-03-01</div><p>{PROSE * 4}</p>"
    record = read_lone(make_page(f"<div class='main'>{shown}</div>"))
    assert (record.title, record.published.value) == ("青禾概况", date(2024, 3, 1))


def test_an_element_table_names_a_page_without_a_window():
    table = (
        "<table><tr><td><b>索 引 号：</b></td><td>000014349/2019-00007</td><td><b>发文机关：</b></td><td>青禾区人民政府</td></tr>"
        "<tr><td><b>标　　题：</b></td><td colspan='3'>青禾区人民政府关于推行联合监管的意见</td></tr>"
        "<tr><td><b>发文字号：</b></td><td>青府发〔2019〕5号</td><td><b>发布日期：</b></td><td>2019年02月15日</td></tr></table>"
    )
    shown = "<p style='text-align:center'><b style='font-size:18pt'>青禾区人民政府关于推行</b><br><b style='font-size:18pt'>联合监管的意见</b></p>"
    record = read_lone(f"<div class='wrap'>{table}{shown}<p>{PROSE * 4}</p></div>")
    assert (record.title, record.published.value) == ("青禾区人民政府关于推行联合监管的意见", date(2019, 2, 15))


MENU = "<div class='leftmenu'><h3>互动交流</h3><ul>{}</ul></div>".format(
    "".join(f'<li><a href="/hd/{name}/">{name}</a></li>' for name in ("民意征集", "区长信箱", "新闻发布会", "在线访谈"))
)


@pytest.mark.parametrize(("name", "topic"), [("民意征集", "open_decision"), ("区长信箱", "letter")])
def test_a_list_is_named_by_the_heading_above_it_where_the_way_ends_above(name, topic):
    way = "<div class='crumbs'>位置：<a href='/'>首页</a> &gt; 互动交流</div>"
    record = read_lone(make_page(f"{way}{MENU}<div class='con'><div class='mod'>{name}</div><ul>{ROWS}</ul></div>"))
    assert (record.kind, record.title, record.topic) == ("column", name, topic)


def test_a_heading_that_ends_the_way_names_the_list_whatever_the_labels_say():
    label = '<meta name="ColumnName" content="青禾区政府信息公开">'
    way = "<div><a href='/'>首页</a>-&gt;<a href='/w/'>政府文件</a>-&gt;<a href='/w/j/'>近期信息公开</a></div>"
    page = make_page(f"<h1>近期信息公开</h1>{way}<ul>{ROWS}</ul>", window="青禾区政府信息公开", head=label)
    assert read_lone(page).title == "近期信息公开"


def test_a_heading_that_is_a_picture_names_no_list():
    page = make_page(f"<h2><img src='/i/t.png'></h2><h3>通知公告</h3><ul>{ROWS}</ul>", window="青禾区人民政府")
    assert read_lone(page).title == "通知公告"


@pytest.mark.parametrize("window", ["首页-中国青禾", "青禾文旅_首页", "网站首页 - 青禾园林"])
def test_a_window_that_says_home_makes_a_page_of_lists_the_start_page(window):
    boxes = "".join(f"<div class='box'><h4>第{n}版：{TITLES[n]}</h4><ul>{ROWS}</ul></div>" for n in range(4))
    links = "".join(f'<a href="/l/{n}/">链接{n}</a>' for n in range(8))
    record = read_lone(make_page(f"{boxes}<p>{links}</p>", window=window))
    assert (record.kind, record.title) == ("home", window)


# ---- boxes, rows and letters ---------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bottom", "list-bottom", "foot", "top"])
def test_a_box_called_footer_or_header_that_holds_dated_rows_is_a_list(name):
    record = read_lone(
        make_page(f"<div class='box'><p>首页-&gt; 部门信息</p><div class='{name}'><ul>{ROWS}</ul></div></div>")
    )
    assert (record.kind, record.listing.item_count, newest(record)) == ("column", 4, date(2024, 3, 11))


def test_a_footer_of_long_links_stays_a_footer():
    links = "".join(f'<li><a href="http://{n}.example/">{title}</a></li>' for n, title in enumerate(TITLES))
    page = make_article("<p>发布时间：2024-03-01</p>", after=f"<div class='bottom'><ul>{links}</ul></div>")
    assert {line.zone.part for line in read_reading(page).shown.lines if line.text in TITLES} == {"footer"}


PLAIN = {
    "day-below": "<li>{title}</li><h2>{day}</h2>",
    "day-below-with-clock": "<dt>{title}</dt><dd>{day} 08:30</dd>",
    "summary-between": "<div class='t'>{title}</div><div class='s'>" + PROSE * 2 + "</div><div class='d'>{day}</div>",
    "summary-below": "<h4>{title}</h4><div class='d'>{day}</div><p class='s'>" + PROSE * 2 + "</p>",
}


@pytest.mark.parametrize("name", PLAIN)
def test_rows_need_no_links(name):
    rows = "".join(PLAIN[name].format(title=title, day=day) for title, day in zip(TITLES, DAYS, strict=True))
    way = "<div class='position'>当前位置：<a href='/'>首页</a> &gt; 通知公告</div>"
    record = read_lone(make_page(f"{way}<div class='con'>{rows}</div>", window="通知公告"))
    assert (record.kind, record.published, record.listing.item_count) == ("column", None, 4)
    assert [item.title for item in record.listing.items] == list(TITLES)
    assert newest(record) == date(2024, 3, 11)


def test_days_in_a_table_of_an_article_are_no_rows():
    cells = "".join(f"<tr><td>{title}</td><td>{day}</td></tr>" for title, day in zip(TITLES, DAYS, strict=True))
    record = read_lone(make_article("<p>发布时间：2024-03-20</p>", after=f"<table>{cells}</table>"))
    assert (record.kind, record.published.value) == ("article", date(2024, 3, 20))


def test_the_day_of_two_short_rows_is_not_that_of_the_page():
    rows = '<li><a href="/1">退伍</a><span>2024-03-01</span></li><li><a href="/2">入学</a><span>2024-03-02</span></li>'
    record = read_lone(make_page(f"<div class='con'><div>部门信箱</div><ul>{rows}</ul><p>{PROSE * 4}</p></div>"))
    assert record.published is None


def test_a_name_that_repeats_with_a_day_of_its_own_is_a_row_each_time():
    rows = "".join(f'<li><a href="#">访谈回放</a><span>{day}</span></li>' for day in DAYS)
    record = read_lone(make_page(f"<div class='con'><h3>在线访谈</h3><ul>{rows}</ul></div>"))
    assert record.listing.item_count == 4


def test_one_row_above_a_pager_is_a_list():
    head = "<tr><th>名称</th><th>索引号</th><th>发布机构</th><th>发布日期</th></tr>"
    row = f"<tr><td><a href='/1'>{TITLES[0]}</a></td><td>0001/2024-3</td><td>区教育局</td><td>2024-03-01</td></tr>"
    pager = "<div class='page'><a href='/'>首页</a> 上一页 1 <a href='/2'>2</a> <a href='/2'>下一页</a> <a href='/6'>尾页</a></div>"
    record = read_lone(make_page(f"<h1>近期信息公开</h1><table>{head}{row}</table>{pager}"))
    assert (record.kind, record.published, record.listing.item_count) == ("column", None, 1)


ASKED = "<div>留言内容 {}何时开通？</div><div>留言时间： 2024-02-15</div><div>回复内容 {}</div><div>回复时间： 2024-02-20</div>"


def test_several_letters_on_a_page_are_a_list_of_letters():
    way = "<div>当前位置：<a href='/'>首页</a>-&gt;<a href='/hd/'>政民互动</a>-&gt;咨询投诉</div>"
    letters = "".join(ASKED.format(what, PROSE * 2) for what in ("夜间公交", "社区食堂", "口袋公园"))
    record = read_lone(make_page(f"{way}<div class='con'>{letters}</div>"))
    assert (record.kind, record.topic, record.published) == ("column", "letter", None)
    one = read_lone(make_page(f"{way}<div class='con'>{ASKED.format('夜间公交', PROSE * 2)}</div>"))
    assert (one.kind, one.topic) == ("article", "letter")


def test_what_a_server_failed_to_take_out_is_no_text():
    server = '<%-- Created by an editor. Date: 2020/8/10 --%><%@ page contentType="text/html" language="java" %>'
    record = read_lone(server + make_article("<p>发布时间：2024-03-01</p>", after="<%-- 2019-01-01 --%>"))
    assert (record.title, record.published.value) == ("青禾区举办社区读书节活动", date(2024, 3, 1))
    assert "Created" not in read_reading(server + make_page("<p>正文</p>")).shown.text
    assert "正文" in read_reading("<%-- 没有结尾" + make_page("<p>正文</p>")).shown.text


def test_a_form_of_fields_is_no_empty_shell():
    fields = "".join(f"<div>{name} <input type='text' name='{name}'></div>" for name in ("索取号", "名称", "文号"))
    page = f"<html><head><title>{SITE}</title><script src='/a.js'></script></head><body><form><h2>检索</h2>{fields}</form></body></html>"
    assert read_lone(page).kind == "form"


LINKED = {
    "source": "发布时间：2024-03-01 来源：<a href='http://a.example/'>国家发展和改革委员会门户网站综合栏目</a> 浏览次数：11",
    "all": "<a>作者：<i>李青</i></a> <a>发布时间：<i>2024-03-01</i></a><a>来源:<i>区新闻网</i></a><a>浏览次数：<i>11</i></a>",
}


@pytest.mark.parametrize("name", LINKED)
def test_the_line_of_the_date_may_be_made_of_links(name):
    record = read_lone(make_article(f"<p>{LINKED[name]}</p>"))
    assert (record.kind, record.published.value) == ("article", date(2024, 3, 1))


# ---- columns, labels and forms -------------------------------------------------------------------

FRONT = (
    "<div class='l'><a href='/zn/'>政府信息公开指南</a></div><div class='l'><a href='/zd/'>信息公开制度与保障</a></div>"
)


def read_offered(page):
    return {entry.concept for entry in read_lone(page).listing.menu}


def test_columns_beside_the_menu_are_offered_too():
    far = (
        f"<div class='r'><h1>近期信息公开</h1><ul>{ROWS}</ul></div><div class='b'><a href='/ysq/'>依申请公开</a></div>"
    )
    offered = read_offered(make_page(f"<div class='menu1'><div>{FRONT}</div></div>{far}", window="青禾区政府信息公开"))
    assert {"disclosure_guide", "disclosure_rules", "disclosure_application"} <= offered


def test_a_column_named_within_a_text_is_not_offered():
    text = f"<p>{PROSE}申请人可以在<a href='/ysq/'>依申请公开</a>栏目提出。{PROSE}</p>"
    offered = read_offered(make_page(f"<div class='menu1'><div>{FRONT}</div></div><ul>{ROWS}</ul>{text}"))
    assert "disclosure_application" not in offered


@pytest.mark.parametrize("sign", ["，", ",", "、", "；"])
def test_a_label_may_hold_several_columns(sign):
    label = f'<meta name="ColumnType" content="政策文件{sign}信息公开"><meta name="ColumnName" content="部门信息">'
    page = make_article("<p>发布日期：2024-03-01</p>", title="关于停车场管理的意见", head=label)
    assert read_lone(page).topic == "policy"


@pytest.mark.parametrize("heading", ["信息公开检索", "政府信息公开查询"])
def test_a_form_is_named_by_its_heading(heading):
    fields = "".join(f"<div>{name}<input type='text'></div>" for name in ("索取号", "信息名称", "文件编号", "关键词"))
    record = read_lone(make_page(f"<form><h2>{heading}</h2>{fields}</form>"))
    assert (record.kind, record.topic) == ("form", "disclosure_platform")
