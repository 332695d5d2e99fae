"""The report as HTML: a page that opens at once, its details in script files beside it, and all of it in one file.

Nothing is asked from outside, and nothing from the site is trusted.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Literal
from zoneinfo import ZoneInfo

from jinja2 import Environment
from markupsafe import Markup

from auditor.messages import Messages
from auditor.model.results import Result
from auditor.report.beside import FOLDER, Beside
from auditor.report.copies import link_copies, show_copy
from auditor.report.details import list_details, pack_parts, write_script
from auditor.report.environment import LANGUAGE_TAGS, make_environment, read_asset
from auditor.report.page import PageView, show_page
from auditor.report.pictures import choose_pictures
from auditor.report.reading import show_reading
from auditor.report.tree import list_chapters
from auditor.report.wording import Wording
from auditor.resources import find_resource

Form = Literal["first", "whole", "paper"]

MOST_PRINTED = 500
_IMAGES = {"first": "'self'", "whole": "data:", "paper": "data:"}


def render_html(result: Result, messages: Messages, beside: Beside) -> dict[str, bytes]:
    """Return the report's files by their path in the run folder: `report.html` first, the rest in `report-files`.

    `report-files/whole.html` holds everything once more in one file, for readers without script and for paper.
    """
    page = show_page(result, messages, beside)
    environment = make_environment(messages, "report")
    details = _render_details(page, environment)
    parts = pack_parts(details)
    names = {anchor: name for name, held in parts.items() for anchor in held}
    files = {"report.html": _render_form(page, environment, messages, "first", names)}
    files |= {f"{FOLDER}/{name}.js": write_script("auditorPart", name, held) for name, held in parts.items()}
    files[f"{FOLDER}/search.js"] = write_script("auditorPart", "search", list_details(page))
    chosen = choose_pictures(result.findings, beside.screenshots)
    files |= {f"{FOLDER}/{picture.file}": beside.screenshots[record] for record, picture in chosen.items()}
    files |= _render_copies(result, environment, messages, beside)
    files[f"{FOLDER}/reading.html"] = (find_resource("reports") / "reading.html").read_bytes()
    files[f"{FOLDER}/whole.html"] = _render_form(page, environment, messages, "whole", {})
    return files


def render_whole(result: Result, messages: Messages, beside: Beside) -> bytes:
    """Return the report in one file."""
    page = show_page(result, messages, beside)
    return _render_form(page, make_environment(messages, "report"), messages, "whole", {})


def render_paper(result: Result, messages: Messages, beside: Beside) -> bytes:
    """Return the report as it is printed: every verdict, and the full evidence of what failed.

    A clause that failed for so many subjects that nobody would read them on paper is printed in short.
    """
    page = show_page(result, messages, beside)
    return _render_form(page, make_environment(messages, "report"), messages, "paper", {}, printed=choose_printed(page))


def choose_printed(page: PageView) -> frozenset[str]:
    """Return the anchors of the clauses whose evidence is printed in full: at most `MOST_PRINTED` findings."""
    room = MOST_PRINTED
    chosen = set()
    for clause in (clause for ruleset in page.rulesets for chapter in ruleset.chapters for clause in chapter.clauses):
        findings = len(clause.loud) + len(clause.quiet)
        if clause.is_open and findings <= room:
            chosen.add(clause.anchor)
            room -= findings
    return frozenset(chosen)


def render_reading(result: Result, languages: Iterable[Messages]) -> bytes:
    """Return the notes on reading with a result's own tree, every language one after another."""
    style = read_asset("report.css")
    parts, titles, names = [], [], []
    environment: Environment | None = None
    for messages in languages:
        wording = Wording(messages, ZoneInfo(result.target.timezone))
        own = make_environment(messages, "report")
        environment = environment or own
        tag = LANGUAGE_TAGS[messages.language]
        context = {"form": "whole", "files": "", "parts": {}, "language": tag}
        part = own.get_template("readingpart.html.j2").render(context, reading=show_reading(result, wording))
        parts.append(Markup(_localise_ids(part, tag)))  # noqa: S704 - a template's own output
        titles.append(wording.say("reading_title"))
        names.append((tag, wording.say("language_name")))
    if environment is None:
        raise ValueError("notes in no language")
    document = environment.get_template("reading.html.j2").render(
        language=names[0][0],
        languages=names,
        titles=titles,
        parts=parts,
        style=Markup(style),  # noqa: S704 - our own file
        policy=_write_policy(style, "", "whole"),
    )
    return document.encode("utf-8", errors="replace")


def _localise_ids(markup: str, tag: str) -> str:
    """Return markup in which ids of parts and links to clauses fit a page that holds several languages."""
    own = re.sub(r'id="leaves-', f'id="{tag}-leaves-', markup)
    return re.sub(r'<a href="#clause-[^"]*">(.*?)</a>', r"\1", own)


def _render_form(
    page: PageView,
    environment: Environment,
    messages: Messages,
    form: Form,
    parts: Mapping[str, str],
    *,
    printed: frozenset[str] = frozenset(),
) -> bytes:
    style, script = read_asset("report.css"), read_asset("report.js")
    document = environment.get_template("report.html.j2").render(
        page=page,
        form=form,
        parts=parts,
        printed=printed,
        files="" if form == "whole" else f"{FOLDER}/",
        language=LANGUAGE_TAGS[messages.language],
        style=Markup(style),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own file
        policy=_write_policy(style, script, form),
    )
    return document.encode("utf-8", errors="replace")


def _render_copies(result: Result, environment: Environment, messages: Messages, beside: Beside) -> dict[str, bytes]:
    """Return the stored copies of cited pages, by their path in the run folder."""
    wording = Wording(messages, ZoneInfo(result.target.timezone))
    template, style = environment.get_template("copy.html.j2"), read_asset("report.css")
    shared = {
        "form": "whole",
        "files": "",
        "parts": {},
        "language": LANGUAGE_TAGS[messages.language],
        "style": Markup(style),  # noqa: S704 - our own file
        "policy": _write_policy(style, "", "whole"),
    }
    return {
        f"{FOLDER}/{link.file}": template.render(
            shared, copy=show_copy(record, beside.pages[record], link, wording)
        ).encode("utf-8", errors="replace")
        for record, link in link_copies(result.findings, beside.pages).items()
    }


def _render_details(page: PageView, environment: Environment) -> dict[str, str]:
    """Return as markup, by anchor, what the first view leaves out: details of clauses, leaves of the score tree."""
    context = {"form": "first", "files": f"{FOLDER}/", "parts": {}}
    pieces = environment.get_template("parts.html.j2").make_module(context)
    tree = environment.get_template("treeparts.html.j2").make_module(context)
    clauses = [clause for ruleset in page.rulesets for chapter in ruleset.chapters for clause in chapter.clauses]
    details = {clause.anchor: str(pieces.detail(clause)) for clause in clauses}  # type: ignore[attr-defined]
    return details | {
        chapter.anchor: str(tree.leaves(chapter, standard.label))  # type: ignore[attr-defined]
        for standard, chapter in list_chapters(page.tree.root)
    }


def _write_policy(style: str, script: str, form: Form) -> str:
    """Return the content security policy: only our style and script run, only our own pictures show.

    The page beside which details lie may take them from there: from its own server, or from the disk it is opened on.
    """
    hashes = [b64encode(sha256(text.encode()).digest()).decode("ascii") for text in (style, script)]
    beside = " 'self'" if form == "first" else ""
    return (
        f"default-src 'none'; img-src {_IMAGES[form]}; style-src 'sha256-{hashes[0]}'; "
        f"script-src 'sha256-{hashes[1]}'{beside}; base-uri 'none'; form-action 'none'"
    )
