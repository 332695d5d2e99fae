"""Guides to single matters of service: their elements, forms, open-ended requirements, contradictions."""

from __future__ import annotations

from collections import Counter

from selectolax.lexbor import LexborNode

from auditor.extract.sheet import Draft, Sheet, holds_any
from auditor.extract.text import fold_text
from auditor.kinds.service import Scenario, ServiceGuide
from auditor.page.markup import Line, text_within
from auditor.page.scan import find_address
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import compile_pattern, squeeze_name

_LEAST_VALUE = 2
_MAX_VALUE = 300
_MOST_CAUGHT = 10
_TITLE_PART = "事项名称"
_SIGN = 12
_HEADING = 20
_NUMBERS = "一二三四五六七八九十0123456789"
_CELLS = ("td", "th", "dt")
_TABS = ("li", "a")


class _Neighbours:
    """The cells beside those of a page's lines; each is read once, however many lines its neighbour has."""

    def __init__(self, lines: tuple[Line, ...]) -> None:
        self._sizes = Counter(line.block.mem_id for line in lines)
        self._texts: dict[int, str | None] = {}
        self._filled: dict[int, bool] = {}

    def is_alone(self, line: Line) -> bool:
        """Tell whether a line is the only one of its cell."""
        return self._sizes[line.block.mem_id] == 1

    def read(self, line: Line) -> str | None:
        """Return the text of the cell beside that of a line, cut; None where the line stands in no cell or the last."""
        key = line.block.mem_id
        if key not in self._texts:
            beside = _find_cell(line.block) if line.block.tag in _CELLS else None
            self._texts[key] = text_within(beside)[:_MAX_VALUE] if beside is not None else None
        return self._texts[key]

    def holds_more(self, line: Line) -> bool:
        """Tell whether the cell beside that of a line holds a link or a picture."""
        key = line.block.mem_id
        if key not in self._filled:
            beside = _find_cell(line.block)
            self._filled[key] = beside is not None and beside.css_first("a[href], img") is not None
        return self._filled[key]


def draft_service_guide(sheet: Sheet) -> Draft | None:
    """Return the service guide that a page is, or None: labels of enough elements must stand on it."""
    words = sheet.words.families["service_guide"]
    if sheet.kind not in ("article", "other", "form", "shell"):
        return None
    is_filed = sheet.topic == "service_guide" or sheet.concept == "service_guide"
    if not is_filed and not words.is_hinted(sheet.hint):
        return None
    if any(compile_pattern(pattern).fullmatch(sheet.title) for pattern in words.titles_not):
        return None
    found = _collect_values(sheet, words)
    if len(found) < words.least and not (is_filed and len(found) > 1):
        return None
    elements = tuple(name for name in words.labels if name in found or (name == _TITLE_PART and sheet.title))
    forms = [url for url, name in sheet.files if holds_any(name, words.words["forms"])]
    fact = ServiceGuide(
        **sheet.begin(),
        title=sheet.title,
        elements=elements,
        forms=len(forms),
        catch_all=_catch_all(sheet, words),
        contradictions=tuple(name for name in words.unique if _differ(found.get(name, ()))),
        scenario=_tell_scenario(sheet, words),
        apply_url=_find_apply(sheet, words),
        updated_on=sheet.updated,
    )
    unit = next(iter(found.get("受理机构", ())), "")
    return Draft(fact, links=tuple(forms), issuer=unit[:40])


def _collect_values(sheet: Sheet, words: FamilyWords) -> dict[str, tuple[str, ...]]:
    """Return the values of each element, by labels of lines and cells and by headings with a number before them.

    Only values whose label begins its line are kept: a list of bodies gives the telephone of each.
    """
    found: dict[str, dict[str, None]] = {}
    cells = _Neighbours(sheet.reading.own_lines)
    for one in sheet.labelled:
        name = _name_element(one.label, words)
        is_cell = one.leads and len(one.line.text) <= _HEADING and cells.is_alone(one.line)
        beside = cells.read(one.line) if is_cell else None
        value = one.value if beside is None else beside
        if name is not None and _is_value(value, words):
            found.setdefault(name, {}).update({value: None} if one.leads else {})
    lines = sheet.reading.own_lines
    for line, after in zip(lines, (*lines[1:], None), strict=False):
        name = _name_element(squeeze_name(line.text), words) if len(line.text) <= _HEADING else None
        if name is not None and _is_filled(sheet, cells, line, after):
            found.setdefault(name, {})
    return {name: tuple(values) for name, values in found.items()}


def _name_element(label: str, words: FamilyWords) -> str | None:
    """Return the element that a squeezed label names, a number before it and words like `说明` behind it left out."""
    key = label.lstrip(_NUMBERS)
    ends = (key.removesuffix(end) for end in words.words["label_ends"])
    return next((name for one in (key, *ends) for name, labels in words.labels.items() if one in labels), None)


def _is_value(text: str, words: FamilyWords) -> bool:
    key = squeeze_name(text)
    if text.rstrip().endswith((":", "：")):
        return False  # the next label
    return len(key) >= _LEAST_VALUE and _name_element(key, words) is None and key not in words.words["beside"]


def _is_filled(sheet: Sheet, cells: _Neighbours, heading: Line, after: Line | None) -> bool:
    """Tell whether something stands under a heading: in the cell beside it, on the next line, or as a picture.

    The names of tabs follow each other; what they open stands below them all.
    """
    words = sheet.words.families["service_guide"]
    beside = cells.read(heading)
    if beside is not None:
        return _is_value(beside, words) or cells.holds_more(heading)
    if heading.block.tag in _TABS or heading.linked:
        return True
    if after is not None and _is_value(after.text, words):
        return True
    end = after.order if after is not None else len(sheet.reading.shown.lines)
    return any(heading.order <= order <= end for order, _, _ in sheet.reading.shown.pictures)


def _find_cell(cell: LexborNode) -> LexborNode | None:
    node = cell.next
    while node is not None and node.tag not in (*_CELLS, "dd"):
        node = node.next
    return node


def _differ(values: tuple[str, ...]) -> bool:
    keys = {squeeze_name(fold_text(value)) for value in values}
    return len(keys) > 1 and not any(one != other and one in other for one in keys for other in keys)


def _catch_all(sheet: Sheet, words: FamilyWords) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for pattern in words.patterns["catch_all"]:
        for match in compile_pattern(pattern).finditer(sheet.text):
            found[match.group()] = None
    return tuple(found)[:_MOST_CAUGHT]


def _tell_scenario(sheet: Sheet, words: FamilyWords) -> Scenario:
    if holds_any(sheet.hint, words.words["one_thing"]):
        return "one_thing"
    return "scenario" if holds_any(sheet.hint, words.words["scenario"]) else "none"


def _find_apply(sheet: Sheet, words: FamilyWords) -> str | None:
    for anchor in sheet.reading.own_anchors:
        if len(anchor.text) <= _SIGN and holds_any(anchor.text, words.words["apply"]):
            url = find_address(anchor.node, sheet.reading.address, sheet.words)
            if url is not None:
                return url
    return None
