"""The report of a site beside its page: only of the very audit that counts, in place, nothing else of the run folder."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
import sample_year

from auditor.history.entries import enter_result
from auditor.result import dump_result
from auditor.scorecard.annex import put_report


@pytest.fixture(scope="module")
def result():
    return sample_year.make_result(sample_year.SMALL, 0, 1, ())


@pytest.fixture
def run(tmp_path, result):
    run = tmp_path / "run"
    (run / "report-files" / "copies").mkdir(parents=True)
    (run / "result.json").write_bytes(dump_result(result))
    (run / "report.html").write_text("page", encoding="utf-8")
    (run / "report-files" / "copies" / "one.html").write_text("copy", encoding="utf-8")
    (run / "snapshot.wacz").write_text("archive", encoding="utf-8")
    (run / "report-files" / "secret").symlink_to(run / "snapshot.wacz")
    return run


def read_names(place):
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())


def test_the_report_stands_beside_the_page_and_nothing_else_of_the_run(tmp_path, run, result):
    audit = enter_result(result, folder=str(run)).summary
    for _ in range(2):
        assert put_report(audit, tmp_path / "site") == "report/report.html"
    assert read_names(tmp_path / "site") == ["report/report-files/copies/one.html", "report/report.html"]


def test_a_run_folder_that_holds_another_audit_is_not_linked_and_the_old_report_goes(tmp_path, run, result):
    put_report(enter_result(result, folder=str(run)).summary, tmp_path / "site")
    other = enter_result(replace(result, as_of=result.as_of.replace(day=2)), folder=str(run)).summary
    assert put_report(other, tmp_path / "site") == ""
    assert read_names(tmp_path / "site") == []


@pytest.mark.parametrize("folder", ["", "/no/such/folder"])
def test_without_its_run_folder_an_audit_has_no_report(tmp_path, result, folder):
    assert put_report(enter_result(result, folder=folder).summary, tmp_path / "site") == ""
    assert put_report(None, tmp_path / "site") == ""


def test_where_the_disk_cannot_link_files_are_copied(tmp_path, run, result, monkeypatch):
    def refuse(*_):
        raise OSError(18, "cross-device link")

    monkeypatch.setattr(os, "link", refuse)
    assert put_report(enter_result(result, folder=str(run)).summary, tmp_path / "site")
    assert read_names(tmp_path / "site") == ["report/report-files/copies/one.html", "report/report.html"]
