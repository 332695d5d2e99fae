"""The order of a crawl and its budget: what comes first, what counts, and that two runs are alike."""

from __future__ import annotations

from loopback import HOST, Reply, make_page, visit_of

from auditor.model.attempts import AttemptReason

NAV = (("/", "首页"), ("/xw/", "新闻动态"), ("/tz/", "通知公告"))


def pages_of(site):
    """List what was asked for, each once: the network is probed with some pages again."""
    return [path for path in dict.fromkeys(site.asked) if path not in {"/robots.txt", "/sitemap.xml"}]


def make_list(title, *rows):
    shown = "".join(f'<li><a href="{url}">{name}</a><span>{day}</span></li>' for url, name, day in rows)
    return make_page(title, nav=NAV).replace("</div></body>", f"<ul>{shown}</ul></div></body>")


def add_articles(site, *paths):
    for path in paths:
        site.replies[path] = make_page(f"文章{path}", nav=NAV)


def test_documents_are_asked_for_newest_first_by_row_address_and_sitemap(site, collect):
    site.replies["/"] = make_page("首页", nav=NAV)
    rows = (("/xw/a.html", "第一篇文章标题", "2019-01-02"), ("/xw/b.html", "第二篇文章标题", "2024-03-01"))
    site.replies["/xw/"] = make_list("新闻动态", *rows)
    site.replies["/tz/"] = make_page(
        "通知公告", ("/tz/202305/t20230511_1.html", "某通知"), ("/tz/2024-04/02/x.html", "新")
    )
    listed = "".join(
        f"<url><loc>{site.url(path)}</loc><lastmod>{day}</lastmod></url>"
        for path, day in (("/m/old.html", "2001-01-01"), ("/m/new.html", "2024-05-01T08:00:00+08:00"))
    )
    site.replies["/sitemap.xml"] = Reply(f"<urlset>{listed}</urlset>", media="application/xml")
    newest = [
        "/m/new.html",
        "/tz/2024-04/02/x.html",
        "/xw/b.html",
        "/tz/202305/t20230511_1.html",
        "/xw/a.html",
        "/m/old.html",
    ]
    add_articles(site, *newest)
    collect(concurrency=1)
    assert pages_of(site) == ["/", "/xw/", "/tz/", *newest]


def test_lists_and_their_pages_come_before_documents(site, collect):
    site.replies["/"] = make_page("首页", ("/xw/2024-05/05/1.html", "今天的一篇文章"), nav=NAV)
    site.replies["/xw/"] = make_page("新闻动态", ("2/", "下一页"), nav=NAV)
    site.replies["/xw/2/"] = make_page("新闻动态", nav=NAV)
    site.replies["/tz/"] = make_page("通知公告", nav=NAV).replace("</h1>", "</h1><script>var pageCount=2</script>")
    site.replies["/tz/index_2.html"] = make_page("通知公告第二页", nav=NAV)
    add_articles(site, "/xw/2024-05/05/1.html")
    collect()
    assert pages_of(site)[-1] == "/xw/2024-05/05/1.html"
    assert {"/xw/2/", "/tz/index_2.html"} <= set(pages_of(site))


def test_pages_that_a_count_suggests_are_left_where_the_first_is_not_there(site, collect):
    site.replies["/"] = make_page("首页", nav=NAV)
    site.replies["/xw/"] = make_page("新闻动态", nav=NAV).replace("</h1>", "</h1>共 30 页")
    collect()
    assert [path for path in pages_of(site) if "index" in path] == ["/xw/index_2.html"]


def test_only_new_successes_eat_the_budget(site, collect):
    links = (
        ("/gone.html", "没了"),
        ("/moved.html", "搬走"),
        ("/index.html", "同一页"),
        ("/bad.html", "坏"),
        ("/a.pdf", "附"),
    )
    articles = [f"/n/{number}.html" for number in range(5)]
    site.replies["/"] = make_page("首页", *links, *((path, path) for path in articles))
    site.replies["/index.html"] = site.replies["/"]
    site.replies["/moved.html"] = Reply("", 302, headers={"Location": "/"})
    site.replies["/bad.html"] = Reply("broken", 500, "text/plain")
    site.replies["/a.pdf"] = Reply(b"%PDF-1.4", media="application/pdf")
    add_articles(site, *articles)
    reader = collect(max_pages=4)
    done = [path for path in articles if visit_of(reader, site, path).status == 200]
    assert len(done) == 3
    assert visit_of(reader, site, "/a.pdf").status == 200
    left = [visit for visit in reader.visits if "/n/" in visit.url and visit.status is None]
    assert [(visit.url, visit.attempt.reason) for visit in left] == [
        (site.url(path), AttemptReason.PAGE_LIMIT) for path in articles[3:]
    ]


def test_clicks_are_the_shortest_way_over_the_links_that_were_read(site, collect):
    site.replies["/"] = make_page("首页", ("/a.html", "远路"), ("/z/2001-01-01/b.html", "近路"))
    site.replies["/a.html"] = make_page("甲", ("/c.html", "丙"))
    site.replies["/c.html"] = make_page("丙", ("/d.html", "丁"))
    site.replies["/d.html"] = make_page("丁", ("/goal.html", "目标"))
    site.replies["/z/2001-01-01/b.html"] = make_page("乙", ("/2024-05-01/goal.html", "旧址"), ("/goal.html", "目标"))
    site.replies["/goal.html"] = make_page("目标", ("/end.html", "末"))
    site.replies["/end.html"] = make_page("末")
    reader = collect(concurrency=1)
    goal, end = visit_of(reader, site, "/goal.html"), visit_of(reader, site, "/end.html")
    assert (goal.clicks, goal.found_on) == (2, site.url("/z/2001-01-01/b.html"))
    assert (end.clicks, end.found_on) == (3, site.url("/goal.html"))


def test_two_crawls_give_the_same_order_whatever_the_speed(site, collect):
    site.replies["/"] = make_page(
        "首页", *((f"/2024-0{n % 9 + 1}-01/{n}.html", f"第{n}篇") for n in range(30)), nav=NAV
    )
    for number in range(30):
        add_articles(site, f"/2024-0{number % 9 + 1}-01/{number}.html")
    first, second = collect("one", concurrency=8), collect("two", concurrency=8)
    assert [visit.url for visit in first.visits] == [visit.url for visit in second.visits]
    alone = collect("three", concurrency=1)
    assert {visit.url for visit in alone.visits} == {visit.url for visit in first.visits}


def test_sub_hosts_are_taken_in_by_option_only(site, collect):
    sub = f"sub.{HOST}"
    overrides = {(host, site.port): ("127.0.0.1",) for host in (HOST, sub)}
    site.replies["/"] = make_page("首页", (site.url("/only.html", sub), "部门网站"))
    site.replies["/only.html"] = make_page("部门")
    outside = collect("one", access=site.access(overrides=overrides), max_outside=0)
    assert not [visit for visit in outside.visits if sub in visit.url]
    inside = collect("two", access=site.access(overrides=overrides), with_subhosts=True)
    assert [visit.status for visit in inside.visits if "only" in visit.url] == [200]
    assert sub in inside.snapshot.target.hosts
