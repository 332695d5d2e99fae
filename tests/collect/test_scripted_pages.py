"""Pages drawn by script, from recognised over rendered to facts: in a real browser on a site of their own."""

from __future__ import annotations

import json

import pytest
from loopback import Reply, make_page, visit_of

from auditor.collect.chromium import find_browser
from auditor.extract.extraction import extract_facts
from auditor.model.attempts import AttemptReason, AttemptStatus
from auditor.snapshot import open_snapshot

pytestmark = pytest.mark.skipif(find_browser(None) is None, reason="no Chromium on this machine")
ROWS = [
    {"t": f"关于印发第{number}号工作方案的通知", "u": f"/zc/{number}.html", "d": f"2024-04-{number:02}"}
    for number in range(1, 6)
]
FILL = (
    "const show = rows => '<ul>' + rows.map(r => `<li><a href=${r.u}>${r.t}</a><span>${r.d}</span></li>`).join('')"
    " + '</ul>';"
)
COLUMN = '<html><head><title>政策文件</title></head><body><div class="nav"><a href="/">首页</a></div><h1>政策文件</h1>{}</body></html>'
MENU = (("/zwgk/", "政府信息公开"), ("/zc/", "政策文件"), ("/xw/", "新闻动态"), ("/hd/", "互动交流"))


def build_site(site, column, **others):
    """Serve a home page with a menu, one column, and the rows it may list."""
    site.replies["/"] = make_page("首页", nav=MENU)
    for url, name in MENU:
        site.replies[url] = make_page(name, nav=MENU)
    site.replies["/zc/"] = column
    site.replies["/rows.json"] = Reply(json.dumps(ROWS), media="application/json")
    site.replies["/fill.js"] = Reply(
        f"{FILL} document.getElementById('app').innerHTML = show({json.dumps(ROWS)});", media="text/javascript"
    )
    for row in ROWS:
        site.replies[row["u"]] = make_page(row["t"])
    site.replies.update(others)


@pytest.fixture
def read_column(site, collect, vocabulary):
    """Collect the site and return the visit of its column and the fact made of it; twice, the second from the archive."""

    def act(**settings):
        reader = collect(access=site.access("127.0.0.1", **{"browser": "auto", **settings}))
        found = find_fact(extract_facts(reader, vocabulary), site)
        again = find_fact(extract_facts(open_snapshot(reader._path), vocabulary), site)
        assert found == again
        assert reader.verify() == ()
        return reader, visit_of(reader, site, "/zc/"), found

    return act


def find_fact(extraction, site):
    return next(fact for fact in extraction.facts if fact.kind == "column" and fact.url == site.url("/zc/"))


LISTS = {
    "root filled by a script file": '<div id="app"></div><script src="/fill.js"></script>',
    "fetch with a loading word": f'<ul id="rows">加载中</ul><script>{FILL} fetch("/rows.json").then(r => r.json()).then(d => rows.innerHTML = show(d))</script>',
    "fetch into an empty list": f'<ul id="rows"></ul><script>{FILL} fetch("/rows.json").then(r => r.json()).then(d => rows.innerHTML = show(d))</script>',
    "request object into an empty list": f'<ul id="rows"></ul><script>{FILL} const x = new XMLHttpRequest(); x.onload = () => rows.innerHTML = show(JSON.parse(x.responseText)); x.open("POST", "/rows.json"); x.send("page=1")</script>',
    "script that needs seconds": f'<div id="app"></div><script>{FILL} setTimeout(() => fetch("/rows.json").then(r => r.json()).then(d => app.innerHTML = show(d)), 2500)</script>',
    "template with braces": f'<div id="app"><ul><li v-for="r in rows"><a>{{{{ r.t }}}}</a><span>{{{{ r.d }}}}</span><i>{{{{ r.x }}}}</i></li></ul></div><script>{FILL} fetch("/rows.json").then(r => r.json()).then(d => app.innerHTML = show(d))</script>',
    "script that asks for ever": f'<div id="app"></div><script>{FILL} fetch("/rows.json").then(r => r.json()).then(d => app.innerHTML = show(d)); setInterval(() => fetch("/beat"), 400)</script>',
    "dialogs, popups and downloads": f'<div id="app"></div><script>{FILL} alert(1); confirm(2); prompt(3); open("/popup"); window["loc" + "ation"].assign("/file"); fetch("/rows.json").then(r => r.json()).then(d => app.innerHTML = show(d))</script>',
}


@pytest.mark.parametrize("body", LISTS.values(), ids=LISTS)
def test_list_of_a_script_is_drawn_and_becomes_a_fact(site, read_column, body):
    build_site(site, COLUMN.format(body), **{"/beat": Reply("{}", media="application/json")})
    site.replies["/file"] = Reply(b"MZ", media="application/octet-stream")
    reader, visit, fact = read_column()
    assert (visit.drawing.status, visit.attempt.status) == (AttemptStatus.DONE, AttemptStatus.DONE)
    assert fact.item_count == len(ROWS)
    assert fact.newest_item_on.isoformat() == "2024-04-05"
    assert visit_of(reader, site, ROWS[0]["u"]).status == 200
    if "rows.json" in body:
        assert json.loads(reader.read_record(visit.responses[0]))[0]["t"] == ROWS[0]["t"]
        assert site.asked.count("/rows.json") == 1
        assert not [one for one in reader.visits if one.url.endswith(".json")]
    assert "/popup" not in site.asked


def test_list_that_is_empty_after_its_script_is_blank(site, read_column):
    body = '<ul id="rows"></ul><script>fetch("/none.json").then(r => r.json()).then(d => rows.innerHTML = d.join(""))</script>'
    build_site(site, COLUMN.format(body), **{"/none.json": Reply("[]", media="application/json")})
    _, visit, fact = read_column()
    assert visit.drawing.status is AttemptStatus.DONE
    assert fact.blank is True


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (Reply("no", 500), AttemptReason.HTTP_ERROR),
        (Reply("x", 412), AttemptReason.HTTP_ERROR),
    ],
)
def test_list_whose_data_failed_is_unread_and_says_why(site, read_column, answer, reason):
    body = f'<ul id="rows"></ul><script>{FILL} fetch("/rows.json").then(r => r.json()).then(d => rows.innerHTML = show(d))</script>'
    build_site(site, COLUMN.format(body), **{"/rows.json": answer})
    _, visit, fact = read_column()
    assert visit.drawing.reason is reason
    assert fact.blank is None
    assert "blank" in fact.unreadable
    assert reason in [one.reason for one in fact.evidence if one.type == "attempt"]


def test_data_that_robots_forbid_is_not_asked_for(site, read_column):
    body = f'<ul id="rows"></ul><script>{FILL} fetch("/rows.json").then(r => r.json()).then(d => rows.innerHTML = show(d))</script>'
    robots = Reply("User-agent: *\nDisallow: /rows.json", media="text/plain")
    build_site(site, COLUMN.format(body), **{"/robots.txt": robots})
    _, visit, fact = read_column()
    assert visit.drawing.reason is AttemptReason.ROBOTS
    assert "/rows.json" not in site.asked
    assert fact.blank is None


@pytest.mark.parametrize(("asked", "reason"), [("never", AttemptReason.NOT_ASKED), ("auto", AttemptReason.NO_BROWSER)])
def test_shell_without_a_browser_is_unread_and_says_so(site, read_column, asked, reason):
    build_site(site, COLUMN.format(LISTS["root filled by a script file"]))
    _, visit, fact = read_column(browser=asked, browser_path="/nowhere/chromium")
    assert visit.drawing.reason is reason
    assert fact.blank is None
    assert fact.item_count is None
    assert {"blank", "item_count"} <= set(fact.unreadable)
    assert reason in [one.reason for one in fact.evidence if one.type == "attempt"]


def test_always_draws_every_page_within_the_budget(site, collect):
    build_site(site, make_page("政策文件", nav=MENU))
    reader = collect(access=site.access("127.0.0.1", browser="always"), max_renders=3)
    drawn = [visit for visit in reader.visits if visit.rendered is not None]
    assert len(drawn) == 3
    build_site(site, COLUMN.format(LISTS["root filled by a script file"]))
    over = collect("over", access=site.access("127.0.0.1", browser="auto"), max_renders=0)
    shell = visit_of(over, site, "/zc/")
    assert (shell.drawing.reason, shell.drawing.detail) == (AttemptReason.PAGE_LIMIT, "max_renders 0")


def test_list_in_a_frame_is_its_own_page_and_drawn_there(site, read_column):
    build_site(site, COLUMN.format('<iframe src="/frame.html"></iframe>'))
    site.replies["/frame.html"] = COLUMN.format(LISTS["fetch into an empty list"])
    reader, _, fact = read_column()
    assert visit_of(reader, site, "/frame.html").rendered is not None
    assert visit_of(reader, site, ROWS[0]["u"]).status == 200
    assert fact.blank is False
    assert site.asked.count("/frame.html") == 1


def test_tabs_that_a_click_fills_are_not_clicked_and_not_called_empty(site, read_column):
    body = '<div class="tabs"><span onclick="load()">规章</span></div><ul id="rows"></ul><script>const load = () => fetch("/rows.json").then(r => r.json())</script>'
    build_site(site, COLUMN.format(body))
    _, visit, _ = read_column()
    assert "/rows.json" not in site.asked
    assert visit.rendered is not None


def test_page_that_its_script_leaves_is_followed(site, collect):
    build_site(site, '<html><body><div id="app"></div><script src="/go.js"></script></body></html>')
    site.replies["/go.js"] = Reply(
        "setTimeout(() => { top.location['hr' + 'ef'] = '/real.html' }, 200)", media="text/javascript"
    )
    site.replies["/real.html"] = make_page("政策文件", *((row["u"], row["t"]) for row in ROWS))
    reader = collect(access=site.access("127.0.0.1", browser="auto"))
    assert visit_of(reader, site, "/zc/").final_url == site.url("/real.html")
    assert visit_of(reader, site, ROWS[0]["u"]).status == 200


def test_page_that_sets_a_cookie_and_reloads_is_a_challenge(site, collect):
    build_site(site, '<html><body><div id="app"></div><script src="/go.js"></script></body></html>')
    site.replies["/go.js"] = Reply(
        "document.cookie = 'pass=1'; setTimeout(() => location.reload(), 100)", media="text/javascript"
    )
    reader = collect(access=site.access("127.0.0.1", browser="auto"))
    visit = visit_of(reader, site, "/zc/")
    assert (visit.attempt.status, visit.attempt.reason) == (AttemptStatus.FAILED, AttemptReason.BLOCKED)
    assert site.asked.count("/zc/") == 1


HOSTILE = {
    "endless loop": "while (true) {}",
    "endless dialogs": "while (true) alert('x')",
    "memory of the script": "let a = []; while (true) a.push(new Array(1e6).fill(Math.random()))",
    "memory of buffers": "let a = []; while (true) { const b = new Uint8Array(1e8); b.fill(1); a.push(b) }",
    "endless markup": "while (true) document.body.appendChild(document.createElement('div')).innerHTML = '<b>x</b>'.repeat(1000)",
    "endless workers": "const b = URL.createObjectURL(new Blob(['while(1){}'])); for (let i = 0; i < 16; i++) new Worker(b); while (1) {}",
}


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_hostile_script_ends_in_an_attempt_and_the_rest_goes_on(site, collect, script):
    build_site(site, f'<html><body><div id="app"></div><script>{script}</script></body></html>')
    site.replies["/hd/"] = COLUMN.format(LISTS["root filled by a script file"])
    reader = collect(access=site.access("127.0.0.1", browser="auto"), request_seconds=2, total_seconds=200)
    visit = visit_of(reader, site, "/zc/")
    assert visit.drawing.status is AttemptStatus.FAILED
    assert visit_of(reader, site, "/hd/").drawing.status is AttemptStatus.DONE
    assert reader.snapshot.finished


HOME = (
    '<html><head><title>首页</title></head><body><div class="header"><div class="nav" id="menu"></div></div><div class="list">'
    + "".join(f'<p><a href="{row["u"]}">{row["t"]}</a></p>' for row in ROWS)
    + '</div><script src="/menu.js"></script></body></html>'
)
MENU_SCRIPT = "menu.innerHTML = `" + "".join(f'<a href="{url}">{name}</a>' for url, name in MENU) + "`"


def test_menu_that_only_a_script_draws_is_drawn_and_never_called_absent(site, collect, vocabulary):
    build_site(site, make_page("政策文件"))
    site.replies["/"] = HOME
    site.replies["/menu.js"] = Reply(MENU_SCRIPT, media="text/javascript")
    for asked, is_whole in (("auto", True), ("never", False)):
        reader = collect(asked, access=site.access("127.0.0.1", browser=asked))
        facts = extract_facts(reader, vocabulary).facts
        covered = next(fact for fact in facts if fact.kind == "coverage" and fact.part == "navigation")
        assert covered.complete is is_whole, asked
        assert any(visit.url == site.url("/hd/") for visit in reader.visits) is is_whole
