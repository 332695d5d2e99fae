"""Evidence as the report shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from auditor.model import (
    AttemptEvidence,
    CoverageEvidence,
    Evidence,
    ListEvidence,
    ListItem,
    RecordEvidence,
    RequestEvidence,
    RuleText,
    find_fault,
)
from auditor.report.pictures import Picture
from auditor.report.wording import Place, Wording, clean_text, show_address, show_share

MOST_EVIDENCE = 12
MOST_ITEMS = 100


@dataclass(frozen=True)
class RecordView:
    """A passage of the archive. `shown` is a picture that stands elsewhere in the report already."""

    place: Place
    excerpt: str
    locator: str
    at: str
    record: str
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


EvidenceView = RecordView | AttemptView | CoverageView | ListView | RequestView


@dataclass(frozen=True)
class EvidenceRoom:
    """Turns evidence into views. A picture is drawn where it comes first and pointed at afterwards."""

    wording: Wording
    pictures: Mapping[str, Picture]
    drawn: set[str]

    def show_all(self, evidence: Iterable[Evidence], rule: RuleText | None) -> tuple[tuple[EvidenceView, ...], str]:
        """Return the first views, and a sentence on how many more there are."""
        listed = tuple(evidence)
        views = tuple(self._show(item, rule) for item in listed[:MOST_EVIDENCE])
        left = len(listed) - len(views)
        return views, self.wording.say("more_evidence", count=left) if left else ""

    def _show(self, item: Evidence, rule: RuleText | None) -> EvidenceView:
        if isinstance(item, RecordEvidence):
            return self._show_record(item)
        if isinstance(item, AttemptEvidence):
            return show_attempt(item, self.wording)
        if isinstance(item, CoverageEvidence):
            return show_coverage(item, self.wording)
        if isinstance(item, ListEvidence):
            return show_list(item, rule, self.wording)
        return show_request(item, self.wording)

    def _show_record(self, item: RecordEvidence) -> RecordView:
        picture = self.pictures.get(item.screenshot) if item.screenshot else None
        is_new = picture is not None and picture.anchor not in self.drawn
        if picture is not None:
            self.drawn.add(picture.anchor)
        return RecordView(
            place=show_address(item.url),
            excerpt=clean_text(item.excerpt),
            locator=clean_text(item.locator, 160),
            at=self.wording.show_time(item.at),
            record=clean_text(item.record or "", 120),
            picture=picture if is_new else None,
            shown=picture.anchor if picture is not None and not is_new else None,
            left_out=item.screenshot is not None and picture is None,
        )


def show_attempt(item: AttemptEvidence, wording: Wording) -> AttemptView:
    """Show what could not be fetched, why, and on whose side that was."""
    return AttemptView(
        place=show_address(item.url),
        reason=wording.word(f"attempt_{item.reason}"),
        fault=wording.word(f"fault_{find_fault(item.reason)}"),
        detail=clean_text(item.detail, 160),
        at=wording.show_time(item.at),
    )


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
                text=wording.name_item(item.key, item.title or item.key),
                href=show_address(item.url).href if item.url else None,
                note=clean_text(item.note or "", 160),
            )
            for item in shown
        ),
        more=wording.say("more_items", count=left) if left else "",
    )


def show_request(item: RequestEvidence, wording: Wording) -> RequestView:
    """Show what a person shall bring."""
    return RequestView(wording.pick(item.asks, 1000))
