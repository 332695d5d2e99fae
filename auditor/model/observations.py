"""What was seen beside the pages: endpoints, links, name servers, certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from auditor.model.attempts import NOT_ASKED, Attempt


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
    hsts: Attempt = NOT_ASKED
    hsts_header: str | None = None
    upgrade: Attempt = NOT_ASKED
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
class Observations:
    """The answers of the network, beside the pages."""

    endpoints: tuple[EndpointObservation, ...] = ()
    links: tuple[LinkObservation, ...] = ()
    zones: tuple[ZoneObservation, ...] = ()
    tls: tuple[TlsObservation, ...] = ()
    outside: tuple[OutsideObservation, ...] = ()
