"""The older snapshot judged again by the rules of the newer audit, one difference at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from auditor import pipeline
from auditor.compare.causes import Machine, Retrial, find_difference, list_machine
from auditor.errors import AuditorError
from auditor.extract.extraction import extract_facts
from auditor.facts import FactBase
from auditor.history.entries import Entry, Key, enter_result
from auditor.model.results import ToolFault
from auditor.model.targets import Target
from auditor.profile import Profile
from auditor.rules.load import Rulebook, load_rulebook
from auditor.runfolder.files import find_archive, open_text_writer, read_stored_facts
from auditor.snapshot import SnapshotReader, open_snapshot
from auditor.words.vocabulary import load_vocabulary


@dataclass(frozen=True)
class Tried:
    """What came of judging again: `obstacle` says why it could not be done (the key of a text)."""

    retrial: Retrial | None
    obstacle: str = ""


def retry_older(
    run: Path | None, target: Target | None, earlier: Entry, later: Entry, settings: pipeline.Settings
) -> Tried:
    """Judge the run folder of the older audit again. `target` is the site as the older audit knew it.

    `settings` name the rulesets, where they are not those that ship, and the clock.
    """
    if run is None or target is None or not run.is_dir() or find_archive(run) is None:
        return Tried(None, "no_snapshot")
    try:
        rulebook = load_rulebook(settings.rulesets or tuple(one.code for one in later.standings))
    except AuditorError:
        return Tried(None, "rules_missing")
    stamps = rulebook.stamp_rulesets()
    if any(one.code not in stamps or stamps[one.code].sha256 != one.sha256 for one in later.standings):
        return Tried(None, "rules_missing")
    difference = find_difference(earlier, later)
    tool = (later.summary.tool, later.summary.engine)
    versions = pipeline.list_versions()
    if difference.tool and tool != (versions["auditor"], versions["durable-rules"]):
        return Tried(None, "tool_missing")
    court = _Court(run, target, rulebook, settings)
    try:
        return Tried(_retry(court, earlier.summary.as_of, later.summary.as_of, with_tool=difference.tool))
    except AuditorError:
        return Tried(None, "facts_missing")


def _retry(court: _Court, first: date, second: date, *, with_tool: bool) -> Retrial:
    """Judge the older facts as of the older and the newer day, and where asked for facts extracted anew."""
    facts, faults = read_stored_facts(court.run)
    by_rules = court.judge(court.run, facts, faults, first)
    by_day = by_rules if first == second else court.judge(court.run, facts, faults, second)
    return Retrial(by_rules, by_day, court.extract_again(second) if with_tool else None)


class _Court:
    """Judges one snapshot without anybody's answers, so that only the machine's word is compared."""

    def __init__(self, run: Path, target: Target, rulebook: Rulebook, settings: pipeline.Settings) -> None:
        self.run = run
        self._target = target
        self._settings = settings
        self._plan = pipeline.Plan(Profile(standards=("none",)), rulebook, (), ())

    def judge(
        self, run: Path, facts: tuple[FactBase, ...], faults: tuple[ToolFault, ...], day: date
    ) -> Mapping[Key, Machine]:
        """Judge facts, with the texts of the run folder that they stand in."""
        settings = replace(self._settings, as_of=day)
        result = pipeline.judge_facts(facts, self._open(run), self._plan, settings, faults=faults, run=run)
        return list_machine(enter_result(result, digest="-").verdicts)

    def extract_again(self, day: date) -> Mapping[Key, Machine]:
        """Extract the snapshot with this version, beside it: the run folder stays as it is."""
        archive = find_archive(self.run)
        with tempfile.TemporaryDirectory(prefix="auditor-compare-") as folder:
            beside = Path(folder)
            if archive is not None:
                (beside / archive.name).symlink_to(archive.resolve())
            with open_text_writer(beside) as texts:
                extraction = extract_facts(self._open(beside), load_vocabulary(), texts)
            return self.judge(beside, extraction.facts, extraction.faults, day)

    def _open(self, run: Path) -> SnapshotReader:
        reader = open_snapshot(run)
        return reader.with_snapshot(replace(reader.snapshot, target=self._target))
