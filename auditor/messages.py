"""Texts for people, by key: Chinese and English side by side in `reports/messages/*.yaml`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from ruamel.yaml import YAML

from auditor.model.outcomes import Text
from auditor.resources import find_resource

Language = Literal["zh", "en"]


@dataclass(frozen=True)
class Messages:
    """The message catalogue in one language."""

    language: Language
    texts: Mapping[str, Mapping[str, str]]

    def say(self, key: str, /, **values: object) -> str:
        """Return the text of `key`, its `{placeholders}` filled, nothing where there is no value.

        Raises KeyError for an unknown key.
        """
        filled = defaultdict(str, {name: str(value) for name, value in values.items()})
        return self.texts[key][self.language].format_map(filled)

    def has(self, key: str) -> bool:
        """Tell whether the catalogue knows `key`."""
        return key in self.texts

    def pick(self, text: Text) -> str:
        """Return a bilingual text in this language."""
        return text.zh if self.language == "zh" else text.en


@cache
def _read_texts() -> Mapping[str, Mapping[str, str]]:
    reader = YAML(typ="safe", pure=True)
    texts: dict[str, Mapping[str, str]] = {}
    for path in sorted((find_resource("reports") / "messages").glob("*.yaml")):
        texts.update({f"{path.stem}.{key}": value for key, value in reader.load(path).items()})
    return texts


def load_messages(language: Language) -> Messages:
    """Return the catalogue in a language; keys are `file.key` (`errors.unknown_ruleset`)."""
    return Messages(language, _read_texts())
