"""The disclosure section's columns in the layouts of menus: which are offered, in which order, where they lead."""

from __future__ import annotations

import pytest
from lone_page import FOOT, NAV, read_lone, read_reading

from auditor.extract.menus import CORE

NAMES = ("政府信息公开指南", "政府信息公开制度", "法定主动公开内容", "政府信息公开年报", "依申请公开")
ROWS = "".join(
    f"<li><a href='/zwgk/{n}.html'>青禾区第{n}号事项办理情况说明</a><span>2024-04-{n + 10}</span></li>"
    for n in range(6)
)


def read_columns(menu, *, around="{menu}<div class='main'><ul>{rows}</ul></div>", title="政府信息公开_青禾区人民政府"):
    body = around.replace("{menu}", menu).replace("{rows}", ROWS)
    html = f"<html><head><title>{title}</title></head><body>{NAV}{body}{FOOT}</body></html>"
    record = read_lone(html, "http://www.qinghe.example/zwgk/")
    return [entry for entry in record.listing.menu if entry.concept is not None]


def join(row, names=NAMES):
    return "".join(row.format(n=n, name=name, a=name[:4], b=name[4:]) for n, name in enumerate(names, 1))


MENUS = {
    "list": f"<ul>{join('<li><a href=/c/{n}/>{name}</a></li>')}</ul>",
    "divs": f"<div class='left'>{join('<div class=item><a href=/c/{n}/>{name}</a></div>')}</div>",
    "headings": f"<div class='sideMenu'>{join('<h3><a href=/c/{n}/>{name}</a></h3>')}</div>",
    "over-br": f"<div class='dl_nav'>{join('<h3><a href=/c/{n}/><em class=i></em>{a}<br>{b}</a></h3>')}</div>",
    "over-spans": f"<ul>{join('<li><a href=/c/{n}/><span>{a}</span><span>{b}</span></a></li>')}</ul>",
    "over-blocks": f"<ul>{join('<li><a href=/c/{n}/><p>{a}</p><p>{b}</p></a></li>')}</ul>",
    "table": f"<table>{join('<tr><td><a href=/c/{n}/>{name}</a></td></tr>')}</table>",
    "table-row": f"<table><tr>{join('<td><a href=/c/{n}/>{name}</a></td>')}</tr></table>",
    "definition": f"<dl>{join('<dt><a href=/c/{n}/>{name}</a></dt>')}</dl>",
    "pictures": f"<ul>{join('<li><a href=/c/{n}/><img src=/i/{n}.png alt={name}></a></li>')}</ul>",
    "titles": f"<ul>{join('<li><a href=/c/{n}/ title={name}><img src=/i/{n}.png></a></li>')}</ul>",
    "scripts": f"<ul>{join('<li><a href=javascript:void(0) onclick=&quot;location.href=&#39;/c/{n}/&#39;&quot;>{name}</a></li>')}</ul>",
    "data-address": f"<ul>{join('<li><a data-url=/c/{n}/>{name}</a></li>')}</ul>",
    "with-sub-lists": f"<ul>{join('<li><a href=/c/{n}/>{name}</a><ul><li><a href=/c/{n}/a/>甲类事项</a></li><li><a href=/c/{n}/b/>乙类事项</a></li></ul></li>')}</ul>",
    "short": f"<ul>{join('<li><a href=/c/{n}/>{name}</a></li>', ('公开指南', '公开制度', '法定主动公开', '公开年报', '依申请公开'))}</ul>",
    "suffixed": f"<ul>{join('<li><a href=/c/{n}/>{name}</a></li>', ('政府信息公开指南', '政府信息公开制度文件', '法定主动公开内容', '政府信息公开工作年度报告', '依申请公开'))}</ul>",
    "with-arrows": f"<ul>{join('<li><a href=/c/{n}/>{name} &gt;&gt;</a></li>')}</ul>",
    "numbered": f"<ul>{join('<li><a href=/c/{n}/>{n}. {name}</a></li>')}</ul>",
    "with-english": f"<ul>{join('<li><a href=/c/{n}/>·{name}</a></li>')}</ul>",
    "owner-first": f"<ul>{join('<li><a href=/c/{n}/>{name}</a></li>', ('区教育局政府信息公开指南', '区教育局政府信息公开制度', '法定主动公开内容', '区教育局政府信息公开年报', '依申请公开'))}</ul>",
    "mobile-twice": f"<ul class='pc'>{join('<li><a href=/c/{n}/>{name}</a></li>')}</ul><ul class='wap'>{join('<li><a href=/c/{n}/>{name}</a></li>')}</ul>",
}


@pytest.mark.parametrize("name", MENUS)
def test_the_columns_of_a_menu_are_read_in_order_with_their_addresses(name):
    entries = [entry for entry in read_columns(MENUS[name]) if entry.level == 1]
    seen = list(dict.fromkeys(entry.concept for entry in entries))
    assert seen == [CORE[0], CORE[1], CORE[2], CORE[3], "disclosure_application"]
    first = {entry.concept: entry.url for entry in reversed(entries)}
    assert [first[concept] for concept in seen] == [f"http://www.qinghe.example/c/{n}/" for n in range(1, 6)]


def test_sub_columns_hang_under_their_column():
    entries = read_lone(
        f"<html><head><title>政府信息公开_青禾区人民政府</title></head><body>{MENUS['with-sub-lists']}</body></html>"
    ).listing.menu
    subs = [entry for entry in entries if entry.level == 2]
    assert len(subs) == 10
    assert {entries[entry.parent].name for entry in subs} == set(NAMES)


def test_a_column_that_is_missing_is_not_offered():
    menu = f"<ul>{join('<li><a href=/c/{n}/>{name}</a></li>', NAMES[:2] + NAMES[3:])}</ul>"
    assert CORE[2] not in {entry.concept for entry in read_columns(menu)}


FALSE = {
    "notices-about": "<ul><li><a href='/a/1.html'>关于编制政府信息公开指南的通知</a><span>2024-04-01</span></li><li><a href='/a/2.html'>青禾区2023年政府信息公开工作年度报告</a><span>2024-01-20</span></li></ul>",
    "service-guides": "<ul><li><a href='/a/'>办事指南</a></li><li><a href='/b/'>标准化指引</a></li><li><a href='/c/'>网站年度工作报表</a></li></ul>",
    "foot-menu": "<div class='footer'><a href='/a/'>关于我们</a><a href='/b/'>政府信息公开指南</a><a href='/c/'>网站地图</a></div>",
}


@pytest.mark.parametrize("name", FALSE)
def test_what_is_no_menu_of_the_section_offers_none_of_its_columns(name):
    assert not {entry.concept for entry in read_columns(FALSE[name])} & set(CORE)


TABS = {
    "tabs-and-panes": "<div class='hd'><ul>"
    + join("<li>{name}</li>", NAMES[:4])
    + "</ul></div><div class='bd'>"
    + "".join(f"<div class='pane'><ul>{ROWS}</ul></div>" for _ in range(4))
    + "</div>",
    "panels": "".join(f"<div class='box'><h3>{name}</h3><ul>{ROWS}</ul></div>" for name in NAMES[:4]),
    "definitions": "<dl>" + "".join(f"<dt>{name}</dt><dd><ul>{ROWS}</ul></dd>" for name in NAMES[:4]) + "</dl>",
}


@pytest.mark.parametrize("name", TABS)
def test_columns_that_stand_in_the_page_itself_are_offered_and_filled(name):
    entries = read_columns(TABS[name], around="<div class='main'>{menu}</div>")
    assert [entry.concept for entry in entries] == list(CORE)
    assert all(entry.filled for entry in entries)


def test_a_blank_tab_is_offered_and_blank():
    menu = (
        "<div class='hd'><ul>"
        + join("<li>{name}</li>", NAMES[:4])
        + "</ul></div><div class='bd'>"
        + "".join(f"<div class='pane'><ul>{ROWS if n else ''}</ul></div>" for n in range(4))
        + "</div>"
    )
    entries = read_columns(menu, around="<div class='main'>{menu}</div>")
    assert [entry.filled for entry in entries] == [False, True, True, True]


def test_columns_in_script_data_are_links_of_the_page():
    script = "var tree=[" + ",".join(f"{{name:'{name}',url:'/c/{n}/'}}" for n, name in enumerate(NAMES, 1)) + "]"
    html = f"<html><head><title>政府信息公开_青禾区人民政府</title></head><body>{NAV}<div id='tree'></div><script>{script}</script>{FOOT}</body></html>"

    assert [link.text for link in read_reading(html).scan.script_data] == list(NAMES)


def test_columns_behind_a_frame_lead_to_the_frame():
    html = f"<html><head><title>政府信息公开_青禾区人民政府</title></head><body>{NAV}<iframe src='/zwgk/menu.html'></iframe>{FOOT}</body></html>"
    assert read_lone(html).frames == ("http://www.qinghe.example/zwgk/menu.html",)


def test_a_panel_of_the_menu_is_offered_by_its_heading():
    menu = (
        "<div class='menu-l'><div class='tab'><a href='/c/1/'><span>政府信息<br>公开指南</span></a></div>"
        "<div class='tab'><a href='/c/2/'><span>政府信息<br>公开制度</span></a></div>"
        "<div class='tab'><h3><em class='i3'></em><span>法定主动<br>公开内容</span></h3>"
        "<ul><li><a href='/c/3/'>机构职能</a></li><li><a href='/c/4/'>规划计划</a></li></ul></div>"
        "<div class='tab'><a href='/c/5/'><span>政府信息<br>公开年报</span></a></div></div>"
    )
    columns = {entry.concept: entry for entry in read_columns(menu)}
    assert set(CORE) <= set(columns)
    panel = columns["statutory_disclosure"]
    assert (panel.name, panel.url) == ("法定主动公开内容", None)
