"""All that was read of a site, by address: what each led to, and whether that is the page it claims to be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlsplit, urlunsplit

from auditor.extract.files import FileRecord
from auditor.extract.pagelinks import INDEX_NAMES
from auditor.extract.records import BrokenPage, PageRecord
from auditor.facts import Identity
from auditor.model.attempts import AttemptReason, AttemptStatus, Visit
from auditor.model.evidence import AttemptEvidence, RecordEvidence
from auditor.model.snapshots import Snapshot
from auditor.page.scan import normalise_url
from auditor.words.vocabulary import Vocabulary

_HOPS = 3
_SAME = 0.8
_DOUBTFUL = 0.6
_HASH_BYTES = 4
GONE = frozenset({404, 410})
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Resolution:
    """What an address led to. `record` is None where no page came back; `blame` then says why."""

    url: str
    visit: Visit | None
    record: PageRecord | None
    identity: Identity | None
    blame: AttemptEvidence | None

    @property
    def is_read(self) -> bool:
        """Tell whether a page came back, drawn and not a firewall's."""
        return self.record is not None and self.blame is None

    @property
    def status(self) -> int | None:
        """Return the status of the answer, None where there was none or it was not the site's own."""
        return self.visit.status if self.visit is not None and self.blame is None else None


def list_home_addresses(snapshot: Snapshot, visits: Iterable[Visit]) -> frozenset[str]:
    """Return every address of the site's own start page: seeds, the roots of its hosts, what they redirect to."""
    homes = {normalise_url(seed) for seed in snapshot.target.seeds}
    for visit in visits:
        url = normalise_url(visit.url)
        if visit.clicks == 0 or url in homes:
            homes |= {url, normalise_url(visit.final_url or visit.url)}
    roots = {urlunsplit((*urlsplit(url)[:2], "/", "", "")) for url in homes if url}
    aliases = {f"{root}{name}" for root in roots for name in INDEX_NAMES}
    return frozenset(url for url in homes | roots | aliases if url)


def _swap_forms(url: str) -> tuple[str, ...]:
    parts = urlsplit(url)
    other = urlunsplit(("https" if parts.scheme == "http" else "http", *parts[1:]))
    forms = [url, other]
    for form in (url, other):
        if form.endswith("/"):
            forms.extend(f"{form}{name}" for name in INDEX_NAMES)
        head, _, tail = form.rpartition("/")
        if tail in INDEX_NAMES:
            forms.append(f"{head}/")
    return tuple(forms)


def measure_sketches(sketch_a: bytes, sketch_b: bytes) -> float:
    """Return the share of lines that two pages have in common, estimated from their sketches."""
    pieces_a, pieces_b = (
        {sketch[start : start + _HASH_BYTES] for start in range(0, len(sketch), _HASH_BYTES)}
        for sketch in (sketch_a, sketch_b)
    )
    size = max(len(pieces_a), len(pieces_b))
    least = set(sorted(pieces_a | pieces_b)[:size])
    return len(least & pieces_a & pieces_b) / len(least) if least else 0.0


def _find_undrawn(visit: Visit) -> AttemptEvidence | None:
    """Return why a page that only script fills was not drawn; None where nothing is known of that."""
    drawing = visit.drawing
    if drawing is None or drawing.reason is None:
        return None
    return AttemptEvidence(visit.url, drawing.reason, drawing.detail, visit.at)


@dataclass(frozen=True)
class SiteIndex:
    """The site as read. `records` and `visits` stand under their normalised address."""

    snapshot: Snapshot
    words: Vocabulary
    homes: frozenset[str]
    visits: Mapping[str, Visit]
    records: Mapping[str, PageRecord]
    broken: Mapping[str, BrokenPage]
    files: Mapping[str, FileRecord] = field(default_factory=dict)

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Return the hosts of the site, without ports."""
        return frozenset(host.lower() for host in self.snapshot.target.hosts)

    @cached_property
    def portal_host(self) -> str:
        """Return the host of the site's first seed."""
        seeds = self.snapshot.target.seeds
        host = urlsplit(seeds[0]).hostname if seeds else None
        return host or (self.snapshot.target.hosts[0] if self.snapshot.target.hosts else "")

    @cached_property
    def home(self) -> PageRecord | None:
        """Return the record of the start page, or None where it was not read."""
        found = [self.records[url] for url in sorted(self.homes) if url in self.records]
        return min(
            found, key=lambda record: (record.kind != "home", record.visit.clicks or 0, record.url), default=None
        )

    def is_inside(self, url: str) -> bool:
        """Tell whether an address belongs to the site."""
        return (urlsplit(url).hostname or "") in self.hosts

    def find_visit(self, url: str) -> Visit | None:
        """Return the visit of an address, also where it was made under the other scheme or the index page's name."""
        return next((self.visits[form] for form in _swap_forms(url) if form in self.visits), None)

    def find_record(self, url: str) -> PageRecord | None:
        """Return the page that was read under an address, jumps not followed."""
        visit = self.find_visit(url)
        return self.records.get(normalise_url(visit.url) or visit.url) if visit is not None else None

    def resolve(self, url: str) -> Resolution:
        """Return what an address led to, jumps by meta refresh and by script included."""
        is_home_asked = url in self.homes
        page = url.partition("#")[0]
        visit = self.find_visit(page)
        record = self.find_record(page)
        for _ in range(_HOPS):
            if record is None or record.jump is None or record.kind != "redirect":
                break
            after = self.find_visit(record.jump)
            landed = self.find_record(record.jump)
            if record.jump in self.homes and not is_home_asked:
                return Resolution(url, visit, record, "redirected_home", None)
            if after is None or landed is None or landed.url == record.url:
                break
            visit, record = after, landed
        blame = self._find_blame(url, visit, record)
        identity = self._identify(url, visit, record) if blame is None and visit is not None else None
        return Resolution(url, visit, record, identity, blame)

    def _find_blame(self, url: str, visit: Visit | None, record: PageRecord | None) -> AttemptEvidence | None:
        if visit is None:
            reason = AttemptReason.NOT_ASKED if self.is_inside(url) else AttemptReason.OUT_OF_SCOPE
            return AttemptEvidence(url, reason, "", None)
        if visit.attempt.status is not AttemptStatus.DONE:
            reason = visit.attempt.reason or AttemptReason.INTERNAL_ERROR
            return AttemptEvidence(visit.url, reason, visit.attempt.detail, visit.at)
        key = normalise_url(visit.url) or visit.url
        if key in self.broken:
            return AttemptEvidence(visit.url, AttemptReason.INTERNAL_ERROR, self.broken[key].message, visit.at)
        if record is not None and record.is_refused:
            return AttemptEvidence(visit.url, AttemptReason.BLOCKED, f"{visit.status}", visit.at)
        if visit.status is not None and visit.status >= _SERVER_ERROR:
            return AttemptEvidence(visit.url, AttemptReason.HTTP_ERROR, f"{visit.status}", visit.at)
        return _find_undrawn(visit) if record is not None and record.is_shell else None

    def _identify(self, url: str, visit: Visit, record: PageRecord | None) -> Identity:
        if url in self.homes or visit.url in self.homes:
            return "confirmed"
        if (normalise_url(visit.final_url or "") or "") in self.homes:
            return "redirected_home"
        home = self.home
        if record is None or home is None or record.window != home.window or record.url == home.url:
            return "confirmed"
        share = measure_sketches(record.sketch, home.sketch)
        if share >= _SAME:
            return "redirected_home"
        return "doubtful" if share >= _DOUBTFUL else "confirmed"

    def blame_of(self, resolution: Resolution) -> AttemptEvidence | RecordEvidence:
        """Return the evidence for what an address led to: the page's record, or why there is none."""
        if resolution.blame is not None:
            return resolution.blame
        if resolution.record is not None:
            return resolution.record.evidence
        visit = resolution.visit
        if visit is None:
            return AttemptEvidence(resolution.url, AttemptReason.NOT_ASKED, "", None)
        return RecordEvidence(visit.url, visit.record, "", visit.media_type or "", visit.at, visit.screenshot)
