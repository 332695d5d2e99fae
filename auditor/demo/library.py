"""Which documents and interpretations a sample portal has, and what stands in its lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from auditor.demo.defects import Effects, Family
from auditor.demo.dice import pick, roll, spread_day
from auditor.demo.plan import FAMILIES, Plan, count_pages, passed_by_meeting
from auditor.demo.refs import FormName, Ref
from auditor.demo.shelf import Shelf, make_shelf
from auditor.demo.texts import Body, read_data

_ALL_FORMS: tuple[FormName, ...] = ("chart", "text", "video", "process")
_WEEK = 7
_PART_PAGE = 50
_FORMS: tuple[FormName, ...] = ("chart", "video", "chart", "text", "chart", "process")


@dataclass(frozen=True, slots=True)
class Paper:
    """An official document: `subject` is its name inside the title's brackets."""

    family: Family
    index: int
    title: str
    subject: str
    field: str
    issuer: Body
    leader: Body
    published_on: date
    made_on: date
    number: str
    meeting: int | None

    @property
    def ref(self) -> Ref:
        """Return its page."""
        return Ref("item", "statutory" if self.family == "report" else self.family, self.index)


@dataclass(frozen=True, slots=True)
class Reading:
    """An interpretation of a paper."""

    index: int
    family: Family
    paper: int
    form: FormName
    published_on: date

    @property
    def ref(self) -> Ref:
        """Return its page."""
        return Ref("item", "interpretation", self.index)


@dataclass(frozen=True)
class Library:
    """The documents and interpretations of one portal, with its defects."""

    plan: Plan
    effects: Effects

    @property
    def seed(self) -> int:
        """Return the seed of the portal."""
        return self.plan.spec.seed

    @property
    def host(self) -> str:
        """Return the host name: that of the spec, unless a defect keeps the portal from it."""
        reserved: str = read_data("district")["site"]["host"]
        own = self.plan.spec.host
        return reserved if own is None or (self.shelf.parts and not self.shelf.has("domain")) else own

    @property
    def year(self) -> int:
        """Return the year of the portal's documents."""
        return self.plan.spec.year

    @cached_property
    def shelf(self) -> Shelf:
        """Return the pages of the portal's parts."""
        return make_shelf(self.plan, self.effects.of_parts)

    # ---- documents -------------------------------------------------------------------------------

    def make_paper(self, family: Family, index: int) -> Paper:
        """Return one document; a higher index is never younger."""
        if family == "report":
            return self._make_report(index)
        data = read_data("subjects")
        fields: Sequence[str] = data["fields"]
        field = fields[(index + roll(len(fields), self.seed, family)) % len(fields)]
        pattern: str = data[family]["subjects"][index // len(fields)]
        subject = pattern.format(district=read_data("district")["site"]["short"], field=field)
        leader = pick(self.plan.departments, self.seed, family, index)
        issuer = self.plan.bodies[0] if family == "policy" or index % 2 == 0 else leader
        day = self._date_paper(family, index)
        made_on = day - timedelta(days=3 + roll(9, self.seed, family, index, "made"))
        serial = self.plan.count_documents(family) - index
        meeting = 60 + made_on.isocalendar().week if family == "policy" and passed_by_meeting(index) else None
        title = data[family]["title"].format(issuer=issuer.name, subject=subject)
        number = data[family]["number"].format(mark=issuer.mark, year=made_on.year, serial=serial)
        return Paper(family, index, title, subject, field, issuer, leader, day, made_on, number, meeting)

    def _make_report(self, index: int) -> Paper:
        data = read_data("subjects")
        issuer = self.plan.bodies[index]
        pattern = data["report"]["first" if index == 0 else "other"]
        district = read_data("district")["site"]["short"]
        title = pattern.format(district=district, issuer=issuer.name, year=self.year, last_year=self.year - 1)
        day = spread_day(index, self.plan.reports, date(self.year, 1, 8), date(self.year, 3, 25), self.seed, "report")
        field = pick(data["fields"], self.seed, "report", index)
        return Paper("report", index, title, title, field, issuer, issuer, day, day - timedelta(days=2), "", None)

    def _date_paper(self, family: Family, index: int) -> date:
        current = self.plan.count_current(family)
        if index < current:
            return spread_day(index, current, date(self.year, 1, 10), date(self.year, 12, 16), self.seed, family)
        older = self.plan.count_documents(family) - current
        first, last = date(self.year - 3, 1, 15), date(self.year - 1, 12, 20)
        return spread_day(index - current, older, first, last, self.seed, family, "older")

    # ---- interpretations -------------------------------------------------------------------------

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """Return every interpretation of the portal without defects, the newest first."""
        found: list[tuple[date, Family, int, FormName]] = []
        for family in FAMILIES:
            due = [
                index
                for index in range(self.plan.count_current(family))
                if family != "policy" or passed_by_meeting(index)
            ]
            for place, index in enumerate(due):
                delay = 0 if self.plan.spec.parts else roll(4, self.seed, family, index, "read")
                if self.shelf.parts and family == "normative" and index == 1 and not self.shelf.has("instep"):
                    delay = _WEEK
                day = self.make_paper(family, index).published_on + timedelta(days=delay)
                found.append((day, family, index, self._choose_form(place)))
        found.sort(key=lambda row: (row[0], row[1], -row[2]), reverse=True)
        return tuple(Reading(place, family, index, form, day) for place, (day, family, index, form) in enumerate(found))

    def _choose_form(self, place: int) -> FormName:
        form: FormName = "text" if place == 0 else _FORMS[(place - 1) % len(_FORMS)]
        if self.shelf.parts:
            form = _ALL_FORMS[place % len(_ALL_FORMS)]
        if form != "chart" or self.effects.forms is None:
            return form
        return "text" if self.effects.forms == "mostly_text" else "mixed"

    @cached_property
    def lost_readings(self) -> frozenset[int]:
        """Return the interpretations that a defect has taken away: the text of the newest document of a family."""
        return frozenset(
            reading.index
            for reading in self.readings
            if reading.family in self.effects.uninterpreted and reading.paper == 0
        )

    @cached_property
    def reading_of(self) -> Mapping[tuple[Family, int], Reading]:
        """Return the interpretation of each document that has one."""
        return {
            (reading.family, reading.paper): reading
            for reading in self.readings
            if reading.index not in self.lost_readings
        }

    # ---- lists -----------------------------------------------------------------------------------

    @property
    def pinned_columns(self) -> Sequence[str]:
        """Return the columns whose lists can begin with an older item."""
        return ("normative", "interpretation", "news", "notices")

    @cached_property
    def lists(self) -> Mapping[str, Sequence[int]]:
        """Return the items of each list column in the order in which it shows them."""
        core = {column: self._order_items(column, total) for column, total in self.plan.items.items()}
        blank = {column: () for column in self.shelf.written if self.effects.columns.get(column) == "blank"}
        return {**core, **self.shelf.lists, **blank}

    def _order_items(self, column: str, total: int) -> Sequence[int]:
        if self.effects.columns.get(column) == "blank":
            return ()
        order: Sequence[int] = range(total)
        if column == "interpretation" and self.lost_readings:
            order = [index for index in order if index not in self.lost_readings]
        if column == "guide" and "missing" in self.effects.guides:
            order = [index for index in order if index != find_guide(self.plan, "missing")]
        if self.effects.pinned and column in self.pinned_columns and total > 1:
            order = [order[-1], *order[:-1]]
        return order

    def list_items(self, column: str) -> Sequence[int]:
        """Return the numbers of all items of a column, listed or not."""
        total = self.plan.items.get(column, 0)
        known = self.shelf.numbers.get(column, range(total))
        return [index for index in known if self.holds_item(column, index)]

    def holds_item(self, column: str, index: int) -> bool:
        """Tell whether the portal has an item, listed or not."""
        if column == "interpretation" and index in self.lost_readings:
            return False
        if column == "guide" and "missing" in self.effects.guides and index == find_guide(self.plan, "missing"):
            return False
        if column in self.shelf.written or column in self.shelf.columns:
            return self.shelf.holds(Ref("item", column, index))
        return 0 <= index < self.plan.items.get(column, 0)

    def count_lists(self, column: str) -> int:
        """Return how many pages the list of a column has."""
        if column not in self.lists:
            return 1
        return count_pages(len(self.lists[column]), self._size_page(column))

    def _size_page(self, column: str) -> int:
        return _PART_PAGE if column in self.shelf.columns else self.plan.page_size

    def list_page(self, column: str, number: int) -> Sequence[int]:
        """Return the items on one page of a list, counted from 1."""
        size = self._size_page(column)
        return self.lists[column][(number - 1) * size : number * size]


def find_guide(plan: Plan, fault: str) -> int:
    """Return the unit whose guide has a fault: one department each, and the last subdistrict for a missing guide."""
    return {"undated": 1, "stale": 2, "image_only": 3, "missing": len(plan.bodies) - 1}[fault]
