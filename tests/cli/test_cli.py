"""The command line as a user meets it: every wrong input gets a sentence, the contract's exit code, and loses nothing."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
from contextlib import contextmanager

import dns.message
import dns.rcode
import pytest

from auditor.cli.commands import choose_language, run_command
from auditor.cli.options import collect_overrides
from auditor.errors import InputError
from auditor.messages import load_messages


@pytest.fixture
def audit(capsys, tmp_path, monkeypatch):
    """Run a command in an empty folder; return its exit code and what it printed."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        code = run_command([str(argument) for argument in arguments], load_messages("en"))
        seen = capsys.readouterr()
        return code, seen.out + seen.err

    return run


@pytest.fixture
def name_server():
    """A name server on loopback that knows no name."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 0))
    server.settimeout(0.1)
    stopped = threading.Event()

    def answer():
        while not stopped.is_set():
            try:
                wire, client = server.recvfrom(4096)
            except TimeoutError:
                continue
            reply = dns.message.make_response(dns.message.from_wire(wire))
            reply.set_rcode(dns.rcode.NXDOMAIN)
            server.sendto(reply.to_wire(), client)

    thread = threading.Thread(target=answer)
    thread.start()
    yield f"127.0.0.1:{server.getsockname()[1]}"
    stopped.set()
    thread.join()
    server.close()


def write_site(folder):
    """A small static site with a menu of four pages and no disclosure section."""
    folder.mkdir()
    names = ("新闻", "通知", "服务", "互动")
    menu = "".join(f"<li><a href=/{place}.html>{name}</a>" for place, name in enumerate(names))
    for name, title in (("index", "临澜区"), *((str(place), name) for place, name in enumerate(names))):
        text = f"<html><head><title>{title}</title></head><body><ul class=nav>{menu}</ul><p>{title}的内容</body></html>"
        (folder / f"{name}.html").write_text(text, encoding="utf-8")


@contextmanager
def closed_port():
    """A port that refuses connections: bound, never listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def test_unknown_host_is_3(audit, name_server):
    code, said = audit("audit", "http://nowhere.invalid/", "--nameserver", name_server, "--out", "run", "--quiet")
    assert code == 3
    assert "nowhere.invalid" in said
    assert "Traceback" not in said


def test_refused_connection_is_3(audit):
    with closed_port() as port:
        resolve = f"www.sample.test:{port}:127.0.0.1"
        code, said = audit("audit", f"http://www.sample.test:{port}/", "--resolve", resolve, "--out", "run", "--quiet")
    assert code == 3
    assert "refused" in said.lower()


def test_empty_folder_is_2(audit, tmp_path):
    (tmp_path / "site").mkdir()
    code, said = audit("audit", "site", "--quiet", "--out", "run")
    assert code == 2
    assert "site" in said


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", b"not an archive at all"])
def test_broken_archive_is_2(audit, tmp_path, content):
    (tmp_path / "cut.wacz").write_bytes(content)
    code, said = audit("audit", "cut.wacz", "--quiet", "--out", "run")
    assert code == 2
    assert "cut.wacz" in said
    assert (tmp_path / "cut.wacz").read_bytes() == content


def test_unknown_ruleset_names_near_ones(audit, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<title>x</title><p>y", encoding="utf-8")
    code, said = audit("audit", "site", "-r", "xh21", "--quiet", "--out", "run")
    assert code == 2
    assert "xh20" in said
    assert not (tmp_path / "run").exists()


def test_ruleset_with_three_errors_shows_three_with_lines(audit, tmp_path):
    (tmp_path / "my.yaml").write_text(
        "code: my20\n"
        "title: {zh: 甲, en: A}\n"
        "issuer: {zh: 乙, en: B}\n"
        "issued_on: someday\n"
        "version: '1'\n"
        "clauses:\n"
        "  - {id: MY20-1.1, clause: 一, title: {zh: 丙, en: C}, asks: {zh: 丁, en: D}, class: huge,\n"
        "     check: auto, rule: guide-dated}\n"
        "  - {id: MY20-1.2, clause: 二, title: {zh: 丙, en: C}, asks: {zh: 丁, en: D}, class: mandatory,\n"
        "     chekc: auto, rule: guide-dated}\n",
        encoding="utf-8",
    )
    code, said = audit("rules", "check", "my.yaml")
    assert code == 2
    for line in (4, 7, 10):
        assert f"my.yaml:{line}" in said
    assert "check" in said


def test_profile_with_a_wrong_type_is_2_with_its_line(audit, tmp_path):
    (tmp_path / "profile.yaml").write_text(
        "standards: [xh20]\nscoring:\n  model: weighted\n  tolerated: much\n", encoding="utf-8"
    )
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<title>x</title><p>y", encoding="utf-8")
    code, said = audit("audit", "site", "--profile", "profile.yaml", "--quiet", "--out", "run")
    assert code == 2
    assert "profile.yaml:4" in said


def test_folder_that_cannot_be_written_is_2(audit, tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<title>x</title><p>y", encoding="utf-8")
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    code, said = audit("audit", "site", "-r", "xh20", "--quiet", "--out", "taken")
    assert code == 2
    assert "taken" in said
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "mine"


def test_missing_target_is_2(audit):
    code, said = audit("audit", "no-such-thing", "--quiet")
    assert code == 2
    assert "no-such-thing" in said


@pytest.mark.parametrize("arguments", [["nonsense"], ["audit"], ["audit", "x", "--fail-under", "many"]])
def test_wrong_usage_is_2(audit, arguments):
    code, said = audit(*arguments)
    assert code == 2
    assert said.startswith("Error: ")


@pytest.mark.parametrize("target", ["http://[bad", "http://", "https:///path", "http://a b/"])
def test_url_without_a_host_is_2(audit, target):
    code, said = audit("audit", target, "-r", "xh20", "--quiet", "--out", "run")
    assert code == 2
    assert "host" in said


@pytest.mark.parametrize("host", ["a b", "../../x", "x<y>"])
def test_as_host_that_is_no_host_is_2(audit, tmp_path, host):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<title>x</title><p>y", encoding="utf-8")
    code, said = audit("audit", "site", "-r", "xh20", "--as-host", host, "--quiet", "--out", "run")
    assert code == 2
    assert "host" in said


def test_two_targets_of_one_name_get_folders_of_their_own(audit, tmp_path):
    for parent in ("one", "two"):
        (tmp_path / parent / "site").mkdir(parents=True)
        (tmp_path / parent / "site" / "index.html").write_text("<title>x</title><p>y", encoding="utf-8")
    assert audit("audit", "one/site", "two/site", "-r", "xh20", "--quiet", "--out", "runs")[0] == 0
    left = ["001-site", "002-site", "history.db", "scorecard"]
    assert sorted(path.name for path in (tmp_path / "runs").iterdir()) == left


@pytest.mark.parametrize("server", ["foo", "1.2.3.4:x", ""])
def test_nameserver_of_wrong_form_is_2(audit, server):
    code, said = audit("audit", "http://www.sample.test/", "--nameserver", server or "::x", "--quiet", "--out", "run")
    assert code == 2
    assert "--nameserver" in said


def test_crawl_of_a_folder_is_2(audit, tmp_path):
    (tmp_path / "site").mkdir()
    assert audit("crawl", "site", "--quiet", "--out", "run")[0] == 2


def test_fault_of_ours_ends_in_a_sentence_and_a_trace(audit, tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr("auditor.doctor.examine_machine", lambda: 1 / 0)
    code, said = audit("doctor")
    assert code == 4
    assert "ZeroDivisionError" in said
    assert "Traceback" in next(tmp_path.glob("auditor-trace-*")).read_text(encoding="utf-8")


def test_interruption_outside_a_crawl_says_so(audit, monkeypatch):
    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr("auditor.doctor.examine_machine", interrupt)
    code, said = audit("doctor")
    assert code == 130
    assert "Interrupted" in said


def test_static_folder_gives_a_result(audit, tmp_path):
    write_site(tmp_path / "site")
    code, said = audit("audit", "site", "-r", "xh20", "--as-host", "www.sample.test", "--out", "run", "--quiet")
    assert code == 0, said
    result = json.loads((tmp_path / "run" / "result.json").read_text(encoding="utf-8"))
    assert result["target"]["id"] == "www.sample.test"
    by_clause = {row["clause"]: row for row in result["findings"]}
    assert by_clause["XH20-1.2a"]["outcome"] == "failed"
    assert by_clause["XH20-4.1c"]["reason"] == "not_asked"
    assert {row["clause"] for row in result["findings"]} == set(result["clauses"])
    assert len(result["clauses"]) == 129


def test_gate_breaks_with_1_and_undecided_is_5(audit, tmp_path):
    write_site(tmp_path / "site")
    common = ("audit", "site", "-r", "xh20", "--quiet", "--out")
    assert audit(*common, "one", "--fail-on", "any")[0] == 1
    assert audit(*common, "two", "--min-judged", "1")[0] == 5


def test_run_folder_that_is_used_is_2_and_keeps_what_it_holds(audit, tmp_path):
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<title>x</title><p>y", encoding="utf-8")
    assert audit("audit", "site", "-r", "xh20", "--quiet", "--out", "run")[0] == 0
    before = (tmp_path / "run" / "snapshot.wacz").read_bytes()
    code, said = audit("audit", "site", "-r", "xh20", "--quiet", "--out", "run")
    assert code == 2
    assert "run" in said
    assert (tmp_path / "run" / "snapshot.wacz").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "environment", "language"),
    [
        ([], {}, "zh"),
        ([], {"LANG": "en_GB.UTF-8"}, "en"),
        ([], {"LANG": "C.UTF-8"}, "zh"),
        ([], {"AUDITOR_LANG": "zh", "LANG": "en_US"}, "zh"),
        (["audit", "--lang", "en"], {"LANG": "zh_CN"}, "en"),
        (["audit", "--lang=zh"], {"LANG": "en_GB"}, "zh"),
    ],
)
def test_language_is_chosen(arguments, environment, language):
    assert choose_language(arguments, environment) == language


def test_overrides_gather_addresses_of_both_families():
    overrides = collect_overrides(["A.test:80:127.0.0.1", "a.test:80:[::1]", "b.test:443:10.0.0.1,10.0.0.2"])
    assert overrides == {("a.test", 80): ("127.0.0.1", "::1"), ("b.test", 443): ("10.0.0.1", "10.0.0.2")}


@pytest.mark.parametrize(
    "text", ["", "host", "host:80", "host:http:127.0.0.1", ":80:127.0.0.1", "host:80:", "host:80:notanip"]
)
def test_override_of_wrong_form_is_refused(text):
    with pytest.raises(InputError) as error:
        collect_overrides([text])
    assert error.value.code == "resolve_syntax"
    assert os.linesep not in error.value.where
