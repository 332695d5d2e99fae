"""The sample portal: every page is made when it is asked for, from the seed and its address alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Final, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditor.demo.content import VIDEO, Writer, has_picture
from auditor.demo.defects import Effects, find_effects
from auditor.demo.layouts import Layout, find_layout
from auditor.demo.library import Library, find_guide
from auditor.demo.offprints import FILES, OFFPRINT_TYPE, make_offprint
from auditor.demo.parts import list_part_columns
from auditor.demo.pictures import draw_picture
from auditor.demo.plan import EXTRA, FRAME, OUTSIDE, SECTION, SINGLE, SPARE, Plan, make_plan
from auditor.demo.refs import Article, Ref
from auditor.demo.sitemaps import Sitemaps
from auditor.demo.spec import PortalSpec
from auditor.demo.texts import DATA, read_data
from auditor.demo.views import DOCUMENTS, STYLE, View, name_file
from auditor.model.targets import Target, UnitKind

__all__ = ["Answer", "Portal", "PortalSpec", "generate_portal"]

_HERE: Final = Path(__file__).resolve().parent
_GONE: Final = ("missing", "dead", "moved_home", "redirected_home")
_PICTURES: Final = {"chart": ("tujie", 2), "mixed": ("tujie", 1), "process": ("liucheng", 1)}
Family = Literal[4, 6]


@dataclass(frozen=True)
class Answer:
    """What the portal answers. `reset`: nothing, the connection is cut."""

    status: int
    content_type: str
    body: bytes
    location: str | None = None
    reset: bool = False


@dataclass(frozen=True)
class Portal:
    """A sample portal. `host` is reserved for examples and belongs to nobody, where the spec names no other."""

    spec: PortalSpec
    plan: Plan
    effects: Effects
    writer: Writer
    layout: Layout

    @property
    def host(self) -> str:
        """Return the host name."""
        return self.writer.library.host

    def make_target(self, port: int | None = None) -> Target:
        """Return the portal as a thing to audit, under a port of this machine where one is given."""
        site = read_data("district")["site"]
        place = f"{self.host}:{port}" if port else self.host
        return Target(
            id=self.host,
            name=site["name"],
            seeds=(f"http://{place}/",),
            hosts=(self.host,),
            kind=UnitKind.DISTRICT,
            official_name=site["official_name"],
            retired_hosts=(site["retired_host"],) if self.spec.parts else (),
            units=tuple(body.unit for body in self.plan.bodies),
        )

    # ---- what there is ---------------------------------------------------------------------------

    def list_refs(self) -> Iterator[Ref]:
        """Return every page that the portal has, whatever a firewall or a broken server makes of it.

        The disclosure section comes last, as the site map has it.
        """
        yield Ref("home")
        for name in (*FRAME, SPARE) if self.plan.spare else FRAME:
            yield Ref("frame", name)
        shelf = self.writer.library.shelf.columns.values()
        outside = (column.key for column in shelf if not column.inside)
        yield from chain.from_iterable(map(self._list_column, (*OUTSIDE, *outside)))
        yield Ref("section")
        extra = EXTRA if self.effects.extra_columns else ()
        inside = (column.key for column in shelf if column.inside)
        yield from chain.from_iterable(map(self._list_column, (*SECTION, *inside, *extra)))

    def _list_column(self, column: str) -> Iterator[Ref]:
        library = self.writer.library
        if self._find_fault(column) not in _GONE:
            for number in range(1, library.count_lists(column) + 1):
                yield Ref("list", column, number)
        if column not in SINGLE:
            yield from (Ref("item", column, index) for index in library.list_items(column))

    def list_pages(self) -> Iterator[str]:
        """Return the address of every page that the portal has."""
        return map(self.layout.write_path, self.list_refs())

    def list_files(self) -> Iterator[str]:
        """Return the address of everything else: robots.txt, site maps, style, pictures, the video."""
        yield from ("/robots.txt", *self._sitemaps.list_paths())
        root = f"{self.layout.root}/"
        yield root + STYLE
        yield root + VIDEO
        if "image_only" in self.effects.guides:
            yield f"{root}images/zhinan-{find_guide(self.plan, 'image_only')}.png"
        for reading in self.writer.library.reading_of.values():
            name, count = _PICTURES.get(reading.form, ("", 0))
            for number in range(1, count + 1):
                yield f"{root}images/{name}-{reading.index}-{number}.png"
        for index in range(self.plan.items["news"]):
            if has_picture(index):
                yield f"{root}images/xinwen-{index}.png"
        if self.spec.parts:
            yield from (root + name for name in self._list_part_files())

    def _list_part_files(self) -> Iterator[str]:
        library = self.writer.library
        if library.shelf.has("conac"):
            yield "images/conac-0.png"
        yield from (name.removeprefix("/") for name in library.shelf.list_files())
        if library.shelf.has("download"):
            columns = (column for column in DOCUMENTS if column in library.lists)
            yield from (name_file(column, index) for column in columns for index in library.list_items(column))

    @cached_property
    def _sitemaps(self) -> Sitemaps:
        return Sitemaps(self)

    # ---- answers ---------------------------------------------------------------------------------

    def answer(self, path: str, family: Family = 4, base: str | None = None) -> Answer:
        """Return what the portal answers to a GET of `path` (without a query) over an address family."""
        if family == 6:  # noqa: PLR2004 - the name of the protocol
            if self.effects.ipv6 == "other_content":
                return self._say("other", 200)
            if self.effects.ipv6 == "links_broken" and self._is_inner(path):
                return self._say("missing", 404)
        found = self._answer_file(path, base or f"http://{self.host}")
        return found if found is not None else self._answer_page(path)

    def _is_inner(self, path: str) -> bool:
        ref = self.layout.read_path(path)
        return ref is not None and ref.kind in ("section", "list", "item")

    def _answer_file(self, path: str, base: str) -> Answer | None:
        text = self._sitemaps.render(path, base)
        if text is not None:
            kind = "text/plain; charset=utf-8" if path == "/robots.txt" else "application/xml"
            return Answer(200, kind, text.encode())
        root = f"{self.layout.root}/"
        if path == root + STYLE:
            return Answer(200, "text/css", (_HERE / "templates" / self.layout.name / "site.css").read_bytes())
        if path == root + VIDEO:
            return Answer(200, "video/webm", (DATA / "sample.webm").read_bytes())
        if path.startswith(root + FILES) and self.spec.parts:
            return Answer(200, OFFPRINT_TYPE, make_offprint(path.removeprefix(root + FILES)))
        if path.startswith(f"{root}images/") and path.endswith(".png"):
            return Answer(200, "image/png", draw_picture(path.removeprefix(f"{root}images/")))
        return None

    def _answer_page(self, path: str) -> Answer:
        ref = self.layout.read_path(path)
        inside = path.startswith(self.layout.section_prefix)
        if inside and self.effects.section is not None:
            status = {"blocked": 403, "challenged": 200, "error": 500}[self.effects.section]
            return self._say({"challenged": "challenge"}.get(self.effects.section, self.effects.section), status)
        if self.effects.renamed and path == self.layout.old_path:
            return Answer(301, self.layout.content_type, b"", self.layout.write_path(Ref("list", "rules", 1)))
        if ref is None:
            return self._say("missing", 404)
        if ref.kind == "list":
            return self._answer_list(ref, path)
        exists = ref.kind != "item" or self.writer.library.holds_item(ref.column, ref.number)
        exists = exists and (ref.column != SPARE or self.plan.spare > 0)
        return self._render(ref, path) if exists else self._say("missing", 404)

    def _find_fault(self, column: str) -> str | None:
        return self.effects.columns.get(column) or self.writer.library.shelf.column_faults.get(column)

    def _answer_list(self, ref: Ref, path: str) -> Answer:
        fault = self._find_fault(ref.column)
        if fault == "reset":
            return Answer(0, "", b"", reset=True)
        if fault == "redirected_home":
            return Answer(302, self.layout.content_type, b"", "/")
        if fault == "moved_home":
            return self._render(Ref("home"), path)
        shelf = self.writer.library.shelf
        absent = ref.column in EXTRA and not self.effects.extra_columns
        absent = absent or (ref.column in list_part_columns() and ref.column not in shelf.columns)
        if fault in ("missing", "dead") or absent or not 1 <= ref.number <= self.writer.library.count_lists(ref.column):
            return self._say("missing", 404)
        if self.effects.list_cut and ref.column == "normative" and ref.number > 1:
            return self._say("error", 500)
        return self._render(ref, path)

    def _say(self, name: str, status: int) -> Answer:
        lines = [line.format(number=f"{self.spec.seed:08d}") for line in read_data("sentences")["answers"][name]]
        page = self._templates.get_template("shared/answer.html").render(
            layout=self.layout, lines=lines, challenge=name == "challenge", number=f"{self.spec.seed:08d}"
        )
        return Answer(status, self.layout.content_type, page.encode(self.layout.encoding))

    # ---- pages -----------------------------------------------------------------------------------

    @cached_property
    def _templates(self) -> Environment:
        return Environment(
            loader=FileSystemLoader(_HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            keep_trailing_newline=True,
        )

    def _render(self, ref: Ref, path: str) -> Answer:
        view = View(self.writer, self.layout, path)
        name, parts = {
            "home": self._show_home,
            "frame": self._show_frame,
            "section": self._show_section,
            "list": self._show_list,
            "item": self._show_item,
        }[ref.kind](view, ref)
        page = self._templates.get_template(f"{self.layout.name}/{name}.html").render(
            view=view,
            layout=self.layout,
            site=view.site,
            words=flatten_labels(view.labels, self.layout.name),
            today=self.layout.write_day(self.spec.today),
            nav=view.list_nav(ref),
            frame=view.list_frame(),
            home=Ref("home"),
            section=Ref("section"),
            section_name=view.section_name,
            crumbs=view.list_crumbs(ref),
            menu=view.list_menu(ref.column) if ref.kind == "section" or view.is_inside(ref.column) else (),
            groups=view.list_groups(ref.column),
            **parts,
        )
        return Answer(200, self.layout.content_type, page.encode(self.layout.encoding))

    def _show_home(self, view: View, _ref: Ref) -> tuple[str, dict[str, Any]]:
        return "home", {
            "title": "",
            "labels": view.label_site(),
            "news": view.list_latest("news"),
            "notices": view.list_latest("notices"),
            "news_name": view.name_column("news"),
            "notices_name": view.name_column("notices"),
            "catalogue_name": view.name_column("catalogue"),
        }

    def _show_frame(self, view: View, ref: Ref) -> tuple[str, dict[str, Any]]:
        lines = read_data("sentences")["frame"][ref.column]
        heading = view.name_column(ref.column)
        parts = {"rows": view.list_site() if ref.column == "sitemap" else (), "paragraphs": lines, "pager": ()}
        parts |= {"panels": (), "form": ""}
        return "list", {
            **parts,
            "title": heading,
            "heading": heading,
            "total": "",
            "labels": view.label_column(heading),
        }

    def _show_section(self, view: View, _ref: Ref) -> tuple[str, dict[str, Any]]:
        labels = view.label_column(view.section_name)
        return "section", {"title": view.section_name, "labels": labels, "panels": view.list_panels()}

    def _show_list(self, view: View, ref: Ref) -> tuple[str, dict[str, Any]]:
        heading = view.name_column(ref.column)
        parts: dict[str, Any] = {"title": heading, "heading": heading, "labels": view.label_column(heading)}
        parts |= {
            "rows": (),
            "paragraphs": (),
            "pager": (),
            "total": "",
            "panels": view.list_children(ref.column),
            "form": "",
        }
        if ref.column == "catalogue":
            return "list", {**parts, "rows": view.list_catalogue()}
        if ref.column in SINGLE:
            parts["labels"] = (*parts["labels"], *view.label_text(heading))
            return "list", {**parts, "paragraphs": read_data("sentences")["apply"]}
        parts["form"] = view.ask_form(ref.column)
        total = view.labels["total"].format(count=len(self.writer.library.lists[ref.column]))
        rows = view.list_page(ref.column, ref.number)
        return "list", {**parts, "rows": rows, "pager": view.list_pager(ref.column, ref.number), "total": total}

    def _show_item(self, view: View, ref: Ref) -> tuple[str, dict[str, Any]]:
        article: Article = self.writer.write_article(ref.column, ref.number)
        title = "" if self.layout.name == "tables" else article.title
        parts = {
            "title": title,
            "labels": view.label_article(article),
            "article": article,
            "dates": view.list_dates(article),
        }
        return "article", {**parts, "scripted": view.writes_by_script(article)}


def flatten_labels(labels: Any, layout: str) -> dict[str, str]:
    """Return the words of the frame as one layout writes them."""
    return {name: value if isinstance(value, str) else value[layout] for name, value in labels.items()}


def generate_portal(spec: PortalSpec) -> Portal:
    """Return the sample portal of a spec. Raises ValueError for a defect that does not exist."""
    effects = find_effects(spec.defects)
    plan = make_plan(spec)
    return Portal(spec, plan, effects, Writer(Library(plan, effects)), find_layout(spec.layout))
