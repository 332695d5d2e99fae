"""The gate over each defect that a release can bring: a static folder, `--profile release`, with and without baseline.

`python -m tests.bench.gate [DEFECT...]`: the clean folder must exit 0, each with a defect 1 with its clause named in
SARIF, JUnit and Markdown, and the same again held against its own result 0. Exit 1 where one does not.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

from auditor.cli.commands import run_arguments
from auditor.demo.folder import write_folder
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import PortalSpec, generate_portal

RELEASE = (
    "column-missing-guide",
    "column-missing-rules",
    "column-missing-statutory",
    "column-missing-annual",
    "column-blank",
    "column-dead",
    "label-missing",
    "mark-missing",
    "download-missing",
    "service-guide-incomplete",
    "standard-column-missing",
    "standard-field-missing",
    "standard-link-missing",
    "standard-link-broken",
    "decision-column-missing",
    "project-column-missing",
    "resource-column-missing",
    "welfare-column-missing",
)
"""Defects of the sample portal that a new version of a site can bring, and that the machine judges alone.

Those of single units (an undated guide) are judged only where the profile names the units.
"""
GATE = ("--profile", "release", "-r", "xh20", "-r", "bs20", "--fail-on", "any", "--min-judged", "0.8", "--quiet")
FORMATS = "sarif,junit,markdown"


def write_site(folder, *defects):
    """Write the sample portal as a folder of static pages."""
    write_folder(generate_portal(PortalSpec(pages=60, defects=defects, parts=PART_NAMES)), folder)
    return folder


def run_gate(site, out, *more):
    """Run the gate as a pipeline does; return its exit code."""
    arguments = ["audit", str(site), *GATE, "--format", FORMATS, "--out", str(out), *more]
    return run_arguments(arguments, {"AUDITOR_LANG": "en"})


def list_named(out):
    """Return the clauses that SARIF names as failures, and whether JUnit and Markdown name them all."""
    log = json.loads((out / "result.sarif").read_text(encoding="utf-8"))
    failed = sorted({one["ruleId"] for one in log["runs"][0]["results"] if one["kind"] == "fail"})
    junit = (out / "junit.xml").read_text(encoding="utf-8")
    shown = (out / "summary.md").read_text(encoding="utf-8").replace("\\", "")
    return failed, all(f'classname="{name}"' in junit and f"| {name} |" in shown for name in failed)


def check_defect(folder, defect):
    """Return whether a defect breaks the gate, is named, and is forgiven where it was there before."""
    site = write_site(folder / defect / "site", defect)
    first = run_gate(site, folder / defect / "first")
    failed, is_named = list_named(folder / defect / "first")
    second = run_gate(site, folder / defect / "second", "--baseline", str(folder / defect / "first"))
    is_right = (first, second) == (1, 0) and bool(failed) and is_named
    sys.stdout.write(f"{'right' if is_right else 'WRONG'}  {defect:26} {first} {second} {' '.join(failed)}\n")
    sys.stdout.flush()
    return is_right


def main(names):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        clean = run_gate(write_site(folder / "clean"), folder / "out")
        sys.stdout.write(f"{'right' if clean == 0 else 'WRONG'}  clean {clean}\n")
        results = [check_defect(folder, defect) for defect in names or RELEASE]
    return 0 if clean == 0 and all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
