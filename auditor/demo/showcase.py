"""The sample portal, served on this machine and audited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from auditor.collect.progress import Progress
from auditor.demo.defects import Defect, load_defects
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import PortalSpec, generate_portal
from auditor.demo.profile import write_profile
from auditor.demo.server import serve_portal
from auditor.errors import InputError
from auditor.messages import Messages
from auditor.pipeline import Audit, Settings, audit_target
from auditor.result import read_result
from auditor.runfolder.files import make_run_folder

STANDARDS = ("xh20", "bs20")
"""What the sample portal was made for; other rulesets can be named instead."""

OWN_RATE = 1000.0
"""Requests a second: the server is this machine's own."""


@dataclass(frozen=True)
class DemoRequest:
    """Which sample portal to audit."""

    layout: str
    pages: int
    seed: int
    defects: tuple[str, ...] = ()


def list_defects() -> tuple[Defect, ...]:
    """Return the defects that the sample portal can have."""
    return load_defects()


def audit_demo(
    request: DemoRequest, settings: Settings, messages: Messages, report_progress: Callable[[Progress], None]
) -> Audit:
    """Generate, serve and audit the sample portal. Raises InputError for a defect that it does not know."""
    known = {defect.id for defect in load_defects()}
    for name in request.defects:
        if name not in known:
            raise InputError("unknown_defect", name, known=", ".join(sorted(known)))
    if settings.out is None:
        raise InputError("out_missing")
    out = make_run_folder(settings.out)
    portal = generate_portal(
        PortalSpec(
            seed=request.seed,
            pages=request.pages,
            layout=request.layout,
            defects=request.defects,
            parts=PART_NAMES,
        )
    )
    profile = out / "portal.yaml"
    write_profile(portal, profile, STANDARDS)
    with serve_portal(portal, find_port(settings.recheck)) as served:
        access = replace(settings.access, overrides=served.overrides, absent=served.absent)
        limits = replace(settings.limits, rate=OWN_RATE, max_pages=max(settings.limits.max_pages, 2 * request.pages))
        own = replace(settings, access=access, limits=limits, profile=profile, as_of=portal.spec.today)
        return audit_target(served.url, own, messages, report_progress)


def find_port(earlier: Path | None) -> int:
    """Return the port at which an earlier sample portal was served, that its addresses hold; 0 for any."""
    if earlier is None:
        return 0
    target = read_result(earlier).target
    return (urlsplit(target.seeds[0]).port or 0) if target.seeds else 0
