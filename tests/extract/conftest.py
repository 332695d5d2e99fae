"""Fixtures of extraction: the vocabulary, and facts of a case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_snapshot import make_reader

from auditor.extract.extraction import extract_facts
from auditor.runfolder.textindex import TextIndex, TextIndexWriter
from auditor.words.vocabulary import load_vocabulary


@pytest.fixture(scope="session")
def words():
    return load_vocabulary()


@pytest.fixture
def extract(words, tmp_path):
    """Return what reads a case; where it names words to search for, the passages found are facts like the others."""

    def read(case):
        if "searches" not in case:
            return extract_facts(make_reader(case), words)
        path = tmp_path / "text.db"
        with TextIndexWriter(path) as writer:
            extraction = extract_facts(make_reader(case), words, writer)
        with TextIndex(path) as index:
            return replace(extraction, facts=(*extraction.facts, *index.find_mentions(case["searches"])))

    return read
