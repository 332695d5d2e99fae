"""The pages of a scorecard in Chromium: no violation that axe-core finds, no request, never sideways, on paper."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

CHROMIUM = os.environ.get("AUDITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
AXE = os.environ.get("AUDITOR_AXE")
PAGES = (
    "index.html",
    "2026-04/index.html",
    "2026-03/index.html",
    "2026-04/sites/www.d001.example/index.html",
    "2026-03/sites/www.d003.example/index.html",
    "2026-04/sites/www.d001.example/unit-001.html",
    "reading.html",
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser, cards):
    contexts = []

    def open_one(name, *, language="zh", width=1280, scheme="light"):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.seen = []
        inside = (cards / language).as_uri()
        page.on("request", lambda request: None if request.url.startswith(inside) else page.seen.append(request.url))
        page.on("console", lambda message: page.seen.append(message.text))
        page.goto((cards / language / name).as_uri())
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.mark.skipif(AXE is None, reason="AUDITOR_AXE does not name axe-core's axe.min.js")
@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("zh", 1280, "light"), ("zh", 768, "dark"), ("en", 390, "dark"), ("en", 390, "light")],
)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_violation(open_page, name, language, width, scheme):
    page = open_page(name, language=language, width=width, scheme=scheme)
    page.evaluate(Path(AXE).read_text(encoding="utf-8") + "; 0")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 10
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_request_no_complaint_and_never_sideways(open_page, name):
    page = open_page(name)
    for width in (1280, 768, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.seen == []


def test_style_reaches_the_pages(open_page):
    page = open_page(PAGES[3])
    assert page.evaluate("getComputedStyle(document.querySelector('.chart .series path')).fill") == "none"
    assert page.evaluate("getComputedStyle(document.querySelector('.masthead')).backgroundColor") != "rgba(0, 0, 0, 0)"


def test_on_paper_the_ways_between_pages_are_gone_and_all_rows_are_there(open_page):
    page = open_page(PAGES[1])
    rows = page.locator("tbody tr").count()
    page.emulate_media(media="print")
    assert page.locator("nav.months").is_hidden()
    assert page.locator("nav.contents").is_hidden()
    assert page.locator("tbody tr:visible").count() == rows
    assert page.locator(".chart").is_visible()
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_lines_differ_without_colour(open_page):
    page = open_page(PAGES[1])
    dashes = page.evaluate(
        "[0, 1, 2].map(n => document.querySelector(`.chart .serie-${n} path`).getAttribute('stroke-dasharray'))"
    )
    assert len(set(dashes)) == 3
    assert page.locator(".chart .serie-0 circle.dot").count() > 0
    assert page.locator(".chart .serie-1 circle.dot").count() == 0
