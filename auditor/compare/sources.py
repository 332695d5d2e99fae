"""What is compared: run folders, result documents, or audits of the history by their numbers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from auditor import pipeline
from auditor.compare.causes import Comparison, compare_entries
from auditor.compare.retrying import Tried, retry_older
from auditor.errors import AuditorError, InputError
from auditor.history.entries import Entry, enter_result
from auditor.history.store import open_history
from auditor.model.targets import Target
from auditor.outputs.records import read_run


@dataclass(frozen=True)
class Source:
    """An audit to compare. `run` is its folder and `target` its site, None where the folder is not at hand."""

    entry: Entry
    run: Path | None
    target: Target | None


def read_source(name: str, history: str | None) -> Source:
    """Read a run folder, a result document, or the audit of a number. Raises ArchiveError and InputError."""
    path = Path(name)
    if not path.exists() and name.isascii() and name.isdigit():
        return _read_number(int(name), history)
    result = read_run(path)
    document = path / "result.json" if path.is_dir() else path
    digest = hashlib.sha256(document.read_bytes()).hexdigest()  # as it is written; writing it again takes long
    return Source(enter_result(result, digest=digest), path if path.is_dir() else path.parent, result.target)


def _read_number(number: int, history: str | None) -> Source:
    if history is None:
        raise InputError("history_needed", str(number))
    with open_history(history) as opened:
        entry = opened.read_entry(number)
    folder = Path(entry.summary.folder) if entry.summary.folder else None
    if folder is None or not folder.is_dir():
        return Source(entry, None, None)
    try:
        result = read_run(folder)
    except AuditorError:
        return Source(entry, None, None)
    same = result.snapshot.run_id == entry.summary.run and result.target.id == entry.summary.site
    return Source(entry, folder, result.target) if same else Source(entry, None, None)


def compare_sources(
    earlier: Source, later: Source, settings: pipeline.Settings, *, retries: bool
) -> tuple[Comparison, str]:
    """Compare two audits of a site; return also why the older snapshot was not judged again.

    Raises InputError for audits of different sites, and for one that came to no result.
    """
    first, second = earlier.entry, later.entry
    if first.summary.site != second.summary.site:
        raise InputError("compare_other_site", second.summary.site, earlier=first.summary.site)
    for entry in (first, second):
        if not entry.verdicts:
            raise InputError("compare_without_result", str(entry.summary.id), state=entry.summary.state)
    tried = Tried(None, "not_asked")
    if retries:
        tried = retry_older(earlier.run, earlier.target, first, second, settings)
    return compare_entries(first, second, tried.retrial), tried.obstacle
