"""Fixtures of extraction: the vocabulary, and facts of a case."""

from __future__ import annotations

import pytest
from fake_snapshot import make_reader

from auditor.extract.extraction import extract_facts
from auditor.words.vocabulary import load_vocabulary


@pytest.fixture(scope="session")
def words():
    return load_vocabulary()


@pytest.fixture
def extract(words):
    return lambda case: extract_facts(make_reader(case), words)
