"""All faults of the table against a real collection: `python -m tests.chaos.faults [NAME ...] [--together] [--json]`.

One by one, and then all that can be in one site together. Each must end in its Attempt, the ordinary pages must be
collected, and the process must live, within bounds of time and memory; the facts are then extracted from the archive.
Together, each must end as it does alone.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.chaos import page_faults, redirect_faults, site_faults, wire_faults
from tests.chaos.faultserver import ADDRESSES, HOST, FaultServer, make_site
from tests.chaos.table import Fault

FAULTS = (*wire_faults.FAULTS, *redirect_faults.FAULTS, *page_faults.FAULTS, *site_faults.FAULTS)
SECONDS = 60.0
TOGETHER_SECONDS = 600.0
MEGABYTES = 900


@dataclass(frozen=True)
class Order:
    """What the collecting process gets: where, and for how long at most."""

    port: int
    hosts: tuple[str, ...]
    ports: tuple[int, ...]
    folder: str
    authority: str
    seconds: float


@dataclass(frozen=True)
class Outcome:
    """What came of one collection. `problems` are sentences; none where all is well."""

    name: str
    seconds: float
    megabytes: int
    visits: int
    ends: dict[str, str]
    problems: tuple[str, ...]


def collect(order: Order) -> dict[str, tuple[str, str | None, int | None]]:
    """Collect the site in a process of its own, read the archive back and extract facts from it."""
    os.environ["SSL_CERT_FILE"] = order.authority
    from auditor.collect.access import Access  # noqa: PLC0415
    from auditor.collect.crawl import collect_site  # noqa: PLC0415 - the trusted authorities are read while loading
    from auditor.extract.extraction import extract_facts  # noqa: PLC0415
    from auditor.model.snapshots import Limits  # noqa: PLC0415
    from auditor.model.targets import Target  # noqa: PLC0415
    from auditor.snapshot import open_snapshot  # noqa: PLC0415
    from auditor.words.vocabulary import load_vocabulary  # noqa: PLC0415

    target = Target(id=HOST, name="样例", seeds=(f"http://{HOST}:{order.port}/",), hosts=order.hosts)
    places = dict(zip(order.hosts, ("127.0.0.1", *ADDRESSES), strict=False))
    overrides = {(host, port): (place,) for host, place in places.items() for port in order.ports}
    run = collect_site(
        target,
        Limits(rate=0, request_seconds=2, total_seconds=order.seconds),
        Access(overrides=overrides, browser="never"),
        Path(order.folder) / "run",
        vocabulary=load_vocabulary(),
        on_progress=lambda _: None,
        clock=lambda: datetime.now(UTC),
    )
    with open_snapshot(run) as reader:
        faults = extract_facts(reader, load_vocabulary()).faults
        ends = {v.url: (str(v.attempt.status), v.attempt.reason, v.status) for v in reader.visits}
        ends["problems"] = ("; ".join((*reader.verify(), *(f"{f.place}: {f.message}" for f in faults))), None, None)
    return ends


def _measure(order: Order, answers: multiprocessing.Queue[object]) -> None:
    started = time.monotonic()
    try:
        ends: object = collect(order)
    except BaseException as error:  # noqa: BLE001 - whatever it was, it is the answer
        ends = f"{type(error).__name__}: {error}"
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    answers.put((ends, time.monotonic() - started, int(peak.split()[1]) >> 10))


def try_faults(name: str, faults: tuple[Fault, ...], seconds: float) -> Outcome:
    """Serve a site with some faults, collect it in a process of its own, and hold what came against the table."""
    with tempfile.TemporaryDirectory() as folder, FaultServer({}) as server:
        spares = [fault.spare(server) if fault.spare is not None else 0 for fault in faults]
        addresses = {fault.name: fault.address(server.port, spare) for fault, spare in zip(faults, spares, strict=True)}
        linked = [(addresses[fault.name], f"第{number}条") for number, fault in enumerate(faults) if not fault.is_alone]
        pages = make_site(linked)
        for fault in faults:
            path = "/" + addresses[fault.name].split("/", 3)[3]
            server.handlers.update({**fault.serves, **({path: fault.handler} if fault.handler is not None else {})})
        server.handlers.update(pages)
        hosts = tuple(dict.fromkeys((HOST, *(host for fault in faults for host in fault.hosts))))
        order = Order(
            server.port, hosts, (server.port, *filter(None, spares)), folder, str(server.authority.file), seconds
        )
        ends, spent, memory = _run_process(order)
        asked = server.asked.total()
    problems = [ends] if isinstance(ends, str) else list(_compare(faults, addresses, ends, server.port, tuple(pages)))
    allowed = sum(fault.allowed or 40 for fault in faults) + 40
    problems += [f"{asked} requests"] if asked > allowed else []
    problems += [f"{spent:.0f} s"] if spent > seconds + 30 else []
    problems += [f"{memory} MB"] if memory > MEGABYTES else []
    found = {} if isinstance(ends, str) else {f.name: str(ends.get(addresses[f.name])) for f in faults}
    return Outcome(name, round(spent, 1), memory, 0 if isinstance(ends, str) else len(ends) - 1, found, tuple(problems))


def _run_process(order: Order) -> tuple[dict[str, tuple[str, str | None, int | None]] | str, float, int]:
    context = multiprocessing.get_context("spawn")
    answers: multiprocessing.Queue[object] = context.Queue()
    process = context.Process(target=_measure, args=(order, answers))
    process.start()
    try:
        answer: object = answers.get(timeout=order.seconds + 120)
    except Exception as error:  # noqa: BLE001 - an empty queue: it hangs, or it is dead
        answer = (f"no answer ({type(error).__name__}, exit code {process.exitcode})", order.seconds + 120, 0)
    process.kill()
    process.join()
    return answer  # type: ignore[return-value]


def _compare(
    faults: tuple[Fault, ...],
    addresses: dict[str, str],
    ends: dict[str, tuple[str, str | None, int | None]],
    port: int,
    pages: tuple[str, ...],
) -> list[str]:
    problems = [ends["problems"][0]] if ends["problems"][0] else []
    for fault in faults:
        end = ends.get(addresses[fault.name])
        if end not in {(str(status), reason, code) for status, reason, code in fault.ends}:
            problems.append(f"{fault.name} ended in {end}")
    lost = [path for path in pages if ends.get(f"http://{HOST}:{port}{path}", ("",))[0] != "done"]
    return [*problems, *([f"ordinary pages lost: {' '.join(lost)}"] if lost else [])]


def main(arguments: list[str]) -> int:
    """Try the faults, print a line each, and return 1 where one did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--together", action="store_true", help="only all together")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    chosen = tuple(fault for fault in FAULTS if not options.names or fault.name in options.names)
    outcomes = []
    groups = [] if options.together else [(fault.name, (fault,), SECONDS) for fault in chosen]
    if not options.names:
        groups.append(("together", tuple(fault for fault in chosen if not fault.is_alone), TOGETHER_SECONDS))
    for name, faults, seconds in groups:
        outcome = try_faults(name, faults, seconds)
        outcomes.append(outcome)
        end = "; ".join(outcome.ends.values()) if len(faults) == 1 else f"{len(faults)} faults"
        line = f"{'FAIL' if outcome.problems else 'ok  '} {name:28} {outcome.seconds:6.1f} s {outcome.megabytes:5} MB"
        shown = json.dumps(asdict(outcome), ensure_ascii=False) if options.json else f"{line}  {end[:70]}"
        print(shown, *outcome.problems, sep="\n       ", flush=True)  # noqa: T201 - the report
    failed = sum(bool(outcome.problems) for outcome in outcomes)
    print(f"{len(outcomes)} tried, {failed} failed")  # noqa: T201 - the report
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
