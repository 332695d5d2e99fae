"""Column facts: what came of the address of each column, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from auditor.extract.columns import ColumnEntry, judge_blank, list_columns_under
from auditor.extract.records import PageRecord
from auditor.extract.site_index import GONE, SiteIndex
from auditor.extract.units import UnitTable
from auditor.facts import Column, FactEvidence
from auditor.model.evidence import RecordEvidence
from auditor.page.platforms import compare_lists, is_list_address

_OK = 200
_MAX_TITLE = 120
_COUNT_FIELDS = ("item_count", "items_with_date", "newest_item_on", "oldest_item_on", "subjects")
_LIST_FIELDS = (*_COUNT_FIELDS, "blank")
_READ_FIELDS = ("status", "identity", *_LIST_FIELDS)


def _list_evidence(index: SiteIndex, entry: ColumnEntry) -> tuple[FactEvidence, ...]:
    found: list[FactEvidence] = [entry.offer.evidence] if entry.offer is not None else []
    record = entry.landing.record
    own = index.blame_of(entry.landing)
    if isinstance(own, RecordEvidence) and record is not None and record.listing is not None and record.listing.items:
        first = record.listing.items[0]
        own = RecordEvidence(own.url, own.record, record.listing.place, first.title[:200], own.at, own.screenshot)
    return (*found, own, *_note_difference(index, record))


def _note_difference(index: SiteIndex, record: PageRecord | None) -> tuple[FactEvidence, ...]:
    """Hold a platform's list against the page of the platform that shows it; say what only one of both has."""
    if record is None or record.listing is None or not is_list_address(record.address, index.words):
        return ()
    data = [(item.title, item.url) for item in record.listing.items]
    urls = {url for _, url in data if url}
    for _, page in sorted(index.records.items()):
        is_platform = page.listing is not None and any(entry.url == record.address for entry in page.listing.named)
        if page.listing is None or not is_platform:
            continue
        shown = [(item.title, item.url) for item in page.listing.items]
        if not urls & {url for _, url in shown}:
            continue
        found = compare_lists(shown, data)
        if found is not None:
            parts = (*(f"+ {title}" for title in found.only_page), *(f"- {title}" for title in found.only_data))
            note = " | ".join(parts)[:200]
            own = page.evidence
            return (RecordEvidence(own.url, own.record, "page +, data -", note, own.at, own.screenshot),)
    return ()


def make_columns(
    index: SiteIndex, columns: tuple[ColumnEntry, ...], common: frozenset[int], units: UnitTable
) -> Iterator[Column]:
    """Yield the facts of the columns; a heading without an address is what the columns beneath it are."""
    states = {entry.url: _tell_state(index, entry, common) for entry in columns}
    filled = _list_filled(columns, states)
    for entry in columns:
        below = list_columns_under(entry, columns)
        shown = _find_telling(below, states)
        state = states[entry.url] if shown is None else _lend_state(states[shown.url])
        evidence = _list_evidence(index, entry)
        if shown is not None:
            evidence = (*evidence[:1], *_list_evidence(index, shown))
        unit = next((unit for name in reversed(entry.path) if (unit := units.find(name)) is not None), None)
        yield _make_column(entry, evidence, _add_below(entry, state, filled), unit)


def _list_filled(
    columns: Iterable[ColumnEntry], states: Mapping[str, Mapping[str, Any]]
) -> Mapping[tuple[str, ...], tuple[str, ...]]:
    """Return the names of the columns that hold something, by the way of the column directly above."""
    found: dict[tuple[str, ...], tuple[str, ...]] = {}
    for entry in sorted(columns, key=lambda entry: entry.position):
        if states[entry.url].get("blank") is False:
            above = entry.path[:-1]
            found[above] = (*found.get(above, ()), entry.name[:_MAX_TITLE])
    return found


def _add_below(
    entry: ColumnEntry, state: Mapping[str, Any], filled: Mapping[tuple[str, ...], tuple[str, ...]]
) -> Mapping[str, Any]:
    below = filled.get(entry.path, ())
    if not below:
        return state
    unread = tuple(name for name in state.get("unreadable", ()) if name != "subjects")
    return {**state, "unreadable": unread, "subjects": tuple(dict.fromkeys((*below, *state.get("subjects", ()))))}


def _find_telling(below: tuple[ColumnEntry, ...], states: Mapping[str, Mapping[str, Any]]) -> ColumnEntry | None:
    """Return the column that tells what a heading is: a live one with content, else, if all were read, any live one."""
    live = [entry for entry in below if states[entry.url].get("status") == _OK]
    filled = [entry for entry in live if states[entry.url].get("blank") is False]
    if filled:
        return filled[0]
    is_unread = any({"status", "blank"} & set(states[entry.url].get("unreadable", ())) for entry in below)
    return None if is_unread else next(iter((*live, *below)), None)


def _lend_state(state: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: state[name] for name in ("status", "identity", "blank") if name in state}
    return {**kept, "unreadable": _COUNT_FIELDS, "complete": False}


def _make_column(
    entry: ColumnEntry, evidence: tuple[FactEvidence, ...], state: Mapping[str, Any], unit: str | None
) -> Column:
    base: dict[str, Any] = {
        "evidence": evidence,
        "concept": entry.concept,
        "name": entry.name,
        "path": entry.path,
        "section": entry.section,
        "url": entry.url,
        "host": urlsplit(entry.url).hostname or "",
        "level": entry.level,
        "parent": entry.parent,
        "position": entry.position,
        "unit": unit,
    }
    return Column(**base, **state)


def _tell_state(index: SiteIndex, entry: ColumnEntry, common: frozenset[int]) -> dict[str, Any]:
    """Return the fields that tell what came of a column's address."""
    landing, record = entry.landing, entry.landing.record
    if landing.blame is not None:
        return {"unreadable": _READ_FIELDS, "complete": False}
    state: dict[str, Any] = {"status": landing.status, "identity": landing.identity or "confirmed"}
    if landing.status in GONE or landing.identity == "redirected_home":
        return state
    if record is None or record.kind == "error":
        return state | {"item_count": 0, "items_with_date": 0, "blank": record is not None}
    blank = judge_blank(index, entry, common)
    if entry.filled is not None:
        return state | {"unreadable": _COUNT_FIELDS, "blank": blank}
    if blank is None:
        return state | {"unreadable": _LIST_FIELDS, "complete": False}
    return state | _count_items(entry) | {"blank": blank, "complete": entry.is_whole}


def _count_items(entry: ColumnEntry) -> dict[str, Any]:
    days: list[date] = [item.day for item in entry.items if item.day is not None]
    count = sum(page.listing.item_count for page in entry.pages if page.listing is not None)
    return {
        "item_count": max(len(entry.items), count if len(entry.pages) == 1 else 0),
        "items_with_date": len(days),
        "newest_item_on": max(days, default=None),
        "oldest_item_on": min(days, default=None),
        "subjects": tuple(item.title[:_MAX_TITLE] for item in entry.items),
    }
