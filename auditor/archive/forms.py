"""The JSON forms of what the archive keeps beside the responses."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter

from auditor.model import Observations, Snapshot, Visit


@cache
def snapshot_adapter() -> TypeAdapter[Snapshot]:
    """Return the JSON form of a Snapshot."""
    return TypeAdapter(Snapshot)


@cache
def visit_adapter() -> TypeAdapter[Visit]:
    """Return the JSON form of a Visit."""
    return TypeAdapter(Visit)


@cache
def observations_adapter() -> TypeAdapter[Observations]:
    """Return the JSON form of Observations."""
    return TypeAdapter(Observations)
