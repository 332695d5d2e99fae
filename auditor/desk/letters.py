"""Letters (DOCX): the notice of problems to a unit, from a template that users change in a word processor."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from auditor.desk.documents import choose_rows, make_wording
from auditor.errors import InputError
from auditor.messages import Messages
from auditor.model.outcomes import ClauseClass
from auditor.model.results import Result
from auditor.model.targets import spell_unit
from auditor.recheck.visits import DEADLINES_FILE, read_deadlines
from auditor.report.rows import Row, is_problem, list_faulty, list_responsible, list_rows
from auditor.report.wording import Wording, clean_text
from auditor.resources import find_resource
from auditor.result import read_result
from auditor.runfolder.files import make_run_folder, replace_kept, write_file

MOST_ADDRESSES = 5
MOST_PASSAGES = 2
_MOST_NAME = 60
_EPOCH = (1980, 1, 1, 0, 0, 0)
_DIGITS = "〇一二三四五六七八九"
_TEN, _HUNDRED = 10, 100
_QUOTED = re.compile(r"'([^']+)'")
_UNFIT = re.compile(r"[^\w.-]+")
_CHANGES_BY_CLOCK = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


@dataclass(frozen=True)
class Letter:
    """What a letter is asked to say, beside the problems. Without a template, the one of the language is used."""

    today: date
    deadline: date | None = None
    template: Path | None = None


def write_letters(
    run: Path, messages: Messages, letter: Letter, unit: str | None, out: Path | None
) -> tuple[tuple[Path, ...], tuple[Path, ...]]:
    """Write a letter to one unit, or to each that has problems; return their paths, and those of earlier ones kept.

    Raises InputError for an unknown unit, a deadline that is over, a template that is none, and where nothing failed.
    """
    if letter.deadline is not None and letter.deadline < letter.today:
        raise InputError("deadline_over", letter.deadline.isoformat(), today=letter.today.isoformat())
    result = read_result(run)
    wording = make_wording(result, messages)
    choose_rows(result, wording, unit)
    problems = group_problems(result, wording)
    names = None if unit is None else {unit, spell_unit(result.target.units, unit)}
    wanted = [name for name in problems if names is None or name in names]
    if not wanted:
        raise InputError("letter_without_problems", unit or str(run))
    folder = make_run_folder(out or (run if run.is_dir() else run.parent) / "letters")
    if letter.deadline is not None:
        rows = [row for name in wanted for row in problems[name]]
        keep_deadlines(run if run.is_dir() else run.parent, rows, letter.deadline)
    written: list[Path] = []
    kept: list[Path] = []
    for name, path in name_letters(folder, wanted).items():
        earlier = replace_kept(path, render_letter(result, wording, name, problems[name], letter))
        written.append(path)
        kept.extend([earlier] if earlier is not None else [])
    return tuple(written), tuple(kept)


def name_letters(folder: Path, units: Sequence[str]) -> Mapping[str, Path]:
    """Return the file of each unit's letter: its name, with a number where two units come to the same."""
    paths: dict[str, Path] = {}
    for unit in units:
        plain = _UNFIT.sub("_", unit).strip("_.")[:_MOST_NAME] or "letter"
        names = (f"{plain}{'' if number == 1 else f'-{number}'}.docx" for number in count(1))
        paths[unit] = next(folder / name for name in names if folder / name not in paths.values())
    return paths


def list_strays(written: Sequence[Path]) -> tuple[Path, ...]:
    """Return the other letters that lie beside those that were written: of an earlier time, or kept."""
    folders = {path.parent for path in written}
    return tuple(sorted(path for folder in folders for path in folder.glob("*.docx") if path not in written))


def keep_deadlines(folder: Path, rows: Sequence[Row], deadline: date) -> None:
    """Note the deadline of problems beside their result, for the re-check; a later letter sets a new one."""
    known = {**read_deadlines(folder), **{row.finding.fingerprint: deadline for row in rows}}
    content = json.dumps({name: known[name].isoformat() for name in sorted(known)}, indent=1) + "\n"
    write_file(folder / DEADLINES_FILE, content.encode())


def group_problems(result: Result, wording: Wording) -> Mapping[str, list[Row]]:
    """Return the problems of each unit, the gravest first; units in the order of the result."""
    ranks = {class_: rank for rank, class_ in enumerate(ClauseClass)}
    groups: dict[str, list[Row]] = {}
    for row in list_rows(result, wording):
        if is_problem(row):
            for name in list_responsible(row, wording):
                groups.setdefault(name, []).append(row)
    return {name: sorted(rows, key=lambda row: ranks[row.clause.class_]) for name, rows in groups.items()}


def render_letter(result: Result, wording: Wording, unit: str, rows: Sequence[Row], letter: Letter) -> bytes:
    """Return the bytes of one letter. Raises InputError for a template that is none or asks for what there is not."""
    language = wording.messages.language
    path = letter.template or find_resource("reports") / "templates" / f"notice.{language}.docx"
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    buffer = io.BytesIO()
    try:
        template = DocxTemplate(path)
        template.render(describe_letter(result, wording, unit, rows, letter), environment, autoescape=True)
        template.save(buffer)
    except UndefinedError as error:
        name = next(iter(reversed(_QUOTED.findall(str(error)))), str(error))
        raise InputError("template_name", str(path), name=clean_text(name, 300)) from error
    except TemplateError as error:
        raise InputError("template_broken", str(path), cause=clean_text(str(error), 300)) from error
    except Exception as error:  # a file that is no DOCX breaks its reader in any way
        raise InputError("template_unreadable", str(path), cause=type(error).__name__) from error
    return _settle(buffer.getvalue())


def describe_letter(result: Result, wording: Wording, unit: str, rows: Sequence[Row], letter: Letter) -> dict[str, Any]:
    """Return the values that a template may use."""
    counts = Counter(row.clause.class_ for row in rows)
    return {
        "unit": clean_text(unit, 120),
        "site": clean_text(result.target.name, 120),
        "host": clean_text(result.target.hosts[0] if result.target.hosts else result.target.id, 120),
        "standards": name_standards({row.finding.ruleset for row in rows}, result, wording),
        "collected": wording.show_day(result.snapshot.started_at.astimezone(wording.zone).date()),
        "as_of": wording.show_day(result.as_of),
        "today": wording.show_day(letter.today),
        "deadline": wording.show_day(letter.deadline) if letter.deadline is not None else "",
        "count": len(rows),
        **{class_.value: counts[class_] for class_ in ClauseClass},
        "problems": [describe_problem(number, row, result, wording) for number, row in enumerate(rows, 1)],
    }


def name_standards(codes: set[str], result: Result, wording: Wording) -> str:
    """Return the titles of standards, in Chinese within their marks."""
    titles = [wording.pick(result.rulesets[code].title, 120) for code in sorted(codes) if code in result.rulesets]
    if wording.messages.language == "zh":
        return "、".join(map(mark_title, titles))
    return wording.join(titles)


def mark_title(title: str) -> str:
    """Return a Chinese title within its marks; a title inside of it gets the inner marks."""
    bare = title[1:-1] if _is_marked(title) else title
    return f"《{bare.replace('《', '〈').replace('》', '〉')}》"


def _is_marked(title: str) -> bool:
    """Tell whether the mark that begins a title closes at its last sign."""
    depth = 0
    for place, sign in enumerate(title):
        depth += (sign == "《") - (sign == "》")
        if depth <= 0:
            return sign == "》" and 0 < place == len(title) - 1
    return False


def describe_problem(number: int, row: Row, result: Result, wording: Wording) -> dict[str, Any]:
    """Return the values of one problem."""
    stamp = result.rulesets.get(row.finding.ruleset)
    addresses = list_faulty(row)
    return {
        "number": write_numeral(number) if wording.messages.language == "zh" else str(number),
        "clause": clean_text(row.finding.clause, 60),
        "place": row.number,
        "standard": wording.pick(stamp.title, 120) if stamp is not None else "",
        "title": row.title,
        "asks": row.asks,
        "class_word": row.class_word,
        "subject": "" if row.finding.subject.kind == "site" else row.subject,
        "reason": row.reason,
        "remedy": row.remedy,
        "passages": list(row.passages[:MOST_PASSAGES]),
        "addresses": [clean_text(text, 500) for text in addresses[:MOST_ADDRESSES]],
        "more": max(0, len(addresses) - MOST_ADDRESSES),
        "fingerprint": row.fingerprint,
    }


def write_numeral(number: int) -> str:
    """Return a number from 1 to 99 in Chinese numerals, a greater one in digits."""
    if number >= _HUNDRED:
        return str(number)
    tens, ones = divmod(number, _TEN)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def _settle(content: bytes) -> bytes:
    """Return the same document without the hour at which it was packed: the same letter is the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            data = _CHANGES_BY_CLOCK.sub(rb"\g<1>2000-01-01T00:00:00Z", old.read(entry))
            new.writestr(zipfile.ZipInfo(entry.filename, _EPOCH), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()
