"""How many clicks each page is from the home page: counted over all links that were read, at the end of a crawl."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable

UNREACHED = -1


class LinkGraph:
    """Links between addresses by their numbers; four bytes a link, each target of a page once."""

    def __init__(self) -> None:
        """Start empty."""
        self._links: dict[int, array[int]] = {}
        self._parts: dict[int, array[int]] = {}

    def add_links(self, source: int, targets: Iterable[int], parts: Iterable[int] = ()) -> None:
        """Note what a page links to, and its `parts`: frames, and where it redirects to. These cost no click."""
        self._links[source] = array("I", dict.fromkeys((*self._links.get(source, ()), *targets)))
        shown = array("I", dict.fromkeys((*self._parts.get(source, ()), *parts)))
        if shown:
            self._parts[source] = shown

    def count_clicks(self, homes: Iterable[int], size: int) -> tuple[array[int], array[int]]:
        """Return clicks from the home page and the page before, by number; UNREACHED where no way leads there."""
        clicks, before = array("i", [UNREACHED]) * size, array("i", [UNREACHED]) * size
        waits = bytearray(size)  # what a link leads to waits once: the first way there is none of the longer ones
        waiting = deque((home, 0, UNREACHED) for home in dict.fromkeys(homes))
        while waiting:
            page, count, source = waiting.popleft()
            if clicks[page] != UNREACHED:
                continue
            clicks[page], before[page] = count, source
            waiting.extendleft((part, count, page) for part in self._parts.get(page, ()) if clicks[part] == UNREACHED)
            for link in self._links.get(page, ()):
                if not waits[link]:
                    waits[link] = True
                    waiting.append((link, count + 1, page))
        return clicks, before
