"""Files of a site: text and tables, and every hostile one unreadable without harm to the reader."""

import io
import sys
import zipfile
from datetime import UTC, datetime

import docx
import openpyxl
import pytest
from pdf_sample import make_pdf, make_ruled_pdf

from auditor.extract.filereading import read_pdf_tables
from auditor.extract.files import FileReader, is_file
from auditor.kinds.disclosure import Catalogue
from auditor.model.attempts import Attempt, AttemptStatus, Part, Visit

VISIT = Visit(
    url="http://www.qinghe.example/f/1.pdf",
    attempt=Attempt(AttemptStatus.DONE),
    at=datetime(2021, 3, 1, tzinfo=UTC),
    parts=(Part.SITE,),
    status=200,
    record="r",
)


def make_docx():
    document = docx.Document()
    document.add_paragraph("一、总体情况")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("事项", "数量"), ("公开", "12")), strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def make_xlsx():
    book = openpyxl.Workbook()
    book.active.title = "收支总表"
    book.active.append(["项目", "金额"])
    book.active.append(["工资福利支出", 1200])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def make_zip(members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in members.items():
            package.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def reader():
    with FileReader() as opened:
        yield opened


def test_text_and_tables_of_each_form(reader, words):
    pdf = reader.read(VISIT, make_pdf("Contact 12345 and more words of text"), words)
    assert (pdf.form, pdf.reason, pdf.lines) == ("pdf", "", ("Contact 12345 and more words of text",))
    word = reader.read(VISIT, make_docx(), words)
    assert (word.lines, [grid.rows for grid in word.grids]) == (
        ("一、总体情况",),
        [(("事项", "数量"), ("公开", "12"))],
    )
    sheet = reader.read(VISIT, make_xlsx(), words)
    assert (sheet.lines, [grid.rows for grid in sheet.grids]) == (
        ("收支总表",),
        [(("项目", "金额"), ("工资福利支出", "1200"))],
    )


HEAD = ("no", "name")
FIRST, SECOND = ("1", "park"), ("2", "road")


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        (
            (("title", [HEAD, FIRST], "- 1 -"), ("", [SECOND, ("3", "lake")], "end")),
            [[HEAD, FIRST, SECOND, ("3", "lake")]],
        ),
        ((("title", [HEAD, FIRST], ""), ("", [HEAD, SECOND], "")), [[HEAD, FIRST, SECOND]]),
        ((("title", [HEAD, FIRST], "Page 1 of 9"), ("2 / 9", [HEAD, SECOND], "")), [[HEAD, FIRST, SECOND]]),
        ((("", [HEAD, FIRST], "note"), ("", [HEAD, SECOND], "")), [[HEAD, FIRST], [HEAD, SECOND]]),
        ((("", [HEAD, FIRST], ""), ("another", [HEAD, SECOND], "")), [[HEAD, FIRST], [HEAD, SECOND]]),
        (
            (("", [HEAD, FIRST], ""), ("", [("a", "b", "c"), ("4", "5", "6")], "")),
            [[HEAD, FIRST], [("a", "b", "c"), ("4", "5", "6")]],
        ),
        (
            (("", [HEAD, FIRST], ""), ("", [SECOND, SECOND], ""), ("", [HEAD, FIRST], "")),
            [[HEAD, FIRST, SECOND, SECOND, FIRST]],
        ),
    ],
    ids=[
        "page number",
        "head repeated",
        "page number in words",
        "note below",
        "title above",
        "other width",
        "three pages",
    ],
)
def test_a_table_goes_on_over_pages_where_nothing_stands_between(words, pages, expected):
    texts = ["表 12345678901234567890"] * len(pages)
    tables = read_pdf_tables(make_ruled_pdf(pages), texts, words.documents.page_number)
    assert [[tuple(row) for row in table] for table in tables] == expected


def test_tables_of_pages_that_do_not_follow_each_other_are_two(words):
    body = make_ruled_pdf([("", [HEAD, FIRST], ""), ("text", [HEAD, SECOND], ""), ("", [SECOND, SECOND], "")])
    texts = ["表 12345678901234567890", "no sign", "表 12345678901234567890"]
    assert len(list(read_pdf_tables(body, texts, words.documents.page_number))) == 2


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "format"),
        (b"\xd0\xcf\x11\xe0" * 100, "format"),
        (b"%PDF-1.7\nnothing more", "broken"),
        (make_pdf(""), "image"),
        (b"PK\x03\x04 broken", "broken"),
        (make_zip({"a.txt": "x"}), "format"),
        (make_zip({"word/document.xml": "<not xml"}), "broken"),
        (make_zip({"xl/workbook.xml": b"0" * (201 << 20)}), "too_large"),
    ],
    ids=["empty", "old office", "cut pdf", "scan", "cut zip", "other zip", "bad word", "bomb"],
)
def test_what_cannot_be_read_has_a_reason(reader, words, body, reason):
    record = reader.read(VISIT, body, words)
    assert (record.reason, record.lines, record.grids) == (reason, (), ())
    assert reader.read(VISIT, make_xlsx(), words).reason == ""


@pytest.mark.parametrize(
    ("script", "reason"),
    [("import time; time.sleep(60)", "timeout"), ("import os; os._exit(3)", "broken"), ("print('?')", "broken")],
    ids=["hangs", "dies", "babbles"],
)
def test_a_process_that_fails_costs_one_file(words, script, reason):
    with FileReader((sys.executable, "-c", script), seconds=0.5) as opened:
        assert opened.read(VISIT, b"x", words).reason == reason


def test_a_catalogue_in_a_file_is_read_there(reader, words):
    rows = (["序号", "决策事项", "决策类型"], [1, "停车管理办法", "政策性决策"], [2, "河道工程", "重大项目"])
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    file = reader.read(VISIT, stream.getvalue(), words)
    hidden = ("item_count", "items_linked", "columns", "subjects")
    fact = Catalogue(evidence=(file.cite("x"),), url="u", title="t", catalogue_kind="decision", unreadable=hidden)
    told = file.complete(fact, words)
    assert (told.item_count, told.columns, told.unreadable) == (2, ("序号", "决策事项", "决策类型"), ("items_linked",))
    assert (told.subjects, told.subject_kinds) == (("停车管理办法", "河道工程"), ("政策性决策", "重大项目"))
    seen = fact.model_copy(update={"unreadable": (), "item_count": 9})
    assert file.complete(seen, words) == seen


@pytest.mark.parametrize("number", ["第 1 页", "第1页 共9页", "— 第十二页 —", "1 / 9", "Page 1 of 9"])
def test_a_file_is_not_named_by_the_number_of_a_page(reader, words, number):
    document = docx.Document()
    for line in (number, "第一页的说明"):
        document.add_paragraph(line)
    stream = io.BytesIO()
    document.save(stream)
    assert reader.read(VISIT, stream.getvalue(), words).title == "第一页的说明"


def test_personal_numbers_in_files_are_masked(reader, words):
    record = reader.read(VISIT, make_pdf("11010119900307001 13812345678 6222021234567890128"), words)
    assert "13812345678" not in record.text
    assert "6222021234567890128" not in record.text
    assert "13812345678" not in record.title


@pytest.mark.parametrize(
    ("url", "media", "expected"),
    [
        ("http://a.example/1.pdf", "application/pdf", True),
        ("http://a.example/down?id=1", "application/pdf", True),
        ("http://a.example/1.docx", "application/octet-stream", True),
        ("http://a.example/1.pdf", "text/html; charset=utf-8", False),
        ("http://a.example/1.html", "text/html", False),
        ("http://a.example/1.jpg", "image/jpeg", False),
    ],
)
def test_files_are_told_from_pages(url, media, expected):
    assert is_file(url, media) is expected
