"""The fact kinds: what the snapshot of a portal says, in types. A fact is neither good nor bad.

Every field is a value, None (the page was read and it is not there) or named in `unreadable` (it could
not be read: not fetched, blocked, an image only). References are the key of the other fact: a unit's name,
a column's or document's address. `VOLATILE` fields differ between two crawls of an unchanged site.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from auditor.kinds.base import FactBase, FactEvidence
from auditor.kinds.disclosure import AnnualReport, BodyEntry, Budget, Catalogue, Gazette, Series
from auditor.kinds.network import Endpoint, SearchProbe, Tls, VantageFact
from auditor.kinds.participation import Consultation, Decision, Event, Faq, Letter, Meeting
from auditor.kinds.policy import (
    Document,
    DocumentKind,
    Guide,
    GuideElement,
    Interpretation,
    InterpretationForm,
)
from auditor.kinds.service import Account, Leak, Mention, ServiceGuide, Zone
from auditor.model.attempts import Part
from auditor.model.results import ToolFault
from auditor.model.targets import UnitKind

__all__ = [
    "FACT_KINDS",
    "Document",
    "DocumentKind",
    "Endpoint",
    "Fact",
    "FactBase",
    "FactEvidence",
    "Guide",
    "GuideElement",
    "Interpretation",
    "InterpretationForm",
    "Tls",
    "VantageFact",
    "read_facts",
    "write_facts",
]

PageKind = Literal["home", "column", "article", "form", "sitemap", "error", "redirect", "shell", "blocked", "other"]
PageTopic = Literal[
    "disclosure_platform",
    "guide",
    "institution_rules",
    "annual_report",
    "policy",
    "interpretation",
    "open_decision",
    "service_guide",
    "budget",
    "gazette",
    "letter",
    "news",
    "other",
]
CommentForm = Literal["consult", "evaluate", "suggest", "comment"]
Signature = Literal["seal", "signature", "checksum"]
Identity = Literal["confirmed", "doubtful", "redirected_home"]
Place = Literal["home", "section", "column"]
NamePlace = Literal["label", "header", "window"]
AccessMode = Literal["barrier_free", "elder", "read_aloud", "large_text", "contrast"]
SubscribeWay = Literal["rss", "mail", "message", "account"]
LinkState = Literal["ok", "broken", "timeout", "blocked", "unchecked"]
SiteMark = Literal[
    "site_id_code",
    "icp",
    "police_record",
    "conac_badge",
    "organizer",
    "contact",
    "sitemap_link",
    "error_report_link",
    "accessibility",
    "elder_mode",
]


class Page(FactBase):
    """A page as the site serves it.

    `download`, `print`, `comment_forms`, `signature` tell of a text's own page whether it offers files to take away and
    printing, how its reader can answer it, and what vouches for it; of a list or a start page they say nothing.
    """

    VOLATILE = frozenset({"ms"})

    kind: Literal["page"] = "page"
    url: str
    status: int | None = None
    page_kind: PageKind
    topic: PageTopic | None = None
    title: str | None = None
    column: str | None = None
    unit: str | None = None
    published_on: date | None = None
    updated_on: date | None = None
    labels: tuple[str, ...] = ()
    clicks_from_home: int | None = None
    download: bool = False
    print: bool = False
    comment_forms: tuple[CommentForm, ...] = ()
    signature: Signature | None = None
    identity: Identity = "confirmed"
    ms: int = 0


class Link(FactBase):
    """A link from one page to another address, or an internal address asked for over one family.

    `clicks` is how far from the start page such an address lies: 1 on the second level, 2 on the third.
    """

    KEY = ("source", "target", "text", "family")

    kind: Literal["link"] = "link"
    source: str
    target: str
    text: str
    internal: bool
    link_kind: Literal["page", "attachment", "image", "external", "service"]
    state: LinkState
    reason: str | None = None
    family: Literal[4, 6] | None = None
    clicks: int | None = None
    region: Literal["nav", "body", "footer", "other"] = "other"


class Column(FactBase):
    """A column of the portal.

    `section` is the concept of the section it stands in; `position` counts from 1 in its menu. `unit` is the body that
    its name, or the nearest name above it, belongs to. `subjects` are what stands in it: the names of the filled
    columns directly below it, then the titles of its items.
    """

    kind: Literal["column"] = "column"
    concept: str | None = None
    name: str
    path: tuple[str, ...]
    section: str | None = None
    url: str
    host: str
    level: int
    parent: str | None = None
    position: int
    status: int | None = None
    identity: Identity | None = None
    item_count: int | None = None
    items_with_date: int | None = None
    newest_item_on: date | None = None
    oldest_item_on: date | None = None
    blank: bool | None = None
    subjects: tuple[str, ...] = ()
    unit: str | None = None
    complete: bool = True


class Site(FactBase):
    """The site as a whole: its names and marks.

    `ipv6_label_true` tells of a site that calls itself fit for IPv6 whether its start page answers there.
    `possible_marks` are its marks, and those that may be there unseen: as a linked picture without words and without an
    address, or in a footer that only a script brings.
    """

    KEY = ("host",)
    VOLATILE = frozenset({"cert_days_left"})

    kind: Literal["site"] = "site"
    host: str
    unit_kind: UnitKind = UnitKind.OTHER
    name: str | None = None
    header_name: str | None = None
    official_name: str | None = None
    marks: tuple[SiteMark, ...] = ()
    possible_marks: tuple[SiteMark, ...] = ()
    marks_sampled: int = 0
    site_id_code: str | None = None
    icp: str | None = None
    police_record: str | None = None
    ipv6_label: bool | None = None
    ipv6_label_true: bool | None = None
    search_form: bool | None = None
    accessibility_modes: tuple[AccessMode, ...] = ()
    subscribe: tuple[SubscribeWay, ...] = ()
    smart_qa: bool | None = None
    https: bool | None = None
    hsts: bool | None = None
    cert_days_left: int | None = None


class SiteName(FactBase):
    """What the start page calls the site at one place: the label of the site, its header, the title of its window.

    `holds_official` tells whether the official name that the profile gives stands in it, `holds_organizer` the body
    that the site says it is led by; None where there is no such name. `is_picture`: a picture's text, not letters.
    """

    KEY = ("host", "place")

    kind: Literal["site_name"] = "site_name"
    host: str
    place: NamePlace
    text: str | None = None
    holds_official: bool | None = None
    holds_organizer: bool | None = None
    is_picture: bool = False


class Coverage(FactBase):
    """How much of one part of the site was seen, counted in addresses.

    `of` is the address of a column, `name` how it is called, `concept` what it is.
    """

    KEY = ("host", "part", "of")

    kind: Literal["coverage"] = "coverage"
    host: str
    part: Part
    of: str | None = None
    name: str | None = None
    concept: str | None = None
    discovered: int
    fetched: int
    failed: int
    blocked: int
    skipped: int
    complete: bool


class UnitFact(FactBase):
    """A body that publishes on the portal. `enforces`: it enforces law, as the profile or the titles of pages say."""

    KEY = ("name",)

    kind: Literal["unit"] = "unit"
    name: str
    unit_kind: UnitKind
    aliases: tuple[str, ...] = ()
    listed_in: Literal["profile", "portal"]
    enforces: bool | None = None


class Reach(FactBase):
    """How many clicks lead from one named place of the portal to another, over the pages that were read.

    Places are the start page, the disclosure section and the section's columns. `clicks` is None where no page that was
    read leads on, unreadable where the first page was not read. Any way counts, so that one over unread pages may be
    shorter, but for 1, which is sure.
    """

    KEY = ("source", "target")

    kind: Literal["reach"] = "reach"
    source: str
    source_place: Place
    target: str
    target_place: Place
    concept: str | None = None
    name: str | None = None
    clicks: int | None = None


Fact = Annotated[
    Page
    | Link
    | Column
    | Document
    | Interpretation
    | Guide
    | Site
    | SiteName
    | Coverage
    | UnitFact
    | Endpoint
    | Tls
    | VantageFact
    | Reach
    | SearchProbe
    | AnnualReport
    | Catalogue
    | BodyEntry
    | Budget
    | Gazette
    | Series
    | Letter
    | Faq
    | Consultation
    | Decision
    | Meeting
    | Event
    | ServiceGuide
    | Zone
    | Account
    | Leak
    | Mention,
    Field(discriminator="kind"),
]

_KINDS: tuple[type[FactBase], ...] = (
    Page,
    Link,
    Column,
    Document,
    Interpretation,
    Guide,
    Site,
    SiteName,
    Coverage,
    UnitFact,
    Endpoint,
    Tls,
    VantageFact,
    Reach,
    SearchProbe,
    AnnualReport,
    Catalogue,
    BodyEntry,
    Budget,
    Gazette,
    Series,
    Letter,
    Faq,
    Consultation,
    Decision,
    Meeting,
    Event,
    ServiceGuide,
    Zone,
    Account,
    Leak,
    Mention,
)
FACT_KINDS: Mapping[str, type[FactBase]] = {kind.model_fields["kind"].default: kind for kind in _KINDS}

FACTS_VERSION = 1


class FactsVersionError(ValueError):
    """A facts file that another version of the tool wrote."""


_ADAPTER: TypeAdapter[FactBase] = TypeAdapter(Fact)


class FactsHead(BaseModel):
    """The first line of a facts file: what follows, and which extractors failed while it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["auditor-facts"] = "auditor-facts"
    version: int = FACTS_VERSION
    count: int
    faults: tuple[ToolFault, ...] = ()


def write_facts(path: Path, facts: Iterable[FactBase], faults: Iterable[ToolFault] = ()) -> None:
    """Write facts as JSON lines behind a head, sorted by kind and key; the file appears whole or not at all."""
    ordered = sorted(facts, key=lambda fact: (fact.model_dump()["kind"], fact.key))
    partial = path.with_name(path.name + ".part")
    with partial.open("w", encoding="utf-8") as stream:
        stream.write(FactsHead(count=len(ordered), faults=tuple(faults)).model_dump_json() + "\n")
        for fact in ordered:
            stream.write(fact.model_dump_json() + "\n")
    partial.replace(path)


def read_facts(path: Path) -> tuple[tuple[FactBase, ...], tuple[ToolFault, ...]]:
    """Read a facts file: the facts, and the faults of the extraction that made them.

    Raises FactsVersionError for a file of another version, ValueError (which pydantic's errors are) for a damaged one.
    """
    with path.open(encoding="utf-8") as stream:
        head = FactsHead.model_validate_json(stream.readline())
        if head.version != FACTS_VERSION:
            raise FactsVersionError(head.version)
        facts = tuple(_ADAPTER.validate_json(line) for line in stream)
    if len(facts) != head.count:
        raise ValueError(f"{len(facts)} of {head.count} facts")
    return facts, head.faults
