from __future__ import annotations

import json
from datetime import UTC, datetime

from auditor.archive.packing import build_record
from auditor.archive.pagelist import MAX_TEXT, complete_row, draft_metadata, make_row, name_row
from auditor.archive.unpacking import Window, read_record_at
from auditor.page.scan import scan_page

RECORD = "<urn:uuid:6f1ed002-ab5d-5e2d-8b02-0e6d2c2f9d3a>"
URL = "http://www.qinghe.example/zwgk/t1.html"
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HTML = '<title>通知"一"</title><meta name="PubDate" content="2026-03-01"><a href="t2.html">第二篇</a>'


def test_a_row_is_one_line_of_json_with_the_address_of_its_visit():
    row = complete_row(make_row(RECORD, '通知"一"', "一\n二" * MAX_TEXT), "p1", URL, "2026-03-02T08:00:00Z")
    assert b"\n" not in row
    read = json.loads(row)
    assert read == {"id": "p1", "url": URL, "ts": "2026-03-02T08:00:00Z", "record": RECORD, "title": '通知"一"'} | {
        "text": ("一\n二" * MAX_TEXT)[:MAX_TEXT]
    }
    assert json.loads(complete_row(name_row(RECORD), "p2", URL, ""))["record"] == RECORD


def test_the_metadata_record_refers_to_the_response_and_holds_links_labels_and_dates(tmp_path):
    draft = draft_metadata(RECORD, AT, scan_page(HTML, URL), {"published": "2026-03-01"})
    packed = build_record(draft)
    path = tmp_path / "one.warc.gz"
    path.write_bytes(packed)
    with path.open("rb") as stream:
        head, body = read_record_at(Window(stream, 0, len(packed)), 0, 1 << 20)
    assert (head.kind, head.url, head.media_type) == ("metadata", f"urn:auditor:metadata:{URL}", "application/json")
    kept = json.loads(body)
    assert kept["links"] == [["http://www.qinghe.example/zwgk/t2.html", "第二篇", "body", "a", None]]
    assert (kept["labels"], kept["dates"]) == ({"pubdate": "2026-03-01"}, {"published": "2026-03-01"})
    assert draft.refers_to == RECORD
