"""A fleet whose processes are killed, with a site that hangs and one that takes memory: `python -m tests.chaos.fleets`.

The real command line audits two portals, a site that never comes to its end and one whose pages take memory.
First the process of one portal gets SIGKILL, then, when that was told, the command itself. Then: nobody is left at
work; `--resume` ends what was broken off; what hangs and what takes memory failed alone; both portals have the very
verdicts of an undisturbed fleet; the history and the scorecard know every site once. Ends with 1 where a word of this
does not hold. `--seconds` is how long a site may last: long enough for a portal on a slow machine.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from ruamel.yaml import YAML

from auditor.demo.portal import generate_portal
from auditor.demo.profile import write_profile
from auditor.demo.server import serve_portal
from auditor.demo.spec import PortalSpec
from auditor.history.entries import State
from auditor.history.store import open_history
from tests.chaos.faultserver import HOST, FaultServer
from tests.chaos.peer import Handler, Peer, page

PAGES, MONTH, DAY = 120, "2021-03", "2021-03-31"
MEGABYTES = 300
HANGING, HUNGRY = "hang.test", HOST
_LINKS, _LATE = 150_000, 2.0
_PATIENCE = 600.0
Said = dict[str, str]


@dataclass(frozen=True)
class Site:
    """A site of the fleet: its address, and its profile where it has one."""

    url: str
    profile: str | None = None

    def describe(self) -> dict[str, object]:
        """Return the target as the file of a fleet writes it."""
        parts = urlsplit(self.url)
        found: dict[str, object] = {"target": self.url, "resolve": [f"{parts.hostname}:{parts.port}:127.0.0.1"]}
        return found if self.profile is None else found | {"profile": self.profile}


def serve_hunger() -> dict[str, Handler]:
    """Return pages of which each names more addresses than a site has: the list of them takes the memory."""
    pages = {f"/{number}.html": page(_list_links(f"/{number}-", _LINKS)) for number in range(12)}
    return {"/": page(_list_links("/", 12)), **pages}


async def answer_late(peer: Peer) -> None:
    """Answer late, and name more pages that will be late: nobody comes to their end."""
    if peer.path == "/robots.txt":
        return await peer.respond("", 404)
    await asyncio.sleep(0 if peer.path == "/" else _LATE)
    return await peer.respond(_list_links(peer.path.removesuffix(".html") + "-", 60))


def _list_links(path: str, count: int) -> str:
    links = "".join(f'<p><a href="{path}{number}.html">page {number}</a></p>' for number in range(count))
    return f"<html><head><title>page</title></head><body>{links}</body></html>"


@contextmanager
def serve_sites(folder: Path) -> Iterator[tuple[list[Site], list[Site]]]:
    """Serve two portals, and two sites that do harm; give both pairs."""
    with ExitStack() as stack:
        portals = []
        for name, more in (("a", {}), ("b", {"seed": 2, "host": "www.other.example"})):
            portal = generate_portal(PortalSpec(pages=PAGES, **more))  # type: ignore[arg-type]
            write_profile(portal, folder / f"{name}.yaml", ("xh20",))
            portals.append(Site(stack.enter_context(serve_portal(portal)).url, f"{name}.yaml"))
        hanging = stack.enter_context(FaultServer({}, answer_late))
        hungry = stack.enter_context(FaultServer(serve_hunger()))
        harmful = [Site(f"http://{HANGING}:{hanging.port}/"), Site(f"http://{HUNGRY}:{hungry.port}/")]
        yield portals, harmful


def write_fleet(folder: Path, name: str, sites: list[Site], seconds: float) -> Path:
    """Write the file of a fleet that audits the sites all at once, into a folder of its own."""
    document = {
        "targets": [site.describe() for site in sites],
        "standards": ["xh20"],
        "history": f"{name}.db",
        "out": name,
        "processes": len(sites),
        "rate": 40,
        "browser": "never",
        "seconds": seconds,
        "megabytes": MEGABYTES,
    }
    path = folder / f"{name}.yaml"
    YAML().dump(document, path)
    return path


def start(file: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start the command over a fleet; what it says goes into a file beside it."""
    command = [sys.executable, "-m", "auditor", "fleet", str(file), "--lang", "en", "--as-of", DAY, *more]
    with file.with_suffix(".txt").open("ab") as out:
        return subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, start_new_session=True)


def wait_for(told: Callable[[], bool], what: str) -> None:
    """Wait until something is so. Raises TimeoutError."""
    until = time.monotonic() + _PATIENCE
    while not told():
        if time.monotonic() > until:
            raise TimeoutError(what)
        time.sleep(0.05)


def find_workers(fleet: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """Return the processes that work for a fleet, not what watches over its semaphores."""
    found = []
    with suppress(psutil.Error):
        for child in psutil.Process(fleet.pid).children():
            found += [child] if "spawn_main" in " ".join(child.cmdline()) else []
    return found


def find_worker_of(fleet: subprocess.Popen[bytes], folder: Path) -> psutil.Process | None:
    """Return the process that has a file of a site's folder open."""
    for worker in find_workers(fleet):
        if any(Path(one.path).is_relative_to(folder) for one in worker.open_files()):
            return worker
    return None


def list_folders(out: Path, host: str) -> list[Path]:
    """Return the folders of a site in the output of a fleet."""
    return [path for path in out.iterdir() if path.is_dir() and host in path.name] if out.is_dir() else []


def count_collected(folder: Path) -> int:
    """Return how many bytes of a collection were written."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def disturb(file: Path, portals: list[Site]) -> tuple[list[int], bool]:
    """Kill one process of a running fleet, then the command; return who was at work, and if the first death was told."""
    fleet, out, told = start(file), file.parent / file.stem, file.with_suffix(".txt")
    hosts = [str(urlsplit(site.url).hostname) for site in portals]
    wait_for(lambda: any(count_collected(one) > 300_000 for one in list_folders(out, hosts[0])), "the first portal")
    (folder,) = list_folders(out, hosts[0])
    wait_for(lambda: find_worker_of(fleet, folder) is not None, "the process of the first portal")
    victim = find_worker_of(fleet, folder)
    assert victim is not None
    victim.kill()
    wait_for(lambda: b" died (" in told.read_bytes() or fleet.poll() is not None, "the first death")
    working = [process for worker in find_workers(fleet) for process in (worker, *worker.children(recursive=True))]
    os.kill(fleet.pid, signal.SIGKILL)
    fleet.wait()
    psutil.wait_procs(working, timeout=10)
    return [one.pid for one in working if one.is_running()], hosts[0].encode() in told.read_bytes()


def read_verdicts(out: Path, host: str) -> Said:
    """Return what was said of each clause and subject of a site, ports left out."""
    (folder,) = list_folders(out, host)
    document = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    return {
        f"{one['clause']} {one['subject']['name']}": f"{one['outcome']} {one['reason']}" for one in document["findings"]
    }


def read_states(database: Path) -> dict[str, list[str]]:
    """Return the states of the audits of each site in a history, in the order of adding."""
    found: dict[str, list[str]] = {}
    with open_history(str(database)) as history:
        for head in history.list_summaries():
            found.setdefault(head.site.partition(":")[0], []).append(f"{head.state}")
    return found


def read_card(out: Path) -> Mapping[str, str]:
    """Return the state of each site in the scorecard."""
    document = json.loads((out / "scorecard" / MONTH / "scorecard.json").read_text(encoding="utf-8"))
    return {one["site"].partition(":")[0]: one["state"] for one in document["sites"]}


def check(folder: Path, portals: list[Site], left: list[int], *, told: bool) -> Iterator[tuple[str, bool]]:
    """Yield what must hold after the fleet was resumed, and whether it does."""
    hosts = [str(urlsplit(site.url).hostname) for site in portals]
    yield "the death of one process was told while the fleet went on", told
    yield f"nobody is left at work after the command was killed {left or ''}", not left
    for host in hosts:
        whole, disturbed = read_verdicts(folder / "whole", host), read_verdicts(folder / "disturbed", host)
        other = {key for key in whole.keys() | disturbed.keys() if whole.get(key) != disturbed.get(key)}
        yield f"{host}: {len(whole)} verdicts as in the undisturbed fleet {sorted(other)[:3] or ''}", not other
    said = (folder / "disturbed.txt").read_text(encoding="utf-8", errors="replace")
    yield "the site that hangs ended at its time limit", f"http://{HANGING}:" in said and "took longer than" in said
    yield "the site that takes memory ended at its limit", f"took more than {MEGABYTES} MB" in said
    states = read_states(folder / "disturbed.db")
    yield f"the history counts each portal once {states}", all(states[host].count(State.DONE) == 1 for host in hosts)
    card = read_card(folder / "disturbed")
    expected = {**dict.fromkeys(hosts, "done"), HANGING: "failed", HUNGRY: "failed"}
    yield f"the scorecard knows all four {dict(card)}", dict(card) == expected
    yield "no process is left at the end", not any(_is_ours(one, folder) for one in psutil.process_iter(["cmdline"]))


def _is_ours(process: psutil.Process, folder: Path) -> bool:
    return any(str(folder) in part for part in process.info["cmdline"] or ())


def main() -> None:
    """Run both fleets and say what holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=150, help="how long a site may last")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve()
        with serve_sites(folder) as (portals, harmful):
            whole = start(write_fleet(folder, "whole", portals, _PATIENCE)).wait()
            file = write_fleet(folder, "disturbed", [*portals, *harmful], options.seconds)
            left, told = disturb(file, portals)
            code = start(file, "--resume").wait()
            held = [
                ("the undisturbed fleet ended", whole in (0, 1)),
                ("the resumed fleet ended with the code of what failed", code == 4),
                *check(folder, portals, left, told=told),
            ]
            words = file.with_suffix(".txt").read_text(encoding="utf-8", errors="replace")
    for sentence, holds in held:
        print("holds " if holds else "FAILS ", sentence)  # noqa: T201 - says what holds
    if not all(holds for _, holds in held):
        sys.exit(words[-3000:])


if __name__ == "__main__":
    main()
