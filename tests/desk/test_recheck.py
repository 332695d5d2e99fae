"""Re-check: what a later result says of what had failed or could not be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import desk_sample as desk
import pytest

from auditor.cli.commands import run_arguments
from auditor.model.outcomes import Outcome
from auditor.recheck.comparison import find_day, recheck_result
from auditor.result import dump_result

sample = desk.sample
OPEN = {Outcome.FAILED, Outcome.CANNOT_TELL}


def is_asked(finding):
    return finding.outcome in OPEN and finding.reason != "rule_not_written"


def change(result, outcome, choose=lambda _: True):
    findings = tuple(
        replace(one, outcome=outcome, reason="changed") if one.outcome in OPEN and choose(one) else one
        for one in result.findings
    )
    return replace(result, findings=findings)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.PASSED, "mended"),
        (Outcome.NOT_APPLICABLE, "mended"),
        (Outcome.FAILED, "not_mended"),
        (Outcome.CANNOT_TELL, "not_seen"),
        (Outcome.NEEDS_PERSON, "not_seen"),
    ],
)
def test_states(outcome, state):
    earlier = sample.make_result()
    checks = recheck_result(earlier, change(earlier, outcome))
    assert [check.before for check in checks] == [one for one in earlier.findings if is_asked(one)]
    told = {check.state for check in checks if check.before.outcome is Outcome.FAILED}
    untold = {check.state for check in checks if check.before.outcome is Outcome.CANNOT_TELL}
    assert told == {state}
    assert untold == {"untold" if outcome in (Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON) else state}


def test_what_could_not_be_told_and_was_not_visited_was_not_seen():
    earlier = sample.make_result()
    later = change(earlier, Outcome.CANNOT_TELL)
    unseen = tuple(replace(one, reason="not_revisited") for one in later.findings)
    assert {check.state for check in recheck_result(earlier, replace(later, findings=unseen))} == {"not_seen"}


def test_what_the_later_result_lacks_was_not_seen():
    earlier = sample.make_result()
    assert {check.state for check in recheck_result(earlier, replace(earlier, findings=()))} == {"not_seen"}


@pytest.mark.parametrize(
    ("outcome", "deadline", "expected"),
    [
        (Outcome.PASSED, date(2026, 11, 20), "kept"),
        (Outcome.PASSED, date(2026, 11, 19), None),
        (Outcome.FAILED, date(2026, 11, 20), "running"),
        (Outcome.FAILED, date(2026, 11, 19), "missed"),
        (Outcome.CANNOT_TELL, date(2026, 11, 19), None),
        (Outcome.FAILED, None, None),
    ],
)
def test_deadline(outcome, deadline, expected):
    earlier = sample.make_result()
    later = change(earlier, outcome)
    assert find_day(later) == date(2026, 11, 20)  # what counts is when the pages were seen, not the day judged by
    assert later.as_of == date(2026, 11, 22)
    assert {check.deadline for check in recheck_result(earlier, later, deadline)} == {expected}


def test_a_letter_sets_the_deadline_of_its_problems_only():
    earlier = sample.make_result()
    first = recheck_result(earlier, earlier)[0].before
    checks = recheck_result(earlier, earlier, letters={first.fingerprint: date(2026, 11, 19)})
    assert {check.due for check in checks if check.before.fingerprint == first.fingerprint} == {date(2026, 11, 19)}
    assert {check.due for check in checks if check.before.fingerprint != first.fingerprint} == {None}
    general = recheck_result(earlier, earlier, date(2026, 12, 1), {first.fingerprint: date(2026, 11, 19)})
    assert {check.due for check in general} == {date(2026, 12, 1)}


def test_the_command_reads_the_deadlines_of_letters(tmp_path, capsys):
    earlier = sample.make_result()
    (tmp_path / "result.json").write_bytes(dump_result(earlier))
    assert run_arguments(["letter", str(tmp_path), "--deadline", "2099-11-21"], {"AUDITOR_LANG": "en"}) == 0
    assert run_arguments(["recheck", str(tmp_path), str(tmp_path)], {"AUDITOR_LANG": "en"}) == 1
    assert "(due 2099-11-21: not over yet)" in capsys.readouterr().out
    (tmp_path / "deadlines.json").write_text("[]")
    assert run_arguments(["recheck", str(tmp_path), str(tmp_path)], {"AUDITOR_LANG": "en"}) == 2


@pytest.mark.parametrize(("outcome", "code"), [(Outcome.PASSED, 0), (Outcome.FAILED, 1), (Outcome.CANNOT_TELL, 5)])
def test_command(tmp_path, capsys, outcome, code):
    earlier = sample.make_result()
    (tmp_path / "a.json").write_bytes(dump_result(earlier))
    (tmp_path / "b.json").write_bytes(dump_result(change(earlier, outcome)))
    arguments = ["recheck", str(tmp_path / "a.json"), str(tmp_path / "b.json"), "--deadline", "2026-11-21"]
    assert run_arguments(arguments, {"AUDITOR_LANG": "en"}) == code
    count = sum(map(is_asked, earlier.findings))
    assert f"Of {count} that had failed" in capsys.readouterr().out


def test_two_sites_are_2(tmp_path):
    earlier = sample.make_result()
    (tmp_path / "a.json").write_bytes(dump_result(earlier))
    (tmp_path / "b.json").write_bytes(dump_result(replace(earlier, target=sample.make_target(id="other"))))
    assert run_arguments(["recheck", str(tmp_path / "a.json"), str(tmp_path / "b.json")], {}) == 2
