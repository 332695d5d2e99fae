"""Chromium behind a seam: draws pages that are empty without script, and takes pictures of pages.

The browser sees the hosts of the site and nothing else: names are mapped to addresses that the resolver let through,
every other name and address is not found. It keeps its own sandbox; where the user is root, it runs as nobody.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page, Route, async_playwright
from playwright.async_api import Error as PlaywrightError

from auditor.collect.access import Access
from auditor.collect.fetch import name_agent
from auditor.collect.resolve import Resolver, read_address
from auditor.model import AttemptStatus, Limits, Target

LOGGER = logging.getLogger("auditor.collect.browser")
WIDTH = 1280
MAX_HEIGHT = 4000
MAX_DOCUMENT = 20_000_000
MAX_RENDERED = 300

_HEIGHT = 900
_LAUNCH_SECONDS = 30.0
_IDLE_MILLISECONDS = 3000
_AT_ONCE = 2
_CLIENT_ERROR = 400
_NOBODY = "nobody"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_DOWNLOADS = (".cache/ms-playwright", "Library/Caches/ms-playwright", "AppData/Local/ms-playwright")
_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium-*/chrome-win*/chrome.exe",
)
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-webrtc",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)
_DROP = (
    "import os,pwd,sys;user=pwd.getpwnam({user!r});os.setgroups([]);os.setgid(user.pw_gid);os.setuid(user.pw_uid);"
    "os.environ.update(HOME={home!r},XDG_CONFIG_HOME={home!r},XDG_CACHE_HOME={home!r});"
    "os.chdir({home!r});os.execv(sys.argv[1],sys.argv[1:])"
)


def find_browser(path: str | None) -> Path | None:
    """Return the Chromium to use: the path given, AUDITOR_CHROMIUM, Playwright's own download, or one on PATH."""
    for given in (path, os.environ.get("AUDITOR_CHROMIUM")):
        if given:
            found = shutil.which(given)
            return Path(found) if found else None
    return next((item for item in _list_browsers() if not _is_root() or _is_open_to_all(item)), None)


def _list_browsers() -> Iterator[Path]:
    root = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    for folder in [Path(root)] if root else [Path.home() / name for name in _DOWNLOADS]:
        for pattern in _PROGRAMS:
            yield from (item for item in sorted(folder.glob(pattern), reverse=True) if os.access(item, os.X_OK))
    yield from (Path(found) for found in map(shutil.which, _NAMES) if found)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_open_to_all(path: Path) -> bool:
    """Tell whether a user without rights can start a program: every folder above it must let him through."""
    real = path.resolve()
    return all(item.stat().st_mode & stat.S_IXOTH for item in (real, *real.parents))


class Browser:
    """A running Chromium, or the reason why there is none: `works`, `name`, `problem`."""

    def __init__(self, name: str | None, problem: str, seconds: float) -> None:
        """Describe the browser; `attach` gives it its context."""
        self.name = name
        self.problem = problem
        self._seconds = seconds
        self._context: BrowserContext | None = None
        self._stack = AsyncExitStack()
        self._gate = asyncio.Semaphore(_AT_ONCE)
        self._rendered = 0

    @property
    def works(self) -> bool:
        """Tell whether pages can be drawn."""
        return self._context is not None

    def attach(self, context: BrowserContext, stack: AsyncExitStack) -> None:
        """Take over a context and what must be let go of with it."""
        self._context = context
        self._stack = stack

    async def render(self, url: str) -> str | None:
        """Return a document as script has drawn it, None where it could not be drawn or was too large."""
        if self._rendered >= MAX_RENDERED:
            return None
        self._rendered += 1
        html: str | None = await self._visit(url, _read_document)
        return html if html is not None and len(html) <= MAX_DOCUMENT else None

    async def photograph(self, url: str, *, drawn: bool = True) -> bytes | None:
        """Return a picture (PNG) of a page, 1280 wide and at most 4000 high; None where it could not be taken.

        A page that is not drawn by script is pictured as soon as it is loaded.
        """
        picture: bytes | None = await self._visit(url, _take_picture, patient=drawn)
        return picture

    async def close(self) -> None:
        """Stop the browser."""
        self._context = None
        try:
            await self._stack.aclose()
        except PlaywrightError as error:
            LOGGER.warning("closing the browser: %s", error)

    async def _visit(self, url: str, act: Any, *, patient: bool = True) -> Any:
        context = self._context
        if context is None:
            return None
        async with self._gate:
            try:
                async with asyncio.timeout(self._seconds * 2):
                    return await _open_page(context, url, self._seconds, act, patient=patient)
            except (PlaywrightError, TimeoutError) as error:
                LOGGER.warning(
                    "the browser could not draw %s: %s", url, str(error).splitlines()[0] if str(error) else "timeout"
                )
                return None


async def _open_page(context: BrowserContext, url: str, seconds: float, act: Any, *, patient: bool) -> Any:
    page = await context.new_page()
    try:
        response = await page.goto(url, wait_until="load", timeout=seconds * 1000)
        if response is None or response.status >= _CLIENT_ERROR:
            return None
        if patient:
            await _wait_idle(page)
        return await act(page)
    finally:
        await page.close()


async def _wait_idle(page: Page) -> None:
    try:
        await page.wait_for_load_state("networkidle", timeout=_IDLE_MILLISECONDS)
    except PlaywrightError:
        LOGGER.debug("%s is never idle", page.url)


async def _read_document(page: Page) -> str:
    return await page.content()


async def _take_picture(page: Page) -> bytes:
    stated = await page.evaluate(
        "() => Math.max(document.documentElement.scrollHeight, document.body?.scrollHeight ?? 0)"
    )
    height = min(max(int(stated) if isinstance(stated, (int, float)) else _HEIGHT, _HEIGHT), MAX_HEIGHT)
    clip: Any = {"x": 0, "y": 0, "width": WIDTH, "height": height}
    return await page.screenshot(full_page=True, clip=clip, animations="disabled", type="png")


async def open_browser(access: Access, resolver: Resolver, target: Target, limits: Limits) -> Browser:
    """Start Chromium for the hosts of a target. Where that fails the browser says so and draws nothing."""
    if access.browser == "never":
        return Browser(None, "not_asked", limits.request_seconds)
    program = find_browser(access.browser_path)
    if program is None:
        return Browser(None, "not_found", limits.request_seconds)
    hosts = list(
        dict.fromkeys(other for host in target.hosts for other in (host, f"www.{host}", host.removeprefix("www.")))
    )
    rules = await _map_hosts(hosts, access, resolver, target)
    stack = AsyncExitStack()
    try:
        async with asyncio.timeout(_LAUNCH_SECONDS):
            context = await _launch(stack, program, rules, access, target)
            await _guard(context, frozenset(hosts))
    except (PlaywrightError, OSError, TimeoutError, LookupError) as error:
        LOGGER.warning("the browser does not start: %s", error)
        await stack.aclose()
        return Browser(None, type(error).__name__, limits.request_seconds)
    version = context.browser.version if context.browser is not None else ""
    browser = Browser(f"Chromium {version}".strip(), "", limits.request_seconds)
    browser.attach(context, stack)
    return browser


async def _launch(stack: AsyncExitStack, program: Path, rules: str, access: Access, target: Target) -> BrowserContext:
    folder = Path(
        stack.enter_context(tempfile.TemporaryDirectory(prefix="auditor-browser-", ignore_cleanup_errors=True))
    )
    profile = folder / "profile"
    profile.mkdir()
    has_sandbox = access.browser_sandbox != "off"
    if _is_root() and has_sandbox:
        program = _write_dropper(folder, program)
    playwright = await stack.enter_async_context(async_playwright())
    context = await playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=str(program),
        headless=True,
        chromium_sandbox=has_sandbox,
        args=[*_FLAGS, f"--host-resolver-rules={rules}"],
        accept_downloads=False,
        service_workers="block",
        ignore_https_errors=False,
        user_agent=f"Mozilla/5.0 (compatible; {name_agent(access.contact)})",
        locale="zh-CN",
        timezone_id=target.timezone,
        viewport={"width": WIDTH, "height": _HEIGHT},
        handle_sigint=False,
        timeout=_LAUNCH_SECONDS * 1000,
    )
    stack.push_async_callback(context.close)
    return context


def _write_dropper(folder: Path, program: Path) -> Path:
    """Write a starter that gives up root's rights first: a browser of root's would have no sandbox."""
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, _NOBODY)
    code = _DROP.format(user=_NOBODY, home=str(folder))
    starter = folder / "start"
    words = shlex.join([sys.executable, "-I", "-c", code, str(program)])
    starter.write_text(f'#!/bin/sh\nexec {words} "$@"\n', encoding="utf-8")
    starter.chmod(0o755)
    return starter


async def _map_hosts(hosts: Sequence[str], access: Access, resolver: Resolver, target: Target) -> str:
    """Map each host of the site to a checked address, and everything else to nothing."""
    rules = []
    for (host, number), addresses in sorted(access.overrides.items()):
        if host in hosts and addresses:
            rules.append(f"MAP {host}:{number} {_write_address(addresses)}:{number}")
    ports = {80, 443, *(port for seed in target.seeds if (port := urlsplit(seed).port) is not None)}
    for host in hosts:
        for port in sorted(ports):
            if resolver.is_overridden(host, port):
                continue
            lookup = await resolver.find(host, port, None)
            if lookup.attempt.status is AttemptStatus.DONE:
                rules.append(f"MAP {host}:{port} {_write_address(lookup.addresses)}:{port}")
    return ", ".join([*rules, "MAP * ~NOTFOUND"])


def _write_address(addresses: Sequence[str]) -> str:
    literals = [literal for literal in map(read_address, addresses) if literal is not None]
    chosen = min(literals, key=lambda literal: literal.version)
    return str(chosen) if chosen.version == 4 else f"[{chosen}]"  # noqa: PLR2004 - the protocol's own number


async def _guard(context: BrowserContext, hosts: frozenset[str]) -> None:
    async def judge(route: Route) -> None:
        parts = urlsplit(route.request.url)
        is_inside = parts.scheme in {"data", "blob"} or (parts.scheme in {"http", "https"} and parts.hostname in hosts)
        await (route.continue_() if is_inside else route.abort())

    await context.route("**/*", judge)
    await context.route_web_socket("**/*", lambda socket: socket.close())
