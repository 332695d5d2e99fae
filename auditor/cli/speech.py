"""Commands that speak the language of the catalogue: their help, their options' help, and what is wrong with a call."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click

from auditor.messages import Messages

_NEAR = 3
# More signs than the help of any command has: none is cut.
_WHOLE = 10_000


class Misuse(click.UsageError):
    """A wrong call that no class of click tells apart: the key of its sentence under `usage`, and the values in it."""

    def __init__(self, code: str, context: click.Context | None = None, **values: str) -> None:
        """Take the key and the values."""
        super().__init__(code, context)
        self.code = code
        self.values = values


class Option(click.Option):
    """An option whose notes are in the language of the catalogue."""

    def __init__(self, *arguments: Any, messages: Messages, **attributes: Any) -> None:
        """Take what click takes, and the catalogue."""
        super().__init__(*arguments, **attributes)
        self.messages = messages

    def get_help_extra(self, ctx: click.Context) -> Any:
        """Return the notes behind the help: whether the option must be given, which values it takes."""
        extra = super().get_help_extra(ctx)
        if "required" in extra:
            extra["required"] = self.messages.say("usage.required")
        return extra


class _Worded(click.Command):
    """What commands and groups of commands say alike in the language of the catalogue."""

    def __init__(self, *arguments: Any, messages: Messages, **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self.options_metavar = messages.say("usage.options_metavar")
        self.messages = messages

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_usage(self, ctx, formatter, self.messages)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _word_help(super().get_help_option(ctx), self.messages)


class Command(_Worded):
    """A command whose help and errors are in the language of the catalogue."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options."""
        _write_options(self, ctx, formatter, self.messages)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments. Raises Misuse for one too many."""
        ctx.allow_extra_args = True
        with _place(ctx):
            rest = super().parse_args(ctx, args)
        if rest and not ctx.resilient_parsing:
            raise Misuse("extra", ctx, what=" ".join(map(str, rest)))
        return rest


class Group(_Worded, click.Group):
    """A group of commands whose help and errors are in the language of the catalogue."""

    def __init__(self, *arguments: Any, messages: Messages, **attributes: Any) -> None:
        """Take what click takes, and the catalogue."""
        super().__init__(*arguments, messages=messages, **attributes)
        self.subcommand_metavar = messages.say("usage.command_metavar")
        self.no_args_is_help = False

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        _write_options(self, ctx, formatter, self.messages)
        rows = [(name, self.commands[name].get_short_help_str(_WHOLE)) for name in self.list_commands(ctx)]
        with formatter.section(self.messages.say("usage.commands")):
            formatter.write_dl(rows)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments. Raises Misuse where no command is named."""
        with _place(ctx):
            rest = super().parse_args(ctx, args)
        if not args and not ctx.resilient_parsing:
            raise Misuse("no_command", ctx)
        return rest

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is named. Raises Misuse for a name that is none."""
        if args and self.get_command(ctx, args[0]) is None and not ctx.resilient_parsing:
            near = _list_near(args[0], self.commands)
            raise Misuse("unknown_command_near" if near else "unknown_command", ctx, what=args[0], near=near)
        return super().resolve_command(ctx, args)


def describe_misuse(error: click.ClickException, messages: Messages) -> Iterator[str]:
    """Yield what is wrong with a call: the sentence, then how to learn more; the whole help where no command is named.

    Each class of click's errors has its sentence in the catalogue, for click's own sentences are English.
    """
    code, values = _name_misuse(error, messages)
    yield messages.say("errors.prefix") + messages.say("errors.usage", what=messages.say(f"usage.{code}", **values))
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        return
    if code == "no_command":
        yield context.get_help()
        return
    yield messages.say("usage.try", command=f"{context.command_path} --help")


def describe_value(kind: click.ParamType[Any], messages: Messages) -> str:
    """Return which values a parameter takes."""
    if isinstance(kind, click.Choice):
        return messages.say("usage.value_choice", choices=", ".join(map(str, kind.choices)))
    if isinstance(kind, click.DateTime):
        return messages.say("usage.value_date")
    if isinstance(kind, click.Path):
        return messages.say("usage.value_path")
    number = "whole" if isinstance(kind, click.types.IntParamType) else "number"
    if isinstance(kind, click.IntRange | click.FloatRange):
        least = "" if kind.min is None else f"{kind.min:g}"
        most = "" if kind.max is None else f"{kind.max:g}"
        bounds = "between" if least and most else "least" if least else "most"
        return messages.say(f"usage.value_{number}_{bounds}", least=least, most=most)
    if isinstance(kind, click.types.IntParamType | click.types.FloatParamType):
        return messages.say(f"usage.value_{number}")
    return messages.say("usage.value_other")


def _name_misuse(error: click.ClickException, messages: Messages) -> tuple[str, Mapping[str, str]]:
    if isinstance(error, Misuse):
        return error.code, error.values
    if isinstance(error, click.NoSuchOption | click.BadOptionUsage):
        return _name_option(error)
    if isinstance(error, click.BadParameter):
        return _name_parameter(error, messages)
    if isinstance(error, click.FileError):
        return "file", {"what": error.ui_filename}
    return "arguments" if isinstance(error, click.BadArgumentUsage) else "other", {}


def _name_option(error: click.NoSuchOption | click.BadOptionUsage) -> tuple[str, Mapping[str, str]]:
    if isinstance(error, click.BadOptionUsage):
        return "value_missing" if _takes_value(error) else "value_unwanted", {"what": error.option_name}
    near = _list_near(error.option_name, _list_names(error.ctx) if error.ctx is not None else ())
    return "unknown_option_near" if near else "unknown_option", {"what": error.option_name, "near": near}


def _name_parameter(error: click.BadParameter, messages: Messages) -> tuple[str, Mapping[str, str]]:
    parameter = error.param
    if parameter is None:
        return "value", {"what": "", "wanted": messages.say("usage.value_other")}
    is_option = isinstance(parameter, click.Option)
    names = " / ".join(parameter.opts) if is_option else parameter.make_metavar(error.ctx or _no_context(parameter))
    if isinstance(error, click.MissingParameter):
        return "option_missing" if is_option else "argument_missing", {"what": names}
    return "value", {"what": names, "wanted": describe_value(parameter.type, messages)}


@contextmanager
def _place(context: click.Context) -> Iterator[None]:
    """Note the command in an error on an option, which click leaves out."""
    try:
        yield
    except click.BadOptionUsage as error:
        error.ctx = error.ctx or context
        raise


def _no_context(parameter: click.Parameter) -> click.Context:
    return click.Context(click.Command(parameter.name))


def _takes_value(error: click.BadOptionUsage) -> bool:
    """Tell whether the option that was called wrongly is one that takes a value."""
    known = error.ctx.command.params if error.ctx is not None else ()
    option = next((one for one in known if error.option_name in (*one.opts, *one.secondary_opts)), None)
    return isinstance(option, click.Option) and not option.is_flag and not option.count


def _list_names(context: click.Context) -> Iterator[str]:
    for parameter in context.command.get_params(context):
        if isinstance(parameter, click.Option) and not parameter.hidden:
            yield from (*parameter.opts, *parameter.secondary_opts)


def _list_near(name: str, known: Iterable[str]) -> str:
    return ", ".join(difflib.get_close_matches(name, list(known), n=_NEAR))


def _write_usage(
    command: click.Command, context: click.Context, formatter: click.HelpFormatter, messages: Messages
) -> None:
    pieces = " ".join(command.collect_usage_pieces(context))
    formatter.write_usage(context.command_path, pieces, messages.say("usage.usage") + " ")


def _write_options(
    command: click.Command, context: click.Context, formatter: click.HelpFormatter, messages: Messages
) -> None:
    options = (one for one in command.get_params(context) if isinstance(one, click.Option))
    records = [record for record in (one.get_help_record(context) for one in options) if record is not None]
    with formatter.section(messages.say("usage.options")):
        formatter.write_dl(records)


def _word_help(option: click.Option | None, messages: Messages) -> click.Option | None:
    if option is not None:
        option.help = messages.say("usage.help")
    return option
