"""The command that begins a rule: its questions and options."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from auditor.cli import console
from auditor.errors import InputError
from auditor.messages import Messages
from auditor.rules import load as rules_load
from auditor.rules.outline import FORMS, Order, check_id, list_fields, list_kinds, write_outline

SUBJECTS = {"site": "", "unit": ""}
Command = tuple[str, Callable[..., int], tuple[Any, ...]]


def run_rules_new(messages: Messages, folder: Path, **given: Any) -> int:
    """Ask for what was not given, and write the rule file. Never overwrites."""
    path = folder / rules_load.LIBRARY / f"{_ask_id(messages, given, folder)}.yaml"
    text = write_outline(_ask_order(messages, given))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InputError("rule_exists", str(path)) from error
    console.show_written(path, messages)
    return 0


def list_writing(option: Callable[..., Any]) -> Iterator[Command]:
    """Yield the command: name, what it runs, its options."""
    new = (
        click.argument("name", metavar="[ID]", required=False),
        option("--folder", type=click.Path(path_type=Path, file_okay=False), default=Path(), metavar="DIR"),
        option("--subject", type=click.Choice(["site", "unit"])),
        option("--value", metavar="VALUE"),
        option("--field", metavar="FIELD"),
        option("--form", type=click.Choice(FORMS)),
        option("--fact", metavar="KIND"),
        option("--title-en", metavar="TEXT"),
        option("--title-zh", metavar="TEXT"),
    )
    yield "new", run_rules_new, new


# ---- questions -----------------------------------------------------------------------------------


def _ask_id(messages: Messages, given: dict[str, Any], folder: Path) -> str:
    """Return the id of the rule. Raises InputError for one that is taken, before anything else is asked."""
    given["name"] = given["name"] or _ask(messages, "id")
    check_id(given["name"])
    own = folder / rules_load.LIBRARY / f"{given['name']}.yaml"
    if own.exists() or given["name"] in rules_load.list_rules():
        raise InputError("rule_exists", str(own) if own.exists() else given["name"])
    return str(given["name"])


def _ask_order(messages: Messages, given: dict[str, Any]) -> Order:
    asked = given["form"] is None or given["fact"] is None
    title_zh = given["title_zh"] or _ask(messages, "title_zh")
    title_en = given["title_en"] or _ask(messages, "title_en")
    fact: str = given["fact"] or _ask(messages, "fact", _name_all(messages, "kind", list_kinds()))
    form: Any = given["form"] or _ask(messages, "form", _name_all(messages, "form", FORMS))
    subject: Any = given["subject"] or (_ask(messages, "subject", SUBJECTS) if asked else "site")
    field, value = given["field"], given["value"]
    if field is None and (asked or form != "present"):
        field = _ask(messages, "field", dict.fromkeys(list_fields(fact, form, subject), ""))
        value = value or (_ask(messages, "value", default="") if form != "dated" else None)
    return Order(given["name"], title_zh, title_en, fact, form, field, value or None, subject)


def _name_all(messages: Messages, part: str, names: Iterable[str]) -> dict[str, str]:
    return {name: messages.say(f"writing.{part}_{name}") for name in names}


def _ask(
    messages: Messages, question: str, choices: Mapping[str, str] | None = None, default: str | None = None
) -> str:
    """Return the answer to a question; where it has choices, one of them."""
    if choices:
        console.show_choices(choices)
    wrong = messages.say("usage.value_choice", choices=", ".join(choices or ()))
    return console.ask_one(messages.say(f"writing.ask_{question}"), tuple(choices or ()), wrong, default)
