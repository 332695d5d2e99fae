"""Files that the site offers beside its pages: their text and tables, read in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self

from auditor.extract.exposure import mask_text
from auditor.extract.families.budgets import complete_budget
from auditor.extract.families.catalogues import complete_catalogue
from auditor.extract.families.leaks import draft_leaks
from auditor.extract.families.reports import complete_report
from auditor.extract.grids import Grid, make_grid
from auditor.extract.sheet import Draft
from auditor.kinds.base import FactBase
from auditor.kinds.disclosure import AnnualReport, Budget, Catalogue
from auditor.model.attempts import Visit
from auditor.model.evidence import RecordEvidence
from auditor.page.scan import normalise_url
from auditor.words.vocabulary import Vocabulary, compile_pattern

Reason = Literal["", "format", "broken", "encrypted", "image", "too_large", "timeout"]
COMMAND = (sys.executable, "-P", "-m", "auditor.extract.filereading")
SECONDS = 60.0
MAX_BYTES = 60 << 20
MAX_FILES = 5_000
_ROWS_AS_LINES = 400
_SUFFIXES = frozenset({"pdf", "docx", "xlsx", "doc", "xls", "wps", "et", "ofd"})
_TYPES = ("pdf", "officedocument", "msword", "ms-excel", "wps", "ofd")


@dataclass(frozen=True)
class FileRecord:
    """One file as read. `reason` says why its content is not known; then lines and grids are empty.

    `title` is the first line that is more than the number of a page, else the name in the address; masked.
    """

    url: str
    visit: Visit
    form: str
    lines: tuple[str, ...]
    grids: tuple[Grid, ...]
    reason: Reason
    title: str
    drafts: tuple[Draft, ...] = ()

    @property
    def text(self) -> str:
        """Return lines and rows as one masked text."""
        rows = [" ".join(filter(None, row)) for grid in self.grids for row in grid.rows[:_ROWS_AS_LINES]]
        return mask_text("\n".join((*self.lines, *rows)))

    def cite(self, excerpt: str) -> RecordEvidence:
        """Return evidence that points to the file."""
        return RecordEvidence(self.visit.url, self.visit.record, self.form, excerpt[:200], self.visit.at)

    def complete(self, fact: FactBase, words: Vocabulary) -> FactBase:
        """Return a fact with what its page left to this file; the same fact where the file does not tell more."""
        if self.reason:
            return fact
        if isinstance(fact, AnnualReport):
            return complete_report(fact, self.lines, self.grids, words.families["annual_report"], self.cite(self.title))
        if isinstance(fact, Budget):
            return complete_budget(fact, self.lines, self.grids, words.families["budget"], self.cite(self.title))
        if isinstance(fact, Catalogue):
            return complete_catalogue(fact, self.grids, words, self.cite(self.title))
        return fact


def is_file(url: str, media_type: str) -> bool:
    """Tell whether an answer is a document file: by its media type, else by the ending of its address."""
    kind = media_type.lower()
    ending = url.partition("?")[0].rpartition(".")[2].lower()
    return any(name in kind for name in _TYPES) or (ending in _SUFFIXES and "html" not in kind)


class FileReader:
    """Reads files one after the other in a child process. Use it as a context manager."""

    def __init__(self, command: tuple[str, ...] = COMMAND, seconds: float = SECONDS) -> None:
        """Keep how the process is started and how long one file may take."""
        self._command = command
        self._seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start nothing yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End the process."""
        self._stop()

    def read(self, visit: Visit, body: bytes, words: Vocabulary) -> FileRecord:
        """Return what a file holds; whatever it does to the process that opens it."""
        url = normalise_url(visit.url) or visit.url
        if len(body) > MAX_BYTES:
            return FileRecord(url, visit, "", (), (), "too_large", _name_file(url, (), words))
        answer = self._ask(body, words.documents.page_number)
        grids = tuple(grid for rows in answer["grids"] if (grid := make_grid(rows)) is not None)
        lines = tuple(answer["lines"])
        record = FileRecord(url, visit, answer["form"], lines, grids, answer["reason"], _name_file(url, lines, words))
        rows = [" ".join(filter(None, row)) for grid in grids for row in grid.rows]
        drafts = tuple(draft_leaks(url, (*rows, *record.lines), words.exposure, record.cite))
        return replace(record, drafts=drafts)

    def _ask(self, body: bytes, page_number: str) -> Mapping[str, Any]:
        process = self._start(page_number)
        if process.stdin is None or process.stdout is None:
            return _fail("broken")
        timer = threading.Timer(self._seconds, process.kill)
        timer.start()
        try:
            process.stdin.write(b"%d\n" % len(body) + body)
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = b""
        finally:
            late = not timer.is_alive()
            timer.cancel()
        try:
            found: Mapping[str, Any] = json.loads(line)
        except ValueError:
            self._stop()
            return _fail("timeout" if late else "broken")
        return found

    def _start(self, page_number: str) -> subprocess.Popen[bytes]:
        if self._process is None:
            path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)  # noqa: PTH109 - as the import system does
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
                (*self._command, page_number),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,
            )
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue


def _name_file(url: str, lines: tuple[str, ...], words: Vocabulary) -> str:
    number = compile_pattern(words.documents.page_number)
    shown = (line for line in lines if sum(map(str.isalpha, line)) > 1 and number.fullmatch(line.strip()) is None)
    return mask_text(next(shown, url.rpartition("/")[2]))[:120]


def _fail(reason: Reason) -> Mapping[str, Any]:
    return {"form": "", "lines": [], "grids": [], "reason": reason}
