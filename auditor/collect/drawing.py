"""One page in the browser: what it may ask for, how long it is waited for, and what it looked like in the end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from playwright.async_api import Dialog, Page, Route
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Request as PageRequest

from auditor.collect.fetch import Request
from auditor.collect.supply import Errand, Served, Supply, Want, is_web
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.page.layout import MOST_BOXES, MOST_WORDS, check_boxes, embed_layout

WIDTH = 1280
HEIGHT = 900
MAX_HEIGHT = 4000
MAX_DOCUMENT = 20_000_000

State = Literal["filled", "awaited", "bare"]
Judge = Callable[[str], State]
"""Tells of drawn markup whether all is there, a list may still come, or the page is still empty."""

_POLL = 0.25
_CALM = 3
_PATIENCE: dict[State, float] = {"filled": 0.0, "awaited": 3.0, "bare": 8.0}
_LONGEST_WAIT = 30.0
_MAX_DIALOGS = 50
_WANTS: dict[str, Want] = {
    "xhr": "data",
    "fetch": "data",
    "script": "static",
    "stylesheet": "static",
    "image": "picture",
    "font": "picture",
}
_NO_CONTENT = 204
_LAYOUT = """([most, letters, height]) => {
  const boxes = [], range = document.createRange();
  const walker = document.createTreeWalker(document.body ?? document, NodeFilter.SHOW_TEXT);
  for (let steps = 0; steps < 20000 && boxes.length < most && walker.nextNode(); steps++) {
    const words = walker.currentNode.data.slice(0, 4 * letters).replace(/\\s+/g, "").slice(0, letters);
    if (!words) continue;
    range.selectNodeContents(walker.currentNode);
    const at = range.getBoundingClientRect();
    const [left, top] = [Math.round(at.left + scrollX), Math.round(at.top + scrollY)];
    if (at.width < 1 || at.height < 1 || left < 0 || top < 0 || top >= height) continue;
    boxes.push([words, left, top, Math.round(at.width), Math.round(at.height)]);
  }
  return boxes;
}"""
"""Tells where the words of a page stand, text by text."""


@dataclass(frozen=True)
class Sheet:
    """A page that was fetched and shall be drawn: its address and what came from there."""

    url: str
    served: Served


@dataclass(frozen=True)
class Drawn:
    """What drawing a page came to. `attempt` says whether it was drawn at all.

    `html` is the document as script left it, `left_for` where script wanted to send the reader, `reloads` how often it
    asked for itself again, `problem` the first thing it wanted and did not get, `records` the archived data behind it,
    `is_calm`: nothing was under way any more and nothing changed.
    """

    attempt: Attempt
    html: str | None = None
    left_for: str | None = None
    reloads: int = 0
    problem: Attempt | None = None
    records: tuple[str, ...] = ()
    is_calm: bool = True


@dataclass
class _Watch:
    """What happens on one page while it is drawn."""

    sheet: Sheet
    errand: Errand
    shows_pictures: bool
    started: bool = False
    pending: int = 0
    dialogs: int = 0
    reloads: int = 0
    left_for: str | None = None
    crashed: asyncio.Event = field(default_factory=asyncio.Event)


class Artist:
    """Draws pages in tabs that it is given; all they ask for comes from the supply."""

    def __init__(self, supply: Supply, seconds: float) -> None:
        """Take the parts."""
        self._supply = supply
        self._seconds = seconds

    async def draw(self, page: Page, sheet: Sheet, judge: Judge) -> Drawn:
        """Return a page as script has drawn it. Raises playwright's Error, TimeoutError where it stops answering."""
        watch = await self._open(page, sheet, shows_pictures=False)
        html, is_calm = await self._wait(page, watch, judge)
        errand = watch.errand
        if len(html) > MAX_DOCUMENT:
            return Drawn(Attempt(AttemptStatus.FAILED, AttemptReason.TOO_LARGE, "document"))
        return Drawn(
            Attempt(AttemptStatus.DONE),
            html,
            watch.left_for,
            watch.reloads,
            errand.problem,
            tuple(errand.records),
            is_calm,
        )

    async def photograph(self, page: Page, sheet: Sheet) -> bytes:
        """Return a picture (PNG) of a page, 1280 wide and at most 4000 high."""
        watch = await self._open(page, sheet, shows_pictures=True)
        await self._wait(page, watch, lambda _: "filled")
        return await _take_picture(page)

    async def _open(self, page: Page, sheet: Sheet, *, shows_pictures: bool) -> _Watch:
        watch = _Watch(sheet, Errand(sheet.url), shows_pictures)
        page.on("dialog", lambda dialog: _dismiss(watch, dialog))
        page.on("crash", lambda _: watch.crashed.set())
        await page.route("**/*", lambda route: self._answer(page, watch, route))
        await page.goto(sheet.url, wait_until="commit", timeout=self._seconds * 1000)
        return watch

    async def _wait(self, page: Page, watch: _Watch, judge: Judge) -> tuple[str, bool]:
        """Wait until nothing is under way and nothing changes, longer where the page is still without its list."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        size, calm, judged, state = -1, 0, -1, "bare"
        while loop.time() - start < _LONGEST_WAIT and not watch.crashed.is_set():
            await asyncio.sleep(_POLL)
            async with asyncio.timeout(self._seconds):
                now = await _measure(page)
            calm = calm + 1 if now == size and now >= 0 else 0
            size = now
            if calm < _CALM or watch.pending:
                continue
            if judged != size:
                state, judged = judge(await page.content()), size
            if loop.time() - start >= _PATIENCE[state] or watch.reloads:  # type: ignore[index]
                break
        if watch.crashed.is_set():
            raise PlaywrightError("the page crashed")
        async with asyncio.timeout(self._seconds):
            return await page.content(), calm >= _CALM and not watch.pending

    async def _answer(self, page: Page, watch: _Watch, route: Route) -> None:
        """Answer one request of a page; a page that is closed meanwhile wants nothing any more."""
        with contextlib.suppress(PlaywrightError):
            request = route.request
            if not is_web(request.url):
                await route.continue_()
            elif request.is_navigation_request():
                await self._navigate(page, watch, route)
            else:
                await self._fetch(watch, route, _WANTS.get(request.resource_type))

    async def _navigate(self, page: Page, watch: _Watch, route: Route) -> None:
        if route.request.frame != page.main_frame:
            await (self._fetch(watch, route, "static") if watch.shows_pictures else _stay(route))
        elif not watch.started:
            watch.started = True
            served = watch.sheet.served
            headers = {"content-type": "text/html", **served.headers}
            await route.fulfill(status=served.status, headers=headers, body=served.body)
        else:
            target = route.request.url.partition("#")[0]
            if target == watch.sheet.url.partition("#")[0]:
                watch.reloads += 1
            else:
                watch.left_for = watch.left_for or target
            await _stay(route)

    async def _fetch(self, watch: _Watch, route: Route, want: Want | None) -> None:
        request = route.request
        if want is None or (want == "picture" and not watch.shows_pictures) or request.method not in ("GET", "POST"):
            await route.abort()
            return
        watch.pending += 1
        try:
            served = await self._supply.serve(watch.errand, _make_request(request), want)
        finally:
            watch.pending -= 1
        if served is None:
            await route.abort()
            return
        await route.fulfill(status=served.status, headers=dict(served.headers), body=served.body)


def _make_request(request: PageRequest) -> Request:
    return Request(
        request.url,
        wish="any",
        method="POST" if request.method == "POST" else "GET",
        headers=tuple(request.headers.items()),
        body=request.post_data_buffer,
    )


async def _stay(route: Route) -> None:
    """Leave a reader where he is: an answer without content changes nothing on the page."""
    await route.fulfill(status=_NO_CONTENT, body="")


async def _dismiss(watch: _Watch, dialog: Dialog) -> None:
    """Dismiss a dialog; where they never end, the page is left in the last one and given up by the clock."""
    watch.dialogs += 1
    if watch.dialogs <= _MAX_DIALOGS:
        with contextlib.suppress(PlaywrightError):
            await dialog.dismiss()


async def _measure(page: Page) -> int:
    found: Any = await page.evaluate("() => document.documentElement ? document.documentElement.outerHTML.length : -1")
    return found if isinstance(found, int) else -1


async def _take_picture(page: Page) -> bytes:
    stated = await page.evaluate(
        "() => Math.max(document.documentElement.scrollHeight, document.body?.scrollHeight ?? 0)"
    )
    height = min(max(int(stated) if isinstance(stated, (int, float)) else HEIGHT, HEIGHT), MAX_HEIGHT)
    clip: Any = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    picture = await page.screenshot(full_page=True, clip=clip, animations="disabled", type="png")
    return embed_layout(picture, check_boxes(await page.evaluate(_LAYOUT, [MOST_BOXES, MOST_WORDS, height])))
