"""The gate in practice, by the shipped profile `release`: a clean folder 0, a defect 1 and named, the same defect in the
baseline 0, a blocked portal 3, one that was half seen 5. Each defect is tried on demand: `python -m tests.bench.gate`.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from firewall import serve_firewall
from junitparser import Failure, JUnitXml

from auditor.cli.commands import run_arguments
from auditor.demo.folder import write_folder
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import PortalSpec, generate_portal
from auditor.demo.profile import write_profile
from auditor.model.outcomes import Check, Outcome
from auditor.profile import load_profile
from auditor.result import load_result
from auditor.rules.load import load_rulebook

PARTS = ("site", "decisions", "interaction", "services", "catalogues")  # what the profile looks at
GATE = (
    "--profile",
    "release",
    "--fail-on",
    "any",
    "--min-judged",
    "0.8",
    "--quiet",
    "--format",
    "sarif,junit,markdown",
)
MARKS = "XH20-4.1h"


def audit_folder(folder, *defects):
    """Audit the sample portal as a static folder; return the exit code and the run folder."""
    write_folder(generate_portal(PortalSpec(pages=50, defects=defects, parts=PARTS)), folder / "site")
    arguments = ["audit", str(folder / "site"), *GATE, "--out", str(folder / "run")]
    return run_arguments(arguments, {"AUDITOR_LANG": "en"}), folder / "run"


def list_failures(run):
    """Return the clauses that fail, as SARIF, JUnit and Markdown name them."""
    log = json.loads((run / "result.sarif").read_text(encoding="utf-8"))
    sarif = {one["ruleId"] for one in log["runs"][0]["results"] if one["kind"] == "fail"}
    cases = (case for suite in JUnitXml.fromfile(str(run / "junit.xml")) for case in suite)
    junit = {case.classname for case in cases if any(isinstance(one, Failure) for one in case.result)}
    rows = (run / "summary.md").read_text(encoding="utf-8").replace("\\", "").splitlines()
    return sarif, junit, {row.split(" | ")[0].removeprefix("| ") for row in rows if row.startswith("| XH20-")}


@pytest.fixture(scope="module")
def broken(tmp_path_factory):
    return audit_folder(tmp_path_factory.mktemp("broken"), "mark-missing")


def test_the_clean_folder_passes_without_a_day_or_a_host(tmp_path):
    code, run = audit_folder(tmp_path)
    assert code == 0
    assert list_failures(run) == (set(), set(), set())


def test_a_defect_breaks_the_gate_and_is_named_everywhere(broken):
    code, run = broken
    assert code == 1
    assert list_failures(run) == ({MARKS}, {MARKS}, {MARKS})


def test_the_same_defect_in_the_baseline_is_forgiven(broken, tmp_path):
    _, run = broken
    arguments = ["evaluate", str(run), *GATE, "--baseline", str(run), "--out", str(tmp_path)]
    assert run_arguments(arguments, {"AUDITOR_LANG": "en"}) == 0
    sarif, junit, _ = list_failures(tmp_path)
    assert (sarif, junit) == ({MARKS}, set())
    log = json.loads((tmp_path / "result.sarif").read_text(encoding="utf-8"))
    assert {one["baselineState"] for one in log["runs"][0]["results"]} == {"unchanged"}


def test_what_was_half_seen_cannot_be_decided(tmp_path):
    code, run = audit_folder(tmp_path, "disclosure-section-challenged")
    assert code == 5
    assert list_failures(run) == (set(), set(), set())


def test_a_blocked_portal_is_3(tmp_path, capsys):
    with serve_firewall() as port:
        reached = ["--resolve", f"www.sample.test:{port}:127.0.0.1", "--browser", "never", "--rate", "0"]
        arguments = ["audit", f"http://www.sample.test:{port}/", *GATE, *reached, "--out", str(tmp_path / "run")]
        code = run_arguments(arguments, {"AUDITOR_LANG": "en"})
    assert code == 3
    assert "www.sample.test" in capsys.readouterr().err


def test_every_automatic_rule_is_judged_before_a_release_or_left_aside_for_a_reason():
    selection = load_profile(Path("release")).only
    automatic = {
        clause.rule
        for one in load_rulebook(("xh20", "bs20")).standards
        for clause in one.standard.clauses
        if clause.check is Check.AUTO and clause.rule is not None
    }
    aside = [rule for group in selection.aside for rule in group.rules]
    sorted_out = [*selection.rules, *aside]
    assert len(set(sorted_out)) == len(sorted_out)
    assert automatic - set(sorted_out) == set()
    assert set(aside) <= automatic
    assert all(group.why.zh and group.why.en for group in selection.aside)


def test_a_profile_like_the_release_knows_the_bodies_and_judges_all(tmp_path):
    portal = generate_portal(PortalSpec(pages=50, defects=("guide-undated",), parts=PART_NAMES))
    write_folder(portal, tmp_path / "site")
    write_profile(portal, tmp_path / "own.yaml")
    own = (tmp_path / "own.yaml").read_text(encoding="utf-8").replace("standards:\n- xh20\n", "like: release\n")
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    gate = ["--profile", str(tmp_path / "own.yaml"), "-r", "xh20", "-r", "bs20", *GATE[2:], "--min-judged", "1"]
    arguments = ["audit", str(tmp_path / "site"), *gate, "--out", str(tmp_path / "run")]
    assert run_arguments(arguments, {"AUDITOR_LANG": "en"}) == 1
    assert list_failures(tmp_path / "run")[0] == {"XH20-1.2d", "BS20-5d"}
    result = load_result(tmp_path / "run" / "result.json")
    assert {one.outcome for one in result.findings} == {Outcome.PASSED, Outcome.FAILED}
    assert len({one.subject.key for one in result.findings if one.clause == "BS20-5d"}) > 1
