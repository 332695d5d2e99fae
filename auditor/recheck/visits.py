"""A re-check of an earlier result: what has to be visited for it, and which of the new verdicts can be believed.

A page that was not visited is never a verdict. A verdict on pages that were named before holds only where all of them
were seen again; that something is still missing, only where the rule names the columns in which it would stand.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, get_args

from auditor.collect.errand import Revisit
from auditor.collect.frontier import SECTION
from auditor.collect.network import SAMPLE, choose_visits
from auditor.decide import Decided
from auditor.errors import ArchiveError, InputError
from auditor.kinds.disclosure import CatalogueKind
from auditor.model.attempts import AttemptStatus, Visit
from auditor.model.evidence import AttemptEvidence, CoverageEvidence, ListEvidence, RecordEvidence
from auditor.model.findings import Finding, Undetermined
from auditor.model.outcomes import Degree, Outcome
from auditor.model.results import Rechecked, Result
from auditor.model.targets import Target
from auditor.page.scan import normalise_url
from auditor.recheck.comparison import describe_recheck, list_open, name_place, recheck_result
from auditor.result import read_result
from auditor.rules.cases import complete_params
from auditor.rules.evidence import MOST_LISTED
from auditor.rules.load import Rulebook
from auditor.rules.schema import Clause, Rule
from auditor.rules.selection import keep_clauses
from auditor.runfolder.files import find_archive
from auditor.snapshot import SnapshotReader, open_snapshot
from auditor.words.vocabulary import Vocabulary, compile_pattern

DEADLINES_FILE = "deadlines.json"
_NETWORK = frozenset({"endpoint", "tls", "vantage"})
_LONGEST_WAY = 40
# Facts that stand for all pages of the site: a rule that needs them asks for a least number of pages.
_SAMPLED = frozenset({"site", "link", "page"})
_LEAST = "min_"
_STARTS = frozenset({"home", "site", "topics", SECTION})
# Facts that stand beside what a rule looks for, or are known of every page visited.
_ANYWHERE = frozenset({"coverage", "unit", "column", *_SAMPLED, *_NETWORK})
_STRAY_CATALOGUES = frozenset(get_args(CatalogueKind)) - {"disclosure", "rights"}
# Some of the pages seen before will have gone.
_SPARE = 1.2


@dataclass(frozen=True)
class Earlier:
    """An earlier result that is asked about again.

    `visits` are those of its archive by address, none where there is no archive. `deadline` is for all problems,
    `letters` has those of the letters by fingerprint.
    """

    result: Result
    visits: Mapping[str, Visit] = field(default_factory=dict)
    deadline: date | None = None
    letters: Mapping[str, date] = field(default_factory=dict)

    @property
    def open(self) -> tuple[Finding, ...]:
        """Return the findings that are asked about again."""
        return list_open(self.result)

    def build_target(self, host: str, seed: str) -> Target:
        """Make the target of the re-check, as the earlier result knows the site. Another host is another site."""
        target = self.result.target
        if host not in target.hosts:
            return Target(id=host, name=host, seeds=(seed,), hosts=(host,))
        return replace(target, seeds=(seed,), hosts=tuple(dict.fromkeys((host, *target.hosts))))


def load_earlier(path: Path, deadline: date | None) -> Earlier:
    """Read an earlier result: a run folder, with what its archive and letters know, or a result document alone.

    Raises ArchiveError, and InputError (recheck_nothing_open, recheck_of_recheck).
    """
    folder = path if path.is_dir() else path.parent
    result = read_result(path)
    if not list_open(result):
        raise InputError("recheck_nothing_open", str(path))
    visits: Mapping[str, Visit] = {}
    if path.is_dir() and find_archive(path) is not None and not result.snapshot.revisit:
        with open_snapshot(path) as reader:
            visits = {visit.url: visit for visit in reader.visits}
    return Earlier(result, visits, deadline, read_deadlines(folder))


def read_deadlines(folder: Path) -> Mapping[str, date]:
    """Return the deadlines that letters of a run folder set, by fingerprint. Raises ArchiveError where unreadable."""
    path = folder / DEADLINES_FILE
    try:
        return {name: date.fromisoformat(day) for name, day in json.loads(path.read_bytes()).items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise ArchiveError("deadlines_unreadable", str(path), cause=type(error).__name__) from error


def narrow_rulebook(rulebook: Rulebook, earlier: Earlier) -> Rulebook:
    """Return the rulebook with only the clauses that are asked about. Raises InputError where there is none."""
    asked = {finding.clause for finding in earlier.open}
    kept = keep_clauses(rulebook, lambda clause: clause.id in asked)
    if not kept.standards:
        raise InputError("recheck_other_rules", ", ".join(one.standard.code for one in rulebook.standards))
    return kept


def plan_revisit(earlier: Earlier, rulebook: Rulebook, words: Vocabulary) -> Revisit:
    """Return what has to be visited for the clauses of a narrowed rulebook."""
    bound = list(_list_bound(rulebook))
    pages = dict.fromkeys(url for finding in earlier.open for url in _list_addresses(finding))
    ways = {url for page in pages for url in _list_way(page, earlier.visits)}
    named = [compile_pattern(text) for text in sorted({text for one in bound for text in _list_patterns(*one)})]
    needs = {kind for _, rule in bound for kind in rule.needs}
    texts = {text for one in bound for text in _list_texts(*one)}
    return Revisit(
        pages=tuple(pages),
        addresses=frozenset(pages) | ways,
        sample=_choose_sample(earlier, bound),
        concepts=frozenset().union(*(find_concepts(*one, words) for one in bound)) - {SECTION},
        is_named=lambda text: any(one.search(text) for one in named),
        is_known=earlier.visits.__contains__ if earlier.visits else lambda _: True,
        with_network=bool(needs & _NETWORK),
        with_sitemap="sitemap" in texts,
    )


def limit_decided(
    earlier: Earlier, decided: Decided, rulebook: Rulebook, words: Vocabulary, reader: SnapshotReader
) -> Decided:
    """Return the findings that were asked about; those that cannot be believed of what was visited cannot be told."""
    before = {name_place(finding): finding for finding in earlier.open}
    asked = tuple(one for one in decided.findings if name_place(one) in before)
    if not reader.snapshot.revisit:
        return Decided(asked, decided.notes)
    seen = {
        url
        for visit in reader.visits
        if visit.attempt.status is AttemptStatus.DONE
        for url in (visit.url, visit.final_url)
        if url is not None
    }
    placed = {clause.id for clause, rule in _list_bound(rulebook) if is_placed(clause, rule, words)}
    findings = tuple(
        one if _is_believed(before[name_place(one)], one, seen, is_placed=one.clause in placed) else _doubt(one)
        for one in asked
    )
    return Decided(findings, decided.notes)


def describe(earlier: Earlier, later: Result) -> Rechecked:
    """Return what became of every problem. Raises InputError for two different sites."""
    try:
        checks = recheck_result(earlier.result, later, earlier.deadline, earlier.letters)
    except ValueError as error:
        raise InputError("recheck_other_site", later.target.id, earlier=earlier.result.target.id) from error
    return describe_recheck(earlier.result, later, checks)


def find_concepts(clause: Clause, rule: Rule, words: Vocabulary) -> frozenset[str]:
    """Return the columns in which a clause's rule looks: those that it names, and those that hold its kinds of fact."""
    texts = set(_list_texts(clause, rule))
    named = {name for name in words.concepts if name in texts}
    holding = {name for name, concept in words.concepts.items() if set(concept.holds) & set(rule.needs)}
    return frozenset(named | holding) - (_STARTS - {SECTION})


def is_placed(clause: Clause, rule: Rule, words: Vocabulary) -> bool:
    """Tell whether all that a clause's rule looks for would stand in columns that a re-check visits.

    It would where the rule names the columns, or where each of its kinds of fact has columns of its own. Catalogues of
    most kinds have none.
    """
    texts = set(_list_texts(clause, rule))
    if texts & words.concepts.keys() - _STARTS:
        return True
    sought = set(rule.needs) - _ANYWHERE
    if not sought or ("catalogue" in sought and texts & _STRAY_CATALOGUES):
        return False
    return sought <= {kind for concept in words.concepts.values() for kind in concept.holds}


def _list_bound(rulebook: Rulebook) -> Iterator[tuple[Clause, Rule]]:
    for one in rulebook.standards:
        for clause in one.standard.clauses:
            if clause.rule is not None and clause.rule in rulebook.rules:
                yield clause, rulebook.rules[clause.rule]


def _list_texts(clause: Clause, rule: Rule) -> Iterator[str]:
    """Yield every word that a clause gives to its rule, and every one that the rule's measures hold."""
    measures = [measure.model_dump(exclude_unset=True, exclude={"title"}) for measure in rule.measures.values()]
    yield from _flatten([complete_params(rule.params, clause.params), measures])


def _flatten(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _flatten(part)
    elif isinstance(value, Iterable):
        for part in value:
            yield from _flatten(part)


def _list_patterns(clause: Clause, rule: Rule) -> Iterator[str]:
    """Yield a clause's own words by which a link may announce what is asked for; never one that fits anything."""
    for text in _flatten(complete_params(rule.params, clause.params)):
        if not text.isascii() and compile_pattern(text).search("") is None:
            yield text


def _list_addresses(finding: Finding) -> Iterator[str]:
    """Yield the addresses that a finding names: pages, entries of lists, columns that were not whole."""
    for item in finding.evidence:
        if isinstance(item, RecordEvidence | AttemptEvidence):
            found: tuple[str | None, ...] = (item.url,)
        elif isinstance(item, ListEvidence):
            found = tuple(one.url for one in (*item.rest, *item.numerator))
        else:
            found = (item.of,) if isinstance(item, CoverageEvidence) else ()
        yield from (url for one in found if one is not None and (url := normalise_url(one)) is not None)


def _choose_sample(earlier: Earlier, bound: Iterable[tuple[Clause, Rule]]) -> frozenset[str]:
    """Return as many pages of those seen before as the rules that judge all pages by a sample need at the least."""
    numbers = (
        complete_params(rule.params, clause.params).get(name)
        for clause, rule in bound
        if _SAMPLED & set(rule.needs)
        for name, param in rule.params.items()
        if param.type == "int" and name.startswith(_LEAST)
    )
    least = max((number for number in numbers if isinstance(number, int)), default=0)
    most = min(math.ceil(least * _SPARE), SAMPLE)
    return frozenset(visit.url for visit in choose_visits(earlier.visits.values(), most))


def _list_way(page: str, visits: Mapping[str, Visit]) -> Iterator[str]:
    """Yield the pages over which a page was reached."""
    url: str | None = page
    for _ in range(_LONGEST_WAY):
        visit = visits.get(url) if url is not None else None
        url = visit.found_on if visit is not None else None
        if url is None:
            return
        yield url


def _is_believed(before: Finding, now: Finding, seen: set[str], *, is_placed: bool) -> bool:
    """Tell whether a verdict can be believed although only some pages were visited."""
    asked = set(_list_addresses(before))
    if now.outcome in (Outcome.CANNOT_TELL, Outcome.NEEDS_PERSON):
        return asked <= seen
    sides = (side for item in before.evidence if isinstance(item, ListEvidence) for side in (item.rest, item.numerator))
    if any(len(side) >= MOST_LISTED for side in sides):
        return False
    if not asked <= seen:
        return False
    if now.outcome is Outcome.FAILED:
        return is_placed or _shows_fault(now)
    return bool(asked) or now.outcome is Outcome.PASSED


def _shows_fault(finding: Finding) -> bool:
    """Tell whether a failure points to something that was seen, rather than to something that was not."""
    return any(
        isinstance(item, RecordEvidence) or (isinstance(item, ListEvidence) and any(one.url for one in item.rest))
        for item in finding.evidence
    )


def _doubt(finding: Finding) -> Finding:
    reason = Undetermined.NOT_REVISITED.value
    return replace(finding, outcome=Outcome.CANNOT_TELL, degree=Degree.FULL, reason=reason, defect=None)
