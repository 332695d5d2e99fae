"""The notes on reading: in both languages, with the figures of a real result, and sums that are right."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
import report_sample as sample
from bs4 import BeautifulSoup

from auditor.messages import load_messages
from auditor.report.beside import Beside
from auditor.report.html import render_html, render_reading
from auditor.report.reading import show_reading
from auditor.report.wording import Wording
from auditor.resources import find_resource

MESSAGES = [load_messages("zh"), load_messages("en")]


def show(language="en", result=None):
    messages = MESSAGES[language == "en"]
    return show_reading(result or sample.make_result(), Wording(messages, ZoneInfo("Asia/Shanghai")))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_there_is_an_example_for_every_way_to_points(language):
    reading = show(language)
    outcomes = [example.badge.key for example in reading.examples]
    assert outcomes == ["passed", "failed", "failed", "needs_person", "cannot_tell", "not_applicable"]
    assert reading.score in " ".join(reading.sums)


def calculate(text):
    """Return both sides of the sums that a text states."""
    for left, right in re.findall(r"([\d. ×÷]+) = ([\d.]+)", text):
        value = 1.0
        for sign, number in re.findall(r"([×÷]?) ?([\d.]+)", left):
            value = value / float(number) if sign == "÷" else value * float(number)
        yield value, float(right)


def test_the_sums_that_are_written_down_are_right():
    reading = show(result=sample.make_large(1500))
    stated = [pair for example in reading.examples for pair in calculate(example.reckoning)]
    assert any(example.badge.key == "failed" for example in reading.examples)
    assert stated
    for value, shown in stated:
        assert value == pytest.approx(shown, abs=0.006)
    for text in reading.shares:
        share, part, weight = (float(number) for number in re.search(r"(\d+)% = ([\d.]+) ÷ ([\d.]+)", text).groups())
        assert part / weight * 100 == pytest.approx(share, abs=0.51)


def test_both_languages_stand_in_one_page_that_asks_for_nothing():
    page = BeautifulSoup(render_reading(sample.make_result(), MESSAGES), "lxml")
    assert [section["lang"] for section in page.find_all("section")] == ["zh-CN", "en"]
    ids = [node["id"] for node in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert {link["href"][1:] for link in page.find_all("a")} <= set(ids)
    assert page.find_all(["script", "img", "link", "iframe"]) == []


def test_every_report_brings_the_notes_along_and_leads_to_them():
    files = render_html(sample.make_result(), MESSAGES[1], Beside())
    assert files["report-files/reading.html"] == (find_resource("reports") / "reading.html").read_bytes()
    for name, target in (
        ("report.html", "report-files/reading.html#en"),
        ("report-files/whole.html", "reading.html#en"),
    ):
        links = [link["href"] for link in BeautifulSoup(files[name], "lxml").find_all("a", href=True)]
        assert links.count(target) == 2
    assert b'id="en"' in files["report-files/reading.html"]


def test_notes_in_no_language_are_refused():
    with pytest.raises(ValueError, match="no language"):
        render_reading(sample.make_result(), [])
