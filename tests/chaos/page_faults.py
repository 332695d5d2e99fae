"""Faults of what a page holds: traps, markup without measure, wrong types, bytes that are no text."""

from __future__ import annotations

import itertools
import random

from auditor.model.attempts import AttemptReason as Why
from tests.chaos.faultserver import make_page
from tests.chaos.peer import Handler, Peer, page
from tests.chaos.table import Fault, done, skipped

_DONE = (done(),)
_JUMP = (done(),)
_CHINESE = "政府信息公开指南，说明本机关主动公开的信息和办理的事项。" * 40
_PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Length 99999 >>\nstream\nabc"
_SKIPPED_FILE = (skipped(Why.OUT_OF_SCOPE), done())


def _html(body: str, title: str = "正文") -> str:
    return f"<html><head><title>{title}</title></head><body>{body}</body></html>"


async def _open_calendar(peer: Peer) -> None:
    """Every day leads to the days around it, for ever."""
    digits = peer.path.partition("day=")[2]
    day = int(digits) if digits.isdigit() else 0
    days = [(f"/fault/calendar.html?day={day + step}", f"{day + step}日") for step in (-1, 1, 7, 30, 365)]
    await peer.respond(make_page(f"日历{day}", [], days))


def _make_sessions(name: str) -> Handler:
    """Every page gives each reader's links a new session number."""
    dice = random.Random(7)

    async def handle(peer: Peer) -> None:
        key = f"{dice.getrandbits(64):016x}"
        await peer.respond(
            make_page("会话", [], [(f"/fault/{name}.html?PHPSESSID={key}&a={n}", f"{n}") for n in range(9)])
        )

    return handle


def _make_path_sessions() -> Handler:
    numbers = itertools.count()

    async def handle(peer: Peer) -> None:
        links = [(f"/fault/insession/S({next(numbers):08d})/{n}.html", f"第{n}页") for n in range(9)]
        await peer.respond(make_page("会话", [], links))

    return handle


async def _go_deeper(peer: Peer) -> None:
    folder = peer.path.rpartition("/")[0]
    depth = folder.count("/")
    await peer.respond(
        make_page(f"深{depth}", [], [(f"{folder}/d{depth}/x.html", "更深"), (f"{folder}/same/x.html", "同")])
    )


async def _spread(peer: Peer) -> None:
    """A mirror: the same content under ever new names."""
    links = [(f"/fault/mirror/{hash((peer.path, n)) & 0xFFFFFF:x}.html", f"镜像{n}") for n in range(9)]
    await peer.respond(make_page("镜像", [], links))


def _fault(name: str, body: bytes | str, media: str = "text/html; charset=utf-8", **more: object) -> Fault:
    return Fault(name, page(body, media=media), _DONE, **more)  # type: ignore[arg-type]


def _big(name: str, piece: str, count: int, before: str = "", after: str = "") -> Fault:
    return _fault(name, _html(before + piece * count + after))


FAULTS = (
    _fault(
        "million_links", "<body>" + "".join(f"<a href=/m/{n}>x</a>" for n in range(900_000))[:19_900_000], allowed=6000
    ),
    _big("deep_nesting", "<div>", 500_000),
    _big("deep_tables", "<table><tr><td>", 100_000),
    _big("deep_formatting", "<b><i><a href=x>", 60_000),
    _big("unclosed_tags", "<p", 2_000_000),
    _big("unclosed_comments", "<!--", 2_000_000),
    _big("open_brackets", "<", 5_000_000),
    _big("options", "<option value=/o>一</option>", 100_000, "<select>", "</select>"),
    _big("attributes", ' a="b" c', 300_000, "<div ", ">x</div>"),
    _big("forms", "<form><input name=a></form>", 100_000),
    _big("iframes", "<iframe src=/fault/frames.html></iframe>", 50_000),
    _big("entities", "&amp;&#x4e2d;&nosuch;", 300_000),
    _big("spaces", " \n", 3_000_000),
    _big("long_word", "长", 3_000_000),
    _big("long_numbers", "2024", 1_000_000),
    _big("digits_and_dashes", "2024-1-", 500_000),
    _big("script_braces", "{", 1_000_000, "<script>var a='", "'</script>"),
    _big("script_quotes", "'/a", 500_000, "<script>", "</script>"),
    _big("style_long", "a{b:c}", 500_000, "<style>", "</style>"),
    _big("svg_in_math", "<svg><math>", 50_000),
    _fault("huge_title", _html(_CHINESE, "题" * 2_000_000)),
    _fault("huge_link_words", _html(f"<a href=/x1>{'字' * 1_000_000}</a><a href='/{'y' * 1_000_000}'>z</a>")),
    _fault("base_elsewhere", _html("<base href='http://169.254.169.254/'><a href=latest/meta-data/>x</a>")),
    _fault("nuls", _html("政府\x00信息" * 1000, "题\x00目")),
    _fault("invalid_utf8", _html("").encode() + _CHINESE.encode() + b"\xff\xfe\xfd\xc0\x80" * 999),
    _fault("surrogates", _html("").encode() + b"\xed\xa0\x80\xed\xb0\x80" * 999 + b"&#xD800;&#xDFFF;"),
    _fault("control_letters", _html("".join(map(chr, range(1, 32))) + "\u202e\u2066\ufeff\u200b" * 99)),
    _fault("utf16_without_mark", _html(_CHINESE).encode("utf-16-le"), "text/html"),
    _fault("utf32", _html(_CHINESE).encode("utf-32"), "text/html"),
    _fault("utf7", b"<html>+/v8- +ADw-script+AD4-alert(1)+ADw-/script+AD4-", "text/html; charset=utf-7"),
    _fault("charset_of_python", _html(_CHINESE).encode(), "text/html; charset=unicode_escape"),
    _fault("charset_absurd", _html(_CHINESE).encode(), "text/html; charset=" + "x" * 20_000),
    _fault("empty_body", b""),
    _fault("blank_body", b" \r\n\t" * 1000),
    _fault("one_letter", b"<"),
    _fault(
        "script_jump_loop",
        _html("<script>location.href='/fault/script_jump_loop2.html'</script>"),
        serves={
            "/fault/script_jump_loop2.html": page(
                _html("<script>location.href='/fault/script_jump_loop.html'</script>")
            )
        },
    ),
    _fault(
        "refresh_loop",
        '<html><head><meta http-equiv="refresh" content="0;url=/fault/refresh_loop2.html"></head></html>',
        serves={
            "/fault/refresh_loop2.html": page(
                '<html><head><meta http-equiv="refresh" content="0;url=/fault/refresh_loop.html"></head></html>'
            )
        },
    ),
    _fault(
        "refresh_to_loopback", '<html><head><meta http-equiv="refresh" content="0;url=http://127.0.0.1/"></head></html>'
    ),
    _fault("frames", _html("<iframe src=/fault/frames.html></iframe><iframe src=/fault/frames.html?2></iframe>")),
    _fault(
        "frameset", "<html><frameset><frame src=/fault/frameset.html><frame src='javascript:x()'></frameset></html>"
    ),
    Fault("calendar", _open_calendar, _DONE, allowed=700),
    Fault("sessions_in_query", _make_sessions("sessions_in_query"), _DONE, allowed=700),
    Fault(
        "sessions_in_path",
        _make_path_sessions(),
        _DONE,
        serves={"/fault/insession/*": _make_path_sessions()},
        allowed=2500,
    ),
    Fault("deeper_paths", _go_deeper, _DONE, serves={"/fault/*": _go_deeper}, allowed=400),
    Fault("mirror", _spread, _DONE, serves={"/fault/mirror/*": _spread}, allowed=2500),
    _fault("html_as_bytes", _html(_CHINESE), "application/octet-stream"),
    _fault("html_as_image", _html(_CHINESE), "image/png"),
    _fault("html_as_text", _html(_CHINESE), "text/plain"),
    _fault("media_type_absurd", _html(_CHINESE), "text/html" * 2000),
    _fault("pdf_as_html", _PDF * 200),
    _fault("image_as_html", b"\x89PNG\r\n\x1a\n" + random.Random(7).randbytes(3_000_000)),
    Fault("pdf_truncated", page(_PDF, media="application/pdf"), _SKIPPED_FILE, at="/fault/truncated.pdf"),
    Fault("zip_as_pdf", page(b"PK\x03\x04" + bytes(99), media="application/pdf"), _SKIPPED_FILE, at="/fault/zip.pdf"),
)
