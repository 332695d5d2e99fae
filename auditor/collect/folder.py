"""A folder of static HTML as a snapshot: files are live pages, nothing is asked of the network.

The same walk goes over the folder as over a site, with a transport that reads files; what nothing links to is added
at the end. Links that lead out of the folder through symbolic links are refused.
"""

from __future__ import annotations

import asyncio
import mimetypes
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from auditor import __version__
from auditor.archive.journal import Beginning, SnapshotWriter
from auditor.collect.fetch import DONE, Answer, Fetcher, Request
from auditor.collect.frontier import Frontier
from auditor.collect.loading import PageLoader
from auditor.collect.pace import Pace
from auditor.collect.progress import Progress
from auditor.collect.scope import Scope
from auditor.collect.walk import Walk
from auditor.errors import InputError, Interrupted
from auditor.model import Attempt, AttemptReason, AttemptStatus, Limits, Observations, Snapshot, Target
from auditor.pagescan import normalise_url
from auditor.vocabulary import Vocabulary, load_vocabulary

INDEX_NAMES = ("index.html", "index.htm", "index.shtml", "default.html", "default.htm")

_PAGE_SUFFIXES = frozenset({".html", ".htm", ".shtml", ".xhtml"})
_UNBOUNDED = 1e9


class FolderTransport:
    """Answers requests from the files of a folder: 200 for a file, a redirect for a folder without its slash, 404."""

    def __init__(self, folder: Path, limits: Limits, clock: Callable[[], datetime]) -> None:
        """Take the folder."""
        self._folder = folder.resolve()
        self._limits = limits
        self._clock = clock

    async def send(self, request: Request) -> Answer:
        """Answer a request as a server of static files would."""
        at = self._clock()
        path = unquote(urlsplit(request.url).path)
        file = self._find_file(path)
        if file is None:
            return Answer(DONE, at, 404, "Not Found", (("Content-Type", "text/plain"),))
        if file.is_dir():
            location = (("Location", f"{urlsplit(request.url).path}/"),)
            return Answer(DONE, at, 301, "Moved Permanently", location)
        try:
            if file.stat().st_size > self._limits.max_body_bytes:
                return Answer(Attempt(AttemptStatus.FAILED, AttemptReason.TOO_LARGE, "body"), at)
            body = file.read_bytes()
        except OSError as error:
            reason = Attempt(AttemptStatus.FAILED, AttemptReason.INTERNAL_ERROR, error.strerror or "")
            return Answer(reason, at)
        headers = (("Content-Type", name_media(file)), ("Content-Length", str(len(body))))
        return Answer(DONE, at, 200, "OK", headers, body)

    async def close(self) -> None:
        """Nothing is open."""

    def _find_file(self, path: str) -> Path | None:
        if "\x00" in path:
            return None
        candidate = self._folder / path.lstrip("/")
        try:
            real = candidate.resolve()
            if not real.is_relative_to(self._folder):
                return None
            if real.is_dir() and path.endswith("/"):
                inside = (real / name for name in INDEX_NAMES)
                return next((item for item in inside if self._is_inside(item)), None)
            return real if real.exists() and not path.endswith("/") else None
        except OSError:
            return None

    def _is_inside(self, path: Path) -> bool:
        return path.is_file() and path.resolve().is_relative_to(self._folder)


def name_media(path: Path) -> str:
    """Return the media type of a file by its name."""
    if path.suffix.lower() in _PAGE_SUFFIXES:
        return "text/html"
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def collect_folder(
    folder: Path,
    target: Target,
    out: Path,
    clock: Callable[[], datetime],
    *,
    vocabulary: Vocabulary | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Path:
    """Collect a folder into the run folder `out` and return the latter.

    Addresses are those of the target's first seed: its scheme and host, then the path inside the folder.
    Raises InputError (folder_missing, folder_empty: no page in it), OutputError, Interrupted.
    """
    if not folder.is_dir():
        raise InputError("folder_missing", str(folder))
    pages = list(list_pages(folder))
    if not pages:
        raise InputError("folder_empty", str(folder))
    started = clock()
    beginning = Beginning(f"{target.id}-{started.astimezone(UTC):%Y%m%dT%H%M%SZ}", target.id, started)
    with SnapshotWriter(out, beginning) as writer:
        limits = replace(Limits(), max_pages=10**9, rate=_UNBOUNDED, concurrency=1, request_seconds=60.0)
        walk = _make_walk(folder, target, writer, limits, vocabulary or load_vocabulary(), clock, on_progress)
        try:
            asyncio.run(_go_over(walk, target, pages))
        except KeyboardInterrupt as error:
            raise Interrupted("interrupted", str(out)) from error
        snapshot = Snapshot(
            run_id=beginning.run_id,
            target=target,
            started_at=started,
            finished_at=clock(),
            finished=True,
            limits=limits,
            vantage=None,
            versions={"auditor": __version__, "python": platform.python_version()},
            origin="folder",
        )
        writer.seal(snapshot, walk.list_visits(), Observations())
    return out


def list_pages(folder: Path) -> Iterator[str]:
    """List the pages of a folder as paths of addresses, sorted; an index file stands for its folder."""
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in _PAGE_SUFFIXES or not path.is_file() or not path.resolve().is_relative_to(root):
            continue
        parts = path.relative_to(folder).parts
        is_index = parts[-1] in INDEX_NAMES and parts[-1] == _first_index(path.parent)
        shown = (*parts[:-1], "") if is_index else parts
        yield "/" + "/".join(quote(part) for part in shown)


def _first_index(folder: Path) -> str | None:
    return next((name for name in INDEX_NAMES if (folder / name).is_file()), None)


def _make_walk(
    folder: Path,
    target: Target,
    writer: SnapshotWriter,
    limits: Limits,
    vocabulary: Vocabulary,
    clock: Callable[[], datetime],
    on_progress: Callable[[Progress], None],
) -> Walk:
    fetcher = Fetcher(FolderTransport(folder, limits, clock), Pace(limits.rate, limits.concurrency), limits, clock)
    scope = Scope(frozenset(target.hosts))
    loader = PageLoader(
        fetcher,
        writer,
        scope=scope,
        limits=limits,
        vocabulary=vocabulary,
        clock=clock,
        painter=None,
        ask_robots=False,
        slow_down=lambda _host, _seconds: None,
    )
    return Walk(loader, Frontier(scope, vocabulary), limits, clock, on_progress)


async def _go_over(walk: Walk, target: Target, pages: Sequence[str]) -> None:
    parts = urlsplit(target.seeds[0])
    origin = f"{parts.scheme}://{parts.netloc}"
    walk.add_seed(f"{origin}/", is_home=True)
    await walk.run(None)
    for page in pages:
        forms = (page, *(f"{page}{name}" for name in INDEX_NAMES)) if page.endswith("/") else (page,)
        walk.add_unlinked([normalise_url(f"{origin}{form}") or f"{origin}{form}" for form in forms])
    await walk.run(None)
