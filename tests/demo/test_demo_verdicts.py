"""The whole way from the served portal to the machine's verdicts, held against the manifest: nothing else may turn."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from demo_sight import LAYOUTS, make_portal

from auditor.collect.access import Access
from auditor.collect.crawl import collect_site
from auditor.collect.folder import collect_folder
from auditor.demo.defects import load_defects
from auditor.demo.folder import write_folder
from auditor.demo.manifest import CLAUSES, Verdict, expected_verdicts
from auditor.demo.server import has_ipv6, serve_portal
from auditor.evaluate import Context, evaluate_rulebook
from auditor.extract.extraction import extract_facts
from auditor.model.snapshots import Limits
from auditor.rules.load import load_rulebook
from auditor.snapshot import open_snapshot
from auditor.words.vocabulary import load_vocabulary

PAGES = 60
NOW = datetime(2021, 3, 31, 4, tzinfo=UTC)
EACH = [(defect.id, layout) for defect in load_defects() if defect.part is None for layout in LAYOUTS]
# what a folder can say too
IN_FOLDERS = ("column-dead", "column-moved-home", "column-blank", "guide-missing", "disclosure-section-challenged")

pytestmark = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


@pytest.fixture(scope="module")
def rulebook():
    return load_rulebook(("xh20",))


def judge_run(run, portal, rulebook):
    extraction = extract_facts(open_snapshot(run), load_vocabulary())
    assert extraction.faults == ()
    context = Context(site=portal.host, site_name=portal.host, as_of=NOW.date(), flags={})
    evaluation = evaluate_rulebook(extraction.facts, rulebook, context)
    assert evaluation.faults == ()
    served = [finding for finding in evaluation.findings if finding.clause in CLAUSES]
    found = {(f.clause, f.subject.key): Verdict(f.outcome, f.degree, f.reason) for f in served}
    assert len(found) == len(served)
    return found


def audit_served(portal, rulebook, folder):
    with serve_portal(portal) as served:
        access = Access(overrides=served.overrides, absent=served.absent, browser="never")
        run = collect_site(
            served.target,
            Limits(rate=1000, concurrency=8, request_seconds=600),
            access,
            folder / "run",
            vocabulary=load_vocabulary(),
            on_progress=lambda _: None,
            clock=lambda: NOW,
        )
    return judge_run(run, portal, rulebook)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("pages", [50, 130])
def test_the_clean_portal_is_judged_as_the_manifest_says(layout, pages, rulebook, tmp_path):
    portal = make_portal(layout, pages=pages)
    assert audit_served(portal, rulebook, tmp_path) == expected_verdicts(portal.spec)


@pytest.mark.parametrize(("defect", "layout"), EACH)
def test_each_defect_turns_what_the_manifest_says(defect, layout, rulebook, tmp_path):
    portal = make_portal(layout, PAGES, defects=(defect,))
    assert audit_served(portal, rulebook, tmp_path) == expected_verdicts(portal.spec)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_many_defects_at_once_are_judged_as_the_manifest_says(layout, rulebook, tmp_path):
    defects = ("column-missing-annual", "guide-undated", "guide-stale", "guide-image-only", "guide-missing")
    defects += (
        "normative-not-interpreted",
        "report-not-interpreted",
        "interpretation-form-ambiguous",
        "ipv6-links-broken",
    )
    portal = make_portal(layout, PAGES, defects=defects)
    assert audit_served(portal, rulebook, tmp_path) == expected_verdicts(portal.spec)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("defects", [(), *((name,) for name in IN_FOLDERS)], ids=str)
def test_a_folder_is_judged_as_the_manifest_says(layout, defects, rulebook, tmp_path):
    portal = make_portal(layout, PAGES, defects=defects)
    write_folder(portal, tmp_path / "site")
    run = collect_folder(tmp_path / "site", portal.make_target(), tmp_path / "run", lambda: NOW)
    assert judge_run(run, portal, rulebook) == expected_verdicts(portal.spec, observed=False)
