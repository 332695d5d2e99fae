"""JSON Schemas of rule and standard files, for the editor of whoever writes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from auditor.facts import FACT_KINDS
from auditor.rules.fields import find_fields
from auditor.rules.schema import Rule, Standard

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def describe_files() -> Mapping[str, dict[str, Any]]:
    """Return the JSON Schema of each kind of file, by the name of the schema's own file."""
    return {
        "rule.schema.json": _describe(Rule, "library rule"),
        "standard.schema.json": _describe(Standard, "standard"),
    }


def _describe(model: type[BaseModel], title: str) -> dict[str, Any]:
    schema = {"$schema": _DIALECT, **model.model_json_schema(), "title": title}
    kinds = sorted(FACT_KINDS)
    paths = sorted(f"{kind}.{field}" for kind in kinds for field in find_fields(kind))
    definitions = schema.get("$defs", {})
    _set_choices(definitions.get("Count", {}), ("count",), kinds)
    for name in ("Distinct", "Latest", "Earliest", "InOrder", "Cadence"):
        _set_choices(definitions.get(name, {}), ("distinct", "max", "min", "of", "by"), paths)
    if "needs" in schema["properties"]:
        schema["properties"]["needs"]["items"] = {"enum": kinds}
    return schema


def _set_choices(definition: dict[str, Any], names: tuple[str, ...], choices: list[str]) -> None:
    properties = definition.get("properties", {})
    for name in names:
        if name in properties:
            properties[name] = {"enum": choices}
