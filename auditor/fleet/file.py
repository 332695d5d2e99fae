"""The file of a fleet: targets, profiles and standards, bounds. Paths begin beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from auditor.errors import RulesetError
from auditor.yamlfile import read_yaml
from auditor.yamlshape import Refusal

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=2000)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FleetTarget(_Shape):
    """One target; what it leaves out is the fleet's. `as_host` is the name under which it is judged."""

    target: Name
    profile: Name | None = None
    standards: tuple[Name, ...] = ()
    waivers: Name | None = None
    attestations: Name | None = None
    as_host: Name | None = None


class Fleet(_Shape):
    """Targets with what holds for all of them. Seconds and megabytes bound each site's process."""

    targets: tuple[FleetTarget, ...] = Field(min_length=1)
    profile: Name | None = None
    standards: tuple[Name, ...] = ()
    history: Name | None = None
    out: Name | None = None
    processes: int | None = Field(default=None, ge=1, le=64)
    seconds: float | None = Field(default=14_400, gt=0)
    megabytes: int | None = Field(default=4_000, ge=200)
    max_pages: int | None = Field(default=None, ge=1)
    rate: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _targets_differ(self) -> Self:
        names = [(one.target, one.as_host, one.profile) for one in self.targets]
        for number, name in enumerate(names):
            if name in names[:number]:
                raise Refusal("repeated_target", name=name[0])
        return self


@dataclass(frozen=True)
class FleetPlan:
    """A fleet that was read, and the folder where its paths start."""

    fleet: Fleet
    folder: Path

    def find(self, name: str | None) -> Path | None:
        """Return a path of the file's."""
        return None if name is None else self.folder / name

    def find_ruleset(self, name: str) -> str:
        """Return a ruleset: a code, or a path of the file's."""
        path = self.folder / name
        return str(path) if "/" in name or name.endswith((".yaml", ".yml")) else name

    def find_target(self, name: str) -> str:
        """Return a target: an address, or a path of the file's."""
        return name if "://" in name else str(self.folder / name)

    def find_history(self, name: str) -> str:
        """Return the address of the history: as it is written, or a path of the file's."""
        return name if "://" in name or name.startswith("env:") else str(self.folder / name)


def load_fleet(path: Path) -> FleetPlan:
    """Read the file of a fleet. Raises RulesetError with every problem of it, each with its line."""
    fleet, problems = read_yaml(path, Fleet)
    if fleet is None:
        raise RulesetError(problems)
    return FleetPlan(fleet, path.parent)
