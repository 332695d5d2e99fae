"""The parts of a window's title, dates in pieces and labels nobody knows; and that any text at all is read."""

from __future__ import annotations

import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.extract.text import find_compact_dates, has_unknown_label, read_split_date
from auditor.extract.window import is_site_name, read_window, strip_markup
from auditor.words.vocabulary import load_vocabulary, squeeze_name

WORDS = load_vocabulary()
LATEST = date(2025, 12, 31)
TEXTS = st.text(
    st.one_of(st.sampled_from("青禾区人民政府网站_-—| 《》2024年月日[](：<>/.·首页通知公告"), st.characters()),
    max_size=300,
)


@pytest.mark.parametrize(
    ("title", "site", "head", "is_site"),
    [
        ("通知公告_青禾区人民政府", "", "通知公告", False),
        ("青禾区人民政府-通知公告", "", "通知公告", False),
        ("青禾区人民政府 通知公告", "青禾区人民政府", "通知公告", False),
        ("关于某事的通知_通知公告_青禾区人民政府", "", "关于某事的通知", False),
        ("关于某事的通知-通知公告-青禾区教育局", "", "关于某事的通知", False),
        ("2021-2025年规划-青禾区人民政府", "", "2021-2025年规划", False),
        ("从“田间”到“舌尖”——纪实", "", "从“田间”到“舌尖”——纪实", False),
        ("青禾区人民政府", "", "青禾区人民政府", True),
        ("青禾区人民政府门户网站首页", "", "青禾区人民政府门户网站首页", True),
        ("首页-青禾区人民政府", "", "首页-青禾区人民政府", True),
        ("青禾发布", "青禾发布", "青禾发布", True),
        ("欢迎访问青禾区政务网", "", "欢迎访问青禾区政务网", True),
        ("青禾区人民政府 - www.qinghe.example", "", "青禾区人民政府 - www.qinghe.example", True),
        ("<b>关于某事的通知</b>", "", "关于某事的通知", False),
        ("", "", "", False),
    ],
)
def test_a_window_is_cut_by_what_names_the_site_and_its_columns(title, site, head, is_site):
    window = read_window(title, site, frozenset(), WORDS)
    assert (window.head, window.is_site) == (head, is_site)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("28 2024-04", "2024-04-28"),
        ("282024-04", "2024-04-28"),
        ("28日 2024年4月", "2024-04-28"),
        ("2024-04 28", "2024-04-28"),
        ("2024.04/28", "2024-04-28"),
        ("04-28 2024", "2024-04-28"),
        ("４月２８日 ２０２４年", "2024-04-28"),
        ("31 2024-02", None),
        ("28 2034-04", None),
        ("2024-04", None),
        ("共28 2024-04", None),
        ("", None),
    ],
)
def test_a_day_in_pieces_is_read_where_nothing_else_stands(text, day):
    found = read_split_date(text, LATEST)
    assert (found.isoformat() if found is not None else None) == day


def test_eight_digits_are_a_date_of_the_calendar_only():
    assert [str(found.value) for found in find_compact_dates("20240428 20241328 120240428 19700101", LATEST)] == [
        "2024-04-28"
    ]


@pytest.mark.parametrize(
    ("before", "is_unknown"),
    [
        ("备案时间：", True),
        ("核准日期", True),
        ("来源：青禾发布 ", False),
        ("浏览：12次 ", False),
        ("", False),
        ("：", False),
    ],
)
def test_a_label_that_nobody_knows_is_one(before, is_unknown):
    assert has_unknown_label(before) is is_unknown


@given(TEXTS, TEXTS)
@settings(max_examples=200, deadline=None)
def test_any_title_is_read(title, site):
    window = read_window(title, site, frozenset({squeeze_name(site)}), WORDS)
    assert len(window.head) <= len(title)
    assert set(squeeze_name(window.head)) <= set(squeeze_name(title))
    is_site_name(title, WORDS)
    strip_markup(title)
    read_split_date(title, LATEST)
    has_unknown_label(title)
    for found in find_compact_dates(title, LATEST):
        assert 0 <= found.start < found.end <= len(title)


@pytest.mark.parametrize("piece", ["_青禾区", "-", " - ", "<b", "<", "——", "www.", "20240428", "28 2024-04 ", "时间："])
def test_the_time_is_linear_in_the_length(piece):
    def measure(count):
        text = piece * count
        start = time.process_time()
        read_window(text, "青禾区", frozenset(), WORDS)
        strip_markup(text)
        read_split_date(text)
        find_compact_dates(text)
        has_unknown_label(text)
        return time.process_time() - start

    short, long = max(measure(1_000), 0.001), measure(10_000)
    assert long < short * 60 + 0.5
