"""What the report says: figures, order, wording, pictures; made from the sample result."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import report_sample as sample

from auditor.messages import load_messages
from auditor.model.attempts import AttemptReason, Part
from auditor.model.evidence import ListEvidence, ListItem, RecordEvidence
from auditor.model.findings import Finding, Subject
from auditor.model.outcomes import ClauseClass, Outcome, Text
from auditor.model.snapshots import Vantage
from auditor.report.beside import Beside
from auditor.report.page import show_page
from auditor.report.pictures import MOST_BYTES, MOST_PICTURES, choose_pictures, measure_picture
from auditor.report.wording import Wording, clean_text, show_address, show_points, show_share, show_shares
from auditor.score.models import WeightedModel
from auditor.score.tree import score_findings

ZH, EN = load_messages("zh"), load_messages("en")
PNG = sample.draw_png(40, 30)


def show(messages=EN, screenshots=None, **changes):
    return show_page(
        sample.make_result(**changes), messages, Beside(sample.SCREENSHOTS if screenshots is None else screenshots)
    )


def list_clauses(page):
    return {
        clause.id: clause for ruleset in page.rulesets for chapter in ruleset.chapters for clause in chapter.clauses
    }


def test_the_three_figures_and_the_interval_stand_on_top():
    score = sample.make_result().score
    verdict = show().verdict
    assert [(figure.key, figure.value) for figure in verdict.figures] == [
        ("score", f"{score.value:.1f}"),
        ("judged", f"{score.judged:.0%}"),
        ("waiting", f"{score.waiting:.0%}"),
    ]
    assert (verdict.interval.low, verdict.interval.high) == (f"{score.low:.1f}", f"{score.high:.1f}")
    assert verdict.grade == score.grade


def test_the_shares_of_the_bar_fill_it():
    segments = show().verdict.shares.segments
    assert [segment.key for segment in segments] == ["judged", "waiting", "undetermined"]
    assert sum(float(segment.width) for segment in segments) == pytest.approx(1000, abs=0.2)
    assert float(segments[1].x) == pytest.approx(float(segments[0].width), abs=0.2)


@pytest.mark.parametrize(
    ("outcomes", "sentence"),
    [
        ("PPPPPPPPPP", "sure_high"),
        ("PPPPPPPCCC", "sure_most"),
        ("PPPCCCCCCC", "sure_part"),
        ("PCCCCCCCCC", "sure_little"),
    ],
)
def test_the_report_says_how_sure_it_is(outcomes, sentence):
    clause = sample.CLAUSES["XH20-1.2a"]
    clauses = {f"c{n}": clause for n in range(10)}
    plain = next(iter(sample.list_findings()))
    findings = [
        replace(plain, id=f"c{n}", clause=f"c{n}", outcome=Outcome.PASSED if sign == "P" else Outcome.CANNOT_TELL)
        for n, sign in enumerate(outcomes)
    ]
    assert EN.say(f"report.{sentence}") in show(findings=findings, clauses=clauses).verdict.sentences


def test_without_any_verdict_there_is_no_score_and_the_report_says_so():
    findings = [next(iter(sample.list_findings()))]
    verdict = show(findings=findings, clauses={"XH20-0.0a": sample.CLAUSES["XH20-0.0a"]}).verdict
    assert verdict.figures[0].value == EN.say("report.no_score")
    assert verdict.sentences[0] == EN.say("report.meaning_none")
    assert verdict.interval.mark == ""
    assert verdict.mend == ()


def test_what_is_only_not_written_is_not_held_against_the_site():
    assert EN.say("report.meaning_not_written", count=1) in show().verdict.sentences
    written = [finding for finding in sample.list_findings() if finding.reason != "rule_not_written"]
    clauses = {name: clause for name, clause in sample.CLAUSES.items() if not clause.planned}
    sentences = show(findings=written, clauses=clauses).verdict.sentences
    assert not [text for text in sentences if "not written" in text]


def test_mend_first_goes_by_class_then_cost_and_explained_last():
    mend = show().verdict.mend
    assert [(item.class_key, item.explained) for item in mend] == [
        ("essential", False),
        ("essential", False),
        ("mandatory", False),
        ("mandatory", True),
    ]


def test_mend_first_names_who_failed():
    item = next(item for item in show().verdict.mend if item.anchor == "clause-XH20-1.2b")
    assert item.subjects == "Failed: 云河区民政局, 柳塘街道办事处"
    units = [finding for finding in sample.list_findings() if finding.clause == "XH20-1.2b"]
    failing = [replace(finding, outcome=Outcome.FAILED, reason="too_old") for finding in units]
    page = show(findings=failing, clauses={"XH20-1.2b": sample.CLAUSES["XH20-1.2b"]})
    assert page.verdict.mend[0].subjects.endswith(", 4 more")


def show_failing(*evidence, subject=sample.SITE):
    failing = sample.make_finding("XH20-2.1a", Outcome.FAILED, "not_interpreted", subject, *evidence)
    return show(findings=[failing], clauses={"XH20-2.1a": sample.CLAUSES["XH20-2.1a"]}).verdict.mend[0]


def test_mend_first_names_what_fails_with_its_address():
    rest = tuple(ListItem(f"https://a/{n}", f"文件{n}", f"https://a/{n}") for n in range(7))
    item = show_failing(ListEvidence("explained", (ListItem("k", "有解读"),), rest))
    assert [(thing.text, thing.place.href) for thing in item.named] == [
        (f"文件{n}", f"https://a/{n}") for n in range(5)
    ]
    assert item.named_more == "2 more"


def test_mend_first_finds_the_page_of_a_column_that_the_list_gives_no_address():
    page = sample.record("zwgk/gkzd/", "公开制度")
    item = show_failing(page, ListEvidence("usable", (), (ListItem("x", "公开制度"), ListItem("y", "公开年报"))))
    places = [(thing.text, thing.place and thing.place.href) for thing in item.named]
    assert places == [("公开制度", page.url), ("公开年报", None)]


def test_mend_first_quotes_the_page_where_there_is_no_list():
    page = sample.record("gkzn/1.html", "更新日期：2018-03-02")
    assert [(thing.text, thing.place.href) for thing in show_failing(page).named] == [
        ("更新日期：2018-03-02", page.url)
    ]
    assert show_failing().named == ()


@pytest.mark.parametrize("place", ["footer", "DNS", "TCP", "IPv4", "IPv6"])
def test_mend_first_names_the_host_where_the_passage_says_nothing_by_itself(place):
    host = sample.record("", "AAAA: none", place)
    page = sample.record("gkzn/1.html", "更新日期：2018-03-02")
    named = [(thing.text, thing.place.href) for thing in show_failing(host, page).named]
    assert named == [("", host.url), ("更新日期：2018-03-02", page.url)]


def test_an_item_without_a_title_goes_by_its_address():
    item = show_failing(ListEvidence("links", (), (ListItem("a | b", "a | b", "https://a/b"),)))
    assert item.named[0].text == "https://a/b"


def test_the_grade_says_what_bars_the_two_best():
    essential = {name: text for name, text in sample.CLAUSES.items() if text.class_ is ClauseClass.ESSENTIAL}
    name, clause = next(iter(essential.items()))
    barred = show(findings=[sample.make_finding(name, Outcome.FAILED, "x")], clauses={name: clause}).verdict
    assert barred.grade_note.startswith("Of 1 essential clauses, 1 failed or have no verdict yet")
    assert show(findings=[sample.make_finding(name, Outcome.PASSED)], clauses={name: clause}).verdict.grade_note == ""


def test_what_did_not_fail_leaves_the_picture_to_the_failure():
    findings = [
        replace(make_shot_finding(n, outcome), clause=name)
        for n, (name, outcome) in enumerate((("XH20-1.2a", Outcome.PASSED), ("XH20-1.3a", Outcome.FAILED)))
    ]
    findings = [replace(item, evidence=findings[0].evidence) for item in findings]
    clauses = {name: sample.CLAUSES[name] for name in ("XH20-1.2a", "XH20-1.3a")}
    views = list_clauses(show(findings=findings, clauses=clauses, screenshots={"shot-0": PNG}))
    assert views["XH20-1.2a"].single.evidence[0].shown == "picture-1"
    assert views["XH20-1.3a"].single.evidence[0].picture.anchor == "picture-1"


def test_only_what_has_no_evidence_of_the_machine_is_bare():
    clauses = list_clauses(show())
    assert {name for name, clause in clauses.items() if clause.is_bare} >= {"XH20-0.0a", "XH20-5.2a"}
    assert not clauses["XH20-3.1a"].is_bare
    assert clauses["XH20-5.2a"].requests == ("a notice, an attendance list or a record of the training",)


def test_a_single_finding_names_its_subject_unless_it_is_the_site():
    units = [finding for finding in sample.list_findings() if finding.clause == "XH20-1.2b"]
    page = show(findings=units[:1], clauses={"XH20-1.2b": sample.CLAUSES["XH20-1.2b"]})
    assert list_clauses(page)["XH20-1.2b"].subject == "云河区政府办公室"
    assert list_clauses(show())["XH20-1.2a"].subject == ""


def test_the_costs_add_up_to_what_is_missing():
    result = sample.make_result()
    costs = [float(item.cost.split()[1]) for item in show().verdict.mend]
    assert sum(costs) == pytest.approx(100 - result.score.value, abs=0.05 * len(costs))


def test_counts_of_outcomes_cover_every_clause():
    page = show()
    assert sum(item.count for item in page.verdict.counts) == len(sample.CLAUSES)
    total = page.rulesets[0].total
    assert total.counts == tuple(item.count for item in page.verdict.counts)
    assert total.score == page.verdict.figures[0].value


def test_every_clause_is_there_in_the_order_of_the_standard():
    assert list(list_clauses(show())) == list(sample.CLAUSES)


def test_a_clause_of_many_subjects_shows_the_worst_first_and_folds_what_passed():
    clause = list_clauses(show())["XH20-1.2b"]
    assert [finding.badge.key for finding in clause.loud] == ["failed", "failed", "cannot_tell"]
    assert len(clause.quiet) == 9
    assert clause.badge.key == "failed"
    assert clause.is_open
    assert [code.partition(".")[0] for code in clause.codes.split()][:3] == ["failed", "failed", "cannot_tell"]


def test_a_warning_is_a_pass_that_says_so():
    clause = list_clauses(show())["XH20-1.2a"]
    assert (clause.badge.key, clause.badge.label) == ("tolerated", EN.say("words.degree_tolerated"))
    assert clause.summary == "All columns are there, in another order"


def test_an_answer_beside_the_machine_and_a_waiver_say_what_they_do():
    clauses = list_clauses(show())
    beside = clauses["XH20-2.1a"].single.decisions[0]
    assert not beside.is_waiver
    assert EN.say("report.effect_beside") in [text for _, text in beside.lines]
    waiver = clauses["XH20-2.1b"].single.decisions[0]
    assert waiver.is_waiver
    assert ("Holds until", "31 December 2026") in waiver.lines
    answered = clauses["XH20-5.1a"].single.decisions[0]
    assert EN.say("report.effect_beside") not in [text for _, text in answered.lines]


def test_a_waiver_over_an_answer_shows_both():
    waivers = (
        *sample.WAIVERS,
        sample.Waiver(clause="XH20-2.1a", reason="x", approver="y", expires=datetime(2027, 1, 1, tzinfo=UTC)),
    )
    result = sample.make_result(findings=sample.list_findings())
    decided = sample.decide_findings(
        tuple(sample.list_findings()), sample.CLAUSES, waivers, sample.ATTESTATIONS, datetime(2026, 11, 22, tzinfo=UTC)
    )
    page = show_page(replace(result, findings=decided.findings), EN, Beside())
    assert [view.is_waiver for view in list_clauses(page)["XH20-2.1a"].single.decisions] == [True, False]


def test_what_was_not_seen_stands_under_its_reason():
    unseen = {group.reason: [item.anchor for item in group.clauses] for group in show().unseen}
    assert list(unseen.items()) == [
        ("The page of the guide could not be fetched", ["clause-XH20-1.2b", "clause-XH20-3.1b"]),
        ("The automatic check of this clause is not written yet", ["clause-XH20-0.0a"]),
        ("The collecting machine had no IPv6 network", ["clause-XH20-3.1a"]),
    ]


def test_the_verdict_says_how_many_addresses_of_all_hosts_were_not_seen():
    hosts = (sample.COVERAGE[-1], sample.cover(Part.SITE, 9, 6, failed=1, blocked=2), sample.COVERAGE[-2])
    sentences = show(coverage=hosts).verdict.sentences
    assert "Addresses that were not seen: 172 (22 failed, 7 blocked, 143 not visited)" in " ".join(sentences)
    assert show(coverage=hosts).addresses_left == 172 - 70
    assert not any("not seen" in said for said in show(coverage=(sample.cover(Part.SITE, 9, 9),)).verdict.sentences)


def test_addresses_not_seen_are_counted_and_bounded():
    groups = show().addresses
    assert [(group.reason, group.count, len(group.places)) for group in groups] == [
        ("The limit of pages was reached", 60, 40),
        ("No answer in time", 7, 7),
        ("Blocked by a firewall or a challenge page", 3, 3),
    ]
    assert groups[0].more == "20 more"


def test_what_waits_says_what_to_bring():
    waiting = {item.clause.anchor: (item.proposal, item.requests) for item in show().waiting}
    assert waiting["clause-XH20-2.2a"] == (
        "Please confirm or reject what the machine proposes: Passed",
        ("the notice of a briefing or a report on it",),
    )
    assert waiting["clause-XH20-3.1b"][0].startswith("The machine came to no verdict")
    assert waiting["clause-XH20-5.2a"] == ("", ("a notice, an attendance list or a record of the training",))
    assert "clause-XH20-5.1a" not in waiting


def test_notes_say_what_was_not_used():
    notes = [(note.source, note.clause, note.problem) for note in show().notes]
    assert notes == [
        ("Attestation", "XH20-9.9z", "It matches no finding that it could change"),
        ("Waiver", "XH20-1.3a", "It has expired and was not used"),
    ]


def test_site_that_asked_to_stop_is_named():
    snapshot = sample.make_snapshot(sample.make_target(), finished=True, stopped_because=AttemptReason.ASKED_TO_STOP)
    warnings = show(snapshot=snapshot).head.warnings
    assert len(warnings) == 1
    assert "The site asked to stop" in warnings[0]


def test_staging_copy_is_named():
    vantage = Vantage(ipv6=False, browser=None, dns="none", tool="auditor/1", stand_in="https://staging.test:8443")
    warnings = show(snapshot=sample.make_snapshot(sample.make_target(), vantage=vantage)).head.warnings
    assert any("staging.test:8443" in warning for warning in warnings)


def test_warnings_name_what_limits_the_result():
    snapshot = sample.make_snapshot(
        sample.make_target(), finished=False, stopped_because=AttemptReason.TIME_LIMIT, origin="archive"
    )
    warnings = show(snapshot=snapshot, faults=(sample.FAULT,)).head.warnings
    assert len(warnings) == 3
    assert "The time limit was reached" in warnings[0]


def test_several_standards_each_have_their_figures():
    clauses = {
        name: replace(clause, ruleset="yy21" if name > "XH20-3" else "xh20") for name, clause in sample.CLAUSES.items()
    }
    page = show(clauses=clauses)
    assert [row.title for row in page.verdict.standards][1] == "yy21"
    assert len(page.rulesets) == 2
    assert list(list_clauses(page)) == list(sample.CLAUSES)


def test_a_preview_is_shown_and_not_scored():
    clauses = {**sample.CLAUSES, "XH20-2.1a": replace(sample.CLAUSES["XH20-2.1a"], preview=True)}
    clause = list_clauses(show(clauses=clauses))["XH20-2.1a"]
    assert (clause.badge.key, clause.points) == ("failed", EN.say("report.points_none"))


def test_the_weights_are_those_that_counted():
    assert show().method.weights == (("Essential", "3"), ("Mandatory", "2"), ("Recommended", "1"))


# ---- wording -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x1b[31mc", "ab[31mc"),
        ("left \u202eright\u202c \u2066x\u2069", "left right x"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("  many \n\t blanks  ", "many blanks"),
        ("区财政局", "区财政局"),
        ("x" * 1_000_000, "x" * 400 + "…"),
        (" " * 1_000_000 + "x", "…"),
    ],
)
def test_text_of_the_site_is_made_harmless(text, expected):
    assert clean_text(text) == expected


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://www.a.gov.cn/x?y=1#z", True),
        ("http://[::1]:8080/", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
        ("//a.gov.cn/x", False),
        ("http://", False),
        ("http://[bad", False),
        ("https://a.gov.cn/\u202egnp.exe", False),
        ("https://a.gov.cn/a b", False),
        ("https:\\\\a.gov.cn", False),
        ("https://a.gov.cn/" + "x" * 5000, False),
    ],
)
def test_only_plain_addresses_of_the_web_become_links(url, is_link):
    place = show_address(url)
    assert (place.href == url) is is_link
    assert (place.href is None) is not is_link
    assert len(place.text) <= 115


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0%"), (0.001, "<1%"), (0.01, "1%"), (0.5, "50%"), (0.999, ">99%"), (1, "100%"), (1 - 1e-15, "100%")],
)
def test_a_share_never_looks_more_whole_than_it_is(share, text):
    assert show_share(share) == text


@pytest.mark.parametrize(
    ("shares", "shown"),
    [
        ((0.294, 0.583, 0.123), ("29%", "58%", "13%")),
        ((0.295, 0.355, 0.35), ("30%", "35%", "35%")),
        ((0.333, 0.333, 0.334), ("33%", "33%", "34%")),
        ((0.285, 0.715, 0.0), ("28%", "72%", "0%")),
        ((0.296, 0.704, 0.0), ("30%", "70%", "0%")),
        ((0.0, 0.5, 0.5), ("0%", "50%", "50%")),
        ((1.0, 0.0, 0.0), ("100%", "0%", "0%")),
        ((0.596, 0.4, 0.004), ("60%", "40%", "<1%")),
        ((0.995, 0.003, 0.002), (">99%", "<1%", "<1%")),
        ((0.005, 0.497, 0.498), ("<1%", "50%", "50%")),
        ((0.004, 0.996, 0.0), ("<1%", ">99%", "0%")),
    ],
)
def test_the_three_shares_add_up_as_far_as_they_are_whole(shares, shown):
    assert show_shares(*shares) == shown


def test_three_shares_of_a_whole_never_miss_the_hundred():
    dice = random.Random(5)
    for _ in range(2000):
        cuts = sorted((dice.random(), dice.random()))
        shown = show_shares(cuts[0], cuts[1] - cuts[0], 1 - cuts[1])
        if not any(one[0] in "<>" for one in shown):
            assert sum(int(one[:-1]) for one in shown) == 100, cuts


@pytest.mark.parametrize(("value", "text"), [(3.0, "3"), (1.5, "1.5"), (1.8333, "1.83"), (0.0, "0"), (100.0, "100")])
def test_points_are_short(value, text):
    assert show_points(value) == text


def test_days_and_moments_are_of_the_site_s_zone():
    moment = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)
    chinese, english = Wording(ZH, ZoneInfo("Asia/Shanghai")), Wording(EN, ZoneInfo("Asia/Shanghai"))
    assert chinese.show_time(moment) == "2027年1月1日 00:00"
    assert english.show_end(moment) == "31 December 2026"
    assert english.show_span(moment, datetime(2026, 12, 31, 17, 30, tzinfo=UTC)) == "1 January 2027 00:00 to 01:30"
    assert english.show_span(moment, moment) == "1 January 2027 00:00"


def test_values_are_written_for_people():
    wording = Wording(EN, ZoneInfo("UTC"))
    assert wording.show_value(0.4) == "40%"
    assert wording.show_value(7) == "7"
    assert wording.show_value(None) == "none"
    assert wording.show_value(()) == "none"
    assert wording.show_value(True) == "yes"
    assert wording.show_value(("a", "b")) == "a, b"
    assert wording.show_value({"a": 1, "b": None}) == "a: 1, b: none"
    assert wording.show_value("2020-04-20") == "20 April 2020"
    assert wording.show_value("2020-13-20") == "2020-13-20"
    assert wording.show_value(("disclosure_guide", "navigation")) == "Disclosure guide, Home page and navigation"


def test_an_unknown_reason_is_not_hidden():
    assert "strange_one" in Wording(EN, ZoneInfo("UTC")).explain_reason("strange_one", None)


# ---- pictures ------------------------------------------------------------------------------------


def make_shot_finding(number, outcome):
    evidence = RecordEvidence("https://a/", None, "", "", None, f"shot-{number}")
    return Finding(
        id=str(number),
        fingerprint=str(number),
        defect=None,
        ruleset="xh20",
        clause="XH20-1.2a",
        rule=None,
        subject=Subject("site", "a", "a"),
        outcome=outcome,
        degree=sample.Degree.FULL,
        reason="x",
        values={},
        evidence=(evidence,),
    )


def test_pictures_of_failures_come_first_and_their_number_is_bounded():
    findings = [make_shot_finding(n, Outcome.PASSED) for n in range(60)] + [make_shot_finding(99, Outcome.FAILED)]
    chosen = choose_pictures(findings, {f"shot-{n}": PNG for n in range(100)})
    assert len(chosen) == MOST_PICTURES
    assert next(iter(chosen)) == "shot-99"
    assert chosen["shot-99"].source.startswith("data:image/png;base64,")
    assert (chosen["shot-99"].width, chosen["shot-99"].height) == (40, 30)


@pytest.mark.parametrize(
    "content", [b"", b"<svg onload=alert(1)>", PNG[:20], b"GIF89a" + PNG, PNG + bytes(MOST_BYTES)], ids=range(5)
)
def test_what_is_no_picture_or_too_large_is_left_out(content):
    assert measure_picture(content) is None
    page = show(screenshots={"urn:uuid:shot-home": content})
    record = list_clauses(page)["XH20-1.2a"].single.evidence[0]
    assert record.picture is None
    assert record.left_out


def test_a_picture_is_drawn_once_and_pointed_at_afterwards():
    findings = [replace(make_shot_finding(1, Outcome.FAILED), clause=name) for name in ("XH20-1.2a", "XH20-1.3a")]
    clauses = {name: sample.CLAUSES[name] for name in ("XH20-1.2a", "XH20-1.3a")}
    views = list_clauses(show(findings=findings, clauses=clauses, screenshots={"shot-1": PNG}))
    first, second = (views[name].single.evidence[0] for name in clauses)
    assert (first.picture.anchor, first.shown) == ("picture-1", None)
    assert (second.picture, second.shown) == (None, "picture-1")


def test_lists_and_evidence_are_bounded():
    items = tuple(ListItem(str(n), f"t{n}") for n in range(500))
    many = (ListEvidence("m", items, ()),) * 30
    finding = replace(make_shot_finding(1, Outcome.FAILED), evidence=many)
    view = list_clauses(show(findings=[finding]))["XH20-1.2a"].single
    assert len(view.evidence) == 12
    assert "18" in view.more
    assert len(view.evidence[0].groups[0].items) == 100
    assert view.evidence[0].groups[0].more == "400 more"


def test_the_sample_is_honest():
    result = sample.make_result()
    assert {finding.outcome for finding in result.findings} == set(Outcome)
    assert {clause.class_ for clause in result.clauses.values()} == set(ClauseClass)
    kinds = {type(item).__name__ for finding in result.findings for item in finding.evidence}
    assert len(kinds) == 5
    assert result.scores == score_findings(result.findings, result.clauses, WeightedModel()).scores
    assert isinstance(result.rulesets["xh20"].title, Text)
