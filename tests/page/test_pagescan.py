from __future__ import annotations

import random
import time

import pytest

from auditor.page.markup import read_markup
from auditor.page.scan import (
    decode_body,
    is_same_page,
    judge_block,
    measure_likeness,
    normalise_url,
    scan_page,
    text_of,
)
from auditor.words.vocabulary import load_vocabulary

URL = "http://www.qinghe.example/zwgk/index.html"
CHINESE = "青禾区人民政府关于印发办法的通知"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (CHINESE.encode(), "text/html; charset=utf-8"),
        (CHINESE.encode(), "text/html; charset=gb2312"),
        (CHINESE.encode("gb18030"), "text/html; charset=utf-8"),
        (CHINESE.encode("gb18030"), None),
        (b"\xef\xbb\xbf" + CHINESE.encode(), "text/html; charset=gbk"),
        (b"\xff\xfe" + CHINESE.encode("utf-16-le"), None),
        (CHINESE.encode("gbk"), "text/html; charset=iso-8859-1"),
        (CHINESE.encode("gbk"), "text/html; charset=no-such-codec"),
    ],
)
def test_a_body_is_decoded_whatever_is_declared(body, content_type):
    assert decode_body(body, content_type) == CHINESE


def test_big5_is_read_where_it_is_declared():
    text = "政府資訊公開指南"
    assert decode_body(text.encode("big5"), "text/html; charset=big5") == text


def test_a_body_cut_in_the_middle_of_a_letter_is_still_utf8():
    assert decode_body(CHINESE.encode()[:-1], "text/html; charset=gbk") == CHINESE[:-1]


def test_no_bytes_at_all_raise_and_no_half_letters_come_out():
    dice = random.Random(7)
    for _ in range(300):
        text = decode_body(dice.randbytes(dice.randrange(200)), dice.choice([None, "text/html; charset=utf-16", "x"]))
        assert not any("\ud800" <= sign <= "\udfff" for sign in text)
    assert "\ufffd" in scan_page("<title>&#xD800;</title>", URL).title


@pytest.mark.parametrize(
    ("url", "base", "wanted"),
    [
        ("list.html", URL, "http://www.qinghe.example/zwgk/list.html"),
        ("../a/b.html#top", URL, "http://www.qinghe.example/a/b.html"),
        ("../../../up.html", URL, "http://www.qinghe.example/up.html"),
        ("//www.qinghe.example/a", URL, "http://www.qinghe.example/a"),
        ("HTTP://WWW.QingHe.Example:80/A", None, "http://www.qinghe.example/A"),
        ("https://www.qinghe.example:443", None, "https://www.qinghe.example/"),
        ("http://www.qinghe.example:8080/a", None, "http://www.qinghe.example:8080/a"),
        ("http://[2001:db8::1]/a", None, "http://[2001:db8::1]/a"),
        (
            "/公开/指南.html?类=一",
            URL,
            "http://www.qinghe.example/%E5%85%AC%E5%BC%80/%E6%8C%87%E5%8D%97.html?%E7%B1%BB=%E4%B8%80",
        ),
        ("/a%20b.html", URL, "http://www.qinghe.example/a%20b.html"),
        ("/a.jsp;jsessionid=0A1B?x=1", URL, "http://www.qinghe.example/a.jsp?x=1"),
        (" /a\n.html ", URL, "http://www.qinghe.example/a.html"),
        ("\\zwgk\\a.html", URL, "http://www.qinghe.example/zwgk/a.html"),
        ("javascript:void(0)", URL, None),
        ("mailto:a@b.cn", URL, None),
        ("data:text/html,x", URL, None),
        ("ftp://a.cn/x", URL, None),
        ("#", URL, None),
        ("", URL, None),
        ("http://", None, None),
        ("http://a b.cn/", None, "http://ab.cn/"),
        ("http://[bad/", URL, None),
        ("http://a.cn:99999/", None, None),
    ],
)
def test_addresses_have_one_form(url, base, wanted):
    assert normalise_url(url, base) == wanted


def test_an_address_in_its_form_stays_as_it_is():
    for url in ("http://a.cn/%E5%85%AC?x=1&y=%20", "https://a.cn/a;b/c", "http://a.cn/?q=1/2"):
        assert normalise_url(url) == url


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("<li onclick=\"location.href='/a.html'\">甲 <span>2024-05-01</span></li>", ["/a.html"]),
        ("<div onclick='window.open(\"b.html?id=2\")'>甲</div>", ["/zwgk/b.html?id=2"]),
        ("<tr><td onclick=\"openUrl('/c/1.shtml', this)\">甲</td></tr>", ["/c/1.shtml"]),
        ("<p role='link' data-href='/d/'>甲</p>", ["/d/"]),
        ("<li onclick=\"location.href='/out'\"><span onclick=\"location.href='/in'\">甲</span></li>", ["/in"]),
        ("<li onclick=\"location.href='/row'\"><a href='/own'>甲</a></li>", ["/own"]),
        ("<li onclick=\"window.open('/s?q=' + word)\">甲</li>", []),
        ("<li onclick=\"location.href='/s?q='+this.id\">甲</li>", []),
        ("<li onclick=\"window.open(base + '/s/1')\">甲</li>", []),
        ("<li onclick=\"setTab('one', 2)\">甲</li>", []),
        ("<li data-href='/lazy.html'>甲</li>", []),
        ("<input onclick=\"location.href='/i'\" value='甲'><form onclick=\"open('/f/')\">甲</form>", []),
        ("<a href='javascript:' data-url='/e.html'>甲</a>", ["/e.html"]),
    ],
)
def test_rows_that_open_by_script_are_links(row, wanted):
    scan = scan_page(f"<body><table><ul>{row}</ul></table></body>", URL)
    assert [link.url.replace("http://www.qinghe.example", "") for link in scan.links] == wanted


def test_links_have_words_and_regions():
    scan = scan_page(
        """<body><div class="header"><div class="top-nav"><a href="/">首页</a></div></div>
        <ul class="list"><li><a href="1.html"><span>政府信息</span><span>公开指南</span></a></li>
        <li><a href="2.html" title="关于印发办法的通知（全文）">关于印发办法的...</a></li>
        <li><a href="3.html"><img src="x.png" alt="图解政策"></a></li>
        <li><a href="javascript:;" onclick="window.open('/4.html')">打开</a></li><li><a href="#">无处</a></li></ul>
        <iframe src="frame.html"></iframe><select><option value="http://other.example/">友情链接</option></select>
        <footer><a href="/map.html">网站地图</a></footer></body>""",
        URL,
    )
    found = [
        (link.url.replace("http://www.qinghe.example", ""), link.text, link.region, link.tag) for link in scan.links
    ]
    assert found == [
        ("/", "首页", "nav", "a"),
        ("/zwgk/1.html", "政府信息公开指南", "body", "a"),
        ("/zwgk/2.html", "关于印发办法的通知（全文）", "body", "a"),
        ("/zwgk/3.html", "图解政策", "body", "a"),
        ("/4.html", "打开", "body", "a"),
        ("/map.html", "网站地图", "footer", "a"),
        ("/zwgk/frame.html", "", "body", "frame"),
        ("http://other.example/", "友情链接", "other", "option"),
    ]
    assert scan.frames == ("http://www.qinghe.example/zwgk/frame.html",)


def test_a_menu_without_a_telling_class_is_still_navigation():
    scan = scan_page(
        """<body><table><tr><td><a href="/">首页</a></td><td><a href="/x">要闻动态</a></td><td><a href="/g">政务公开</a></td>
        <td><a href="/b">办事服务</a></td></tr></table><div><a href="/x/1">一篇很长很长的文章标题</a></div></body>""",
        URL,
    )
    assert [link.region for link in scan.links] == ["nav", "nav", "nav", "nav", "body"]


def test_a_class_that_lies_about_its_part_is_not_believed():
    body = "<p>" + "这是一段很长的正文。" * 200 + "<a href='/a'>链接</a></p>"
    assert scan_page(f"<div class='bg-bottom'>{body}</div>", URL).links[0].region == "body"


def test_labels_are_read_whatever_their_case_and_the_first_filled_one_counts():
    scan = scan_page(
        '<meta name="SITENAME" content=""><meta name="sitename" content=" 青禾区 "><meta property="og:title" content="x"><title>a\n b</title><h1>一</h1>',
        URL,
    )
    assert scan.labels == {"sitename": "青禾区", "og:title": "x"}
    assert scan.title == "a b"
    assert scan.headings == ("一",)


@pytest.mark.parametrize(
    ("html", "jump"),
    [
        ('<meta http-equiv="Refresh" content="0; url=/new/">', "http://www.qinghe.example/new/"),
        ('<meta http-equiv="refresh" content="3;URL=\'new.html\'">', "http://www.qinghe.example/zwgk/new.html"),
        ('<meta http-equiv="refresh" content="60">', None),
        (f'<meta http-equiv="refresh" content="60;url={URL}">', None),
        ('<script>window.location.href="/new/";</script>', "http://www.qinghe.example/new/"),
        ("<script>top.location.replace('/new/')</script>", "http://www.qinghe.example/new/"),
        (
            '<div style="display:none"><p id="u">/zwgk/list.html</p></div><script>window.open(u.innerText,"_self")</script>',
            "http://www.qinghe.example/zwgk/list.html",
        ),
        ('<script>if (/mobile/.test(navigator.userAgent)) location.href="/m/";</script>', None),
        ('<script>function go(){location.href="/search?q="+q}</script>' + '<a href="/1">一</a>' * 9, None),
    ],
)
def test_pages_that_only_jump(html, jump):
    assert scan_page(html, URL).jump == jump


@pytest.mark.parametrize(
    ("html", "is_shell"),
    [
        ('<body><div id="app"></div><script src="app.js"></script></body>', True),
        ('<body><div id="root"><div class="spin"></div></div><script src="main.js"></script></body>', True),
        ("<body><p>{{ item.title }}</p><p>{{ item.date }}</p><p>{{ x }}</p></body>", True),
        (
            '<body><h1>政策文件</h1><ul id="list"></ul><script>$.ajax({success:function(d){$("#list").html(d)}})</script></body>',
            True,
        ),
        ("<body><p>数据加载中...</p><script src='a.js'></script></body>", True),
        ("<body></body>", False),
        ('<body><h1>重大项目</h1><ul class="list"></ul></body>', False),
        ('<body><h1>图解</h1><img src="1.png"><script src="a.js"></script><p>看图了解办法</p></body>', False),
        ("<body><p>" + "正文很长。" * 100 + '</p><ul id="list"></ul><script>$.ajax("#list")</script></body>', False),
        ('<script>location.href="/x/"</script>', False),
    ],
)
def test_pages_drawn_by_script(html, is_shell):
    assert scan_page(html, URL).is_shell is is_shell


def test_links_in_the_data_of_a_script_are_found():
    scan = scan_page(
        """<script>var nodes=[{id:1,name:"政府信息公开指南",url:"zn/"},{"id":2,"title":"年报","href":"/nb/"},{name:"无址"}]</script>""",
        URL,
    )
    assert [(link.text, link.url) for link in scan.script_data] == [
        ("政府信息公开指南", "http://www.qinghe.example/zwgk/zn/"),
        ("年报", "http://www.qinghe.example/nb/"),
    ]


ARTICLE = (
    "<title>我区举行网络安全宣传</title><p>"
    + "活动介绍了网站防火墙和安全验证的知识，提醒居民拒绝访问可疑网址。" * 40
    + "</p>"
)


@pytest.mark.parametrize(
    ("status", "html", "is_block"),
    [
        (412, "", True),
        (429, "<p>slow down</p>", True),
        (403, "<p>Forbidden</p>", True),
        (405, "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>", True),
        (405, "<p>Method Not Allowed</p>", False),
        (503, "<title>安全检查</title><p>正在检查您的浏览器，请稍候</p>", True),
        (503, "<p>系统升级中</p>", False),
        (200, "<script>document.cookie='acw_sc__v2=1';location.reload()</script>", True),
        (200, "<title>502 Bad Gateway</title><p>nginx</p>", True),
        (200, "<title>网站防火墙</title><p>您的请求可能存在威胁，访问被拦截，事件编号 123</p>", True),
        (200, "<title>Just a moment...</title><p>Checking your browser</p>", True),
        (200, ARTICLE, False),
        (200, "<title>通知公告</title><ul></ul>", False),
        (404, "<p>您访问的页面不存在</p>", False),
        (None, "<p>访问过于频繁，请输入验证码继续</p>", True),
        (301, "", False),
    ],
)
def test_who_answered_the_site_or_a_guard(status, html, is_block):
    assert judge_block(status, html) is is_block


def test_likeness_is_a_share_of_common_pieces():
    text = "青禾区人民政府门户网站，要闻动态，政务公开，办事服务，互动交流，政府信息公开指南，法定主动公开内容，行政规范性文件，政策解读"
    assert measure_likeness(text, text) == 1.0
    assert measure_likeness(text, text + " 访问量 12345") > 0.8
    assert measure_likeness(text, "另一个网站的首页，与此毫不相干") < 0.1
    assert measure_likeness("", "") == 1.0
    assert measure_likeness("", text) == 0.0
    assert is_same_page(text, text)
    assert not is_same_page(text, text[:20])


def test_the_text_of_a_page_is_what_it_shows():
    html = "<title>t</title><style>p{}</style><p>一<b>二</b></p><script>var a=1</script><div>三<br>四</div><p>日期：<script>document.write('2020-01-02')</script></p>"
    assert text_of(html) == "一二\n三\n四\n日期：2020-01-02"


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 200_000,
        "<b><i><font>" * 30_000,
        "<table><tr><td>" * 30_000,
        "<a href='/x'>" * 50_000,
        "<ul><li>" * 50_000 + "<a href=x>y</a>",
        "<p class='" + "nav " * 100_000 + "'>",
        "<!--" * 50_000,
        "<script>" + "{name:'" * 50_000,
        "<meta name=a content=b>" * 50_000,
        "\x00" * 100_000 + "<p>",
        "<a href='" + "a/../" * 100_000 + "'>x</a>",
        "<select>" + "<option value='/x'>y" * 50_000,
        "<option>" * 100_000,
        "<h1>" * 50_000 + "x",
        "<svg><g>" * 50_000,
        "<form><input>" * 50_000,
    ],
    ids=range(16),
)
def test_hostile_markup_costs_a_bounded_time(html):
    start = time.process_time()
    scan = scan_page(html, URL)
    judge_block(200, html)
    assert time.process_time() - start < 8
    assert len(scan.links) <= 6_000


def column_of(body, script="/list.js"):
    menu = '<div class="nav"><a href="/">首页</a><a href="/gk/">政务公开</a></div>'
    return scan_page(f'<title>公开年报</title>{menu}<h1>公开年报</h1>{body}<script src="{script}"></script>', URL)


@pytest.mark.parametrize(
    "body",
    ['<div id="list"></div>', '<div class="lst" data-src="/api?c=1"></div>', '<ul id="rows"> </ul>'],
)
def test_an_empty_list_beside_a_script_is_awaited(body):
    scan = column_of(body)
    assert (scan.is_shell, scan.is_awaited) == (True, True)


@pytest.mark.parametrize(
    ("body", "script"),
    [
        ('<div id="list"></div>', "/nav.js"),
        ('<div id="list"></div>', "/jquery-3.6.min.js"),
        ("<div></div>", "/list.js"),
        ('<div class="footer"><div id="list"></div></div>', "/list.js"),
        ('<div id="share"></div><ul><li><a href="1">青禾区2020年报告</a></li></ul>', "/list.js"),
        ('<div id="share"></div><p>' + "本年度没有应当公开的内容。" * 8 + "</p>", "/list.js"),
        ('<div id="share"></div><p><img src="a.jpg"></p>', "/list.js"),
    ],
)
def test_other_empty_boxes_await_nothing(body, script):
    scan = column_of(body, script)
    assert (scan.is_shell, scan.is_awaited) == (False, False)


def test_a_wrapper_with_a_pager_s_name_is_no_pager():
    rows = "".join(f'<li><a href="/{number}.html">青禾区第{number}号规划文件的全文</a></li>' for number in range(4))
    shown = read_markup(f'<div class="page"><ul>{rows}</ul></div>', load_vocabulary())
    assert {anchor.zone.part for anchor in shown.anchors} == {""}
    menu = '<div class="nav"><a href="/">首页</a></div><ul><li><a href="/1">要闻</a></li></ul>'
    shown = read_markup(f'<div class="page">{menu}</div>', load_vocabulary())
    assert [anchor.zone.part for anchor in shown.anchors] == ["nav", ""]


def test_a_pager_with_the_articles_beside_it_is_one():
    links = (
        '<a href="/1.html">上一篇：青禾区关于印发办法的通知</a><a href="/2.html">下一篇：青禾区关于印发细则的通知</a>'
    )
    shown = read_markup(f'<div class="page">{links}<a href="/3.html">2</a></div>', load_vocabulary())
    assert {anchor.zone.part for anchor in shown.anchors} == {"pager"}
