"""Tables of the pure string functions, and what must hold for any text at all."""

from __future__ import annotations

import time
from datetime import date
from inspect import isfunction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.extract import text as texts
from auditor.extract.text import (
    complete_date,
    cut_excerpt,
    find_compact_dates,
    find_dates,
    find_document_numbers,
    find_month_day,
    find_order_number,
    find_quoted_titles,
    find_role,
    find_url_year,
    fold_text,
    has_unknown_label,
    iterate_sentences,
    parse_date,
    parse_numeral,
    read_bracketed_date,
    read_split_date,
)
from auditor.words.vocabulary import load_vocabulary

WORDS = load_vocabulary()
LATEST = date(2025, 12, 31)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2024-04-28 10:19", ["2024-04-28"]),
        ("2025年06月03日 13时44分", ["2025-06-03"]),
        ("2024年4月28日", ["2024-04-28"]),
        ("2021/09/06", ["2021-09-06"]),
        ("2021.9.6", ["2021-09-06"]),
        ("( 2024-05-11)", ["2024-05-11"]),
        ("[2021-04-25]标题", ["2021-04-25"]),
        ("标题(2020-12-28)", ["2020-12-28"]),
        ("2020-09-03信息公开", ["2020-09-03"]),
        ("２０２０－０４－０８　１０∶０８", ["2020-04-08"]),
        ("2020年 4 月 8 日", ["2020-04-08"]),
        ("2024-04-28T10:19:00+08:00", ["2024-04-28"]),
        ("2020-08-02  14:52", ["2020-08-02"]),
        ("二〇二〇年四月二十日", ["2020-04-20"]),
        ("二○一九年十二月三十一日", ["2019-12-31"]),
        ("二零二一年元月廿五日", ["2021-01-25"]),
        ("自2020-02-01至2020-02-03", ["2020-02-01", "2020-02-03"]),
        ("来源：某某网发布日期：2024-06-05浏览", ["2024-06-05"]),
        ("2020-13-01", []),
        ("2020-02-30", []),
        ("1899-01-01", []),
        ("2031-01-01", []),
        ("12020-01-01", []),
        ("2020.4.8.1", []),
        ("2020-1-1-2", []),
        ("电话2020-04081", []),
        ("ICP备20200408号", []),
        ("", []),
    ],
)
def test_dates_in_every_way_that_portals_write_them(text, days):
    assert [found.value.isoformat() for found in find_dates(text, LATEST)] == days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("20240511", date(2024, 5, 11)),
        ("t20240511_12.html", date(2024, 5, 11)),
        ("20241311", None),
        ("120240511", None),
    ],
)
def test_a_compact_date_is_read_where_one_date_is_expected(text, day):
    assert parse_date(text, LATEST) == day


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("[04-28]", (4, 28)),
        ("标题 4月28日", (4, 28)),
        ("04/28", (4, 28)),
        ("2020-04-28", None),
        ("1/1页", None),
        ("13-40", None),
        ("", None),
    ],
)
def test_a_day_without_a_year(text, pair):
    assert find_month_day(text) == pair


def test_the_year_comes_from_the_context_or_is_the_last_possible():
    assert complete_date((4, 28), 2019, date(2021, 3, 31)) == date(2019, 4, 28)
    assert complete_date((4, 28), None, date(2021, 3, 31)) == date(2020, 4, 28)
    assert complete_date((3, 30), None, date(2021, 3, 31)) == date(2021, 3, 30)
    assert complete_date((2, 29), None, date(2021, 3, 31)) == date(2020, 2, 29)
    assert complete_date((2, 29), None, date(2023, 3, 31)) is None
    assert complete_date((4, 28), 2021, date(2021, 3, 31)) is None


@pytest.mark.parametrize(
    ("url", "year"),
    [
        ("http://a.cn/art/2019/4/16/art_1.html", 2019),
        ("http://a.cn/xx/t20201016_1.html", 2020),
        ("http://a.cn/201901/t2.html", 2019),
        ("http://a.cn/content/post_20213456.html", None),
        ("http://a.cn/2035/1.html", None),
        ("not an address", None),
    ],
)
def test_the_year_in_an_address(url, year):
    assert find_url_year(url, date(2021, 3, 31)) == year


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("廿三", 23), ("三十一", 31), ("元", 1), ("五", 5), ("百", None), ("", None), ("十十", None)],
)
def test_chinese_numerals(text, number):
    assert parse_numeral(text) == number


@pytest.mark.parametrize(
    ("before", "role"),
    [
        ("发布日期：", ("published", "发布日期")),
        ("发布 时间:", ("published", "发布时间")),
        ("来源：某某网发布日期：", ("published", "发布日期")),
        ("来源：某某网 日期：", ("published", "日期")),
        ("时 间：", ("published", "时间")),
        ("更新时间：", ("updated", "更新时间")),
        ("最后更新时间", ("updated", "最后更新时间")),
        ("成文日期", ("made", "成文日期")),
        ("活动时间：", ("other", "活动时间")),
        ("今天是", ("other", "今天是")),
        ("展会时间：", None),
        ("某日期", None),
        ("字号：大 中 小", None),
        ("", None),
    ],
)
def test_the_label_before_a_date_says_what_it_is(before, role):
    assert find_role(before, WORDS.labels) == role


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("（2020-04-20）", (date(2020, 4, 20), "updated")),
        ("（2020年4月20日更新）", (date(2020, 4, 20), "updated")),
        ("[ 2020-04-20 10:00 ]", (date(2020, 4, 20), "updated")),
        ("（发布于2020-04-20）", (date(2020, 4, 20), "published")),
        ("（2020-04-20起施行）", None),
        ("2020-04-20", None),
        ("（试行）", None),
    ],
)
def test_a_bare_date_in_brackets(line, found):
    assert read_bracketed_date(line, WORDS.labels.bare_dates, LATEST) == found


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("国办发〔2019〕14号", ("国办发〔2019〕14号",)),
        ("沪府规［2020］5 号", ("沪府规〔2020〕5号",)),
        ("徐府规(2020)第03号", ("徐府规〔2020〕3号",)),
        ("根据《通知》（国办发〔2019〕14号）和沪府规【2020】5号", ("国办发〔2019〕14号", "沪府规〔2020〕5号")),
        ("现将关于印发青财〔2020〕17号", ("青财〔2020〕17号",)),
        ("青农检(毒理)函[2017]188号", ("青农检(毒理)函〔2017〕188号",)),
        ("见附件（二）青财〔2020〕17号", ("青财〔2020〕17号",)),
        ("青禾区财政局文件青财〔2020〕17号", ("青财〔2020〕17号",)),
        ("〔〕 号", ()),
        ("（2020）沪01民终1号", ()),
    ],
)
def test_document_numbers(text, numbers):
    assert find_document_numbers(text, WORDS.documents) == numbers


def test_an_order_has_a_number_too():
    assert find_order_number("中华人民共和国教育部令 第49号", WORDS.documents) == "中华人民共和国教育部令第49号"
    assert find_order_number("没有号", WORDS.documents) is None


def test_quoted_titles_nested_and_once():
    text = "《关于印发〈办法〉的通知》与《甲办法》、《甲办法》和《关于《乙》的解读》"
    assert find_quoted_titles(text) == ("关于印发〈办法〉的通知", "甲办法", "关于《乙》的解读")


def test_sentences_end_at_stops_and_lines():
    assert list(iterate_sentences("一句。二句；三\n四")) == ["一句", "二句", "三", "四"]


def test_folding_keeps_every_position():
    text = "（２０２０－０４）：∶　"
    assert len(fold_text(text)) == len(text)


LETTERS = st.characters(exclude_categories=["Cs"])  # no page that was decoded has half a character
TEXTS = st.text(
    alphabet=st.one_of(LETTERS, st.sampled_from("0123456789-/年月日〔〕号《》（）发布更新时间：")), max_size=400
)


READERS = {
    "cut_excerpt": lambda text: cut_excerpt(text, len(text) // 2),
    "find_compact_dates": lambda text: find_compact_dates(text, LATEST),
    "find_dates": lambda text: find_dates(text, LATEST),
    "find_document_numbers": lambda text: find_document_numbers(text, WORDS.documents),
    "find_month_day": find_month_day,
    "find_order_number": lambda text: find_order_number(text, WORDS.documents),
    "find_quoted_titles": find_quoted_titles,
    "find_role": lambda text: find_role(text, WORDS.labels),
    "find_url_year": lambda text: find_url_year(text, LATEST),
    "fold_text": fold_text,
    "has_unknown_label": has_unknown_label,
    "iterate_sentences": lambda text: list(iterate_sentences(text)),
    "parse_date": lambda text: parse_date(text, LATEST),
    "parse_numeral": parse_numeral,
    "read_bracketed_date": lambda text: read_bracketed_date(text, WORDS.labels.bare_dates),
    "read_split_date": lambda text: read_split_date(text, LATEST),
}
OF_NUMBERS = {"complete_date", "limit_day", "make_date"}


def test_every_function_of_texts_is_held_against_any_text():
    public = {name for name, one in vars(texts).items() if isfunction(one) and one.__module__ == texts.__name__}
    assert {name for name in public if not name.startswith("_")} == set(READERS) | OF_NUMBERS


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_is_read_without_an_exception(text):
    told = {name: read(text) for name, read in READERS.items()}
    for name in ("find_dates", "find_compact_dates"):
        for found in told[name]:
            assert found.value <= LATEST
            assert 0 <= found.start < found.end <= len(text)
    assert len(told["cut_excerpt"]) <= 200
    assert len(told["fold_text"]) == len(text)


@pytest.mark.parametrize(
    "piece", ["2020-", "二〇二〇年", "《", "〔2020〕", "2020-04-0", "4月", "年月日号", "（2020-01-01"]
)
def test_the_time_is_linear_in_the_length(piece):
    def measure(count):
        text = piece * count
        start = time.process_time()
        for read in READERS.values():
            read(text)
        return time.process_time() - start

    short, long = max(measure(1_000), 0.001), measure(10_000)
    assert long < short * 60 + 0.5
