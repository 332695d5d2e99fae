"""Every defect of the sample portal alone, in each layout, judged under both standards and held against the manifest.

    python -m tests.bench.portal [--layout nested]... [--defect ID]... [--jobs 2] [--served] [--keep FILE]
    python -m tests.bench.portal --join FILE FILE ...

From folders of pages, but for the defects that only the network of this machine can show; `--served`: all over it.
Parts of a run that `--keep` wrote are put together by `--join`, which judges nothing anew.

Prints what moves without being expected, what is expected without moving, and for each automatic clause the defects
that turn it in each layout. Ends with 1 where anything moved otherwise than the manifest says, and, where all defects
and layouts were tried, where a clause was not turned in each.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo"))

from demo_whole import (
    NOW,
    SERVED,
    SUMMER,
    choose_moment,
    find_moves,
    judge_served,
    judge_whole,
    list_automatic,
    make_whole,
)

from auditor.demo.defects import load_defects
from auditor.demo.manifest import PASSED, Key, Verdict
from auditor.demo.turns import list_clean, list_defect_names, list_turns, name_key, write_verdict
from tests.bench.portal_table import LAYOUTS, count_open, list_table

Verdicts = Mapping[Key, Verdict]


@dataclass(frozen=True)
class Trial:
    """A portal to judge: without a defect, the one that others are compared with. `rows`: what was seen."""

    layout: str
    served: bool
    later: bool = False
    defect: str = ""
    rows: Mapping[str, str] = field(default_factory=dict, compare=False)


def say(line: str) -> None:
    """Write a line at once: runs are long."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def judge_trial(trial: Trial) -> Verdicts:
    """Judge a portal with one defect, or with none."""
    judge = judge_served if trial.served else judge_whole
    defects = (trial.defect,) if trial.defect else ()
    with tempfile.TemporaryDirectory() as folder:
        return judge(make_whole(trial.layout, defects, SUMMER if trial.later else NOW), Path(folder))


def write_rows(layout: str, verdicts: Mapping[Key, Verdict | None]) -> dict[str, str]:
    """Return verdicts as the manifest writes them."""
    portal = make_whole(layout)
    return {name_key(portal, key): write_verdict(one) for key, one in verdicts.items()}


def list_expected(trial: Trial) -> dict[str, str]:
    """Return what the manifest says of a portal."""
    portal = make_whole(trial.layout)
    if not trial.defect:
        return write_rows(trial.layout, list_clean(portal, observed=trial.served))
    known = trial.defect in list_defect_names()
    return write_rows(trial.layout, list_turns(portal, trial.defect)) if known else {}


def list_wrong(trial: Trial) -> Iterator[str]:
    """Yield what is not as the manifest says, which says nothing of a portal without defects in the summer after."""
    if trial.later and not trial.defect:
        return
    expected = list_expected(trial)
    place = f"{trial.layout} {'served' if trial.served else 'folder'} {trial.defect or 'clean'}"
    if trial.defect and trial.defect not in list_defect_names():
        yield f"{place}: not in the manifest"
    for key in sorted({*trial.rows, *expected}):
        if trial.rows.get(key) != expected.get(key):
            yield f"{place} {key}: expected {expected.get(key, 'unmoved')}, seen {trial.rows.get(key, 'unmoved')}"


def list_trials(asked: argparse.Namespace) -> Iterator[Trial]:
    """Yield the portals with a defect that are asked for."""
    for layout in asked.layout or LAYOUTS:
        for name in asked.defect or [one.id for one in load_defects()]:
            yield Trial(layout, asked.served or name in SERVED, choose_moment((name,)) == SUMMER, name)


def run_trials(trials: Iterable[Trial], jobs: int) -> Iterator[Trial]:
    """Yield each portal with what moved in it; before them those without defects, with what is no pass."""
    wanted = list(trials)
    bases = list(dict.fromkeys(replace(one, defect="") for one in wanted))
    with ProcessPoolExecutor(jobs) as pool:
        clean: dict[Trial, Future[Verdicts]] = {base: pool.submit(judge_trial, base) for base in bases}
        found = [(trial, pool.submit(judge_trial, trial)) for trial in wanted]
        for base, job in clean.items():
            faults = {key: one for key, one in job.result().items() if key[0] in list_automatic() and one != PASSED}
            yield replace(base, rows=write_rows(base.layout, faults))
        for trial, job in found:
            moves = find_moves(clean[replace(trial, defect="")].result(), job.result())
            yield replace(trial, rows=write_rows(trial.layout, moves))


def try_defects(asked: argparse.Namespace) -> list[Trial]:
    """Judge what is asked for and keep it."""
    done: list[Trial] = []
    started = time.perf_counter()
    for trial in run_trials(list_trials(asked), asked.jobs):
        done.append(trial)
        faults = len(list(list_wrong(trial)))
        mark = f"{faults} WRONG" if faults else "as expected"
        say(
            f"{time.perf_counter() - started:6.0f} s {trial.layout} {trial.defect or 'clean'}: {mark}, {len(trial.rows)}"
        )
        if asked.keep:
            asked.keep.write_text(json.dumps([asdict(one) for one in done], ensure_ascii=False), encoding="utf-8")
    return done


def read_trials(paths: Iterable[Path]) -> list[Trial]:
    """Return what earlier runs kept; the last one of the same portal counts."""
    kept = [Trial(**row) for path in paths for row in json.loads(path.read_text(encoding="utf-8"))]
    return list({(one.layout, one.served, one.later, one.defect): one for one in kept}.values())


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--layout", action="append", choices=LAYOUTS)
    parser.add_argument("--defect", action="append")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--served", action="store_true")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--join", type=Path, nargs="+")
    asked = parser.parse_args()
    trials = read_trials(asked.join) if asked.join else try_defects(asked)
    seen: dict[str, dict[str, dict[str, str]]] = {}
    for trial in trials:
        if trial.defect:
            seen.setdefault(trial.layout, {}).setdefault(trial.defect, {}).update(trial.rows)
    wrong = [line for trial in trials for line in list_wrong(trial)]
    say("\n".join([*list_table(seen), *wrong, f"{len(trials)} portals, {len(wrong)} not as the manifest says"]))
    names = {one.id for one in load_defects()}
    is_whole = set(seen) == set(LAYOUTS) and all(set(rows) == names for rows in seen.values())
    return int(bool(wrong) or (is_whole and count_open(seen) > 0))


if __name__ == "__main__":
    sys.exit(main())
