"""What a page offers beside its text, in the layouts of portals: printing, files, forms to answer."""

from __future__ import annotations

import pytest
from lone_page import make_article, read_lone

PRINTS = {
    "script-link": "<p><a href='javascript:window.print()'>打印</a></p>",
    "link-in-pager": "<div class='page'><a href='javascript:print();'>打印此页</a> <a href='/'>返回首页</a></div>",
    "link-in-footer": "<div class='foot'><a href='javascript:;' id='winPrint'>【打印此页】</a></div>",
    "span": "<p>【字体：大 中 小】 <span id='btnPrint'>打印</span> <span>保存</span></p>",
    "in-brackets": "<p><b>[打印正文]</b></p>",
    "button": "<p><input type='button' value='打印本页' onclick='window.print()'></p>",
}
OTHERS = {
    "of-what-it-tells": "<p>本次展品的打印规格见通知，海报由各单位自行打印。</p>",
    "in-a-comment": "<!-- <a href='javascript:window.print()'>打印</a> -->",
}
FILES = {
    "address": "<a href='/f/1.docx'>报名表</a>",
    "address-with-query": "<a href='/f/1.pdf?v=2'>报名表</a>",
    "name-in-query": "<a href='/module/download/downfile.jsp?classid=0&filename=2404281.pdf'>报名表</a>",
    "words": "<a href='javascript:;' onclick='down(12)'>附件：报名表.xlsx</a>",
    "title": "<a href='/down?id=12' title='报名表.wps'>附件</a>",
}


@pytest.mark.parametrize("name", PRINTS)
def test_printing_is_offered_by_whatever_element_says_so(name):
    assert read_lone(make_article(PRINTS[name])).features.print


@pytest.mark.parametrize("name", OTHERS)
def test_words_about_printing_offer_none(name):
    assert not read_lone(make_article(OTHERS[name])).features.print


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_told_by_its_address_or_its_words(name):
    record = read_lone(make_article("", after=f"<p>{FILES[name]}</p>"))
    assert record.attachments == 1
    assert record.features.download


def test_a_page_is_no_file():
    links = "<p><a href='/a/1.html'>相关阅读</a><a href='/n?title=a.b'>更多</a><a href='http://www.qinghe.example'>qinghe.example</a></p>"
    assert read_lone(make_article("", after=links)).attachments == 0


def test_names_of_the_menu_are_no_forms_to_answer():
    menu = "<div class='nav'><a href='/'>首页</a><a href='/hd/zx/'>在线咨询</a><a href='/hd/jy/'>意见建议</a><a href='/xw/'>要闻动态</a></div>"
    side = "<ul><li><a href='/hd/zx/'>在线咨询</a></li><li><a href='/hd/jy/'>意见建议</a></li></ul>"
    button = "<p><a href='/pl?id=1'>我要评论</a></p>"
    assert read_lone(make_article("", before=menu + side)).features.comment_forms == ()
    assert read_lone(make_article("", before=menu + side, after=button)).features.comment_forms == ("comment",)
    assert read_lone(make_article("", after=side)).features.comment_forms == ("consult", "suggest")
