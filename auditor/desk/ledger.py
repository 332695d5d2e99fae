"""The file of answers and the file of objections: what is new joins them, what was there stays, conflicts stay out."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from auditor.desk.intake import Answer, Objection
from auditor.errors import OutputError
from auditor.profile import load_attestations
from auditor.report.wording import clean_text
from auditor.runfolder.files import write_file

_WIDE = 4000


@dataclass(frozen=True)
class Claim:
    """One side of a conflict: who says what, and where."""

    verdict: str
    by: str
    place: str


@dataclass(frozen=True)
class Conflict:
    """Answers to one finding that contradict each other."""

    clause: str
    name: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Filing:
    """What came of an import: how many answers are new, completed one that was there, or were known already."""

    added: int
    completed: int
    known: int
    conflicts: tuple[Conflict, ...]


def file_answers(path: Path, answers: Sequence[Answer]) -> Filing:
    """Lay answers into a file of attestations; of those that contradict each other or the file, none is taken.

    An answer by another person that says the same becomes the second signature. Raises RulesetError where the file has
    problems, OutputError where it cannot be written.
    """
    entries = _load_entries(path, check=True)
    before = len(entries)
    by_finding: dict[tuple[str, str | None], list[Answer]] = {}
    for answer in answers:
        by_finding.setdefault((answer.clause, answer.subject), []).append(answer)
    conflicts: list[Conflict] = []
    counts = {"added": 0, "completed": 0, "known": 0}
    for group in by_finding.values():
        known = [entry for entry in entries if _is_about(entry, group[0])]
        conflict = _find_conflict(path, entries, known, group)
        if conflict is not None:
            conflicts.append(conflict)
            continue
        for answer in sorted(group, key=lambda one: one.on):
            counts[_lay_answer(entries, answer)] += 1
    if len(entries) > before or counts["completed"]:
        _store_entries(path, entries)
    return Filing(**counts, conflicts=tuple(conflicts))


def list_signed(path: Path) -> frozenset[tuple[str, str | None]]:
    """Return clause and subject of every answer in a file that two people signed."""
    entries = load_attestations(path) if path.exists() else ()
    return frozenset((one.clause, one.subject) for one in entries if one.second is not None)


def file_objections(path: Path, objections: Iterable[Objection]) -> int:
    """Add objections to a file of them, each once; return how many are new. A file of objections decides nothing."""
    entries = _load_entries(path, check=False)
    fresh = 0
    for objection in objections:
        entry = {
            "fingerprint": objection.fingerprint,
            "clause": objection.clause,
            **({"subject": objection.subject} if objection.subject is not None else {}),
            "objection": objection.text,
            "requested_by": objection.by,
        }
        if not any(dict(one) == entry for one in entries if isinstance(one, Mapping)):
            entries.append(entry)
            fresh += 1
    if fresh:
        _store_entries(path, entries)
    return fresh


def _is_about(entry: Mapping[str, Any], answer: Answer) -> bool:
    if entry["clause"] != answer.clause:
        return False
    subject = entry.get("subject")
    return subject is None if answer.subject is None else subject in (answer.subject, answer.name)


def _find_conflict(
    path: Path, entries: Sequence[Any], known: Sequence[Mapping[str, Any]], group: Sequence[Answer]
) -> Conflict | None:
    claims = [
        *(
            Claim(entry["verdict"], entry["by"], f"{path}#{place}")
            for place, entry in enumerate(entries, 1)
            if any(entry is one for one in known)
        ),
        *(Claim(answer.verdict, answer.by, answer.place) for answer in group),
    ]
    if len({claim.verdict for claim in claims}) == 1:
        return None
    return Conflict(group[0].clause, group[0].name, tuple(claims))


def _lay_answer(entries: list[Any], answer: Answer) -> str:
    """Add an answer, or complete the one that it repeats; tell which."""
    known = [entry for entry in entries if _is_about(entry, answer)]
    people = {answer.by, answer.second} - {None}
    for entry in known:
        if people <= {entry["by"], entry.get("second")}:
            return _complete(entry, answer, None)
    for entry in known:
        if entry.get("second") is None and entry["by"] == answer.by:
            return _complete(entry, answer, answer.second)
        if entry.get("second") is None and answer.second is None:
            return _complete(entry, answer, answer.by)
    entries.append(_write_entry(answer))
    return "added"


def _complete(entry: Any, answer: Answer, second: str | None) -> str:
    """Lay what is new of an answer into an entry: a second signature, evidence, a note."""
    changed = False
    stated = set(map(_fold, entry["evidence"]))
    fresh = [text for text in answer.evidence if _fold(text) not in stated]
    if fresh:
        entry["evidence"].extend(fresh)
        changed = True
    if second and not entry.get("second"):
        entry["second"] = second
        changed = True
    note = entry.get("note") or ""
    if answer.note and _fold(answer.note) not in _fold(note):
        entry["note"] = f"{note}\n{answer.note}" if note else answer.note
        changed = True
    return "completed" if changed else "known"


def _fold(text: str) -> str:
    """Return a text as a sheet gives it back, so that what went through one is known again."""
    return clean_text(text, _WIDE)


def _write_entry(answer: Answer) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "clause": answer.clause,
        "subject": answer.subject,
        "verdict": answer.verdict,
        "evidence": list(answer.evidence),
        "by": answer.by,
        "on": answer.on,
        "second": answer.second,
        "note": answer.note,
    }
    return {name: value for name, value in entry.items() if value is not None}


def _load_entries(path: Path, *, check: bool) -> list[Any]:
    """Read the entries of a file with its comments; none where there is no file yet."""
    if not path.exists():
        return []
    if check and path.read_bytes().strip():
        load_attestations(path)
    try:
        entries = _make_yaml().load(path.read_bytes())
    except Exception as error:
        raise OutputError("answers_unreadable", str(path), cause=type(error).__name__) from error
    if entries is not None and not isinstance(entries, list):
        raise OutputError("answers_unreadable", str(path), cause=type(entries).__name__)
    return [] if entries is None else entries


def _store_entries(path: Path, entries: list[Any]) -> None:
    buffer = io.BytesIO()
    _make_yaml().dump(entries, buffer)
    write_file(path, buffer.getvalue())


def _make_yaml() -> YAML:
    yaml = YAML(typ="rt")
    yaml.width = _WIDE
    yaml.preserve_quotes = True
    yaml.allow_unicode = True
    return yaml
