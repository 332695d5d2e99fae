"""What lies beside a report: pictures, stored copies of pages, and the result that came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.model.results import Result
from auditor.report.copies import StoredPage
from auditor.runfolder.files import REPORT_FOLDER

FOLDER = REPORT_FOLDER
"""The folder beside `report.html`."""


@dataclass(frozen=True)
class Beside:
    """What the report draws on beside the result.

    `screenshots` are PNG, `pages` stored pages, both by record id. `causes` say why verdicts changed since `earlier`:
    the word for it, by clause, kind and key of the subject.
    """

    screenshots: Mapping[str, bytes] = field(default_factory=dict)
    earlier: Result | None = None
    pages: Mapping[str, StoredPage] = field(default_factory=dict)
    causes: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
