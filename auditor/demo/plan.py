"""How many of what a sample portal of a given size holds. Nothing here is larger than the list of its documents."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from auditor.demo.defects import Family
from auditor.demo.spec import PortalSpec
from auditor.demo.texts import Body, list_bodies, read_data

NAMED: Final = ("guide", "rules", "statutory", "annual")
SECTION: Final = (*NAMED, "policy", "normative", "interpretation", "apply", "catalogue")
EXTRA: Final = ("proposals", "powers")
OUTSIDE: Final = ("news", "notices")
SINGLE: Final = ("apply", "catalogue", *EXTRA)
FRAME: Final = ("sitemap", "statement", "contact", "help", "access", "services")
SPARE: Final = "about"
FAMILIES: Final[tuple[Family, ...]] = ("normative", "policy", "report")
CATALOGUE_LENGTH: Final = 100

_LEAST: Final[Mapping[str, int]] = {"normative": 13, "policy": 7, "news": 20}
_SMALL: Final = 200
_LARGE: Final = 1000
_MEETING_OF: Final = 3


@dataclass(frozen=True)
class Plan:
    """The units and the number of items of every list column of a portal without defects."""

    spec: PortalSpec
    bodies: tuple[Body, ...]
    page_size: int
    items: Mapping[str, int]
    reports: int
    spare: int

    @cached_property
    def departments(self) -> tuple[Body, ...]:
        """Return the bodies that are departments."""
        return tuple(body for body in self.bodies if body.unit.kind == "department")

    def count_lists(self, column: str) -> int:
        """Return how many pages the list of a column has."""
        return 1 if column in SINGLE else count_pages(self.items[column], self.page_size)

    def count_documents(self, family: Family) -> int:
        """Return how many documents a family has."""
        return self.reports if family == "report" else self.items[family]

    def count_current(self, family: Family) -> int:
        """Return how many documents of a family appeared in the year of the portal: the first ones."""
        total = self.count_documents(family)
        return total if family == "report" else -(-2 * total // 3)


def count_pages(items: int, size: int) -> int:
    """Return how many list pages so many items fill; an empty list has one."""
    return max(1, -(-items // size))


def passed_by_meeting(index: int) -> bool:
    """Tell whether a policy was passed by the executive meeting."""
    return index % _MEETING_OF != _MEETING_OF - 1


def _clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def make_plan(spec: PortalSpec) -> Plan:
    """Return the plan of a portal: everything but the news follows from its size, the news fill it up."""
    size = spec.pages
    small = size < _SMALL
    data = read_data("district")
    departments = _clamp(3 + (size - 50) // 60, 3, len(data["departments"]))
    subdistricts = _clamp(1 + (size - 50) // 150, 1, len(data["subdistricts"]))
    bodies = list_bodies(departments, subdistricts)
    reports = _clamp(len(bodies) // 3, 2, len(bodies))
    items = {
        "guide": len(bodies),
        "rules": 2 if small else len(read_data("subjects")["rules"]),
        "statutory": reports + (0 if small else len(bodies)),
        "annual": len(bodies),
        "policy": _clamp(size // 40, 3, 400),
        "normative": _clamp(size // 18, 6, 400),
        "notices": _clamp(size // 40, 2, 2000),
        "news": 0,
    }
    page_size = 5 if small else 10 if size < _LARGE else 20
    draft = Plan(spec, bodies, page_size, items, reports, spare=0)
    items["interpretation"] = sum(_count_interpreted(draft, family) for family in FAMILIES)
    fixed = sum(items.values()) + 1 + sum(draft.count_lists(column) for column in (*SECTION, "notices"))
    news, spare = _fill_news(size - fixed, page_size)
    plan = Plan(spec, bodies, page_size, {**items, "news": news}, reports, spare)
    return _enlarge(plan) if spec.parts else plan


def _enlarge(plan: Plan) -> Plan:
    """Return a plan with enough of everything for the shares and samples that rules ask for."""
    items = {name: max(count, _LEAST.get(name, 0)) for name, count in plan.items.items()}
    larger = replace(plan, items=items)
    items["interpretation"] = sum(_count_interpreted(larger, family) for family in FAMILIES)
    return replace(plan, items=items)


def _count_interpreted(plan: Plan, family: Family) -> int:
    current = plan.count_current(family)
    return sum(passed_by_meeting(index) for index in range(current)) if family == "policy" else current


def _fill_news(room: int, page_size: int) -> tuple[int, int]:
    """Return how many news fill the room with their list pages, and how many pages remain to be added."""
    news = room - count_pages(room * page_size // (page_size + 1), page_size)
    while news + count_pages(news, page_size) > room:
        news -= 1
    while news + 1 + count_pages(news + 1, page_size) <= room:
        news += 1
    return news, room - news - count_pages(news, page_size)
