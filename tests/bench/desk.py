"""Two thousand findings in every format: seconds and memory of each, in a process of its own.

The memory is the greatest of all samples of the proportional set size (Linux): ours, and that of the browser and its
driver, which only the PDF needs.

`python -m tests.bench.desk [--findings N]`
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

_EVERY = 0.05
ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "desk")]


def measure_format(name: str, count: int) -> str:
    """Render one format and return a line of figures; the sample itself is made before the clock starts."""
    from desk_sample import make_many  # noqa: PLC0415 - only in the measured process

    result = make_many(count)
    render = load_renderer(name)
    with watch_memory() as seen:
        start = time.perf_counter()
        size = render(result)
        seconds = time.perf_counter() - start
    whole = max(map(sum, seen))
    own, others = (max(column) for column in zip(*seen, strict=True))
    beside = f", browser and driver {others:.0f}, together {whole:.0f}" if others else ""
    return f"{name:10} {seconds:6.2f} s  {own:5.0f} MB (before: {seen[0][0]:.0f}{beside})  {size / 1e6:6.2f} MB written"


@contextmanager
def watch_memory() -> Iterator[list[tuple[float, float]]]:
    """Give the list that takes, all the while, the memory of this process and of those that it started, in MB."""
    own, done = psutil.Process(), threading.Event()
    seen = [(read_share(own), 0.0)]

    def watch() -> None:
        while not done.wait(_EVERY):
            seen.append((read_share(own), sum(map(read_share, own.children(recursive=True)))))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        done.set()
        thread.join()
        seen.append((read_share(own), 0.0))


def read_share(process: psutil.Process) -> float:
    """Return the proportional set size of a process in MB, 0 for one that is gone."""
    try:
        return float(process.memory_full_info().pss) / 1e6
    except psutil.Error:
        return 0.0


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
