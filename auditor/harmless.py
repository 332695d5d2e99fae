"""Characters of other people's text that do harm: they hide, reorder what stands beside them, or break a format."""

from __future__ import annotations

import json
import re

HARMFUL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff0-\uffff\U000e0000-\U000e0fff]"
)
"""Control, direction and invisible characters, halves of characters; tabs and line ends are not among them."""
REPLACEMENT = "\ufffd"


def escape_json(document: str) -> bytes:
    """Return a JSON document whose harmful characters are written as escapes: the same data, safe to look at.

    Half a character, which no reader of JSON takes, becomes U+FFFD.
    """
    return HARMFUL.sub(_escape, document).encode()


def _escape(match: re.Match[str]) -> str:
    sign = match.group()
    return json.dumps(REPLACEMENT if "\ud800" <= sign <= "\udfff" else sign)[1:-1]
