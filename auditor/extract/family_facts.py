"""The facts of the families, with what other pages say of them: whose they are, what their links lead to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.extract.decisions import join_decisions
from auditor.extract.files import FileRecord
from auditor.extract.guides import name_owner
from auditor.extract.pages import judge_target, tell_state
from auditor.extract.policies import Membership
from auditor.extract.records import PageRecord
from auditor.extract.sheet import Draft
from auditor.extract.site_index import SiteIndex
from auditor.extract.units import UnitTable
from auditor.kinds.base import FactBase
from auditor.kinds.disclosure import AnnualReport, BodyEntry, Budget, Catalogue
from auditor.kinds.participation import Consultation, Decision
from auditor.kinds.service import Leak, ServiceGuide
from auditor.model.targets import UnitKind
from auditor.words.vocabulary import squeeze_name

_SECTION_KINDS = (AnnualReport, Catalogue, Budget)


def find_unit(index: SiteIndex, units: UnitTable, record: PageRecord, draft: Draft) -> str | None:
    """Return whose a fact is: by who the page says it is from, by its title, by its way, else the site's own body."""
    title = record.title
    listed = isinstance(draft.fact, _SECTION_KINDS)
    owner = name_owner(title, index.words) if listed else None
    if owner is not None:
        return units.match(owner) or owner
    named = units.find(title)
    if listed and named is not None:
        return named
    issuer = record.document.issuer if record.document is not None else None
    for name in filter(None, (draft.issuer, issuer, record.source_name)):
        unit = units.match(name)
        if unit is not None or index.words.find_unit_kind(name) is not UnitKind.OTHER:
            return unit or name
    if named is not None:
        return named
    crumb = next((unit for name in reversed(record.breadcrumb) if (unit := units.match(name)) is not None), None)
    return crumb or (units.own if listed else None)


def _is_broken(index: SiteIndex, url: str) -> bool | None:
    visit = index.find_visit(url)
    if visit is None:
        return None
    state = tell_state(visit.attempt, visit.status)
    return None if state in ("unchecked", "blocked") else state != "ok"


def _count_links(index: SiteIndex, draft: Draft) -> dict[str, Any]:
    """Return how many links of a fact were found broken or well, where they were asked for."""
    answers = [_is_broken(index, url) for url in draft.links]
    known = [answer for answer in answers if answer is not None]
    if isinstance(draft.fact, Catalogue):
        return {"links_broken": sum(known) if known else None}
    if isinstance(draft.fact, ServiceGuide):
        is_known = bool(answers) and len(known) == len(answers)
        return {"forms_ok": known.count(False) if is_known else None, "forms_broken": known.count(True)}
    return {}


def _finish_entry(index: SiteIndex, units: UnitTable, entry: BodyEntry) -> BodyEntry:
    """Return an entry of a list of bodies with the body that it names and with what its links led to."""
    states = {"catalogue_state": entry.catalogue, "guide_state": entry.guide}
    update: dict[str, Any] = {
        name: judge_target(index, url, index.find_visit(url))[0] for name, url in states.items() if url is not None
    }
    return entry.model_copy(update={**update, "unit": units.match(entry.name)})


def _finish(
    index: SiteIndex, units: UnitTable, record: PageRecord, draft: Draft, members: Mapping[str, Membership]
) -> FactBase:
    fact = draft.fact
    if isinstance(fact, BodyEntry):
        return _finish_entry(index, units, fact)
    fields = type(fact).model_fields
    update: dict[str, Any] = _count_links(index, draft)
    if "unit" in fields:
        update["unit"] = find_unit(index, units, record, draft)
    member = members.get(record.url)
    if "published_on" in fields and getattr(fact, "published_on", None) is None and member is not None:
        update["published_on"] = member.item.day if member.item is not None else None
    if isinstance(fact, Catalogue):
        update["dated_on"] = fact.updated_on or update.get("published_on", fact.published_on)
    return fact.model_copy(update=update)


def _list_finished(
    index: SiteIndex, units: UnitTable, members: Mapping[str, Membership]
) -> Iterator[tuple[Draft, FactBase]]:
    for url, record in sorted(index.records.items()):
        if not record.drafts or index.resolve(url).identity == "redirected_home":
            continue
        for draft in record.drafts:
            fact = _finish(index, units, record, draft, members)
            for link in draft.links:
                file = index.files.get(link)
                fact = file.complete(fact, index.words) if file is not None else fact
            yield draft, fact


def list_family_facts(index: SiteIndex, units: UnitTable, members: Mapping[str, Membership]) -> Iterator[FactBase]:
    """Yield the facts of all families; results are joined to calls for opinions, both to decisions."""
    consultations: list[tuple[Draft, Consultation]] = []
    catalogues: list[tuple[Draft, Catalogue]] = []
    for draft, fact in _list_finished(index, units, members):
        if isinstance(fact, Consultation):
            consultations.append((draft, fact))
            continue
        if isinstance(fact, Catalogue) and fact.catalogue_kind == "decision":
            catalogues.append((draft, fact))
        yield fact
    calls = join_results(consultations)
    yield from calls
    yield from _list_decisions(index, catalogues, calls)
    for _, file in sorted(index.files.items()):
        yield from _list_leaks(file)


def _list_leaks(file: FileRecord) -> Iterator[Leak]:
    for draft in file.drafts:
        if isinstance(draft.fact, Leak):
            yield draft.fact


def _list_decisions(
    index: SiteIndex, catalogues: list[tuple[Draft, Catalogue]], calls: list[Consultation]
) -> Iterator[Decision]:
    yield from join_decisions(index, catalogues, calls)


# ---- results of consultations --------------------------------------------------------------------


def _list_keys(draft: Draft, fact: Consultation) -> frozenset[str]:
    return frozenset(squeeze_name(title) for title in draft.titles) or frozenset({squeeze_name(fact.title)})


def join_results(found: list[tuple[Draft, Consultation]]) -> list[Consultation]:
    """Return the calls for opinions, each with the page that tells what came of it, where the titles are the same."""
    results = [(_list_keys(draft, fact), fact) for draft, fact in found if fact.feedback == fact.url]
    calls = [(_list_keys(draft, fact), fact) for draft, fact in found if fact.feedback != fact.url]
    joined: list[Consultation] = []
    used: set[str] = set()
    for keys, call in calls:
        own = [result for other, result in results if _are_alike(keys, other)]
        if not own:
            joined.append(call)
            continue
        result = own[0]
        used.add(result.url)
        update = {name: getattr(result, name) for name in ("feedback", "feedback_on", "feedback_parts")}
        update["evidence"] = (*call.evidence, *result.evidence)
        joined.append(call.model_copy(update=update))
    return [*joined, *(result for _, result in results if result.url not in used)]


def _are_alike(keys: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two pages are about one draft: a quoted title of one is, or stands in, that of the other."""
    least = 8
    return any(
        one == two or (len(one) >= least and one in two) or (len(two) >= least and two in one)
        for one in keys
        for two in other
    )
