"""The result as JUnit XML: a suite for every chapter of a standard, a case for every finding."""

from __future__ import annotations

from itertools import groupby

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite
from junitparser.junitparser import FinalResult

from auditor.gate.baseline import Baseline
from auditor.model.outcomes import Outcome
from auditor.model.results import Result
from auditor.report.rows import Row, list_rows
from auditor.report.wording import Wording, clean_text

_MOST_HOST = 260


def render_junit(result: Result, wording: Wording, baseline: Baseline | None = None) -> bytes:
    """Return the bytes of `junit.xml`. What a waiver explains or the baseline forgives is skipped, not failed."""
    rows = list_rows(result, wording)
    whole = JUnitXml(f"auditor {clean_text(result.target.id, _MOST_HOST)}")
    for (ruleset, number), group in groupby(rows, key=lambda row: (row.finding.ruleset, row.number)):
        suite = TestSuite(f"{ruleset} {number}")
        suite.timestamp = result.snapshot.finished_at.isoformat(timespec="seconds")
        suite.hostname = clean_text(result.target.hosts[0] if result.target.hosts else result.target.id, _MOST_HOST)
        suite.add_testcases([_make_case(row, baseline) for row in group])
        whole.add_testsuite(suite)
    if result.faults:
        whole.add_testsuite(_make_faults(result))
    whole.update_statistics()  # type: ignore[no-untyped-call]
    content: bytes = whole.tostring()  # type: ignore[no-untyped-call]
    return content


def _make_case(row: Row, baseline: Baseline | None) -> TestCase:
    whole = row.finding.subject.kind == "site"
    case = TestCase(row.title if whole else f"{row.title} · {row.subject}", row.finding.clause, time=0.0)
    case.result = _make_outcome(row, baseline)
    if row.addresses:
        case.system_out = "\n".join(row.addresses)
    return case


def _make_outcome(row: Row, baseline: Baseline | None) -> list[FinalResult]:
    finding = row.finding
    if finding.outcome is Outcome.PASSED:
        return []
    if finding.outcome is not Outcome.FAILED or row.explained:
        return [Skipped(row.message, row.reason_code or finding.outcome.value)]
    if baseline is not None and baseline.forgives(finding):
        return [Skipped(row.message, "baseline")]
    failure = Failure(row.message, row.reason_code or finding.outcome.value)
    failure.text = "\n".join(filter(None, (row.asks, row.reason, row.remedy, f"fingerprint {row.fingerprint}")))
    return [failure]


def _make_faults(result: Result) -> TestSuite:
    suite = TestSuite("auditor")
    for fault in result.faults:
        case = TestCase(clean_text(f"{fault.stage} {fault.place}", 300), "auditor", time=0.0)
        case.result = [Error(clean_text(fault.message, 1000), "tool_fault")]
        suite.add_testcase(case)
    return suite
