"""The JSON forms of what the archive keeps beside the responses."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter

from auditor.model.attempts import Visit
from auditor.model.observations import Observations
from auditor.model.snapshots import Snapshot


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
