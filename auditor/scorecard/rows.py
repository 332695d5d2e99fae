"""Demands of one site in words: what failed, was mended, is new, waits for a person; also unit by unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.compare.causes import Cause, Change
from auditor.history.entries import Entry, Leaf, Verdict
from auditor.messages import Messages
from auditor.model.outcomes import ClauseClass, Outcome
from auditor.model.results import ClauseText, RuleText
from auditor.report.wording import Place, Wording, clean_text, show_address, show_points

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
    """A body, as the one that publishes or the one that a clause makes responsible.

    `tally` are verdicts by outcome, `new` how many of those that failed did not fail last time, `healed`
    how many failed then and no longer do.
    """

    name: str
    file: str
    role: str
    tally: Mapping[Outcome, int]
    new: int
    healed: int
    failed: tuple[DemandRow, ...]
    mended: tuple[DemandRow, ...]
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

    def list_units(self, fresh: Sequence[Change], mended: Sequence[Change]) -> tuple[UnitView, ...]:
        """Return the bodies that publish, then those that clauses make responsible, the most failures first."""
        healed = [one.after for one in mended if one.after is not None]
        held, gone = self._sort_units(self._entry.verdicts), self._sort_units(healed)
        views: list[UnitView] = []
        for role in ("publishing", "responsible"):
            for name in sorted(unit for one, unit in held if one == role):
                key = role, name
                file = f"unit-{len(views) + 1:03d}.html"
                own = {verdict.key for verdict in held[key]}
                new = [change for change in fresh if change.key in own]
                views.append(self._show_unit(name, role, file, held[key], (new, gone.get(key, []), mended)))
        return tuple(sorted(views, key=lambda view: (view.role != "publishing", -view.tally[Outcome.FAILED])))

    def _sort_units(self, verdicts: Iterable[Verdict]) -> dict[tuple[str, str], list[Verdict]]:
        """Return verdicts by role and body; one that is about a body belongs to it, others to those responsible."""
        found: dict[tuple[str, str], list[Verdict]] = {}
        for verdict in verdicts:
            clause = self._entry.texts.clauses.get(verdict.clause)
            if verdict.kind == "unit":
                found.setdefault(("publishing", clean_text(verdict.name, 80)), []).append(verdict)
                continue
            for unit in clause.units if clause is not None else ():
                found.setdefault(("responsible", clean_text(unit, 80)), []).append(verdict)
        return found

    def _show_unit(
        self,
        name: str,
        role: str,
        file: str,
        verdicts: Sequence[Verdict],
        moved: tuple[Sequence[Change], Sequence[Verdict], Sequence[Change]],
    ) -> UnitView:
        fresh, healed, mended = moved
        waiting = [one for one in verdicts if one.outcome is Outcome.NEEDS_PERSON]
        rows = (
            self.list_failed(verdicts, mark_clauses(fresh, self._messages)),
            self.list_all(healed, mark_mended(mended, self._messages)),
            self.list_all(waiting),
        )
        if role == "publishing":  # the page is about one body: its name in every row would say nothing
            rows = tuple(tuple(replace(row, subjects="") for row in part) for part in rows)  # type: ignore[assignment]
        return UnitView(
            name=name,
            file=file,
            role=role,
            tally={outcome: sum(one.outcome is outcome for one in verdicts) for outcome in Outcome},
            new=len(fresh),
            healed=len(healed),
            failed=rows[0],
            mended=rows[1],
            waiting=rows[2],
        )

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


def mark_clauses(fresh: Iterable[Change], messages: Messages) -> dict[str, str]:
    """Return, for each clause with failures that were not there, the words that say so and why."""
    marks: dict[str, str] = {}
    for change in fresh:
        key = "mark_new" if change.cause is Cause.SITE else f"mark_{change.cause}"
        marks.setdefault(change.key[0], messages.say(f"scorecard.{key}"))
    return marks


def mark_mended(mended: Iterable[Change], messages: Messages) -> dict[str, str]:
    """Return, for each clause that no longer fails for another reason than the site's own change, that reason."""
    return {one.key[0]: messages.say(f"compare.cause_{one.cause}") for one in mended if one.cause is not Cause.SITE}
