"""`audit --recheck` over HTTP: few pages are asked for, and what is said of each problem is right."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from ruamel.yaml import YAML

from auditor import pipeline
from auditor.cli.commands import run_arguments
from auditor.collect.access import Access
from auditor.demo.portal import PortalSpec, generate_portal
from auditor.demo.profile import write_profile
from auditor.demo.server import has_ipv6, serve_portal
from auditor.errors import InputError
from auditor.messages import load_messages
from auditor.model.attempts import AttemptReason, AttemptStatus
from auditor.model.outcomes import Outcome
from auditor.model.snapshots import Limits
from auditor.resources import find_resource
from auditor.result import dump_result, load_result
from auditor.snapshot import open_snapshot

DEFECTS = ("guide-undated", "column-missing-rules", "normative-not-interpreted", "mark-missing")
PAGES = 90
PARTS = ("site",)
CLAUSES = ("XH20-1.2a", "XH20-1.2b", "XH20-1.2d", "XH20-2.1c", "XH20-2.1l", "XH20-4.1h")
FIRST, SECOND = datetime(2021, 3, 31, 4, tzinfo=UTC), datetime(2021, 4, 20, 4, tzinfo=UTC)
UNDATED = "XH20-1.2d"

pytestmark = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


def audit(folder, name, now, *defects, port=0, **options):
    portal = generate_portal(PortalSpec(pages=PAGES, defects=defects, parts=PARTS))
    with serve_portal(portal, port) as served:
        access = Access(overrides=served.overrides, absent=served.absent, browser="never")
        settings = pipeline.Settings(
            now=lambda: now,
            as_of=FIRST.date(),
            out=folder / name,
            formats=("html", "markdown"),
            limits=Limits(rate=1000, concurrency=8, request_seconds=600),  # however long this process is kept waiting
            access=access,
            **options,
        )
        done = pipeline.audit_target(served.url, settings, load_messages("en"), lambda _: None)
    return done, served.port


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """An audit with three defects, and its re-check after all but one were mended."""
    folder = tmp_path_factory.mktemp("recheck")
    profile = folder / "portal.yaml"
    rules = write_standard(folder / "xh20.yaml")
    write_profile(generate_portal(PortalSpec(pages=PAGES, parts=PARTS)), profile, (rules,))
    before, port = audit(folder, "before", FIRST, *DEFECTS, profile=profile)
    (folder / "before" / "deadlines.json").write_text(
        json.dumps({one.fingerprint: "2021-04-15" for one in before.result.findings if one.outcome is Outcome.FAILED})
    )
    after, _ = audit(folder, "after", SECOND, "guide-undated", port=port, recheck=folder / "before", rulesets=(rules,))
    return folder, before, after


def write_standard(path):
    """Write a standard with a few clauses of a shipped one."""
    yaml = YAML()
    standard = yaml.load(find_resource("rulesets") / "standards" / "xh20.yaml")
    standard["clauses"] = [clause for clause in standard["clauses"] if clause["id"] in CLAUSES]
    yaml.dump(standard, path)
    return str(path)


def count_asked(run):
    with open_snapshot(run) as reader:
        return sum(visit.attempt.status is not AttemptStatus.SKIPPED for visit in reader.visits)


def test_only_what_is_needed_is_asked_for(runs):
    _, before, after = runs
    assert count_asked(before.run) > 130
    assert count_asked(after.run) < 90
    with open_snapshot(after.run) as reader:
        assert reader.snapshot.revisit
        skipped = [visit for visit in reader.visits if visit.attempt.status is AttemptStatus.SKIPPED]
        assert {(visit.attempt.reason, visit.attempt.detail) for visit in skipped} == {
            (AttemptReason.NOT_ASKED, "recheck")
        }
        assert not reader.observations.links  # nothing in question asks the network


def test_each_problem_gets_the_right_word_and_its_deadline(runs):
    _, before, after = runs
    said = {(row.clause, row.subject.key): (row.state, row.deadline) for row in after.result.recheck.rows}
    body = generate_portal(PortalSpec(pages=PAGES, parts=PARTS)).plan.bodies[1].name
    site = before.result.target.id
    assert said == {
        ("XH20-1.2a", site): ("mended", None),  # after the deadline: nobody can tell whether it was kept
        ("XH20-1.2b", body): ("untold", None),
        (UNDATED, body): ("not_mended", "missed"),
        ("XH20-2.1c", site): ("mended", None),
        ("XH20-4.1h", site): ("mended", None),  # by a sample of the pages seen before
    }


def test_the_result_holds_nothing_else(runs):
    _, before, after = runs
    asked = {(row.clause, row.subject.key) for row in after.result.recheck.rows}
    assert {(one.clause, one.subject.key) for one in after.result.findings} <= asked
    assert set(after.result.clauses) == {clause for clause, _ in asked}
    assert (after.result.recheck.earlier, after.result.recheck.on) == (FIRST.date(), SECOND.date())
    assert after.result.target == replace(before.result.target, hosts=after.result.target.hosts)
    assert load_result(after.run / "result.json") == after.result


def test_the_reports_say_it(runs):
    _, _, after = runs
    shown = (after.run / "summary.md").read_text(encoding="utf-8")
    assert "| Not mended | XH20\\-1.2d" in shown
    assert "15 April 2021 \\(missed\\)" in shown
    assert "Score" not in shown
    page = (after.run / "report.html").read_text(encoding="utf-8")
    assert 'id="recheck"' in page
    assert "This is a re-check" in page


def test_what_was_visited_for_a_recheck_judges_nothing_else(runs, tmp_path):
    folder, _, after = runs
    copy = tmp_path / "copy"
    shutil.copytree(after.run, copy)
    settings = pipeline.Settings(now=lambda: SECOND, as_of=FIRST.date(), profile=folder / "portal.yaml", formats=())
    with pytest.raises(InputError) as caught:
        pipeline.judge_run(copy, pipeline.plan_audit(settings), settings, load_messages("en"), fresh=False)
    assert caught.value.code == "run_of_recheck"
    again = replace(settings, recheck=folder / "before")
    judged = pipeline.judge_run(copy, pipeline.plan_audit(again), again, load_messages("en"), fresh=False)
    assert judged.result.recheck.rows == after.result.recheck.rows


def test_a_page_that_was_not_reached_is_no_verdict(runs, tmp_path):
    """The same re-check stopped by a limit: what was mended, but not seen, is not called mended, and never not mended."""
    folder, before, _ = runs
    port = int(before.result.target.seeds[0].rpartition(":")[2].strip("/"))
    portal = generate_portal(PortalSpec(pages=PAGES, parts=PARTS))
    with serve_portal(portal, port) as served:
        settings = pipeline.Settings(
            now=lambda: SECOND,
            as_of=FIRST.date(),
            out=tmp_path / "few",
            formats=(),
            limits=Limits(rate=1000, concurrency=1, max_pages=3),
            access=Access(overrides=served.overrides, browser="never"),
            recheck=folder / "before",
            rulesets=(str(folder / "xh20.yaml"),),
        )
        done = pipeline.audit_target(served.url, settings, load_messages("en"), lambda _: None)
    assert {row.state for row in done.result.recheck.rows} == {"not_seen"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["audit", "--recheck", "before", "--fail-on", "any"], "no gate"),
        (["audit", "--recheck", "before", "a", "b"], "one target"),
        (["audit", "--recheck", "nowhere"], "nowhere"),
        (["audit", "site", "--deadline", "2021-04-15"], "--recheck"),
        (["audit"], "TARGET"),
    ],
)
def test_wrong_usage_is_2(runs, monkeypatch, capsys, arguments, said):
    monkeypatch.chdir(runs[0])
    assert run_arguments([*arguments, "--quiet"], {"AUDITOR_LANG": "en"}) == 2
    assert said in capsys.readouterr().err


def test_a_result_without_problems_needs_no_recheck(runs, tmp_path, capsys):
    _, before, _ = runs
    clean = replace(
        before.result, findings=tuple(one for one in before.result.findings if one.outcome is Outcome.PASSED)
    )
    (tmp_path / "result.json").write_bytes(dump_result(clean))
    assert run_arguments(["audit", "--recheck", str(tmp_path / "result.json"), "--quiet"], {"AUDITOR_LANG": "en"}) == 2
    assert "nothing to re-check" in capsys.readouterr().err


def test_deadline_given_wins_over_the_letters(runs, capsys):
    folder, _, _ = runs
    arguments = ["recheck", str(folder / "before"), str(folder / "after"), "--deadline", "2021-05-01"]
    assert run_arguments(arguments, {"AUDITOR_LANG": "en"}) == 1
    assert f"(due {date(2021, 5, 1)}: kept)" in capsys.readouterr().out
