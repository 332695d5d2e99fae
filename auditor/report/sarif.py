"""The result as SARIF 2.1.0: a rule for every clause, a result for every finding."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from auditor.gate.baseline import Baseline, Change
from auditor.harmless import escape_json
from auditor.model.outcomes import ClauseClass, Outcome
from auditor.model.results import ClauseText, Result
from auditor.report.rows import Row, list_rows
from auditor.report.wording import MOST_HREF, Wording, clean_text

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "auditor/v1"
_SAFE = "/:?@!$&'()*+,;=%~-._"
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")

_KINDS: Mapping[Outcome, str] = {
    Outcome.PASSED: "pass",
    Outcome.FAILED: "fail",
    Outcome.NOT_APPLICABLE: "notApplicable",
    Outcome.CANNOT_TELL: "open",
    Outcome.NEEDS_PERSON: "review",
}
_LEVELS: Mapping[ClauseClass, str] = {
    ClauseClass.ESSENTIAL: "error",
    ClauseClass.MANDATORY: "error",
    ClauseClass.RECOMMENDED: "warning",
}
_STATES: Mapping[Change, str] = {"new": "new", "unchanged": "unchanged", "worse": "updated", "better": "updated"}


def render_sarif(result: Result, wording: Wording, baseline: Baseline | None = None) -> bytes:
    """Return the bytes of `result.sarif`."""
    rows = list_rows(result, wording)
    names = {name: index for index, name in enumerate(result.clauses)}
    run: dict[str, Any] = {
        "tool": {"driver": _describe_tool(result, wording)},
        "automationDetails": {"id": f"auditor/{clean_text(result.target.id, 260)}/"},
        "columnKind": "unicodeCodePoints",
        "language": "zh-CN" if wording.messages.language == "zh" else "en",
        "invocations": [_describe_invocation(result)],
        "results": [_describe_result(row, names, result, baseline) for row in rows],
        "properties": {
            "asOf": result.as_of.isoformat(),
            "score": result.score.value,
            "low": result.score.low,
            "high": result.score.high,
            "judged": result.score.judged,
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return escape_json(json.dumps(log, ensure_ascii=False, indent=1) + "\n")


def locate_page(url: str, result: Result) -> str:
    """Return what a finding's address is called in SARIF: of a folder that was audited, the path of its file."""
    if result.snapshot.origin != "folder":
        scheme, mark, rest = url.partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}{mark}{host}{slash}{quote(_BARE_PERCENT.sub('%25', path), safe=_SAFE)}"
    name = os.fsdecode(unquote_to_bytes(urlsplit(url).path)).lstrip("/")
    whole = f"{name}index.html" if not name or name.endswith("/") else name
    return quote(os.fsencode(PurePosixPath(whole)), safe="/")


def _describe_tool(result: Result, wording: Wording) -> dict[str, Any]:
    version = result.versions.get("auditor", "0")
    return {
        "name": "auditor",
        "version": version,
        "semanticVersion": version,
        "rules": [_describe_clause(name, clause, result, wording) for name, clause in result.clauses.items()],
    }


def _describe_clause(name: str, clause: ClauseText, result: Result, wording: Wording) -> dict[str, Any]:
    rule = result.rules.get(clause.rule or "")
    help_text = wording.pick(rule.remedy) if rule is not None else wording.pick(clause.asks)
    return {
        "id": name,
        "name": clause.rule or clause.check.value,
        "shortDescription": {"text": wording.pick(clause.title, 200)},
        "fullDescription": {"text": wording.pick(clause.asks)},
        "help": {"text": help_text},
        "defaultConfiguration": {"level": _LEVELS[clause.class_]},
        "properties": {
            "tags": [clause.ruleset, clause.class_.value, clause.check.value],
            "number": clean_text(clause.number, 40),
            "units": [clean_text(unit, 80) for unit in clause.units],
        },
    }


def _describe_result(row: Row, names: Mapping[str, int], result: Result, baseline: Baseline | None) -> dict[str, Any]:
    finding = row.finding
    described: dict[str, Any] = {
        "ruleId": finding.clause,
        "ruleIndex": names[finding.clause],
        "kind": _KINDS[finding.outcome],
        "level": _LEVELS[row.clause.class_] if finding.outcome is Outcome.FAILED else "none",
        "message": {"text": row.message},
        "locations": [_locate(url, result) for url in row.addresses[:1]]
        or [_locate(clean_text(url, MOST_HREF), result) for url in result.target.seeds[:1]],
        "partialFingerprints": {FINGERPRINT: row.fingerprint},
        "properties": {
            "id": clean_text(finding.id, 300),
            "subject": clean_text(finding.subject.key, 300),
            "outcome": finding.outcome.value,
            "degree": finding.degree.value,
            "reason": row.reason_code or None,
            "defect": clean_text(finding.defect, 80) if finding.defect else None,
        },
    }
    if len(row.addresses) > 1:
        described["relatedLocations"] = [
            {"id": number, **_locate(url, result)} for number, url in enumerate(row.addresses[1:], 1)
        ]
    if row.explained and finding.decision is not None:
        described["suppressions"] = [{"kind": "external", "justification": clean_text(finding.decision.reason, 1000)}]
    if baseline is not None:
        described["baselineState"] = _STATES[baseline.compare(finding)]
    return described


def _locate(url: str, result: Result) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": locate_page(url, result)}}
    if result.snapshot.origin == "folder":  # a file of a repository: what shows results there wants a line
        place["region"] = {"startLine": 1}
    return {"physicalLocation": place}


def _describe_invocation(result: Result) -> dict[str, Any]:
    snapshot = result.snapshot
    notes = [
        {"level": "error", "message": {"text": clean_text(f"{fault.stage} {fault.place}: {fault.message}", 1000)}}
        for fault in result.faults
    ]
    return {
        "executionSuccessful": not result.faults,
        "startTimeUtc": _write_time(snapshot.started_at),
        "endTimeUtc": _write_time(snapshot.finished_at),
        "toolExecutionNotifications": notes,
    }


def _write_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
