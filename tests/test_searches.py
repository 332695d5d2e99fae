"""Declared searches: what a rule looks for is found in the stored text and judged as facts."""

from datetime import UTC, date, datetime

import pytest
from test_evaluate import CONTEXT, TEXT, make_clause, make_rule, make_rulebook

from auditor.evaluate import evaluate_rulebook
from auditor.rules.cases import build_fact
from auditor.rules.reference import judge_plainly
from auditor.runfolder.textindex import StoredText, TextIndex, TextIndexWriter, TextLabels

PARAMS = {
    "terms": {"type": "list", "why": TEXT},
    "period": {"type": "period", "why": TEXT},
}
GIVEN = {"terms": ["培训班", "讲座"], "period": {"from": date(2020, 1, 1), "until": date(2020, 12, 31)}}
TEXTS = (
    ("全区举办政务公开培训班", "某局", date(2020, 5, 6), "news"),
    ("消防培训班开讲", "某局", date(2019, 5, 6), "news"),
    ("法治讲座通知", "别局", date(2020, 7, 1), "notice"),
    ("培训班没有日期", None, None, "other"),
)
VERDICTS = [{"outcome": "passed", "when": {"found": {"at_least": 1}}}, {"outcome": "failed", "reason": "none"}]


@pytest.fixture(scope="module")
def passages(tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "text.db"
    with TextIndexWriter(path) as writer:
        for number, (text, *_) in enumerate(TEXTS):
            writer.add(StoredText(f"http://a.example/{number}", "题", text, "r", datetime(2021, 1, 1, tzinfo=UTC)))
        labels = enumerate(TEXTS)
        writer.label({f"http://a.example/{n}": TextLabels(day, unit, source) for n, (_, unit, day, source) in labels})
    with TextIndex(path) as index:
        yield index


def judge(measure, passages, subject="site", facts=()):
    rule = make_rule(
        {"found": measure}, VERDICTS, needs=["mention"], params=PARAMS, subject=subject, reasons={"none": TEXT}
    )
    rulebook = make_rulebook(rule, make_clause(params=GIVEN))
    context = CONTEXT.__class__(**{**CONTEXT.__dict__, "passages": passages})
    found = evaluate_rulebook(facts, rulebook, context)
    assert found.faults == ()
    assert evaluate_rulebook(facts, rulebook, context, judge_plainly) == found
    return found.findings


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"terms": "$terms"}, 4),
        ({"terms": ["讲座"]}, 1),
        ({"terms": "$terms", "during": "$period"}, 2),
        ({"terms": "$terms", "in": ["news"]}, 2),
        ({"terms": "$terms", "in": ["news"], "during": "$period"}, 1),
        ({"terms": ["培训班"], "matches": "消防|法治"}, 1),
        ({"terms": ["没有的词"]}, 0),
    ],
)
def test_passages_are_counted_by_words_sources_period_and_pattern(passages, asked, count):
    (finding,) = judge({"search": asked}, passages)
    assert finding.values["found"] == count
    assert finding.outcome == ("passed" if count else "failed")


def test_passages_belong_to_units(passages):
    units = [
        build_fact("unit", {"name": name, "unit_kind": "department"}, n) for n, name in enumerate(("某局", "无局"))
    ]
    measure = {"search": {"terms": "$terms", "during": "$period"}, "where": {"unit": "$subject"}}
    found = judge(measure, passages, "unit", units)
    assert {one.subject.key: one.outcome for one in found} == {"某局": "passed", "无局": "failed"}
    shown = next(one for one in found if one.subject.key == "某局").evidence[0]
    assert (shown.url, shown.excerpt) == ("http://a.example/0", "全区举办政务公开培训班")


def test_each_word_by_itself(passages):
    measure = {"each": "$terms", "as": "word", "search": {"terms": "$word", "during": "$period"}}
    (finding,) = judge(measure, passages)
    assert (finding.values["found.with"], finding.values["found.without"]) == (("培训班", "讲座"), ())


def test_without_stored_text_nothing_can_be_told():
    (finding,) = judge({"search": {"terms": "$terms"}}, None)
    assert (finding.outcome, finding.reason) == ("cannot_tell", "text_missing")
