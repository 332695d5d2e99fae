"""The rule engine at work, in a process of its own: `python -m auditor.rules.engine` reads jobs and writes firings.

The only module that imports durable, and only the child process imports it: its timer threads are never started, and
a crash in its C code ends this process and no other. One job a line on standard input, JSON:
`{"rules": [[pattern, ...], ...], "facts": [{...}, ...]}`; one answer a line: `{"firings": [[rule, {name: id}], ...]}`
or `{"error": "..."}`.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any, TextIO

from durable import engine

Action = Callable[[Any], None]


class QuietHost(engine.Host):  # type: ignore[misc] # durable has no types
    """A host that evaluates in the calling thread.

    Durable's own starts two timer threads that dispatch actions too; once an evaluation lasts longer than a tenth of
    a second, it returns before they have run.
    """

    def _run(self) -> None:
        """Start no thread."""


def run_job(rules: list[list[dict[str, Any]]], facts: list[dict[str, int]]) -> list[tuple[int, dict[str, int]]]:
    """Return every firing. Raises what the engine raises, and RuntimeError where it left facts unseen."""
    firings: list[tuple[int, dict[str, int]]] = []
    seen: list[None] = []
    definitions: dict[str, dict[str, Any]] = {
        f"r{number}": {"all": patterns, "run": _record(number, _list_names(patterns), firings)}
        for number, patterns in enumerate(rules)
    }
    # A fact that no rule matches would raise for the whole batch, before any action of the batch.
    definitions["rest"] = {"all": [{"m": {"fact": 1}}], "run": lambda _: seen.append(None)}
    host = QuietHost()
    host.register_rulesets({"job": definitions})
    if facts:
        host.assert_facts("job", facts)
    if len(seen) != len(facts):
        raise RuntimeError(f"{len(facts)} facts, {len(seen)} seen")
    return firings


def _list_names(patterns: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(name for pattern in patterns for name in pattern)


def _record(number: int, names: tuple[str, ...], firings: list[tuple[int, dict[str, int]]]) -> Action:
    """Return an action that only appends: whatever raises inside an action is swallowed by the engine."""

    def append_firing(closure: Any) -> None:
        firings.append((number, {name: getattr(closure, name).id for name in names}))

    return append_firing


def serve(jobs: TextIO, answers: TextIO) -> None:
    """Answer jobs until there are no more."""
    for line in jobs:
        job = json.loads(line)
        try:
            answer: dict[str, Any] = {"firings": run_job(job["rules"], job["facts"])}
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
            answer = {"error": f"{type(error).__name__}: {error}"[:500]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def main() -> None:
    """Serve on standard input and output; what the C code prints goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    serve(sys.stdin, answers)


if __name__ == "__main__":
    main()
