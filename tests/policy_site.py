"""Facts of a site that explains its policies, prepares its decisions in the open and answers letters."""

from collections.abc import Iterator
from datetime import date
from typing import Any

DAY = date(2020, 6, 15)
TOPICS = ["执行标准", "涉及范围", "惠民利民", "新旧差异"]


def list_policy_facts(document: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the facts; `document` is the address of a policy that was published months before."""
    spoken = {"forms": ["text", "video", "process", "press"], "speaker": "head", "topics": TOPICS}
    text = {"status": 200, "published_on": DAY, "primary_form": "text", "overlap": 0.1}
    yield "interpretation", {"of": document, **text, **spoken}
    yield from _list_decision_facts()
    for number in range(2):
        shown = {"public_attended": True, "attendance_published": True, "decision_published": True}
        held = {"meeting_kind": "executive", "held_on": DAY, "topic": "医疗改革方案", **shown}
        yield "meeting", {"url": f"http://h/meeting/{number}", **held}
    yield "letter", {"asked_on": DAY, "replied_on": DAY}


def _list_decision_facts() -> Iterator[tuple[str, dict[str, Any]]]:
    opened, closed, told = date(2020, 3, 2), date(2020, 4, 15), date(2020, 6, 2)
    before = {"draft_on": opened, "basis_published": True, "consultation": "http://h/call/0"}
    decision = {"title": "医疗改革方案", "year": 2020, "in_catalogue": True, **before}
    yield "decision", {**decision, "decided_on": date(2020, 6, 1), "feedback_on": told}
    parts = ["collected", "adopted", "reasons"]
    for number in range(6):
        call = {"opened_on": opened, "closed_on": closed, "channels": ["online"], "feedback_on": told}
        yield "consultation", {"url": f"http://h/call/{number}", **call, "feedback_parts": parts}
