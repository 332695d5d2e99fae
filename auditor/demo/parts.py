"""Parts of a sample portal beyond its core: columns and pages written in `data/parts`, with the defects that they know.

A part is one file. A defect takes pages away, changes fields or words of pages, takes columns away or empties them, or
takes a feature from the site; what it turns stands in the same file and is the manifest's expectation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from auditor.demo.texts import DATA, read_data
from auditor.model.outcomes import Text

PART_NAMES: Final = tuple(sorted(path.stem for path in (DATA / "parts").glob("*.yaml")))


@dataclass(frozen=True, slots=True)
class PartColumn:
    """A column of a part. `inside`: in the disclosure section; `parent`: the column whose page lists it.

    `form`: what its page asks visitors to write.
    """

    key: str
    slug: str
    name: str
    inside: bool
    parent: str | None
    form: str | None


@dataclass(frozen=True)
class PartDefect:
    """A defect of a part and what it does. `drop`: pages; `put`: page to its new fields; `swap`: page to words."""

    id: str
    title: Text
    harmless: bool
    drop: tuple[str, ...]
    put: Mapping[str, Mapping[str, Any]]
    swap: Mapping[str, Mapping[str, str]]
    columns: Mapping[str, str]
    lacks: tuple[str, ...]


@cache
def read_part(name: str) -> Mapping[str, Any]:
    """Return the data of a part. Raises FileNotFoundError where it does not exist."""
    return read_data(f"parts/{name}")


@cache
def list_part_columns() -> Mapping[str, PartColumn]:
    """Return the columns of all parts by their keys."""
    found = {}
    for part in PART_NAMES:
        for key, row in read_part(part).get("columns", {}).items():
            name = row["name"].format(district=read_data("district")["site"]["short"])
            found[key] = PartColumn(key, row["slug"], name, bool(row.get("inside")), row.get("parent"), row.get("form"))
    return MappingProxyType(found)


@cache
def list_part_defects() -> Mapping[str, PartDefect]:
    """Return the defects of all parts by their names."""
    rows = [(name, row) for part in PART_NAMES for name, row in read_part(part).get("defects", {}).items()]
    return MappingProxyType({name: _make_defect(name, row) for name, row in rows})


def _make_defect(name: str, row: Mapping[str, Any]) -> PartDefect:
    return PartDefect(
        name,
        Text(zh=row["zh"], en=row["en"]),
        bool(row.get("harmless")),
        tuple(row.get("drop", ())),
        row.get("put", {}),
        row.get("swap", {}),
        row.get("columns", {}),
        tuple(row.get("lacks", ())),
    )


def find_part_of(defect: str) -> str | None:
    """Return the part that a defect belongs to; None for one of the core."""
    return next((part for part in PART_NAMES if defect in read_part(part).get("defects", {})), None)


def list_core_changes(part: str) -> Sequence[str]:
    """Return the core columns that a part writes anew."""
    return tuple(read_part(part).get("writes", ()))


def swap_words(value: Any, words: Mapping[str, str]) -> Any:
    """Return data with words replaced in every text of it."""
    if isinstance(value, str):
        for old, new in words.items():
            value = value.replace(old, new)
        return value
    if isinstance(value, Mapping):
        return {key: swap_words(one, words) for key, one in value.items()}
    if isinstance(value, list):
        return [swap_words(one, words) for one in value]
    return value


def list_part_rows(parts: Sequence[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the pages of some parts as their data writes them, with their keys."""
    for part in parts:
        yield from read_part(part).get("pages", {}).items()
