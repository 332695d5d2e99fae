"""What the archive keeps of a page that was read: a row of the page list, and a metadata record.

The row carries the standard fields of a WACZ page list (`title`, `text`). The metadata record refers to the response
and holds JSON: `title`, `labels` (meta names to contents), `dates` (role to ISO date) and `links`, each as
`[address, words, region, element, ISO date beside it]`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from pydantic_core import to_json

from auditor.archive.packing import RecordDraft
from auditor.page.scan import PageScan

MAX_TEXT = 20_000
"""Characters of a page's text that its row keeps."""
METADATA_TYPE = "application/json"
METADATA_URN = "urn:auditor:metadata:"
"""Before a page's address: under the bare address replay tools would serve this record for the page."""


def make_row(record_id: str, title: str, text: str) -> bytes:
    """Return the row of a page without its address, as one JSON object on one line."""
    return to_json({"record": record_id, "title": title, "text": text[:MAX_TEXT]})


def name_row(record_id: str) -> bytes:
    """Return the row of a page that was not read."""
    return to_json({"record": record_id})


def complete_row(row: bytes, name: str, url: str, at: str) -> bytes:
    """Return a row with its name, its address and the time of the visit in front."""
    head = json.dumps({"id": name, "url": url, "ts": at}, ensure_ascii=False).encode()
    return b"".join((head[:-1], b",", memoryview(row)[1:]))


def draft_metadata(about: str, at: datetime, scan: PageScan, dates: Mapping[str, str]) -> RecordDraft:
    """Return the record that keeps the links, labels and dates of a page; `about` is the id of its response."""
    record_id = f"<urn:uuid:{uuid5(NAMESPACE_URL, f'metadata {about}')}>"
    links = [tuple(link) for link in (*scan.links, *scan.script_data)]
    kept = {"title": scan.title, "labels": scan.labels, "dates": dates, "links": links}
    return RecordDraft(
        record_id, "metadata", f"{METADATA_URN}{scan.url}", at, to_json(kept), METADATA_TYPE, refers_to=about
    )
