"""The templates' surroundings: every value escaped, texts from one catalogue, text of sites kept apart."""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.messages import Messages
from auditor.resources import find_resource

LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}
_HAN = re.compile(r"[\u3400-\u9fff]")


def make_environment(messages: Messages, catalogue: str) -> Environment:
    """Return the surroundings of templates whose `say` reads one catalogue (`report`, `scorecard`).

    `own` wraps text of the site's so that its direction stays inside, and names its language where it differs.
    """
    environment = Environment(
        loader=FileSystemLoader(find_resource("reports") / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def say(key: str, **values: object) -> str:
        return messages.say(f"{catalogue}.{key}", **values)

    def word(key: str) -> str:
        return messages.say(f"words.{key}")

    def isolate(text: str) -> Markup:
        if messages.language == "en" and _HAN.search(text):
            return Markup('<bdi lang="zh-CN">{}</bdi>').format(escape(text))
        return Markup("<bdi>{}</bdi>").format(escape(text))

    environment.globals["say"] = say
    environment.globals["word"] = word
    environment.globals["language"] = LANGUAGE_TAGS[messages.language]
    environment.filters["own"] = isolate
    return environment


@cache
def read_asset(name: str) -> str:
    """Return a style or script that ships with the reports."""
    path: Path = find_resource("reports") / "assets" / name
    return path.read_text(encoding="utf-8").strip()


def write_style_policy(style: str) -> str:
    """Return the content security policy of a page with one style inside and no script."""
    digest = b64encode(sha256(style.encode()).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
