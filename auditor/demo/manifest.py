"""The verdicts that follow from a sample portal's own data, without any auditor: what a right auditor must find.

They are the machine's outcomes, as `evaluate` gives them, of the clauses of xh20 that the six written rules serve.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from auditor.demo.defects import Effects, Family
from auditor.demo.library import Library, find_guide
from auditor.demo.plan import EXTRA, NAMED, SECTION
from auditor.demo.portal import Portal, generate_portal
from auditor.demo.spec import PortalSpec
from auditor.demo.views import order_menu
from auditor.model.outcomes import Degree, Outcome

Key = tuple[str, str]
"""The clause and the key of the subject."""

COLUMNS: Final = "XH20-1.2a"
GUIDE_UPDATED: Final = "XH20-1.2b"
GUIDE_DATED: Final = "XH20-1.2d"
COVERAGE: Final[Mapping[str, Family]] = {"XH20-2.1c": "normative", "XH20-2.1d": "policy", "XH20-2.1e": "report"}
MULTIFORM: Final = "XH20-2.1l"
IPV6: Final = "XH20-4.1c"
CLAUSES: Final = (COLUMNS, GUIDE_UPDATED, GUIDE_DATED, *COVERAGE, MULTIFORM, IPV6)

_FIRST, _LAST = date(2020, 1, 1), date(2020, 12, 31)
_GUIDE_AFTER: Final = date(2020, 4, 20)
_MIN_LINKS: Final = 50
_MULTI_FORMS: Final = frozenset({"chart", "video", "process"})


@dataclass(frozen=True)
class Verdict:
    """What the machine must say."""

    outcome: Outcome
    degree: Degree = Degree.FULL
    reason: str | None = None


PASSED: Final = Verdict(Outcome.PASSED)
NOT_COVERED: Final = Verdict(Outcome.CANNOT_TELL, reason="not_covered")
UNREADABLE: Final = Verdict(Outcome.CANNOT_TELL, reason="unreadable")


def expected_verdicts(spec: PortalSpec, *, observed: bool = True) -> Mapping[Key, Verdict]:
    """Return the verdict of each clause and subject. `observed`: the network was asked, as it is not of a folder.

    Raises ValueError for a portal of a year before 2020, which the standard does not judge.
    """
    if spec.year < _FIRST.year:
        raise ValueError(f"year {spec.year}: the standard judges {_FIRST.year}")
    portal = generate_portal(spec)
    return dict(_judge_all(portal, observed=observed))


def _judge_all(portal: Portal, *, observed: bool) -> Iterator[tuple[Key, Verdict]]:
    library = portal.writer.library
    yield (COLUMNS, portal.host), judge_columns(portal.effects)
    for index, body in enumerate(portal.plan.bodies):
        yield (GUIDE_UPDATED, body.name), judge_guide(library, index, GUIDE_UPDATED)
        yield (GUIDE_DATED, body.name), judge_guide(library, index, GUIDE_DATED)
    for clause, family in COVERAGE.items():
        yield (clause, portal.host), judge_interpreted(library, family)
    yield (MULTIFORM, portal.host), judge_forms(library)
    yield (IPV6, portal.host), judge_ipv6(portal) if observed else Verdict(Outcome.CANNOT_TELL, reason="not_asked")


def _loses_section(effects: Effects) -> bool:
    return effects.section is not None or "reset" in effects.columns.values()


def judge_columns(effects: Effects) -> Verdict:
    """Return the verdict on the four columns: a definite fault first, then what could not be read, then the order."""
    if effects.section is not None:
        return NOT_COVERED
    faults = [effects.columns[name] for name in NAMED if name in effects.columns]
    lost = _loses_section(effects)
    definite = {"dead": "column_dead", "moved_home": "column_moved_home", "redirected_home": "column_moved_home"}
    definite |= {"blank": "column_blank", "missing": "column_missing"}
    for fault, reason in definite.items():
        if fault in faults and not (fault == "missing" and lost):
            return Verdict(Outcome.FAILED, reason=reason)
    if lost:
        return UNREADABLE
    if [column for column in order_menu(effects) if column in NAMED] != list(NAMED):
        return Verdict(Outcome.PASSED, Degree.TOLERATED, "wrong_order")
    return PASSED


def judge_guide(library: Library, index: int, clause: str) -> Verdict:
    """Return the verdict on the guide of one unit."""
    if library.effects.section is not None:
        return NOT_COVERED
    fault = next((name for name in library.effects.guides if find_guide(library.plan, name) == index), None)
    if fault == "missing":
        return NOT_COVERED if _loses_section(library.effects) else Verdict(Outcome.FAILED, reason="no_guide")
    if fault == "image_only":
        return UNREADABLE
    if clause == GUIDE_DATED:
        return Verdict(Outcome.FAILED, reason="undated") if fault == "undated" else PASSED
    if fault == "undated":
        return Verdict(Outcome.CANNOT_TELL, reason="no_date")
    old = fault == "stale" or library.year < _GUIDE_AFTER.year
    return Verdict(Outcome.FAILED, reason="too_old") if old else PASSED


def judge_interpreted(library: Library, family: Family) -> Verdict:
    """Return the verdict on the interpretation of documents; of policies, those count that the meeting passed."""
    if _loses_section(library.effects) or library.effects.list_cut:
        return NOT_COVERED
    papers = (library.make_paper(family, index) for index in range(library.plan.count_documents(family)))
    due = [paper for paper in papers if _FIRST <= paper.published_on <= _LAST and (family != "policy" or paper.meeting)]
    if not due:
        return Verdict(Outcome.NOT_APPLICABLE, reason="none_due")
    if all((family, paper.index) in library.reading_of for paper in due):
        return PASSED
    return Verdict(Outcome.FAILED, reason="not_interpreted")


def judge_forms(library: Library) -> Verdict:
    """Return the verdict on the share of interpretations that are more than text."""
    if _loses_section(library.effects):
        return NOT_COVERED
    due = [reading.form for reading in library.reading_of.values() if _FIRST <= reading.published_on <= _LAST]
    if not due:
        return Verdict(Outcome.NOT_APPLICABLE, reason="none_due")
    strict = sum(form in _MULTI_FORMS for form in due)
    loose = strict + due.count("mixed")
    if 2 * strict >= len(due):
        return PASSED
    if 2 * loose >= len(due):
        return Verdict(Outcome.CANNOT_TELL, reason="ambiguous")
    return Verdict(Outcome.FAILED, reason="below_half")


def judge_ipv6(portal: Portal) -> Verdict:
    """Return the verdict on IPv6: the faults in the order in which they hide each other, then the number of links."""
    hiding = {"no_address": "no_aaaa", "unreachable": "unreachable", "other_content": "content_differs"}
    fault = portal.effects.ipv6
    if fault in hiding:
        return Verdict(Outcome.FAILED, reason=hiding[fault])
    if count_open_pages(portal) < _MIN_LINKS:
        return Verdict(Outcome.CANNOT_TELL, reason="too_few_links")
    return Verdict(Outcome.FAILED, reason="links_unreachable") if fault == "links_broken" else PASSED


def count_open_pages(portal: Portal) -> int:
    """Return how many pages beneath the home page a visitor can open."""
    shut = frozenset((*SECTION, *EXTRA, "")) if portal.effects.section is not None else frozenset[str]()
    cut = {column for column, fault in portal.effects.columns.items() if fault == "reset"}
    beneath = (ref for ref in portal.list_refs() if ref.kind != "home")
    return sum(ref.column not in shut and not (ref.kind == "list" and ref.column in cut) for ref in beneath)
