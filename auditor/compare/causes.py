"""Why a verdict changed between two audits of a site.

Two sources tell. The entries themselves: versions, hashes of rulesets, and a hash of what each finding rests on. And,
where the older audit's snapshot is at hand, that snapshot judged again, one difference at a time: by the newer rules,
as of the newer day, extracted by the newer tool. The first of these steps after which the verdict is the newer one,
and stays it, is the cause. Without the snapshot a change that more than one difference could explain stays `unclear`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from auditor.history.entries import Entry, Key, Verdict
from auditor.model.findings import Undetermined
from auditor.model.outcomes import SEVERITY, Degree, Outcome

_ANSWERED = frozenset({Undetermined.FLAG_MISSING, Undetermined.UNIT_LIST_MISSING, Undetermined.NO_SUCH_UNIT})
_NOT_DUE = "not_due_yet"
_SITE = "site"
GOOD = (Outcome.PASSED, Outcome.NOT_APPLICABLE)
"""Outcomes under which a failure was mended."""
T = TypeVar("T")
Machine = tuple[Outcome, Degree] | None
"""What the machine says of a clause and subject; None where it says nothing."""


class Cause(StrEnum):
    """Why a verdict changed. The first four are what every change is asked for."""

    SITE = "site"
    RULES = "rules"
    TOOL = "tool"
    COVERAGE = "coverage"
    DAY = "day"
    ANSWERS = "answers"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Retrial:
    """The older snapshot judged again by the rules of the newer audit. Each step keeps what the one before changed.

    `by_rules`: its stored facts, as of its own day. `by_day`: the same facts as of the newer day. `by_tool`: extracted
    anew by the newer tool, None where both audits were made by one version.
    """

    by_rules: Mapping[Key, Machine]
    by_day: Mapping[Key, Machine]
    by_tool: Mapping[Key, Machine] | None = None


@dataclass(frozen=True)
class Change:
    """One verdict that changed. `before` or `after` is None where only one audit has the clause and subject.

    `candidates` are the differences that could explain an unclear one. `proven`: by judging the older snapshot again,
    or because nothing else differs.
    """

    key: Key
    before: Verdict | None
    after: Verdict | None
    cause: Cause
    candidates: tuple[Cause, ...] = ()
    proven: bool = True

    @property
    def is_worse(self) -> bool:
        """Tell whether the newer verdict is graver than the older."""
        return _weigh(self.after) > _weigh(self.before)


@dataclass(frozen=True)
class Difference:
    """What differs between two audits beside their verdicts.

    `scoring`: another scoring model, or other settings of it; it changes scores and no verdict. `asked`: the profile
    left aside other clauses of the same standards.
    """

    standards: tuple[str, ...]
    tool: bool
    day: bool
    same_snapshot: bool
    scoring: bool = False
    asked: bool = False

    @property
    def scores_compare(self) -> bool:
        """Tell whether the scores of the two may be subtracted."""
        return not (self.standards or self.scoring or self.asked)


@dataclass(frozen=True)
class Comparison:
    """Two audits of a site, the older first. `unchanged` counts the verdicts that stayed as they were."""

    earlier: Entry
    later: Entry
    difference: Difference
    changes: tuple[Change, ...]
    unchanged: int
    retried: bool

    def count_causes(self) -> Mapping[Cause, int]:
        """Return how many verdicts changed for each cause; together they are all changes."""
        counts = Counter(change.cause for change in self.changes)
        return {cause: counts[cause] for cause in Cause}


def compare_entries(earlier: Entry, later: Entry, retrial: Retrial | None = None) -> Comparison:
    """Return every verdict that differs, with its cause, in the order of the later audit, then of the earlier.

    A page that moved to another port or scheme of its host is the same subject and goes by its later address.
    """
    after = {one.key: one for one in later.verdicts}
    before = _rekey({one.key: one for one in earlier.verdicts}, after)
    judge = _Judge(earlier, later, None if retrial is None else _rekey_retrial(retrial, after))
    changes: list[Change] = []
    for key in dict.fromkeys((*after, *before)):
        first, second = before.get(key), after.get(key)
        if _read_verdict(first) != _read_verdict(second):
            changes.append(judge.explain(key, first, second))
    total = len(before.keys() | after.keys())
    changes = _follow_parts(changes, earlier, later)
    return Comparison(earlier, later, judge.difference, tuple(changes), total - len(changes), retrial is not None)


def _rekey(said: Mapping[Key, T], later: Collection[Key]) -> dict[Key, T]:
    """Return what is said of each key; one that differs from a single later key in port or scheme alone takes that."""
    waiting: dict[Key, list[Key]] = {}
    for key in later:
        if key not in said and (bare := _drop_port(key)) is not None:
            waiting.setdefault(bare, []).append(key)
    rekeyed: dict[Key, T] = {}
    for key, value in said.items():
        bare = None if key in later else _drop_port(key)
        found = waiting.pop(bare, []) if bare is not None else []
        rekeyed[found[0] if len(found) == 1 else key] = value
    return rekeyed


def _drop_port(key: Key) -> Key | None:
    """Return a key whose subject is an address without its scheme and port; None where it is no address."""
    clause, kind, subject = key
    if not subject.startswith(("http://", "https://")):
        return None
    try:
        parts = urlsplit(subject)
    except ValueError:
        return None
    return clause, kind, f"//{parts.hostname or ''}{parts.path}?{parts.query}#{parts.fragment}"


def _rekey_retrial(retrial: Retrial, later: Collection[Key]) -> Retrial:
    by_tool = None if retrial.by_tool is None else _rekey(retrial.by_tool, later)
    return Retrial(_rekey(retrial.by_rules, later), _rekey(retrial.by_day, later), by_tool)


def _follow_parts(changes: Sequence[Change], earlier: Entry, later: Entry) -> list[Change]:
    """Give the change of a clause that sums up others the cause of the part that decides it."""
    rollups = {
        name: text.rollup for entry in (earlier, later) for name, text in entry.texts.clauses.items() if text.rollup
    }
    by_clause: dict[str, list[Change]] = {}
    for change in changes:
        by_clause.setdefault(change.key[0], []).append(change)
    followed = []
    for change in changes:
        parts = [part for name in rollups.get(change.key[0], ()) for part in by_clause.get(name, ())]
        deciding = next((part for part in parts if _read_outcome(part) is _read_outcome(change)), None)
        lead = deciding or next(iter(parts), None)
        if lead is not None and change.cause is not Cause.RULES:
            change = replace(change, cause=lead.cause, candidates=lead.candidates, proven=lead.proven)  # noqa: PLW2901
        followed.append(change)
    return followed


def _read_outcome(change: Change) -> Outcome | None:
    return None if change.after is None else change.after.outcome


def find_difference(earlier: Entry, later: Entry) -> Difference:
    """Return what differs between two audits beside their verdicts: standards by their hash, tool, day, scoring."""
    first = {one.code: one.sha256 for one in earlier.standings}
    second = {one.code: one.sha256 for one in later.standings}
    codes = tuple(code for code in dict.fromkeys((*second, *first)) if first.get(code) != second.get(code))
    one, other = earlier.summary, later.summary
    return Difference(
        standards=codes,
        tool=(one.tool, one.engine) != (other.tool, other.engine),
        day=one.as_of != other.as_of,
        same_snapshot=bool(one.run) and (one.run, one.started_at) == (other.run, other.started_at),
        scoring=bool(one.scoring and other.scoring) and one.scoring != other.scoring,
        asked=not codes and earlier.texts.clauses.keys() != later.texts.clauses.keys(),
    )


def list_failing(changes: Iterable[Change]) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """Return what no longer fails and what fails now. What could not be seen again was not mended."""
    listed = tuple(changes)
    mended = tuple(
        one for one in listed if one.before is not None and one.before.is_failure and one.after is not None
        and one.after.outcome in GOOD
    )  # fmt: skip
    fresh = tuple(
        one for one in listed if one.after is not None and one.after.is_failure
        and (one.before is None or not one.before.is_failure)
    )  # fmt: skip
    return mended, fresh


def _weigh(verdict: Verdict | None) -> tuple[int, bool]:
    if verdict is None:
        return -1, False
    return SEVERITY[verdict.outcome], verdict.degree is Degree.TOLERATED


def _read_verdict(verdict: Verdict | None) -> tuple[Outcome, Degree] | None:
    return None if verdict is None else (verdict.outcome, verdict.degree)


def read_machine(verdict: Verdict | None) -> Machine:
    """Return what the machine said, before people answered."""
    return None if verdict is None else (verdict.machine, verdict.machine_degree)


class _Judge:
    """Finds the cause of each change between two audits."""

    def __init__(self, earlier: Entry, later: Entry, retrial: Retrial | None) -> None:
        self.difference = find_difference(earlier, later)
        self._retrial = retrial
        self._standards = {
            name: text.ruleset for entry in (earlier, later) for name, text in entry.texts.clauses.items()
        }
        self._known = (frozenset(earlier.texts.clauses), frozenset(later.texts.clauses))
        self._gaps = (_list_gaps(earlier), _list_gaps(later))

    def explain(self, key: Key, before: Verdict | None, after: Verdict | None) -> Change:
        if before is not None and after is not None and read_machine(before) == read_machine(after):
            return Change(key, before, after, Cause.ANSWERS)
        if self.difference.asked and (key[0] in self._known[0]) != (key[0] in self._known[1]):
            return Change(key, before, after, Cause.ANSWERS)
        if self._retrial is not None:
            return Change(key, before, after, self._read_retrial(key, before, after, self._retrial))
        candidates = self._list_candidates(key, before, after)
        cause = candidates[0] if len(candidates) == 1 else Cause.UNCLEAR
        return Change(
            key, before, after, cause, candidates if cause is Cause.UNCLEAR else (), cause is not Cause.UNCLEAR
        )

    def _read_retrial(self, key: Key, before: Verdict | None, after: Verdict | None, retrial: Retrial) -> Cause:
        """Return the first step after which the verdict is the newer one and stays it."""
        steps: list[tuple[Cause, Machine]] = [
            (Cause.RULES if self._rules_differ(key) else Cause.TOOL, retrial.by_rules.get(key)),
            (Cause.DAY, retrial.by_day.get(key)),
        ]
        if retrial.by_tool is not None:
            steps.append((Cause.TOOL, retrial.by_tool.get(key)))
        final = read_machine(after)
        cause = Cause.COVERAGE if self._is_hidden(key, before, after) else _tell_site_from_coverage(before, after)
        for step, said in reversed(steps):
            if said != final:
                break
            cause = step
        return cause

    def _is_hidden(self, key: Key, before: Verdict | None, after: Verdict | None) -> bool:
        """Tell whether a subject is missing from an audit that saw nothing at all of what its clause asks for."""
        return any(one is None and key[0] in gaps for one, gaps in zip((before, after), self._gaps, strict=True))

    def _rules_differ(self, key: Key) -> bool:
        return self._standards.get(key[0], "") in self.difference.standards

    def _list_candidates(self, key: Key, before: Verdict | None, after: Verdict | None) -> tuple[Cause, ...]:
        """Return what could explain a change, judged by versions, hashes and what the findings rest on."""
        written = _find_own(before, after)
        if written is not None:
            return (written,)
        rules, tool = self._rules_differ(key), self.difference.tool
        if rules and (key[0] in self._known[0]) != (key[0] in self._known[1]):
            return (Cause.RULES,)
        makers = tuple(cause for cause, differs in ((Cause.RULES, rules), (Cause.TOOL, tool)) if differs)
        if self.difference.same_snapshot:
            return makers or (Cause.DAY if self.difference.day else Cause.UNCLEAR,)
        return self._weigh_sight(key, before, after, makers)

    def _weigh_sight(
        self, key: Key, before: Verdict | None, after: Verdict | None, makers: tuple[Cause, ...]
    ) -> tuple[Cause, ...]:
        """Return what could explain a change between two collections, by what each saw."""
        if _is_gap(before) or _is_gap(after):
            return (Cause.COVERAGE,) if not makers or _is_plain_gap(before, after) else (Cause.COVERAGE, *makers)
        if self._is_hidden(key, before, after):
            return (Cause.COVERAGE, *makers)
        if before is not None and after is not None and before.seen == after.seen:
            return makers or ((Cause.DAY,) if self.difference.day else (Cause.SITE,))
        if _NOT_DUE in {one.reason for one in (before, after) if one is not None} and self.difference.day:
            return (Cause.DAY, *makers)
        return (Cause.SITE, *makers)


def _find_own(before: Verdict | None, after: Verdict | None) -> Cause | None:
    """Return the cause that a reason itself names."""
    reasons = {one.reason for one in (before, after) if one is not None}
    if Undetermined.RULE_NOT_WRITTEN in reasons:
        return Cause.RULES
    if Undetermined.RULE_ERROR in reasons:
        return Cause.TOOL
    if Undetermined.UNIT_LIST_MISSING in reasons and _is_plain_gap(before, after):
        # The site itself publishes the list as well, where that part of it can be seen.
        return Cause.COVERAGE
    return Cause.ANSWERS if reasons & _ANSWERED else None


def _list_gaps(entry: Entry) -> frozenset[str]:
    """Return the clauses of which an audit could only say, for the whole site, that it cannot tell."""
    return frozenset(one.clause for one in entry.verdicts if one.kind == _SITE and _is_gap(one))


def _is_gap(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.machine is Outcome.CANNOT_TELL


def _is_plain_gap(before: Verdict | None, after: Verdict | None) -> bool:
    """Tell whether what was not seen is named as such in the evidence."""
    return any(one.unseen for one in (before, after) if one is not None)


def _tell_site_from_coverage(before: Verdict | None, after: Verdict | None) -> Cause:
    return Cause.COVERAGE if _is_gap(before) != _is_gap(after) else Cause.SITE


def list_machine(verdicts: Sequence[Verdict]) -> dict[Key, Machine]:
    """Return what the machine says of each clause and subject."""
    return {one.key: read_machine(one) for one in verdicts}
