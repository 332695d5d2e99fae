"""Sites without an end, and the same page under many names: what bounds them."""

from __future__ import annotations

import re
from datetime import date

import pytest
from loopback import HOST, Reply, make_page, visit_of

from auditor.collect.linkgraph import UNREACHED, LinkGraph
from auditor.collect.mirrors import Mirrors, shape_address, trim_address
from auditor.collect.scope import Scope, Variants, is_impossible_day, list_parents, sort_query
from auditor.page.addresses import normalise_url
from auditor.page.days import read_row_day, read_url_day
from auditor.words.vocabulary import load_vocabulary

TRAPS = load_vocabulary().paging.traps
TODAY = date(2024, 5, 6)


class Endless(dict):
    """Replies by path, and what a function says of any other."""

    def __init__(self, known, make):
        super().__init__(known)
        self.make = make

    def get(self, path, default=None):
        return super().get(path) or self.make(path) or default


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        ("/a.jsp;jsessionid=0A1B", "/a.jsp"),
        ("/a.php?PHPSESSID=abc&id=5", "/a.php?id=5"),
        ("/a.php?id=5&PHPSESSID=abc", "/a.php?id=5"),
        ("/a?sid=0123456789abcdef0123", "/a"),
        ("/a?sid=4711", "/a?sid=4711"),
        ("/a?token=abcdefabcdefabcdef", "/a?token=abcdefabcdefabcdef"),
        ("/a?id=7&_=1712345678901", "/a?id=7"),
        ("/a?sessionid=1&sessionid=2&b=1", "/a?b=1"),
    ],
)
def test_numbers_of_a_session_are_no_part_of_an_address(url, clean):
    assert normalise_url(url, "http://h.test/") == f"http://h.test{clean}"


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("/2024-05/11/c_1.html", date(2024, 5, 11)),
        ("/xw/202405/t20240511_99.html", date(2024, 5, 11)),
        ("/art/2024/5/1/art_1_2.html", date(2024, 5, 1)),
        ("/xw/202405/1.html", date(2024, 5, 1)),
        ("/xw/20249999/1.html", None),
        ("/xw/123456789012.html", None),
        ("/xw/", None),
    ],
)
def test_the_day_of_an_address(url, day):
    assert read_url_day(f"http://h.test{url}") == day


def test_the_day_of_a_row():
    assert read_row_day("关于2023年1月2日某事 [2024-05-11]") == date(2024, 5, 11)
    assert read_row_day("电话 2024-1234567") is None


def test_days_far_from_now_are_a_calendar():
    assert is_impossible_day("http://h.test/rili/2031/05/11/", TODAY)
    assert not is_impossible_day("http://h.test/xw/2024/05/11/", TODAY)


def test_orders_of_the_same_parameters_are_one_address():
    assert sort_query("http://h.test/s?b=2&a=1&b=2") == "http://h.test/s?a=1&b=2"


def test_query_strings_are_bounded_by_what_they_are():
    variants = Variants(TRAPS)
    base = "http://h.test/s"
    for form, bound in (
        ("?year={}", TRAPS.max_days),
        ("?a={}&b=1&c=2", TRAPS.max_facets),
        ("?id={}", TRAPS.max_numbers),
    ):
        admitted = sum(variants.admit(base + form.format(number)) for number in range(TRAPS.max_numbers + 10))
        assert admitted == bound
    assert not variants.admit(f"{base}?{'&'.join(f'p{n}=1' for n in range(TRAPS.max_parameters + 1))}")


def test_forms_of_addresses():
    assert shape_address("http://h.test/a/s12/s13/b.html?x=1") == "h.test/a/#/b.html?x"
    assert trim_address("https://www.h.test/a/index.html") == trim_address("http://h.test/a/")


def test_names_of_a_page_are_one_only_where_its_content_proves_it():
    mirrors = Mirrors(TRAPS)
    mirrors.note("http://h.test/", b"1")
    assert mirrors.list_names("http://h.test/a/index.html") == ()
    mirrors.note("https://www.h.test/index.html", b"1")
    assert "http://h.test/a/" in mirrors.list_names("http://h.test/a/index.html")
    assert "http://h.test/b/c.html" in mirrors.list_names("https://www.h.test/b/c.html")
    assert mirrors.list_names("http://other.test/a/index.html") == ()


def test_sub_hosts_are_those_under_a_host_of_the_site():
    scope = Scope(frozenset({"www.h.test"}), parents=list_parents(["www.h.test", "10.0.0.1"]))
    assert scope.holds("http://gk.h.test/")
    assert not scope.holds("http://noth.test/")
    assert not Scope(frozenset({"www.h.test"})).holds("http://gk.h.test/")
    assert list(scope.joined) == ["gk.h.test"]


def test_clicks_over_links_frames_and_circles():
    graph = LinkGraph()
    graph.add_links(0, [1, 3], parts=[2])
    graph.add_links(2, [4])
    graph.add_links(1, [4, 5])
    graph.add_links(5, [0])
    clicks, before = graph.count_clicks([0], 7)
    assert list(clicks) == [0, 1, 0, 1, 1, 2, UNREACHED]
    assert before[4] == 2


def test_paths_that_number_the_session_end(site, collect):
    def answer(path):
        if not path.startswith("/s"):
            return None
        number = int(re.findall(r"\d+", path)[0])
        return make_page("同一页", (f"/s{number * 2}/a.html", "一"), (f"/s{number * 2 + 1}/a.html", "二")).replace(
            str(number), str(number)
        )

    def same(path):
        return (
            "<html><body><h1>同一页的内容</h1><a href='../x1/a.html'>一</a><a href='deep/a.html'>二</a></body></html>"
            if answer(path)
            else None
        )

    site.replies = Endless({"/": make_page("首页", ("/s1/a.html", "进入"))}, same)
    collect()
    assert len(set(site.asked)) < 12


def test_one_and_the_same_page_under_many_addresses_is_left_after_a_few(site, collect):
    error = make_page("出错了", text="您访问的页面不存在")
    rows = tuple((f"/old/{number}.html", f"旧文章{number}") for number in range(200))
    site.replies = Endless({"/": make_page("首页", *rows)}, lambda path: error if path.startswith("/old") else None)
    reader = collect(concurrency=1)
    asked = [path for path in dict.fromkeys(site.asked) if path.startswith("/old")]
    assert len(asked) <= TRAPS.max_twins + 4
    assert "same_content" in {visit.attempt.detail for visit in reader.visits}


def test_pages_with_some_twins_among_many_of_their_own_are_all_read(site, collect):
    rows = tuple((f"/new/{number}.html", f"文章{number}") for number in range(60))

    def answer(path):
        if not path.startswith("/new"):
            return None
        return make_page("正在更新") if int(path[5:-5]) % 2 else make_page(path)

    site.replies = Endless({"/": make_page("首页", *rows)}, answer)
    collect()
    assert len([path for path in dict.fromkeys(site.asked) if path.startswith("/new")]) == 60


def test_a_folder_and_its_index_are_asked_for_once_where_the_content_proved_it(site, collect):
    site.replies["/"] = make_page("首页", ("/index.html", "首页"), ("/a/", "甲"), ("/b/", "乙"))
    site.replies["/index.html"] = site.replies["/"]
    for name in "ab":
        site.replies[f"/{name}/"] = make_page(name, (f"/{name}/index.html", "自己"))
        site.replies[f"/{name}/index.html"] = site.replies[f"/{name}/"]
    collect(concurrency=1)
    assert "/index.html" in site.asked
    assert not {"/a/index.html", "/b/index.html"} & set(site.asked)


def test_orders_of_parameters_are_asked_for_once(site, collect):
    site.replies["/"] = make_page("首页", ("/s?a=1&b=2", "一"), ("/s?b=2&a=1", "二"))
    site.replies["/s?a=1&b=2"] = make_page("结果")
    collect()
    assert [path for path in dict.fromkeys(site.asked) if path.startswith("/s?")] == ["/s?a=1&b=2"]


def test_soft_404_with_the_home_page_does_not_eat_the_budget(site, collect):
    rows = tuple((f"/old/{number}.html", f"旧文{number}") for number in range(3))
    home = make_page("首页", *rows, ("/z/real.html", "真的"))
    site.replies["/"] = home
    for path, _ in rows:
        site.replies[path] = home
    site.replies["/z/real.html"] = make_page("真的")
    reader = collect(max_pages=2)
    assert visit_of(reader, site, "/z/real.html").status == 200


def test_redirect_outside_asks_the_robots_of_that_host(site, collect):
    other = "other.test"
    overrides = {(host, site.port): ("127.0.0.1",) for host in (HOST, other)}
    site.replies["/"] = make_page("首页", ("/go.html", "外站"))
    site.replies["/go.html"] = Reply("", 302, headers={"Location": site.url("/secret/x.html", other)})
    site.replies["/robots.txt"] = lambda handler: Reply(
        "User-agent: *\nDisallow: /secret/" if other in handler.headers["Host"] else "", media="text/plain"
    )
    site.replies["/secret/x.html"] = make_page("不可")
    collect(access=site.access(overrides=overrides, allow_private=True))
    assert "/secret/x.html" not in site.asked


def test_pages_that_differ_only_behind_their_links_end(site, collect):
    def answer(path):
        if not path.startswith("/s"):
            return None
        seed = int(re.findall(r"\d+", path)[0])
        return make_page("会话", *((f"/s({seed * 9 + number})/{number}.html", f"第{number}页") for number in range(9)))

    site.replies = Endless({"/": make_page("首页", ("/s1/a.html", "进入"))}, answer)
    collect(max_pages=1000)
    assert len(set(site.asked)) < 9 * TRAPS.max_alike + 30


def test_paths_that_grow_by_numbers_end(site, collect):
    def answer(path):
        folder, depth = path.rpartition("/")[0], path.count("/")
        links = ((f"{folder}/d{depth}/x.html", "更深"), (f"{folder}/same/x.html", "同"))
        return make_page(f"第{depth}层", *links) if path.startswith("/deep") else None

    site.replies = Endless({"/": make_page("首页", ("/deep/x.html", "进入"))}, answer)
    collect(max_pages=1000)
    assert len(set(site.asked)) < 100


def test_the_same_look_in_columns_of_their_own_is_followed_all_the_way(site, collect):
    site.replies["/"] = make_page("首页", *((f"/c{number}/", f"栏目{number}") for number in range(30)))
    for number in range(30):
        rows = ((f"/c{number}/{row}.html", f"文章{number}之{row}") for row in range(2))
        site.replies[f"/c{number}/"] = make_page("栏目", *rows)
        site.replies.update({f"/c{number}/{row}.html": make_page(f"文章{number}之{row}") for row in range(2)})
    collect()
    assert sum(path.endswith(".html") for path in set(site.asked)) == 60
