"""Pure functions of strings: dates, document numbers, quoted titles, labels. Any text in, no exception, linear time."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from auditor.words.vocabulary import DocumentWords, Labels, compile_pattern, squeeze_name

DateRole = Literal["published", "updated", "made", "effective", "expires", "other"]

FIRST_YEAR = 1980
MAX_TEXT = 200_000
EXCERPT = 200
_LABEL_REACH = 24
_WEAK_LABEL = 2
_LAST_WORD = re.compile(r"[\u3400-\u9fff]+$")
_LAST_CLAUSE = re.compile(r"[:;,.()\[\]|丨/。；0-9]")

_FOLD = str.maketrans(
    "０１２３４５６７８９－–—‐‑−／．∶：，（）［］【】〔〕　\u00a0",
    "0123456789------/.::,()[][][]  ",
)
_DATE = re.compile(
    r"(?<![0-9])(?<![0-9][.\-/])((?:19|20)[0-9]{2}) {0,2}"
    r"(?:([-/.]) {0,2}([0-9]{1,2}) {0,2}\2 {0,2}([0-9]{1,2})(?![-/.][0-9])"
    r"|年 {0,2}([0-9]{1,2}) {0,2}月 {0,2}([0-9]{1,2}) {0,2}[日号]?)(?![0-9])"
)
_COMPACT = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])(?![0-9])")
_SHORT_YEAR = re.compile(
    r"(?<![0-9A-Za-z./-])([0-2][0-9])"
    r"(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})(?![0-9./-])|年 ?([0-9]{1,2})月 ?([0-9]{1,2})日)"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_MONTH_FIRST = re.compile(
    r"(?i)(?<![a-z])(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?"
    rf"{_MONTH}[. -]{{1,2}}([0-9]{{1,2}})(?:st|nd|rd|th)?,?(?: [0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}})?)?"
    r"(?: (?:cst|gmt|utc|bst))?[ ,-]{1,3}((?:19|20)[0-9]{2})(?![0-9])"
)
_DAY_FIRST = re.compile(
    rf"(?i)(?<![0-9])([0-9]{{1,2}})(?:st|nd|rd|th)?[ -]{{1,2}}{_MONTH}[., -]{{1,3}}((?:19|20)[0-9]{{2}})(?![0-9])"
)
_MONTH_DAY = re.compile(
    r"(?<![0-9年.\-/])(?:([0-9]{1,2})(?:-|月)([0-9]{1,2})日?|([0-9]{2})/([0-9]{2}))(?![0-9\-/.年月页])"
)
_SPLIT_DATES = (
    (re.compile(r"([0-9]{1,2})日? ?((?:19|20)[0-9]{2})[-./年] ?([0-9]{1,2})月?"), (2, 3, 1)),
    (re.compile(r"((?:19|20)[0-9]{2})[-./年] ?([0-9]{1,2})月?[ /]([0-9]{1,2})日?"), (1, 2, 3)),
    (re.compile(r"([0-9]{1,2})[-./月]([0-9]{1,2})日? ?((?:19|20)[0-9]{2})年?"), (3, 1, 2)),
)
_NUMERALS = "〇○Ｏ零一二三四五六七八九"
_NUMERAL_DATE = re.compile(
    rf"([{_NUMERALS}]{{4}})年 {{0,2}}([一二三四五六七八九十元]{{1,3}})月 {{0,2}}"
    r"([一二三四五六七八九十廿卅]{1,4})[日号]"
)
_DIGIT_OF = {"〇": 0, "○": 0, "Ｏ": 0, "零": 0, **{sign: value for value, sign in enumerate("一二三四五六七八九", 1)}}
_URL_DATE = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})[-/]?(?:(0[1-9]|1[0-2]|[1-9](?=/))(?![0-9]{3}))?")
_BRACKETED = re.compile(r"^[(\[【〔] {0,2}([^()\[\]]{6,40}) {0,2}[)\]】〕]$")
_NUMBER_TAIL = re.compile(r"[\[(] {0,2}((?:19|20)[0-9]{2})年? {0,2}[\])] {0,2}第? {0,2}([0-9]{1,5}) {0,2}号")
_HAN_TAIL = re.compile(
    r"(?:[\u3400-\u9fff]{2,8}[（(][\u3400-\u9fff]{1,4}[)）](?=[\u3400-\u9fff]$))?[\u3400-\u9fff]{1,14}$"
)
_QUOTED = re.compile(r"《([^《》]{2,150}(?:《[^《》]{1,100}》[^《》]{0,100})?)》")
_EDGE = " \t:：,，;；|丨/\\-—[]【】()（）"


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a text: its value and where it stands."""

    value: date
    start: int
    end: int


def fold_text(text: str) -> str:
    """Return text with full-width digits, blanks and punctuation of dates folded; every position stays the same."""
    return text.translate(_FOLD)


def cut_excerpt(text: str, around: int = 0) -> str:
    """Return at most 200 characters of a text, those around a position."""
    start = max(0, min(around - EXCERPT // 3, len(text) - EXCERPT))
    return text[start : start + EXCERPT].strip()


# ---- dates ---------------------------------------------------------------------------------------


def make_date(year: int, month: int, day: int) -> date | None:
    """Return the date, or None for one that no calendar has or that no portal can print."""
    try:
        return date(year, month, day) if year >= FIRST_YEAR else None
    except ValueError:
        return None


def parse_numeral(text: str) -> int | None:
    """Return the number from 1 to 99 that Chinese numerals write (`二十三`, `廿三`, `元` for one), else None."""
    text = text.replace("廿", "二十").replace("卅", "三十").replace("元", "一")
    tens, mark, ones = text.partition("十")
    if not mark:
        return _DIGIT_OF.get(text) if len(text) == 1 else None
    if any(sign not in _DIGIT_OF for sign in tens + ones) or len(tens) > 1 or len(ones) > 1:
        return None
    return (_DIGIT_OF[tens] if tens else 1) * 10 + (_DIGIT_OF[ones] if ones else 0)


def _read_numerals(found: re.Match[str]) -> date | None:
    year = int("".join(str(_DIGIT_OF[sign]) for sign in found.group(1)))
    month, day = parse_numeral(found.group(2)), parse_numeral(found.group(3))
    return make_date(year, month, day) if month is not None and day is not None else None


def find_dates(text: str, latest: date | None = None) -> tuple[FoundDate, ...]:
    """Return the full dates of a text in order. Dates after `latest` and impossible ones are left out."""
    text = fold_text(text[:MAX_TEXT])
    found: list[FoundDate] = []
    for match in _DATE.finditer(text):
        year, _, month, day, han_month, han_day = match.groups()
        value = make_date(int(year), int(month or han_month), int(day or han_day))
        if value is not None:
            found.append(FoundDate(value, match.start(), match.end()))
    if "年" in text:
        for match in _NUMERAL_DATE.finditer(text):
            value = _read_numerals(match)
            if value is not None:
                found.append(FoundDate(value, match.start(), match.end()))
    kept = [item for item in found if latest is None or item.value <= latest]
    return tuple(sorted(kept, key=lambda item: item.start))


def parse_date(text: str, latest: date | None = None) -> date | None:
    """Return the first full date of a short text, `20240511` included, or None."""
    dates = find_dates(text, latest)
    if dates:
        return dates[0].value
    match = _COMPACT.search(fold_text(text[:EXCERPT]))
    value = make_date(*(int(part) for part in match.groups())) if match else None
    return value if value is None or latest is None or value <= latest else None


def find_compact_dates(text: str, latest: date | None = None) -> tuple[FoundDate, ...]:
    """Return the dates of a text in rarer writings, which only a label before them makes dates.

    Eight digits, a year of two digits before month and day, months named in English.
    """
    folded = fold_text(text[:MAX_TEXT])
    found = [
        FoundDate(value, match.start(), match.end())
        for value, match in _iterate_rare(folded)
        if value is not None and (latest is None or value <= latest)
    ]
    return tuple(sorted(found, key=lambda item: item.start))


def _iterate_rare(text: str) -> Iterator[tuple[date | None, re.Match[str]]]:
    for match in _COMPACT.finditer(text):
        yield make_date(*(int(part) for part in match.groups())), match
    for match in _SHORT_YEAR.finditer(text):
        year, _, month, day, han_month, han_day = match.groups()
        yield make_date(2000 + int(year), int(month or han_month), int(day or han_day)), match
    for pattern, month_place, day_place in ((_MONTH_FIRST, 1, 2), (_DAY_FIRST, 2, 1)):
        for match in pattern.finditer(text):
            number = _MONTHS.index(match.group(month_place).lower()) + 1
            yield make_date(int(match.group(3)), number, int(match.group(day_place))), match


def read_split_date(text: str, latest: date | None = None) -> date | None:
    """Return the date of a short text that is nothing but its parts, in an order of lists: `28 2024-04`, or None."""
    folded = fold_text(text[:EXCERPT]).strip()
    for pattern, places in _SPLIT_DATES:
        match = pattern.fullmatch(folded)
        value = make_date(*(int(match.group(place)) for place in places)) if match is not None else None
        if value is not None and (latest is None or value <= latest):
            return value
    return None


def find_month_day(text: str) -> tuple[int, int] | None:
    """Return the last month and day without a year (`[04-28]`, `4月28日`) of a short text, or None."""
    found = [match.groups() for match in _MONTH_DAY.finditer(fold_text(text[:EXCERPT]))]
    pairs = [(int(month or slashed), int(day or after)) for month, day, slashed, after in found]
    valid = [pair for pair in pairs if make_date(2000, *pair) is not None]
    return valid[-1] if valid else None


def complete_date(month_day: tuple[int, int], year: int | None, latest: date) -> date | None:
    """Return the date of a month and a day: in the year that the context names, else the last not after `latest`."""
    if year is not None:
        value = make_date(year, *month_day)
        return value if value is not None and value <= latest else None
    this_year = make_date(latest.year, *month_day)
    if this_year is not None and this_year <= latest:
        return this_year
    return make_date(latest.year - 1, *month_day)


def find_url_year(url: str, latest: date) -> int | None:
    """Return the year that stands in an address (`/2020/10/`, `/t20201016_1.html`), or None."""
    path = url.partition("//")[2].partition("/")[2]
    for match in _URL_DATE.finditer(path):
        year = int(match.group(1))
        if FIRST_YEAR <= year <= latest.year and (match.group(2) or path[match.end() : match.end() + 1] in ("/", "")):
            return year
    return None


def read_bracketed_date(
    text: str, words: Mapping[str, Sequence[str]], latest: date | None = None
) -> tuple[date, DateRole] | None:
    """Return the date of a line that is nothing but a date in brackets, words like `更新` allowed, with its role."""
    match = _BRACKETED.match(fold_text(text.strip()))
    dates = find_dates(match.group(1), latest) if match else ()
    if match is None or len(dates) != 1:
        return None
    inner = match.group(1)
    rest = squeeze_name(inner[: dates[0].start] + inner[dates[0].end :])
    if not rest or rest.isdigit() or any(squeeze_name(word) == rest for word in words.get("updated", ())):
        return dates[0].value, "updated"
    return (
        (dates[0].value, "published")
        if any(squeeze_name(word) == rest for word in words.get("published", ()))
        else None
    )


def find_role(before: str, labels: Labels) -> tuple[DateRole, str] | None:
    """Return what the label at the end of `before` says of the date that follows, with the label; None without one.

    A label of two letters must stand alone: `展会时间` is none.
    """
    tail = fold_text(before[-_LABEL_REACH:])
    squeezed = squeeze_name(tail)
    best: tuple[DateRole, str] | None = None
    for role, names in _iterate_roles(labels):
        for name in names:
            if squeezed.endswith(name) and (best is None or len(name) > len(best[1])):
                best = (role, name)
    if best is None or len(best[1]) > _WEAK_LABEL:
        return best
    own = _LAST_WORD.search(tail.rstrip(_EDGE))
    spaced = squeeze_name(_LAST_CLAUSE.split(tail.rstrip(_EDGE))[-1])
    return best if (own is not None and own.group() == best[1]) or spaced == best[1] else None


def has_unknown_label(before: str) -> bool:
    """Tell whether a label that is none of a page's own dates stands right before a date: `备案时间：`."""
    tail = fold_text(before[-_LABEL_REACH:]).rstrip()
    if tail.endswith(":"):
        return bool(squeeze_name(tail))
    word = _LAST_WORD.search(tail)
    return word is not None and word.group().endswith(("时间", "日期")) and len(word.group()) > _WEAK_LABEL


def _iterate_roles(labels: Labels) -> Iterator[tuple[DateRole, tuple[str, ...]]]:
    for role in get_args(DateRole):
        yield role, labels.dates.get(role, ())


def limit_day(day: date) -> date:
    """Return the last day that a page seen on `day` can name as past: time zones allow one more."""
    return day + timedelta(days=1)


# ---- documents -----------------------------------------------------------------------------------


def _trim_issuer(name: str, words: DocumentWords) -> str:
    cut = max((name.rfind(noise) + len(noise) for noise in words.number_noise if noise in name), default=0)
    return name[cut:]


def find_document_numbers(text: str, words: DocumentWords) -> tuple[str, ...]:
    """Return the document numbers of a text, in one form (`沪府规〔2020〕5号`), in order, each once."""
    numbers: dict[str, None] = {}
    text = text[:MAX_TEXT]
    for match in _NUMBER_TAIL.finditer(fold_text(text)):
        issuer = _HAN_TAIL.search(text[max(0, match.start() - 14) : match.start()].rstrip())
        name = _trim_issuer(issuer.group(), words) if issuer else ""
        if name:
            numbers[f"{name}〔{match.group(1)}〕{int(match.group(2))}号"] = None
    return tuple(numbers)


def find_order_number(text: str, words: DocumentWords) -> str | None:
    """Return the number of an order or announcement (`教育部令第49号`) of a short text, or None."""
    match = compile_pattern(words.order_pattern).search(text[:2_000])
    return "".join(match.group().split()) if match else None


def find_quoted_titles(text: str) -> tuple[str, ...]:
    """Return the titles that stand in 《》, in order, each once."""
    return tuple(dict.fromkeys(match.group(1).strip() for match in _QUOTED.finditer(text[:MAX_TEXT])))


def iterate_sentences(text: str) -> Iterator[str]:
    """Yield the sentences of a text: up to a full stop, a semicolon or a line's end."""
    start = 0
    for index, sign in enumerate(text[:MAX_TEXT]):
        if sign in "。；;！!？?\n":
            if index > start:
                yield text[start:index]
            start = index + 1
    if start < len(text[:MAX_TEXT]):
        yield text[start:MAX_TEXT]
