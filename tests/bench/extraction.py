"""Accuracy of extraction over a folder of real pages with truths: `python -m tests.bench.extraction FOLDER [--json]`.

FOLDER holds `manifest.jsonl` (a row a page: file, kind, topic, truth) and the pages. A truth that is null says that the
page does not show it; an absent one, that nobody looked, and then nothing is counted. A topic that is null says neither.
Every page is read alone, without its site. An invented value counts as wrong.

htmldate and trafilatura stand beside ours where they have the field and are installed (the extra `bench`). Milliseconds
are of one core, the best of three readings; pages that are not UTF-8, whose encoding Beautiful Soup must find, are
counted apart.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from auditor.extract.classify import settle_topic
from auditor.extract.marks import read_marks
from auditor.extract.menus import read_menu
from auditor.extract.page_pass import read_capture
from auditor.extract.reading import read_page
from auditor.extract.records import PageRecord
from auditor.extract.tabs import read_tabs
from auditor.model.attempts import Attempt, AttemptStatus, Part, Visit
from auditor.page.scan import decode_body
from auditor.words.vocabulary import Vocabulary, load_vocabulary, squeeze_name

COLUMNS = {
    "disclosure_guide": "指南",
    "disclosure_rules": "制度",
    "statutory_disclosure": "法定主动公开内容",
    "disclosure_annual_report": "年报",
    "disclosure_application": "依申请公开",
}
MARKS = ("site_id_code", "icp", "police_record")
SETS = ("columns", "labels")
OUTCOMES = ("right", "wrong", "missed", "invented")
HEADERS = {"content-type": "text/html"}
READINGS = 3
EMPTY = (None, (), "", frozenset())


@dataclass
class Tally:
    """What came of one field over all pages; `misses` name the page, what was read and what is true.

    `n` counts pages; for fields that are sets, the outcomes count members.
    """

    n: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)

    def add(self, page: str, got: object, truth: object) -> None:
        """Count one page with one value."""
        self.n += 1
        if got == truth or (got in EMPTY and truth in EMPTY):
            outcome = "right"
        elif truth in EMPTY:
            outcome = "invented"
        else:
            outcome = "missed" if got in EMPTY else "wrong"
        self.counts[outcome] += 1
        if outcome != "right":
            self.misses.append(f"{page}: {outcome}: {got!r} for {truth!r}")

    def add_set(self, page: str, got: set[str], truth: set[str]) -> None:
        """Count the members of two sets that agree or do not."""
        self.n += 1
        self.counts.update(right=len(got & truth), invented=len(got - truth), missed=len(truth - got))
        for name, members in (("missed", truth - got), ("invented", got - truth)):
            if members:
                self.misses.append(f"{page}: {name}: {', '.join(sorted(members))}")

    @property
    def share(self) -> float | None:
        """Return the share of pages that are right."""
        return self.counts["right"] / self.n if self.n else None

    @property
    def f1(self) -> float | None:
        """Return the harmonic mean of precision and recall of a set."""
        return measure_f1(self.counts["right"], self.counts["invented"], self.counts["missed"])


@dataclass
class Bench:
    """Everything that is counted."""

    fields: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    kinds: list[tuple[str, str]] = field(default_factory=list)
    milliseconds: dict[bool, list[float]] = field(default_factory=lambda: {False: [], True: []})
    missing: list[str] = field(default_factory=list)


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


def squeeze_number(text: str | None) -> str | None:
    """Return a registration number without blanks and punctuation, None for none."""
    return squeeze_name(text) if text else None


def read_manifest(folder: Path) -> list[dict[str, Any]]:
    """Return the rows of the manifest; blank lines are left out."""
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def iterate_pages(folder: Path) -> Iterator[tuple[dict[str, Any], bytes | None]]:
    """Yield each row of the manifest with its page, None for a page that is not there."""
    for row in read_manifest(folder):
        path = folder / row["file"]
        yield row, path.read_bytes() if path.is_file() else None


def make_visit(row: Mapping[str, Any]) -> Visit:
    """Return a visit for a page that stands alone; its own address does not matter."""
    url = f"http://page.example/pages/{Path(row['file']).name}"
    return Visit(url, Attempt(AttemptStatus.DONE), datetime.now(UTC), (Part.SITE,), status=200)


# ---- ours ----------------------------------------------------------------------------------------


def judge_values(bench: Bench, row: Mapping[str, Any], record: PageRecord, marks: Mapping[str, str | None]) -> None:
    """Compare the fields of one page that have one value."""
    truth, page = row.get("truth") or {}, Path(row["file"]).name
    if row.get("kind"):
        bench.kinds.append((record.kind, row["kind"]))
        bench.fields["kind"].add(page, record.kind, row["kind"])
    if row.get("topic"):
        topic = settle_topic(record.topic, None, record.weak_topic)
        bench.fields["topic"].add(page, topic, row["topic"])
    for name, mark in (("publish_date", record.published), ("update_date", record.updated)):
        if name in truth:
            bench.fields[name].add(page, mark.value.isoformat() if mark is not None else None, truth[name])
    if "title" in truth:
        bench.fields["title"].add(page, squeeze_name(record.title), squeeze_name(truth["title"] or ""))
    for name in MARKS:
        if name in truth:
            bench.fields[name].add(page, squeeze_number(marks[name]), squeeze_number(truth[name]))
    if "interpretation_form" in truth:
        form = record.interpretation.primary if record.interpretation is not None else None
        bench.fields["form"].add(page, form, truth["interpretation_form"])
    if "document_number" in truth:
        number = record.document.doc_no if record.document is not None else None
        bench.fields["document_number"].add(page, number, truth["document_number"])


def judge_sets(bench: Bench, row: Mapping[str, Any], record: PageRecord, columns: set[str]) -> None:
    """Compare the columns that a page offers, its filled labels, and its list: length and newest item."""
    truth, page = row.get("truth") or {}, Path(row["file"]).name
    if truth.get("columns_present") is not None:
        bench.fields["columns"].add_set(page, columns, set(truth["columns_present"]))
    if truth.get("has_meta") is not None:
        values = truth.get("meta_values") or {}
        filled = {name for name, is_there in truth["has_meta"].items() if is_there and values.get(name, "x")}
        bench.fields["labels"].add_set(page, set(record.labels) & set(truth["has_meta"]), filled)
    if truth.get("list_item_count") is not None:
        items = record.listing.items if record.listing is not None else ()
        got: list[object] = [record.listing.item_count if record.listing is not None else 0]
        wanted: list[object] = [truth["list_item_count"]]
        if "newest_item_date" in truth:
            newest = max((item.day for item in items if item.day is not None), default=None)
            got.append(newest.isoformat() if newest is not None else None)
            wanted.append(truth["newest_item_date"])
        bench.fields["list"].add(page, tuple(got), tuple(wanted))


def read_timed(visit: Visit, body: bytes, words: Vocabulary) -> tuple[PageRecord | None, float]:
    """Read all fact kinds of a page; return its record and the milliseconds of one core, the best of some readings."""
    record, best = None, float("inf")
    for _ in range(READINGS):
        start = time.process_time()
        record = read_capture(visit, HEADERS, body, words, frozenset(), takes_marks=True)
        best = min(best, (time.process_time() - start) * 1000)
    return record, best


def is_plain(body: bytes) -> bool:
    """Tell whether a page is UTF-8, so that its encoding need not be looked for."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def run_bench(folder: Path, words: Vocabulary) -> Bench:
    """Read every page of the folder alone and compare it with its truths."""
    bench = Bench()
    for row, body in iterate_pages(folder):
        if body is None:
            bench.missing.append(row["file"])
            continue
        visit = make_visit(row)
        record, milliseconds = read_timed(visit, body, words)
        bench.milliseconds[is_plain(body)].append(milliseconds)
        if record is None:
            bench.fields["read"].add(row["file"], None, "page")
            continue
        reading = read_page(visit, decode_body(body, None), words)
        found = read_marks(reading)
        judge_values(bench, row, record, {name: getattr(found, name) for name in MARKS})
        menu = read_menu(reading)
        offered = (*menu, *read_tabs(reading, menu))
        judge_sets(bench, row, record, {COLUMNS[one.concept] for one in offered if one.concept in COLUMNS})
    return bench


# ---- others --------------------------------------------------------------------------------------


def ask_htmldate(html: str) -> dict[str, str | None]:
    """Return what htmldate says of a page: its first date and its last."""
    find_date = import_module("htmldate").find_date
    return {"publish_date": find_date(html, original_date=True), "update_date": find_date(html, original_date=False)}


def ask_trafilatura(html: str) -> dict[str, str | None]:
    """Return what trafilatura says of a page: its date and its title."""
    document = import_module("trafilatura").extract_metadata(html)
    return {"publish_date": document.date, "title": document.title} if document is not None else {}


OTHERS: Mapping[str, tuple[Callable[[str], dict[str, str | None]], tuple[str, ...]]] = {
    "htmldate": (ask_htmldate, ("publish_date", "update_date")),
    "trafilatura": (ask_trafilatura, ("publish_date", "title")),
}


def run_other(folder: Path, name: str) -> dict[str, Tally]:
    """Ask another extractor about the fields that it has; nothing where it is not installed."""
    if find_spec(name) is None:
        return {}
    ask, fields = OTHERS[name]
    tallies = {one: Tally() for one in fields}
    for row, body in iterate_pages(folder):
        try:
            got = ask(decode_body(body, None)) if body is not None else None
        except Exception as error:  # noqa: BLE001 - whatever another extractor raises is a miss of its own
            sys.stderr.write(f"{name}: {row['file']}: {error!r}\n")
            got = {}
        truth = row.get("truth") or {}
        for one in fields:
            if got is not None and one in truth:
                squeeze = squeeze_name if one == "title" else str
                value, true = got.get(one), truth[one]
                tallies[one].add(
                    Path(row["file"]).name, squeeze(value) if value else None, squeeze(true) if true else None
                )
    return tallies


# ---- figures -------------------------------------------------------------------------------------


def summarise_times(bench: Bench) -> dict[str, dict[str, float | int | None]]:
    """Return the milliseconds a page, those of pages whose encoding had to be found apart."""
    figures: dict[str, dict[str, float | int | None]] = {}
    for name, times in (("utf8", bench.milliseconds[True]), ("other_encodings", bench.milliseconds[False])):
        ordered = sorted(times)
        figures[name] = {
            "n": len(ordered),
            "median": statistics.median(ordered) if ordered else None,
            "percentile_95": ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))] if ordered else None,
        }
    return figures


def summarise(bench: Bench, others: Mapping[str, Mapping[str, Tally]]) -> dict[str, Any]:
    """Return the figures by name."""
    fields = bench.fields
    ours: dict[str, Any] = {
        "kind_macro_f1": measure_macro_f1(bench.kinds),
        "kind_accuracy": fields["kind"].share,
        "publish_date_accuracy": fields["publish_date"].share,
        "update_date_accuracy": fields["update_date"].share,
        "columns_f1": fields["columns"].f1,
        "labels_f1": fields["labels"].f1,
        "lists_exact": fields["list"].share,
        "form_accuracy": fields["form"].share,
        "title_accuracy": fields["title"].share,
        "topic_accuracy": fields["topic"].share,
        "document_number_accuracy": fields["document_number"].share,
        "marks_accuracy": {name: fields[name].share for name in MARKS},
        "milliseconds": summarise_times(bench),
        "n": {name: tally.n for name, tally in sorted(fields.items()) if tally.n},
        "missing_pages": len(bench.missing),
    }
    figures = {"ours": ours}
    for name, tallies in others.items():
        shares: dict[str, Any] = {f"{one}_accuracy": tally.share for one, tally in tallies.items()}
        figures[name] = {**shares, "n": {one: tally.n for one, tally in tallies.items()}} if tallies else {}
    return figures


def show_row(name: str, tally: Tally, score: float | None) -> str:
    """Return one field as a line of a table."""
    counts = "".join(f"{tally.counts[outcome]:>10}" for outcome in OUTCOMES)
    return f"{name:<28}{tally.n:>5}{counts}{'' if score is None else f'{score:>10.3f}'}"


def show(bench: Bench, others: Mapping[str, Mapping[str, Tally]], figures: Mapping[str, Any]) -> str:
    """Return the figures and every miss of ours as lines for a terminal."""
    lines = [f"{'field':<28}{'n':>5}" + "".join(f"{name:>10}" for name in (*OUTCOMES, "score"))]
    shown = sorted((name, tally) for name, tally in bench.fields.items() if tally.n)
    for name, tally in shown:
        lines.append(show_row(name, tally, tally.f1 if name in SETS else tally.share))
        lines += [
            show_row(f"  {other}", tallies[name], tallies[name].share)
            for other, tallies in others.items()
            if name in tallies
        ]
    macro = figures["ours"]["kind_macro_f1"]
    lines.append(f"kind macro-F1 {'-' if macro is None else f'{macro:.3f}'}")
    for name, times in figures["ours"]["milliseconds"].items():
        if times["n"]:
            lines.append(f"ms a page, {name}: n {times['n']}, {times['median']:.1f}, 95 % {times['percentile_95']:.1f}")
    lines += [f"not there: {name}" for name in bench.missing]
    return "\n".join([*lines, *(f"  {name}: {miss}" for name, tally in shown for miss in tally.misses)])


def main() -> None:
    """Read the command line and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
    chosen = parser.parse_args()
    if not (chosen.folder / "manifest.jsonl").is_file():
        parser.error(f"no manifest.jsonl in {chosen.folder}")
    bench = run_bench(chosen.folder, load_vocabulary())
    others = {name: run_other(chosen.folder, name) for name in OTHERS}
    figures = summarise(bench, others)
    text = json.dumps(figures, ensure_ascii=False) if chosen.json else show(bench, others, figures)
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
