"""Which addresses belong to a crawl: hosts, patterns, attachments, and bounds against endless sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache
from urllib.parse import urlsplit

from auditor.page.days import read_url_day
from auditor.words.pagingsigns import TrapSigns

MAX_ADDRESS = 1000
MAX_FOLDERS = 24
MAX_REPEATS = 3
MAX_SUBHOSTS = 200
MAX_CLICKS = 40
_FAR = timedelta(days=800)

_FILE_ENDINGS = """
pdf doc docx xls xlsx ppt pptx wps et dps ofd zip rar 7z gz tar txt csv xml rtf json rss
jpg jpeg png gif bmp webp svg ico tif tiff mp3 mp4 wav m4a flv avi mov wmv webm mpg mpeg rmvb swf m3u8
css js map woff woff2 ttf eot exe apk ipa msi dmg iso bin
"""
_FILES = frozenset(_FILE_ENDINGS.split())


@dataclass(frozen=True)
class Scope:
    """The hosts of the site and the user's patterns; a pattern matches a whole address, or its path.

    With `parents`, hosts under one of them are the site's too: `joined` are those that were met, MAX_SUBHOSTS at most.
    """

    hosts: frozenset[str]
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    parents: tuple[str, ...] = ()
    joined: dict[str, None] = field(default_factory=dict)

    def holds(self, url: str) -> bool:
        """Tell whether an address stands on one of the site's hosts."""
        host = _read_host(url.partition("://")[2].partition("/")[0])
        return host in self.hosts or (bool(self.parents) and self._join(host))

    def _join(self, host: str) -> bool:
        """Tell whether a host is a sub-host of the site; a new one is noted."""
        if host in self.joined:
            return True
        if len(self.joined) >= MAX_SUBHOSTS or not any(host.endswith(f".{parent}") for parent in self.parents):
            return False
        self.joined[host] = None
        return True

    def name_exclusion(self, url: str, *, is_seed: bool = False) -> str | None:
        """Return why an address of the site is not asked for: `excluded`, or one of the bounds; None if it is.

        A start page need not be among the included ones: the others are found from it.
        """
        is_included = is_seed or not self.include or _matches(url, self.include)
        if _matches(url, self.exclude) or not is_included:
            return "excluded"
        return name_trap(url)


def list_parents(hosts: Iterable[str]) -> tuple[str, ...]:
    """Return the names under which the sub-hosts of a site stand: its hosts without `www.`."""
    names = dict.fromkeys(host.removeprefix("www.") for host in hosts)
    return tuple(name for name in names if "." in name and not name.replace(".", "").isdigit() and ":" not in name)


@dataclass
class Variants:
    """Counts the query strings of each path by the names of their parameters, so that none goes on for ever.

    A path with one or two parameters may number its documents so; with more it is a search, with days a calendar.
    """

    signs: TrapSigns
    counts: Counter[str] = field(default_factory=Counter)

    def admit(self, url: str) -> bool:
        """Count an address; tell whether its path has not had too many query strings."""
        path, _, query = url.partition("?")
        if not query:
            return True
        names = sorted({pair.partition("=")[0].lower() for pair in query.split("&")})
        if len(names) > self.signs.max_parameters:
            return False
        key = f"{path}?{'&'.join(names)}"
        self.counts[key] += 1
        return self.counts[key] <= self._find_limit(names)

    def _find_limit(self, names: list[str]) -> int:
        if any(name in self.signs.calendar_parameters for name in names):
            return self.signs.max_days
        return self.signs.max_numbers if len(names) <= self.signs.few_parameters else self.signs.max_facets


def sort_query(url: str) -> str:
    """Return an address with its parameters sorted, each once: what all orders of the same parameters share."""
    path, _, query = url.partition("?")
    return f"{path}?{'&'.join(sorted(set(query.split('&'))))}" if "&" in query else url


def is_impossible_day(url: str, today: date) -> bool:
    """Tell whether an address is that of a day far from now: a calendar that can be leafed through for ever."""
    day = read_url_day(url)
    return day is not None and day > today + _FAR


@lru_cache(maxsize=10_000)
def name_trap(url: str) -> str | None:
    """Return which bound an address breaks, None for an ordinary one."""
    if len(url) > MAX_ADDRESS:
        return "address_too_long"
    folders = [name for name in urlsplit(url).path.split("/") if name]
    if len(folders) > MAX_FOLDERS:
        return "path_too_deep"
    if folders and Counter(folders).most_common(1)[0][1] > MAX_REPEATS:
        return "path_repeats"
    return None


def read_ending(url: str) -> str:
    """Return the ending of the file that an address names, in lower case and without its dot."""
    name = url.partition("?")[0].rpartition("/")[2]
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_file(url: str) -> bool:
    """Tell whether an address names a file that is no page: an attachment, a picture, a script."""
    return read_ending(url) in _FILES


@lru_cache(maxsize=1_000)
def _read_host(place: str) -> str:
    """Return the host of what stands between scheme and path."""
    return urlsplit(f"//{place}").hostname or ""


def _matches(url: str, patterns: Sequence[str]) -> bool:
    path = urlsplit(url).path
    return any(fnmatchcase(url, pattern) or fnmatchcase(path, pattern) for pattern in patterns)
