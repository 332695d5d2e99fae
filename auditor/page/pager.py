"""The further pages of a list: by the form of an address, by the words of a link, or by a count that the page states.

Pure: crawler and extractor read a pager alike. The words and patterns come from the vocabulary (`paging.yaml`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import islice
from math import ceil
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from auditor.page.scan import normalise_url
from auditor.words.pagingsigns import PagingSigns
from auditor.words.vocabulary import compile_pattern

MAX_SERIES = 200

_LARGEST_PAGE = 9999
_MAX_LINKS = 2_000
_MAX_WORDS = 400
_MAX_FORMS = 50
_MAX_FORM = 8_000
_MAX_LEADS = 200
_BEFORE_COUNT = frozenset("0123456789 <&\n\t\u00a0")
_PAGE_NUMBER = re.compile(r"[_\-]?\d{1,4}$")
_INDEX_NAMES = frozenset({"", "index", "default", "list"})
_LINK = re.compile(
    r"<a\s[^<>]{0,400}?href\s{0,4}=\s{0,4}[\"']([^\"'<>]{1,400})[\"'][^<>]{0,200}>([^<>]{0,20})", re.IGNORECASE
)
_OPTION = re.compile(r"<option\s[^<>]{0,100}?value\s{0,4}=\s{0,4}[\"']([^\"'<>]{2,400})[\"']", re.IGNORECASE)
_FORM = re.compile(r"<form\b([^<>]{0,500})>", re.IGNORECASE)
_INPUT = re.compile(r"<(?:input|select)\b([^<>]{0,400})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"\b(name|value|type|method|action)\s{0,4}=\s{0,4}[\"']?([^\"'<>\s]{0,300})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Numbered:
    """An address with the number of a page in it: what stands before the number, and after it."""

    before: str
    number: int
    after: str

    def count_to(self, last: int, first: int) -> tuple[str, ...]:
        """Return the addresses of the pages from `first` to `last`."""
        stop = min(last, first + MAX_SERIES - 1)
        return tuple(f"{self.before}{number}{self.after}" for number in range(first, stop + 1))


# ---- the form of an address ----------------------------------------------------------------------


def is_further_page(page: str, url: str, text: str, signs: PagingSigns) -> bool:
    """Tell whether an address is another page of the same list: `index_2.html`, `?page=2`, `/2/`, or a link's words."""
    here, there = urlsplit(page), urlsplit(url)
    if here.hostname != there.hostname or page == url:
        return False
    if _is_same_series(page, url, signs):
        return True
    if not _share_folder(here.path, there.path):
        return False
    word = text.strip().casefold()
    if word in signs.next_words:
        return True
    return word.isascii() and word.isdigit() and read_page_number(url) in {int(word[:5]), int(word[:5]) - 1}


def read_page_number(url: str) -> int | None:
    """Return the number of the page of a list that an address names, None where it names none."""
    parts = urlsplit(url)
    found = _PAGE_NUMBER.search(_stem(parts.path)) or _PAGE_NUMBER.fullmatch(_last_folder(parts.path))
    if found:
        return int(found.group().lstrip("_-"))
    numbers = [value for _, value in parse_qsl(parts.query) if value.isascii() and value.isdigit()]
    return int(numbers[-1]) if numbers and len(numbers[-1]) <= len(str(_LARGEST_PAGE)) else None


def _is_same_series(page: str, url: str, signs: PagingSigns) -> bool:
    here, there = urlsplit(page), urlsplit(url)
    if here.path == there.path:
        return _differs_by_page(here.query, there.query, signs)
    if here.query != there.query:
        return False
    if _folder(here.path) == _folder(there.path) and _stem(there.path):
        return _is_same_stem(_stem(here.path), _stem(there.path))
    own, other = _trim_folder(here.path, signs), _trim_folder(there.path, signs)
    return other != there.path and other in {own, f"{_folder(own)}/" if _stem(own) in _INDEX_NAMES else own}


def _is_same_stem(own: str, other: str) -> bool:
    bare, other_bare = _PAGE_NUMBER.sub("", own), _PAGE_NUMBER.sub("", other)
    if not other_bare or (other == other_bare and other not in _INDEX_NAMES):
        return False
    return other_bare in {bare, own} or (own in _INDEX_NAMES and other_bare in _INDEX_NAMES)


def _differs_by_page(query: str, other: str, signs: PagingSigns) -> bool:
    own, found = dict(parse_qsl(query)), dict(parse_qsl(other))
    changed = [key for key in {*own, *found} if own.get(key) != found.get(key)]
    values = [value for key in changed for value in (own.get(key), found.get(key)) if value is not None]
    is_numbered = all(value.isascii() and value.isdigit() for value in values)
    return len(changed) == 1 and is_numbered and changed[0].lower() in signs.parameters


def _trim_folder(path: str, signs: PagingSigns) -> str:
    """Return a path without the folders that only number a page: `/xw/page/2/` and `/xw/2/` become `/xw/`."""
    folder, name = path.rpartition("/")[0::2]
    above, last = folder.rpartition("/")[0::2]
    if not (last.isascii() and last.isdigit() and len(last) <= len(str(_LARGEST_PAGE)) and _stem(name) in _INDEX_NAMES):
        return path
    outer, word = above.rpartition("/")[0::2]
    return f"{outer}/" if word.lower() in signs.folders and outer else f"{above}/"


def _share_folder(path: str, other: str) -> bool:
    return _folder(other).startswith(_folder(path)) or _folder(path).startswith(_folder(other))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _last_folder(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2] if path.endswith("/") else ""


def _stem(path: str) -> str:
    return PurePosixPath(path.rpartition("/")[2]).stem.lower()


# ---- what a page states --------------------------------------------------------------------------


def _find_number(patterns: tuple[str, ...], text: str) -> int | None:
    for pattern in patterns:
        found = compile_pattern(pattern).search(text)
        if found is not None:
            return int(found.group(1))
    return None


def _find_shown_count(html: str, signs: PagingSigns) -> int | None:
    for lead in dict.fromkeys(pattern.lstrip("^")[0] for pattern in signs.shown_counts):
        place = html.rfind(lead)
        for _ in range(_MAX_LEADS):
            if place < 0:
                break
            window = html[place : place + _MAX_WORDS]
            is_count = window[1:2] in _BEFORE_COUNT and "页" in window
            count = _find_number(signs.shown_counts, window) if is_count else None
            if count is not None:
                return count
            place = html.rfind(lead, 0, place)
    return None


def find_page_count(html: str, signs: PagingSigns) -> int | None:
    """Return how many pages a list says to have: in a script call, a variable, an attribute or in words."""
    if compile_pattern(signs.marks).search(html) is not None:
        for call in signs.calls:
            found = compile_pattern(call.pattern).search(html)
            if found is not None:
                return int(found.group(1))
        count = _find_number(signs.counts, html)
        if count is not None:
            return count
        size = _find_number(signs.sizes, html)
        total = _find_number(signs.totals, html) if size else None
        if size and total is not None:
            return ceil(total / size)
    return _find_shown_count(html, signs)


def list_series(html: str, url: str, signs: PagingSigns) -> tuple[str, ...]:
    """Return the further pages that a list's page does not link to but gives away: by count, select or form.

    At most MAX_SERIES. What a count and the form of an address suggest is a guess: follow it only where its first is.
    """
    if "createPage" in html:
        for call in signs.calls:
            found = compile_pattern(call.pattern).search(html)
            if found is not None:
                numbers = range(call.first, min(int(found.group(1)) + call.first - 1, MAX_SERIES + call.first))
                return _keep(url, (f"{found.group(2)}_{number}.{found.group(3)}" for number in numbers))
    options = _list_options(html, url, signs)
    count = find_page_count(html, signs)
    if options or count is None or count < 2:  # noqa: PLR2004 - a list of one page has no further one
        return options
    shape, base = _find_shape(html, url, signs)
    if shape is None:
        return _keep(url, _fill_form(html, url, count, signs))
    own = shape.number if _is_numbered(url, shape) else base
    return _keep(url, shape.count_to(count + base - 1, own + 1))


def _is_numbered(url: str, shape: _Numbered) -> bool:
    return url == f"{shape.before}{shape.number}{shape.after}"


def _keep(page: str, found: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    urls = dict.fromkeys(normalise_url(url, page) for url in found)
    return tuple(url for url in urls if url is not None and url != page)[:MAX_SERIES]


def _list_options(html: str, url: str, signs: PagingSigns) -> tuple[str, ...]:
    if "<option" not in html:
        return ()
    found = (normalise_url(unescape(match.group(1)), url) for match in islice(_OPTION.finditer(html), _MAX_LINKS))
    return _keep(url, tuple(item for item in found if item is not None and _is_same_series(url, item, signs)))


def _find_shape(html: str, url: str, signs: PagingSigns) -> tuple[_Numbered | None, int]:
    """Return the form of the numbered addresses, and the number of the first page in it (0 or 1)."""
    own = _split_number(url, signs)
    base = 0 if compile_pattern(signs.counts_from_zero).search(html) else 1
    seen: _Numbered | None = None
    bare = f"{_folder(url)}/"
    for match in islice(_LINK.finditer(html), _MAX_LINKS):
        target = normalise_url(unescape(match.group(1)), url)
        word = unescape(match.group(2)).strip().casefold()
        shape = _split_number(target, signs) if target is not None and _is_same_series(url, target, signs) else None
        if own is not None and shape is None and target is not None and word in signs.previous_words:
            base = own.number - 1 if target.startswith(bare) and own.number in (1, 2) else base
        if shape is None or shape.number == 0:
            continue
        seen = seen or shape
        if word.isascii() and word.isdigit():
            return _prefer_own(own, shape), 0 if int(word) == shape.number + 1 else 1
        if own is None and word in signs.next_words:
            return shape, 0 if shape.number == 1 else 1
    if seen is not None:
        return _prefer_own(own, seen), base
    return (own or _guess_shape(url)), base


def _prefer_own(own: _Numbered | None, shape: _Numbered) -> _Numbered:
    """Return the page's own place among the numbered ones, where it has one, else the form of the others."""
    return own if own is not None and (own.before, own.after) == (shape.before, shape.after) else shape


def _split_number(url: str, signs: PagingSigns) -> _Numbered | None:
    """Cut an address at the number of its page."""
    parts = urlsplit(url)
    named = [key for key, value in parse_qsl(parts.query) if key.lower() in signs.parameters and value.isdigit()]
    if named:
        found = re.search(rf"^(.*[?&]{re.escape(named[-1])}=)(\d{{1,4}})((?:&.*)?)$", url)
        return _Numbered(found[1], int(found[2]), found[3]) if found else None
    if parts.query:
        return None
    found = re.search(r"^(.*/[^/?]*?[_\-]?)(\d{1,4})(\.\w{1,8})$", url)
    if found and _stem(parts.path) != found[2]:
        return _Numbered(found[1], int(found[2]), found[3])
    trimmed = _trim_folder(parts.path, signs)
    found = re.search(r"^(.*/)(\d{1,4})(/[\w.]*)$", url) if trimmed != parts.path else None
    return _Numbered(found[1], int(found[2]), found[3]) if found else None


def _guess_shape(url: str) -> _Numbered | None:
    """Guess how the second page of a list of plain files is called: `index_2.html`."""
    parts = urlsplit(url)
    if parts.query:
        return None
    head, name = parts.path.rpartition("/")[0::2]
    stem, ending = (name.rpartition(".")[0], name.rpartition(".")[2]) if "." in name else (name or "index", "html")
    return _Numbered(urlunsplit((parts.scheme, parts.netloc, f"{head}/{stem}_", "", "")), 0, f".{ending}")


def _fill_form(html: str, url: str, count: int, signs: PagingSigns) -> tuple[str, ...]:
    """Return the addresses that a form sent by GET leads to, a page number each."""
    for match in islice(_FORM.finditer(html), _MAX_FORMS):
        head = {key.lower(): value for key, value in _ATTRIBUTE.findall(match.group(1))}
        if head.get("method", "get").lower() != "get":
            continue
        inside = html[match.end() : match.end() + _MAX_FORM].partition("</form")[0]
        fields = [{k.lower(): v for k, v in _ATTRIBUTE.findall(tag)} for tag in _INPUT.findall(inside)]
        paging = next((row["name"] for row in fields if row.get("name", "").lower() in signs.parameters), None)
        if paging is None:
            continue
        kept = [(row["name"], row.get("value", "")) for row in fields if row.get("type", "").lower() == "hidden"]
        pairs = [(name, value) for name, value in kept if name != paging]
        target = urlsplit(normalise_url(unescape(head.get("action") or url), url) or url)
        numbers = range(2, min(count, MAX_SERIES) + 1)
        return tuple(urlunsplit((*target[:3], urlencode([*pairs, (paging, str(n))]), "")) for n in numbers)
    return ()
