"""The file of a fleet: targets, profiles and standards, bounds. Paths begin beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from auditor.errors import RulesetError
from auditor.yamlfile import read_yaml
from auditor.yamlshape import Refusal

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=2000)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Collecting(_Shape):
    """How sites are collected, as the options of the command line of the same names say it; None leaves the default.

    Paths begin at the file's folder; what is given in confidence may be `env:NAME`.
    """

    max_pages: int | None = Field(default=None, ge=1)
    max_attachments: int | None = Field(default=None, ge=0)
    max_outside: int | None = Field(default=None, ge=0)
    include_subhosts: bool | None = None
    time_limit: float | None = Field(default=None, ge=1)
    rate: float | None = Field(default=None, ge=0)
    concurrency: int | None = Field(default=None, ge=1, le=256)
    include: tuple[Name, ...] | None = None
    exclude: tuple[Name, ...] | None = None
    browser: Literal["auto", "never", "always"] | None = None
    no_browser_sandbox: bool | None = None
    browser_hosts: Literal["public", "site"] | None = None
    max_renders: int | None = Field(default=None, ge=0)
    resolve: tuple[Name, ...] | None = None
    nameserver: Name | None = None
    contact: Name | None = None
    proxy: Name | None = None
    ca: Name | None = None


class FleetTarget(Collecting):
    """One target; what it leaves out is the fleet's. `as_host` is the name under which it is judged.

    Credentials are one target's: no other gets them.
    """

    target: Name
    header: tuple[Name, ...] | None = None
    auth: Name | None = None
    cookie_jar: Name | None = None
    profile: Name | None = None
    standards: tuple[Name, ...] = ()
    waivers: Name | None = None
    attestations: Name | None = None
    as_host: Name | None = None


class Fleet(Collecting):
    """Targets with what holds for all of them. Seconds and megabytes bound each site's process."""

    targets: tuple[FleetTarget, ...] = Field(min_length=1)
    profile: Name | None = None
    standards: tuple[Name, ...] = ()
    history: Name | None = None
    out: Name | None = None
    processes: int | None = Field(default=None, ge=1, le=64)
    seconds: float | None = Field(default=14_400, gt=0)
    megabytes: int | None = Field(default=4_000, ge=200)

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

    def list_collecting(self, target: FleetTarget) -> dict[str, Any]:
        """Return how a target is collected: what it says itself, else what the fleet says; only what is said."""
        names = {*Collecting.model_fields, "header", "auth", "cookie_jar"}
        own = {name: getattr(target, name) for name in names}
        shared = {name: getattr(self.fleet, name, None) for name in names}
        said = {name: shared[name] if own[name] is None else own[name] for name in sorted(names)}
        for name in ("ca", "cookie_jar"):
            said[name] = self.find(said[name])
        return {name: value for name, value in said.items() if value is not None}

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
