"""What an address of the sample portal stands for, and what the pages hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from auditor.demo.texts import Body

BlockKind = Literal["paragraph", "heading", "picture", "video", "table", "address", "sign", "links", "search"]
FormName = Literal["text", "chart", "video", "process", "mixed"]


@dataclass(frozen=True, slots=True)
class Ref:
    """One page: home, one of the frame, the disclosure section, a page of a list (from 1), an item (from 0)."""

    kind: Literal["home", "frame", "section", "list", "item"]
    column: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """Words that lead to a page, to a file (an address from the root of the layout) or to another site."""

    text: str
    target: Ref | str


Cell = str | Link


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a page's body; `source` is the file of a picture or video.

    `rows` are those of a table; of a line with links, its pieces are the one row.
    """

    kind: BlockKind
    text: str = ""
    source: str = ""
    rows: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Related:
    """A link from an article to another one."""

    label: str
    title: str
    ref: Ref


@dataclass(frozen=True, slots=True)
class Article:
    """An article. `published_on` always stands in its label; `shows_published` says whether the reader sees it too."""

    ref: Ref
    title: str
    body: Body
    published_on: date
    blocks: Sequence[Block]
    updated_on: date | None = None
    shows_published: bool = True
    elements: tuple[tuple[str, str], ...] = ()
    related: tuple[Related, ...] = ()
    form: FormName | None = None
