"""What a profile has judged: all clauses of its standards, or those that it selects."""

from __future__ import annotations

from pathlib import Path

from auditor.errors import Problem, RulesetError
from auditor.profile import Profile
from auditor.rules.load import Rulebook, list_rules
from auditor.rules.selection import keep_clauses, leave_out


def select_clauses(path: Path, profile: Profile, rulebook: Rulebook) -> Rulebook:
    """Return the rulebook with the clauses that the profile selects, and that can be judged.

    Raises RulesetError for a rule that is none, and where nothing is left.
    """
    only = profile.only
    if only is None:
        return rulebook
    known = {clause.rule for one in rulebook.standards for clause in one.standard.clauses} | set(list_rules())
    named = (*only.rules, *(name for one in only.aside for name in one.rules))
    unknown = [name for name in named if name not in known]
    kept = keep_clauses(
        rulebook,
        lambda clause: (
            clause.rule in only.rules
            and clause.status == "written"
            and (not only.checks or clause.check in only.checks)
        ),
    )
    problems = [Problem("unknown_selected_rule", str(path), path="only", values={"given": one}) for one in unknown]
    if not problems and not kept.standards:
        problems = [Problem("nothing_selected", str(path), path="only")]
    if problems:
        raise RulesetError(tuple(problems))
    return leave_out(kept, only.without)
