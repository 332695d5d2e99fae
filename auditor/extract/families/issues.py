"""What comes out issue by issue: government gazettes, and sheets of every month."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from auditor.extract.sheet import Draft, Sheet, holds_any
from auditor.extract.text import FIRST_YEAR, fold_text, parse_numeral
from auditor.kinds.disclosure import Gazette, GazetteFunction, Series
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import compile_pattern

_MOST_CONTENTS = 100
_MUCH_TEXT = 300
_BRACKETS = re.compile(r"[（(【\[《》]|[)）\]】]")
_FUNCTIONS: tuple[GazetteFunction, ...] = ("search", "subscribe", "download", "read_aloud", "archive")
_MONTHS = 12
_LEAST_ROWS = 2


def draft_gazette(sheet: Sheet) -> Draft | None:
    """Return the gazette issue that a page is, or None: its title or its way names the year and the number."""
    words = sheet.words.families["gazette"]
    if sheet.kind in ("home", "error", "blocked", "redirect") or not words.is_hinted(sheet.hint):
        return None
    if not words.fits(sheet.hint):
        return None
    found = _find_issue(sheet, words)
    if found is None:
        return None
    issue, name = found
    day = sheet.find_day(words.labels["issued"])
    shown = " ".join(line.text for line in sheet.reading.own_lines)
    is_file = bool(sheet.files) and len(sheet.text) < _MUCH_TEXT and len(sheet.rows) < _LEAST_ROWS
    fact = Gazette(
        **sheet.begin(),
        name=name,
        issue=issue,
        issued_on=day[0] if day is not None else sheet.published,
        digital=None if sheet.kind == "shell" else not is_file and (bool(sheet.rows) or len(sheet.text) > _MUCH_TEXT),
        functions=tuple(key for key in _FUNCTIONS if holds_any(shown, words.words[key])),
        contents=sheet.rows[:_MOST_CONTENTS],
        unreadable=("digital",) if sheet.kind == "shell" else (),
    )
    return Draft(fact)


def _find_issue(sheet: Sheet, words: FamilyWords) -> tuple[str, str] | None:
    """Return the issue as `2020-03` and the gazette's name."""
    for text in (sheet.title, *reversed(sheet.reading.breadcrumb)):
        folded = fold_text(text)
        for pattern in words.patterns["issue"]:
            match = compile_pattern(pattern).search(folded)
            if match is None:
                continue
            number = int(match.group(2)) if match.group(2).isdigit() else parse_numeral(match.group(2))
            if number is None:
                continue
            head = _BRACKETS.sub("", folded[: match.start()]).strip(" -_")
            names = [head, *sheet.reading.breadcrumb, *words.hints]
            name = next(one for one in names if holds_any(one, words.hints))
            return f"{match.group(1)}-{number:02d}", name
    return None


def draft_series(sheet: Sheet) -> Draft | None:
    """Return the sheet of one month that a page is, or None."""
    words = sheet.words.families["series"]
    if sheet.kind not in ("article", "other") or not words.is_hinted(sheet.title) or not words.fits(sheet.title):
        return None
    match = compile_pattern(words.patterns["month"][0]).search(sheet.title)
    if match is None:
        return None
    year = int(match.group(1))
    month = int(match.group(2)) if match.group(2).isdigit() else parse_numeral(match.group(2))
    if month is None or not 1 <= month <= _MONTHS or year < FIRST_YEAR:
        return None
    name = _BRACKETS.sub("", sheet.title[: match.start()] + sheet.title[match.end() :]).strip(" -_")
    headings = [heading.text for heading in sheet.reading.shown.headings if heading.text != sheet.title]
    fact = Series(
        **sheet.begin(),
        name=name or sheet.title,
        month=f"{year}-{month:02d}",
        host=urlsplit(sheet.reading.key).hostname or "",
        published_on=sheet.published,
        contents=tuple(heading for heading in headings if heading)[:_MOST_CONTENTS],
    )
    return Draft(fact)
