"""Which pages get a picture: those that findings point to first."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.collect.fetch import is_page
from auditor.collect.frontier import Known
from auditor.model import AttemptStatus, Part, Visit

MAX_PICTURES = 20

_LAST = 4
_OK = range(200, 300)
_SHOWN_CONCEPTS = ("disclosure_guide", "disclosure_rules", "statutory_disclosure", "disclosure_annual_report")


def choose_pages(visited: Iterable[tuple[Known, Visit]]) -> tuple[tuple[str, str], ...]:
    """Return address and final address of the pages to take: home, section, its columns, guides; at most 20."""
    ranked = sorted(
        (_rank(known), known.order, known.url, visit.final_url or known.url)
        for known, visit in visited
        if visit.attempt.status is AttemptStatus.DONE and is_page(visit.media_type) and visit.status in _OK
    )
    return tuple((url, final) for rank, _, url, final in ranked if rank is not None and rank <= _LAST)[:MAX_PICTURES]


def _rank(known: Known) -> int:
    if known.clicks == 0:
        return 0
    if known.is_section:
        return 1
    if known.concept in _SHOWN_CONCEPTS:
        return 2
    if Part.DISCLOSURE_SECTION in known.parts:
        return 3
    return _LAST if known.wanted else _LAST + 1
