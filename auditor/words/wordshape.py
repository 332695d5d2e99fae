"""How words stand in vocabulary files: names without punctuation, patterns in linear time, shapes that never change."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Annotated, Any

import re2
from pydantic import BaseModel, BeforeValidator, ConfigDict

_NO_LETTERS = re.compile(r"[\W_]+")
_SHORT_NAME = 40


def squeeze_name(name: str) -> str:
    """Return a shown name without spaces and punctuation, full-width letters folded, in lower case."""
    return _squeeze_short(name) if len(name) <= _SHORT_NAME else _squeeze(name)


def _squeeze(name: str) -> str:
    return _NO_LETTERS.sub("", unicodedata.normalize("NFKC", name)).casefold()


_squeeze_short = lru_cache(maxsize=50_000)(_squeeze)


@lru_cache(maxsize=1024)
def compile_pattern(pattern: str) -> Any:
    """Return a pattern compiled by the linear-time engine. Raises re2.error for a bad one."""
    return re2.compile(pattern)


def _squeeze_all(names: Any) -> tuple[str, ...]:
    return tuple(squeeze_name(str(name)) for name in names)


def _check_pattern(pattern: Any) -> str:
    compile_pattern(pattern)
    return str(pattern)


def _check_patterns(patterns: Any) -> tuple[str, ...]:
    return tuple(_check_pattern(pattern) for pattern in patterns)


Words = tuple[str, ...]
Names = Annotated[tuple[str, ...], BeforeValidator(_squeeze_all)]
Pattern = Annotated[str, BeforeValidator(_check_pattern)]
Patterns = Annotated[tuple[str, ...], BeforeValidator(_check_patterns)]


class Shape(BaseModel):
    """A part of a vocabulary file: unknown keys are an error, values never change."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
