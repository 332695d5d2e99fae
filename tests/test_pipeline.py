"""The stages strung together: replay gives the same result, the result fits its schema, a run survives an interruption."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
from firewall import serve_firewall

from auditor import pipeline
from auditor.cli import console
from auditor.cli.commands import run_command
from auditor.collect.access import Access
from auditor.demo.portal import generate_portal
from auditor.demo.profile import write_profile
from auditor.demo.server import serve_portal
from auditor.demo.spec import PortalSpec
from auditor.errors import ArchiveError, RulesetError
from auditor.facts import read_facts, write_facts
from auditor.messages import load_messages
from auditor.model.results import ToolFault
from auditor.model.snapshots import Limits
from auditor.resources import find_resource

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 24, 20, 0, tzinfo=UTC)
AS_OF = date(2026, 11, 22)
ENGLISH = load_messages("en")


@pytest.fixture(scope="module")
def audited(tmp_path_factory):
    """The run folder of one audit of the sample portal, with its settings."""
    folder = tmp_path_factory.mktemp("audited")
    portal = generate_portal(PortalSpec(seed=3, pages=60, layout="tabs", defects=("guide-stale",)))
    write_profile(portal, folder / "portal.yaml")
    with serve_portal(portal) as served:
        settings = pipeline.Settings(
            now=lambda: NOW,
            as_of=AS_OF,
            rulesets=("xh20",),
            profile=folder / "portal.yaml",
            out=folder / "run",
            limits=Limits(rate=10_000.0),
            access=Access(overrides=served.overrides, browser="never"),
        )
        audit = pipeline.audit_target(served.url, settings, ENGLISH, lambda _: None)
    return audit, replace(settings, out=None)


@pytest.fixture
def run(audited, tmp_path):
    """A copy of the audited run folder."""
    return Path(shutil.copytree(audited[0].run, tmp_path / "run"))


def hash_all(contents):
    """Return digests, so that a difference is told in a line and not by a comparison of megabytes."""
    return [hashlib.sha256(content).hexdigest() for content in contents]


def judge(run, settings, *, fresh=False):
    pipeline.judge_run(run, pipeline.plan_audit(settings), settings, ENGLISH, fresh=fresh)
    return (run / "result.json").read_bytes(), (run / "report.html").read_bytes()


def test_result_fits_the_shipped_schema(audited):
    schema = json.loads((find_resource("reports") / "schema" / "result.schema.json").read_text(encoding="utf-8"))
    result = json.loads((audited[0].run / "result.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(result, schema)


def test_a_spoilt_result_does_not_fit_the_schema(audited):
    schema = json.loads((find_resource("reports") / "schema" / "result.schema.json").read_text(encoding="utf-8"))
    result = json.loads((audited[0].run / "result.json").read_text(encoding="utf-8"))
    result["findings"][0]["outcome"] = "fine"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(result, schema)


def test_judging_twice_gives_the_same_bytes(audited, run):
    before, after = judge(run, audited[1]), judge(run, replace(audited[1], now=lambda: LATER))
    assert hash_all(before) == hash_all(after)


def test_extracting_again_gives_the_same_bytes(audited, run):
    stored = (run / "facts.jsonl").read_bytes()
    before = judge(run, audited[1])
    assert hash_all(judge(run, audited[1], fresh=True)) == hash_all(before)
    assert (run / "facts.jsonl").read_bytes() == stored


def test_facts_in_another_order_give_the_same_findings(audited, run):
    before = judge(run, audited[1])
    head, *lines = (run / "facts.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    random.Random(7).shuffle(lines)
    (run / "facts.jsonl").write_text(head + "".join(lines), encoding="utf-8")
    assert hash_all(judge(run, audited[1])) == hash_all(before)


@pytest.mark.parametrize("keep", [0, 1, 30])
def test_cut_facts_are_never_judged_as_whole(audited, run, keep):
    lines = (run / "facts.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    (run / "facts.jsonl").write_text("".join(lines[:keep]), encoding="utf-8")
    with pytest.raises(ArchiveError) as error:
        judge(run, audited[1])
    assert error.value.code == "facts_damaged"


def test_facts_of_another_version_are_refused(audited, run):
    lines = (run / "facts.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    head = json.loads(lines[0]) | {"version": 99}
    (run / "facts.jsonl").write_text(json.dumps(head) + "\n" + "".join(lines[1:]), encoding="utf-8")
    with pytest.raises(ArchiveError) as error:
        judge(run, audited[1])
    assert error.value.code == "facts_version"


def test_faults_of_extraction_are_not_forgotten(audited, run, capsys):
    facts, _ = read_facts(run / "facts.jsonl")
    write_facts(run / "facts.jsonl", facts, [ToolFault("extract", "pages", "ValueError")])
    code = run_command(["evaluate", str(run), "-r", "xh20", "--profile", str(audited[1].profile)], ENGLISH)
    assert code == 4
    assert "ValueError" in capsys.readouterr().err


def test_archive_alone_gives_the_same_findings(audited, tmp_path):
    settings = replace(audited[1], out=tmp_path / "other")
    other = pipeline.audit_target(str(audited[0].run / "snapshot.wacz"), settings, ENGLISH, lambda _: None)
    assert other.result.findings == audited[0].result.findings


def test_evidence_and_every_clause_are_there(audited):
    result = audited[0].result
    assert {finding.clause for finding in result.findings} == set(result.clauses)
    assert all(finding.evidence for finding in result.findings)
    assert len({finding.id for finding in result.findings}) == len(result.findings)


def test_fingerprints_stay_when_port_and_day_change(audited, tmp_path):
    portal = generate_portal(PortalSpec(seed=3, pages=60, layout="tabs", defects=("guide-stale",)))
    with serve_portal(portal) as served:
        settings = replace(
            audited[1],
            now=lambda: LATER,
            as_of=LATER.date(),
            out=tmp_path / "run",
            access=Access(overrides=served.overrides, browser="never"),
        )
        other = pipeline.audit_target(served.url, settings, ENGLISH, lambda _: None)
    first = {finding.id: finding.fingerprint for finding in audited[0].result.findings}
    assert {finding.id: finding.fingerprint for finding in other.result.findings} == first


def test_report_of_a_stored_result_in_the_other_language(audited, run):
    result = (run / "result.json").read_bytes()
    pipeline.report_run(run, audited[1], load_messages("zh"))
    assert (run / "result.json").read_bytes() == result
    assert re.search(r'<html[^>]* lang="zh', (run / "report.html").read_text(encoding="utf-8"))


def test_answers_and_waivers_are_laid_over(audited, run, tmp_path):
    stale = next(row for row in audited[0].result.findings if row.reason == "too_old")
    (tmp_path / "answers.yaml").write_text(
        "- {clause: XH20-1.3d, verdict: done, evidence: [record], by: Wang, on: 2026-11-01}\n", encoding="utf-8"
    )
    (tmp_path / "waivers.yaml").write_text(
        f"- {{fingerprint: '{stale.fingerprint}', reason: in revision, approver: Li, expires: 2026-12-31}}\n",
        encoding="utf-8",
    )
    settings = replace(
        audited[1], attestations=tmp_path / "answers.yaml", waivers=tmp_path / "waivers.yaml", formats=()
    )
    result = pipeline.judge_run(run, pipeline.plan_audit(settings), settings, ENGLISH, fresh=False).result
    by_id = {row.id: row for row in result.findings}
    assert by_id[stale.id].outcome == "failed"
    assert by_id[stale.id].decision.source == "waiver"
    assert result.score.after_explanations > result.score.value
    assert next(row for row in result.findings if row.clause == "XH20-1.3d").outcome == "passed"


def test_firewall_everywhere_is_3_and_says_so(capsys, tmp_path):
    with serve_firewall() as port:
        resolve = f"www.sample.test:{port}:127.0.0.1"
        arguments = ["audit", f"http://www.sample.test:{port}/", "--resolve", resolve, "--browser", "never", "--quiet"]
        code = run_command([*arguments, "-r", "xh20", "--out", str(tmp_path / "run")], ENGLISH)
    said = capsys.readouterr().err
    assert code == 3
    assert "blocks this tool" in said
    assert not (tmp_path / "run" / "result.json").exists()


def test_truncated_archive_is_2(audited, capsys, tmp_path):
    whole = (audited[0].run / "snapshot.wacz").read_bytes()
    (tmp_path / "cut.wacz").write_bytes(whole[: len(whole) * 2 // 3])
    code = run_command(["audit", str(tmp_path / "cut.wacz"), "-r", "xh20", "--out", str(tmp_path / "run")], ENGLISH)
    assert code == 2
    assert "cut.wacz" in capsys.readouterr().err


def test_interrupted_crawl_is_130_and_resumes_to_the_same_verdicts(audited, capsys, tmp_path, monkeypatch):
    portal = generate_portal(PortalSpec(seed=3, pages=60, layout="tabs", defects=("guide-stale",)))
    write_profile(portal, tmp_path / "portal.yaml")
    fetched = []

    @contextmanager
    def interrupt_after_twenty(_messages, _pacing, *, quiet):
        def report_progress(progress):
            fetched.append(progress)
            if quiet and progress.phase == "crawl" and progress.done >= 20:
                raise KeyboardInterrupt

        yield report_progress

    with serve_portal(portal) as served:
        arguments = [
            "audit",
            served.url,
            "-r",
            "xh20",
            "--profile",
            str(tmp_path / "portal.yaml"),
            "--browser",
            "never",
        ]
        arguments += ["--rate", "1000", "--as-of", AS_OF.isoformat(), "--out", str(tmp_path / "run")]
        for (host, port), addresses in served.overrides.items():
            for address in addresses:
                arguments += ["--resolve", f"{host}:{port}:{address}"]
        with monkeypatch.context() as patch:
            patch.setattr(console, "show_progress", interrupt_after_twenty)
            assert run_command([*arguments, "--quiet"], ENGLISH) == 130
        assert "--resume" in capsys.readouterr().err
        assert run_command([*arguments, "--quiet", "--resume"], ENGLISH) == 0
    result = json.loads((tmp_path / "run" / "result.json").read_text(encoding="utf-8"))
    assert {row["id"]: row["outcome"] for row in result["findings"]} == {
        row.id: row.outcome.value for row in audited[0].result.findings
    }
    assert fetched


@pytest.mark.parametrize(("vetoes", "problem"), [("[XH20-4.1c]", None), ("[XH20-9.9z]", "unknown_scored_clause")])
def test_scoring_may_name_only_clauses_of_its_standards(tmp_path, vetoes, problem):
    path = tmp_path / "profile.yaml"
    path.write_text(f"standards: [xh20]\nscoring: {{model: deduction, vetoes: {vetoes}}}\n", encoding="utf-8")
    settings = pipeline.Settings(now=lambda: NOW, profile=path)
    if problem is None:
        assert pipeline.plan_audit(settings).profile.scoring.vetoes == ("XH20-4.1c",)
        return
    with pytest.raises(RulesetError) as raised:
        pipeline.plan_audit(settings)
    assert [one.code for one in raised.value.problems] == [problem]
