"""What an audit leaves in a run folder beside its archive and facts: the result and the reports asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from auditor.collect.printing import print_page, require_browser
from auditor.compare.causes import compare_entries
from auditor.errors import ArchiveError
from auditor.gate.baseline import Baseline
from auditor.history.entries import enter_result
from auditor.messages import Messages
from auditor.model.results import Result
from auditor.outputs.citations import read_pages, read_screenshots
from auditor.report.beside import Beside
from auditor.report.html import render_html, render_paper
from auditor.report.json import render_json
from auditor.report.junit import render_junit
from auditor.report.markdown import render_markdown
from auditor.report.sarif import render_sarif
from auditor.report.sheet import render_xlsx
from auditor.report.table import render_csv
from auditor.report.wording import Wording
from auditor.result import load_result
from auditor.runfolder.files import LOGGER, clear_report_files, keep_earlier, make_run_folder, replace_kept, write_file
from auditor.snapshot import SnapshotReader

TextFormat = Literal["json", "sarif", "junit", "csv", "markdown", "xlsx"]
ReportFormat = Literal["html", "pdf", TextFormat]
REPORT_FILES: Mapping[ReportFormat, str] = {
    "html": "report.html",
    "pdf": "report.pdf",
    "json": "result.json",
    "sarif": "result.sarif",
    "junit": "junit.xml",
    "csv": "findings.csv",
    "markdown": "summary.md",
    "xlsx": "findings.xlsx",
}
_HELD = {"sarif": render_sarif, "junit": render_junit, "markdown": render_markdown}
"""The formats that are held against a baseline."""
_LISTED = {"csv": render_csv, "xlsx": render_xlsx}


def write_reports(
    run: Path,
    result: Result,
    reader: SnapshotReader | None,
    formats: Iterable[ReportFormat],
    messages: Messages,
    *,
    baseline: Baseline | None = None,
) -> dict[str, Path]:
    """Write `result.json` and the formats asked for, held against `baseline`; return their paths.

    The pages for people are held against the run folder's own earlier result where no baseline is given.
    """
    content = render_json(result)
    paths: dict[str, Path] = {"json": run / REPORT_FILES["json"]}
    keep_earlier(run, content)
    write_file(paths["json"], content)
    for name in dict.fromkeys(formats):
        if name == "html":
            paths[name] = write_html(run, result, gather_beside(run, result, reader, baseline, messages), messages)
        elif name == "pdf":
            paths[name] = run / REPORT_FILES[name]
            paper = render_paper(result, messages, gather_beside(run, result, reader, baseline, messages))
            write_file(paths[name], print_page(paper, require_browser()))
        elif name != "json":
            paths[name] = run / REPORT_FILES[name]
            write = replace_kept if name == "xlsx" else write_file
            write(paths[name], render_report(name, result, messages, baseline))
    return paths


def check_formats(formats: Iterable[ReportFormat]) -> None:
    """Refuse, before anything is done, a format that this machine cannot write. Raises InputError."""
    if "pdf" in formats:
        require_browser()


def write_html(run: Path, result: Result, beside: Beside, messages: Messages) -> Path:
    """Write `report.html` and the folder beside it; what an earlier report left in that folder goes."""
    files = render_html(result, messages, beside)
    clear_report_files(run)
    for name, content in files.items():
        make_run_folder((run / name).parent)
        write_file(run / name, content)
    return run / REPORT_FILES["html"]


def gather_beside(
    run: Path, result: Result, reader: SnapshotReader | None, baseline: Baseline | None, messages: Messages
) -> Beside:
    """Return what the report draws on beside the result."""
    earlier = baseline.earlier if baseline is not None else read_earlier(run)
    return Beside(
        screenshots=read_screenshots(result, reader),
        earlier=earlier,
        pages=read_pages(result, reader),
        causes={} if earlier is None else name_causes(earlier, result, messages),
    )


def read_earlier(run: Path) -> Result | None:
    """Return the result that stood in a run folder before this one; None where there is none that can be read."""
    for path in sorted((run / "earlier").glob("*/result.json"), reverse=True)[:1]:
        try:
            return load_result(path)
        except ArchiveError:
            LOGGER.warning("report: %s cannot be read", path)
    return None


def name_causes(earlier: Result, result: Result, messages: Messages) -> dict[tuple[str, str, str], str]:
    """Return why each verdict changed, in a word, by clause, kind and key of the subject."""
    changes = compare_entries(enter_result(earlier), enter_result(result)).changes
    return {change.key: messages.say(f"compare.cause_{change.cause}") for change in changes}


def render_report(name: TextFormat, result: Result, messages: Messages, baseline: Baseline | None) -> bytes:
    """Return the bytes of a result in a format that is one file and needs nothing else."""
    wording = Wording(messages, ZoneInfo(result.target.timezone))
    match name:
        case "sarif" | "junit" | "markdown":
            return _HELD[name](result, wording, baseline)
        case "csv" | "xlsx":
            return _LISTED[name](result, wording)
        case "json":
            return render_json(result)
