"""Guide facts: the disclosure guides of the portal, whose they are, and when they say they were updated."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.classify import is_guide_title
from auditor.extract.columns import ColumnEntry, judge_blank
from auditor.extract.guides import name_owner
from auditor.extract.items import Item
from auditor.extract.records import DateMark, PageRecord
from auditor.extract.site_index import GONE, Resolution, SiteIndex
from auditor.extract.units import UnitTable
from auditor.facts import FactEvidence, Guide
from auditor.model.attempts import AttemptReason
from auditor.model.evidence import AttemptEvidence

_GUIDE = "disclosure_guide"
_LIST_ROWS = 2
_REFUSED = 400
_TOLD = ("elements", "address", "phone", "email", "hours")


def _find_unit(index: SiteIndex, units: UnitTable, titles: tuple[str, ...], path: tuple[str, ...]) -> str | None:
    for title in titles:
        owner = name_owner(title, index.words)
        if owner is not None:
            return units.match(owner) or owner
        unit = units.find(title)
        if unit is not None:
            return unit
    return next((unit for name in reversed(path) if (unit := units.match(name)) is not None), units.own)


def _is_one_date(published: DateMark, updated: DateMark) -> bool:
    """Tell whether what was taken for the publication date is the update date itself."""
    is_one_place = published.source == updated.source or published.evidence == updated.evidence
    return published.value == updated.value and is_one_place


def _make(
    index: SiteIndex, units: UnitTable, record: PageRecord, path: tuple[str, ...], offered: FactEvidence | None
) -> Guide:
    parts = record.guide
    is_readable = parts.is_readable if parts is not None else not record.is_shell
    updated = record.updated
    published = record.published
    if published is not None and updated is not None and _is_one_date(published, updated):
        published = None
    dates = [mark.evidence for mark in (updated, published) if mark is not None]
    own = [*dates, record.evidence] if dates else [record.evidence]
    told = {name: getattr(parts, name) if parts is not None else None for name in _TOLD}
    if not is_readable:
        told["elements"] = None  # a few words beside a picture tell some elements, never that the others are missing
    hidden = [name for name, value in told.items() if not value and not is_readable]
    hidden += ["updated_on"] if updated is None and not is_readable else []
    source = updated or published
    return Guide(
        evidence=(*own, *([offered] if offered is not None else [])),
        url=record.url,
        status=record.visit.status,
        unit=_find_unit(index, units, (record.title,), (*path, *record.breadcrumb)),
        updated_on=updated.value if updated is not None else None,
        published_on=published.value if published is not None else None,
        date_source=source.source if source is not None else None,
        **{name: value for name, value in told.items() if value},
        unreadable=tuple(hidden),
    )


def _make_unread(index: SiteIndex, units: UnitTable, landing: Resolution, title: str, entry: ColumnEntry) -> Guide:
    offered = (entry.offer.evidence,) if entry.offer is not None else ()
    evidence = (index.blame_of(landing), *offered)
    unit = _find_unit(index, units, (title,), entry.path)
    hidden = (*(("status",) if landing.status is None else ()), *_TOLD, "updated_on")
    return Guide(evidence=evidence, url=landing.url, status=landing.status, unit=unit, unreadable=hidden)


def _is_unread(landing: Resolution) -> bool:
    """Tell whether an address could not be read: it gave no answer of the site's own, or a file that is no page."""
    is_file = landing.record is None and landing.status is not None and landing.status < _REFUSED
    return landing.blame is not None or (is_file and landing.identity != "redirected_home")


def _is_absent(landing: Resolution) -> bool:
    is_gone = landing.status in GONE or landing.identity == "redirected_home"
    return is_gone or landing.record is None or landing.record.kind in ("error", "home", "redirect")


def _names_guide(index: SiteIndex, title: str) -> bool:
    return index.words.find_concept(title) == _GUIDE or is_guide_title(title, index.words)


def _read_column(index: SiteIndex, entry: ColumnEntry, units: UnitTable, common: frozenset[int]) -> Iterator[Guide]:
    """Yield the guide that a column is, or the guides that it lists."""
    offered = entry.offer.evidence if entry.offer is not None else None
    landing = entry.landing
    if _is_unread(landing):
        yield _make_unread(index, units, landing, entry.name, entry)
        return
    if _is_absent(landing) or landing.record is None:
        return
    record = landing.record
    rows = [item for item in entry.items if item.url is None or index.is_inside(item.url)]
    guides = [item for item in rows if _names_guide(index, item.title)]
    if record.kind != "article" and (len(rows) >= _LIST_ROWS or guides):
        for item in guides:
            yield from _read_row(index, units, item, entry, offered)
        return
    if judge_blank(index, entry, common) is not True:
        yield _make(index, units, record, entry.path, offered)


def _read_row(
    index: SiteIndex, units: UnitTable, item: Item, entry: ColumnEntry, offered: FactEvidence | None
) -> Iterator[Guide]:
    """Yield the guide that a row leads to; a row that leads nowhere is one that could not be read."""
    if item.url is None:
        blame = AttemptEvidence(
            entry.url, AttemptReason.NOT_ASKED, item.title, entry.landing.visit.at if entry.landing.visit else None
        )
        landing = Resolution(f"{entry.url}#{item.order}", None, None, None, blame)
    else:
        landing = index.resolve(item.url)
    if _is_unread(landing):
        yield _make_unread(index, units, landing, item.title, entry)
    elif not _is_absent(landing) and landing.record is not None:
        yield _make(index, units, landing.record, entry.path, offered)


def list_guides(
    index: SiteIndex, columns: tuple[ColumnEntry, ...], units: UnitTable, common: frozenset[int]
) -> tuple[Guide, ...]:
    """Return the guides: those that guide columns are or list, then pages that a guide's title names, each once."""
    found: dict[str, Guide] = {}
    for entry in columns:
        if entry.concept == _GUIDE:
            for guide in _read_column(index, entry, units, common):
                found.setdefault(guide.url, guide)
    for url, record in sorted(index.records.items()):
        is_named = is_guide_title(record.title, index.words) and record.kind == "article"
        if is_named and record.guide is not None and url not in found and not _is_absent(index.resolve(url)):
            found[url] = _make(index, units, record, (), None)
    return tuple(found.values())
