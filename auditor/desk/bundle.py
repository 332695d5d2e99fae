"""The evidence bundle: one ZIP that a site's owner can examine without this tool.

It holds the findings in words and as data, the texts of clauses and rules, screenshots, the records cut out of the
archive as a small WACZ, a sheet for objections, and the SHA-256 of each of them.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from auditor.archive.cutting import CutRecord, describe_cut, write_cut
from auditor.desk.documents import choose_rows, make_wording
from auditor.errors import ArchiveError, InputError
from auditor.harmless import escape_json
from auditor.messages import Messages
from auditor.model.attempts import Visit
from auditor.model.evidence import AttemptEvidence, ListEvidence, RecordEvidence
from auditor.model.findings import Finding
from auditor.model.results import ClauseText, Result, RuleText
from auditor.report.rows import Row, is_problem
from auditor.report.sheet import render_xlsx
from auditor.report.wording import Wording, clean_text
from auditor.result import hash_result, identify_audit, read_result
from auditor.runfolder.files import find_archive, make_run_folder, replace_kept
from auditor.snapshot import SnapshotReader, open_snapshot

MOST_RECORDS = 500
MOST_BYTES = 300_000_000
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MOST_NAME = 200


@dataclass(frozen=True)
class Cut:
    """The records of a bundle. `screenshots` by file name; `left_out` counts the addresses that are not in it."""

    records: tuple[CutRecord, ...]
    screenshots: Mapping[str, bytes]
    left_out: int


def write_bundle(
    run: Path, messages: Messages, *, finding: str | None, unit: str | None, out: Path | None
) -> tuple[Path, Path | None]:
    """Write the bundle of a finding, a unit's problems, or all of them; return its path, and that of an earlier one.

    `finding` is a fingerprint, the id of a finding or a clause. Raises InputError for what the result does not know.
    """
    result = read_result(run)
    wording = make_wording(result, messages)
    rows = choose_findings(choose_rows(result, wording, unit), finding)
    if find_archive(run) is None:
        raise ArchiveError("run_without_archive", str(run))
    with open_snapshot(run) as reader:
        cut = cut_evidence([row.finding for row in rows], reader)
    folder = make_run_folder(run / "bundles") if out is None else make_run_folder(out.parent)
    path = out or folder / f"{name_bundle(finding or unit or 'problems')}.zip"
    seal = run / "seal.json"
    files = list_files(result, wording, rows, cut, seal.read_bytes() if seal.is_file() else None)
    return path, replace_kept(path, pack_files(files))


def name_bundle(about: str) -> str:
    """Return the name of a bundle's file: letters and digits of what it is about, short enough for any disk."""
    safe = "".join(sign if sign.isalnum() or sign in "._-" else "_" for sign in about[:_MOST_NAME])
    return safe.encode("utf-8", "ignore")[:_MOST_NAME].decode("utf-8", "ignore").strip("._") or "bundle"


def choose_findings(rows: Sequence[Row], finding: str | None) -> tuple[Row, ...]:
    """Return the rows of one finding or clause, else the problems. Raises InputError where there is none."""
    if finding is None:
        chosen = tuple(row for row in rows if is_problem(row))
        if not chosen:
            raise InputError("bundle_without_problems")
        return chosen
    chosen = tuple(row for row in rows if finding in (row.finding.fingerprint, row.finding.id, row.finding.clause))
    if not chosen:
        raise InputError("unknown_finding", finding)
    return chosen


# ---- records -------------------------------------------------------------------------------------


def cut_evidence(findings: Sequence[Finding], reader: SnapshotReader) -> Cut:
    """Cut out what the findings rest on: the answers of the site, what the browser drew of them, pictures."""
    by_url: dict[str, Visit] = {visit.url: visit for visit in reader.visits}
    by_record = {name: visit for visit in reader.visits for name in _list_records(visit)}
    wanted: dict[str, None] = {}
    pictures: dict[str, None] = {}
    left_out = 0
    for url, record, screenshot in (one for finding in findings for one in _list_places(finding)):
        visit = by_record.get(record or "") or by_url.get(url)
        names = [name for name in (record, screenshot, *(_list_records(visit) if visit else ())) if name]
        if len(wanted) + len(names) > MOST_RECORDS:
            left_out += 1
            continue
        wanted.update(dict.fromkeys(names))
        shown = screenshot or (visit.screenshot if visit else None)
        if shown:
            pictures[shown] = None
    records: list[CutRecord] = []
    size = 0
    for name in wanted:
        record_cut = reader.cut_record(name)
        size += len(record_cut.raw)
        if size > MOST_BYTES:
            left_out += 1
            continue
        records.append(record_cut)
    screenshots = {f"screenshots/{number:03d}.png": reader.read_record(name) for number, name in enumerate(pictures, 1)}
    return Cut(tuple(sorted(records, key=lambda one: one.head.offset)), screenshots, left_out)


def _list_records(visit: Visit) -> Iterator[str]:
    yield from filter(None, (visit.record, visit.rendered, visit.screenshot, *visit.responses))


def _list_places(finding: Finding) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield address, record and screenshot of each piece of evidence; of a count, what does not count first."""
    for item in finding.evidence:
        if isinstance(item, RecordEvidence):
            yield item.url, item.record, item.screenshot
        elif isinstance(item, AttemptEvidence):
            yield item.url, None, None
        elif isinstance(item, ListEvidence):
            yield from ((one.url, None, None) for one in (*item.rest, *item.numerator) if one.url)


# ---- files ---------------------------------------------------------------------------------------


def list_files(result: Result, wording: Wording, rows: Sequence[Row], cut: Cut, seal: bytes | None) -> dict[str, bytes]:
    """Return the files of a bundle by name; the last one lists the SHA-256 of the others."""
    files: dict[str, bytes] = {
        "findings.txt": describe_findings(result, wording, rows, cut).encode("utf-8", "replace"),
        "findings.json": _dump(tuple[Finding, ...], tuple(row.finding for row in rows)),
        "clauses.json": dump_clauses(result, rows),
        "origin.json": dump_origin(result, cut),
        "records.json": describe_cut(cut.records),
        "objections.xlsx": render_xlsx(result, wording, chosen=rows),
        **cut.screenshots,
    }
    if cut.records:
        files["evidence.wacz"] = pack_wacz(result, cut.records)
    if seal is not None:
        files["seal.json"] = seal
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return {**files, "SHA256SUMS": sums.encode()}


def describe_findings(result: Result, wording: Wording, rows: Sequence[Row], cut: Cut) -> str:
    """Return the findings in words, for people without this tool."""
    say = wording.messages.say
    site = clean_text(result.target.name, 200)
    moment = wording.show_time(result.snapshot.started_at)
    lines = [say("desk.bundle_head", site=site, at=moment, as_of=wording.show_day(result.as_of)), ""]
    lines += [say("desk.bundle_files"), ""]
    if cut.left_out:
        lines += [say("desk.bundle_left_out", count=cut.left_out), ""]
    for number, row in enumerate(rows, 1):
        stamp = result.rulesets.get(row.finding.ruleset)
        standard = wording.pick(stamp.title, 200) if stamp is not None else ""
        named = (
            ("ruleset", standard),
            ("clause", f"{row.finding.clause} {row.number}"),
            ("asks", row.asks),
            ("subject", row.subject),
            ("outcome", row.outcome),
            ("reason", row.reason),
            ("passages", "\n    ".join(row.passages)),
            ("addresses", "\n    ".join(row.addresses)),
            ("remedy", row.remedy),
            ("fingerprint", row.fingerprint),
        )
        lines.append(f"{number}. {row.title}")
        lines += [
            f"  {wording.say(f'column_{name}') if name != 'asks' else say('desk.column_asks')}: {text}"
            for name, text in named
            if text
        ]
        lines.append("")
    return "\n".join(lines)


def dump_clauses(result: Result, rows: Sequence[Row]) -> bytes:
    """Return the texts of the clauses and rules that the findings are of, as JSON."""
    clauses = {row.finding.clause: row.clause for row in rows}
    names = [clause.rule for clause in clauses.values() if clause.rule is not None]
    rules = {name: result.rules[name] for name in names if name in result.rules}
    rulesets = {clause.ruleset for clause in clauses.values()}
    return _dump(
        dict[str, Any],
        {
            "clauses": TypeAdapter(dict[str, ClauseText]).dump_python(clauses, mode="json", by_alias=True),
            "rules": TypeAdapter(dict[str, RuleText]).dump_python(rules, mode="json"),
            "rulesets": {
                code: {"zh": stamp.title.zh, "en": stamp.title.en, "version": stamp.version, "sha256": stamp.sha256}
                for code, stamp in result.rulesets.items()
                if code in rulesets
            },
        },
    )


def dump_origin(result: Result, cut: Cut) -> bytes:
    """Return where a bundle comes from, as JSON: which result, which archive, by their hashes."""
    origin = {
        "site": result.target.id,
        "run": result.snapshot.run_id,
        "audit": identify_audit(result),
        "result_sha256": hash_result(result),
        "archive_sha256": dict(result.snapshot.digests),
        "as_of": result.as_of.isoformat(),
        "records": len(cut.records),
        "left_out": cut.left_out,
    }
    return escape_json(json.dumps(origin, ensure_ascii=False, indent=1)) + b"\n"


def pack_wacz(result: Result, records: Sequence[CutRecord]) -> bytes:
    """Return the records as a WACZ."""
    snapshot = result.snapshot
    about = {
        "title": clean_text(result.target.name, 200),
        "created": snapshot.finished_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "software": f"auditor {snapshot.versions.get('auditor', '')}".strip(),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "evidence.wacz"
        write_cut(path, records, about)
        return path.read_bytes()


def pack_files(files: Mapping[str, bytes]) -> bytes:
    """Return files as a ZIP; the same files give the same bytes."""
    with tempfile.SpooledTemporaryFile(max_size=MOST_BYTES) as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bundle:
            for name, content in files.items():
                method = zipfile.ZIP_STORED if name.endswith((".wacz", ".png", ".xlsx")) else zipfile.ZIP_DEFLATED
                bundle.writestr(zipfile.ZipInfo(name, _EPOCH), content, method)
        stream.seek(0)
        return stream.read()


def _dump(kind: Any, value: object) -> bytes:
    plain = TypeAdapter(kind).dump_python(value, mode="json", by_alias=True)
    return escape_json(json.dumps(plain, ensure_ascii=False, indent=1)) + b"\n"
