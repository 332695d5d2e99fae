"""A score that moved because more or less could be seen says so wherever its difference stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from auditor.history.entries import Entry
from auditor.history.store import open_history
from auditor.messages import load_messages
from auditor.model.outcomes import Outcome
from auditor.scorecard.figures import study_site
from auditor.scorecard.press import write_scorecards
from auditor.scorecard.roster import arrange_courses

SITE = "www.d001.example"


def make_pair(audits, *, moved: float, seen: str = "hidden") -> tuple[Entry, Entry]:
    """Return an audit and one a month later in which a passed verdict is hidden, or failed, and the score moved."""
    earlier = next(one for one in audits if one.summary.site == SITE)
    head = earlier.summary
    figures = replace(head.figures, value=head.figures.value + moved)
    outcome = Outcome.CANNOT_TELL if seen == "hidden" else Outcome.FAILED
    passed = next(one for one in earlier.verdicts if one.outcome is Outcome.PASSED and not one.source)
    hidden = replace(passed, outcome=outcome, machine=outcome, seen="other", unseen=seen == "hidden", reason="none")
    later = replace(
        earlier,
        summary=replace(head, digest="later", as_of=head.as_of + timedelta(days=31), run="later", figures=figures),
        verdicts=tuple(hidden if one is passed else one for one in earlier.verdicts),
    )
    return earlier, later


@pytest.mark.parametrize(
    ("moved", "seen", "by_sight"), [(-2.0, "hidden", True), (0.0, "hidden", False), (-2.0, "failed", False)]
)
def test_a_score_moves_by_sight_where_only_the_coverage_changed(audits, moved, seen, by_sight):
    earlier, later = make_pair(audits, moved=moved, seen=seen)
    (course,) = arrange_courses((earlier.summary, later.summary), later.summary.month)
    month = study_site(course, SITE, later, earlier).month
    assert (month.change, month.moved_by_sight) == (moved, by_sight)


@pytest.mark.parametrize(("language", "words"), [
    ("zh", ("只是看到的范围变了，得分之差不说明", "−2.0（只是看到的范围变了）", "只是看到的范围变了</span>")),
    ("en", ("Only what could be seen changed since", "−2.0 (only because more or less", "only what was seen changed</span>")),
])  # fmt: skip
def test_the_pages_say_that_only_the_sight_changed(audits, tmp_path, language, words):
    earlier, later = make_pair(audits, moved=-2.0)
    month = later.summary.month
    with open_history(str(tmp_path / "pair.db")) as history:
        for entry in (earlier, later):
            history.add(entry)
        write_scorecards(history, [month], tmp_path / "out", load_messages(language))
    site = (tmp_path / "out" / month / "sites" / SITE / "index.html").read_text(encoding="utf-8")
    first = (tmp_path / "out" / month / "index.html").read_text(encoding="utf-8")
    assert words[0] in site
    assert words[1] in first
    assert words[2] in first
