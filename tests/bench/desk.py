"""Two thousand findings in every format: seconds and memory of each, in a process of its own.

`python -m tests.bench.desk [--findings N]`
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "desk")]


def measure_format(name: str, count: int) -> str:
    """Render one format and return a line of figures; the sample itself is made before the clock starts."""
    from desk_sample import make_many  # noqa: PLC0415 - only in the measured process

    result = make_many(count)
    render = load_renderer(name)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    start = time.perf_counter()
    size = render(result)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{name:10} {seconds:6.2f} s  {peak:5.0f} MB (before: {base:.0f})  {size / 1e6:6.2f} MB written"


def load_renderer(name: str) -> Callable[[Any], int]:
    """Return what renders a format and tells how many bytes that makes; `html` with all its files."""
    from auditor.collect.printing import print_page, require_browser  # noqa: PLC0415 - only in the measured process
    from auditor.messages import load_messages  # noqa: PLC0415
    from auditor.outputs.reports import render_report  # noqa: PLC0415
    from auditor.report.beside import Beside  # noqa: PLC0415
    from auditor.report.html import render_html, render_paper  # noqa: PLC0415

    messages = load_messages("zh")
    if name == "html":
        return lambda result: sum(map(len, render_html(result, messages, Beside()).values()))
    if name == "pdf":
        return lambda result: len(print_page(render_paper(result, messages, Beside()), require_browser()))
    return lambda result: len(render_report(name, result, messages, None))  # type: ignore[arg-type]


def main() -> None:
    """Measure each format in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--findings", type=int, default=2000)
    parser.add_argument("--only")
    options = parser.parse_args()
    if options.only:
        print(measure_format(options.only, options.findings))  # noqa: T201 - a bench prints
        return
    for name in ("json", "sarif", "junit", "csv", "markdown", "xlsx", "html", "pdf"):
        command = [sys.executable, "-m", "tests.bench.desk", "--only", name, "--findings", str(options.findings)]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
