"""How lists show that they have further pages, and what bounds addresses without an end: paging.yaml."""

from __future__ import annotations

from auditor.words.wordshape import Pattern, Patterns, Shape, Words


class PagingCall(Shape):
    """A script call that draws a pager: groups are count, name and ending; `first` numbers the second page."""

    pattern: Pattern
    first: int


class TrapSigns(Shape):
    """What shows, and bounds, addresses without an end."""

    calendar_parameters: frozenset[str]
    few_parameters: int
    max_parameters: int
    max_numbers: int
    max_facets: int
    max_days: int
    max_same: int
    max_twins: int
    max_alike: int
    repeated_steps: int


class PagingSigns(Shape):
    """paging.yaml: how a list says that it has further pages. The first group of a pattern is the number."""

    next_words: Words
    previous_words: Words
    parameters: frozenset[str]
    folders: frozenset[str]
    calls: tuple[PagingCall, ...]
    marks: Pattern
    counts: Patterns
    shown_counts: Patterns
    totals: Patterns
    sizes: Patterns
    counts_from_zero: Pattern
    traps: TrapSigns
