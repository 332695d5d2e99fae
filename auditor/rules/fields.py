"""The fields of facts as rules see them: their types, and their values or why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from auditor.facts import FACT_KINDS, FactBase

Base = Literal["text", "number", "bool", "date", "moment"]
Plain = bool | int | float | str | date


class NoValue(Enum):
    """Why a field has no value to compare."""

    ABSENT = "absent"
    UNREADABLE = "unreadable"


FieldValue = Plain | tuple[Plain, ...] | NoValue

_BASES: Mapping[type, Base] = {
    bool: "bool",
    int: "number",
    float: "number",
    str: "text",
    date: "date",
    datetime: "moment",
}


@dataclass(frozen=True)
class FieldType:
    """What a field holds: its base type, whether it is a list, and the only values it can have, if they are few."""

    base: Base
    many: bool = False
    choices: tuple[Plain, ...] = ()

    @property
    def label(self) -> str:
        """Return the type's name as a rule author reads it."""
        return f"list({self.base})" if self.many else self.base


@cache
def find_fields(kind: str) -> Mapping[str, FieldType]:
    """Return the fields of a fact kind that a rule may read. Raises KeyError for an unknown kind."""
    model = FACT_KINDS[kind]
    hidden = model.ENVELOPE | model.VOLATILE
    return {name: read_type(info.annotation) for name, info in model.model_fields.items() if name not in hidden}


def find_kind(fact: FactBase) -> str:
    """Return the kind of a fact."""
    return str(type(fact).model_fields["kind"].default)


def find_key(kind: str) -> str | None:
    """Return the field that is a kind's key, or None where several fields are."""
    key = FACT_KINDS[kind].KEY
    return key[0] if len(key) == 1 else None


def read_type(annotation: Any) -> FieldType:
    """Return the type of a field, given the annotation in its fact model."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        return read_type(next(argument for argument in arguments if argument is not type(None)))
    if origin is tuple:
        inner = read_type(arguments[0])
        return FieldType(inner.base, many=True, choices=inner.choices)
    if origin is Literal:
        return FieldType(_BASES[type(arguments[0])], choices=arguments)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return FieldType("text", choices=tuple(member.value for member in annotation))
    return FieldType(_BASES[annotation])


def read_field(fact: FactBase, name: str) -> FieldValue:
    """Return a field's value in plain types; an empty text or list is as absent as None."""
    if name in fact.unreadable:
        return NoValue.UNREADABLE
    value = getattr(fact, name)
    if isinstance(value, tuple):
        items = tuple(plain for plain in map(make_plain, value) if not isinstance(plain, NoValue))
        return items or NoValue.ABSENT
    return make_plain(value)


def make_plain(value: Any) -> Plain | NoValue:
    """Return a single value in plain types. Raises TypeError for what no field can hold."""
    if value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
        return NoValue.ABSENT
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bool | int | float | str | date):
        return value
    raise TypeError(type(value).__name__)
