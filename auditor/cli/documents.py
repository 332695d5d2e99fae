"""The documents that are made from the code: the command reference, the rule catalogue, the schema of the result."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from auditor.cli.commands import build_cli
from auditor.cli.jsonlog import describe_log
from auditor.messages import Language, Messages, load_messages
from auditor.model.outcomes import Check
from auditor.result import describe_result
from auditor.rules.editor import describe_files
from auditor.rules.language import list_uses, load_language
from auditor.rules.load import Rulebook, list_standards, load_rulebook
from auditor.rules.schema import Standard

LANGUAGES: tuple[Language, ...] = ("zh", "en")
_SHOWN = 4
NOTE = "<!-- made from the code by tests/generated/accept.py; do not edit -->\n"


def list_documents() -> Mapping[Path, str]:
    """Return the text of every generated document, by its path in the project."""
    return {
        Path("docs/commands.md"): NOTE + "\n".join(describe_commands()),
        Path("docs/rules.md"): NOTE + "\n".join(describe_catalogue(load_rulebook(list_standards()))),
        Path("docs/language.md"): NOTE + "\n".join(describe_language(load_rulebook(list_standards()))),
        Path("reports/schema/result.schema.json"): dump_schema(describe_result()),
        Path("reports/schema/log.schema.json"): dump_schema(describe_log()),
        **{Path("rulesets/schema") / name: dump_schema(schema) for name, schema in describe_files().items()},
    }


def dump_schema(schema: Mapping[str, Any]) -> str:
    """Return a schema as the text of its file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def say_both(key: str) -> str:
    """Return a text of the catalogue in Chinese and in English."""
    return " / ".join(load_messages(language).say(key) for language in LANGUAGES)


def describe_commands() -> Iterator[str]:
    """Yield the command reference: the help of every command, in Chinese and in English."""
    yield f"# {say_both('cli.document_commands')}\n"
    groups = [build_cli(load_messages(language)) for language in LANGUAGES]
    for path in list_paths(groups[0]):
        yield f"## `{' '.join(path)}`\n"
        for group in groups:
            yield "```\n" + render_help(group, path) + "\n```\n"


def list_paths(command: click.Command, path: tuple[str, ...] = ("auditor",)) -> Iterator[tuple[str, ...]]:
    """Yield the path of a command and of all below it."""
    yield path
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from list_paths(command.commands[name], (*path, name))


def render_help(group: click.Group, path: tuple[str, ...]) -> str:
    """Return the help of one command, 100 columns wide."""
    command: click.Command = group
    context = click.Context(group, info_name=path[0], max_content_width=100, terminal_width=100)
    for name in path[1:]:
        if not isinstance(command, click.Group):
            break
        command = command.commands[name]
        context = click.Context(command, info_name=name, parent=context, max_content_width=100, terminal_width=100)
    return command.get_help(context)


def describe_catalogue(rulebook: Rulebook) -> Iterator[str]:
    """Yield the rule catalogue: every written rule, and every clause with the rule that serves it."""
    yield f"# {say_both('cli.document_rules')}\n"
    chinese, english = load_messages("zh"), load_messages("en")
    for name in sorted(rulebook.rules):
        yield f"## {name}\n"
        for messages in (chinese, english):
            yield from list_explanation(rulebook, name, messages)
            yield ""
    for loaded in rulebook.standards:
        standard = loaded.standard
        yield f"# {standard.code}: {standard.title.zh} / {standard.title.en}\n"
        yield f"{describe_coverage(standard)}\n"
        columns = " | ".join(say_both(f"cli.{key}") for key in ("rule_asks", "rule_check", "rule"))
        yield f"| | | {columns} |\n|---|---|---|---|---|"
        for clause in standard.clauses:
            asks = f"{clause.asks.zh}<br>{clause.asks.en}"
            if clause.reading is not None:
                parts = ((chinese, clause.reading.zh), (english, clause.reading.en))
                asks += "".join(f"<br>*{one.say('cli.rule_reading')}: {text}*" for one, text in parts)
            rule = "" if clause.rule is None else f"{clause.rule}{' (planned)' if clause.status == 'planned' else ''}"
            yield f"| {clause.id} | {clause.clause} | {asks} | {clause.check} | {rule} |"
        yield ""


def describe_language(rulebook: Rulebook) -> Iterator[str]:
    """Yield the page of the rule language: each need with its words, an example, and rules that use them."""
    yield f"# {say_both('cli.document_language')}\n\n{say_both('cli.document_language_note')}\n"
    uses = tuple(list_uses(rulebook.rules, (one.standard for one in rulebook.standards)))
    for row in load_language():
        yield f"## {row.need.zh} / {row.need.en}\n"
        for word in row.words:
            found = [use.id for use in uses if word in use.words]
            shown = ", ".join(found[:_SHOWN]) or say_both("cli.document_unused")
            yield f"- `{word}`: {shown}{' ...' if len(found) > _SHOWN else ''}"
        example = row.example or row.clauses
        yield "" if example is None else f"\n```yaml\n{example}```\n"


def describe_coverage(standard: Standard) -> str:
    """Return how many clauses of each kind of check have a rule, or wait for a person: `auto` 5/46, `attested` 15."""
    kinds = {kind: [clause for clause in standard.clauses if clause.check is kind] for kind in Check}
    served = {kind: sum(clause.status == "written" for clause in clauses) for kind, clauses in kinds.items()}
    counts = (
        str(len(clauses)) if kind is Check.ATTESTED else f"{served[kind]}/{len(clauses)}"
        for kind, clauses in kinds.items()
    )
    return ", ".join(f"`{kind}` {count}" for kind, count in zip(kinds, counts, strict=True))


def list_explanation(rulebook: Rulebook, name: str, messages: Messages) -> Iterator[str]:
    """Yield what `rules show` says of a rule, as a list."""
    for heading, body in rulebook.explain(name, messages.language):
        first, *more = body.splitlines()
        if not more:
            yield f"- **{messages.say(f'cli.rule_{heading}')}** {first}"
            continue
        yield f"- **{messages.say(f'cli.rule_{heading}')}**"
        yield from (f"  - {line}" for line in (first, *more))
