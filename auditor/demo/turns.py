"""What each defect turns in a portal with all parts, clause by clause: the manifest of both standards.

`data/turns.yaml` holds, for every defect, the automatic clauses whose verdict differs from that of the portal without
defects, as `clause: outcome reason` or `clause@place: ...` for the unit at that place (`clause@*` for every unit).
Clauses that it does not name stay as they are: passed, unless `clean` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from auditor.demo.manifest import Key, Verdict
from auditor.demo.portal import Portal
from auditor.demo.texts import read_data
from auditor.model.outcomes import Degree, Outcome

CLEAN: Final = "clean"
ALONE: Final = "alone"
"""The entry of the manifest that lists defects which hide others and are therefore judged by themselves."""


def list_clean(portal: Portal) -> Mapping[Key, Verdict]:
    """Return the verdicts of a portal without defects that are no passes."""
    return dict(_read_turns(portal, CLEAN))


def list_turns(portal: Portal, defect: str) -> Mapping[Key, Verdict]:
    """Return the verdicts that a defect turns. Raises KeyError for a defect that the manifest does not name."""
    return dict(_read_turns(portal, defect))


def _read_turns(portal: Portal, name: str) -> Iterator[tuple[Key, Verdict]]:
    for written, outcome in read_data("turns")[name].items():
        clause, _, place = written.partition("@")
        bodies = portal.plan.bodies
        chosen = bodies if place == "*" else [bodies[int(place)]] if place else ()
        subjects = [body.name for body in chosen] or [portal.host]
        for subject in subjects:
            yield (clause, subject), _read_verdict(outcome)


def _read_verdict(written: str) -> Verdict:
    words = written.split()
    degree = Degree.TOLERATED if "tolerated" in words else Degree.FULL
    rest = [word for word in words[1:] if word != "tolerated"]
    return Verdict(Outcome(words[0]), degree, rest[0] if rest else None)
