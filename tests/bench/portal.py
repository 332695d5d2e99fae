"""Every defect of the sample portal alone, in each layout, judged under both standards and held against the manifest.

    python -m tests.bench.portal [--layout nested] [--defect ID]... [--jobs 2] [--served]

From folders of pages; `--served`: over the network of this machine, as some defects can only be seen.

Prints what moves without being expected, what is expected without moving, and the rules that no defect turns.
`--write FILE` writes what was seen in the form of the manifest, to be read and judged by a person.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo"))

from demo_whole import SERVED, find_moves, judge_served, judge_whole, list_automatic, make_whole

from auditor.demo.defects import load_defects
from auditor.demo.manifest import Key, Verdict
from auditor.demo.texts import read_data
from auditor.demo.turns import list_turns

LAYOUTS = ("nested", "tables", "tabs")
Verdicts = Mapping[Key, Verdict | None]


def say(line: str) -> None:
    """Write a line at once: runs are long."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def judge_one(layout: str, defect: str, served: bool) -> Mapping[Key, Verdict]:
    """Judge a portal with one defect, or with none."""
    judge = judge_served if served else judge_whole
    with tempfile.TemporaryDirectory() as folder:
        return judge(make_whole(layout, (defect,) if defect else ()), Path(folder))


def name_verdict(verdict: Verdict | None) -> str:
    """Return a verdict as the manifest writes it."""
    if verdict is None:
        return "gone"
    words = [str(verdict.outcome), "tolerated" if str(verdict.degree) == "tolerated" else "", verdict.reason or ""]
    return " ".join(word for word in words if word)


def name_key(key: Key, layout: str) -> str:
    """Return a clause and a subject as the manifest writes them."""
    portal = make_whole(layout)
    names = [body.name for body in portal.plan.bodies]
    return f"{key[0]}@{names.index(key[1])}" if key[1] in names else key[0]


def compare(moves: Verdicts, defect: str, layout: str) -> Iterator[str]:
    """Yield what is not as the manifest says."""
    known = read_data("turns")
    expected = list_turns(make_whole(layout), defect) if defect in known else {}
    for key in sorted({*moves, *expected}):
        if moves.get(key) != expected.get(key):
            wanted = name_verdict(expected[key]) if key in expected else "unmoved"
            seen = name_verdict(moves[key]) if key in moves else "unmoved"
            yield f"{layout} {defect} {name_key(key, layout)}: expected {wanted}, seen {seen}"


def main() -> int:
    """Run and report."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--layout", action="append", choices=LAYOUTS)
    parser.add_argument("--defect", action="append")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--served", action="store_true")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    defects = asked.defect or [one.id for one in load_defects() if asked.served or one.id not in SERVED]
    turned: dict[str, set[str]] = defaultdict(set)
    wrong: list[str] = []
    seen: dict[str, dict[str, str]] = {}
    started = time.perf_counter()
    with ProcessPoolExecutor(asked.jobs) as pool:
        for layout in asked.layout or LAYOUTS:
            clean = pool.submit(judge_one, layout, "", asked.served).result()
            wrong += [
                f"{layout} clean {name_key(key, layout)}: {name_verdict(verdict)}"
                for key, verdict in clean.items()
                if str(verdict.outcome) != "passed"
            ]
            jobs = [pool.submit(judge_one, layout, defect, asked.served) for defect in defects]
            for defect, found in ((defect, job.result()) for defect, job in zip(defects, jobs, strict=True)):
                moves = find_moves(clean, found)
                wrong += compare(moves, defect, layout)
                seen.setdefault(defect, {name_key(key, layout): name_verdict(one) for key, one in moves.items()})
                for clause, _ in moves:
                    turned[clause].add(defect)
                shown = ", ".join(f"{name_key(key, layout)}: {name_verdict(one)}" for key, one in moves.items())
                say(f"{time.perf_counter() - started:6.0f} s {layout} {defect}: {{{shown}}}")
    say("\n".join(wrong))
    automatic = list_automatic()
    rules = {str(one.rule) for one in automatic.values()}
    done = {str(automatic[clause].rule) for clause in turned if clause in automatic}
    say(f"{len(automatic)} automatic clauses, {len(rules)} rules, not turned: {', '.join(sorted(rules - done))}")
    if asked.write:
        lines = [f"{name}: {{{', '.join(f'{k}: {v}' for k, v in rows.items())}}}" for name, rows in seen.items()]
        asked.write.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
