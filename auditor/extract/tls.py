"""TLS facts: how each host is served over HTTPS, from the handshakes that were made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from auditor.extract.site_index import SiteIndex
from auditor.facts import FactEvidence, Tls
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.evidence import AttemptEvidence, RecordEvidence
from auditor.model.observations import Observations, TlsObservation, TlsVersion

_DONE = AttemptStatus.DONE
_REFUSALS = frozenset({AttemptReason.REFUSED, AttemptReason.RESET})


@dataclass(frozen=True)
class Policy:
    """What a Strict-Transport-Security header says (RFC 6797): it holds where its age is above zero."""

    holds: bool
    max_age: int | None = None
    subdomains: bool = False


def read_policy(header: str | None) -> Policy:
    """Read the header; one that does not say for how long says nothing."""
    parts = [part.strip().lower() for part in (header or "").split(";")]
    pairs = dict(part.partition("=")[::2] for part in reversed(parts) if part)
    age = {name.strip(): value.strip().strip('"') for name, value in pairs.items()}.get("max-age", "")
    if not (age.isascii() and age.isdigit()):
        return Policy(False)
    seconds = min(int(age[:18]), 10**10)
    return Policy(seconds > 0, seconds, "includesubdomains" in parts)


def find_portal(observations: Observations) -> TlsObservation | None:
    """Return what TLS said on the portal's own host."""
    return next((one for one in observations.tls if one.role == "portal"), None)


def is_offered(observation: TlsObservation) -> bool | None:
    """Tell whether HTTPS is served, with a valid certificate or not; None where nobody could tell."""
    attempts = [observation.handshake, *(attempt for _, attempt in observation.versions)]
    if any(one.status is _DONE or one.reason is AttemptReason.CERTIFICATE for one in attempts):
        return True
    return False if observation.handshake.reason is AttemptReason.REFUSED else None


def is_valid(observation: TlsObservation) -> bool | None:
    """Tell whether the certificate was trusted; None where none was shown."""
    if observation.handshake.status is _DONE:
        return True
    return False if observation.handshake.reason is AttemptReason.CERTIFICATE else None


def list_tls(index: SiteIndex, observations: Observations) -> Iterator[Tls]:
    """Yield how each host is served over HTTPS."""
    zone = ZoneInfo(index.snapshot.target.timezone)
    for observation in observations.tls:
        yield _make_fact(index, observation, zone)


def _make_fact(index: SiteIndex, observation: TlsObservation, zone: ZoneInfo) -> Tls:
    shown = observation.certificate
    offered = is_offered(observation)
    policy = read_policy(observation.hsts_header) if observation.hsts.status is _DONE else None
    made = _pick_versions(observation, _is_made)
    fact = Tls(
        evidence=_cite(index, observation),
        host=observation.host,
        role=observation.role,
        port=observation.port,
        offered=offered,
        valid=is_valid(observation),
        problem=observation.problem,
        names=shown.names if shown is not None else (),
        issuer=shown.issuer or None if shown is not None else None,
        not_before=_name_day(shown.not_before, zone) if shown is not None else None,
        not_after=_name_day(shown.not_after, zone) if shown is not None else None,
        version=observation.version,
        versions=made,
        # one version that came about tells that the others were refused, and not the host as a whole
        refused=_pick_versions(observation, _is_refused) if made else (),
        unasked=_pick_versions(observation, _is_unasked),
        upgraded=_is_upgraded(observation),
        hsts=policy.holds if policy is not None else None,
        hsts_max_age=policy.max_age if policy is not None else None,
        hsts_subdomains=policy.subdomains if policy is not None else None,
    )
    return Tls(**{**dict(fact), "unreadable": _list_unread(observation, fact)})


def _list_unread(observation: TlsObservation, fact: Tls) -> tuple[str, ...]:
    unread = []
    if fact.offered is None:
        unread += ["offered", "valid", "names", "issuer", "not_before", "not_after", "version", "versions"]
    elif fact.offered:
        unread += ["valid"] * (fact.valid is None)
        if observation.certificate is None:
            unread += ["names", "issuer", "not_before", "not_after"]
    if fact.hsts is None and fact.offered is not False:
        unread += ["hsts", "hsts_max_age", "hsts_subdomains"]
    if fact.upgraded is None and observation.upgrade.reason is not AttemptReason.REFUSED:
        unread.append("upgraded")
    return tuple(unread)


def _pick_versions(observation: TlsObservation, is_wanted: Callable[[Attempt], bool]) -> tuple[TlsVersion, ...]:
    return tuple(version for version, attempt in observation.versions if is_wanted(attempt))


def _is_made(attempt: Attempt) -> bool:
    return attempt.status is _DONE


def _is_refused(attempt: Attempt) -> bool:
    return attempt.reason in _REFUSALS


def _is_unasked(attempt: Attempt) -> bool:
    return attempt.status is AttemptStatus.SKIPPED


def _is_upgraded(observation: TlsObservation) -> bool | None:
    if observation.upgrade.status is not _DONE or observation.leads_to is None:
        return None
    return observation.leads_to.startswith("https://")


def _name_day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()


def _cite(index: SiteIndex, observation: TlsObservation) -> tuple[FactEvidence, ...]:
    """Cite the handshake and the certificate, the way from HTTP, and the header."""
    at = index.snapshot.finished_at
    place = observation.host if observation.port in {None, 443} else f"{observation.host}:{observation.port}"
    url = f"https://{place}/"
    found: list[FactEvidence] = []
    if observation.handshake.reason is not None:
        detail = observation.problem or observation.handshake.detail
        found.append(AttemptEvidence(url, observation.handshake.reason, detail, at))
    shown = observation.certificate
    if shown is not None:
        days = f"{shown.not_before:%Y-%m-%d} - {shown.not_after:%Y-%m-%d}"
        made = ", ".join(version for version, attempt in observation.versions if attempt.status is _DONE)
        says = f"{', '.join(shown.names[:3])}; {shown.issuer}; {days}; TLS {made or '-'}"
        found.append(RecordEvidence(url, None, "TLS", says[:200], at))
    if observation.upgrade.status is _DONE and observation.plain_url is not None:
        found.append(RecordEvidence(observation.plain_url, None, "HTTP", f"→ {observation.leads_to}"[:200], at))
    if observation.hsts.status is _DONE:
        header = observation.hsts_header or "-"
        found.append(RecordEvidence(url, None, "Strict-Transport-Security", header[:200], at))
    return tuple(found) or (AttemptEvidence(url, AttemptReason.NOT_ASKED, "", at),)
