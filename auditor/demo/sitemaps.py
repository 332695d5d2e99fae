"""robots.txt and the site maps of the sample portal: one file, or an index of files of 20,000 addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final, Protocol

MAX_ADDRESSES: Final = 20_000
_NAMESPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


class Pages(Protocol):
    """Whatever can list the addresses of its pages."""

    def list_pages(self) -> Iterator[str]:
        """Return every address."""


@dataclass(frozen=True)
class Sitemaps:
    """The files that tell a crawler what there is."""

    pages: Pages

    @cached_property
    def _total(self) -> int:
        return sum(1 for _ in self.pages.list_pages())

    @property
    def _parts(self) -> int:
        return -(-self._total // MAX_ADDRESSES) if self._total > MAX_ADDRESSES else 0

    def list_paths(self) -> tuple[str, ...]:
        """Return the addresses of the site maps."""
        return ("/sitemap.xml", *(f"/sitemap-{number}.xml" for number in range(1, self._parts + 1)))

    def render(self, path: str, base: str) -> str | None:
        """Return robots.txt or a site map, with addresses under `base`; None for anything else."""
        if path == "/robots.txt":
            return f"User-agent: *\nDisallow: /manage/\nSitemap: {base}/sitemap.xml\n"
        if path == "/sitemap.xml":
            return self._render_first(base)
        part = re.fullmatch(r"/sitemap-([0-9]{1,3})\.xml", path)
        if part is None or not 1 <= int(part[1]) <= self._parts:
            return None
        start = (int(part[1]) - 1) * MAX_ADDRESSES
        return _render_set("urlset", "url", base, islice(self.pages.list_pages(), start, start + MAX_ADDRESSES))

    def _render_first(self, base: str) -> str:
        if self._parts:
            return _render_set("sitemapindex", "sitemap", base, self.list_paths()[1:])
        return _render_set("urlset", "url", base, self.pages.list_pages())


def _render_set(outer: str, inner: str, base: str, paths: Iterable[str]) -> str:
    lines = "".join(f"<{inner}><loc>{base}{path}</loc></{inner}>\n" for path in paths)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{outer} xmlns="{_NAMESPACE}">\n{lines}</{outer}>\n'
