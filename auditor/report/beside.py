"""What lies beside a report: pictures, stored copies of pages, and the result that came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from auditor.model.results import Result
from auditor.runfolder import REPORT_FOLDER

FOLDER = REPORT_FOLDER
"""The folder beside `report.html`."""


@dataclass(frozen=True)
class Beside:
    """What the report draws on beside the result. `screenshots` are PNG by record id."""

    screenshots: Mapping[str, bytes] = field(default_factory=dict)
    earlier: Result | None = None
