"""A site into a run folder: the order of the phases, resuming, and sealing whatever happens."""

from __future__ import annotations

import asyncio
import gc
import platform
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from auditor import __version__
from auditor.archive.coding import CodingError, decode_content
from auditor.archive.journal import COLLECTING_FOLDER, SCREENSHOT_URN, SNAPSHOT_FILE, Beginning, SnapshotWriter
from auditor.collect.access import Access
from auditor.collect.browser import Browser, open_browser
from auditor.collect.drawing import Sheet
from auditor.collect.endpoints import Tools
from auditor.collect.errand import Errand, Revisit
from auditor.collect.evidence import choose_asked, choose_pages
from auditor.collect.fetch import Fetcher, Transport, name_host
from auditor.collect.frontier import Frontier
from auditor.collect.loading import PageLoader
from auditor.collect.network import describe_vantage, has_ipv6_route, probe_site
from auditor.collect.outcome import find_failure
from auditor.collect.outside import OutsideCheck
from auditor.collect.pace import Pace
from auditor.collect.progress import Progress
from auditor.collect.readers import Readers
from auditor.collect.recall import RecallingTransport
from auditor.collect.resolve import Resolver, check_address, check_nameserver
from auditor.collect.retired import observe_retired
from auditor.collect.scope import Scope, list_parents
from auditor.collect.supply import Served, Supply, clean_headers
from auditor.collect.walk import Walk
from auditor.collect.wire import WireTransport, locate_host, read_place
from auditor.errors import InputError, Interrupted
from auditor.model.attempts import AttemptReason, Visit
from auditor.model.observations import Observations
from auditor.model.snapshots import Limits, Snapshot, Vantage
from auditor.model.targets import Target
from auditor.page.scan import normalise_url
from auditor.words.vocabulary import Vocabulary

_TIDY_AFTER = 50_000
MakeTransport = Callable[[Access, Resolver, Limits, Callable[[], datetime]], Transport]


@dataclass(frozen=True)
class Job:
    """What one collection was asked to do; of a re-check, what it needs."""

    target: Target
    limits: Limits
    access: Access
    vocabulary: Vocabulary
    on_progress: Callable[[Progress], None]
    clock: Callable[[], datetime]
    revisit: Revisit | None = None


def collect_site(
    target: Target,
    limits: Limits,
    access: Access,
    out: Path,
    *,
    vocabulary: Vocabulary,
    on_progress: Callable[[Progress], None],
    clock: Callable[[], datetime],
    resume: bool = False,
    revisit: Revisit | None = None,
    make_transport: MakeTransport = WireTransport,
) -> Path:
    """Collect a site into the run folder `out` and return the folder; with `revisit` only what a re-check needs.

    Raises InputError (seed_invalid, resume_other_target, nameserver_syntax, resolve_syntax), OutputError, CollectError
    where nothing was collected, and Interrupted where the user stopped the run; in the last two cases what there was
    is sealed and can be resumed.
    """
    if resume and (out / SNAPSHOT_FILE).is_file() and not (out / COLLECTING_FOLDER).is_dir():
        return out
    _check_access(access)
    site = _normalise_target(target)
    asked = (access.stand_in.origin,) if access.stand_in is not None else site.seeds
    is_secure = all(address.startswith("https:") for address in asked)
    access = replace(access, in_clear=not is_secure)
    job = Job(site, limits, access, vocabulary, on_progress, clock, revisit)
    with SnapshotWriter(out, _begin(target, clock()), resume=resume) as writer:
        if writer.beginning.target_id != target.id:
            raise InputError("resume_other_target", str(out), target=writer.beginning.target_id)
        collection = Collection(job, writer, make_transport)
        try:
            with tidied_rarely():
                asyncio.run(collection.run())
        except KeyboardInterrupt as error:
            collection.seal(AttemptReason.INTERRUPTED)
            raise Interrupted("interrupted", str(out)) from error
        failure = find_failure(job.target.seeds[0], collection.iterate_visits())
        collection.seal(
            collection.find_break() if failure is None else name_end(AttemptReason(failure.values["reason"]))
        )
        if failure is not None:
            raise failure
    return out


@contextmanager
def tidied_rarely() -> Iterator[None]:
    """Look for lost values less often: a crawl keeps nearly all it makes, and looking takes a fifth of its time."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_TIDY_AFTER, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _check_access(access: Access) -> None:
    """Refuse wrong addresses before the run, in which they would come up at the first lookup."""
    if access.nameserver is not None:
        check_nameserver(access.nameserver)
    for addresses in access.overrides.values():
        for address in addresses:
            check_address(address)


def _begin(target: Target, started: datetime) -> Beginning:
    return Beginning(f"{target.id}-{started.astimezone(UTC):%Y%m%dT%H%M%SZ}", target.id, started)


def _normalise_target(target: Target) -> Target:
    seeds = tuple(normalise_url(seed) for seed in target.seeds)
    kept = tuple(seed for seed in seeds if seed is not None)
    if not kept or len(kept) < len(seeds):
        raise InputError("seed_invalid", ", ".join(target.seeds))
    hosts = tuple(dict.fromkeys((*(host.lower() for host in target.hosts), name_host(kept[0]))))
    return replace(target, seeds=kept, hosts=hosts)


def name_end(reason: AttemptReason) -> AttemptReason:
    """Return why a run ended in which nothing could be collected: robots that forbid everything ask us to stop."""
    return AttemptReason.ASKED_TO_STOP if reason is AttemptReason.ROBOTS else reason


def is_same_site(host: str, other: str) -> bool:
    """Tell whether two hosts are one site by name: equal but for `www.`, or one under the other."""
    own, found = host.removeprefix("www."), other.removeprefix("www.")
    return own == found or found.endswith(f".{own}") or own.endswith(f".{found}")


def make_resolver(target: Target, access: Access) -> Resolver:
    """Return the resolver of a run. The hosts that the user named are his own: the target's, or those of its copy."""
    stand_in = access.stand_in
    own = {name_host(stand_in.origin)} if stand_in is not None else {*target.hosts, *map(name_host, target.seeds)}
    return Resolver(
        access.overrides,
        access.nameserver,
        frozenset(own),
        allow_private=access.allow_private,
        absent=access.absent,
        proxy=read_place(access.proxy) if access.proxy is not None else None,
    )


class Collection:
    """One collection while it goes on."""

    def __init__(self, job: Job, writer: SnapshotWriter, make_transport: MakeTransport) -> None:
        """Put the parts together; nothing is asked for yet."""
        self._job = job
        self._writer = writer
        self._make_transport = make_transport
        self._target = job.target
        self._readers = Readers(job.vocabulary)
        self._walk: Walk | None = None
        self._pictures: dict[str, str] = {}
        self._observations = Observations()
        self._outside: OutsideCheck | None = None
        self._joined: dict[str, None] = {}
        self._vantage: Vantage | None = None
        self._browser = "not_started"

    async def run(self) -> None:
        """Walk, probe, take pictures."""
        job = self._job
        access = job.access
        resolver = make_resolver(job.target, access)
        wire = self._make_transport(access, resolver, job.limits, job.clock)
        transport = RecallingTransport(wire, self._writer)
        pace = Pace(job.limits.rate, job.limits.concurrency, partial(locate_host, access, resolver))
        fetcher = Fetcher(transport, pace, job.limits, job.clock, stand_in=access.stand_in)
        browser = await open_browser(job.access, job.target, job.limits)
        self._browser = browser.name or browser.problem
        self._vantage = describe_vantage(job.access, browser.name)
        try:
            await self._go_over(fetcher, pace, browser)
            await self._probe(self._make_tools(fetcher, resolver, pace))
            await self._take_pictures(browser)
        finally:
            await browser.close()
            await self._readers.close()
            await transport.close()

    def list_visits(self, leftover: AttemptReason | None = None) -> tuple[Visit, ...]:
        """Return the visits made, and those that were not."""
        visits: Sequence[Visit] = self._walk.list_visits(leftover) if self._walk is not None else ()
        pictures = self._pictures
        return tuple(
            replace(visit, screenshot=pictures[visit.url]) if visit.url in pictures else visit for visit in visits
        )

    def iterate_visits(self) -> Iterator[Visit]:
        """Yield the visits made, as they came."""
        if self._walk is not None:
            yield from self._walk.iterate_visits()

    def find_break(self) -> AttemptReason | None:
        """Return why the run is not finished although much was collected: the network went away in the middle."""
        stopped = self._walk.stopped_because if self._walk is not None else None
        return stopped if stopped is AttemptReason.UNREACHABLE else None

    def seal(self, broken_off: AttemptReason | None) -> Path:
        """Seal what there is; `broken_off` where the run is not finished and can be resumed."""
        if self._walk is not None:
            self._walk.report("seal", self._target.seeds[0])
        stopped = self._walk.stopped_because if self._walk is not None else None
        snapshot = Snapshot(
            run_id=self._writer.beginning.run_id,
            target=replace(self._target, hosts=(*self._target.hosts, *sorted(self._joined))),
            started_at=self._writer.beginning.started_at,
            finished_at=self._job.clock(),
            finished=broken_off is None,
            limits=self._job.limits,
            vantage=self._vantage,
            versions={"auditor": __version__, "python": platform.python_version(), "browser": self._browser},
            stopped_because=broken_off or stopped,
            revisit=self._job.revisit is not None,
        )
        return self._writer.seal(snapshot, self.list_visits(broken_off), self._list_observations(broken_off))

    def _list_observations(self, broken_off: AttemptReason | None) -> Observations:
        if self._outside is None or self._walk is None:
            return self._observations
        outside = self._outside.list_observations(self._walk.outside.values(), broken_off)
        return replace(self._observations, outside=outside)

    async def _go_over(self, fetcher: Fetcher, pace: Pace, browser: Browser) -> None:
        job = self._job
        home = job.target.seeds[0]
        deadline = asyncio.get_running_loop().time() + job.limits.total_seconds
        job.on_progress(Progress("robots", 0, 0, 0, home))
        loader = self._make_loader(fetcher, pace, browser)
        visit = await loader.load_early(home)
        if self._widen_scope(visit):
            loader = self._make_loader(fetcher, pace, browser)
        scope = self._make_scope()
        self._joined = scope.joined
        revisit = job.revisit
        errand = Errand(revisit) if revisit is not None else None
        frontier = Frontier(scope, job.vocabulary, job.clock().date(), job.access.stand_in, errand)
        self._walk = Walk(loader, frontier, job.limits, job.clock, job.on_progress)
        for number, seed in enumerate(job.target.seeds):
            self._walk.add_seed(seed, is_home=number == 0)
        if visit.status is not None and (revisit is None or revisit.with_sitemap):
            await self._walk.read_sitemaps(home)
        await self._walk.run(deadline)
        if revisit is not None and self._walk.stopped_because is None:
            for url in dict.fromkeys((*revisit.pages, *sorted(revisit.sample))):
                self._walk.add_page(url)
            await self._walk.run(deadline)
        if self._walk.stopped_because is None:
            self._outside = OutsideCheck(fetcher, loader.find_rules, self._writer, job.clock)
            outside = [one for one in self._walk.outside.values() if revisit is None or revisit.wants_outside(one)]
            await self._outside.run(outside, job.limits.max_outside, deadline)

    def _make_scope(self) -> Scope:
        limits = self._job.limits
        hosts = self._target.hosts
        parents = list_parents(hosts) if limits.with_subhosts else ()
        return Scope(frozenset(hosts), limits.include, limits.exclude, parents)

    def _make_loader(self, fetcher: Fetcher, pace: Pace, browser: Browser) -> PageLoader:
        job = self._job
        loader = PageLoader(
            fetcher,
            self._writer,
            scope=self._make_scope(),
            limits=job.limits,
            vocabulary=job.vocabulary,
            clock=job.clock,
            painter=browser,
            ask_robots=True,
            readers=self._readers,
            slow_down=pace.slow_down,
        )
        supply = Supply(
            fetcher,
            self._writer,
            job.limits,
            hosts=frozenset(self._target.hosts),
            refuse=loader.refuse,
            allows_foreign=job.access.browser_hosts == "public",
        )
        browser.attach(supply, sum(visit.rendered is not None for visit in self._writer.journaled.values()))
        return loader

    def _make_tools(self, fetcher: Fetcher, resolver: Resolver, pace: Pace) -> Tools:
        access = self._job.access
        return Tools(
            fetcher,
            resolver,
            pace,
            self._job.limits.request_seconds,
            has_ipv6_route(),
            is_proxied=access.proxy is not None,
            authorities=access.authorities,
        )

    async def _probe(self, tools: Tools) -> None:
        """Ask the network, also where it was the certificate that let nothing be read: then this is what is left."""
        if self._walk is None:
            return
        failure = find_failure(self._target.seeds[0], self.iterate_visits())
        if failure is not None and failure.values.get("reason") != AttemptReason.CERTIFICATE:
            return
        if self._job.access.stand_in is not None:
            return  # the network of a copy says nothing of the real site's
        if self._job.revisit is not None and not self._job.revisit.with_network:
            return
        self._walk.report("probe", self._target.seeds[0])
        visits = self._walk.list_made()
        self._observations = await probe_site(self._target, visits, tools)
        if self._outside is not None and self._target.retired_hosts:
            retired = await observe_retired(self._target.retired_hosts, tools, self._outside.ask)
            self._observations = replace(self._observations, endpoints=(*self._observations.endpoints, *retired))

    async def _take_pictures(self, browser: Browser) -> None:
        if self._walk is None or not browser.works:
            return
        settled = self._walk.list_settled()
        asked = self._job.revisit.pages if self._job.revisit is not None else None
        pages = choose_pages(settled) if asked is None else choose_asked(settled, asked)
        await asyncio.gather(*(self._take_picture(browser, visit) for visit in pages))

    async def _take_picture(self, browser: Browser, visit: Visit) -> None:
        url = visit.url
        earlier = self._writer.journaled.get(url)
        if earlier is not None and earlier.screenshot is not None:
            self._pictures[url] = earlier.screenshot
            return
        sheet = self._recall_sheet(visit)
        picture = await browser.photograph(sheet) if sheet is not None else None
        if self._walk is not None:
            self._walk.report("render", url)
        if picture is not None:
            self._store_picture(url, picture)

    def _recall_sheet(self, visit: Visit) -> Sheet | None:
        """Return what the site served for a visit: a picture of it asks the site for nothing but what stands on it."""
        if visit.record is None:
            return None
        headers, payload = self._writer.read_payload(visit.record)
        try:
            coding = dict(headers).get("content-encoding", "")
            body = decode_content(payload, coding, self._job.limits.max_decoded_bytes)
        except CodingError:
            return None
        return Sheet(visit.final_url or visit.url, Served(visit.status or 0, clean_headers(headers), body))

    def _store_picture(self, url: str, picture: bytes) -> None:
        record = self._writer.write_resource(f"{SCREENSHOT_URN}{url}", self._job.clock(), picture, "image/png")
        self._pictures[url] = record
        earlier = self._writer.journaled.get(url)
        if earlier is not None:
            self._writer.journal_visit(replace(earlier, screenshot=record))

    def _widen_scope(self, visit: Visit) -> bool:
        """Take the host in that the start page sends every reader to, where it is the same site by name."""
        host = name_host(visit.final_url or visit.url)
        if (
            self._job.access.stand_in is not None
            or host in self._target.hosts
            or not is_same_site(name_host(visit.url), host)
        ):
            return False
        self._target = replace(self._target, hosts=(*self._target.hosts, host))
        return True
