"""Attachments: fetched within bounds of their own, those of documents and disclosure columns first."""

from __future__ import annotations

from loopback import Reply, make_page, visit_of

from auditor.extract.extraction import extract_facts
from auditor.model.attempts import AttemptReason, AttemptStatus

NAV = (("/", "首页"), ("/zwgk/", "政府信息公开"))
MENU = (("/zwgk/zn/", "政府信息公开指南"), ("/zwgk/gfxwj/", "行政规范性文件"))
FILES = ("/n/a.pdf", "/n/b.docx", "/zwgk/gfxwj/1.ofd", "/zwgk/gfxwj/f.wps")


def build_site(site):
    site.replies["/"] = make_page("样例区人民政府", ("/n/1.html", "一条新闻"), nav=NAV)
    site.replies["/n/1.html"] = make_page(
        "一条新闻", ("/n/a.pdf", "附件一"), ("/n/b.docx", "附件二"), ("/n/p.jpg", "图"), nav=NAV
    )
    site.replies["/zwgk/"] = make_page("政府信息公开", nav=MENU)
    site.replies["/zwgk/zn/"] = make_page("政府信息公开指南", nav=MENU)
    rows = (("/zwgk/gfxwj/1.ofd", "某办法全文"), ("/zwgk/gfxwj/2.html", "某规定"))
    site.replies["/zwgk/gfxwj/"] = make_page("行政规范性文件", *rows, nav=MENU)
    site.replies["/zwgk/gfxwj/2.html"] = make_page("某规定", ("/zwgk/gfxwj/f.wps", "附件"), nav=MENU)
    for path in FILES:
        site.replies[path] = Reply(f"file {path}".encode(), media="application/octet-stream")


def asked_files(site):
    return [path for path in dict.fromkeys(site.asked) if path in FILES]


def test_attachments_are_stored_and_pictures_are_not(site, collect):
    build_site(site)
    reader = collect()
    for path in FILES:
        assert reader.read_record(visit_of(reader, site, path).record) == f"file {path}".encode()
    picture = visit_of(reader, site, "/n/p.jpg").attempt
    assert (picture.reason, picture.detail) == (AttemptReason.OUT_OF_SCOPE, "media")
    assert "/n/p.jpg" not in site.asked


def test_those_of_documents_and_disclosure_columns_come_first(site, collect):
    build_site(site)
    collect(concurrency=1)
    assert asked_files(site) == ["/zwgk/gfxwj/1.ofd", "/zwgk/gfxwj/f.wps", "/n/a.pdf", "/n/b.docx"]


def test_the_budget_of_attachments_is_their_own(site, collect):
    build_site(site)
    reader = collect(max_attachments=1, max_pages=6)
    assert [path for path in FILES if visit_of(reader, site, path).status == 200] == ["/zwgk/gfxwj/1.ofd"]
    left = visit_of(reader, site, "/n/a.pdf").attempt
    assert (left.status, left.reason, left.detail) == (AttemptStatus.SKIPPED, AttemptReason.PAGE_LIMIT, "attachment")
    assert visit_of(reader, site, "/n/1.html").status == 200


def test_without_a_budget_entries_of_lists_are_still_known_to_be_there(site, collect):
    build_site(site)
    reader = collect(max_attachments=0)
    entry = visit_of(reader, site, "/zwgk/gfxwj/1.ofd")
    assert (entry.status, reader.read_record(entry.record)) == (200, b"")
    assert asked_files(site) == ["/zwgk/gfxwj/1.ofd"]


def test_a_large_attachment_is_there_without_its_body(site, collect):
    build_site(site)
    site.replies["/n/a.pdf"] = Reply(b"%PDF" * 1000, media="application/pdf")
    reader = collect(max_attachment_bytes=100)
    visit = visit_of(reader, site, "/n/a.pdf")
    assert (visit.status, visit.attempt.status, reader.read_record(visit.record)) == (200, AttemptStatus.DONE, b"")
    assert reader.read_record(visit_of(reader, site, "/n/b.docx").record) == b"file /n/b.docx"


def test_bytes_of_all_attachments_are_bounded(site, collect):
    build_site(site)
    for path in FILES:
        site.replies[path] = Reply(b"x" * 1000, media="application/pdf")
    reader = collect(max_attachments_bytes=1500, concurrency=1)
    assert sum(visit_of(reader, site, path).status == 200 for path in FILES) == 2
    assert visit_of(reader, site, "/n/b.docx").attempt.reason is AttemptReason.PAGE_LIMIT


def test_link_facts_tell_of_attachments(site, collect, vocabulary):
    build_site(site)
    site.replies["/n/b.docx"] = Reply("gone", 404, "text/plain")
    facts = extract_facts(collect(), vocabulary).facts
    links = {fact.target: fact for fact in facts if fact.kind == "link" and fact.link_kind == "attachment"}
    gone, there = links[site.url("/n/b.docx")], links[site.url("/n/a.pdf")]
    assert (gone.state, gone.reason, gone.source) == ("broken", "status_404", site.url("/n/1.html"))
    assert (there.state, there.reason, there.internal) == ("ok", None, True)


def test_documents_behind_addresses_like_pages_are_stored_within_the_same_budget(site, collect):
    paths = [f"/download.jsp?id={number}" for number in range(3)]
    site.replies["/"] = make_page("首页", *((path, f"附件{path[-1]}") for path in paths), ("/v.jsp", "录像"))
    for path in paths:
        site.replies[path] = Reply(b"%PDF-1.4 " + path.encode(), media="application/pdf")
    site.replies["/v.jsp"] = Reply(b"\0" * 99, media="video/mp4")
    reader = collect(max_attachments=2, concurrency=1)
    bodies = [reader.read_record(visit_of(reader, site, path).record) for path in paths]
    assert bodies[:1] == [b"%PDF-1.4 /download.jsp?id=0"]
    assert reader.read_record(visit_of(reader, site, "/v.jsp").record) == b""
    assert all(visit_of(reader, site, path).status == 200 for path in paths)
    small = collect("small", max_attachment_bytes=5)
    assert [small.read_record(visit_of(small, site, path).record) for path in paths] == [b""] * 3
    none = collect("none", max_attachments=0)
    assert [none.read_record(visit_of(none, site, path).record) for path in paths] == [b""] * 3
