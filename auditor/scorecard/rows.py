"""Demands of one site in words: what failed, was mended, is new, waits for a person; also unit by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.compare.causes import Cause
from auditor.history.entries import Entry, Leaf, Verdict
from auditor.messages import Messages
from auditor.model.outcomes import ClauseClass, Outcome
from auditor.model.results import ClauseText, RuleText
from auditor.report.wording import Place, Wording, clean_text, show_address, show_points
from auditor.scorecard.figures import SiteStudy

MOST_SUBJECTS = 8
_CLASSES = tuple(ClauseClass)


@dataclass(frozen=True)
class DemandRow:
    """One clause with some of its verdicts. `count` are the subjects concerned; `mark` says new, or another cause."""

    clause: str
    number: str
    title: str
    class_key: str
    class_label: str
    reasons: str
    subjects: str
    count: int
    cost: str
    place: Place | None
    mark: str
    explained: bool
    units: tuple[str, ...]


@dataclass(frozen=True)
class UnitView:
    """A body, as the one that publishes or the one that a clause makes responsible. `tally` are verdicts by outcome."""

    name: str
    file: str
    role: str
    tally: Mapping[Outcome, int]
    failed: tuple[DemandRow, ...]
    waiting: tuple[DemandRow, ...]


class DemandRoom:
    """Puts the verdicts of one entry into words."""

    def __init__(self, entry: Entry, messages: Messages, wording: Wording) -> None:
        """Keep the entry and the language."""
        self._entry = entry
        self._messages = messages
        self._wording = wording
        self._leaves: dict[str, Leaf] = {leaf.clause: leaf for leaf in entry.leaves}
        self._judged = sum(leaf.judged for leaf in entry.leaves)

    def list_failed(self, verdicts: Iterable[Verdict], marks: Mapping[str, str]) -> tuple[DemandRow, ...]:
        """Return failed clauses: what nobody explained first, then by class, then by cost."""
        groups = _group(one for one in verdicts if one.is_failure)
        rows = [self.show_demand(group, marks.get(clause, ""), costs=True) for clause, group in groups.items()]
        order = [
            (row.explained, self._rank(row.clause), -self._find_cost(row.clause), place)
            for place, row in enumerate(rows)
        ]
        return tuple(row for _, row in sorted(zip(order, rows, strict=True), key=lambda pair: pair[0]))

    def list_all(self, verdicts: Iterable[Verdict], marks: Mapping[str, str] | None = None) -> tuple[DemandRow, ...]:
        """Return the clauses of verdicts, in their order."""
        groups = _group(verdicts)
        return tuple(self.show_demand(group, (marks or {}).get(clause, "")) for clause, group in groups.items())

    def show_demand(self, verdicts: Sequence[Verdict], mark: str = "", *, costs: bool = False) -> DemandRow:
        """Return one clause in words."""
        first = verdicts[0]
        clause, rule = self._find_texts(first.clause)
        wording = self._wording
        failed = costs and rule is not None and not first.reason.startswith("attested_")
        title = rule.failure if rule is not None and failed else clause.title if clause is not None else None
        reasons = dict.fromkeys(wording.explain_reason(one.reason or None, rule) for one in verdicts)
        names = [clean_text(one.name, 60) for one in verdicts if one.kind != "site"]
        more = len(names) - MOST_SUBJECTS
        shown = names[:MOST_SUBJECTS] + ([wording.say("more_items", count=more)] if more > 0 else [])
        cost = self._find_cost(first.clause) if costs else 0.0
        url = next((one.url for one in verdicts if one.url), "")
        return DemandRow(
            clause=first.clause,
            number=clean_text(clause.number, 40) if clause is not None else "",
            title=wording.pick(title, 200) if title is not None else first.clause,
            class_key=clause.class_.value if clause is not None else "",
            class_label=wording.word(f"class_{clause.class_}") if clause is not None else "",
            reasons=wording.join_sentences([text for text in reasons if text][:3]),
            subjects=wording.join(shown),
            count=len(verdicts),
            cost=wording.say("mend_cost", points=show_points(round(cost, 1))) if cost else "",
            place=show_address(url) if url else None,
            mark=mark,
            explained=all(one.source == "waiver" for one in verdicts),
            units=tuple(clean_text(unit, 80) for unit in clause.units) if clause is not None else (),
        )

    def list_units(self) -> tuple[UnitView, ...]:
        """Return the bodies that publish, then those that clauses make responsible, each with what concerns it."""
        publishing: dict[str, list[Verdict]] = {}
        responsible: dict[str, list[Verdict]] = {}
        for verdict in self._entry.verdicts:
            clause = self._entry.texts.clauses.get(verdict.clause)
            if verdict.kind == "unit":
                publishing.setdefault(clean_text(verdict.name, 80), []).append(verdict)
                continue
            for unit in clause.units if clause is not None else ():
                responsible.setdefault(clean_text(unit, 80), []).append(verdict)
        views: list[UnitView] = []
        for role, found in (("publishing", publishing), ("responsible", responsible)):
            for name in sorted(found):
                views.append(self._show_unit(name, role, found[name], len(views) + 1))
        return tuple(views)

    def _show_unit(self, name: str, role: str, verdicts: Sequence[Verdict], number: int) -> UnitView:
        tally = {outcome: sum(one.outcome is outcome for one in verdicts) for outcome in Outcome}
        waiting = [one for one in verdicts if one.outcome is Outcome.NEEDS_PERSON]
        failed = self.list_failed(verdicts, {})
        return UnitView(name, f"unit-{number:03d}.html", role, tally, failed, self.list_all(waiting))

    def _find_texts(self, name: str) -> tuple[ClauseText | None, RuleText | None]:
        clause = self._entry.texts.clauses.get(name)
        rule = self._entry.texts.rules.get(clause.rule) if clause is not None and clause.rule else None
        return clause, rule

    def _rank(self, name: str) -> int:
        clause = self._entry.texts.clauses.get(name)
        return _CLASSES.index(clause.class_) if clause is not None else len(_CLASSES)

    def _find_cost(self, name: str) -> float:
        leaf = self._leaves.get(name)
        return (leaf.judged - leaf.points) / self._judged * 100 if leaf is not None and self._judged else 0.0


def _group(verdicts: Iterable[Verdict]) -> dict[str, list[Verdict]]:
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        groups.setdefault(verdict.clause, []).append(verdict)
    return groups


def mark_clauses(study: SiteStudy, messages: Messages) -> dict[str, str]:
    """Return, for each clause with failures that were not there, the words that say so and why."""
    marks: dict[str, str] = {}
    for change in study.fresh:
        key = "mark_new" if change.cause is Cause.SITE else f"mark_{change.cause}"
        marks.setdefault(change.key[0], messages.say(f"scorecard.{key}"))
    return marks
