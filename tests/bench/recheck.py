"""Every defect of the sample portal, audited, mended and re-checked; and re-checked without being mended.

`python -m tests.bench.recheck [PAGES [DEFECT...]]` prints for each defect how many pages the audit and the re-checks
asked for and what the re-checks said. Exit 1 where one calls a mended problem not mended, or the other way round.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from auditor import pipeline
from auditor.collect.access import Access
from auditor.demo.defects import load_defects
from auditor.demo.parts import PART_NAMES
from auditor.demo.portal import PortalSpec, generate_portal
from auditor.demo.profile import write_profile
from auditor.demo.server import serve_portal
from auditor.messages import load_messages
from auditor.model.attempts import AttemptStatus
from auditor.model.snapshots import Limits
from auditor.snapshot import open_snapshot

NOW = datetime(2021, 3, 31, 4, tzinfo=UTC)


def audit(folder, pages, defects, name, port=0, **options):
    """Audit the served portal; return the result, how many pages were asked for, and the port."""
    portal = generate_portal(PortalSpec(pages=pages, defects=defects, parts=PART_NAMES))
    profile = folder / "portal.yaml"
    write_profile(portal, profile, ("xh20", "bs20"))
    with serve_portal(portal, port) as served:
        access = Access(overrides=served.overrides, absent=served.absent, browser="never")
        settings = pipeline.Settings(
            now=lambda: NOW,
            profile=profile,
            out=folder / name,
            formats=(),
            limits=Limits(rate=1000, concurrency=8),
            access=access,
            **options,
        )
        done = pipeline.audit_target(served.url, settings, load_messages("en"), lambda _: None)
        port = served.port
    with open_snapshot(done.run) as reader:
        asked = sum(visit.attempt.status is not AttemptStatus.SKIPPED for visit in reader.visits)
    return done.result, asked, port


def check_defect(pages, defect):
    """Return what is wrong with the two re-checks of a defect, and print its line."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _, asked, port = audit(folder, pages, (defect,), "before")
        mended, few, _ = audit(folder, pages, (), "mended", port, recheck=folder / "before")
        same, few_too, _ = audit(folder, pages, (defect,), "same", port, recheck=folder / "before")
    standing = {row.clause for row in same.recheck.rows if row.clause.endswith("g") and row.reason == "portal_name"}
    first = [row for row in mended.recheck.rows if row.clause not in standing]
    second = [row for row in same.recheck.rows if row.clause not in standing]
    wrong = [f"{row.clause} {row.subject.name} not mended: {row.now}" for row in first if row.state == "not_mended"]
    wrong += [
        f"{row.clause} {row.subject.name} mended: {row.reason} -> {row.now}" for row in second if row.state == "mended"
    ]
    counts = [dict(Counter(row.state for row in rows)) for rows in (first, second)]
    sys.stdout.write(
        f"{defect:34} {asked:5} {few:4} {few_too:4}  mended {counts[0]}  same {counts[1]}  {wrong or ''}\n"
    )
    sys.stdout.flush()
    return wrong


def main(arguments):
    pages = int(arguments[0]) if arguments else 60
    names = arguments[1:] or [defect.id for defect in load_defects() if not defect.harmless]
    return 1 if [wrong for name in names for wrong in check_defect(pages, name)] else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
