"""Marks of a site in the layouts of footers: codes, records, badges, entries."""

from __future__ import annotations

import pytest
from lone_page import NAV, read_lone

CODE, ICP, POLICE = "3101990001", "沪ICP备12345678号-1", "沪公网安备31019902000123号"


def read_marks_of(footer, *, body="", head=""):
    html = f"<html><head><title>青禾区人民政府</title>{head}</head><body>{NAV}{body}<div class='main'><p>区情概况</p></div>{footer}</body></html>"
    return read_lone(html).marks


NUMBERS = {
    "one-line": f"<div class='footer'>网站标识码：{CODE} {ICP} {POLICE}</div>",
    "no-class": f"<div><p>网站标识码：{CODE}</p><p>{ICP}</p><p>{POLICE}</p></div>",
    "glued": f"<div class='foot'>{ICP}网站标识码{CODE}{POLICE}</div>",
    "odd-colons": f"<div class='foot'>政府网站标识码∶{CODE}　ICP备案号：{ICP}　公安备案号：{POLICE}</div>",
    "over-br": "<div class='foot'>网站标识码：<br>3101990001<br>沪ICP备<br>12345678号-1<br>沪公网安备<br>31019902000123号</div>",
    "over-tags": "<div class='foot'>网站标识码：<b>31019</b><b>90001</b> <a>沪<em>ICP</em>备12345678号<i>-1</i></a> <a>沪公网安备 <span>31019902000123</span> 号</a></div>",
    "spaces": "<div class='foot'>网站标识码： 3101990001 &nbsp; 沪 ICP 备 12345678 号 -1 &nbsp; 沪公网安备 31019902000123 号</div>",
    "full-width": "<div class='foot'>网站标识码：３１０１９９０００１ 沪ICP备１２３４５６７８号－１ 沪公网安备３１０１９９０２０００１２３号</div>",
    "table": f"<table class='bottom'><tr><td>网站标识码：</td><td>{CODE}</td></tr><tr><td>{ICP}</td><td>{POLICE}</td></tr></table>",
    "links": f"<footer><a href='http://beian.example/'>{ICP}</a> <a href='/p'><img src='/i/ga.png'>{POLICE}</a> <span>政府网站标识码：{CODE}</span></footer>",
    "written": f"<div class='foot'><script>document.write('网站标识码：{CODE} {ICP} {POLICE}');</script></div>",
    "written-markup": f'<div class=\'foot\'><script>document.writeln("<p>网站标识码：{CODE}</p>");document.writeln("<p>{ICP}</p><p>{POLICE}</p>");</script></div>',
    "lower-case": "<div class='foot'>网站标识码：3101990001 沪icp备12345678号-1 沪公网安备31019902000123号</div>",
    "number-only-police": "<div class='foot'>网站标识码：3101990001 沪ICP备12345678号-1 公安备案号：沪公网安备 31019902000123</div>",
    "circled": f"<div class='foot'><p>主办：青禾区人民政府　承办：青禾区政务服务中心</p><p>[{ICP}]（{POLICE}）【网站标识码：{CODE}】</p></div>",
}


@pytest.mark.parametrize("name", NUMBERS)
def test_the_numbers_of_a_footer_are_read_whatever_stands_in_them(name):
    marks = read_marks_of(NUMBERS[name])
    assert marks.site_id_code == CODE
    assert "".join(marks.icp.upper().split()) == ICP
    assert "".join(marks.police_record.split()).rstrip("号") == POLICE.rstrip("号")
    assert {"site_id_code", "icp", "police_record"} <= marks.marks


ABSENT = {
    "comment": f"<div class='foot'><!-- 网站标识码：{CODE} {ICP} {POLICE} --></div>",
    "script-file": "<script src='/js/footer.js'></script>",
    "labels-only": "<div class='foot'>网站标识码： ICP备案号： 公安备案号：</div>",
    "placeholder": "<div class='foot'>网站标识码：XXXXXXXXXX 沪ICP备XXXXXXXX号 沪公网安备号</div>",
    "string-never-written": f"<script>var foot = '网站标识码：{CODE} {ICP} {POLICE}';</script>",
}


@pytest.mark.parametrize("name", ABSENT)
def test_what_is_not_shown_is_no_mark(name):
    marks = read_marks_of(ABSENT[name])
    assert (marks.site_id_code, marks.icp, marks.police_record) == (None, None, None)


def test_a_number_in_the_text_of_a_page_is_not_the_footers():
    body = f"<div class='content'><p>某网站的备案号是沪ICP备87654321号。</p>{'<p>第一条说明文字。</p>' * 40}</div>"
    assert "".join(read_marks_of(NUMBERS["one-line"], body=body).icp.split()) == ICP


ORGANIZERS = {
    "label": "<div class='foot'>主办单位：青禾区人民政府办公室 承办单位：青禾区大数据中心</div>",
    "short-label": "<div class='foot'>主办：青禾区人民政府办公室　维护：青禾区大数据中心</div>",
    "behind": "<div class='foot'>青禾区人民政府办公室主办 青禾区大数据中心承办</div>",
    "split": "<div class='foot'><span>主办单位</span><span>：</span><span>青禾区人民政府办公室</span></div>",
    "bars": "<div class='foot'>版权所有：青禾区 | 主办单位：青禾区人民政府办公室 | 地址：青禾路1号</div>",
    "next-line": "<div class='foot'><p>主办单位：</p><p>青禾区人民政府办公室</p></div>",
    "glued": "<div class='foot'>主办单位：青禾区人民政府办公室承办单位：青禾区大数据中心地址：青禾路1号</div>",
    "site-label": "<div class='foot'>网站主办：青禾区人民政府办公室；技术支持：某某公司</div>",
}


@pytest.mark.parametrize("name", ORGANIZERS)
def test_the_organizer_is_the_body_beside_its_label(name):
    marks = read_marks_of(ORGANIZERS[name])
    assert "organizer" in marks.marks
    assert marks.organizer == "青禾区人民政府办公室"


BADGES = {
    "link": "<a href='http://bszs.conac.cn/sitename?method=show&id=1'><img src='/i/red.png'></a>",
    "script": "<script src='http://dcs.conac.cn/js/10/000/0000/60420000/CA100000000604200000001.js'></script>",
    "written": "<script>document.write(unescape(\"%3Cspan id='_ideConac' %3E%3C/span%3E%3Cscript src='http://dcs.conac.cn/js/1.js'%3E%3C/script%3E\"));</script>",
    "span": "<span id='_ideConac'></span><script src='//dcs.conac.cn/js/1.js'></script>",
}


@pytest.mark.parametrize("name", BADGES)
def test_the_badge_of_party_and_government_bodies_is_known_by_where_it_comes_from(name):
    assert "conac_badge" in read_marks_of(f"<div class='foot'>{BADGES[name]}</div>").marks


ENTRIES = {
    "sitemap_link": [
        "<a href='/map/'>网站地图</a>",
        "<a href='/map/'>站点地图</a>",
        "<a href='/map/' title='网站地图'><img src='/i/map.png'></a>",
        "<a href='/map/'>[网站地图]</a>",
    ],
    "error_report_link": [
        "<a href='/jc/'>网站纠错</a>",
        "<a href='/jc/'>我为政府网站找错</a>",
        "<a href='/jc/'>我要找错</a>",
        "<script id='_jiucuo_' sitecode='3101990001' src='https://zfwzgl.www.gov.cn/exposure/jiucuo.js'></script>",
        "<span id='_span_jiucuo'></span><script src='http://pucha.kaipuyun.cn/exposure/jiucuo.js'></script>",
    ],
    "contact": [
        "<p>联系电话：021-00000000</p>",
        "<a href='/lx/'>联系我们</a>",
        "<p>电话：021-00000000</p>",
        "<p>网站联系方式：webmaster@qinghe.example</p>",
    ],
}


@pytest.mark.parametrize(
    ("mark", "place"), [(mark, place) for mark, rows in ENTRIES.items() for place in range(len(rows))]
)
def test_an_entry_is_known_by_its_name_or_its_address(mark, place):
    assert mark in read_marks_of(f"<div class='foot'>{ENTRIES[mark][place]}</div>").marks


MODES = {
    "accessibility": [
        "<a href='javascript:void(0)' id='wza'>无障碍浏览</a>",
        "<a onclick='open()'>无障碍</a>",
        "<a href='#'><img alt='无障碍阅读' src='/i/w.png'></a>",
    ],
    "elder_mode": [
        "<a href='/old/'>长者版</a>",
        "<a href='javascript:;'>关怀模式</a>",
        "<a href='/old/' title='适老版'><img src='/i/o.png'></a>",
    ],
}


@pytest.mark.parametrize(("mark", "place"), [(mark, place) for mark in MODES for place in range(3)])
def test_modes_for_those_who_need_them_are_known_by_their_entry(mark, place):
    assert mark in read_marks_of("", body=f"<div class='top'>{MODES[mark][place]}</div>").marks


def test_a_page_without_any_entry_claims_none():
    marks = read_marks_of("<div class='foot'><p>版权所有</p></div>")
    assert not marks.marks & {"sitemap_link", "error_report_link", "contact", "conac_badge", "organizer"}
    assert (marks.has_ipv6_label, marks.search, marks.has_smart_qa) == (False, None, False)


SEARCH = [
    "<input type='text' name='searchword'>",
    "<input placeholder='请输入关键字'>",
    "<input type='search' name='x1'>",
    "<input id='qt' value='站内搜索'>",
    "<form action='/search'><input name='z'><button>搜索</button></form>",
]


@pytest.mark.parametrize("place", range(len(SEARCH)))
def test_a_search_box_is_known_by_its_field_or_its_button(place):
    assert read_marks_of("", body=f"<div class='top'>{SEARCH[place]}</div>").search is not None


ROBOTS = [
    "<a href='/znwd/'>智能问答</a>",
    "<a href='/r/' title='智能机器人'><img src='/i/r.png'></a>",
    "<div class='robot'><a href='/r/'><img src='/i/r.png' alt='智能客服'></a></div>",
]


@pytest.mark.parametrize("place", range(len(ROBOTS)))
def test_a_question_robot_is_known_by_its_entry(place):
    assert read_marks_of("", body=ROBOTS[place]).has_smart_qa


IPV6 = [
    "<p>本网站支持IPv6</p>",
    "<p>本网站已支持IPV6访问</p>",
    "<img src='/i/ipv6.png' alt='本网站支持IPv6'>",
    "<span>IPv6网络支持</span>",
]


@pytest.mark.parametrize("place", range(len(IPV6)))
def test_the_label_of_ipv6_is_seen_in_words_and_in_pictures(place):
    assert read_marks_of(f"<div class='foot'>{IPV6[place]}</div>").has_ipv6_label


def test_an_article_on_ipv6_is_no_label():
    body = "<div class='content'><p>我区加快推进IPv6规模部署和应用，力争到2025年实现全区政府网站全面支持，提升网络基础设施服务能力。</p></div>"
    assert not read_marks_of("<div class='foot'>版权所有</div>", body=body).has_ipv6_label


def test_a_number_longer_than_the_rule_allows_is_read_as_shown():
    marks = read_marks_of("<div class='foot'>网站备案号：沪ICP备12345678号 -1 沪公网安备310199020001234号</div>")
    assert (marks.icp, marks.police_record) == ("沪ICP备12345678号 -1", "沪公网安备310199020001234号")


@pytest.mark.parametrize("label", ["公安机关备案号：", "公安备案号 ", "公安联网备案编号: "])
def test_a_record_of_the_police_may_stand_without_its_two_words(label):
    assert read_marks_of(f"<div class='foot'>{label}31019902000123 {ICP}</div>").police_record == "31019902000123"
    assert read_marks_of(f"<div class='foot'>{label}310199020001234567 {ICP}</div>").police_record is None
