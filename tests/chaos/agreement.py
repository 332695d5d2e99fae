"""The engine against the plain evaluator over the library, with facts drawn anew for each seed.

    python -m tests.chaos.agreement [--seeds 5] [--first 1] [--trials 2000]

The engine runs with `SHAKEN` memory. Prints a line a seed; exit 1 where the two disagree, or where a
rule has a fault.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.rules.judgement import Judgements
from auditor.rules.load import load_library
from auditor.rules.reference import judge_plainly
from auditor.rules.trial import judge_by_engine

sys.path.insert(0, str(Path(__file__).parents[1] / "rules"))
from library_trials import SHAKEN, KeptWorker, gather_pools, generate, library_trials


@dataclass
class Tally:
    """What came of the trials of one seed; `problems` are the trials in which the two differ."""

    judged: int = 0
    verdicts: set[tuple[str, int | None]] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)


def run_trials(number: int, count: int) -> Tally:
    """Return what came of one seed."""
    tally = Tally()
    worker = KeptWorker(SHAKEN)
    for use, facts, around in generate(library_trials(gather_pools(load_library())), count, number):
        plain = judge_plainly([use], facts, around)
        judged: Judgements = judge_by_engine([use], facts, around, lambda: worker)
        tally.judged += 1
        tally.verdicts |= {(use.id, one.verdict) for one in plain.judgements}
        if judged != plain or plain.faults:
            tally.problems.append(f"{use.id} {dict(judged.faults)} {dict(plain.faults)} {facts!r}")
    worker.close()
    return tally


def main(given: Sequence[str] | None = None) -> int:
    """Run the seeds one after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("--seeds", 5), ("--first", 1), ("--trials", 2000)):
        parser.add_argument(name, type=int, default=value)
    asked = parser.parse_args(given)
    wrong = 0
    for number in range(asked.first, asked.first + asked.seeds):
        started = time.monotonic()
        tally = run_trials(number, asked.trials)
        seconds = time.monotonic() - started
        told = f"{tally.judged} trials, {len(tally.verdicts)} verdicts, {len(tally.problems)} differ, {seconds:.0f} s"
        lines = [f"seed {number}: {told}", *(f"    {problem[:400]}" for problem in tally.problems[:5])]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
        wrong += len(tally.problems)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
