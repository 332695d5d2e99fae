"""Time and memory of judging a large portal: `python -m tests.bench.evaluation [--documents 10000] [--standards xh20 bs20]`.

The facts are drawn, with a seed, from the cases of the library: of the kinds that are many on a portal as many as
`--documents` asks for, each with an address of its own; of the other kinds those of the cases. Seconds are of the
clock and of the processor, with the engine's process; megabytes the peak of each of the two processes.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from auditor.evaluate import Context, evaluate_rulebook
from auditor.facts import FactBase
from auditor.rules.cases import DEFAULT_DAY, build_facts
from auditor.rules.fields import find_kind
from auditor.rules.load import Rulebook, load_library, load_rulebook

SHARES = {"document": 1.0, "page": 1.2, "link": 2.0, "interpretation": 0.3, "decision": 0.05, "consultation": 0.01}
"""Facts of each kind for one document."""
UNITS = 60
HOST = "https://portal.example"


class NoPassages:
    """A text index in which nothing is found."""

    def find_mentions(self, terms: object) -> Sequence[FactBase]:
        """Return nothing."""
        del terms
        return ()


def draw_facts(documents: int, seed: int) -> tuple[FactBase, ...]:
    """Return the facts of a portal with so many documents."""
    chance = random.Random(seed)
    pools: dict[str, list[FactBase]] = defaultdict(list)
    for rule in load_library().values():
        for case in rule.cases:
            for fact in build_facts(case):
                pools[find_kind(fact)].append(fact)
    units = [f"unit {number}" for number in range(UNITS)]
    facts = [fact for kind, own in pools.items() if kind not in SHARES for fact in own]
    for kind, share in SHARES.items():
        for number in range(round(documents * share)):
            fact = chance.choice(pools[kind])
            facts.append(fact.model_copy(update=_move(type(fact), kind, number, chance.choice(units), documents)))
    return tuple(facts)


def _move(model: type[FactBase], kind: str, number: int, unit: str, documents: int) -> dict[str, Any]:
    own = {
        "url": f"{HOST}/{kind}/{number}.html",
        "target": f"{HOST}/document/{number % documents}.html",
        "source": f"{HOST}/page/{number % 500}.html",
        "of": f"{HOST}/document/{number % documents}.html",
        "unit": unit,
    }
    return {name: value for name, value in own.items() if name in model.model_fields}


def find_flags(rulebook: Rulebook) -> dict[str, bool]:
    """Return every flag that some rule or clause asks for, as set."""
    bound = [clause for one in rulebook.standards for clause in one.standard.clauses]
    applies = [one.applies for one in (*bound, *rulebook.rules.values()) if one.applies is not None]
    return {name: True for one in applies for name in one.flags}


def main(given: Sequence[str] | None = None) -> int:
    """Judge once and write what it cost."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--standards", nargs="+", default=["xh20", "bs20"])
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(given)
    facts = draw_facts(asked.documents, asked.seed)
    rulebook = load_rulebook(asked.standards)
    context = Context("portal", "", DEFAULT_DAY, flags=find_flags(rulebook), passages=NoPassages())
    started, worked = time.monotonic(), time.process_time()
    found = evaluate_rulebook(facts, rulebook, context)
    seconds, own = time.monotonic() - started, time.process_time() - worked
    engine = resource.getrusage(resource.RUSAGE_CHILDREN)
    told = {
        "facts": len(facts),
        "findings": len(found.findings),
        "outcomes": dict(Counter(one.outcome for one in found.findings)),
        "faults": len(found.faults),
        "seconds": round(seconds, 2),
        "seconds_processor": round(own + engine.ru_utime + engine.ru_stime, 2),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "megabytes_engine": round(engine.ru_maxrss / 1024),
    }
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 1 if found.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
