"""What each defect turns in a portal with all parts, clause by clause: the manifest of both standards.

`data/turns.yaml` holds, for every defect, the clauses whose verdict differs from that of the portal without defects,
as `clause: outcome reason`, or `clause@place: ...` for the unit at that place (`1-4` for some, `*` for all of them) or
for the page of a column (`column/number`). Of an assisted clause the verdict is what the machine proposes. Clauses that
it does not name stay as they are: the automatic ones passed, unless `clean` or `unasked` says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from auditor.demo.manifest import Key, Verdict
from auditor.demo.portal import Portal
from auditor.demo.refs import Ref
from auditor.demo.texts import read_data
from auditor.model.outcomes import Degree, Outcome

CLEAN: Final = "clean"
UNASKED: Final = "unasked"
"""What else is no pass in a folder of pages, which says nothing of the network."""
ALONE: Final = "alone"
"""The entry of the manifest that lists defects which hide others and are therefore judged by themselves."""
LATER: Final = "later"
"""The entry that lists defects which can be seen only when what they lack was due: in the summer after."""
GONE: Final = "gone"
"""What stands for the verdict of a subject that is judged no more."""
SITE: Final = "site"
"""The key of the site, whatever its name."""


def list_defect_names() -> tuple[str, ...]:
    """Return the defects that the manifest speaks of."""
    return tuple(name for name in read_data("turns") if name not in (CLEAN, UNASKED, ALONE, LATER))


def list_clean(portal: Portal, *, observed: bool) -> Mapping[Key, Verdict | None]:
    """Return the automatic verdicts of a portal without defects that are no passes. `observed`: over the network."""
    return {**dict(_read_turns(portal, CLEAN)), **({} if observed else dict(_read_turns(portal, UNASKED)))}


def list_turns(portal: Portal, defect: str) -> Mapping[Key, Verdict | None]:
    """Return the verdicts that a defect turns, None for one that is gone. Raises KeyError for an unknown defect."""
    return dict(_read_turns(portal, defect))


def name_key(portal: Portal, key: Key) -> str:
    """Return a clause and a subject as the manifest writes them: a unit by its place, a page as `column/number`."""
    clause, subject = key
    names = [body.name for body in portal.plan.bodies]
    if subject in names:
        return f"{clause}@{names.index(subject)}"
    ref = portal.layout.read_path(subject)
    return f"{clause}@{ref.column}/{ref.number}" if ref is not None else clause


def _read_turns(portal: Portal, name: str) -> Iterator[tuple[Key, Verdict | None]]:
    for written, outcome in read_data("turns")[name].items():
        clause, _, place = written.partition("@")
        for subject in _list_subjects(portal, place):
            yield (clause, subject), _read_verdict(outcome)


def _list_subjects(portal: Portal, place: str) -> Iterator[str]:
    """Yield the keys of the subjects at a place: none, `3`, `1-4`, `*` or `column/number`."""
    if not place:
        yield SITE
    elif "/" in place:
        column, _, number = place.partition("/")
        yield portal.layout.write_path(Ref("item", column, int(number)))
    else:
        names = [body.name for body in portal.plan.bodies]
        first, _, last = place.partition("-")
        yield from names if place == "*" else names[int(first) : int(last or first) + 1]


def _read_verdict(written: str) -> Verdict | None:
    if written == GONE:
        return None
    words = written.split()
    degree = Degree.TOLERATED if "tolerated" in words else Degree.FULL
    rest = [word for word in words[1:] if word != "tolerated"]
    return Verdict(Outcome(words[0]), degree, rest[0] if rest else None)


def write_verdict(verdict: Verdict | None) -> str:
    """Return a verdict as the manifest writes it."""
    if verdict is None:
        return GONE
    words = [str(verdict.outcome), "tolerated" if verdict.degree is Degree.TOLERATED else "", verdict.reason or ""]
    return " ".join(word for word in words if word)
