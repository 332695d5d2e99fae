"""The one place that strings the stages together: target -> snapshot -> facts -> findings -> result -> reports.

A run folder holds `snapshot.wacz` (or the archive that was given), `facts.jsonl`, `result.json`, the reports and
`run.log`; each stage can be repeated from what the one before it left there.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from auditor import __version__
from auditor.assembly import assemble_result
from auditor.collect.access import Access, mask_text, split_credentials, stand_in_for
from auditor.collect.crawl import collect_site
from auditor.collect.folder import collect_folder
from auditor.collect.foreign import collect_archive
from auditor.collect.progress import Progress
from auditor.decide import decide_findings
from auditor.errors import ArchiveError, InputError, OutputError, Problem, RulesetError
from auditor.evaluate import Context, evaluate_rulebook
from auditor.extract.exposure import mask_address
from auditor.extract.extraction import extract_facts
from auditor.facts import FactBase, write_facts
from auditor.gate.baseline import Baseline, read_baseline
from auditor.messages import Messages
from auditor.model.results import Result, ToolFault
from auditor.model.snapshots import Limits, Snapshot
from auditor.model.targets import Target
from auditor.outputs.reports import ReportFormat, check_formats, write_reports
from auditor.profile import (
    Attestation,
    Profile,
    Waiver,
    load_attestations,
    load_profile,
    load_waivers,
)
from auditor.recheck.visits import Earlier, describe, limit_decided, load_earlier, narrow_rulebook, plan_revisit
from auditor.recognition import name_host, recognise_target
from auditor.remit import select_clauses
from auditor.resources import find_resource
from auditor.result import RESULT_FILE, load_result, read_result
from auditor.rules.load import Rulebook, load_rulebook
from auditor.rules.selection import count_clauses
from auditor.runfolder.files import (
    LOGGER,
    SNAPSHOT_NAMES,
    default_run_folder,
    find_archive,
    keep_log,
    make_run_folder,
    open_passages,
    open_text_writer,
    read_stored_facts,
)
from auditor.runfolder.seal import write_seal
from auditor.score.models import DeductionModel, ScoringModel, WeightedModel, stamp_scoring
from auditor.score.tree import score_findings
from auditor.snapshot import SnapshotReader, open_snapshot
from auditor.words.vocabulary import load_vocabulary

_Loaded = TypeVar("_Loaded")


@dataclass(frozen=True)
class Settings:
    """What a user asks of an audit, beside the target.

    `now` is the clock, `as_of` the day that deadlines are held against. `recheck` is the earlier result to ask about
    again, and `deadline` the day by which its problems were to be mended.
    """

    now: Callable[[], datetime]
    as_of: date | None = None
    rulesets: tuple[str, ...] = ()
    profile: Path | None = None
    waivers: Path | None = None
    attestations: Path | None = None
    out: Path | None = None
    formats: tuple[ReportFormat, ...] = ("html",)
    limits: Limits = field(default_factory=Limits)
    access: Access = field(default_factory=Access)
    as_host: str | None = None
    resume: bool = False
    baseline: Path | None = None
    recheck: Path | None = None
    deadline: date | None = None


@dataclass(frozen=True)
class Plan:
    """Everything of the user's, read and checked before anything is touched."""

    profile: Profile
    rulebook: Rulebook
    waivers: tuple[Waiver, ...]
    attestations: tuple[Attestation, ...]
    baseline: Baseline | None = None
    earlier: Earlier | None = None
    left_out: int = 0
    """How many clauses of the standards the profile leaves aside."""

    def build_target(self, host: str, seed: str) -> Target:
        """Make the target: by the profile, or as the earlier result knows it where no profile says what the site is."""
        if self.earlier is None or self.profile.site is not None:
            return self.profile.build_target(host=host, seed=seed)
        return self.earlier.build_target(host, seed)

    @property
    def scoring(self) -> ScoringModel:
        """Return the scoring model: the profile's, or a plain one for the few clauses of a re-check."""
        return self.profile.scoring if self.earlier is None else WeightedModel()


@dataclass(frozen=True)
class Audit:
    """What an audit left: the run folder, the result and the reports in it."""

    run: Path
    result: Result
    reports: Mapping[str, Path]
    baseline: Baseline | None = None


def plan_audit(settings: Settings) -> Plan:
    """Read rulesets, profile, waivers and attestations. Raises RulesetError with every problem found."""
    check_formats(settings.formats)
    problems: list[Problem] = []

    def gather(load: Callable[[], _Loaded]) -> _Loaded | None:
        try:
            return load()
        except RulesetError as error:
            problems.extend(error.problems)
            return None

    path = settings.profile or find_resource("rulesets") / "profiles" / "district.yaml"
    profile = gather(lambda: load_profile(path))
    earlier = load_earlier(settings.recheck, settings.deadline) if settings.recheck is not None else None
    codes = settings.rulesets or (tuple(earlier.result.rulesets) if earlier else profile.standards if profile else ())
    rulebook = gather(lambda: load_rulebook(codes)) if codes else None
    waivers = gather(lambda: load_waivers(settings.waivers) if settings.waivers else ())
    attestations = gather(lambda: load_attestations(settings.attestations) if settings.attestations else ())
    if profile is None or rulebook is None or waivers is None or attestations is None:
        raise RulesetError(tuple(problems))
    if earlier is not None:
        return Plan(profile, narrow_rulebook(rulebook, earlier), waivers, attestations, earlier=earlier)
    _check_scoring(path, profile, rulebook)
    chosen = select_clauses(path, profile, rulebook)
    left_out = count_clauses(rulebook) - count_clauses(chosen)
    return Plan(profile, chosen, waivers, attestations, load_baseline(settings), left_out=left_out)


def load_baseline(settings: Settings) -> Baseline | None:
    """Read the earlier result to hold this one against: a result document, or a run folder. Raises ArchiveError."""
    return None if settings.baseline is None else read_baseline(read_result(settings.baseline))


def _check_scoring(path: Path, profile: Profile, rulebook: Rulebook) -> None:
    """Refuse a scoring model that speaks of a clause of none of its own standards.

    Where other rulesets than the profile's are judged, its clauses need not be among them.
    """
    if not isinstance(profile.scoring, DeductionModel):
        return
    judged = {one.standard.code for one in rulebook.standards}
    known = {clause.id for one in rulebook.standards for clause in one.standard.clauses}
    unknown = [name for name in profile.scoring.named_clauses if name not in known]
    if unknown and set(profile.standards) <= judged:
        code = "unknown_scored_clause"
        raise RulesetError(tuple(Problem(code, str(path), path="scoring", values={"given": name}) for name in unknown))


def collect_target(target: str, settings: Settings, plan: Plan, report_progress: Callable[[Progress], None]) -> Path:
    """Bring a target into a run folder with an archive, and return the folder; of a re-check, what it has to visit."""
    target, auth = split_credentials(target)
    kind = recognise_target(target)
    if kind == "run":
        return Path(target) if settings.out is None else copy_archive(_require_archive(Path(target)), settings.out)
    host = name_host(target, kind, settings.as_host, plan.profile)
    run = make_run_folder(settings.out or default_run_folder(host, settings.now()))
    if kind == "archive":
        return adopt_archive(Path(target), run, settings, report_progress)
    access = settings.access if auth is None else replace(settings.access, auth=auth)
    site = plan.build_target(host, target if kind == "url" else f"http://{host}/")
    if kind == "url" and settings.as_host:
        site, stand_in = stand_in_for(site, host)
        access = replace(access, stand_in=stand_in)
    with keep_log(run, partial(mask_text, secrets=access.list_secrets())):
        LOGGER.info("collect: %s as %s, limits %s", kind, host, settings.limits)
        if access.stand_in is not None:
            LOGGER.info("collect: %s stands in for %s", access.stand_in.origin, host)
        if kind == "folder":
            return collect_folder(Path(target), site, run, settings.now, on_progress=report_progress)
        words = load_vocabulary()
        return collect_site(
            target=site,
            limits=settings.limits,
            access=access,
            out=run,
            vocabulary=words,
            on_progress=report_progress,
            clock=settings.now,
            resume=settings.resume,
            revisit=plan_revisit(plan.earlier, plan.rulebook, words) if plan.earlier is not None else None,
        )


def _require_archive(run: Path) -> Path:
    archive = find_archive(run)
    if archive is None:
        raise ArchiveError("run_without_archive", str(run))
    return archive


def adopt_archive(archive: Path, run: Path, settings: Settings, report_progress: Callable[[Progress], None]) -> Path:
    """Bring an archive into a run folder: one of ours as it is, a foreign one walked as the site would be."""
    with open_snapshot(archive) as reader:
        if not reader.is_foreign:
            return copy_archive(archive, run)
        with keep_log(run):
            return collect_archive(reader, run, settings.now, on_progress=report_progress)


def copy_archive(archive: Path, out: Path) -> Path:
    """Copy an archive into a run folder under the name that a run folder uses."""
    run = make_run_folder(out)
    name = next(name for name in SNAPSHOT_NAMES if archive.name.endswith(name.removeprefix("snapshot")))
    if (run / name).resolve() != archive.resolve():
        with open_snapshot(archive):  # what cannot be read is refused before anything is copied
            pass
        shutil.copyfile(archive, run / name)
    return run


def extract_run(run: Path, profile: Profile) -> tuple[SnapshotReader, tuple[FactBase, ...], tuple[ToolFault, ...]]:
    """Extract the facts of a run folder's archive and store them."""
    reader = with_profile(open_snapshot(run), profile)
    with keep_log(run), open_text_writer(run) as texts:
        extraction = extract_facts(reader, load_vocabulary(), texts)
        LOGGER.info("extract: %d facts, %d faults", len(extraction.facts), len(extraction.faults))
    try:
        write_facts(run / "facts.jsonl", extraction.facts, extraction.faults)
    except OSError as error:
        raise OutputError("out_unwritable", str(run / "facts.jsonl"), cause=error.strerror) from error
    return reader, extraction.facts, extraction.faults


def with_profile(reader: SnapshotReader, profile: Profile) -> SnapshotReader:
    """Return the reader with what the profile knows of the site (its units, name, flags) laid over the target."""
    target = reader.snapshot.target
    known = profile.build_target(host=target.id, seed=target.seeds[0] if target.seeds else f"http://{target.id}/")
    if profile.site is None:
        return reader
    merged: Target = replace(known, id=target.id, seeds=target.seeds, hosts=target.hosts)
    return reader.with_snapshot(replace(reader.snapshot, target=merged))


def judge_facts(
    facts: tuple[FactBase, ...],
    reader: SnapshotReader,
    plan: Plan,
    settings: Settings,
    *,
    faults: Iterable[ToolFault],
    run: Path,
) -> Result:
    """Judge facts under the plan's rulesets and return the result."""
    snapshot = reader.snapshot
    as_of = settings.as_of or settings.now().astimezone(plan.profile.zone).date()
    context = Context(
        site=snapshot.target.id,
        site_name=snapshot.target.name,
        as_of=as_of,
        flags=snapshot.target.flags,
        words=load_vocabulary(),
    )
    with open_passages(run) as passages:
        evaluation = evaluate_rulebook(facts, plan.rulebook, replace(context, passages=passages))
    clauses = plan.rulebook.describe_clauses()
    decided = decide_findings(
        evaluation.findings,
        clauses,
        plan.waivers,
        plan.attestations,
        settings.now(),
        zone=plan.profile.zone,
        second_person=plan.profile.second_person,
        units=snapshot.target.units,
    )
    if plan.earlier is not None:
        decided = limit_decided(plan.earlier, decided, plan.rulebook, load_vocabulary(), reader)
    result = assemble_result(
        snapshot=snapshot,
        visits=[replace(visit, url=mask_address(visit.url)) for visit in reader.visits],
        facts=facts,
        rulebook=plan.rulebook,
        decided=decided,
        scored=score_findings(decided.findings, clauses, plan.scoring),
        versions=list_versions(),
        as_of=as_of,
        faults=(*faults, *evaluation.faults),
    )
    recheck = describe(plan.earlier, result) if plan.earlier is not None else None
    return replace(result, recheck=recheck, left_out=plan.left_out, scoring=stamp_scoring(plan.scoring))


def list_versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    return {
        "auditor": __version__,
        "python": platform.python_version(),
        "durable-rules": version("durable-rules"),
    }


def audit_target(
    target: str,
    settings: Settings,
    messages: Messages,
    report_progress: Callable[[Progress], None],
) -> Audit:
    """Audit one target from end to end."""
    plan = plan_audit(settings)
    run = collect_target(target, settings, plan, report_progress)
    return judge_run(run, plan, settings, messages, fresh=True, report_progress=report_progress)


def judge_run(
    run: Path,
    plan: Plan,
    settings: Settings,
    messages: Messages,
    *,
    fresh: bool,
    report_progress: Callable[[Progress], None] = lambda _: None,
) -> Audit:
    """Judge a run folder: `fresh` extracts its facts again, else the stored ones are used."""
    if fresh:
        report_progress(Progress("extract"))
        reader, facts, faults = extract_run(run, plan.profile)
    else:
        reader = with_profile(open_snapshot(run), plan.profile)
        facts, faults = read_stored_facts(run)
    if reader.snapshot.revisit and plan.earlier is None:
        raise InputError("run_of_recheck", str(run))
    report_progress(Progress("judge"))
    result = judge_facts(facts, reader, plan, settings, faults=faults, run=run)
    out = make_run_folder(settings.out) if settings.out else run
    with keep_log(out):
        log_result(result)
    report_progress(Progress("report"))
    reports = write_reports(out, result, reader, settings.formats, messages, baseline=plan.baseline)
    if out == run:
        write_seal(run)
    return Audit(out, result, reports, plan.baseline)


def log_result(result: Result) -> None:
    """Log what was seen and what came of it."""
    for part in result.coverage:
        LOGGER.info("coverage: %s", part)
    for missed in result.not_seen:
        LOGGER.info("not seen: %s", missed)
    for fault in result.faults:
        LOGGER.error("fault: %s", fault)
    codes = {code: (stamp.version, stamp.sha256) for code, stamp in result.rulesets.items()}
    LOGGER.info("evaluate: %d findings under %s as of %s", len(result.findings), codes, result.as_of)


def report_run(run: Path, settings: Settings, messages: Messages) -> dict[str, Path]:
    """Write the reports of a stored result again. Raises ArchiveError where there is none."""
    check_formats(settings.formats)
    result = load_result(run / RESULT_FILE)
    reader = open_snapshot(run) if find_archive(run) else None
    out = make_run_folder(settings.out) if settings.out else run
    return write_reports(out, result, reader, settings.formats, messages, baseline=load_baseline(settings))


def describe_snapshot(run: Path) -> Snapshot:
    """Return what the archive of a run folder says of itself."""
    return open_snapshot(run).snapshot
