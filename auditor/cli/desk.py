"""The commands of the evaluator's desk: arguments and what is printed; no logic."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from auditor.cli import console
from auditor.cli.kit import Kit
from auditor.cli.recheck import run_recheck
from auditor.cli.speech import Group
from auditor.desk.bundle import write_bundle
from auditor.desk.documents import write_sheet
from auditor.desk.intake import Answer, Intake, read_sheets, wait_for_second
from auditor.desk.ledger import Conflict, Filing, file_answers, file_objections, list_signed
from auditor.desk.letters import Letter, list_strays, write_letters
from auditor.desk.proof import verify_run
from auditor.errors import ArchiveError
from auditor.messages import Messages
from auditor.profile import SITE_ZONE, load_profile
from auditor.result import identify_audit, read_result
from auditor.runfolder.seal import load_private_key, write_seal

_Decorator = Callable[..., Any]
_PATH = click.Path(path_type=Path)
_MOST_LISTED = 20
_CONFLICT = 2
_CHANGED = 1


def run_export(messages: Messages, run: Path, **options: Any) -> int:
    """Write the working sheet alone."""
    path, kept = write_sheet(run, messages, options["out"], options["unit"])
    console.show_reports({"xlsx": path}, messages)
    if kept is not None:
        console.show_warning(messages.say("desk.kept", path=kept))
    return 0


def run_import(messages: Messages, sheets: tuple[Path, ...], **options: Any) -> int:
    """Read answered sheets into the file of answers."""
    now: datetime = options["now"]()
    audit = identify_audit(read_result(options["run"])) if options["run"] else None
    profile = load_profile(options["profile"]) if options["profile"] else None
    zone = profile.zone if profile is not None else SITE_ZONE
    intake = read_sheets(sheets, now.astimezone(zone).date(), audit)
    into: Path = options["into"]
    filing = file_answers(into, intake.answers)
    objections: Path = options["objections"] or into.with_name(f"{into.stem}-objections.yaml")
    fresh = file_objections(objections, intake.objections)
    show_filing(messages, into, intake, filing)
    if intake.objections:
        console.show_line(messages.say("desk.objections", count=len(intake.objections), fresh=fresh, path=objections))
    classes = {class_.value for class_ in profile.second_person} if profile is not None else set()
    for answer in _drop_signed(wait_for_second(intake.answers, classes), into):
        what = messages.say("desk.needs_second", clause=answer.clause, name=answer.name, place=answer.place)
        console.show_warning(what)
    return _CONFLICT if filing.conflicts else 0


def show_filing(messages: Messages, into: Path, intake: Intake, filing: Filing) -> None:
    """Print what an import did, what it left out, and why."""
    counts = {"added": filing.added, "completed": filing.completed, "known": filing.known}
    console.show_line(messages.say("desk.imported", path=into, **counts))
    if intake.unfinished:
        shown = ", ".join(intake.unfinished[:_MOST_LISTED]) + (" …" if len(intake.unfinished) > _MOST_LISTED else "")
        console.show_warning(messages.say("desk.unfinished", count=len(intake.unfinished), places=shown))
    for conflict in filing.conflicts:
        show_conflict(messages, conflict)
    if filing.conflicts:
        console.show_warning(messages.say("desk.conflicts_hint"))


def show_conflict(messages: Messages, conflict: Conflict) -> None:
    """Print answers that contradict each other, each with who gave it and where."""
    console.show_warning(messages.say("desk.conflict", clause=conflict.clause, name=conflict.name))
    for claim in conflict.claims:
        word = messages.say(f"desk.answer_{claim.verdict}")
        console.show_warning("    " + messages.say("desk.claim", verdict=word, by=claim.by, place=claim.place))


def _drop_signed(answers: tuple[Answer, ...], into: Path) -> tuple[Answer, ...]:
    """Leave out the answers that the file holds with two signatures already."""
    signed = list_signed(into)
    return tuple(one for one in answers if not {(one.clause, one.subject), (one.clause, one.name)} & signed)


def run_letter(messages: Messages, run: Path, **options: Any) -> int:
    """Write the letters to units."""
    now: datetime = options["now"]()
    deadline = options["deadline"].date() if options["deadline"] else None
    letter = Letter(now.astimezone(SITE_ZONE).date(), deadline, options["template"])
    written, kept = write_letters(run, messages, letter, options["unit"], options["out"])
    for path in written:
        console.show_line(messages.say("desk.letter", path=path))
    for path in kept:
        console.show_warning(messages.say("desk.kept", path=path))
    strays = list_strays(written) if options["unit"] is None else ()
    if strays:
        names = ", ".join(path.name for path in strays[:_MOST_LISTED]) + (" …" if len(strays) > _MOST_LISTED else "")
        console.show_warning(messages.say("desk.strays", count=len(strays), names=names))
    return 0


def run_bundle(messages: Messages, run: Path, **options: Any) -> int:
    """Write an evidence bundle."""
    path, kept = write_bundle(run, messages, finding=options["finding"], unit=options["unit"], out=options["out"])
    console.show_line(messages.say("desk.bundle", path=path))
    if kept is not None:
        console.show_warning(messages.say("desk.kept", path=kept))
    return 0


def run_seal(messages: Messages, run: Path, **options: Any) -> int:
    """Seal a run folder, with a signature where there is a key."""
    key = load_private_key(options["key"]) if options["key"] else None
    path = write_seal(run, key)
    if path is None:
        raise ArchiveError("seal_incomplete", str(run))
    console.show_line(messages.say("desk.sealed", path=path))
    return 0


def run_verify(messages: Messages, run: Path, **options: Any) -> int:
    """Tell whether a run folder is as it was sealed."""
    checks = verify_run(run, options["public_key"], deep=options["deep"])
    for check in checks:
        mark, style = {True: ("✓", "green"), False: ("✗", "red"), None: ("-", "yellow")}[check.holds]
        state = "" if check.holds is None else ".holds" if check.holds else ".fails"
        detail = console.word_error(check.error, messages) if check.error is not None else check.detail
        console.show_line(f"{mark} {messages.say(f'desk.{check.code}{state}', detail=detail)}", style)
    holds = all(check.holds is not False for check in checks)
    is_open = any(check.code == "seal_unsigned" for check in checks)
    console.show_line(messages.say(f"desk.verified{'_unsigned' if is_open else ''}" if holds else "desk.not_verified"))
    return 0 if holds else _CHANGED


def add_desk_commands(group: click.Group, kit: Kit) -> None:
    """Add `attest export|import`, `letter`, `bundle`, `seal`, `verify` and `recheck`."""
    run = click.argument("run", type=_PATH)
    unit = kit.option("--unit", metavar="NAME")
    attest = Group("attest", messages=kit.messages, help=kit.messages.say("cli.command_attest"))
    group.add_command(attest)
    _add_sheets(attest, kit, unit, run)
    _add_papers(group, kit, unit, run)
    _add_proofs(group, kit, run)


def _add_sheets(attest: click.Group, kit: Kit, unit: _Decorator, run: _Decorator) -> None:
    kit.register(attest, "export", run_export, kit.option("--out", type=_PATH, metavar="FILE"), unit, kit.language, run)
    kit.register(
        attest,
        "import",
        partial(run_import, now=kit.now),
        kit.option("--into", type=_PATH, required=True, metavar="FILE"),
        kit.option("--objections", type=_PATH, metavar="FILE"),
        kit.option("--run", type=_PATH, metavar="RUN"),
        kit.option("--profile", type=_PATH, metavar="FILE"),
        kit.language,
        click.argument("sheets", nargs=-1, required=True, type=_PATH, metavar="SHEET..."),
    )


def _add_papers(group: click.Group, kit: Kit, unit: _Decorator, run: _Decorator) -> None:
    kit.register(
        group,
        "letter",
        partial(run_letter, now=kit.now),
        kit.option("--out", type=_PATH, metavar="DIR"),
        unit,
        kit.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE"),
        kit.option("--template", type=_PATH, metavar="FILE"),
        kit.language,
        run,
    )
    kit.register(
        group,
        "bundle",
        run_bundle,
        kit.option("--out", type=_PATH, metavar="FILE"),
        unit,
        kit.option("--finding", metavar="ID"),
        kit.language,
        run,
    )


def _add_proofs(group: click.Group, kit: Kit, run: _Decorator) -> None:
    kit.register(group, "seal", run_seal, kit.option("--key", type=_PATH, metavar="FILE"), kit.language, run)
    kit.register(
        group,
        "verify",
        run_verify,
        kit.option("--public-key", type=_PATH, metavar="FILE"),
        kit.option("--deep", is_flag=True),
        kit.language,
        run,
    )
    kit.register(
        group,
        "recheck",
        run_recheck,
        kit.option("--deadline", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE"),
        kit.language,
        click.argument("later", type=_PATH),
        click.argument("earlier", type=_PATH),
    )
