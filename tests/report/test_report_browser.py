"""The page in Chromium: no violation that axe-core finds, no request, filter, hash links, print."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import report_sample as sample

from auditor.messages import load_messages
from auditor.report.html import render_html

CHROMIUM = os.environ.get("AUDITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
AXE = os.environ.get("AUDITOR_AXE")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    result = sample.make_result(faults=(sample.FAULT,))
    for language in ("zh", "en"):
        content = render_html(result, load_messages(language), sample.SCREENSHOTS)
        (folder / f"{language}.html").write_bytes(content)
    return folder


@pytest.fixture
def open_page(browser, files):
    contexts = []

    def open_one(language="zh", *, width=1280, scheme="light", script=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.seen = []
        page.on("request", lambda request: page.seen.append(request.url))
        page.on("console", lambda message: page.seen.append(message.text))
        page.on("pageerror", lambda error: page.seen.append(str(error)))
        page.goto((files / f"{language}.html").as_uri())
        page.seen = [entry for entry in page.seen if not entry.startswith(("data:", files.as_uri()))]
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.mark.skipif(AXE is None, reason="AUDITOR_AXE does not name axe-core's axe.min.js")
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_no_violation(open_page, language, scheme, width):
    page = open_page(language, width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    page.evaluate(Path(AXE).read_text(encoding="utf-8") + "; 0")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 20
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_request_and_no_complaint(open_page, language):
    assert open_page(language).seen == []


@pytest.mark.parametrize("width", [1280, 768, 390, 320])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_never_scrolls_sideways(open_page, language, width):
    page = open_page(language, width=width)
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def list_shown(page):
    return page.evaluate("[...document.querySelectorAll('details.clause:not([hidden])')].map(item => item.id)")


def test_the_filter_shows_what_is_asked_for(open_page):
    page = open_page("en")
    total = len(sample.CLAUSES)
    assert len(list_shown(page)) == total
    for box in page.locator("input[name=outcome]").all()[1:]:
        box.uncheck()
    failed = list_shown(page)
    assert failed == ["clause-XH20-1.2b", "clause-XH20-1.3a", "clause-XH20-2.1a", "clause-XH20-2.1b"]
    assert page.locator("#filter-count").text_content() == f"4 of {total} clauses shown"
    page.locator("input[name=text]").fill("云河区民政局")
    assert list_shown(page) == ["clause-XH20-1.2b"]
    assert page.locator("section.chapter:visible").count() == 1


def test_a_link_opens_its_clause_even_where_the_filter_hides_it(open_page):
    page = open_page("zh")
    page.locator("input[name=text]").fill("没有这样的文字")
    assert list_shown(page) == []
    page.evaluate("location.hash = '#clause-XH20-1.2a'")
    page.wait_for_function("document.getElementById('clause-XH20-1.2a').open")
    assert "clause-XH20-1.2a" in list_shown(page)


def test_without_script_everything_is_there_and_the_filter_is_not(open_page):
    page = open_page("zh", script=False)
    assert page.locator("#filter").is_hidden()
    assert page.locator("details.clause").count() == len(sample.CLAUSES)
    page.locator('[id="clause-XH20-1.2a"] > summary').click()
    assert page.locator('[id="clause-XH20-1.2a"] blockquote').first.is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_open(open_page, script):
    page = open_page("zh", script=script)
    closed = page.locator('[id="clause-XH20-2.2a"] .evidence')
    assert not closed.first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("nav.contents").is_hidden()
    box = closed.first.bounding_box()
    assert box is not None
    assert box["height"] > 10
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_a_clause_without_evidence_is_a_row_of_its_chapter(open_page, script):
    page = open_page("zh", script=script)
    card, row = page.locator('[id="clause-XH20-5.2a"]'), page.locator('tr[data-of="clause-XH20-5.2a"]')
    assert card.is_visible()
    assert not row.is_visible()
    page.emulate_media(media="print")
    assert not card.is_visible()
    assert "培训通知、签到或记录" in row.inner_text()
    assert page.locator('[id="clause-XH20-2.2a"]').is_visible()


def test_what_the_filter_hides_stays_off_the_paper(open_page):
    page = open_page("zh")
    page.locator("input[name=text]").fill("培训通知")
    page.emulate_media(media="print")
    assert page.locator("tr[data-of]:visible").count() == 1
    assert page.locator("table.bare:visible").count() == 1


def test_on_paper_only_failures_show_a_picture_and_what_passed_is_a_list(open_page):
    page = open_page("zh")
    assert page.locator('[id="clause-XH20-1.2a"] figure').count() == 1
    page.emulate_media(media="print")
    assert page.locator('[id="clause-XH20-1.2a"] figure').is_hidden()
    assert page.locator(".evidences:not(.of-failed) figure:visible").count() == 0
    assert page.locator('[id="clause-XH20-1.2b"] .quiet-subjects').is_hidden()
    assert "云河区政府办公室" in page.locator('[id="clause-XH20-1.2b"] table.paper').inner_text()


def test_the_keyboard_reaches_the_skip_link_first_and_opens_a_clause(open_page):
    page = open_page("en")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#verdict"
    page.locator('[id="clause-XH20-1.2a"] > summary').focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.getElementById('clause-XH20-1.2a').open")
