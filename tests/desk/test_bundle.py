"""Evidence bundles: everything in one ZIP, the records byte for byte, accepted by public tools."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import desk_run
import desk_sample as desk
import pytest

from auditor.cli.commands import run_arguments
from auditor.desk.bundle import MOST_RECORDS, cut_evidence, describe_findings
from auditor.desk.documents import read_result
from auditor.model.outcomes import Outcome
from auditor.report.rows import is_problem, list_rows
from auditor.snapshot import open_snapshot

WACZ = "from wacz.main import main; raise SystemExit(main())"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return desk_run.make_run(tmp_path_factory.mktemp("golden") / "run")


def call(*arguments):
    return run_arguments(list(map(str, arguments)), {"AUDITOR_LANG": "zh"})


def make_bundle(run, path, *arguments):
    assert call("bundle", run, "--out", path, *arguments) == 0
    with zipfile.ZipFile(path) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


@pytest.fixture(scope="module")
def files(run, tmp_path_factory):
    return make_bundle(run, tmp_path_factory.mktemp("bundle") / "all.zip")


def find_failed(run):
    return next(
        one for one in read_result(run).findings if one.outcome is Outcome.FAILED and one.subject.kind == "unit"
    )


def test_bundle_holds_words_data_texts_records_and_hashes(run, files):
    result = read_result(run)
    problems = [row for row in list_rows(result, desk.make_wording()) if is_problem(row)]
    assert problems
    assert {one["fingerprint"] for one in json.loads(files["findings.json"])} == {
        row.finding.fingerprint for row in problems
    }
    texts = json.loads(files["clauses.json"])
    assert set(texts["clauses"]) == {row.finding.clause for row in problems}
    assert texts["rules"]
    assert texts["rulesets"]["xh20"]["sha256"] == result.rulesets["xh20"].sha256
    for row in problems:
        assert row.finding.fingerprint in files["findings.txt"].decode()
    sheet = desk.read_book(files["objections.xlsx"]).worksheets[0]
    assert sheet.max_row == len(problems) + 1


def test_hashes_are_those_of_the_files(files):
    lines = dict(reversed(line.split("  ")) for line in files["SHA256SUMS"].decode().splitlines())
    assert set(lines) == set(files) - {"SHA256SUMS"}
    assert {name: hashlib.sha256(files[name]).hexdigest() for name in lines} == lines


def test_cut_archive_is_valid_for_the_public_validator(files, tmp_path):
    path = tmp_path / "evidence.wacz"
    path.write_bytes(files["evidence.wacz"])
    check = subprocess.run(
        [sys.executable, "-c", WACZ, "validate", "-f", str(path)], capture_output=True, text=True, check=False
    )
    assert check.returncode == 0, check.stdout + check.stderr
    assert "Validation succeeded" in check.stdout


def test_cut_records_are_those_of_the_archive_byte_for_byte(run, files, tmp_path):
    path = tmp_path / "evidence.wacz"
    path.write_bytes(files["evidence.wacz"])
    rows = json.loads(files["records.json"])
    assert rows
    with open_snapshot(run) as whole, open_snapshot(path) as cut:
        for row in rows:
            assert cut.cut_record(row["record"]).raw == whole.cut_record(row["record"]).raw
            assert cut.read_record(row["record"]) == whole.read_record(row["record"])
    (inner,) = [
        one for one in zipfile.ZipFile(io.BytesIO(files["evidence.wacz"])).namelist() if one.endswith(".warc.gz")
    ]
    assert inner


def test_every_record_that_a_finding_names_is_in_its_bundle(run, tmp_path):
    finding = find_failed(run)
    made = make_bundle(run, tmp_path / "one.zip", "--finding", finding.fingerprint)
    assert [one["id"] for one in json.loads(made["findings.json"])] == [finding.id]
    kept = {row["record"] for row in json.loads(made["records.json"])}
    named = {item.record for item in finding.evidence if item.type == "record" and item.record}
    assert named <= kept
    shots = {item.screenshot for item in finding.evidence if item.type == "record" and item.screenshot}
    assert len([name for name in made if name.startswith("screenshots/")]) >= len(shots)


def test_bundle_of_a_unit_and_of_a_clause(run, tmp_path):
    finding = find_failed(run)
    unit = json.loads(make_bundle(run, tmp_path / "u.zip", "--unit", finding.subject.name)["findings.json"])
    assert {one["subject"]["name"] for one in unit} == {finding.subject.name}
    clause = json.loads(make_bundle(run, tmp_path / "c.zip", "--finding", finding.clause)["findings.json"])
    assert {one["clause"] for one in clause} == {finding.clause}


def test_the_same_bundle_twice_is_the_same_bytes(run, tmp_path):
    for name in ("a.zip", "b.zip"):
        make_bundle(run, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("arguments", [("--finding", "nothing"), ("--unit", "火星局")])
def test_what_is_not_in_the_result_is_2(run, tmp_path, arguments):
    assert call("bundle", run, "--out", tmp_path / "x.zip", *arguments) == 2
    assert not (tmp_path / "x.zip").exists()


def test_run_without_archive_is_2(run, tmp_path, capsys):
    (tmp_path / "result.json").write_bytes((run / "result.json").read_bytes())
    assert call("bundle", tmp_path) == 2
    assert "没有快照" in capsys.readouterr().err


def test_too_many_records_are_left_out_and_counted(run, monkeypatch):
    monkeypatch.setattr("auditor.desk.bundle.MOST_RECORDS", 3)
    assert MOST_RECORDS > 3
    result = read_result(run)
    rows = [row for row in list_rows(result, desk.make_wording()) if is_problem(row)]
    with open_snapshot(run) as reader:
        cut = cut_evidence([row.finding for row in rows], reader)
    assert len(cut.records) <= 3
    assert cut.left_out > 0
    assert str(cut.left_out) in describe_findings(result, desk.make_wording("en"), rows, cut)
