"""The rows of lists in the layouts of portals: how many, the newest, and their titles whole."""

from __future__ import annotations

from datetime import date

import pytest
from lone_page import FOOT, NAV, read_lone, read_reading

from auditor.extract.items import list_rows

NAMES = [
    "青禾区召开安全生产工作会议",
    "青禾区开展春季义务植树活动",
    "关于开展2024年度考核工作的通知",
    "青禾区教育局举办教师培训班",
    "区领导调研重点项目建设情况",
    "青禾区部署防汛抗旱工作",
]
CRUMB = "<div class='dqwz'>当前位置：<a href='/'>首页</a> &gt; <a href='/zwgk/tzgg/'>通知公告</a></div>"


def make_rows(row, names=NAMES):
    return "".join(row.format(n=place, name=name, d=10 + place) for place, name in enumerate(names, 1))


def read_list(inner, after="", url="http://www.qinghe.example/zwgk/tzgg/"):
    html = f"<html><head><title>通知公告_青禾区人民政府</title></head><body>{NAV}{CRUMB}<div class='main'>{inner}</div>{after}{FOOT}</body></html>"
    record = read_lone(html, url)
    assert record.listing is not None
    return record.listing


def newest(listing):
    return max((item.day for item in listing.items if item.day), default=None)


SIX = {
    "span": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>",
    "span-first": "<ul>{rows}</ul>|<li><span>2024-04-{d}</span><a href='/t/{n}.html'>{name}</a></li>",
    "inside-link": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}<em>2024-04-{d}</em></a></li>",
    "inside-link-first": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'><i>2024-04-{d}</i>{name}</a></li>",
    "brackets": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a>[2024-04-{d}]</li>",
    "han": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a>（2024年4月{d}日）</li>",
    "full-width": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a>２０２４－０４－{d}</li>",
    "slashes": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><span>2024/4/{d}</span></li>",
    "clock": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><span>2024-04-{d} 10:09:08</span></li>",
    "month-day-by-address": "<ul>{rows}</ul>|<li><a href='/t/2024/{n}.html'>{name}</a><span>04-{d}</span></li>",
    "month-day-brackets": "<ul>{rows}</ul>|<li><a href='/t/202404/t202404{d}_{n}.html'>{name}</a><span>[04-{d}]</span></li>",
    "month-day-bare": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><span>04-{d}</span></li>",
    "month-day-slash": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><span>04/{d}</span></li>",
    "day-over-month": "<div>{rows}</div>|<div class='item'><p class='d'>{d}</p><p class='m'>2024-04</p><a href='/t/{n}.html'>{name}</a></div>",
    "table": "<table>{rows}</table>|<tr><td>{n}</td><td><a href='/t/{n}.html'>{name}</a></td><td>2024-04-{d}</td></tr>",
    "table-in-form": "<form method='post' id='list1'><table><tr><td>标题</td><td>时间</td><td>回复状态</td></tr>{rows}</table></form>|<tr><td><a href='/t/{n}.html'>{name}</a></td><td>2024-04-{d}</td><td>已办结</td></tr>",
    "page-in-form": "<form id='form1' method='post' action='./list.aspx'><div class='list'><ul>{rows}</ul></div></form>|<li><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>",
    "table-of-tables": "<div>{rows}</div>|<table><tr><td>·</td><td><a href='/t/{n}.html'>{name}</a></td><td>2024-04-{d}</td></tr></table>",
    "definition": "<dl>{rows}</dl>|<dt><a href='/t/{n}.html'>{name}</a></dt><dd>2024-04-{d}</dd>",
    "headings": "<div>{rows}</div>|<h3><a href='/t/{n}.html'>{name}</a></h3><p>摘要文字摘要文字摘要文字摘要文字。</p><p>2024-04-{d}</p>",
    "labelled": "<ul>{rows}</ul>|<li><h4><a href='/t/{n}.html'>{name}</a></h4><p>来源：区政府办　发布时间：2024-04-{d}　阅读：12</p></li>",
    "breaks": "<p>{rows}</p>|<a href='/t/{n}.html'>{name}</a> 2024-04-{d}<br>",
    "picture-and-words": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'><img src='/i/{n}.jpg'></a><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>",
    "title-and-more": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span><a href='/t/{n}.html'>[详细]</a></li>",
    "column-prefix": "<ul>{rows}</ul>|<li><a href='/t/'>[通知公告]</a><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>",
    "by-script": "<ul>{rows}</ul>|<li><a href='javascript:void(0)' onclick=\"window.open('/t/{n}.html')\">{name}</a><span>2024-04-{d}</span></li>",
    "row-by-script": "<ul>{rows}</ul>|<li onclick=\"window.open('/t/{n}.html')\">{name}<span>2024-04-{d}</span></li>",
    "box-by-script": "<div>{rows}</div>|<div class='row' onclick=\"location.href='/t/{n}.html'\"><div class='l'>{name}</div><div class='r'>2024-04-{d}</div></div>",
    "cell-by-script": "<table>{rows}</table>|<tr onclick=\"window.open('/t/{n}.html','_blank')\"><td>{name}</td><td>2024-04-{d}</td></tr>",
    "words-by-script": "<ul>{rows}</ul>|<li><span onclick=\"location.href='/t/{n}.html'\">{name}</span><i>2024-04-{d}</i></li>",
    "data-address": "<ul>{rows}</ul>|<li><a href='javascript:' data-url='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>",
    "block-link": "<ul>{rows}</ul>|<a href='/t/{n}.html'><li><p>{name}</p><p>2024-04-{d}</p></li></a>",
    "dots": "<ul>{rows}</ul>|<li>·<a href='/t/{n}.html'>{name}</a>......................2024-04-{d}</li>",
    "new-sign": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><img src='/i/new.gif'><span>2024-04-{d}</span></li>",
    "visited": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><span>浏览：1{d}次</span><span>2024-04-{d}</span></li>",
    "documents": "<table><tr><th>标题</th><th>文号</th><th>日期</th></tr>{rows}</table>|<tr><td><a href='/t/{n}.html'>{name}</a></td><td>青府〔2023〕{n}号</td><td>2024-04-{d}</td></tr>",
    "compact": "<ul>{rows}</ul>|<li><a href='/t/{n}.html'>{name}</a><span>2024.04.{d}</span></li>",
}


@pytest.mark.parametrize("name", SIX)
def test_every_row_is_an_item_with_its_day(name):
    box, row = SIX[name].split("|")
    listing = read_list(box.format(rows=make_rows(row)))
    assert (listing.item_count, newest(listing).isoformat()) == (6, "2024-04-16")
    assert [item.title for item in listing.items] == NAMES


PLAIN = "<p>{name}</p><p class='d'>2024-04-{d}</p>"


def test_linked_rows_above_more_rows_without_links_keep_their_addresses():
    linked = make_rows("<li><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>", NAMES[:4])
    rows = list_rows(read_reading(f"<div><ul>{linked}</ul><div>{make_rows(PLAIN)}</div></div>"))
    assert [row.url is not None for row in rows] == [True] * 4 + [False] * 6
    assert [row.title for row in rows] == NAMES[:4] + NAMES
    assert [row.order for row in rows] == sorted(row.order for row in rows)


def test_a_link_within_a_row_whose_title_is_none_is_no_row_of_its_own():
    linked = make_rows(
        "<p>{name}</p><p><a href='/t/{n}.pdf'>附件{n}：报名表下载</a></p><p class='d'>2024-04-{d}</p>", NAMES[:1]
    )
    rows = list_rows(read_reading(f"<div>{linked}{make_rows(PLAIN, NAMES[1:])}</div>"))
    assert [row.title for row in rows] == NAMES


def test_a_pinned_older_row_stays_first_and_is_not_the_newest():
    rows = "<li>[置顶]<a href='/t/0.html'>青禾区公共服务事项清单</a><span>2020-01-02</span></li>"
    listing = read_list(
        f"<ul>{rows}{make_rows('<li><a href=/t/{n}.html>{name}</a><span>2024-04-{d}</span></li>')}</ul>"
    )
    assert (listing.item_count, newest(listing).isoformat()) == (7, "2024-04-16")
    assert listing.items[0].day.isoformat() == "2020-01-02"


def test_rows_out_of_order_have_their_newest():
    days = ["2023-05-06", "2024-01-02", "2022-03-04"]
    rows = "".join(f"<li><a href='/t/{n}.html'>{NAMES[n]}</a>{day}</li>" for n, day in enumerate(days))
    assert newest(read_list(f"<ul>{rows}</ul>")).isoformat() == "2024-01-02"


def test_a_date_in_the_title_of_a_row_is_not_its_day():
    rows = "<li><a href='/t/1.html'>青禾区2023年12月31日空气质量日报</a><span>2024-01-01</span></li><li><a href='/t/2.html'>2024年6月1日起施行的规定汇总</a><span>2024-05-20</span></li>"
    assert [item.day.isoformat() for item in read_list(f"<ul>{rows}</ul>").items] == ["2024-01-01", "2024-05-20"]


def test_days_in_brackets_at_the_end_of_all_titles_are_those_of_the_rows():
    row = "<a href='javascript:;' class='box'><h3>{name}(2024-04-{d})</h3></a>"
    listing = read_list(f"<div>{make_rows(row)}</div>")
    assert (listing.item_count, newest(listing).isoformat()) == (6, "2024-04-16")
    assert [item.title for item in listing.items] == NAMES


def test_a_cut_title_is_taken_whole_from_its_link():
    rows = make_rows("<li><a href='/t/{n}.html' title='{name}'>{name:.8}...</a><span>2024-04-{d}</span></li>")
    assert [item.title for item in read_list(f"<ul>{rows}</ul>").items] == NAMES


def test_a_doubled_title_is_one_row():
    rows = make_rows(
        "<li><a class='pc' href='/t/{n}.html'>{name}</a><a class='wap' href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>"
    )
    assert read_list(f"<ul>{rows}</ul>").item_count == 6


EMPTY = {
    "silent": "<ul class='list'></ul>",
    "said": "<div class='list'>暂无内容</div>",
    "counted": "<div class='list'></div><div class='page'>共 0 条 第1/0页</div>",
    "comment": "<ul><!-- <li><a href='/t/1.html'>青禾区召开安全生产工作会议</a>2024-04-11</li> --></ul>",
}


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_list_has_no_rows(name):
    listing = read_list(EMPTY[name])
    assert (listing.item_count, newest(listing)) == (0, None)


def test_menus_pagers_and_related_sites_are_no_rows():
    side = (
        "<div class='leftmenu'><ul>"
        + "".join(
            f"<li><a href='/z/{n}/'>{name}</a></li>"
            for n, name in enumerate(["政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报"])
        )
        + "</ul></div>"
    )
    sites = "<div class='foot'><a href='http://a.example/'>中国政府网门户网站</a><a href='http://b.example/'>国务院部门网站群</a></div>"
    pager = "<div class='page'><a href='i_1.html'>1</a><a href='i_2.html'>2</a><a href='i_2.html'>下一页</a><a href='i_9.html'>最后一页</a></div>"
    listing = read_list(
        side + f"<ul>{make_rows('<li><a href=/t/{n}.html>{name}</a><span>2024-04-{d}</span></li>')}</ul>" + pager, sites
    )
    assert listing.item_count == 6


def test_rows_without_days_are_rows():
    assert read_list(f"<ul>{make_rows('<li><a href=/t/{n}.html>{name}</a></li>')}</ul>").item_count == 6


def test_pictures_with_words_below_are_rows():
    rows = make_rows("<li><a href='/t/{n}.html'><img src='/i/{n}.jpg' alt='{name}'><p>{name}</p></a></li>")
    assert read_list(f"<ul>{rows}</ul>").item_count == 6


def test_rows_in_groups_of_five_are_one_list():
    row = "<li><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>"
    listing = read_list(
        f"<ul class='list'>{make_rows(row, NAMES[:3])}</ul><ul class='list'>{make_rows(row.replace('/t/', '/u/'), NAMES[3:])}</ul>"
    )
    assert listing.item_count == 6


def test_a_side_list_of_other_rows_is_not_the_list():
    side = (
        "<div class='right'><h3>热点</h3>"
        + "".join(f"<p><a href='/h/{n}.html'>{name}热点</a></p>" for n, name in enumerate(NAMES))
        + "</div>"
    )
    row = "<li><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>"
    assert read_list(f"{side}<ul>{make_rows(row)}</ul>").item_count == 6


def test_alternating_rows_are_one_list():
    row = "<li class='{odd}'><a href='/t/{n}.html'>{name}</a><span>2024-04-{d}</span></li>"
    rows = "".join(row.format(odd="odd" if n % 2 else "even", n=n, name=name, d=11 + n) for n, name in enumerate(NAMES))
    assert read_list(f"<ul>{rows}</ul>").item_count == 6


def test_short_titles_with_days_are_rows():
    rows = "".join(f"<li><a href='/t/{n}.html'>{n}月份</a><span>2024-0{n}-10</span></li>" for n in range(1, 6))
    assert read_list(f"<ul>{rows}</ul>").item_count == 5


def test_a_name_of_two_letters_is_a_row_where_a_date_stands_alone_below_it():
    names = ["查询", "建议", "咨询", "机场交通", "人才政策", "关于在葛家村建设温室大棚的咨询"]
    row = "<tr><td><a href='/x/{n}.html'>{name}</a></td><td>2024-04-{d}</td><td>已办结</td></tr>"
    listing = read_list(f"<table><tr><td>标题</td><td>时间</td><td>状态</td></tr>{make_rows(row, names)}</table>")
    assert [item.title for item in listing.items] == names
    assert newest(listing) == date(2024, 4, 16)


def test_a_search_box_in_a_form_gives_no_rows():
    box = "<form action='/s'>热门搜索：<a href='/a'>社保</a><a href='/b'>优化营商环境政策</a><input name='q'></form>"
    listing = read_list(f"{box}<ul>{make_rows(SIX['span'].partition('|')[2])}</ul>")
    assert [item.title for item in listing.items] == NAMES


def test_the_newest_articles_beside_a_list_are_no_rows_of_it():
    side = "".join(
        f"<div class='aside-list-item'><div class='content'><a href='/n/{n}.html'>{name}</a><time>2024-05-1{n}</time></div></div>"
        for n, name in enumerate(NAMES)
    )
    rows = make_rows(SIX["span"].partition("|")[2], NAMES[:2])
    listing = read_list(f"<ul>{rows}</ul>", f"<div class='aside-content'><h3>最新文章</h3>{side}</div>")
    assert [item.title for item in listing.items] == NAMES[:2]
