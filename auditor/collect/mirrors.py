"""The same content under many addresses: mirrors, session numbers in paths, error pages that say 200.

What a page says is known by a hash of its bytes. The first page with a content is followed like any other; further
ones under addresses of the same form are followed a few times only, since relative links can lead elsewhere from each.
Pages that show the same and differ in the addresses behind their links only are followed a few times more.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from auditor.page.scan import PageScan
from auditor.words.pagingsigns import TrapSigns

_INDEX_NAMES = frozenset(
    {"index.html", "index.htm", "index.shtml", "index.jsp", "index.jhtml", "index.php", "index.asp", "index.aspx"}
    | {"default.html", "default.htm", "default.jsp", "default.asp", "default.aspx"}
)
_NO_DIGITS = {ord(digit): None for digit in "0123456789"}


def shape_address(url: str) -> str:
    """Return the form of an address: steps with digits are alike, and a step that comes again counts once."""
    parts = urlsplit(url)
    steps = ("#" if any(sign.isdigit() for sign in step) else step for step in parts.path.split("/"))
    names = sorted({pair.partition("=")[0] for pair in parts.query.split("&")})
    return f"{parts.netloc}{'/'.join(dict.fromkeys(steps))}?{'&'.join(names)}"


def count_repeated_steps(url: str) -> int:
    """Return how many folders of an address repeat the form of another one of it."""
    folders = ["#" if any(sign.isdigit() for sign in step) else step for step in urlsplit(url).path.split("/")[1:-1]]
    return len(folders) - len(set(folders))


def describe_look(scan: PageScan) -> tuple[str, ...]:
    """Return what a page shows, as far as pages differ: its title and headings, the names of its links, its frames.

    Where a link has no name its address stands for it, and so it does where a script or a choice leads there.
    """
    links = [text if tag == "a" and text else url for url, text, _, tag, _ in (*scan.links, *scan.script_data)]
    return (scan.title, *scan.headings, "", *links)


def trim_address(url: str) -> str:
    """Return an address without scheme, `www.` and the name of an index page: what two names of one page share."""
    tail = url.partition("://")[2].removeprefix("www.")
    head, _, name = tail.rpartition("/")
    return f"{head}/" if name in _INDEX_NAMES else tail


@dataclass(slots=True)
class Mirrors:
    """Which contents were seen, and where first; and which names of one page were proven to be two of the same."""

    signs: TrapSigns
    _first: dict[bytes, str] = field(default_factory=dict)
    _same: Counter[tuple[bytes, str]] = field(default_factory=Counter)
    _twins: Counter[str] = field(default_factory=Counter)
    _fresh: Counter[str] = field(default_factory=Counter)
    _alike: Counter[int] = field(default_factory=Counter)
    _origins: dict[str, set[str]] = field(default_factory=dict)
    _indexes: dict[str, set[str]] = field(default_factory=dict)

    def note(self, url: str, digest: bytes) -> str | None:
        """Take a page's content up; return the address that had it first, None where it is new."""
        shape = shape_address(url)
        first = self._first.setdefault(digest, url)
        if first == url:
            self._fresh[shape] += 1
            return None
        self._twins[shape] += 1
        self._same[digest, shape] += 1
        if trim_address(first) == trim_address(url):
            self._prove(first, url)
        return first

    def is_followed(self, url: str, digest: bytes) -> bool:
        """Tell whether the links of a page whose content is known are followed all the same."""
        return self._same[digest, shape_address(url)] < self.signs.max_same

    def admit_look(self, url: str, scan: PageScan) -> bool:
        """Count what a page shows; tell whether not too many pages with contents of their own showed just that.

        Deep in folders that repeat each other, what differs in numbers only shows the same: there each level counts up.
        """
        look = describe_look(scan)
        keys = [hash((scan.text_length, look))]
        if count_repeated_steps(url) >= self.signs.repeated_steps:
            keys.append(hash("\n".join(look).translate(_NO_DIGITS)))
        self._alike.update(keys)
        return all(self._alike[key] <= self.signs.max_alike for key in keys)

    def is_exhausted(self, url: str) -> bool:
        """Tell whether addresses of this form have long brought nothing new."""
        if not self._twins:
            return False
        shape = shape_address(url)
        twins = self._twins[shape]
        return twins >= self.signs.max_twins and twins > self.signs.max_same * self._fresh[shape]

    def list_names(self, url: str) -> tuple[str, ...]:
        """Return the other addresses that were proven to lead to the same page as this one."""
        if not self._origins and not self._indexes:
            return ()
        origin, path = _cut_origin(url)
        names = [f"{other}{path}" for other in sorted(self._origins.get(origin, ()))]
        head, _, name = path.rpartition("/")
        known = self._indexes.get(origin, set())
        if name in known:
            names.append(f"{origin}{head}/")
        return (*names, *(f"{origin}{path}{index}" for index in sorted(known) if not name))

    def _prove(self, first: str, url: str) -> None:
        (origin, path), (other, other_path) = _cut_origin(first), _cut_origin(url)
        if origin != other:
            self._origins.setdefault(origin, set()).add(other)
            self._origins.setdefault(other, set()).add(origin)
        names = {path.rpartition("/")[2], other_path.rpartition("/")[2]} & _INDEX_NAMES
        if path != other_path and len(names) == 1:
            for place in {origin, other}:
                self._indexes.setdefault(place, set()).update(names)


def _cut_origin(url: str) -> tuple[str, str]:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", f"{slash}{path}"
