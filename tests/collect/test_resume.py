"""Stopped in the middle: what was fetched is kept, sealed, and not fetched again."""

from __future__ import annotations

import gzip
import os
import resource
import signal
import socket
import subprocess
import sys
import zipfile

import pytest
from loopback import HOST, NOW, Reply, make_page, visit_of

from auditor.archive.journal import SnapshotWriter
from auditor.collect.fetch import Answer
from auditor.collect.wire import WireTransport
from auditor.errors import ArchiveError, CollectError, InputError, Interrupted, OutputError
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus
from auditor.snapshot import open_snapshot

COUNT = 30


def build_site(site):
    links = tuple((f"/{number}.html", f"第{number}篇文章") for number in range(COUNT))
    site.replies["/"] = make_page("首页", *links)
    for number in range(COUNT):
        site.replies[f"/{number}.html"] = make_page(f"第{number}篇", ("/", "首页"))


def hang_up(handler):
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def strip(reader):
    return [(v.url, v.parts, v.clicks, v.found_on, v.status, v.attempt.status, v.attempt.reason) for v in reader.visits]


def interrupt_at(count, phase="crawl"):
    def report(progress):
        if progress.phase == phase and progress.done >= count:
            raise KeyboardInterrupt

    return report


@pytest.mark.parametrize("count", [1, 2, 10, 25])
def test_interrupted_run_is_sealed_and_resumed_without_asking_twice(site, collect, tmp_path, count):
    build_site(site)
    whole = collect("whole", access=site.access("127.0.0.1"))
    site.asked.clear()
    with pytest.raises(Interrupted) as caught:
        collect(access=site.access("127.0.0.1"), on_progress=interrupt_at(count))
    assert caught.value.exit_code == 130
    with open_snapshot(tmp_path / "run") as partial:
        assert not partial.snapshot.finished
        assert partial.snapshot.stopped_because is AttemptReason.INTERRUPTED
        reasons = {visit.attempt.reason for visit in partial.visits if visit.attempt.status is AttemptStatus.SKIPPED}
        assert reasons == {AttemptReason.INTERRUPTED}
        assert partial.verify() == ()
    before = set(site.asked)
    fetched = {visit.url.removeprefix(site.url("")) for visit in partial.visits if visit.status is not None}
    assert fetched <= before
    site.asked.clear()
    resumed = collect(access=site.access("127.0.0.1"), resume=True)
    walked = [path for path in site.asked if path != "/"]
    assert not fetched & set(walked)
    assert strip(resumed) == strip(whole)
    assert resumed.snapshot.finished
    assert not (tmp_path / "run" / "collecting").exists()
    bodies = [[capture.body for capture in reader.captures()] for reader in (whole, resumed)]
    assert bodies[0] == bodies[1]


def test_interrupt_inside_the_transport(site, collect, tmp_path):
    build_site(site)

    class Breaking(WireTransport):
        sent = 0

        async def send(self, request):
            type(self).sent += 1
            if type(self).sent == 12:
                raise KeyboardInterrupt
            return await super().send(request)

    with pytest.raises(Interrupted):
        collect(make_transport=Breaking)
    reader = open_snapshot(tmp_path / "run")
    assert [visit for visit in reader.visits if visit.status == 200]


def test_killed_run_leaves_a_journal_that_resumes(site, collect, tmp_path):
    """After a kill there is no seal, only the working folder, with a record half written."""
    build_site(site)
    whole = collect("whole", access=site.access("127.0.0.1"))
    with pytest.raises(Interrupted):
        collect(access=site.access("127.0.0.1"), on_progress=interrupt_at(9))
    run = tmp_path / "run"
    (run / "snapshot.wacz").unlink()
    with (run / "collecting" / "data.warc.gz").open("ab") as stream:
        stream.write(b"\x1f\x8b\x08half")
    with pytest.raises(ArchiveError) as caught:
        open_snapshot(run)
    assert caught.value.code == "archive_unfinished"
    assert strip(collect(access=site.access("127.0.0.1"), resume=True)) == strip(whole)


@pytest.mark.parametrize("room", [2_000, 9_000, 20_000])
def test_full_disk_is_said_and_the_run_goes_on_when_there_is_room(site, collect, room):
    build_site(site)
    whole = collect("whole", access=site.access("127.0.0.1"))
    earlier = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, earlier[1]))
        with pytest.raises(OutputError) as caught:
            collect(access=site.access("127.0.0.1"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, earlier)
        signal.signal(signal.SIGXFSZ, handler)
    assert caught.value.code == "out_unwritable"
    site.asked.clear()
    resumed = collect(access=site.access("127.0.0.1"), resume=True)
    assert strip(resumed) == strip(whole)
    assert resumed.verify() == ()


def test_network_that_goes_away_leaves_a_run_that_goes_on_when_it_is_back(site, collect):
    build_site(site)
    whole = collect("whole", access=site.access("127.0.0.1"))
    site.asked.clear()

    class Leaving(WireTransport):
        left = 9

        async def send(self, request):
            type(self).left -= 1
            if type(self).left >= 0:
                return await super().send(request)
            return Answer(Attempt(AttemptStatus.FAILED, AttemptReason.UNREACHABLE), NOW)

    partial = collect(access=site.access("127.0.0.1"), make_transport=Leaving)
    assert not partial.snapshot.finished
    assert partial.snapshot.stopped_because is AttemptReason.UNREACHABLE
    asked = set(site.asked) - {"/"}
    assert asked
    site.asked.clear()
    assert strip(collect(access=site.access("127.0.0.1"), resume=True)) == strip(whole)
    assert not asked & set(site.asked)


def test_kill_while_the_working_folder_is_begun_or_removed(site, collect, tmp_path):
    build_site(site)
    work = tmp_path / "run" / "collecting"
    work.mkdir(parents=True)
    (work / "start.part").write_bytes(b'{"run')
    (work / "data.warc.gz").write_bytes(b"left of another run")
    assert collect(resume=True).snapshot.finished
    work.with_name("collecting.done").mkdir()
    site.asked.clear()
    assert collect(resume=True).verify() == ()
    assert site.asked == []


def test_record_that_was_spoilt_is_asked_for_again(site, collect, tmp_path):
    """After a loss of power the journal may know of bytes that never reached the disk."""
    build_site(site)
    whole = collect("whole", access=site.access("127.0.0.1"))
    with pytest.raises(Interrupted):
        collect(access=site.access("127.0.0.1"), on_progress=interrupt_at(12))
    archive = tmp_path / "run" / "collecting" / "data.warc.gz"
    size = archive.stat().st_size
    with archive.open("r+b") as stream:
        stream.seek(size - 300)
        stream.write(bytes(300))
    resumed = collect(access=site.access("127.0.0.1"), resume=True)
    assert strip(resumed) == strip(whole)


def test_resuming_a_finished_run_asks_nothing(site, collect):
    build_site(site)
    first = collect()
    site.asked.clear()
    assert strip(collect(resume=True)) == strip(first)
    assert site.asked == []


def test_resuming_what_was_never_begun_begins(site, collect):
    build_site(site)
    assert collect(resume=True).snapshot.finished


def test_resuming_another_target_is_refused(site, collect):
    build_site(site)
    with pytest.raises(Interrupted):
        collect(on_progress=interrupt_at(5))
    other = site.target()
    other = type(other)(id="other", name="other", seeds=other.seeds, hosts=other.hosts)
    with pytest.raises(InputError) as caught:
        collect(target=other, resume=True)
    assert caught.value.code == "resume_other_target"


def test_failed_run_is_sealed_and_can_be_taken_up_when_the_site_is_back(site, collect, tmp_path):
    build_site(site)
    closed = site.access("127.0.0.1", overrides={("portal.test", site.port): ("127.0.0.254",)})
    with pytest.raises(CollectError) as caught:
        collect(access=closed)
    assert caught.value.code == "connection_refused"
    assert caught.value.values["host"] == "portal.test"
    sealed = open_snapshot(tmp_path / "run")
    assert sealed.snapshot.stopped_because is AttemptReason.REFUSED
    assert collect(resume=True).snapshot.finished


@pytest.mark.parametrize(
    ("reply", "code", "reason"),
    [
        (Reply("", 500), "connection_failed", "http_error"),
        (lambda handler: handler.rfile.read(1), "connection_failed", "timeout"),
        (hang_up, "connection_failed", "reset"),
    ],
)
def test_why_nothing_was_collected(site, collect, reply, code, reason):
    site.replies["/"] = reply
    with pytest.raises(CollectError) as caught:
        collect(request_seconds=0.3)
    assert (caught.value.code, caught.value.values["reason"], caught.value.exit_code) == (code, reason, 3)


def test_unknown_host(site, collect, name_server):
    target = type(site.target())(id="no", name="no", seeds=("http://no.test/",), hosts=("no.test",))
    with pytest.raises(CollectError) as caught:
        collect(target=target, access=site.access(nameserver=name_server.address))
    assert (caught.value.code, caught.value.values["host"]) == ("unknown_host", "no.test")


def test_no_address_in_the_override_is_said(site, collect):
    with pytest.raises(CollectError) as caught:
        collect(access=site.access(overrides={("portal.test", site.port): ()}))
    assert (caught.value.code, caught.value.values["reason"]) == ("unknown_host", "no_address")


def test_a_service_manager_stops_a_run_that_seals_itself_and_goes_on(site, tmp_path):
    build_site(site)
    running = []
    page = site.replies["/10.html"]

    def stop(_):
        os.kill(running[-1].pid, signal.SIGTERM)
        return Reply(page)

    site.replies["/10.html"] = stop
    command = [sys.executable, "-m", "auditor", "crawl", site.url("/"), "--out", str(tmp_path / "run"), "--quiet"]
    command += ["--browser", "never", "--rate", "1000", "--resolve", f"{HOST}:{site.port}:127.0.0.1", "--resume"]
    running.append(subprocess.Popen(command, stderr=subprocess.PIPE))
    _, said = running[-1].communicate(timeout=120)
    assert (running[-1].returncode, b"--resume" in said) == (130, True)
    with open_snapshot(tmp_path / "run") as partial:
        assert partial.snapshot.stopped_because is AttemptReason.INTERRUPTED
        kept = {visit.url for visit in partial.visits if visit.status is not None}
    site.replies["/10.html"] = page
    site.asked.clear()
    assert subprocess.run(command, check=False, capture_output=True, timeout=120).returncode == 0
    with open_snapshot(tmp_path / "run") as whole:
        assert whole.snapshot.finished
        assert sum(visit.status == 200 for visit in whole.visits) == COUNT + 1
    assert not {site.url(path) for path in site.asked if path != "/"} & kept


def test_a_response_stored_without_its_visit_is_not_asked_for_again(site, collect, tmp_path, monkeypatch):
    build_site(site)
    noted = []

    def lose(writer, visit):
        noted.append(visit.url)
        if len(noted) == 12:
            raise KeyboardInterrupt
        return journal_visit(writer, visit)

    journal_visit = SnapshotWriter.journal_visit
    with monkeypatch.context() as patch:
        patch.setattr(SnapshotWriter, "journal_visit", lose)
        with pytest.raises(Interrupted):
            collect(access=site.access("127.0.0.1"), concurrency=1)
    lost = noted[11].removeprefix(site.url(""))
    site.asked.clear()
    resumed = collect(access=site.access("127.0.0.1"), resume=True)
    assert lost not in site.asked
    assert visit_of(resumed, site, lost).status == 200
    assert sum(b"WARC-Type: response" in line for line in read_archive(tmp_path / "run").splitlines()) == len(
        {visit.record for visit in resumed.visits if visit.record}
    )


def read_archive(run):
    with zipfile.ZipFile(run / "snapshot.wacz") as bundle:
        return gzip.decompress(bundle.read("archive/data.warc.gz"))
