"""The result document as JSON: write, read, schema."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from auditor.errors import ArchiveError
from auditor.harmless import escape_json
from auditor.model.results import Result

SCHEMA_VERSION = 1
RESULT_FILE = "result.json"


@cache
def _adapter() -> TypeAdapter[Result]:
    return TypeAdapter(Result)


def dump_result(result: Result) -> bytes:
    """Return the result as indented JSON, UTF-8, keys in the order of the model; harmful characters as escapes."""
    try:
        document = _adapter().dump_json(result, indent=1, by_alias=True).decode()
    except PydanticSerializationError:  # half a character, as an error's text may hold one
        document = json.dumps(_adapter().dump_python(result, mode="json", by_alias=True), ensure_ascii=False, indent=1)
    return escape_json(document) + b"\n"


def load_result(path: Path) -> Result:
    """Read a result document. Raises ArchiveError where the file is missing or is no result."""
    try:
        return _adapter().validate_json(path.read_bytes(), by_alias=True)
    except OSError as error:
        raise ArchiveError("result_unreadable", str(path), cause=error.strerror) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ArchiveError(
            "result_invalid", str(path), part=".".join(map(str, first["loc"])), cause=first["type"]
        ) from error


def read_result(path: Path) -> Result:
    """Read the result of a run folder, or a result document itself. Raises ArchiveError."""
    return load_result(path / RESULT_FILE if path.is_dir() else path)


def hash_result(result: Result) -> str:
    """Return the SHA-256 of the result document, hexadecimal."""
    return hashlib.sha256(dump_result(result)).hexdigest()


def identify_audit(result: Result) -> str:
    """Return what stays the same while people answer: a hash of the site, the archive and the names of the standards.

    Verdicts, answers and the wording of rules do not enter: a sheet still belongs to its audit after answers were laid
    over it, and after the same archive was judged again by corrected rules.
    """
    parts = [
        result.target.id,
        result.snapshot.run_id,
        sorted(result.snapshot.digests.items()),
        sorted(result.rulesets),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def describe_result() -> dict[str, Any]:
    """Return the JSON Schema of the result document."""
    schema = _adapter().json_schema(mode="serialization", by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "auditor result", **schema}
