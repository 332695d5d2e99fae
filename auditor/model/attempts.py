"""What became of one request, and of one address of the site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


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


NOT_ASKED = Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED)
"""A question that was never put."""


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
