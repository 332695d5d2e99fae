"""The gate over each defect that a release can bring: a static folder, or a staging address for what a folder cannot
show, a profile like `release`, with and without baseline.

`python -m tests.bench.gate [DEFECT...]`: the clean folder must exit 0, each with a defect 1 with its clauses named in
SARIF, JUnit and Markdown, and the same again held against its own result 0. Exit 1 where one does not. Which defects
those are, and the clauses that each must break, follows from the manifest and from what the profile selects.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo"))

from demo_whole import SERVED

from auditor.cli.commands import run_arguments
from auditor.demo.defects import load_defects
from auditor.demo.folder import write_folder
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import PortalSpec, generate_portal
from auditor.demo.profile import write_profile
from auditor.demo.server import serve_portal
from auditor.demo.texts import read_data
from auditor.demo.turns import list_turns
from auditor.model.outcomes import Outcome
from auditor.profile import load_profile
from auditor.remit import select_clauses
from auditor.rules.load import load_rulebook

STANDARDS = ("xh20", "bs20")
GATE = ("-r", "xh20", "-r", "bs20", "--fail-on", "any", "--min-judged", "0.8", "--quiet")
FORMATS = "sarif,junit,markdown"


def make_portal(*defects):
    return generate_portal(PortalSpec(pages=60, defects=defects, parts=PART_NAMES))


def list_release_defects():
    """Return the clauses that each defect must break, by the manifest and by what the profile `release` selects."""
    path = Path("release")
    judged = select_clauses(path, load_profile(path), load_rulebook(STANDARDS))
    known = {clause.id for one in judged.standards for clause in one.standard.clauses}
    portal = make_portal()
    broken = {
        defect.id: sorted(
            {
                clause
                for (clause, _), verdict in list_turns(portal, defect.id).items()
                if clause in known and verdict is not None and is_breaking(verdict)
            }
        )
        for defect in load_defects()
        if defect.id in read_data("turns")
    }
    return {name: clauses for name, clauses in broken.items() if clauses}


def is_breaking(verdict):
    """Tell whether a verdict breaks the gate; how fresh a column is, the profile leaves out."""
    return verdict.outcome is Outcome.FAILED and verdict.reason != "stale"


@contextlib.contextmanager
def provide_site(folder, *defects):
    """Yield the target of an audit and its options: the sample portal as a folder of static pages, or served."""
    portal = make_portal(*defects)
    if SERVED.isdisjoint(defects):
        write_folder(portal, folder)
        yield (str(folder),)
        return
    with serve_portal(portal) as served:
        reached = [f"{host}:{port}:{','.join(ends)}" for (host, port), ends in served.overrides.items()]
        options = [option for one in reached for option in ("--resolve", one)]
        yield (served.url, *options, "--rate", "0", "--browser", "never")


def write_own_profile(path):
    """Write the profile of somebody who knows the portal: like `release`, with its name, host and bodies."""
    portal = make_portal()
    write_profile(portal, path)
    path.write_text(path.read_text(encoding="utf-8").replace("standards:\n- xh20\n", "like: release\n"))
    return path


def run_gate(site, out, *more):
    """Run the gate as a pipeline does; return its exit code."""
    profile = out.parent.parent / "own.yaml"
    arguments = ["audit", *site, "--profile", str(profile), *GATE, "--format", FORMATS, "--out", str(out), *more]
    with contextlib.redirect_stdout(io.StringIO()):
        return run_arguments(arguments, {"AUDITOR_LANG": "en"})


def list_named(out):
    """Return the clauses that SARIF names as failures, and whether JUnit and Markdown name them all."""
    log = json.loads((out / "result.sarif").read_text(encoding="utf-8"))
    failed = sorted({one["ruleId"] for one in log["runs"][0]["results"] if one["kind"] == "fail"})
    junit = (out / "junit.xml").read_text(encoding="utf-8")
    shown = (out / "summary.md").read_text(encoding="utf-8").replace("\\", "")
    return failed, all(f'classname="{name}"' in junit and f"| {name} |" in shown for name in failed)


def check_defect(folder, defect, expected):
    """Return whether a defect breaks the gate, is named, and is forgiven where it was there before."""
    with provide_site(folder / defect / "site", defect) as site:
        first = run_gate(site, folder / defect / "first")
        failed, is_named = list_named(folder / defect / "first")
        second = run_gate(site, folder / defect / "second", "--baseline", str(folder / defect / "first"))
    is_right = (first, second) == (1, 0) and failed == expected and is_named
    sys.stdout.write(f"{'right' if is_right else 'WRONG'}  {defect:26} {first} {second} {' '.join(failed)}\n")
    sys.stdout.flush()
    return is_right


def main(names):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_own_profile(folder / "own.yaml")
        with provide_site(folder / "clean" / "site") as site:
            clean = run_gate(site, folder / "clean" / "first")
        sys.stdout.write(f"{'right' if clean == 0 else 'WRONG'}  clean {clean}\n")
        defects = list_release_defects()
        results = [check_defect(folder, defect, defects[defect]) for defect in names or defects]
    return 0 if clean == 0 and all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
