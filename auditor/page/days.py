"""The day that an address or the words beside a link name: enough to ask for newer documents first.

Pure and cheap: this is done for every link of a crawl. What a page says of its own dates is for extraction.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_FIRST_YEAR = 1990
_LAST_YEAR = 2099
_URL_DAYS = (
    re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])[-_/]?(0[1-9]|[12]\d|3[01])(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/](\d{1,2})[-_/](\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)((?:19|20)\d\d)[-_/]?(0[1-9]|1[0-2])(?!\d)"),
    re.compile(r"/((?:19|20)\d\d)/(\d{1,2})/"),
)
_ROW_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})(?!\d)")


@lru_cache(maxsize=8_192)
def make_day(year: str, month: str, day: str = "1") -> date | None:
    """Return the date of three numbers, None where they are none of the years of the web."""
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@lru_cache(maxsize=4_096)
def read_url_day(url: str) -> date | None:
    """Return the day that an address names: `/2024-05/11/`, `/202405/t20240511_1.html`, `/art/2024/5/11/`."""
    path = url.partition("://")[2]
    if "20" not in path and "19" not in path:
        return None
    for pattern in _URL_DAYS:
        days = [make_day(*found) for found in pattern.findall(path)]
        known = [day for day in days if day is not None]
        if known:
            return known[-1]
    return None


def read_row_day(text: str) -> date | None:
    """Return the last full date in the words of a list's row, None where there is none."""
    end = len(text)
    while end > 0:
        place = max(text.rfind("20", 0, end), text.rfind("19", 0, end))
        if place < 0:
            return None
        found = _ROW_DAY.match(text, place)
        day = make_day(*found.groups()) if found is not None else None
        if day is not None:
            return day
        end = place + 1
    return None
