"""A foreign archive as a snapshot of ours: walked over like a site, so that parts, clicks and gaps are known.

What a page links to and the archive does not hold becomes a visit that was not asked for: absence is then not claimed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from auditor.archive.coding import undo_transfer
from auditor.collect.fetch import DONE, Answer, Request
from auditor.collect.offline import OFFLINE, collect_offline
from auditor.collect.progress import Progress
from auditor.model.attempts import NOT_ASKED
from auditor.model.targets import Target
from auditor.snapshot import SnapshotReader
from auditor.words.vocabulary import Vocabulary, load_vocabulary


class ArchiveTransport:
    """Answers requests from the responses of a foreign archive."""

    def __init__(self, reader: SnapshotReader) -> None:
        """Take the archive."""
        self._reader = reader

    async def send(self, request: Request) -> Answer:
        """Answer a request with what the archive holds; what it does not hold was not asked."""
        record = self._reader.find_response(request.url)
        if record is None:
            return Answer(NOT_ASKED, self._reader.snapshot.finished_at)
        stored = self._reader.read_stored(record)
        head = stored.head
        body = undo_transfer(stored.payload, head.headers)
        return Answer(DONE, head.at, head.status, "", tuple(head.headers), body, truncated=head.truncated)

    async def close(self) -> None:
        """The reader is closed by its owner."""


def collect_archive(
    reader: SnapshotReader,
    out: Path,
    clock: Callable[[], datetime],
    *,
    target: Target | None = None,
    vocabulary: Vocabulary | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Path:
    """Collect a foreign archive into the run folder `out` and return the folder.

    `target` may name the site better than the archive does; its seeds and hosts stay the archive's.
    Raises OutputError, Interrupted.
    """
    found = reader.snapshot.target
    site = replace(target, seeds=found.seeds, hosts=found.hosts) if target is not None else found
    snapshot = replace(reader.snapshot, target=site, limits=OFFLINE, digests={})
    pages = [(visit.url,) for visit in reader.visits]
    return collect_offline(
        snapshot,
        ArchiveTransport(reader),
        pages,
        out,
        clock=clock,
        vocabulary=vocabulary or load_vocabulary(),
        on_progress=on_progress,
    )
