"""What a template is given: the parts of one page, with every link worked out for the address it is served at."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from auditor.demo.content import Writer
from auditor.demo.defects import Effects
from auditor.demo.layouts import SLUGS, Layout
from auditor.demo.offprints import FILES
from auditor.demo.plan import EXTRA, FRAME, SECTION, SINGLE, SPARE, Plan
from auditor.demo.refs import Article, Link, Ref
from auditor.demo.shelf import Shelf
from auditor.demo.texts import read_data

_HOME_ITEMS: Final = 6
_PANEL_ITEMS: Final = 5
_PANELS: Final = ("policy", "normative", "interpretation")
DOCUMENTS: Final = ("policy", "normative", "statutory", "results")
_COMMENTED: Final = frozenset({"news", "notices", "policy"})
_BY_UNIT: Final = frozenset({"guide", "annual", "statutory"})
_CATALOGUE_BY_UNIT: Final = 60
_CATALOGUE_OTHERS: Final = 14
_PAGER_REACH: Final = 3
_SCRIPTED_NEWS: Final = 3
STYLE: Final = "static/site.css"


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of a menu or a breadcrumb; `parts` are the pieces that its name is split into."""

    parts: tuple[str, ...]
    href: str
    current: bool = False

    @property
    def name(self) -> str:
        """Return the whole name."""
        return "".join(self.parts)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list."""

    title: str
    href: str
    day: str
    pinned: bool = False
    scripted: bool = False


@dataclass(frozen=True)
class View:
    """Makes the parts of pages of one portal, as served at `path`."""

    writer: Writer
    layout: Layout
    path: str

    @property
    def plan(self) -> Plan:
        """Return the plan of the portal."""
        return self.writer.plan

    @property
    def effects(self) -> Effects:
        """Return what the defects change."""
        return self.writer.library.effects

    @property
    def shelf(self) -> Shelf:
        """Return the pages of the portal's parts."""
        return self.writer.library.shelf

    def has(self, feature: str) -> bool:
        """Tell whether the site has a feature that comes with its parts."""
        return self.shelf.has(feature)

    @cached_property
    def labels(self) -> Any:
        """Return the words of the frame."""
        return read_data("sentences")["labels"]

    @cached_property
    def site(self) -> Mapping[str, Any]:
        """Return the names and numbers of the site."""
        site: Mapping[str, Any] = {**read_data("district")["site"], "host": self.writer.library.host}
        wrong = bool(self.shelf.parts) and not self.has("name")
        return {**site, "name": site["other_name"], "official_name": site["other_name"]} if wrong else site

    # ---- links -----------------------------------------------------------------------------------

    def link(self, ref: Ref) -> str:
        """Return the link to a page."""
        return self.link_path(self.layout.write_path(ref))

    def link_file(self, name: str) -> str:
        """Return the link to a file."""
        return self.link_path(f"{self.layout.root}/{name}")

    def link_path(self, path: str) -> str:
        """Return the link to an address, relative where the layout links so."""
        if not self.layout.relative:
            return path
        here = posixpath.dirname(self.path)
        relative = posixpath.relpath(path, here)
        return f"{relative}/" if path.endswith("/") else relative

    def link_target(self, link: Link) -> str:
        """Return the address of a written link: of a page, of a file of the portal, of another site."""
        if isinstance(link.target, Ref):
            return self.link(link.target)
        return link.target if link.target.startswith("http") else self.link_file(link.target.removeprefix("/"))

    def link_column(self, column: str) -> str:
        """Return the link to a column: to its old address where that is what the portal's menu still names."""
        if column == "rules" and self.effects.renamed:
            return self.link_path(self.layout.old_path)
        return self.link(Ref("list", column, 1))

    # ---- names -----------------------------------------------------------------------------------

    def name_parts(self, column: str) -> tuple[str, ...]:
        """Return the name of a column as its layout writes it: in one piece, or in two."""
        columns = read_data("columns")
        if column in self.shelf.columns:
            return (self.shelf.columns[column].name,)
        if column in EXTRA:
            return (columns["extra"][column],)
        if column in (*FRAME, SPARE):
            return (columns["frame"][column],)
        name = columns["columns"][column][self.layout.name]
        return (name,) if isinstance(name, str) else tuple(name)

    def name_column(self, column: str) -> str:
        """Return the name of a column."""
        return "".join(self.name_parts(column))

    @property
    def section_name(self) -> str:
        """Return the name of the disclosure section."""
        name: str = read_data("columns")["section"][self.layout.name]
        return name

    # ---- menus -----------------------------------------------------------------------------------

    def list_menu(self, current: str) -> Sequence[Entry]:
        """Return the menu of the disclosure section."""
        return [
            Entry(self.name_parts(column), self.link_column(column), column == current)
            for column in self._list_section()
        ]

    def _list_section(self) -> Sequence[str]:
        own = (column.key for column in self.shelf.columns.values() if column.inside and column.parent is None)
        return [*order_menu(self.effects), *own]

    def is_inside(self, column: str) -> bool:
        """Tell whether a column stands in the disclosure section."""
        own = self.shelf.columns.get(column)
        return own.inside if own is not None else column in (*SECTION, *EXTRA)

    def list_children(self, column: str) -> Sequence[tuple[Entry, Sequence[Row]]]:
        """Return the columns below a column, with their latest items."""
        return [
            (Entry((child.name,), self.link_column(child.key)), self.list_latest(child.key))
            for child in self.shelf.list_children(column)
        ]

    def list_groups(self, current: str) -> Sequence[tuple[Entry, Sequence[Entry]]]:
        """Return the menu of the section as a tree: documents stand below the statutory column, where there is one."""
        entries = dict(zip(self._list_section(), self.list_menu(current), strict=True))
        children = [entries[column] for column in _PANELS if "statutory" in entries]
        top = [column for column in entries if column not in _PANELS or not children]
        return [(entries[column], children if column == "statutory" else ()) for column in top]

    def list_nav(self, current: Ref) -> Sequence[Entry]:
        """Return the main navigation."""
        home = Entry((read_data("columns")["home"][self.layout.name],), self.link(Ref("home")), current.kind == "home")
        inside = current.kind == "section" or self.is_inside(current.column)
        entries = [home, self._enter("news", current), Entry((self.section_name,), self.link(Ref("section")), inside)]
        entries += [self._enter("notices", current)]
        services = Ref("frame", "services")
        own = (column.key for column in self.shelf.columns.values() if not column.inside and column.parent is None)
        entries += [self._enter(column, current) for column in own]
        return [*entries, Entry(self.name_parts("services"), self.link(services), current == services)]

    def _enter(self, column: str, current: Ref) -> Entry:
        return Entry((self.name_column(column),), self.link(Ref("list", column, 1)), current.column == column)

    def list_frame(self) -> Sequence[Entry]:
        """Return the links in the footer."""
        names = (*FRAME, SPARE) if self.plan.spare else FRAME
        return [Entry(self.name_parts(name), self.link(Ref("frame", name))) for name in names]

    def list_crumbs(self, ref: Ref) -> Sequence[Entry]:
        """Return the way from the home page to a page, without a column that the portal lacks."""
        crumbs = [Entry((read_data("columns")["home"][self.layout.name],), self.link(Ref("home")))]
        if ref.kind == "frame":
            return [*crumbs, Entry(self.name_parts(ref.column), self.link(ref))]
        if ref.kind == "section" or (ref.kind in ("list", "item") and self.is_inside(ref.column)):
            crumbs.append(Entry((self.section_name,), self.link(Ref("section"))))
        parent = self.shelf.columns[ref.column].parent if ref.column in self.shelf.columns else None
        if parent is not None:
            crumbs.append(Entry(self.name_parts(parent), self.link_column(parent)))
        if ref.kind in ("list", "item") and self.effects.columns.get(ref.column) != "missing":
            crumbs.append(Entry((self.name_column(ref.column),), self.link_column(ref.column)))
        return crumbs

    # ---- lists -----------------------------------------------------------------------------------

    def list_rows(self, column: str, items: Sequence[int], *, pinned: bool = False) -> Sequence[Row]:
        """Return lines for items of a column."""
        return [
            self._make_row(self.writer.write_article(column, index), pinned and place == 0)
            for place, index in enumerate(items)
        ]

    def _make_row(self, article: Article, pinned: bool) -> Row:
        scripted = self.writes_by_script(article)
        return Row(article.title, self.link(article.ref), self.layout.write_day(article.published_on), pinned, scripted)

    def writes_by_script(self, article: Article) -> bool:
        """Tell whether a script writes the date of an article: of some news in the tabs layout."""
        return self.layout.name == "tabs" and article.ref.column == "news" and article.ref.number % _SCRIPTED_NEWS == 1

    def list_page(self, column: str, number: int) -> Sequence[Row]:
        """Return the lines of one page of a list."""
        library = self.writer.library
        pinned = self.effects.pinned and number == 1 and column in library.pinned_columns
        return self.list_rows(column, library.list_page(column, number), pinned=pinned)

    def list_latest(self, column: str) -> Sequence[Row]:
        """Return the lines that the home page and the section's page show of a column."""
        limit = _PANEL_ITEMS if column in _PANELS else _HOME_ITEMS
        return self.list_rows(column, self.writer.library.lists[column][:limit])

    def list_panels(self) -> Sequence[tuple[Entry, Sequence[Row]]]:
        """Return the panels of the section's page."""
        return [
            (Entry(self.name_parts(column), self.link_column(column)), self.list_latest(column)) for column in _PANELS
        ]

    def list_catalogue(self) -> Sequence[Row]:
        """Return the lines of the catalogue: every unit's pages, and the latest of the rest."""
        return list(self._walk_catalogue())

    def _walk_catalogue(self) -> Iterator[Row]:
        library = self.writer.library
        for column in SECTION:
            if column in SINGLE:
                continue
            limit = _CATALOGUE_BY_UNIT if column in _BY_UNIT else _CATALOGUE_OTHERS
            held = library.list_items(column)[:limit]
            yield from self.list_rows(column, held)

    def list_pager(self, column: str, number: int) -> Sequence[Entry]:
        """Return the links to the other pages of a list."""
        total = self.writer.library.count_lists(column)
        if total == 1:
            return ()
        near = range(max(1, number - _PAGER_REACH), min(total, number + _PAGER_REACH) + 1)
        places = [(self.labels["first"], 1), (self.labels["previous"], max(1, number - 1))]
        places += [(str(place), place) for place in near]
        places += [(self.labels["next"], min(total, number + 1)), (self.labels["last"], total)]
        return [Entry((name,), self.link(Ref("list", column, place)), place == number) for name, place in places]

    # ---- features of portals with parts ----------------------------------------------------------

    def ask_form(self, column: str) -> str:
        """Return what the page of a column asks visitors to write, empty for most columns."""
        own = self.shelf.columns.get(column)
        return own.form or "" if own is not None and self.has("forms") else ""

    def shows_download(self, article: Article) -> bool:
        """Tell whether an article offers its text as a file: documents do, and what is disclosed by law."""
        return self.has("download") and article.ref.column in DOCUMENTS

    def shows_comments(self, article: Article) -> bool:
        """Tell whether an article takes comments: pages of information do."""
        return self.has("comments") and article.ref.column in _COMMENTED

    def link_download(self, article: Article) -> str:
        """Return the link to the file with the text of an article."""
        return self.link_file(name_file(article.ref.column, article.ref.number))

    # ---- labels and dates ------------------------------------------------------------------------

    def label_site(self) -> Sequence[tuple[str, str]]:
        """Return the labels of every page."""
        site = self.site
        return (("SiteName", site["name"]), ("SiteDomain", site["host"]), ("SiteIDCode", site["site_id_code"]))

    def label_column(self, name: str) -> Sequence[tuple[str, str]]:
        """Return the labels of a page that is a column."""
        words = (("ColumnKeywords", name),) if self.has("labels") else ()
        return (*self.label_site(), ("ColumnName", name), ("ColumnDescription", name), *words, ("ColumnType", name))

    def label_text(self, heading: str) -> Sequence[tuple[str, str]]:
        """Return what the page of a column that is one text carries beside, of portals with parts."""
        if not self.shelf.parts:
            return ()
        day = self.layout.write_label_day(date(self.plan.spec.year, 6, 1))
        return (("ArticleTitle", heading), ("PubDate", day), ("ContentSource", self.plan.bodies[0].name))

    def label_article(self, article: Article) -> Sequence[tuple[str, str]]:
        """Return the labels of an article."""
        lost = self.effects.columns.get(article.ref.column) == "missing"
        column = self.section_name if lost else self.name_column(article.ref.column)
        return (
            *self.label_site(),
            ("ColumnName", column),
            ("ColumnType", column),
            ("ArticleTitle", article.title),
            ("PubDate", self.layout.write_label_day(article.published_on)),
            ("ContentSource", article.body.name),
        )

    def list_dates(self, article: Article) -> Sequence[tuple[str, str]]:
        """Return the dates under the title of an article, each with its name."""
        dates: list[tuple[str, str]] = []
        if article.shows_published:
            label = self.labels["published"][self.layout.name]
            dates.append((label, self.layout.write_moment(article.published_on, "published")))
        if article.updated_on is not None:
            label = self.labels["updated"][self.layout.name]
            dates.append((label, self.layout.write_moment(article.updated_on, "updated")))
        return dates

    def list_site(self) -> Sequence[Row]:
        """Return the lines of the site map page: the main columns."""
        return [Row(entry.name, entry.href, "") for entry in self.list_nav(Ref("frame", "sitemap"))]


def name_file(column: str, index: int) -> str:
    """Return the address of the file with the text of an article, below the root of its layout."""
    return f"{FILES}{SLUGS[column]}-{index}.docx"


def order_menu(effects: Effects) -> Sequence[str]:
    """Return the columns of the section's menu in the order in which it shows them."""
    columns = list(SECTION)
    if effects.out_of_order:
        columns[:4] = [columns[3], columns[1], columns[0], columns[2]]
    if effects.extra_columns:
        columns[3:3] = [EXTRA[1]]
        columns[1:1] = [EXTRA[0]]
    return [column for column in columns if effects.columns.get(column) != "missing"]
