"""The names, titles and sentences of the sample portal, read from `data/*.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from auditor.model.targets import Unit, UnitKind

DATA = Path(__file__).resolve().parent / "data"


@dataclass(frozen=True)
class Body:
    """A body of the district: the unit as the auditor knows it, and the mark of its document numbers."""

    unit: Unit
    mark: str

    @property
    def name(self) -> str:
        """Return the full name."""
        return self.unit.name

    @property
    def short(self) -> str:
        """Return the name used in running text."""
        return self.unit.aliases[0]


@cache
def read_data(name: str) -> Mapping[str, Any]:
    """Return one file of data. Raises FileNotFoundError where it does not exist."""
    data: Mapping[str, Any] = YAML(typ="safe", pure=True).load(DATA / f"{name}.yaml")
    return data


def list_bodies(departments: int, subdistricts: int) -> tuple[Body, ...]:
    """Return the district, then so many departments, then so many subdistricts."""
    data = read_data("district")
    return (
        _make_body(data["district"], UnitKind.DISTRICT),
        *(_make_body(row, UnitKind.DEPARTMENT) for row in data["departments"][:departments]),
        *(_make_body(row, UnitKind.SUBDISTRICT) for row in data["subdistricts"][:subdistricts]),
    )


def _make_body(row: Mapping[str, Any], kind: UnitKind) -> Body:
    return Body(Unit(row["name"], kind, tuple(row["aliases"])), row["mark"])
