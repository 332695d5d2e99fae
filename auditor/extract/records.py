"""What is kept of a page between the page pass and the site pass: little for an article, more for a column."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from auditor.extract.documents import DocumentParts
from auditor.extract.families.explanations import PointParts
from auditor.extract.features import FeatureParts
from auditor.extract.guides import GuideParts
from auditor.extract.interpretations import InterpretationParts
from auditor.extract.items import Item
from auditor.extract.marks import MarkParts
from auditor.extract.menus import MenuEntry
from auditor.extract.sheet import Draft
from auditor.facts import PageKind, PageTopic
from auditor.model.attempts import Visit
from auditor.model.evidence import RecordEvidence


@dataclass(frozen=True, slots=True)
class DateMark:
    """A date of a page, by which label or place it was recognised, and the evidence for it."""

    value: date
    source: str
    evidence: RecordEvidence


@dataclass(frozen=True, slots=True)
class ContentLink:
    """A link in the content of a page, with the words shown for it."""

    url: str
    text: str


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line of a column's own text: a hash of what it says, how long it is, and its first words."""

    digest: int
    length: int
    excerpt: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a page that may be a column, the home page or the section offers.

    `own_lines` are its text outside of rows and links, `own_links` hashes of the words of its links, `pages` the
    addresses of its pager, `script_pages` those that a script counts, `page_total` how many pages it says to have,
    `menu` the disclosure menu on it, `named` its links that name a column, `nav` what its navigation leads to. `leads`
    are some addresses that any link of it leads to, those of its own host first; `has_closed_nav`: it has a navigation,
    and no entry of that leads anywhere; `closed_nav`: how many entries of it only a script could open; `is_scripted`:
    it carries scripts that could draw or open more.
    """

    items: tuple[Item, ...]
    item_count: int
    place: str
    own_lines: tuple[OwnLine, ...]
    pages: tuple[str, ...]
    script_pages: tuple[str, ...]
    page_total: int | None
    has_media: bool
    own_links: tuple[int, ...]
    menu: tuple[MenuEntry, ...]
    named: tuple[MenuEntry, ...]
    nav: tuple[str, ...]
    leads: tuple[str, ...]
    has_closed_nav: bool
    closed_nav: int
    is_scripted: bool


@dataclass(frozen=True, slots=True)
class PageRecord:
    """One page as read. `address` is where it stood after redirects, `jump` where it sends every reader at once.

    `text` is its own text, masked, until it is stored; `clauses` are hashes of its clauses, `targets`
    of the addresses that it links to, `hosts` the other hosts among them.
    `sketch` are the least hashes of its lines, packed: two pages that share most of them are one page. `weak_topic`
    is what only its manner tells, where nothing else tells the topic. `is_refused`: a guard or a gateway answered, so
    that nothing is known of the page itself.
    """

    url: str
    address: str
    visit: Visit
    kind: PageKind
    topic: PageTopic | None
    weak_topic: PageTopic | None
    title: str
    is_refused: bool
    window: str
    breadcrumb: tuple[str, ...]
    column_name: str
    concept: str | None
    published: DateMark | None
    updated: DateMark | None
    labels: tuple[str, ...]
    sketch: bytes
    is_shell: bool
    jump: str | None
    frames: tuple[str, ...]
    evidence: RecordEvidence
    listing: Listing | None
    links: tuple[ContentLink, ...]
    entries: tuple[ContentLink, ...]
    attachments: int
    source_name: str
    document: DocumentParts | None
    interpretation: InterpretationParts | None
    guide: GuideParts | None
    marks: MarkParts | None
    text: str = ""
    drafts: tuple[Draft, ...] = ()
    points: PointParts | None = None
    clauses: bytes = b""
    features: FeatureParts | None = None
    targets: bytes = b""
    hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BrokenPage:
    """A page that an extractor could not read; its facts are unreadable."""

    visit: Visit
    message: str
