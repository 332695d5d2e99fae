"""What the archive holds of a crawl, read here or in processes beside it, undisturbed or killed."""

from __future__ import annotations

import json
from functools import partial

import pytest
from loopback import make_page

from auditor.archive.wacz import iterate_pages
from auditor.collect import crawl
from auditor.collect.readers import Readers

COUNT = 24


def build_site(site):
    links = tuple((f"/{number}.html", f"第{number}篇文章") for number in range(COUNT))
    site.replies["/"] = make_page("首页", *links)
    for number in range(COUNT):
        site.replies[f"/{number}.html"] = make_page(f"第{number}篇", ("/", "首页"), (f"/{number // 2}.html", "上一篇"))


def describe(reader, path):
    visits = [(v.url, v.attempt.status, v.parts, v.clicks, v.found_on, v.status, v.record) for v in reader.visits]
    return visits, [{**page, "ts": ""} for page in iterate_pages(path)]


@pytest.mark.parametrize("width", [0, 2])
def test_a_crawl_is_the_same_wherever_its_pages_are_read(site, collect, tmp_path, monkeypatch, width):
    build_site(site)
    plain = describe(collect("plain"), tmp_path / "plain" / "snapshot.wacz")
    monkeypatch.setattr(crawl, "Readers", partial(Readers, width=width, backlog=1))
    assert describe(collect("run"), tmp_path / "run" / "snapshot.wacz") == plain


def test_every_page_has_its_title_and_text_in_the_list_and_its_links_in_a_record(site, collect, tmp_path):
    build_site(site)
    reader = collect()
    pages = {page["url"]: page for page in iterate_pages(tmp_path / "run" / "snapshot.wacz")}
    page = pages[site.url("/3.html")]
    assert (page["title"], page["text"].splitlines()[0]) == ("第3篇", "第3篇")
    kept = {}
    for record_id in reader._places:
        stored = reader.read_stored(record_id)
        if stored.head.kind == "metadata":
            kept[stored.head.url.removeprefix("urn:auditor:metadata:")] = json.loads(stored.payload)
    links = [(url, words) for url, words, *_ in kept[site.url("/3.html")]["links"]]
    assert links == [(site.url("/"), "首页"), (site.url("/1.html"), "上一篇")]
    assert kept.keys() == {url for url, one in pages.items() if one.get("text")}
    assert len(kept) == COUNT + 1
