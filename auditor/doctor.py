"""What this machine can and cannot check."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.collect.certificates import TLS_VERSIONS, list_offerable
from auditor.collect.chromium import find_browser
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
    return (_python(), _engine(), _browser(), _ipv6(), _resolver(), _tls(), _font())


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
    trouble = _find_driver_trouble()
    detail = trouble or f"{done.stdout.strip()} ({path})"
    return MachineCheck("browser", done.returncode == 0 and not trouble, required=False, detail=detail)


def _find_driver_trouble() -> str:
    """Return what keeps the machine from running the program that speaks with the browser; empty where nothing does."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "playwright", "--version"],
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"Playwright: {error}"
    if done.returncode == 0:
        return ""
    return f"Playwright: {next(iter(done.stderr.strip().splitlines()), '')}"


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
