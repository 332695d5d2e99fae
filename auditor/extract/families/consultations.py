"""Calls for opinions: when they are open, whom they ask and how, what they lay open, what came of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, get_args

from auditor.extract.sheet import Draft, Sheet, find_words, holds_any
from auditor.extract.text import complete_date, find_dates, find_month_day, find_quoted_titles, iterate_sentences
from auditor.kinds.participation import Consultation, ConsultationKind, FeedbackPart
from auditor.page.markup import glue_name
from auditor.words.familywords import FamilyWords, find_names
from auditor.words.vocabulary import compile_pattern, squeeze_name

_UNTIL = re.compile(r"(?:截止|截至|至|到|前|止|之前|以前|结束)")
_LAST_DAY = re.compile(r"(?:日|号|[0-9])(?:[^。；;，,]{0,6}?)(?:之前|以前|前|止|截止)")
_LONGEST = 300
_WHOLE = 100
_SOME_TEXT = 80
_OF_CALLS = ("closed_on", "channels")
_OF_RESULTS = ("feedback_parts",)


def draft_consultation(sheet: Sheet) -> Draft | None:
    """Return the call for opinions, or the page that tells what came of one; a result has `feedback` set to itself."""
    words = sheet.words.families["consultation"]
    if sheet.kind not in ("article", "form", "other") or not _is_call(sheet, words):
        return None
    parts = _find_parts(sheet, words)
    is_result = holds_any(sheet.title, words.results)
    opened, closed = (None, None) if is_result else _find_period(sheet, words)
    base = sheet.begin()
    offered = " ".join(name for _, name in sheet.files) + sheet.title
    share = compile_pattern(words.share).search(sheet.text) if words.share else None
    head = _cut_draft(sheet.whole, words)
    call = head if _find_channels(head, words) else head + _cut_tail(sheet.whole[len(head) :], words)
    values: dict[str, Any] = {
        "closed_on": closed,
        "channels": () if is_result else _find_channels(call, words),
        "draft": holds_any(offered, words.draft) or len(head) < len(sheet.whole),
        "basis": holds_any(sheet.text, words.basis),
        "explanation": holds_any(offered + sheet.text, words.explanation),
        "feedback_parts": parts if is_result else (),
    }
    hidden = _list_hidden(sheet, values, is_result=is_result)
    values |= {name: None for name in hidden if values[name] is False}
    fact = Consultation(
        **base,
        title=sheet.title,
        consultation_kind=_tell_kind(sheet.title, words),
        published_on=sheet.published,
        opened_on=opened or (None if is_result else sheet.published),
        audiences=find_words(call, words.audiences),
        sme_share=_read_share(share.group(2)) if share is not None else None,
        feedback=base["url"] if is_result else None,
        feedback_on=sheet.published if is_result else None,
        **values,
        unreadable=hidden,
    )
    return Draft(fact, titles=find_quoted_titles(sheet.title))


def is_call(sheet: Sheet) -> bool:
    """Tell whether a page calls for opinions, or tells what came of such a call, by its title and its way."""
    return _is_call(sheet, sheet.words.families["consultation"])


def _is_call(sheet: Sheet, words: FamilyWords) -> bool:
    if words.is_hinted(sheet.title):
        return words.fits(sheet.title)
    outcomes = [compile_pattern(pattern) for pattern in words.patterns["outcome"]]
    return words.is_hinted(sheet.hint) and any(pattern.fullmatch(sheet.title) for pattern in outcomes)


def _cut_draft(text: str, words: FamilyWords) -> str:
    """Return a page's text without the draft itself, which begins with a line of its own: only the call asks."""
    head, found, _ = text.partition(f"\n{words.draft_start}")
    return head if found else text


def _cut_tail(draft: str, words: FamilyWords) -> str:
    """Return what stands below the last article of a draft, from the line break on: there the call may go on."""
    articles = [compile_pattern(pattern) for pattern in words.patterns["article"]]
    lines = draft.split("\n")
    last = max((place for place, line in enumerate(lines) if any(one.match(line) for one in articles)), default=None)
    return "" if last is None else "".join(f"\n{line}" for line in lines[last + 1 :])


def _find_channels(call: str, words: FamilyWords) -> tuple[str, ...]:
    patterns = {name: words.patterns.get(name, ()) for name in words.words}
    named = {*find_words(glue_name(call), words.words), *find_names(call, patterns)}
    return tuple(name for name in words.words if name in named)


def _list_hidden(sheet: Sheet, values: Mapping[str, Any], *, is_result: bool) -> tuple[str, ...]:
    """Return what a page leaves to a file, a picture or a link of its own title: it is unread, not absent."""
    own = squeeze_name(sheet.title)
    leads_on = any(squeeze_name(anchor.text) == own for anchor in sheet.reading.own_anchors)
    if len(sheet.text) > _SOME_TEXT + len(sheet.title) or not (leads_on or sheet.file_names or sheet.pictures):
        return ()
    others = _OF_CALLS if is_result else _OF_RESULTS
    return tuple(name for name, value in values.items() if not value and name not in others)


def _read_share(percent: str) -> float | None:
    value = float(percent)
    return value / _WHOLE if value <= _WHOLE else None


def _tell_kind(title: str, words: FamilyWords) -> ConsultationKind:
    """Return the kind by words of the title; a person settles it."""
    found = [name for name in find_words(title, words.kinds) if name in get_args(ConsultationKind)]
    return found[0] if found else "general"  # type: ignore[return-value]


def _find_parts(sheet: Sheet, words: FamilyWords) -> tuple[FeedbackPart, ...]:
    return find_names(sheet.text, words.parts)  # type: ignore[return-value]


def _find_period(sheet: Sheet, words: FamilyWords) -> tuple[date | None, date | None]:
    """Return the first and the last day of a call: by its labels, else by a sentence that names the last day."""
    known = frozenset(words.labels["period"])
    for one in sheet.labelled:
        days = _list_days(one.value) if one.is_named(known) else []
        if len(days) > 1:
            return days[0], days[1]
    opened = sheet.find_day(words.labels["opened"], ends=True)
    closed = sheet.find_day(words.labels["closed"], ends=True)
    first = opened[0] if opened is not None else None
    if closed is not None:
        return first, closed[0]
    for sentence in iterate_sentences(_cut_draft(sheet.text, words)):
        if len(sentence) <= _LONGEST and holds_any(sentence, words.closing):
            days = _list_days(sentence)
            if len(days) > 1 and _UNTIL.search(sentence):
                return days[0], days[-1]
            if days and _UNTIL.search(sentence):
                return first, days[0]
            ahead = _find_undated(sentence, sheet)
            if ahead is not None:
                return first, ahead
    return first, None


def _list_days(text: str) -> list[date]:
    """Return the dates of a text; a second one without a year is of the year of the first."""
    found = find_dates(text)
    days = [one.value for one in found]
    if len(days) == 1:
        pair = find_month_day(text[found[0].end : found[0].end + 40])
        after = complete_date(pair, days[0].year, date.max) if pair is not None else None
        if after is not None:
            days.append(after)
    return days


def _find_undated(sentence: str, sheet: Sheet) -> date | None:
    """Return the last day that a sentence names by month and day only, in the year of publication."""
    if sheet.published is None or _LAST_DAY.search(sentence) is None:
        return None
    pair = find_month_day(sentence)
    day = complete_date(pair, sheet.published.year, date.max) if pair is not None else None
    if day is not None and day < sheet.published:
        day = complete_date(pair, sheet.published.year + 1, date.max) if pair is not None else None
    return day
