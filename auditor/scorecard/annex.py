"""The reports of sites put beside their pages, so that a scorecard leads to the evidence wherever it is carried."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from auditor.errors import ArchiveError, OutputError
from auditor.history.entries import Summary
from auditor.result import RESULT_FILE, hash_result, load_result

FOLDER = "report"
_PAGE, _BESIDE = "report.html", "report-files"


def put_report(audit: Summary | None, place: Path) -> str:
    """Put the report of an audit into a site's folder and return the way to it; empty where it is not at hand.

    Only a run folder that still holds exactly this audit counts. Files are linked where the disk can, else copied.
    Raises OutputError.
    """
    beside = place / FOLDER
    try:
        if beside.is_dir():
            shutil.rmtree(beside)
        run = Path(audit.folder) if audit is not None and audit.folder else None
        if run is None or audit is None or not (run / _PAGE).is_file() or not _is_held(run, audit.digest):
            return ""
        for source in _list_files(run):
            _link(source, beside / source.relative_to(run))
    except OSError as error:
        raise OutputError("out_unwritable", str(error.filename or beside), cause=error.strerror) from error
    return f"{FOLDER}/{_PAGE}"


def _is_held(run: Path, digest: str) -> bool:
    """Tell whether a run folder holds the result of this hash, as it is written or as this version would write it."""
    path = run / RESULT_FILE
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest or hash_result(load_result(path)) == digest
    except (OSError, ArchiveError):
        return False


def _list_files(run: Path) -> Iterator[Path]:
    yield run / _PAGE
    for path in sorted((run / _BESIDE).rglob("*")):
        if path.is_file() and not path.is_symlink():
            yield path


def _link(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, place)
    except OSError:
        shutil.copyfile(source, place)
