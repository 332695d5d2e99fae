"""The walk over a site: what is asked for next, what its answer adds, and when it ends.

Results are taken up in the order in which addresses were given out, so that an unchanged site gives the same visits
however fast it answers.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from auditor.collect.fetch import BodyWish, is_paper
from auditor.collect.frontier import Frontier
from auditor.collect.known import Known, Rank
from auditor.collect.loading import Loaded, PageLoader
from auditor.collect.outside import OutsideLink
from auditor.collect.progress import Phase, Progress
from auditor.collect.robots import name_origin, read_sitemap
from auditor.collect.scope import is_file
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Fault, Part, Visit, find_fault
from auditor.model.snapshots import Limits
from auditor.page.scan import FoundLink

_WINDOW = 4
_TRIES = 4
_SPARE_TRIES = 500
_MAX_EXTRA_LINKS = 5_000
_MAX_SITEMAPS = 20
_MAX_BLOCKED = 15
_MAX_LOST = 15
_OK = range(200, 300)


@dataclass
class Tally:
    """Counts of a walk. `blocked` and `lost` count how often in a row the last answers were refused, or none came.

    `pages` are those that were fetched and are no other's twin; `files` attachments that were, with their `bytes`.
    """

    settled: int = 0
    pages: int = 0
    files: int = 0
    bytes: int = 0
    failed: int = 0
    blocked: int = 0
    lost: int = 0


class Walk:
    """Walks over one site; `visits` are in the order in which addresses were given out, then as discovered."""

    def __init__(
        self,
        loader: PageLoader,
        frontier: Frontier,
        limits: Limits,
        clock: Callable[[], datetime],
        on_progress: Callable[[Progress], None],
    ) -> None:
        """Take the parts; nothing is asked for yet."""
        self._loader = loader
        self._frontier = frontier
        self._limits = limits
        self._clock = clock
        self._on_progress = on_progress
        self._window: deque[tuple[Known, asyncio.Task[Loaded]]] = deque()
        self._settled: dict[str, Visit] = {}
        self._extra: dict[str, Visit] = {}
        self._tally = Tally()
        self._landed: set[str] = set()
        self.outside: dict[str, OutsideLink] = {}
        self.stopped_because: AttemptReason | None = None

    async def run(self, deadline: float | None) -> None:
        """Walk until there is nothing left or a bound is reached; `deadline` in the loop's time."""
        try:
            async with asyncio.timeout_at(deadline):
                await self._go_on()
        except TimeoutError:
            self.stopped_because = AttemptReason.TIME_LIMIT
        finally:
            self._drop_window()

    def add_seed(self, url: str, *, is_home: bool) -> None:
        """Add a start page."""
        self._frontier.add_seed(url, is_home=is_home)

    def add_page(self, url: str) -> None:
        """Add a page that is asked for whether or not something leads to it."""
        self._frontier.add_page(url)

    def add_unlinked(self, forms: Sequence[str]) -> None:
        """Add a page that nothing links to under any of its forms; the first form is its address."""
        if not any(form in self._frontier.known for form in forms):
            self._frontier.add_seed(forms[0], is_home=False)

    async def read_sitemaps(self, seed: str) -> None:
        """Read the sitemaps that the origin of a start page names, and the one at the usual place."""
        origin = name_origin(seed)
        rules = await self._loader.find_rules(seed)
        self._take_extra(self._loader.robot_visits[origin], Part.SITE)
        waiting = deque(dict.fromkeys((*rules.sitemaps, f"{origin}/sitemap.xml")))
        seen = set(waiting)
        while waiting and len(self._extra) < _MAX_SITEMAPS:
            url = waiting.popleft()
            if not self._frontier.scope.holds(url) or not rules.allow(url):
                continue
            visit, body = await self._loader.load_file(url)
            self._take_extra(visit, Part.SITEMAP)
            if visit.attempt.status is not AttemptStatus.DONE or visit.status not in _OK:
                continue
            found = read_sitemap(body, url)
            for page in found.pages:
                self._frontier.add_sitemap(page, url, found.days.get(page))
            fresh = [item for item in found.sitemaps if item not in seen]
            waiting.extend(fresh)
            seen.update(fresh)

    def list_visits(self, leftover: AttemptReason | None = None) -> tuple[Visit, ...]:
        """Return one visit for each known address; `leftover` is why what was not asked for was not."""
        reason = leftover or self.stopped_because or AttemptReason.PAGE_LIMIT
        self._frontier.count_clicks()
        visits = {**self._extra, **self._settled}
        for known in self._frontier.known.values():
            if known.url not in visits:
                visits[known.url] = self._skip(known, reason)
        return tuple(self._complete(visit) for visit in visits.values())

    def iterate_visits(self) -> Iterator[Visit]:
        """Yield the visits made, as they came."""
        yield from self._extra.values()
        yield from self._settled.values()

    def list_made(self) -> list[Visit]:
        """Return the visits of what was asked for."""
        self._frontier.count_clicks()
        made = (visit for visit in self.iterate_visits() if visit.attempt.status is not AttemptStatus.SKIPPED)
        return [self._complete(visit) for visit in made]

    def list_settled(self) -> tuple[tuple[Known, Visit], ...]:
        """Return what was asked for, with what is known of it, in the order in which it was given out."""
        return tuple((self._frontier.known[url], visit) for url, visit in self._settled.items())

    async def _go_on(self) -> None:
        for wants_files in (False, True):
            while True:
                self._fill_window(wants_files=wants_files)
                if not self._window:
                    break
                known, task = self._window[0]
                loaded = await task
                self._window.popleft()
                self._settle(known, loaded)
                await self._heed(self._tally)

    def _fill_window(self, *, wants_files: bool) -> None:
        while len(self._window) < self._limits.concurrency * _WINDOW and self._has_room(wants_files=wants_files):
            known = self._frontier.take_next(wants_files=wants_files)
            if known is None:
                return
            self._window.append((known, asyncio.create_task(self._loader.load(known.url, self._choose_wish(known)))))

    def _choose_wish(self, known: Known) -> BodyWish:
        """Tell what is wanted of an address: of an attachment beyond the budget only that it is there."""
        if known.parts & {Part.NAVIGATION, Part.DISCLOSURE_SECTION} and not known.is_attachment:
            return "any"
        if self._has_spent_files():
            return "page"
        return "file" if known.is_attachment else "paper"

    def _has_spent_files(self) -> bool:
        """Tell whether the budget of attachments is used up."""
        limits, tally = self._limits, self._tally
        return tally.files >= limits.max_attachments or tally.bytes >= limits.max_attachments_bytes

    def _has_room_for_file(self) -> bool:
        """Tell whether another attachment may be given out: those under way could be as large as any may be."""
        if self._has_spent_files():
            return self._frontier.peek_file_rank() is Rank.LISTED
        limits, tally = self._limits, self._tally
        under_way = sum(known.is_attachment for known, _ in self._window)
        expected = tally.bytes + under_way * limits.max_attachment_bytes
        return tally.files + under_way < limits.max_attachments and (
            not under_way or expected < limits.max_attachments_bytes
        )

    def _has_room(self, *, wants_files: bool) -> bool:
        """Tell whether another address may be given out: not while one under way may yet bring better ones."""
        if self.stopped_because is not None:
            return False
        if wants_files:
            return self._has_room_for_file()
        tally, limits = self._tally, self._limits
        is_spent = tally.pages + len(self._window) >= limits.max_pages
        if is_spent or tally.settled + len(self._window) >= _TRIES * limits.max_pages + _SPARE_TRIES:
            return False
        rank = self._frontier.peek_rank()
        under_way = min((known.rank for known, _ in self._window), default=None)
        return rank is not None and (under_way is None or under_way > Rank.LIST or rank <= under_way)

    def _settle(self, known: Known, loaded: Loaded) -> None:
        visit = loaded.visit
        self._settled[known.url] = visit
        is_fresh = self._take_up(known, loaded)
        if visit.final_url is not None and visit.final_url != known.url:
            self._frontier.note_landing(known, visit.final_url)
        self._count(known, loaded, is_fresh=is_fresh)
        if visit.attempt.reason is AttemptReason.ASKED_TO_STOP and self._loader.has_stopped(
            next(iter(self._frontier.known))
        ):
            self.stopped_because = AttemptReason.ASKED_TO_STOP
        self.report("crawl", known.url)

    def _take_up(self, known: Known, loaded: Loaded) -> bool:
        """Add what a page brings; tell whether it is one of its own, not another's content under a second address."""
        if loaded.scan is None:
            return True
        first = self._frontier.note_content(known, loaded.digest) if loaded.digest else None
        if self._frontier.is_followed(known, loaded.digest, loaded.scan, is_fresh=first is None):
            fresh = self._frontier.add_links(known, loaded.scan)
            self._frontier.add_pages(known, loaded.pages)
            self._note_outside(known, fresh)
        return first is None

    def _note_outside(self, page: Known, links: Sequence[FoundLink]) -> None:
        holds = self._frontier.scope.holds
        for link in links:
            if len(self.outside) >= _MAX_EXTRA_LINKS:
                return
            if link.url not in self.outside and not holds(link.url):
                self.outside[link.url] = OutsideLink(link.url, page.url, link.text[:120], link.region)

    def _count(self, known: Known, loaded: Loaded, *, is_fresh: bool) -> None:
        tally, visit = self._tally, loaded.visit
        reason = visit.attempt.reason
        is_success = reason is None and visit.status in _OK
        tally.settled += 1
        tally.failed += visit.attempt.status is AttemptStatus.FAILED
        if known.is_attachment or is_paper(visit.media_type):
            tally.files += is_success
            tally.bytes += loaded.size
        else:
            landed = visit.final_url or known.url
            tally.pages += is_success and is_fresh and landed not in self._landed
            self._landed.add(landed)
        if visit.status is not None or reason is None:
            tally.lost = 0
        tally.lost += reason is not None and find_fault(reason) is Fault.WIRE
        tally.blocked = tally.blocked + 1 if reason is AttemptReason.BLOCKED else 0

    async def _heed(self, tally: Tally) -> None:
        """After many refusals or silences in a row, ask for the start page; where that too is lost, stop."""
        is_blocked = tally.blocked >= _MAX_BLOCKED
        if not is_blocked and tally.lost < _MAX_LOST:
            return
        home = next(iter(self._frontier.known))
        if await self._loader.is_lost(home):
            self.stopped_because = AttemptReason.ASKED_TO_STOP if is_blocked else AttemptReason.UNREACHABLE
        tally.blocked = tally.lost = 0

    def report(self, phase: Phase, url: str) -> None:
        """Tell the progress."""
        known = len(self._frontier.known)
        self._on_progress(Progress(phase, self._tally.settled, known, self._tally.failed, url))

    def _drop_window(self) -> None:
        """Take up what has arrived, in order, and give up what has not."""
        for known, task in self._window:
            if task.done() and not task.cancelled() and task.exception() is None:
                self._settled[known.url] = task.result().visit
            else:
                task.cancel()
        self._window.clear()

    def _take_extra(self, visit: Visit, part: Part) -> None:
        parts = (Part.SITE,) if part is Part.SITE else (part, Part.SITE)
        self._extra.setdefault(visit.url, replace(visit, parts=parts))

    def _skip(self, known: Known, reason: AttemptReason) -> Visit:
        if known.exclusion is not None:
            attempt = Attempt(AttemptStatus.SKIPPED, AttemptReason.OUT_OF_SCOPE, known.exclusion)
        elif not self._frontier.is_wanted(known):
            attempt = Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "recheck")
        elif known.is_attachment:
            attempt = Attempt(AttemptStatus.SKIPPED, reason, "attachment")
        elif is_file(known.url):
            attempt = Attempt(AttemptStatus.SKIPPED, AttemptReason.OUT_OF_SCOPE, "media")
        else:
            attempt = Attempt(AttemptStatus.SKIPPED, reason)
        parts = order_parts(frozenset((*known.parts, Part.SITE)))
        return Visit(known.url, attempt, self._clock(), parts, clicks=known.clicks, found_on=known.found_on)

    def _complete(self, visit: Visit) -> Visit:
        known = self._frontier.known.get(visit.url)
        if known is None:
            return visit
        parts = order_parts(frozenset((*known.parts, *visit.parts)))
        if (visit.parts, visit.clicks, visit.found_on) == (parts, known.clicks, known.found_on):
            return visit
        return replace(visit, parts=parts, clicks=known.clicks, found_on=known.found_on)


@cache
def order_parts(parts: frozenset[Part]) -> tuple[Part, ...]:
    """Return parts of a site in their own order."""
    return tuple(part for part in Part if part in parts)
