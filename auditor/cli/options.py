"""The options of collecting: how many pages, how fast, and how the site is reached."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from auditor.collect.access import Access, read_cookies
from auditor.collect.resolve import check_address, check_nameserver
from auditor.errors import InputError
from auditor.model.snapshots import Limits

MakeOption = Callable[..., Callable[[Any], Any]]
MOST_AT_ONCE = 256

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_ENVIRONMENT = re.compile(r"env:([A-Za-z_][A-Za-z0-9_]*)")
_NOT_OURS = frozenset({"connection", "content-length", "transfer-encoding", "te", "upgrade", "accept-encoding"})
_AGENT = "user-agent"


def list_collecting(option: MakeOption) -> tuple[Callable[[Any], Any], ...]:
    """Return the decorators of every command that touches a site; `option` makes one of them."""
    file = click.Path(path_type=Path)
    return (
        option("--max-pages", type=click.IntRange(1), default=Limits.max_pages, metavar="N"),
        option("--max-attachments", type=click.IntRange(0), default=Limits.max_attachments, metavar="N"),
        option("--max-outside", type=click.IntRange(0), default=Limits.max_outside, metavar="N"),
        option("--include-subhosts", is_flag=True),
        option("--time-limit", type=click.FloatRange(1), default=Limits.total_seconds, metavar="SECONDS"),
        option("--rate", type=click.FloatRange(0), default=Limits.rate, metavar="N"),
        option("--concurrency", type=click.IntRange(1, MOST_AT_ONCE), default=Limits.concurrency, metavar="N"),
        option("--include", multiple=True, metavar="GLOB"),
        option("--exclude", multiple=True, metavar="GLOB"),
        option("--browser", type=click.Choice(["auto", "never", "always"]), default="auto"),
        option("--no-browser-sandbox", is_flag=True),
        option("--browser-hosts", type=click.Choice(["public", "site"]), default="public"),
        option("--max-renders", type=click.IntRange(0), default=Limits.max_renders, metavar="N"),
        option("--resolve", "overrides", multiple=True, metavar="HOST:PORT:ADDRESS"),
        option("--nameserver", metavar="ADDRESS"),
        option("--contact", metavar="ADDRESS"),
        option("--header", "headers", multiple=True, metavar="NAME:VALUE"),
        option("--auth", envvar="AUDITOR_AUTH", metavar="USER:PASS|@FILE|env:NAME"),
        option("--cookie-jar", type=file, metavar="FILE"),
        option("--proxy", envvar="AUDITOR_PROXY", metavar="URL|env:NAME"),
        option("--ca", type=file, metavar="FILE"),
        option("--as-host", metavar="HOST"),
        option("--resume", is_flag=True),
    )


def default_collecting() -> dict[str, Any]:
    """Return the values of the options of collecting where nobody says anything, by the names of the options.

    Variables of the environment say nothing here: a password that is meant for one site is not for many.
    """
    taken: list[click.Parameter] = []

    def collect(*names: str, **attributes: Any) -> Callable[[Any], Any]:
        attributes.pop("envvar", None)
        taken.append(click.Option(names, **attributes))
        return lambda command: command

    list_collecting(collect)
    return dict(click.Command("collect", params=taken).make_context("collect", []).params)


def build_limits(options: Mapping[str, Any]) -> Limits:
    """Return the bounds that the options set."""
    return Limits(
        max_pages=options["max_pages"],
        max_attachments=options["max_attachments"],
        max_outside=options["max_outside"],
        with_subhosts=options["include_subhosts"],
        total_seconds=options["time_limit"],
        rate=options["rate"],
        concurrency=options["concurrency"],
        max_renders=options["max_renders"],
        include=tuple(options["include"]),
        exclude=tuple(options["exclude"]),
    )


def build_access(options: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Access:
    """Return how the options reach the site. Raises InputError for what is not written rightly or cannot be read."""
    known = os.environ if environment is None else environment
    return Access(
        overrides=collect_overrides(options["overrides"]),
        nameserver=check_nameserver(options["nameserver"]) if options["nameserver"] else None,
        headers=tuple(parse_header(text, known) for text in options["headers"]),
        contact=check_contact(options["contact"]) if options["contact"] else None,
        browser=options["browser"],
        browser_sandbox="off" if options["no_browser_sandbox"] else "auto",
        browser_hosts=options["browser_hosts"],
        auth=parse_auth(options["auth"], known) if options["auth"] else None,
        cookies=read_cookies(options["cookie_jar"]) if options["cookie_jar"] else (),
        proxy=parse_proxy(options["proxy"], known) if options["proxy"] else None,
        authorities=read_authorities(options["ca"]) if options["ca"] else None,
    )


def parse_override(text: str) -> tuple[tuple[str, int], str]:
    """Read `HOST:PORT:ADDRESS` as curl writes it, an IPv6 address in brackets. Raises InputError for anything else."""
    host, _, rest = text.partition(":")
    port, _, address = rest.partition(":")
    if not host or not port.isdigit() or not address:
        raise InputError("resolve_syntax", text)
    return (host.lower(), int(port)), address.strip("[]")


def collect_overrides(texts: Sequence[str]) -> dict[tuple[str, int], tuple[str, ...]]:
    """Read all `--resolve` options; addresses of one host and port gather, in the order given."""
    overrides: dict[tuple[str, int], tuple[str, ...]] = {}
    for text in texts:
        key, addresses = parse_override(text)
        overrides[key] = (*overrides.get(key, ()), *map(check_address, addresses.split(",")))
    return overrides


def parse_header(text: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Read `Name: value`; the value may be `env:NAME`.

    Raises InputError (header_syntax, header_not_ours, header_agent, env_missing), never with the value.
    """
    name, sign, value = text.partition(":")
    name = name.strip()
    if not sign or not _NAME.fullmatch(name):
        raise InputError("header_syntax")
    if name.lower() == _AGENT:
        raise InputError("header_agent", name)
    if name.lower() in _NOT_OURS:
        raise InputError("header_not_ours", name)
    value = read_secret(value.strip(), environment)
    if _CONTROL.search(value):
        raise InputError("header_syntax", name)
    return name, value


def parse_auth(text: str, environment: Mapping[str, str]) -> tuple[str, str]:
    """Read `USER:PASS`, a file that holds it (`@FILE`), or a variable that holds it (`env:NAME`).

    Raises InputError (auth_syntax, auth_unreadable, env_missing), never with what was given.
    """
    if text.startswith("@"):
        text = _read_line(Path(text[1:]))
    name, sign, password = read_secret(text, environment).partition(":")
    if not sign or not name or _CONTROL.search(name + password):
        raise InputError("auth_syntax")
    return name, password


def parse_proxy(text: str, environment: Mapping[str, str]) -> str:
    """Read `http(s)://[USER:PASS@]HOST:PORT`, or a variable that holds it. Raises InputError (proxy_syntax)."""
    url = read_secret(text, environment)
    try:
        parts = urlsplit(url)
        is_right = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_right = False
    if not is_right or parts.path not in {"", "/"}:
        raise InputError("proxy_syntax")
    return url


def read_secret(text: str, environment: Mapping[str, str]) -> str:
    """Return a text, or the value of the variable that it names (`env:NAME`). Raises InputError (env_missing)."""
    named = _ENVIRONMENT.fullmatch(text)
    if named is None:
        return text
    if not environment.get(named[1]):
        raise InputError("env_missing", named[1])
    return environment[named[1]]


def check_contact(text: str) -> str:
    """Return a contact address that can stand in a header. Raises InputError (contact_syntax)."""
    if not text.isascii() or not text.isprintable() or any(sign in text for sign in "()\\"):
        raise InputError("contact_syntax", text)
    return text


def read_authorities(path: Path) -> str:
    """Return the certificates of a PEM file. Raises InputError (ca_unreadable)."""
    try:
        text = path.read_text(encoding="ascii")
        ssl.create_default_context(cadata=text)
    except (OSError, UnicodeError, ValueError) as error:
        cause = getattr(error, "strerror", None) or getattr(error, "reason", None) or type(error).__name__
        raise InputError("ca_unreadable", str(path), cause=cause) from error
    return text


def _read_line(path: Path) -> str:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise InputError("auth_unreadable", str(path), cause=cause) from error
    return lines[0].strip() if lines else ""
