"""The sample portal with all its parts, judged under both standards: from a folder of its pages, without the network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from auditor.collect.access import Access
from auditor.collect.crawl import collect_site
from auditor.collect.folder import collect_folder
from auditor.demo.folder import write_folder
from auditor.demo.manifest import Key, Verdict
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import Portal, PortalSpec, generate_portal
from auditor.demo.server import serve_portal
from auditor.evaluate import Context, evaluate_rulebook
from auditor.extract.extraction import extract_facts
from auditor.model.snapshots import Limits
from auditor.rules.load import Rulebook, load_rulebook
from auditor.rules.schema import Check, Clause
from auditor.snapshot import open_snapshot
from auditor.words.vocabulary import load_vocabulary

NOW = datetime(2021, 3, 31, 4, tzinfo=UTC)
STANDARDS = ("xh20", "bs20")
PAGES = 60
# what a folder of pages cannot say: answers that are no pages, the other address family
SERVED = frozenset({"column-reset", "column-redirected-home", "column-address-renamed", "policy-list-cut"})
SERVED |= {"disclosure-section-blocked", "disclosure-section-error"}
SERVED |= {"ipv6-no-address", "ipv6-unreachable", "ipv6-other-content", "ipv6-links-broken"}


@cache
def load_both() -> Rulebook:
    return load_rulebook(STANDARDS)


@cache
def list_automatic() -> Mapping[str, Clause]:
    """Return the clauses that the machine decides, by id."""
    clauses = (clause for one in load_both().standards for clause in one.standard.clauses)
    return {one.id: one for one in clauses if one.check is Check.AUTO and one.status == "written" and one.rule}


def make_whole(layout: str, defects: Sequence[str] = ()) -> Portal:
    return generate_portal(PortalSpec(layout=layout, pages=PAGES, parts=PART_NAMES, defects=tuple(defects)))


def judge_whole(portal: Portal, folder: Path) -> Mapping[Key, Verdict]:
    """Return the machine's verdicts of the automatic clauses."""
    write_folder(portal, folder / "site")
    run = collect_folder(folder / "site", portal.make_target(), folder / "run", lambda: NOW)
    return judge_run(run, portal)


def judge_served(portal: Portal, folder: Path) -> Mapping[Key, Verdict]:
    """Return the machine's verdicts of the automatic clauses of a portal collected over the network."""
    with serve_portal(portal) as served:
        run = collect_site(
            served.target,
            Limits(rate=1000, concurrency=8, request_seconds=600),
            Access(overrides=served.overrides, absent=served.absent, browser="never"),
            folder / "run",
            vocabulary=load_vocabulary(),
            on_progress=lambda _: None,
            clock=lambda: NOW,
        )
    return judge_run(run, portal)


def judge_run(run: Path, portal: Portal) -> Mapping[Key, Verdict]:
    """Return the machine's verdicts of the automatic clauses of a collected run."""
    extraction = extract_facts(open_snapshot(run), load_vocabulary())
    assert extraction.faults == ()
    context = Context(site=portal.host, site_name=portal.host, as_of=NOW.date(), flags={})
    evaluation = evaluate_rulebook(extraction.facts, load_both(), context)
    assert evaluation.faults == ()
    automatic = list_automatic()
    return {
        (one.clause, one.subject.key): Verdict(one.outcome, one.degree, one.reason)
        for one in evaluation.findings
        if one.clause in automatic
    }


def find_moves(clean: Mapping[Key, Verdict], other: Mapping[Key, Verdict]) -> Mapping[Key, Verdict | None]:
    """Return what differs from the portal without defects; None for a verdict that is gone."""
    keys = sorted({*clean, *other})
    return {key: other.get(key) for key in keys if clean.get(key) != other.get(key)}
