"""Findings as rows of plain words, for every format that is a list: SARIF, JUnit, tables, Markdown, sheets, letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from auditor.model.evidence import AttemptEvidence, ListEvidence, RecordEvidence, RequestEvidence
from auditor.model.findings import Finding
from auditor.model.outcomes import Outcome
from auditor.model.results import ClauseText, Result
from auditor.report.clauses import explain_finding, find_rule, is_explained, make_badge
from auditor.report.wording import Wording, clean_text

MOST_ADDRESSES = 20
MOST_PASSAGES = 5
_MOST_CODE = 80


@dataclass(frozen=True)
class Row:
    """One finding in words. `addresses` are where it can be seen, `passages` what stands there.

    `message` says in one line what was found; `asked` what a person shall bring or look at.
    """

    finding: Finding
    fingerprint: str
    clause: ClauseText
    number: str
    title: str
    asks: str
    subject: str
    outcome: str
    class_word: str
    check_word: str
    units: tuple[str, ...]
    reason: str
    reason_code: str
    message: str
    remedy: str
    proposal: str
    explained: bool
    addresses: tuple[str, ...]
    passages: tuple[str, ...]
    asked: tuple[str, ...]


def list_rows(result: Result, wording: Wording) -> tuple[Row, ...]:
    """Return a row for every finding, in the order of the result."""
    return tuple(_make_row(finding, result, wording) for finding in result.findings)


def is_problem(row: Row) -> bool:
    """Tell whether a row is a failure that nobody explained."""
    return row.finding.outcome is Outcome.FAILED and not row.explained


def list_responsible(row: Row, wording: Wording) -> tuple[str, ...]:
    """Return who has to mend a finding: the unit that it is of, else the units that the clause names, else the site."""
    if row.finding.subject.kind == "unit":
        return (row.subject,)
    return row.units or (wording.messages.say("desk.unit_none"),)


def list_faulty(row: Row) -> tuple[str, ...]:
    """Return where the fault of a failure can be seen: of a count, only what does not count, where there is any."""
    missing = [
        clean_text(one.url, 2000)
        for item in row.finding.evidence
        if isinstance(item, ListEvidence)
        for one in item.rest
        if one.url
    ]
    return tuple(dict.fromkeys(missing)) or row.addresses


def _make_row(finding: Finding, result: Result, wording: Wording) -> Row:
    clause = result.clauses[finding.clause]
    rule = find_rule(finding.rule, result)
    title = wording.pick(clause.title, 200)
    outcome = make_badge(finding.outcome, finding.degree, wording).label
    reason = explain_finding(finding, result, wording)
    subject = clean_text(finding.subject.name, 120)
    whole = finding.subject.kind == "site"
    head = wording.say("row_head", title=title, subject=subject) if not whole else title
    proposal = finding.proposal
    return Row(
        finding=finding,
        fingerprint=clean_text(finding.fingerprint, _MOST_CODE),
        clause=clause,
        number=clean_text(clause.number, 40),
        title=title,
        asks=wording.pick(clause.asks, 1000),
        subject=subject,
        outcome=outcome,
        class_word=wording.word(f"class_{clause.class_}"),
        check_word=wording.word(f"check_{clause.check}"),
        units=tuple(clean_text(unit, 80) for unit in clause.units),
        reason=reason,
        reason_code=clean_text(finding.reason or "", _MOST_CODE),
        message=wording.join_sentences([wording.say("row_message", head=head, outcome=outcome), reason]),
        remedy=wording.pick(rule.remedy) if rule is not None else "",
        proposal=make_badge(proposal.outcome, proposal.degree, wording).label if proposal is not None else "",
        explained=is_explained(finding),
        addresses=tuple(dict.fromkeys(_list_addresses(finding)))[:MOST_ADDRESSES],
        passages=tuple(dict.fromkeys(_list_passages(finding)))[:MOST_PASSAGES],
        asked=tuple(wording.pick(item.asks, 600) for item in finding.evidence if isinstance(item, RequestEvidence)),
    )


def _list_addresses(finding: Finding) -> Iterator[str]:
    """Yield where a finding can be seen: of a list, what does not count first, for that is the fault."""
    for item in finding.evidence:
        if isinstance(item, RecordEvidence | AttemptEvidence):
            yield clean_text(item.url, 2000)
        elif isinstance(item, ListEvidence):
            yield from (clean_text(one.url, 2000) for one in (*item.rest, *item.numerator) if one.url)


def _list_passages(finding: Finding) -> Iterator[str]:
    for item in finding.evidence:
        if isinstance(item, RecordEvidence) and item.excerpt:
            yield clean_text(item.excerpt, 300)
