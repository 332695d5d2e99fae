"""The shipped standards: what the files promise by themselves, without the documents they restate."""

import re
from collections import Counter
from datetime import date
from itertools import chain

import pytest
from ruamel.yaml import YAML

from auditor.model.outcomes import Check, ClauseClass
from auditor.resources import find_resource
from auditor.rules.load import list_rules
from auditor.rules.schema import Bilingual, Clause, Standard

HAN = re.compile(r"[\u4e00-\u9fff]")
QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|《[^》]*》")
NUMERALS = "〇一二三四五"
XH20_SECTIONS = {
    "0.0": "a",
    "1.1": "g",
    "1.2": "i",
    "1.3": "f",
    "1.4": "f",
    "2.1": "l",
    "2.2": "g",
    "2.3": "j",
    "2.4": "h",
    "3.1": "g",
    "3.2": "d",
    "3.3": "i",
    "3.4": "b",
    "4.1": "q",
    "4.2": "g",
    "4.3": "e",
    "5.1": "e",
    "5.2": "c",
    "5.3": "d",
}
BS20_ITEMS = {
    str(item): last for item, last in enumerate("aacbaddabbbdcecaacccaceccbbbebbcabfccdccbcdbcjgbcabababcaababb")
}
LAST_LETTERS = {"xh20": XH20_SECTIONS, "bs20": BS20_ITEMS}
"""Into how many clauses each section or item of a document was split, as the letter of the last one."""


def load_standard(code):
    source = find_resource("rulesets") / "standards" / f"{code}.yaml"
    return Standard.model_validate(YAML(typ="safe", pure=True).load(source.read_text(encoding="utf-8")))


@pytest.fixture(scope="module", params=sorted(LAST_LETTERS))
def standard(request):
    return load_standard(request.param)


@pytest.fixture(scope="module")
def clauses(standard):
    return standard.clauses


@pytest.fixture(scope="module")
def xh20():
    return {clause.id: clause for clause in load_standard("xh20").clauses}


@pytest.fixture(scope="module")
def bs20():
    return {clause.id: clause for clause in load_standard("bs20").clauses}


def list_texts(clause: Clause) -> tuple[Bilingual, ...]:
    return tuple(text for text in (clause.title, clause.asks, clause.evidence) if text is not None)


def list_ids(code: str) -> list[str]:
    parts = LAST_LETTERS[code].items()
    return [f"{code.upper()}-{part}{chr(number)}" for part, last in parts for number in range(ord("a"), ord(last) + 1)]


@pytest.mark.parametrize(
    ("code", "title"), [("xh20", "2020年徐汇区政务公开工作要点"), ("bs20", "2020年宝山区政务公开工作要点")]
)
def test_header_names_document(code, title):
    standard = load_standard(code)
    assert standard.code == code
    assert standard.issued_on == date(2020, 4, 20)
    assert standard.version == "1"
    assert standard.status == "stable"
    assert title in standard.title.zh


def test_every_shipped_standard_is_held_here():
    shipped = {path.name.removesuffix(".yaml") for path in (find_resource("rulesets") / "standards").iterdir()}
    assert shipped == set(LAST_LETTERS)


def test_every_clause_once_in_the_order_of_the_document(standard, clauses):
    assert [clause.id for clause in clauses] == list_ids(standard.code)


def test_number_of_clauses(xh20, bs20):
    assert len(xh20) == 129
    assert len(bs20) == 164


def test_clause_number_agrees_with_id_in_xh20(xh20):
    for clause_id, clause in xh20.items():
        chapter, section = (int(digit) for digit in re.findall(r"\d", clause_id.split("-")[1]))
        expected = "前言" if chapter == 0 else f"{NUMERALS[chapter]}({NUMERALS[section]})"
        assert clause.clause == expected, clause_id


def test_clause_number_agrees_with_id_in_bs20(bs20):
    for clause_id, clause in bs20.items():
        item = clause_id.split("-")[1].rstrip("abcdefghij")
        assert clause.clause == ("前言" if item == "0" else item), clause_id


def test_counts_by_check(xh20, bs20):
    def count(clauses):
        return Counter(clause.check for clause in clauses.values())

    assert count(xh20) == {Check.AUTO: 44, Check.ASSISTED: 67, Check.ATTESTED: 18}
    assert count(bs20) == {Check.AUTO: 64, Check.ASSISTED: 76, Check.ATTESTED: 24}


def test_counts_by_class(xh20, bs20):
    def count(clauses):
        found = Counter(clause.class_ for clause in clauses.values())
        return tuple(found[name] for name in (ClauseClass.ESSENTIAL, ClauseClass.MANDATORY, ClauseClass.RECOMMENDED))

    assert count(xh20) == (23, 100, 6)
    assert count(bs20) == (37, 123, 4)


def test_every_clause_names_units(clauses):
    assert [clause.id for clause in clauses if not clause.units or len(set(clause.units)) != len(clause.units)] == []


def test_written_clauses_name_rule_and_subject(clauses):
    written = [clause for clause in clauses if clause.status == "written" and clause.check is not Check.ATTESTED]
    assert [clause.id for clause in written if clause.rule not in list_rules() or clause.subject is None] == []
    assert len(written) >= 6


def test_planned_clauses_bind_nothing_yet(clauses):
    planned = [clause for clause in clauses if clause.status == "planned"]
    assert [clause.id for clause in planned if clause.rule is None or clause.params or clause.subject] == []


def test_attested_clauses_need_no_rule(clauses):
    attested = [clause for clause in clauses if clause.check is Check.ATTESTED]
    assert [clause.id for clause in attested if clause.rule is not None or clause.evidence is None] == []


def test_every_clause_says_what_a_person_can_bring(clauses):
    assert [clause.id for clause in clauses if clause.evidence is None] == []


def test_dates_are_read_as_dates(xh20, bs20):
    assert xh20["XH20-1.2b"].params == {"after": date(2020, 4, 20)}
    for clause in (
        *(xh20[f"XH20-2.1{letter}"] for letter in "cdel"),
        *(bs20[f"BS20-{part}"] for part in ("13c", "17b")),
    ):
        assert clause.params["from"] == date(2020, 1, 1)
        assert clause.params["until"] == date(2020, 12, 31)


def test_limits_are_those_of_the_document(xh20, bs20):
    assert xh20["XH20-2.1c"].params["min_share"] == bs20["BS20-13c"].params["min_share"] == 1.0
    assert xh20["XH20-2.1l"].params["min_share"] == bs20["BS20-17b"].params["min_share"] == 0.5
    assert xh20["XH20-2.1l"].params["multi_forms"] == ["chart", "video", "animation", "process"]


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
