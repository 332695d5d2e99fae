"""Facts asked of the network: what hosts answered over each address family and over TLS, and from where."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from auditor.kinds.base import FactBase
from auditor.model.observations import CertificateProblem, TlsVersion


class Endpoint(FactBase):
    """What one address family of one host answered, layer by layer.

    `lookup` tells a name without a record of the family from a name that does not exist; `address_record` is false for
    both. `connected`: a TCP connection came about; `reachable`: something answered in it. `same_as_v4` is a likeness
    from 0 to 1. `lands_on` is the host that redirects ended at, `linked_from` the site's pages that still link to a
    retired host.
    """

    KEY = ("host", "family")
    VOLATILE = frozenset({"ms"})

    kind: Literal["endpoint"] = "endpoint"
    host: str
    role: Literal["portal", "subhost", "nameserver", "retired"]
    family: Literal[4, 6]
    lookup: Literal["found", "no_record", "no_name"] | None = None
    address_record: bool | None = None
    overridden: bool = False
    connected: bool | None = None
    reachable: bool | None = None
    status: int | None = None
    same_as_v4: float | None = None
    redirects_to: str | None = None
    lands_on: str | None = None
    linked_from: tuple[str, ...] = ()
    ms: int = 0


class Tls(FactBase):
    """How one host is served over HTTPS. `port` is None where it is not known.

    `valid` as a browser with the trust store of the collecting machine would judge, `problem` why not. `not_before` and
    `not_after` are days in the site's time zone. `versions` came about, `refused` did not, `unasked` this machine could
    not offer. `upgraded`: the plain address leads to HTTPS; None without a plain address.
    """

    KEY = ("host",)

    kind: Literal["tls"] = "tls"
    host: str
    role: Literal["portal", "subhost"]
    port: int | None = None
    offered: bool | None = None
    valid: bool | None = None
    problem: CertificateProblem | None = None
    names: tuple[str, ...] = ()
    issuer: str | None = None
    not_before: date | None = None
    not_after: date | None = None
    version: TlsVersion | None = None
    versions: tuple[TlsVersion, ...] = ()
    refused: tuple[TlsVersion, ...] = ()
    unasked: tuple[TlsVersion, ...] = ()
    upgraded: bool | None = None
    hsts: bool | None = None
    hsts_max_age: int | None = None
    hsts_subdomains: bool | None = None


class SearchProbe(FactBase):
    """A question put to the portal's own search, and whether what was expected came back.

    `form` is where the site's form sends a question, `field` the name of its words, `method` how. A crawl puts no
    question: `query` is then empty and all that an answer would tell is unreadable.
    """

    KEY = ("host", "query")

    kind: Literal["search_probe"] = "search_probe"
    host: str
    query: str
    expected: str | None = None
    form: str | None = None
    method: Literal["get", "post", "script"] | None = None
    field: str | None = None
    found: bool | None = None
    rank: int | None = None
    hosts_in_results: tuple[str, ...] = ()
    units_in_results: tuple[str, ...] = ()


class VantageFact(FactBase):
    """What the collecting machine could see."""

    KEY = ("tool",)
    VOLATILE = frozenset({"at"})

    kind: Literal["vantage"] = "vantage"
    ipv6: bool
    browser: str | None = None
    dns: str
    tool: str
    at: datetime
