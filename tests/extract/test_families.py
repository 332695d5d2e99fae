"""Families of facts: functions of text hold for any text; what a file adds; no personal number leaves extraction."""

import re
from datetime import date
from pathlib import Path

import pytest
from fake_snapshot import make_reader, read_cases
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.extract.clauses import hash_clauses, measure_overlap
from auditor.extract.exposure import mask_text
from auditor.extract.extraction import extract_facts
from auditor.extract.families.reports import complete_report, find_imbalances, read_tables
from auditor.extract.grids import make_grid, read_number
from auditor.extract.sheet import find_year
from auditor.facts import AnnualReport
from auditor.model.evidence import RecordEvidence
from auditor.runfolder.textindex import TextIndexWriter

CASES = read_cases(Path(__file__).parent.parent / "cases" / "extract")
CITED = RecordEvidence("http://a.example/1.docx", "r", "docx", "年报", None)


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("１，２００", 1200), ("3.00", 3), ("3.5", None), ("-4", -4), ("", None), ("12件", None), ("1 2", 12)],
)
def test_cells_are_numbers_or_not(text, number):
    assert read_number(text) == number


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("某局2020年年报", 2020),
        ("二〇一九年度报告", 2019),
        ("２０１８年", 2018),
        ("1840年", None),
        ("2099年", None),
        ("年报", None),
    ],
)
def test_years_of_titles(title, year):
    assert find_year(title, date(2021, 3, 1)) == year


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_overlap_is_a_share_and_whole_with_itself(text, other):
    share = measure_overlap(hash_clauses(text), hash_clauses(other))
    assert share is None or 0 <= share <= 1
    assert measure_overlap(hash_clauses(text), hash_clauses(text)) in (None, 1.0)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.text(max_size=12), max_size=20), max_size=30))
def test_any_table_is_read_without_harm(words, rows):
    grid = make_grid(rows)
    tables = read_tables([grid] if grid is not None else [], words.families["annual_report"])
    assert list(find_imbalances(tables)) == []


def test_a_report_takes_sections_and_tables_from_its_file(words):
    fact = AnnualReport(
        evidence=(CITED,),
        url="http://a.example/1",
        title="年报",
        tables_as="attachment",
        unreadable=("tables", "sections"),
    )
    rows = [["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3, ["1", "0", "0", "0", "2", *["0"] * 10]]
    grid = make_grid(rows)
    lines = ("一、总体情况", "落实政务公开工作要点。", "二、主动公开政府信息情况")
    done = complete_report(fact, lines, [grid], words.families["annual_report"], CITED)
    assert (done.tables, done.sections) == (("review",), ("总体情况", "主动公开政府信息情况"))
    assert (done.balance_errors, done.mentions_plan, done.unreadable) == (("review:review",), True, ())


def test_no_personal_number_leaves_extraction(words, tmp_path):
    raw = {
        number
        for page in CASES["leaks"]["pages"]
        for number in re.findall(r"[0-9]{11,19}[0-9X]?", page.get("html", ""))
    }
    with TextIndexWriter(tmp_path / "text.db") as texts:
        found = extract_facts(make_reader(CASES["leaks"]), words, texts)
    shown = "".join(fact.model_dump_json() for fact in found.facts)
    stored = (tmp_path / "text.db").read_bytes().decode("utf-8", "ignore")
    personal = {number for number in raw if mask_text(number) != number}  # a wrong check digit is no identity number
    assert len(personal) > 3
    assert [number for number in personal if number in shown or number in stored] == []
