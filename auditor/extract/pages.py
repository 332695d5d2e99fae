"""Page and link facts."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from auditor.extract.classify import settle_topic
from auditor.extract.columns import ColumnEntry
from auditor.extract.features import FeatureParts
from auditor.extract.policies import Membership
from auditor.extract.records import PageRecord
from auditor.extract.section import Offer, list_offers
from auditor.extract.site_index import SiteIndex
from auditor.extract.units import UnitTable
from auditor.facts import FactEvidence, Link, LinkState, Page, PageKind, PageTopic
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Fault, Visit, find_fault
from auditor.model.evidence import AttemptEvidence, RecordEvidence
from auditor.model.observations import Observations
from auditor.page.scan import Region, normalise_url

MAX_LINKS = 5_000
"""Page links that become facts: internal ones of menus and columns, each target once, in the order of the pages."""
SOFT_404 = "soft_404"
_BROKEN = 400
_NO_LINKS = frozenset({AttemptReason.OUT_OF_SCOPE})
_UNREAD = ("status", "title")


# ---- pages ---------------------------------------------------------------------------------------


def _find_topic(index: SiteIndex, record: PageRecord, member: Membership) -> PageTopic | None:
    """Return the topic that the page tells, else that of the column that lists it."""
    topics = [index.words.concepts[concept].topic for concept in sorted(member.concepts)]
    listed = next((topic for topic in topics if topic is not None), None)
    is_article = record.kind == "article"
    return settle_topic(record.topic, listed if is_article else None, record.weak_topic)  # type: ignore[arg-type]


def _make_page(index: SiteIndex, record: PageRecord, member: Membership, units: UnitTable) -> Page:
    visit = record.visit
    if record.is_refused:
        blame = AttemptEvidence(visit.url, AttemptReason.BLOCKED, f"{visit.status}", visit.at)
        return Page(evidence=(blame,), url=record.url, page_kind=record.kind, unreadable=_UNREAD)
    marks = [mark.evidence for mark in (record.published, record.updated) if mark is not None]
    identity = index.resolve(record.url).identity or "confirmed"
    is_error = visit.status is not None and visit.status >= _BROKEN
    offered = record.features or FeatureParts()
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
        download=offered.download,
        print=offered.print,
        comment_forms=offered.comment_forms,
        signature=offered.signature,
        unreadable=("comment_forms",) if offered.awaits_comments else (),
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
    """Return the state of a link by the attempt on its target; what we did not ask is unchecked.

    What was too large to be read is there all the same.
    """
    if attempt.status is AttemptStatus.DONE or attempt.reason is AttemptReason.TOO_LARGE:
        return "broken" if status is not None and status >= _BROKEN else "ok"
    if attempt.reason is AttemptReason.TIMEOUT:
        return "timeout"
    if attempt.reason is AttemptReason.BLOCKED:
        return "blocked"
    is_ours = attempt.reason is None or find_fault(attempt.reason) is Fault.OURS
    return "unchecked" if is_ours else "broken"


def _name_reason(state: LinkState, reason: AttemptReason | None, status: int | None) -> str | None:
    """Return why a link is not ok: the attempt's reason, else the status of the answer."""
    if reason is not None:
        return None if state == "ok" else reason.value
    return f"status_{status}" if state == "broken" else None


def judge_target(index: SiteIndex, url: str, visit: Visit | None) -> tuple[LinkState, str | None]:
    """Return state and reason of a link within the site; one that leads to the home page instead is broken too."""
    if visit is None:
        return "unchecked", None
    state = tell_state(visit.attempt, visit.status)
    if state == "ok" and url not in index.homes and index.resolve(url).identity == "redirected_home":
        return "broken", SOFT_404
    return state, _name_reason(state, visit.attempt.reason, visit.status)


def _tell_kind(url: str, index: SiteIndex) -> str:
    ending = urlsplit(url).path.rpartition(".")[2].lower()
    signs = index.words.pages.articles
    if ending in signs.attachments:
        return "attachment"
    return "image" if ending in signs.images else "page"


def _make_link(index: SiteIndex, offer: Offer, url: str, visit: Visit) -> Link:
    state, told = judge_target(index, url, visit)
    region: Region = "nav" if offer.entry.region == "nav" else "body"
    return Link(
        evidence=(offer.evidence,),
        source=offer.source.url,
        target=url,
        text=offer.entry.name[:120],
        internal=True,
        link_kind=_tell_kind(url, index),  # type: ignore[arg-type]
        state=state,
        reason=told,
        region=region,
    )


def _make_found(index: SiteIndex, url: str, visit: Visit) -> Link:
    """Return the link to a visited address as the page that it was found on has it."""
    state, told = judge_target(index, url, visit)
    reason = visit.attempt.reason
    evidence: FactEvidence = RecordEvidence(visit.url, visit.record, "", f"{visit.status}", visit.at)
    if reason is not None:
        evidence = AttemptEvidence(visit.url, reason, visit.attempt.detail, visit.at)
    return Link(
        evidence=(evidence,),
        source=visit.found_on or "",
        target=url,
        text=_find_words(index, visit.found_on or "", url),
        internal=True,
        link_kind=_tell_kind(url, index),  # type: ignore[arg-type]
        state=state,
        reason=told,
    )


def _find_words(index: SiteIndex, source: str, url: str) -> str:
    """Return the words that the page a link was found on shows for it, where they stand in its content."""
    record = index.find_record(source)
    shown = (*record.links, *record.entries) if record is not None else ()
    return next((link.text for link in shown if link.url == url), "")


def list_found_links(index: SiteIndex, told: Container[str]) -> Iterator[Link]:
    """Yield the links that the crawl went by and `told` does not hold: broken ones first, then attachments, then pages.

    Each target once, with the page on the shortest way to it.
    """
    found = [
        _make_found(index, url, visit)
        for url, visit in index.visits.items()
        if visit.found_on is not None and url not in told and visit.attempt.reason not in _NO_LINKS
    ]
    found.sort(key=lambda link: (link.state in {"ok", "unchecked"}, link.link_kind != "attachment", link.target))
    yield from found[:MAX_LINKS]


def list_outside_links(observations: Observations, at: datetime) -> Iterator[Link]:
    """Yield the links that leave the site, each target once, with what came of asking for it."""
    for seen in observations.outside:
        state, reason = tell_state(seen.attempt, seen.status), seen.attempt.reason
        evidence: FactEvidence = RecordEvidence(seen.url, None, seen.method, f"{seen.status}", at)
        if reason is not None:
            evidence = AttemptEvidence(seen.url, reason, seen.attempt.detail, at)
        yield Link(
            evidence=(evidence,),
            source=seen.found_on,
            target=seen.url,
            text=seen.text,
            internal=False,
            link_kind="external",
            state=state,
            reason=_name_reason(state, reason, seen.status),
            region=seen.region,
        )


def list_links(index: SiteIndex, columns: Iterable[ColumnEntry]) -> Iterator[Link]:
    """Yield the internal links of menus and to columns whose target was asked for, each target once.

    The start page's menu may lead to one page under several names: each of them is an entry.
    """
    offers = [entry.offer for entry in columns if entry.offer is not None]
    for _, record in sorted(index.records.items()):
        offers.extend(list_offers(record))
    seen: set[str] = set()
    named: set[tuple[str, str]] = set()
    for offer in offers:
        url, name = offer.entry.url, offer.entry.name
        is_entry = offer.source is index.home and offer.entry.region == "nav" and (url, name) not in named
        visit = index.find_visit(url) if url is not None and (is_entry or url not in seen) else None
        if url is None or visit is None or visit.attempt.status is AttemptStatus.SKIPPED or len(named) >= MAX_LINKS:
            continue
        seen.add(url)
        named.add((url, name))
        yield _make_link(index, offer, url, visit)
    yield from list_found_links(index, seen)


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
