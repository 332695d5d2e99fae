"""What proves absence and what does not: a part is complete only if what it leads to could be followed."""

from __future__ import annotations

import pytest

LINKS = "".join(f'<li><a href="/{name}/">{name}频道</a></li>' for name in ("xw", "fw", "hd", "sj"))
FEW = '<ul><li><a href="/xw/">新闻</a></li></ul>'
SCRIPT = '<script src="/common.js"></script>'
OPENED = "".join(f'<li><a href="javascript:;" onclick="go({place})">栏目{place}</a></li>' for place in range(5))
MORE = "".join(f'<li><a href="/{name}/">{name}专题</a></li>' for name in ("a", "b", "c", "d"))
FLAT = "".join(f'<a href="/{name}/">{name}频道</a>' for name in ("xw", "fw", "hd", "sj"))
MENU = '<div class="nav"><ul><li><a href="/">首页</a></li><li><a href="/gk/">政府信息公开</a></li></ul></div>'


def home(body):
    return {
        "url": "/",
        "parts": ["navigation"],
        "html": f"<html><head><title>青禾区人民政府</title></head><body>{body}</body></html>",
    }


def others(*names):
    rows = ({"url": f"/{name}/", "html": f"<title>{name}频道</title><p>青禾区{name}频道</p>"} for name in names)
    return list(rows)


def find_coverage(extraction, part):
    return next(fact for fact in extraction.facts if fact.kind == "coverage" and fact.part == part)


@pytest.mark.parametrize(
    ("body", "complete"),
    [
        (f"<ul>{LINKS}</ul>{SCRIPT}", True),
        (FEW, True),
        (f"{FEW}{SCRIPT}", False),
        (f'{FEW}<p onclick="go(1)">政务公开</p>', False),
        (f"{FEW}<ul>{OPENED}</ul>", False),
        ("<p>青禾区人民政府门户网站</p>", False),
        ('<ul><li><a href="http://other.example/">别处</a></li></ul>', False),
        (f'<div class="nav"><ul>{OPENED}</ul></div><ul class="rows">{LINKS}</ul>', False),
        (f'<div class="nav"><ul>{OPENED}{LINKS}</ul></div>', False),
        (f'<div class="nav"><ul><li><a href="#">服务</a></li>{LINKS}</ul></div>', False),
        (f'<div class="nav"><ul><li><a href="javascript:;">政务</a><ul>{LINKS}</ul></li>{MORE}</ul></div>', True),
        (f'<div class="nav"><div><a href="#">政务</a><p>{FLAT}</p></div><div><a href="/a/">文章</a></div></div>', True),
        (f'<div class="nav"><ul><li><a href="javascript:login()">登录</a></li>{LINKS}</ul></div>', True),
        (f'<div class="nav"><ul><li><a href="#">首页</a></li>{LINKS}</ul></div>', True),
        (
            f'<div class="nav"><ul><li><a href="javascript:;">新闻频道</a></li>{MORE}</ul></div><a href="/xw/">新闻频道</a>',
            True,
        ),
    ],
)
def test_no_section_is_known_only_where_the_start_page_could_be_followed(extract, body, complete):
    extraction = extract({"pages": [home(body), *others("xw", "fw", "hd", "sj", "a", "b", "c", "d")]})
    assert find_coverage(extraction, "navigation").complete is complete
    assert find_coverage(extraction, "disclosure_section").complete is complete


def test_no_section_is_not_known_where_the_navigation_was_not_fetched(extract):
    body = f'<div class="nav"><ul>{LINKS}</ul></div>'
    extraction = extract({"pages": [home(body), *others("xw", "fw"), {"url": "/hd/", "failed": "timeout"}]})
    assert find_coverage(extraction, "disclosure_section").complete is False


@pytest.mark.parametrize(("extra", "complete"), [("", True), (SCRIPT, False), (f"<ul>{OPENED}</ul>", False)])
def test_a_section_without_columns_is_complete_only_without_scripts(extract, extra, complete):
    text = "<p>" + "为保障公民依法获取政府信息，提高工作的透明度。" * 12 + "</p>"
    section = {
        "url": "/gk/",
        "html": f"<title>政府信息公开_青禾区人民政府</title>{MENU}<h1>政府信息公开</h1>{text}{extra}",
    }
    extraction = extract({"pages": [home(f"{MENU}<ul>{LINKS}</ul>"), section, *others("xw", "fw", "hd", "sj")]})
    assert find_coverage(extraction, "disclosure_section").complete is complete


HEADING = """<div><ul><li><a href="/gk/zn/">政府信息公开指南</a></li><li><a href="/gk/zd/">政府信息公开制度</a></li>
    <li><a>法定主动公开内容</a><ul><li><a href="/gk/a/">机构简介</a></li><li><a href="/gk/b/">规划信息</a></li></ul></li>
    <li><a href="/gk/nb/">政府信息公开年报</a></li></ul></div>"""
ROWS = "".join(f'<li><a href="/x/{day}.html">青禾区第{day}号规划文件的全文</a> 2020-06-1{day}</li>' for day in range(4))


def list_heading(extract, first, second):
    children = [{"url": "/gk/a/", **first}, {"url": "/gk/b/", **second}]
    section = {"url": "/gk/", "html": f"<title>政府信息公开</title>{MENU}{HEADING}<h1>政府信息公开</h1>"}
    facts = extract({"pages": [home(f"{MENU}<ul>{LINKS}</ul>"), section, *children]}).facts
    return next(fact for fact in facts if fact.kind == "column" and fact.concept == "statutory_disclosure"), facts


FILLED = {"html": f"<title>规划信息</title>{MENU}{HEADING}<h1>规划信息</h1><ul>{ROWS}</ul>"}
BLANK = {"html": f"<title>机构简介</title>{MENU}{HEADING}<h1>机构简介</h1>"}
LOST = {"failed": "timeout"}
GONE = {"status": 404, "html": "<title>404</title>"}


@pytest.mark.parametrize(
    ("first", "second", "status", "blank"),
    [
        (BLANK, FILLED, 200, False),
        (LOST, FILLED, 200, False),
        (GONE, FILLED, 200, False),
        (BLANK, GONE, 200, True),
        (GONE, GONE, 404, None),
        (LOST, LOST, None, None),
        (LOST, BLANK, None, None),
    ],
)
def test_a_heading_without_an_address_is_what_the_columns_beneath_it_are(extract, first, second, status, blank):
    column, _ = list_heading(extract, first, second)
    assert (column.status, column.blank) == (status, blank)
    assert ("status" in column.unreadable) is (status is None)


def test_the_part_of_a_heading_is_that_of_the_columns_beneath_it(extract):
    for first, complete in ((BLANK, True), (LOST, False)):
        column, facts = list_heading(extract, first, {"html": "<title>规划信息</title><p>无</p>"})
        part = next(fact for fact in facts if fact.kind == "coverage" and fact.of == column.url)
        assert (part.concept, part.discovered, part.complete) == ("statutory_disclosure", 2, complete)


CLOSED = HEADING.replace('<a href="/gk/a/">', '<a href="javascript:;" onclick="go(1)">')


@pytest.mark.parametrize(("menu", "complete"), [(HEADING, True), (CLOSED, False)])
def test_an_entry_of_the_sections_menu_that_only_a_script_opens_was_not_seen(extract, menu, complete):
    drawn = f"<title>政府信息公开</title>{MENU}{menu}"
    pages = [home(f"{MENU}<ul>{LINKS}</ul>"), {"url": "/gk/", "html": f"{drawn}<h1>政府信息公开</h1>"}]
    below = ({"url": f"/gk/{name}/", "html": f"{drawn}<ul>{ROWS}</ul>"} for name in ("zn", "zd", "a", "b", "nb"))
    part = find_coverage(extract({"pages": [*pages, *below]}), "disclosure_section")
    assert (part.skipped, part.complete) == (0 if complete else 1, complete)


def test_a_guide_that_is_a_file_is_there_but_unread(extract):
    menu = '<ul><li><a href="/gk/zn.pdf">政府信息公开指南</a></li><li><a href="/gk/nb/">政府信息公开年报</a></li></ul>'
    section = {"url": "/gk/", "html": f"<title>政府信息公开</title>{MENU}<div>{menu}</div><h1>政府信息公开</h1>"}
    pdf = {"url": "/gk/zn.pdf", "media": "application/pdf"}
    facts = extract({"pages": [home(f"{MENU}<ul>{LINKS}</ul>"), section, pdf]}).facts
    guides = [(fact.url, fact.status, fact.updated_on, fact.unreadable) for fact in facts if fact.kind == "guide"]
    unread = ("elements", "address", "phone", "email", "hours", "updated_on")
    assert guides == [("http://www.qinghe.example/gk/zn.pdf", 200, None, unread)]


def test_a_policy_column_on_another_host_was_not_looked_at(extract):
    menu = f'<div class="nav"><a href="http://zc.other.example/gfx/">规范性文件</a>{LINKS}</div>'
    facts = extract({"pages": [home(menu), *others("xw", "fw", "hd", "sj")]}).facts
    part = next(fact for fact in facts if fact.kind == "coverage" and fact.concept == "normative_documents")
    assert (part.part, part.skipped, part.complete) == ("column", 1, False)


def test_every_column_of_the_site_is_accounted_for(extract):
    gone = {"url": "/fw/", "failed": "timeout"}
    facts = extract({"pages": [home(f'<div class="nav"><ul>{LINKS}</ul></div>'), *others("xw", "hd"), gone]}).facts
    parts = {fact.of: fact for fact in facts if fact.kind == "coverage" and fact.part == "column"}
    root = "http://www.qinghe.example"
    counts = {of.removeprefix(root): (fact.fetched, fact.failed, fact.skipped) for of, fact in parts.items()}
    assert counts["/xw/"] == (1, 0, 0)
    assert counts["/fw/"] == (0, 1, 0)
    assert parts[f"{root}/xw/"].name
