"""Chromium behind a seam: draws pages that are empty without script, and takes pictures of pages.

The browser has no network of its own (auditor.collect.chromium); what a page asks for is answered by the supply. Every
few pages get a fresh context, a browser that died is started again a few times, and the number of pages drawn follows
a budget.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from playwright.async_api import Browser as Program
from playwright.async_api import BrowserContext, Page
from playwright.async_api import Error as PlaywrightError

from auditor.collect.access import Access
from auditor.collect.chromium import LAUNCH_SECONDS, find_browser, start_chromium
from auditor.collect.drawing import HEIGHT, WIDTH, Artist, Drawn, Judge, Sheet
from auditor.collect.fetch import name_agent
from auditor.collect.supply import Supply
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.model.snapshots import Limits
from auditor.model.targets import Target

LOGGER = logging.getLogger("auditor.collect.browser")
PAGES_A_CONTEXT = 20
MAX_STARTS = 4

_AT_ONCE = 2
_CLOSE_SECONDS = 5.0
_MORE_SECONDS = 40.0
_NEVER_OPENED = "Page.goto: Timeout"
"""What is said of a page that was not even opened in time: the browser was busy with another."""
_T = TypeVar("_T")


@dataclass
class _Room:
    """One context with its pages: `uses` counts those it had, `active` those it has."""

    context: BrowserContext
    uses: int = 0
    active: int = 0
    is_worn: bool = False
    own: set[Page] = field(default_factory=set)


class Browser:
    """A running Chromium, or the reason why there is none: `works`, `name`, `problem`."""

    def __init__(self, program: Path | None, problem: str, access: Access, target: Target, limits: Limits) -> None:
        """Describe the browser; `start` starts it."""
        self.name: str | None = None
        self.problem = problem
        self._path = program
        self._access = access
        self._timezone = target.timezone
        self._limits = limits
        self._stack = AsyncExitStack()
        self._program: Program | None = None
        self._room: _Room | None = None
        self._starts = 0
        self._rendered = 0
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._lock = asyncio.Lock()
        self._artist: Artist | None = None
        self._supply: Supply | None = None

    @property
    def works(self) -> bool:
        """Tell whether pages can be drawn."""
        return self._program is not None

    @property
    def draws_all(self) -> bool:
        """Tell whether every page is drawn: asked for, and possible."""
        return self._access.browser == "always" and self.works

    def attach(self, supply: Supply, rendered: int) -> None:
        """Say where pages get what they ask for, and how many an earlier, interrupted run has drawn."""
        self._supply = supply
        self._artist = Artist(supply, self._limits.request_seconds)
        self._rendered = rendered

    def find_answer(self, url: str) -> tuple[str, int, str] | None:
        """Return record, status and media type of what a drawn page was given for an address."""
        return self._supply.find_answer(url) if self._supply is not None else None

    async def render(self, sheet: Sheet, judge: Judge) -> Drawn:
        """Return a document as script has drawn it, or why it was not."""
        refusal = self._refuse()
        if refusal is not None:
            return Drawn(refusal)
        self._rendered += 1
        artist = self._artist
        if artist is None:
            return Drawn(Attempt(AttemptStatus.SKIPPED, AttemptReason.NO_BROWSER, "not attached"))
        drawn = await self._try(sheet.url, lambda page: artist.draw(page, sheet, judge))
        if isinstance(drawn, Attempt) and _NEVER_OPENED in drawn.detail:
            drawn = await self._try(sheet.url, lambda page: artist.draw(page, sheet, judge))
        return drawn if isinstance(drawn, Drawn) else Drawn(drawn)

    async def photograph(self, sheet: Sheet) -> bytes | None:
        """Return a picture (PNG) of a page; None where it could not be taken."""
        artist = self._artist
        if not self.works or artist is None:
            return None
        picture = await self._try(sheet.url, lambda page: artist.photograph(page, sheet))
        return picture if isinstance(picture, bytes) else None

    async def start(self) -> None:
        """Start Chromium. Where that fails the browser says so and draws nothing."""
        if self._path is None:
            return
        self._starts += 1
        try:
            async with asyncio.timeout(LAUNCH_SECONDS):
                has_sandbox = self._access.browser_sandbox != "off"
                self._program = await start_chromium(self._stack, self._path, has_sandbox=has_sandbox)
            self.name = f"Chromium {self._program.version}"
        except (PlaywrightError, OSError, TimeoutError, LookupError) as error:
            LOGGER.warning("the browser does not start: %s", error)
            self.problem = type(error).__name__
            await self.close()

    async def close(self) -> None:
        """Stop the browser."""
        self._program = self._room = None
        stack, self._stack = self._stack, AsyncExitStack()
        try:
            async with asyncio.timeout(LAUNCH_SECONDS):
                await stack.aclose()
        except (PlaywrightError, TimeoutError) as error:
            LOGGER.warning("closing the browser: %s", error)

    def _refuse(self) -> Attempt | None:
        if not self.works:
            reason = AttemptReason.NOT_ASKED if self.problem == "not_asked" else AttemptReason.NO_BROWSER
            return Attempt(AttemptStatus.SKIPPED, reason, f"browser {self.problem}")
        if self._rendered >= self._limits.max_renders:
            return Attempt(AttemptStatus.SKIPPED, AttemptReason.PAGE_LIMIT, f"max_renders {self._limits.max_renders}")
        return None

    async def _try(self, url: str, act: Callable[[Page], Awaitable[_T]]) -> _T | Attempt:
        """Do something in a fresh tab; whatever goes wrong there becomes an attempt and wears the context out."""
        async with self._gate:
            try:
                async with self._open_tab() as page, asyncio.timeout(self._limits.request_seconds + _MORE_SECONDS):
                    return await act(page)
            except TimeoutError:
                LOGGER.warning("the browser could not draw %s: timeout", url)
                return Attempt(AttemptStatus.FAILED, AttemptReason.TIMEOUT, "drawing")
            except PlaywrightError as error:
                line = (str(error).splitlines() or [""])[0][:200]
                LOGGER.warning("the browser could not draw %s: %s", url, line)
                reason = AttemptReason.TIMEOUT if "Timeout" in line else AttemptReason.NO_BROWSER
                return Attempt(AttemptStatus.FAILED, reason, f"drawing: {line}"[:100])

    @asynccontextmanager
    async def _open_tab(self) -> AsyncIterator[Page]:
        room = await self._enter()
        page: Page | None = None
        is_sound = False
        try:
            async with self._lock:
                page = await room.context.new_page()
                room.own.add(page)
            yield page
            is_sound = True
        finally:
            room.is_worn = room.is_worn or not is_sound
            await self._leave(room, page)

    async def _enter(self) -> _Room:
        """Return the context for the next page; a fresh one after so many pages, or after one went wrong."""
        async with self._lock:
            room = self._room
            if self._program is not None and not self._program.is_connected():
                await self._restart()
                room = None
            if self._program is None:
                raise PlaywrightError(f"no browser: {self.problem}")
            if room is None or room.is_worn or room.uses >= PAGES_A_CONTEXT:
                if room is not None and not room.active:
                    await self._shut(room)
                room = self._room = _Room(await self._make_context(self._program))
            room.uses += 1
            room.active += 1
            return room

    async def _leave(self, room: _Room, page: Page | None) -> None:
        room.active -= 1
        if page is not None:
            room.own.discard(page)
        async with self._lock:
            strangers = [other for other in room.context.pages if other not in room.own]
            if not await _finish(*(other.close() for other in strangers)):
                room.is_worn = True
            if room.active == 0 and (room is not self._room or room.is_worn):
                await self._shut(room)
                self._room = None if room is self._room else self._room

    async def _shut(self, room: _Room) -> None:
        """Close a context; a browser that does not even do that is stopped and started again."""
        if not await _finish(room.context.close()) and self._program is not None:
            await self._restart()

    async def _restart(self) -> None:
        await self.close()
        if self._starts >= MAX_STARTS:
            self.problem = "died_too_often"
            return
        await self.start()

    async def _make_context(self, program: Program) -> BrowserContext:
        context = await program.new_context(
            accept_downloads=False,
            service_workers="block",
            permissions=[],
            ignore_https_errors=False,
            user_agent=f"Mozilla/5.0 (compatible; {name_agent(self._access.contact)})",
            locale="zh-CN",
            timezone_id=self._timezone,
            viewport={"width": WIDTH, "height": HEIGHT},
        )
        await context.route("**/*", lambda route: route.abort())
        await context.route_web_socket("**/*", lambda socket: socket.close())
        return context


async def _finish(*acts: Awaitable[None]) -> bool:
    """Do what a browser may hang in, for a while; tell whether it was done."""
    try:
        async with asyncio.timeout(_CLOSE_SECONDS):
            for act in acts:
                await act
    except TimeoutError:
        return False
    except PlaywrightError:
        return True
    return True


async def open_browser(access: Access, target: Target, limits: Limits) -> Browser:
    """Start Chromium. Where that fails, or is not wished, the browser says so and draws nothing."""
    if access.browser == "never":
        return Browser(None, "not_asked", access, target, limits)
    program = find_browser(access.browser_path)
    browser = Browser(program, "" if program is not None else "not_found", access, target, limits)
    with contextlib.suppress(PlaywrightError):
        await browser.start()
    return browser
