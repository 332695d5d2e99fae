"""The report as one HTML file: nothing is asked from outside, and nothing from the site is trusted."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.messages import Messages
from auditor.model.results import Result
from auditor.report.page import show_page
from auditor.resources import find_resource

_HAN = re.compile(r"[\u3400-\u9fff]")
_LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


def render_html(result: Result, messages: Messages, screenshots: Mapping[str, bytes]) -> bytes:
    """Return the report in the language of the messages; `screenshots` are PNG by record id."""
    page = show_page(result, messages, screenshots)
    style, script = _read_asset("report.css"), _read_asset("report.js")
    document = (
        _make_environment(messages)
        .get_template("report.html.j2")
        .render(
            page=page,
            language=_LANGUAGE_TAGS[messages.language],
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            policy=_write_policy(style, script),
        )
    )
    return document.encode("utf-8", errors="replace")


def _make_environment(messages: Messages) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(find_resource("reports") / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def say(key: str, **values: object) -> str:
        return messages.say(f"report.{key}", **values)

    def isolate(text: str) -> Markup:
        """Wrap text of the site's so that its direction stays inside; name its language where it differs."""
        if messages.language == "en" and _HAN.search(text):
            return Markup('<bdi lang="zh-CN">{}</bdi>').format(escape(text))
        return Markup("<bdi>{}</bdi>").format(escape(text))

    environment.globals["say"] = say
    environment.filters["own"] = isolate
    return environment


@cache
def _read_asset(name: str) -> str:
    path: Path = find_resource("reports") / "assets" / name
    return path.read_text(encoding="utf-8").strip()


def _write_policy(style: str, script: str) -> str:
    """Return the content security policy: only our style and script run, only embedded pictures show."""
    hashes = [b64encode(sha256(text.encode()).digest()).decode("ascii") for text in (style, script)]
    return (
        f"default-src 'none'; img-src data:; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; "
        "base-uri 'none'; form-action 'none'"
    )
