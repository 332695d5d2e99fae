from __future__ import annotations

from datetime import date

import pytest
from demo_sight import LAYOUTS, make_portal

from auditor.demo.defects import load_defects
from auditor.demo.manifest import CLAUSES, Verdict, count_open_pages, expected_verdicts
from auditor.demo.spec import PortalSpec
from auditor.model.outcomes import Degree, Outcome

FAILED, CANNOT_TELL = Outcome.FAILED, Outcome.CANNOT_TELL
UNITS = {"XH20-1.2b", "XH20-1.2d"}
SITE = "site"
INTERPRETED = ("XH20-2.1c", "XH20-2.1d", "XH20-2.1e")


def failed(reason):
    return Verdict(FAILED, reason=reason)


def unsure(reason):
    return Verdict(CANNOT_TELL, reason=reason)


# defect -> what turns; the number is the place of the unit
TURNS = {
    "column-missing-guide": {("XH20-1.2a", SITE): failed("column_missing")},
    "column-missing-rules": {("XH20-1.2a", SITE): failed("column_missing")},
    "column-missing-statutory": {("XH20-1.2a", SITE): failed("column_missing")},
    "column-missing-annual": {("XH20-1.2a", SITE): failed("column_missing")},
    "columns-out-of-order": {("XH20-1.2a", SITE): Verdict(Outcome.PASSED, Degree.TOLERATED, "wrong_order")},
    "column-blank": {("XH20-1.2a", SITE): failed("column_blank")},
    "column-dead": {("XH20-1.2a", SITE): failed("column_dead")},
    "column-moved-home": {("XH20-1.2a", SITE): failed("column_moved_home")},
    "column-redirected-home": {("XH20-1.2a", SITE): failed("column_moved_home")},
    "column-reset": {
        ("XH20-1.2a", SITE): unsure("unreadable"),
        **{(clause, SITE): unsure("not_covered") for clause in (*INTERPRETED, "XH20-2.1l")},
    },
    "guide-undated": {("XH20-1.2b", 1): unsure("no_date"), ("XH20-1.2d", 1): failed("undated")},
    "guide-stale": {("XH20-1.2b", 2): failed("too_old")},
    "guide-image-only": {("XH20-1.2b", 3): unsure("unreadable"), ("XH20-1.2d", 3): unsure("unreadable")},
    "guide-missing": {("XH20-1.2b", -1): failed("no_guide"), ("XH20-1.2d", -1): failed("no_guide")},
    "normative-not-interpreted": {("XH20-2.1c", SITE): failed("not_interpreted")},
    "meeting-policy-not-interpreted": {("XH20-2.1d", SITE): failed("not_interpreted")},
    "report-not-interpreted": {("XH20-2.1e", SITE): failed("not_interpreted")},
    "interpretation-mostly-text": {("XH20-2.1l", SITE): failed("below_half")},
    "interpretation-form-ambiguous": {("XH20-2.1l", SITE): unsure("ambiguous")},
    "ipv6-no-address": {("XH20-4.1c", SITE): failed("no_aaaa")},
    "ipv6-unreachable": {("XH20-4.1c", SITE): failed("unreachable")},
    "ipv6-other-content": {("XH20-4.1c", SITE): failed("content_differs")},
    "ipv6-links-broken": {("XH20-4.1c", SITE): failed("links_unreachable")},
    "policy-list-cut": {(clause, SITE): unsure("not_covered") for clause in INTERPRETED},
}
SHUT = ("disclosure-section-blocked", "disclosure-section-challenged", "disclosure-section-error")


def name_subject(spec, place):
    portal = make_portal(pages=spec.pages)
    return portal.host if place == SITE else portal.plan.bodies[place].name


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("pages", [50, 57, 200, 5000, 100_000])
def test_everything_passes_in_a_clean_portal(layout, pages):
    spec = PortalSpec(pages=pages, layout=layout)
    verdicts = expected_verdicts(spec)
    units = [body.name for body in make_portal(pages=pages).plan.bodies]
    keys = {(clause, unit) for clause in UNITS for unit in units}
    keys |= {(clause, "www.linlan.example") for clause in CLAUSES if clause not in UNITS}
    assert set(verdicts) == keys
    assert len(CLAUSES) == 8
    assert set(verdicts.values()) == {Verdict(Outcome.PASSED)}


@pytest.mark.parametrize("seed", range(20))
def test_everything_passes_under_every_seed(seed):
    for pages in (50, 90, 300):
        assert set(expected_verdicts(PortalSpec(seed=seed, pages=pages)).values()) == {Verdict(Outcome.PASSED)}


@pytest.mark.parametrize("pages", [50, 240])
@pytest.mark.parametrize("defect", [one for one in load_defects() if one.part is None], ids=lambda defect: defect.id)
def test_a_defect_turns_its_own_verdicts_and_no_other(defect, pages):
    clean = expected_verdicts(PortalSpec(pages=pages))
    spec = PortalSpec(pages=pages, defects=(defect.id,))
    turned = {key: verdict for key, verdict in expected_verdicts(spec).items() if clean[key] != verdict}
    if defect.id in SHUT:
        kept = {key for key in clean if key not in turned}
        assert kept <= {("XH20-4.1c", "www.linlan.example")}
        assert bool(kept) == (pages > 50)
        assert {verdict.outcome for verdict in turned.values()} == {CANNOT_TELL}
        return
    assert defect.harmless == (defect.id not in TURNS)
    expected = {(clause, name_subject(spec, place)): turn for (clause, place), turn in TURNS.get(defect.id, {}).items()}
    assert turned == expected


def test_of_a_folder_the_network_is_not_judged():
    clean = expected_verdicts(PortalSpec(pages=50))
    folder = expected_verdicts(PortalSpec(pages=50), observed=False)
    assert {key for key in clean if clean[key] != folder[key]} == {("XH20-4.1c", "www.linlan.example")}
    assert folder["XH20-4.1c", "www.linlan.example"] == unsure("not_asked")


def test_a_definite_fault_wins_over_what_could_not_be_read_but_a_missing_column_does_not():
    def judge(*defects):
        return expected_verdicts(PortalSpec(pages=50, defects=defects))["XH20-1.2a", "www.linlan.example"]

    assert judge("column-reset", "column-missing-guide") == unsure("unreadable")
    assert judge("column-dead", "column-missing-guide") == failed("column_dead")
    assert judge("columns-out-of-order", "column-dead") == failed("column_dead")
    assert judge("disclosure-section-blocked", "column-dead") == unsure("not_covered")


def test_the_number_of_open_pages_is_that_of_the_pages_beneath_the_home_page():
    assert count_open_pages(make_portal(pages=50)) == 56
    assert count_open_pages(make_portal(pages=50, defects=("guide-missing",))) == 55
    assert count_open_pages(make_portal(pages=50, defects=("disclosure-section-blocked",))) < 20


def test_a_portal_of_a_later_year_has_old_documents_without_interpretation_and_one_of_an_earlier_year_no_manifest():
    later = expected_verdicts(PortalSpec(pages=50, year=2021))
    assert later["XH20-2.1c", "www.linlan.example"] == failed("not_interpreted")
    assert later["XH20-2.1e", "www.linlan.example"] == Verdict(Outcome.NOT_APPLICABLE, reason="none_due")
    with pytest.raises(ValueError, match="2020"):
        expected_verdicts(PortalSpec(pages=50, year=2019))
    assert PortalSpec().today == date(2021, 3, 31)
