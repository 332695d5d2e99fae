"""Profiles, waivers and attestations: what is read, and every problem at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from auditor.errors import InputError, RulesetError
from auditor.model.outcomes import ClauseClass
from auditor.model.targets import Unit, UnitKind
from auditor.profile import load_attestations, load_profile, load_waivers
from auditor.resources import find_resource

SITE = """
site:
  id: example
  name: 示例区门户
  hosts: [WWW.example.gov.cn, xxgk.example.gov.cn]
  kind: district
  units:
    - {name: 区财政局, kind: department, aliases: [财政局]}
  flags: {grants_licences: true}
standards: [xh20]
"""


def write(tmp_path, text):
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def list_problems(loader, path):
    with pytest.raises(RulesetError) as caught:
        loader(path)
    return [(problem.code, problem.line, problem.path) for problem in caught.value.problems]


def test_the_default_profile_knows_no_site():
    profile = load_profile(find_resource("rulesets") / "profiles" / "district.yaml")
    assert profile.site is None
    assert profile.standards == ("xh20",)
    assert profile.zone == ZoneInfo("Asia/Shanghai")
    assert [profile.scoring.weights.weigh(class_) for class_ in ClauseClass] == [3, 2, 1]
    assert [(band.grade, band.at_least) for band in profile.scoring.grades][:4] == [
        ("A", 95),
        ("B", 85),
        ("C", 75),
        ("D", 60),
    ]


def test_every_shipped_profile_loads():
    for path in (find_resource("rulesets") / "profiles").glob("*.yaml"):
        assert load_profile(path).standards


def test_a_target_without_a_site_is_the_host(tmp_path):
    target = load_profile(write(tmp_path, "standards: [xh20]")).build_target("www.a.gov.cn", "http://www.a.gov.cn/")
    assert (target.id, target.hosts, target.seeds) == ("www.a.gov.cn", ("www.a.gov.cn",), ("http://www.a.gov.cn/",))


def test_a_target_of_a_known_site_carries_what_the_profile_knows(tmp_path):
    profile = load_profile(write(tmp_path, SITE))
    target = profile.build_target("xxgk.example.gov.cn", "https://xxgk.example.gov.cn/")
    assert target.id == "example"
    assert target.hosts == ("xxgk.example.gov.cn", "www.example.gov.cn")
    assert target.units == (Unit("区财政局", UnitKind.DEPARTMENT, ("财政局",)),)
    assert target.flags == {"grants_licences": True}


def test_a_copy_under_another_host_stays_on_that_host(tmp_path):
    target = load_profile(write(tmp_path, SITE)).build_target("127.0.0.1", "http://127.0.0.1:8080/")
    assert (target.id, target.hosts) == ("example", ("127.0.0.1",))


def test_all_problems_of_a_profile_come_at_once(tmp_path):
    text = """
site:
  name: x
  hosts: http://a
  kind: distric
  timezone: Asia/Nowhere
  units:
    - {name: a, kind: department}
    - {name: a, kind: team}
scoring:
  model: wheighted
  weights: {essential: heavy}
  tolerated: 2
  grade: []
"""
    assert list_problems(load_profile, write(tmp_path, text)) == [
        ("missing_key", 2, "standards"),
        ("wrong_type", 4, "site.hosts"),
        ("wrong_choice", 5, "site.kind"),
        ("unknown_timezone", 6, "site.timezone"),
        ("wrong_choice", 9, "site.units[1].kind"),
        ("wrong_choice", 11, "scoring.model"),
        ("wrong_type", 12, "scoring.weights.essential"),
        ("wrong_value", 13, "scoring.tolerated"),
        ("unknown_key", 14, "scoring.grade"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("standards: [a]\nscoring: {grades: [{grade: A, at_least: 60}, {grade: B, at_least: 90}]}", "bands_unordered"),
        ("standards: [a]\nscoring: {grades: [{grade: A, at_least: 60}, {grade: A, at_least: 9}]}", "repeated_grade"),
        ("standards: [a]\nscoring: {grades: [{grade: A, at_least: 60}, {grade: B, at_least: 60}]}", "bands_unordered"),
        ("standards: [a]\nscoring: {weights: {essential: .inf}}", "wrong_value"),
        ("standards: [a]\nscoring: {weights: {essential: 0}}", "wrong_value"),
        ("standards: []", "wrong_value"),
        (
            "standards: [a]\nsite: {name: a, hosts: [a], units: [{name: a, kind: park}, {name: a, kind: park}]}",
            "repeated_unit",
        ),
        ("standards: [a]\nsite: {name: a, hosts: ['a:80']}", "wrong_value"),
        ("standards: [a]\nsite: {name: a, hosts: [a], timezone: ../../etc/passwd}", "unknown_timezone"),
    ],
)
def test_what_a_profile_may_not_say(tmp_path, text, code):
    assert [problem[0] for problem in list_problems(load_profile, write(tmp_path, text))] == [code]


def test_a_waiver_ends_with_its_day_in_the_zone_of_the_site(tmp_path):
    text = "- {clause: XH20-1.1a, reason: 已说明, approver: 张三, expires: 2026-12-31}\n"
    waiver = load_waivers(write(tmp_path, text))[0]
    end = waiver.find_end(ZoneInfo("Asia/Shanghai"))
    assert end.astimezone(UTC) == datetime(2026, 12, 31, 16, 0, tzinfo=UTC)


def test_a_waiver_may_end_at_a_moment(tmp_path):
    text = "- {fingerprint: 0123456789abcdef0123, reason: a, approver: b, expires: 2026-12-31T12:00:00+08:00}\n"
    waiver = load_waivers(write(tmp_path, text))[0]
    assert waiver.find_end(ZoneInfo("UTC")).utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {reason: a, approver: b, expires: 2026-12-31}", ("waiver_target", 1, "[0]")),
        (
            "- {clause: a, fingerprint: 0123456789ab, reason: a, approver: b, expires: 2026-12-31}",
            ("waiver_target", 1, "[0]"),
        ),
        ("- {clause: a, reason: a, approver: b}", ("missing_key", 1, "[0].expires")),
        (
            "- {clause: a, reason: a, approver: b, expires: 2026-12-31T12:00:00}",
            ("datetime_without_zone", 1, "[0].expires"),
        ),
        ("- {clause: a, reason: a, approver: b, expires: 2026}", ("wrong_type", 1, "[0].expires")),
        ("- {clause: a, reason: '', approver: b, expires: 2026-12-31}", ("wrong_value", 1, "[0].reason")),
    ],
)
def test_what_a_waiver_may_not_say(tmp_path, text, expected):
    assert list_problems(load_waivers, write(tmp_path, text)) == [expected]


def test_attestations_are_read(tmp_path):
    text = "- {clause: a, verdict: done, evidence: [培训通知], by: 张三, on: 2026-11-01, second: 李四}\n"
    answer = load_attestations(write(tmp_path, text))[0]
    assert (answer.verdict, answer.subject, answer.second) == ("done", None, "李四")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- {clause: a, verdict: yes, evidence: [x], by: b, on: 2026-11-01}", ("wrong_choice", 1, "[0].verdict")),
        ("- {clause: a, verdict: done, evidence: [x], by: b, on: yesterday}", ("wrong_type", 1, "[0].on")),
        (
            "- {clause: a, verdict: done, evidence: [x], by: b, on: 2026-11-01, second: b}",
            ("second_is_first", 1, "[0]"),
        ),
    ],
)
def test_what_an_attestation_may_not_say(tmp_path, text, expected):
    assert list_problems(load_attestations, write(tmp_path, text)) == [expected]


def test_a_profile_like_a_shipped_one_takes_what_it_does_not_write(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("like: release\nsite: {name: 青禾区, hosts: [www.qinghe.example]}\n", encoding="utf-8")
    own, shipped = load_profile(path), load_profile(Path("release"))
    assert own.site is not None
    assert (own.standards, own.only, own.scoring) == (shipped.standards, shipped.only, shipped.scoring)
    path.write_text("like: release\nstandards: [bs20]\n", encoding="utf-8")
    assert load_profile(path).standards == ("bs20",)
    path.write_text("like: relase\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_profile(path)
    assert caught.value.code == "unknown_profile"
