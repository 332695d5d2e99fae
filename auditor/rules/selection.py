"""A rulebook with fewer clauses: those that a profile selects, or that a re-check asks about."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from auditor.rules.load import Rulebook
from auditor.rules.schema import Clause


def keep_clauses(rulebook: Rulebook, is_wanted: Callable[[Clause], bool]) -> Rulebook:
    """Return the rulebook with the clauses that are wanted; standards that lose all of theirs go too."""
    standards = []
    for one in rulebook.standards:
        kept = tuple(clause for clause in one.standard.clauses if is_wanted(clause))
        if kept:
            standards.append(replace(one, standard=one.standard.model_copy(update={"clauses": kept})))
    return replace(rulebook, standards=tuple(standards))


def leave_out(rulebook: Rulebook, params: Collection[str]) -> Rulebook:
    """Return the rulebook with clauses that do not set these parameters; only optional ones can be left out."""
    standards = []
    for one in rulebook.standards:
        clauses = tuple(_leave_out(clause, rulebook, params) for clause in one.standard.clauses)
        standards.append(replace(one, standard=one.standard.model_copy(update={"clauses": clauses})))
    return replace(rulebook, standards=tuple(standards))


def _leave_out(clause: Clause, rulebook: Rulebook, params: Collection[str]) -> Clause:
    rule = rulebook.rules.get(clause.rule or "")
    if rule is None:
        return clause
    without = {name: None for name, param in rule.params.items() if name in params and param.optional}
    return clause.model_copy(update={"params": {**clause.params, **without}}) if without else clause


def count_clauses(rulebook: Rulebook) -> int:
    """Return how many clauses the standards of a rulebook have."""
    return sum(len(one.standard.clauses) for one in rulebook.standards)
