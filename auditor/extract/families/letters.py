"""Letters of the public with their answers, and pages of questions and answers."""

from __future__ import annotations

from typing import Any

from auditor.extract.sheet import Draft, Sheet, find_words
from auditor.extract.text import find_quoted_titles
from auditor.kinds.participation import Faq, Letter
from auditor.words.vocabulary import compile_pattern

_LEAST_QUESTIONS = 2
_LONGEST_TITLE = 120


def draft_letter(sheet: Sheet) -> Draft | None:
    """Return the letter that a page shows, or None: labels of the question and of the answer must both stand there."""
    words = sheet.words.families["letter"]
    if sheet.kind not in ("article", "other", "form") or not words.is_hinted(sheet.hint):
        return None
    if any(compile_pattern(pattern).fullmatch(sheet.title) for pattern in words.titles_not):
        return None
    asked, replied = sheet.find_day(words.labels["asked"]), sheet.find_day(words.labels["replied"])
    known = {one.label for one in sheet.labelled}
    has_question = asked is not None or bool(known & set(words.labels["ask_text"]))
    has_answer = replied is not None or bool(known & set(words.labels["reply_text"]))
    if not (has_question and has_answer) and not (asked is not None and sheet.topic == "letter"):
        return None
    labels = [label for own in words.labels.values() for label in own]
    unit = sheet.find_value(words.labels["unit"], labels)
    named = sheet.find_value(words.labels["title"], labels)
    box = sheet.find_value(words.labels["box"], labels)
    hint = " ".join((box.value if box is not None else "", sheet.hint, *sorted(known)))
    base: dict[str, Any] = sheet.begin()
    seen = [found[1].line for found in (asked, replied) if found is not None]
    base["evidence"] = (*base["evidence"], *(sheet.cite(line, line.text) for line in seen))
    fact = Letter(
        **base,
        title=named.value[:_LONGEST_TITLE] if named is not None else sheet.title,
        asked_on=asked[0] if asked is not None else None,
        replied_on=replied[0] if replied is not None else None,
        channel=next(iter(find_words(hint, words.words)), None),
        of=next(iter(find_quoted_titles(sheet.text[:2_000])), None),
    )
    return Draft(fact, issuer=unit.value[:40] if unit is not None else "")


def draft_faq(sheet: Sheet) -> Draft | None:
    """Return the page of questions and answers that a page is, or None: two questions at least stand on it."""
    words = sheet.words.families["faq"]
    if sheet.kind not in ("article", "other") or not words.is_hinted(sheet.title) or not words.fits(sheet.title):
        return None
    patterns = [compile_pattern(pattern) for pattern in words.patterns["question"]]
    lines = (line.text for line in sheet.reading.own_lines)
    asked = sum(any(pattern.search(text) for pattern in patterns) for text in lines if len(text) <= _LONGEST_TITLE)
    if asked < _LEAST_QUESTIONS:
        return None
    quoted = find_quoted_titles(f"{sheet.title}\n{sheet.text[:1_000]}")
    fact = Faq(**sheet.begin(), title=sheet.title, published_on=sheet.published, of=next(iter(quoted), None))
    return Draft(fact)
