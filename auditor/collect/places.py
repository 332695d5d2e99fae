"""Which hosts of a site are asked, each by a page that the crawl was let in to, and at which ports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from auditor.collect.fetch import is_page, name_host
from auditor.model.attempts import AttemptStatus, Visit
from auditor.model.targets import Target

Scheme = Literal["http", "https"]
PORTS: Mapping[str, int] = {"http": 80, "https": 443}
OK = range(200, 300)

_FAR = 99


@dataclass(frozen=True)
class Place:
    """One host of the site. `url` is the page that stands for it, None where the crawl read no page there.

    `ports` are those at which the schemes are served, as far as addresses of the host say.
    """

    host: str
    role: Literal["portal", "subhost"]
    url: str | None
    ports: Mapping[str, int]

    @property
    def address(self) -> str:
        """Return the address that stands for the host: its page, else its root."""
        scheme: Scheme = "http" if "http" in self.ports or not self.ports else "https"
        return self.url or self.form(scheme) or f"http://{self.host}/"

    def find_port(self, scheme: Scheme) -> int | None:
        """Return the port of a scheme: the known one, or the usual one where nothing unusual is known of the host."""
        if scheme in self.ports:
            return self.ports[scheme]
        is_usual = all(PORTS[other] == port for other, port in self.ports.items())
        return PORTS[scheme] if is_usual else None

    def form(self, scheme: Scheme) -> str | None:
        """Return the address of the same page under a scheme, None where its port is not known."""
        port = self.find_port(scheme)
        if port is None:
            return None
        path, query = urlsplit(self.url or "")[2:4]
        name = f"[{self.host}]" if ":" in self.host else self.host
        return urlunsplit((scheme, name if port == PORTS[scheme] else f"{name}:{port}", path or "/", query, ""))


def list_places(target: Target, visits: Sequence[Visit]) -> tuple[Place, ...]:
    """Return the portal's host, then the other hosts in scope by name."""
    home = target.seeds[0]
    portal = name_host(home)
    others = sorted({host for host in target.hosts if host != portal})
    return (
        _make_place(portal, "portal", home, target, visits),
        *(_find_place(host, target, visits) for host in others),
    )


def _find_place(host: str, target: Target, visits: Sequence[Visit]) -> Place:
    pages = [visit for visit in visits if _is_read(visit) and name_host(visit.url) == host]
    nearest = min(pages, key=_order_pages, default=None)
    return _make_place(host, "subhost", nearest.url if nearest is not None else None, target, visits)


def _is_read(visit: Visit) -> bool:
    is_here = visit.final_url is None or name_host(visit.final_url) == name_host(visit.url)
    return visit.attempt.status is AttemptStatus.DONE and visit.status in OK and is_page(visit.media_type) and is_here


def _order_pages(visit: Visit) -> tuple[bool, int, int, str]:
    clicks = _FAR if visit.clicks is None else visit.clicks
    return urlsplit(visit.url).path != "/", clicks, len(visit.url), visit.url


def _make_place(
    host: str, role: Literal["portal", "subhost"], url: str | None, target: Target, visits: Sequence[Visit]
) -> Place:
    known = ([url] if url is not None else [], target.seeds, _list_addresses(visits))
    ports: dict[str, int] = {}
    for address in (item for group in known for item in group if name_host(item) == host):
        parts = urlsplit(address)
        ports.setdefault(parts.scheme, parts.port or PORTS[parts.scheme])
    return Place(host, role, url, ports)


def _list_addresses(visits: Sequence[Visit]) -> Iterable[str]:
    for visit in visits:
        yield visit.url
        if visit.final_url is not None:
            yield visit.final_url
