"""What is known of the portal's own search: its form. No crawl puts a question to it."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.extract.site_index import SiteIndex
from auditor.kinds.network import SearchProbe
from auditor.model.attempts import AttemptReason
from auditor.model.evidence import AttemptEvidence

_ANSWERED = ("expected", "found", "rank", "hosts_in_results", "units_in_results")


def list_probes(index: SiteIndex) -> Iterator[SearchProbe]:
    """Yield the search of the start page as one that was not asked; nothing where it offers none or was not read."""
    marks = index.home.marks if index.home is not None else None
    if index.home is None or marks is None or marks.search is None:
        return
    form = marks.search
    unasked = AttemptEvidence(form.action or index.home.url, AttemptReason.NOT_ASKED, "", None)
    yield SearchProbe(
        evidence=(marks.evidence, unasked),
        host=index.portal_host,
        query="",
        form=form.action,
        method=form.method,
        field=form.field,
        unreadable=_ANSWERED,
    )
