"""A page drawn by the browser becomes part of its visit: the drawn document, what it shows, and how drawing ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from auditor.archive.journal import RENDERED_URN, SnapshotWriter
from auditor.archive.packing import pack_record
from auditor.collect.drawing import Drawn, Judge, Sheet, State
from auditor.collect.reading import describe_page
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Visit
from auditor.page.dates import find_stated_dates
from auditor.page.markup import read_markup
from auditor.page.platforms import list_column_links
from auditor.page.scan import PageScan, judge_block, scan_shown
from auditor.page.shells import lacks_menu
from auditor.words.vocabulary import Vocabulary

_OK = 200


class Painter(Protocol):
    """The seam to the browser, as far as loading needs it. `draws_all`: every page is drawn, not only shells."""

    @property
    def draws_all(self) -> bool:
        """Tell whether every page is drawn."""
        ...

    async def render(self, sheet: Sheet, judge: Judge) -> Drawn:
        """Return the document as drawn, or why it was not."""
        ...

    def find_answer(self, url: str) -> tuple[str, int, str] | None:
        """Return record, status and media type of what a drawn page was given for an address."""
        ...


@dataclass(frozen=True)
class Rendition:
    """A visit after drawing, what the page then shows, and where its script wants to send every reader."""

    visit: Visit
    scan: PageScan | None
    left_for: str | None = None


def judge_state(scan: PageScan, *, is_menu_missing: bool) -> State:
    """Return how much of a page is there: all, all but a list or menu that may come, or nothing."""
    if scan.is_shell and not scan.is_awaited:
        return "bare"
    return "awaited" if scan.is_shell or is_menu_missing else "filled"


def judge_drawing(drawn: Drawn, state: State) -> Attempt:
    """Return how drawing ended: done where all is there, or where nothing more could come."""
    if drawn.attempt.status is not AttemptStatus.DONE or state == "filled":
        return drawn.attempt
    if drawn.problem is not None:
        return drawn.problem
    if drawn.reloads:
        return Attempt(AttemptStatus.FAILED, AttemptReason.BLOCKED, "reloads itself")
    if state == "bare":
        return Attempt(AttemptStatus.FAILED, AttemptReason.TIMEOUT, "not filled by script")
    return drawn.attempt if drawn.is_calm else Attempt(AttemptStatus.FAILED, AttemptReason.TIMEOUT, "never still")


class Studio:
    """Draws pages and puts what comes of it into the archive."""

    def __init__(
        self, painter: Painter, writer: SnapshotWriter, vocabulary: Vocabulary, clock: Callable[[], datetime]
    ) -> None:
        """Take the parts."""
        self._painter = painter
        self._writer = writer
        self._vocabulary = vocabulary
        self._clock = clock

    def needs(self, scan: PageScan, home: str | None = None) -> bool:
        """Tell whether a page must be drawn to be seen. `home` is the markup of a start page, which shows a menu."""
        return self._painter.draws_all or self._tell(scan, home or "", is_home=home is not None) != "filled"

    def find_answer(self, url: str) -> tuple[str, int, str] | None:
        """Return record, status and media type of what a drawn page was given for an address, None where none was."""
        return self._painter.find_answer(url)

    async def draw(self, visit: Visit, sheet: Sheet, scan: PageScan, *, is_home: bool) -> Rendition:
        """Draw the page of a visit."""
        url = sheet.url

        def judge(html: str) -> State:
            return self._tell(self._scan(html, url), html, is_home=is_home)

        drawn = await self._painter.render(sheet, judge)
        if drawn.html is None:
            is_needed = self._tell(scan, sheet.served.body.decode("utf-8", "replace"), is_home=is_home) != "filled"
            return Rendition(replace(visit, drawing=drawn.attempt) if is_needed or scan.is_shell else visit, scan)
        shown = read_markup(drawn.html, self._vocabulary)
        seen = self._scan(drawn.html, url)
        state = self._tell(seen, drawn.html, is_home=is_home)
        ending = judge_drawing(drawn, state)
        urn = f"{RENDERED_URN}{visit.url}"
        body = drawn.html.encode("utf-8", "replace")
        draft = self._writer.draft_resource(urn, self._clock(), body, "text/html")
        about, row = describe_page(draft, seen, shown.text, find_stated_dates(shown, seen, self._vocabulary))
        record = self._writer.write_packed([pack_record(draft), about], row)
        visit = replace(visit, rendered=record, drawing=ending, responses=drawn.records)
        is_refused = state != "filled" and ending.reason is AttemptReason.BLOCKED and ending.detail == "reloads itself"
        if is_refused or judge_block(_OK, drawn.html):
            blocked = Attempt(AttemptStatus.FAILED, AttemptReason.BLOCKED, "drawn", visit.attempt.ms)
            return Rendition(replace(visit, attempt=blocked), None)
        return Rendition(visit, seen, drawn.left_for if state != "filled" else None)

    def _scan(self, html: str, url: str) -> PageScan:
        scan = scan_shown(read_markup(html, self._vocabulary), url, self._vocabulary)
        columns = list_column_links(html, url, self._vocabulary)
        return replace(scan, links=(*scan.links, *columns)) if columns else scan

    def _tell(self, scan: PageScan, html: str, *, is_home: bool) -> State:
        if not is_home:
            return judge_state(scan, is_menu_missing=False)
        has_menu = any(link.region == "nav" for link in scan.links)
        page = read_markup(html, self._vocabulary)
        return judge_state(scan, is_menu_missing=lacks_menu(page, self._vocabulary, has_menu_links=has_menu))
