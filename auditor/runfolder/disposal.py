"""Deleting what a run keeps of a site: archive, text, facts, results, log. Only what is ours, never through a link."""

from __future__ import annotations

import shutil
from pathlib import Path

from auditor.errors import InputError, OutputError
from auditor.runfolder.files import REPORT_FOLDER, SNAPSHOT_NAMES, TEXT_FILE

_REPORTS = ("report.html", "report.pdf", "deadlines.json")
_FILES = (*SNAPSHOT_NAMES, TEXT_FILE, "facts.jsonl", "result.json", *_REPORTS, "run.log", "seal.json")
_FOLDERS = ("collecting", "earlier", REPORT_FOLDER)
_MARKS = (*SNAPSHOT_NAMES, "facts.jsonl", "result.json", TEXT_FILE)
_PARTIAL = ".part"


def list_disposable(run: Path) -> tuple[Path, ...]:
    """Return what a run folder keeps of the site, by name. Raises InputError for what is no run folder."""
    if run.is_symlink() or not run.is_dir():
        raise InputError("forget_no_run", str(run))
    if not any((run / name).is_file() for name in _MARKS) and not (run / _FOLDERS[0]).is_dir():
        raise InputError("forget_no_run", str(run))
    names = [*_FILES, *(f"{name}{_PARTIAL}" for name in _FILES), *_FOLDERS]
    return tuple(path for name in sorted(names) if (path := run / name).exists() or path.is_symlink())


def forget_run(run: Path) -> tuple[Path, ...]:
    """Delete what a run folder keeps of the site and return what else stands in it; an empty folder goes too.

    A link is removed, not what it leads to. Raises InputError for what is no run folder, OutputError where something
    cannot be deleted.
    """
    for path in list_disposable(run):
        try:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()
        except OSError as error:
            raise OutputError("forget_failed", str(path), cause=error.strerror) from error
    left = tuple(sorted(run.iterdir()))
    if not left:
        run.rmdir()
    return left
