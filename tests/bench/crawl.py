"""How fast a portal is collected, against plain fetching and Scrapy, and how much memory that takes.

    python -m tests.bench.crawl [--json] [--pages N] [--peer-pages N] [--memory]

makes a sample portal on disk, serves it from a process of its own (nginx where there is one) and measures one after
the other. `--memory` instead collects many small pages and holds the memory of all our processes against its bound.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.peers import WIDTH, crawl_with_scrapy, fetch_plainly
from tests.bench.sample import Shape, name_page, write_portal
from tests.bench.stages import measure_stages

RATIO = 10.0
MEMORY_BOUND = 400.0
_NGINX = """
daemon off; master_process off; worker_processes 1; pid {work}/nginx.pid; error_log {work}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; }} default_type text/plain; access_log off; sendfile on; tcp_nopush on;
  keepalive_requests 1000000; open_file_cache off; client_body_temp_path {work}/t1; proxy_temp_path {work}/t2;
  fastcgi_temp_path {work}/t3; uwsgi_temp_path {work}/t4; scgi_temp_path {work}/t5;
  server {{ listen 127.0.0.1:{port}; root {site}; }}
}}
"""


def main() -> int:
    """Measure, print, and tell by the exit code whether the bounds hold."""
    arguments = _read_arguments()
    with tempfile.TemporaryDirectory(prefix="bench-crawl-") as name:
        report = measure_memory(Path(name), arguments) if arguments.memory else measure_speed(Path(name), arguments)
    if arguments.json:
        sys.stdout.write(json.dumps(report) + "\n")
    else:
        for key, value in report.items():
            sys.stdout.write(f"{key:<24}{json.dumps(value)}\n")
    return 0 if report["holds"] else 1


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.crawl", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--pages", type=int, default=None, help="pages of the portal (10000; with --memory 50000)")
    parser.add_argument("--peer-pages", type=int, default=2_000, help="pages that Scrapy crawls")
    parser.add_argument("--memory", action="store_true", help="measure memory over many small pages")
    parser.add_argument("--keep", type=Path, default=None, help="keep the run folder there")
    return parser.parse_args()


def measure_speed(work: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure plain fetching, Scrapy and ours over one portal."""
    shape = Shape(arguments.pages or 10_000)
    paths = write_portal(work / "site", shape)
    sizes = [(work / "site" / path.lstrip("/")).stat().st_size for path in paths[:1_000]]
    with serve(work / "site", work) as (base, server):
        plain = run_apart(fetch_plainly, [base + path for path in paths])
        peer, peer_cpu = run_apart(crawl_with_scrapy, base + name_page(0), min(arguments.peer_pages, shape.pages - 1))
        ours = collect(base, shape.pages, work / "run")
    stages = run_apart(measure_stages, work / "site", paths[:: max(len(paths) // 200, 1)])
    _keep(work / "run", arguments.keep)
    ratio = ours["pages_per_second"] / peer
    return {
        "pages": shape.pages,
        "mean_bytes": round(sum(sizes) / len(sizes)),
        "links_a_page": shape.links,
        "server": server,
        "fetch_pages_per_second": round(plain, 1),
        "scrapy_pages_per_second": round(peer, 1),
        "scrapy_cpu_ms_a_page": round(peer_cpu, 1),
        **ours,
        "ratio_to_scrapy": round(ratio, 2),
        "ratio_to_fetch": round(ours["pages_per_second"] / plain, 3),
        "stages_ms_a_page": stages,
        "holds": ratio >= RATIO and ours["fetched"] == shape.pages,
    }


def measure_memory(work: Path, arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure the memory of a collection of many small pages."""
    shape = Shape(arguments.pages or 50_000, links=26, paragraphs=3, menu=8, partners=2, styles=1)
    paths = write_portal(work / "site", shape)
    sizes = [(work / "site" / path.lstrip("/")).stat().st_size for path in paths[:1_000]]
    with serve(work / "site", work) as (base, server):
        ours = collect(base, shape.pages, work / "run")
    _keep(work / "run", arguments.keep)
    holds = ours["peak_mb"] <= MEMORY_BOUND and ours["fetched"] == shape.pages
    about = {"pages": shape.pages, "mean_bytes": round(sum(sizes) / len(sizes)), "server": server}
    return {**about, **ours, "bound_mb": MEMORY_BOUND, "holds": holds}


# ---- the server ----------------------------------------------------------------------------------


@contextmanager
def serve(site: Path, work: Path) -> Iterator[tuple[str, str]]:
    """Serve a folder from a process of its own; give its address and what serves it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx:
        settings = work / "nginx.conf"
        settings.write_text(_NGINX.format(work=work, port=port, site=site), encoding="utf-8")
        work.chmod(0o755)
        command = [nginx, "-p", str(work), "-e", str(work / "error.log"), "-c", str(settings)]
    else:
        command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(site)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await_port(port)
        yield f"http://127.0.0.1:{port}", "nginx" if nginx else "http.server"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


def _await_port(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the server did not start")


# ---- processes -----------------------------------------------------------------------------------


def run_apart(work: Callable[..., Any], *values: Any) -> Any:
    """Run a function in a fresh process and return what it returned."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer, args=(theirs, work, values))
    process.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        raise SystemExit(f"{work.__name__} came to nothing") from None
    finally:
        process.join()


def _answer(pipe: Any, work: Callable[..., Any], values: tuple[Any, ...]) -> None:
    pipe.send(work(*values))


def collect(base: str, pages: int, out: Path) -> dict[str, Any]:
    """Collect with `auditor` in a fresh process, its memory and that of all its children watched meanwhile."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer, args=(theirs, collect_here, (base, pages, out)))
    process.start()
    theirs.close()
    peak = _Peak(process.pid or 0)
    watcher = threading.Thread(target=peak.watch, daemon=True)
    watcher.start()
    try:
        result: dict[str, Any] = ours.recv()
    except EOFError:
        raise SystemExit("the collection came to nothing") from None
    finally:
        process.join()
        peak.stop.set()
        watcher.join()
    return {**result, "peak_mb": round(peak.most / 1024, 1), "peak_by_process_mb": peak.shares}


def collect_here(base: str, pages: int, out: Path) -> dict[str, Any]:
    """Collect a portal with nothing that holds us back, and tell how it went."""
    from auditor.collect.access import Access  # noqa: PLC0415
    from auditor.collect.crawl import collect_site  # noqa: PLC0415 - the start of the process is measured too
    from auditor.model.snapshots import Limits  # noqa: PLC0415
    from auditor.model.targets import Target  # noqa: PLC0415
    from auditor.words.vocabulary import load_vocabulary  # noqa: PLC0415

    marks: dict[str, float] = {}
    started = time.perf_counter()
    limits = Limits(max_pages=pages + 10, rate=0.0, concurrency=WIDTH, total_seconds=36_000.0)
    collect_site(
        Target(id="bench", name="bench", seeds=(f"{base}{name_page(0)}",), hosts=("127.0.0.1",)),
        limits,
        Access(browser="never", allow_private=True),
        out,
        vocabulary=load_vocabulary(),
        on_progress=lambda progress: marks.setdefault(progress.phase, time.perf_counter()) and None,
        clock=lambda: datetime.now(UTC),
    )
    seconds = time.perf_counter() - started
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    fetched = _count_fetched(out)
    return {
        "fetched": fetched,
        "seconds": round(seconds, 2),
        "pages_per_second": round(fetched / seconds, 1),
        "phases_s": _measure_phases(marks, started, started + seconds),
        "cpu_s": {
            "collector": round(own.ru_utime + own.ru_stime, 2),
            "readers": round(children.ru_utime + children.ru_stime, 2),
        },
    }


def _measure_phases(marks: dict[str, float], started: float, ended: float) -> dict[str, float]:
    times = sorted((at, name) for name, at in marks.items())
    ends = [at for at, _ in times[1:]] + [ended]
    return {"start": round(times[0][0] - started, 2)} | {
        name: round(end - at, 2) for (at, name), end in zip(times, ends, strict=True)
    }


def _count_fetched(out: Path) -> int:
    from auditor.archive.wacz import iterate_pages  # noqa: PLC0415

    return sum(1 for page in iterate_pages(out / "snapshot.wacz") if page.get("text") and page.get("title"))


def _keep(run: Path, kept: Path | None) -> None:
    if kept is not None:
        shutil.copytree(run, kept, dirs_exist_ok=True)


class _Peak:
    """The most memory that a process and all below it held at one time, in KB (proportional share of each page)."""

    def __init__(self, root: int) -> None:
        self.root = root
        self.most = 0
        self.shares: list[float] = []
        self.stop = threading.Event()

    def watch(self) -> None:
        """Look every 100 ms until told to stop."""
        while not self.stop.wait(0.1):
            sizes = [_read_share(pid) for pid in _list_family(self.root)]
            if sum(sizes) > self.most:
                self.most = sum(sizes)
                self.shares = [round(size / 1024, 1) for size in sizes]


def _list_family(root: int) -> list[int]:
    family, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        family.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += [int(child) for child in task.read_text().split()]
            except OSError:
                continue
    return family


def _read_share(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONHASHSEED", "0")
    sys.exit(main())
