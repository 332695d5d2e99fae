"""The result document as it is stored."""

from __future__ import annotations

from auditor.model.results import Result
from auditor.result import dump_result


def render_json(result: Result) -> bytes:
    """Return the bytes of `result.json`."""
    return dump_result(result)
