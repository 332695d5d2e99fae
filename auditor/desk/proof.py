"""What `verify` proves of a run folder: that archive, facts and result are whole and belong together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from auditor.errors import AuditorError
from auditor.extract.extraction import extract_facts
from auditor.facts import FactsVersionError, read_facts
from auditor.result import read_result
from auditor.runfolder.seal import FACTS_FILE, SealCheck, check_seal, load_public_key, read_seal
from auditor.snapshot import SnapshotReader, open_snapshot
from auditor.words.vocabulary import load_vocabulary


def verify_run(run: Path, public_key: Path | None, *, deep: bool = False) -> tuple[SealCheck, ...]:
    """Check a run folder: its seal, its archive, its facts, and that its result is of them.

    `deep` extracts the facts from the archive again and compares them; that takes as long as the first time.

    Raises ArchiveError where there is no seal, or none that can be read; InputError for a key that is none.
    """
    key = load_public_key(public_key) if public_key is not None else None
    return (*check_seal(run, read_seal(run), key), *_check_contents(run, deep=deep))


def _check_contents(run: Path, *, deep: bool) -> Iterator[SealCheck]:
    try:
        with open_snapshot(run) as reader:
            problems = reader.verify()
            detail = ", ".join(problems[:3]) if problems else str(len(reader.visits))
            yield SealCheck("archive_whole", not problems, detail)
            yield from _check_result(run, reader, deep=deep)
    except AuditorError as error:
        yield SealCheck("archive_whole", holds=False, error=error)
    try:
        facts, _ = read_facts(run / FACTS_FILE)
        yield SealCheck("facts_readable", holds=True, detail=str(len(facts)))
    except (OSError, ValueError, FactsVersionError) as error:
        yield SealCheck("facts_readable", holds=False, detail=type(error).__name__)


def _check_result(run: Path, reader: SnapshotReader, *, deep: bool) -> Iterator[SealCheck]:
    """Tell whether the result is of this archive, and whether every record that it names stands in it."""
    try:
        result = read_result(run)
    except AuditorError as error:
        yield SealCheck("result_of_archive", holds=False, error=error)
        return
    same = (result.snapshot.run_id, dict(result.snapshot.digests)) == (
        reader.snapshot.run_id,
        dict(reader.snapshot.digests),
    )
    yield SealCheck("result_of_archive", same, result.snapshot.run_id)
    named = {
        name
        for finding in result.findings
        for item in finding.evidence
        if item.type == "record"
        for name in (item.record, item.screenshot)
        if name
    }
    missing = sorted(name for name in named if not reader.has_record(name))
    yield SealCheck("evidence_in_archive", not missing, ", ".join(missing[:3]) if missing else str(len(named)))
    if deep:
        yield _check_facts(run, reader.with_snapshot(result.snapshot))


def _check_facts(run: Path, reader: SnapshotReader) -> SealCheck:
    """Tell whether the stored facts are those that the archive gives now."""
    again = extract_facts(reader, load_vocabulary()).facts
    try:
        stored, _ = read_facts(run / FACTS_FILE)
    except (OSError, ValueError, FactsVersionError) as error:
        return SealCheck("facts_of_archive", holds=False, detail=type(error).__name__)
    return SealCheck("facts_of_archive", stored == again, str(len(again)))
