"""The bodies that publish on the portal: those of the profile, else the site's own body as the portal names it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from auditor.extract.marks import MarkParts
from auditor.extract.site_index import SiteIndex
from auditor.facts import UnitFact
from auditor.model.attempts import Part
from auditor.model.evidence import CoverageEvidence, RecordEvidence
from auditor.model.targets import Unit, UnitKind
from auditor.words.vocabulary import Vocabulary, squeeze_name

_MIN_ALIAS = 2


@dataclass(frozen=True)
class UnitTable:
    """The units by the names that pages can use for them; `own` is the site's own body."""

    facts: tuple[UnitFact, ...]
    own: str | None
    names: tuple[tuple[str, str], ...]
    words: Vocabulary

    def find(self, text: str) -> str | None:
        """Return the unit that a text names, the longest name first, or None."""
        key = _fold(text, self.words)
        return next((unit for name, unit in self.names if name in key), None)

    def match(self, name: str) -> str | None:
        """Return the unit whose name or alias a name is, or ends with it (`徐汇区财政局` for `区财政局`), or None."""
        key = _fold(name, self.words)
        exact = next((unit for known, unit in self.names if known == key), None)
        if exact is not None or len(key) <= _MIN_ALIAS:
            return exact
        return next((unit for known, unit in self.names if key.endswith(known) or known.endswith(key)), None)


def _fold(name: str, words: Vocabulary) -> str:
    """Return a name in the one form that its variants share (`某区政府` for `某区人民政府`)."""
    key = squeeze_name(name)
    for long, short in words.units.same_words.items():
        key = key.replace(long, short)
    return key


def _strip_noise(name: str, words: Vocabulary) -> str:
    for noise in words.units.name_noise:
        name = name.replace(noise, "")
    return name.strip(" -_|·")


def _strip_office(name: str, words: Vocabulary) -> str:
    """Return the government whose office a body is: `某区人民政府办公室` runs the portal of `某区人民政府`."""
    for office in words.units.office_suffixes:
        head = name.removesuffix(office)
        if head != name and words.find_unit_kind(head) is UnitKind.DISTRICT:
            return head
    return name


def _pick_common(marks: list[MarkParts], field: str) -> list[tuple[str, RecordEvidence]]:
    """Return the name that at least half of the pages give; `marks` begin with the home page's."""
    counts = Counter(getattr(mark, field) for mark in marks if getattr(mark, field))
    best = max(counts, key=lambda name: (counts[name], name), default=None)
    if best is None or counts[best] * 2 < len(marks):
        return []
    return [(best, next(mark.evidence for mark in marks if getattr(mark, field) == best))]


def _list_candidates(index: SiteIndex) -> list[tuple[str, RecordEvidence]]:
    """Return names that the portal gives to its own body, the most trustworthy first."""
    words = index.words
    marks = [record.marks for _, record in sorted(index.records.items()) if record.marks is not None]
    home = index.home
    marks.sort(key=lambda mark: home is None or mark.url != home.url)
    named: list[tuple[str, RecordEvidence]] = []
    named += [(_strip_office(name, words), evidence) for name, evidence in _pick_common(marks, "organizer")]
    named += [(_strip_noise(name, words), evidence) for name, evidence in _pick_common(marks, "name")]
    named += [(_strip_noise(mark.header_name, words), mark.evidence) for mark in marks[:1] if mark.header_name]
    if home is not None:
        named.append((_strip_noise(home.title, words), home.evidence))
    return named


def _find_own(index: SiteIndex) -> tuple[str, RecordEvidence] | None:
    named = [(name, evidence) for name, evidence in _list_candidates(index) if len(name) > 1]
    known = [(name, evidence) for name, evidence in named if index.words.find_unit_kind(name) is not UnitKind.OTHER]
    return next(iter(known or named), None)


def _index_names(facts: Iterable[UnitFact], words: Vocabulary) -> tuple[tuple[str, str], ...]:
    pairs = {
        key: fact.name
        for fact in facts
        for name in (*fact.aliases, fact.name)
        if len(key := _fold(name, words)) >= _MIN_ALIAS
    }
    return tuple(sorted(pairs.items(), key=lambda pair: (-len(pair[0]), pair[0])))


def list_units(index: SiteIndex) -> UnitTable:
    """Return the units, with the names by which pages are matched to them."""
    target = index.snapshot.target
    if target.units:
        facts = _list_known(index)
        districts = [unit.name for unit in target.units if unit.kind is UnitKind.DISTRICT]
        found = _find_own(index) if not districts else None
        table = UnitTable(facts, None, _index_names(facts, index.words), index.words)
        own = districts[0] if districts else (table.match(found[0]) if found is not None else None)
        return UnitTable(facts, own, table.names, index.words)
    found = _find_own(index)
    if found is None:
        return UnitTable((), None, (), index.words)
    name, evidence = found
    fact = UnitFact(evidence=(evidence,), name=name, unit_kind=index.words.find_unit_kind(name), listed_in="portal")
    return UnitTable((fact,), name, _index_names((fact,), index.words), index.words)


def _list_known(index: SiteIndex) -> tuple[UnitFact, ...]:
    """Return the units of the profile; where it does not say who enforces law, titles of pages do."""
    units = index.snapshot.target.units
    facts = tuple(_make_listed(index, unit) for unit in units)
    table = UnitTable(facts, None, _index_names(facts, index.words), index.words)
    acts: dict[str, RecordEvidence] = {}
    for _, record in sorted(index.records.items()):
        if any(word in record.title for word in index.words.units.enforcement):
            name = table.find(record.title)
            if name is not None:
                acts.setdefault(name, record.evidence)
    return tuple(
        fact.model_copy(update={"enforces": True, "evidence": (*fact.evidence, acts[fact.name])})
        if fact.enforces is None and fact.name in acts
        else fact
        for fact in facts
    )


def _make_listed(index: SiteIndex, unit: Unit) -> UnitFact:
    evidence = CoverageEvidence(index.portal_host, Part.SITE, None, 0, 0, 0, 0, 0, complete=True)
    return UnitFact(
        evidence=(evidence,),
        name=unit.name,
        unit_kind=unit.kind,
        aliases=unit.aliases,
        listed_in="profile",
        enforces=unit.enforces,
    )
