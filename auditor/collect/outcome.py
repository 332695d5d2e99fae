"""Whether anything was collected at all, and the error to raise where nothing was."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.collect.fetch import is_page, name_host
from auditor.errors import CollectError
from auditor.model.attempts import AttemptReason, AttemptStatus, Visit

_UNKNOWN = frozenset({AttemptReason.UNKNOWN_HOST, AttemptReason.NO_RESOLVER, AttemptReason.NO_ADDRESS})


def find_failure(home: str, visits: Iterable[Visit]) -> CollectError | None:
    """Return the error that says why nothing was collected, None where at least one page was.

    Codes: unknown_host, connection_refused, connection_failed (reason), certificate_invalid (detail), site_blocked,
    nothing_collected (reason).
    """
    first: Visit | None = None
    has_page = is_blocked = False
    for visit in visits:
        first = visit if first is None and visit.url == home else first
        is_answered = visit.attempt.status is AttemptStatus.DONE and visit.status is not None
        has_page = has_page or (is_answered and is_page(visit.media_type))
        is_blocked = is_blocked or visit.attempt.reason is AttemptReason.BLOCKED
    reason = first.attempt.reason if first is not None else None
    if reason is AttemptReason.BLOCKED:
        return CollectError("site_blocked", home, status=first.status if first else "", reason=reason)
    if has_page:
        return None
    if is_blocked:
        return CollectError("site_blocked", home, status="", reason=AttemptReason.BLOCKED)
    return _name_failure(home, reason, first.attempt.detail if first is not None else "")


def _name_failure(home: str, reason: AttemptReason | None, detail: str) -> CollectError:
    values = {"host": name_host(home), "reason": str(reason or AttemptReason.BAD_RESPONSE), "detail": detail}
    if reason in _UNKNOWN:
        return CollectError("unknown_host", home, **values)
    if reason is AttemptReason.CERTIFICATE:
        return CollectError("certificate_invalid", home, **values)
    if reason is AttemptReason.REFUSED:
        return CollectError("connection_refused", home, **values)
    if reason in {AttemptReason.ROBOTS, AttemptReason.PRIVATE_ADDRESS, AttemptReason.OUT_OF_SCOPE, None}:
        return CollectError("nothing_collected", home, **values)
    return CollectError("connection_failed", home, **values)
