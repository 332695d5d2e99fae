"""Rulesets read from the package and from folders of the user's: all problems at once, or a rulebook.

A ruleset folder holds `library/` (one rule a file, named after its id) and `standards/` (one standard a file, named
after its code).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from auditor.errors import Problem, RulesetError
from auditor.messages import Language
from auditor.model.results import ClauseText, RulesetStamp, RuleText
from auditor.resources import find_resource
from auditor.rules import texts
from auditor.rules.checks.conditions import list_near
from auditor.rules.checks.standards import StandardFile, read_standard
from auditor.rules.drafts import RuleFile, read_rule, sort_problems
from auditor.rules.schema import Rule, Standard
from auditor.rules.workdays import CALENDAR_FILE, WorkCalendar, load_calendar
from auditor.yamlfile import load_document

LIBRARY = "library"
STANDARDS = "standards"
_COUNTS_WORKDAYS = b"workdays"


@dataclass(frozen=True)
class LoadedStandard:
    """A standard and the SHA-256 over its file, the files of the rules that it uses, and the calendar if it is used."""

    standard: Standard
    sha256: str


@dataclass(frozen=True)
class Rulebook:
    """The standards that an audit is held against, and the rules that they use, by id."""

    standards: tuple[LoadedStandard, ...]
    rules: Mapping[str, Rule]
    calendar: WorkCalendar = field(default_factory=WorkCalendar)

    def stamp_rulesets(self) -> dict[str, RulesetStamp]:
        """Return what a result says of each standard, by code."""
        return {one.standard.code: texts.stamp_standard(one.standard, one.sha256) for one in self.standards}

    def describe_rules(self) -> dict[str, RuleText]:
        """Return the texts of the rules, by id."""
        return {name: texts.describe_rule(rule) for name, rule in self.rules.items()}

    def describe_clauses(self) -> dict[str, ClauseText]:
        """Return the texts and the standing of all clauses, by id, in the order of the standards."""
        return {
            clause.id: texts.describe_clause(one.standard, clause, self.rules)
            for one in self.standards
            for clause in one.standard.clauses
        }

    def explain(self, name: str, language: Language) -> tuple[tuple[str, str], ...]:
        """Return heading keys and texts that explain a rule or clause. Raises InputError for an unknown name."""
        return texts.explain_name(name, self.rules, [one.standard for one in self.standards], language)


class _Shelf:
    """The ruleset folders of one reading; each file is read once."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.folders = tuple(dict.fromkeys(folder.resolve() for folder in folders))
        self.rules: dict[str, RuleFile] = {}
        self.standards: dict[Path, StandardFile] = {}
        self.problems: list[Problem] = []

    def list_names(self, part: str) -> tuple[str, ...]:
        """Return the ids or codes on the shelf, sorted."""
        return tuple(sorted({path.stem for folder in self.folders for path in (folder / part).glob("*.yaml")}))

    def find_path(self, part: str, name: str) -> Path | None:
        """Return the file of a rule or standard; two files that differ are a problem."""
        candidates = [folder / part / f"{name}.yaml" for folder in self.folders]
        found = [path for path in candidates if path.is_file()]
        for path in found[1:]:
            if path.read_bytes() != found[0].read_bytes():
                code = "duplicate_rule" if part == LIBRARY else "duplicate_standard"
                self.problems.append(Problem(code, str(path), 1, "", {"given": name, "first": str(found[0])}))
        return found[0] if found else None

    def find_rule(self, name: str) -> Rule | None:
        """Return a rule, None where its file has problems. Raises KeyError where there is no such file."""
        if name not in self.rules:
            path = self.find_path(LIBRARY, name)
            if path is None:
                raise KeyError(name)
            self.rules[name] = read_rule(path)
            self.problems += self.rules[name].problems
        return self.rules[name].rule

    def read_standard(self, path: Path) -> None:
        """Read one standard and the rules that it uses."""
        if path not in self.standards:
            self.standards[path] = read_standard(path, self.find_rule, self.list_names(LIBRARY))
            self.problems += self.standards[path].problems


def load_rulebook(codes: Sequence[str], folders: Sequence[Path] = ()) -> Rulebook:
    """Return the standards asked for, by code or by the path of a file or folder, with their rules.

    Raises RulesetError with every problem of every file that is needed.
    """
    own = [folder for code in codes for folder in _list_folders(code)]
    shelf = _Shelf([find_resource("rulesets"), *folders, *own])
    for code in codes:
        for path in _find_standards(shelf, code):
            shelf.read_standard(path)
    _check_codes(shelf)
    if shelf.problems:
        raise RulesetError(sort_problems(tuple(shelf.problems)))
    return _bind_rulebook(shelf)


def list_standards(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the codes of all standards that can be named."""
    return _Shelf([find_resource("rulesets"), *folders]).list_names(STANDARDS)


def list_rules(folders: Sequence[Path] = ()) -> tuple[str, ...]:
    """Return the ids of all library rules."""
    return _Shelf([find_resource("rulesets"), *folders]).list_names(LIBRARY)


def load_library(folders: Sequence[Path] = ()) -> dict[str, Rule]:
    """Return all library rules by id. Raises RulesetError with every problem."""
    shelf = _Shelf([find_resource("rulesets"), *folders])
    rules = {name: shelf.find_rule(name) for name in shelf.list_names(LIBRARY)}
    if shelf.problems:
        raise RulesetError(sort_problems(tuple(shelf.problems)))
    return {name: rule for name, rule in rules.items() if rule is not None}


def check_rulesets(paths: Sequence[Path] = ()) -> tuple[Problem, ...]:
    """Return every problem of the files and folders named; of the shipped rulesets where none is named."""
    shelf = _Shelf([find_resource("rulesets"), *(folder for path in paths for folder in _list_folders(str(path)))])
    for path in paths or (find_resource("rulesets"),):
        _check_path(shelf, path.resolve())
    _check_codes(shelf)
    return sort_problems(tuple(shelf.problems))


def list_rule_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the rule files among files and those in folders."""
    for path in paths:
        if path.is_dir():
            yield from list_rule_files(_list_files(path))
        elif not _holds_standard(path.resolve()):
            yield path


def _check_path(shelf: _Shelf, path: Path) -> None:
    if not path.exists():
        shelf.problems.append(Problem("file_missing", str(path), values={"given": str(path)}))
    elif path.is_dir():
        files = _list_files(path)
        if not files:
            shelf.problems.append(Problem("folder_empty", str(path), values={"given": str(path)}))
        for file in files:
            _check_path(shelf, file)
    elif _holds_standard(path):
        shelf.read_standard(path)
    elif shelf.find_path(LIBRARY, path.stem) == path:
        shelf.find_rule(path.stem)
    else:
        shelf.problems += read_rule(path).problems


def _list_files(folder: Path) -> list[Path]:
    parts = [folder / part for part in (LIBRARY, STANDARDS) if (folder / part).is_dir()] or [folder]
    return [path for part in parts for path in sorted(part.glob("*.yaml"))]


def _holds_standard(path: Path) -> bool:
    """Tell whether a file is a standard: it stands among standards, or has clauses."""
    if path.parent.name in (STANDARDS, LIBRARY):
        return path.parent.name == STANDARDS
    document, _ = load_document(path)
    return document is not None and isinstance(document.data, dict) and "clauses" in document.data


def _is_path(code: str) -> bool:
    return Path(code).suffix in (".yaml", ".yml") or "/" in code or "\\" in code or Path(code).is_dir()


def _list_folders(code: str) -> Iterator[Path]:
    """Yield the ruleset folders that belong to a path: itself, or those around a file."""
    if not _is_path(code):
        return
    path = Path(code)
    for folder in (path, path.parent, path.parent.parent):
        if (folder / LIBRARY).is_dir():
            yield folder
            return


def _find_standards(shelf: _Shelf, code: str) -> list[Path]:
    if _is_path(code):
        return _find_standards_at(shelf, Path(code).resolve())
    path = shelf.find_path(STANDARDS, code)
    if path is not None:
        return [path]
    values = list_near(code, shelf.list_names(STANDARDS))
    shelf.problems.append(Problem("unknown_ruleset", code, values=values))
    return []


def _find_standards_at(shelf: _Shelf, path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = [file for file in _list_files(path) if _holds_standard(file)] if path.is_dir() else []
    if not found:
        code = "folder_empty" if path.is_dir() else "file_missing"
        shelf.problems.append(Problem(code, str(path), values={"given": str(path)}))
    return found


def _check_codes(shelf: _Shelf) -> None:
    """Add a problem for each standard whose code another file, of other content, has already."""
    first: dict[str, Path] = {}
    for path, file in shelf.standards.items():
        if file.standard is None:
            continue
        known = first.setdefault(file.standard.code, path)
        if known != path and shelf.standards[known].content != file.content:
            values = {"given": file.standard.code, "first": str(known)}
            shelf.problems.append(Problem("duplicate_standard", str(path), 1, "code", values))


def _bind_rulebook(shelf: _Shelf) -> Rulebook:
    standards: dict[str, LoadedStandard] = {}
    rules: dict[str, Rule] = {}
    for file in shelf.standards.values():
        if file.standard is None:
            continue
        used = sorted({clause.rule for clause in file.standard.clauses if clause.rule and clause.status == "written"})
        parts = [file.content, *(shelf.rules[name].content for name in used)]
        if any(_COUNTS_WORKDAYS in part for part in parts):
            parts.append((find_resource("rulesets") / CALENDAR_FILE).read_bytes())
        digest = hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
        standards.setdefault(file.standard.code, LoadedStandard(file.standard, digest))
        rules.update({name: rule for name in used if (rule := shelf.rules[name].rule) is not None})
    return Rulebook(tuple(standards.values()), {name: rules[name] for name in sorted(rules)}, load_calendar())
