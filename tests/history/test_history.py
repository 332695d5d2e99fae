"""The history: what is kept of an audit, once, in both databases, also by many writers at once."""

from __future__ import annotations

import multiprocessing
import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime

import history_sample as sample
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from auditor.errors import CollectError, InputError, Interrupted, RulesetError, ToolError
from auditor.history.database import connect, open_reading, read_address, show_address
from auditor.history.entries import Entry, State, enter_failure, enter_result
from auditor.history.store import open_history
from auditor.history.tables import METADATA
from auditor.model.attempts import AttemptReason, Part
from auditor.model.evidence import ListEvidence, ListItem
from auditor.model.outcomes import Outcome
from auditor.model.targets import Target
from auditor.outputs.records import tell_state

DAY = date(2026, 10, 20)
SITE = Target("b.example", "乙区", ("http://b.example/",), ("b.example",))


@pytest.fixture(scope="module")
def entry():
    return enter_result(sample.make_result(DAY), folder="/runs/1")


def strip(entry: Entry) -> Entry:
    return replace(entry, summary=replace(entry.summary, id=0))


def test_what_is_written_is_read_again(address, entry):
    with open_history(address) as history:
        assert history.add(entry)
        (head,) = history.list_summaries()
        assert strip(history.read_entry(head.id)) == entry


def test_the_same_result_is_kept_once(address, entry):
    with open_history(address) as history:
        assert [history.add(entry), history.add(entry)] == [True, False]
        assert len(history.list_summaries()) == 1


def test_an_entry_keeps_what_a_scorecard_needs(entry):
    head = entry.summary
    assert (head.month, head.state, head.site, head.folder) == ("2026-10", State.DONE, "www.yunhe.gov.cn", "/runs/1")
    assert head.figures.low < head.figures.value < head.figures.high
    assert (head.looked.discovered, head.looked.fetched, head.looked.skipped) == (2380, 2211, 143)
    assert sum(leaf.points for leaf in entry.leaves) / sum(leaf.judged for leaf in entry.leaves) * 100 == pytest.approx(
        head.figures.value
    )
    by_clause = {verdict.clause: verdict for verdict in entry.verdicts}
    assert by_clause["XH20-2.1b"].source == "waiver"
    assert by_clause["XH20-2.2a"].machine is Outcome.PASSED
    assert by_clause["XH20-2.2a"].outcome is Outcome.NEEDS_PERSON
    assert by_clause["XH20-3.1a"].unseen
    assert not by_clause["XH20-1.3a"].unseen


@pytest.mark.parametrize(("earlier", "later", "alike"), [
    ("http://127.0.0.1:4001/a?b=1", "http://127.0.0.1:4002/a?b=1", True),
    ("http://[::1]:4001/a", "http://[::1]/a", True),
    ("http://a.example:81", "http://a.example", True),
    ("http://a.example:81/x", "http://b.example:81/x", False),
    ("http://a.example/x:81", "http://a.example/x:82", False),
    ("http://a.example/x", "https://a.example/x", False),
])  # fmt: skip
def test_another_port_is_no_other_sight(earlier, later, alike):
    def look(url):
        item = ListItem(url, "甲", url)
        evidence = (sample.sample.record("", "同一段话"), ListEvidence("lists", (item,), ()))
        evidence = (replace(evidence[0], url=url), evidence[1])
        finding = sample.sample.make_finding("XH20-1.2a", Outcome.FAILED, "r", sample.sample.SITE, *evidence)
        result = sample.make_result(DAY, findings=(replace(finding, values={"at": url, "all": (url,)}),))
        (verdict,) = enter_result(result).verdicts
        return verdict.seen

    assert (look(earlier) == look(later)) is alike


def test_what_was_looked_through_is_added_up_over_the_hosts_of_a_site():
    hosts = [sample.sample.cover(Part.SITE, 10 * n, 6 * n, failed=2 * n, blocked=n, skipped=n) for n in (1, 2)]
    column = sample.sample.cover(Part.COLUMN, 5, 4, failed=1, of="http://a.example/x")
    looked = enter_result(sample.make_result(DAY, coverage=(*hosts, column))).summary.looked
    assert (looked.discovered, looked.fetched, looked.failed, looked.blocked, looked.skipped) == (30, 18, 6, 3, 3)


@pytest.mark.parametrize(
    ("finished", "stopped", "state"),
    [
        (True, None, State.DONE),
        (True, AttemptReason.PAGE_LIMIT, State.DONE),
        (True, AttemptReason.TIME_LIMIT, State.DONE),
        (True, AttemptReason.BLOCKED, State.BLOCKED),
        (True, AttemptReason.ASKED_TO_STOP, State.BLOCKED),
        (True, AttemptReason.UNREACHABLE, State.FAILED),
        (False, None, State.INTERRUPTED),
        (False, AttemptReason.INTERNAL_ERROR, State.INTERRUPTED),
    ],
)
def test_a_result_counts_only_where_its_collection_came_to_its_end(finished, stopped, state):
    result = sample.make_result(DAY, snapshot={"finished": finished, "stopped_because": stopped})
    assert enter_result(result).summary.state is state


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (CollectError("site_blocked"), State.BLOCKED),
        (CollectError("unknown_host"), State.FAILED),
        (ToolError("tool_failed"), State.FAILED),
        (Interrupted("stopped"), State.INTERRUPTED),
        (RulesetError(()), None),
        (InputError("target_missing"), None),
    ],
)
def test_an_error_that_ends_an_audit_has_a_state(error, state):
    assert tell_state(error) is state


def test_an_audit_without_result_is_kept_with_its_reason(address):
    at = datetime(2026, 10, 3, 12, tzinfo=UTC)
    failed = enter_failure(SITE, State.BLOCKED, "site_blocked", as_of=DAY, at=at, detail="403")
    with open_history(address) as history:
        assert history.add(failed)
        assert not history.add(failed)
        (head,) = history.list_summaries(first="2026-10", last="2026-10", sites=["b.example"])
        assert (head.state, head.reason, head.detail, head.figures) == (State.BLOCKED, "site_blocked", "403", None)
        assert strip(history.read_entry(head.id)) == failed
        assert history.list_summaries(sites=["a.example"]) == ()


def test_signs_that_no_database_holds_do_not_stop_it(address, entry):
    odd = replace(entry.verdicts[0], name="一\x00二\ud800'; DROP TABLE verdict; --")
    dirty = replace(entry, summary=replace(entry.summary, digest="d" * 64), verdicts=(odd,))
    with open_history(address) as history:
        history.add(dirty)
        (head,) = history.list_summaries()
        assert history.read_entry(head.id).verdicts[0].name == "一二\ufffd'; DROP TABLE verdict; --"


def write_some(address, entry, writer, barrier):
    barrier.wait()
    for number in range(4):
        mine = replace(entry.summary, digest=f"{writer}-{number}", site=f"s{writer}")
        shared = replace(entry.summary, digest=f"shared-{number}")
        with open_history(address) as history:
            history.add(replace(entry, summary=mine))
            history.add(replace(entry, summary=shared))


def test_eight_writers_at_once_lose_nothing(address, entry):
    small = replace(entry, verdicts=entry.verdicts[:3])
    context = multiprocessing.get_context("fork")
    barrier = context.Barrier(8)
    writers = [context.Process(target=write_some, args=(address, small, number, barrier)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 8
    with open_history(address) as history:
        found = history.list_summaries()
        assert sorted(one.digest for one in found) == sorted(
            [f"{writer}-{number}" for writer in range(8) for number in range(4)] + [f"shared-{n}" for n in range(4)]
        )
        assert all(len(history.read_entry(one.id).verdicts) == 3 for one in found)


def test_the_steps_make_the_tables_that_the_code_knows(address):
    engine = connect(address)
    with open_reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "history.db"
    connect(str(path)).dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(InputError) as caught:
        connect(str(path))
    assert caught.value.code == "history_newer"


def test_a_history_of_the_first_form_is_brought_up_and_keeps_its_audits(tmp_path, entry):
    address = str(tmp_path / "history.db")
    with open_history(address) as history:
        history.add(entry)
    with sqlite3.connect(address) as connection:
        connection.execute("ALTER TABLE audit DROP COLUMN scoring")
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
    with open_history(address) as history:
        (head,) = history.list_summaries()
        assert (head.digest, head.scoring) == (entry.summary.digest, "")


def test_standings_of_many_audits_are_read_at_once(address, entry):
    with open_history(address) as history:
        history.add(entry)
        (head,) = history.list_summaries()
        assert history.read_standings([head.id, head.id + 600]) == {head.id: entry.standings, head.id + 600: ()}


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "history.db").write_text("this is no database, and never was one" * 10)
    with pytest.raises(InputError) as caught:
        connect(str(tmp_path / "history.db"))
    assert caught.value.code == "history_unreadable"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("a/b.db", "sqlite:///a/b.db"),
        ("sqlite:////var/h.db", "sqlite:////var/h.db"),
        ("postgres://u:secret@db/h", "postgresql+psycopg://u:***@db/h"),
        ("postgresql://u@db/h", "postgresql+psycopg://u@db/h"),
    ],
)
def test_addresses_are_read_and_shown_without_their_password(given, shown):
    assert show_address(read_address(given)) == shown


@pytest.mark.parametrize("given", ["mysql://u:secret@db/h", "://", "redis://db"])
def test_other_databases_are_refused_without_telling_the_password(given):
    with pytest.raises(InputError) as caught:
        read_address(given)
    assert caught.value.code == "history_address"
    assert "secret" not in str(caught.value)


def test_a_server_that_does_not_answer_is_told_without_its_password():
    with pytest.raises(InputError) as caught:
        connect("postgresql://u:secret@127.0.0.1:9/h")
    assert caught.value.code == "history_unreadable"
    assert "secret" not in str(caught.value)
