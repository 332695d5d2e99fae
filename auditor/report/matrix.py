"""Clauses by units: where a demand holds for every unit, one row a clause and one column a unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auditor.model.findings import Finding
from auditor.model.outcomes import Outcome
from auditor.model.results import Result
from auditor.report.clauses import Badge, make_anchor, make_badge, name_unit
from auditor.report.wording import Wording, clean_text

MOST_UNITS = 60
MOST_CELLS = 1_500
_KEYS = ("failed", "cannot_tell", "needs_person", "passed", "tolerated", "not_applicable")
_LINKED = frozenset({Outcome.FAILED, Outcome.CANNOT_TELL})
_Places = Mapping[str, int]
"""The place of a unit's finding among those of a clause, by the unit's name."""


@dataclass(frozen=True)
class CellView:
    """What a clause came to for a unit; empty where it was not judged for it. `anchor` leads to a problem."""

    key: str
    label: str
    anchor: str


@dataclass(frozen=True)
class MatrixRow:
    """A clause over all units."""

    anchor: str
    number: str
    title: str
    cells: tuple[CellView, ...]
    failed: str


@dataclass(frozen=True)
class MatrixUnit:
    """The column of a unit; `failed` counts the clauses that it fails."""

    name: str
    failed: str


@dataclass(frozen=True)
class MatrixView:
    """The matrix of one standard, with a sentence on what is not in it."""

    title: str
    units: tuple[MatrixUnit, ...]
    rows: tuple[MatrixRow, ...]
    badges: tuple[Badge, ...]
    left_out: str


def list_matrices(result: Result, groups: Mapping[str, Sequence[Finding]], wording: Wording) -> tuple[MatrixView, ...]:
    """Return a matrix for every standard that judges units; where all is too much, those that fail most stay."""
    views = []
    for code, stamp in result.rulesets.items():
        judged = {
            name: {name_unit(one.subject.name): place for place, one in enumerate(group) if one.subject.kind == "unit"}
            for name, group in groups.items()
            if result.clauses[name].ruleset == code
        }
        room = MatrixRoom(result, groups, {name: places for name, places in judged.items() if places}, wording)
        if room.judged:
            views.append(room.show(wording.pick(stamp.title, 200)))
    return tuple(views)


@dataclass(frozen=True)
class MatrixRoom:
    """Makes the matrix of one standard. `judged` are its clauses that hold for units."""

    result: Result
    groups: Mapping[str, Sequence[Finding]]
    judged: Mapping[str, _Places]
    wording: Wording

    def show(self, title: str) -> MatrixView:
        """Return the matrix."""
        failing = {
            name: {unit for unit, place in places.items() if self.groups[name][place].outcome is Outcome.FAILED}
            for name, places in self.judged.items()
        }
        present = self._list_units()
        counts = {unit: sum(unit in units for units in failing.values()) for unit in present}
        units = _keep(present, counts, MOST_UNITS)
        most = max(MOST_CELLS // len(units), 1)
        names = _keep(tuple(self.judged), {name: len(found) for name, found in failing.items()}, most)
        left = {"clauses": len(self.judged) - len(names), "units": len(present) - len(units)}
        return MatrixView(
            title=title,
            units=tuple(MatrixUnit(unit, str(counts[unit])) for unit in units),
            rows=tuple(self._show_row(name, units, len(failing[name])) for name in names),
            badges=tuple(Badge(key, self._name_outcome(key)) for key in _KEYS),
            left_out=self.wording.say("matrix_left_out", **left) if any(left.values()) else "",
        )

    def _list_units(self) -> tuple[str, ...]:
        """Return the units that were judged: in the profile's order, then as they come."""
        found = dict.fromkeys(unit for places in self.judged.values() for unit in places)
        known = [name_unit(unit.name) for unit in self.result.target.units]
        return tuple(dict.fromkeys([unit for unit in known if unit in found] + list(found)))

    def _show_row(self, name: str, units: Sequence[str], failed: int) -> MatrixRow:
        clause = self.result.clauses[name]
        return MatrixRow(
            anchor=make_anchor("clause", name),
            number=clean_text(clause.number, 40),
            title=self.wording.pick(clause.title, 120),
            cells=tuple(self._show_cell(name, unit) for unit in units),
            failed=self.wording.say("matrix_failed", failed=failed, total=len(self.judged[name])),
        )

    def _show_cell(self, name: str, unit: str) -> CellView:
        place = self.judged[name].get(unit)
        if place is None:
            return CellView("none", "", "")
        finding = self.groups[name][place]
        badge = make_badge(finding.outcome, finding.degree, self.wording)
        anchor = f"{make_anchor('clause', name)}--{place + 1}" if finding.outcome in _LINKED else ""
        return CellView(badge.key, badge.label, anchor)

    def _name_outcome(self, key: str) -> str:
        return self.wording.word("degree_tolerated" if key == "tolerated" else key)


def _keep(names: Sequence[str], counts: Mapping[str, int], most: int) -> tuple[str, ...]:
    """Return at most so many names in their order: those with the most failures stay."""
    chosen = set(sorted(names, key=lambda name: -counts[name])[:most])
    return tuple(name for name in names if name in chosen)
