"""SARIF, JUnit, CSV and Markdown: read back by public readers, harmless whatever a site says, told apart by a baseline."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import report_sample as sample
import xunitparserx
from markdown_it import MarkdownIt
from sarif import loader

from auditor.gate.baseline import read_baseline
from auditor.messages import load_messages
from auditor.model.evidence import RecordEvidence
from auditor.model.findings import Subject
from auditor.model.outcomes import Outcome
from auditor.model.results import Rechecked, RecheckRow, ToolFault
from auditor.outputs.reports import REPORT_FILES, render_report
from auditor.report.table import COLUMNS, escape_formula

HOSTILE = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "-2+3",
    "\u202eevil\u202c \u200b",
    "]]></failure><testcase name='x'/>",
    "a\x00b\x01c\ud800d\uffff",
    "| a | b |\n|---|---|\n![x](http://evil.example/x.png) @everyone #1",
    "'\"&amp;<b>",
    "=\t=1+1",
    "甲" * 200_000,
]


def render(name, result, language="zh", baseline=None):
    return render_report(name, result, load_messages(language), baseline)


def make_hostile():
    """Return a result in which every failure speaks hostile words, under a hostile address."""
    result = sample.make_result()
    failed = [finding for finding in result.findings if finding.outcome is Outcome.FAILED]
    findings = [
        replace(
            failed[number % len(failed)],
            id=f"h{number}",
            fingerprint=f"f{number:020}",
            decision=None,
            subject=Subject("unit", text, text),
            evidence=(RecordEvidence(f"http://{sample.HOST}/{text}", None, text, text, None),),
        )
        for number, text in enumerate(HOSTILE)
    ]
    return sample.make_result(findings=findings, target=sample.make_target(name=HOSTILE[8]))


@pytest.fixture(scope="module")
def hostile():
    return make_hostile()


@pytest.fixture(params=["ordinary", "hostile"])
def result(request, hostile):
    return sample.make_result() if request.param == "ordinary" else hostile


# ---- SARIF ---------------------------------------------------------------------------------------


def test_sarif_has_a_rule_for_every_clause_and_a_result_for_every_finding(result):
    log = json.loads(render("sarif", result))
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == list(result.clauses)
    assert len(run["results"]) == len(result.findings)
    for shown, finding in zip(run["results"], result.findings, strict=True):
        assert run["tool"]["driver"]["rules"][shown["ruleIndex"]]["id"] == shown["ruleId"] == finding.clause
        assert shown["partialFingerprints"] == {"auditor/v1": finding.fingerprint}
        assert (shown["kind"] == "fail") is (finding.outcome is Outcome.FAILED)
        assert (shown["level"] == "none") is (finding.outcome is not Outcome.FAILED)
        assert len(shown["locations"]) == 1


def test_sarif_is_read_by_a_public_reader(result, tmp_path):
    path = tmp_path / "result.sarif"
    path.write_bytes(render("sarif", result))
    records = loader.load_sarif_file(str(path)).get_records()
    assert {record["Code"] for record in records} <= set(result.clauses)
    assert len(records) == len(result.findings)


def test_sarif_is_valid_for_the_official_validator(result, tmp_path):
    tool = os.environ.get("AUDITOR_SARIF_VALIDATOR") or shutil.which("Sarif.Multitool")
    if not tool:
        pytest.skip("AUDITOR_SARIF_VALIDATOR does not name the SARIF Multitool")
    path = tmp_path / "result.sarif"
    path.write_bytes(render("sarif", result))
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    found = subprocess.run(  # the tool's own words tell what is wrong
        [tool, "validate", str(path)], capture_output=True, text=True, env=environment, check=False, timeout=120
    )
    assert "Analysis completed successfully" in found.stdout
    assert ": error" not in found.stdout, found.stdout[-2000:]


def test_sarif_of_a_folder_names_its_files():
    result = sample.make_result()
    result = replace(result, snapshot=replace(result.snapshot, origin="folder"))
    places = [
        shown["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for shown in json.loads(render("sarif", result))["runs"][0]["results"]
    ]
    assert "index.html" in places
    assert not any(place.startswith(("http", "/")) for place in places)


def test_sarif_says_what_a_waiver_explains():
    shown = json.loads(render("sarif", sample.make_result()))["runs"][0]["results"]
    explained = [one for one in shown if "suppressions" in one]
    assert [one["ruleId"] for one in explained] == ["XH20-2.1b"]
    assert explained[0]["suppressions"][0]["justification"]


# ---- JUnit ---------------------------------------------------------------------------------------


def read_cases(content):
    suite, _ = xunitparserx.parse(io.BytesIO(content))
    return list(suite)


def test_junit_is_read_by_a_public_reader(result):
    cases = read_cases(render("junit", result))
    assert len(cases) == len(result.findings)
    failed = [finding for finding in result.findings if finding.outcome is Outcome.FAILED]
    waived = [finding for finding in failed if finding.decision is not None and finding.decision.source == "waiver"]
    assert sum(case.failed for case in cases) == len(failed) - len(waived)
    assert sum(case.success for case in cases) == sum(one.outcome is Outcome.PASSED for one in result.findings)
    assert {case.classname for case in cases} == {finding.clause for finding in result.findings}
    assert not any(case.errored for case in cases)


# ---- CSV -----------------------------------------------------------------------------------------


def test_csv_has_a_line_for_every_finding_and_no_formula(result):
    text = render("csv", result).decode("utf-8-sig")
    head, *lines = list(csv.reader(io.StringIO(text)))
    assert len(head) == len(COLUMNS)
    assert len(lines) == len(result.findings)
    assert {len(line) for line in lines} == {len(COLUMNS)}
    for cell in (cell for line in lines for cell in line):
        assert not cell.lstrip().startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["=1", " =1", "\t=1", "+1", "-1", "@a", "＝1"])
def test_formula_becomes_text(text):
    assert escape_formula(text) == f"'{text}"


def test_ordinary_text_stays():
    assert escape_formula("一(二)") == "一(二)"


# ---- Markdown ------------------------------------------------------------------------------------


def test_markdown_shows_text_of_a_site_as_text(result):
    page = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = page.parse(render("markdown", result).decode())
    kinds = {token.type for token in tokens} | {
        child.type for token in tokens if token.children for child in token.children
    }
    assert not kinds & {"html_block", "html_inline", "image", "em_open", "code_inline"}
    links = [child for token in tokens for child in token.children or () if child.type == "link_open"]
    assert links
    assert all(urlsplit(link.attrs["href"]).hostname == sample.HOST and link.info == "auto" for link in links)
    assert "table_open" in kinds


def test_markdown_names_every_failure():
    result = sample.make_result()
    text = render("markdown", result).decode().replace("\\", "")
    for finding in result.findings:
        waived = finding.decision is not None and finding.decision.source == "waiver"
        if finding.outcome is Outcome.FAILED and not waived:
            assert finding.clause in text


# ---- baseline ------------------------------------------------------------------------------------


def test_baseline_tells_old_failures_from_new_ones():
    result = sample.make_result()
    failed = [one for one in result.findings if one.outcome is Outcome.FAILED and one.decision is None]
    fresh = failed[0]
    earlier = replace(
        result,
        findings=tuple(
            replace(one, outcome=Outcome.PASSED, reason=None, fingerprint="f" * 20) if one is fresh else one
            for one in result.findings
        ),
    )
    baseline = read_baseline(earlier)
    assert [one.id for one in failed if not baseline.forgives(one)] == [fresh.id]
    shown = json.loads(render("sarif", result, baseline=baseline))["runs"][0]["results"]
    states = {one["properties"]["id"]: one["baselineState"] for one in shown}
    assert states[fresh.id] == "updated"
    assert {state for name, state in states.items() if name != fresh.id} == {"unchanged"}
    cases = read_cases(render("junit", result, baseline=baseline))
    assert [case.classname for case in cases if case.failed] == [fresh.clause]
    text = render("markdown", result, "en", baseline).decode()
    new, _, known = text.partition("### Failed in the baseline already")
    assert fresh.clause in new.replace("\\", "")
    assert known


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_command_line_can_name_each_report(language):
    messages = load_messages(language)
    assert all(messages.has(f"cli.report_{name}") for name in REPORT_FILES)


@pytest.mark.parametrize("name", REPORT_FILES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_format_is_the_same_twice(name, language):
    result = sample.make_result()
    assert render(name, result, language) == render(name, result, language)


def test_nothing_hostile_reaches_a_format(hostile, tmp_path):
    for name in ("sarif", "junit", "csv", "markdown"):
        content = render(name, hostile).decode("utf-8")
        (tmp_path / Path(name)).write_text(content, "utf-8")
        for sign in ("\x00", "\x01", "\u202e", "\u200b", "\uffff"):
            assert sign not in content
        assert len(content) < 2_000_000


def make_recheck(text):
    """Return a re-check that says hostile words of the site, of every subject, of the reasons and of the tool itself."""
    result = sample.make_result(target=sample.make_target(name=text), faults=(ToolFault("extract", text, text),))
    findings = [one for one in result.findings if one.outcome is Outcome.FAILED]
    rows = tuple(
        RecheckRow(
            clause=one.clause,
            subject=Subject("unit", text, text),
            fingerprint=one.fingerprint,
            before=one.outcome,
            reason=text,
            state=state,
            now=text,
            due=date(2026, 12, 1),
            deadline="missed",
        )
        for one in findings
        for state in ("mended", "not_mended", "not_seen", "untold")
    )
    return replace(result, recheck=Rechecked(date(2026, 1, 1), date(2026, 2, 1), rows))


@pytest.mark.parametrize("text", [*(one.replace("\ud800", "") for one in HOSTILE), "甲" * 1_000_000])
def test_a_recheck_of_hostile_words_is_harmless_in_every_format(text):
    result = make_recheck(text)
    baseline = read_baseline(result)
    markdown = render("markdown", result, baseline=baseline).decode()
    for name in ("sarif", "junit", "csv"):
        assert_harmless(render(name, result, baseline=baseline).decode())
    assert_harmless(markdown)
    assert_harmless(render("markdown", replace(result, recheck=None), baseline=baseline).decode())
    assert json.loads(render("json", result))["recheck"]["rows"][0]["reason"] == text
    assert read_cases(render("junit", result))[-1].errored
    assert not re.search(r"(?<!\\)<|(?<!\\)!\[|(?<!\\)@", markdown)


def assert_harmless(content):
    assert not re.search("[\x00-\x08\x0b-\x1f\u200b\u202a-\u202e\uffff]", content.replace("\r\n", "\n"))
    assert len(content) < 500_000
