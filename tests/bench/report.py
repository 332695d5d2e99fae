"""How soon a report opens in Chromium: `python -m tests.bench.report [--findings 2000] [--lang zh] [--runs 5]`.

A report of so many findings is written into a scratch folder and opened from the disk in a fresh context each time. The
figures are those of the browser: when the document was there, when something was painted first, when the script had
made the filter ready, and how long the details of one clause took to open.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "report")]

import report_sample as sample  # noqa: E402
from playwright.sync_api import Browser, sync_playwright  # noqa: E402

from auditor.messages import load_messages  # noqa: E402
from auditor.report.beside import Beside  # noqa: E402
from auditor.report.html import render_html  # noqa: E402

_TIMES = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return {ready: page.domContentLoadedEventEnd, loaded: page.loadEventEnd, painted: paint ? paint.startTime : 0};
}"""
_OPEN = """() => new Promise(done => {
  const start = performance.now(), clause = document.querySelector("details.clause-failed");
  new MutationObserver((_, watch) => { watch.disconnect(); done(performance.now() - start); })
    .observe(clause, {childList: true, subtree: true});
  clause.open = true;
})"""


def open_once(browser: Browser, path: Path) -> dict[str, float]:
    """Open the report once and return milliseconds by name."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(path.as_uri())
    page.screenshot()  # only what is shown is painted
    figures: dict[str, float] = page.evaluate(_TIMES)
    figures["details"] = page.evaluate(_OPEN)
    context.close()
    return figures


def main() -> None:
    """Write a report and open it several times."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--findings", type=int, default=2000)
    parser.add_argument("--lang", choices=["zh", "en"], default="zh")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    program = os.environ.get("AUDITOR_CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    result = sample.make_large(options.findings)
    start = time.perf_counter()
    files = render_html(result, load_messages(options.lang), Beside(sample.SCREENSHOTS))
    print(f"render {time.perf_counter() - start:6.2f} s, {len(files)} files")  # noqa: T201 - a bench prints
    print(f"first view {len(files['report.html']) / 1e6:.3f} MB, all {sum(map(len, files.values())) / 1e6:.1f} MB")  # noqa: T201 - a bench prints
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        for name, content in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        runs = [open_once(browser, Path(folder) / "report.html") for _ in range(options.runs)]
        browser.close()
    for name in runs[0]:
        times = [run[name] for run in runs]
        print(f"{name:8} median {statistics.median(times):6.0f} ms, most {max(times):6.0f} ms")  # noqa: T201 - a bench prints


if __name__ == "__main__":
    main()
