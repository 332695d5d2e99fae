"""What a page says of the official document that it publishes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from auditor.extract.elements import Element, read_elements
from auditor.extract.reading import Reading
from auditor.extract.text import (
    find_dates,
    find_document_numbers,
    find_order_number,
    find_quoted_titles,
    iterate_sentences,
    parse_date,
)
from auditor.facts import DocumentKind
from auditor.model.evidence import RecordEvidence
from auditor.words.vocabulary import DocumentKindRow, Vocabulary, compile_pattern, squeeze_name

_END_BRACKET = re.compile(r"[（(][^（()）]{1,20}[)）]$")
_HEAD = 1_500
_DATELINE = 3
_MAX_SENTENCE = 300
_MOST_CITED = 40


@dataclass(frozen=True, slots=True)
class DocumentParts:
    """The document on a page, so far as the page alone tells it."""

    doc_no: str | None
    index_no: str | None
    issuer: str | None
    made_on: date | None
    published_on: date | None
    category: str | None
    disclosure: str | None
    validity: str | None
    elements: tuple[str, ...]
    approved_by: str | None
    is_official: bool
    evidence: tuple[RecordEvidence, ...]
    has_download: bool = False
    cites: tuple[str, ...] = ()


def read_document(reading: Reading) -> DocumentParts:
    """Read the element table, the number, the day it was made and who approved it."""
    elements = read_elements(reading)
    doc_no = _read_number(reading, elements)
    approval = _find_approval(reading)
    made = elements.get("made_on")
    made_on = parse_date(made.value, reading.latest) if made is not None else _find_signature(reading)
    evidence = [reading.give_evidence(element.locator, element.excerpt) for element in elements.values()][:4]
    if approval is not None:
        evidence.append(reading.give_evidence("text", approval[1]))
    return DocumentParts(
        doc_no=doc_no,
        index_no=_pick(elements, "index_no"),
        issuer=_pick(elements, "issuer"),
        made_on=made_on,
        published_on=parse_date(_pick(elements, "published_on") or "", reading.latest),
        category=_pick(elements, "category"),
        disclosure=_pick(elements, "disclosure"),
        validity=_pick(elements, "validity"),
        elements=tuple(sorted(elements)),
        approved_by=approval[0] if approval is not None else None,
        has_download=_has_download(reading),
        cites=_list_cited(reading),
        is_official=bool(elements) or doc_no is not None,
        evidence=tuple(evidence),
    )


def _has_download(reading: Reading) -> bool:
    names = reading.words.families["document"].words["download"]
    return any(squeeze_name(anchor.text) in names for anchor in reading.own_anchors)


def _list_cited(reading: Reading) -> tuple[str, ...]:
    """Return the titles in 《》 that the text names, those of its own title left out."""
    own = squeeze_name(reading.title)
    return tuple(name for name in find_quoted_titles(reading.plain_text) if squeeze_name(name) not in own)[:_MOST_CITED]


def _pick(elements: dict[str, Element], name: str) -> str | None:
    element = elements.get(name)
    return element.value if element is not None else None


def _read_number(reading: Reading, elements: dict[str, Element]) -> str | None:
    """Return the document's own number: its element, else the first line of its own that is nothing but a number."""
    words = reading.words.documents
    element = elements.get("doc_no")
    if element is not None:
        found = find_document_numbers(element.value, words)
        return found[0] if found else find_order_number(element.value, words) or element.value
    length = 0
    for line in reading.own_lines:
        length += len(line.text)
        if length > _HEAD:
            break
        found = find_document_numbers(line.text, words)
        key = squeeze_name(line.text)
        is_headed = any(found and f"{head}{squeeze_name(found[0])}" in key for head in words.letterheads)
        if found and (is_headed or len(key) <= len(squeeze_name(found[0])) + 4):
            return found[0]
    index = elements.get("index_no")
    for text in (reading.title, index.value if index is not None else ""):
        found = find_document_numbers(text, words)
        if found and text.rstrip("）) ").endswith(("号", "號")):
            return found[0]
    return None


def _find_signature(reading: Reading) -> date | None:
    """Return the first date that stands alone in the text: under the issuer's name, before what is annexed."""
    start = reading.title_line.order + _DATELINE if reading.title_line is not None else _DATELINE
    for text in (line.text for line in reading.own_lines if line.linked == 0 and line.order > start):
        dates = find_dates(text, reading.latest) if "年" in text else ()
        if len(dates) == 1 and not squeeze_name(text[: dates[0].start] + text[dates[0].end :]):
            return dates[0].value
    return None


def _find_approval(reading: Reading) -> tuple[str, str] | None:
    labels = reading.words.labels
    for sentence in iterate_sentences(reading.plain_text):
        if len(sentence) > _MAX_SENTENCE or not any(verb in sentence for verb in labels.meeting_verbs):
            continue
        for name, patterns in labels.meetings.items():
            if any(compile_pattern(pattern).search(sentence) for pattern in patterns):
                return name, sentence.strip()
    return None


# ---- kind ----------------------------------------------------------------------------------------


def _trim_title(title: str) -> str:
    """Return a title without what stands in brackets at its end (`（试行）`, `（2020年版）`)."""
    return squeeze_name(_END_BRACKET.sub("", title.strip()))


def _fits(row: DocumentKindRow, title: str, letters: str, category: str) -> bool:
    if (row.numbers and letters.endswith(row.numbers)) or any(name in category for name in row.categories):
        return True
    key = _trim_title(title)
    ends = bool(row.title_ends) and key.endswith(row.title_ends) and not key.endswith(row.title_not or ("\0",))
    return ends or any(word in title for word in row.words)


def _read_number_letters(doc_no: str | None) -> str:
    return (doc_no or "").partition("〔")[0]


def classify_document(title: str, parts: DocumentParts, columns: frozenset[str], words: Vocabulary) -> DocumentKind:
    """Return the kind of document: by its columns, its number, its category, then by the words of its title."""
    if "normative_documents" in columns:
        return "normative"
    documents = words.documents
    in_policy = "policy_documents" in columns
    letters = _read_number_letters(parts.doc_no)
    for row in documents.kinds:
        if _fits(row, title, letters, parts.category or "") and not (row.outside_policy and in_policy):
            return row.kind  # type: ignore[return-value]
    is_policy = in_policy or any(word in title for word in documents.policy_words)
    return "policy" if is_policy else "other"
