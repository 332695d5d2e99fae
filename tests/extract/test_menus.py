from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.extract.menus import read_menu
from auditor.extract.page_pass import read_capture
from auditor.extract.reading import read_page
from auditor.extract.site_index import measure_sketches
from auditor.model.attempts import Attempt, AttemptStatus, Part, Visit
from auditor.words.vocabulary import load_vocabulary

WORDS = load_vocabulary()
VISIT = Visit(
    "http://a.cn/gk/", Attempt(AttemptStatus.DONE), datetime(2021, 3, 31, tzinfo=UTC), (Part.SITE,), status=200
)
NAV = '<div class="nav"><a href="/">首页</a><a href="/xw/">要闻动态</a><a href="/gk/">政务公开</a></div>'


def menu_of(html):
    return [
        (entry.name, entry.url, entry.concept, entry.level, entry.parent)
        for entry in read_menu(read_page(VISIT, html, WORDS))
    ]


def record_of(html):
    return read_capture(VISIT, {"content-type": "text/html"}, html.encode(), WORDS, frozenset(), takes_marks=False)


def test_names_split_over_elements_and_levels_of_nested_lists():
    html = f"""{NAV}<div><ul><li><a href="1"><i>政府信息</i>
      <i>公开指南</i></a></li><li><a href="2">法定主动公开内容</a><ul><li><a href="3">规划信息</a></li></ul></li><li><a href="4">公开年报</a></li></ul></div>"""
    assert menu_of(html) == [
        ("政府信息公开指南", "http://a.cn/gk/1", "disclosure_guide", 1, None),
        ("法定主动公开内容", "http://a.cn/gk/2", "statutory_disclosure", 1, None),
        ("规划信息", "http://a.cn/gk/3", "planning", 2, 1),
        ("公开年报", "http://a.cn/gk/4", "disclosure_annual_report", 1, None),
    ]


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><td><a href=1>公开指南</a></td></tr><tr><td><a href=2>公开制度</a></td></tr><tr><td><a href=3>公开年报</a></td></tr></table>",
        "<dl><dt><a href=1>公开指南</a></dt><dt><a href=2>公开制度</a></dt><dt><a href=3>公开年报</a></dt></dl>",
        "<div><span><a href=1>公开指南</a></span>|<a href=2>公开制度</a>|<a href=3>公开年报</a></div>",
        "<ul class='tabs'><li><a href=1>公开指南</a></li><li><a href=2>公开制度</a></li><li><a href=3>公开年报</a></li></ul>",
    ],
)
def test_menus_in_any_markup(html):
    rest = "<ul><li><a href='/a'>关于印发青禾区生活垃圾分类管理办法及其实施细则的通知</a></li></ul>"
    assert [row[0] for row in menu_of(NAV + html + rest)] == ["公开指南", "公开制度", "公开年报"]


def test_a_list_of_guides_is_no_menu():
    rows = "".join(
        f"<li><a href='{number}'>青禾区第{number}局政府信息公开指南</a> 2020-01-0{number}</li>"
        for number in range(1, 8)
    )
    assert menu_of(f"{NAV}<ul>{rows}</ul>") == []


def test_the_navigation_of_the_site_is_no_menu_of_the_section():
    assert menu_of(NAV) == []


def test_an_entry_of_words_only_is_offered_but_leads_nowhere():
    listing = record_of(
        f"<title>政务公开</title>{NAV}<ul><li>政府信息公开指南</li><li><a href=2>公开制度</a></li><li><a href=3>公开年报</a></li></ul>"
    ).listing
    assert [(entry.name, entry.url) for entry in listing.menu] == [
        ("政府信息公开指南", None),
        ("公开制度", "http://a.cn/gk/2"),
        ("公开年报", "http://a.cn/gk/3"),
    ]


def test_panels_with_headings_are_columns():
    listing = record_of(
        f"""<title>政务公开</title>{NAV}<h3>政府信息公开指南</h3><p>本指南便于获取本机关的政府信息，欢迎各界查阅使用。</p>
        <h3>政府信息公开年报</h3><ul><li><a href="n1">2020年报告</a></li></ul><a href="/nb/">更多</a>"""
    ).listing
    assert [(entry.name, entry.url, entry.filled) for entry in listing.menu] == [
        ("政府信息公开指南", "http://a.cn/gk/#1", True),
        ("政府信息公开年报", "http://a.cn/nb/", None),
    ]


def test_sketches_tell_one_page_from_another():
    lines = [f"<p>第{number}条内容各不相同</p>" for number in range(60)]
    one, same, other = (
        record_of("<title>t</title>" + "".join(part)).sketch
        for part in (lines, [*lines, "<p>访问量 1</p>"], lines[40:])
    )
    assert measure_sketches(one, one) == 1.0
    assert measure_sketches(one, same) > 0.9
    assert measure_sketches(one, other) < 0.5
    assert measure_sketches(b"", b"") == 0.0
