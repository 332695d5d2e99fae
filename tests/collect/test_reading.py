from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.archive.packing import RecordDraft
from auditor.collect import reading
from auditor.collect.reading import UNREADABLE, PageTask, flatten_reading, read_task, restore_reading
from auditor.page.scan import judge_block, scan_page
from auditor.snapshot import open_snapshot
from auditor.words.vocabulary import load_vocabulary

URL = "http://www.qinghe.example/zwgk/index.html"
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
RECORD = "<urn:uuid:6f1ed002-ab5d-5e2d-8b02-0e6d2c2f9d3a>"
HTML = '<title>公开</title><div class="nav"><a href="/">首页</a></div><p><a href="t1.html">一</a></p><script>var a=1</script>'
GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "snapshot.wacz"


def make_task(html, *, status=200, is_wanted=True):
    body = html.encode()
    draft = RecordDraft(RECORD, "response", URL, AT, body, "text/html", f"{status} OK", [("content-type", "text/html")])
    return PageTask(URL, status, "text/html; charset=utf-8", body, is_page=True, is_wanted=is_wanted, draft=draft)


def test_a_page_is_read_and_packed_at_once():
    done = read_task(make_task(HTML), load_vocabulary())
    assert done.scan == scan_page(HTML, URL)
    assert [record.kind for record in done.records] == ["response", "metadata"]
    assert done.row is not None
    assert not done.is_block
    assert done.failure is None


@pytest.mark.parametrize(("status", "is_wanted"), [(404, True), (200, False)])
def test_what_is_no_page_of_the_site_is_packed_only(status, is_wanted):
    done = read_task(make_task(HTML, status=status, is_wanted=is_wanted), load_vocabulary())
    assert (done.scan, done.row, len(done.records)) == (None, None, 1)


def test_a_blocked_page_has_no_scan():
    done = read_task(make_task("<title>403 Forbidden</title><h1>403 Forbidden</h1>", status=403), load_vocabulary())
    assert (done.is_block, done.scan) == (True, None)


def test_what_cannot_be_read_is_a_failure_of_that_page_and_its_record_is_kept(monkeypatch):
    def break_down(*_):
        raise RecursionError

    monkeypatch.setattr(reading, "read_tree", break_down)
    done = read_task(make_task(HTML), load_vocabulary())
    assert (done.failure, done.scan, len(done.records)) == (UNREADABLE, None, 1)


@pytest.mark.parametrize("html", [HTML, "", "<frameset><frame src='a.html'></frameset>"])
def test_a_reading_is_the_same_after_it_was_handed_over(html):
    done = read_task(make_task(html), load_vocabulary())
    assert restore_reading(flatten_reading(done)) == done


def test_one_pass_over_a_portals_pages_tells_what_two_passes_tell():
    with open_snapshot(GOLDEN) as reader:
        pages = [
            one.body.decode("utf-8", "replace") for one in reader.captures() if one.visit.media_type == "text/html"
        ]
    assert len(pages) > 20
    for html in pages:
        done = read_task(make_task(html), load_vocabulary())
        assert done.is_block == judge_block(200, html)
        assert done.scan == (None if done.is_block else scan_page(html, URL))
        assert restore_reading(flatten_reading(done)) == done
