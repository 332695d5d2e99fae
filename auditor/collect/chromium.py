"""The Chromium program: where it is found, and how it is started with its sandbox, without rights and without network.

The program never opens a connection of its own: every name and address is not found for it. What a page asks for is
answered by us (auditor.collect.supply), through the same guarded transport as everything else.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from playwright.async_api import Browser as Program
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Playwright, async_playwright

LAUNCH_SECONDS = 30.0
HEAP_MEGABYTES = 256
"""What the script of one page may hold."""
DATA_BYTES = 3 << 30
"""What one process of the browser may hold where the system can bound it (Linux)."""

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
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=direct://",
    f"--js-flags=--max-old-space-size={HEAP_MEGABYTES}",
)
_BOUND = "import os,resource,sys;resource.setrlimit(resource.RLIMIT_DATA,({bytes},{bytes}));"
_DROP = (
    "import pwd;user=pwd.getpwnam({user!r});os.setgroups([]);os.setgid(user.pw_gid);os.setuid(user.pw_uid);"
    "os.environ.update(HOME={home!r},XDG_CONFIG_HOME={home!r},XDG_CACHE_HOME={home!r});os.chdir({home!r});"
)
_START = "os.execv(sys.argv[1],sys.argv[1:])"


def find_browser(path: str | None) -> Path | None:
    """Return the Chromium to use: the path given, AUDITOR_CHROMIUM, Playwright's own download, or one on PATH."""
    for given in (path, os.environ.get("AUDITOR_CHROMIUM")):
        if given:
            found = shutil.which(given)
            return Path(found) if found else None
    return next((item for item in _list_browsers() if not is_root() or _is_open_to_all(item)), None)


def _list_browsers() -> Iterator[Path]:
    root = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    for folder in [Path(root)] if root else [Path.home() / name for name in _DOWNLOADS]:
        for pattern in _PROGRAMS:
            yield from (item for item in sorted(folder.glob(pattern), reverse=True) if os.access(item, os.X_OK))
    yield from (Path(found) for found in map(shutil.which, _NAMES) if found)


def is_root() -> bool:
    """Tell whether the user is root, whose browser would have no sandbox."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_open_to_all(path: Path) -> bool:
    """Tell whether a user without rights can start a program: every folder above it must let him through."""
    real = path.resolve()
    return all(item.stat().st_mode & stat.S_IXOTH for item in (real, *real.parents))


async def start_chromium(stack: AsyncExitStack, program: Path, *, has_sandbox: bool) -> Program:
    """Start Chromium without a window; what must be let go of is put on the stack.

    Raises playwright's Error, OSError, LookupError where it does not start.
    """
    folder = Path(
        stack.enter_context(tempfile.TemporaryDirectory(prefix="auditor-browser-", ignore_cleanup_errors=True))
    )
    if sys.platform == "linux":
        program = _write_starter(folder, program, drops=has_sandbox and is_root())
    playwright = await _start_driver(stack)
    started = await playwright.chromium.launch(
        executable_path=str(program),
        headless=True,
        chromium_sandbox=has_sandbox,
        args=list(_FLAGS),
        handle_sigint=False,
        timeout=LAUNCH_SECONDS * 1000,
    )
    stack.push_async_callback(started.close)
    return started


async def _start_driver(stack: AsyncExitStack) -> Playwright:
    """Start what speaks with the browser. Raises OSError where the machine cannot run it."""
    try:
        return await stack.enter_async_context(async_playwright())
    except PlaywrightError:
        raise
    except Exception as error:  # a driver that ends at once is told by the bare class
        raise OSError(f"Playwright: {error}") from error


def _write_starter(folder: Path, program: Path, *, drops: bool) -> Path:
    """Write a starter that bounds the browser's memory and, for root, gives up his rights first."""
    code = _BOUND.format(bytes=DATA_BYTES)
    profile = ""
    if drops:
        home = folder / "home"
        home.mkdir()
        for path in (folder, home):
            shutil.chown(path, _NOBODY)
        code += _DROP.format(user=_NOBODY, home=str(home))
        # The folder that Playwright names is root's own; of two, Chromium takes the last.
        profile = f" {shlex.quote(f'--user-data-dir={home}')}"
    starter = folder / "start"
    words = shlex.join([sys.executable, "-I", "-c", code + _START, str(program)])
    starter.write_text(f'#!/bin/sh\nexec {words} "$@"{profile}\n', encoding="utf-8")
    starter.chmod(0o755)
    return starter
