"""A static folder and a foreign archive, walked like sites."""

from __future__ import annotations

import io
import os

import pytest
from loopback import NOW, make_page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from auditor.collect.folder import collect_folder, list_pages
from auditor.collect.foreign import collect_archive
from auditor.errors import InputError, Interrupted
from auditor.model.attempts import AttemptReason, AttemptStatus, Part
from auditor.model.targets import Target
from auditor.snapshot import open_snapshot

TARGET = Target(id="h.test", name="样例", seeds=("http://h.test/",), hosts=("h.test",))
NAV = (("/zwgk/", "政府信息公开"), ("/gone/", "新闻动态"))


@pytest.fixture
def build(tmp_path):
    root = tmp_path / "build"
    files = {
        "index.html": make_page("首页", ("a%20b.html", "空格"), ("img.png", "图"), nav=NAV),
        "zwgk/index.htm": make_page("政府信息公开", nav=(("/zwgk/zn.html", "政府信息公开指南"),)),
        "zwgk/zn.html": make_page("政府信息公开指南"),
        "a b.html": make_page("文件名有空格"),
        "中文/页.html": make_page("没有链接的页"),
        "img.png": "x",
    }
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return root


def collect(build, tmp_path, **options):
    return open_snapshot(collect_folder(build, TARGET, tmp_path / "run", lambda: NOW, **options))


def test_folder_becomes_a_snapshot(build, tmp_path):
    reader = collect(build, tmp_path)
    visits = {visit.url.removeprefix("http://h.test"): visit for visit in reader.visits}
    assert set(visits) == {
        "/", "/zwgk/", "/gone/", "/a%20b.html", "/img.png", "/zwgk/zn.html", "/%E4%B8%AD%E6%96%87/%E9%A1%B5.html",
    }  # fmt: skip
    assert (reader.snapshot.origin, reader.snapshot.vantage, reader.snapshot.finished) == ("folder", None, True)
    assert reader.observations.endpoints == ()
    assert visits["/zwgk/"].parts == (Part.NAVIGATION, Part.DISCLOSURE_SECTION, Part.SITE)
    assert visits["/zwgk/zn.html"].clicks == 2
    assert visits["/%E4%B8%AD%E6%96%87/%E9%A1%B5.html"].clicks is None
    assert (visits["/gone/"].status, visits["/gone/"].attempt.status) == (404, AttemptStatus.DONE)
    assert visits["/img.png"].attempt.detail == "media"
    assert "空格" in next(c.body.decode() for c in reader.captures() if c.visit.url.endswith("a%20b.html"))


def test_pages_are_listed_in_a_fixed_order(build):
    assert list(list_pages(build)) == [
        "/a%20b.html",
        "/",
        "/zwgk/",
        "/zwgk/zn.html",
        "/%E4%B8%AD%E6%96%87/%E9%A1%B5.html",
    ]


def test_links_out_of_the_folder_are_refused(build, tmp_path):
    secret = tmp_path / "secret.html"
    secret.write_text(make_page("秘密"), encoding="utf-8")
    (build / "out.html").symlink_to(secret)
    (build / "up").symlink_to(tmp_path)
    (build / "zwgk" / "zn.html").write_text(
        make_page("指南", ("/out.html", "外"), ("/../secret.html", "上"), ("/up/secret.html", "链")), encoding="utf-8"
    )
    reader = collect(build, tmp_path)
    assert not [capture for capture in reader.captures() if "秘密" in capture.body.decode()]
    assert [visit.status for visit in reader.visits if visit.url.endswith("out.html")] == [404]


def test_folder_without_its_slash_is_redirected(build, tmp_path):
    (build / "a b.html").write_text(make_page("空格", ("/zwgk", "公开")), encoding="utf-8")
    reader = collect(build, tmp_path)
    visit = next(visit for visit in reader.visits if visit.url.endswith("/zwgk"))
    assert (visit.status, visit.final_url) == (200, "http://h.test/zwgk/")


def test_empty_and_missing_folders(tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "x.txt").write_text("x")
    for folder, code in ((empty, "folder_empty"), (tmp_path / "none", "folder_missing")):
        with pytest.raises(InputError) as caught:
            collect_folder(folder, TARGET, tmp_path / "run", lambda: NOW)
        assert caught.value.code == code
        assert not (tmp_path / "run").exists()


def test_interrupted_folder_leaves_nothing(build, tmp_path):
    def stop(_):
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        collect(build, tmp_path, on_progress=stop)
    assert list((tmp_path / "run").iterdir()) == []
    assert collect(build, tmp_path).snapshot.finished


def test_foreign_archive_is_walked_and_its_gaps_are_known(tmp_path):
    path = tmp_path / "foreign.warc.gz"
    with path.open("wb") as stream:
        writer = WARCWriter(stream)
        pages = {
            "http://www.o.test/": make_page("首页", nav=NAV),
            "http://www.o.test/zwgk/": make_page("政府信息公开", nav=(("zn.html", "政府信息公开指南"),)),
            "http://www.o.test/lone.html": make_page("没有链接"),
        }
        for url, text in pages.items():
            body = text.encode()
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
            record = writer.create_warc_record(
                url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http
            )
            writer.write_record(record)
    named = Target(id="o", name="某区", seeds=("http://x.test/",), hosts=("x.test",))
    with open_snapshot(path) as foreign:
        run = collect_archive(foreign, tmp_path / "run", lambda: NOW, target=named)
    with open_snapshot(run) as reader:
        assert not reader.is_foreign
        assert reader.snapshot.origin == "archive"
        assert (reader.snapshot.target.id, reader.snapshot.target.hosts) == ("o", ("www.o.test",))
        visits = {visit.url.removeprefix("http://www.o.test"): visit for visit in reader.visits}
        assert visits["/zwgk/"].parts == (Part.NAVIGATION, Part.DISCLOSURE_SECTION, Part.SITE)
        assert visits["/lone.html"].status == 200
        for gap in ("/zwgk/zn.html", "/gone/"):
            assert (visits[gap].attempt.status, visits[gap].attempt.reason) == (
                AttemptStatus.SKIPPED,
                AttemptReason.NOT_ASKED,
            )
        assert Part.DISCLOSURE_SECTION in visits["/zwgk/zn.html"].parts


def test_names_that_are_no_text_are_pages_like_others(build, tmp_path):
    name = os.fsencode(build) + b"/\xff\xfe.html"
    try:
        with open(name, "w", encoding="utf-8") as file:  # noqa: PTH123 - a path of bytes
            file.write(make_page("文件名不是文字"))
    except OSError:
        pytest.skip("this disk takes names of text only")
    assert "/%FF%FE.html" in list(list_pages(build))
    visits = {visit.url.removeprefix("http://h.test"): visit for visit in collect(build, tmp_path).visits}
    assert (visits["/%FF%FE.html"].status, visits["/%FF%FE.html"].attempt.status) == (200, AttemptStatus.DONE)
