"""Stored copies of cited pages: the passage is found again, personal data is masked, nothing of the page runs."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from types import SimpleNamespace

import pytest
import report_sample as sample
from bs4 import BeautifulSoup

from auditor.errors import ArchiveError
from auditor.messages import load_messages
from auditor.model.evidence import RecordEvidence
from auditor.outputs.citations import read_pages
from auditor.report.beside import Beside
from auditor.report.copies import MOST_COPIES, choose_records, link_copies
from auditor.report.html import render_html

GUIDE = "<urn:uuid:guide>"
FILE = "<urn:uuid:file>"
LOST = "<urn:uuid:lost>"
HOSTILE = (
    "<html><head><title>x</title><script>alert(1)</script></head><body onload=alert(1)><h1>公开指南\u202e</h1>"
    "<iframe src=//evil.example></iframe><p>身份证 11010519491231002X，请联系</p><p>更新日期：2018年3月2日</p>"
    "<p>&lt;script&gt;alert(2)&lt;/script&gt;&lt;img src=//evil.example/x&gt;</p></body></html>"
)


def cite(record, excerpt):
    return RecordEvidence(sample.HOME + "guide", record, "p", excerpt, sample.AT)


class Archive:
    """What a copy needs of an archive."""

    def __init__(self):
        seen = {
            "url": sample.HOME + "guide?id=11010519491231002X",
            "final_url": None,
            "at": sample.AT,
            "rendered": None,
        }
        self.visits = (
            SimpleNamespace(record=GUIDE, media_type="text/html; charset=utf-8", **seen),
            SimpleNamespace(record=FILE, media_type="application/pdf", **seen),
            SimpleNamespace(record=LOST, media_type="text/html", **seen),
        )

    def read_record(self, record):
        if record == LOST:
            raise ArchiveError("archive_tampered", "x")
        return HOSTILE.encode() if record == GUIDE else b"%PDF-1.7 <script>alert(1)</script>"


@pytest.fixture(scope="module")
def made():
    result = sample.make_result()
    failed = next(one for one in result.findings if one.clause == "XH20-1.2b" and one.outcome is sample.F)
    evidence = (
        cite(GUIDE, "更新日期：\n2018年3月2日"),
        cite(GUIDE, "没有这样的话"),
        cite(FILE, "附件"),
        cite(LOST, "x"),
        cite("<urn:uuid:none>", "y"),
    )
    findings = (replace(failed, evidence=evidence), *(one for one in result.findings if one is not failed))
    assert failed.decision is None
    result = replace(result, findings=findings)
    return result, read_pages(result, Archive())


@pytest.fixture(scope="module")
def files(made):
    return render_html(made[0], load_messages("zh"), Beside(pages=made[1]))


def test_a_copy_marks_the_passage_and_the_evidence_leads_there(made, files):
    links = link_copies(made[0].findings, made[1])
    assert set(links) == {GUIDE, FILE}
    page = BeautifulSoup(files[f"report-files/{links[GUIDE].file}"], "lxml")
    (marked,) = page.find_all("mark")
    assert marked.text == "更新日期：2018年3月2日"
    target = f"report-files/{links[GUIDE].file}#{marked.parent['id']}"
    parts = "".join(content.decode() for path, content in files.items() if "part-" in path)
    assert target in parts
    assert f"{links[GUIDE].file}#line-3" in files["report-files/whole.html"].decode()
    assert hashlib.sha256(HOSTILE.encode()).hexdigest() in page.text


def test_nothing_of_a_stored_page_runs_and_personal_data_is_masked(made, files):
    for path, content in files.items():
        if "/copies/" not in path:
            continue
        page = BeautifulSoup(content, "lxml")
        assert page.find_all(["script", "iframe", "img", "object", "base", "link"]) == []
        assert not [node for node in page.find_all(True) for name in node.attrs if name.startswith("on")]
        policy = page.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'")
        assert not re.search("[\u202a-\u202e\x00]", content.decode())
        assert "11010519491231002X" not in content.decode()
    guide = files[f"report-files/{link_copies(made[0].findings, made[1])[GUIDE].file}"].decode()
    assert "&lt;script&gt;alert(2)" in guide
    assert "身份证 11**************2X" in guide or "身份证 11" in guide


def test_what_is_no_page_says_what_it_is_and_how_to_get_it(made, files):
    text = BeautifulSoup(files[f"report-files/{link_copies(made[0].findings, made[1])[FILE].file}"], "lxml").text
    assert "application/pdf" in text
    assert "alert" not in text
    assert "WACZ" in text


def test_copies_are_bounded_and_those_of_failures_come_first(made):
    failed = made[0].findings[0]
    many = [replace(failed, outcome=sample.P, evidence=tuple(cite(f"r{n}", "x") for n in range(400)))]
    chosen = choose_records([*many, replace(failed, evidence=(cite("worst", "x"),))])
    assert len(chosen) == MOST_COPIES
    assert next(iter(chosen)) == "worst"


def test_without_an_archive_there_are_no_copies(made):
    assert read_pages(made[0], None) == {}
