"""What the user gives in confidence stands nowhere in the run folder: not in a log, the archive, the facts, a report."""

from __future__ import annotations

import base64
import gzip
import io
import re
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from auditor.cli.commands import run_command
from auditor.messages import load_messages

MARKS = {
    "header": "mark-header-6b1d",
    "password": "mark-password-77aa",
    "cookie": "mark-cookie-c0de",
    "proxy": "mark-proxy-51fe",
    "session": "mark-session-9e9e",
}
PAGE = """<html><head><meta charset="utf-8"><title>{title}</title></head><body><ul class="nav">
<li><a href="/1.html">新闻</a></li><li><a href="/2.html">通知</a></li><li><a href="/gone.html">旧闻</a></li></ul>
<p>{title}的内容，供群众查阅。</p></body></html>"""


class Echo:
    """A proxy and a site in one: it wants every secret, sets a session cookie, and sends secrets back in headers."""

    def __init__(self) -> None:
        self.seen: list[dict[str, str]] = []
        echo = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                echo.seen.append(dict(self.headers.items()))
                path = urlsplit(self.path).path
                basic = base64.b64encode(f"tester:{MARKS['password']}".encode()).decode()
                wanted = self.headers.get("Authorization") == f"Basic {basic}"
                if path == "/2.html":
                    self.connection.close()
                    return
                status = 401 if not wanted else 404 if path in {"/gone.html", "/robots.txt", "/sitemap.xml"} else 200
                body = PAGE.format(title=f"页面{path}").encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Set-Cookie", f"session={MARKS['session']}; Path=/; HttpOnly")
                self.send_header("X-Echo", str(self.headers.get("X-Token")))
                self.send_header("X-Echo-Auth", str(self.headers.get("Authorization")))
                self.send_header("X-Echo-Cookie", str(self.headers.get("Cookie")))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request, client_address):
                """A connection that breaks is part of the test."""

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def echo():
    served = Echo()
    yield served
    served.close()


def open_all(name: str, content: bytes):
    """Yield a file and everything packed in it."""
    yield name, content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield from open_all(f"{name}/{inner}", archive.read(inner))
    elif content[:2] == b"\x1f\x8b":
        yield f"{name} unpacked", gzip.decompress(content)


def list_encodings(mark: str) -> set[bytes]:
    """Every form in which a mark may be carried: plain, and in base64 at each of the three offsets."""
    forms = {mark.encode()}
    for pad in range(3):
        encoded = base64.b64encode(b"x" * pad + mark.encode()).decode()
        forms.add(encoded[(pad * 8 + 5) // 6 : len(encoded) - 4].encode())
    return forms


def find_marks(folder):
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            for name, content in open_all(str(path.relative_to(folder)), path.read_bytes()):
                found += [
                    (name, kind) for kind, mark in MARKS.items() if any(f in content for f in list_encodings(mark))
                ]
    return found


def run_audit(tmp_path, *arguments):
    return run_command(
        ["audit", *arguments, "-r", "xh20", "--browser", "never", "--out", str(tmp_path / "run")], load_messages("en")
    )


@pytest.mark.parametrize("place", ["option", "address"])
def test_no_secret_stands_in_the_run_folder(echo, tmp_path, monkeypatch, capsys, place):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN", MARKS["header"])
    (tmp_path / "cookies.txt").write_text(
        f"portal.invalid\tFALSE\t/\tFALSE\t0\tgiven\t{MARKS['cookie']}\n", encoding="utf-8"
    )
    user = f"tester:{MARKS['password']}"
    target = "http://portal.invalid/" if place == "option" else f"http://{user}@portal.invalid/"
    options = ["--auth", user] if place == "option" else []
    code = run_audit(
        tmp_path,
        target,
        *options,
        *("--header", "X-Token: env:TOKEN", "--cookie-jar", "cookies.txt"),
        *("--proxy", f"http://u:{MARKS['proxy']}@127.0.0.1:{echo.port}", "--rate", "0"),
    )
    said = "".join(capsys.readouterr())
    assert code == 0, said
    home = [seen for seen in echo.seen if "Authorization" in seen]
    assert all(seen["X-Token"] == MARKS["header"] for seen in home)
    assert any(MARKS["cookie"] in seen.get("Cookie", "") for seen in home)
    assert any(MARKS["session"] in seen.get("Cookie", "") for seen in home)
    assert all("Proxy-Authorization" in seen for seen in echo.seen)
    assert not [mark for mark in MARKS.values() if mark in said]
    assert (tmp_path / "run" / "report.html").is_file()
    assert find_marks(tmp_path / "run") == []


def test_headers_are_masked_and_there_are_no_request_records(echo, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    user = f"tester:{MARKS['password']}"
    run_audit(
        tmp_path, "http://portal.invalid/", "--auth", user, "--proxy", f"http://127.0.0.1:{echo.port}", "--rate", "0"
    )
    capsys.readouterr()
    path = tmp_path / "run" / "snapshot.wacz"
    texts = [content for name, content in open_all("wacz", path.read_bytes()) if name.endswith("unpacked")]
    assert any(b"session=***; Path=/; HttpOnly" in text for text in texts)
    assert not any(re.search(rb"WARC-Type: request", text) for text in texts)


def test_marks_would_be_found(tmp_path):
    """The search itself: plain, in base64, in gzip, in a zip."""
    packed = gzip.compress(b"x " + base64.b64encode(f"tester:{MARKS['password']}".encode()))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("inner.gz", packed)
    (tmp_path / "plain.log").write_text(MARKS["cookie"], encoding="utf-8")
    assert find_marks(tmp_path) == [("a.zip/inner.gz unpacked", "password"), ("plain.log", "cookie")]


def test_trace_of_our_own_fault_is_masked(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def fail(*_):
        raise RuntimeError(f"it broke over {MARKS['password']}")

    monkeypatch.setattr("auditor.pipeline.collect_target", fail)
    code = run_audit(tmp_path, "http://portal.invalid/", "--auth", f"tester:{MARKS['password']}")
    said = "".join(capsys.readouterr())
    assert code == 4
    trace = next(tmp_path.glob("auditor-trace-*")).read_text(encoding="utf-8")
    assert "it broke over ***" in trace
    assert MARKS["password"] not in trace + said
