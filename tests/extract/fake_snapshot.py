"""A snapshot made of a case file: pages with their visits, without an archive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ruamel.yaml import YAML

from auditor.model.attempts import Attempt, AttemptReason, AttemptStatus, Part, Visit
from auditor.model.observations import Certificate, EndpointObservation, LinkObservation, Observations, TlsObservation
from auditor.model.snapshots import Limits, Snapshot, Vantage
from auditor.model.targets import Target, Unit, UnitKind

AT = datetime(2021, 3, 31, 8, 0, tzinfo=UTC)
HOST = "www.qinghe.example"
HOME = f"http://{HOST}/"


@dataclass(frozen=True)
class FakeCapture:
    visit: Visit
    headers: dict[str, str]
    body: bytes


@dataclass
class FakeReader:
    snapshot: Snapshot
    visits: tuple[Visit, ...]
    bodies: dict[str, tuple[bytes, str]]
    observations: Observations = field(default_factory=Observations)

    def captures(self):
        for visit in self.visits:
            if visit.url in self.bodies:
                body, media = self.bodies[visit.url]
                yield FakeCapture(visit, {"content-type": media}, body)


def make_attempt(data):
    if not data or data == "done":
        return Attempt(AttemptStatus.DONE)
    reason = AttemptReason(data)
    ours = reason in {AttemptReason.ROBOTS, AttemptReason.PAGE_LIMIT, AttemptReason.NOT_ASKED}
    return Attempt(AttemptStatus.SKIPPED if ours else AttemptStatus.FAILED, reason)


def make_url(path):
    return path if path.startswith("http") else f"{HOME.rstrip('/')}{path}"


def make_visit(number, page):
    failed = page.get("failed")
    parts = (Part.SITE, *(Part(name) for name in page.get("parts", ())))
    return Visit(
        url=make_url(page["url"]),
        attempt=make_attempt(failed),
        at=AT,
        parts=parts,
        final_url=make_url(page["final"]) if "final" in page else None,
        status=None if failed else page.get("status", 200),
        media_type=None if failed else page.get("media", "text/html"),
        clicks=page.get("clicks", 0 if page["url"] == "/" else None),
        record=None if failed else f"<urn:uuid:{number}>",
        found_on=make_url(page["found_on"]) if "found_on" in page else None,
    )


def make_reader(case):
    pages = case["pages"]
    visits = tuple(make_visit(number, page) for number, page in enumerate(pages))
    bodies = {
        visit.url: (page["html"].encode(page.get("encoding", "utf-8")), page.get("media", "text/html"))
        for visit, page in zip(visits, pages, strict=True)
        if "html" in page
    }
    units = tuple(
        Unit(unit["name"], UnitKind(unit["kind"]), tuple(unit.get("aliases", ())), unit.get("enforces"))
        for unit in case.get("units", ())
    )
    vantage = Vantage(**case["vantage"]) if "vantage" in case else None
    named = {"official_name": case.get("official_name"), "retired_hosts": tuple(case.get("retired_hosts", ()))}
    kind = UnitKind(case.get("site_kind", "other"))
    target = Target(HOST, HOST, (HOME,), (HOST,), units=units, kind=kind, **named)
    snapshot = Snapshot("run", target, AT, AT, True, Limits(), vantage, {}, origin=case.get("origin", "crawl"))
    return FakeReader(snapshot, visits, bodies, make_observations(case.get("observations", {})))


def make_observations(data):
    endpoints = tuple(
        EndpointObservation(
            host=one.get("host", HOST),
            family=one["family"],
            role=one.get("role", "portal"),
            lookup=make_attempt(one.get("lookup")),
            addresses=tuple(one.get("addresses", ())),
            overridden=False,
            request=make_attempt(one.get("request")),
            status=one.get("status"),
            same_as_v4=one.get("same_as_v4"),
            connect=make_attempt(one["connect"]) if "connect" in one else None,
            redirects_to=one.get("redirects_to"),
        )
        for one in data.get("endpoints", ())
    )
    links = tuple(
        LinkObservation(make_url(one["url"]), 6, make_attempt(one.get("failed")), one.get("status"), one.get("clicks"))
        for one in data.get("links", ())
    )
    return Observations(endpoints, links, tls=tuple(make_tls(one) for one in data.get("tls", ())))


def make_tls(one):
    shown = one.get("certificate")
    return TlsObservation(
        host=one.get("host", HOST),
        port=one.get("port"),
        role=one.get("role", "portal"),
        handshake=make_attempt(one["handshake"]),
        version=one.get("version"),
        problem=one.get("problem"),
        certificate=Certificate(
            tuple(shown["names"]),
            shown["names"][0],
            shown["issuer"],
            *(datetime.fromisoformat(shown[name]) for name in ("not_before", "not_after")),
        )
        if shown
        else None,
        versions=tuple((version, make_attempt(ended)) for version, ended in one.get("versions", {}).items()),
        hsts=make_attempt(one.get("hsts", "not_asked")),
        hsts_header=one.get("hsts_header"),
        upgrade=make_attempt(one.get("upgrade", "not_asked")),
        plain_url=HOME,
        leads_to=one.get("leads_to"),
    )


def read_cases(folder):
    reader = YAML(typ="safe", pure=True)
    return {path.stem: reader.load(path) for path in sorted(Path(folder).glob("*.yaml"))}
