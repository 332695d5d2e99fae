"""How long both standards take over a stored snapshot of many documents, and how much memory.

    python -m tests.bench.stored [--pages 10000] [--run FOLDER] [--json]

makes a sample portal with all its parts, stores it as a run folder (`--run` keeps it there, and takes it from there the
next time), and judges it in a process of its own on one core: the stored facts are read, then evaluated with both
standards at once. Holds where evaluation takes at most 10 s and all processes together 1.5 GB.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from auditor.demo.folder import write_folder
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import PortalSpec, generate_portal
from auditor.demo.profile import write_profile
from auditor.messages import load_messages
from auditor.pipeline import Settings, collect_target, extract_run, plan_audit

STANDARDS = ("xh20", "bs20")
SECONDS = 10.0
MEGABYTES = 1500
NOW = datetime(2021, 3, 31, 4, tzinfo=UTC)


def store_run(pages: int, run: Path) -> None:
    """Make the portal, collect it from a folder of its pages, and store its facts."""
    portal = generate_portal(PortalSpec(pages=pages, parts=PART_NAMES))
    with tempfile.TemporaryDirectory() as name:
        write_folder(portal, Path(name) / "site")
        profile = run.with_name(run.name + ".profile.yaml")
        write_profile(portal, profile, STANDARDS)
        settings = Settings(lambda: NOW, as_of=NOW.date(), rulesets=STANDARDS, profile=profile, out=run)
        plan = plan_audit(settings)
        collect_target(str(Path(name) / "site"), settings, plan, lambda _: None)
    extract_run(run, plan.profile)


def judge_stored(run: Path) -> dict[str, object]:
    """Judge a stored run on one core; return figures. Everything but evaluation stands outside the clock."""
    from auditor.evaluate import Context, evaluate_rulebook  # noqa: PLC0415 - only in the measured process
    from auditor.rules.load import load_rulebook  # noqa: PLC0415
    from auditor.runfolder.files import open_passages, read_stored_facts  # noqa: PLC0415
    from auditor.words.vocabulary import load_vocabulary  # noqa: PLC0415

    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    facts, _ = read_stored_facts(run)
    rulebook, words = load_rulebook(STANDARDS), load_vocabulary()
    with open_passages(run) as passages:
        started, worked = time.perf_counter(), time.process_time()
        found = evaluate_rulebook(
            facts, rulebook, Context("sample", "sample", NOW.date(), words=words, passages=passages)
        )
        seconds, processor = time.perf_counter() - started, time.process_time() - worked
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    engine = child.ru_maxrss / 1024
    kinds = Counter(fact.kind for fact in facts)
    return {
        "facts": len(facts),
        "documents": kinds["document"],
        "pages": kinds["page"],
        "findings": len(found.findings),
        "outcomes": Counter(str(one.outcome) for one in found.findings),
        "faults": len(found.faults),
        "seconds": round(seconds, 2),
        "processor": round(processor + child.ru_utime + child.ru_stime, 2),
        "megabytes": round(own + engine),
        "holds": seconds <= SECONDS and own + engine <= MEGABYTES and not found.faults,
    }


def main() -> int:
    """Store if need be, measure, print; 1 where a bound does not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--run", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        sys.stdout.write(json.dumps(judge_stored(options.only)))
        return 0
    load_messages("zh")
    with tempfile.TemporaryDirectory() as name:
        run = options.run or Path(name) / "run"
        if not (run / "facts.jsonl").exists():
            store_run(options.pages, run)
        command = [sys.executable, "-m", "tests.bench.stored", "--only", str(run)]
        report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    lines = [json.dumps(report)] if options.json else [f"{key:<12}{json.dumps(value)}" for key, value in report.items()]
    sys.stdout.write("\n".join(lines) + "\n")
    return int(not report["holds"])


if __name__ == "__main__":
    sys.exit(main())
