"""The example of docs/scorecard.md: October of the year of 20 sample portals, as a table; and its pages on demand.

`python tests/generated/example_year.py OUT` writes the scorecards of the whole year into a folder and adds every number
on their pages up again.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "scorecard")]

import readding  # noqa: E402
import sample_year  # noqa: E402

from auditor.history.entries import Entry  # noqa: E402
from auditor.history.store import open_history  # noqa: E402
from auditor.messages import load_messages  # noqa: E402
from auditor.scorecard.figures import SiteMonth, study_site  # noqa: E402
from auditor.scorecard.press import write_scorecards  # noqa: E402
from auditor.scorecard.roster import arrange_courses  # noqa: E402

DOCUMENT = ROOT / "docs" / "scorecard.md"
MONTH = 10
START, END = "<!-- example: made by tests/generated/accept.py -->", "<!-- end of the example -->"


def list_months(year: sample_year.Year = sample_year.YEAR_OF_TWENTY) -> list[SiteMonth]:
    """Return what October says of each site; only the months that it is compared with are made."""
    by_digest: dict[str, Entry] = {}
    for entry in sample_year.list_audits(year, range(MONTH - 2, MONTH + 1)):
        by_digest[entry.summary.digest] = entry
    courses = arrange_courses((entry.summary for entry in by_digest.values()), f"{sample_year.YEAR}-{MONTH:02d}")
    months = []
    for course in courses:
        now, before = course.now.counted, course.before.counted if course.before is not None else None
        entries = [by_digest[one.digest] if one is not None else None for one in (now, before)]
        months.append(study_site(course, course.site, *entries).month)
    return months


def write_example() -> str:
    """Return the table of the document, the best site first."""
    lines = [
        "| 网站 site | 得分 score | 区间 interval | 比上月 change | 不合格结论 failed verdicts |",
        "|---|---|---|---|---|",
    ]
    months = [one for one in list_months() if one.figures is not None and one.figures.value is not None]
    for one in sorted(months, key=lambda one: (-(one.figures.value or 0), one.course.name)):
        figures, balance, before = one.figures, one.balance, one.course.before
        corrected = "（已更正 corrected）" if one.course.now.replaced is not None else ""
        account = "" if balance is None else (
            f"{balance.before} − {balance.mended + balance.lost + balance.lifted} + {balance.new + balance.raised} = {balance.now}"
        )  # fmt: skip
        change = "" if one.change is None or before is None else f"{one.change:+.1f} ({before.month})"
        name = one.course.name.removeprefix("上海市").removesuffix("人民政府门户网站")
        lines.append(f"| {name}{corrected} | {figures.value:.1f} | {figures.low:.1f}–{figures.high:.1f} | {change} | {account} |")  # fmt: skip
    return "\n".join(lines)


def renew_document() -> str:
    """Return the document with its example as it is now."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, _, rest = text.partition(START)
    _, _, tail = rest.partition(END)
    return f"{head}{START}\n\n{write_example()}\n\n{END}{tail}"


def main(arguments: list[str]) -> None:
    """Write the pages of the whole year and check them."""
    out = Path(arguments[0])
    with tempfile.TemporaryDirectory() as folder, open_history(str(Path(folder) / "history.db")) as history:
        audits = list(sample_year.list_audits())
        for entry in audits:
            history.add(entry)
        months = [f"{sample_year.YEAR}-{month:02d}" for month in range(1, 13)]
        write_scorecards(history, months, out, load_messages("zh"))
    numbers = sum(readding.check_month(out, audits, month) for month in months)
    readding.check_shelf(out, audits, months)
    print(f"{numbers} numbers add up")  # noqa: T201 - says that it was done


if __name__ == "__main__":
    main(sys.argv[1:])
