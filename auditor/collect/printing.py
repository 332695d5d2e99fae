"""A page of our own put on paper by the browser: no request of it is answered but the page itself."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Route

from auditor.collect.chromium import LAUNCH_SECONDS, find_browser, start_chromium
from auditor.errors import InputError, ToolError

PRINT_SECONDS = 300.0
_ADDRESS = "http://report.invalid/"


def require_browser() -> Path:
    """Return the Chromium that prints. Raises InputError where there is none."""
    program = find_browser(None)
    if program is None:
        raise InputError("pdf_no_browser")
    return program


def print_page(html: bytes, program: Path) -> bytes:
    """Return a page as tagged PDF with an outline, on the paper that its own style asks for.

    Raises ToolError where the browser does not start or does not print.
    """
    try:
        return asyncio.run(_print(html, program))
    except (PlaywrightError, OSError, TimeoutError, LookupError) as error:
        raise ToolError("pdf_failed", str(program), cause=type(error).__name__) from error


async def _print(html: bytes, program: Path) -> bytes:
    """Print in a browser with its sandbox; where none can be had, without: nothing of the site's runs in the page."""
    try:
        return await _print_with(html, program, has_sandbox=True)
    except PlaywrightError:
        return await _print_with(html, program, has_sandbox=False)


async def _print_with(html: bytes, program: Path, *, has_sandbox: bool) -> bytes:
    async def answer(route: Route) -> None:
        if route.request.url == _ADDRESS:
            await route.fulfill(status=200, content_type="text/html; charset=utf-8", body=html)
        else:
            await route.abort()

    async with AsyncExitStack() as stack, asyncio.timeout(PRINT_SECONDS + 2 * LAUNCH_SECONDS):
        browser = await start_chromium(stack, program, has_sandbox=has_sandbox)
        context = await browser.new_context(java_script_enabled=False)
        page = await context.new_page()
        page.set_default_timeout(PRINT_SECONDS * 1000)
        await page.route("**/*", answer)
        await page.goto(_ADDRESS, wait_until="load")
        return await page.pdf(prefer_css_page_size=True, tagged=True, outline=True)
