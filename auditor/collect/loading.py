"""From an address to a visit: robots, fetch, jumps, drawing by the browser, and the records of all that.

What an earlier, interrupted run has already fetched is taken from its records and not asked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from auditor.archive.coding import decode_content
from auditor.archive.journal import SnapshotWriter
from auditor.archive.packing import RecordDraft, pack_record
from auditor.collect.drawing import Sheet
from auditor.collect.fetch import DONE, Answer, BodyWish, Fetched, Fetcher, Gate, is_page, open_gate
from auditor.collect.readers import Readers
from auditor.collect.reading import CLIENT_ERROR, PageReading, PageTask, add_columns, hash_page
from auditor.collect.rendition import Painter, Rendition, Studio
from auditor.collect.robots import RobotRules, name_origin, read_robots
from auditor.collect.scope import Scope
from auditor.collect.supply import Served, clean_headers
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Fault, Part, Visit, find_fault
from auditor.model.snapshots import Limits
from auditor.page.pager import list_series
from auditor.page.platforms import is_list_address, write_list
from auditor.page.scan import PageScan, decode_body, judge_block, scan_page
from auditor.words.vocabulary import Vocabulary

_MAX_JUMPS = 3
_REDIRECTS = range(300, 400)
_UNDRAWN = frozenset({AttemptReason.NO_BROWSER, AttemptReason.NOT_ASKED})
_ROBOTS_SKIP = Attempt(AttemptStatus.SKIPPED, AttemptReason.ROBOTS)


@dataclass(frozen=True)
class Loaded:
    """A visit and what is needed to go on from it; `scan` only for a page of the site that can be read.

    `pages` are further pages of the list, known only from a count that a script states. `digest` is a hash of a page
    as served, empty where none was read or it is but a shell; `size` counts the bytes stored of its body.
    """

    visit: Visit
    scan: PageScan | None = None
    pages: tuple[str, ...] = ()
    digest: bytes = b""
    size: int = 0


@dataclass(frozen=True)
class _Read:
    """A fetched page, decoded and judged."""

    fetched: Fetched
    attempt: Attempt
    reading: PageReading

    @property
    def scan(self) -> PageScan | None:
        """Return what is known of the page, for one of the site that can be read."""
        return self.reading.scan

    @property
    def html(self) -> str:
        """Return the page as text."""
        answer = self.fetched.answer
        return decode_body(self.fetched.body, answer.header("content-type")) if answer is not None else ""


class PageLoader:
    """Loads addresses of one site into one archive."""

    def __init__(
        self,
        fetcher: Fetcher,
        writer: SnapshotWriter,
        *,
        scope: Scope,
        limits: Limits,
        vocabulary: Vocabulary,
        clock: Callable[[], datetime],
        painter: Painter | None,
        ask_robots: bool,
        slow_down: Callable[[str, float], None],
        readers: Readers | None = None,
    ) -> None:
        """Take the parts; nothing is loaded yet."""
        self._fetcher = fetcher
        self._writer = writer
        self._scope = scope
        self._limits = limits
        self._vocabulary = vocabulary
        self._clock = clock
        self._studio = Studio(painter, writer, vocabulary, clock) if painter is not None else None
        self._homes: set[str] = set()
        self._ask_robots = ask_robots
        self._slow_down = slow_down
        self._readers = readers or Readers(vocabulary, 0)
        self._rules: dict[str, asyncio.Future[RobotRules]] = {}
        self._finals: dict[str, Visit] = {}
        self._early: dict[str, Loaded] = {}
        self.robot_visits: dict[str, Visit] = {}

    async def load_early(self, url: str) -> Visit:
        """Load a start page before the walk, which then takes what came."""
        self._homes.add(url)
        self._early[url] = await self.load(url)
        return self._early[url].visit

    async def is_lost(self, url: str) -> bool:
        """Ask for an address once more, and tell whether the site refuses it or does not answer at all."""
        fetched = await self._fetcher.fetch(url, gate=self._admit)
        reason = (await self._read(fetched, None)).attempt.reason
        return reason is AttemptReason.BLOCKED or (reason is not None and find_fault(reason) is not Fault.THEIRS)

    def has_stopped(self, url: str) -> bool:
        """Tell whether the host of an address has asked us to stop."""
        return self._fetcher.has_stopped(url)

    async def load(self, url: str, wish: BodyWish = "page") -> Loaded:
        """Load an address of the site. The visit's parts and clicks are the caller's to set."""
        if url in self._early:
            return self._early.pop(url)
        earlier = self._writer.journaled.get(url)
        if earlier is not None and _is_settled(earlier):
            return await self._resume(earlier)
        refusal = await self.refuse(url)
        if refusal is not None:
            return Loaded(Visit(url, refusal, self._clock(), (Part.SITE,)))
        if url in self._finals:
            return self._reload(replace(self._finals[url], url=url))
        answered = self._take_answer(url)
        if answered is not None:
            return answered
        wish = "any" if is_list_address(url, self._vocabulary) else wish
        fetched = await self._fetcher.fetch(url, wish=wish, gate=self._admit)
        loaded = await self._settle(fetched, wish)
        self._writer.journal_visit(loaded.visit)
        if loaded.visit.attempt.status is AttemptStatus.DONE and loaded.visit.final_url:
            self._finals.setdefault(loaded.visit.final_url, loaded.visit)
        return loaded

    async def load_file(self, url: str, gate: Gate | None = None) -> tuple[Visit, bytes]:
        """Load a file about the site (robots.txt, sitemap); return its visit and its body."""
        earlier = self._writer.journaled.get(url)
        if earlier is not None and _is_settled(earlier):
            return earlier, self._read_body(earlier)[0] if earlier.record else b""
        fetched = await self._fetcher.fetch(url, wish="any", gate=gate or self._admit)
        attempt = fetched.attempt
        answer = fetched.answer
        if answer is not None and judge_block(answer.status, decode_body(fetched.body, answer.header("content-type"))):
            attempt = Attempt(AttemptStatus.FAILED, AttemptReason.BLOCKED, str(answer.status), attempt.ms)
        draft = self._draft(fetched)
        record = self._writer.write_packed([pack_record(draft)]) if draft is not None else None
        visit = self._make_visit(fetched, attempt, record)
        self._writer.journal_visit(visit)
        return visit, fetched.body

    async def find_rules(self, url: str) -> RobotRules:
        """Return what the origin of an address asks of robots; asked once."""
        origin = name_origin(url)
        if origin not in self._rules:
            self._rules[origin] = asyncio.ensure_future(self._load_rules(origin))
        return await asyncio.shield(self._rules[origin])

    async def _load_rules(self, origin: str) -> RobotRules:
        # its redirects ask no rules, which would have to come from here first; RFC 9309, 2.3.1.2 has them followed
        visit, body = await self.load_file(f"{origin}/robots.txt", open_gate)
        self.robot_visits[origin] = visit
        rules = read_robots(visit, body)
        if rules.delay:
            self._slow_down(origin, rules.delay)
        return rules

    async def refuse(self, url: str) -> Attempt | None:
        """Return why an address of the site may not be asked for: robots.txt; None where it may."""
        if not self._ask_robots or not self._scope.holds(url):
            return None
        rules = await self.find_rules(url)
        return None if rules.allow(url) else _ROBOTS_SKIP

    async def _admit(self, url: str) -> Attempt | None:
        """Judge a redirect's target: refused, or known already (a done attempt), or to be asked for."""
        if url in self._finals:
            return DONE
        if url.endswith("/robots.txt") or not self._ask_robots:
            return None
        rules = await self.find_rules(url)
        return None if rules.allow(url) else _ROBOTS_SKIP

    async def _settle(self, fetched: Fetched, wish: BodyWish) -> Loaded:
        read, record = await self._follow_jumps(fetched, wish)
        fetched = read.fetched
        known = self._finals.get(fetched.final_url)
        if known is not None and fetched.answer is not None and (fetched.answer.status or 0) in _REDIRECTS:
            return self._reload(replace(known, url=fetched.url))
        visit = self._make_visit(fetched, read.attempt, record)
        is_markup = fetched.answer is not None and _is_html(fetched.answer, fetched.body)
        if read.scan is not None and self._studio is not None and is_markup:
            is_home = fetched.url in self._homes
            if self._studio.needs(read.scan, read.html if is_home else None):
                return await self._draw(visit, read, is_home=is_home)
        size = len(fetched.answer.stored) if fetched.answer is not None else 0
        return Loaded(visit, read.scan, read.reading.pages, read.reading.digest, size)

    async def _follow_jumps(self, fetched: Fetched, wish: BodyWish) -> tuple[_Read, str | None]:
        """Follow where pages send every reader at once; return the last page and the record of its response."""
        read = await self._read(fetched, self._draft(fetched))
        record = self._store(read)
        for _ in range(_MAX_JUMPS):
            target = self._find_jump(read, fetched.url)
            if target is None or await self.refuse(target) is not None:
                break
            following = await self._fetcher.fetch(target, wish=wish, gate=self._admit)
            fetched = replace(following, url=fetched.url)
            read = await self._read(fetched, self._draft(fetched))
            record = self._store(read)
        return read, record

    async def _read(self, fetched: Fetched, draft: RecordDraft | None) -> _Read:
        answer = fetched.answer
        if answer is None:
            return _Read(fetched, fetched.attempt, PageReading())
        done = fetched.attempt.status is AttemptStatus.DONE
        is_answered = done or fetched.attempt.reason is AttemptReason.HTTP_ERROR
        is_page_like = is_answered and _is_html(answer, fetched.body)
        task = PageTask(
            url=fetched.final_url,
            status=answer.status if is_answered else None,
            content_type=answer.header("content-type"),
            body=fetched.body,
            is_page=is_page_like,
            is_list=is_answered and not is_page_like and is_list_address(fetched.final_url, self._vocabulary),
            is_wanted=done and self._scope.holds(fetched.final_url),
            draft=draft,
        )
        reading = await self._readers.read(task)
        attempt = fetched.attempt
        if reading.is_block and is_answered:
            attempt = Attempt(AttemptStatus.FAILED, AttemptReason.BLOCKED, str(answer.status), attempt.ms)
        elif reading.failure is not None and done:
            attempt = replace(reading.failure, ms=attempt.ms)
        return _Read(fetched, attempt, reading)

    def _draft(self, fetched: Fetched) -> RecordDraft | None:
        """Store all answers on the way, and return the record of the last."""
        drafts = [
            self._writer.draft_response(
                url,
                answer.at,
                f"{answer.status} {answer.phrase}".strip(),
                answer.headers,
                answer.stored,
                truncated=answer.truncated,
            )
            for url, answer in fetched.hops
        ]
        for draft in drafts[:-1]:
            self._writer.write_packed([pack_record(draft)])
        return drafts[-1] if drafts else None

    def _store(self, read: _Read) -> str | None:
        records = read.reading.records
        return self._writer.write_packed(records, read.reading.row) if records else None

    def _scan(self, attempt: Attempt, status: int | None, html: str, url: str) -> PageScan | None:
        is_readable = attempt.status is AttemptStatus.DONE and html and (status or 0) < CLIENT_ERROR
        if not is_readable or not self._scope.holds(url):
            return None
        return add_columns(scan_page(html, url, self._vocabulary), html, url, self._vocabulary)

    def _take_answer(self, url: str) -> Loaded | None:
        """Take what a drawn page was given for an address, so that the site is not asked again."""
        found = self._studio.find_answer(url) if self._studio is not None else None
        if found is None:
            return None
        record, status, media = found
        visit = Visit(url, DONE, self._clock(), (Part.SITE,), url, status, media, record=record)
        self._writer.journal_visit(visit)
        return self._reload(visit)

    def _find_jump(self, read: _Read, url: str) -> str | None:
        jump = read.scan.jump if read.scan is not None else None
        target = self._fetcher.name_address(jump) if jump is not None else None
        if target is None or target in {url, read.fetched.final_url} or not self._scope.holds(target):
            return None
        return target

    async def _draw(self, visit: Visit, read: _Read, *, is_home: bool) -> Loaded:
        """Draw a page; where its script sends every reader elsewhere within the site, that page is the visit's."""
        rendition = await self._render(visit, read, is_home=is_home)
        target = rendition.left_for
        if target is not None and self._scope.holds(target) and await self.refuse(target) is None:
            fetched = replace(await self._fetcher.fetch(target, gate=self._admit), url=visit.url)
            following, record = await self._follow_jumps(fetched, "page")
            if following.scan is not None:
                visit = self._make_visit(following.fetched, following.attempt, record)
                rendition = Rendition(visit, following.scan)
                if following.scan.is_shell:
                    rendition = await self._render(visit, following, is_home=is_home)
        return Loaded(rendition.visit, rendition.scan)

    async def _render(self, visit: Visit, read: _Read, *, is_home: bool) -> Rendition:
        answer = read.fetched.answer
        if self._studio is None or answer is None or read.scan is None:
            return Rendition(visit, read.scan)
        served = Served(answer.status or 0, clean_headers(answer.headers), read.fetched.body)
        return await self._studio.draw(visit, Sheet(read.fetched.final_url, served), read.scan, is_home=is_home)

    def _make_visit(self, fetched: Fetched, attempt: Attempt, record: str | None) -> Visit:
        answer = fetched.answer
        media = (answer.media_type or ("text/html" if _is_html(answer, fetched.body) else None)) if answer else None
        return Visit(
            url=fetched.url,
            attempt=attempt,
            at=fetched.at,
            parts=(Part.SITE,),
            final_url=fetched.final_url,
            status=answer.status if answer else None,
            media_type=media,
            record=record,
        )

    def _reload(self, visit: Visit) -> Loaded:
        """Take a visit's page from its record again."""
        is_list = is_list_address(visit.final_url or visit.url, self._vocabulary)
        is_read = visit.attempt.status is AttemptStatus.DONE and (is_list or is_page(visit.media_type))
        if not is_read or not visit.record:
            size = len(self._writer.read_payload(visit.record)[1]) if visit.record else 0
            return Loaded(visit, size=size)
        if visit.rendered is not None:
            body = self._writer.read_payload(visit.rendered)[1]
            html = body.decode("utf-8", "replace")
        else:
            body, headers = self._read_body(visit)
            html = decode_body(body, headers.get("content-type"))
        if is_list and not is_page(visit.media_type):
            html = write_list(html, visit.final_url or visit.url, self._vocabulary) or ""
        self._finals.setdefault(visit.final_url or visit.url, visit)
        final_url = visit.final_url or visit.url
        scan = self._scan(visit.attempt, visit.status, html, final_url)
        if scan is None:
            return Loaded(visit)
        if visit.drawing is not None or visit.rendered is not None:
            return Loaded(visit, scan)
        return Loaded(visit, scan, self._list_series(html, final_url), hash_page(body), len(html))

    async def _resume(self, visit: Visit) -> Loaded:
        """Take a visit of an earlier run up; a page that it could not draw, since there was no browser, is drawn."""
        loaded = self._reload(visit)
        is_missed = visit.rendered is None and visit.drawing is not None and visit.drawing.reason in _UNDRAWN
        if not is_missed or self._studio is None or loaded.scan is None or visit.record is None:
            return loaded
        body, _ = self._read_body(visit)
        headers, stored = self._writer.read_payload(visit.record)
        final_url = visit.final_url or visit.url
        answer = Answer(DONE, visit.at, visit.status, "", tuple(headers), stored)
        fetched = Fetched(visit.url, visit.attempt, visit.at, final_url, ((final_url, answer),), body)
        read = _Read(fetched, visit.attempt, PageReading(scan=loaded.scan))
        drawn = await self._draw(replace(visit, drawing=None), read, is_home=visit.url in self._homes)
        self._writer.journal_visit(drawn.visit)
        return drawn

    def _list_series(self, html: str, url: str) -> tuple[str, ...]:
        return list_series(html, url, self._vocabulary.paging)

    def _read_body(self, visit: Visit) -> tuple[bytes, Mapping[str, str]]:
        headers, payload = self._writer.read_payload(visit.record or "")
        names = dict(headers)
        return decode_content(payload, names.get("content-encoding", ""), self._limits.max_decoded_bytes), names


def _is_html(answer: Answer, body: bytes) -> bool:
    if answer.media_type:
        return is_page(answer.media_type)
    return body.lstrip()[:1] == b"<"


def _is_settled(visit: Visit) -> bool:
    """Tell whether the site has answered: what failed on the wire is asked for again."""
    reason = visit.attempt.reason
    return reason is None or find_fault(reason) is Fault.THEIRS
