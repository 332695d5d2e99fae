"""What reports leave in a run folder, and the result that they are held against."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent.parent / "report"))

import report_sample as sample

from auditor.errors import InputError
from auditor.gate.baseline import read_baseline
from auditor.messages import load_messages
from auditor.outputs.reports import check_formats, name_causes, write_reports

ZH = load_messages("zh")
CHROMIUM = os.environ.get("AUDITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def write(run, result, formats=("html",), baseline=None):
    return write_reports(run, result, None, formats, ZH, baseline=baseline)


def test_a_report_clears_away_the_files_of_the_one_before_and_leaves_what_is_not_its_own(tmp_path):
    write(tmp_path, sample.make_large(130))
    folder = tmp_path / "report-files"
    (folder / "mine.txt").write_text("mine")
    many = len(list(folder.glob("part-*.js")))
    result = sample.make_result()
    shutil.rmtree(tmp_path / "earlier", ignore_errors=True)
    write(tmp_path, result)
    write(tmp_path, result)
    assert len(list(folder.glob("part-*.js"))) < many
    assert (tmp_path / "earlier" / "001" / "report-files" / "mine.txt").read_text() == "mine"


def test_without_a_baseline_the_report_is_held_against_the_earlier_result_of_the_folder(tmp_path):
    write(tmp_path, sample.make_earlier())
    assert 'id="changes"' not in (tmp_path / "report.html").read_text(encoding="utf-8")
    write(tmp_path, sample.make_result())
    assert 'id="changes"' in (tmp_path / "report.html").read_text(encoding="utf-8")
    (tmp_path / "earlier" / "001" / "result.json").write_text("{", encoding="utf-8")
    write(tmp_path, sample.make_result())
    assert 'id="changes"' not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_baseline_is_what_the_report_is_held_against(tmp_path):
    write(tmp_path, sample.make_result(), baseline=read_baseline(sample.make_earlier()))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "2026年10月22日" in page
    causes = set(name_causes(sample.make_earlier(), sample.make_result(), ZH).values())
    assert causes
    assert all(cause in page for cause in causes)


def test_a_report_folder_that_is_a_link_is_not_written_through(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "report-files").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="out_unwritable"):
        write(tmp_path / "run", sample.make_result())
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_without_a_browser_no_pdf_is_begun(monkeypatch):
    monkeypatch.setenv("AUDITOR_CHROMIUM", "/nowhere/chromium")
    check_formats(("html",))
    with pytest.raises(InputError, match="pdf_no_browser"):
        check_formats(("html", "pdf"))


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_the_pdf_holds_the_verdicts_and_the_evidence_of_failures(tmp_path):
    import pypdfium2  # noqa: PLC0415 - only where there is a browser

    paths = write(tmp_path, replace(sample.make_result(), as_of=date(2026, 11, 23)), formats=("pdf",))
    document = pypdfium2.PdfDocument(paths["pdf"])
    text = "".join(page.get_textpage().get_text_range() for page in document)
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (595, 842)
    assert "2026年11月23日" in text.replace(" ", "")
    assert "2018年3月2日更新" in text.replace(" ", "").replace("\r\n", "")
    assert len(document) > 3
    assert not (tmp_path / "report.html").exists()
