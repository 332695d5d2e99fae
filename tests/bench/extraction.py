"""Accuracy of extraction over a folder of real pages with truths: `python -m tests.bench.extraction FOLDER [--json]`.

FOLDER holds `manifest.jsonl` (a row a page: file, kind, topic, truth) and the pages. Each figure comes with its n; an
invented value counts as wrong. Every page is read alone, without its site.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from auditor.extract.marks import read_marks
from auditor.extract.menus import read_menu
from auditor.extract.page_pass import read_capture
from auditor.extract.reading import read_page
from auditor.extract.records import PageRecord
from auditor.model import Attempt, AttemptStatus, Part, Visit
from auditor.pagescan import decode_body
from auditor.vocabulary import Vocabulary, load_vocabulary, squeeze_name

COLUMNS = {
    "disclosure_guide": "指南",
    "disclosure_rules": "制度",
    "statutory_disclosure": "法定主动公开内容",
    "disclosure_annual_report": "年报",
    "disclosure_application": "依申请公开",
}
MARKS = ("site_id_code", "icp", "police_record")
OUTCOMES = ("right", "wrong", "missed", "invented")


@dataclass
class Tally:
    """What came of one field over all pages; `misses` name the page, what was read and what is true."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def add(self, page: str, got: object, truth: object) -> None:
        """Count one page."""
        if got == truth:
            outcome = "right"
        elif truth in (None, (), ""):
            outcome = "invented"
        else:
            outcome = "missed" if got in (None, (), "") else "wrong"
        self.counts[outcome] += 1
        if outcome != "right":
            self.misses.append(f"{page}: {outcome}: {got!r} for {truth!r}")

    @property
    def n(self) -> int:
        """Return how many pages have a truth."""
        return sum(self.counts.values())

    @property
    def share(self) -> float | None:
        """Return the share of pages that are right."""
        return self.counts["right"] / self.n if self.n else None


@dataclass
class Bench:
    """Everything that is counted."""

    fields: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    kinds: list[tuple[str, str]] = field(default_factory=list)
    columns: Counter[str] = field(default_factory=Counter)
    labels: Counter[str] = field(default_factory=Counter)
    milliseconds: list[float] = field(default_factory=list)


def measure_f1(right: int, invented: int, missed: int) -> float | None:
    """Return the harmonic mean of precision and recall; None where there was nothing to find and nothing found."""
    total = 2 * right + invented + missed
    return 2 * right / total if total else None


def measure_macro_f1(pairs: list[tuple[str, str]]) -> float | None:
    """Return the mean F1 over the true kinds of (got, truth) pairs."""
    scores = []
    for kind in {truth for _, truth in pairs}:
        right = sum(got == truth == kind for got, truth in pairs)
        invented = sum(got == kind != truth for got, truth in pairs)
        missed = sum(truth == kind != got for got, truth in pairs)
        scores.append(measure_f1(right, invented, missed) or 0.0)
    return statistics.fmean(scores) if scores else None


def count_sets(counter: Counter[str], got: set[str], truth: set[str]) -> None:
    """Count the members of two sets that agree or do not."""
    counter.update(right=len(got & truth), invented=len(got - truth), missed=len(truth - got))


def squeeze_number(text: str | None) -> str | None:
    """Return a registration number without blanks and punctuation, None for none."""
    return squeeze_name(text) if text else None


def iterate_pages(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield each row of the manifest with its page."""
    with (folder / "manifest.jsonl").open(encoding="utf-8") as stream:
        for line in stream:
            row = json.loads(line)
            yield row, (folder / row["file"]).read_bytes()


def make_visit(row: dict[str, Any]) -> Visit:
    """Return a visit for a page that stands alone; its own address does not matter."""
    url = f"http://page.example/pages/{Path(row['file']).name}"
    return Visit(url, Attempt(AttemptStatus.DONE), datetime.now(UTC), (Part.SITE,), status=200)


def judge_page(
    bench: Bench, row: dict[str, Any], record: PageRecord, columns: set[str], marks: dict[str, str | None]
) -> None:
    """Compare one page with its truths."""
    truth, page = row["truth"], Path(row["file"]).name
    bench.kinds.append((record.kind, row["kind"]))
    bench.fields["kind"].add(page, record.kind, row["kind"])
    bench.fields["topic"].add(page, record.topic, row["topic"])
    for name, mark in (("publish_date", record.published), ("update_date", record.updated)):
        if name in truth:
            bench.fields[name].add(page, mark.value.isoformat() if mark is not None else None, truth[name])
    bench.fields["title"].add(page, squeeze_name(record.title), squeeze_name(truth["title"]))
    if "columns_present" in truth:
        count_sets(bench.columns, columns, set(truth["columns_present"]))
    if "has_meta" in truth:
        present = {name for name, is_there in truth["has_meta"].items() if is_there}
        filled = {name for name in present if truth.get("meta_values", {}).get(name, "x")}
        known = set(truth["has_meta"])
        count_sets(bench.labels, set(record.labels) & known, filled & known)
    for name in MARKS:
        if name in truth:
            bench.fields[name].add(page, squeeze_number(marks[name]), squeeze_number(truth[name]))
    judge_lists(bench, truth, page, record)


def judge_lists(bench: Bench, truth: dict[str, Any], page: str, record: PageRecord) -> None:
    """Compare lists, forms and document numbers."""
    if "list_item_count" in truth:
        items = record.listing.items if record.listing is not None else ()
        newest = max((item.day for item in items if item.day is not None), default=None)
        got = (len(items), newest.isoformat() if newest is not None else None)
        bench.fields["list"].add(page, got, (truth["list_item_count"], truth.get("newest_item_date")))
    if "interpretation_form" in truth:
        form = record.interpretation.primary if record.interpretation is not None else None
        bench.fields["form"].add(page, form, truth["interpretation_form"])
    if "document_number" in truth:
        number = record.document.doc_no if record.document is not None else None
        bench.fields["document_number"].add(page, number, truth["document_number"])


def run_bench(folder: Path, words: Vocabulary) -> Bench:
    """Read every page of the folder alone and compare it with its truths."""
    bench = Bench()
    for row, body in iterate_pages(folder):
        visit = make_visit(row)
        start = time.perf_counter()
        record = read_capture(visit, {"content-type": "text/html"}, body, words, frozenset(), takes_marks=True)
        bench.milliseconds.append((time.perf_counter() - start) * 1000)
        if record is None:
            bench.fields["read"].add(row["file"], None, "page")
            continue
        reading = read_page(visit, decode_body(body, None), words)
        columns = {COLUMNS[entry.concept] for entry in read_menu(reading) if entry.concept in COLUMNS}
        found = read_marks(reading)
        judge_page(bench, row, record, columns, {name: getattr(found, name) for name in MARKS})
    return bench


def run_htmldate(folder: Path) -> Tally | None:
    """Ask htmldate for publication dates, where it is installed."""
    if find_spec("htmldate") is None:
        return None
    find_date = import_module("htmldate").find_date
    tally = Tally()
    for row, body in iterate_pages(folder):
        if "publish_date" in row["truth"]:
            got = find_date(decode_body(body, None), original_date=True)
            tally.add(Path(row["file"]).name, got, row["truth"]["publish_date"])
    return tally


def summarise(bench: Bench, other: Tally | None) -> dict[str, Any]:
    """Return the figures by name."""
    fields = bench.fields
    ours: dict[str, Any] = {
        "kind_macro_f1": measure_macro_f1(bench.kinds),
        "publish_date_accuracy": fields["publish_date"].share,
        "update_date_accuracy": fields["update_date"].share,
        "columns_f1": measure_f1(bench.columns["right"], bench.columns["invented"], bench.columns["missed"]),
        "labels_f1": measure_f1(bench.labels["right"], bench.labels["invented"], bench.labels["missed"]),
        "lists_exact": fields["list"].share,
        "form_accuracy": fields["form"].share,
        "title_accuracy": fields["title"].share,
        "topic_accuracy": fields["topic"].share,
        "marks_accuracy": {name: fields[name].share for name in MARKS},
        "document_number_accuracy": fields["document_number"].share,
        "median_ms": statistics.median(bench.milliseconds) if bench.milliseconds else None,
        "n": {name: tally.n for name, tally in sorted(fields.items())},
    }
    figures = {"ours": ours}
    if other is not None:
        figures["htmldate"] = {"publish_date_accuracy": other.share, "n": {"publish_date": other.n}}
    return figures


def show(bench: Bench, figures: dict[str, Any]) -> str:
    """Return the figures and every miss as lines for a terminal."""
    lines = [f"{'field':<18}{'n':>5}" + "".join(f"{name:>10}" for name in OUTCOMES)]
    for name, tally in sorted(bench.fields.items()):
        lines.append(f"{name:<18}{tally.n:>5}" + "".join(f"{tally.counts[outcome]:>10}" for outcome in OUTCOMES))
    lines += [f"columns {dict(bench.columns)}", f"labels {dict(bench.labels)}", json.dumps(figures, ensure_ascii=False)]
    lines += [f"  {name}: {miss}" for name, tally in sorted(bench.fields.items()) for miss in tally.misses]
    return "\n".join(lines)


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    bench = run_bench(chosen.folder, load_vocabulary())
    figures = summarise(bench, run_htmldate(chosen.folder))
    sys.stdout.write((json.dumps(figures, ensure_ascii=False) if chosen.json else show(bench, figures)) + "\n")


if __name__ == "__main__":
    main()
