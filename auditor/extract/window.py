"""The title of a page's window: which of its parts is the page's own, which are names of columns and of the site."""

from __future__ import annotations

import re
from collections.abc import Container
from dataclasses import dataclass
from functools import lru_cache

from auditor.model.targets import UnitKind
from auditor.page.markup import join_spaces
from auditor.words.vocabulary import Vocabulary, squeeze_name

_CUT = re.compile(r" {0,3}(?:_{1,3}|\|| [-－–—·] | - |--|[-－–—](?![-－–—])) {0,3}")
_SURE = ("_", "|", " ", "--")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_DOMAIN = re.compile(r"(?:https?://)?(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,10}(?:/.{0,100})?", re.IGNORECASE)
_MAX_WINDOW = 400
_MAX_SITE = 40
_MAX_COLUMN = 12
_MIN_HEAD = 2


@dataclass(frozen=True, slots=True)
class Window:
    """A window's title: `head` is what is left of it without the names of columns and site, `sites` are the latter.

    `is_site` where it is nothing but the name of the site; then `head` is the whole. `is_template` where it says no
    more than which column's pages the template is for, `is_home` where it calls the page a home page.
    """

    whole: str
    head: str
    sites: tuple[str, ...]
    is_site: bool
    is_template: bool = False
    is_home: bool = False


def strip_markup(text: str) -> str:
    """Return a title without the raw tags that some templates leave in it."""
    return join_spaces(_MARKUP.sub("", text)) if "<" in text else text


@lru_cache(maxsize=4_000)
def is_site_name(text: str, words: Vocabulary) -> bool:
    """Tell whether words name a site: a body and words like portal, or an address."""
    if not text or len(text) > _MAX_SITE or "_" in text or "|" in text:
        return False
    if _DOMAIN.fullmatch(text.strip()):
        return True
    if words.find_concept(text) not in (None, "home"):
        return False
    key = squeeze_name(text)
    noise = [squeeze_name(word) for word in words.units.name_noise]
    bare = key
    for word in sorted((*noise, *words.concepts["home"].names), key=len, reverse=True):
        bare = bare.removeprefix(word).removesuffix(word)
    if not bare:
        return True
    is_named = bare != key and key.endswith(words.pages.site_ends)
    return is_named or words.find_unit_kind(bare) is not UnitKind.OTHER or bare.endswith(words.pages.site_ends)


def _is_column(text: str, rest: str, names: Container[str], words: Vocabulary) -> bool:
    key = squeeze_name(text)
    return key in names or (words.find_concept(text) is not None and len(squeeze_name(rest)) >= len(key))


def read_window(title: str, site: str, names: frozenset[str], words: Vocabulary) -> Window:
    """Return the parts of a window's title. `site` is the site's name by its label, `names` known columns, squeezed.

    A site's name is cut off at either end, then columns behind the head; what nobody knows is cut off only behind a
    sure sign (`_`, `|`, a dash between blanks), where it is short and the head is longer.
    """
    whole = strip_markup(title[:_MAX_WINDOW])
    label = squeeze_name(site)
    head, sites = whole, []
    if _is_template_name(whole, names, words):
        return Window(whole, whole, (), is_site=True, is_template=True)
    if _is_site(whole, label, words):
        parts = cut_parts(whole)
        is_home = _is_home_of(parts, words) or [words.find_concept(part) for part in parts] == ["home"]
        return Window(whole, whole, (whole,), is_site=True, is_home=is_home)
    lead = _find_lead(whole, label, words)
    if lead is not None:
        sites.append(whole[: lead[0]])
        head = whole[lead[1] :]
    while (cut := _find_last_cut(head)) is not None:
        tail, rest = head[cut.end() :], head[: cut.start()]
        if len(squeeze_name(rest)) < _MIN_HEAD:
            break
        if _is_site(tail, label, words):
            sites.append(tail)
        elif not _is_column(tail, rest, names, words) and not _is_short(tail, rest, cut.group()):
            break
        head = rest
    return Window(whole, head.strip() or whole, tuple(sites), is_site=_is_site(head, label, words))


def _is_site(text: str, label: str, words: Vocabulary) -> bool:
    """Tell whether words are the site's label, or names of sites, and of pages in general, and nothing else."""
    key = squeeze_name(text)
    if not key:
        return False
    parts = cut_parts(text)
    bare = words.pages.bare_titles
    is_whole = key == label or all(part in bare or is_site_name(part, words) for part in parts)
    return is_whole or _is_home_of(parts, words)


def cut_parts(text: str) -> list[str]:
    """Return the parts of a window's title between dashes, bars and the like."""
    return [part.strip() for part in _CUT.split(text) if part.strip()]


def _is_home_of(parts: list[str], words: Vocabulary) -> bool:
    """Tell whether the parts of a title are a name for home pages and one other name, which then is the site's."""
    homes = [words.find_concept(part) == "home" for part in parts]
    others = [part for part, is_home in zip(parts, homes, strict=True) if not is_home]
    is_name = len(others) == 1 and len(others[0]) <= _MAX_COLUMN and words.find_concept(others[0]) is None
    return len(parts) == len(others) + 1 and is_name


def _is_template_name(text: str, names: Container[str], words: Vocabulary) -> bool:
    """Tell whether words only say what a template is for: a column that is known, and what pages are called."""
    if words.find_concept(text) is not None:
        return False
    bare = words.pages.bare_titles
    heads = (text.removesuffix(name) for name in bare if len(text) > len(name) and text.endswith(name))
    return any(squeeze_name(head) in names or words.find_concept(head) is not None for head in heads)


def _is_short(tail: str, rest: str, sign: str) -> bool:
    is_sure = any(mark in sign for mark in _SURE)
    return is_sure and len(tail) <= _MAX_COLUMN and len(rest) > len(tail)


def _find_last_cut(text: str) -> re.Match[str] | None:
    cuts = [cut for cut in _CUT.finditer(text) if cut.start() > 0 and cut.end() < len(text)]
    return cuts[-1] if cuts else None


def _find_lead(text: str, label: str, words: Vocabulary) -> tuple[int, int] | None:
    """Return where the name of the site that a title begins with ends, and where the rest begins."""
    first = next((cut for cut in _CUT.finditer(text) if cut.start() > 0), None)
    if first is not None and first.end() < len(text) and _is_site(text[: first.start()], label, words):
        return first.start(), first.end()
    blank = text.find(" ")
    if blank > 0 and label and squeeze_name(text[:blank]) == label:
        return blank, blank + 1
    return None
