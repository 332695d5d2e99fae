"""Budgets, accounts and other money that is disclosed: kind, year, tables and elements by name, in which form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, get_args

from auditor.extract.grids import Grid
from auditor.extract.sheet import Draft, Sheet, find_words, find_year, holds_any
from auditor.kinds.disclosure import Budget, BudgetForm, BudgetKind
from auditor.model.evidence import RecordEvidence
from auditor.words.familywords import FamilyWords
from auditor.words.vocabulary import compile_pattern, squeeze_name

_MOST_ITEMS = 120
_LONGEST_ITEM = 40
_TITLE_LINE = 60
_SOME_TEXT = 120


def draft_budget(sheet: Sheet) -> Draft | None:
    """Return the financial disclosure that a page is, or None."""
    words = sheet.words.families["budget"]
    is_page = sheet.kind in ("article", "other") or (sheet.kind == "column" and bool(sheet.files))
    if not is_page or not words.is_hinted(sheet.title) or not words.fits(sheet.title):
        return None
    if sheet.topic in ("news", "interpretation", "letter"):
        return None
    kinds = {name: own for name, own in words.words.items() if name in get_args(BudgetKind)}
    found = find_words(sheet.title, kinds)
    if not found:
        return None
    form = _tell_form(sheet, words)
    titles = [line.text for line in sheet.reading.own_lines if len(line.text) <= _TITLE_LINE]
    titles += [name for _, name in sheet.files]
    tables = find_tables(titles, words)
    elements = find_elements(sheet.text, words)
    is_seen = form == "html" or (form == "none" and not _shows_elsewhere(sheet))
    items = list_items(sheet.grids, words)
    values: dict[str, Any] = {"tables": tables, "elements": elements, "items": items}
    fact = Budget(
        **sheet.begin(),
        title=sheet.title,
        year=find_year(sheet.title, sheet.reading.latest),
        budget_kind=found[0],  # type: ignore[arg-type]
        published_on=sheet.published,
        shown_as=form,
        **values,
        unreadable=() if is_seen else tuple(name for name, value in values.items() if not value),
    )
    return Draft(fact, links=tuple(url for url, _ in sheet.files))


def _shows_elsewhere(sheet: Sheet) -> bool:
    """Tell whether a frame, an embedded object, a player or a script may show what the page itself does not."""
    shown = sheet.reading.shown
    is_embedded = any(zone.part in ("", "content") for _, zone, _ in shown.players)
    return is_embedded or bool(shown.frames) or sheet.reading.scan.is_shell


def _tell_form(sheet: Sheet, words: FamilyWords) -> BudgetForm:
    if sheet.grids and any(len(grid.rows) > 3 for grid in sheet.grids):  # noqa: PLR2004
        return "html"
    named = (name.strip("()（）【】 ").rpartition(".")[2].lower() for name in sheet.file_names)
    endings = {url.partition("?")[0].rpartition(".")[2].lower() for url, _ in sheet.files} | set(named)
    if endings & set(words.sheets):
        return "sheet"
    if endings:
        return "pdf"
    if sheet.pictures:
        return "image"
    return "html" if len(sheet.text) > _SOME_TEXT else "none"


def find_elements(text: str, words: FamilyWords) -> tuple[str, ...]:
    """Return the elements that a text names; those of debts only where it speaks of debts."""
    aside = () if holds_any(text, words.words["debt"]) else words.words["of_debts"]
    return tuple(name for name in find_words(text, words.elements) if name not in aside)


def find_tables(titles: Iterable[str], words: FamilyWords) -> tuple[str, ...]:
    """Return the tables that short lines or names of files and sheets name, in the order of the vocabulary.

    Of the names that fit one line that counts which covers most of it.
    """
    found = {_name_table(squeeze_name(title), words) for title in titles}
    return tuple(name for name in words.patterns if name in found)


def _name_table(line: str, words: FamilyWords) -> str | None:
    if "表" not in line:
        return None
    spans = [
        (len(match.group()), name)
        for name, patterns in words.patterns.items()
        for pattern in patterns
        if (match := compile_pattern(pattern).search(line)) is not None
    ]
    return max(spans, key=lambda one: one[0])[1] if spans else None


def list_items(grids: Iterable[Grid], words: FamilyWords) -> tuple[str, ...]:
    """Return the names of the rows of tables: the first cell that is no number; headings of columns are none."""
    heads = words.words["heads"]
    found: dict[str, None] = {}
    for grid in grids:
        for row in grid.rows[1:]:
            name = next((cell for cell in row if cell and not cell.replace(",", "").replace(".", "").isdigit()), "")
            if 1 < len(name) <= _LONGEST_ITEM and squeeze_name(name) not in heads:
                found[name] = None
    return tuple(found)[:_MOST_ITEMS]


def complete_budget(
    fact: Budget, lines: Sequence[str], grids: Sequence[Grid], words: FamilyWords, cited: RecordEvidence
) -> Budget:
    """Return a budget with what one of its attachments holds beside what is known already."""
    short = [line for line in lines if len(line) <= _TITLE_LINE]
    text = "\n".join(lines)
    tables = {*fact.tables, *find_tables(short, words)}
    elements = {*fact.elements, *find_elements(text, words)}
    update: dict[str, Any] = {
        "tables": tuple(name for name in words.patterns if name in tables),
        "elements": tuple(name for name in words.elements if name in elements),
        "items": tuple(dict.fromkeys((*fact.items, *list_items(grids, words))))[:_MOST_ITEMS],
        "evidence": (*fact.evidence, cited),
        "unreadable": (),
    }
    return fact.model_copy(update=update)
