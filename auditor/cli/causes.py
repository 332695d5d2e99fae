"""What other programs say of an error, in the language of the catalogue."""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.messages import Messages

_WORDS = re.compile(r"[a-z0-9]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_MOST_READ = 200
_FEWEST = 3
"""Words that a beginning must have to stand for the whole."""


def word_values(values: Mapping[str, object], messages: Messages) -> dict[str, object]:
    """Return the values of a sentence, `code` among them, with what other programs said in words of ours."""
    worded = dict(values)
    code = str(values.get("code", ""))
    if "cause" in values:
        worded["cause"] = word_cause(str(values["cause"]), messages)
    if "reason" in values:
        worded["reason"] = _word_reason(str(values["reason"]), messages)
    if code == "wrong_value":
        worded["expected"] = word_cause(str(values["expected"]), messages)
    if code == "wrong_type":
        worded["expected"] = _word_kinds(str(values["expected"]), messages)
    return worded


def word_cause(said: str, messages: Messages) -> str:
    """Return the words for what another program said; its own words, marked as such, where there are none."""
    words = _WORDS.findall(said.lower()[:_MOST_READ])
    for count in (len(words), *range(len(words) - 1, _FEWEST - 1, -1)):
        key = f"causes.{'_'.join(words[:count])}"
        if words and messages.has(key):
            return messages.say(key)
    is_sentence = len(words) > 1 and " " in said.strip() and not _CHINESE.search(said)
    return messages.say("causes.other", words=said) if is_sentence else said


def _word_reason(reason: str, messages: Messages) -> str:
    """Return the words for why something was not reached or not read."""
    key = f"words.attempt_{reason}"
    return messages.say(key) if messages.has(key) else word_cause(reason, messages)


def _word_kinds(kinds: str, messages: Messages) -> str:
    """Return the words for kinds of values, of which one would do."""
    keys = {kind: f"causes.of_{kind}" for kind in kinds.split(", ")}
    between = ", " if messages.language == "en" else "、"
    return between.join(messages.say(key) if messages.has(key) else kind for kind, key in keys.items())
