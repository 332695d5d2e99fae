"""The page as written: self-contained, harmless whatever the site says, complete without script."""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from hashlib import sha256

import pytest
import report_sample as sample
from bs4 import BeautifulSoup

from auditor.messages import load_messages
from auditor.model.evidence import ListEvidence
from auditor.model.outcomes import Outcome
from auditor.report.html import render_html
from auditor.report.json import render_json
from auditor.result import load_result

LANGUAGES = ("zh", "en")
HOSTILE = (
    "</script><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>"
    '"\' onmouseover="alert(1)\u202e\u0000{{7*7}}'
)
KEPT = {
    "id", "clause", "ruleset", "rule", "class_", "timezone", "kind", "type", "source", "problem", "origin", "outcome",
    "degree", "part", "check", "stopped_because", "status", "machine", "role", "screenshot",
}  # fmt: skip


def render(language="zh", result=None, screenshots=None):
    screenshots = sample.SCREENSHOTS if screenshots is None else screenshots
    return render_html(result or sample.make_result(), load_messages(language), screenshots).decode()


def parse(html):
    return BeautifulSoup(html, "lxml")


def poison(value, name="", text=HOSTILE):
    """Put hostile text wherever a result holds free text."""
    if is_dataclass(value):
        changes = {
            item.name: poison(getattr(value, item.name), item.name, text)
            for item in fields(value)
            if item.name not in KEPT and not (item.name == "decision" and value.decision is None)
        }
        if name == "decision" and value.source == "attestation":
            changes["reason"] = value.reason
        return replace(value, **changes)
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return f"javascript:{text}" if name in {"url", "seeds", "of"} else text
    if isinstance(value, tuple):
        return tuple(poison(item, name, text) for item in value)
    if isinstance(value, dict):
        is_keyed = name in {"rules", "clauses", "scores", "rulesets", "reasons"}
        return {key if is_keyed else text + str(key): poison(item, name, text) for key, item in value.items()}
    return value


def make_poisoned(text=HOSTILE):
    result = sample.make_result(faults=(sample.FAULT,))
    poisoned = poison(replace(result, score=None, scores={}), text=text)
    return replace(poisoned, score=result.score, scores=result.scores)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_asked_from_outside(language):
    page = parse(render(language))
    assert not page.find_all(["link", "iframe", "object", "embed", "base", "video", "audio", "source"])
    assert all(image["src"].startswith("data:image/png;base64,") for image in page.find_all("img"))
    assert not [node for node in page.find_all(["script", "img"]) if (node.get("src") or "data:")[:5] != "data:"]
    style = page.find("style").string
    assert "url(" not in style
    assert "@import" not in style
    assert len(page.find_all("img")) == len(sample.SCREENSHOTS)


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
        assert href.startswith(("#", "http://", "https://"))
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
    for badge in badges:
        assert badge.find("use")["href"].startswith("#sign-")
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


def test_two_thousand_findings_stay_in_bounds():
    clause = sample.CLAUSES["XH20-1.2b"]
    plain = next(finding for finding in sample.list_findings() if finding.outcome is Outcome.FAILED)
    clauses = {f"XH20-9.{n}": clause for n in range(100)}
    findings = [
        replace(plain, id=f"{name}:{n}", clause=name, subject=sample.Subject("unit", f"u{n}", f"单位{n}"))
        for name in clauses
        for n in range(20)
    ]
    assert len(render("zh", sample.make_result(findings=findings, clauses=clauses)).encode()) < 6_000_000


def test_json_is_the_result(tmp_path):
    result = sample.make_result(faults=(sample.FAULT,))
    path = tmp_path / "result.json"
    path.write_bytes(render_json(result))
    assert load_result(path) == result
    lists = [item for finding in load_result(path).findings for item in finding.evidence if item.type == "list"]
    assert all(isinstance(item, ListEvidence) for item in lists)
