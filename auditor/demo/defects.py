"""The defects that a sample portal can have, and what each changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from types import MappingProxyType
from typing import Any, Final, Literal

from auditor.demo.parts import find_part_of, list_part_defects
from auditor.demo.texts import read_data
from auditor.model.outcomes import Text

ColumnFault = Literal["missing", "blank", "dead", "moved_home", "redirected_home", "reset"]
GuideFault = Literal["undated", "stale", "image_only", "missing"]
SectionFault = Literal["blocked", "challenged", "error"]
Ipv6Fault = Literal["no_address", "unreachable", "other_content", "links_broken"]
FormFault = Literal["mostly_text", "ambiguous"]
Family = Literal["normative", "policy", "report"]

_EMPTY: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Defect:
    """A defect with its title; a harmless one must move no verdict. `part`: the part of the portal it belongs to."""

    id: str
    title: Text
    harmless: bool
    part: str | None = None


@dataclass(frozen=True)
class Effects:
    """What all defects of a portal change together. `guides` goes by the place of the unit."""

    columns: Mapping[str, ColumnFault] = field(default_factory=lambda: _EMPTY)
    guides: Mapping[GuideFault, bool] = field(default_factory=lambda: _EMPTY)
    uninterpreted: frozenset[Family] = frozenset()
    section: SectionFault | None = None
    ipv6: Ipv6Fault | None = None
    forms: FormFault | None = None
    out_of_order: bool = False
    list_cut: bool = False
    one_way: bool = False
    pinned: bool = False
    extra_columns: bool = False
    renamed: bool = False
    of_parts: tuple[str, ...] = ()


_EFFECTS: Final[Mapping[str, Effects]] = MappingProxyType(
    {
        "column-missing-guide": Effects(columns={"guide": "missing"}),
        "column-missing-rules": Effects(columns={"rules": "missing"}),
        "column-missing-statutory": Effects(columns={"statutory": "missing"}),
        "column-missing-annual": Effects(columns={"annual": "missing"}),
        "columns-out-of-order": Effects(out_of_order=True),
        "column-blank": Effects(columns={"rules": "blank"}),
        "column-dead": Effects(columns={"rules": "dead"}),
        "column-moved-home": Effects(columns={"rules": "moved_home"}),
        "column-redirected-home": Effects(columns={"rules": "redirected_home"}),
        "column-reset": Effects(columns={"rules": "reset"}),
        "guide-undated": Effects(guides={"undated": True}),
        "guide-stale": Effects(guides={"stale": True}),
        "guide-image-only": Effects(guides={"image_only": True}),
        "guide-missing": Effects(guides={"missing": True}),
        "normative-not-interpreted": Effects(uninterpreted=frozenset({"normative"})),
        "meeting-policy-not-interpreted": Effects(uninterpreted=frozenset({"policy"})),
        "report-not-interpreted": Effects(uninterpreted=frozenset({"report"})),
        "interpretation-mostly-text": Effects(forms="mostly_text"),
        "interpretation-form-ambiguous": Effects(forms="ambiguous"),
        "ipv6-no-address": Effects(ipv6="no_address"),
        "ipv6-unreachable": Effects(ipv6="unreachable"),
        "ipv6-other-content": Effects(ipv6="other_content"),
        "ipv6-links-broken": Effects(ipv6="links_broken"),
        "disclosure-section-blocked": Effects(section="blocked"),
        "disclosure-section-challenged": Effects(section="challenged"),
        "disclosure-section-error": Effects(section="error"),
        "policy-list-cut": Effects(list_cut=True),
        "interpretation-linked-one-way": Effects(one_way=True),
        "pinned-older-item": Effects(pinned=True),
        "extra-columns-between": Effects(extra_columns=True),
        "column-address-renamed": Effects(renamed=True),
    }
)


def load_defects() -> tuple[Defect, ...]:
    """Return every defect, those of the core first, in the order of the data."""
    core = (
        Defect(name, Text(zh=row["zh"], en=row["en"]), bool(row.get("harmless")))
        for name, row in read_data("defects").items()
    )
    parts = (Defect(one.id, one.title, one.harmless, find_part_of(one.id)) for one in list_part_defects().values())
    return (*core, *parts)


def find_effects(defects: Iterable[str]) -> Effects:
    """Return what the defects change together; the later one wins where two contradict each other.

    Raises ValueError for a defect that does not exist.
    """
    names = tuple(defects)
    of_parts = list_part_defects()
    unknown = sorted(set(names) - _EFFECTS.keys() - of_parts.keys())
    if unknown:
        raise ValueError(f"no such defect: {', '.join(unknown)}")
    core = reduce(_join_effects, (_EFFECTS[name] for name in names if name in _EFFECTS), Effects())
    return replace(core, of_parts=tuple(name for name in names if name in of_parts))


def _join_effects(first: Effects, second: Effects) -> Effects:
    return replace(
        first,
        columns={**first.columns, **second.columns},
        guides={**first.guides, **second.guides},
        uninterpreted=first.uninterpreted | second.uninterpreted,
        section=second.section or first.section,
        ipv6=second.ipv6 or first.ipv6,
        forms=second.forms or first.forms,
        **{name: getattr(first, name) or getattr(second, name) for name in _SWITCHES},
    )


_SWITCHES: Final = ("out_of_order", "list_cut", "one_way", "pinned", "extra_columns", "renamed")
