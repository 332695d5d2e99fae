"""An earlier result to hold a new one against: which failures are new, which were there, which became worse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from auditor.model.findings import Finding
from auditor.model.outcomes import SEVERITY, Outcome
from auditor.model.results import Result

Change = Literal["new", "unchanged", "worse", "better"]


@dataclass(frozen=True)
class Baseline:
    """What an earlier result said: the failures by fingerprint, the outcome of each clause and subject, the score.

    `earlier` is that result itself.
    """

    failures: frozenset[str]
    outcomes: Mapping[tuple[str, str], Outcome]
    score: float | None
    earlier: Result | None = None

    def compare(self, finding: Finding) -> Change:
        """Tell how a finding stands to what the earlier result said of the same clause and subject."""
        before = self.outcomes.get((finding.clause, finding.subject.key))
        if before is None:
            return "new"
        if finding.outcome is Outcome.FAILED and finding.fingerprint not in self.failures:
            return "worse"
        if before is finding.outcome:
            return "unchanged"
        return "worse" if SEVERITY[finding.outcome] > SEVERITY[before] else "better"

    def forgives(self, finding: Finding) -> bool:
        """Tell whether a failure was there already."""
        return finding.fingerprint in self.failures


def read_baseline(result: Result) -> Baseline:
    """Return what a later result is held against."""
    return Baseline(
        failures=frozenset(one.fingerprint for one in result.findings if one.outcome is Outcome.FAILED),
        outcomes={(one.clause, one.subject.key): one.outcome for one in result.findings},
        score=result.score.value,
        earlier=result,
    )
