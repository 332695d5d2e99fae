"""The same site gives the same facts: crawled twice, and read from archives of other tools."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.warcwriter import WARCWriter

from auditor.collect.access import Access
from auditor.collect.crawl import collect_site
from auditor.demo.portal import generate_portal
from auditor.demo.server import serve_portal
from auditor.demo.spec import PortalSpec
from auditor.extract.extraction import extract_facts
from auditor.facts import FACT_KINDS
from auditor.model.snapshots import Limits
from auditor.snapshot import open_snapshot
from auditor.words.vocabulary import load_vocabulary

TIMES = frozenset({"at", "fetched_at"})
RECORD = re.compile(r"<urn:uuid:[0-9a-f-]+>")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Two runs over one portal, which stays as it is; a year apart by their clocks."""
    folder = tmp_path_factory.mktemp("same")
    with serve_portal(generate_portal(PortalSpec(seed=5, pages=50, layout="tabs", defects=("guide-stale",)))) as served:
        return [
            collect_site(
                served.target,
                Limits(rate=0),
                Access(overrides=served.overrides, browser="never"),
                folder / name,
                vocabulary=load_vocabulary(),
                on_progress=lambda _: None,
                clock=lambda year=year: datetime(year, 11, 22, 8, 0, tzinfo=UTC),
            )
            for name, year in (("one", 2025), ("two", 2026))
        ]


def read_facts_of(path):
    with open_snapshot(path) as reader:
        extraction = extract_facts(reader, load_vocabulary())
    assert not extraction.faults
    return extraction.facts


def strip(fact):
    """Return a fact without what its kind declares volatile, times, and the ids of records, made of the run's name."""
    fields = fact.model_dump(mode="json", exclude=set(FACT_KINDS[fact.kind].VOLATILE))
    return RECORD.sub("*", repr(drop_times(fields)))


def drop_times(value):
    if isinstance(value, dict):
        return {name: drop_times(item) for name, item in value.items() if name not in TIMES}
    return [drop_times(item) for item in value] if isinstance(value, list) else value


def test_two_crawls_of_an_unchanged_site_give_the_same_facts(runs):
    one, two = ([strip(fact) for fact in read_facts_of(run)] for run in runs)
    assert len(one) > 100
    assert one == two


@pytest.mark.parametrize(("name", "packed"), [("other.warc.gz", True), ("other.warc", False)])
def test_archives_of_the_public_package_give_the_facts_of_the_same_pages(runs, tmp_path, name, packed):
    with zipfile.ZipFile(runs[0] / "snapshot.wacz") as bundle:
        ours = io.BytesIO(bundle.read("archive/data.warc.gz"))
    with (tmp_path / name).open("wb") as stream:
        writer = WARCWriter(stream, gzip=packed)
        writer.write_record(writer.create_warcinfo_record(name, {"software": "other"}))
        for record in ArchiveIterator(ours, no_record_parse=False):
            if record.rec_type == "response":
                body = record.raw_stream.read()
                url = record.rec_headers.get_header("WARC-Target-URI")
                writer.write_record(
                    writer.create_warc_record(
                        url, "response", io.BytesIO(body), len(body), http_headers=record.http_headers
                    )
                )
    own = {fact.url: fact.title for fact in read_facts_of(runs[0]) if fact.kind == "page"}
    foreign = {fact.url: fact.title for fact in read_facts_of(tmp_path / name) if fact.kind == "page"}
    assert len(foreign) > 50
    assert {url: title for url, title in own.items() if foreign.get(url) != title} == {}
