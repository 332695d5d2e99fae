from __future__ import annotations

import random
import re
import tracemalloc
from itertools import islice

import pytest
from demo_sight import LAYOUTS, check_links, find_links, list_all, make_portal, read_page

from auditor.demo.plan import FAMILIES, FRAME, make_plan
from auditor.demo.refs import Ref
from auditor.demo.spec import MAX_PAGES, PortalSpec

SIZES = (*range(50, 130), 199, 200, 333, 999, 1000, 2500)
FRAME_PAGES = len(FRAME) + 1


@pytest.mark.parametrize("layout", LAYOUTS)
def test_two_generations_are_equal_byte_for_byte(layout):
    first, second = make_portal(layout, seed=5), make_portal(layout, seed=5)
    assert list(first.list_pages()) == list(second.list_pages())
    assert list(first.list_files()) == list(second.list_files())
    assert all(first.answer(path) == second.answer(path) for path in list_all(first))


def test_pages_do_not_depend_on_the_order_in_which_they_are_asked_for():
    forward, backward = make_portal(seed=5), make_portal(seed=5)
    paths = list(forward.list_pages())
    one = {path: forward.answer(path) for path in paths}
    other = {path: backward.answer(path) for path in reversed(paths)}
    assert one == other


def test_another_seed_makes_another_portal_under_the_same_addresses():
    first, second = make_portal(seed=1), make_portal(seed=2)
    paths = list(first.list_pages())
    assert paths == list(second.list_pages())
    items = [path for path in paths if "content_" in path]
    same = [path for path in items if first.answer(path) == second.answer(path)]
    assert len(same) < len(items) / 4


@pytest.mark.parametrize("size", SIZES)
def test_a_portal_has_exactly_the_pages_of_its_spec(size):
    pages = list(make_portal(pages=size).list_pages())
    assert len(pages) == size + FRAME_PAGES
    assert len(set(pages)) == len(pages)


@pytest.mark.parametrize("size", SIZES)
def test_units_and_documents_are_enough_at_every_size(size):
    plan = make_plan(PortalSpec(pages=size))
    kinds = [body.unit.kind for body in plan.bodies]
    assert kinds.count("district") == 1
    assert kinds.count("department") >= 3
    assert kinds.count("subdistrict") >= 1
    assert plan.items["news"] >= 3
    assert plan.spare in (0, 1)
    assert plan.count_lists("normative") >= 2


def test_units_grow_with_the_portal():
    assert len(make_plan(PortalSpec(pages=5000)).bodies) > len(make_plan(PortalSpec(pages=500)).bodies) > 5


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("size", [50, 53, 220])
def test_every_internal_link_resolves_and_every_page_can_be_reached(layout, size):
    portal = make_portal(layout, pages=size)
    check_links(portal)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_smallest_portal_has_fifty_pages_within_two_clicks(layout):
    portal = make_portal(layout, pages=50)
    pages = set(portal.list_pages())
    first = find_links(portal, "/") & pages
    second = set().union(*(find_links(portal, path) for path in first)) & pages
    assert len((first | second) - {"/"}) >= 50


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pages_are_in_the_encoding_of_their_layout(layout):
    portal = make_portal(layout, pages=200)
    for path in portal.list_pages():
        text = read_page(portal, path)
        assert "�" not in text
        assert portal.host in text


def test_the_tables_layout_is_gbk_with_signs_that_gb2312_lacks_and_says_so_nowhere_in_the_header():
    portal = make_portal("tables", pages=1000)
    bodies = [portal.answer(path).body for path in portal.list_pages()]
    beyond = 0
    for body in bodies:
        with pytest.raises(UnicodeDecodeError):
            body.decode("utf-8")
        try:
            body.decode("gb2312")
        except UnicodeDecodeError:
            beyond += 1
    assert beyond > 0
    assert portal.answer("/").content_type == "text/html"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_hostile_titles_are_escaped_and_kept_whole(layout):
    portal = make_portal(layout)
    home = read_page(portal, "/")
    assert "&lt;script&gt;alert(" in home
    assert "<script>alert(" not in home
    assert "=1+1" in home
    notice = read_page(portal, portal.layout.write_path(Ref("item", "notices", 1)))
    longest = max(re.findall(r'content="([^"]*)"', notice), key=len)
    assert len(longest) > 140


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_page_says_that_it_is_a_sample(layout):
    portal = make_portal(layout)
    assert all('class="sample"' in read_page(portal, path) for path in portal.list_pages())
    assert portal.host.endswith(".example")


def test_lists_are_ordered_by_date_and_their_dates_are_those_of_the_articles():
    portal = make_portal(pages=400)
    for column in ("news", "notices", "normative", "policy", "interpretation"):
        days = []
        for number in range(1, portal.writer.library.count_lists(column) + 1):
            page = read_page(portal, portal.layout.write_path(Ref("list", column, number)))
            days += re.findall(r"<span>(\d{4}-\d{2}-\d{2})</span></li>", page)
        assert len(days) == portal.plan.items[column]
        assert days == sorted(days, reverse=True)
        article = portal.writer.write_article(column, 1)
        assert str(article.published_on) == days[1]


@pytest.mark.parametrize("seed", range(5))
def test_no_date_lies_after_the_day_of_the_portal(seed):
    portal = make_portal(pages=300, seed=seed)
    for ref in portal.list_refs():
        if ref.kind == "item":
            article = portal.writer.write_article(ref.column, ref.number)
            assert max(article.published_on, article.updated_on or article.published_on) <= portal.spec.today


@pytest.mark.parametrize("size", [50, 200, 3000, 100_000])
def test_titles_and_numbers_of_documents_are_unique(size):
    library = make_portal(pages=size).writer.library
    papers = [
        library.make_paper(family, index)
        for family in FAMILIES
        for index in range(library.plan.count_documents(family))
    ]
    assert len({paper.title for paper in papers}) == len(papers)
    numbers = [paper.number for paper in papers if paper.number]
    assert len(set(numbers)) == len(numbers)


def test_a_hundred_thousand_pages_are_listed_and_made_one_by_one():
    portal = make_portal(pages=MAX_PAGES)
    tracemalloc.start()
    try:
        assert sum(1 for _ in portal.list_pages()) == MAX_PAGES + FRAME_PAGES
        chance = random.Random(1)
        places = sorted(chance.sample(range(MAX_PAGES), 60))
        pages = portal.list_pages()
        for start, place in zip([0, *(place + 1 for place in places)], places, strict=False):
            assert portal.answer(next(islice(pages, place - start, None))).status == 200
        assert portal.answer("/sitemap-6.xml").status == 200
        assert portal.answer("/sitemap-7.xml").status == 404
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000


def test_the_sitemap_names_every_page_once():
    portal = make_portal(pages=80)
    text = portal.answer("/sitemap.xml", base="http://www.linlan.example:8000").body.decode()
    found = re.findall(r"<loc>http://www\.linlan\.example:8000(/[^<]*)</loc>", text)
    assert found == list(portal.list_pages())
    assert "Sitemap: http://h/sitemap.xml" in portal.answer("/robots.txt", base="http://h").body.decode()


def test_addresses_that_only_look_like_pages_are_missing():
    portal = make_portal()
    for path in (
        "/zwgk/gkzn/content_0.html",
        "/zwgk/gkzn/content_999999.html",
        "/zwgk/gkzn/index_1.html",
        "/zwgk/gkzn/index_02.html",
        "/zwgk/xwdt/index.html",
        "/gkzn/index.html",
        "/zwgk/zzzz/index.html",
        "/about/none.html",
        "/zwgk",
        "/../etc/passwd",
        "/zwgk/gkzn/",
        "/about/about.html",
        "/sitemap-0.xml",
    ):
        assert portal.answer(path).status == 404, path


@pytest.mark.parametrize(
    "wrong",
    [
        {"pages": 49},
        {"pages": MAX_PAGES + 1},
        {"layout": "frames"},
        {"year": 2021, "as_of": PortalSpec().today},
        {"defects": ("none-such",)},
    ],
)
def test_a_portal_that_cannot_be_made_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong)).rstrip("s") if "year" not in wrong else "as_of"):
        make_portal(**wrong)
