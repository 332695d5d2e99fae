"""Chromium: pages drawn by script, pictures of evidence pages, and what it must never reach."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from loopback import HOST, NOW, QUICK, Reply, make_page, visit_of

from auditor.archive.journal import Beginning, SnapshotWriter
from auditor.collect import browser as module
from auditor.collect import chromium
from auditor.collect.browser import open_browser
from auditor.collect.chromium import find_browser
from auditor.collect.drawing import Sheet
from auditor.collect.fetch import Fetcher
from auditor.collect.pace import Pace
from auditor.collect.resolve import Resolver
from auditor.collect.supply import Served, Supply
from auditor.collect.wire import WireTransport
from auditor.model.attempts import AttemptReason, AttemptStatus
from auditor.page.layout import read_layout

needs_browser = pytest.mark.skipif(find_browser(None) is None, reason="no Chromium on this machine")
SHELL = '<html><head><title>列表</title></head><body><div id="app"></div><script src="/app.js"></script></body></html>'
APP = (
    "document.getElementById('app').innerHTML = "
    "'<div class=content><a href=/deep.html>由脚本画出的条目</a>' + '正文'.repeat(200) + '</div>';"
)


async def admit_all(_):
    return None


def make_sheet(site, path):
    """What the crawler would hand over: the page as served."""
    reply = site.replies[path]
    return Sheet(site.url(path), Served(200, {"content-type": "text/html; charset=utf-8"}, str(reply).encode()))


@pytest.fixture
def draw(site, tmp_path):
    """Run something with a browser that has the site's transport behind it."""

    def run(act, *, limits=QUICK, hosts=(HOST,), refuse=admit_all, allow_private=False, **settings):
        access = site.access("127.0.0.1", **{"browser": "auto", **settings})

        async def go():
            resolver = Resolver(access.overrides, None, frozenset(), allow_private=allow_private)
            transport = WireTransport(access, resolver, limits, lambda: NOW)
            writer = SnapshotWriter(tmp_path / "drawn", Beginning("run", HOST, NOW))
            browser = await open_browser(access, site.target(), limits)
            allows = access.browser_hosts == "public"
            fetcher = Fetcher(transport, Pace(0, 4), limits, lambda: NOW)
            supply = Supply(fetcher, writer, limits, hosts=frozenset(hosts), refuse=refuse, allows_foreign=allows)
            browser.attach(supply, 0)
            browser.writer = writer
            try:
                return await act(browser)
            finally:
                await browser.close()
                await transport.close()
                writer.close()

        return asyncio.run(go())

    return run


def judge_by(word):
    """Tell a drawn page by a word that its script writes."""
    return lambda html: "filled" if word in html else "bare"


def build_site(site):
    site.replies["/"] = make_page("首页", ("/list.html", "列表页"), nav=(("/zwgk/", "政府信息公开"),))
    site.replies["/zwgk/"] = make_page("政府信息公开")
    site.replies["/list.html"] = SHELL
    site.replies["/app.js"] = Reply(APP, media="application/javascript")
    site.replies["/deep.html"] = make_page("深处的页面")


@needs_browser
def test_shell_is_drawn_its_links_followed_and_evidence_pictured(site, collect):
    build_site(site)
    reader = collect(access=site.access("127.0.0.1", browser="auto"))
    assert reader.snapshot.vantage.browser.startswith("Chromium ")
    drawn = visit_of(reader, site, "/list.html")
    assert drawn.rendered is not None
    body = next(capture.body.decode() for capture in reader.captures() if capture.visit.url == drawn.url)
    assert "由脚本画出的条目" in body
    assert reader.read_record(drawn.record).decode() == SHELL
    assert visit_of(reader, site, "/deep.html").status == 200
    for path in ("/", "/zwgk/"):
        picture = reader.read_record(visit_of(reader, site, path).screenshot)
        assert any(box.words and box.top < box.top + box.height <= 5_000 for box in read_layout(picture))
        assert picture.startswith(b"\x89PNG")
        assert int.from_bytes(picture[16:20]) == 1280
    assert visit_of(reader, site, "/deep.html").screenshot is None
    assert reader.verify() == ()


@needs_browser
def test_browser_reaches_the_site_and_nothing_private(site, draw):
    inner = f"http://127.0.0.1:{site.port}"
    site.replies["/jump"] = Reply("", 302, headers={"Location": f"{inner}/secret-redirect"})
    site.replies["/data"] = Reply('{"ok": 1}', media="application/json")
    site.replies["/"] = (
        f"<html><body>x<img src='{inner}/secret-image'><iframe src='{inner}/secret-frame'></iframe>"
        f"<script src='{inner}/secret-script'></script><link rel=stylesheet href='{inner}/secret-style'>"
        f"<script>fetch('/jump').catch(()=>0); new WebSocket('ws://127.0.0.1:{site.port}/secret-socket');"
        f"navigator.sendBeacon('{inner}/secret-beacon', 'x'); fetch('{inner}/secret-fetch').catch(()=>0);"
        f"fetch('/data').then(r => r.json()).then(d => document.body.append('filled' + d.ok))</script></body></html>"
    )

    async def act(browser):
        sheet = make_sheet(site, "/")
        return await browser.render(sheet, judge_by("filled1")), await browser.photograph(sheet)

    drawn, picture = draw(act)
    assert "filled1" in drawn.html
    assert picture.startswith(b"\x89PNG")
    assert {"/jump", "/data"} <= set(site.asked)
    assert not [path for path in site.asked if "secret" in path]
    assert drawn.problem is not None


FOREIGN = (
    '<html><body><div id="app"></div><script src="http://cdn.test:{port}/lib.js"></script>'
    "<script>fill(document.getElementById('app')); fetch('http://cdn.test:{port}/post', {{method: 'POST', body: 'x'}})"
    ".catch(() => 0)</script></body></html>"
)


@needs_browser
@pytest.mark.parametrize(("hosts", "is_allowed"), [("public", True), ("site", False)])
def test_library_of_another_host_is_loaded_where_that_is_allowed(site, draw, hosts, is_allowed):
    """A portal's page takes its library from a public host; only GET goes there, and not at all where it shall not."""
    site.replies["/"] = FOREIGN.format(port=site.port)
    site.replies["/lib.js"] = Reply("window.fill = box => box.innerHTML = 'filled'", media="text/javascript")

    async def act(browser):
        return await browser.render(make_sheet(site, "/"), judge_by("filled<"))

    drawn = draw(act, browser_hosts=hosts, overrides={("cdn.test", site.port): ("127.0.0.1",)})
    assert ("filled<" in drawn.html) is is_allowed
    assert ("/lib.js" in site.asked) is is_allowed
    assert "/post" not in site.asked
    assert is_allowed or drawn.problem.reason is AttemptReason.OUT_OF_SCOPE


@needs_browser
def test_browser_that_died_is_started_again_within_bounds(site, draw):
    site.replies["/"] = "<html><body>filled</body></html>"

    async def act(browser):
        endings = []
        for _ in range(module.MAX_STARTS + 1):
            endings.append((await browser.render(make_sheet(site, "/"), judge_by("filled"))).attempt.reason)
            if browser._program is not None:
                await browser._program.close()
        return endings, browser.problem

    endings, problem = draw(act)
    assert endings == [None] * module.MAX_STARTS + [AttemptReason.NO_BROWSER]
    assert problem == "died_too_often"


@needs_browser
def test_context_is_fresh_after_so_many_pages(site, draw, monkeypatch):
    monkeypatch.setattr(module, "PAGES_A_CONTEXT", 2)
    site.replies["/"] = (
        "<html><body>filled<script>localStorage.n = +(localStorage.n || 0) + 1; document.body.append('n' + localStorage.n)</script></body></html>"
    )

    async def act(browser):
        sheet = make_sheet(site, "/")
        return [(await browser.render(sheet, judge_by("filled"))).html for _ in range(4)], browser

    pages, _ = draw(act)
    assert [("n1<" in html, "n2<" in html) for html in pages] == [(True, False), (False, True)] * 2


@needs_browser
def test_tall_page_is_cut(site, draw):
    site.replies["/"] = "<html><body><div style='height:90000px;background:red'>x</div></body></html>"

    async def act(browser):
        return await browser.photograph(make_sheet(site, "/"))

    assert int.from_bytes(draw(act)[20:24]) == 4000


@needs_browser
def test_browser_keeps_its_sandbox(draw):
    """Also for root: the browser then runs as nobody, and its own page about the sandbox says that it holds."""

    async def act(browser):
        page = await browser._program.new_page()
        await page.goto("chrome://sandbox")
        return await page.inner_text("body")

    assert "You are adequately sandboxed" in draw(act)


@pytest.mark.parametrize(
    ("asked", "said"),
    [("auto", (AttemptReason.NO_BROWSER, "not_found")), ("never", (AttemptReason.NOT_ASKED, "not_asked"))],
)
def test_no_browser_is_said_on_the_visit(site, collect, monkeypatch, asked, said):
    reason, detail = said
    build_site(site)
    monkeypatch.setattr(module, "find_browser", lambda _: None)
    reader = collect(access=site.access("127.0.0.1", browser=asked))
    assert reader.snapshot.vantage.browser is None
    assert reader.snapshot.versions["browser"] == detail
    shell = visit_of(reader, site, "/list.html")
    assert (shell.attempt.status, shell.rendered) == (AttemptStatus.DONE, None)
    assert (shell.drawing.status, shell.drawing.reason) == (AttemptStatus.SKIPPED, reason)
    assert visit_of(reader, site, "/").drawing is None


def test_program_that_is_no_browser_is_no_failure(site, draw, tmp_path):
    site.replies["/"] = SHELL
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)

    async def act(browser):
        return browser.works, browser.problem, await browser.render(make_sheet(site, "/"), judge_by("x"))

    works, problem, drawn = draw(act, browser_path=str(fake))
    assert not works
    assert problem
    assert drawn.attempt.reason is AttemptReason.NO_BROWSER


def test_driver_that_does_not_run_is_no_failure(site, draw, tmp_path, monkeypatch):
    class Broken:
        async def __aenter__(self):
            raise Exception("Connection closed while reading from the driver")  # noqa: TRY002 - as Playwright does

        async def __aexit__(self, *_):
            """Nothing was entered."""

    site.replies["/"] = SHELL
    monkeypatch.setattr("auditor.collect.chromium.async_playwright", Broken)
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\n")
    fake.chmod(0o755)

    async def act(browser):
        return browser.works, (await browser.render(make_sheet(site, "/"), judge_by("x"))).attempt.reason

    assert draw(act, browser_path=str(fake)) == (False, AttemptReason.NO_BROWSER)


def test_where_a_browser_is_looked_for(tmp_path, monkeypatch):
    program = tmp_path / "my-chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_browser(str(program)) == program
    assert find_browser(str(tmp_path / "none")) is None
    monkeypatch.setenv("AUDITOR_CHROMIUM", str(program))
    assert find_browser(None) == program
    monkeypatch.delenv("AUDITOR_CHROMIUM")
    monkeypatch.setattr(chromium, "is_root", lambda: False)
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "pw"))
    own = tmp_path / "pw" / "chromium-1" / "chrome-linux" / "chrome"
    own.parent.mkdir(parents=True)
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    assert find_browser(None) == own
    own.unlink()
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert find_browser(None) is None
    (tmp_path / "bin" / "google-chrome").symlink_to(program)
    assert find_browser(None) == Path(tmp_path / "bin" / "google-chrome")
