"""The rows of the fault table: what goes wrong under one address, and the Attempt it must end in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from auditor.model.attempts import AttemptReason, AttemptStatus
from tests.chaos.faultserver import HOST, FaultServer
from tests.chaos.peer import Handler

End = tuple[AttemptStatus, AttemptReason | None, int | None]


def done(status: int = 200) -> End:
    """The site answered."""
    return (AttemptStatus.DONE, None, status)


def failed(reason: AttemptReason, status: int | None = None) -> End:
    """The attempt failed; `status` where an answer came all the same."""
    return (AttemptStatus.FAILED, reason, status)


def skipped(reason: AttemptReason, status: int | None = None) -> End:
    """It was not asked for."""
    return (AttemptStatus.SKIPPED, reason, status)


@dataclass(frozen=True)
class Fault:
    """One fault. `at` is its address as linked from the home page (a path, or an address with `{port}` and `{spare}`).

    `serves` are handlers by path beside the fault's own; `spare` opens a further port. `is_alone`: what would spoil the
    site for the other faults (its robots.txt, its sitemap). `ends` lists the ends that are right.
    """

    name: str
    handler: Handler | None
    ends: tuple[End, ...]
    at: str = ""
    serves: Mapping[str, Handler] = field(default_factory=dict)
    spare: Callable[[FaultServer], int] | None = None
    is_alone: bool = False
    hosts: tuple[str, ...] = ()
    allowed: int | None = None

    @property
    def link(self) -> str:
        """Return the address under which the fault stands."""
        return self.at or f"/fault/{self.name}.html"

    def address(self, port: int, spare: int) -> str:
        """Return the whole address."""
        link = self.link.replace("{port}", str(port)).replace("{spare}", str(spare))
        return link if "://" in link else f"http://{HOST}:{port}{link}"
