"""A folder of static HTML as a snapshot: files are live pages, nothing is asked of the network.

The same walk goes over the folder as over a site, with a transport that reads files; what nothing links to is added
at the end. Links that lead out of the folder through symbolic links are refused.
"""

from __future__ import annotations

import mimetypes
import os
import platform
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from auditor import __version__
from auditor.collect.fetch import DONE, Answer, Request
from auditor.collect.offline import OFFLINE, collect_offline
from auditor.collect.progress import Progress
from auditor.errors import InputError
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.snapshots import Limits, Snapshot
from auditor.model.targets import Target
from auditor.words.vocabulary import Vocabulary, load_vocabulary

INDEX_NAMES = ("index.html", "index.htm", "index.shtml", "default.html", "default.htm")

_AS_STORED = "surrogateescape"
"""How bytes of a file's name that are no UTF-8 stand in its path."""
_PAGE_SUFFIXES = frozenset({".html", ".htm", ".shtml", ".xhtml"})


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
        path = unquote(urlsplit(request.url).path, errors=_AS_STORED)
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
    site = replace(target, seeds=(name_root(target.seeds[0]),))
    origin = site.seeds[0].rstrip("/")
    return collect_offline(
        describe_folder(site, clock()),
        FolderTransport(folder, OFFLINE, clock),
        [tuple(f"{origin}{form}" for form in list_forms(page)) for page in pages],
        out,
        clock=clock,
        vocabulary=vocabulary or load_vocabulary(),
        on_progress=on_progress,
    )


def name_root(seed: str) -> str:
    """Return the root address of a seed's host."""
    parts = urlsplit(seed)
    return f"{parts.scheme}://{parts.netloc}/"


def describe_folder(target: Target, started: datetime) -> Snapshot:
    """Return what the snapshot of a folder says of itself."""
    return Snapshot(
        run_id=f"{target.id}-{started.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        target=target,
        started_at=started,
        finished_at=started,
        finished=True,
        limits=OFFLINE,
        vantage=None,
        versions={"auditor": __version__, "python": platform.python_version()},
        origin="folder",
    )


def list_pages(folder: Path) -> Iterator[str]:
    """List the pages of a folder as paths of addresses, sorted; an index file stands for its folder."""
    root = folder.resolve()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in _PAGE_SUFFIXES or not path.is_file() or not path.resolve().is_relative_to(root):
            continue
        parts = path.relative_to(folder).parts
        is_index = parts[-1] == next((name for name in INDEX_NAMES if (path.parent / name).is_file()), None)
        shown = (*parts[:-1], "") if is_index else parts
        yield "/" + "/".join(quote(os.fsencode(part)) for part in shown)


def list_forms(page: str) -> tuple[str, ...]:
    """Return the paths under which a page may be linked: a folder's also by the name of its index."""
    return (page, *(f"{page}{name}" for name in INDEX_NAMES)) if page.endswith("/") else (page,)
