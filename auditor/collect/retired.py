"""Hosts that were given up: whether their names still lead anywhere, and whether anything answers there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from auditor.collect.endpoints import V4, V6, Tools, look_up, skip
from auditor.collect.resolve import Lookup
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.observations import EndpointObservation

MOST_HOSTS = 40
_NO_RECORD = frozenset({AttemptReason.NO_ADDRESS, AttemptReason.UNKNOWN_HOST})


class Answered(Protocol):
    """What came of asking for one address outside of the site."""

    @property
    def attempt(self) -> Attempt:
        """Return how it ended."""

    @property
    def status(self) -> int | None:
        """Return the status of the answer."""

    @property
    def final_url(self) -> str | None:
        """Return where redirects ended."""


async def observe_retired(
    hosts: Sequence[str], tools: Tools, ask: Callable[[str], Awaitable[Answered]]
) -> tuple[EndpointObservation, ...]:
    """Look each host up over both families and ask for its start page where it has an address; one observation a host.

    `ask` obeys robots.txt. Behind a proxy no name is looked up here, and nothing is asked.
    """
    return tuple(await asyncio.gather(*(_observe(host, tools, ask) for host in hosts[:MOST_HOSTS])))


async def _observe(host: str, tools: Tools, ask: Callable[[str], Awaitable[Answered]]) -> EndpointObservation:
    url = f"http://{host}/"
    if tools.is_proxied:
        unasked = skip("proxy")
        return EndpointObservation(host, V4, "retired", unasked, (), False, unasked, url=url, connect=unasked)
    fourth = await look_up(url, V4, tools.resolver)
    sixth = await look_up(url, V6, tools.resolver) if not fourth.addresses else fourth
    family, found = (V4, fourth) if fourth.addresses or not (sixth.addresses or _is_open(sixth)) else (V6, sixth)
    if not found.addresses:
        return EndpointObservation(
            host, family, "retired", found.attempt, (), found.overridden, skip(), url=url, connect=skip()
        )
    answered = await ask(url)
    return EndpointObservation(
        host=host,
        family=family,
        role="retired",
        lookup=found.attempt,
        addresses=found.addresses,
        overridden=found.overridden,
        request=answered.attempt,
        status=answered.status,
        redirects_to=answered.final_url if answered.final_url not in (None, url) else None,
        url=url,
    )


def _is_open(lookup: Lookup) -> bool:
    """Tell whether a question is still open: it was neither answered nor is there no such record."""
    return lookup.attempt.status is not AttemptStatus.DONE and lookup.attempt.reason not in _NO_RECORD
