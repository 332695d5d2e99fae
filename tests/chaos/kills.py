"""Kills at random moments, then `--resume` until done.

    python -m tests.chaos.kills [--runs 60] [--seed N] [--drawn] [--json]

The real command line crawls a portal of 500 pages from a server that counts requests; its whole process group gets
SIGKILL after a random number of requests, or a while after the last. Then: facts and visits equal those of the
undisturbed crawl, volatile fields aside; nothing that was journaled at a kill is asked for again; the archive passes
the public validator. Every second crawl has a page limit below the size of the portal. With `--drawn` the portal is
a small one whose lists a browser draws, with attachments and links to other hosts.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from auditor.archive.journal import COLLECTING_FOLDER, SNAPSHOT_FILE, Beginning, SnapshotWriter
from auditor.collect.loading import _is_settled
from auditor.demo.portal import Portal, generate_portal
from auditor.demo.spec import PortalSpec
from auditor.extract.extraction import extract_facts
from auditor.facts import FACT_KINDS, Fact
from auditor.snapshot import open_snapshot
from auditor.words.vocabulary import load_vocabulary
from tests.chaos.drawnsite import list_overrides, make_drawn_site
from tests.chaos.faultserver import HOST, FaultServer
from tests.chaos.peer import Handler, Peer

PAGES = 480
KILLS_A_CRAWL = 5
LIMITS = (None, 300)
_IDLE = 0.005
_AFTER = 1.15
_SHAKE = 0.05
_SHAKE_DRAWN = 1.5
_TIMES = frozenset({"at", "fetched_at", "checked_at", "started_at", "finished_at"})
_RECORD = re.compile(r"<urn:uuid:[0-9a-f-]+>")
"""The ids of records are made of the run's name, and that of the time."""


@dataclass
class Tally:
    """What came of all crawls. `repeated` counts requests beyond the undisturbed crawl's; `problems` are sentences."""

    kills: int = 0
    crawls: int = 0
    equal: int = 0
    valid: int = 0
    before_first: int = 0
    after_last: int = 0
    repeated: int = 0
    asked_again: int = 0
    leftovers: int = 0
    problems: list[str] = field(default_factory=list)


def serve_pages(portal: Portal) -> Handler:
    """Answer from a portal."""

    async def handle(peer: Peer) -> None:
        port = peer.headers.get("host", "").rpartition(":")[2]
        answer = portal.answer(urlsplit(peer.path).path, 4, f"http://{portal.host}:{port}")
        more = {"Location": answer.location} if answer.location else {}
        await peer.respond(answer.body, answer.status, answer.content_type, **more)

    return handle


def start_crawl(url: str, out: Path, limit: int | None, *, resume: bool) -> subprocess.Popen[bytes]:
    """Start the real command line in a process group of its own."""
    parts = urlsplit(url)
    is_drawn = parts.hostname == HOST
    command = [sys.executable, "-m", "auditor", "crawl", url, "--out", str(out), "--quiet", "--rate", "100000"]
    command += ["--browser", "auto" if is_drawn else "never"]
    here = ["--resolve", f"{parts.hostname}:{parts.port}:127.0.0.1"]
    command += list_overrides(parts.port or 0) if is_drawn else here
    command += [*(["--max-pages", str(limit)] if limit else []), *(["--resume"] if resume else [])]
    return subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def kill_at(process: subprocess.Popen[bytes], server: FaultServer, count: int, pause: float) -> bool:
    """Kill the group once `count` requests were asked and `pause` seconds went by; tell whether it was still there."""
    while process.poll() is None and server.asked.total() < count:
        time.sleep(_IDLE)
    time.sleep(pause)
    was_there = process.poll() is None
    if was_there:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return was_there


def list_journaled(run: Path) -> set[str]:
    """Return the paths that the journal of a killed run holds as settled, as a resumed run would read it."""
    if not (run / COLLECTING_FOLDER / "start.json").exists():
        return set()
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(run, Path(folder) / "run")
        with SnapshotWriter(copy, Beginning("", "", datetime.now(UTC)), resume=True) as writer:
            settled = [visit.url for visit in writer.journaled.values() if _is_settled(visit)]
    return {urlsplit(url)._replace(scheme="", netloc="").geturl() for url in settled}


def read_run(run: Path) -> tuple[list[str], list[str]]:
    """Return visits and facts of a finished run as lines, volatile fields aside."""
    with open_snapshot(run) as reader:
        extraction = extract_facts(reader, load_vocabulary())
        visits = [
            (
                v.url,
                v.attempt.status,
                v.attempt.reason,
                v.parts,
                v.clicks,
                v.found_on,
                v.final_url,
                v.status,
                v.media_type,
            )
            for v in reader.visits
        ]
    return [repr(visit) for visit in visits], [write_fact(fact) for fact in extraction.facts]


def write_fact(fact: Fact) -> str:
    """Return a fact as one line without what its kind declares volatile, without times and ids of records."""
    volatile = FACT_KINDS[fact.kind].VOLATILE
    fields = {name: value for name, value in fact.model_dump(mode="json").items() if name not in volatile}
    return _RECORD.sub("*", json.dumps(_drop_times(fields), ensure_ascii=False))


def _drop_times(value: object) -> object:
    if isinstance(value, dict):
        return {name: _drop_times(item) for name, item in value.items() if name not in _TIMES}
    return [_drop_times(item) for item in value] if isinstance(value, list) else value


def count_leftovers(run: Path, whole: Path) -> int:
    """Return how many more responses and drawn pages the resumed run has stored than the undisturbed one."""
    counts = []
    for folder in (run, whole):
        with zipfile.ZipFile(folder / SNAPSHOT_FILE) as bundle, bundle.open("archive/data.warc.gz") as stream:
            kinds = re.findall(rb"^WARC-Type: (response|resource)", gzip.decompress(stream.read()), re.MULTILINE)
        counts.append(len(kinds))
    return max(0, counts[0] - counts[1])


def is_valid(run: Path) -> bool:
    """Hold the archive against the public validator."""
    command = [str(Path(sys.executable).with_name("wacz")), "validate", "-f", str(run / "snapshot.wacz")]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def draw_moments(dice: random.Random, total: int, kills: int, shake: float) -> Iterator[tuple[int, float]]:
    """Draw the moments of the kills of one crawl: a number of requests, or beyond the last of them seconds."""
    for moment in sorted(dice.uniform(0, total * _AFTER) for _ in range(kills)):
        beyond = max(0.0, moment / total - 1.0)
        yield min(round(moment), total), beyond * 10 + dice.uniform(0, shake)


@dataclass(frozen=True)
class Drill:
    """One crawl to be disturbed: of what, into which folder, with which page limit; `asked` are the requests undisturbed."""

    url: str
    run: Path
    server: FaultServer
    limit: int | None
    asked: Counter[str]

    def disturb(self, moments: Iterator[tuple[int, float]], tally: Tally) -> None:
        """Kill the crawl at its moments, resume it each time, and let it end."""
        journaled: set[str] = set()
        before: Counter[str] = Counter()
        for count, pause in moments:
            process = start_crawl(self.url, self.run, self.limit, resume=True)
            if not kill_at(process, self.server, count, pause):
                break
            tally.kills += 1
            tally.before_first += self.server.asked.total() == 0
            tally.after_last += count >= self.asked.total()
            self._count_repeats(tally, before, journaled)
            journaled, before = list_journaled(self.run), self.server.asked.copy()
        process = start_crawl(self.url, self.run, self.limit, resume=True)
        _, said = process.communicate(timeout=300)
        self._count_repeats(tally, before, journaled)
        if process.returncode != 0:
            tally.problems.append(f"{self.run.name}: exit code {process.returncode}: {said.decode()[-300:]}")

    def _count_repeats(self, tally: Tally, before: Counter[str], journaled: set[str]) -> None:
        # a probe asks for the home page once more, and robots.txt stands on several hosts: in an undisturbed run too;
        # a probe that was cut off by a kill is made again
        asked, cut = self.server.asked, Counter({"/": tally.after_last})
        again = [path for path in journaled if asked[path] > max(before[path], self.asked[path] + cut[path])]
        tally.asked_again += len(again)
        if again:
            tally.problems.append(f"asked again: {sorted(again)[:5]}")


def compare(run: Path, whole: Path, tally: Tally) -> None:
    """Hold a resumed run against the undisturbed one."""
    tally.crawls += 1
    tally.valid += is_valid(run)
    tally.leftovers += count_leftovers(run, whole)
    pairs = zip(("visits", "facts"), read_run(run), read_run(whole), strict=True)
    differing = {name: _describe(own, other) for name, own, other in pairs if own != other}
    tally.equal += not differing
    tally.problems += [f"{run.name}: {name} differ: {text}" for name, text in differing.items()]


def _describe(own: list[str], other: list[str]) -> str:
    if sorted(own) == sorted(other):
        first = next(index for index, (a, b) in enumerate(zip(own, other, strict=True)) if a != b)
        return f"order, from {first} of {len(own)}"
    lost, added = set(other) - set(own), set(own) - set(other)
    return f"{len(lost)} lost, {len(added)} added: {sorted(lost)[:1]} {sorted(added)[:1]}"


def collect_whole(url: str, folder: Path, server: FaultServer) -> dict[int | None, Counter[str]]:
    """Crawl undisturbed under each limit; return the requests that it took."""
    asked = {}
    for limit in LIMITS:
        server.asked.clear()
        start_crawl(url, folder / f"whole-{limit}", limit, resume=False).communicate(timeout=300)
        asked[limit] = server.asked.copy()
    return asked


def run_drills(runs: int, seed: int, *, is_drawn: bool) -> Iterator[Tally]:
    """Disturb crawls until there were enough kills; give the tally after each."""
    dice, tally = random.Random(seed), Tally()
    portal = generate_portal(PortalSpec(seed=seed % 1000, pages=PAGES))
    server = FaultServer({}) if is_drawn else FaultServer({}, serve_pages(portal))
    with tempfile.TemporaryDirectory() as name, server:
        folder, url = Path(name), f"http://{HOST if is_drawn else portal.host}:{server.port}/"
        server.handlers.update(make_drawn_site(server.port) if is_drawn else {})
        wholes = collect_whole(url, folder, server)
        while tally.kills < runs:
            limit = LIMITS[tally.crawls % len(LIMITS)]
            drill = Drill(url, folder / f"run-{tally.crawls}", server, limit, wholes[limit])
            server.asked.clear()
            kills = min(KILLS_A_CRAWL, runs - tally.kills)
            moments = draw_moments(dice, wholes[limit].total(), kills, _SHAKE_DRAWN if is_drawn else _SHAKE)
            drill.disturb(moments, tally)
            tally.repeated += (server.asked - wholes[limit]).total()
            compare(drill.run, folder / f"whole-{limit}", tally)
            shutil.rmtree(drill.run)
            yield tally


def main(arguments: list[str]) -> int:
    """Kill, resume, compare, and print what came of it; return 1 where something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60, help="kills altogether")
    parser.add_argument("--seed", type=int, default=20200420)
    parser.add_argument("--drawn", action="store_true", help="a portal whose lists a browser draws")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    tally = Tally()
    for tally in run_drills(options.runs, options.seed, is_drawn=options.drawn):
        if not options.json:
            shown = f"crawl {tally.crawls}: {tally.kills} kills, {tally.equal} equal"
            print(shown, *tally.problems[-3:], sep="\n  ", flush=True)  # noqa: T201 - the report
    print(json.dumps(asdict(tally), ensure_ascii=False, indent=1))  # noqa: T201 - the report
    return int(bool(tally.problems) or tally.equal < tally.crawls or tally.valid < tally.crawls)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
