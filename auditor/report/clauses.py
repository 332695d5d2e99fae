"""Clauses and their findings as the report shows them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.model.evidence import RequestEvidence
from auditor.model.findings import Decision, Finding, Proposal, Undetermined
from auditor.model.outcomes import SEVERITY, Degree, Outcome, fold_outcomes
from auditor.model.results import ClauseText, Result, RuleText, ScoreNode
from auditor.report.evidence import EvidenceRoom, EvidenceView, NamedView, show_brief
from auditor.report.wording import Wording, clean_text, show_points

_BARE = frozenset({Undetermined.RULE_NOT_WRITTEN.value, "awaits_attestation"})
MOST_ROWS = 12
"""Findings of one clause that the first view lists; the rest stand in its details."""
QUIET = frozenset({Outcome.PASSED, Outcome.NOT_APPLICABLE})
_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Badge:
    """An outcome in words; `key` names its colour and its sign."""

    key: str
    label: str


@dataclass(frozen=True)
class DecisionView:
    """What a person laid over the machine's verdict; `lines` are labelled."""

    source: str
    head: str
    lines: tuple[tuple[str, str], ...]
    is_waiver: bool


@dataclass(frozen=True)
class FindingView:
    """One finding: a clause judged for one subject. `code` is what the filter goes by: outcome and unit."""

    anchor: str
    place: int
    code: str
    subject: str
    badge: Badge
    reason: str
    values: tuple[tuple[str, str], ...]
    evidence: tuple[EvidenceView, ...]
    more: str
    proposal: str
    decisions: tuple[DecisionView, ...]
    explained: bool
    fingerprint: str
    has_failed: bool
    brief: NamedView


@dataclass(frozen=True)
class ClauseView:
    """One clause with its findings: `loud` ask for attention, `quiet` passed or do not apply.

    One that `is_bare` has no evidence of the machine's: paper shows only what a person shall bring for it.
    """

    anchor: str
    number: str
    id: str
    title: str
    asks: str
    class_key: str
    class_label: str
    check_label: str
    units: str
    unit_codes: str
    badge: Badge
    codes: str
    summary: str
    subject: str
    single: FindingView | None
    loud: tuple[FindingView, ...]
    quiet: tuple[FindingView, ...]
    quiet_label: str
    rows: tuple[FindingView, ...]
    rows_more: str
    why: str
    assumes: str
    remedy: str
    points: str
    is_open: bool
    needs_ground: bool
    explained: bool
    is_bare: bool
    requests: tuple[str, ...]


def make_anchor(kind: str, name: str) -> str:
    """Return an id for an element."""
    return f"{kind}-{_UNFIT.sub('-', name)}"


def name_unit(name: str) -> str:
    """Return a unit's name as the report writes it."""
    return clean_text(name, 80)


def number_units(result: Result) -> dict[str, int]:
    """Return the units that findings are of or clauses name, each with its number; those with findings first."""
    judged = [one.subject.name for one in result.findings if one.subject.kind == "unit"]
    named = [unit for clause in result.clauses.values() for unit in clause.units]
    return {name: place for place, name in enumerate(dict.fromkeys(name_unit(unit) for unit in (*judged, *named)))}


def make_badge(outcome: Outcome, degree: Degree, wording: Wording) -> Badge:
    """Return the badge of an outcome; a pass with a warning says so."""
    if outcome is Outcome.PASSED and degree is Degree.TOLERATED:
        return Badge("tolerated", wording.word("degree_tolerated"))
    return Badge(outcome.value, wording.word(outcome.value))


def list_leaves(node: ScoreNode) -> Iterable[ScoreNode]:
    """Yield the clauses of a score tree."""
    if node.kind == "clause":
        yield node
    for child in node.children:
        yield from list_leaves(child)


def group_findings(result: Result) -> dict[str, tuple[Finding, ...]]:
    """Return the findings of every clause, in the order of the standards; the worst first within a clause."""
    groups: dict[str, list[Finding]] = {name: [] for name in result.clauses}
    for finding in result.findings:
        groups.setdefault(finding.clause, []).append(finding)
    return {
        name: tuple(sorted(group, key=lambda finding: (-SEVERITY[finding.outcome], finding.subject.name)))
        for name, group in groups.items()
    }


def explain_finding(finding: Finding, result: Result, wording: Wording) -> str:
    """Return a finding's reason in words."""
    return wording.explain_reason(finding.reason, find_rule(finding.rule, result))


def find_rule(name: str | None, result: Result) -> RuleText | None:
    """Return the texts of a rule, where it was used."""
    return None if name is None else result.rules.get(name)


def is_explained(finding: Finding) -> bool:
    """Tell whether a waiver explains the failure."""
    return finding.outcome is Outcome.FAILED and finding.decision is not None and finding.decision.source == "waiver"


def is_bare(finding: Finding) -> bool:
    """Tell whether the machine has nothing to show: its check is not written, or only a person can answer."""
    return finding.reason in _BARE and finding.decision is None and finding.proposal is None


@dataclass(frozen=True)
class ClauseRoom:
    """Turns clauses of one result into views."""

    result: Result
    wording: Wording
    evidence: EvidenceRoom
    leaves: Mapping[str, ScoreNode]
    units: Mapping[str, int]
    most_rows: int = MOST_ROWS

    def show_clause(self, name: str, findings: Sequence[Finding]) -> ClauseView:
        """Return the view of a clause with its findings, the worst first."""
        clause = self.result.clauses[name]
        rule = find_rule(clause.rule, self.result)
        outcome = fold_outcomes(finding.outcome for finding in findings) if findings else Outcome.CANNOT_TELL
        anchor = make_anchor("clause", name)
        views = tuple(self._show_finding(finding, anchor, place) for place, finding in enumerate(findings))
        loud = tuple(view for view, one in zip(views, findings, strict=True) if one.outcome not in QUIET)
        quiet = tuple(view for view, one in zip(views, findings, strict=True) if one.outcome in QUIET)
        is_single = len(findings) == 1
        pick = self.wording.pick
        return ClauseView(
            anchor=anchor,
            number=clean_text(clause.number, 40),
            id=clean_text(name, 40),
            title=pick(clause.title, 200),
            asks=pick(clause.asks, 1000),
            class_key=clause.class_.value,
            class_label=self.wording.word(f"class_{clause.class_}"),
            check_label=self.wording.word(f"check_{clause.check}"),
            units=self.wording.join([clean_text(unit, 80) for unit in clause.units]),
            unit_codes=" ".join(str(self.units[unit]) for unit in map(name_unit, clause.units) if unit in self.units),
            badge=self._badge_clause(outcome, findings),
            codes=" ".join(view.code for view in views) or f"{outcome.value}.",
            summary=self._summarise(findings),
            subject=clean_text(findings[0].subject.name, 120)
            if is_single and findings[0].subject.kind != "site"
            else "",
            single=views[0] if is_single else None,
            loud=() if is_single else loud,
            quiet=() if is_single else quiet,
            quiet_label=self._label_quiet(findings),
            rows=() if is_single else loud[: self.most_rows],
            rows_more=self._count_more(0 if is_single else len(loud)),
            why=pick(rule.why) if rule else "",
            assumes=pick(rule.assumes) if rule and rule.assumes else "",
            remedy=pick(rule.remedy) if rule and outcome not in QUIET and not clause.planned else "",
            points=self._show_points(name),
            is_open=outcome is Outcome.FAILED,
            needs_ground=outcome in {Outcome.FAILED, Outcome.CANNOT_TELL},
            explained=any(is_explained(finding) for finding in findings),
            is_bare=bool(findings) and all(is_bare(finding) for finding in findings),
            requests=list_requests(clause, findings, self.wording),
        )

    def _badge_clause(self, outcome: Outcome, findings: Sequence[Finding]) -> Badge:
        has_warning = any(finding.degree is Degree.TOLERATED for finding in findings)
        return make_badge(outcome, Degree.TOLERATED if has_warning else Degree.FULL, self.wording)

    def _summarise(self, findings: Sequence[Finding]) -> str:
        """Return the reason of the one finding, or how many subjects have which outcome."""
        if not findings:
            return self.wording.say("no_finding")
        if len(findings) == 1:
            return explain_finding(findings[0], self.result, self.wording)
        counts = Counter(finding.outcome for finding in findings)
        parts = [
            self.wording.say("count_of_outcome", outcome=self.wording.word(outcome.value), count=counts[outcome])
            for outcome in reversed(Outcome)
            if counts[outcome]
        ]
        return self.wording.say("subjects_in_all", count=len(findings), parts=self.wording.join(parts))

    def _label_quiet(self, findings: Sequence[Finding]) -> str:
        count = sum(finding.outcome in QUIET for finding in findings)
        return self.wording.say("quiet_subjects", count=count) if count else ""

    def _count_more(self, loud: int) -> str:
        left = loud - self.most_rows
        return self.wording.say("more_items", count=left) if left > 0 else ""

    def _show_points(self, name: str) -> str:
        leaf = self.leaves.get(name)
        if leaf is None or not leaf.weight:
            return self.wording.say("points_none")
        values = {"points": show_points(leaf.points), "judged": show_points(leaf.judged)}
        key = "points_all" if leaf.judged == leaf.weight else "points_part"
        return self.wording.say(key if leaf.judged else "points_open", weight=show_points(leaf.weight), **values)

    def _show_finding(self, finding: Finding, clause: str, place: int) -> FindingView:
        rule = find_rule(finding.rule, self.result)
        evidence, more = self.evidence.show_all(finding.evidence, rule, has_failed=finding.outcome is Outcome.FAILED)
        unit = self.units.get(name_unit(finding.subject.name)) if finding.subject.kind == "unit" else None
        return FindingView(
            anchor=f"{clause}--{place + 1}",
            place=place,
            code=f"{finding.outcome.value}.{'' if unit is None else unit}",
            subject=clean_text(finding.subject.name, 120),
            badge=make_badge(finding.outcome, finding.degree, self.wording),
            reason=self.wording.explain_reason(finding.reason, rule),
            values=tuple(
                (self.wording.name_measure(measure, rule), self.wording.show_value(value))
                for measure, value in finding.values.items()
                if value not in (None, (), {})
            ),
            evidence=evidence,
            more=more,
            proposal=self._describe_proposal(finding, rule),
            decisions=self._show_decisions(finding, rule),
            explained=is_explained(finding),
            fingerprint=clean_text(finding.fingerprint, 64),
            has_failed=finding.outcome is Outcome.FAILED,
            brief=show_brief(evidence),
        )

    def _describe_proposal(self, finding: Finding, rule: RuleText | None) -> str:
        proposal = finding.proposal
        if proposal is None or proposal.outcome is Outcome.CANNOT_TELL:
            return ""
        return self._describe_verdict(proposal, rule)

    def _describe_verdict(self, verdict: Proposal, rule: RuleText | None) -> str:
        """Return a machine's verdict with its reason in words."""
        label = make_badge(verdict.outcome, verdict.degree, self.wording).label
        reason = self.wording.explain_reason(verdict.reason, rule)
        return self.wording.say("verdict_with_reason", verdict=label, reason=reason) if reason else label

    def _show_decisions(self, finding: Finding, rule: RuleText | None) -> tuple[DecisionView, ...]:
        """Return the decision that was laid last, and the one under it."""
        views: list[DecisionView] = []
        decision = finding.decision
        while decision is not None:
            stands = decision.source == "attestation" and decision.machine.outcome is finding.outcome
            stands = stands and not (finding.reason or "").startswith("attested_")
            views.append(self._show_decision(decision, rule, beside=stands))
            decision = decision.over
        return tuple(views)

    def _show_decision(self, decision: Decision, rule: RuleText | None, *, beside: bool) -> DecisionView:
        is_waiver = decision.source == "waiver"
        head = clean_text(decision.reason, 1000) if is_waiver else self.wording.word(f"verdict_{decision.reason}")
        lines = [
            ("decision_by", clean_text(decision.by, 120)),
            ("decision_second", clean_text(decision.second or "", 120)),
            ("decision_on", self.wording.show_day(decision.on) if decision.on else ""),
            ("decision_expires", self.wording.show_end(decision.expires) if decision.expires else ""),
            ("decision_evidence", self.wording.join([clean_text(text, 200) for text in decision.evidence])),
            ("decision_note", clean_text(decision.note or "", 1000)),
            ("decision_machine", self._describe_verdict(decision.machine, rule)),
            ("decision_effect", self.wording.say("effect_beside") if beside else ""),
            ("decision_effect", self.wording.say("effect_waiver") if is_waiver else ""),
        ]
        return DecisionView(
            source=self.wording.word(f"source_{decision.source}"),
            head=head,
            lines=tuple((self.wording.say(key), text) for key, text in lines if text),
            is_waiver=is_waiver,
        )


def list_requests(clause: ClauseText, findings: Iterable[Finding], wording: Wording) -> tuple[str, ...]:
    """Return what a person shall bring for a clause, each request once."""
    asked = [item.asks for finding in findings for item in finding.evidence if isinstance(item, RequestEvidence)]
    texts = [wording.messages.pick(text) for text in (asked or ([clause.request] if clause.request else []))]
    return tuple(dict.fromkeys(clean_text(text, 600) for text in texts))
