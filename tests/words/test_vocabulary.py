from __future__ import annotations

from typing import get_args

import pytest

from auditor.facts import DocumentKind, GuideElement, InterpretationForm, PageTopic
from auditor.model.targets import UnitKind
from auditor.words.vocabulary import NO_RANK, load_vocabulary, squeeze_name

WORDS = load_vocabulary()


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("政府信息公开", "disclosure_platform"),
        ("政 务 公 开", "disclosure_platform"),
        ("徐汇区政府信息公开专栏", "disclosure_platform"),
        ("政府信息公开指南", "disclosure_guide"),
        ("公开指南", "disclosure_guide"),
        ("青禾区财政局政府信息公开指南", "disclosure_guide"),
        ("政府信息 公开制度", "disclosure_rules"),
        ("政府信息公开制度文件", "disclosure_rules"),
        ("法定主动公开", "statutory_disclosure"),
        ("法定主动公开内容（2020版）", None),
        ("信息公开年报", "disclosure_annual_report"),
        ("政府信息公开工作年度报告", "disclosure_annual_report"),
        ("政府信息公开工作年度报告 更多>>", "disclosure_annual_report"),
        ("行政规范性文件", "normative_documents"),
        ("区政府规范性文件", "normative_documents"),
        ("规范性文件清理结果", None),
        ("政策文件", "policy_documents"),
        ("文件解读", "policy_interpretation"),
        ("政策解读库", "policy_interpretation"),
        ("政府网站年度工作报表", "site_annual_sheet"),
        ("依申请公开", "disclosure_application"),
        ("依申请公开指南", "disclosure_application"),
        ("重点领域信息公开", None),
        ("政务公开标准化指引", None),
        ("统计数据解读", None),
        ("", None),
        ("关于公布区政府信息公开指南编制工作有关情况以及下一步工作安排的一份很长很长的通知标题", None),
    ],
)
def test_a_shown_name_is_matched_to_its_concept(name, concept):
    assert WORDS.find_concept(name) == concept


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("指南", "disclosure_guide"),
        ("制度", "disclosure_rules"),
        ("年报", "disclosure_annual_report"),
        ("文件", "policy_documents"),
    ],
)
def test_short_names_hold_only_inside_their_section(name, concept):
    assert WORDS.find_concept(name) is None
    assert WORDS.find_concept(name, within="disclosure_platform") == concept


def test_the_more_telling_name_ranks_first():
    ranks = [WORDS.rank_name("disclosure_platform", name) for name in ("政府信息公开", "政务公开", "信息公开")]
    assert ranks == sorted(ranks)
    assert WORDS.rank_name("disclosure_platform", "青禾区政府信息公开平台") == NO_RANK


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("青禾区人民政府", UnitKind.DISTRICT),
        ("青禾区人民政府办公室", UnitKind.DEPARTMENT),
        ("区财政局", UnitKind.DEPARTMENT),
        ("虹桥路街道办事处", UnitKind.SUBDISTRICT),
        ("华漕镇人民政府", UnitKind.SUBDISTRICT),
        ("青禾开发区管委会", UnitKind.PARK),
        ("青禾城投集团有限公司", UnitKind.ENTERPRISE),
        ("某某", UnitKind.OTHER),
    ],
)
def test_the_kind_of_a_body_is_told_by_its_name(name, kind):
    assert WORDS.find_unit_kind(name) is kind


def test_squeezing_folds_width_case_and_punctuation():
    assert squeeze_name("　ＩＣＰ 备案：（沪）- More>>") == "icp备案沪more"


def test_every_topic_and_form_is_known_to_the_facts():
    assert {concept.topic for concept in WORDS.concepts.values() if concept.topic} <= set(get_args(PageTopic))
    assert set(WORDS.interpretations.forms) <= set(get_args(InterpretationForm))
    assert set(WORDS.guides.elements) | set(WORDS.guides.phrases) == set(get_args(GuideElement))
    assert {row.kind for row in WORDS.documents.kinds} <= set(get_args(DocumentKind))


def test_the_names_of_a_concept_lead_back_to_it():
    wrong = [
        (key, name, WORDS.find_concept(name))
        for key, concept in WORDS.concepts.items()
        for name in concept.names
        if WORDS.find_concept(name) != key
    ]
    assert wrong == []
