"""Everything that people or machines get of a result, as files by name."""

from __future__ import annotations

import io
import tempfile
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import report_sample as sample

from auditor.archive.cutting import CutRecord
from auditor.archive.unpacking import RecordHead
from auditor.cli import console
from auditor.cli.history import show_view
from auditor.cli.jsonlog import JsonLog
from auditor.cli.recheck import conclude_recheck
from auditor.compare import documents
from auditor.compare.causes import compare_entries
from auditor.compare.sources import read_source
from auditor.compare.view import show_comparison
from auditor.desk.bundle import Cut, list_files, pack_files
from auditor.desk.documents import choose_rows
from auditor.desk.letters import Letter, group_problems, keep_deadlines, render_letter
from auditor.errors import InputError, Problem
from auditor.history.entries import enter_result
from auditor.history.store import open_history
from auditor.messages import load_messages
from auditor.model.outcomes import Outcome
from auditor.model.results import Rechecked, RecheckRow
from auditor.outputs.reports import REPORT_FILES, render_report
from auditor.report.beside import Beside
from auditor.report.html import render_html, render_paper
from auditor.report.wording import Wording
from auditor.result import dump_result
from auditor.scorecard.press import write_scorecards

ZH = load_messages("zh")
WORDING = Wording(ZH, ZoneInfo("Asia/Shanghai"))
LISTED = ("json", "sarif", "junit", "csv", "markdown", "xlsx")


def with_recheck(result, text):
    """Return a result as the re-check that asked about its failures again."""
    rows = tuple(
        RecheckRow(
            one.clause, one.subject, one.fingerprint, one.outcome, text, state, text, date(2026, 12, 1), "missed"
        )
        for one in result.findings
        if one.outcome is Outcome.FAILED
        for state in ("mended", "not_mended", "not_seen", "untold")
    )
    return replace(result, recheck=Rechecked(date(2026, 1, 1), date(2026, 2, 1), rows))


def make_records(text):
    """Return a record whose address and body are hostile."""
    body = f"<title>{text}</title>".encode("utf-8", "replace")
    url = f"http://{sample.HOST}/{text}".encode("utf-8", "replace").decode()[:3000]
    at = datetime(2026, 11, 20, tzinfo=UTC)
    heads = [
        RecordHead("<urn:uuid:00000000-0000-4000-8000-000000000001>", "response", url, at, 0, 10, "text/html", 200)
    ]
    return tuple(CutRecord(head, body, b"WARC/1.1\r\n" + body) for head in heads)


def list_listed(result, text):
    formats = {REPORT_FILES[name]: render_report(name, result, ZH, None) for name in LISTED}
    again = with_recheck(result, text)
    return formats | {f"again-{REPORT_FILES[name]}": render_report(name, again, ZH, None) for name in LISTED[1:-1]}


def list_pages(result, text):
    files = render_html(result, ZH, Beside(earlier=sample.make_earlier(), pages=sample.make_pages()))
    return files | {"paper.html": render_paper(with_recheck(result, text), ZH, Beside())}


def list_desk(result, text):
    rows = choose_rows(result, WORDING, None)
    files = list_files(result, WORDING, rows, Cut(make_records(text), {"screenshots/001.png": b""}, 3), None)
    unit, problems = next(iter(group_problems(result, WORDING).items()))
    with tempfile.TemporaryDirectory() as folder:
        keep_deadlines(Path(folder), rows, date(2026, 12, 1))
        deadlines = (Path(folder) / "deadlines.json").read_bytes()
    letter = render_letter(result, WORDING, unit, problems, Letter(date(2026, 11, 22), date(2026, 12, 1)))
    return {"letter.docx": letter, "deadlines.json": deadlines, "bundle.zip": pack_files(files)}


def list_comparisons(result, _):
    with tempfile.TemporaryDirectory() as folder, open_history(f"{folder}/h.db") as history:
        (Path(folder) / "result.json").write_bytes(dump_result(result))
        later = read_source(folder, None).entry
        comparison = compare_entries(enter_result(sample.make_earlier()), later)
        view = show_comparison(comparison, WORDING)
        history.add(later)
        write_scorecards(history, [later.summary.month], Path(folder) / "pages", ZH, with_reports=False)
        pages = {
            f"scorecard-{path.name}": path.read_bytes()
            for path in Path(folder, "pages").rglob("2*/**/*")
            if path.is_file()
        }
    return pages | {
        "compare.json": documents.render_json(comparison, ""),
        "compare.md": documents.render_markdown(view, ZH),
        "compare.html": documents.render_html(view, ZH),
        "compare.txt": print_all(lambda: show_view(view, ZH)),
    }


def list_lines(result, text):
    """Return what the terminal and the log say."""

    def print_lines():
        console.show_score(result, ZH)
        console.show_collected(result, ZH)
        console.show_gate(result.findings, 0.5, 1, ZH)
        console.show_faults(result.faults, ZH)
        console.show_reports({"html": Path(text.replace("\0", ""))}, ZH)
        console.show_error(InputError("unknown_unit", text, known=text), ZH)
        console.show_problem(Problem("answer_unknown", text, 3, text, {"given": text, "known": text}), ZH)
        console.show_warning(text)
        conclude_recheck(with_recheck(result, text).recheck, ZH)

    stream = io.StringIO()
    log = JsonLog(stream, target=text)
    log.start(text, text)
    log.judge(result, (text,))
    log.report({"html": Path(text.replace("\0", ""))})
    log.fail(InputError("unknown_unit", text))
    return {"terminal.txt": print_all(print_lines), "audit.jsonl": stream.getvalue().encode()}


def print_all(act):
    """Return what an act prints, as a terminal gets it."""
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, "utf-8", newline="") as stream, redirect_stdout(stream), redirect_stderr(stream):
        act()
        stream.flush()
        return raw.getvalue()


OUTPUTS = {
    "listed": list_listed,
    "pages": list_pages,
    "desk": list_desk,
    "comparisons": list_comparisons,
    "lines": list_lines,
}


def unpack(files):
    """Yield files by name, those inside of containers in their place."""
    for name, content in files.items():
        if name.endswith((".zip", ".xlsx", ".docx")):
            with zipfile.ZipFile(io.BytesIO(content)) as inside:
                yield from unpack({f"{name}/{one}": inside.read(one) for one in inside.namelist()})
        else:
            yield name, content
