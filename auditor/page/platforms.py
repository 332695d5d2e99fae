"""Platforms that serve their lists as JSON: recognised from a page, their lists named, read, and held against the page.

Pure and bounded. A list becomes a plain page of rows with dates and a pager, so that crawler and extractor read it as
they read every list; which keys and addresses a platform has is vocabulary (`platforms.yaml`). The platform's own data
wins over what its page shows, since the page is filled from it; where both disagree, `compare_lists` says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from typing import Any
from urllib.parse import urljoin

from auditor.page.scan import FoundLink, normalise_url
from auditor.words.vocabulary import Platform, Vocabulary, compile_pattern, squeeze_name

MAX_COLUMNS = 300
MAX_ROWS = 1_000
MAX_PAGES = 100

_MAX_SCRIPT = 2_000_000
_MAX_DATA = 8_000_000
_MAX_TITLE = 300
_MAX_LEVELS = 8
_CHINA = timezone(timedelta(hours=8))
_DAY = re.compile(r"(?:19|20)\d{2}-\d{2}-\d{2}")
_HREF = re.compile(r"""(<a\b[^<>]{0,500}?\bhref\s{0,3}=\s{0,3})(["'])([^"'<>]{0,300}#\d{1,12})\2""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column of a platform: its name, the address of its list's first page, its level from 1."""

    name: str
    url: str
    level: int


@dataclass(frozen=True, slots=True)
class ListRow:
    """One entry of a list; `day` is the day of publication as YYYY-MM-DD, empty where the data have none."""

    title: str
    url: str
    day: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What only the page shows, and what only the data have, of the entries that both should have."""

    only_page: tuple[str, ...]
    only_data: tuple[str, ...]


def is_list_address(url: str, vocabulary: Vocabulary) -> bool:
    """Tell whether an address is that of a platform's list."""
    return any(compile_pattern(platform.listed).search(url) for platform in vocabulary.platforms.values())


def find_columns(html: str, url: str, vocabulary: Vocabulary) -> tuple[ListColumn, ...]:
    """Return the columns of the platform that a page belongs to, with the addresses of their lists."""
    for platform in vocabulary.platforms.values():
        place = compile_pattern(platform.page).search(url)
        if place is None or not all(mark in html or mark in url for mark in platform.marks):
            continue
        number = compile_pattern(platform.number).search(html[:_MAX_SCRIPT])
        if number is not None:
            rows = _list_tree(html[:_MAX_SCRIPT], platform)
            found = (_make_column(platform, place.group(1), number.group(1), row) for row in rows)
            return tuple({column.url: column for column in found}.values())[:MAX_COLUMNS]
    return ()


def _make_column(platform: Platform, base: str, number: str, row: tuple[str, str, int]) -> ListColumn:
    name, column, level = row
    return ListColumn(name, platform.list.format(base=base, column=column, page=1, number=number), level)


def _list_tree(html: str, platform: Platform) -> Iterator[tuple[str, str, int]]:
    """Yield name, number and level of each column of the tree; without levels where the tree is no JSON."""
    start = compile_pattern(platform.tree).search(html)
    if start is None:
        return
    try:
        tree, _ = json.JSONDecoder().raw_decode(html, start.end())
    except (ValueError, RecursionError):
        for found in compile_pattern(platform.column).finditer(html[start.end() :]):
            yield found.group(2), found.group(1), 1
        return
    yield from _walk_tree(tree, platform, 1)


def _walk_tree(tree: Any, platform: Platform, level: int) -> Iterator[tuple[str, str, int]]:
    if level > _MAX_LEVELS:
        return
    for node in tree if isinstance(tree, list) else [tree]:
        if not isinstance(node, dict):
            continue
        name, column = node.get("name"), str(node.get("id", ""))
        if isinstance(name, str) and name.strip() and column.isascii() and column.isdigit():
            yield name.strip()[:60], column, level
        for key in platform.keys["children"]:
            yield from _walk_tree(node.get(key) or [], platform, level + 1)


def list_column_links(html: str, url: str, vocabulary: Vocabulary) -> tuple[FoundLink, ...]:
    """Return the lists of a platform's page as links of its menu."""
    return tuple(FoundLink(column.url, column.name, "nav", "script") for column in find_columns(html, url, vocabulary))


def add_menu(html: str, url: str, vocabulary: Vocabulary) -> str:
    """Return a platform's page with its columns as a menu, and its own links to columns leading to their lists."""
    columns = find_columns(html, url, vocabulary)
    if not columns:
        return html
    numbers = {_read_number(column.url, vocabulary): column.url for column in columns}

    def point(found: re.Match[str]) -> str:
        target = numbers.get(found.group(3).rpartition("#")[2])
        return f'{found.group(1)}"{escape(target)}"' if target is not None else found.group(0)

    shown = _HREF.sub(point, html)
    if any(escape(column.url) in shown for column in columns):
        return shown
    depth, menu = 0, []
    for column in columns:
        step = min(column.level, depth + 1)
        menu.append("<ul>" * max(step - depth, 0) + "</ul>" * max(depth - step, 0))
        menu.append(f'<li><a href="{escape(column.url)}">{escape(column.name)}</a></li>')
        depth = step
    return f'{shown}<div class="leftmenu platform">{"".join(menu)}{"</ul>" * depth}</div>'


def _read_number(url: str, vocabulary: Vocabulary) -> str:
    matches = (compile_pattern(platform.listed).search(url) for platform in vocabulary.platforms.values())
    return next((str(found.group(2)) for found in matches if found), "")


# ---- one list ------------------------------------------------------------------------------------


def write_list(data: str, url: str, vocabulary: Vocabulary) -> str | None:
    """Return the JSON of a platform's list as a page of rows and a pager; None where it is no such list."""
    for platform in vocabulary.platforms.values():
        place = compile_pattern(platform.listed).search(url)
        if place is None:
            continue
        loaded = _load(data)
        rows = _read_rows(loaded, url, platform) if isinstance(loaded, dict) else None
        if rows is None:
            return None
        name = escape(_find_text(loaded, platform.keys["column"]) or place.group(2))
        body = "".join(
            f'<li><a href="{escape(row.url)}">{escape(row.title)}</a> <span>{row.day}</span></li>' for row in rows
        )
        pager = _write_pager(loaded, platform, place)
        return (
            f"<html><head><title>{name}</title></head><body><div class='content'><h1>{name}</h1>"
            f"<ul class='rows'>{body}</ul></div>{pager}</body></html>"
        )
    return None


def _load(data: str) -> Any:
    if len(data) > _MAX_DATA:
        return None
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _read_rows(loaded: Mapping[str, Any], url: str, platform: Platform) -> list[ListRow] | None:
    items = next((loaded[key] for key in platform.keys["items"] if isinstance(loaded.get(key), list)), None)
    if items is None:
        return None
    rows = []
    for item in items[:MAX_ROWS]:
        if not isinstance(item, dict):
            continue
        title = next((str(item[key]) for key in platform.keys["title"] if item.get(key)), "")
        target = next((str(item[key]) for key in platform.keys["url"] if item.get(key)), "")
        address = normalise_url(urljoin(url, target)) if target else None
        if title.strip() and address is not None:
            days = (_read_day(item.get(key)) for key in platform.keys["date"])
            rows.append(ListRow(title.strip()[:_MAX_TITLE], address, next(filter(None, days), "")))
    return rows


def _read_day(value: Any) -> str:
    """Return the day of a time stamp or of a text, in China; empty for anything else."""
    if isinstance(value, str):
        found = _DAY.match(value.strip())
        return found.group() if found else ""
    if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
        return ""
    try:
        return datetime.fromtimestamp(value, UTC).astimezone(_CHINA).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return ""


def _find_text(loaded: Mapping[str, Any], path: Sequence[str]) -> str:
    value: Any = loaded
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value.strip()[:60] if isinstance(value, str) else ""


def _write_pager(loaded: Mapping[str, Any], platform: Platform, place: Any) -> str:
    total = next((loaded[key] for key in platform.keys["total"] if isinstance(loaded.get(key), int)), 0)
    count = min(-(-max(total, 0) // platform.page_size), MAX_PAGES)
    base, column, _, number = (place.group(group) for group in (1, 2, 3, 4))
    links = [
        f'<a href="{escape(platform.list.format(base=base, column=column, page=page, number=number))}">{page}</a>'
        for page in range(1, count + 1)
    ]
    return f"<div class='pager'>共{max(count, 1)}页 {' '.join(links)}</div>" if count > 1 else ""


def compare_lists(shown: Sequence[tuple[str, str | None]], data: Sequence[tuple[str, str | None]]) -> Difference | None:
    """Hold the entries that a page shows (title, address) against those of its data; None where they agree.

    A page shows the head of a list: of the data only as many are expected on it as it shows.
    """
    known = {squeeze_name(title) for title, _ in data} | {url for _, url in data if url}
    seen = {squeeze_name(title) for title, _ in shown} | {url for _, url in shown if url}
    only_page = tuple(title for title, url in shown if squeeze_name(title) not in known and url not in known)
    head = data[: len(shown)]
    only_data = tuple(title for title, url in head if squeeze_name(title) not in seen and url not in seen)
    return Difference(only_page, only_data) if only_page or only_data else None
