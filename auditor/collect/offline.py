"""The walk over what is already here, a folder or a foreign archive: the same order and the same parts, no network."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from auditor.archive.journal import COLLECTING_FOLDER, Beginning, SnapshotWriter
from auditor.collect.fetch import Fetcher, Transport
from auditor.collect.frontier import Frontier
from auditor.collect.loading import PageLoader
from auditor.collect.pace import Pace
from auditor.collect.progress import Progress
from auditor.collect.scope import Scope
from auditor.collect.walk import Walk
from auditor.errors import Interrupted
from auditor.model.observations import Observations
from auditor.model.snapshots import Limits, Snapshot
from auditor.page.scan import normalise_url
from auditor.words.vocabulary import Vocabulary

OFFLINE = replace(
    Limits(), max_pages=10**9, max_attachments=10**9, max_outside=0, rate=0.0, concurrency=1, request_seconds=60.0
)


def collect_offline(
    snapshot: Snapshot,
    transport: Transport,
    pages: Sequence[Sequence[str]],
    out: Path,
    *,
    clock: Callable[[], datetime],
    vocabulary: Vocabulary,
    on_progress: Callable[[Progress], None],
) -> Path:
    """Walk over what a transport has, from the snapshot's seed, and seal it into the run folder `out`.

    `pages` are all pages there, each with the forms of its address: those that nothing links to come last.
    Raises OutputError, Interrupted; an interrupted walk leaves nothing, since it can be made again.
    """
    shutil.rmtree(out / COLLECTING_FOLDER, ignore_errors=True)
    beginning = Beginning(snapshot.run_id, snapshot.target.id, snapshot.started_at)
    with SnapshotWriter(out, beginning) as writer:
        walk = _make_walk(snapshot, transport, writer, clock=clock, vocabulary=vocabulary, on_progress=on_progress)
        try:
            asyncio.run(_go_over(walk, snapshot.target.seeds[0], pages))
        except KeyboardInterrupt as error:
            writer.discard()
            raise Interrupted("interrupted", str(out)) from error
        writer.seal(replace(snapshot, finished_at=clock()), walk.list_visits(), Observations())
    return out


def _make_walk(
    snapshot: Snapshot,
    transport: Transport,
    writer: SnapshotWriter,
    *,
    clock: Callable[[], datetime],
    vocabulary: Vocabulary,
    on_progress: Callable[[Progress], None],
) -> Walk:
    scope = Scope(frozenset(snapshot.target.hosts))
    loader = PageLoader(
        Fetcher(transport, Pace(OFFLINE.rate, OFFLINE.concurrency), OFFLINE, clock, heeds=False),
        writer,
        scope=scope,
        limits=OFFLINE,
        vocabulary=vocabulary,
        clock=clock,
        painter=None,
        ask_robots=False,
        slow_down=lambda _origin, _seconds: None,
    )
    return Walk(loader, Frontier(scope, vocabulary, clock().date()), OFFLINE, clock, on_progress)


async def _go_over(walk: Walk, home: str, pages: Sequence[Sequence[str]]) -> None:
    walk.add_seed(home, is_home=True)
    await walk.run(None)
    for forms in pages:
        walk.add_unlinked([normalise_url(form) or form for form in forms])
    await walk.run(None)
