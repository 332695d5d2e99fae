"""Results and entries for the tests of the history, made from the sample of the reports."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "report"))
import report_sample as sample

AT = datetime(2026, 10, 20, 2, 0, tzinfo=UTC)


def make_result(
    day=date(2026, 10, 20), *, site="www.yunhe.gov.cn", name="云河区人民政府门户网站", run="run-1", **changes
):
    target = sample.make_target(id=site, name=name)
    at = datetime(day.year, day.month, day.day, 2, 0, tzinfo=UTC)
    snapshot = sample.make_snapshot(target, run_id=run, started_at=at, finished_at=at)
    snapshot = replace(snapshot, **changes.pop("snapshot", {}))
    return sample.make_result(target=target, snapshot=snapshot, as_of=day, **changes)
