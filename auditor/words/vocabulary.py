"""The words that portals use: names of columns, labels, marks, forms. Data under `rulesets/vocabulary`, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from auditor.model.targets import UnitKind
from auditor.resources import find_resource
from auditor.words.familywords import ExposureWords, FamilyWords
from auditor.words.pagingsigns import PagingSigns
from auditor.words.wordshape import Names, Pattern, Patterns, Shape, Words, compile_pattern, squeeze_name

__all__ = ["NO_RANK", "Shape", "Vocabulary", "Words", "compile_pattern", "load_vocabulary", "squeeze_name"]

NO_RANK = 10_000
"""The rank of a name that a concept knows by a pattern only."""


class Concept(Shape):
    """What a column is, whatever a portal calls it.

    `topic` is the topic of pages in it; `holds` are the kinds of fact that its list holds.
    """

    zh: str
    en: str
    names: Names
    short_names: Names = ()
    within: str | None = None
    patterns: Patterns = ()
    not_: Patterns = ()
    topic: str | None = None
    holds: tuple[str, ...] = ()


class ColumnNames(Shape):
    """columns.yaml."""

    trim_prefixes: Names
    trim_suffixes: Names
    max_length: int
    concepts: Mapping[str, Concept]


class NavFallback(Shape):
    """How a menu shows itself where no class says so."""

    min_links: int
    max_name: int
    min_known: int
    tools: Names


class ShellSigns(Shape):
    """What shows that a page or its list is drawn by script."""

    roots: frozenset[str]
    loaders: Words
    templates: Words
    max_text: int
    max_list_text: int
    waiting: Words
    libraries: Words
    data_keys: Mapping[str, Words]


class JumpSigns(Shape):
    """What shows that a page only jumps to another; the first group of a pattern is the address."""

    patterns: Patterns
    indirect: Words
    conditional: Words
    max_text: int
    max_links: int


class BlockSigns(Shape):
    """What shows a firewall's or a gateway's page."""

    always: frozenset[int]
    refusals: frozenset[int]
    with_words: frozenset[int]
    max_text: int
    max_gateway_text: int
    max_links: int
    max_markup: int
    max_challenge_text: int
    max_reload_text: int
    max_own_links: int
    marks: Words
    reloads: Words
    phrases: Words
    own_words: Words
    gateway_titles: Names
    login_titles: Names
    login_phrases: Words


class ErrorSigns(Shape):
    """What shows a page that says of itself that nothing is there."""

    titles: Names
    phrases: Words
    leaving: Words
    patterns: Patterns
    max_text: int


class ArticleSigns(Shape):
    """Words around an article or a list, and the endings of files."""

    line_words: Words
    happenings: Words
    subjects: Words
    list_words: Words
    attachments: frozenset[str]
    images: frozenset[str]


class HomeSigns(Shape):
    """What shows a start page by itself."""

    links: int
    few_links: int
    mores: int
    more_names: Names


class LetterSigns(Shape):
    """Labels on the page of a letter and its answer."""

    asks: Names
    answers: Names
    titles: Names


class PageSigns(Shape):
    """pages.yaml."""

    regions: Mapping[str, frozenset[str]]
    not_pager: frozenset[str]
    nav_fallback: NavFallback
    breadcrumb_leads: Words
    breadcrumb_starts: Words
    breadcrumb_verb: str
    bare_titles: frozenset[str]
    shell: ShellSigns
    jump: JumpSigns
    blocks: BlockSigns
    errors: ErrorSigns
    widget_words: Words
    site_ends: Names
    title_classes: frozenset[str]
    articles: ArticleSigns
    home: HomeSigns
    letters: LetterSigns
    paths: Mapping[str, frozenset[str]]
    section_paths: frozenset[str]


class Labels(Shape):
    """labels.yaml."""

    dates: Mapping[str, Names]
    bare_dates: Mapping[str, Words]
    date_variables: frozenset[str]
    meta: Mapping[str, frozenset[str]]
    standard: Words
    elements: Mapping[str, Names]
    strong_elements: frozenset[str]
    empty_values: frozenset[str]
    min_elements: int
    meetings: Mapping[str, Patterns]
    meeting_verbs: Words


class DocumentKindRow(Shape):
    """One row of the table that tells what kind of document a page is."""

    kind: str
    words: Words = ()
    title_ends: Names = ()
    title_not: Names = ()
    outside_policy: bool = False
    numbers: Words = ()
    categories: Words = ()


class DocumentWords(Shape):
    """documents.yaml."""

    kinds: tuple[DocumentKindRow, ...]
    policy_words: Words
    order_pattern: Pattern
    letterheads: Words
    number_noise: Words
    page_number: Pattern


class InterpretationWords(Shape):
    """interpretations.yaml."""

    title_words: Words
    strong_title_words: Words
    forms: Mapping[str, Words]
    press_speech: Words
    video_files: frozenset[str]
    audio_files: frozenset[str]
    animation_files: frozenset[str]
    video_players: Words
    video_hosts: Words
    picture_noise: Words
    few_words: int
    long_words: int


class GuideWords(Shape):
    """guides.yaml."""

    elements: Mapping[str, Words]
    noise: Patterns
    phrases: Mapping[str, Patterns]
    values: Mapping[str, Words]
    title_patterns: Patterns
    title_not: Patterns
    owner_marks: Words
    value_leads: str
    few_words: int


class Platform(Shape):
    """platforms.yaml: one platform that serves its lists as JSON; the groups of its patterns stand in the file."""

    marks: Words
    page: Pattern
    number: Pattern
    tree: Pattern
    column: Pattern
    list: str
    listed: Pattern
    page_size: int
    keys: Mapping[str, Words]


class UnitSuffixes(Shape):
    """One row of the table that tells what kind of body a name is."""

    kind: UnitKind
    ends: Words


class UnitWords(Shape):
    """units.yaml."""

    suffixes: tuple[UnitSuffixes, ...]
    office_suffixes: Words
    same_words: Mapping[str, str]
    name_noise: Words
    enforcement: Words
    title_mark: str


class Mark(Shape):
    """How one footer mark is recognised; the first group of the pattern is its value.

    `pictured`: sites show it as a picture.
    """

    labels: Words = ()
    pattern: Pattern | None = None
    addresses: Words = ()
    names: Names = ()
    words: Words = ()
    stop: Words = ()
    inputs: Words = ()
    pictured: bool = False


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """All words, by file. Two vocabularies are equal only if they are the same object."""

    columns: ColumnNames
    pages: PageSigns
    paging: PagingSigns
    labels: Labels
    documents: DocumentWords
    interpretations: InterpretationWords
    guides: GuideWords
    units: UnitWords
    exposure: ExposureWords
    families: Mapping[str, FamilyWords]
    marks: Mapping[str, Mark]
    platforms: Mapping[str, Platform]

    @property
    def concepts(self) -> Mapping[str, Concept]:
        """Return the concepts by key."""
        return self.columns.concepts

    def find_concept(self, name: str, within: str | None = None) -> str | None:
        """Return the concept that a shown column name stands for, or None.

        `within` is the concept of the section that the name stands in: short names hold only there.
        """
        key = squeeze_name(name)
        if not key or len(key) > self.columns.max_length:
            return None
        return _match_concept(self, key, within)

    def rank_name(self, concept: str, name: str) -> int:
        """Return how telling a name is for its concept: 0 is best, NO_RANK for one known by a pattern only."""
        names = self.concepts[concept].names
        key = squeeze_name(name)
        return names.index(key) if key in names else NO_RANK

    def find_unit_kind(self, name: str) -> UnitKind:
        """Return the kind of body that a name's ending tells; `other` where it tells none."""
        key = squeeze_name(name)
        if key.endswith(self.units.office_suffixes):
            return UnitKind.DEPARTMENT
        for row in self.units.suffixes:
            if key.endswith(row.ends):
                return row.kind
        return UnitKind.OTHER


def _fits(concept: Concept, key: str) -> bool:
    found = any(compile_pattern(pattern).fullmatch(key) for pattern in concept.patterns)
    return found and not any(compile_pattern(pattern).fullmatch(key) for pattern in concept.not_)


def _trim_key(columns: ColumnNames, key: str) -> str:
    for prefix in columns.trim_prefixes:
        if len(key) > len(prefix) + 1 and key.startswith(prefix):
            key = key[len(prefix) :]
    for suffix in columns.trim_suffixes:
        if len(key) > len(suffix) + 1 and key.endswith(suffix):
            key = key[: -len(suffix)]
    return key


@lru_cache(maxsize=50_000)
def _match_concept(vocabulary: Vocabulary, key: str, within: str | None) -> str | None:
    for candidate in dict.fromkeys((key, _trim_key(vocabulary.columns, key))):
        for name, concept in vocabulary.concepts.items():
            if candidate in concept.names or (concept.within == within and candidate in concept.short_names):
                return name
        if _compile_all(vocabulary).fullmatch(candidate) is None:
            continue
        for name, concept in vocabulary.concepts.items():
            if _fits(concept, candidate):
                return name
    return None


@lru_cache(maxsize=16)
def _compile_all(vocabulary: Vocabulary) -> Any:
    """Return the patterns of all concepts as one: a name that it does not fit, as most are, fits none of them."""
    patterns = (pattern for concept in vocabulary.concepts.values() for pattern in concept.patterns)
    return compile_pattern("|".join(f"(?:{pattern})" for pattern in patterns))


def _read_file(folder: Path, name: str) -> Any:
    return YAML(typ="safe", pure=True).load(folder / f"{name}.yaml")


def _rename_not(data: Mapping[str, Any]) -> Any:
    concepts = {
        key: {("not_" if field == "not" else field): value for field, value in concept.items()}
        for key, concept in data["concepts"].items()
    }
    return {**data, "concepts": concepts}


@cache
def _load_folder(folder: Path) -> Vocabulary:
    return Vocabulary(
        columns=ColumnNames.model_validate(_rename_not(_read_file(folder, "columns"))),
        pages=PageSigns.model_validate(_read_file(folder, "pages")),
        paging=PagingSigns.model_validate(_read_file(folder, "paging")),
        labels=Labels.model_validate(_read_file(folder, "labels")),
        documents=DocumentWords.model_validate(_read_file(folder, "documents")),
        interpretations=InterpretationWords.model_validate(_read_file(folder, "interpretations")),
        guides=GuideWords.model_validate(_read_file(folder, "guides")),
        units=UnitWords.model_validate(_read_file(folder, "units")),
        platforms={key: Platform.model_validate(one) for key, one in _read_file(folder, "platforms").items()},
        families={
            path.stem: FamilyWords.model_validate(_read_file(folder, f"families/{path.stem}"))
            for path in sorted((folder / "families").glob("*.yaml"))
        },
        exposure=ExposureWords.model_validate(_read_file(folder, "exposure")),
        marks={key: Mark.model_validate(mark) for key, mark in _read_file(folder, "marks").items()},
    )


def load_vocabulary(folder: Path | None = None) -> Vocabulary:
    """Return the vocabulary of a folder, by default the one that ships with the product.

    Raises pydantic.ValidationError for a file that does not fit, re2.error for a bad pattern, OSError for no file.
    """
    return _load_folder(folder if folder is not None else find_resource("rulesets") / "vocabulary")
