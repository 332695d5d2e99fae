"""The shipped standards: what the files promise by themselves, without the documents they restate."""

import re
from collections import Counter
from datetime import date
from itertools import chain, pairwise

import pytest
from ruamel.yaml import YAML

from auditor.model import Check, ClauseClass
from auditor.resources import find_resource
from auditor.rules.schema import Bilingual, Clause, Standard

HAN = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|《[^》]*》")
NUMERALS = "〇一二三四五"
SERVED = {
    "XH20-1.2a": "disclosure-columns-complete",
    "XH20-1.2b": "guide-updated",
    "XH20-1.2d": "guide-dated",
    "XH20-2.1c": "interpretation-coverage",
    "XH20-2.1d": "interpretation-coverage",
    "XH20-2.1e": "interpretation-coverage",
    "XH20-2.1l": "multiform-interpretation-share",
    "XH20-4.1c": "ipv6-service",
}


def load_standard(code):
    source = find_resource("rulesets") / "standards" / f"{code}.yaml"
    return Standard.model_validate(YAML(typ="safe", pure=True).load(source.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def standard():
    return load_standard("xh20")


@pytest.fixture(scope="module")
def clauses(standard):
    return standard.clauses


def list_texts(clause: Clause) -> tuple[Bilingual, ...]:
    return tuple(text for text in (clause.title, clause.asks, clause.evidence) if text is not None)


def find_place(clause_id: str) -> tuple[int, int, str]:
    found = re.fullmatch(r"XH20-(\d)\.(\d)([a-z])", clause_id)
    assert found, clause_id
    return int(found[1]), int(found[2]), found[3]


def test_header_names_document(standard):
    assert standard.code == "xh20"
    assert standard.issued_on == date(2020, 4, 20)
    assert standard.version == "1"
    assert standard.status == "stable"
    assert "2020年徐汇区政务公开工作要点" in standard.title.zh


def test_every_clause_once(clauses):
    assert len(clauses) == 129
    assert [clause_id for clause_id, count in Counter(clause.id for clause in clauses).items() if count > 1] == []


def test_order_follows_document(clauses):
    places = [find_place(clause.id) for clause in clauses]
    assert places == sorted(places)
    for before, after in pairwise(places):
        if before[:2] == after[:2]:
            assert ord(after[2]) == ord(before[2]) + 1, after
        else:
            assert after[2] == "a", after


def test_clause_number_agrees_with_id(clauses):
    for clause in clauses:
        chapter, section, _ = find_place(clause.id)
        expected = "前言" if chapter == 0 else f"{NUMERALS[chapter]}({NUMERALS[section]})"
        assert clause.clause == expected, clause.id


def test_counts_by_check(clauses):
    assert Counter(clause.check for clause in clauses) == {Check.AUTO: 46, Check.ASSISTED: 68, Check.ATTESTED: 15}


def test_counts_by_class(clauses):
    assert Counter(clause.class_ for clause in clauses) == {
        ClauseClass.ESSENTIAL: 23,
        ClauseClass.MANDATORY: 100,
        ClauseClass.RECOMMENDED: 6,
    }


def test_every_clause_names_units(clauses):
    assert [clause.id for clause in clauses if not clause.units or len(set(clause.units)) != len(clause.units)] == []


def test_written_clauses_are_the_served_ones(clauses):
    written = {clause.id: clause.rule for clause in clauses if clause.status == "written" and clause.rule is not None}
    assert written == SERVED
    assert [clause.id for clause in clauses if (clause.subject is None) == (clause.id in SERVED)] == []


def test_planned_clauses_bind_nothing_yet(clauses):
    planned = [clause for clause in clauses if clause.status == "planned"]
    assert len(planned) == 129 - 15 - len(SERVED)
    assert [clause.id for clause in planned if clause.rule is None or clause.params or clause.subject] == []


def test_attested_clauses_need_no_rule(clauses):
    attested = [clause for clause in clauses if clause.check is Check.ATTESTED]
    assert [clause.id for clause in attested if clause.rule is not None or clause.evidence is None] == []


def test_every_clause_says_what_a_person_can_bring(clauses):
    assert [clause.id for clause in clauses if clause.evidence is None] == []


def test_dates_are_read_as_dates(clauses):
    params = {clause.id: clause.params for clause in clauses}
    assert params["XH20-1.2b"] == {"after": date(2020, 4, 20)}
    for clause_id in ("XH20-2.1c", "XH20-2.1d", "XH20-2.1e", "XH20-2.1l"):
        assert params[clause_id]["from"] == date(2020, 1, 1)
        assert params[clause_id]["until"] == date(2020, 12, 31)


def test_limits_are_those_of_the_document(clauses):
    params = {clause.id: clause.params for clause in clauses}
    assert params["XH20-2.1c"]["min_share"] == 1.0
    assert params["XH20-2.1l"]["min_share"] == 0.5
    assert params["XH20-2.1l"]["multi_forms"] == ["chart", "video", "animation", "process"]


def test_texts_are_in_their_languages(standard, clauses):
    texts = [("header", standard.title), ("header", standard.issuer)]
    texts += chain.from_iterable(((clause.id, text) for text in list_texts(clause)) for clause in clauses)
    assert [(place, text.zh) for place, text in texts if not HAN.search(text.zh)] == []
    assert [(place, text.en) for place, text in texts if HAN.search(QUOTED.sub("", text.en))] == []


def test_no_text_has_stray_space(clauses):
    words = [(clause.id, word) for clause in clauses for text in list_texts(clause) for word in (text.zh, text.en)]
    assert [pair for pair in words if pair[1] != " ".join(pair[1].split())] == []


def test_chinese_texts_use_chinese_punctuation(clauses):
    assert [clause.id for clause in clauses for text in list_texts(clause) if re.search(r"[,;:()?!]", text.zh)] == []


def test_asks_are_sentences(clauses):
    assert [clause.id for clause in clauses if not clause.asks.zh.endswith("。")] == []
    assert [clause.id for clause in clauses if not re.fullmatch(r"[A-Z].*\.", clause.asks.en)] == []


def test_titles_are_short(clauses):
    assert [clause.id for clause in clauses if len(clause.title.zh) > 14 or len(clause.title.en) > 60] == []


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("part", ["title", "asks", "evidence"])
def test_no_two_clauses_say_the_same(clauses, part, language):
    counts = Counter(getattr(getattr(clause, part), language) for clause in clauses)
    assert [text for text, count in counts.items() if count > 1] == []
