"""Files of YAML 1.2 that people write: read within bounds, checked against a type, every problem with its line.

Anchors, tags and several documents in a file are refused: no file of ours needs them, and a few lines of them can
stand for gigabytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.nodes import ScalarNode

from auditor.errors import Problem
from auditor.yamlshape import Location, explain_errors, write_path

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
_TAGS = frozenset(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp"))
_T = TypeVar("_T")


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    """Reading cannot go on."""

    def __init__(self, code: str, event: Event | None, **values: str) -> None:
        super().__init__(code)
        self.code = code
        self.line = _find_line(event)
        self.values = values


@dataclass(frozen=True)
class Document:
    """What a file holds, and the line of each of its parts (counted from 1)."""

    file: str
    data: Any
    lines: Mapping[Location, int]

    def find_line(self, location: Location) -> int | None:
        """Return the line of a part; of the nearest part around it where the part itself is missing."""
        for end in range(len(location), -1, -1):
            if location[:end] in self.lines:
                return self.lines[location[:end]]
        return None

    def describe_problem(self, code: str, location: Location, **values: str) -> Problem:
        """Make a problem that points at a part of this file."""
        return Problem(code, self.file, self.find_line(location), write_path(location), values)

    def check(self, shape: type[_T]) -> tuple[_T | None, tuple[Problem, ...]]:
        """Check against a type (a pydantic model, `tuple[Model, ...]`): the value, or every problem."""
        adapter: TypeAdapter[_T] = TypeAdapter(shape)
        try:
            return adapter.validate_python(self.data), ()
        except ValidationError as error:
            found = explain_errors(error, self.data, adapter)
        return None, tuple(self.describe_problem(code, place, **values) for code, place, values in found)


def read_yaml(path: Path, shape: type[_T]) -> tuple[_T | None, tuple[Problem, ...]]:
    """Read a file and check it against a type: the value, or every problem that the file has."""
    document, problems = load_document(path)
    if document is None:
        return None, problems
    value, wrong = document.check(shape)
    known = {problem.path for problem in problems if problem.code == "yaml_scalar"}
    wrong = tuple(problem for problem in wrong if problem.path not in known)
    problems = tuple(sorted(problems + wrong, key=lambda problem: (problem.line or 0, problem.path, problem.code)))
    return (None if problems else value), problems


def load_document(path: Path) -> tuple[Document | None, tuple[Problem, ...]]:
    """Read a file without checking its shape. Duplicate keys are problems, and the first value stays."""
    file = str(path)
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return None, (Problem("file_unreadable", file, values={"cause": error.strerror or type(error).__name__}),)
    if len(content) > MAX_BYTES:
        return None, (Problem("file_too_large", file, values={"limit": str(MAX_BYTES)}),)
    return _parse(file, content)


def _parse(file: str, content: bytes) -> tuple[Document | None, tuple[Problem, ...]]:
    yaml = YAML(typ="safe", pure=True)
    reader = _Reader(file, yaml)
    try:
        content.decode("utf-8")
        data = reader.read(yaml.parse(BytesIO(content)))
    except _Refused as refused:
        return None, (*reader.problems, Problem(refused.code, file, refused.line, values=refused.values))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return None, (Problem("yaml_encoding", file, line),)
    except MarkedYAMLError as error:
        mark: Any = error.problem_mark
        cause = str(error.problem or error.context or "")
        problem = Problem("yaml_syntax", file, mark.line + 1 if mark else None, values={"cause": cause})
        return None, (*reader.problems, problem)
    except YAMLError as error:
        return None, (*reader.problems, Problem("yaml_syntax", file, values={"cause": str(error).split("\n")[0]}))
    return Document(file, data, reader.lines), tuple(reader.problems)


def _find_line(event: Event | None) -> int | None:
    mark = None if event is None else event.start_mark
    return None if mark is None else mark.line + 1


class _Reader:
    """Builds plain values from the parser's events and remembers where each stood."""

    def __init__(self, file: str, yaml: Any) -> None:
        self.file = file
        self.lines: dict[Location, int] = {}
        self.problems: list[Problem] = []
        self._resolver = yaml.resolver
        self._constructor: SafeConstructor = yaml.constructor

    def read(self, events: Iterator[Event]) -> Any:
        """Return the one document's value; None for an empty file."""
        data = None
        documents = 0
        for event in events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _Refused("yaml_documents", event)
            elif isinstance(event, NodeEvent):
                data = self._build(event, events, ())
        return data

    def _build(self, event: Event, events: Iterator[Event], place: Location) -> Any:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _Refused("yaml_anchor", event)
        if len(place) > MAX_DEPTH:
            raise _Refused("yaml_depth", event, limit=str(MAX_DEPTH))
        self.lines.setdefault(place, _find_line(event) or 0)
        if isinstance(event, ScalarEvent):
            return self._build_scalar(event, place)
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise _Refused("yaml_tag", event, tag=str(tag))
        if isinstance(event, SequenceStartEvent):
            return self._build_sequence(events, place)
        if isinstance(event, MappingStartEvent):
            return self._build_mapping(events, place)
        raise _Refused("yaml_syntax", event, cause=type(event).__name__)

    def _build_scalar(self, event: ScalarEvent, place: Location) -> Any:
        tag = str(event.tag or self._resolver.resolve(ScalarNode, event.value, event.implicit))
        if tag not in _TAGS:
            raise _Refused("yaml_tag", event, tag=tag)
        try:
            return self._constructor.construct_object(ScalarNode(tag, event.value))
        except (ValueError, OverflowError, YAMLError):
            values = {"given": event.value[:60]}
            self.problems.append(Problem("yaml_scalar", self.file, _find_line(event), write_path(place), values))
            return event.value

    def _build_sequence(self, events: Iterator[Event], place: Location) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._build(event, events, (*place, len(items))))
        return items

    def _build_mapping(self, events: Iterator[Event], place: Location) -> dict[Any, Any]:
        entries: dict[Any, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            if not isinstance(event, ScalarEvent):
                raise _Refused("yaml_key", event)
            key = self._build_scalar(event, place)
            inner = (*place, key)
            line = _find_line(event) or 0
            if key in entries:
                values = {"first": str(self.lines[inner])}
                self.problems.append(Problem("duplicate_key", self.file, line, write_path(inner), values))
                self._build(next(events), events, (*place, f"{key}\x00again"))
                continue
            self.lines[inner] = line
            entries[key] = self._build(next(events), events, inner)
        return entries
