"""Scorecards: every number adds up again, odd months read right, links stay inside, both databases say the same."""

from __future__ import annotations

import json
import re
import statistics
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from itertools import pairwise

import example_year
import postgres
import pytest
import sample_year

from auditor.errors import InputError
from auditor.history.entries import Entry, State, enter_failure, enter_result
from auditor.history.store import open_history
from auditor.messages import load_messages
from auditor.model.targets import Target
from auditor.scorecard.press import name_slug, write_scorecards
from auditor.scorecard.roster import arrange_courses, list_months

ZH = load_messages("zh")
MONTHS = sample_year.SMALL_MONTHS


def read_data(cards, month):
    return json.loads((cards / "zh" / month / "scorecard.json").read_text(encoding="utf-8"))


def find_site(cards, month, number):
    return next(one for one in read_data(cards, month)["sites"] if one["site"] == f"www.d{number:03d}.example")


class _Text(HTMLParser):
    """The text and the links of a page."""

    def __init__(self):
        super().__init__()
        self.links, self.text, self.rows = [], [], []
        self.open_cell = False

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.links += [values[name] for name in ("href", "src") if name in values]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self.open_cell = True

    def handle_endtag(self, tag):
        self.open_cell = self.open_cell and tag not in ("td", "th")

    def handle_data(self, data):
        self.text.append(data)
        if self.open_cell:
            self.rows[-1][-1] += data.strip()


def read_page(path):
    parser = _Text()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("month", MONTHS)
def test_the_account_of_failures_adds_up(cards, month):
    balances = [site["balance"] for site in read_data(cards, month)["sites"] if site["balance"]]
    assert balances
    for one in balances:
        gone, come = one["mended"] + one["lost"] + one["lifted"], one["new"] + one["raised"]
        assert one["before"] - gone + come == one["now"]


def test_one_month_ends_where_the_next_begins(cards):
    for number in (1, 3):
        months = [find_site(cards, month, number) for month in MONTHS]
        told = [(one["balance"], one["before"]) for one in months if one["balance"]]
        for (earlier, _), (later, before) in pairwise(told):
            if before in MONTHS:
                assert later["before"] == earlier["now"]


@pytest.mark.parametrize("month", MONTHS)
def test_the_parts_of_the_standards_add_up_to_the_score(cards, month):
    for site in read_data(cards, month)["sites"]:
        if site["figures"] is None:
            continue
        points, judged = (sum(group[name] for group in site["groups"]) for name in ("points", "judged"))
        weight = sum(group["weight"] for group in site["groups"])
        assert points / judged * 100 == pytest.approx(site["figures"]["value"])
        assert judged / weight == pytest.approx(site["figures"]["judged"])
        assert sum(group.get("failed", 0) for group in site["groups"]) == site["failed"]


def test_the_page_shows_the_numbers_of_the_data(cards):
    data = read_data(cards, "2026-04")
    page = read_page(cards / "zh" / "2026-04" / "index.html")
    rows = {row[0].partition("www.")[0]: row for row in page.rows if len(row) == 9}
    for site in data["sites"]:
        row = rows[site["name"]]
        assert row[1].startswith(f"{site['figures']['value']:.1f}")
        assert row[5:] == [
            str(site["failed"]),
            *(str(site["balance"][name]) for name in ("mended", "new")),
            str(site["waiting"]),
        ]
    values = [site["figures"]["value"] for site in data["sites"]]
    last = next(row for row in page.rows if row[0] == "2026年4月")
    bounds = [f"{number:.1f}" for number in (statistics.median(values), min(values), max(values))]
    assert last[1:] == [*bounds, "3", "3 个网站规则有变"]


def test_the_change_is_the_difference_of_the_two_scores(cards):
    site = find_site(cards, "2026-03", 1)
    assert site["comparable"]
    now, before = (float(f"{site['trend'][month]:.1f}") for month in ("2026-03", "2026-02"))
    assert site["change"] == pytest.approx(now - before)


def test_the_demands_count_the_sites(cards, audits):
    page = read_page(cards / "en" / "2026-04" / "index.html")
    demands = [row for row in page.rows if len(row) == 6 and row[4].endswith("%")]
    assert demands
    counted = [one for one in audits if one.summary.month == "2026-04"]
    last = {one.summary.site: one for one in counted}
    for row in demands:
        clause = re.search(r"XH20-[\w.]+$", row[0]).group()
        outcomes = [{v.outcome.value for v in one.verdicts if v.clause == clause} for one in last.values()]
        assert int(row[2]) == sum("failed" in found for found in outcomes)
        assert row[4] == f"{int(row[2]) / int(row[3]) * 100:.0f}%"


def test_a_blocked_site_has_no_score_and_says_why(cards):
    site = find_site(cards, "2026-03", 3)
    assert (site["state"], site["figures"], site["audit"]) == ("blocked", None, None)
    page = "".join(read_page(cards / "zh" / "2026-03" / "sites" / "www.d003.example" / "index.html").text)
    assert "被网站拦截" in page
    assert "不代替本月" in page or "没有" in page
    row = next(row for row in read_page(cards / "zh" / "2026-03" / "index.html").rows if "d003" in row[0])
    assert len(row) == 2
    assert "被拦截" in row[1]


def test_a_site_that_nobody_audited_is_missing_and_compared_with_the_month_before_it(cards):
    assert find_site(cards, "2026-02", 3)["state"] == "missing"
    later = find_site(cards, "2026-04", 3)
    assert (later["state"], later["before"]) == ("done", "2026-01")


def test_a_new_site_is_new_once(cards):
    first, second = find_site(cards, "2026-02", 2), find_site(cards, "2026-03", 2)
    assert (first["new"], first["before"], first["change"], first["balance"]) == (True, None, None, None)
    assert (second["new"], second["before"]) == (False, "2026-02")
    assert "新增网站" in (cards / "zh" / "2026-02" / "index.html").read_text(encoding="utf-8")


def test_under_other_rules_scores_are_not_compared_and_failures_are_the_rules(cards):
    sites = read_data(cards, "2026-04")["sites"]
    assert all((site["change"], site["comparable"]) == (None, False) for site in sites)
    raised = {site["site"]: site["balance"]["raised"] for site in sites}
    assert max(raised.values()) == 1
    assert "规则有变，不比" in (cards / "zh" / "2026-04" / "index.html").read_text(encoding="utf-8")


def write_pair(folder, audits, **changes):
    """Write the scorecard of a month whose audit differs from the one of the month before in its head or texts."""
    earlier, later = (one for one in audits if one.summary.site == "www.d001.example" and one.summary.month < "2026-03")
    summary = replace(later.summary, **{name: value for name, value in changes.items() if name == "scoring"})
    texts = replace(later.texts, clauses=changes.get("clauses", later.texts.clauses))
    verdicts = tuple(one for one in later.verdicts if one.clause in texts.clauses)
    with open_history(str(folder / "pair.db")) as history:
        history.add(replace(earlier, summary=replace(earlier.summary, scoring="weighted 1")))
        history.add(replace(later, summary=summary, texts=texts, verdicts=verdicts))
        write_scorecards(history, ["2026-02"], folder / "out", ZH)
    (site,) = json.loads((folder / "out" / "2026-02" / "scorecard.json").read_text(encoding="utf-8"))["sites"]
    return site, (folder / "out" / "2026-02" / "index.html").read_text(encoding="utf-8")


def test_under_another_scoring_model_scores_are_not_compared_and_no_verdict_is_put_down_to_it(tmp_path, audits):
    site, page = write_pair(tmp_path, audits, scoring="tolerance 2")
    assert (site["change"], site["hindrance"]) == (None, "scoring")
    assert "计分有变，不比" in page
    assert "1 个网站规则有变" in page
    assert "rules" not in site["causes"]


def test_of_an_unknown_scoring_model_nothing_is_said(tmp_path, audits):
    site, page = write_pair(tmp_path, audits, scoring="")
    assert (site["hindrance"], "规则有变" in page) == ("", False)


def test_where_the_profile_chose_other_clauses_scores_are_not_compared(tmp_path, audits):
    clauses = dict(list(audits[0].texts.clauses.items())[:-3])
    site, page = write_pair(tmp_path, audits, clauses=clauses, scoring="weighted 1")
    assert (site["change"], site["hindrance"]) == (None, "asked")
    assert "所选条款有变，不比" in page


def test_what_could_not_be_seen_is_neither_mended_nor_new(cards):
    site = find_site(cards, "2026-03", 1)
    assert site["causes"]["coverage"] >= 1


def test_a_corrected_month_is_marked_and_the_later_result_counts(cards, audits):
    site = find_site(cards, "2026-04", 1)
    both = [one.summary for one in audits if (one.summary.site, one.summary.month) == (site["site"], "2026-04")]
    assert [one.digest for one in both] == [site["corrects"], site["audit"]]
    page = (cards / "zh" / "2026-04" / "index.html").read_text(encoding="utf-8")
    was, now = (f"{one.figures.value:.1f}" for one in both)
    assert f"原为 {was}，现为 {now}" in page
    assert "更正 1 个网站" in (cards / "zh" / "index.html").read_text(encoding="utf-8")


def test_every_link_leads_to_a_file_beside_it(cards):
    pages = sorted((cards / "zh").rglob("*.html"))
    assert len(pages) > 100
    for path in pages:
        for link in read_page(path).links:
            assert not link.startswith(("/", "file:")), (path, link)
            if not link.startswith(("http://", "https://", "#")):
                assert (path.parent / link.partition("#")[0]).is_file(), (path, link)


def test_only_addresses_of_the_sites_lead_outside(cards):
    for path in (cards / "zh").rglob("*.html"):
        outside = [link for link in read_page(path).links if link.startswith(("http://", "https://"))]
        assert all(re.match(r"https?://www\.d\d{3}\.example/|http://www\.linlan\.example:", link) for link in outside)


def write_last(history, out):
    write_scorecards(history, MONTHS[-1:], out, ZH)
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_postgresql_gives_the_same_scorecard_byte_by_byte(cards, audits, tmp_path):
    if postgres.find_tool("initdb") is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with open_history(str(cards / "history.db")) as history:
        expected = write_last(history, tmp_path / "sqlite")
    with postgres.run_server() as address, open_history(address) as history:
        for entry in audits:
            history.add(entry)
        assert write_last(history, tmp_path / "postgresql") == expected


def test_hostile_names_come_out_harmless(audits, tmp_path):
    entry = audits[0]
    hostile = '</title><script>alert(1)</script>"onmouseover=x\u202e'
    summary = replace(entry.summary, name=hostile, site='../../x"<b>', digest="e" * 64)
    verdicts = tuple(replace(one, name=hostile, url="javascript:alert(1)") for one in entry.verdicts)
    with open_history(str(tmp_path / "h.db")) as history:
        history.add(Entry(summary, entry.standings, entry.leaves, verdicts, entry.texts))
        write_scorecards(history, [summary.month], tmp_path / "out", ZH)
    assert sorted(path.name for path in tmp_path.iterdir() if not path.name.startswith("h.db")) == ["out"]
    for path in (tmp_path / "out").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert "<script" not in text
        assert "\u202e" not in text
        assert not any(link.startswith("javascript:") for link in read_page(path).links)


@pytest.mark.parametrize("site", ["..", "a/../b", "ab/", "", "甲.cn", "x" * 300, "A.gov.cn"])
def test_folder_names_of_sites_stay_inside(site):
    slug = name_slug(site)
    assert re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,80}", slug)
    assert slug != site or site.islower()


def test_a_month_without_any_audit_is_refused(cards, tmp_path):
    with open_history(str(cards / "history.db")) as history, pytest.raises(InputError) as caught:
        write_scorecards(history, ["2030-01"], tmp_path, ZH)
    assert caught.value.code == "month_empty"


def test_a_failed_audit_never_stands_in_for_a_good_one(audits):
    good = audits[0].summary
    target = Target(good.site, good.name, (), ())
    late = enter_failure(target, State.FAILED, "timeout", as_of=date(2026, 1, 31), at=datetime(2026, 1, 31, tzinfo=UTC))
    (course,) = arrange_courses([good, late.summary], "2026-01")
    assert course.now.counted == good
    (alone,) = arrange_courses([late.summary], "2026-01")
    assert (alone.now.counted, alone.now.state) == (None, "failed")


def test_a_later_audit_of_a_month_counts_without_being_a_correction():
    year = sample_year.SMALL
    early = enter_result(sample_year.make_result(year, 0, 1, ())).summary
    later = replace(early, as_of=date(2026, 1, 28), run="other", digest="f" * 64)
    for order in ([early, later], [later, early]):
        (course,) = arrange_courses(order, "2026-01")
        assert (course.now.counted, course.now.replaced) == (later, None)


def test_months_are_counted_over_the_turn_of_the_year():
    assert list_months("2026-02", 4) == ("2025-11", "2025-12", "2026-01", "2026-02")


def test_the_example_of_the_document_is_the_sample_year():
    text = example_year.DOCUMENT.read_text(encoding="utf-8")
    assert example_year.renew_document() == text, "run python tests/generated/accept.py"
    accounts = re.findall(r"(\d+) − (\d+) \+ (\d+) = (\d+) \|", text)
    assert len(accounts) == 20
    assert all(int(before) - int(gone) + int(come) == int(now) for before, gone, come, now in accounts)
