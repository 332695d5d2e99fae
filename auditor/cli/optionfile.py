"""Options in a file: `auditor.toml` in the current folder, or the file of `--config`; the command line wins over it."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from auditor.errors import InputError, Problem, RulesetError

FILE_NAME = "auditor.toml"

_NOT_IN_FILE = frozenset({"config", "lang", "resume", "help"})
_LINE = re.compile(r"line (\d+)")


def add_config(
    option: Callable[..., Callable[[Any], Any]], known: Callable[[], click.Group], tell: Callable[[Path], None]
) -> Callable[[Any], Any]:
    """Return the decorator of `--config`.

    `known` returns all commands, whose options may stand in the file; `tell` says that one was found unasked.
    """

    def read(context: click.Context, _: click.Parameter, path: Path | None) -> None:
        given = path or Path(FILE_NAME)
        if path is None and not given.is_file():
            return
        values = read_options(given, list_options(known()))
        names = {name: parameter.name for parameter in context.command.params for name in name_keys(parameter)}
        if path is None:
            tell(given)
        own = {names[key]: value for key, value in values.items() if key in names}
        context.default_map = {str(name): value for name, value in own.items()}

    return option(
        "--config", type=click.Path(path_type=Path), metavar="FILE", is_eager=True, expose_value=False, callback=read
    )


def name_keys(parameter: click.Parameter) -> tuple[str, ...]:
    """Return the names under which an option stands in the file: its long ones."""
    if not isinstance(parameter, click.Option):
        return ()
    names = (name.removeprefix("--") for name in parameter.opts if name.startswith("--"))
    return tuple(name for name in names if name not in _NOT_IN_FILE)


def list_options(group: click.Group) -> Mapping[str, click.Option]:
    """Return every option that may stand in the file: those of the commands that read it."""
    commands = [command for command in group.commands.values() if any(item.name == "config" for item in command.params)]
    return {
        name: parameter
        for command in commands
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for name in name_keys(parameter)
    }


def read_options(path: Path, known: Mapping[str, click.Option]) -> dict[str, Any]:
    """Read a file of options.

    Raises InputError (config_unreadable), and RulesetError with all problems (config_syntax, config_key, config_type,
    config_value), each with file and line; never with a value.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        raise RulesetError((Problem("config_syntax", str(path), int(found[1]) if found else None),)) from error
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", None) or type(error).__name__
        raise InputError("config_unreadable", str(path), cause=cause) from error
    problems = tuple(_list_problems(path, text, values, known))
    if problems:
        raise RulesetError(problems)
    return {key: _give_back(value, known[key]) for key, value in values.items()}


def _list_problems(
    path: Path, text: str, values: Mapping[str, Any], known: Mapping[str, click.Option]
) -> Iterator[Problem]:
    for key, value in values.items():
        line = find_line(text, key)
        option = known.get(key)
        if option is None:
            near = ", ".join(difflib.get_close_matches(key, known, n=3)) or ", ".join(sorted(known))
            yield Problem("config_key", str(path), line, values={"key": key, "near": near})
            continue
        wanted = name_wanted(option)
        if not _has_type(value, wanted):
            yield Problem("config_type", str(path), line, values={"key": key, "wanted": wanted})
        elif not _is_accepted(value, option):
            yield Problem("config_value", str(path), line, values={"key": key, "wanted": describe_values(option)})


def find_line(text: str, key: str) -> int | None:
    """Return the line on which a key of the top level, or a table of its name, first stands."""
    name = rf"(?:{re.escape(key)}|'{re.escape(key)}'|\"{re.escape(key)}\")"
    pattern = re.compile(rf"\s*(?:{name}\s*[=.]|\[+\s*{name}\s*[].])")
    return next((number for number, line in enumerate(text.splitlines(), start=1) if pattern.match(line)), None)


def name_wanted(option: click.Option) -> str:
    """Return which TOML type an option takes: bool, list, int, float, date or str."""
    if option.is_flag:
        return "bool"
    if option.multiple:
        return "list"
    kind = option.type
    if isinstance(kind, click.DateTime):
        return "date"
    if isinstance(kind, click.types.IntParamType):
        return "int"
    return "float" if isinstance(kind, click.types.FloatParamType) else "str"


def describe_values(option: click.Option) -> str:
    """Return which values an option takes, as the help writes it."""
    kind = option.type
    if isinstance(kind, click.Choice):
        return ", ".join(map(str, kind.choices))
    low, high = getattr(kind, "min", None), getattr(kind, "max", None)
    if low is not None or high is not None:
        return f"{'' if low is None else low}..{'' if high is None else high}"
    return "YYYY-MM-DD" if isinstance(kind, click.DateTime) else (option.metavar or kind.name)


def _has_type(value: object, wanted: str) -> bool:
    if wanted == "bool" or isinstance(value, bool):
        return wanted == "bool" and isinstance(value, bool)
    if wanted == "list":
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value))
    kinds: Mapping[str, tuple[type, ...]] = {
        "int": (int,),
        "float": (int, float),
        "date": (str, date),
        "str": (str,),
    }
    return isinstance(value, kinds[wanted])


def _is_accepted(value: object, option: click.Option) -> bool:
    given = _give_back(value, option)
    try:
        for item in given if isinstance(given, list) else [given]:
            option.type.convert(item, None, None)
    except click.ClickException:
        return False
    return True


def _give_back(value: object, option: click.Option) -> object:
    """Return a value as click takes it; one text for an option that repeats is a list of one."""
    if option.multiple and isinstance(value, str):
        return [value]
    return value.isoformat()[:10] if isinstance(value, date) else value
