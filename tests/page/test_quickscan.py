"""The quick look at a page says what the careful reading says, or leaves the page to it."""

from __future__ import annotations

import random
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.demo.portal import generate_portal
from auditor.demo.spec import PortalSpec
from auditor.page.quickscan import scan_quickly
from auditor.page.scan import judge_block, scan_page
from auditor.words.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
URL = "http://www.qinghe.example/zwgk/2024-05/11/t20240511_1.html"
FILLER = "区政府办公室会同有关部门研究了今年的重点工作安排，逐项明确了责任单位和完成时限。"


def make_page(rows, *, nav="nav", footer="友情链接", body=FILLER * 60, extra="", head=""):
    menu = "".join(f'<li><a href="/c{number}/">栏目{number}</a></li>' for number in range(9))
    return (
        f'<html><head><title>标题</title><meta name="PubDate" content="2024-05-11">{head}</head><body>'
        f'<div class="header"><form action="/s"><input></form></div><div class="{nav}"><ul>{menu}</ul></div>'
        f'<div class="main"><h1>关于工作<br>安排的通知</h1><div class="info">发布时间：2024-05-11</div>'
        f'<div class="content"><p>{body}</p></div><ul class="list">{rows}</ul>{extra}</div>'
        f'<div class="footer"><a href="/about.html">{footer}</a> 沪ICP备12345678号</div></body></html>'
    )


def make_rows(count=20):
    return "".join(
        f'<li><a href="/a/{number}.html" title="长标题">标题{number}号</a><span>2024-04-{number % 28 + 1:02}</span></li>'
        for number in range(count)
    )


def tell_apart(html):
    """Return the fields in which both differ, None where the quick look left the page alone."""
    quick = scan_quickly(html, URL, VOCABULARY)
    if quick is None:
        return None
    careful = scan_page(html, URL, VOCABULARY)
    assert not judge_block(200, html)

    def strip(scan):
        return replace(scan, links=tuple(link._replace(day=None) for link in scan.links), text_length=0)

    one, other = strip(careful), strip(quick.scan)
    return [field.name for field in fields(one) if getattr(one, field.name) != getattr(other, field.name)]


ORDINARY = {
    "rows": make_page(make_rows()),
    "blocks in links": make_page("<li><a href='/x'><div>甲</div><div>乙</div></a></li>" * 20),
    "breaks in links": make_page("<li><a href='/x'>甲<br>乙</a></li>" * 20),
    "breaks in headings in links": make_page("<li><a href='/x'>甲<h4>乙<br>丙</h4>丁</a></li>" * 20),
    "pictures in links": make_page("<li><a href='/x'><img src='a.png' alt='图'></a></li>" * 20),
    "script in links": make_page("<li><a href='javascript:;' onclick=\"location.href='/y.html'\">甲</a></li>" * 20),
    "rows that open by script": make_page(
        "<li onclick=\"window.open('/a/1.html')\"><h4>甲</h4><p>乙</p><span>2024-05-01</span></li>" * 12
        + "<div class='row' role='link' data-href='/b.html'>丙</div><tr><td onclick=\"location.href='/c'\">丁</td></tr>"
        + make_rows()
    ),
    "rows around links": make_page("<li onclick=\"location.href='/x'\"><a href='/y'>甲</a><b>乙</b></li>" * 20),
    "rows within each other": make_page(
        "<div onclick=\"open('/o/x')\"><h3 onclick=\"location.href='/i'\">甲</h3><p>乙</p></div>" * 20 + make_rows()
    ),
    "spans in links": make_page("<li><a href='/x'><span>甲</span><b>乙</b></a></li>" * 20),
    "cut words": make_page("<li><a href='/x' title='很长的标题在这里'>很长的标题…</a></li>" * 20),
    "relative": make_page("<li><a href='../x.html'>甲</a><a href='./y.html'>乙</a><a href='z.html'>丙</a></li>" * 9),
    "pager": make_page(make_rows(), extra='<div class="pager"><a href="?page=2">2</a><a href="?page=3">3</a></div>'),
    "pager that is a page": make_page(make_rows(), extra=f'<div class="pager"><h2>题</h2>{FILLER}</div>'),
    "menu with much text": make_page(make_rows(), extra=f'<div class="footer">{FILLER * 40}<a href="/q">q</a></div>'),
    "frame": make_page(make_rows(), extra='<iframe src="/f.html" title="框"></iframe>'),
    "select": make_page(make_rows(), extra='<select><option value="/s.html">站</option></select>'),
    "base": make_page(make_rows(), head='<base href="http://www.qinghe.example/other/">'),
    "hidden": make_page(make_rows(), extra="<noscript><a href='/n'>n</a></noscript><style>a{}</style>"),
    "data": make_page(make_rows(), extra='<script>var d=[{"title":"甲","url":"/d.html"}]</script>'),
    "aside": make_page(make_rows(), extra='<div class="sidebar"><h3>排行</h3><a href="/r">r</a></div>'),
    "crumbs": make_page(
        make_rows(), extra='<div class="breadcrumb"><a href="/">首页</a>&gt;<a href="/z">政务</a></div>'
    ),
}


@pytest.mark.parametrize("html", ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_page_is_read_alike(html):
    assert tell_apart(html) == []


LEFT_ALONE = {
    "little text": make_page(make_rows(), body="短"),
    "no menu": make_page(make_rows(), nav="x"),
    "text written by script": make_page(make_rows(), extra="<script>document.write('a')</script>"),
    "template": make_page(make_rows(), extra="{{ item.title }}"),
    "few links": make_page(""),
    "refresh": make_page(make_rows(), head='<meta http-equiv="refresh" content="0;url=/x.html">'),
    "nothing": "",
    "frames": "<frameset><frame src=a></frameset>",
}


@pytest.mark.parametrize("html", LEFT_ALONE.values(), ids=LEFT_ALONE.keys())
def test_page_that_a_quick_look_cannot_tell_is_left_alone(html):
    assert tell_apart(html) is None


def test_dates_of_rows_are_found():
    quick = scan_quickly(ORDINARY["rows"], URL, VOCABULARY)
    days = [link.day for link in quick.scan.links if "/a/" in link.url and link.day is not None]
    assert [day.day for day in days] == [number % 28 + 1 for number in range(20)]
    assert quick.below_title.strip().startswith("发布时间")
    assert FILLER in quick.text


@pytest.mark.parametrize("layout", ["nested", "tables", "tabs"])
def test_sample_portal_is_read_alike(layout):
    portal = generate_portal(PortalSpec(layout=layout))
    pages = [portal.answer(path).body.decode("utf-8", "replace") for path in portal.list_pages()]
    assert pages
    for html in pages:
        assert tell_apart(html.replace("</h1>", f"</h1><p>{FILLER * 60}</p>")) in (None, [])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**6))
def test_cut_and_shuffled_pages_are_read_alike_or_left_alone(seed):
    chance = random.Random(seed)
    html = chance.choice(list(ORDINARY.values()))
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(html))
        piece = html[start : start + chance.randrange(60)]
        place = chance.randrange(len(html))
        html = html[:place] + piece + html[place:] if chance.random() < 0.5 else html.replace(piece, "", 1) or html
    assert tell_apart(html) in (None, [])
