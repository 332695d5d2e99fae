"""The words of single families of facts, as they stand in vocabulary files."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.words.wordshape import Names, Pattern, Patterns, Shape, Words, compile_pattern


class ExposureWords(Shape):
    """exposure.yaml."""

    reach: int
    other_numbers: Words
    identity: Words
    cards: Words
    accounts: Words
    public_accounts: Words
    persons: Words
    mobiles: Words
    offices: Words
    name_least: int
    secrecy: Patterns


class FamilyWords(Shape):
    """families/*.yaml: words of one family. Which keys it needs is up to its extractor.

    `hints`: without one of them in its title or way a page is not of the family. `titles`, `titles_not`: patterns of
    the whole title. `labels` are squeezed names before values, `patterns` are searched for, all others are words.
    """

    hints: Words
    titles: Patterns = ()
    titles_not: Patterns = ()
    labels: Mapping[str, Names] = {}
    patterns: Mapping[str, Patterns] = {}
    words: Mapping[str, Words] = {}
    rows: Mapping[str, Names] = {}
    elements: Mapping[str, Words] = {}
    kinds: Mapping[str, Words] = {}
    parts: Mapping[str, Patterns] = {}
    audiences: Mapping[str, Words] = {}
    participants: Mapping[str, Words] = {}
    attendees: Mapping[str, Words] = {}
    platforms: Mapping[str, Words] = {}
    services: Mapping[str, Words] = {}
    results: Words = ()
    draft: Words = ()
    closing: Words = ()
    draft_start: str = ""
    basis: Words = ()
    explanation: Words = ()
    unique: Words = ()
    sheets: Words = ()
    media: Words = ()
    share: Pattern | None = None
    least: int = 0

    def fits(self, title: str) -> bool:
        """Tell whether a title is one of the family's."""
        if not any(compile_pattern(pattern).fullmatch(title) for pattern in self.titles):
            return False
        return not any(compile_pattern(pattern).fullmatch(title) for pattern in self.titles_not)

    def is_hinted(self, hint: str) -> bool:
        """Tell whether one of the hints stands in a text: the cheap test that comes first."""
        return any(word in hint for word in self.hints)

    def find_patterns(self, text: str) -> tuple[str, ...]:
        """Return the names of which a pattern is found in a text, in the order of the vocabulary."""
        return find_names(text, self.patterns)


def find_names(text: str, patterns: Mapping[str, Patterns]) -> tuple[str, ...]:
    """Return the names of which a pattern is found in a text, in the order given."""
    return tuple(name for name, own in patterns.items() if any(compile_pattern(one).search(text) for one in own))
