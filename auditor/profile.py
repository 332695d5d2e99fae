"""Profiles, waivers and attestation files: read and checked.

A profile says which standards, which scoring model and what the site is. A waiver explains a failure, an attestation
answers for a person. A day without a time of day ends at its midnight in the site's time zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StringConstraints, model_validator

from auditor.errors import InputError, RulesetError
from auditor.model.outcomes import Check, ClauseClass, Text
from auditor.model.targets import Target, Unit, UnitKind
from auditor.resources import find_resource
from auditor.score.models import ScoringModel, WeightedModel
from auditor.yamlfile import read_yaml
from auditor.yamlshape import Refusal

SITE_ZONE = ZoneInfo("Asia/Shanghai")
_T = TypeVar("_T")


def _find_repeated(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _check_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise Refusal("unknown_timezone", given=name) from error
    return name


def _check_moment(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Refusal("datetime_without_zone", given=moment.isoformat())
    return moment


Text1 = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, max_length=4000)]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$", to_lower=True)]
FlagName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Day = Annotated[date, Strict()]
Moment = Annotated[datetime, Strict(), AfterValidator(_check_moment)]


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class UnitEntry(_Shape):
    """A body that publishes on the portal. `enforces`: whether it enforces law, where that is known."""

    name: Text1
    kind: UnitKind
    aliases: tuple[Text1, ...] = ()
    enforces: bool | None = None


class ProfileSite(_Shape):
    """What the site is. `hosts` are without port; the first is the portal's own. `retired_hosts` were given up."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$")] | None = None
    name: Text1
    official_name: Text1 | None = None
    hosts: tuple[Host, ...] = Field(min_length=1)
    retired_hosts: tuple[Host, ...] = ()
    kind: UnitKind = UnitKind.OTHER
    units: tuple[UnitEntry, ...] = ()
    flags: dict[FlagName, bool] = {}
    timezone: Annotated[str, AfterValidator(_check_zone)] = SITE_ZONE.key

    @model_validator(mode="after")
    def _units_differ(self) -> Self:
        repeated = _find_repeated(unit.name for unit in self.units)
        if repeated is not None:
            raise Refusal("repeated_unit", name=repeated)
        return self


class Aside(_Shape):
    """Rules whose clauses are left aside, and why."""

    rules: tuple[Text1, ...] = Field(min_length=1)
    why: Text


class Selection(_Shape):
    """Which clauses are judged: those of these rules, and of these kinds of check where any is named.

    `without` names optional parameters that are left out wherever a rule has them. `aside` says why other rules are
    not among them.
    """

    rules: tuple[Text1, ...] = Field(min_length=1)
    checks: tuple[Check, ...] = ()
    without: tuple[Text1, ...] = ()
    aside: tuple[Aside, ...] = ()


class Profile(_Shape):
    """Which standards, which scoring model, and what the site is, where it is known.

    `only` leaves clauses aside. `second_person` names the classes of clauses whose answers and waivers two people must
    sign.
    """

    site: ProfileSite | None = None
    standards: tuple[Text1, ...] = Field(min_length=1)
    only: Selection | None = None
    scoring: ScoringModel = WeightedModel()
    second_person: tuple[ClauseClass, ...] = ()

    @property
    def zone(self) -> ZoneInfo:
        """Return the site's time zone."""
        return SITE_ZONE if self.site is None else ZoneInfo(self.site.timezone)

    def build_target(self, host: str, seed: str) -> Target:
        """Make the target of an audit. A host that the profile does not name is audited alone, as a copy of the site.

        `host` is without port; `seed` is the address to begin with.
        """
        site = self.site
        if site is None:
            return Target(id=host, name=host, seeds=(seed,), hosts=(host,))
        known = (host, *(other for other in site.hosts if other != host)) if host in site.hosts else (host,)
        return Target(
            id=site.id or site.hosts[0],
            name=site.name,
            seeds=(seed,),
            hosts=known,
            kind=site.kind,
            official_name=site.official_name,
            units=tuple(Unit(unit.name, unit.kind, unit.aliases, unit.enforces) for unit in site.units),
            flags=dict(site.flags),
            retired_hosts=site.retired_hosts,
            timezone=site.timezone,
        )


class OwnProfile(Profile):
    """A profile that takes what it does not write from a shipped one, which `like` names."""

    like: Text1
    standards: tuple[Text1, ...] = Field(default=(), min_length=1)


class _Naming(BaseModel):
    """Of a profile only whether it names another one."""

    like: object = None


class Waiver(_Shape):
    """An explanation that somebody approved for one failure, until it expires.

    It names a finding by its fingerprint, or by clause and subject; no subject means the site as a whole.
    """

    fingerprint: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,64}$")] | None = None
    clause: Text1 | None = None
    subject: Text1 | None = None
    reason: Text1
    approver: Text1
    on: Day | None = None
    expires: Day | Moment
    second: Text1 | None = None

    @model_validator(mode="after")
    def _names_one_finding(self) -> Self:
        if (self.fingerprint is None) == (self.clause is None):
            raise Refusal("waiver_target")
        if self.second is not None and self.second == self.approver:
            raise Refusal("second_is_first", name=self.approver)
        return self

    def find_end(self, zone: ZoneInfo) -> datetime:
        """Return the moment from which on the waiver no longer holds."""
        if isinstance(self.expires, datetime):
            return self.expires
        return datetime.combine(self.expires + timedelta(days=1), time(), tzinfo=zone)


class Attestation(_Shape):
    """What a person says of one clause and subject; no subject means the site as a whole."""

    clause: Text1
    subject: Text1 | None = None
    verdict: Literal["done", "not_done", "not_applicable"]
    evidence: tuple[Text1, ...] = Field(min_length=1)
    by: Text1
    on: Day
    second: Text1 | None = None
    note: Text1 | None = None

    @model_validator(mode="after")
    def _second_is_another(self) -> Self:
        if self.second is not None and self.second == self.by:
            raise Refusal("second_is_first", name=self.by)
        return self


def _load(path: Path, shape: type[_T]) -> _T:
    value, problems = read_yaml(path, shape)
    if value is None:
        raise RulesetError(problems)
    return value


def load_profile(path: Path) -> Profile:
    """Read a profile: a file, or the name of a shipped one. Raises RulesetError with every problem of the file.

    Raises InputError (unknown_profile) for a name that is none.
    """
    found = find_profile(path)
    naming, _ = read_yaml(found, _Naming)
    if naming is None or naming.like is None:
        return _load(found, Profile)
    own = _load(found, OwnProfile)
    base = _load(_find_shipped(own.like), Profile)
    return base.model_copy(update={name: getattr(own, name) for name in own.model_fields_set - {"like"}})


def find_profile(given: Path) -> Path:
    """Return the file of a profile; a bare name that is no file is the name of a shipped one."""
    if given.exists() or given.suffix or len(given.parts) != 1:
        return given
    return _find_shipped(str(given))


def _find_shipped(name: str) -> Path:
    shipped = {path.stem: path for path in (find_resource("rulesets") / "profiles").iterdir()}
    if name not in shipped:
        raise InputError("unknown_profile", name, known=", ".join(sorted(shipped)))
    return shipped[name]


def load_waivers(path: Path) -> tuple[Waiver, ...]:
    """Read a file of waivers. Raises RulesetError with every problem of the file."""
    return _load(path, tuple[Waiver, ...])


def load_attestations(path: Path) -> tuple[Attestation, ...]:
    """Read a file of attestations. Raises RulesetError with every problem of the file."""
    return _load(path, tuple[Attestation, ...])
