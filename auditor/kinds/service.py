"""Services, the places and accounts where they are offered, passages found, and personal data laid open."""

from __future__ import annotations

from datetime import date
from typing import Literal

from auditor.kinds.base import FactBase

Scenario = Literal["one_thing", "scenario", "none"]
MentionSource = Literal[
    "annual_report", "work_summary", "news", "notice", "guide", "leader_page", "function_page", "rules", "other"
]
ExposureKind = Literal["id_number", "mobile", "bank_card", "secrecy_mark"]


class ServiceGuide(FactBase):
    """A guide to one matter of service.

    `forms` counts the tables and samples that it offers, `forms_ok` those whose address answered, known only where all
    were asked; `forms_broken` those whose address is known not to answer; `catch_all` are open-ended requirements as
    written; `contradictions` are elements that it states twice and differently.
    """

    kind: Literal["service_guide"] = "service_guide"
    url: str
    status: int | None = None
    title: str
    unit: str | None = None
    elements: tuple[str, ...] = ()
    forms: int = 0
    forms_ok: int | None = None
    forms_broken: int = 0
    catch_all: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    scenario: Scenario = "none"
    apply_url: str | None = None
    updated_on: date | None = None


class Zone(FactBase):
    """A place where disclosed information can be consulted on the spot."""

    KEY = ("url", "name")

    kind: Literal["zone"] = "zone"
    url: str
    name: str
    unit: str | None = None
    address: str | None = None
    hours: str | None = None
    services: tuple[str, ...] = ()


class Account(FactBase):
    """An account on a platform of others that the portal lists as its own."""

    KEY = ("platform", "name")

    kind: Literal["account"] = "account"
    platform: str
    name: str
    operator: str | None = None
    supervisor: str | None = None
    listed_on: str


class Leak(FactBase):
    """Personal data that a page or a file lays open. Only the masked form exists anywhere in our products."""

    KEY = ("url", "leak_kind", "sample_masked")

    kind: Literal["leak"] = "leak"
    url: str
    leak_kind: ExposureKind
    sample_masked: str
    count: int = 1


class Mention(FactBase):
    """A passage that a rule's declared search found in the stored text."""

    KEY = ("url", "term", "excerpt")

    kind: Literal["mention"] = "mention"
    term: str
    url: str
    title: str
    published_on: date | None = None
    unit: str | None = None
    excerpt: str
    source: MentionSource
