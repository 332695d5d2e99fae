"""The core values that pass from stage to stage: frozen, and of the standard library only.

Every value here is serialisable; `auditor.result` turns the result document into JSON and back.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

Simple = str | int | float | bool | None
Value = Simple | tuple[Simple, ...] | Mapping[str, Simple]
"""What may stand in a finding's values."""


# ---- outcomes ------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What was found of one clause for one subject, from best to worst."""

    NOT_APPLICABLE = "not_applicable"
    PASSED = "passed"
    NEEDS_PERSON = "needs_person"
    CANNOT_TELL = "cannot_tell"
    FAILED = "failed"


SEVERITY: Mapping[Outcome, int] = {outcome: rank for rank, outcome in enumerate(Outcome)}


def fold_outcomes(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the worst of the outcomes; `not_applicable` where there is none."""
    return max(outcomes, key=SEVERITY.__getitem__, default=Outcome.NOT_APPLICABLE)


class Degree(StrEnum):
    """Whether a pass is a clean one or one that the source document calls a warning."""

    FULL = "full"
    TOLERATED = "tolerated"


class ClauseClass(StrEnum):
    """How much a clause weighs."""

    ESSENTIAL = "essential"
    MANDATORY = "mandatory"
    RECOMMENDED = "recommended"


class Check(StrEnum):
    """Who answers for a clause: the machine, the machine and a person, or a person alone."""

    AUTO = "auto"
    ASSISTED = "assisted"
    ATTESTED = "attested"


# ---- what is audited -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """One text for people, in Chinese and in English."""

    zh: str
    en: str


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
    """A body that publishes on the portal; `name` is its key everywhere."""

    name: str
    kind: UnitKind
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """The site to audit. `id` is stable over runs and enters every fingerprint; hosts carry no port."""

    id: str
    name: str
    seeds: tuple[str, ...]
    hosts: tuple[str, ...]
    kind: UnitKind = UnitKind.OTHER
    official_name: str | None = None
    units: tuple[Unit, ...] = ()
    flags: Mapping[str, bool] = field(default_factory=dict)
    timezone: str = "Asia/Shanghai"


# ---- what was collected --------------------------------------------------------------------------


class Fault(StrEnum):
    """Whose fault it is that an attempt did not succeed."""

    THEIRS = "theirs"
    WIRE = "wire"
    OURS = "ours"


class AttemptStatus(StrEnum):
    """How one act on the network ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"


class AttemptReason(StrEnum):
    """Why an attempt failed or was skipped: a closed list."""

    # theirs: the site answered, but not with what was asked
    HTTP_ERROR = "http_error"
    BLOCKED = "blocked"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BAD_RESPONSE = "bad_response"
    TOO_LARGE = "too_large"
    CERTIFICATE = "certificate"
    NO_ADDRESS = "no_address"
    ASKED_TO_STOP = "asked_to_stop"
    # the wire's: nothing came back
    UNKNOWN_HOST = "unknown_host"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    RESET = "reset"
    # ours: we did not ask, or could not
    ROBOTS = "robots"
    PAGE_LIMIT = "page_limit"
    TIME_LIMIT = "time_limit"
    OUT_OF_SCOPE = "out_of_scope"
    PRIVATE_ADDRESS = "private_address"
    NO_ROUTE = "no_route"
    NO_RESOLVER = "no_resolver"
    NO_BROWSER = "no_browser"
    NOT_ASKED = "not_asked"
    INTERRUPTED = "interrupted"
    INTERNAL_ERROR = "internal_error"


_THEIRS = frozenset(
    {
        AttemptReason.HTTP_ERROR,
        AttemptReason.BLOCKED,
        AttemptReason.TOO_MANY_REDIRECTS,
        AttemptReason.BAD_RESPONSE,
        AttemptReason.TOO_LARGE,
        AttemptReason.CERTIFICATE,
        AttemptReason.NO_ADDRESS,
        AttemptReason.ASKED_TO_STOP,
    }
)
_WIRE = frozenset(
    {
        AttemptReason.UNKNOWN_HOST,
        AttemptReason.REFUSED,
        AttemptReason.UNREACHABLE,
        AttemptReason.TIMEOUT,
        AttemptReason.RESET,
    }
)


def find_fault(reason: AttemptReason) -> Fault:
    """Tell whose fault a reason is."""
    if reason in _THEIRS:
        return Fault.THEIRS
    return Fault.WIRE if reason in _WIRE else Fault.OURS


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one act on the network ended; a failed or skipped attempt always has a reason."""

    status: AttemptStatus
    reason: AttemptReason | None = None
    detail: str = ""
    ms: int = 0

    def __post_init__(self) -> None:
        """Refuse an attempt whose status and reason contradict each other."""
        if (self.status is AttemptStatus.DONE) != (self.reason is None):
            raise ValueError("an attempt has a reason exactly where it was not done")


class Part(StrEnum):
    """The parts of a site whose coverage is accounted for apart."""

    NAVIGATION = "navigation"
    DISCLOSURE_SECTION = "disclosure_section"
    SITEMAP = "sitemap"
    COLUMN = "column"
    SITE = "site"


@dataclass(frozen=True, slots=True)
class Visit:
    """One address of the site that became known, and what came of it.

    Every address in scope that was discovered has exactly one visit, fetched or not.
    `record` is the WARC-Record-ID of the response, `rendered` and `screenshot` those of the drawn
    document and of the picture, where there are any. `parts` always holds `site`. `drawing` is how drawing by the
    browser ended, None where the page needed none; `responses` are the records of the data that filled it.
    """

    url: str
    attempt: Attempt
    at: datetime
    parts: tuple[Part, ...]
    final_url: str | None = None
    status: int | None = None
    media_type: str | None = None
    clicks: int | None = None
    found_on: str | None = None
    record: str | None = None
    rendered: str | None = None
    screenshot: str | None = None
    drawing: Attempt | None = None
    responses: tuple[str, ...] = ()


@dataclass(frozen=True)
class EndpointObservation:
    """What one address family of one host answered. `addresses` is empty where there is no record.

    Its layers, each an attempt of its own, end where the first one is not done: `lookup` the DNS question (failed with
    `unknown_host` for a name that does not exist, done without addresses for one that has none of this family),
    `connect` the bare TCP connection, `request` the GET of the start page under the same name, `same_as_v4` the
    likeness from 0 to 1. `overridden`: the addresses come from `--resolve`. `url` is the address asked for; it and
    `connect` are None in archives that did not keep them.
    """

    host: str
    family: Literal[4, 6]
    role: Literal["portal", "subhost", "nameserver", "retired"]
    lookup: Attempt
    addresses: tuple[str, ...]
    overridden: bool
    request: Attempt
    status: int | None = None
    same_as_v4: float | None = None
    redirects_to: str | None = None
    url: str | None = None
    connect: Attempt | None = None


@dataclass(frozen=True)
class LinkObservation:
    """One internal link asked for over one address family. `clicks` is its distance from the start page."""

    url: str
    family: Literal[4, 6]
    attempt: Attempt
    status: int | None = None
    clicks: int | None = None


@dataclass(frozen=True)
class ZoneObservation:
    """Who answers for the name of a host: the zone that it lies in, and its name servers.

    Each server has an endpoint of the role `nameserver`, unless the lookup was not done.
    """

    host: str
    lookup: Attempt
    zone: str | None = None
    servers: tuple[str, ...] = ()


TlsVersion = Literal["1.0", "1.1", "1.2", "1.3"]
CertificateProblem = Literal[
    "expired", "not_yet_valid", "self_signed", "unknown_ca", "incomplete_chain", "wrong_name", "revoked", "other"
]


@dataclass(frozen=True)
class Certificate:
    """What the certificate of a host says, valid or not. `names` are its DNS names and addresses; times are UTC."""

    names: tuple[str, ...]
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    sent: int | None = None
    """How many certificates the server sent, None where this Python does not tell."""


@dataclass(frozen=True)
class TlsObservation:
    """What one host said on its HTTPS port, and of going there from HTTP.

    `handshake` was made as a browser would, against the trust store of this machine: `problem` is why the certificate
    was refused. `versions` holds a handshake for each protocol version, skipped where this machine cannot offer it.
    `hsts` is the GET that `hsts_header` comes from; `upgrade` the GET of `plain_url`, which led to `leads_to`.
    """

    host: str
    port: int | None
    role: Literal["portal", "subhost"]
    handshake: Attempt
    version: TlsVersion | None = None
    problem: CertificateProblem | None = None
    certificate: Certificate | None = None
    versions: tuple[tuple[TlsVersion, Attempt], ...] = ()
    hsts: Attempt = Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED)
    hsts_header: str | None = None
    upgrade: Attempt = Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED)
    plain_url: str | None = None
    leads_to: str | None = None


@dataclass(frozen=True)
class OutsideObservation:
    """One address outside of the site that a page of it links to, asked for once and not followed further.

    `found_on` is the first page that links to it, `text` and `region` are that link's. `method` is the request whose
    answer counts; a skipped attempt tells why nothing was asked.
    """

    url: str
    attempt: Attempt
    found_on: str
    text: str = ""
    region: Literal["nav", "body", "footer", "other"] = "other"
    status: int | None = None
    final_url: str | None = None
    method: Literal["HEAD", "GET"] = "HEAD"


@dataclass(frozen=True)
class Vantage:
    """What the collecting machine could see. `ipv6`: it has a route to the IPv6 internet.

    `stand_in` is the staging copy that was asked in place of the site.
    """

    ipv6: bool
    browser: str | None
    dns: str
    tool: str
    stand_in: str | None = None


@dataclass(frozen=True)
class Observations:
    """The answers of the network, beside the pages."""

    endpoints: tuple[EndpointObservation, ...] = ()
    links: tuple[LinkObservation, ...] = ()
    zones: tuple[ZoneObservation, ...] = ()
    tls: tuple[TlsObservation, ...] = ()
    outside: tuple[OutsideObservation, ...] = ()


@dataclass(frozen=True)
class Limits:
    """The bounds of one collection.

    Bytes are of one body; seconds of one request or of the run; rate is requests a second; `max_renders` is how many
    pages the browser draws.
    """

    max_pages: int = 3000
    max_body_bytes: int = 20_000_000
    max_decoded_bytes: int = 60_000_000
    request_seconds: float = 20.0
    total_seconds: float = 3600.0
    max_redirects: int = 5
    concurrency: int = 4
    rate: float = 4.0
    max_renders: int = 600
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    max_attachments: int = 300
    max_attachment_bytes: int = 20_000_000
    max_attachments_bytes: int = 500_000_000
    max_outside: int = 300
    with_subhosts: bool = False


@dataclass(frozen=True)
class Snapshot:
    """What a run folder's archive says of itself; `digests` holds the SHA-256 of every part."""

    run_id: str
    target: Target
    started_at: datetime
    finished_at: datetime
    finished: bool
    limits: Limits
    vantage: Vantage | None
    versions: Mapping[str, str]
    stopped_because: AttemptReason | None = None
    origin: Literal["crawl", "folder", "archive"] = "crawl"
    digests: Mapping[str, str] = field(default_factory=dict)


# ---- evidence ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordEvidence:
    """Something that stands in the archive: where, and what it says."""

    url: str
    record: str | None
    locator: str
    excerpt: str
    at: datetime | None
    screenshot: str | None = None
    type: Literal["record"] = "record"


@dataclass(frozen=True)
class AttemptEvidence:
    """Something that could not be fetched or asked, and why."""

    url: str
    reason: AttemptReason
    detail: str
    at: datetime | None
    type: Literal["attempt"] = "attempt"


@dataclass(frozen=True)
class CoverageEvidence:
    """What was looked through. `of` and `name` are the address and the name of a column."""

    host: str
    part: Part
    of: str | None
    discovered: int
    fetched: int
    failed: int
    blocked: int
    skipped: int
    complete: bool
    name: str | None = None
    type: Literal["coverage"] = "coverage"


@dataclass(frozen=True)
class ListItem:
    """One entry of a list: its key, the words shown for it and its address, if it has one."""

    key: str
    title: str
    url: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class ListEvidence:
    """A count over a population: `numerator` are the items that count, `rest` those that do not."""

    measure: str
    numerator: tuple[ListItem, ...]
    rest: tuple[ListItem, ...]
    type: Literal["list"] = "list"


@dataclass(frozen=True)
class RequestEvidence:
    """What a person shall look at or bring."""

    asks: Text
    type: Literal["request"] = "request"


Evidence = RecordEvidence | AttemptEvidence | CoverageEvidence | ListEvidence | RequestEvidence


# ---- findings ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """What a clause is judged over: the site as a whole, or one of its units, columns, documents."""

    kind: str
    key: str
    name: str


@dataclass(frozen=True)
class Proposal:
    """What the machine would say of an assisted clause."""

    outcome: Outcome
    degree: Degree = Degree.FULL
    reason: str | None = None


@dataclass(frozen=True)
class Decision:
    """What people laid over the machine's verdict, which `machine` keeps.

    `reason` is a waiver's explanation, or an attestation's verdict. `over` is the attestation that a waiver lies upon.
    """

    machine: Proposal
    source: Literal["attestation", "waiver"]
    by: str
    on: date | None
    reason: str
    evidence: tuple[str, ...] = ()
    expires: datetime | None = None
    second: str | None = None
    over: Decision | None = None
    note: str | None = None


def hash_key(*parts: str) -> str:
    """Return a short stable hash of the parts (first 20 hexadecimal digits of SHA-256)."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:20]


@dataclass(frozen=True)
class Finding:
    """What was found of one clause for one subject, with the evidence for it.

    `fingerprint` matches the same finding over runs; `defect` the same fault under several clauses.
    Raises ValueError where there is no evidence, or no reason for an outcome other than a pass.
    """

    id: str
    fingerprint: str
    defect: str | None
    ruleset: str
    clause: str
    rule: str | None
    subject: Subject
    outcome: Outcome
    degree: Degree
    reason: str | None
    values: Mapping[str, Value]
    evidence: tuple[Evidence, ...]
    proposal: Proposal | None = None
    decision: Decision | None = None

    def __post_init__(self) -> None:
        """Refuse a verdict that cannot be defended."""
        if not self.evidence:
            raise ValueError(f"finding without evidence: {self.clause} {self.subject.key}")
        if self.reason is None and self.outcome is not Outcome.PASSED:
            raise ValueError(f"outcome without reason: {self.clause} {self.subject.key}")


# ---- the result ----------------------------------------------------------------------------------


class Undetermined(StrEnum):
    """Reasons that the stages themselves give for `cannot_tell` and `needs_person`; rules add their own."""

    RULE_NOT_WRITTEN = "rule_not_written"
    RULE_ERROR = "rule_error"
    UNIT_LIST_MISSING = "unit_list_missing"
    FLAG_MISSING = "flag_missing"
    CALENDAR_MISSING = "calendar_missing"
    NOT_SUMMED_UP = "not_summed_up"
    TEXT_MISSING = "text_missing"
    AWAITS_ATTESTATION = "awaits_attestation"
    AWAITS_CONFIRMATION = "awaits_confirmation"


def _plain_names(name: str) -> str:
    return name.rstrip("_")


@dataclass(frozen=True)
class RulesetStamp:
    """Which ruleset was used."""

    title: Text
    version: str
    sha256: str
    issuer: str | None = None


@dataclass(frozen=True)
class RuleText:
    """The texts of a rule that was used. `reasons` explains each reason that the rule can give."""

    title: Text
    failure: Text
    why: Text
    assumes: Text | None
    remedy: Text
    reasons: Mapping[str, Text]
    measures: Mapping[str, Text]


@dataclass(frozen=True)
class ClauseText:
    """The texts and the standing of a clause that was judged. A preview is shown and not scored.

    `rollup` names the clauses that it sums up.
    """

    __pydantic_config__ = {"alias_generator": _plain_names, "populate_by_name": True}  # noqa: RUF012

    ruleset: str
    number: str
    title: Text
    asks: Text
    class_: ClauseClass
    units: tuple[str, ...]
    check: Check
    rule: str | None
    planned: bool
    request: Text | None = None
    preview: bool = False
    rollup: tuple[str, ...] = ()


@dataclass(frozen=True)
class ScoreNode:
    """A node of the score tree; a parent's points are the sum of its children's.

    `points` over what was judged; `low` and `high` bound it when the rest is decided. `weight` is the
    most that the node can bring, `judged` the part of the weight that has a verdict.
    """

    id: str
    kind: Literal["profile", "ruleset", "chapter", "clause", "bonus"]
    weight: float
    judged: float
    waiting: float
    undetermined: float
    points: float
    low: float
    high: float
    outcome: Outcome | None = None
    children: tuple[ScoreNode, ...] = ()


@dataclass(frozen=True)
class Score:
    """The three figures, the interval and the tree.

    Scores are 0 to 100, shares 0 to 1; None where nothing was judged. Under a model with a pass mark `passed` tells
    whether the site passed, `vetoes` the clauses that failed it outright; `bonus` is the tree of points beyond 100.
    """

    value: float | None
    low: float
    high: float
    grade: str | None
    judged: float
    waiting: float
    undetermined: float
    after_explanations: float | None
    tree: ScoreNode
    passed: bool | None = None
    vetoes: tuple[str, ...] = ()
    bonus: ScoreNode | None = None


@dataclass(frozen=True)
class WaiverNote:
    """A waiver or attestation that did not take effect, and why."""

    source: Literal["attestation", "waiver"]
    clause: str
    subject: str
    problem: Literal["expired", "unmatched", "conflict", "needs_second"]


@dataclass(frozen=True)
class ToolFault:
    """A part of the tool that failed during the run."""

    stage: str
    place: str
    message: str


@dataclass(frozen=True)
class Result:
    """Everything that reports, history and gates read: the one result document."""

    schema_version: int
    target: Target
    snapshot: Snapshot
    versions: Mapping[str, str]
    as_of: date
    rulesets: Mapping[str, RulesetStamp]
    rules: Mapping[str, RuleText]
    clauses: Mapping[str, ClauseText]
    score: Score
    scores: Mapping[str, Score]
    coverage: tuple[CoverageEvidence, ...]
    not_seen: tuple[AttemptEvidence, ...]
    findings: tuple[Finding, ...]
    notes: tuple[WaiverNote, ...] = ()
    faults: tuple[ToolFault, ...] = ()
