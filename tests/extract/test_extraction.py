"""The stage as a whole: faults stay with their page, the same snapshot gives the same facts, facts survive their file."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from fake_snapshot import HOME, make_reader, read_cases

from auditor.extract import extraction, page_pass
from auditor.extract.extraction import extract_facts
from auditor.facts import read_facts, write_facts

CASES = read_cases(Path(__file__).parent.parent / "cases" / "extract")
CASE = CASES["nested-portal"]


def find(facts, kind, url):
    return next(fact for fact in facts if fact.kind == kind and fact.url == url)


def test_an_extractor_that_raises_makes_its_page_unreadable_and_no_other(monkeypatch, words):
    url = f"{HOME}zwgk/zn/1.html"
    read = page_pass.read_capture

    def fail(visit, *rest, **named):
        if visit.url == url:
            raise RuntimeError("broken on purpose")
        return read(visit, *rest, **named)

    whole = extract_facts(make_reader(CASE), words)
    monkeypatch.setattr(extraction, "read_capture", fail)
    result = extract_facts(make_reader(CASE), words)
    assert [(fault.stage, fault.place, fault.message) for fault in result.faults] == [
        ("extract", url, "RuntimeError: broken on purpose")
    ]
    page = find(result.facts, "page", url)
    assert set(page.unreadable) == {"status", "title"}
    assert page.evidence[0].reason.value == "internal_error"
    assert set(find(result.facts, "guide", url).unreadable) >= {"status", "elements", "updated_on"}
    assert "blank" in find(result.facts, "column", url).unreadable
    untouched = [fact for fact in whole.facts if fact.kind in ("document", "interpretation", "unit")]
    assert [fact for fact in result.facts if fact.kind in ("document", "interpretation", "unit")] == untouched


@pytest.mark.parametrize("name", CASES)
def test_the_same_snapshot_gives_the_same_facts_in_the_same_order(name, words):
    first, second = (extract_facts(make_reader(CASES[name]), words) for _ in range(2))
    assert first == second
    keys = [(fact.kind, fact.key) for fact in first.facts]
    assert keys == sorted(set(keys))


def test_the_order_of_the_captures_makes_no_difference(words):
    reader = make_reader(CASE)
    visits = list(reader.visits)
    random.Random(3).shuffle(visits)
    shuffled = make_reader(CASE)
    shuffled.visits = tuple(visits)
    kinds = ("column", "guide", "document", "interpretation", "coverage", "unit", "page")
    got, wanted = (
        [fact for fact in extract_facts(each, words).facts if fact.kind in kinds] for each in (shuffled, reader)
    )
    assert got == wanted


def test_facts_survive_their_file(tmp_path, words):
    facts = extract_facts(make_reader(CASE), words).facts
    write_facts(tmp_path / "facts.jsonl", facts)
    assert read_facts(tmp_path / "facts.jsonl") == (facts, ())


def test_a_snapshot_without_any_page_gives_facts_that_claim_nothing(words):
    reader = make_reader({"pages": [{"url": "/", "failed": "timeout"}]})
    result = extract_facts(reader, words)
    assert not result.faults
    assert {fact.kind for fact in result.facts} == {"coverage", "page", "site", "site_name"}
    navigation = next(fact for fact in result.facts if fact.kind == "coverage" and fact.part == "navigation")
    assert not navigation.complete


def test_evidence_of_what_was_read_points_into_its_record(words):
    facts = extract_facts(make_reader(CASE), words).facts
    guide = find(facts, "guide", f"{HOME}zwgk/zn/1.html")
    first = guide.evidence[0]
    assert (first.url, first.record) == (guide.url, "<urn:uuid:2>")
    assert "2020年5月19日" in first.excerpt
    assert first.locator
    column = find(facts, "column", f"{HOME}zwgk/zd/")
    assert column.evidence[0].url == f"{HOME}zwgk/index.html"
    assert column.evidence[0].excerpt == "政府信息公开制度"


def test_mutated_pages_are_read_without_a_fault(words):
    dice = random.Random(11)
    for _ in range(150):
        pages = []
        for page in CASE["pages"]:
            html = page.get("html", "")
            start, end = sorted(dice.randrange(len(html) + 1) for _ in "ab")
            cut = html[:start] + html[end:] if dice.random() < 0.5 else html[start:end] + "<div>" * dice.randrange(600)
            pages.append({**page, "html": cut} if "html" in page else page)
        assert not extract_facts(make_reader({"pages": pages}), words).faults


def make_pages(count, origin=HOME):
    first = make_reader(CASE).visits[0]
    return [replace(first, url=f"{origin}news/{number}.html", media_type="text/html") for number in range(count)]


def test_a_small_site_is_its_own_sample_and_of_a_large_one_some_pages_are():
    few, many = make_pages(12), make_pages(500)
    assert extraction.choose_sample(few) == {visit.url for visit in few}
    chosen = extraction.choose_sample(many)
    assert len(chosen) == 60
    assert extraction.choose_sample(reversed(many)) == chosen
    numbers = {int(url.rpartition("/")[2].removesuffix(".html")) for url in chosen}
    assert min(numbers) < 60
    assert max(numbers) > 440


def test_a_copy_of_the_site_is_sampled_by_the_same_pages():
    copy = "http://127.0.0.1:8801/"
    chosen = extraction.choose_sample(make_pages(500))
    assert extraction.choose_sample(make_pages(500, copy)) == {url.replace(HOME, copy) for url in chosen}


def test_only_pages_that_were_read_are_of_the_sample():
    read, gone, picture, paper = make_pages(4)
    visits = [
        read,
        replace(gone, status=404),
        replace(picture, media_type="image/png"),
        replace(paper, url=f"{HOME}plan.pdf", media_type=None),
    ]
    assert extraction.choose_sample(visits) == {read.url}
