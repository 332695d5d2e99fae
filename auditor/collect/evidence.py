"""Which pages get a picture: those that findings point to first."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from auditor.collect.fetch import is_page
from auditor.collect.known import Known
from auditor.model.attempts import AttemptStatus, Part, Visit

MAX_PICTURES = 20
GUIDE = "disclosure_guide"

_OK = range(200, 300)


def choose_pages(visited: Iterable[tuple[Known, Visit]]) -> tuple[Visit, ...]:
    """Choose the visits to picture: home, section, its columns, guides, lists that rules look through; at most 20."""
    ranked = []
    for known, visit in visited:
        rank = _rank(known)
        if rank is not None and _is_shown(visit):
            ranked.append((rank, known.order, visit))
    return tuple(visit for _, _, visit in sorted(ranked, key=lambda row: row[:2])[:MAX_PICTURES])


def choose_asked(visited: Iterable[tuple[Known, Visit]], asked: Collection[str]) -> tuple[Visit, ...]:
    """Choose the visits to picture in a re-check: the pages that were asked about, at most 20."""
    return tuple(visit for known, visit in visited if known.url in asked and _is_shown(visit))[:MAX_PICTURES]


def _is_shown(visit: Visit) -> bool:
    return visit.attempt.status is AttemptStatus.DONE and is_page(visit.media_type) and visit.status in _OK


def _rank(known: Known) -> int | None:
    if known.clicks == 0:
        return 0
    if known.is_section:
        return 1
    if Part.DISCLOSURE_SECTION in known.parts:
        return 2
    if known.concept == GUIDE:
        return 3
    return 4 if known.wanted and Part.COLUMN not in known.parts else None
