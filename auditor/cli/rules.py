"""The commands that list, explain, check and count rulesets: arguments and what is printed; no logic."""

from __future__ import annotations

from pathlib import Path

import click

from auditor.cli import console
from auditor.cli.kit import Kit
from auditor.cli.speech import Group
from auditor.cli.writing import list_writing
from auditor.errors import RulesetError
from auditor.messages import Messages
from auditor.rulecases import rehearse_file
from auditor.rules import load as rules_load


def run_rules_list(messages: Messages, rulesets: tuple[str, ...]) -> int:
    """List standards and rules."""
    console.show_rules(rules_load.load_rulebook(rulesets or rules_load.list_standards()), messages)
    return 0


def run_rules_show(messages: Messages, name: str, rulesets: tuple[str, ...]) -> int:
    """Explain one rule or clause."""
    console.show_rule(name, rules_load.load_rulebook(rulesets or rules_load.list_standards()), messages)
    return 0


def run_rules_check(messages: Messages, paths: tuple[Path, ...]) -> int:
    """Check rule files, try the cases of those named, and print every problem."""
    problems = rules_load.check_rulesets(paths)
    tried = () if problems else tuple(rules_load.list_rule_files(paths))
    problems += tuple(problem for path in tried for problem in rehearse_file(path))
    if problems:
        raise RulesetError(problems)
    console.show_checked(messages)
    return 0


def run_rules_coverage(messages: Messages, rulesets: tuple[str, ...]) -> int:
    """Print how many clauses of each standard are checked how."""
    rulebook = rules_load.load_rulebook(rulesets or rules_load.list_standards())
    console.show_coverage([one.standard for one in rulebook.standards], messages)
    return 0


def add_rules_commands(group: click.Group, kit: Kit) -> None:
    """Add `rules list|show|check|coverage|new`."""
    rules = Group("rules", messages=kit.messages, help=kit.messages.say("cli.command_rules"))
    rulesets = kit.option("-r", "--ruleset", "rulesets", multiple=True, metavar="CODE|PATH")
    paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
    for name, run, decorators in (
        ("list", run_rules_list, (rulesets,)),
        ("show", run_rules_show, (rulesets, click.argument("name", metavar="ID"))),
        ("check", run_rules_check, (paths,)),
        ("coverage", run_rules_coverage, (rulesets,)),
        *list_writing(kit.option),
    ):
        kit.register(rules, name, run, *decorators, kit.language)
    group.add_command(rules)
