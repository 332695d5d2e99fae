"""The walk over a site: order, robots, scope, bounds, traps, redirects, and what becomes a visit."""

from __future__ import annotations

import gzip

import pytest
from loopback import HOST, NOW, Reply, make_page, visit_of

from auditor.collect.fetch import name_agent
from auditor.collect.robots import read_sitemap
from auditor.errors import CollectError, InputError, OutputError
from auditor.model.attempts import AttemptReason, AttemptStatus, Part
from auditor.words.vocabulary import load_vocabulary

SECTION_MENU = (
    ("/zwgk/zn/", "政府信息公开指南"),
    ("/zwgk/zd/", "政府信息公开制度"),
    ("/zwgk/fd/", "法定主动公开内容"),
    ("/zwgk/nb/", "政府信息公开年报"),
)


def build_portal(site):
    nav = (("/", "首页"), ("/zwgk/", "政府信息公开"), ("/xw/", "新闻动态"))
    site.replies["/"] = make_page("样例区人民政府", ("/xw/1.html", "第一条新闻"), ("/xw/2.html", "第二条新闻"), nav=nav)
    site.replies["/zwgk/"] = make_page("政府信息公开", nav=SECTION_MENU)
    for path, name in SECTION_MENU:
        site.replies[path] = make_page(name, (f"{path}a.html", "文件一"), nav=SECTION_MENU)
        site.replies[f"{path}a.html"] = make_page(f"{name}文件", nav=SECTION_MENU)
    items = tuple((f"/xw/{number}.html", f"第{number}条新闻") for number in range(1, 6))
    site.replies["/xw/"] = make_page("新闻动态", *items, ("/xw/index_2.html", "2"), nav=nav)
    site.replies["/xw/index_2.html"] = make_page("新闻动态", ("/xw/6.html", "第6条新闻"), nav=nav)
    for number in range(1, 7):
        site.replies[f"/xw/{number}.html"] = make_page(f"第{number}条新闻", ("/xw/fj.pdf", "附件"), nav=nav)


def test_order_navigation_and_section_before_lists_before_articles(site, collect):
    build_portal(site)
    reader = collect()
    asked = site.asked
    assert asked[0] == "/robots.txt"
    columns = [path for path, _ in SECTION_MENU]
    articles = [f"/xw/{number}.html" for number in range(1, 7)]
    places = {path: asked.index(path) for path in ("/", "/zwgk/", "/xw/", "/xw/index_2.html", *columns, *articles)}
    assert places["/"] < min(places["/zwgk/"], places["/xw/"])
    assert max(places["/zwgk/"], places["/xw/"]) < min(places[path] for path in columns)
    assert max(places[path] for path in columns) < min(places[path] for path in articles)
    assert places["/xw/index_2.html"] < min(places[path] for path in articles)
    assert reader.snapshot.finished


def test_every_known_address_has_exactly_one_visit_with_parts_and_clicks(site, collect):
    build_portal(site)
    reader = collect()
    urls = [visit.url for visit in reader.visits]
    assert len(urls) == len(set(urls))
    home = visit_of(reader, site, "/")
    assert home.clicks == 0
    assert home.parts == (Part.NAVIGATION, Part.SITE)
    section = visit_of(reader, site, "/zwgk/")
    assert section.parts == (Part.NAVIGATION, Part.DISCLOSURE_SECTION, Part.SITE)
    guide = visit_of(reader, site, "/zwgk/zn/")
    assert guide.parts == (Part.DISCLOSURE_SECTION, Part.SITE)
    assert (guide.clicks, guide.found_on) == (2, site.url("/zwgk/"))
    assert Part.COLUMN in visit_of(reader, site, "/xw/index_2.html").parts
    assert visit_of(reader, site, "/xw/6.html").clicks == 3
    assert visit_of(reader, site, "/sitemap.xml").parts == (Part.SITEMAP, Part.SITE)
    assert visit_of(reader, site, "/sitemap.xml").attempt.status is AttemptStatus.DONE


def test_attachment_in_the_section_menu_is_fetched(site, collect):
    build_portal(site)
    menu = (*SECTION_MENU[1:], ("/zwgk/zn.pdf", "政府信息公开指南"))
    site.replies["/zwgk/"] = make_page("政府信息公开", nav=menu)
    site.replies["/zwgk/zn.pdf"] = Reply(b"%PDF-1.4 x", media="application/pdf")
    reader = collect()
    visit = visit_of(reader, site, "/zwgk/zn.pdf")
    assert visit.attempt.status is AttemptStatus.DONE
    assert visit.media_type == "application/pdf"
    assert Part.DISCLOSURE_SECTION in visit.parts
    assert reader.read_record(visit.record) == b"%PDF-1.4 x"


def test_robots_are_obeyed_and_said(site, collect):
    build_portal(site)
    site.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /xw/\n", media="text/plain")
    reader = collect()
    assert not [path for path in site.asked if path.startswith("/xw/")]
    assert visit_of(reader, site, "/xw/").attempt.reason is AttemptReason.ROBOTS
    assert visit_of(reader, site, "/zwgk/zn/").attempt.status is AttemptStatus.DONE


def test_robots_that_forbid_everything_leave_nothing(site, collect):
    build_portal(site)
    site.replies["/robots.txt"] = Reply("User-agent: *\nDisallow: /\n", media="text/plain")
    with pytest.raises(CollectError) as caught:
        collect()
    assert (caught.value.code, caught.value.values["reason"]) == ("nothing_collected", "robots")
    assert set(site.asked) == {"/robots.txt"}


def test_sitemap_brings_pages_that_nothing_links_to(site, collect):
    build_portal(site)
    site.replies["/robots.txt"] = Reply(f"Sitemap: {site.url('/maps/index.xml')}\n", media="text/plain")
    index = f"<sitemapindex><sitemap><loc>{site.url('/maps/a.xml.gz')}</loc></sitemap></sitemapindex>"
    site.replies["/maps/index.xml"] = Reply(index, media="application/xml")
    listed = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{site.url('/lost.html')}</loc></url></urlset>"
    site.replies["/maps/a.xml.gz"] = Reply(gzip.compress(listed.encode()), media="application/gzip")
    site.replies["/lost.html"] = make_page("被遗忘的页面")
    visit = visit_of(collect(), site, "/lost.html")
    assert visit.parts == (Part.SITEMAP, Part.SITE)
    assert visit.clicks is None
    assert visit.status == 200


@pytest.mark.parametrize(
    "body", [b"Nothing is here, sorry", bytes(range(1, 256)) * 9, b"/a.html\nftp://portal.test/b.html"]
)
def test_what_is_no_sitemap_lists_nothing(body):
    assert read_sitemap(body, "http://portal.test/sitemap.xml").pages == ()


def test_entities_in_a_sitemap_are_not_expanded(site, collect):
    build_portal(site)
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>http://portal.test/&b;</loc></url></urlset>'
    site.replies["/sitemap.xml"] = Reply(bomb, media="application/xml")
    assert not [visit for visit in collect().visits if "aaaa" in visit.url]


@pytest.mark.parametrize("place", ["/", "/xw/", "/robots.txt", "/missing.html"])
def test_robots_that_lead_elsewhere_hold_nothing_up(site, collect, place):
    build_portal(site)
    site.replies["/robots.txt"] = Reply("", 302, headers={"Location": place})
    assert visit_of(collect(), site, "/xw/1.html").status == 200


def test_scope_keeps_other_hosts_out_and_patterns_are_said(site, collect):
    build_portal(site)
    site.replies["/"] = make_page(
        "首页", ("http://other.test/", "外站"), ("/xw/1.html", "一"), ("/zwgk/", "政府信息公开")
    )
    reader = collect(exclude=("/xw/*",))
    assert not [visit for visit in reader.visits if "other.test" in visit.url]
    excluded = visit_of(reader, site, "/xw/1.html").attempt
    assert (excluded.reason, excluded.detail) == (AttemptReason.OUT_OF_SCOPE, "excluded")
    assert visit_of(reader, site, "/zwgk/").status == 200


def test_included_pages_are_found_from_a_start_page_that_is_not_included(site, collect):
    build_portal(site)
    reader = collect(include=("/zwgk/*",))
    assert {path for path in site.asked if path.startswith("/xw")} == set()
    assert visit_of(reader, site, "/zwgk/zn/a.html").status == 200
    assert visit_of(reader, site, "/xw/").attempt.detail == "excluded"


def test_page_limit_counts_successes_and_the_rest_is_skipped(site, collect):
    build_portal(site)
    site.replies["/zwgk/"] = Reply("gone", 404)
    reader = collect(max_pages=3)
    pages = [visit for visit in reader.visits if visit.status == 200]
    assert len(pages) == 3
    skipped = [visit for visit in reader.visits if visit.attempt.status is AttemptStatus.SKIPPED]
    assert {visit.attempt.reason for visit in skipped if visit.attempt.detail != "attachment"} == {
        AttemptReason.PAGE_LIMIT
    }
    assert set(site.asked) == {"/robots.txt", "/sitemap.xml", "/", "/zwgk/", "/xw/", "/xw/index_2.html"}


def test_time_limit_ends_the_walk_and_is_said(site, collect):
    build_portal(site)

    def hang(handler):
        handler.rfile.read(1)

    site.replies["/xw/3.html"] = hang
    reader = collect(total_seconds=0.7)
    assert reader.snapshot.stopped_because is AttemptReason.TIME_LIMIT
    assert visit_of(reader, site, "/xw/3.html").attempt.reason is AttemptReason.TIME_LIMIT
    assert visit_of(reader, site, "/zwgk/zn/").status == 200


def test_endless_query_strings_are_bounded(site, collect):
    site.replies["/"] = make_page("首页", ("/rili?d=1", "日历"))

    def calendar(handler):
        day = int(handler.path.partition("=")[2])
        return Reply(make_page(f"{day}日", *((f"/rili?d={day + step}", "后一天") for step in range(1, 9))))

    for day in range(1, 200):
        site.replies[f"/rili?d={day}"] = calendar
    reader = collect(access=site.access("127.0.0.1"))
    bound = load_vocabulary().paging.traps.max_days
    assert len([path for path in site.asked if path.startswith("/rili")]) <= bound < 199
    assert "too_many_variants" in {visit.attempt.detail for visit in reader.visits}


def test_repeating_folders_are_a_trap(site, collect):
    trap = "/a/b" * 5 + "/"
    site.replies["/"] = make_page("首页", (trap, "更多"))
    attempt = visit_of(collect(), site, trap).attempt
    assert (attempt.reason, attempt.detail) == (AttemptReason.OUT_OF_SCOPE, "path_repeats")


def test_missing_page_is_a_definite_answer_and_soft_404_is_kept(site, collect):
    build_portal(site)
    site.replies["/zwgk/nb/"] = Reply("没有这个页面", 404)
    site.replies["/zwgk/zd/"] = site.replies["/"]
    reader = collect()
    missing = visit_of(reader, site, "/zwgk/nb/")
    assert (missing.attempt.status, missing.status) == (AttemptStatus.DONE, 404)
    soft = visit_of(reader, site, "/zwgk/zd/")
    assert (soft.attempt.status, soft.status) == (AttemptStatus.DONE, 200)


def test_redirect_is_followed_and_the_old_address_keeps_its_visit(site, collect):
    build_portal(site)
    site.replies["/zwgk/nb/"] = Reply("", 302, headers={"Location": "/"})
    reader = collect()
    visit = visit_of(reader, site, "/zwgk/nb/")
    assert (visit.status, visit.final_url) == (200, site.url("/"))
    assert visit.attempt.status is AttemptStatus.DONE
    assert "样例区人民政府" in reader.read_record(visit.record).decode()


def test_meta_refresh_and_script_jump_are_followed(site, collect):
    build_portal(site)
    site.replies["/zwgk/nb/"] = '<html><head><meta http-equiv="refresh" content="0; url=/zwgk/nb/a.html"></head></html>'
    site.replies["/zwgk/zd/"] = "<html><script>window.location.href='/zwgk/zd/a.html';</script></html>"
    reader = collect()
    assert visit_of(reader, site, "/zwgk/nb/").final_url == site.url("/zwgk/nb/a.html")
    assert visit_of(reader, site, "/zwgk/zd/").final_url == site.url("/zwgk/zd/a.html")


def test_redirect_loop_ends(site, collect):
    build_portal(site)
    site.replies["/xw/1.html"] = Reply("", 302, headers={"Location": "/xw/1.html?again"})
    site.replies["/xw/1.html?again"] = Reply("", 302, headers={"Location": "/xw/1.html"})
    assert visit_of(collect(), site, "/xw/1.html").attempt.reason is AttemptReason.TOO_MANY_REDIRECTS


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "localhost"]
)
def test_redirect_to_a_private_address_is_refused(site, collect, host):
    build_portal(site)
    site.replies["/secret"] = make_page("内部")
    site.replies["/xw/1.html"] = Reply("", 302, headers={"Location": f"http://{host}:{site.port}/secret"})
    visit = visit_of(collect(), site, "/xw/1.html")
    assert visit.attempt.reason is AttemptReason.PRIVATE_ADDRESS
    assert "/secret" not in site.asked


def test_the_users_own_private_host_is_exempt(site, collect):
    build_portal(site)
    target = site.target()
    target = type(target)(id="local", name="local", seeds=(site.url("/", "127.0.0.1"),), hosts=("127.0.0.1",))
    reader = collect(target=target, access=site.access(overrides={}))
    assert len([visit for visit in reader.visits if visit.status == 200]) > 10


def test_blocked_page_is_no_page_and_a_blocked_home_ends_the_run(site, collect, tmp_path):
    build_portal(site)
    site.replies["/xw/1.html"] = Reply("denied", 403)
    blocked = visit_of(collect("one"), site, "/xw/1.html")
    assert (blocked.attempt.status, blocked.attempt.reason) == (AttemptStatus.FAILED, AttemptReason.BLOCKED)
    assert blocked.status == 403
    for path in list(site.replies):
        site.replies[path] = Reply("<html><title>访问被拦截</title>您的访问被拒绝</html>", 403)
    with pytest.raises(CollectError) as caught:
        collect("two")
    assert caught.value.code == "site_blocked"
    assert (tmp_path / "two" / "snapshot.wacz").is_file()


def test_a_site_that_blocks_one_part_is_walked_on(site, collect):
    links = [(f"/{number}.html", f"第{number}篇") for number in range(40)]
    site.replies["/"] = make_page("首页", *links, ("/last.html", "最后一篇"))
    site.replies["/last.html"] = make_page("最后一篇")
    for path, _ in links:
        site.replies[path] = Reply("not you", 403)
    reader = collect()
    assert reader.snapshot.stopped_because is None
    assert visit_of(reader, site, "/last.html").status == 200


def test_a_site_that_blocks_in_the_middle_is_left_alone(site, collect):
    home = make_page("首页", *((f"/{number}.html", f"第{number}篇") for number in range(100)))
    site.replies["/"] = lambda _: Reply(home) if site.asked.count("/") == 1 else Reply("too many", 403)
    for number in range(100):
        site.replies[f"/{number}.html"] = Reply("too many", 403)
    reader = collect()
    assert reader.snapshot.stopped_because is AttemptReason.ASKED_TO_STOP
    assert len(site.asked) < 50
    assert AttemptReason.ASKED_TO_STOP in {visit.attempt.reason for visit in reader.visits}


@pytest.mark.parametrize(("status", "reason"), [(500, "http_error"), (502, "http_error")])
def test_server_error_is_a_failure_that_keeps_its_status(site, collect, status, reason):
    build_portal(site)
    site.replies["/xw/1.html"] = Reply("oops", status)
    visit = visit_of(collect(), site, "/xw/1.html")
    assert (visit.attempt.status, str(visit.attempt.reason), visit.status) == (AttemptStatus.FAILED, reason, status)


def test_two_runs_over_an_unchanged_site_are_alike(site, collect):
    build_portal(site)

    def strip(reader):
        return [(v.url, v.parts, v.clicks, v.found_on, v.status, v.attempt.status, v.final_url) for v in reader.visits]

    first, second = collect("one"), collect("two", concurrency=1)
    assert strip(first) == strip(second)
    bodies = [[capture.body for capture in reader.captures()] for reader in (first, second)]
    assert bodies[0] == bodies[1]


def test_user_agent_is_true_and_names_a_contact(site, collect):
    build_portal(site)
    collect(access=site.access(contact="mailto:audit@example.org"))
    assert site.agents == {name_agent("mailto:audit@example.org")}
    assert next(iter(site.agents)).startswith("auditor/")


def test_headers_of_the_user_go_to_the_own_host_only(site, collect):
    build_portal(site)
    seen = {}

    def note(handler):
        seen[handler.headers["Host"].partition(":")[0]] = handler.headers.get("X-Pass")
        return Reply(make_page("看"))

    site.replies["/xw/1.html"] = Reply("", 302, headers={"Location": site.url("/note", "elsewhere.test")})
    site.replies["/note"] = note
    site.replies["/xw/2.html"] = note
    overrides = {(HOST, site.port): ("127.0.0.1",), ("elsewhere.test", site.port): ("127.0.0.1",)}
    collect(access=site.access(overrides=overrides, headers=(("X-Pass", "secret"),)))
    assert seen == {"elsewhere.test": None, HOST: "secret"}


def test_pages_of_a_list_that_only_a_script_names(site, collect):
    build_portal(site)
    site.replies["/xw/"] = (
        make_page("新闻", nav=(("/", "首页"),)) + "<script>createPageHTML('pager', 3, 1, 'index','html', 31)</script>"
    )
    for number in (2, 3):
        pager = f"<script>createPageHTML('pager', 3, {number}, 'index','html', 31)</script>"
        site.replies[f"/xw/index_{number}.html"] = make_page("新闻", (f"/xw/p{number}.html", "条目")) + pager
        site.replies[f"/xw/p{number}.html"] = make_page("条目")
    reader = collect()
    assert visit_of(reader, site, "/xw/p3.html").status == 200
    assert Part.COLUMN in visit_of(reader, site, "/xw/index_3.html").parts


def test_frame_of_the_home_page_is_read_as_part_of_it(site, collect):
    build_portal(site)
    site.replies["/menu.html"] = site.replies["/"]
    site.replies["/"] = '<html><title>区政府</title><body><iframe src="/menu.html"></iframe></body></html>'
    reader = collect()
    assert Part.NAVIGATION in visit_of(reader, site, "/zwgk/").parts
    assert visit_of(reader, site, "/zwgk/").clicks == 1


def test_home_that_sends_readers_to_its_www_name_widens_the_scope(site, collect):
    build_portal(site)
    pages = dict(site.replies)
    www = f"www.{HOST}"

    def route(handler):
        if handler.headers["Host"].startswith(HOST):
            return Reply("", 301, headers={"Location": site.url(handler.path, www)})
        return Reply(pages[handler.path])

    for path in pages:
        site.replies[path] = route
    overrides = {(HOST, site.port): ("127.0.0.1",), (www, site.port): ("127.0.0.1",)}
    reader = collect(access=site.access(overrides=overrides))
    assert reader.snapshot.target.hosts == (HOST, www)
    assert len([visit for visit in reader.visits if visit.status == 200]) > 10


def test_bad_seed_and_used_run_folder_are_refused(site, collect):
    build_portal(site)
    target = type(site.target())(id="x", name="x", seeds=("ftp://x/",), hosts=("x",))
    with pytest.raises(InputError) as caught:
        collect(target=target)
    assert caught.value.code == "seed_invalid"
    collect("used")
    with pytest.raises(OutputError) as used:
        collect("used")
    assert used.value.code == "run_folder_used"


def test_times_come_from_the_clock(site, collect):
    build_portal(site)
    reader = collect()
    assert {visit.at for visit in reader.visits} == {NOW}
    assert reader.snapshot.started_at == reader.snapshot.finished_at == NOW


def test_reports_in_the_statutory_column_come_before_the_mass_of_articles(site, collect):
    build_portal(site)
    menu = (*SECTION_MENU, ("/zwgk/fdzdgk/", "法定主动公开内容"))
    news = [(f"/xw/{number}.html", f"新闻{number}") for number in range(40)]
    site.replies["/xw/"] = make_page("新闻", *news)
    site.replies["/zwgk/"] = make_page("政府信息公开", nav=menu)
    reports = [(f"/zwgk/fdzdgk/{number}.html", f"工作报告{number}") for number in range(5)]
    site.replies["/zwgk/fdzdgk/"] = make_page("法定主动公开内容", *reports, nav=menu)
    for path, title in (*news, *reports):
        site.replies[path] = make_page(title)
    reader = collect(max_pages=25)
    done = [visit.url for visit in reader.visits if visit.attempt.status is AttemptStatus.DONE]
    assert {site.url(path) for path, _ in reports} <= set(done)
    assert any(visit.attempt.reason is AttemptReason.PAGE_LIMIT for visit in reader.visits)
