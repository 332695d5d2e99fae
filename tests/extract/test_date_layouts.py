"""Dates of pages, in the layouts that portals print: what is a date of the page, and what never is."""

from __future__ import annotations

from datetime import date

import pytest
from lone_page import PROSE, make_article, read_lone

DAY = "2024-04-28"

PUBLISHED = {
    "label-and-clock": "<p>发布时间：2024-04-28 10:19</p>",
    "label-han": "<div class='info'><span>发布日期：2024年4月28日</span><span>来源：区政府办</span></div>",
    "zero-padded-han-with-clock": "<p>日期：2024年04月28日 13时44分 来源：青禾发布</p>",
    "slashes": "<p>来源：青禾发布　日期：2024/04/28</p>",
    "dots": "<p>时间：2024.04.28 浏览：12次</p>",
    "single-digits": "<p>发布时间：2024-4-28 9:05:01 点击数：87</p>",
    "full-width-digits": "<p>发布日期：２０２４－０４－２８ 来源：区融媒体中心</p>",
    "ratio-colon": "<p>发布日期∶2024-04-28 10∶19</p>",
    "glued": "<p>来源：区融媒体中心发布日期：2024-04-28浏览次数：</p>",
    "odd-label": "<p>时间发布：2024-04-28</p>",
    "numerals": "<p>发布时间：二〇二四年四月二十八日</p>",
    "numerals-other-zero": "<p>发布日期：二○二四年四月廿八日</p>",
    "bracket-after-label": "<p>发布日期：[2024-04-28 08:30] 访问量：[2035]</p>",
    "bare-bracketed": "<p>（2024-04-28）</p>",
    "bare-bracketed-spaces": "<p>( 2024-04-28)</p>",
    "bare-line": "<p>2024-04-28</p>",
    "bare-line-clock": "<p class='time'>2024-04-28 10:19:22</p>",
    "bare-with-source": "<p>2024-04-28 来源：青禾日报 字体：大 中 小</p>",
    "split-spans": "<ul class='info'><li>来源：</li><li>区政府办</li><li>发布时间：</li><li>2024-04-28</li></ul>",
    "split-elements": "<div><b>发布时间</b><i>：</i><em>2024</em>-<em>04</em>-<em>28</em></div>",
    "table-row": "<table><tr><td>索引号</td><td>QH0001</td><td>发布日期</td><td>2024-04-28</td></tr><tr><td>发布机构</td><td>区政府办</td><td>公开类别</td><td>主动公开</td></tr></table>",
    "label-row": "<table><tr><th>索引号</th><th>发布日期</th><th>成文日期</th></tr><tr><td>QH1</td><td>2024-04-28</td><td>2024-04-20</td></tr></table>",
    "label-row-made-first": "<table><tr><td>索引号</td><td>成文日期</td><td>发布日期</td></tr><tr><td>QH1</td><td>2024-04-20</td><td>2024-04-28</td></tr></table>",
    "definition-list": "<dl><dt>发布日期</dt><dd>2024-04-28</dd><dt>来源</dt><dd>区政府办</dd></dl>",
    "update-only": "<p>更新时间：2024-04-28 来源：区政府办</p>",
    "english-label": "<p>PubDate: 2024-04-28</p>",
    "pipes": "<p>青禾发布 | 2024-04-28 | 字号：大 中 小</p>",
    "hyphen-joined-source": "<p>2024-04-28信息公开办公室</p>",
    "nbsp": "<p>发布时间：&nbsp;&nbsp;2024-04-28&nbsp;10:19&nbsp;&nbsp;来源：&nbsp;区政府办</p>",
    "two-dates-made-first": "<p>成文日期：2024-03-01 发布日期：2024-04-28</p>",
    "two-dates-made-last": "<p>发布日期：2024-04-28 成文日期：2024-03-01</p>",
    "two-dates-updated": "<p>更新时间：2024-05-09 发布时间：2024-04-28</p>",
    "written-by-script": "<p>发布时间：<script>var pubdata='2024-04-28 10:19';document.write(pubdata);</script></p>",
    "script-variable": "<p>来源：<span id='ly'></span><span id='sj'></span></p><script>var pubdata = '2024-04-28 10:19'; $('#sj').html(pubdata)</script>",
    "script-substring": "<p>发布时间：<script>document.write('2024-04-28 10:19:00'.substr(0,10))</script></p>",
    "time-element": "<p><time datetime='2024-04-28T10:19:00+08:00'>2024年4月28日</time></p>",
    "label-in-other-block": "<div><div>发布时间</div><div>2024-04-28</div></div>",
    "below-counter": "<p>浏览量：20240101</p><p>发布日期：2024-04-28</p>",
    "editor-line": "<p>责任编辑：李某 2024-04-28</p>",
    "compact": "<p>发布时间：20240428</p>",
    "compact-with-clock": "<p>发布日期：20240428 10:19</p>",
    "spaced-han": "<p>发布日期：2024 年 4 月 28 日</p>",
    "two-digit-hours-t": "<p>发布时间：2024-04-28T10:19:00</p>",
    "underlined-label": "<p>【发布时间】2024-04-28【来源】区政府办</p>",
    "label-in-brackets": "<p>[发布日期] 2024-04-28</p>",
    "release-word": "<p>2024-04-28 10:19 发布</p>",
    "submitted": "<p>信息提供日期：2024-04-28　作者：区教育局　字体：[大 中 小]</p>",
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_publication_date_is_read_however_it_is_printed(name):
    record = read_lone(make_article(PUBLISHED[name]))
    assert record.published is not None
    assert record.published.value.isoformat() == DAY
    assert record.published.evidence.excerpt


BELOW = {
    "source-and-date-below-the-text": "<p>来源：区政府办</p><p>发布日期：2024-04-28</p>",
    "bare-signature-and-date-with-label": "<div class='laiyuan'>信息来源：区教育局 发布时间：2024-04-28</div>",
}


@pytest.mark.parametrize("name", BELOW)
def test_a_labelled_date_below_the_text_counts_where_nothing_stands_above(name):
    record = read_lone(make_article("", after=BELOW[name]))
    assert record.published is not None
    assert record.published.value.isoformat() == DAY


ABOVE = "<p>发布时间：2024-04-28 来源：区政府办</p>"
NEVER = {
    "clock-widget": ("", "<div id='today'>今天是2024年6月30日 星期日 晴</div>", ""),
    "clock-without-class": ("", "<div>2024年6月30日 星期日</div>", ""),
    "weather": ("", "<p>2024-06-30 天气：多云 26℃</p>", ""),
    "server-time": ("", "", "<p>服务器时间：2024-06-30 08:00:00</p>"),
    "page-built": ("", "", "<p>页面生成时间：2024-06-30 08:00:00</p>"),
    "copyright": ("", "", "<p>Copyright © 2019-2024 All Rights Reserved 最后备案 2019年1月1日</p>"),
    "event": ("<p>活动时间：2024年5月1日至2024年5月3日</p>", "", ""),
    "deadline": ("<p>报名截止时间：2024年5月20日</p>", "", ""),
    "deadline-until": ("<p>征集时间：2024-05-01 至 2024-05-31</p>", "", ""),
    "meeting": ("<p>会议时间：2024-05-08 09:00 地点：区政府三楼</p>", "", ""),
    "related-links": (
        "",
        "",
        "<div class='related'><h3>相关文章</h3><ul><li><a href='/1.html'>青禾区召开动员部署会议</a><span>2024-05-06</span></li></ul></div>",
    ),
    "related-links-plain": (
        "",
        "",
        "<h3>相关链接</h3><ul><li><a href='/1.html'>青禾区召开动员部署会议</a><span>2024-05-06</span></li><li><a href='/2.html'>青禾区召开第二次动员部署会议</a><span>2024-05-16</span></li></ul>",
    ),
    "neighbours": (
        "",
        "",
        "<p>上一篇：<a href='/1.html'>青禾区召开动员部署会议</a> 2024-05-06</p><p>下一篇：<a href='/3.html'>关于开展检查的通知</a> 2024-05-07</p>",
    ),
    "comments": ("", "", "<div class='comments'><h3>网友评论</h3><p>张某 2024-05-06 10:11:12</p><p>好活动！</p></div>"),
    "sidebar-before": (
        "",
        "<div class='left'><h3>最新文章</h3><ul><li><a href='/1.html'>青禾区召开动员部署会议</a> 2024-05-06</li></ul></div>",
        "",
    ),
    "visits": ("<p>浏览次数：20240506 次</p>", "", ""),
    "updated-apart": ("<p>更新时间：2024-05-06</p>", "", ""),
    "reply": ("", "", "<p>答复时间：2024-05-06 答复单位：区教育局</p>"),
    "registered": ("", "", "<p>备案时间：2019-05-06</p>"),
    "validity": ("<p>有效期至：2024-05-31</p>", "", ""),
    "effective": ("<p>实施日期：2024-05-31</p>", "", ""),
}


@pytest.mark.parametrize("name", NEVER)
def test_a_date_that_is_not_the_pages_own_never_replaces_the_true_one(name):
    middle, before, after = NEVER[name]
    record = read_lone(make_article(f"{ABOVE}{middle}", before=before, after=after))
    assert record.published is not None
    assert record.published.value.isoformat() == DAY


@pytest.mark.parametrize("name", sorted(set(NEVER) - {"updated-apart"}))
def test_a_date_that_is_not_the_pages_own_is_none_where_nothing_else_stands(name):
    middle, before, after = NEVER[name]
    record = read_lone(make_article(middle, before=before, after=after))
    assert record.published is None
    assert record.updated is None


def test_a_date_in_the_running_text_is_no_publication_date():
    record = read_lone(make_article("", body=f"2024年4月28日，区领导到听禾街道调研。{PROSE * 4}"))
    assert record.published is None


@pytest.mark.parametrize(
    "line",
    [
        "成绩公布时间：2024年5月1日",
        "材料补正修改时间：2024-05-01",
        "二、名单公布日期：2024-05-01",
        "3.方案修订时间：2024-05-01",
    ],
)
def test_a_label_in_the_running_text_is_that_of_something_else(line):
    after = f"<p>{line}</p>"
    record = read_lone(make_article("<p>2024-04-28 来源：区政府办</p>", after=after))
    assert (record.published.value.isoformat(), record.updated) == (DAY, None)
    assert read_lone(make_article("", after=after)).published is None


def test_the_day_under_a_signature_is_when_it_was_made():
    page = make_article(
        "", after="<p style='text-align:right'>青禾区人民政府</p><p style='text-align:right'>2024年4月28日</p>"
    )
    assert read_lone(page).updated is None


def test_an_update_date_needs_its_label():
    record = read_lone(make_article("<p>发布时间：2024-04-28 最后更新时间：2024-05-06 10:00</p>"))
    assert (record.published.value.isoformat(), record.updated.value.isoformat()) == (DAY, "2024-05-06")
    assert record.updated.source == "最后更新时间"
    assert read_lone(make_article(ABOVE)).updated is None


GUIDE = "青禾区人民政府信息公开指南"
GUIDES = {
    "bracket": ("<p>（2024-04-28）</p>", DAY),
    "square-bracket": ("<p>[2024年4月28日]</p>", DAY),
    "bracket-with-word": ("<p>（2024年4月28日更新）</p>", DAY),
    "bracket-revised": ("<p>（2024年4月28日修订）</p>", DAY),
    "bracket-published": ("<p>（2024年4月28日发布）</p>", None),
    "label": ("<p>更新日期：2024年4月28日</p>", DAY),
    "label-latest": ("<p>最近更新：2024-04-28</p>", DAY),
    "published-only": ("<p>发布日期：2024-04-28</p>", None),
    "nothing": ("", None),
}


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_updated_where_it_says_so_or_shows_a_bare_date_under_its_title(name):
    middle, day = GUIDES[name]
    record = read_lone(make_article(middle, title=GUIDE, window=f"{GUIDE}_青禾区人民政府"))
    assert (record.updated.value.isoformat() if record.updated is not None else None) == day


def test_no_other_page_takes_a_bare_date_for_an_update():
    assert read_lone(make_article("<p>（2024-04-28）</p>")).updated is None


def test_a_label_alone_is_a_date_of_last_resort_and_says_so():
    record = read_lone(make_article("", head='<meta name="PubDate" content="2024-04-28 10∶19">'))
    assert (record.published.value.isoformat(), record.published.source) == (DAY, "label")
    both = read_lone(make_article("<p>发布时间：2024-04-28</p>", head='<meta name="PubDate" content="2023-11-10">'))
    assert both.published.value.isoformat() == DAY


def test_a_date_after_the_day_on_which_the_page_was_seen_is_none():
    assert read_lone(make_article("<p>发布时间：2034-04-28</p>")).published is None


TITLES = {
    "in-title-brackets": "青禾区举办社区读书节活动(2024-04-28)",
    "in-title-apart": "青禾区举办社区读书节活动 2024-04-28",
}


@pytest.mark.parametrize("name", TITLES)
def test_a_date_behind_the_title_is_the_pages_own(name):
    record = read_lone(make_article("", title=TITLES[name], window="青禾区举办社区读书节活动"))
    assert record.published is not None
    assert record.published.value.isoformat() == DAY
    assert record.title == "青禾区举办社区读书节活动"


def test_a_date_inside_the_title_is_not():
    assert read_lone(make_article("", title="2024年4月28日青禾区新闻发布会实录")).published is None


def test_a_line_that_tells_both_days_gives_each_its_own():
    record = read_lone(make_article("<p>发表于 2024-04-28|更新于 2024-05-06|政策文件</p>"))
    assert (record.published.value, record.updated.value) == (date(2024, 4, 28), date(2024, 5, 6))
