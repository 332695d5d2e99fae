"""The stored crawl: when, from where, within which limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from auditor.model.attempts import AttemptReason
from auditor.model.targets import Target


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
    """What a run folder's archive says of itself; `digests` holds the SHA-256 of every part.

    `revisit`: only what a re-check needs was asked for, so that nothing else can be judged by it.
    """

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
    revisit: bool = False
