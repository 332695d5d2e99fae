"""The sample portal with all its parts, judged under both standards: from a folder of its pages, or served.

It stands under a name as governments have it, which is led to this machine and never looked up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from auditor.collect.access import Access
from auditor.collect.crawl import collect_site
from auditor.collect.folder import collect_folder
from auditor.demo.folder import write_folder
from auditor.demo.manifest import Key, Verdict
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import Portal, PortalSpec, generate_portal
from auditor.demo.server import serve_portal
from auditor.demo.texts import read_data
from auditor.demo.turns import LATER, SITE
from auditor.evaluate import Context, evaluate_rulebook
from auditor.extract.extraction import extract_facts
from auditor.model.findings import Finding
from auditor.model.snapshots import Limits
from auditor.rules.load import Rulebook, load_rulebook
from auditor.rules.schema import Check, Clause
from auditor.runfolder.files import open_passages, open_text_writer
from auditor.snapshot import open_snapshot
from auditor.words.vocabulary import load_vocabulary

HOST = "www.linlan.gov.cn"
NOW = datetime(2021, 3, 31, 4, tzinfo=UTC)
SUMMER = datetime(2021, 7, 15, 4, tzinfo=UTC)
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
def list_bound() -> Mapping[str, Clause]:
    """Return the clauses that a rule serves, by id."""
    clauses = (clause for one in load_both().standards for clause in one.standard.clauses)
    return {one.id: one for one in clauses if one.status == "written" and one.rule}


@cache
def list_automatic() -> Mapping[str, Clause]:
    """Return the clauses that the machine decides, by id."""
    return {name: one for name, one in list_bound().items() if one.check is Check.AUTO}


def choose_moment(defects: Iterable[str]) -> datetime:
    """Return when a portal with some defects is looked at: the last of March, or when what is due later is due."""
    return SUMMER if set(defects) & set(read_data("turns")[LATER]) else NOW


def make_whole(layout: str, defects: Sequence[str] = (), moment: datetime = NOW) -> Portal:
    spec = PortalSpec(layout=layout, pages=PAGES, parts=PART_NAMES, defects=tuple(defects), host=HOST)
    return generate_portal(replace(spec, as_of=moment.date()))


def judge_whole(portal: Portal, folder: Path) -> Mapping[Key, Verdict]:
    """Return the machine's verdicts, or proposals, of the clauses that rules serve."""
    write_folder(portal, folder / "site")
    run = collect_folder(folder / "site", portal.make_target(), folder / "run", make_clock(portal))
    return judge_run(run, portal)


def judge_served(portal: Portal, folder: Path) -> Mapping[Key, Verdict]:
    """Return the same of a portal collected over the network."""
    with serve_portal(portal) as served:
        run = collect_site(
            served.target,
            Limits(rate=1000, concurrency=8, request_seconds=600),
            Access(overrides=served.overrides, absent=served.absent, browser="never"),
            folder / "run",
            vocabulary=load_vocabulary(),
            on_progress=lambda _: None,
            clock=make_clock(portal),
        )
    return judge_run(run, portal)


def make_clock(portal: Portal) -> Callable[[], datetime]:
    """Return a clock that stands still on the day on which the portal is looked at."""
    return lambda: datetime.combine(portal.spec.today, NOW.timetz())


def judge_run(run: Path, portal: Portal) -> Mapping[Key, Verdict]:
    """Return the machine's verdicts, or proposals, of a collected run."""
    with open_text_writer(run) as texts:
        extraction = extract_facts(open_snapshot(run), load_vocabulary(), texts)
    assert extraction.faults == ()
    with open_passages(run) as passages:
        site = portal.host
        context = Context(site, site, portal.spec.today, {}, load_vocabulary(), passages)
        evaluation = evaluate_rulebook(extraction.facts, load_both(), context)
    assert evaluation.faults == ()
    judged = (one for one in evaluation.findings if one.clause in list_bound())
    return {(one.clause, name_subject(one.subject.key, site)): read_verdict(one) for one in judged}


def name_subject(key: str, site: str) -> str:
    """Return the key of a subject whatever the name and the port of the site: SITE, a unit, the path of a page."""
    return SITE if key == site else urlsplit(key).path if key.startswith("http") else key


def read_verdict(finding: Finding) -> Verdict:
    """Return what the machine says, of an assisted clause what it proposes."""
    said = finding.proposal or finding
    return Verdict(said.outcome, said.degree, said.reason)


def find_moves(clean: Mapping[Key, Verdict], other: Mapping[Key, Verdict]) -> Mapping[Key, Verdict | None]:
    """Return what differs from the portal without defects; None for a verdict that is gone.

    A page that is judged by itself and stands in one of the two portals only is no move.
    """
    keys = sorted(key for key in {*clean, *other} if not key[1].startswith("/") or (key in clean and key in other))
    return {key: other.get(key) for key in keys if clean.get(key) != other.get(key)}
