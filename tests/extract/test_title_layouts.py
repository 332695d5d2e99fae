"""The title of a page: the words that it shows for itself, whatever stands around them."""

from __future__ import annotations

import pytest
from lone_page import FOOT, NAV, PROSE, make_article, read_lone

TITLE = "青禾区人民政府办公室关于印发2024年政务公开工作要点的通知"
LINE = "<p>发布时间：2024-04-28 来源：区政府办</p>"
SITE = "青禾区人民政府"


def make(shown, *, window=TITLE, head="", before="", line=LINE):
    return f"<html><head><title>{window}</title>{head}</head><body>{NAV}{before}<div class='main'>{shown}{line}<div class='content'><p>{PROSE * 4}</p></div></div>{FOOT}</body></html>"


PAGES = {
    "h1": make(f"<h1>{TITLE}</h1>"),
    "h2": make(f"<h2>{TITLE}</h2>"),
    "div": make(f"<div class='bt'>{TITLE}</div>"),
    "table-cell": make(f"<table><tr><td class='title1'>{TITLE}</td></tr></table>"),
    "suffix-site": make(f"<h1>{TITLE}</h1>", window=f"{TITLE}_{SITE}"),
    "suffix-column-and-site": make(f"<h1>{TITLE}</h1>", window=f"{TITLE}_政策文件_{SITE}"),
    "suffix-dashes": make(f"<h1>{TITLE}</h1>", window=f"{TITLE} - 政策文件 - {SITE}"),
    "suffix-pipes": make(f"<h1>{TITLE}</h1>", window=f"{TITLE}|政策文件|{SITE}"),
    "prefix-site": make(f"<h1>{TITLE}</h1>", window=f"{SITE}-{TITLE}"),
    "prefix-site-and-column": make(f"<h1>{TITLE}</h1>", window=f"{SITE} 政策文件 {TITLE}"),
    "window-is-site": make(f"<h1>{TITLE}</h1>", window=SITE),
    "window-is-site-h3": make(f"<h3>{TITLE}</h3>", window=SITE),
    "window-is-site-h4-with-labels": make(
        f"<h4>{TITLE}</h4><p>主题：</p><p>嘉宾：</p>", window=SITE, line="<h4>文字实录</h4>"
    ),
    "window-is-site-div": make(f"<div class='title'>{TITLE}</div>", window=SITE),
    "window-is-site-p": make(
        f"<p style='font-size:24px;text-align:center'><strong>{TITLE}</strong></p>", window=f"{SITE}门户网站"
    ),
    "window-is-column": make(f"<h1>{TITLE}</h1>", window=f"政策文件_{SITE}"),
    "window-empty": make(f"<h1>{TITLE}</h1>", window=""),
    "window-cut": make(f"<h1>{TITLE}</h1>", window=TITLE[:18] + "..."),
    "over-br": make(f"<h1>{TITLE[:10]}<br>{TITLE[10:]}</h1>"),
    "over-br-window-site": make(f"<h1>{TITLE[:10]}<br/>{TITLE[10:]}</h1>", window=SITE),
    "over-spans": make(f"<h1><span>{TITLE[:10]}</span><span>{TITLE[10:]}</span></h1>"),
    "markup-in-window": make(f"<h1>{TITLE}</h1>", window=f"&lt;p&gt;{TITLE}&lt;/p&gt;"),
    "markup-in-window-br": make(f"<h1>{TITLE}</h1>", window=f"{TITLE[:10]}&lt;br/&gt;{TITLE[10:]}"),
    "spaces-in-window": make(f"<h1>\n   {TITLE}\n  </h1>", window=f"\n  {TITLE}  \n"),
    "logo-h1": make(f"<h3 class='tit'>{TITLE}</h3>", before=f"<div class='top'><h1>{SITE}</h1></div>"),
    "column-h2-before": make(f"<h2>政策文件</h2><h1>{TITLE}</h1>", window=SITE),
    "column-h1-before": make(f"<h1>政策文件</h1><div class='xl_tit'>{TITLE}</div>", window=f"{TITLE}-{SITE}"),
    "sub-title": make(f"<h1>{TITLE}</h1><h2>（征求意见稿）</h2>", window=f"{TITLE}_{SITE}"),
    "shoulder-title": make(f"<h4>为民办实事</h4><h1>{TITLE}</h1>", window=f"{TITLE}_{SITE}"),
    "label-only-in-head": make(
        "<img src='/i/title.png'>", window=SITE, head=f'<meta name="ArticleTitle" content="{TITLE}">'
    ),
    "title-in-picture": make("<img src='/i/title.png'>", window=f"{TITLE}_{SITE}"),
    "printed-twice": make(f"<h1>{TITLE}</h1><div class='print-title'>{TITLE}</div>"),
    "in-crumb-too": make(
        f"<h1>{TITLE}</h1>",
        before=f"<div class='position'>当前位置：<a href='/'>首页</a> &gt; <a href='/z/'>政策文件</a> &gt; {TITLE}</div>",
    ),
    "in-crumb-cut": make(
        f"<h1>{TITLE}</h1>",
        window=SITE,
        before=f"<div class='position'>当前位置：<a href='/'>首页</a> &gt; <a href='/z/'>政策文件</a> &gt; {TITLE[:12]}...</div>",
    ),
    "in-share-script": make(f"<h1>{TITLE}</h1><div class='share'><a href='#' title='{TITLE}'>分享</a></div>"),
    "in-elements": make(
        f"<table><tr><td>名称</td><td>{TITLE}</td></tr><tr><td>索引号</td><td>QH1</td></tr></table><h1>{TITLE}</h1>",
        window=SITE,
    ),
    "line-first": make(f"{LINE}<h1>{TITLE}</h1>", line="", window=SITE),
    "bold-number": make(f"<h1>{TITLE}</h1><p>青府办〔2024〕3号</p>", window=SITE),
    "read-count": make(f"<h1>{TITLE}<small>浏览次数：12</small></h1>", window=f"{TITLE}_{SITE}"),
    "og": make(f"<h1>{TITLE}</h1>", window=SITE, head=f'<meta property="og:title" content="{TITLE}">'),
    "full-width-space": make(f"<h1>　　{TITLE}</h1>", window=SITE),
    "quote-entities": make(f"<h1>&nbsp;{TITLE}&nbsp;</h1>", window=f"{TITLE}--{SITE}"),
}


@pytest.mark.parametrize("name", PAGES)
def test_the_title_of_an_article_is_what_it_shows(name):
    record = read_lone(PAGES[name])
    assert record.title == TITLE
    assert record.kind == "article"


HARD = {
    "hyphen": ("青禾区2021-2025年教育发展规划", "青禾区2021-2025年教育发展规划_青禾区人民政府"),
    "underscore-inside": ("COVID_19防控指南解读", "COVID_19防控指南解读_青禾区人民政府"),
    "dash": ("从“田间”到“舌尖”——青禾区粮食安全纪实", "从“田间”到“舌尖”——青禾区粮食安全纪实"),
    "body-name-in-title": ("青禾区教育局", "青禾区教育局2024年预算"),
    "bar": ("图解｜青禾区2024年重点工作", "图解｜青禾区2024年重点工作-青禾区人民政府"),
}


@pytest.mark.parametrize("name", ["hyphen", "underscore-inside", "dash", "bar"])
def test_signs_inside_a_title_do_not_cut_it(name):
    title, window = HARD[name]
    assert read_lone(make(f"<h1>{title}</h1>", window=window)).title == title
    assert read_lone(make("<img src='/i/title.png'>", window=window)).title == title


COLUMNS = {
    "head": ("通知公告_青禾区人民政府", "<h2>通知公告</h2>"),
    "prefix": ("青禾区人民政府-通知公告", "<h2>通知公告</h2>"),
    "not-shown-elsewhere": ("青禾区人民政府", "<h2>通知公告</h2>"),
    "by-way": (
        "青禾区人民政府",
        "<div class='dqwz'>您现在的位置：<a href='/'>首页</a>&gt;&gt;<a href='/t/'>通知公告</a></div>",
    ),
    "shown-with-english": (
        "通知公告 - 青禾区人民政府",
        "<div class='lmtit'>通知公告<em>NOTICE</em></div><h3>通知公告</h3>",
    ),
}


@pytest.mark.parametrize("name", COLUMNS)
def test_the_title_of_a_column_is_its_name(name):
    window, inner = COLUMNS[name]
    rows = "".join(
        f"<li><a href='/t/{n}.html'>青禾区第{n}号公告事项说明</a><span>2024-04-{n + 10}</span></li>" for n in range(9)
    )
    record = read_lone(
        f"<html><head><title>{window}</title></head><body>{NAV}{inner}<ul>{rows}</ul>{FOOT}</body></html>"
    )
    assert (record.kind, record.title) == ("column", "通知公告")


def test_the_name_of_the_site_is_no_title_of_an_article():
    record = read_lone(make("", window=SITE, head=f'<meta name="SiteName" content="{SITE}">'))
    assert record.title in ("", SITE)
    assert read_lone(make_article(LINE)).title == "青禾区举办社区读书节活动"


def test_the_way_to_a_page_is_no_title_though_it_ends_with_the_window():
    way = "<div class='content'><div class='now-title'>当前位置：<a href='/'>首页</a> &gt; 消费领域</div>"
    rows = "".join(
        f"<li><a href='/t/{n}.html'>关于第{n}号收费问题的复函</a><span>2024-04-1{n}</span></li>" for n in range(6)
    )
    html = f"<html><head><title>消费领域</title></head><body>{NAV}{way}<p>消费领域</p><ul>{rows}</ul></div>{FOOT}</body></html>"
    assert read_lone(html).title == "消费领域"


def test_a_window_that_ends_like_a_bodys_name_is_the_title_where_the_label_says_so():
    title = "全区教育系统建设专题培训班举办"
    head = f"<meta name='SiteName' content='青禾区教育局'><meta name='ArticleTitle' content='{title}'>"
    table = "<table><tr><td>主题分类: 教育</td><td>公开方式: 主动公开</td></tr></table>"
    assert read_lone(make(f"{table}<div class='bt'>{title}</div>", window=title, head=head)).title == title


def test_the_way_to_a_page_is_not_its_title():
    way = "<p>您当前的位置是：财政信息</p>"
    html = f"<html><head><title>财政信息-{SITE}</title></head><body>{NAV}{way}<ul><li><a href='/c/1.html'>青禾区财政决算报告全文</a><span>2024-04-12</span></li></ul>{FOOT}</body></html>"
    record = read_lone(html)
    assert (record.title, record.breadcrumb) == ("财政信息", ("财政信息",))
