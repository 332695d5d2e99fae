"""What a report cites of the archive: pictures of pages, and the text of the pages themselves, personal data masked."""

from __future__ import annotations

import hashlib

from auditor.errors import ArchiveError
from auditor.extract.exposure import mask_address, mask_text
from auditor.model.results import Result
from auditor.page.decoding import decode_body
from auditor.page.lines import Line, list_lines
from auditor.report.copies import StoredPage, choose_records
from auditor.snapshot import SnapshotReader

_PAGES = ("text/html", "application/xhtml+xml", "text/plain")
MOST_MARKUP = 2_000_000
"""Bytes of one page that are read for its copy."""


def read_screenshots(result: Result, reader: SnapshotReader | None) -> dict[str, bytes]:
    """Return the pictures that the result's evidence names, by record id."""
    if reader is None:
        return {}
    wanted = {
        item.screenshot
        for finding in result.findings
        for item in finding.evidence
        if item.type == "record" and item.screenshot
    }
    return {record: reader.read_record(record) for record in sorted(wanted)}


def read_pages(result: Result, reader: SnapshotReader | None) -> dict[str, StoredPage]:
    """Return the pages that the result's evidence names, by record id; what the archive does not hold is left out."""
    if reader is None:
        return {}
    visits = {record: visit for visit in reader.visits for record in (visit.record, visit.rendered) if record}
    pages = {}
    for record in choose_records(result.findings):
        visit = visits.get(record)
        if visit is None:
            continue
        try:
            body = reader.read_record(record)
        except ArchiveError:
            continue
        media_type = (visit.media_type or "").partition(";")[0].strip().lower()
        is_page = record == visit.rendered or media_type in _PAGES
        pages[record] = StoredPage(
            url=mask_address(visit.final_url or visit.url),
            at=visit.at,
            media_type=media_type,
            size=len(body),
            sha256=hashlib.sha256(body).hexdigest(),
            lines=_read_lines(body, visit.media_type) if is_page else (),
        )
    return pages


def _read_lines(body: bytes, media_type: str | None) -> tuple[Line, ...]:
    text = decode_body(body[:MOST_MARKUP], media_type)
    return tuple(Line(line.kind, mask_text(line.text)) for line in list_lines(text))
