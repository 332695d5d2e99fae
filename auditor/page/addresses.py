"""Addresses in one form, so that two that lead to the same page are one."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import SplitResult, quote, urljoin, urlsplit, urlunsplit

MAX_URL = 2_000
_PORTS = {"http": 80, "https": 443}
_SAFE_PATH = "/%:=&~+!$,;'@()*-._[]|"
_MAX_PLAIN = 250
_STEP = r"[a-zA-Z0-9_\-]+(?:\.[a-zA-Z0-9_\-]+)*"
_QUERY = r"(?:\?[a-zA-Z0-9_\-=&%.]+)?"
_PLAIN_WHOLE = re.compile(rf"https?://[a-z0-9\-]+(?:\.[a-z0-9\-]+)*/(?:{_STEP}(?:/{_STEP})*/?)?{_QUERY}")
_PLAIN_PATH = re.compile(rf"(?:/|(?:/|\./)?{_STEP}(?:/{_STEP})*/?{_QUERY})")
_SESSION = re.compile(r";jsessionid=[^/?#]{0,200}", re.IGNORECASE)
# Numbers of a reader's session by name, names that may be one by a value like a token, and stamps against caches.
_SESSION_PAIR = re.compile(
    r"(?<=[?&])(?:(?:jsessionid|phpsessid|aspsessionid[a-z]{0,20}|asp\.net_sessionid|sessionid|session_id|sessid|cftoken)"
    r"=[^&]*|(?:sid|token)=(?=[^&]*\d)[0-9a-z\-]{16,}|(?:_|_t|rand|random|timestamp)=(?:0\.)?\d{10,20})(?:&|$)",
    re.IGNORECASE,
)


def _clean_host(parts: SplitResult) -> str | None:
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or len(host) > 253 or any(sign in host for sign in " <>\"'{}$"):  # noqa: PLR2004 - the limit of DNS
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    shown = f"[{host}]" if ":" in host else host
    return shown if port is None or port == _PORTS[parts.scheme] else f"{shown}:{port}"


def normalise_url(url: str, base: str | None = None) -> str | None:
    """Return an address in one form: absolute, http(s), no fragment, no session number, percent-encoded; else None."""
    found = _join_plain(url, base) or _normalise(url, base)
    return found if found is None or "?" not in found else _drop_session(found)


def _drop_session(url: str) -> str:
    """Return an address without the parameters that only number a reader or a moment."""
    return _SESSION_PAIR.sub("", url).rstrip("?&") if _SESSION_PAIR.search(url) else url


@lru_cache(maxsize=1_000)
def _find_folder(base: str) -> tuple[str, str] | None:
    """Return the origin and the folder of an address that is in its one form already, else nothing."""
    parts = urlsplit(base)
    if _normalise(base) != base or "//" in parts.path or "/." in parts.path:
        return None
    return f"{parts.scheme}://{parts.netloc}", f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/"


def _join_plain(url: str, base: str | None) -> str | None:
    """Return the one form of a plain address (letters, digits, `-`, `_`, single dots and slashes), else nothing.

    Nearly all links of a page are such; the long way costs twenty times as much.
    """
    if len(url) > _MAX_PLAIN:
        return None
    if _PLAIN_WHOLE.fullmatch(url):
        return url
    if base is None or _PLAIN_PATH.fullmatch(url) is None:
        return None
    folder = _find_folder(base)
    if folder is None:
        return None
    return folder[0] + url if url[0] == "/" else folder[1] + url.removeprefix("./")


def make_joiner(base: str) -> Callable[[str], str | None]:
    """Return what turns the addresses on a page into their one form: `normalise_url` with the page's own part done."""
    folder = _find_folder(base)
    origin, inner = folder if folder is not None else ("", "")

    def join(url: str) -> str | None:
        if origin and url[:1] == "/" and len(url) <= _MAX_PLAIN:
            return _join_rooted(origin, url)
        if origin and len(url) <= _MAX_PLAIN and _PLAIN_PATH.fullmatch(url) is not None:
            found = inner + url.removeprefix("./")
            return _drop_session(found) if "?" in found else found
        return normalise_url(url, base)

    return join


@lru_cache(maxsize=16_384)
def _join_rooted(origin: str, path: str) -> str | None:
    """Return the one form of an address that starts at the root of its host: menus have the same on all pages."""
    return normalise_url(path, f"{origin}/")


@lru_cache(maxsize=5_000)
def _normalise(url: str, base: str | None = None) -> str | None:
    cleaned = "".join(url.split()).replace("\\", "/") if url[:5].lower() != "data:" else ""
    if not cleaned or len(cleaned) > MAX_URL or cleaned.startswith("#"):
        return None
    try:
        parts = urlsplit(urljoin(base, cleaned) if base else cleaned)
    except ValueError:
        return None
    host = _clean_host(parts) if parts.scheme in _PORTS else None
    if host is None:
        return None
    path = _SESSION.sub("", parts.path) or "/"
    while path.startswith(("/../", "/./")):
        path = path[path.index("/", 1) :]
    return urlunsplit((parts.scheme, host, quote(path, _SAFE_PATH), quote(parts.query, f"{_SAFE_PATH}?"), ""))
