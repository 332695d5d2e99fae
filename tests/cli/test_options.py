"""Options of collecting: what may be written, what is refused and how, and options in a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.cli.commands import build_cli, run_command
from auditor.cli.optionfile import find_line, list_options, read_options
from auditor.cli.options import parse_auth, parse_header, parse_proxy
from auditor.collect.access import Access
from auditor.errors import InputError, RulesetError
from auditor.messages import load_messages
from auditor.model.snapshots import Limits

ROOT = Path(__file__).resolve().parents[2]
SECRET = "marker-9f3a"


@pytest.fixture
def here(monkeypatch, tmp_path):
    """Stand in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def given(monkeypatch, tmp_path):
    """Run a command and return the settings that it came to, or its exit code and words."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("AUDITOR_AUTH", raising=False)
    monkeypatch.delenv("AUDITOR_PROXY", raising=False)

    def run(*arguments):
        seen = []

        def collect(target, settings, *_):
            seen.append((target, settings))
            raise InputError("target_missing", "stopped here")

        monkeypatch.setattr("auditor.pipeline.collect_target", collect)
        run_command(["audit", "http://a.test/", "-r", "xh20", "--quiet", *arguments], load_messages("en"))
        return seen[0] if seen else None

    return run


def settings_of(seen) -> tuple[Limits, Access]:
    return seen[1].limits, seen[1].access


def test_all_options_reach_the_collection(given, tmp_path):
    (tmp_path / "cookies.txt").write_text("a.test\tFALSE\t/\tFALSE\t0\tn\tv\n", encoding="utf-8")
    limits, access = settings_of(
        given(
            *("--rate", "0", "--concurrency", "32", "--header", "X-A: 1", "--header", "X-B: 2", "--auth", "u:p:q"),
            *("--cookie-jar", "cookies.txt", "--proxy", "http://u:p@proxy.test:3128", "--no-browser-sandbox"),
            *("--contact", "mailto:owner@a.test", "--browser-hosts", "site", "--max-renders", "7"),
        )
    )
    assert (limits.rate, limits.concurrency, limits.max_renders) == (0, 32, 7)
    assert access.browser_hosts == "site"
    assert access.headers == (("X-A", "1"), ("X-B", "2"))
    assert access.auth == ("u", "p:q")
    assert access.cookies[0].domain == "a.test"
    assert access.proxy == "http://u:p@proxy.test:3128"
    assert access.browser_sandbox == "off"
    assert access.contact == "mailto:owner@a.test"


def test_without_options_the_site_is_spared(given):
    limits, access = settings_of(given())
    assert (limits.rate, limits.concurrency) == (4.0, 4)
    assert access == Access()


def test_credentials_need_not_stand_in_the_process_list(given, tmp_path, monkeypatch):
    (tmp_path / "secret").write_text("u:from-file\nsecond line\n", encoding="utf-8")
    assert settings_of(given("--auth", "@secret"))[1].auth == ("u", "from-file")
    monkeypatch.setenv("MINE", "u:from-mine")
    assert settings_of(given("--auth", "env:MINE"))[1].auth == ("u", "from-mine")
    monkeypatch.setenv("AUDITOR_AUTH", "u:from-variable")
    assert settings_of(given())[1].auth == ("u", "from-variable")
    assert settings_of(given("--auth", "u:typed"))[1].auth == ("u", "typed")


def test_credentials_in_the_address_are_taken_out_of_it(given):
    target, settings = given()
    assert (target, settings.access.auth) == ("http://a.test/", None)


@pytest.mark.parametrize(
    ("parse", "text", "code"),
    [
        (parse_header, f"no colon {SECRET}", "header_syntax"),
        (parse_header, f"Bad Name: {SECRET}", "header_syntax"),
        (parse_header, f"X-A: {SECRET}\r\nX-B: 2", "header_syntax"),
        (parse_header, f"User-Agent: {SECRET}", "header_agent"),
        (parse_header, f"Transfer-Encoding: {SECRET}", "header_not_ours"),
        (parse_header, "X-A: env:NOT_SET_ANYWHERE", "env_missing"),
        (parse_auth, SECRET, "auth_syntax"),
        (parse_auth, f":{SECRET}", "auth_syntax"),
        (parse_auth, "@not-there", "auth_unreadable"),
        (parse_proxy, f"socks5://u:{SECRET}@a.test:1", "proxy_syntax"),
        (parse_proxy, f"http://u:{SECRET}@a.test:1/path", "proxy_syntax"),
        (parse_proxy, f"http://u:{SECRET}@:1", "proxy_syntax"),
        (parse_proxy, f"http://u:{SECRET}@a.test:99999", "proxy_syntax"),
    ],
)
def test_what_is_written_wrongly_is_refused_without_repeating_it(parse, text, code):
    with pytest.raises(InputError) as caught:
        parse(text, {})
    assert caught.value.code == code
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--header", f"X-A {SECRET}"), "--header"),
        (("--auth", SECRET), "AUDITOR_AUTH"),
        (("--proxy", f"ftp://{SECRET}"), "http://HOST:PORT"),
        (("--ca", "cookies.txt"), "PEM"),
        (("--cookie-jar", "cookies.txt"), "cookies.txt:1"),
        (("--contact", "a\nb"), "mail"),
        (("--rate", "-1"), "--rate"),
        (("--concurrency", "0"), "--concurrency"),
    ],
)
def test_wrong_options_are_2_with_a_sentence(arguments, word, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "cookies.txt").write_text("no cookies here\n", encoding="utf-8")
    code = run_command(["audit", "http://a.test/", "--quiet", *arguments], load_messages("en"))
    seen = capsys.readouterr()
    assert code == 2
    assert word in seen.out + seen.err
    assert SECRET not in seen.out + seen.err
    assert "Traceback" not in seen.out + seen.err


# ---- options in a file ---------------------------------------------------------------------------


def write_file(folder, text, name="auditor.toml"):
    (folder / name).write_text(text, encoding="utf-8")


def test_file_in_the_current_folder_is_read_and_the_command_line_wins(given, tmp_path, monkeypatch):
    monkeypatch.setenv("STAGING_AUTH", "u:secret-word")
    write_file(
        tmp_path,
        'rate = 0\nconcurrency = 16\nmax-pages = 50\nheader = ["X-A: 1", "X-B: 2"]\nauth = "env:STAGING_AUTH"\n'
        'no-browser-sandbox = true\nas-of = 2020-12-31\nexclude = "*/old/*"\n',
    )
    limits, access = settings_of(given("--concurrency", "2"))
    assert (limits.rate, limits.concurrency, limits.max_pages) == (0, 2, 50)
    assert limits.exclude == ("*/old/*",)
    assert access.headers == (("X-A", "1"), ("X-B", "2"))
    assert access.auth == ("u", "secret-word")
    assert access.browser_sandbox == "off"


def test_day_of_the_file_is_a_day(given, tmp_path):
    write_file(tmp_path, "as-of = 2020-12-31\n")
    assert str(given()[1].as_of) == "2020-12-31"


def test_named_file_is_read_instead(given, tmp_path):
    write_file(tmp_path, "rate = 1\n")
    write_file(tmp_path, "rate = 2\n", "other.toml")
    assert settings_of(given("--config", "other.toml"))[0].rate == 2


def test_options_of_other_commands_may_stand_in_the_file(tmp_path, monkeypatch, capsys):
    """One file serves all commands: what one of them does not know, another does."""
    monkeypatch.chdir(tmp_path)
    write_file(tmp_path, "rate = 1\n")
    code = run_command(["report", "not-there"], load_messages("en"))
    seen = capsys.readouterr()
    assert code == 2
    assert "not-there" in seen.out + seen.err


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# comment\nraet = 1\n", 2, ("raet", "rate")),
        ('\nrate = "fast"\n', 2, ("rate", "float")),
        ("browser = true\n", 1, ("browser", "str")),
        ('max-pages = 10\nbrowser = "sometimes"\n', 2, ("browser", "auto, never, always")),
        ("max-pages = 0\n", 1, ("max-pages", "1..")),
        ("max-pages = 1.5\n", 1, ("max-pages", "int")),
        ("header = [1, 2]\n", 1, ("header", "list")),
        ('no-browser-sandbox = "yes"\n', 1, ("no-browser-sandbox", "bool")),
        ("rate = 1\n[site]\nhost = 'x'\n", 2, ("site",)),
        ("rate = 1\nrate 2\n", 2, ("TOML",)),
        ("resume = true\n", 1, ("resume",)),
        (f"auth = ['{SECRET}', 1]\n", 1, ("auth", "str")),
    ],
)
def test_faults_of_the_file_are_named_with_their_line(text, line, words, here, capsys):
    write_file(here, text)
    code = run_command(["audit", "http://a.test/", "--quiet"], load_messages("en"))
    said = " ".join("".join(capsys.readouterr()).split())
    assert code == 2
    assert f"auditor.toml:{line}" in said
    assert all(word in said for word in words), said
    assert SECRET not in said
    assert not list(here.glob("auditor-runs"))


def test_all_faults_of_the_file_are_told_at_once(tmp_path):
    write_file(tmp_path, "raet = 1\nrate = 'x'\nbrowser = 'y'\n")
    with pytest.raises(RulesetError) as caught:
        read_options(tmp_path / "auditor.toml", list_options(build_cli(load_messages("en"))))
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [
        ("config_key", 1),
        ("config_type", 2),
        ("config_value", 3),
    ]


def test_file_that_is_not_there_is_2(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = run_command(["audit", "http://a.test/", "--config", "none.toml"], load_messages("en"))
    assert code == 2
    assert "none.toml" in "".join(capsys.readouterr())


def test_lines_of_keys_are_found_where_they_begin():
    text = 'header = [\n  "rate = 1",\n]\n"rate" = 2\n[[units]]\n'
    assert [find_line(text, key) for key in ("header", "rate", "units", "none")] == [1, 4, 5, None]


def test_every_option_of_collecting_may_stand_in_the_file():
    known = list_options(build_cli(load_messages("en")))
    assert {"rate", "header", "auth", "cookie-jar", "proxy", "ca", "as-host", "ruleset", "out"} <= set(known)
    assert not {"config", "lang", "resume"} & set(known)


def test_example_in_the_documents_loads(tmp_path):
    text = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 1
    (tmp_path / "auditor.toml").write_text(blocks[0], encoding="utf-8")
    values = read_options(tmp_path / "auditor.toml", list_options(build_cli(load_messages("en"))))
    assert values["auth"].startswith("env:")
    assert len(values) >= 8
