"""Page and link facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from auditor.extract.columns import ColumnEntry
from auditor.extract.policies import Membership
from auditor.extract.records import PageRecord
from auditor.extract.section import Offer, list_offers
from auditor.extract.site_index import SiteIndex
from auditor.extract.units import UnitTable
from auditor.facts import FactEvidence, Link, LinkState, Page, PageKind, PageTopic
from auditor.model import (
    Attempt,
    AttemptEvidence,
    AttemptReason,
    AttemptStatus,
    Fault,
    Observations,
    RecordEvidence,
    Visit,
    find_fault,
)
from auditor.pagescan import Region, normalise_url

MAX_LINKS = 5_000
"""Page links that become facts: internal ones of menus and columns, each target once, in the order of the pages."""
_BROKEN = 400
_UNREAD = ("status", "title")


# ---- pages ---------------------------------------------------------------------------------------


def _find_topic(index: SiteIndex, record: PageRecord, member: Membership) -> PageTopic | None:
    """Return the topic that the page tells, else that of the column that lists it."""
    topics = [index.words.concepts[concept].topic for concept in sorted(member.concepts)]
    listed = next((topic for topic in topics if topic is not None), None)
    return record.topic or (listed if record.kind == "article" else None)  # type: ignore[return-value]


def _make_page(index: SiteIndex, record: PageRecord, member: Membership, units: UnitTable) -> Page:
    visit = record.visit
    if record.is_refused:
        blame = AttemptEvidence(visit.url, AttemptReason.BLOCKED, f"{visit.status}", visit.at)
        return Page(evidence=(blame,), url=record.url, page_kind=record.kind, unreadable=_UNREAD)
    marks = [mark.evidence for mark in (record.published, record.updated) if mark is not None]
    identity = index.resolve(record.url).identity or "confirmed"
    is_error = visit.status is not None and visit.status >= _BROKEN
    return Page(
        evidence=(record.evidence, *dict.fromkeys(marks)),
        url=record.url,
        status=visit.status,
        page_kind="error" if is_error else record.kind,
        topic=None if is_error else _find_topic(index, record, member),
        title=record.title or None,
        column=member.columns[0] if member.columns else None,
        unit=next((unit for name in record.breadcrumb if (unit := units.match(name)) is not None), None),
        published_on=record.published.value if record.published is not None else None,
        updated_on=record.updated.value if record.updated is not None else None,
        labels=record.labels,
        clicks_from_home=visit.clicks,
        identity=identity,
        ms=visit.attempt.ms,
    )


def _make_unread(visit: Visit, reason: AttemptReason, detail: str) -> Page:
    kind: PageKind = "blocked" if reason is AttemptReason.BLOCKED else "other"
    evidence: FactEvidence = AttemptEvidence(visit.url, reason, detail, visit.at)
    url = normalise_url(visit.url) or visit.url
    return Page(evidence=(evidence,), url=url, page_kind=kind, clicks_from_home=visit.clicks, unreadable=_UNREAD)


def list_pages(index: SiteIndex, members: Mapping[str, Membership], units: UnitTable) -> Iterator[Page]:
    """Yield a fact for every page that was answered, and for every address that failed."""
    for url, visit in sorted(index.visits.items()):
        record = index.records.get(url)
        if url in index.broken:
            yield _make_unread(visit, AttemptReason.INTERNAL_ERROR, index.broken[url].message)
        elif record is not None:
            yield _make_page(index, record, members.get(url, Membership()), units)
        elif visit.attempt.status is AttemptStatus.FAILED and visit.attempt.reason is not None:
            yield _make_unread(visit, visit.attempt.reason, visit.attempt.detail)


# ---- links ---------------------------------------------------------------------------------------


def tell_state(attempt: Attempt, status: int | None) -> LinkState:
    """Return the state of a link by the attempt on its target; what we did not ask is unchecked."""
    if attempt.status is AttemptStatus.DONE:
        return "broken" if status is not None and status >= _BROKEN else "ok"
    if attempt.reason is AttemptReason.TIMEOUT:
        return "timeout"
    if attempt.reason is AttemptReason.BLOCKED:
        return "blocked"
    is_ours = attempt.reason is None or find_fault(attempt.reason) is Fault.OURS
    return "unchecked" if is_ours else "broken"


def _tell_kind(url: str, index: SiteIndex) -> str:
    ending = urlsplit(url).path.rpartition(".")[2].lower()
    signs = index.words.pages.articles
    if ending in signs.attachments:
        return "attachment"
    return "image" if ending in signs.images else "page"


def _make_link(index: SiteIndex, offer: Offer, url: str, visit: Visit) -> Link:
    reason = visit.attempt.reason
    region: Region = "nav" if offer.entry.region == "nav" else "body"
    return Link(
        evidence=(offer.evidence,),
        source=offer.source.url,
        target=url,
        text=offer.entry.name[:120],
        internal=True,
        link_kind=_tell_kind(url, index),  # type: ignore[arg-type]
        state=tell_state(visit.attempt, visit.status),
        reason=reason.value if reason is not None else None,
        region=region,
    )


def list_links(index: SiteIndex, columns: Iterable[ColumnEntry]) -> Iterator[Link]:
    """Yield the internal links of menus and to columns whose target was asked for, each target once."""
    offers = [entry.offer for entry in columns if entry.offer is not None]
    for _, record in sorted(index.records.items()):
        offers.extend(list_offers(record))
    seen: set[str] = set()
    for offer in offers:
        url = offer.entry.url
        visit = index.find_visit(url) if url is not None and url not in seen else None
        if url is None or visit is None or visit.attempt.status is AttemptStatus.SKIPPED or len(seen) >= MAX_LINKS:
            continue
        seen.add(url)
        yield _make_link(index, offer, url, visit)


def list_asked_links(index: SiteIndex, observations: Observations) -> Iterator[Link]:
    """Yield the internal links that were asked for over one address family."""
    home = next(iter(sorted(index.snapshot.target.seeds)), "")
    at = index.snapshot.finished_at
    for observation in observations.links:
        reason = observation.attempt.reason
        answer = f"IPv{observation.family} {observation.status}"
        evidence: FactEvidence = RecordEvidence(observation.url, None, "", answer, at)
        if reason is not None:
            evidence = AttemptEvidence(observation.url, reason, observation.attempt.detail, at)
        yield Link(
            evidence=(evidence,),
            source=home,
            target=observation.url,
            text="",
            internal=True,
            link_kind=_tell_kind(observation.url, index),  # type: ignore[arg-type]
            state=tell_state(observation.attempt, observation.status),
            reason=reason.value if reason is not None else None,
            family=observation.family,
            clicks=observation.clicks,
        )
