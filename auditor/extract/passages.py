"""What of a page is stored for searching: its own text, masked, and what kind of text it is."""

from __future__ import annotations

from typing import get_args

from auditor.extract.exposure import mask_text
from auditor.extract.reading import Reading
from auditor.extract.sheet import find_words
from auditor.kinds.service import MentionSource
from auditor.page.markup import glue_name
from auditor.words.vocabulary import Vocabulary

MAX_TEXT = 400_000
_TOPICS: dict[str, MentionSource] = {"annual_report": "annual_report", "guide": "guide", "institution_rules": "rules"}


def take_text(reading: Reading) -> str:
    """Return the own text of a page, a line a block, with every personal number masked."""
    return mask_text("\n".join(glue_name(line.text) for line in reading.own_lines))[:MAX_TEXT]


def tell_source(title: str, way: tuple[str, ...], topic: str | None, words: Vocabulary) -> MentionSource:
    """Return what kind of text a page is: by its title, then by its topic, then by the columns that it stands in."""
    known = words.families["passage"].words
    named = find_words(title, {name: own for name, own in known.items() if name != "news"})
    if named:
        return named[0]  # type: ignore[return-value]
    if topic in _TOPICS:
        return _TOPICS[topic]
    found = find_words(" ".join(way), known) or (("news",) if topic == "news" else ())
    return found[0] if found and found[0] in get_args(MentionSource) else "other"  # type: ignore[return-value]
