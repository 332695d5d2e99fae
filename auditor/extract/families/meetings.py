"""Meetings that the portal reports on, and what is held for the public or for staff."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

from auditor.extract.families.consultations import is_call
from auditor.extract.sheet import Draft, Sheet, find_words, holds_any
from auditor.extract.text import find_quoted_titles, iterate_sentences
from auditor.kinds.participation import Event, EventKind, EventMode, Meeting, MeetingKind
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import compile_pattern

_HEAD = 1_500
_AHEAD = 400
_WHOLE_LABEL = 4  # a shorter one, like `时间`, may be that of the page itself
_OTHER_TOPICS = ("policy", "budget", "annual_report", "service_guide", "letter")
_ANSWERING = ("online_qa", "survey", "hearing")
_ASKING = ("survey", "hearing")  # calls for opinions that are held as well


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
    kind = _tell_kind(sheet, words)
    if kind is None or (sheet.document is not None and sheet.document.doc_no is not None):
        return None
    if is_call(sheet) and kind not in _ASKING:
        return None
    base: dict[str, Any] = sheet.begin()
    fact = Event(
        **base,
        event_kind=kind,
        held_on=find_held(sheet, words, words.labels["held"]),
        published_on=sheet.published,
        topic=sheet.title,
        mode=_tell_mode(sheet, words),
        participants=find_words(_quote(sheet, words, "taking_part"), words.participants),
        result_published=holds_any(sheet.title, words.words["result"]),
    )
    return Draft(fact)


def _tell_kind(sheet: Sheet, words: FamilyWords) -> EventKind | None:
    """Return the kind by words of the title, the names of bodies that hold it left out; None where it is none.

    A letter is no event, whatever it asks about; in a column of letters only interviews, polls and hearings are.
    """
    title = sheet.title
    for body in words.words["bodies"]:
        title = title.replace(body, "")
    kind = next((name for name in find_words(title, words.kinds) if name in get_args(EventKind)), None)
    if "会" in title or sheet.topic not in _OTHER_TOPICS:
        return kind  # type: ignore[return-value]
    is_open = sheet.topic == "letter" and kind in _ANSWERING and not sheet.reading.is_letter
    return kind if is_open else None  # type: ignore[return-value]


def _quote(sheet: Sheet, words: FamilyWords, name: str) -> str:
    """Return the title and those sentences of the beginning in which a pattern of the family holds."""
    patterns = [compile_pattern(pattern) for pattern in words.patterns[name]]
    sentences = iterate_sentences(sheet.text[:_HEAD])
    return "\n".join((sheet.title, *(one for one in sentences if any(found.search(one) for found in patterns))))


def _tell_mode(sheet: Sheet, words: FamilyWords) -> EventMode | None:
    """Return where it is held, by the title and the sentences that say when, where or how."""
    told = _quote(sheet, words, "place")
    online, offline = (holds_any(told, words.words[name]) for name in ("online", "offline"))
    offline = offline or any(compile_pattern(one).search(told) for one in words.patterns["offline"])
    if online and offline:
        return "both"
    return "online" if online else "offline" if offline else None


def find_held(sheet: Sheet, words: FamilyWords, labels: tuple[str, ...]) -> date | None:
    """Return the day on which something was held: by its label, else the date of a sentence that says so."""
    told = sheet.find_day(label for label in labels if len(label) >= _WHOLE_LABEL)
    found = told or sheet.find_day(labels)
    if found is not None and (told is not None or found[0] != sheet.published):
        return found[0]
    patterns = [compile_pattern(pattern) for pattern in words.patterns["held"]]
    for sentence in iterate_sentences(sheet.text[:_HEAD]):
        if any(pattern.search(sentence) for pattern in patterns):
            day = sheet.read_day(sentence)
            if day is not None and (sheet.published is None or abs((day - sheet.published).days) < _AHEAD):
                return day
    return None
