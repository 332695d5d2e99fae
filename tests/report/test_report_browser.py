"""The page in Chromium: no violation that axe-core finds, no request, filter, hash links, print."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
import report_sample as sample

from auditor.messages import load_messages
from auditor.report.beside import Beside
from auditor.report.html import render_html

CHROMIUM = os.environ.get("AUDITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
AXE = os.environ.get("AUDITOR_AXE")
WHOLE = "report-files/whole.html"
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
        beside = Beside(sample.SCREENSHOTS, sample.make_earlier(), sample.make_pages())
        for name, content in render_html(result, load_messages(language), beside).items():
            path = folder / language / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    return folder


@pytest.fixture
def open_page(browser, files):
    contexts = []

    def open_one(language="zh", *, width=1280, scheme="light", script=True, name="report.html", anchor=""):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.seen = []
        page.on("request", lambda request: page.seen.append(request.url))
        page.on("console", lambda message: page.seen.append(message.text))
        page.on("pageerror", lambda error: page.seen.append(str(error)))
        page.goto((files / language / name).as_uri() + anchor)
        page.seen = [entry for entry in page.seen if not entry.startswith(("data:", files.as_uri()))]
        return page

    yield open_one
    for context in contexts:
        context.close()


def open_all(page):
    """Open everything that opens, details of the script files included."""
    page.locator("button[data-open=yes]").click()
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    page.wait_for_selector("[data-detail]", state="detached")
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")


def run_axe(page):
    page.evaluate(Path(AXE).read_text(encoding="utf-8") + "; 0")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert len(found["passes"]) > 20
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]]


@pytest.mark.skipif(AXE is None, reason="AUDITOR_AXE does not name axe-core's axe.min.js")
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_axe_finds_no_violation(open_page, language, scheme, width):
    page = open_page(language, width=width, scheme=scheme)
    open_all(page)
    assert run_axe(page) == []


@pytest.mark.skipif(AXE is None, reason="AUDITOR_AXE does not name axe-core's axe.min.js")
def test_axe_finds_no_violation_in_the_whole(open_page):
    page = open_page(name=WHOLE)
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    assert run_axe(page) == []


@pytest.mark.parametrize("name", ["report.html", WHOLE])
def test_no_request_and_no_complaint(open_page, name):
    assert open_page("en", name=name, anchor="#%E0%A4%A").seen == []
    assert open_page("en", name=name, anchor="#filter?unit=nobody&clause=%&outcome=").seen == []


def test_details_come_from_beside_when_they_are_opened_and_from_nowhere_else(open_page, files):
    page = open_page()
    clause = page.locator('[id="clause-XH20-1.2b"]')
    assert clause.locator(".evidence").count() == 0
    clause.locator(":scope > summary").click()
    clause.locator(".evidence").first.wait_for(state="attached")
    assert sample.make_result().findings[0].fingerprint not in clause.inner_html()
    page.locator('[id="clause-XH20-1.2a"] > summary').click()
    shown = page.locator('[id="clause-XH20-1.2a"] figure img').first
    shown.evaluate("node => { node.loading = 'eager'; return node.decode() }")
    assert shown.evaluate("node => node.naturalWidth") > 0
    clause.locator("figure.crop image").first.wait_for(state="attached")
    beside = (files / "zh" / "report-files").as_uri()
    assert len(page.seen) >= 2
    assert [entry for entry in page.seen if not entry.startswith(beside)] == []


def test_without_the_folder_beside_the_page_says_so(open_page, files):
    shutil.copyfile(files / "zh" / "report.html", files / "alone.html")
    page = open_page(name="../alone.html")
    page.locator('[id="clause-XH20-1.2b"] > summary').click()
    page.locator("#detail-missing").wait_for(state="visible")
    assert page.locator('[id="clause-XH20-1.2b"] .rows li').first.is_visible()


@pytest.mark.parametrize(
    ("language", "width"), [("zh", 1280), ("zh", 768), ("zh", 390), ("zh", 320), ("en", 768), ("en", 320)]
)
def test_the_page_never_scrolls_sideways(open_page, language, width):
    page = open_page(language, width=width)
    open_all(page)
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
    assert page.locator("#filter-count").text_content() == f"4 of {total} clauses shown (5 findings)"
    page.locator("input[name=text]").fill("2018年3月2日更新")
    page.locator("#filter-count", has_text="1 of").wait_for()
    assert list_shown(page) == ["clause-XH20-1.2b"]
    assert page.locator("section.chapter:visible").count() == 1


def test_the_state_of_the_filter_stands_in_the_address_and_comes_back_from_it(open_page):
    page = open_page("zh")
    page.locator("select[name=unit]").select_option(label="云河区民政局")
    page.locator("input[name=class][value=recommended]").uncheck()
    assert list_shown(page) == ["clause-XH20-1.2b"]
    address = page.evaluate("location.hash")
    again = open_page("zh", anchor=address)
    assert list_shown(again) == ["clause-XH20-1.2b"]
    assert again.locator("#filter-count").text_content() == page.locator("#filter-count").text_content()
    again.locator('[id="clause-XH20-1.2b"] > summary').click()
    again.locator('[id="clause-XH20-1.2b"] .subject').first.wait_for(state="attached")
    assert again.locator('[id="clause-XH20-1.2b"] .subject:not([hidden])').count() == 1
    again.locator("button[type=reset]").click()
    again.locator("#filter-count", has_text=f"显示 {len(sample.CLAUSES)} 条").wait_for()
    assert again.evaluate("location.hash") == "#filter?"
    assert len(list_shown(again)) == len(sample.CLAUSES)


def test_a_clause_is_found_by_its_number_and_a_part_by_its_name(open_page):
    page = open_page("zh")
    page.locator("input[name=clause]").fill("xh20-2.1")
    assert list_shown(page) == ["clause-XH20-2.1a", "clause-XH20-2.1b"]
    page.locator("input[name=clause]").fill("")
    page.locator("select[name=part]").select_option(label="第五部分")
    assert list_shown(page) == ["clause-XH20-5.1a", "clause-XH20-5.2a", "clause-XH20-5.3a"]


def test_a_cell_of_the_matrix_leads_to_its_finding_and_a_unit_to_its_own(open_page):
    page = open_page("zh")
    page.locator(".matrix td a").first.click()
    page.locator('[id="clause-XH20-1.2b--1"][open]').wait_for()
    assert page.evaluate("location.hash") == "#clause-XH20-1.2b--1"
    page.locator(".matrix thead a", has_text="云河区民政局").click()
    page.locator("#filter-count", has_text="显示 1 条").wait_for()
    assert page.locator("select[name=unit] option:checked").text_content() == "云河区民政局"


def test_a_link_opens_its_clause_even_where_the_filter_hides_it(open_page):
    page = open_page("zh")
    page.locator("input[name=text]").fill("没有这样的文字")
    page.locator("#filter-count", has_text="显示 0 条").wait_for()
    assert list_shown(page) == []
    page.evaluate("location.hash = '#clause-XH20-1.2a'")
    page.locator('[id="clause-XH20-1.2a"][open]').wait_for()
    assert "clause-XH20-1.2a" in list_shown(page)


def test_without_script_the_whole_is_one_link_away(open_page):
    page = open_page("zh", script=False)
    assert page.locator("#filter").is_hidden()
    assert page.locator("details.clause").count() == len(sample.CLAUSES)
    page.locator('[id="clause-XH20-1.2b"] > summary').click()
    assert page.locator('[id="clause-XH20-1.2b"] .rows .address').first.is_visible()
    page.locator('[id="clause-XH20-1.2b"] .more a').click()
    assert page.url.endswith("report-files/whole.html#clause-XH20-1.2b")
    assert page.locator('[id="clause-XH20-1.2b"] blockquote').first.text_content()


def test_without_script_everything_is_there_and_the_filter_is_not(open_page):
    page = open_page("zh", script=False, name=WHOLE)
    assert page.locator("#filter").is_hidden()
    assert page.locator("details.clause").count() == len(sample.CLAUSES)
    page.locator('[id="clause-XH20-1.2a"] > summary').click()
    assert page.locator('[id="clause-XH20-1.2a"] blockquote').first.is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_open(open_page, script):
    page = open_page("zh", script=script, name=WHOLE)
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
    page = open_page("zh", script=script, name=WHOLE)
    card, row = page.locator('[id="clause-XH20-5.2a"]'), page.locator('tr[data-of="clause-XH20-5.2a"]')
    assert card.is_visible()
    assert not row.is_visible()
    page.emulate_media(media="print")
    assert not card.is_visible()
    assert "培训通知、签到或记录" in row.inner_text()
    assert page.locator('[id="clause-XH20-2.2a"]').is_visible()


def test_what_the_filter_hides_stays_off_the_paper(open_page):
    page = open_page("zh", name=WHOLE)
    page.locator("input[name=text]").fill("培训通知")
    page.emulate_media(media="print")
    assert page.locator("tr[data-of]:visible").count() == 1
    assert page.locator("table.bare:visible").count() == 1


def test_on_paper_only_failures_show_a_picture_and_what_passed_is_a_list(open_page):
    page = open_page("zh", name=WHOLE)
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


def test_on_paper_the_first_view_says_what_is_not_printed_and_prints_every_failure(open_page):
    page = open_page("zh")
    page.emulate_media(media="print")
    assert "whole.html" in page.locator("#findings > p.paper").inner_text()
    assert page.locator('[id="clause-XH20-1.2b"] .rows li').first.is_visible()
    assert page.locator('[id="clause-XH20-2.2a"] > summary').is_visible()
    assert page.locator('[id="clause-XH20-2.2a"] .summary').is_hidden()
    assert "培训通知、签到或记录" in page.locator("#waiting").inner_text()


@pytest.mark.skipif(AXE is None, reason="AUDITOR_AXE does not name axe-core's axe.min.js")
def test_axe_finds_no_violation_in_the_notes_and_the_stored_copies(open_page, files):
    page = open_page(name="report-files/reading.html")
    page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true })")
    assert run_axe(page) == []
    (copy,) = (files / "zh" / "report-files" / "copies").glob("*.html")
    assert run_axe(open_page(name=f"report-files/copies/{copy.name}")) == []
