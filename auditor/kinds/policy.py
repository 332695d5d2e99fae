"""Official documents, what explains them, and the guides to disclosure."""

from __future__ import annotations

from datetime import date
from typing import Literal

from auditor.kinds.base import FactBase

InterpretationForm = Literal["text", "chart", "video", "animation", "process", "audio", "press", "other"]
Speaker = Literal["head", "bureau_head", "expert", "media"]
DocumentKind = Literal["policy", "normative", "plan", "report", "list", "decision", "notice", "law", "other"]
GuideElement = Literal[
    "scope",
    "catalogue",
    "acquisition",
    "categories",
    "name",
    "address",
    "hours",
    "phone",
    "fax",
    "email",
    "postcode",
    "online_application",
    "application_steps",
    "supervision",
    "deadline_20_days",
]


class Document(FactBase):
    """A policy or other official document published on the portal."""

    kind: Literal["document"] = "document"
    url: str
    status: int | None = None
    document_kind: DocumentKind
    title: str
    index_no: str | None = None
    doc_no: str | None = None
    unit: str | None = None
    made_on: date | None = None
    published_on: date | None = None
    category: str | None = None
    disclosure: str | None = None
    validity: str | None = None
    elements: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    attachments: int = 0
    download: bool = False
    related: tuple[str, ...] = ()
    service_links: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    approved_by: str | None = None


class Interpretation(FactBase):
    """A page that explains a policy; `of` is the address of the document it explains.

    `overlap` is the share of that document's text which it repeats; `topics` are the points that it covers.
    """

    kind: Literal["interpretation"] = "interpretation"
    url: str
    status: int | None = None
    of: str | None = None
    title: str
    unit: str | None = None
    published_on: date | None = None
    forms: tuple[InterpretationForm, ...] = ()
    primary_form: InterpretationForm | None = None
    links_to_policy: bool = False
    policy_links_here: bool = False
    overlap: float | None = None
    topics: tuple[str, ...] = ()
    speaker: Speaker | None = None
    media_source: str | None = None


class Guide(FactBase):
    """A disclosure guide. `updated_on` only where the page itself says so."""

    kind: Literal["guide"] = "guide"
    url: str
    status: int | None = None
    unit: str | None = None
    updated_on: date | None = None
    published_on: date | None = None
    date_source: str | None = None
    elements: tuple[GuideElement, ...] = ()
    address: str | None = None
    phone: tuple[str, ...] = ()
    email: str | None = None
    hours: str | None = None
