"""Charts, drawn when the pages are made: SVG without style or script of its own, which the pages' style colours.

Lines differ by dashes and by their markers, never by colour alone; the numbers stand in a table beside each chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pygal
from lxml import etree  # type: ignore[import-untyped]
from markupsafe import Markup

WIDTH, HEIGHT = 720, 260
_DROPPED = frozenset({"style", "script", "desc", "title"})


@dataclass(frozen=True)
class Line:
    """A line of a chart: a value a month, None where there is none. `dashes` as SVG writes them, empty for none."""

    name: str
    values: tuple[float | None, ...]
    dashes: str = ""


def draw_lines(labels: Sequence[str], lines: Sequence[Line], title: str) -> Markup:
    """Return a chart of scores (0 to 100) over months, with `title` as what a screen reader says of it."""
    chart = pygal.Line(
        width=WIDTH,
        height=HEIGHT,
        margin=6,
        margin_right=30,
        show_legend=False,
        range=(0, 100),
        y_labels=[0, 20, 40, 60, 80, 100],
        allow_interruptions=True,
        disable_xml_declaration=True,
        js=[],
        dots_size=4,
        no_data_text="",
    )
    chart.x_labels = list(labels)
    for line in lines:
        chart.add(line.name, list(line.values), show_dots=not line.dashes, allow_interruptions=True)
    return _settle(chart.render_tree(), lines, title)


def _settle(tree: Any, lines: Sequence[Line], title: str) -> Markup:
    """Take out what changes from run to run and what a page's policy forbids; give lines their dashes."""
    for element in list(tree.iter()):
        parent = element.getparent()
        if parent is not None and (not isinstance(element.tag, str) or element.tag in _DROPPED):
            _drop(parent, element)
            continue
        for name in ("style", "id"):
            element.attrib.pop(name, None)
    for number, line in enumerate(lines):
        for group in tree.iter("g"):
            if line.dashes and group.get("class") == f"series serie-{number} color-{number}":
                for path in group.iter("path"):
                    path.set("stroke-dasharray", line.dashes)
    for name in ("width", "height"):
        tree.attrib.pop(name, None)
    tree.set("role", "img")
    tree.set("aria-label", title)
    tree.set("class", "chart")
    return Markup(etree.tostring(tree, encoding="unicode"))  # noqa: S704 - made by the library from escaped values


def _drop(parent: Any, element: Any) -> None:
    """Remove an element and keep the text behind it."""
    tail = element.tail
    if tail and tail.strip():
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
    parent.remove(element)
