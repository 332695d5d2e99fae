"""Document and interpretation facts, and the joins between them: by link both ways, then by title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.extract.clauses import measure_overlap
from auditor.extract.columns import ColumnEntry
from auditor.extract.documents import classify_document
from auditor.extract.interpretations import is_interpretation_title
from auditor.extract.items import Item
from auditor.extract.records import PageRecord
from auditor.extract.site_index import Resolution, SiteIndex
from auditor.extract.text import find_quoted_titles
from auditor.extract.units import UnitTable
from auditor.facts import Document, DocumentKind, FactEvidence, Interpretation, InterpretationForm
from auditor.model.evidence import RecordEvidence
from auditor.model.targets import UnitKind
from auditor.words.vocabulary import squeeze_name

_DOCUMENT_COLUMNS = frozenset({"policy_documents", "normative_documents"})
_INTERPRETATION = "policy_interpretation"
_OTHER_TOPICS = frozenset({"guide", "annual_report", "budget", "service_guide", "letter", "news", "open_decision"})
_OK = 200
_ENOUGH = 2
_MIN_CORE = 8
_MIN_SHARE = 0.5
_FORM_FIELDS = ("forms", "primary_form")


@dataclass(slots=True)
class Membership:
    """In which columns an address is listed: their addresses and concepts, and the row that lists it first."""

    columns: list[str] = field(default_factory=list)
    concepts: set[str] = field(default_factory=set)
    item: Item | None = None
    page: PageRecord | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """A document on its way to a fact, with the title by which it is found."""

    url: str
    title: str
    key: str
    record: PageRecord | None
    member: Membership


def map_members(index: SiteIndex, columns: Iterable[ColumnEntry]) -> dict[str, Membership]:
    """Return the columns of every address that a column lists, by the address of its page."""
    members: dict[str, Membership] = {}
    for entry in columns:
        for page in entry.pages:
            for item in page.listing.items if page.listing is not None else ():
                if item.url is None:
                    continue
                record = index.find_record(item.url)
                member = members.setdefault(record.url if record is not None else item.url, Membership())
                if entry.url not in member.columns:
                    member.columns.append(entry.url)
                if entry.concept is not None:
                    member.concepts.add(entry.concept)
                if member.item is None:
                    member.item, member.page = item, page
    return members


# ---- which is which ------------------------------------------------------------------------------


def _is_article(record: PageRecord) -> bool:
    return record.kind in ("article", "other", "form", "shell") and record.visit.status in (None, _OK)


def _own_concepts(record: PageRecord, member: Membership) -> frozenset[str]:
    return frozenset(member.concepts | ({record.concept} if record.concept is not None else set()))


def _is_interpretation(record: PageRecord, member: Membership, index: SiteIndex) -> bool:
    concepts = _own_concepts(record, member)
    if is_interpretation_title(record.title, index.words):
        is_about_policy = bool(record.interpretation and record.interpretation.quoted) or bool(record.links)
        return _INTERPRETATION in concepts or bool(concepts & _DOCUMENT_COLUMNS) or is_about_policy
    return _INTERPRETATION in concepts and not (
        record.document is not None and record.document.elements and record.document.doc_no
    )


def _is_document(record: PageRecord, member: Membership) -> bool:
    if _own_concepts(record, member) & _DOCUMENT_COLUMNS:
        return True
    parts = record.document
    return parts is not None and parts.is_official and record.topic not in _OTHER_TOPICS


def _split_pages(index: SiteIndex, members: Mapping[str, Membership]) -> tuple[list[Policy], list[Policy]]:
    policies: list[Policy] = []
    interpretations: list[Policy] = []
    for url, record in sorted(index.records.items()):
        if not _is_article(record) or index.resolve(url).identity == "redirected_home":
            continue
        member = members.get(url, Membership())
        entry = Policy(url, record.title, squeeze_name(record.title), record, member)
        if _is_interpretation(record, member, index):
            interpretations.append(entry)
        elif _is_document(record, member):
            policies.append(entry)
    return policies, interpretations


def _list_files(index: SiteIndex, members: Mapping[str, Membership]) -> Iterator[tuple[Policy, Resolution]]:
    """Yield the rows of policy columns that lead to a file or out of the site."""
    for url, member in sorted(members.items()):
        if url in index.records or member.item is None:
            continue
        landing = index.resolve(url)
        is_there = landing.visit is not None and landing.blame is None and landing.visit.status in (None, _OK)
        if is_there or not index.is_inside(url):
            yield Policy(url, member.item.title, squeeze_name(member.item.title), None, member), landing


# ---- joins ---------------------------------------------------------------------------------------


def _follow(index: SiteIndex, record: PageRecord) -> dict[str, str]:
    """Return the pages of the site that a page's content links to, with the words of the link."""
    found = {}
    for link in record.links:
        target = index.find_record(link.url)
        url = target.url if target is not None else link.url
        if url not in index.homes and url != record.url:
            found[url] = link.text
    return found


def _cut_core(entry: Policy, index: SiteIndex) -> str:
    """Return what a title is about: without the words that say that it explains."""
    core = entry.key
    words = index.words.interpretations
    for word in sorted(
        (*words.title_words, *(word for form in words.forms.values() for word in form)), key=len, reverse=True
    ):
        core = core.replace(squeeze_name(word), "")
    return core


@dataclass(frozen=True)
class _Titles:
    """Policies by title."""

    policies: tuple[Policy, ...]

    def find_quoted(self, quoted: Iterable[str]) -> Policy | None:
        for title in quoted:
            found = self._find_best(squeeze_name(title))
            if found is not None:
                return found
        return None

    def _find_best(self, key: str) -> Policy | None:
        if len(key) < _MIN_CORE // 2:
            return None
        fit = [
            policy
            for policy in self.policies
            if key == policy.key or (key in policy.key and len(key) * 2 > len(policy.key) * _MIN_SHARE)
        ]
        return min(fit, key=lambda policy: (policy.key != key, len(policy.key), policy.url), default=None)

    def find_core(self, core: str) -> Policy | None:
        return self._find_best(core) if len(core) >= _MIN_CORE else None


def _join(
    index: SiteIndex, entry: Policy, by_url: Mapping[str, Policy], backward: Mapping[str, str], titles: _Titles
) -> str | None:
    """Return the address of the document that a page explains: by its link, by the document's, by title."""
    if entry.record is not None:
        for url in _follow(index, entry.record):
            if url in by_url:
                return url
    if entry.url in backward:
        return backward[entry.url]
    parts = entry.record.interpretation if entry.record is not None else None
    quoted = parts.quoted if parts is not None else find_quoted_titles(entry.title)
    found = titles.find_quoted(quoted) or titles.find_core(_cut_core(entry, index))
    return found.url if found is not None else None


# ---- facts ---------------------------------------------------------------------------------------


def _cite_row(entry: Policy) -> RecordEvidence | None:
    page, item = entry.member.page, entry.member.item
    if page is None or item is None or page.listing is None:
        return None
    at = page.evidence
    return RecordEvidence(at.url, at.record, page.listing.place, item.title[:200], at.at, at.screenshot)


def _list_evidence(index: SiteIndex, entry: Policy, extra: Iterable[FactEvidence] = ()) -> tuple[FactEvidence, ...]:
    row = _cite_row(entry)
    own: list[FactEvidence] = [entry.record.evidence] if entry.record is not None else []
    if entry.record is not None and entry.record.published is not None:
        own.append(entry.record.published.evidence)
    if row is not None and len(own) < _ENOUGH:
        own.append(row)
    return (*own, *extra) if own else (index.blame_of(index.resolve(entry.url)), *extra)


def _find_unit(index: SiteIndex, entry: Policy, units: UnitTable) -> str | None:
    record = entry.record
    if record is None:
        return None
    names = [record.document.issuer if record.document is not None else None, record.source_name]
    for name in names:
        unit = units.match(name) if name else None
        if unit is not None or (name and index.words.find_unit_kind(name) is not UnitKind.OTHER):
            return unit or name
    return next((unit for crumb in record.breadcrumb if (unit := units.match(crumb)) is not None), None)


def _find_issuer(index: SiteIndex, title: str, units: UnitTable) -> str | None:
    """Return the unit that stands before `关于` in the title of a document."""
    head, mark, _ = title.partition(index.words.units.title_mark)
    is_body = bool(mark) and index.words.find_unit_kind(head) is not UnitKind.OTHER
    return (units.match(head) or (head if is_body else None)) if mark else None


def _make_document(index: SiteIndex, entry: Policy, related: tuple[str, ...], units: UnitTable) -> Document:
    record = entry.record
    parts = record.document if record is not None else None
    published = record.published.value if record is not None and record.published is not None else None
    listed = entry.member.item.day if entry.member.item is not None else None
    base: dict[str, Any] = {
        "evidence": _list_evidence(index, entry, parts.evidence if parts is not None else ()),
        "url": entry.url,
        "status": record.visit.status if record is not None else index.resolve(entry.url).status,
        "title": entry.title,
        "unit": _find_unit(index, entry, units) or _find_issuer(index, entry.title, units),
        "published_on": published or (parts.published_on if parts is not None else None) or listed,
        "columns": tuple(sorted(entry.member.columns)),
        "related": related,
    }
    if parts is None or record is None:
        kind: DocumentKind = "normative" if "normative_documents" in entry.member.concepts else "policy"
        return Document(**base, document_kind=kind, attachments=1)
    kind = classify_document(entry.title, parts, _own_concepts(record, entry.member), index.words)
    names = ("index_no", "doc_no", "made_on", "category", "disclosure", "validity", "elements", "approved_by")
    services = index.words.families["document"].words["service"]
    links = (link.url for link in record.links if any(word in link.text for word in services))
    base |= {"download": parts.has_download, "cites": parts.cites, "service_links": tuple(dict.fromkeys(links))}
    return Document(
        **base, document_kind=kind, attachments=record.attachments, **{name: getattr(parts, name) for name in names}
    )


def _tell_file_form(index: SiteIndex, entry: Policy) -> InterpretationForm | None:
    ending = entry.url.partition("?")[0].rpartition(".")[2].lower()
    words = index.words
    if ending in words.interpretations.video_files:
        return "video"
    if ending in words.interpretations.audio_files:
        return "audio"
    return "chart" if ending in words.pages.articles.images else None


def _make_interpretation(
    index: SiteIndex, entry: Policy, of: str | None, units: UnitTable, *, links_there: bool, links_here: bool
) -> Interpretation:
    record = entry.record
    listed = entry.member.item.day if entry.member.item is not None else None
    published = record.published.value if record is not None and record.published is not None else listed
    parts = record.interpretation if record is not None else None
    form = _tell_file_form(index, entry) if parts is None else parts.primary
    forms = parts.forms if parts is not None else ((form,) if form is not None else ())
    landing = index.resolve(entry.url)
    status = record.visit.status if record is not None else landing.status
    points = record.points if record is not None else None
    unreadable = [name for name in _FORM_FIELDS if form is None and (name == "primary_form" or not forms)]
    unreadable += ["status"] if landing.blame is not None and status is None else []
    return Interpretation(
        evidence=_list_evidence(index, entry, parts.evidence if parts is not None else ()),
        url=entry.url,
        status=status,
        of=of,
        title=entry.title,
        unit=_find_unit(index, entry, units),
        published_on=published,
        forms=forms,
        primary_form=form,
        links_to_policy=links_there,
        policy_links_here=links_here,
        overlap=_measure_overlap(index, record, of),
        topics=points.topics if points is not None else (),
        speaker=points.speaker if points is not None else None,
        media_source=points.media_source if points is not None else None,
        unreadable=tuple(unreadable),
    )


def _measure_overlap(index: SiteIndex, record: PageRecord | None, of: str | None) -> float | None:
    """Return the share of the interpreted text that an explanation repeats; None where either could not be read."""
    policy = index.find_record(of) if of is not None else None
    return measure_overlap(policy.clauses, record.clauses) if policy is not None and record is not None else None


def list_policies(
    index: SiteIndex, columns: tuple[ColumnEntry, ...], units: UnitTable
) -> tuple[tuple[Document, ...], tuple[Interpretation, ...]]:
    """Return the documents and the interpretations of the site, joined."""
    members = map_members(index, columns)
    policies, explained = _split_pages(index, members)
    for entry, landing in _list_files(index, members):
        if _INTERPRETATION in entry.member.concepts:
            explained.append(entry)
        elif entry.member.concepts & _DOCUMENT_COLUMNS and landing.blame is None:
            policies.append(entry)
    by_url = {entry.url: entry for entry in policies}
    known = {entry.url for entry in explained}
    backward: dict[str, str] = {}
    related: dict[str, tuple[str, ...]] = {}
    for entry in policies:
        links = _follow(index, entry.record) if entry.record is not None else {}
        related[entry.url] = tuple(sorted(links))
        for url in links:
            if url in known:
                backward.setdefault(url, entry.url)
    titles = _Titles(tuple(policies))
    documents = tuple(_make_document(index, entry, related[entry.url], units) for entry in policies)
    interpretations = []
    for entry in explained:
        of = _join(index, entry, by_url, backward, titles)
        there = of is not None and entry.record is not None and of in _follow(index, entry.record)
        here = of is not None and entry.url in related.get(of, ())
        interpretations.append(_make_interpretation(index, entry, of, units, links_there=there, links_here=here))
    return documents, tuple(interpretations)
