"""How the site is reached: addresses, credentials, proxy, own authority, and a staging copy under the real name.

Credentials are for the hosts that the user named and for no other; nothing here is ever stored or logged.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from auditor.collect.resolve import Family
from auditor.errors import InputError
from auditor.model.targets import Target

MASK = "***"
Headers = Sequence[tuple[str, str]]

_COOKIE_FIELDS = 7
_HTTP_ONLY = "#HttpOnly_"
_SHORTEST_SECRET = 3
_SHORTEST_SESSION = 8
_SENSITIVE = frozenset({"set-cookie", "set-cookie2"})
# A secret that reads like one of these values must not make a record unreadable.
_PLAIN = frozenset({"content-type", "content-encoding", "content-length", "transfer-encoding", "location"})
_COOKIE_VALUE = re.compile(r"^([^=;]*=)[^;]*")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Cookie:
    """A cookie of the user's. `domain` without its leading dot; `is_wide` where hosts under it get it too."""

    domain: str
    is_wide: bool
    path: str
    is_secure: bool
    name: str = field(repr=False)
    value: str = field(repr=False)


@dataclass(frozen=True)
class StandIn:
    """A staging copy that is judged under the real name.

    What is asked of `host` (with or without `www.`) goes to `origin` (`https://staging.example:8443`), as the user
    wrote it: its scheme, its port, its name in the Host header and in TLS. What is recorded carries the real name.
    """

    host: str
    origin: str

    def holds(self, host: str) -> bool:
        """Tell whether a host is the real one, so that it is never asked itself."""
        return host.removeprefix("www.") == self.host.removeprefix("www.")

    def find_place(self, url: str) -> str | None:
        """Return where an address is asked for; None for another service of the real host, which has no copy."""
        parts = urlsplit(url)
        if not self.holds(parts.hostname or ""):
            return url
        if parts.port not in {None, *_DEFAULT_PORTS.values()}:
            return None
        own = urlsplit(self.origin)
        return urlunsplit((own.scheme, own.netloc, parts.path, parts.query, ""))

    def name_address(self, url: str) -> str:
        """Return the real name of an address: of one of the staging copy's own, or of the real host's other scheme."""
        parts, own = urlsplit(url), urlsplit(self.origin)
        is_copy = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        is_twin = parts.hostname == self.host and parts.port in {None, *_DEFAULT_PORTS.values()}
        if not is_copy and not is_twin:
            return url
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return urlunsplit((own.scheme, shown, parts.path, parts.query, ""))


@dataclass(frozen=True)
class Access:
    """How the site is reached.

    `overrides` maps (host, port) to addresses of both families; `nameserver` is an address, or address:port.
    `absent` holds the (host, family) of which it is known without asking that there is no record.
    `headers`, `auth` (name and password) and `cookies` go to the target's own hosts only; not in clear where the target
    is https (`in_clear` false). `proxy` is an URL, with credentials if need be; `authorities` certificates in PEM that
    are trusted beside the system's. `browser_hosts` "site" lets drawn pages load from the site only. `browser_sandbox`
    "off" starts the browser without its sandbox: only by explicit wish.
    """

    overrides: Mapping[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    absent: frozenset[tuple[str, Family]] = frozenset()
    nameserver: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    contact: str | None = None
    browser: Literal["auto", "never", "always"] = "auto"
    browser_path: str | None = None
    browser_sandbox: Literal["auto", "off"] = "auto"
    browser_hosts: Literal["public", "site"] = "public"
    allow_private: bool = False
    auth: tuple[str, str] | None = field(default=None, repr=False)
    cookies: tuple[Cookie, ...] = field(default=(), repr=False)
    proxy: str | None = field(default=None, repr=False)
    authorities: str | None = field(default=None, repr=False)
    stand_in: StandIn | None = None
    in_clear: bool = True

    def list_headers(self) -> tuple[tuple[str, str], ...]:
        """Return the headers that the target's own hosts get, the one of the credentials included."""
        is_given = any(name.lower() == "authorization" for name, _ in self.headers)
        if self.auth is None or is_given:
            return self.headers
        return (*self.headers, ("Authorization", f"Basic {_encode_pair(self.auth)}"))

    def list_secrets(self) -> tuple[str, ...]:
        """Return every text that may stand in no log, longest first."""
        found = [value for _, value in self.headers]
        found += [cookie.value for cookie in self.cookies]
        written = [value for name, value in self.headers if name.lower() == "cookie"]
        found += [piece.partition("=")[2].strip() for value in written for piece in value.split(";")]
        pairs = [pair for pair in (self.auth, split_credentials(self.proxy)[1] if self.proxy else None) if pair]
        found += [text for pair in pairs for text in (pair[1], quote(pair[1], safe=""), _encode_pair(pair))]
        found += [value.partition(" ")[2] for name, value in self.headers if name.lower().endswith("authorization")]
        return tuple(
            sorted({item for item in found if len(item) >= _SHORTEST_SECRET}, key=lambda item: (-len(item), item))
        )


def _encode_pair(pair: tuple[str, str]) -> str:
    return base64.b64encode(":".join(pair).encode()).decode("ascii")


def split_credentials(url: str) -> tuple[str, tuple[str, str] | None]:
    """Take name and password out of an address; what cannot be read as an address is given back as it is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url, None
    user, sign, place = parts.netloc.rpartition("@")
    if not sign or not parts.scheme:
        return url, None
    name, _, password = user.partition(":")
    clean = urlunsplit((parts.scheme, place, parts.path, parts.query, parts.fragment))
    return clean, (unquote(name), unquote(password))


def read_cookies(path: Path) -> tuple[Cookie, ...]:
    """Read a `cookies.txt` in Netscape's format: seven fields with tabs between. Expired ones are the site's to refuse.

    Raises InputError (cookies_unreadable, cookies_syntax) with file and line; never with what stands there.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise InputError("cookies_unreadable", str(path), cause=cause) from error
    return tuple(_read_cookie(path, number, line) for number, line in _list_rows(lines))


def _list_rows(lines: list[str]) -> Iterable[tuple[int, str]]:
    for number, line in enumerate(lines, start=1):
        row = line.removeprefix(_HTTP_ONLY)
        if row.strip() and not row.startswith("#"):
            yield number, row


def _read_cookie(path: Path, number: int, row: str) -> Cookie:
    fields = row.split("\t")
    if len(fields) != _COOKIE_FIELDS or not fields[0] or not fields[5]:
        raise InputError("cookies_syntax", f"{path}:{number}")
    domain, wide, folder, secure, _, name, value = fields
    is_wide = wide.upper() == "TRUE" or domain.startswith(".")
    return Cookie(domain.lstrip(".").lower(), is_wide, folder or "/", secure.upper() == "TRUE", name, value.strip())


def list_cookie_values(headers: Headers) -> Iterator[str]:
    """Yield the values of the cookies that an answer sets, as far as they are long enough to be secrets."""
    for name, value in headers:
        if name.lower() in _SENSITIVE:
            found = value.partition("=")[2].partition(";")[0].strip()
            if len(found) >= _SHORTEST_SESSION:
                yield found


def mask_headers(headers: Headers, secrets: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return headers as they may be stored: cookies without their values, secrets that were sent back masked."""
    return tuple((name, _mask_value(name.lower(), value, secrets)) for name, value in headers)


def _mask_value(name: str, value: str, secrets: tuple[str, ...]) -> str:
    if name in _SENSITIVE:
        return _COOKIE_VALUE.sub(rf"\g<1>{MASK}", value)
    return value if name in _PLAIN else mask_text(value, secrets)


def mask_text(text: str, secrets: tuple[str, ...]) -> str:
    """Return a text without the secrets in it."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return text


def stand_in_for(target: Target, host: str) -> tuple[Target, StandIn | None]:
    """Return a target under the real name and what stands in for it; as it is where it has that name already.

    Other hosts of the profile are left out: they have no copy, and the real ones are not to be asked.
    """
    first = urlsplit(target.seeds[0])
    if first.hostname == host or not first.netloc:
        return target, None
    stand_in = StandIn(host, f"{first.scheme}://{first.netloc.lower()}")
    seeds = tuple(stand_in.name_address(seed) for seed in target.seeds)
    return replace(target, seeds=seeds, hosts=(host,)), stand_in
