"""Results for the tests of the desk: the report's sample, hostile words in every field, thousands of findings."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl

from auditor.messages import load_messages
from auditor.model.evidence import RecordEvidence
from auditor.model.findings import Subject
from auditor.model.outcomes import Outcome
from auditor.report.wording import Wording

sys.path.append(str(Path(__file__).resolve().parent.parent / "report"))

import report_sample as sample

HOSTILE = (
    "<script>alert(1)</script>",
    '=HYPERLINK("http://evil.example","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "@SUM(1+1)",
    "-2+3",
    "{{ 1 + 1 }}{% for x in y %}",
    "\u202eevil\u202c \u200b",
    "a\x00b\x01cd\uffff",
    "_x0041_",
    "'\"&amp;<b>",
    "甲" * 200_000,
)


def make_wording(language="zh"):
    return Wording(load_messages(language), ZoneInfo("Asia/Shanghai"))


def make_other():
    """Return the result of another collection of the same site."""
    return sample.make_result(snapshot=sample.make_snapshot(sample.make_target(), run_id="20261121-011200-77aa"))


def make_hostile():
    result = sample.make_result()
    failed = [finding for finding in result.findings if finding.outcome is Outcome.FAILED]
    findings = [
        replace(
            failed[number % len(failed)],
            id=f"h{number}",
            fingerprint=f"{number:020x}",
            decision=None,
            subject=Subject("unit", text, text),
            evidence=(RecordEvidence(f"http://{sample.HOST}/{text}", None, text, text, None),),
        )
        for number, text in enumerate(HOSTILE)
    ]
    return sample.make_result(findings=findings, target=sample.make_target(name=HOSTILE[1] + "&G&P"))


def make_many(count):
    """Return a result of `count` findings, each with evidence of its own."""
    result = sample.make_result()
    failed = [finding for finding in result.findings if finding.outcome is Outcome.FAILED and finding.decision is None]
    findings = [
        replace(
            failed[number % len(failed)],
            id=f"m{number}",
            fingerprint=f"{number:020x}",
            subject=Subject("unit", f"第{number}单位", f"第{number}单位"),
            evidence=tuple(
                RecordEvidence(f"http://{sample.HOST}/{number}/{place}.html", None, "p", "正文" * 80, None)
                for place in range(5)
            ),
        )
        for number in range(count)
    ]
    return sample.make_result(findings=findings)


def read_book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def find_columns(sheet):
    return {cell.value: cell.column for cell in sheet[1]}
