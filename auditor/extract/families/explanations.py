"""What a page that explains a policy covers, who speaks in it, and which medium it is from."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.extract.sheet import Sheet, find_words, holds_any
from auditor.kinds.policy import Speaker
from auditor.words.familywords import find_names

_HEAD = 600
_LONGEST = 24
_HEADING = 60
_MARK = re.compile(
    r"[:：?？]|^[（(]?(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})[)）、.．]|^(?:[一二三四五六]是|第[一二三四五六]|[问答])"
)


@dataclass(frozen=True, slots=True)
class PointParts:
    """What an explanation covers, beside its form."""

    topics: tuple[str, ...]
    speaker: Speaker | None
    media_source: str | None


def read_points(sheet: Sheet) -> PointParts:
    """Read which points an explanation covers: by its text; points whose words stand in any text, by its headings."""
    words = sheet.words.families["interpretation"]
    common = set(words.labels["headings"])
    head = f"{sheet.title}\n{sheet.text[:_HEAD]}"
    source = sheet.reading.read_meta("source")
    named = sheet.find_value(words.labels["media_source"])
    for name in (source, named.value.split(" ")[0] if named is not None else ""):
        if name and len(name) <= _LONGEST and holds_any(name, words.media):
            source = name
            break
    else:
        source = ""
    told = {*find_names(_list_heads(sheet), words.patterns), *(set(words.find_patterns(sheet.text)) - common)}
    points = tuple(name for name in words.patterns if name in told)
    return PointParts(points, _tell_speaker(sheet.title, head, sheet), source or None)


def _list_heads(sheet: Sheet) -> str:
    """Return the lines that say what follows them: headings, questions, and the beginnings of numbered paragraphs."""
    heads = (line.text[:_HEADING] for line in sheet.reading.own_lines)
    return "\n".join(head for head in heads if len(head) < _HEADING or _MARK.search(head) is not None)


def _tell_speaker(title: str, head: str, sheet: Sheet) -> Speaker | None:
    """Return who speaks: by the title, else by the first words of the text where it is a report of speech."""
    words = sheet.words.families["interpretation"].words
    found = find_words(title, words)
    if not found and holds_any(head, sheet.words.interpretations.press_speech):
        found = find_words(head, words)
    order: tuple[Speaker, ...] = ("bureau_head", "head", "expert", "media")
    return next((name for name in order if name in found), None)
