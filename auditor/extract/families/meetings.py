"""Meetings that the portal reports on, and what is held for the public or for staff."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from auditor.extract.sheet import Draft, Sheet, find_words, holds_any
from auditor.extract.text import find_quoted_titles, iterate_sentences
from auditor.kinds.participation import Event, EventKind, EventMode, Meeting, MeetingKind
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import compile_pattern

_HEAD = 1_500
_AHEAD = 400


def draft_meeting(sheet: Sheet) -> Draft | None:
    """Return the meeting that a page reports on, or None."""
    words = sheet.words.families["meeting"]
    if sheet.kind not in ("article", "other") or not words.is_hinted(sheet.title) or not words.fits(sheet.title):
        return None
    found = set(words.find_patterns(sheet.text))
    kind = next(iter(find_words(sheet.title, words.words)), "other")
    is_public = "public" in found
    quoted = find_quoted_titles(sheet.text)
    fact = Meeting(
        **sheet.begin(),
        title=sheet.title,
        held_on=find_held(sheet, words, ()),
        published_on=sheet.published,
        meeting_kind=kind if kind in get_args(MeetingKind) else "other",  # type: ignore[arg-type]
        topic="；".join(quoted[:6]) or None,
        public_attended=is_public,
        attendees=find_words(sheet.text, words.attendees) if is_public else (),
        recruited_openly="recruited" in found,
        attendance_published=is_public,
        decision_published="decided" in found,
        feedback_published=is_public and "feedback" in found,
    )
    return Draft(fact)


def draft_event(sheet: Sheet) -> Draft | None:
    """Return the event that a page announces or reports, or None."""
    words = sheet.words.families["event"]
    if sheet.kind not in ("article", "form", "other") or not words.is_hinted(sheet.title):
        return None
    if not words.fits(sheet.title):
        return None
    if sheet.topic in ("policy", "budget", "annual_report", "service_guide", "letter") and "会" not in sheet.title:
        return None
    kind = next(iter(find_words(sheet.title, words.kinds)), None)
    if kind not in get_args(EventKind) or (sheet.document is not None and sheet.document.doc_no is not None):
        return None
    head = f"{sheet.title}\n{sheet.text[:_HEAD]}"
    base: dict[str, Any] = sheet.begin()
    fact = Event(
        **base,
        event_kind=kind,  # type: ignore[arg-type]
        held_on=find_held(sheet, words, words.labels["held"]),
        published_on=sheet.published,
        topic=sheet.title,
        mode=_tell_mode(head, words),
        participants=find_words(head, words.participants),
        result_published=holds_any(sheet.title, words.words["result"]),
    )
    return Draft(fact)


def _tell_mode(head: str, words: FamilyWords) -> EventMode | None:
    online, offline = (holds_any(head, words.words[name]) for name in ("online", "offline"))
    if online and offline:
        return "both"
    return "online" if online else "offline" if offline else None


def find_held(sheet: Sheet, words: FamilyWords, labels: tuple[str, ...]) -> date | None:
    """Return the day on which something was held: by its label, else the date of a sentence that says so."""
    labelled = sheet.find_day(labels) if labels else None
    if labelled is not None and labelled[0] != sheet.published:
        return labelled[0]
    patterns = [compile_pattern(pattern) for pattern in words.patterns["held"]]
    for sentence in iterate_sentences(sheet.text[:_HEAD]):
        if any(pattern.search(sentence) for pattern in patterns):
            day = sheet.read_day(sentence)
            if day is not None and (sheet.published is None or abs((day - sheet.published).days) < _AHEAD):
                return day
    return None
