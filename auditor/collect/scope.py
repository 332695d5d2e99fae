"""Which addresses belong to a crawl: hosts, patterns, attachments, and bounds against endless sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import urlsplit

MAX_ADDRESS = 1000
MAX_FOLDERS = 24
MAX_REPEATS = 3
MAX_VARIANTS = 500
MAX_CLICKS = 40

_FILE_ENDINGS = """
pdf doc docx xls xlsx ppt pptx wps et dps ofd zip rar 7z gz tar txt csv xml rtf json rss
jpg jpeg png gif bmp webp svg ico tif tiff mp3 mp4 wav m4a flv avi mov wmv webm mpg mpeg rmvb swf m3u8
css js map woff woff2 ttf eot exe apk ipa msi dmg iso bin
"""
_FILES = frozenset(_FILE_ENDINGS.split())


@dataclass(frozen=True)
class Scope:
    """The hosts of the site and the user's patterns; a pattern matches a whole address, or its path."""

    hosts: frozenset[str]
    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def holds(self, url: str) -> bool:
        """Tell whether an address stands on one of the site's hosts."""
        return (urlsplit(url).hostname or "") in self.hosts

    def name_exclusion(self, url: str, *, is_seed: bool = False) -> str | None:
        """Return why an address of the site is not asked for: `excluded`, or one of the bounds; None if it is.

        A start page need not be among the included ones: the others are found from it.
        """
        is_included = is_seed or not self.include or _matches(url, self.include)
        if _matches(url, self.exclude) or not is_included:
            return "excluded"
        return name_trap(url)


@dataclass
class Variants:
    """Counts the query strings of each path, so that a calendar cannot go on for ever."""

    counts: Counter[str] = field(default_factory=Counter)

    def admit(self, url: str) -> bool:
        """Count an address; tell whether its path has not had too many query strings."""
        path, _, query = url.partition("?")
        if not query:
            return True
        self.counts[path] += 1
        return self.counts[path] <= MAX_VARIANTS


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


def is_file(url: str) -> bool:
    """Tell whether an address names a file that is no page: an attachment, a picture, a script."""
    return PurePosixPath(urlsplit(url).path).suffix.lower().lstrip(".") in _FILES


def _matches(url: str, patterns: Sequence[str]) -> bool:
    path = urlsplit(url).path
    return any(fnmatchcase(url, pattern) or fnmatchcase(path, pattern) for pattern in patterns)
