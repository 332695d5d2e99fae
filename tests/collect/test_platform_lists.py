"""A platform that serves its lists as JSON: recognised, its lists fetched as pages of the site, read, cross-checked."""

from __future__ import annotations

import json

import pytest
from loopback import Reply, make_page, visit_of

from auditor.collect.chromium import find_browser
from auditor.extract.extraction import extract_facts
from auditor.page.platforms import compare_lists, find_columns, is_list_address, write_list

DAY = 1_711_900_800  # 2024-04-01 in China
COLUMNS = ((11, "政府信息公开指南"), (12, "政府信息公开制度"), (13, "法定主动公开内容"), (14, "政府信息公开年报"))
TREE = [
    {"id": number, "name": name, "children": [{"id": 20, "name": "政策文件"}] if number == 13 else []}
    for number, name in COLUMNS
]
SHOW = (
    "fetch('/gkmlpt/api/all/20?page=1&sid=7').then(r => r.json()).then(d => rows.innerHTML = d.articles.filter(a => a.id < 3)"
    ".concat({url: '/gkmlpt/content/9/post_9.html', title: '只在页面上出现的一份通知', create_time: 1711900800})"
    ".map(a => `<li><a href=${a.url}>${a.title}</a><span>2024-04-0${a.id || 1}</span></li>`).join(''))"
)
INDEX = (
    "<html><head><title>政府信息公开</title></head><body><h1>政府信息公开</h1><ul id='rows'></ul>"
    f"<script>window._CONFIG = {{ SID: '7', TREE: {json.dumps(TREE, ensure_ascii=False)} }};</script><script>{SHOW}</script></body></html>"
)


def make_article(number):
    url = f"/gkmlpt/content/{number}/post_{number}.html"
    return {
        "id": number,
        "title": f"关于印发第{number}号工作方案的通知",
        "url": url,
        "create_time": DAY + 86_400 * (number - 1),
        "type": "normal",
    }


def make_list(name, numbers, total=None):
    rows = [make_article(number) for number in numbers]
    data = {"classify": {"name": name}, "total": total or len(rows), "articles": rows}
    return Reply(json.dumps(data), media="application/json")


def build(site):
    site.replies["/"] = make_page(
        "首页",
        nav=(("/gkmlpt/index", "政府信息公开"), ("/xw/", "新闻动态"), ("/bs/", "办事服务"), ("/hd/", "互动交流")),
    )
    for path in ("/xw/", "/bs/", "/hd/"):
        site.replies[path] = make_page("栏目")
    site.replies["/gkmlpt/index"] = INDEX
    for number, name in COLUMNS:
        site.replies[f"/gkmlpt/api/all/{number}?page=1&sid=7"] = make_list(name, ())
    site.replies["/gkmlpt/api/all/20?page=1&sid=7"] = make_list("政策文件", range(1, 5), total=102)
    site.replies["/gkmlpt/api/all/20?page=2&sid=7"] = make_list("政策文件", range(5, 7), total=102)
    for number in range(1, 7):
        site.replies[make_article(number)["url"]] = make_page(make_article(number)["title"])


def find_policies(reader, vocabulary, site):
    facts = extract_facts(reader, vocabulary).facts
    url = site.url("/gkmlpt/api/all/20?page=1&sid=7")
    return next(fact for fact in facts if fact.kind == "column" and fact.url == url)


def test_lists_are_fetched_as_the_sites_and_become_columns_without_a_browser(site, collect, vocabulary):
    build(site)
    reader = collect()
    fact = find_policies(reader, vocabulary, site)
    assert (fact.name, fact.concept, fact.item_count) == ("政策文件", "policy_documents", 6)
    assert (fact.newest_item_on.isoformat(), fact.oldest_item_on.isoformat()) == ("2024-04-06", "2024-04-01")
    assert visit_of(reader, site, make_article(6)["url"]).status == 200
    assert site.asked.count("/gkmlpt/api/all/20?page=2&sid=7") == 1
    names = {one.name for one in extract_facts(reader, vocabulary).facts if one.kind == "column"}
    assert {name for _, name in COLUMNS} <= names


@pytest.mark.skipif(find_browser(None) is None, reason="no Chromium on this machine")
def test_what_the_page_shows_is_held_against_its_data(site, collect, vocabulary):
    build(site)
    reader = collect(access=site.access("127.0.0.1", browser="auto"))
    assert visit_of(reader, site, "/gkmlpt/index").rendered is not None
    fact = find_policies(reader, vocabulary, site)
    assert fact.item_count == 6
    note = next(one for one in fact.evidence if one.type == "record" and one.locator == "page +, data -")
    assert note.excerpt == "+ 只在页面上出现的一份通知 | - 关于印发第3号工作方案的通知"
    assert site.asked.count("/gkmlpt/api/all/20?page=1&sid=7") == 1


def test_robots_hold_for_lists(site, collect):
    build(site)
    site.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /gkmlpt/api/", media="text/plain")
    collect()
    assert not [path for path in site.asked if "/api/" in path]


@pytest.mark.parametrize(
    "data",
    ["", "[]", "{", "null", '{"articles": 5}', "[" * 100_000, '{"articles": ' + "[" * 100_000, '"x"', "<html>"],
)
def test_hostile_data_are_no_list(vocabulary, data):
    assert write_list(data, "http://a.test/gkmlpt/api/all/1?page=1&sid=2", vocabulary) is None


def test_rows_are_bounded_and_escaped(vocabulary):
    url = "http://a.test/x/gkmlpt/api/all/1?page=1&sid=2"
    rows = [
        {"title": "<script>x</script>", "url": "/a", "create_time": value}
        for value in (True, 10**30, -5, "2024-02-30", None)
    ]
    rows += [{"title": 5, "url": "javascript:x"}, "x", {"title": "没有地址"}] + [{"title": "t", "url": "/b"}] * 5_000
    html = write_list(json.dumps({"articles": rows, "total": 10**12, "classify": 3}), url, vocabulary)
    assert "<script>" not in html
    assert "javascript:" not in html
    assert html.count("<li>") <= 1_000
    assert html.count("page=") <= 100
    assert "2024" in html


@pytest.mark.parametrize(
    ("tree", "count"),
    [(json.dumps(TREE), 5), ("[{id: 1, name: '指南'}, {id: 2, name: '年报'}]", 2), ("[" * 50_000, 0), ("7", 0)],
)
def test_columns_of_any_tree(vocabulary, tree, count):
    html = f"<script>window._CONFIG = {{SID: '7', TREE: {tree}}}</script>"
    found = find_columns(html, "http://a.test/gkmlpt/index", vocabulary)
    assert len(found) == count
    assert all(is_list_address(column.url, vocabulary) for column in found)
    assert find_columns(html, "http://a.test/other/index", vocabulary) == ()


def test_lists_that_agree_have_no_difference():
    rows = [("通知一", "http://a/1"), ("通知二", "http://a/2")]
    assert compare_lists(rows[:1], rows) is None
    assert compare_lists(rows, rows) is None
    assert compare_lists([("通知三", None)], rows).only_page == ("通知三",)
