"""Personal numbers: found by form, check digit and context; never shown."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.extract.exposure import find_exposures, mask_text, mask_tree

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def complete(stem):
    """Return an identity number with its check digit (GB 11643)."""
    return stem + "10X98765432"[sum(int(sign) * weight for sign, weight in zip(stem, WEIGHTS, strict=True)) % 11]


NUMBER = complete("11010119900307001")
WRONG = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        (f"王小明 {NUMBER}", ["id_number"]),
        (f"身份证号：{NUMBER[:6]} {NUMBER[6:14]} {NUMBER[14:]}", ["id_number"]),
        (f"身份证号：{WRONG}", []),
        (f"业务编号：{NUMBER}", []),
        (f"索引号 {NUMBER}", []),
        (f"A{NUMBER}", []),
        (f"{NUMBER}0", []),
        ("手机号：13812345678", ["mobile"]),
        ("咨询电话：13812345678", []),
        ("联系人 王主任 13812345678", []),
        ("办件 13812345678", []),
        ("银行卡号：6222021234567890128", ["bank_card"]),
        ("银行卡号：6222021234567890129", []),
        ("户名：某局 账号：6222021234567890128", []),
        ("秘密 ★ 一年", ["secrecy_mark"]),
        ("110101********7715", []),
    ],
)
def test_numbers_are_judged_by_form_check_digit_and_context(line, kinds, words):
    assert [found.kind for found, _ in find_exposures([line], words.exposure)] == kinds


def test_a_list_of_names_with_mobile_numbers_is_laid_open(words):
    lines = [f"张{sign} 1381234567{place}" for place, sign in enumerate("一二三")]
    assert len(find_exposures(lines, words.exposure)) == len(lines)
    assert find_exposures(lines[:2], words.exposure) == ()


def test_masked_forms_hold_no_number():
    text = f"{NUMBER}，１３８１２３４５６７８、6222021234567890128"
    assert re.search(r"[0-9０-９]{7}", mask_text(text)) is None
    assert mask_tree({"a": [text], "url": f"http://x.example/{NUMBER}"}) == {
        "a": [mask_text(text)],
        "url": f"http://x.example/{mask_text(NUMBER)}",
    }
    assert mask_tree({"a": text, "url": f"http://x.example/{NUMBER}"}, addresses_only=True)["a"] == text


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="0123456789Xx １２３身份证号：张三*-银行卡", max_size=200))
def test_any_text_keeps_its_other_signs_and_is_masked_once(text):
    masked = mask_text(text)
    assert mask_text(masked) == masked
    if not any(sign.isdigit() for sign in text):
        assert masked == text


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_lines_are_looked_through(words, lines):
    for found, line in find_exposures(lines, words.exposure):
        assert 0 <= found.start < found.end
        assert line == mask_text(line)


def test_a_labelled_mobile_number_is_laid_open_whatever_stands_behind_it(words):
    lines = [
        "来信人手机号：15112345656实名举报某信用社负责人",
        "负责人手机号：15112345657",
        "手机号：15112345658，举报属实",
    ]
    found = find_exposures(lines, words.exposure)
    assert [one.masked for one, _ in found] == ["151******56", "151******58"]
