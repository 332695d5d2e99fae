"""Lists of bodies that have to disclose: each name, and the links to catalogue and guide beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from auditor.extract.families.catalogues import draft_catalogue
from auditor.extract.sheet import Draft, Sheet
from auditor.kinds.disclosure import BodyEntry, Catalogue
from auditor.model.targets import UnitKind
from auditor.page.markup import Anchor, Line, glue_name
from auditor.page.scan import find_address

_MOST_ENTRIES = 400
_LONGEST = 40
_SHORTEST = 3
_AFTER_NAME = re.compile(r"[：:（(]")
_SIGNS = re.compile(r"[：:，。；《]")
_ENDS = " 、，,;；:：|·.0123456789"


def draft_entries(sheet: Sheet) -> Iterator[Draft]:
    """Yield the entries of a list of bodies.

    A line that is a body's name begins an entry; the links on it and below it, up to the next name, are its own.
    """
    found = draft_catalogue(sheet)
    if found is None or not isinstance(found.fact, Catalogue) or found.fact.catalogue_kind != "body":
        return
    anchors = {order: list(group) for order, group in groupby(sheet.reading.own_anchors, key=lambda one: one.order)}
    entries: dict[str, tuple[Line, list[Anchor]]] = {}
    name = ""
    for line in sheet.reading.own_lines:
        own = anchors.get(line.order, [])
        told = _name_body(sheet, line, own)
        if told and len(entries) >= _MOST_ENTRIES:
            return
        if told:
            name = told
            entries.setdefault(name, (line, []))
        if name:
            entries[name][1].extend(own)
    for told, (line, links) in entries.items():
        yield _make_entry(sheet, told, line, links)


def _name_body(sheet: Sheet, line: Line, own: list[Anchor]) -> str:
    """Return the body that a line names, the words of links to catalogue and guide left out; else nothing."""
    words = sheet.words.families["catalogue"].words
    text = line.text
    for anchor in own:
        if any(word in anchor.text for word in (*words["entry_catalogue"], *words["entry_guide"])):
            text = text.replace(anchor.text, " ")
    shown = (glue_name(piece).strip(_ENDS) for piece in (text, _AFTER_NAME.split(text.strip(), maxsplit=1)[0]))
    fitting = (name for name in shown if _SHORTEST <= len(name) <= _LONGEST and not _SIGNS.search(name))
    return next((name for name in fitting if sheet.words.find_unit_kind(name) is not UnitKind.OTHER), "")


def _make_entry(sheet: Sheet, name: str, line: Line, links: list[Anchor]) -> Draft:
    words = sheet.words.families["catalogue"].words
    catalogue = _find_link(sheet, links, words["entry_catalogue"])
    guide = _find_link(sheet, links, words["entry_guide"])
    fact = BodyEntry(
        **sheet.begin(name, line),
        name=name,
        catalogue=catalogue,
        guide=guide,
        others=len({_find_address(sheet, one) for one in links} - {catalogue, guide, None}),
    )
    return Draft(fact)


def _find_link(sheet: Sheet, links: list[Anchor], names: tuple[str, ...]) -> str | None:
    found = (_find_address(sheet, one) for one in links if any(name in one.text for name in names))
    return next((url for url in found if url is not None), None)


def _find_address(sheet: Sheet, anchor: Anchor) -> str | None:
    return find_address(anchor.node, sheet.reading.address, sheet.words)
