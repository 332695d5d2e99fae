"""What the evidence of an endpoint names: the address that was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_snapshot import HOST, make_reader

from auditor.extract.extraction import extract_facts
from auditor.model.observations import Observations
from auditor.words.vocabulary import load_vocabulary

CASE = {
    "pages": [{"url": "/", "html": "<html><head><title>青禾区人民政府</title></head><body></body></html>"}],
    "observations": {
        "endpoints": [
            {"family": 4, "addresses": ["192.0.2.1"], "status": 200},
            {"family": 6, "addresses": ["2001:db8::1"], "request": "refused"},
        ]
    },
}


@pytest.mark.parametrize(
    ("asked", "named"),
    [(f"https://{HOST}:8443/", f"https://{HOST}:8443/"), (None, f"http://{HOST}/")],
    ids=["kept", "old archive"],
)
def test_the_evidence_names_the_address_that_was_asked(asked, named):
    reader = make_reader(CASE)
    reader.observations = Observations(tuple(replace(one, url=asked) for one in reader.observations.endpoints))
    facts = [fact for fact in extract_facts(reader, load_vocabulary()).facts if fact.kind == "endpoint"]
    assert len(facts) == 2
    assert {item.url for fact in facts for item in fact.evidence} == {named}
