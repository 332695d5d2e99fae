"""The site pass: the records of all pages -> all facts that need more than one page."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.column_facts import make_columns
from auditor.extract.columns import count_common, list_columns
from auditor.extract.coverage import list_coverage
from auditor.extract.family_facts import list_family_facts
from auditor.extract.guide_facts import list_guides
from auditor.extract.network import list_endpoints, list_vantages
from auditor.extract.pages import list_asked_links, list_links, list_outside_links, list_pages
from auditor.extract.policies import list_policies, map_members
from auditor.extract.reach import list_reaches
from auditor.extract.searching import list_probes
from auditor.extract.section import find_section
from auditor.extract.site_fact import list_names, make_site
from auditor.extract.site_index import SiteIndex
from auditor.extract.tls import list_tls
from auditor.extract.units import list_units
from auditor.facts import FactBase
from auditor.model.observations import Observations


def list_facts(index: SiteIndex, observations: Observations) -> Iterator[FactBase]:
    """Yield every fact of the site, in no order."""
    units = list_units(index)
    section = find_section(index)
    columns = list_columns(index, section)
    common = count_common(index)
    documents, interpretations = list_policies(index, columns, units)
    yield make_site(index, observations)
    yield from list_names(index)
    yield from units.facts
    yield from make_columns(index, columns, common, units)
    yield from documents
    yield from interpretations
    yield from list_guides(index, columns, units, common)
    yield from list_coverage(index, section, columns)
    members = map_members(index, columns)
    yield from list_pages(index, members, units)
    yield from list_family_facts(index, units, members)
    yield from list_links(index, columns)
    yield from list_asked_links(index, observations)
    yield from list_outside_links(observations, index.snapshot.finished_at)
    yield from list_endpoints(index, observations)
    yield from list_tls(index, observations)
    yield from list_vantages(index)
    yield from list_reaches(index, section, columns)
    yield from list_probes(index)
