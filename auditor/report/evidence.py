"""Evidence as the report shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from auditor.model.attempts import find_fault
from auditor.model.evidence import (
    AttemptEvidence,
    CoverageEvidence,
    Evidence,
    ListEvidence,
    ListItem,
    RecordEvidence,
    RequestEvidence,
)
from auditor.model.findings import Finding
from auditor.model.outcomes import Outcome
from auditor.model.results import RuleText
from auditor.report.copies import CopyLink
from auditor.report.pictures import Crop, Picture, crop_picture
from auditor.report.wording import Place, Wording, clean_text, show_address, show_share

MOST_EVIDENCE = 12
MOST_ITEMS = 100
MOST_NAMED = 5
MOST_BRIEF = 48
_OF_SITE = frozenset({"footer", "DNS", "TCP", "IPv4", "IPv6"})
"""Places whose passage says nothing by itself: what is meant is the site or the host at the address."""


@dataclass(frozen=True)
class RecordView:
    """A passage of the archive; `screenshot` is the picture of its page.

    In the report in one file it is drawn where it is `picture`, and `shown` is where it stands already.
    """

    place: Place
    excerpt: str
    locator: str
    at: str
    record: str
    copy: str
    screenshot: Picture | None
    crop: Crop | None
    picture: Picture | None
    shown: str | None
    left_out: bool
    kind: Literal["record"] = "record"


@dataclass(frozen=True)
class AttemptView:
    """Something that could not be fetched."""

    place: Place
    reason: str
    fault: str
    detail: str
    at: str
    kind: Literal["attempt"] = "attempt"


@dataclass(frozen=True)
class CoverageView:
    """What was looked through."""

    part: str
    place: Place | None
    complete: bool
    label: str
    sentence: str
    kind: Literal["coverage"] = "coverage"


@dataclass(frozen=True)
class ItemView:
    """An entry of a list."""

    text: str
    href: str | None
    note: str


@dataclass(frozen=True)
class GroupView:
    """The entries of a list that count, or those that do not; `more` says how many are not shown."""

    label: str
    items: tuple[ItemView, ...]
    more: str


@dataclass(frozen=True)
class ListView:
    """A count over a population."""

    title: str
    sentence: str
    groups: tuple[GroupView, ...]
    kind: Literal["list"] = "list"


@dataclass(frozen=True)
class RequestView:
    """What a person shall bring."""

    text: str
    kind: Literal["request"] = "request"


@dataclass(frozen=True)
class NamedView:
    """A thing or a passage in one line, and where it stands."""

    text: str
    place: Place | None


EvidenceView = RecordView | AttemptView | CoverageView | ListView | RequestView


@dataclass(frozen=True)
class EvidenceRoom:
    """Turns evidence into views. A picture is drawn where it comes first and pointed at elsewhere.

    `kept` are pictures that a failure draws; what did not fail only points at them.
    """

    wording: Wording
    pictures: Mapping[str, Picture]
    drawn: set[str]
    kept: frozenset[str] = frozenset()
    copies: Mapping[str, CopyLink] = field(default_factory=dict)

    def show_all(
        self, evidence: Iterable[Evidence], rule: RuleText | None, *, has_failed: bool
    ) -> tuple[tuple[EvidenceView, ...], str]:
        """Return the first views, and a sentence on how many more there are."""
        listed = tuple(evidence)
        views = tuple(self._show(item, rule, has_failed=has_failed) for item in listed[:MOST_EVIDENCE])
        left = len(listed) - len(views)
        return views, self.wording.say("more_evidence", count=left) if left else ""

    def _show(self, item: Evidence, rule: RuleText | None, *, has_failed: bool) -> EvidenceView:
        if isinstance(item, RecordEvidence):
            return self._show_record(item, has_failed=has_failed)
        if isinstance(item, AttemptEvidence):
            return show_attempt(item, self.wording)
        if isinstance(item, CoverageEvidence):
            return show_coverage(item, self.wording)
        if isinstance(item, ListEvidence):
            return show_list(item, rule, self.wording)
        return show_request(item, self.wording)

    def _show_record(self, item: RecordEvidence, *, has_failed: bool) -> RecordView:
        picture = self.pictures.get(item.screenshot) if item.screenshot else None
        is_new = picture is not None and picture.anchor not in self.drawn
        is_new = is_new and picture is not None and bool(picture.source)
        is_new = is_new and (has_failed or item.screenshot not in self.kept)
        if picture is not None and is_new:
            self.drawn.add(picture.anchor)
        return RecordView(
            place=show_address(item.url),
            excerpt=clean_text(item.excerpt),
            locator=clean_text(item.locator, 160),
            at=self.wording.show_time(item.at),
            record=clean_text(item.record or "", 120),
            copy=self._find_copy(item),
            screenshot=picture,
            crop=crop_picture(picture, item.excerpt, item.locator) if picture is not None else None,
            picture=picture if is_new else None,
            shown=picture.anchor if picture is not None and picture.source and not is_new else None,
            left_out=item.screenshot is not None and picture is None,
        )

    def _find_copy(self, item: RecordEvidence) -> str:
        """Return where the stored copy of a cited page lies beside the report; empty where there is none."""
        link = self.copies.get(item.record or "")
        if link is None:
            return ""
        mark = link.marks.get(item.excerpt)
        return f"{link.file}#{mark}" if mark else link.file


def show_attempt(item: AttemptEvidence, wording: Wording) -> AttemptView:
    """Show what could not be fetched, why, and on whose side that was."""
    return AttemptView(
        place=show_address(item.url),
        reason=wording.word(f"attempt_{item.reason}"),
        fault=wording.word(f"fault_{find_fault(item.reason)}"),
        detail=_name_detail(item.detail, wording),
        at=wording.show_time(item.at),
    )


def _name_detail(detail: str, wording: Wording) -> str:
    """Return the words for a detail of ours; what others said stands as they said it."""
    key = f"words.detail_{detail}"
    return wording.messages.say(key) if wording.messages.has(key) else clean_text(detail, 160)


def show_coverage(item: CoverageEvidence, wording: Wording) -> CoverageView:
    """Show what was looked through."""
    return CoverageView(
        part=wording.word(f"part_{item.part}"),
        place=show_address(item.of) if item.of else None,
        complete=item.complete,
        label=wording.say("complete" if item.complete else "incomplete"),
        sentence=_describe_coverage(item, wording),
    )


def _describe_coverage(item: CoverageEvidence, wording: Wording) -> str:
    if item.discovered == 0:
        return wording.say("coverage_empty")
    if item.fetched == item.discovered:
        return wording.say("coverage_all", discovered=item.discovered)
    return wording.say(
        "coverage_sentence",
        discovered=item.discovered,
        fetched=item.fetched,
        failed=item.failed,
        blocked=item.blocked,
        skipped=item.skipped,
    )


def show_list(item: ListEvidence, rule: RuleText | None, wording: Wording) -> ListView:
    """Show a count: how many of how many, then those that do not count, then those that do."""
    counted, total = len(item.numerator), len(item.numerator) + len(item.rest)
    share = show_share(counted / total) if total else ""
    sentence = wording.say("list_sentence", counted=counted, total=total, share=share) if total else ""
    groups = (_group(item.rest, "list_rest", wording), _group(item.numerator, "list_counted", wording))
    return ListView(
        title=wording.name_measure(item.measure, rule),
        sentence=sentence or wording.say("list_empty"),
        groups=tuple(group for group in groups if group.items),
    )


def _group(items: tuple[ListItem, ...], label: str, wording: Wording) -> GroupView:
    shown = items[:MOST_ITEMS]
    left = len(items) - len(shown)
    return GroupView(
        label=wording.say(label, count=len(items)),
        items=tuple(
            ItemView(
                text=_name_item(item, wording),
                href=show_address(item.url).href if item.url else None,
                note=clean_text(item.note or "", 160),
            )
            for item in shown
        ),
        more=wording.say("more_items", count=left) if left else "",
    )


def _name_item(item: ListItem, wording: Wording) -> str:
    """Name an item; one without a title of its own goes by its address rather than by its key."""
    if item.url and item.title in (None, "", item.key):
        return show_address(item.url).text
    return wording.name_item(item.key, item.title or item.key)


def keep_pictures(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the screenshots that failures draw."""
    return frozenset(
        item.screenshot
        for finding in findings
        if finding.outcome is Outcome.FAILED
        for item in finding.evidence[:MOST_EVIDENCE]
        if isinstance(item, RecordEvidence) and item.screenshot is not None
    )


def name_failing(findings: Sequence[Finding], wording: Wording) -> tuple[tuple[NamedView, ...], str]:
    """Name what fails: the items that do not count, else the first passage; at most five, and how many more."""
    named = [view for finding in findings for view in _name_failing(finding, wording, is_one=len(findings) == 1)]
    unique = list(dict.fromkeys(named))
    left = len(unique) - MOST_NAMED
    return tuple(unique[:MOST_NAMED]), wording.say("more_items", count=left) if left > 0 else ""


def _name_failing(finding: Finding, wording: Wording, *, is_one: bool) -> list[NamedView]:
    records = [item for item in finding.evidence if isinstance(item, RecordEvidence)]
    pages = {item.excerpt: item.url for item in records}
    rests = [item for evidence in finding.evidence if isinstance(evidence, ListEvidence) for item in evidence.rest]
    if rests:
        # A column without a page of its own in the list is found again by the passage that names it.
        found = [(item, item.url or pages.get(item.title or "")) for item in rests]
        return [NamedView(_name_item(item, wording), show_address(url) if url else None) for item, url in found]
    hosts = [item for item in records if item.locator in _OF_SITE][:1]
    records = [item for item in records if item.locator not in _OF_SITE]
    quoted = [item for item in records if item.excerpt.strip()][:1] or records[:1]
    head = "" if is_one or finding.subject.kind == "site" else clean_text(finding.subject.name, 60)
    return [NamedView(head, show_address(item.url)) for item in hosts] + [
        NamedView(wording.say("named_of", name=head, text=text) if head and text else text or head, show_address(url))
        for text, url in ((clean_text(item.excerpt, 100), item.url) for item in quoted)
    ]


def show_brief(evidence: Sequence[EvidenceView]) -> NamedView:
    """Return what a finding rests on in one line."""
    for view in evidence:
        if isinstance(view, RecordView):
            return NamedView(clean_text(view.excerpt, MOST_BRIEF), view.place)
        if isinstance(view, ListView):
            return NamedView(view.sentence, None)
    return NamedView("", None)


def show_request(item: RequestEvidence, wording: Wording) -> RequestView:
    """Show what a person shall bring."""
    return RequestView(wording.pick(item.asks, 1000))
