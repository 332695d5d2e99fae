"""Guides to single matters of service: their elements, forms, open-ended requirements, contradictions."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.extract.sheet import Draft, Sheet, holds_any
from auditor.extract.text import fold_text
from auditor.kinds.service import Scenario, ServiceGuide
from auditor.page.scan import find_address
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import compile_pattern, squeeze_name

_LEAST_VALUE = 2
_MOST_CAUGHT = 10
_TITLE_PART = "事项名称"
_SIGN = 12
_HEADING = 20


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
    """Return the values of each element, by labels of lines and cells and by headings with a number before them."""
    names: Mapping[str, str] = {label: name for name, labels in words.labels.items() for label in labels}
    found: dict[str, dict[str, None]] = {}
    for one in sheet.labelled:
        name = names.get(one.label.lstrip("一二三四五六七八九十0123456789"))
        if name is not None and len(squeeze_name(one.value)) >= _LEAST_VALUE and squeeze_name(one.value) not in names:
            found.setdefault(name, {})[one.value] = None
    for line in sheet.reading.own_lines:
        if len(line.text) <= _HEADING:
            key = squeeze_name(line.text).lstrip("一二三四五六七八九十0123456789")
            if key in names:
                found.setdefault(names[key], {})
    return {name: tuple(values) for name, values in found.items()}


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
