"""Deleting a run: only a run folder, only what is ours, never through a link, and never unasked."""

import pytest

from auditor.cli.commands import run_arguments
from auditor.errors import InputError
from auditor.runfolder.disposal import forget_run, list_disposable

OURS = ("snapshot.wacz", "text.db", "facts.jsonl", "result.json", "report.html", "run.log", "facts.jsonl.part")


@pytest.fixture
def run(tmp_path):
    folder = tmp_path / "run"
    (folder / "earlier" / "001").mkdir(parents=True)
    (folder / "earlier" / "001" / "result.json").write_text("{}")
    (folder / "report-files" / "pictures").mkdir(parents=True)
    (folder / "report-files" / "pictures" / "1.png").write_text("x")
    for name in OURS:
        (folder / name).write_text("x")
    return folder


def test_everything_of_the_run_goes_and_the_empty_folder_too(run):
    assert {path.name for path in list_disposable(run)} == {*OURS, "earlier", "report-files"}
    assert forget_run(run) == ()
    assert not run.exists()


def test_what_is_not_ours_stays(run):
    (run / "notes.txt").write_text("mine")
    assert [path.name for path in forget_run(run)] == ["notes.txt"]
    assert [path.name for path in run.iterdir()] == ["notes.txt"]


def test_a_link_is_removed_and_not_what_it_leads_to(run, tmp_path):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "a.txt").write_text("mine")
    (run / "collecting").symlink_to(kept)
    forget_run(run)
    assert (kept / "a.txt").read_text() == "mine"


def test_a_folder_that_is_no_run_is_left_alone(tmp_path):
    (tmp_path / "report.html").write_text("mine")
    with pytest.raises(InputError, match="forget_no_run"):
        forget_run(tmp_path)
    assert (tmp_path / "report.html").exists()


def test_a_link_to_a_run_is_refused(run, tmp_path):
    (tmp_path / "link").symlink_to(run)
    with pytest.raises(InputError, match="forget_no_run"):
        forget_run(tmp_path / "link")
    assert (run / "text.db").exists()


def test_the_command_deletes_only_when_told_so(run, monkeypatch):
    monkeypatch.setattr("sys.stdin", open("/dev/null", encoding="utf-8"))  # noqa: SIM115, PTH123 - nobody answers
    assert run_arguments(["forget", str(run)], {}) != 0
    assert (run / "snapshot.wacz").exists()
    assert run_arguments(["forget", str(run), "--yes"], {}) == 0
    assert not run.exists()
