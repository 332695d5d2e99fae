"""The archive: written, sealed, accepted by the public tools, read back; hostile and damaged files refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import brotlicffi
import pytest
import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from auditor.archive.coding import CodingError, decode_body, decode_content
from auditor.archive.forms import observations_adapter
from auditor.archive.journal import Beginning
from auditor.errors import ArchiveError, OutputError
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Part, Visit
from auditor.model.observations import EndpointObservation, LinkObservation, Observations
from auditor.model.snapshots import Limits, Snapshot, Vantage
from auditor.model.targets import Target
from auditor.snapshot import SnapshotWriter, open_snapshot

WACZ = "from wacz.main import main; raise SystemExit(main())"
NOW = datetime(2024, 5, 6, 8, 0, 1, 234567, tzinfo=UTC)
DONE = Attempt(AttemptStatus.DONE, ms=7)
TARGET = Target(id="h.test", name="样例", seeds=("http://h.test/",), hosts=("h.test",), flags={"grants": True})
VANTAGE = Vantage(ipv6=False, browser=None, dns="192.0.2.1", tool="auditor/0")
SEEN = Observations(
    endpoints=(
        EndpointObservation("h.test", 6, "portal", DONE, ("::1",), True, DONE, 200, 0.97, url="http://h.test/"),
    ),
    links=(LinkObservation("http://h.test/1.html", 6, DONE, 200),),
)


def make_snapshot(**changes):
    base = Snapshot("run-1", TARGET, NOW, NOW, True, Limits(), VANTAGE, {"auditor": "0"})
    return replace(base, **changes)


def write_pages(writer, count=3):
    visits = []
    for number in range(count):
        url = f"http://h.test/{number}.html?q=中"
        headers = [("Content-Type", "text/html; charset=utf-8"), ("Content-Encoding", "gzip"), ("X-Odd", "a\r\nb: é")]
        body = gzip.compress(f"<html>第{number}页".encode(), mtime=0)
        record = writer.write_response(url, NOW, "200 OK", headers, body)
        visit = Visit(url, DONE, NOW, (Part.SITE,), url, 200, "text/html", 1, record=record)
        writer.journal_visit(visit)
        visits.append(visit)
    return visits


def make_run(folder, count=3, **changes):
    with SnapshotWriter(folder, Beginning("run-1", "h.test", NOW)) as writer:
        visits = write_pages(writer, count)
        drawn = writer.write_resource(f"urn:auditor:rendered:{visits[0].url}", NOW, "<p>画好".encode(), "text/html")
        visits[0] = replace(visits[0], rendered=drawn)
        skipped = Attempt(AttemptStatus.SKIPPED, AttemptReason.ROBOTS)
        visits.append(Visit("http://h.test/no", skipped, NOW, (Part.SITE,)))
        writer.seal(make_snapshot(**changes), visits, SEEN)
    return folder, visits


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path / "run")


def unpack(run_folder, where):
    with zipfile.ZipFile(run_folder / "snapshot.wacz") as bundle:
        bundle.extractall(where)
    return where


def rebuild(run_folder, path, change=lambda _name, data: data, extra=(), method=zipfile.ZIP_STORED):
    """Write the WACZ again with changed entries."""
    with zipfile.ZipFile(run_folder / "snapshot.wacz") as source, zipfile.ZipFile(path, "w", method) as target:
        for info in source.infolist():
            target.writestr(info.filename, change(info.filename, source.read(info.filename)))
        for name, data in extra:
            target.writestr(name, data)
    return path


def refuse(path):
    with pytest.raises(ArchiveError) as caught:
        open_snapshot(path)
    assert caught.value.where
    return caught.value


def test_what_was_written_comes_back_equal(run):
    folder, visits = run
    with open_snapshot(folder) as reader:
        assert reader.visits == tuple(visits)
        assert reader.observations == SEEN
        assert replace(reader.snapshot, digests={}) == make_snapshot()
        assert set(reader.snapshot.digests) >= {"archive/data.warc.gz", "indexes/index.cdx.gz", "pages/pages.jsonl"}
        bodies = [capture.body.decode() for capture in reader.captures()]
        assert bodies == ["<p>画好", "<html>第1页", "<html>第2页"]
        assert reader.verify() == ()
        assert not reader.is_foreign


def test_observations_of_an_older_archive_name_no_address_asked():
    old = observations_adapter().dump_python(SEEN, mode="json")
    del old["endpoints"][0]["url"]
    read = observations_adapter().validate_python(old)
    assert read.endpoints == (replace(SEEN.endpoints[0], url=None),)


def test_reading_twice_gives_equal_values(run):
    with open_snapshot(run[0]) as one, open_snapshot(run[0]) as two:
        assert (one.snapshot, one.visits, one.observations) == (two.snapshot, two.visits, two.observations)
        assert list(one.captures()) == list(two.captures()) == list(one.captures())


def test_working_folder_goes_when_finished_and_stays_when_not(tmp_path):
    done, _ = make_run(tmp_path / "done")
    open_, _ = make_run(tmp_path / "open", finished=False, stopped_because=AttemptReason.INTERRUPTED)
    assert not (done / "collecting").exists()
    assert (open_ / "collecting").is_dir()
    assert not open_snapshot(open_).snapshot.finished


def test_public_tools_accept_the_archive(run, tmp_path):
    folder, _ = run
    check = subprocess.run(
        [sys.executable, "-c", WACZ, "validate", "-f", str(folder / "snapshot.wacz")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert check.returncode == 0, check.stdout + check.stderr
    assert "Validation succeeded" in check.stdout
    inside = unpack(folder, tmp_path / "x") / "archive" / "data.warc.gz"
    digests = subprocess.run(
        [sys.executable, "-c", "from warcio.cli import main; main()", "check", "-v", str(inside)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert digests.returncode == 0
    assert digests.stdout.count("digest pass") == 7


def test_index_finds_each_response(run, tmp_path):
    inside = unpack(run[0], tmp_path / "x")
    lines = gzip.decompress((inside / "indexes" / "index.cdx.gz").read_bytes()).decode().splitlines()
    archive = (inside / "archive" / "data.warc.gz").read_bytes()
    assert len(lines) == 3
    for line in lines:
        entry = json.loads(line.split(" ", 2)[2])
        piece = archive[int(entry["offset"]) : int(entry["offset"]) + int(entry["length"])]
        record = next(iter(ArchiveIterator(io.BytesIO(piece))))
        assert record.rec_headers.get_header("WARC-Target-URI") == entry["url"]
        assert entry["digest"] == record.rec_headers.get_header("WARC-Payload-Digest")
    head = (inside / "indexes" / "index.idx").read_text().splitlines()
    assert head[0].startswith('!meta 0 {"format": "cdxj-gzip-1.0"')
    assert lines[0].startswith("test,h)/0.html?q=%e4%b8%ad 20240506080001234 ")


def test_bare_archive_replays_as_well(run, tmp_path):
    folder, visits = run
    inside = unpack(folder, tmp_path / "x") / "archive" / "data.warc.gz"
    plain = tmp_path / "plain.warc"
    plain.write_bytes(gzip.decompress(inside.read_bytes()))
    copied = tmp_path / "copied"
    copied.mkdir()
    (copied / "snapshot.warc.gz").write_bytes(inside.read_bytes())
    for path in (inside, plain, copied):
        with open_snapshot(path) as reader:
            assert reader.visits == tuple(visits)
            assert [capture.body.decode()[-2:] for capture in reader.captures()] == ["画好", "1页", "2页"]
            assert reader.verify() == ()


def write_foreign(path, *, packed=True):
    """Write an archive as other tools do, with a redirect, a chunked body, a server error and a picture."""
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=packed)
        writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "other"}))

        def add(url, status, body, *headers, kind="text/html"):
            http = StatusAndHeaders(status, [("Content-Type", kind), *headers], "HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    url, "response", payload=io.BytesIO(body), length=len(body), http_headers=http
                )
            )

        add("http://www.other.gov.test/", "200 OK", b"<html>home", ("Content-Encoding", "identity"))
        add("http://www.other.gov.test/old", "301 Moved", b"", ("Location", "/new.html"))
        add(
            "http://www.other.gov.test/new.html", "200 OK", b"5\r\nhello\r\n0\r\n\r\n", ("Transfer-Encoding", "chunked")
        )
        add("http://zw.other.gov.test/a.html", "200 OK", gzip.compress(b"<html>sub"), ("Content-Encoding", "gzip"))
        add("http://www.other.gov.test/err", "502 Bad", b"oops")
        add("http://www.other.gov.test/br", "200 OK", b"\x00", ("Content-Encoding", "zstd"))
        add("http://www.other.gov.test/p.png", "200 OK", b"\x89PNG", kind="image/png")
        add("http://cdn.elsewhere.test/x.html", "200 OK", b"<html>x")
    return path


@pytest.mark.parametrize(("name", "packed"), [("f.warc.gz", True), ("f.warc", False)])
def test_foreign_archive(tmp_path, name, packed):
    with open_snapshot(write_foreign(tmp_path / name, packed=packed)) as reader:
        assert reader.is_foreign
        assert reader.snapshot.origin == "archive"
        assert reader.snapshot.vantage is None
        assert reader.snapshot.target.hosts == ("www.other.gov.test", "zw.other.gov.test")
        assert reader.observations == Observations()
        visits = {visit.url.rpartition("/")[2]: visit for visit in reader.visits}
        assert set(visits) == {"", "old", "new.html", "a.html", "err", "br", "p.png"}
        assert (visits["old"].final_url, visits["old"].status) == ("http://www.other.gov.test/new.html", 200)
        assert visits["err"].attempt.reason is AttemptReason.HTTP_ERROR
        assert visits["br"].attempt.reason is AttemptReason.BAD_RESPONSE  # its body is no Brotli
        bodies = {capture.visit.url.rpartition("/")[2]: capture.body for capture in reader.captures()}
        assert bodies == {
            "": b"<html>home",
            "old": b"hello",
            "new.html": b"hello",
            "a.html": b"<html>sub",
            "p.png": b"\x89PNG",
        }


def test_archive_of_the_public_packer_is_read(tmp_path):
    warc = write_foreign(tmp_path / "f.warc.gz")
    out = tmp_path / "f.wacz"
    made = subprocess.run(
        [sys.executable, "-c", WACZ, "create", "-o", str(out), str(warc)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    with open_snapshot(out) as reader:
        assert reader.is_foreign
        assert len(reader.visits) == 7


def test_truncated_container_and_truncated_archive(run, tmp_path):
    folder, _ = run
    data = (folder / "snapshot.wacz").read_bytes()
    inner = (unpack(folder, tmp_path / "x") / "archive" / "data.warc.gz").read_bytes()
    plain = gzip.decompress(inner)
    cases = {
        "a.wacz": data[: len(data) // 2],
        "b.wacz": data[:-30],
        "c.warc.gz": inner[:-5],
        "d.warc.gz": inner[: len(inner) // 2],
    }
    cases["e.warc"] = plain[: len(plain) - 40]
    for name, content in cases.items():
        (tmp_path / name).write_bytes(content)
        assert refuse(tmp_path / name).code == "archive_truncated", name


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "archive_empty"),
        (b"hello, this is no archive at all", "archive_unreadable"),
        (b"\x1f\x8b" + b"\0" * 50, "archive_unreadable"),
        (gzip.compress(b"hello", mtime=0), "archive_unreadable"),
        (b"WARC/1.1\r\nWARC-Type: response\r\nContent-Length: x\r\n\r\n", "archive_unreadable"),
        (b"WARC/1.1\r\nX: " + b"y" * 200_000, "archive_unreadable"),
        (b"WARC/1.1\r\n" + b"X: y\r\n" * 5000 + b"\r\n", "archive_unreadable"),
    ],
)
def test_what_is_no_archive(tmp_path, content, code):
    path = tmp_path / "x.warc"
    path.write_bytes(content)
    assert refuse(path).code == code


def test_missing_and_unfinished_and_pageless(tmp_path):
    assert refuse(tmp_path / "none.wacz").code == "archive_missing"
    assert refuse(tmp_path).code == "archive_missing"
    SnapshotWriter(tmp_path / "run", Beginning("r", "t", NOW)).close()
    assert refuse(tmp_path / "run").code == "archive_unfinished"
    path = tmp_path / "info.warc.gz"
    with path.open("wb") as stream:
        writer = WARCWriter(stream)
        writer.write_record(writer.create_warcinfo_record("x.warc", {"software": "other"}))
    assert refuse(path).code == "archive_empty"


def test_tampered_parts_are_told(run, tmp_path):
    folder, _ = run

    def spoil(wanted, old, new):
        return lambda name, data: data.replace(old, new) if name == wanted else data

    for wanted, old, new in (("pages/pages.jsonl", b"http", b"hxxp"), ("datapackage.json", b"auditor 0", b"auditor 9")):
        error = refuse(rebuild(folder, tmp_path / "t.wacz", spoil(wanted, old, new)))
        assert (error.code, error.values["part"]) == ("archive_tampered", wanted)
    smuggled = rebuild(folder, tmp_path / "s.wacz", extra=[("archive/more.warc.gz", b"x")])
    assert refuse(smuggled).code == "archive_tampered"


def test_changed_byte_in_a_record_is_told_even_with_fresh_digests(run, tmp_path):
    inner = unpack(run[0], tmp_path / "x") / "archive" / "data.warc.gz"
    plain = bytearray(gzip.decompress(inner.read_bytes()))
    where = plain.index(b"\x1f\x8b") + 12
    plain[where] ^= 0xFF
    path = tmp_path / "changed.warc"
    path.write_bytes(bytes(plain))
    with open_snapshot(path) as reader:
        assert len(reader.verify()) == 1


def test_unsafe_containers(run, tmp_path):
    folder, _ = run
    for name in ("../evil", "/evil", "archive/../../evil", "c:\\evil"):
        assert refuse(rebuild(folder, tmp_path / "u.wacz", extra=[(name, b"x")])).code == "archive_unsafe"
    with pytest.warns(UserWarning, match="Duplicate"):
        double = rebuild(folder, tmp_path / "d.wacz", extra=[("pages/pages.jsonl", b"x")])
    assert refuse(double).code == "archive_unsafe"
    bomb = rebuild(folder, tmp_path / "b.wacz")
    with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("logs/bomb.log", b"\0" * (65 << 20))
    assert refuse(bomb).code == "archive_unsafe"
    with zipfile.ZipFile(rebuild(folder, tmp_path / "l.wacz"), "a") as bundle:
        link = zipfile.ZipInfo("logs/link")
        link.external_attr = 0o120777 << 16
        bundle.writestr(link, "/etc/passwd")
    assert refuse(tmp_path / "l.wacz").code == "archive_unsafe"
    packed = rebuild(folder, tmp_path / "p.wacz", method=zipfile.ZIP_DEFLATED)
    assert refuse(packed).values["reason"] == "deflated"
    with zipfile.ZipFile(tmp_path / "z.wacz", "w") as bundle:
        bundle.writestr("hello.txt", "x")
    assert refuse(tmp_path / "z.wacz").code == "archive_unreadable"


def test_a_member_that_is_longer_than_it_says_is_no_bomb(run, tmp_path):
    path = rebuild(run[0], tmp_path / "b.wacz")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("logs/bomb.log", b"\0" * (70 << 20))
    data = path.read_bytes()
    lie = data.replace((70 << 20).to_bytes(4, "little"), (70 << 10).to_bytes(4, "little"))
    assert lie != data
    path.write_bytes(lie)
    with open_snapshot(path) as reader:
        assert reader.verify() == ()
    path.write_bytes(data.replace((70 << 20).to_bytes(4, "little"), ((3 << 30) + 1).to_bytes(4, "little")))
    assert refuse(path).code == "archive_unsafe"


def test_own_records_that_are_nonsense(run, tmp_path):
    inner = unpack(run[0], tmp_path / "x") / "archive" / "data.warc.gz"
    plain = gzip.decompress(inner.read_bytes()).replace(b'"status":"done"', b'"status":"dxne"')
    (tmp_path / "n.warc").write_bytes(plain)
    assert refuse(tmp_path / "n.warc").code == "archive_tampered"


def test_missing_record_is_told(run):
    with open_snapshot(run[0]) as reader:
        with pytest.raises(ArchiveError) as caught:
            reader.read_record("<urn:uuid:nothing>")
        assert caught.value.code == "archive_tampered"
        other = reader.with_snapshot(replace(reader.snapshot, run_id="other"))
        assert (other.snapshot.run_id, reader.snapshot.run_id) == ("other", "run-1")
        assert other.visits is reader.visits


def test_journal_survives_half_written_ends(tmp_path):
    folder = tmp_path / "run"
    with SnapshotWriter(folder, Beginning("run-1", "h.test", NOW)) as writer:
        visits = write_pages(writer)
    work = folder / "collecting"
    with (work / "data.warc.gz").open("ab") as stream:
        stream.write(b"\x1f\x8bhalf a record")
    with (work / "visits.jsonl").open("ab") as stream:
        stream.write(b'{"url":"http://h.test/9.html","att')
    with (work / "records.jsonl").open("ab") as stream:
        stream.write(b'{"record_id":')
    with SnapshotWriter(folder, Beginning("run-2", "h.test", NOW), resume=True) as writer:
        assert writer.beginning.run_id == "run-1"
        assert list(writer.journaled.values()) == visits
        more = write_pages(writer, 1)
        assert more[0].record != visits[0].record
        writer.seal(make_snapshot(), [*visits, *more[:0]], Observations())
    with open_snapshot(folder) as reader:
        assert reader.visits == tuple(visits)
        assert reader.verify() == ()


def test_visit_whose_record_was_lost_is_not_believed(tmp_path):
    folder = tmp_path / "run"
    with SnapshotWriter(folder, Beginning("run-1", "h.test", NOW)) as writer:
        visits = write_pages(writer)
    archive = folder / "collecting" / "data.warc.gz"
    archive.write_bytes(archive.read_bytes()[:-1])
    with SnapshotWriter(folder, Beginning("run-1", "h.test", NOW), resume=True) as writer:
        assert list(writer.journaled.values()) == visits[:2]


def test_sealing_twice_does_not_keep_the_first_sealing(tmp_path):
    folder = tmp_path / "run"
    with SnapshotWriter(folder, Beginning("run-1", "h.test", NOW)) as writer:
        visits = write_pages(writer)
        writer.seal(make_snapshot(finished=False), visits[:1], Observations())
        writer.seal(make_snapshot(), visits, SEEN)
    with open_snapshot(folder) as reader:
        assert len(reader.visits) == 3
        assert reader.observations == SEEN


def test_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError) as caught:
        SnapshotWriter(tmp_path / "file" / "run", Beginning("r", "t", NOW))
    assert caught.value.code == "out_unwritable"


def test_same_input_makes_the_same_bytes(tmp_path):
    files = [make_run(tmp_path / name)[0] / "snapshot.wacz" for name in ("a", "b")]
    assert len({hashlib.sha256(file.read_bytes()).hexdigest() for file in files}) == 1


@pytest.mark.parametrize(
    ("body", "headers", "plain"),
    [
        (b"x", (), b"x"),
        (gzip.compress(b"x", mtime=0), (("content-encoding", "GZIP"),), b"x"),
        (b"2\r\nab\r\n1;ext=1\r\nc\r\n0\r\n\r\n", (("transfer-encoding", "chunked"),), b"abc"),
        (b"not chunked", (("transfer-encoding", "chunked"),), b"not chunked"),
        (b"", (("content-encoding", "gzip"),), b""),
        (brotlicffi.compress(b"abc"), (("content-encoding", "br"),), b"abc"),
        (zstandard.compress(b"abc") * 2, (("content-encoding", "zstd"),), b"abcabc"),
        (gzip.compress(brotlicffi.compress(b"x"), mtime=0), (("content-encoding", "br, gzip"),), b"x"),
    ],
)
def test_codings(body, headers, plain):
    assert decode_body(body, headers, 100) == plain


def test_codings_that_are_refused():
    for body, coding, reason in (
        (b"x" * 11, "", "too_large"),
        (gzip.compress(b"x" * 11), "gzip", "too_large"),
        (gzip.compress(b"x")[:-3], "gzip", "broken"),
        (b"x", "x-rot13", "unknown"),
        (b"x", "gzip, gzip, gzip, gzip", "unknown"),
        (b"x", "br", "broken"),
        (b"x", "zstd", "broken"),
        (brotlicffi.compress(b"x" * 9)[:-1], "br", "broken"),
        (zstandard.compress(b"x" * 9)[:-1], "zstd", "broken"),
        (brotlicffi.compress(bytes(1 << 20)), "br", "too_large"),
        (zstandard.compress(bytes(1 << 20)), "zstd", "too_large"),
        (gzip.compress(gzip.compress(bytes(1 << 20))), "gzip, gzip", "too_large"),
    ):
        with pytest.raises(CodingError) as caught:
            decode_content(body, coding, 10)
        assert caught.value.reason == reason


def damage(data, chance):
    """Change, cut and add bytes at a few places."""
    damaged = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        place = chance.randrange(len(damaged))
        kind = chance.randrange(3)
        if kind == 0:
            damaged[place] = chance.randrange(256)
        elif kind == 1:
            del damaged[place : place + chance.randrange(1, 50)]
        else:
            damaged[place:place] = chance.randbytes(chance.randrange(1, 9))
    return bytes(damaged)


@pytest.mark.parametrize("name", ["a.wacz", "b.warc.gz", "c.warc", "d.warc"])
def test_damaged_files_are_refused_or_read_never_worse(run, tmp_path, name):
    folder, _ = run
    inner = (unpack(folder, tmp_path / "x") / "archive" / "data.warc.gz").read_bytes()
    foreign = write_foreign(tmp_path / "foreign.warc", packed=False).read_bytes()
    sound = {
        "a.wacz": (folder / "snapshot.wacz").read_bytes(),
        "b.warc.gz": inner,
        "c.warc": gzip.decompress(inner),
        "d.warc": foreign,
    }[name]
    chance = random.Random(20200420)
    codes = set()
    for _ in range(120):
        path = tmp_path / name
        path.write_bytes(damage(sound, chance))
        try:
            with open_snapshot(path) as reader:
                reader.verify()
                codes.update(capture.visit.url[:4] for capture in reader.captures())
        except ArchiveError as error:
            codes.add(error.code)
    assert codes & {"archive_tampered", "archive_unreadable", "archive_truncated"}
