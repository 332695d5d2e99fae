"""Pagers of every style: what is a further page by its form or its words, and what a stated count gives away."""

from __future__ import annotations

import pytest

from auditor.page.pager import MAX_SERIES, find_page_count, is_further_page, list_series, read_page_number
from auditor.words.vocabulary import load_vocabulary

SIGNS = load_vocabulary().paging
BASE = "http://portal.test/xw/"


@pytest.mark.parametrize(
    ("page", "url", "text"),
    [
        ("", "index_2.html", ""),
        ("index.html", "index_2.html", ""),
        ("index_2.html", "index_3.html", ""),
        ("list.shtml", "list_2.shtml", ""),
        ("xwzx_list.shtml", "xwzx_list_12.shtml", ""),
        ("list.jsp?cid=7", "list.jsp?cid=7&page=2", ""),
        ("list.jsp?cid=7&pageNo=2", "list.jsp?cid=7&pageNo=3", ""),
        ("", "2/", ""),
        ("2/", "3/", ""),
        ("", "page/2/", ""),
        ("index.html", "2/index.html", ""),
        ("", "more-of-it.html", "下一页"),
        ("", "more-of-it.html", "›"),
        ("list.do", "show.do?c=1&n=2", "2"),
    ],
)
def test_a_further_page_is_known(page, url, text):
    assert is_further_page(BASE + page, BASE + url, text, SIGNS)


@pytest.mark.parametrize(
    ("page", "url", "text"),
    [
        ("", "1.html", "关于某事的通知"),
        ("", "t20240511_123.html", "通知"),
        ("list.jsp?cid=7", "list.jsp?cid=8", "通知公告"),
        ("list.jsp?cid=7", "list.jsp?cid=8&page=2", ""),
        ("", "../gk/index_2.html", ""),
        ("", "2024/05/", "五月"),
        ("index_2.html", "index_2.html", "下一页"),
        ("a.html", "b.html", "下一篇"),
    ],
)
def test_what_is_no_further_page_is_not_taken_for_one(page, url, text):
    assert not is_further_page(
        BASE + page, f"http://portal.test/{'gk/index_2.html' if '..' in url else 'xw/' + url}", text, SIGNS
    )


@pytest.mark.parametrize(
    ("url", "number"),
    [("index_3.html", 3), ("3/", 3), ("list.jsp?cid=abc&page=4", 4), ("list.html", None), ("about.jsp?c=x", None)],
)
def test_the_number_of_a_page_is_read(url, number):
    assert read_page_number(BASE + url) == number


@pytest.mark.parametrize(
    ("page", "html", "first", "count"),
    [
        ("", '<script>createPageHTML(4, 0, "index", "html");</script>', "index_1.html", 3),
        ("a.shtml", "<script>createPageHTML('box',4, 1,'a','shtml',60)</script>", "a_2.shtml", 3),
        ("", "<script>var currentPage = 0; var countPage = 20;</script>", "index_1.html", 19),
        ("", "<script>var pageCount=5</script>", "index_2.html", 4),
        ("", "<script>laypage({totalPage: 5})</script>", "index_2.html", 4),
        ("list.htm", '<div data-total-pages="3"></div>', "list_2.htm", 2),
        ("", "<p>共 <b>7</b> 页</p>", "index_2.html", 6),
        ("", "<p>第<span>1</span>/7页</p>", "index_2.html", 6),
        ("", "<script>var totalCount = 101, pageSize = 20;</script>", "index_2.html", 5),
        ("", '<div data-total="41" data-page-size="20"></div>', "index_2.html", 2),
        ("", '共3页<a href="/xw/index_1.html">下一页</a>', "index_1.html", 2),
        ("", '共3页<a href="/xw/index_1.html">2</a>', "index_1.html", 2),
        ("", '共3页<a href="?page=2">2</a>', "?page=2", 2),
        ("", '共3页<a href="/xw/2/">2</a>', "2/", 2),
        ("list_2.html", "<script>var pageCount=5</script>", "list_3.html", 3),
        ("list.jsp?c=1&page=2", "<script>var pageCount=5</script>", "list.jsp?c=1&page=3", 3),
    ],
)
def test_a_stated_count_gives_the_addresses_of_the_other_pages(page, html, first, count):
    found = list_series(html, BASE + page, SIGNS)
    assert (found[0], len(found)) == (BASE + first, count)


def test_a_select_with_addresses_names_the_pages():
    html = '<select onchange="go()"><option value="index.html">1<option value="index_2.html">2<option value="x.css"></select>'
    assert list_series(html, f"{BASE}index.html", SIGNS) == (f"{BASE}index_2.html",)


def test_a_form_by_get_is_filled_with_numbers():
    form = '<form action="list.do"><input type="hidden" name="cid" value="7"><input name="pageNo"></form>'
    html = f"<script>var pageCount = 3</script>{form}"
    wanted = (f"{BASE}list.do?cid=7&pageNo=2", f"{BASE}list.do?cid=7&pageNo=3")
    assert list_series(html, f"{BASE}list.do?cid=7", SIGNS) == wanted
    assert list_series(html.replace("<form ", '<form method="post" '), f"{BASE}list.do?cid=7", SIGNS) == ()


@pytest.mark.parametrize("html", ["", "<p>共享单车</p>", "<script>var pageCount=1</script>", "<p>共1页</p>"])
def test_a_list_of_one_page_has_no_further_one(html):
    assert list_series(html, BASE, SIGNS) == ()


def test_a_series_is_bounded():
    assert len(list_series("<script>var pageCount = 9999;</script>", BASE, SIGNS)) == MAX_SERIES


@pytest.mark.parametrize("piece", ["<a ", "<form ", "<form>", "<option ", "共 <", "第<", '<a href="', "pageCount="])
def test_hostile_markup_is_read_to_its_end(piece):
    assert find_page_count(piece * 20_000, SIGNS) is None
    assert list_series(f"{piece * 20_000}><p>共9页", BASE, SIGNS)[:1] == (f"{BASE}index_2.html",)
