"""The page as written: self-contained, harmless whatever the site says, complete without script."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256

import pytest
import report_sample as sample
from bs4 import BeautifulSoup
from poison import HOSTILE, make_poisoned

from auditor.messages import load_messages
from auditor.model.evidence import ListEvidence
from auditor.model.outcomes import Outcome
from auditor.report.beside import Beside
from auditor.report.html import MOST_PRINTED, render_html, render_paper, render_whole
from auditor.report.json import render_json
from auditor.resources import find_resource
from auditor.result import load_result

LANGUAGES = ("zh", "en")


def render(language="zh", result=None, screenshots=None):
    screenshots = sample.SCREENSHOTS if screenshots is None else screenshots
    return render_whole(result or sample.make_result(), load_messages(language), Beside(screenshots)).decode()


def render_files(language="zh", result=None, screenshots=None):
    screenshots = sample.SCREENSHOTS if screenshots is None else screenshots
    return render_html(result or sample.make_result(), load_messages(language), Beside(screenshots))


def read_script(content):
    """Return what a script file hands over, as the page gets it."""
    name, value = re.fullmatch(r'auditorPart\("([\w-]+)",(.*)\);\n', content.decode(), re.DOTALL).groups()
    return name, json.loads(value)


def read_details(files):
    """Return every detail that the script files hold, by anchor."""
    return {
        anchor: markup
        for path, content in files.items()
        if re.fullmatch(r"report-files/part-\d+\.js", path)
        for anchor, markup in read_script(content)[1].items()
    }


def parse(html):
    return BeautifulSoup(html, "lxml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_asked_from_outside(language):
    page = parse(render(language))
    assert not page.find_all(["link", "iframe", "object", "embed", "base", "video", "audio", "source"])
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.find_all("img"))
    assert not [node for node in page.find_all(["script", "img"]) if (node.get("src") or "data:")[:5] != "data:"]
    style = page.find("style").string
    assert "url(" not in style
    assert "@import" not in style
    drawn = [*page.find_all("img"), *page.find_all("image")]
    assert len(drawn) == len(sample.SCREENSHOTS)
    assert all(node["href"].startswith("data:image/png;base64,") for node in page.find_all("image"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_policy_allows_our_style_and_script_and_nothing_else(language):
    page = parse(render(language))
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for node in (page.find("style"), page.find("script")):
        digest = b64encode(sha256(node.string.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert not page.find_all(style=True)


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_the_page_names_its_language_and_that_of_foreign_text(language, tag):
    page = parse(render(language))
    assert page.html["lang"] == tag
    name = page.find("h1").find("bdi")
    assert name.text == "云河区人民政府门户网站"
    assert name.get("lang") == ("zh-CN" if language == "en" else None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_comes_out_as_text(language):
    html = render(language, make_poisoned())
    page = parse(html)
    assert len(page.find_all("script")) == 1
    assert all(image["src"].startswith("data:") for image in page.find_all("img"))
    for node in page.find_all(True):
        assert not [name for name in node.attrs if name.startswith("on")]
        href = node.get("href", "#")
        assert href.startswith(("#", "http://", "https://", "reading.html#"))
    assert "evil.example" in page.find("h1").text
    assert "{{7*7}}" in html
    assert not re.search("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]", html)


def test_texts_of_a_million_signs_are_cut():
    html = render("zh", make_poisoned("政" * 1_000_000), {})
    assert len(html) < 2_000_000
    assert "政" * 4000 not in html


def test_a_lone_surrogate_does_not_break_the_page():
    assert "云河" in render("zh", make_poisoned("云河\ud800"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_inside_leads_somewhere_and_every_id_is_there_once(language):
    page = parse(render(language))
    ids = [node["id"] for node in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    inside = {node["href"][1:] for node in page.find_all("a", href=True) if node["href"].startswith("#")}
    assert inside <= set(ids)
    assert len(inside) > 20
    assert {node["href"][1:] for node in page.find_all("use")} <= set(ids)


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_is_there_without_script(language):
    page = parse(render(language))
    result = sample.make_result()
    messages = load_messages(language)
    assert page.find("form", id="filter").has_attr("hidden")
    for name, clause in result.clauses.items():
        block = page.find(id=f"clause-{name}")
        assert messages.pick(clause.asks) in block.text
        assert not block.has_attr("hidden")
    for finding in result.findings:
        assert finding.fingerprint in page.text
    for part in ("verdict", "mend", "findings", "unseen", "waiting", "coverage", "notes", "method"):
        assert page.find("section", id=part).find("h2").text == messages.say(f"report.head_{part}")


def test_evidence_shows_address_excerpt_time_record_and_picture():
    block = parse(render("en")).find(id="clause-XH20-1.2a")
    assert block.find("a", class_="address")["href"] == sample.HOME + "zwgk/"
    assert "公开指南 公开年报 公开制度 法定主动公开内容" in block.find("blockquote").text
    assert "20 November 2026 09:12" in block.text
    assert "urn:uuid:" in block.text
    assert block.find("figure").find("img")["alt"]


def test_links_to_the_site_give_nothing_away():
    links = [node for node in parse(render()).find_all("a", href=True) if node["href"].startswith("http")]
    assert len(links) > 30
    assert all({"noopener", "noreferrer"} <= set(node["rel"]) for node in links)


def test_outcomes_are_told_by_word_and_sign_not_by_colour_alone():
    badges = parse(render()).find_all(class_="badge")
    assert len(badges) > 20
    style = (find_resource("reports") / "assets" / "report.css").read_text(encoding="utf-8")
    for badge in badges:
        key = badge["class"][1]
        if badge.name == "b":
            assert f"b.{key}::before" in style
        else:
            assert badge.find("use")["href"] == key.replace("badge-", "#sign-")
        assert badge.text.strip()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_result_gives_the_same_bytes(language):
    assert render(language) == render(language)


def test_a_report_without_findings_coverage_or_pictures_still_reads():
    result = sample.make_result(findings=(), clauses={}, coverage=(), not_seen=(), notes=(), rules={})
    page = parse(render("en", result, {}))
    messages = load_messages("en")
    for key in ("meaning_none", "mend_none", "unseen_none", "waiting_none", "coverage_none"):
        assert messages.say(f"report.{key}") in page.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_thousand_findings_open_at_once(language):
    files = render_files(language, sample.make_large(2000))
    assert len(files["report.html"]) < 1_000_000
    parts = [content for path, content in files.items() if path.startswith("report-files/part-")]
    assert len(parts) > 5
    assert max(map(len, parts)) < 2_000_000


def test_the_first_view_embeds_no_picture_and_takes_all_from_beside():
    files = render_files()
    page = parse(files["report.html"].decode())
    assert page.find_all(["img", "image"]) == []
    assert [node for node in page.find_all("script") if node.has_attr("src")] == []
    policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
    assert "img-src 'self';" in policy
    pictures = {path: content for path, content in files.items() if path.endswith(".png")}
    assert sorted(pictures.values()) == sorted(sample.SCREENSHOTS.values())
    details = [parse(markup) for markup in read_details(files).values()]
    shown = {node.get("src") or node["href"] for part in details for node in part.find_all(["img", "image"])}
    assert shown == set(pictures)


def test_a_picture_is_cut_to_the_passage_and_the_passage_is_marked():
    part = parse(read_details(render_files())["clause-XH20-1.2b"])
    (figure,) = part.find_all("figure", class_="crop")
    box = sample.BOXES[0]
    left, top, width, height = (int(number) for number in figure.find("svg")["viewbox"].split())
    assert (left, width) == (0, 960)
    assert top <= box.top
    assert box.top + box.height <= top + height < 600
    mark = figure.find("rect")
    assert [int(mark[name]) for name in ("x", "y", "width", "height")] == [box.left, box.top, box.width, box.height]
    assert figure.find("a")["href"] == figure.find("image")["href"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_first_view_leaves_out_stands_in_the_script_files(language):
    files = render_files(language)
    details = read_details(files)
    page = parse(files["report.html"].decode())
    boxes = page.find_all(attrs={"data-detail": True})
    assert {box.parent["id"] if box.parent.has_attr("id") else box.parent.parent["id"] for box in boxes} == set(details)
    named = {box["data-detail"] for box in boxes}
    assert {f"report-files/{name}.js" for name in named} <= set(files)
    for finding in sample.make_result().findings:
        assert finding.fingerprint in details[f"clause-{finding.clause}"]
        assert finding.fingerprint not in page.text
    whole = parse(files["report-files/whole.html"].decode())
    for link in page.select(".more a"):
        path, _, anchor = link["href"].partition("#")
        assert path == "report-files/whole.html"
        assert whole.find(id=anchor) is not None


def test_the_first_view_names_every_failure_its_reason_and_its_ground():
    page = parse(render_files("en")["report.html"].decode())
    result = sample.make_result()
    for finding in result.findings:
        if finding.outcome is Outcome.FAILED:
            block = page.find(id=f"clause-{finding.clause}")
            assert (finding.subject.name if finding.subject.kind == "unit" else "") in block.text
    row = page.find(id="clause-XH20-1.2b--1")
    assert "before the period" in row.text
    assert row.find("a", class_="address")["href"].startswith(sample.HOME)


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_text_is_harmless_in_the_script_files(language):
    text = HOSTILE + "\u2028\u2029]]>--><!--\u200f\x00\ufeff\ud800*/"
    files = render_files(language, make_poisoned(text), {})
    scripts = [content for path, content in files.items() if path.endswith(".js")]
    assert len(scripts) >= 2
    for content in scripts:
        shown = content.decode()
        assert not re.search("[<>&\x00\u2028\u2029\u202e\u200f\ufeff]", shown)
        assert "\n" not in shown[:-1]
        read_script(content)
    for markup in read_details(files).values():
        page = parse(markup)
        assert page.find_all(["script", "iframe", "object", "style"]) == []
        for node in page.find_all(True):
            assert not [name for name in node.attrs if name.startswith("on") or name == "style"]
            assert node.get("href", "#").startswith(("#", "http://", "https://", "report-files/"))
    first = parse(files["report.html"].decode())
    assert len(first.find_all("script")) == 1
    assert not re.search("[\u0000-\u0008\u202a-\u202e\u2066-\u2069]", files["report.html"].decode())


def test_texts_of_a_million_signs_are_cut_everywhere():
    files = render_files("zh", make_poisoned("政" * 1_000_000), {})
    assert max(len(content) for content in files.values()) < 6_000_000
    assert len(files["report.html"]) < 1_000_000
    assert not any(("政" * 4000).encode() in content for content in files.values())


def test_words_to_search_in_are_those_of_each_finding():
    name, words = read_script(render_files()["report-files/search.js"])
    assert name == "search"
    clause, *findings = words["clause-XH20-1.2b"]
    assert "公开指南及时更新" in clause
    assert len(findings) == sum(one.clause == "XH20-1.2b" for one in sample.make_result().findings)
    assert "云河区民政局政府信息公开指南（2018年3月2日更新）" in " ".join(findings[:2])


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_and_ids_of_the_first_view_fit(language):
    files = render_files(language)
    page = parse(files["report.html"].decode())
    ids = [node["id"] for node in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    later = {node["id"] for markup in read_details(files).values() for node in parse(markup).find_all(id=True)}
    inside = {node["href"][1:] for node in page.find_all("a", href=True) if node["href"].startswith("#")}
    assert inside <= set(ids) | later


def test_json_is_the_result(tmp_path):
    result = sample.make_result(faults=(sample.FAULT,))
    path = tmp_path / "result.json"
    path.write_bytes(render_json(result))
    assert load_result(path) == result
    lists = [item for finding in load_result(path).findings for item in finding.evidence if item.type == "list"]
    assert all(isinstance(item, ListEvidence) for item in lists)


def multiply_failure(count):
    result = sample.make_result()
    failed = next(one for one in result.findings if one.outcome is Outcome.FAILED and one.decision is None)
    subjects = (replace(failed.subject, kind="unit", key=f"第{n}单位", name=f"第{n}单位") for n in range(count))
    many = [replace(failed, id=f"m{n}", fingerprint=f"{n:020x}", subject=subject) for n, subject in enumerate(subjects)]
    return sample.make_result(findings=many)


@pytest.mark.parametrize(("count", "is_whole"), [(MOST_PRINTED, True), (MOST_PRINTED + 1, False)])
def test_paper_shows_in_full_what_can_be_read_on_paper(count, is_whole):
    page = BeautifulSoup(render_paper(multiply_failure(count), load_messages("zh"), Beside()), "lxml")
    failed = page.select_one("#findings .clause-failed")
    assert (f"第{count - 1}单位" in failed.get_text()) is is_whole
    assert str(count) in failed.select_one(".summary").get_text()
