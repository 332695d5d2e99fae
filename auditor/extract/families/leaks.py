"""Personal data and secrecy marks that a page or a file lays open: how many, and one masked sample of each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from auditor.extract.exposure import find_exposures
from auditor.extract.sheet import Draft
from auditor.kinds.service import ExposureKind, Leak
from auditor.model.evidence import RecordEvidence
from auditor.words.familywords import ExposureWords

_MOST_CITED = 3
Cite = Callable[[str], RecordEvidence]


def draft_leaks(url: str, lines: Iterable[str], words: ExposureWords, cite: Cite) -> Iterator[Draft]:
    """Yield one leak for each kind of data; its evidence shows masked lines only."""
    found: dict[ExposureKind, list[tuple[str, str]]] = {}
    for exposure, line in find_exposures(lines, words):
        start = max(0, line.find(exposure.masked) - 60)
        found.setdefault(exposure.kind, []).append((exposure.masked, line[start : start + 160]))
    for kind, pairs in found.items():
        shown = tuple(dict.fromkeys(cite(excerpt) for _, excerpt in pairs[:_MOST_CITED]))
        count = len({masked for masked, _ in pairs})
        yield Draft(Leak(evidence=shown, url=url, leak_kind=kind, sample_masked=pairs[0][0], count=count))
