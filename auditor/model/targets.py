"""Who is audited: the target and its units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class UnitKind(StrEnum):
    """The kinds of body that a clause can name."""

    DISTRICT = "district"
    DEPARTMENT = "department"
    SUBDISTRICT = "subdistrict"
    ENTERPRISE = "enterprise"
    PARK = "park"
    OTHER = "other"


@dataclass(frozen=True)
class Unit:
    """A body that publishes on the portal; `name` is its key everywhere. `enforces`: it enforces law; None: unknown."""

    name: str
    kind: UnitKind
    aliases: tuple[str, ...] = ()
    enforces: bool | None = None


@dataclass(frozen=True)
class Target:
    """The site to audit. `id` is stable over runs and enters every fingerprint; hosts carry no port.

    `retired_hosts` were given up and shall not come back.
    """

    id: str
    name: str
    seeds: tuple[str, ...]
    hosts: tuple[str, ...]
    kind: UnitKind = UnitKind.OTHER
    official_name: str | None = None
    units: tuple[Unit, ...] = ()
    flags: Mapping[str, bool] = field(default_factory=dict)
    retired_hosts: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"


def spell_unit(units: Iterable[Unit], given: str) -> str:
    """Return a unit's full name for its name or alias; what is given where no unit, or more than one, is called so."""
    known = tuple(units)
    if any(unit.name == given for unit in known):
        return given
    called = {unit.name for unit in known if given in unit.aliases}
    return called.pop() if len(called) == 1 else given
