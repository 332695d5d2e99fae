"""Bytes as text: every codec of Chinese pages under right, wrong, missing and double declarations."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.page.decoding import decode_body

SIMPLIFIED = "本指南由区人民政府办公室编制，公民、法人或者其他组织可以依照条例申请获取政府信息。"
TRADITIONAL = "行政院公布資訊公開法，各機關應主動公開政府資訊，以便利人民共享及公平利用，保障人民知的權利。"
FOUR_BYTE = "区人民政府㐀𠀀镇政务公开专栏"
SAID = (None, "utf-8", "gb2312", "gbk", "GB18030", "big5", "utf-16", "iso-8859-1", "unicode_escape", "no-such-codec")
COMMON = "".join(chr(sign) for sign in range(0x4E00, 0x9FA6) if len(chr(sign).encode("gb2312", "ignore")) == 2)[:3000]
MOST_USED = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"


def make_page(text, said_inside=None):
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={said_inside}">' if said_inside else ""
    return f"<html><head>{meta}<title>{text[:9]}</title></head><body><p>{text}</p></body></html>"


def say(charset):
    return None if charset is None else f"text/html; charset={charset}"


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        *((SIMPLIFIED, codec) for codec in ("utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030", "utf-16", "utf-16-le")),
        *((TRADITIONAL, codec) for codec in ("utf-8", "gbk", "gb18030", "big5", "big5hkscs", "utf-16-be", "utf-32")),
        (FOUR_BYTE, "gb18030"),
    ],
)
def test_text_comes_back_whatever_is_declared(text, codec):
    for outside, inside in product(SAID, SAID):
        page = make_page(text, inside)
        assert (decode_body(page.encode(codec), say(outside)), outside) == (page, outside)


@given(
    st.text(st.sampled_from(MOST_USED), min_size=12, max_size=200),
    st.sampled_from(["utf-8", "utf-8-sig", "gb2312", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]),
    st.sampled_from(SAID),
    st.sampled_from(SAID),
)
def test_any_text_of_common_letters_comes_back(text, codec, outside, inside):
    page = make_page(text, inside)
    assert decode_body(page.encode(codec), say(outside)) == page


@given(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=200),
    st.sampled_from(["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
    st.sampled_from(SAID),
)
def test_any_letters_come_back_where_the_bytes_tell(text, codec, outside):
    page = make_page(text)
    assert decode_body(page.encode(codec), say(outside)) == page


@pytest.mark.parametrize("outside", [None, "gbk", "gb18030", "GB2312"])
def test_rare_letters_come_back_under_a_right_declaration_or_none(outside):
    dice = random.Random(7)
    for _ in range(100):
        page = make_page("".join(dice.choices(COMMON, k=dice.randrange(60, 200))))
        assert decode_body(page.encode("gb18030"), say(outside)) == page


def test_short_text_that_happens_to_be_utf8_is_read_as_declared():
    assert decode_body("<p>联通</p>".encode("gbk"), "text/html; charset=gbk") == "<p>联通</p>"
    assert decode_body("<p>café</p>".encode(), "text/html; charset=utf-8") == "<p>café</p>"


@pytest.mark.parametrize(
    ("first", "second"), [("utf-8", "gbk"), ("gbk", "utf-8"), ("utf-8", "gb18030"), ("big5", "utf-8")]
)
def test_a_page_that_is_half_in_another_codec(first, second):
    text = TRADITIONAL if "big5" in (first, second) else SIMPLIFIED
    body = f"<p>{text}</p>".encode(first) + f"<div>{text}</div>".encode(second)
    assert decode_body(body, say(first)) == f"<p>{text}</p><div>{text}</div>"


def test_one_broken_letter_does_not_spoil_a_page():
    body = make_page(SIMPLIFIED * 20).encode()
    broken = body.replace("条例".encode(), "条".encode()[:2], 1)
    text = decode_body(broken, None)
    assert text.count(SIMPLIFIED) >= 18
    assert "�" in text


def test_a_declaration_twice_is_no_worse_than_once():
    page = make_page(SIMPLIFIED, "big5").replace("<title>", '<meta charset="utf-16"><title>')
    assert decode_body(page.encode("gbk"), "text/html; charset=utf-8; charset=big5") == page


def test_zeros_in_a_page_do_not_make_it_another_codec():
    page = make_page(SIMPLIFIED).replace("<p>", "<p>\0\0")
    assert decode_body(page.encode(), None) == page
    noise = random.Random(7).randbytes(3000)
    assert isinstance(decode_body(noise, None), str)
