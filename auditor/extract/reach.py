"""How many clicks lead from one named place to another: start page, disclosure section, columns, both ways."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from auditor.extract.columns import ColumnEntry
from auditor.extract.menus import SECTION
from auditor.extract.pagelinks import hash_address, iterate_targets
from auditor.extract.section import Section
from auditor.extract.site_index import SiteIndex
from auditor.facts import Place, Reach

_FARTHEST = 12

Graph = Mapping[bytes, Iterable[bytes]]


@dataclass(frozen=True, slots=True)
class _Stop:
    """A named place: its address, its node among the links, whether its page was read."""

    place: Place
    url: str
    node: bytes
    is_read: bool
    concept: str | None = None
    name: str | None = None


def _list_aliases(index: SiteIndex) -> dict[bytes, bytes]:
    """Return the node of every read address: that of the page that it leads to in the end."""
    aliases: dict[bytes, bytes] = {}
    for url, record in sorted(index.records.items()):
        landed = index.resolve(url).record or record
        node = hash_address(landed.url)
        for one in (url, record.address):
            aliases.setdefault(hash_address(one), node)
    home = index.home
    for url in sorted(index.homes if home is not None else ()):
        aliases[hash_address(url)] = hash_address(home.url if home is not None else url)
    return aliases


def _link_pages(index: SiteIndex, aliases: Mapping[bytes, bytes]) -> tuple[Graph, Graph]:
    """Return what each page leads to, and what leads to each."""
    ahead: dict[bytes, dict[bytes, None]] = {}
    back: defaultdict[bytes, dict[bytes, None]] = defaultdict(dict)
    for url, record in sorted(index.records.items()):
        source = aliases[hash_address(url)]
        if not record.targets or source != hash_address(record.url):
            continue
        for target in iterate_targets(record.targets):
            node = aliases.get(target, target)
            ahead.setdefault(source, {})[node] = None
            back[node][source] = None
    return ahead, back


def count_clicks(graph: Graph, start: bytes) -> dict[bytes, int]:
    """Return how many clicks each node is from one."""
    clicks = {start: 0}
    edge = [start]
    for count in range(1, _FARTHEST + 1):
        reached: dict[bytes, None] = {}
        for node in edge:
            reached.update(dict.fromkeys(graph.get(node, ())))
        edge = [node for node in reached if node not in clicks]
        if not edge:
            break
        clicks.update(dict.fromkeys(edge, count))
    return clicks


def _list_stops(
    index: SiteIndex, section: Section | None, columns: Iterable[ColumnEntry], aliases: Mapping[bytes, bytes]
) -> tuple[_Stop, ...]:
    """Return the named places, each page once: start page, section, then the columns of the section that lead on."""
    found: dict[bytes, _Stop] = {}
    seed = index.home.url if index.home is not None else next(iter(sorted(index.snapshot.target.seeds)), "")
    waiting: list[tuple[Place, str, str | None, str | None]] = [("home", seed, "home", None)]
    if section is not None and section.url is not None:
        waiting.append(("section", section.url, SECTION, section.name))
    waiting += [("column", entry.url, entry.concept, entry.name) for entry in columns if entry.section and entry.leads]
    for place, url, concept, name in waiting:
        node = aliases.get(hash_address(url), hash_address(url))
        is_read = index.resolve(url).is_read
        if url:
            found.setdefault(node, _Stop(place, url, node, is_read, concept, name))
    return tuple(found.values())


def _make_reach(index: SiteIndex, source: _Stop, target: _Stop, clicks: int | None) -> Reach:
    shown = target if target.place == "column" else source
    return Reach(
        evidence=(index.blame_of(index.resolve(source.url)),),
        source=source.url,
        source_place=source.place,
        target=target.url,
        target_place=target.place,
        concept=shown.concept,
        name=shown.name,
        clicks=clicks if source.is_read else None,
        unreadable=() if source.is_read else ("clicks",),
    )


def list_reaches(index: SiteIndex, section: Section | None, columns: Iterable[ColumnEntry]) -> Iterator[Reach]:
    """Yield the clicks between start page and section, and between each of them and the columns, both ways."""
    aliases = _list_aliases(index)
    stops = _list_stops(index, section, columns, aliases)
    ahead, back = _link_pages(index, aliases)
    hubs = [stop for stop in stops if stop.place != "column"]
    for hub in hubs:
        there, here = count_clicks(ahead, hub.node), count_clicks(back, hub.node)
        for stop in stops:
            if stop.place == "column":
                yield _make_reach(index, hub, stop, there.get(stop.node))
                yield _make_reach(index, stop, hub, here.get(stop.node))
            elif stop is not hub:
                yield _make_reach(index, hub, stop, there.get(stop.node))
