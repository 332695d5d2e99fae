"""How long a scorecard takes, and how much memory: `python -m tests.bench.scorecard [SITES] [MONTHS]`.

Makes the year of sample portals in a database of its own (not timed), then writes the scorecard of the last month.
Also compares two results of ten thousand findings from their documents. Prints one JSON object.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import sample_year  # noqa: E402

from auditor.compare.sources import compare_sources, read_source  # noqa: E402
from auditor.history.store import open_history  # noqa: E402
from auditor.messages import load_messages  # noqa: E402
from auditor.pipeline import Settings  # noqa: E402
from auditor.result import dump_result  # noqa: E402
from auditor.scorecard.press import write_scorecards  # noqa: E402

FINDINGS = 10_000


def write_month(database: str, out: str, month: str) -> dict[str, float]:
    """Write one scorecard and measure it."""
    began, used = time.perf_counter(), time.process_time()
    with open_history(database) as history:
        write_scorecards(history, [month], Path(out), load_messages("zh"))
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "processor_seconds": round(time.process_time() - used, 1),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000),
        "pages": sum(1 for _ in Path(out).rglob("*.html")),
    }


def compare_large(folder: Path) -> dict[str, float]:
    """Compare two results of many findings."""
    year = sample_year.Year(2, 2)
    for name, month, defects in (("one", 1, ()), ("two", 2, ("guide-stale", "column-blank"))):
        result = sample_year.make_result(year, 0, month, defects)
        turns = FINDINGS // len(result.findings) + 1
        many = [
            replace(one, id=f"{one.id}-{turn}", subject=replace(one.subject, key=f"{one.subject.key}-{turn}"))
            for turn in range(turns)
            for one in result.findings
        ]
        (folder / f"{name}.json").write_bytes(dump_result(replace(result, findings=tuple(many[:FINDINGS]))))
    began, used = time.perf_counter(), time.process_time()
    sources = [read_source(str(folder / f"{name}.json"), None) for name in ("one", "two")]
    comparison, _ = compare_sources(*sources, Settings(now=sample_year.read_now), retries=False)
    return {
        "findings": FINDINGS,
        "changes": len(comparison.changes),
        "seconds": round(time.perf_counter() - began, 1),
        "processor_seconds": round(time.process_time() - used, 1),
    }


def main(arguments: list[str]) -> None:
    """Make the year, then measure in a process of its own."""
    if arguments[:1] == ["--write"]:
        print(json.dumps(write_month(*arguments[1:])))  # noqa: T201
        return
    sites, months = (int(arguments[place]) if len(arguments) > place else count for place, count in ((0, 200), (1, 12)))
    with tempfile.TemporaryDirectory() as folder:
        database = str(Path(folder) / "history.db")
        with open_history(database) as history:
            for entry in sample_year.list_audits(sample_year.Year(sites, months)):
                history.add(entry)
        month = f"{sample_year.YEAR}-{months:02d}"
        command = [sys.executable, __file__, "--write", database, f"{folder}/out", month]
        measured = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        found = {"sites": sites, "months": months, "scorecard": measured, "compare": compare_large(Path(folder))}
    print(json.dumps(found, indent=1))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
