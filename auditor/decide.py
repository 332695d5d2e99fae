"""Findings of the machine, with what people say laid over them. The machine's verdict is never erased.

    check      machine says                  nobody answered               a person answered
    auto       passed, failed, n.a.          as the machine                as the machine; the answer stands beside
    auto       cannot tell                   cannot tell                   the person's verdict
    assisted   passed, failed, n.a.          needs person, with proposal   the person's verdict
    assisted   cannot tell                   needs person, same reason     the person's verdict
    attested   nothing                       needs person                  the person's verdict
    any        rule not written              cannot tell                   the person's verdict

A clause that sums up others has the worst of their verdicts, people's answers included, for the machine's.
A waiver explains a failure: the outcome stays, and the score after explanations counts it as passed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from auditor.model.evidence import ListEvidence, ListItem
from auditor.model.findings import Decision, Finding, Proposal, Undetermined, hash_key
from auditor.model.outcomes import Check, ClauseClass, Degree, Outcome, fold_outcomes
from auditor.model.results import ClauseText, WaiverNote
from auditor.model.targets import Unit, spell_unit
from auditor.profile import SITE_ZONE, Attestation, Waiver

_Entry = TypeVar("_Entry", Attestation, Waiver)
_ANSWERS: Mapping[str, Outcome] = {
    "done": Outcome.PASSED,
    "not_done": Outcome.FAILED,
    "not_applicable": Outcome.NOT_APPLICABLE,
}


SUMS: Mapping[Outcome, str] = {
    Outcome.FAILED: "sum_failed",
    Outcome.CANNOT_TELL: "sum_cannot_tell",
    Outcome.NEEDS_PERSON: "sum_needs_person",
    Outcome.NOT_APPLICABLE: "sum_not_applicable",
}
"""Reasons of a clause that sums up others, by the worst verdict among them."""
SUM_TOLERATED = "sum_tolerated"


@dataclass(frozen=True)
class Decided:
    """Findings in their order, and the waivers and attestations that did not take effect."""

    findings: tuple[Finding, ...]
    notes: tuple[WaiverNote, ...]


def decide_findings(
    findings: Iterable[Finding],
    clauses: Mapping[str, ClauseText],
    waivers: Sequence[Waiver],
    attestations: Sequence[Attestation],
    now: datetime,
    *,
    zone: ZoneInfo = SITE_ZONE,
    second_person: Collection[ClauseClass] = (),
    units: Sequence[Unit] = (),
) -> Decided:
    """Lay attestations and waivers over findings. `now` has a zone; `zone` is where days of waivers end.

    Answers and waivers to clauses of the classes in `second_person` take effect only where two people signed. A
    subject may be called by an alias of one of the `units`.
    """
    machine = tuple(findings)
    attestations, waivers = _spell_all(attestations, units), _spell_all(waivers, units)
    unsigned = [one for one in attestations if one.second is None and _needs_second(one, clauses, second_person)]
    signed = [one for one in attestations if one not in unsigned]
    answers, notes = _match_attestations(machine, signed)
    notes = (*(_note("attestation", one, "needs_second") for one in unsigned), *notes)
    answered = _answer_all(machine, clauses, answers)
    twice = {name for name, clause in clauses.items() if clause.class_ in second_person}
    explained, more = _apply_waivers(answered, machine, waivers, now, zone=zone, twice=twice)
    return Decided(explained, (*notes, *more))


def _spell_all(entries: Sequence[_Entry], units: Sequence[Unit]) -> tuple[_Entry, ...]:
    """Return entries with the full names of the units that they speak of."""
    return tuple(
        one if one.subject is None else one.model_copy(update={"subject": spell_unit(units, one.subject)})
        for one in entries
    )


def _needs_second(answer: Attestation, clauses: Mapping[str, ClauseText], classes: Collection[ClauseClass]) -> bool:
    clause = clauses.get(answer.clause)
    return clause is not None and clause.class_ in classes


def _answer_all(
    machine: Sequence[Finding], clauses: Mapping[str, ClauseText], answers: Mapping[int, Attestation]
) -> tuple[Finding, ...]:
    """Answer every finding; those that sum up others after the others."""
    answered: dict[int, Finding] = {}
    places: dict[str, list[int]] = {}
    for index, finding in enumerate(machine):
        places.setdefault(finding.clause, []).append(index)

    def answer(index: int) -> Finding:
        if index not in answered:
            finding = machine[index]
            clause = clauses[finding.clause]
            if clause.rollup:
                parts = [answer(place) for name in clause.rollup for place in places.get(name, ())]
                finding = sum_up(finding, parts, clauses)
            answered[index] = _answer_finding(finding, clause, answers.get(index))
        return answered[index]

    return tuple(answer(index) for index in range(len(machine)))


def sum_up(finding: Finding, parts: Sequence[Finding], clauses: Mapping[str, ClauseText]) -> Finding:
    """Return the finding of a clause that sums up others: the worst of their verdicts, with all of them as evidence."""
    outcome = fold_outcomes(part.outcome for part in parts)
    is_warned = any(part.degree is Degree.TOLERATED for part in parts)
    reason = SUMS.get(outcome, SUM_TOLERATED if is_warned else None)
    good = (Outcome.PASSED, Outcome.NOT_APPLICABLE)
    evidence = ListEvidence(
        "rollup",
        tuple(_list_part(part, clauses) for part in parts if part.outcome in good),
        tuple(_list_part(part, clauses) for part in parts if part.outcome not in good),
    )
    return replace(
        finding,
        outcome=outcome,
        degree=Degree.TOLERATED if is_warned and outcome is Outcome.PASSED else Degree.FULL,
        reason=reason,
        evidence=(evidence,),
        fingerprint=hash_key(finding.subject.key, finding.clause, finding.subject.key, reason or outcome),
    )


def _list_part(part: Finding, clauses: Mapping[str, ClauseText]) -> ListItem:
    return ListItem(part.id, clauses[part.clause].title.zh, None, part.outcome.value)


def _names_finding(finding: Finding, clause: str | None, subject: str | None) -> bool:
    """Tell whether clause and subject name a finding; no subject names the site as a whole."""
    if finding.clause != clause:
        return False
    if subject is None:
        return finding.subject.kind == "site"
    return subject in (finding.subject.key, finding.subject.name)


def _match_attestations(
    findings: Sequence[Finding], attestations: Sequence[Attestation]
) -> tuple[dict[int, Attestation], tuple[WaiverNote, ...]]:
    """Return the answer for each finding by its index; contradicting answers count for nothing."""
    said: dict[int, list[Attestation]] = {}
    notes: list[WaiverNote] = []
    for attestation in attestations:
        named = [
            index
            for index, finding in enumerate(findings)
            if _names_finding(finding, attestation.clause, attestation.subject)
        ]
        for index in named:
            said.setdefault(index, []).append(attestation)
        if not named:
            notes.append(_note("attestation", attestation, "unmatched"))
    answers: dict[int, Attestation] = {}
    for index, answered in said.items():
        if len({attestation.verdict for attestation in answered}) == 1:
            answers[index] = max(answered, key=lambda attestation: attestation.on)
            continue
        notes.extend(_note("attestation", attestation, "conflict") for attestation in answered)
    return answers, tuple(dict.fromkeys(notes))


def _note(
    source: Literal["attestation", "waiver"],
    entry: Attestation | Waiver,
    problem: Literal["expired", "unmatched", "conflict", "needs_second"],
) -> WaiverNote:
    clause = entry.clause or (entry.fingerprint if isinstance(entry, Waiver) else None) or ""
    return WaiverNote(source, clause, entry.subject or "", problem)


def _answer_finding(finding: Finding, clause: ClauseText, answer: Attestation | None) -> Finding:
    """Turn the machine's verdict into the one that holds, by the kind of check and the answer of a person."""
    proposed = _propose(finding, clause)
    if answer is None:
        return proposed
    decision = Decision(
        machine=_keep_machine(finding),
        source="attestation",
        by=answer.by,
        on=answer.on,
        reason=answer.verdict,
        evidence=answer.evidence,
        second=answer.second,
        note=answer.note,
    )
    stands = clause.check is Check.AUTO and finding.outcome is not Outcome.CANNOT_TELL
    if stands:
        return replace(proposed, decision=decision)
    outcome = _ANSWERS[answer.verdict]
    reason = f"attested_{answer.verdict}"
    return replace(proposed, outcome=outcome, degree=Degree.FULL, reason=reason, decision=decision)


def _keep_machine(finding: Finding) -> Proposal:
    return Proposal(finding.outcome, finding.degree, finding.reason)


def _propose(finding: Finding, clause: ClauseText) -> Finding:
    """Return what holds while nobody answers."""
    if clause.check is not Check.ASSISTED or finding.outcome is Outcome.NEEDS_PERSON:
        return finding
    if finding.reason == Undetermined.RULE_NOT_WRITTEN:
        return finding
    unsure = finding.outcome is Outcome.CANNOT_TELL
    return replace(
        finding,
        outcome=Outcome.NEEDS_PERSON,
        degree=Degree.FULL,
        reason=finding.reason if unsure else Undetermined.AWAITS_CONFIRMATION.value,
        proposal=_keep_machine(finding),
    )


def _apply_waivers(
    findings: Sequence[Finding],
    machine: Sequence[Finding],
    waivers: Sequence[Waiver],
    now: datetime,
    *,
    zone: ZoneInfo,
    twice: Collection[str],
) -> tuple[tuple[Finding, ...], tuple[WaiverNote, ...]]:
    """Lay waivers over failures; of several that hold for one failure the one that ends last explains it.

    Failures of the clauses in `twice` are explained only by a waiver that two people signed.
    """
    notes: list[WaiverNote] = []
    explained = list(findings)
    for waiver in sorted(waivers, key=lambda waiver: waiver.find_end(zone)):
        named = [index for index, finding in enumerate(findings) if _waives(waiver, finding)]
        failed = [index for index in named if findings[index].outcome is Outcome.FAILED]
        if waiver.find_end(zone) <= now:
            notes.append(_note("waiver", waiver, "expired"))
        elif not failed:
            notes.append(_note("waiver", waiver, "unmatched"))
        elif waiver.second is None and any(findings[index].clause in twice for index in failed):
            notes.append(_note("waiver", waiver, "needs_second"))
        else:
            for index in failed:
                explained[index] = _explain(findings[index], machine[index], waiver, zone)
    return tuple(explained), tuple(notes)


def _waives(waiver: Waiver, finding: Finding) -> bool:
    if waiver.fingerprint is not None:
        return finding.fingerprint == waiver.fingerprint
    return _names_finding(finding, waiver.clause, waiver.subject)


def _explain(finding: Finding, machine: Finding, waiver: Waiver, zone: ZoneInfo) -> Finding:
    decision = Decision(
        machine=_keep_machine(machine),
        source="waiver",
        by=waiver.approver,
        on=waiver.on,
        reason=waiver.reason,
        expires=waiver.find_end(zone),
        second=waiver.second,
        over=finding.decision,
    )
    return replace(finding, decision=decision)
