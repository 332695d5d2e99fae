"""A year of sample portals: defects come and go by a seed, and the results say what a right auditor finds of each.

The verdicts on the clauses that the sample portal's manifest knows are the manifest's; those of all other clauses come
from the stored result of the golden run. Some months have what must read right: a site that is blocked, one that nobody
audited, a new one, a ruleset of another wording, a correction, answers of people, a part that could not be seen.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from auditor.demo.defects import load_defects
from auditor.demo.manifest import CLAUSES, expected_verdicts
from auditor.demo.portal import generate_portal
from auditor.demo.spec import PortalSpec
from auditor.history.entries import Entry, State, enter_failure, enter_result
from auditor.model.attempts import AttemptReason
from auditor.model.evidence import AttemptEvidence, RecordEvidence
from auditor.model.findings import Decision, Finding, Proposal, Subject, hash_key
from auditor.model.outcomes import Degree, Outcome
from auditor.model.results import Result
from auditor.model.targets import Target
from auditor.result import load_result
from auditor.score.models import WeightedModel
from auditor.score.tree import score_findings

GOLDEN = Path(__file__).resolve().parent / "golden" / "result.json"
YEAR = 2026
NAMES = (
    "临澜", "云河", "清浦", "望潮", "松原", "石桥", "安澜", "南浔", "东湖", "西岭",
    "青溪", "白沙", "金山", "长宁", "永和", "嘉禾", "平川", "丰泽", "明湖", "宁江",
)  # fmt: skip
"""Fictitious districts, by turns; a number follows where there are more sites."""
LAYOUTS = ("nested", "tables", "tabs")
NEW_RULES = ("2", "b" * 64)
"""Version and hash of the ruleset from the month on in which it changes."""


@dataclass(frozen=True)
class Year:
    """How large the year is, and in which month (from 1) what happens to which site (from 0)."""

    sites: int = 20
    months: int = 12
    seed: int = 7
    blocked: tuple[int, int] = (5, 3)
    missing: tuple[int, int] = (7, 4)
    failed: tuple[int, int] = (9, 5)
    begins: tuple[int, int] = (6, 2)
    corrected: tuple[int, int] = (10, 1)
    unseen: tuple[int, int] = (8, 0)
    rules_change: int = 11


YEAR_OF_TWENTY = Year()
SMALL_MONTHS = ("2026-02", "2026-03", "2026-04")
"""The months of which the tests have scorecards."""
SMALL = Year(3, 4, 7, (3, 2), (2, 2), (0, 0), (2, 1), (4, 0), (3, 0), 4)


@cache
def read_golden() -> Result:
    return load_result(GOLDEN)


@cache
def judge_portal(seed: int, layout: str, defects: tuple[str, ...]):
    return expected_verdicts(PortalSpec(seed=seed, pages=50, layout=layout, defects=defects))


def plan_defects(year: Year, site: int) -> list[tuple[str, ...]]:
    """Return the defects of a site month by month: some are mended, others appear."""
    dice = random.Random(year.seed * 1000 + site)
    known = [one.id for one in load_defects()]
    present = set(dice.sample(known, 4))
    months = []
    for _ in range(year.months):
        for name in sorted(present):
            if dice.random() < 0.25:
                present.discard(name)
        if dice.random() < 0.5:
            present.add(dice.choice(known))
        months.append(tuple(sorted(present)))
    return months


def make_target(site: int) -> Target:
    """Return the target of a sample portal under a name of its own."""
    target = generate_portal(PortalSpec(seed=1, pages=50)).make_target()
    turn, place = divmod(site, len(NAMES))
    name = NAMES[place] + (f"{turn + 1}" if turn else "")
    host = f"www.d{site + 1:03d}.example"
    return replace(
        target,
        id=host,
        name=target.name.replace("临澜", name),
        official_name=(target.official_name or "").replace("临澜", name),
        seeds=(f"http://{host}/",),
        hosts=(host,),
        units=tuple(replace(unit, name=unit.name.replace("临澜", name), aliases=()) for unit in target.units),
    )


def list_audits(year: Year = YEAR_OF_TWENTY, months: Iterable[int] | None = None) -> Iterator[Entry]:
    """Yield the audits of a year, or of some of its months, in the order in which they are made."""
    plans = [plan_defects(year, site) for site in range(year.sites)]
    for month in months or range(1, year.months + 1):
        day = date(YEAR, month, 20)
        for site in range(year.sites):
            if (month, site) == year.missing or (site == year.begins[1] and month < year.begins[0]):
                continue
            if (month, site) in (year.blocked, year.failed):
                yield _fail(site, day, blocked=(month, site) == year.blocked)
                continue
            result = make_result(year, site, month, plans[site][month - 1])
            if (month, site) == year.corrected:
                yield enter_result(make_result(year, site, month, ("guide-stale", *plans[site][month - 1])))
            yield enter_result(result)


def _fail(site: int, day: date, *, blocked: bool) -> Entry:
    at = datetime(day.year, day.month, day.day, 2, tzinfo=UTC)
    target = make_target(site)
    code = "site_blocked" if blocked else "connection_refused"
    detail = f'{{"where": "{target.seeds[0]}"}}'
    return enter_failure(target, State.BLOCKED if blocked else State.FAILED, code, as_of=day, at=at, detail=detail)


def make_result(year: Year, site: int, month: int, defects: tuple[str, ...]) -> Result:
    """Return the result of one audit: the manifest's verdicts laid over the golden result."""
    golden, target = read_golden(), make_target(site)
    day = date(YEAR, month, 20)
    started = datetime(YEAR, month, 20, 2, site % 60, tzinfo=UTC)
    snapshot = replace(
        golden.snapshot,
        run_id=f"{day:%Y%m%d}-{site:03d}",
        target=target,
        started_at=started,
        finished_at=started + timedelta(minutes=25),
    )
    findings = tuple(_list_findings(year, site, month, defects))
    scored = score_findings(findings, golden.clauses, WeightedModel())
    stamp = golden.rulesets["xh20"]
    changed = replace(stamp, version=NEW_RULES[0], sha256=NEW_RULES[1])
    return replace(
        golden,
        target=target,
        snapshot=snapshot,
        as_of=day,
        rulesets={"xh20": stamp if month < year.rules_change else changed},
        versions={"auditor": "0.1.0", "python": "3.11", "durable-rules": "2.0.28"},
        score=scored.score,
        scores=scored.scores,
        findings=findings,
    )


def _list_findings(year: Year, site: int, month: int, defects: tuple[str, ...]) -> Iterator[Finding]:
    target, dice = make_target(site), random.Random(year.seed * 77 + site)
    own = {"临澜": target.units[0].name.removesuffix("区人民政府")}
    layout = LAYOUTS[site % len(LAYOUTS)]
    known = judge_portal(site + 1, layout, tuple(dict.fromkeys(defects)))
    for finding in read_golden().findings:
        subject = _rename(finding.subject, own["临澜"], target)
        verdict = known.get((finding.clause, finding.subject.key)) if finding.clause in CLAUSES else None
        answered_in = dice.randint(2, 30)
        shown = replace(
            finding,
            id=f"{finding.clause}:{subject.key}",
            subject=subject,
            fingerprint=hash_key(target.id, finding.clause, subject.key, finding.reason or ""),
        )
        if (month, site) == year.unseen and finding.clause in ("XH20-1.2a", "XH20-2.1c"):
            yield _hide(shown, target)
        elif verdict is not None:
            yield _judge(shown, verdict, target, year, month)
        elif finding.reason == "awaits_attestation" and answered_in <= month:
            yield _answer(shown, date(YEAR, month, 15))
        else:
            yield shown


def _rename(subject: Subject, name: str, target: Target) -> Subject:
    if subject.kind == "site":
        return Subject("site", target.id, target.name)
    return Subject(subject.kind, subject.key.replace("临澜", name), subject.name.replace("临澜", name))


def _judge(finding: Finding, verdict, target: Target, year: Year, month: int) -> Finding:
    """Give a finding the manifest's verdict; a stricter ruleset fails what it let pass with a warning."""
    outcome, reason, degree = verdict.outcome, verdict.reason, verdict.degree
    stricter = month >= year.rules_change and finding.clause == "XH20-2.1l"
    if stricter and outcome is Outcome.PASSED:
        outcome, reason, degree = Outcome.FAILED, "below_half", Degree.FULL
    at = datetime(YEAR, month, 20, 2, tzinfo=UTC)
    said = verdict.reason or "none"
    page = RecordEvidence(f"{target.seeds[0]}{finding.clause}/{finding.subject.key}", None, "body", said, at)
    return replace(
        finding,
        outcome=outcome,
        degree=degree,
        reason=reason,
        evidence=(page,),
        values={},
        proposal=None,
        decision=None,
    )


def _hide(finding: Finding, target: Target) -> Finding:
    gap = AttemptEvidence(target.seeds[0], AttemptReason.TIMEOUT, "", None)
    return replace(
        finding, outcome=Outcome.CANNOT_TELL, degree=Degree.FULL, reason="not_covered", evidence=(gap,), values={},
        proposal=None, decision=None,
    )  # fmt: skip


def _answer(finding: Finding, day: date) -> Finding:
    machine = Proposal(finding.outcome, finding.degree, finding.reason)
    decision = Decision(machine, "attestation", "张明", day, "done", ("通知和签到表",))
    return replace(finding, outcome=Outcome.PASSED, reason="attested_done", decision=decision)


def read_now() -> datetime:
    """Return the clock of the sample year."""
    return datetime(YEAR, 12, 31, 8, tzinfo=UTC)
