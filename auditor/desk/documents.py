"""What the desk reads and writes of a run folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from auditor.errors import InputError
from auditor.messages import Messages
from auditor.model.results import Rechecked, Result
from auditor.model.targets import spell_unit
from auditor.outputs.reports import REPORT_FILES
from auditor.recheck.visits import Earlier, describe, read_deadlines
from auditor.report.rows import Row, list_responsible, list_rows
from auditor.report.sheet import render_xlsx
from auditor.report.wording import Wording
from auditor.result import read_result
from auditor.runfolder.files import make_run_folder, replace_kept


def make_wording(result: Result, messages: Messages) -> Wording:
    """Return the words for a result, in its site's time zone."""
    return Wording(messages, ZoneInfo(result.target.timezone))


def choose_rows(result: Result, wording: Wording, unit: str | None) -> tuple[Row, ...]:
    """Return the rows of a unit, by its name or an alias, or of all. Raises InputError where no finding is of it."""
    rows = list_rows(result, wording)
    if unit is None:
        return rows
    names = {unit, spell_unit(result.target.units, unit)}
    chosen = tuple(row for row in rows if names.intersection(list_responsible(row, wording)))
    if not chosen:
        known = dict.fromkeys(name for row in rows for name in list_responsible(row, wording))
        raise InputError("unknown_unit", unit, known=wording.join(list(known)[:30]))
    return chosen


def write_sheet(run: Path, messages: Messages, out: Path | None, unit: str | None) -> tuple[Path, Path | None]:
    """Write the working sheet; return its path, and where an earlier one with other content was kept."""
    result = read_result(run)
    wording = make_wording(result, messages)
    rows = choose_rows(result, wording, unit)
    path = out or (run if run.is_dir() else run.parent) / REPORT_FILES["xlsx"]
    make_run_folder(path.parent)
    return path, replace_kept(path, render_xlsx(result, wording, chosen=rows))


def recheck_runs(earlier: Path, later: Path, deadline: date | None) -> Rechecked:
    """Hold a later result against an earlier one, with its letters' deadlines where none is given.

    Raises ArchiveError, and InputError for two different sites.
    """
    folder = earlier if earlier.is_dir() else earlier.parent
    return describe(Earlier(read_result(earlier), {}, deadline, read_deadlines(folder)), read_result(later))
