"""How a body deals with the public: consultations, decisions, meetings, events, letters, questions and answers."""

from __future__ import annotations

from datetime import date
from typing import Literal

from auditor.kinds.base import FactBase

ConsultationKind = Literal["enterprise", "livelihood", "group", "general"]
FeedbackPart = Literal["collected", "adopted", "reasons"]
EventKind = Literal[
    "open_day",
    "open_month",
    "online_qa",
    "hearing",
    "survey",
    "training",
    "review",
    "publicity",
    "selection",
    "other",
]
EventMode = Literal["online", "offline", "both"]
MeetingKind = Literal["executive", "special", "other"]


class Letter(FactBase):
    """A letter of the public with its answer; `of` is the title of a document that it asks about."""

    kind: Literal["letter"] = "letter"
    url: str
    status: int | None = None
    title: str
    asked_on: date | None = None
    replied_on: date | None = None
    unit: str | None = None
    channel: str | None = None
    of: str | None = None


class Faq(FactBase):
    """A page of questions and answers; `of` is the address or title of the document that they are about."""

    kind: Literal["faq"] = "faq"
    url: str
    status: int | None = None
    title: str
    unit: str | None = None
    published_on: date | None = None
    of: str | None = None


class Consultation(FactBase):
    """A call for opinions. `draft`, `basis`, `explanation`: the draft, its ground, its explanation are offered.

    The three are None, and unreadable, where the page leaves its contents to a file, a picture or a link.
    `feedback` is the address of the page that tells what came of it; `sme_share` the share of small and medium
    enterprises among those heard, where it is stated.
    """

    kind: Literal["consultation"] = "consultation"
    url: str
    status: int | None = None
    title: str
    unit: str | None = None
    consultation_kind: ConsultationKind | None = None
    published_on: date | None = None
    opened_on: date | None = None
    closed_on: date | None = None
    channels: tuple[str, ...] = ()
    audiences: tuple[str, ...] = ()
    sme_share: float | None = None
    draft: bool | None = False
    basis: bool | None = False
    explanation: bool | None = False
    feedback: str | None = None
    feedback_on: date | None = None
    feedback_parts: tuple[FeedbackPart, ...] = ()


class Decision(FactBase):
    """A major decision: named by a catalogue, by a draft or by its result. References are addresses.

    `decision_kind` is the kind that the catalogue's row, or the heading of its group, gives to it, as written.
    `basis_published` is None and unreadable where the call leaves its contents to a file, a picture or a link.
    """

    KEY = ("title", "year")

    kind: Literal["decision"] = "decision"
    title: str
    year: int | None = None
    in_catalogue: bool = False
    decision_kind: str | None = None
    draft_on: date | None = None
    basis_published: bool | None = False
    consultation: str | None = None
    decided_on: date | None = None
    feedback_on: date | None = None
    feedback_parts: tuple[FeedbackPart, ...] = ()
    result_url: str | None = None
    execution_url: str | None = None
    url: str | None = None


class Meeting(FactBase):
    """A meeting that the portal reports on. `attendees` are the groups of the public that were present."""

    kind: Literal["meeting"] = "meeting"
    url: str
    status: int | None = None
    title: str
    unit: str | None = None
    held_on: date | None = None
    published_on: date | None = None
    meeting_kind: MeetingKind
    topic: str | None = None
    public_attended: bool = False
    attendees: tuple[str, ...] = ()
    recruited_openly: bool = False
    attendance_published: bool = False
    decision_published: bool = False
    feedback_published: bool = False


class Event(FactBase):
    """Something held for the public or for staff; `topic` is its title."""

    kind: Literal["event"] = "event"
    url: str
    status: int | None = None
    event_kind: EventKind
    held_on: date | None = None
    published_on: date | None = None
    unit: str | None = None
    topic: str
    mode: EventMode | None = None
    participants: tuple[str, ...] = ()
    result_published: bool = False
