"""The table of a whole run over the sample portal: for each automatic clause, which defects turn it in which layout."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "demo"))

from demo_whole import list_automatic, load_both

LAYOUTS = ("nested", "tables", "tabs")
Seen = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Layout, defect, clause and place, and the verdict there."""


def list_turning(seen: Seen, clause: str, layout: str) -> list[str]:
    """Return the defects that turn a clause in a layout."""
    tried = seen.get(layout, {})
    return [name for name, rows in tried.items() if any(key.partition("@")[0] == clause for key in rows)]


def list_failing(seen: Seen, clause: str) -> list[str]:
    """Return the defects that make a clause fail in some layout."""
    tried = [rows for defects in seen.values() for rows in defects.items()]
    fails = (
        name
        for name, rows in tried
        if any(key.partition("@")[0] == clause and verdict.startswith("failed") for key, verdict in rows.items())
    )
    return list(dict.fromkeys(fails))


def count_open(seen: Seen) -> int:
    """Return how many automatic clauses are not turned in some layout."""
    return sum(any(not list_turning(seen, clause, layout) for layout in LAYOUTS) for clause in list_automatic())


def list_table(seen: Seen) -> Iterator[str]:
    """Yield the lines of the table and its sums, one for each standard."""
    for one in load_both().standards:
        clauses = [clause for clause in one.standard.clauses if clause.id in list_automatic()]
        yield f"{'clause':11} {'rule':34} {' '.join(f'{name:>6}' for name in LAYOUTS)}  turned by (* by no failure)"
        turned = dict.fromkeys(LAYOUTS, 0)
        failed = 0
        for clause in clauses:
            found = {layout: list_turning(seen, clause.id, layout) for layout in LAYOUTS}
            turned = {layout: turned[layout] + bool(found[layout]) for layout in LAYOUTS}
            failing = list_failing(seen, clause.id)
            failed += bool(failing)
            names = failing or [f"*{name}" for name in dict.fromkeys(chain(*found.values()))] or ["NOTHING"]
            counts = " ".join(f"{len(found[layout]):6}" for layout in LAYOUTS)
            shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
            yield f"{clause.id:11} {clause.rule or '':34} {counts}  {shown}"
        sums = ", ".join(f"{layout} {count}" for layout, count in turned.items())
        yield f"{one.standard.code}: {len(clauses)} automatic clauses; turned in {sums}; {failed} of them to failed"
