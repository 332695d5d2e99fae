"""A foreign archive taken for a snapshot: visits made from its response records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from auditor.archive.unpacking import RecordHead
from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Part, Visit
from auditor.model.snapshots import Limits, Snapshot
from auditor.model.targets import Target

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_REDIRECTS = range(300, 400)
_SERVER_ERROR = 500
_OK = 200
_MAX_REDIRECTS = 10


@dataclass(frozen=True)
class Adopted:
    """A foreign archive in our terms. `responses` maps an address to the record of its first response."""

    snapshot: Snapshot
    visits: tuple[Visit, ...]
    responses: dict[str, str]


def adopt_records(heads: Sequence[RecordHead], can_decode: Callable[[str], bool], digest: str) -> Adopted:
    """Make a snapshot and visits of the records of an archive that we did not write.

    The site is the host with the most pages, with the hosts under the same domain. `digest` names the run.
    No visits where there is no page at all.
    """
    answers: dict[str, RecordHead] = {}
    for head in heads:
        if head.kind == "response" and head.status is not None and urlsplit(head.url).scheme in {"http", "https"}:
            answers.setdefault(head.url, head)
    target = _find_target(answers)
    hosts = set(target.hosts)
    inside = [head for head in answers.values() if urlsplit(head.url).hostname in hosts]
    visits = tuple(_make_visit(head, answers, can_decode) for head in inside)
    times = [head.at for head in heads]
    snapshot = Snapshot(
        run_id=f"archive-{digest[:12]}",
        target=target,
        started_at=min(times),
        finished_at=max(times),
        finished=True,
        limits=Limits(),
        vantage=None,
        versions={},
        origin="archive",
    )
    return Adopted(snapshot, visits, {url: head.record_id for url, head in answers.items()})


def _find_target(answers: Mapping[str, RecordHead]) -> Target:
    pages = [head for head in answers.values() if head.status == _OK and head.media_type in _PAGES]
    counts = Counter(urlsplit(head.url).hostname or "" for head in pages)
    if not counts:
        return Target(id="", name="", seeds=(), hosts=())
    main = min(counts, key=lambda host: (-counts[host], host))
    domain = main.removeprefix("www.")
    hosts = tuple(sorted(host for host in counts if host == domain or host.endswith(f".{domain}")))
    seed = min((head.url for head in pages if urlsplit(head.url).hostname == main), key=lambda url: (len(url), url))
    return Target(id=main, name=main, seeds=(seed,), hosts=hosts)


def _make_visit(head: RecordHead, answers: Mapping[str, RecordHead], can_decode: Callable[[str], bool]) -> Visit:
    last = _follow(head, answers)
    return Visit(
        url=head.url,
        attempt=_judge(last, can_decode),
        at=last.at,
        parts=(Part.SITE,),
        final_url=last.url,
        status=last.status,
        media_type=last.media_type or None,
        record=last.record_id,
    )


def _follow(head: RecordHead, answers: Mapping[str, RecordHead]) -> RecordHead:
    for _ in range(_MAX_REDIRECTS):
        location = dict(head.headers).get("location")
        if head.status not in _REDIRECTS or not location:
            return head
        following = answers.get(urljoin(head.url, location))
        if following is None:
            return head
        head = following
    return head


def _judge(head: RecordHead, can_decode: Callable[[str], bool]) -> Attempt:
    if head.status is None or head.status in _REDIRECTS:
        return Attempt(AttemptStatus.SKIPPED, AttemptReason.NOT_ASKED, "redirect")
    if head.status >= _SERVER_ERROR:
        return Attempt(AttemptStatus.FAILED, AttemptReason.HTTP_ERROR, str(head.status))
    if head.media_type in _PAGES and not can_decode(head.record_id):
        return Attempt(AttemptStatus.FAILED, AttemptReason.BAD_RESPONSE, "content-encoding")
    return Attempt(AttemptStatus.DONE)
