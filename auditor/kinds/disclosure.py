"""What a body discloses regularly: annual reports, catalogues, budgets, gazettes, series of sheets."""

from __future__ import annotations

from datetime import date
from typing import Literal

from auditor.kinds.base import FactBase

ReportTable = Literal["active", "requests", "review"]
ShownAs = Literal["html", "image", "attachment", "none"]
CatalogueKind = Literal[
    "disclosure",
    "standard",
    "service",
    "rights",
    "decision",
    "body",
    "inspection",
    "open_data",
    "participation",
    "other",
]
BudgetKind = Literal["budget", "accounts", "project", "performance", "debt", "audit", "procurement", "fund"]
BudgetForm = Literal["html", "sheet", "pdf", "image", "none"]
EntryState = Literal["ok", "broken", "timeout", "blocked", "unchecked"]
GazetteFunction = Literal["search", "subscribe", "download", "read_aloud", "archive"]


class AnnualReport(FactBase):
    """A yearly report on disclosure.

    `requests` are the cells of the requests table, row by row, seven a row; `review` the fifteen of the review table.
    `balance_errors` name the sums of the form that do not hold (`row:carried_in`, `column:total`).
    """

    KEY = ("unit", "year", "url")

    kind: Literal["annual_report"] = "annual_report"
    url: str
    status: int | None = None
    title: str
    unit: str | None = None
    year: int | None = None
    published_on: date | None = None
    sections: tuple[str, ...] = ()
    tables: tuple[ReportTable, ...] = ()
    tables_as: ShownAs | None = None
    requests: tuple[int, ...] = ()
    review: tuple[int, ...] = ()
    balance_errors: tuple[str, ...] = ()
    mentions_plan: bool | None = None
    plan_section: str | None = None
    mentions_fee: bool | None = None


class Catalogue(FactBase):
    """A catalogue or list of matters.

    `dated_on` is the last day that it bears: that of its update, else that of its publication.
    `items_active`: rows whose way of disclosure is active, not on request; `active_unlinked`: those without a link.
    `subject_kinds`: the kind that a catalogue of decisions gives to each subject, as written; empty where none.
    """

    kind: Literal["catalogue"] = "catalogue"
    url: str
    status: int | None = None
    catalogue_kind: CatalogueKind
    title: str
    unit: str | None = None
    field: str | None = None
    year: int | None = None
    published_on: date | None = None
    updated_on: date | None = None
    dated_on: date | None = None
    item_count: int | None = None
    items_linked: int | None = None
    items_active: int | None = None
    active_unlinked: int | None = None
    links_broken: int | None = None
    columns: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    subject_kinds: tuple[str, ...] = ()
    searchable: bool = False


class BodyEntry(FactBase):
    """One body in a list of bodies that have to disclose, and what stands beside its name.

    `name` is as written, `unit` the body that it is known as. `catalogue` and `guide` are the addresses that the links
    of those names lead to; `others` counts links that say neither.
    """

    KEY = ("url", "name")

    kind: Literal["body_entry"] = "body_entry"
    url: str
    status: int | None = None
    name: str
    unit: str | None = None
    catalogue: str | None = None
    catalogue_state: EntryState | None = None
    guide: str | None = None
    guide_state: EntryState | None = None
    others: int = 0


class Budget(FactBase):
    """A budget, final accounts or another financial disclosure. `items` are the names of rows of its tables."""

    kind: Literal["budget"] = "budget"
    url: str
    status: int | None = None
    title: str
    unit: str | None = None
    year: int | None = None
    budget_kind: BudgetKind
    published_on: date | None = None
    tables: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    shown_as: BudgetForm | None = None


class Gazette(FactBase):
    """One issue of a government gazette. `digital`: its contents stand as text on the page, not as a file only."""

    KEY = ("name", "issue")

    kind: Literal["gazette"] = "gazette"
    url: str
    status: int | None = None
    name: str
    issue: str
    issued_on: date | None = None
    digital: bool | None = None
    functions: tuple[GazetteFunction, ...] = ()
    contents: tuple[str, ...] = ()


class Series(FactBase):
    """One monthly issue of what is published every month; `month` as `2020-06`."""

    KEY = ("name", "month", "url")

    kind: Literal["series"] = "series"
    name: str
    month: str
    url: str
    host: str
    status: int | None = None
    published_on: date | None = None
    contents: tuple[str, ...] = ()
