"""The field in which a page takes words to search, and where its form sends them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from selectolax.lexbor import LexborNode

from auditor.extract.reading import Reading
from auditor.page.scan import normalise_url
from auditor.words.vocabulary import Mark, squeeze_name

_MAX_FIELDS = 100
_MAX_BUTTONS = 5


@dataclass(frozen=True, slots=True)
class SearchForm:
    """A form for searching: where it sends its words and how. `script`: no address is written in the markup."""

    action: str | None
    method: Literal["get", "post", "script"]
    field: str | None


def find_search_form(reading: Reading, mark: Mark) -> SearchForm | None:
    """Return the first field for words to search: by its kind, its name, its words or its button's."""
    for node in reading.shown.tree.css("input")[:_MAX_FIELDS]:
        kind = (node.attributes.get("type") or "text").lower()
        if kind not in ("text", "search"):
            continue
        label = squeeze_name(f"{node.attributes.get('placeholder') or ''}{node.attributes.get('value') or ''}")
        name = (node.attributes.get("name") or node.attributes.get("id") or "").lower()
        form = _find_form(node)
        is_named = kind == "search" or name in mark.inputs or any(word in label for word in (*mark.names, *mark.words))
        if is_named or any(word in button for button in _list_buttons(form) for word in mark.names):
            return _read_form(reading, node, form)
    return None


def _find_form(field: LexborNode) -> LexborNode | None:
    form = field.parent
    while form is not None and form.tag not in ("form", "body", "html"):
        form = form.parent
    return form if form is not None and form.tag == "form" else None


def _list_buttons(form: LexborNode | None) -> list[str]:
    nodes = form.css("button, input[type=submit], input[type=button]")[:_MAX_BUTTONS] if form is not None else []
    return [squeeze_name(f"{node.attributes.get('value') or ''}{node.text()[:40]}") for node in nodes]


def _read_form(reading: Reading, field: LexborNode, form: LexborNode | None) -> SearchForm:
    name = field.attributes.get("name") or None
    written = (form.attributes.get("action") or "").strip() if form is not None else ""
    action = (
        normalise_url(written, reading.address) if written and not written.startswith(("#", "javascript:")) else None
    )
    if form is None or action is None or name is None:
        return SearchForm(action, "script", name)
    return SearchForm(action, "post" if (form.attributes.get("method") or "").lower() == "post" else "get", name)
