"""Adds up every number of a scorecard's pages again, from the verdicts and leaves of the audits alone.

Nothing of the product's arithmetic is used: which audit counts, sums, medians and differences are reckoned here.
"""

from __future__ import annotations

import re
import statistics
from html.parser import HTMLParser

GONE = {"passed", "not_applicable"}
OUTCOMES = ("failed", "cannot_tell", "needs_person", "passed", "not_applicable")


class Tables(HTMLParser):
    """The tables of a page by the id of their section: rows of cells."""

    def __init__(self, path):
        super().__init__()
        self.found, self.section, self.cell = {}, "", None
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "section":
            self.section = values["id"]
        elif tag == "table":
            self.found.setdefault(self.section, []).append([])
        elif tag == "tr":
            self.found[self.section][-1].append([])
        elif tag in ("td", "th"):
            self.cell = []
        elif tag == "br" and self.cell is not None:
            self.cell.append("\n")

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.found[self.section][-1][-1].append("".join(self.cell).strip())
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)


def show(value):
    return "–" if value is None else f"{value:.1f}"


def score(entry):
    judged = sum(leaf.judged for leaf in entry.leaves)
    return sum(leaf.points for leaf in entry.leaves) / judged * 100 if judged else None


def bounds(entry):
    weight = sum(leaf.weight for leaf in entry.leaves)
    return entry.summary.figures.low, entry.summary.figures.high, sum(leaf.judged for leaf in entry.leaves) / weight


def count_failed(entry):
    return {one.key for one in entry.verdicts if one.outcome == "failed"}


def fold(entry):
    worst = {}
    for one in entry.verdicts:
        worst.setdefault(one.clause, []).append(one.outcome.value)
    order = {name: place for place, name in enumerate(OUTCOMES)}
    return {clause: min(found, key=order.__getitem__) for clause, found in worst.items()}


def counted(audits, month):
    """Return the audit that counts for each site in a month: of the latest day, and of one day the one added last."""
    found = {}
    for entry in audits:
        head = entry.summary
        before = found.get(head.site)
        if head.month == month and head.state == "done" and (before is None or head.as_of >= before.summary.as_of):
            found[head.site] = entry
    return found


def check_month(folder, audits, month):
    """Check the pages of one month; return how many numbers were compared."""
    now = counted(audits, month)
    months = sorted({one.summary.month for one in audits if one.summary.month <= month})[-12:]
    earlier = {name: counted(audits, name) for name in months[:-1]}
    before = {
        site: next((earlier[name][site] for name in reversed(months[:-1]) if site in earlier[name]), None)
        for site in now
    }
    numbers = check_overview(Tables(folder / month / "index.html").found, now, before, {**earlier, month: now})
    for site, entry in now.items():
        tables = Tables(folder / month / "sites" / site / "index.html").found
        numbers += check_site(tables, entry, before[site])
        numbers += check_course(tables, site, {**earlier, month: now})
    return numbers


def check_overview(tables, now, before, by_month):
    numbers = 0
    rows = {
        row[0].split("www.")[1].split("\n")[0].split("已")[0].split("新")[0]: row
        for row in tables["sites"][0][1:]
        if len(row) == 9
    }
    rows = {f"www.{name.strip()}": row for name, row in rows.items()}
    assert rows.keys() == now.keys()
    for site, entry in now.items():
        low, high, judged = bounds(entry)
        assert rows[site][1].split()[0] == show(score(entry))
        assert rows[site][2] == f"{show(low)} 至 {show(high)}"
        assert f"已评判 {judged * 100:.0f}%" in rows[site][4]
        assert rows[site][5] == str(sum(one == "failed" for one in fold(entry).values()))
        assert rows[site][8] == str(sum(one.outcome == "needs_person" for one in entry.verdicts))
        numbers += 6
        said = re.match(r"[+−]\d+\.\d", rows[site][3])
        if said or rows[site][3] == "持平":
            change = float(show(score(entry))) - float(show(score(before[site])))
            assert float((said.group() if said else "0").replace("−", "-")) == round(change, 1)
            numbers += 1
    for month, row in zip(sorted(by_month), tables["trend"][0][-len(by_month) :], strict=True):
        values = [score(entry) for entry in by_month[month].values()]
        assert row[1:5] == [show(f(values)) for f in (statistics.median, min, max)] + [str(len(values))]
        numbers += 4
    for row in tables["trend"][1][1:]:
        site = (
            next(e.summary.site for e in now.values() if e.summary.name == row[0])
            if row[0] in {e.summary.name for e in now.values()}
            else None
        )
        for month, cell in zip(sorted(by_month), row[-len(by_month) :], strict=True):
            if site is not None and site in by_month[month]:
                assert cell.split()[0] == show(score(by_month[month][site]))
                numbers += 1
    return numbers + check_parts(tables, now) + check_demands(tables, now, before)


def check_parts(tables, now):
    numbers = 0
    names = {entry.summary.name: entry for entry in now.values()}
    for row in tables["groups"][0][1:]:
        entry = names[row[0]]
        chapters = dict.fromkeys(leaf.chapter for leaf in entry.leaves)
        for chapter, cell in zip(chapters, row[1:], strict=True):
            judged = sum(leaf.judged for leaf in entry.leaves if leaf.chapter == chapter)
            points = sum(leaf.points for leaf in entry.leaves if leaf.chapter == chapter)
            assert cell == (f"{points / judged * 100:.0f}" if judged else "–")
            numbers += 1
    return numbers


def check_demands(tables, now, before):
    numbers = 0
    for row in tables["demands"][0][1:]:
        clause = re.search(r"XH20-[\w.]+$", row[0]).group()
        outcomes = [fold(entry).get(clause) for entry in now.values()]
        failed, judged = outcomes.count("failed"), outcomes.count("failed") + outcomes.count("passed")
        last = sum(fold(one).get(clause) == "failed" for one in before.values() if one is not None)
        assert [row[2], row[3], row[4], row[5]] == [
            str(failed),
            str(judged),
            f"{failed / judged * 100:.0f}%",
            str(last),
        ]
        numbers += 4
    return numbers


def check_site(tables, entry, before):
    numbers = 0
    if before is not None:
        account, causes = ([(row[0], row[1]) for row in table] for table in tables["sum"][:2])
        signed = [int(text.replace("−", "-").replace("+", "")) for _, text in account]
        assert sum(signed[:-1]) == signed[-1] == len(count_failed(entry))
        assert signed[0] == len(count_failed(before))
        assert -sum(signed[1:4]) == len(count_failed(before) - count_failed(entry))
        assert sum(signed[4:6]) == len(count_failed(entry) - count_failed(before))
        words = [{one.key: (one.outcome, one.degree) for one in each.verdicts} for each in (before, entry)]
        keys = words[0].keys() | words[1].keys()
        assert sum(int(text) for _, text in causes) == sum(words[0].get(key) != words[1].get(key) for key in keys)
        numbers += 14
    chapters = dict.fromkeys(leaf.chapter for leaf in entry.leaves)
    for chapter, row in zip(chapters, tables["groups"][0][1:], strict=True):
        leaves = [leaf for leaf in entry.leaves if leaf.chapter == chapter]
        judged = sum(leaf.judged for leaf in leaves)
        assert row[1] == show(sum(leaf.points for leaf in leaves) / judged * 100 if judged else None)
        outcomes = [fold(entry).get(leaf.clause, "cannot_tell") for leaf in leaves]
        assert row[2:] == [str(outcomes.count(name)) for name in OUTCOMES]
        numbers += 6
    return numbers + check_units(tables, entry)


def check_units(tables, entry):
    numbers = 0
    own = [one for one in entry.verdicts if one.kind == "unit"]
    others = [one for one in entry.verdicts if one.kind != "unit"]
    responsible = {one.clause: entry.texts.clauses[one.clause].units for one in others}
    rows = [(row, [one for one in own if one.name == row[0]]) for row in tables["units"][0][1:]]
    rows += [(row, [one for one in others if row[0] in responsible[one.clause]]) for row in tables["units"][1][1:]]
    for row, mine in rows:
        assert row[1:] == [str(sum(one.outcome == outcome for one in mine)) for outcome in OUTCOMES], row
        numbers += 5
    return numbers


def check_course(tables, site, by_month):
    """Check the months of one site: score, interval, share judged."""
    names, rows = sorted(by_month), tables["trend"][0][1:]
    assert not any(site in by_month[name] for name in names[: -len(rows)])
    held = [(row, by_month[name].get(site)) for name, row in zip(names[-len(rows) :], rows, strict=True)]
    for row, entry in held:
        if entry is None:
            assert row[1:5] == ["–"] * 4
            continue
        low, high, judged = bounds(entry)
        assert row[1:5] == [show(score(entry)), show(low), show(high), f"{judged * 100:.0f}%"]
    return 4 * len(held)


def check_moves(folder, month, sites):
    """Check that the first page says of each site what that site's own page says, and of the demands as much."""
    tables = Tables(folder / month / "index.html").found
    rows = {next(word for word in row[0].split("\n") + re.findall(r"www\.d\d+\.example", row[0]) if word.startswith("www.")): row
            for row in tables["sites"][0][1:] if len(row) == 9}  # fmt: skip
    mended = new = 0
    for site in sites:
        sums = Tables(folder / month / "sites" / site / "index.html").found.get("sum")
        if sums:
            cells = [row[1] for row in sums[0]]
            assert rows[site][6:8] == [cells[1].lstrip("−"), cells[4].lstrip("+")]
            mended, new = mended + int(rows[site][6]), new + int(rows[site][7])
    moved = [re.findall(r"\((\d+)\)", cell) for row in tables.get("events", [[[]]])[0][1:] for cell in row[1:]]
    fresh, healed = (sum(int(one) for cell in moved[start::2] for one in cell) for start in (0, 1))
    assert (fresh, healed) == (new, mended)
    return mended, new


def check_shelf(folder, audits, months):
    """Check the page of all months."""
    rows = Tables(folder / "index.html").found["months"][0][1:]
    for month, row in zip(sorted(months, reverse=True), rows, strict=True):
        now = counted(audits, month)
        values = [score(entry) for entry in now.values()]
        assert row[2:6] == [str(len(now)), *(show(f(values)) for f in (statistics.median, min, max))]
        assert row[6:8] == [str(number) for number in check_moves(folder, month, now)]
