"""A crawl of a site with PDF, DOCX and XLSX files: their text is found, their tables fill facts, their numbers are masked."""

from __future__ import annotations

import io

import docx
import openpyxl
import pytest
from loopback import Reply, make_page
from pdf_sample import make_pdf
from stdnum.cn import ric

from auditor.extract.exposure import mask_address
from auditor.extract.extraction import extract_facts
from auditor.runfolder.textindex import TextIndex, TextIndexWriter

NAV = (("/", "首页"), ("/zwgk/", "政府信息公开"))
HEAD = "31010119900307401"
IDENTITY = HEAD + ric.calc_check_digit(HEAD + "0")
MOBILE = "13912345678"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
REVIEW = [
    ["行政复议", "", "", "", "", "行政诉讼", "", "", "", "", "", "", "", "", ""],
    ["", "", "", "", "", "未经复议直接起诉", "", "", "", "", "复议后起诉", "", "", "", ""],
    [
        "结果维持",
        "结果纠正",
        "其他结果",
        "尚未审结",
        "总计",
        *["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 2,
    ],
    ["1", "0", "0", "0", "1", "2", "0", "0", "0", "2", "0", "0", "0", "0", "0"],
]


def make_report():
    document = docx.Document()
    document.add_paragraph("一、总体情况")
    document.add_paragraph("本年度围绕河道整治主动公开信息，未收取费用。")
    document.add_paragraph("四、政府信息公开行政复议、行政诉讼情况")
    table = document.add_table(rows=len(REVIEW), cols=len(REVIEW[0]))
    for row, texts in zip(table.rows, REVIEW, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_names():
    book = openpyxl.Workbook()
    book.active.append(["姓名", "身份证号", "手机号"])
    book.active.append(["张青", IDENTITY, MOBILE])
    book.active.append(["李禾", "", "13812345679"])
    book.active.append(["王田", "", "13712345670"])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def found(site, collect, vocabulary, tmp_path):
    title = "2020年政府信息公开工作年度报告"
    site.replies["/"] = make_page("样例区人民政府", ("/nb/2020.html", title), ("/n/1.html", "补贴名单公示"), nav=NAV)
    site.replies["/zwgk/"] = make_page("政府信息公开", ("/nb/2020.html", title), nav=NAV)
    site.replies["/nb/2020.html"] = make_page(
        f"样例区{title}", ("/f/2020.docx", "年度报告全文"), nav=NAV, text="现将年度报告予以公布，全文见附件。"
    )
    far = f"/n/2.html?sfz={IDENTITY}&mobile={MOBILE}"
    site.replies["/n/1.html"] = make_page(
        "补贴名单公示", ("/f/names.xlsx", "名单"), ("/f/note.pdf", "说明"), (far, "查询结果"), nav=NAV
    )
    site.replies[far] = make_page("补贴查询结果", nav=NAV)
    site.replies["/f/2020.docx"] = Reply(make_report(), media=DOCX)
    site.replies["/f/names.xlsx"] = Reply(make_names(), media=XLSX)
    site.replies["/f/note.pdf"] = Reply(make_pdf(f"quarterly riverbank survey, id {IDENTITY}"), media="application/pdf")
    reader = collect()
    path = tmp_path / "text.db"
    with TextIndexWriter(path) as texts:
        extraction = extract_facts(reader, vocabulary, texts)
    assert not extraction.faults
    return reader, extraction.facts, path


def test_the_text_of_files_is_found(found):
    _, _, path = found
    with TextIndex(path) as index:
        sources = {term: [one.url for one in index.find_mentions([term])] for term in ("河道整治", "riverbank", "张青")}
    assert [url.rpartition("/")[2] for urls in sources.values() for url in urls] == [
        "2020.docx",
        "note.pdf",
        "names.xlsx",
    ]


def test_the_tables_of_a_report_come_from_its_file(found):
    _, facts, _ = found
    report = next(fact for fact in facts if fact.kind == "annual_report")
    assert (report.year, report.tables_as) == (2020, "attachment")
    assert "review" in report.tables
    assert report.review == tuple(map(int, REVIEW[-1]))


def test_numbers_of_persons_in_files_are_found_and_shown_masked_only(found):
    _, facts, path = found
    leaks = {(fact.url.rpartition("/")[2], fact.leak_kind, fact.sample_masked) for fact in facts if fact.kind == "leak"}
    assert ("names.xlsx", "id_number", f"31{'*' * 14}{IDENTITY[-2:]}") in leaks
    assert ("names.xlsx", "mobile", "139******78") in leaks
    assert ("note.pdf", "id_number", f"31{'*' * 14}{IDENTITY[-2:]}") in leaks
    written = "".join(fact.model_dump_json() for fact in facts).encode() + path.read_bytes()
    assert IDENTITY.encode() not in written
    assert MOBILE.encode() not in written


def test_a_number_in_an_address_is_masked_and_the_record_is_still_found(found):
    reader, facts, _ = found
    page = next(fact for fact in facts if fact.kind == "page" and fact.title == "补贴查询结果")
    assert page.url.endswith(f"/n/2.html?sfz=31{'*' * 14}{IDENTITY[-2:]}&mobile=139******78")
    assert "补贴查询结果" in reader.read_record(page.evidence[0].record).decode()


def test_extraction_is_the_same_twice(found, vocabulary):
    reader, facts, _ = found
    assert extract_facts(reader, vocabulary).facts == facts


def test_numbers_of_articles_in_addresses_stay():
    for url in ("http://a.example/post_13912345678.html", f"http://a.example/{HEAD}A.html", "http://a.example/t1.html"):
        assert mask_address(url) == url
