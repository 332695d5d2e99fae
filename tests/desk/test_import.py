"""Answers come back from working sheets: every mistake shown, nothing lost, conflicts left out."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import desk_sample as desk
import office
import pytest

from auditor.cli.commands import run_arguments
from auditor.desk.book import KEY_SHEET
from auditor.desk.intake import read_day, read_sheets
from auditor.desk.ledger import file_answers, file_objections
from auditor.errors import RulesetError, SheetError
from auditor.profile import load_attestations, load_waivers
from auditor.report.sheet import render_xlsx
from auditor.result import dump_result

sample = desk.sample
TODAY = date(2026, 11, 22)
LETTERS = dict(
    zip(("answer", "evidence", "by", "on", "second", "note", "objection", "objector"), "RSTUVWXY", strict=True)
)
GOOD = {"answer": "已落实", "evidence": "截图一", "by": "王五", "on": "2026-11-20"}


def make_book(result=None, language="zh"):
    return desk.read_book(render_xlsx(result or sample.make_result(), desk.make_wording(language)))


def fill(book, line, **answer):
    for name, value in answer.items():
        book.worksheets[0][f"{LETTERS[name]}{line}"] = value
    return book


def save(book, path):
    book.save(path)
    return path


def find_line(clause, subject=None):
    findings = sample.make_result().findings
    return next(
        number for number, one in enumerate(findings, 2) if one.clause == clause and subject in (None, one.subject.name)
    )


IPV6, BRIEFING, GUIDE = find_line("XH20-3.1a"), find_line("XH20-2.2a"), find_line("XH20-1.2b", "云河区教育局")
GIVEN = 2  # the sample's result holds two answers that match


@pytest.fixture
def answers(tmp_path):
    return tmp_path / "answers.yaml"


def take(*paths):
    return read_sheets(paths, TODAY)


# ---- reading -------------------------------------------------------------------------------------


def test_answers_become_attestations_that_take_effect(tmp_path, answers):
    book = fill(fill(make_book(), IPV6, **GOOD, note="线路已确认"), GUIDE, **GOOD, second="赵六")
    filing = file_answers(answers, take(save(book, tmp_path / "a.xlsx")).answers)
    assert (filing.added, filing.conflicts) == (2 + GIVEN, ())
    known = {(one.clause, one.subject): one for one in load_attestations(answers)}
    site, unit = known["XH20-3.1a", None], known["XH20-1.2b", "云河区教育局"]
    assert (site.verdict, site.evidence, site.by, site.on) == ("done", ("截图一",), "王五", date(2026, 11, 20))
    assert (site.note, site.second, unit.second) == ("线路已确认", None, "赵六")


def test_sheet_without_new_answers_changes_nothing(tmp_path, answers):
    path = save(make_book(), tmp_path / "a.xlsx")
    assert file_answers(answers, take(path).answers).added == GIVEN
    before = answers.read_bytes()
    filing = file_answers(answers, take(path).answers)
    assert (filing.added, filing.completed, filing.known) == (0, 0, GIVEN)
    assert answers.read_bytes() == before


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("word", ["已落实", "Done", "done", "DONE"])
def test_words_of_both_languages_are_known(tmp_path, language, word):
    path = save(fill(make_book(language=language), IPV6, **{**GOOD, "answer": word}), tmp_path / "a.xlsx")
    assert "done" in {one.verdict for one in take(path).answers if one.clause == "XH20-3.1a"}


@pytest.mark.parametrize(
    "cell", [datetime(2026, 11, 20, tzinfo=UTC).replace(tzinfo=None), "2026/11/20", "2026年11月20日", "2026.11.20", " 2026-11-20 ", 46346, "46346"]
)  # fmt: skip
def test_days_as_people_write_them(tmp_path, cell):
    path = save(fill(make_book(), IPV6, **{**GOOD, "on": cell}), tmp_path / "a.xlsx")
    assert [one.on for one in take(path).answers if one.clause == "XH20-3.1a"] == [date(2026, 11, 20)]


@pytest.mark.parametrize("text", ["昨天", "2026-13-01", "20261120", "11/20", ""])
def test_what_is_no_day(text):
    assert read_day(text) is None


def test_moved_columns_and_sorted_rows_are_read(tmp_path):
    book = fill(make_book(), IPV6, **GOOD)
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    order = [row[::-1] for row in [rows[0], *sorted(rows[1:], key=lambda row: str(row[5]))]]
    for line, row in enumerate(order, 1):
        for place, value in enumerate(row, 2):
            sheet.cell(line, place).value = value
    sheet.delete_cols(1)
    assert ("XH20-3.1a", "王五") in {(one.clause, one.by) for one in take(save(book, tmp_path / "a.xlsx")).answers}


def test_rows_that_are_not_finished_are_left_and_named(tmp_path):
    book = fill(fill(make_book(), IPV6, note="待核实"), GUIDE, by="王五")
    intake = take(save(book, tmp_path / "a.xlsx"))
    assert [Path(place).name for place in intake.unfinished] == [f"a.xlsx:{line}" for line in sorted((IPV6, GUIDE))]
    assert len(intake.answers) == GIVEN


# ---- mistakes ------------------------------------------------------------------------------------


def list_problems(*paths, **options):
    with pytest.raises(SheetError) as caught:
        read_sheets(paths, TODAY, **options)
    return [(one.code, one.line, one.path.partition(" ")[0]) for one in caught.value.problems]


def test_all_mistakes_are_shown_at_once_with_row_and_column(tmp_path):
    book = make_book()
    fill(book, 2, **{**GOOD, "answer": "也许"})
    fill(book, 3, answer="已落实")
    fill(book, 4, **{**GOOD, "on": "上周"})
    fill(book, 5, **{**GOOD, "on": "2027-01-01"})
    fill(book, 6, **GOOD, second="王五")
    fill(book, 7, **{**GOOD, "evidence": "甲" * 4001})
    fill(book, 8, objection="不同意")
    book.worksheets[0]["A9"] = "0007-ffffff"
    fill(book, 9, **GOOD)
    book.worksheets[0]["A10"] = None
    fill(book, 10, **GOOD)
    book.worksheets[0]["B11"] = "XH20-9.9z"
    fill(book, 11, **GOOD)
    assert list_problems(save(book, tmp_path / "a.xlsx")) == [
        ("answer_unknown", 2, "R2"),
        ("evidence_missing", 3, "S3"),
        ("by_missing", 3, "T3"),
        ("on_missing", 3, "U3"),
        ("on_form", 4, "U4"),
        ("on_future", 5, "U5"),
        ("second_is_same", 6, "V6"),
        ("cell_too_long", 7, "S7"),
        ("objector_missing", 8, "Y8"),
        ("row_unknown", 9, "A9"),
        ("row_without_key", 10, "A10"),
        ("row_changed", 11, "B11"),
    ]


def test_mistake_reaches_the_terminal_and_writes_nothing(tmp_path, answers, capsys):
    path = save(fill(make_book(), IPV6, **{**GOOD, "answer": "也许"}), tmp_path / "a.xlsx")
    code = run_arguments(["attest", "import", str(path), "--into", str(answers)], {"AUDITOR_LANG": "zh"})
    shown = capsys.readouterr().err
    assert code == 2
    assert f"a.xlsx:{IPV6} [R{IPV6} 认定结论]: 不认识的认定结论：也许" in shown
    assert "已落实 / 未落实 / 不适用" in shown
    assert not answers.exists()


def test_sheets_of_two_results_are_refused(tmp_path):
    other = desk.make_other()
    paths = [save(make_book(), tmp_path / "a.xlsx"), save(make_book(other), tmp_path / "b.xlsx")]
    assert list_problems(*paths) == [("sheet_other_audit", None, "")]
    assert list_problems(paths[0], audit="0" * 64) == [("sheet_other_result", None, "")]


def test_row_of_another_result_is_refused(tmp_path):
    other = make_book(sample.make_result(findings=tuple(sample.list_findings())[3:]))
    book = make_book()
    for place, cell in enumerate(other.worksheets[0][4], 1):
        book.worksheets[0].cell(3, place, cell.value)
    fill(book, 3, **GOOD)
    assert list_problems(save(book, tmp_path / "a.xlsx")) == [("row_unknown", 3, "A3")]


def drop_keys(path):
    book = make_book()
    del book[KEY_SHEET]
    save(book, path)


def rename_heading(path):
    book = make_book()
    book.worksheets[0]["R1"] = "结论？"
    save(book, path)


def rename_tab(path):
    book = make_book()
    book.worksheets[0].title = "我的表"
    save(book, path)


def declare_entities(path):
    save(make_book(), path)
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for entry in old.infolist():
            text = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                text = text.replace(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet', 1)
            new.writestr(entry.filename, text)
    path.write_bytes(content.getvalue())


def break_workbook(path):
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("xl/workbook.xml", "<workbook/>")
        bundle.writestr("[Content_Types].xml", "<Types")


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda path: path.unlink(missing_ok=True), "sheet_missing"),
        (lambda path: path.write_bytes(b"PK"), "sheet_no_xlsx"),
        (lambda path: path.write_text("a,b"), "sheet_no_xlsx"),
        (lambda path: save(desk.openpyxl.Workbook(), path), "sheet_foreign"),
        (drop_keys, "sheet_foreign"),
        (rename_heading, "sheet_column_missing"),
        (rename_tab, "sheet_tab_missing"),
        (declare_entities, "sheet_unreadable"),
        (break_workbook, "sheet_unreadable"),
    ],
)
def test_files_that_are_no_sheet(tmp_path, make, code):
    make(tmp_path / "a.xlsx")
    assert list_problems(tmp_path / "a.xlsx") == [(code, None, "")]


# ---- filing --------------------------------------------------------------------------------------


def answer(tmp_path, line=IPV6, **changes):
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.xlsx"
    return save(
        fill(make_book(sample.make_result(findings=tuple(sample.list_findings()))), line, **{**GOOD, **changes}), path
    )


def file(answers, *paths):
    taken = [one for one in take(*paths).answers if one.clause == "XH20-3.1a"]
    return file_answers(answers, taken)


def test_conflicting_sheets_are_shown_and_none_is_taken(tmp_path, answers):
    paths = [answer(tmp_path), answer(tmp_path, answer="未落实", by="李四")]
    filing = file(answers, *paths)
    assert [(claim.verdict, claim.by) for claim in filing.conflicts[0].claims] == [
        ("done", "王五"),
        ("not_done", "李四"),
    ]
    assert filing.added == 0
    assert not answers.exists()


def test_conflict_with_the_file_leaves_the_file(tmp_path, answers):
    file(answers, answer(tmp_path))
    before = answers.read_bytes()
    filing = file(answers, answer(tmp_path, answer="不适用", by="李四"))
    assert [claim.by for claim in filing.conflicts[0].claims] == ["王五", "李四"]
    assert answers.read_bytes() == before


def test_conflict_is_2_and_the_other_answers_are_taken(tmp_path, answers, capsys):
    book = fill(fill(make_book(), IPV6, **GOOD), GUIDE, **GOOD)
    paths = [save(book, tmp_path / "a.xlsx"), answer(tmp_path, answer="未落实", by="李四")]
    code = run_arguments(["attest", "import", *map(str, paths), "--into", str(answers)], {"AUDITOR_LANG": "en"})
    shown = capsys.readouterr().err
    assert code == 2
    assert "contradict each other, and none was taken: XH20-3.1a" in shown
    assert "王五" in shown
    assert "李四" in shown
    clauses = [one.clause for one in load_attestations(answers)]
    assert "XH20-1.2b" in clauses
    assert "XH20-3.1a" not in clauses


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 1, 0, 1, 1)])
def test_agreeing_answer_of_another_is_the_second_signature(tmp_path, answers, order):
    paths = [answer(tmp_path), answer(tmp_path, by="李四", evidence="截图二")]
    for place in order:
        file(answers, paths[place])
    (entry,) = load_attestations(answers)
    assert {entry.by, entry.second} == {"王五", "李四"}
    assert set(entry.evidence) == {"截图一", "截图二"}


def test_third_person_is_kept_too(tmp_path, answers):
    paths = [answer(tmp_path, by=name) for name in ("甲", "乙", "丙")]
    for _ in range(2):
        file(answers, *paths)
    assert [(one.by, one.second) for one in load_attestations(answers)] == [("甲", "乙"), ("丙", None)]


def test_later_import_completes_and_loses_nothing(tmp_path, answers):
    file(answers, answer(tmp_path, note="初查"))
    filing = file(answers, answer(tmp_path, evidence="截图一\n截图二", second="赵六", note="复查"))
    assert (filing.added, filing.completed) == (0, 1)
    (entry,) = load_attestations(answers)
    assert (entry.evidence, entry.second, entry.note) == (("截图一", "截图二"), "赵六", "初查\n复查")


def test_what_people_wrote_in_the_file_stays(tmp_path, answers):
    answers.write_text(
        "# 我们的认定\n- clause: XH20-5.1a  # 专人\n  verdict: done\n  evidence: [文件]\n  by: 张明\n  on: 2026-11-18\n",
        encoding="utf-8",
    )
    file(answers, answer(tmp_path))
    text = answers.read_text(encoding="utf-8")
    assert "# 我们的认定" in text
    assert "# 专人" in text
    assert len(load_attestations(answers)) == 2


def test_file_with_mistakes_is_refused_and_kept(tmp_path, answers):
    answers.write_text("- clause: X\n", encoding="utf-8")
    with pytest.raises(RulesetError):
        file(answers, answer(tmp_path))
    assert answers.read_text(encoding="utf-8") == "- clause: X\n"


def test_formulas_and_markup_in_answers_stay_words(tmp_path, answers):
    hostile = "=1+1\n- x: &a !!python/object\n# \u202e{{ y }}"
    file(answers, save(fill(make_book(), IPV6, **{**GOOD, "evidence": "'=1"}, note=hostile), tmp_path / "a.xlsx"))
    (entry,) = [one for one in load_attestations(answers) if one.clause == "XH20-3.1a"]
    assert entry.evidence == ("'=1",)


def test_objection_is_kept_and_decides_nothing(tmp_path):
    path = save(fill(make_book(), GUIDE, objection="指南已于9月更新", objector="云河区教育局"), tmp_path / "a.xlsx")
    intake = take(path)
    assert len(intake.answers) == GIVEN
    objections = tmp_path / "objections.yaml"
    assert [file_objections(objections, intake.objections) for _ in range(2)] == [1, 0]
    text = objections.read_text(encoding="utf-8")
    assert "指南已于9月更新" in text
    assert sample.make_result().findings[GUIDE - 2].fingerprint in text
    for load in (load_waivers, load_attestations):
        with pytest.raises(RulesetError):
            load(objections)


# ---- the commands --------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    (folder / "result.json").write_bytes(dump_result(sample.make_result()))
    return folder


def call(*arguments):
    return run_arguments(list(map(str, arguments)), {"AUDITOR_LANG": "en"})


def test_export_keeps_a_sheet_that_people_wrote_in(run, capsys):
    assert call("attest", "export", run) == 0
    path = run / "findings.xlsx"
    save(fill(desk.read_book(path.read_bytes()), IPV6, **GOOD), path)
    written = path.read_bytes()
    assert call("attest", "export", run) == 0
    assert (run / "findings.1.xlsx").read_bytes() == written
    assert "findings.1.xlsx" in capsys.readouterr().err
    assert call("report", run, "--format", "xlsx") == 0
    assert not (run / "findings.2.xlsx").exists()


def test_export_of_an_unknown_unit_names_the_known(run, capsys):
    assert call("attest", "export", run, "--unit", "火星局") == 2
    assert "云河区民政局" in capsys.readouterr().err


def test_import_tells_who_has_to_sign_still(run, tmp_path, answers, capsys):
    profile = tmp_path / "profile.yaml"
    profile.write_text("standards: [xh20]\nsecond_person: [essential]\n", encoding="utf-8")
    findings = sample.make_result().findings
    essential = next(
        line
        for line, one in enumerate(findings, 2)
        if sample.CLAUSES[one.clause].class_ == "essential" and one.decision is None
    )
    name = findings[essential - 2].clause
    path = save(fill(make_book(), essential, **GOOD), tmp_path / "a.xlsx")
    command = ("attest", "import", path, "--into", answers, "--profile", profile, "--run", run)
    assert call(*command) == 0
    assert f"{name} " in capsys.readouterr().err
    other = save(fill(make_book(), essential, **{**GOOD, "by": "李四"}), tmp_path / "b.xlsx")
    assert call("attest", "import", other, "--into", answers, "--profile", profile) == 0
    assert f"{name} " not in capsys.readouterr().err


def test_libreoffice_opens_changes_saves_and_answers_are_intact(tmp_path, answers):
    if office.find_office() is None:
        pytest.skip("soffice (LibreOffice) is not on this machine")
    (tmp_path / "a.xlsx").write_bytes(render_xlsx(sample.make_result(), desk.make_wording()))
    lines = range(2, 12)
    words = ("已落实", "未落实", "不适用")
    typed = {line: (words[line % 3], f"=截图{line}", f"评估员{line % 2}", f"2026-11-{line:02}") for line in lines}
    changes = [
        (0, f"{LETTERS[name]}{line}", text)
        for line, cells in typed.items()
        for name, text in zip(("answer", "evidence", "by", "on"), cells, strict=True)
    ]
    path = office.answer_cells(tmp_path, tmp_path / "a.xlsx", tmp_path / "b.xlsx", changes)
    read = {int(one.place.rpartition(":")[2]): one for one in take(path).answers}
    codes = dict(zip(words, ("done", "not_done", "not_applicable"), strict=True))
    findings = sample.make_result().findings
    for line, (word, evidence, by, day) in typed.items():
        one = read[line]
        assert (one.verdict, one.evidence, one.by, one.on.isoformat()) == (codes[word], (evidence,), by, day)
        assert one.clause == findings[line - 2].clause
    assert len(read) == 10 + GIVEN
    assert file_answers(answers, take(path).answers).added == 10 + GIVEN
