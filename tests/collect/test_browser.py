"""Chromium: pages drawn by script, pictures of evidence pages, and what it must never reach."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from loopback import QUICK, Reply, make_page, visit_of

from auditor.collect import browser as module
from auditor.collect.browser import find_browser, open_browser
from auditor.collect.resolve import Resolver
from auditor.model import AttemptStatus

needs_browser = pytest.mark.skipif(find_browser(None) is None, reason="no Chromium on this machine")
SHELL = '<html><head><title>列表</title></head><body><div id="app"></div><script src="/app.js"></script></body></html>'
APP = (
    "document.getElementById('app').innerHTML = "
    "'<div class=content><a href=/deep.html>由脚本画出的条目</a>' + '正文'.repeat(200) + '</div>';"
)


def run_browser(site, act, *, limits=QUICK, **settings):
    access = site.access("127.0.0.1", **{"browser": "auto", **settings})

    async def go():
        resolver = Resolver(access.overrides, None, frozenset(), allow_private=False)
        browser = await open_browser(access, resolver, site.target(), limits)
        try:
            return await act(browser)
        finally:
            await browser.close()

    return asyncio.run(go())


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
        assert picture.startswith(b"\x89PNG")
        assert int.from_bytes(picture[16:20]) == 1280
    assert visit_of(reader, site, "/deep.html").screenshot is None
    assert reader.verify() == ()


@needs_browser
def test_browser_reaches_the_site_and_nothing_else(site):
    inner = f"http://127.0.0.1:{site.port}"
    site.replies["/jump"] = Reply("", 302, headers={"Location": f"{inner}/secret-redirect"})
    site.replies["/"] = (
        f"<html><body>x<img src='{inner}/secret-image'><iframe src='{inner}/secret-frame'></iframe>"
        f"<img src='/jump'><script>fetch('/jump').catch(()=>0); new WebSocket('ws://127.0.0.1:{site.port}/secret-socket');"
        f"navigator.sendBeacon('{inner}/secret-beacon', 'x')</script></body></html>"
    )

    async def act(browser):
        return await browser.render(site.url("/")), await browser.render(f"{inner}/secret-page")

    drawn, refused = run_browser(site, act)
    assert drawn is not None
    assert refused is None
    assert "/jump" in site.asked
    assert not [path for path in site.asked if "secret" in path]


@needs_browser
def test_hanging_missing_and_downloading_pages_give_nothing(site):
    site.replies["/hang"] = lambda handler: handler.rfile.read(1)
    site.replies["/file"] = Reply(b"x", media="application/octet-stream")

    async def act(browser):
        return [await browser.render(site.url(path)) for path in ("/hang", "/none", "/file")]

    assert run_browser(site, act, limits=replace(QUICK, request_seconds=1)) == [None, None, None]


@needs_browser
def test_tall_page_is_cut(site):
    site.replies["/"] = "<html><body><div style='height:90000px;background:red'>x</div></body></html>"

    async def act(browser):
        return await browser.photograph(site.url("/"))

    picture = run_browser(site, act)
    assert int.from_bytes(picture[20:24]) == 4000


@needs_browser
def test_browser_keeps_its_sandbox(site):
    """Also for root: the browser then runs as nobody, and its own page about the sandbox says that it holds."""

    async def act(browser):
        page = await browser._context.new_page()
        await page.goto("chrome://sandbox")
        return await page.inner_text("body")

    assert "You are adequately sandboxed" in run_browser(site, act)


def test_no_browser_is_no_failure(site, collect, monkeypatch):
    build_site(site)
    monkeypatch.setattr(module, "find_browser", lambda _: None)
    reader = collect(access=site.access("127.0.0.1", browser="always"))
    assert reader.snapshot.vantage.browser is None
    assert reader.snapshot.versions["browser"] == "not_found"
    shell = visit_of(reader, site, "/list.html")
    assert (shell.attempt.status, shell.rendered) == (AttemptStatus.DONE, None)


def test_program_that_is_no_browser_is_no_failure(site, tmp_path):
    fake = tmp_path / "chromium"
    fake.write_text("#!/bin/sh\nexit 1\n")
    fake.chmod(0o755)

    async def act(browser):
        return browser.works, browser.problem, await browser.render(site.url("/"))

    works, problem, drawn = run_browser(site, act, browser_path=str(fake))
    assert (works, drawn) == (False, None)
    assert problem


def test_where_a_browser_is_looked_for(tmp_path, monkeypatch):
    program = tmp_path / "my-chromium"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    assert find_browser(str(program)) == program
    assert find_browser(str(tmp_path / "none")) is None
    monkeypatch.setenv("AUDITOR_CHROMIUM", str(program))
    assert find_browser(None) == program
    monkeypatch.delenv("AUDITOR_CHROMIUM")
    monkeypatch.setattr(module, "_is_root", lambda: False)
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
