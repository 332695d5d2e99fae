from __future__ import annotations

import pytest
from lone_page import make_article, read_reading

from auditor.extract.documents import DocumentParts, classify_document
from auditor.extract.elements import read_elements
from auditor.extract.guides import name_owner
from auditor.extract.interpretations import is_interpretation_title
from auditor.words.vocabulary import load_vocabulary

WORDS = load_vocabulary()


def parts(doc_no=None, category=None):
    return DocumentParts(doc_no, None, None, None, None, category, None, None, (), None, bool(doc_no), ())


@pytest.mark.parametrize(
    ("title", "doc_no", "category", "columns", "kind"),
    [
        ("青禾区生活垃圾分类管理办法", None, None, {"normative_documents"}, "normative"),
        ("关于印发办法的通知", "青府规〔2020〕1号", None, set(), "normative"),
        ("关于印发办法的通知", "粤科规范字〔2020〕1号", None, set(), "normative"),
        ("关于印发办法的通知", "青府发〔2020〕1号", "行政规范性文件", set(), "normative"),
        ("关于印发办法的通知", "青府发〔2020〕1号", None, set(), "policy"),
        ("青禾区促进就业办法", None, None, {"policy_documents"}, "policy"),
        ("广东省华侨权益保护条例", None, None, set(), "law"),
        ("关于华侨回国定居办理工作的实施办法", None, None, set(), "policy"),
        ("青禾区2020年政府工作报告", None, None, {"policy_documents"}, "report"),
        ("青禾区国民经济和社会发展第十四个五年规划纲要", None, None, {"policy_documents"}, "plan"),
        ("2020年政务公开工作要点（试行）", None, None, set(), "plan"),
        ("青禾区权力清单（2020年版）", None, None, set(), "list"),
        ("关于公布权力清单的通知", None, None, set(), "policy"),
        ("关于同意设立社区的批复", None, None, set(), "decision"),
        ("关于张某任职的公告", "青人〔2020〕公告", None, set(), "notice"),
        ("采购公告", None, None, set(), "notice"),
        ("关于限行的通告", None, None, {"policy_documents"}, "policy"),
        ("区领导调研", None, None, set(), "other"),
    ],
)
def test_the_kind_of_a_document(title, doc_no, category, columns, kind):
    assert classify_document(title, parts(doc_no, category), frozenset(columns), WORDS) == kind


@pytest.mark.parametrize(
    ("title", "explains"),
    [
        ("《青禾区办法》政策解读", True),
        ("一图读懂：青禾区办法", True),
        ("【图解】实施方案", True),
        ("区领导就办法答记者问", True),
        ("快速看懂《青禾区办法》", True),
        ("《侨务政策法规问答》出版", False),
        ("关于印发《政策解读工作办法》的通知", False),
        ("区领导调研", False),
    ],
)
def test_a_title_that_says_it_explains(title, explains):
    assert is_interpretation_title(title, WORDS) is explains


@pytest.mark.parametrize(
    ("title", "owner"),
    [
        ("青禾区财政局政府信息公开指南", "青禾区财政局"),
        ("听禾街道办事处信息公开指南（2020年版）", "听禾街道办事处"),
        ("青禾区人民政府办公室政务公开指南", "青禾区人民政府办公室"),
        ("政府信息公开指南", None),
        ("青禾区政府信息公开指南", "青禾区政府"),
    ],
)
def test_whose_guide_a_title_names(title, owner):
    assert name_owner(title, WORDS) == owner


def test_a_label_that_nobody_knows_is_no_value_of_the_empty_one_before_it():
    table = (
        "<table><tr><td>索 引 号：</td><td>QH-2024-001</td></tr><tr><td>主题分类：</td><td>承办处室：</td></tr>"
        "<tr><td>办文部门：</td><td>区商务委</td></tr></table>"
    )
    found = read_elements(read_reading(make_article(table)))
    assert {name: one.value for name, one in found.items()} == {"index_no": "QH-2024-001", "issuer": "区商务委"}


def test_the_days_between_which_a_document_holds_are_read_under_either_name():
    rows = "<tr><td>索引号</td><td>QH001</td></tr><tr><td>生效时间</td><td>2024-05-01</td></tr><tr><td>废止时间</td><td>2029-04-30</td></tr>"
    found = read_elements(read_reading(make_article(f"<table>{rows}</table>")))
    assert (found["effective_on"].value, found["expires_on"].value) == ("2024-05-01", "2029-04-30")
