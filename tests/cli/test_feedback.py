"""What a user hears while the tool works: rate and time left, the JSON log, the gate's reason, shell completion."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import jsonschema
import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress as Lines

from auditor.cli import commands
from auditor.cli.bars import Bars, lay_columns
from auditor.cli.commands import run_arguments
from auditor.cli.console import describe_pace
from auditor.cli.jsonlog import JsonLog, Steps, describe_log
from auditor.cli.liveline import lay_columns as lay_one
from auditor.cli.pacing import Pacing
from auditor.collect.progress import Progress
from auditor.errors import InputError
from auditor.messages import load_messages

AT = datetime(2026, 11, 22, 4, tzinfo=UTC)
SECRET = 'top"secret'


def make_pacing(seconds, most=None):
    times = iter(seconds)
    return Pacing(lambda: next(times), most)


def test_rate_and_time_left():
    pacing = make_pacing([0.0, 1.0, 10.0])
    pacing.note(0)
    pacing.note(4)
    assert pacing.measure_rate() is None  # too early to tell
    pacing.note(20)
    assert pacing.measure_rate() == 2.0
    assert pacing.estimate_left(120) == 50.0


def test_time_left_heeds_the_limit_of_pages():
    pacing = make_pacing([0.0, 10.0], most=40)
    pacing.note(0)
    pacing.note(20)
    assert pacing.estimate_left(100_000) == 10.0


def test_rate_is_of_the_last_half_minute():
    pacing = make_pacing([0.0, 100.0, 110.0])
    for done in (0, 1000, 1010):
        pacing.note(done)
    assert pacing.measure_rate() == 1.0


def test_nothing_moves_is_no_time_left():
    pacing = make_pacing([0.0, 10.0])
    pacing.note(5)
    pacing.note(5)
    assert pacing.estimate_left(50) is None


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "2.0 pages a second  0:50 left at least  3 not fetched"), ("zh", "每秒 2.0 页  至少还需 0:50  3 个未取到")],
)
def test_pace_in_words(language, expected):
    pacing = make_pacing([0.0, 10.0])
    pacing.note(0)
    pacing.note(20)
    progress = Progress("crawl", 20, 120, 3, "http://a.test/")
    assert describe_pace(progress, pacing, load_messages(language)) == expected


def test_log_masks_secrets_and_fits_its_schema():
    stream = io.StringIO()
    log = JsonLog(stream, (SECRET,), lambda: AT)
    log.start(f"http://a.test/?key={SECRET}", "1")
    log.fail(InputError("env_missing", f"x {SECRET}"))
    log.end("\ud800", 2)
    text = stream.getvalue()
    assert "secret" not in text
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["event"] for line in lines] == ["start", "error", "end"]
    for line in lines:
        jsonschema.validate(line, describe_log())


def test_progress_is_logged_once_a_second_and_at_each_phase():
    stream = io.StringIO()
    pacing = Pacing(iter([0.0, 0.2, 0.4, 1.5, 1.6, 1.7, 1.8]).__next__)
    steps = Steps(JsonLog(stream, (), lambda: AT), pacing)
    for done, phase in enumerate(("crawl", "crawl", "crawl", "crawl", "probe", "probe")):
        steps.note(Progress(phase, done, 9, 0, "http://a.test/"))
    assert [json.loads(line)["done"] for line in stream.getvalue().splitlines()] == [0, 3, 4]


def test_what_follows_the_collection_is_logged_without_rate_and_counts():
    stream = io.StringIO()
    pacing = Pacing(iter([0.0, 20.0, 21.0, 22.0, 23.0]).__next__)
    pacing.note(0)
    pacing.note(40)
    steps = Steps(JsonLog(stream, (), lambda: AT), pacing)
    for phase in ("extract", "judge", "report"):
        steps.note(Progress(phase))
    for line in map(json.loads, stream.getvalue().splitlines()):
        jsonschema.validate(line, describe_log())
        assert (line["done"], line["rate"], line["left"]) == (0, None, None)


@pytest.mark.parametrize("width", [30, 40, 50, 80, 200])
@pytest.mark.parametrize("words", ["采集页面", "Drawing pages and taking screenshots"])
@pytest.mark.parametrize("note", ["", "每秒 14.6 页  至少还需 0:17  3 个未取到"])
def test_the_line_never_loses_its_numbers(width, words, note):
    page = Console(file=io.StringIO(), width=width)
    line = Lines(*lay_one(page), console=page)
    line.add_task(words, total=580, completed=323, counts="323/579", note=note)
    page.print(line.get_renderable())
    (shown,) = page.file.getvalue().splitlines()
    assert "323/579 0:00:00" in shown
    assert cell_len(shown) <= width
    assert words[:4] in shown
    assert width < 200 or ("━" in shown and note in shown)


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("<title>x</title><p>y", encoding="utf-8")
    return "site"


def test_an_audit_logs_its_course_and_says_why_the_gate_broke(site, tmp_path, capsys):
    arguments = ["audit", site, "--profile", "release", "--fail-on", "any", "--json-log", "-", "--out", "run"]
    assert run_arguments(arguments, {"AUDITOR_LANG": "en"}) in (1, 5)
    seen = capsys.readouterr()
    lines = [json.loads(line) for line in seen.err.splitlines()]
    for line in lines:
        jsonschema.validate(line, describe_log())
    assert {line["event"] for line in lines} == {"start", "progress", "result", "report", "end"}
    assert (lines[-1]["event"], lines[-1]["target"]) == ("end", site)
    assert "Collected:" in seen.out
    assert f"clauses; {json.loads((tmp_path / 'run' / 'result.json').read_text())['left_out']} are left" in seen.out
    broken = next(line for line in lines if line["event"] == "result")["breaking"]
    assert all(f"✗ {clause}" in seen.out for clause in broken)


def test_log_that_cannot_be_written_is_2(site, capsys):
    assert run_arguments(["audit", site, "--json-log", "no/where/log.jsonl", "--quiet"], {"AUDITOR_LANG": "en"}) == 2
    assert "log.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_completion_names_the_command(shell, capsys):
    assert run_arguments(["completion", shell], {}) == 0
    assert "_AUDITOR_COMPLETE" in capsys.readouterr().out


def test_completion_completes(capsys, monkeypatch):
    for name, value in {
        "_AUDITOR_COMPLETE": "zsh_complete",
        "COMP_WORDS": "auditor audit --json",
        "COMP_CWORD": "2",
    }.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        run_arguments([], {})
    assert "--json-log" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "said"), [("relaese", "district, release"), ("missing.yaml", "missing.yaml"), ("own.yaml", "no-such-rule")]
)
def test_a_profile_that_is_none_is_2(site, tmp_path, capsys, name, said):
    (tmp_path / "own.yaml").write_text("standards: [xh20]\nonly: {rules: [no-such-rule]}\n")
    assert run_arguments(["audit", site, "--profile", name, "--quiet", "--out", "run"], {"AUDITOR_LANG": "en"}) == 2
    assert said in capsys.readouterr().err


def test_a_profile_that_selects_nothing_is_2(site, tmp_path, capsys):
    (tmp_path / "own.yaml").write_text("standards: [xh20]\nonly: {rules: [ipv6-service], checks: [attested]}\n")
    assert (
        run_arguments(["audit", site, "--profile", "own.yaml", "--quiet", "--out", "run"], {"AUDITOR_LANG": "en"}) == 2
    )
    assert "No clause" in capsys.readouterr().err


def read_log(path):
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        jsonschema.validate(line, describe_log())
    return lines


def test_a_crawl_that_cannot_begin_logs_start_error_and_end(site, tmp_path):
    arguments = ["crawl", site, "--json-log", "log.jsonl", "--quiet", "--out", "run"]
    assert run_arguments(arguments, {"AUDITOR_LANG": "en"}) == 2
    lines = read_log(tmp_path / "log.jsonl")
    assert [(line["event"], line.get("code"), line.get("exit")) for line in lines] == [
        ("start", None, None),
        ("error", "crawl_target", None),
        ("end", None, 2),
    ]


def test_crawl_and_demo_log_start_and_end(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(commands.pipeline, "collect_target", lambda *_: tmp_path)
    monkeypatch.setattr(commands.pipeline, "describe_snapshot", lambda _: None)
    monkeypatch.setattr(commands.console, "show_snapshot", lambda *_: None)
    monkeypatch.setattr(commands.showcase, "audit_demo", lambda *_: None)
    monkeypatch.setattr(commands, "conclude", lambda *_: 5)
    for arguments, target, code in (
        (["crawl", "http://name:top@www.sample.test/"], "http://www.sample.test/", 0),
        (["demo"], "demo", 5),
    ):
        log = tmp_path / f"{target[:4]}.jsonl"
        given = [*arguments, "--json-log", str(log), "--quiet", "--out", "run"]
        assert run_arguments(given, {"AUDITOR_LANG": "en"}) == code
        lines = read_log(log)
        assert [(line["event"], line["target"], line.get("exit")) for line in lines] == [
            ("start", target, None),
            ("end", target, code),
        ]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", [60, 80, 120])
def test_lines_of_several_targets_never_lose_their_numbers(language, width):
    """Names and words are cut short where the terminal is narrow; how far a target is can always be read."""
    page = Console(file=io.StringIO(), width=width)
    lines = Lines(*lay_columns(width), console=page)
    bars = Bars(load_messages(language), lines)
    bars.show("https://www.shanghai-baoshan-district.gov.cn/portal/", Progress("crawl", 1234, 23456, 12, "u"))
    bars.show("a.gov.cn", Progress("seal", 3, 3, 0, "u"))
    page.print(lines.get_renderable())
    shown = page.file.getvalue().splitlines()
    assert len(shown) == 2
    assert "www.shangh" in shown[0]
    assert all(number in shown[0] for number in ("1234/23456", "0:00:00"))
    assert all(cell_len(line) <= width for line in shown)


def test_lines_leave_the_screen_while_an_end_is_told():
    page = Console(file=io.StringIO(), width=80, force_terminal=True)
    with Lines(*lay_columns(80), console=page, auto_refresh=False, transient=True) as lines:
        bars = Bars(load_messages("en"), lines)
        for name in ("a.gov.cn", "b.gov.cn"):
            bars.show(f"http://{name}", Progress("crawl", 1, 2, 0, "u"))
        with bars.end("http://a.gov.cn"):
            assert not lines.live.is_started
        assert lines.live.is_started
        assert [task.description for task in lines.tasks] == ["b.gov.cn"]
