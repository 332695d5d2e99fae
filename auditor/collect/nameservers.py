"""Who answers for a name: the zone of a host and the servers that DNS names for it."""

from __future__ import annotations

import dns.name
import dns.resolver

from auditor.collect.resolve import Resolver
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.observations import ZoneObservation

_MOST_SERVERS = 8
_LEAST_LABELS = 2
_NOT_HERE = AttemptReason.UNKNOWN_HOST


async def find_zone(host: str, resolver: Resolver) -> ZoneObservation:
    """Return the zone of a host: the nearest name from it upwards, above the top level, that has name servers.

    A host that is an alias lies in the zone of its own name, not in that of the name it stands for.
    """
    labels = host.rstrip(".").split(".")
    for first in range(len(labels) - _LEAST_LABELS + 1):
        name = ".".join(labels[first:])
        attempt, answer = await resolver.ask(name, "NS")
        if answer is not None and answer.rrset is not None and _is_own(answer, name):
            servers = sorted({record.to_text().rstrip(".").lower() for record in answer.rrset})
            return ZoneObservation(host, attempt, name, tuple(servers[:_MOST_SERVERS]))
        if attempt.status is not AttemptStatus.DONE and attempt.reason is not _NOT_HERE:
            return ZoneObservation(host, attempt)
    return ZoneObservation(host, Attempt(AttemptStatus.FAILED, AttemptReason.NO_ADDRESS, "NS"))


def _is_own(answer: dns.resolver.Answer, name: str) -> bool:
    return bool(answer.canonical_name == dns.name.from_text(name))
