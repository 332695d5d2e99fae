"""Memory of the browser over many drawn pages: `python -m tests.bench.rendering [--pages 300] [--json]`.

A site on loopback serves shells that a script fills from JSON; all are drawn as a crawl would draw them. The resident
memory of this process and of all processes of the browser is taken every 20 pages.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "collect"))

from loopback import HOST, NOW, Reply, Site

from auditor.archive.journal import Beginning, SnapshotWriter
from auditor.collect.browser import open_browser
from auditor.collect.drawing import Sheet
from auditor.collect.fetch import Fetcher
from auditor.collect.pace import Pace
from auditor.collect.resolve import Resolver
from auditor.collect.supply import Served, Supply
from auditor.collect.wire import WireTransport
from auditor.model.attempts import AttemptStatus
from auditor.model.snapshots import Limits

STEP = 20
PAGE = '<html><body><div id="app"></div><script src="/app.js"></script></body></html>'
SCRIPT = """
window.kept = []; for (let i = 0; i < 200; i++) kept.push(new Array(5000).fill(i));
fetch('/data?' + location.pathname).then(r => r.json()).then(rows => {
  app.innerHTML = '<ul>' + rows.map(row => `<li><a href="${row.url}">${row.name}</a></li>`).join('') + '</ul>filled';
});
"""


def list_family(root: int) -> list[int]:
    """Return a process and all below it."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat[1])
    found = [root]
    for process in found:
        found.extend(child for child, parent in parents.items() if parent == process)
    return found


def measure_memory(processes: list[int]) -> float:
    """Return the proportional resident memory of processes in MB: shared pages are counted once."""
    total = 0
    for process in processes:
        try:
            text = Path(f"/proc/{process}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
    return total / 1024


async def draw_many(site: Site, folder: Path, pages: int) -> dict[str, object]:
    """Draw the pages two at a time and return what was measured."""
    limits = Limits(rate=0, max_renders=pages)
    access = site.access("127.0.0.1", browser="auto")
    resolver = Resolver(access.overrides, None, frozenset(), allow_private=False)
    transport = WireTransport(access, resolver, limits, lambda: NOW)
    writer = SnapshotWriter(folder, Beginning("run", HOST, NOW))
    browser = await open_browser(access, site.target(), limits)
    fetcher = Fetcher(transport, Pace(0, 4), limits, lambda: NOW)

    async def refuse(_: str) -> None:
        return None

    supply = Supply(fetcher, writer, limits, hosts=frozenset({HOST}), refuse=refuse, allows_foreign=True)
    browser.attach(supply, 0)
    started = time.monotonic()
    rows = []
    done = 0
    for first in range(0, pages, STEP):
        sheets = [
            Sheet(site.url(f"/shell/{number}"), Served(200, {"content-type": "text/html"}, PAGE.encode()))
            for number in range(first, min(first + STEP, pages))
        ]
        drawn = await asyncio.gather(
            *(browser.render(sheet, lambda html: "filled" if "filled</" in html else "bare") for sheet in sheets)
        )
        done += sum(one.attempt.status is AttemptStatus.DONE and "条目 19" in (one.html or "") for one in drawn)
        family = list_family(os.getpid())
        own = measure_memory([os.getpid()])
        rows.append(
            {"pages": first + len(sheets), "own_mb": round(own), "browser_mb": round(measure_memory(family) - own)}
        )
    seconds = time.monotonic() - started
    await browser.close()
    await transport.close()
    writer.close()
    return {"drawn": done, "of": pages, "seconds": round(seconds, 1), "memory": rows}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    site = Site()
    rows = json.dumps([{"url": f"/a/{number}.html", "name": f"条目 {number}"} for number in range(20)])
    site.replies["/app.js"] = Reply(SCRIPT, media="application/javascript")
    for number in range(options.pages):
        site.replies[f"/data?/shell/{number}"] = Reply(rows, media="application/json")
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(draw_many(site, Path(folder) / "run", options.pages))
    site.close()
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    sys.stdout.write(f"drawn {found['drawn']} of {found['of']} in {found['seconds']} s\n")
    for row in found["memory"]:  # type: ignore[attr-defined]
        sys.stdout.write(f"  {row['pages']:>4} pages: own {row['own_mb']} MB, browser {row['browser_mb']} MB\n")


if __name__ == "__main__":
    main()
