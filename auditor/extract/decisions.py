"""Major decisions: named by a catalogue, by a call for opinions, by their result; joined by what they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.extract.records import PageRecord
from auditor.extract.sheet import Draft, holds_any
from auditor.extract.site_index import SiteIndex
from auditor.kinds.disclosure import Catalogue
from auditor.kinds.participation import Consultation, Decision
from auditor.words.vocabulary import Vocabulary, squeeze_name

_LEAST = 6
_OK = 200


@dataclass(frozen=True)
class _Matter:
    """A decision in the making."""

    title: str
    year: int | None
    catalogue: Catalogue | None
    kind: str = ""


def cut_matter(title: str, words: Vocabulary) -> str:
    """Return what a title is about: squeezed, without words like `关于`, `制定`, `征求意见稿`."""
    key = squeeze_name(title)
    for word in sorted(words.families["decision"].words["noise"], key=len, reverse=True):
        key = key.replace(squeeze_name(word), "")
    return key


def _is_about(core: str, other: str) -> bool:
    return len(core) >= _LEAST and len(other) >= _LEAST and (core in other or other in core)


def _map_documents(index: SiteIndex) -> Mapping[str, PageRecord]:
    """Return the pages that may be results, by what they are about."""
    found: dict[str, PageRecord] = {}
    for _, record in sorted(index.records.items()):
        is_official = record.document is not None and record.document.is_official
        if record.kind == "article" and is_official and record.visit.status in (None, _OK):
            found.setdefault(cut_matter(record.title, index.words), record)
    return found


def _list_matters(
    index: SiteIndex, catalogues: list[tuple[Draft, Catalogue]], calls: list[Consultation]
) -> Iterator[_Matter]:
    for _, catalogue in catalogues:
        kinds = catalogue.subject_kinds or ("",) * len(catalogue.subjects)
        for title, kind in zip(catalogue.subjects, kinds, strict=True):
            yield _Matter(title, catalogue.year, catalogue, kind)
    listed = [cut_matter(title, index.words) for _, catalogue in catalogues for title in catalogue.subjects]
    column = index.words.families["decision"].words["column"]
    for call in calls:
        record = index.find_record(call.url)
        way = " ".join((*record.breadcrumb, record.column_name)) if record is not None else ""
        core = cut_matter(call.title, index.words)
        if holds_any(way + call.title, column) and not any(_is_about(core, other) for other in listed):
            day = call.opened_on or call.published_on
            yield _Matter(call.title, day.year if day is not None else None, None)


def join_decisions(
    index: SiteIndex, catalogues: list[tuple[Draft, Catalogue]], calls: list[Consultation]
) -> Iterator[Decision]:
    """Yield the decisions with the call, the result and the follow-up that are about the same."""
    matters = list(_list_matters(index, catalogues, calls))
    documents = _map_documents(index) if matters else {}
    cores = [(cut_matter(call.title, index.words), call) for call in calls]
    taken = {call.url for call in calls} | {call.feedback for call in calls} | {one.url for _, one in catalogues}
    execution = index.words.families["decision"].words["execution"]
    for matter in matters:
        core = cut_matter(matter.title, index.words)
        call = next((one for other, one in cores if _is_about(core, other)), None)
        fitting = [record for other, record in documents.items() if _is_about(core, other) and record.url not in taken]
        follow = next((record for record in fitting if holds_any(record.title, execution)), None)
        result = next((record for record in fitting if record is not follow), None)
        parts = result.document if result is not None else None
        published = result.published.value if result is not None and result.published is not None else None
        hides_basis = call is not None and "basis" in call.unreadable
        shown = [*(matter.catalogue.evidence if matter.catalogue else ()), *(call.evidence if call else ())]
        yield Decision(
            evidence=tuple(shown),
            title=matter.title,
            year=matter.year,
            in_catalogue=matter.catalogue is not None,
            decision_kind=matter.kind or None,
            draft_on=(call.opened_on or call.published_on) if call is not None else None,
            basis_published=None if hides_basis else call is not None and call.basis,
            consultation=call.url if call is not None else None,
            decided_on=(parts.made_on if parts is not None else None) or published,
            feedback_on=call.feedback_on if call is not None else None,
            feedback_parts=call.feedback_parts if call is not None else (),
            result_url=result.url if result is not None else None,
            execution_url=follow.url if follow is not None else None,
            url=matter.catalogue.url if matter.catalogue is not None else call.url if call is not None else None,
            unreadable=("basis_published",) if hides_basis else (),
        )
