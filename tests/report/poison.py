"""The sample result with hostile words wherever a site or a user can put words."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from enum import Enum

import report_sample as sample

HOSTILE = (
    "</script><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>"
    '"\' onmouseover="alert(1)\u202e\u0000{{7*7}}'
)
KEPT = {
    "id", "clause", "ruleset", "rule", "class_", "timezone", "kind", "type", "source", "problem", "origin", "outcome",
    "degree", "part", "check", "stopped_because", "status", "machine", "role", "screenshot",
}  # fmt: skip


def poison(value, name="", text=HOSTILE):
    """Put hostile text wherever a result holds free text."""
    if is_dataclass(value):
        changes = {
            item.name: poison(getattr(value, item.name), item.name, text)
            for item in fields(value)
            if item.name not in KEPT and not (item.name == "decision" and value.decision is None)
        }
        if name == "decision" and value.source == "attestation":
            changes["reason"] = value.reason
        return replace(value, **changes)
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return f"javascript:{text}" if name in {"url", "seeds", "of"} else text
    if isinstance(value, tuple):
        return tuple(poison(item, name, text) for item in value)
    if isinstance(value, dict):
        is_keyed = name in {"rules", "clauses", "scores", "rulesets", "reasons"}
        return {key if is_keyed else text + str(key): poison(item, name, text) for key, item in value.items()}
    return value


def make_poisoned(text=HOSTILE):
    result = sample.make_result(faults=(sample.FAULT,))
    poisoned = poison(replace(result, score=None, scores={}), text=text)
    return replace(poisoned, score=result.score, scores=result.scores)
