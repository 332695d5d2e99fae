"""The articles of the sample portal, each made from the seed and its place when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

from auditor.demo.dice import pick, roll, spread_day
from auditor.demo.library import Library, Paper, Reading, find_guide
from auditor.demo.plan import Plan
from auditor.demo.refs import Article, Block, FormName, Ref, Related
from auditor.demo.spec import LayoutName
from auditor.demo.texts import Body, read_data

_SCRIPT_NEWS: Final = 1
_FORMULA_NEWS: Final = 2
_LONG_NOTICE: Final = 1
_PICTURE_NEWS: Final = 10
_STALE_YEARS: Final = 2
VIDEO: Final = "media/jiedu.webm"


@dataclass(frozen=True)
class Writer:
    """Writes the articles of one portal."""

    library: Library

    @property
    def plan(self) -> Plan:
        """Return the plan of the portal."""
        return self.library.plan

    @property
    def layout(self) -> LayoutName:
        """Return the layout, which decides some words."""
        return self.plan.spec.layout_name

    @cached_property
    def _makers(self) -> Mapping[str, Callable[[int], Article]]:
        return {
            "guide": self._write_guide,
            "rules": self._write_rules,
            "statutory": self._write_statutory,
            "annual": self._write_annual,
            "policy": lambda index: self._write_paper(self.library.make_paper("policy", index)),
            "normative": lambda index: self._write_paper(self.library.make_paper("normative", index)),
            "interpretation": lambda index: self._write_reading(self.library.readings[index]),
            "news": self._write_news,
            "notices": self._write_notice,
        }

    def write_article(self, column: str, index: int) -> Article:
        """Return one article. Raises KeyError for a column without articles."""
        ref = Ref("item", column, index)
        shelf = self.library.shelf
        return shelf.write_article(ref) if shelf.holds(ref) else self._makers[column](index)

    def _roll(self, sides: int, *keys: object) -> int:
        return roll(sides, self.plan.spec.seed, *keys)

    def _address(self, body: Body) -> str:
        roads: Sequence[str] = read_data("district")["roads"]
        door = 1 + self._roll(800, body.name, "door")
        shape: str = read_data("district")["site"]["door"]
        return shape.format(road=roads[self._roll(len(roads), body.name)], door=door)

    def _fill(self, body: Body, *keys: object) -> dict[str, Any]:
        site = read_data("district")["site"]
        place = self.plan.bodies[-1 - self._roll(len(self.plan.bodies) // 3, *keys, "place")]
        return {
            "unit": body.name,
            "address": self._address(body),
            "phone": f"021-0000{1000 + self._roll(9000, body.name, 'phone')}",
            "email": site["email"],
            "postcode": site["postcode"],
            "field": pick(read_data("subjects")["fields"], self.plan.spec.seed, *keys, "field"),
            "number": 20 + self._roll(900, *keys, "number"),
            "requests": 1 + self._roll(40, *keys, "requests"),
            "place": place.short,
            "person": pick(read_data("subjects")["people"], self.plan.spec.seed, *keys, "person"),
            "year": self.library.year,
        }

    # ---- disclosure ------------------------------------------------------------------------------

    def _write_guide(self, index: int) -> Article:
        body = self.plan.bodies[index]
        year = self.library.year
        faults = self.library.effects.guides
        fault = next((name for name in faults if name != "missing" and find_guide(self.plan, name) == index), None)
        updated: date | None = date(year, 5, 6) + timedelta(days=self._roll(200, "guide", index))
        if fault in ("undated", "image_only"):
            updated = None
        elif fault == "stale":
            updated = date(year - _STALE_YEARS, 3, 2)
        picture = Block("picture", read_data("subjects")["guide"].format(unit=body.name), f"images/zhinan-{index}.png")
        blocks = (picture,) if fault == "image_only" else tuple(self._describe_guide(body))
        first = date(year - 3, 2, 1) + timedelta(days=self._roll(28, "guide", index, "first"))
        title = read_data("subjects")["guide"].format(unit=body.name)
        return Article(Ref("item", "guide", index), title, body, first, blocks, updated, shows_published=False)

    def _describe_guide(self, body: Body) -> Iterator[Block]:
        text = read_data("sentences")["guide"]
        fill = self._fill(body, "guide")
        yield Block("paragraph", text["opening"].format(**fill))
        for head, line in text["sections"]:
            yield Block("heading", head)
            yield Block("paragraph", line.format(**fill))
        contact = [*text["contact"], *(text["more_contact"] if self._shows_fax(body) else ())]
        yield Block("address", rows=tuple((name, value.format(**fill)) for name, value in contact))

    def _shows_fax(self, body: Body) -> bool:
        shelf = self.library.shelf
        return bool(shelf.parts) and (shelf.has("fax") or body != self.plan.bodies[1])

    def _write_rules(self, index: int) -> Article:
        row = read_data("subjects")["rules"][index]
        blocks = tuple(Block("paragraph", line.format(title=row["title"])) for line in read_data("sentences")["rules"])
        return Article(Ref("item", "rules", index), row["title"], self.plan.bodies[0], row["issued"], blocks)

    def _write_statutory(self, index: int) -> Article:
        if index < self.plan.reports:
            return self._write_paper(self.library.make_paper("report", index))
        body = self.plan.bodies[index - self.plan.reports]
        fill = self._fill(body, "function")
        blocks = tuple(Block("paragraph", line.format(**fill)) for line in read_data("sentences")["function"])
        title = read_data("subjects")["function"].format(unit=body.name)
        day = date(self.library.year - 1, 3, 1) - timedelta(days=index)
        return Article(Ref("item", "statutory", index), title, body, day, blocks)

    def _write_annual(self, index: int) -> Article:
        body = self.plan.bodies[index]
        text = read_data("sentences")["annual"]
        fill = self._fill(body, "annual", index)
        blocks: list[Block] = []
        for place, (head, line) in enumerate(text["sections"]):
            blocks += [Block("heading", head), Block("paragraph", line.format(**fill))]
            if place == 1:
                blocks.append(
                    Block("table", rows=tuple(tuple(cell.format(**fill) for cell in row) for row in text["table"]))
                )
        year = self.library.year + 1
        day = spread_day(
            index, len(self.plan.bodies), date(year, 1, 15), date(year, 3, 20), self.plan.spec.seed, "annual"
        )
        title = read_data("subjects")["annual"].format(unit=body.name, year=self.library.year)
        return Article(Ref("item", "annual", index), title, body, day, tuple(blocks))

    # ---- documents and interpretations -----------------------------------------------------------

    def _write_paper(self, paper: Paper) -> Article:
        blocks = tuple(self._describe_report(paper) if paper.family == "report" else self._describe_paper(paper))
        reading = self.library.reading_of.get((paper.family, paper.index))
        related: tuple[Related, ...] = ()
        if reading is not None and not self.library.effects.one_way:
            label = read_data("sentences")["labels"]["to_interpretation"][self.layout]
            related = (Related(label, self.title_reading(reading), reading.ref),)
        return Article(
            paper.ref,
            paper.title,
            paper.issuer,
            paper.published_on,
            blocks,
            elements=self._list_elements(paper),
            related=related,
        )

    def _list_elements(self, paper: Paper) -> tuple[tuple[str, str], ...]:
        labels = read_data("sentences")["labels"]
        place = self.plan.bodies.index(paper.issuer)
        serial = f"LL{place:02d}-{paper.made_on:%Y}-{paper.family[:2].upper()}{paper.index:04d}"
        return (
            (labels["index_no"], serial),
            (labels["doc_no"], paper.number),
            (labels["issuer"], paper.issuer.name),
            (labels["disclosure"], labels["disclosure_value"]),
            (labels["made_on"], f"{paper.made_on:%Y-%m-%d}"),
            (labels["published_on"], f"{paper.published_on:%Y-%m-%d}"),
            (labels["validity"], labels["validity_value"]),
            (labels["remark"], ""),
        )

    def _describe_paper(self, paper: Paper) -> Iterator[Block]:
        text = read_data("sentences")["document"]
        fill = {**self._fill(paper.leader, paper.family, paper.index), "field": paper.field, "subject": paper.subject}
        yield Block("paragraph", text["opening"])
        if paper.meeting is None:
            yield Block("paragraph", text["plain"].format(**fill))
        else:
            yield Block("paragraph", text["meeting"].format(**{**fill, "number": paper.meeting}))
        for place, line in enumerate(text["body"]):
            if place < len(text["heads"]):
                yield Block("heading", text["heads"][place])
            yield Block("paragraph", line.format(**fill))
        yield Block("paragraph", text["closing"].format(**fill))
        yield Block("sign", paper.issuer.name)
        yield Block("sign", format_written(paper.made_on))

    def _describe_report(self, paper: Paper) -> Iterator[Block]:
        fill = {**self._fill(paper.leader, paper.family, paper.index), "field": paper.field}
        for line in read_data("sentences")["report"]["body"]:
            yield Block("paragraph", line.format(**fill))

    def title_reading(self, reading: Reading) -> str:
        """Return the title of an interpretation."""
        paper = self.library.make_paper(reading.family, reading.paper)
        form = "text" if reading.form == "mixed" else reading.form
        title: str = read_data("subjects")["interpretation"][form].format(subject=paper.subject)
        return title

    def _write_reading(self, reading: Reading) -> Article:
        paper = self.library.make_paper(reading.family, reading.paper)
        label = read_data("sentences")["labels"]["to_policy"][self.layout]
        return Article(
            reading.ref,
            self.title_reading(reading),
            paper.leader,
            reading.published_on,
            tuple(self._describe_reading(reading, paper)),
            related=(Related(label, paper.title, paper.ref),),
            form=reading.form,
        )

    def _describe_reading(self, reading: Reading, paper: Paper) -> Iterator[Block]:
        text = read_data("sentences")["interpretation"]
        form: FormName = reading.form
        if form == "chart":
            yield Block("paragraph", text["chart_line"])
            for number in (1, 2):
                yield Block("picture", text["chart_alt"], f"images/tujie-{reading.index}-{number}.png")
        elif form == "process":
            yield Block("paragraph", text["process_line"])
            yield Block("picture", text["process_alt"], f"images/liucheng-{reading.index}-1.png")
        elif form == "video":
            yield Block("paragraph", text["video_line"])
            yield Block("video", text["video_name"], VIDEO)
        else:
            fill = {"field": paper.field, "unit": paper.leader.name}
            for place, line in enumerate(text["body"]):
                if place % 2 == 0:
                    yield Block("heading", text["heads"][place // 2])
                yield Block("paragraph", line.format(**fill))
            if form == "mixed":
                yield Block("picture", text["mixed_alt"], f"images/tujie-{reading.index}-1.png")

    # ---- news and notices ------------------------------------------------------------------------

    def _write_notice(self, index: int) -> Article:
        total = self.plan.items["notices"]
        body = pick(self.plan.bodies, self.plan.spec.seed, "notices", index)
        fill = self._fill(body, "notices", index)
        subjects = read_data("subjects")
        pattern = pick(subjects["notices"], self.plan.spec.seed, "notices", index, "title")
        title = subjects["long_notice"] if index == _LONG_NOTICE else pattern.format(**fill)
        blocks = tuple(Block("paragraph", line.format(**fill)) for line in read_data("sentences")["notice"])
        return Article(Ref("item", "notices", index), title, body, self._date_recent("notices", index, total), blocks)

    def _date_recent(self, column: str, index: int, total: int) -> date:
        today = self.plan.spec.today
        years = 1 if total < self.plan.page_size * 100 else 8
        return spread_day(index, total, today - timedelta(days=365 * years), today, self.plan.spec.seed, column)

    def _write_news(self, index: int) -> Article:
        body = pick(self.plan.bodies, self.plan.spec.seed, "news", index)
        fill = {**self._fill(body, "news", index), "unit": body.short}
        subjects = read_data("subjects")
        hostile = {_SCRIPT_NEWS: subjects["hostile"]["script"], _FORMULA_NEWS: subjects["hostile"]["formula"]}
        title = hostile.get(index) or pick(subjects["news"], self.plan.spec.seed, "news", index, "title").format(**fill)
        blocks = [Block("paragraph", line.format(**fill)) for line in read_data("sentences")["news"]]
        if has_picture(index):
            blocks.insert(1, Block("picture", title, f"images/xinwen-{index}.png"))
        day = self._date_recent("news", index, self.plan.items["news"])
        return Article(Ref("item", "news", index), title, body, day, tuple(blocks))


def has_picture(index: int) -> bool:
    """Tell whether a piece of news carries a picture."""
    return index % _PICTURE_NEWS == 0


def format_written(day: date) -> str:
    """Return a day as documents write it."""
    shape: str = read_data("sentences")["labels"]["written_day"]
    return shape.format(year=day.year, month=day.month, day=day.day)
