"""Which addresses are further pages of a list: by their form, or by the page count that a script states."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urlsplit

from auditor.pagescan import normalise_url

MAX_SCRIPT_PAGES = 200

_PAGE_NUMBER = re.compile(r"[_\-]?\d{1,4}$")
_INDEX_NAMES = frozenset({"", "index", "default", "list"})
_LARGEST_PAGE = 9999
# The paging call of a content management system that many portals run on. Two forms: with the number of the current
# page counted from 0 (`createPageHTML(7, 0, "index", "html")`), and, after the name of an element, from 1.
_PAGING_CALL = re.compile(
    r"createPageHTML\(\s*(?P<element>'[^']{0,40}'\s*,|\"[^\"]{0,40}\"\s*,)?\s*(?P<count>\d{1,4})\s*,\s*\d{1,4}\s*,"
    r"\s*[\"'](?P<name>[\w\-]{1,60})[\"']\s*,\s*[\"'](?P<ending>\w{1,8})[\"']"
)


def list_script_pages(html: str, url: str) -> tuple[str, ...]:
    """Return the further pages of a list whose pager is drawn by script from a page count."""
    found = _PAGING_CALL.search(html)
    if found is None:
        return ()
    counts_from_one = found["element"] is not None
    count = min(int(found["count"]), MAX_SCRIPT_PAGES)
    numbers = range(2, count + 1) if counts_from_one else range(1, count)
    names = (f"{found['name']}_{number}.{found['ending']}" for number in numbers)
    pages = (normalise_url(name, url) for name in names)
    return tuple(page for page in pages if page is not None)


def is_further_page(page: str, url: str) -> bool:
    """Tell whether an address is another page of the same list, by its form: `index_2.html`, `?page=2`."""
    here, there = urlsplit(page), urlsplit(url)
    if here.hostname != there.hostname or page == url:
        return False
    if here.path == there.path:
        return _differs_by_number(here.query, there.query)
    if here.query != there.query or _folder(here.path) != _folder(there.path):
        return False
    own, other = _stem(here.path), _stem(there.path)
    bare, other_bare = _PAGE_NUMBER.sub("", own), _PAGE_NUMBER.sub("", other)
    if not other_bare or (other == other_bare and other not in _INDEX_NAMES):
        return False
    return other_bare in {bare, own} or (own in _INDEX_NAMES and other_bare in _INDEX_NAMES)


def read_page_number(url: str) -> int | None:
    """Return the number of the page of a list that an address names, None where it names none."""
    parts = urlsplit(url)
    numbers = [value for _, value in parse_qsl(parts.query) if value.isascii() and value.isdigit()]
    found = _PAGE_NUMBER.search(_stem(parts.path))
    if found:
        return int(found.group().lstrip("_-"))
    return int(numbers[-1]) if numbers and len(numbers[-1]) <= len(str(_LARGEST_PAGE)) else None


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _stem(path: str) -> str:
    return PurePosixPath(path.rpartition("/")[2]).stem.lower()


def _differs_by_number(query: str, other: str) -> bool:
    own, found = dict(parse_qsl(query)), dict(parse_qsl(other))
    changed = [key for key in {*own, *found} if own.get(key) != found.get(key)]
    values = [value for key in changed for value in (own.get(key), found.get(key)) if value is not None]
    return len(changed) == 1 and all(value.isascii() and value.isdigit() for value in values)
