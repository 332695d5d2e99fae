"""What a site asks of robots, and the addresses that its sitemap lists; both read without trust."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from lxml import etree  # type: ignore[import-untyped]
from protego import Protego

from auditor.archive.coding import CodingError, decode_content
from auditor.model.attempts import AttemptReason, AttemptStatus, Visit
from auditor.page.days import read_row_day
from auditor.page.scan import decode_body, normalise_url

AGENT = "auditor"
MAX_ROBOTS = 500_000
MAX_SITEMAP = 10_000_000
MAX_ADDRESSES = 50_000
LONGEST_DELAY = 30.0
CAREFUL_DELAY = 1.0

_CLIENT_ERROR = 400
_NOBODY_THERE = frozenset(
    {AttemptReason.REFUSED, AttemptReason.UNKNOWN_HOST, AttemptReason.NO_ADDRESS, AttemptReason.NO_RESOLVER}
)
_DECLARATIONS = (b"<!DOCTYPE", b"<!ENTITY", b"<!doctype", b"<!entity")


@dataclass(frozen=True)
class RobotRules:
    """What one origin asks. `delay` in seconds between requests; `sitemaps` as it names them.

    `is_known` is false where its robots.txt could not be read: then the site is asked slowly.
    """

    parser: Protego | None
    delay: float
    sitemaps: tuple[str, ...]
    is_known: bool

    def allow(self, url: str) -> bool:
        """Tell whether an address may be asked for."""
        return self.parser is None or bool(self.parser.can_fetch(url, AGENT))


@dataclass(frozen=True)
class Sitemap:
    """The addresses of pages and of further sitemaps that a sitemap lists, and the days that it states for them."""

    pages: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    days: Mapping[str, date] = field(default_factory=dict)


def name_origin(url: str) -> str:
    """Return scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def read_robots(visit: Visit, body: bytes) -> RobotRules:
    """Read what came for robots.txt: absent is no rule at all, unreadable is care."""
    if visit.attempt.status is not AttemptStatus.DONE:
        delay = 0.0 if visit.attempt.reason in _NOBODY_THERE else CAREFUL_DELAY
        return RobotRules(None, delay, (), is_known=False)
    if visit.status is None or visit.status >= _CLIENT_ERROR:
        return RobotRules(None, 0.0, (), is_known=True)
    parser = Protego.parse(decode_body(body[:MAX_ROBOTS], "text/plain"))
    delay = min(max(_read_delay(parser), 0.0), LONGEST_DELAY)
    named = (normalise_url(url, visit.url) for url in parser.sitemaps)
    return RobotRules(parser, delay, tuple(url for url in named if url), is_known=True)


def _read_delay(parser: Protego) -> float:
    """Return the longer of what Crawl-delay and Request-rate ask, in seconds between requests."""
    delay = float(parser.crawl_delay(AGENT) or 0.0)
    rate = parser.request_rate(AGENT)
    return max(delay, rate.seconds / rate.requests) if rate is not None and rate.requests > 0 else delay


def read_sitemap(body: bytes, base: str) -> Sitemap:
    """Read a sitemap, an index of sitemaps, or a plain list of addresses. What is none of these lists nothing."""
    try:
        body = decode_content(body, "gzip" if body.startswith(b"\x1f\x8b") else "", MAX_SITEMAP)
    except CodingError:
        return Sitemap()
    if any(mark in body for mark in _DECLARATIONS):
        return Sitemap()
    if not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        lines = body.decode("utf-8", "replace").split()
        return Sitemap(_normalise([line for line in lines if line.startswith(("http://", "https://"))], base))
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.LxmlError:
        return Sitemap()
    return Sitemap() if root is None else _read_root(root, base)


def _read_root(root: Any, base: str) -> Sitemap:
    nodes = [node for node in root.iter("{*}loc") if node.text and node.text.strip()]
    found = _normalise([node.text.strip() for node in nodes], base)
    if etree.QName(root).localname == "sitemapindex":
        return Sitemap((), found)
    return Sitemap(found, days=_read_days(nodes[:MAX_ADDRESSES], base))


def _read_days(nodes: list[Any], base: str) -> dict[str, date]:
    days: dict[str, date] = {}
    for node in nodes:
        stated = next((item.text for item in node.itersiblings("{*}lastmod") if item.text), "")
        day, url = read_row_day(stated[:40]), normalise_url(node.text.strip(), base)
        if day is not None and url is not None:
            days[url] = day
    return days


def _normalise(texts: list[str], base: str) -> tuple[str, ...]:
    urls = (normalise_url(text, base) for text in texts[:MAX_ADDRESSES])
    return tuple(dict.fromkeys(url for url in urls if url))
