"""What this machine can and cannot check."""

from __future__ import annotations

import asyncio
import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Error as PlaywrightError

from auditor.collect.certificates import TLS_VERSIONS, list_offerable
from auditor.collect.chromium import find_browser, start_chromium
from auditor.collect.network import has_ipv6_route, name_resolver

SECONDS = 20


@dataclass(frozen=True)
class MachineCheck:
    """One ability of the machine. `id` names its texts; without a `required` one nothing can be audited."""

    id: str
    works: bool
    required: bool
    detail: str


def examine_machine() -> tuple[MachineCheck, ...]:
    """Examine this machine; nothing is sent beyond it."""
    return (_python(), _engine(), _browser(), *_sandbox(), _ipv6(), _resolver(), _tls(), _font())


def _python() -> MachineCheck:
    found = ".".join(map(str, sys.version_info[:3]))
    return MachineCheck("python", sys.version_info >= (3, 11), required=True, detail=found)


def _engine() -> MachineCheck:
    try:
        importlib.import_module("durable.lang")
    except ImportError as error:
        return MachineCheck("engine", works=False, required=True, detail=str(error))
    return MachineCheck("engine", works=True, required=True, detail="durable-rules")


def _browser() -> MachineCheck:
    path = find_browser(None)
    if path is None:
        return MachineCheck("browser", works=False, required=False, detail="-")
    try:
        done = subprocess.run(  # noqa: S603 - the browser that an audit would start
            [str(path), "--version"], capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return MachineCheck("browser", works=False, required=False, detail=f"{path}: {error}")
    return MachineCheck("browser", done.returncode == 0, required=False, detail=f"{done.stdout.strip()} ({path})")


def _sandbox() -> Iterator[MachineCheck]:
    """Start the browser as an audit would; where there is none, there is nothing to say."""
    path = find_browser(None)
    if path is None:
        return
    try:
        version = asyncio.run(_start_browser(path))
    except (PlaywrightError, OSError, LookupError) as error:
        trouble = _find_driver_trouble() or type(error).__name__
        yield MachineCheck("sandbox", works=False, required=False, detail=trouble)
    else:
        yield MachineCheck("sandbox", works=True, required=False, detail=version)


async def _start_browser(path: Path) -> str:
    async with asyncio.timeout(SECONDS), AsyncExitStack() as stack:
        browser = await start_chromium(stack, path, has_sandbox=True)
        return browser.version


def _find_driver_trouble() -> str:
    """Return what keeps the machine from running the program that speaks with the browser; empty where nothing does."""
    command = [sys.executable, "-m", "playwright", "--version"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603 - fixed
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Playwright: {error}"
    lines = done.stderr.strip().splitlines()
    return f"Playwright: {lines[0]}" if done.returncode and lines else ""


def _ipv6() -> MachineCheck:
    return MachineCheck("ipv6", has_ipv6_route(), required=False, detail="-")


def _resolver() -> MachineCheck:
    name = name_resolver(None)
    return MachineCheck("resolver", name is not None, required=False, detail=name or "-")


def _tls() -> MachineCheck:
    offered = list_offerable()
    return MachineCheck("tls", len(offered) == len(TLS_VERSIONS), required=False, detail=", ".join(offered) or "-")


def _font() -> MachineCheck:
    fonts = list(_list_fonts())
    return MachineCheck("font", bool(fonts), required=False, detail=fonts[0] if fonts else "-")


def _list_fonts() -> Iterator[str]:
    lister = shutil.which("fc-list")
    if lister is None:
        return
    done = subprocess.run(  # noqa: S603 - fontconfig's own lister, fixed arguments
        [lister, ":lang=zh", "family"], capture_output=True, text=True, timeout=SECONDS, check=False
    )
    yield from sorted(line for line in done.stdout.splitlines() if line)
