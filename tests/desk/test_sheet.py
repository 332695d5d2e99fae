"""The working sheet: what stands in it, that nothing in it is a formula, how it is set up."""

from __future__ import annotations

import desk_sample as desk
import pytest

from auditor.desk.documents import choose_rows
from auditor.model.outcomes import Outcome
from auditor.report.answers import ANSWER_COLUMNS, KEY_SHEET, READ_COLUMNS
from auditor.report.rows import is_problem, list_responsible, list_rows
from auditor.report.sheet import render_xlsx
from auditor.result import hash_result, identify_audit

sample = desk.sample


@pytest.fixture(scope="module")
def result():
    return sample.make_result()


@pytest.fixture(scope="module")
def book(result):
    return desk.read_book(render_xlsx(result, desk.make_wording()))


def test_a_row_a_finding_with_key_and_words(result, book):
    sheet = book["评判表"]
    columns = desk.find_columns(sheet)
    assert len(columns) == len(READ_COLUMNS) + len(ANSWER_COLUMNS)
    assert sheet.max_row == len(result.findings) + 1
    for line, (row, finding) in enumerate(
        zip(list_rows(result, desk.make_wording()), result.findings, strict=True), start=2
    ):
        assert sheet.cell(line, columns["条款编号"]).value == finding.clause
        assert sheet.cell(line, columns["对象"]).value == row.subject
        assert sheet.cell(line, columns["结论"]).value == row.outcome
        link = sheet.cell(line, columns["证据链接"])
        assert (link.hyperlink.target if link.hyperlink else None) == (row.addresses[0] if row.addresses else None)


def test_an_answer_that_was_given_stands_in_its_row(result, book):
    sheet = book["评判表"]
    columns = desk.find_columns(sheet)
    line = 2 + [finding.clause for finding in result.findings].index("XH20-5.1a")
    read = {name: sheet.cell(line, columns[name]).value for name in ("认定结论", "认定依据", "认定人", "复核人")}
    assert read == {
        "认定结论": "已落实",
        "认定依据": "云河府办〔2026〕3号 分工文件",
        "认定人": "张明",
        "复核人": "李华",
    }
    assert sheet.cell(line, columns["认定日期"]).value.date().isoformat() == "2026-11-18"
    assert sheet.cell(2, columns["认定结论"]).value is None


@pytest.mark.parametrize(("language", "name"), [("zh", "评判表"), ("en", "Findings")])
def test_sheet_is_set_up_for_work_and_paper(result, language, name):
    sheet = desk.read_book(render_xlsx(result, desk.make_wording(language)))[name]
    assert sheet.freeze_panes == "D2"
    assert sheet.auto_filter.ref == f"A1:Y{len(result.findings) + 1}"
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.print_title_rows == "$1:$1"
    widths = [sheet.column_dimensions[letter].width for letter in "ABCFR"]
    assert all(8 < width < 40 for width in widths)
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    words = {"zh": '"已落实,未落实,不适用"', "en": '"Done,Not done,Not applicable"'}
    assert [rule.formula1 for rule in lists] == [words[language]]
    assert str(lists[0].sqref) == f"R2:R{len(result.findings) + 1}"


def test_problems_stand_by_unit(result, book):
    wording = desk.make_wording()
    expected = sorted(
        (unit, row.finding.clause)
        for row in list_rows(result, wording)
        if is_problem(row)
        for unit in list_responsible(row, wording)
    )
    sheet = book["单位问题"]
    columns = desk.find_columns(sheet)
    lines = range(2, sheet.max_row + 1)
    found = [tuple(sheet.cell(line, columns[name]).value for name in ("单位", "条款编号")) for line in lines]
    assert sorted(found) == expected
    assert {unit for unit, _ in found} >= {"云河区民政局", "柳塘街道办事处"}


def test_scores_are_numbers(result, book):
    sheet = book["得分"]
    columns = desk.find_columns(sheet)
    assert sheet.cell(2, columns["最高"]).value == pytest.approx(result.score.tree.high)
    assert sheet.max_row > len(result.clauses)


def test_hidden_sheet_names_result_and_rows(result, book):
    keys = book[KEY_SHEET]
    assert keys.sheet_state == "hidden"
    lines = {row[0]: row[1] for row in keys.iter_rows(values_only=True)}
    assert lines["audit"] == identify_audit(result)
    assert lines["result"] == hash_result(result)
    rows = [row for row in keys.iter_rows(values_only=True) if row[0] == "row"]
    assert [row[2] for row in rows] == [finding.fingerprint for finding in result.findings]


def test_identity_outlives_answers_and_not_another_audit(result):
    bare = tuple(sample.list_findings())
    assert identify_audit(sample.make_result()) == identify_audit(result)
    answered = sample.make_result(findings=bare, notes=())
    assert identify_audit(answered) == identify_audit(result)
    assert identify_audit(desk.make_other()) != identify_audit(result)


def test_one_unit_alone(result):
    sheet = desk.read_book(
        render_xlsx(result, desk.make_wording(), chosen=choose_rows(result, desk.make_wording(), "云河区民政局"))
    )["评判表"]
    columns = desk.find_columns(sheet)
    assert {sheet.cell(line, columns["对象"]).value for line in range(2, sheet.max_row + 1)} == {"云河区民政局"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_hostile_words_stay_words(language):
    book = desk.read_book(render_xlsx(desk.make_hostile(), desk.make_wording(language)))
    texts = []
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in {"s", "n", "d", "inlineStr"}, cell.value
                if cell.hyperlink:
                    assert cell.hyperlink.target.startswith(("http://", "https://"))
                if cell.data_type == "s" and sheet.title != KEY_SHEET:
                    texts.append(cell.value)
                    if cell.value.startswith("="):
                        assert cell.quotePrefix
                        assert cell.number_format == "@"
    assert any(text.startswith("=HYPERLINK") for text in texts)
    assert "_x0041_" in texts
    assert not any(sign in text for text in texts for sign in ("\x00", "\x01", "\u202e", "\u200b", "\uffff"))
    assert max(map(len, texts)) < 32_767
    assert "&" not in book.worksheets[0].oddHeader.left.text


def test_two_thousand_findings_are_all_there():
    result = desk.make_many(2000)
    assert all(finding.outcome is Outcome.FAILED for finding in result.findings)
    book = desk.openpyxl.load_workbook(desk.io.BytesIO(render_xlsx(result, desk.make_wording())), read_only=True)
    assert sum(1 for _ in book["评判表"].iter_rows()) == 2001
