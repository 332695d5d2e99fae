from __future__ import annotations

import pytest


def portal(footer, title="青禾区人民政府门户网站", label=None, **rest):
    meta = f'<meta name="SiteName" content="{label}">' if label else ""
    html = (
        f"<html><head><title>{title}</title>{meta}</head><body><div class='footer'><p>{footer}</p></div></body></html>"
    )
    return {"pages": [{"url": "/", "html": html}], **rest}


@pytest.mark.parametrize(
    ("case", "unit"),
    [
        (portal("主办单位：青禾区人民政府 承办单位：青禾区大数据中心"), ("青禾区人民政府", "district", "portal")),
        (portal("主办：青禾区人民政府办公室"), ("青禾区人民政府", "district", "portal")),
        (portal("青禾区人民政府办公室主办"), ("青禾区人民政府", "district", "portal")),
        (portal("主办单位：青禾区财政局", title="青禾财政"), ("青禾区财政局", "department", "portal")),
        (portal("版权所有", label="青禾区人民政府门户网站"), ("青禾区人民政府", "district", "portal")),
        (portal("版权所有", title="听禾街道办事处"), ("听禾街道办事处", "subdistrict", "portal")),
        (portal("版权所有", title="某某平台"), ("某某平台", "other", "portal")),
    ],
)
def test_the_portal_names_its_own_body(case, unit, extract):
    facts = [fact for fact in extract(case).facts if fact.kind == "unit"]
    assert [(fact.name, fact.unit_kind.value, fact.listed_in) for fact in facts] == [unit]


def test_the_profile_wins_over_what_the_portal_says(extract):
    case = portal("主办单位：青禾区人民政府", units=[{"name": "丙区财政局", "kind": "department"}])
    facts = [fact for fact in extract(case).facts if fact.kind == "unit"]
    assert [(fact.name, fact.listed_in) for fact in facts] == [("丙区财政局", "profile")]


@pytest.mark.parametrize(
    ("title", "unit"),
    [
        ("青禾区人民政府政府信息公开指南", "青禾区人民政府"),
        ("青禾区政府信息公开指南", "青禾区人民政府"),
        ("政府信息公开指南", "青禾区人民政府"),
        ("青禾区财政局政府信息公开指南", "青禾区财政局"),
        ("青禾区人民政府办公室政府信息公开指南", "青禾区人民政府办公室"),
    ],
)
def test_whose_a_guide_is(title, unit, extract):
    case = portal("主办单位：青禾区人民政府")
    text = "本机关依照条例编制本指南，便于公民、法人和其他组织获取政府信息。" * 8
    html = f"<title>{title}_青禾区人民政府</title><h1>{title}</h1><p>更新日期：2020-05-06</p><p>{text}</p>"
    case["pages"].append({"url": "/zn.html", "html": html})
    guides = [fact for fact in extract(case).facts if fact.kind == "guide"]
    assert [(guide.unit, guide.updated_on.isoformat()) for guide in guides] == [(unit, "2020-05-06")]
