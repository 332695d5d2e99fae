"""The site on loopback, and one call that collects it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from loopback import NOW, QUICK, NameServer, Site

from auditor.collect.crawl import collect_site
from auditor.snapshot import open_snapshot
from auditor.words.vocabulary import load_vocabulary


@pytest.fixture
def site():
    served = Site()
    yield served
    served.close()


@pytest.fixture
def vocabulary():
    return load_vocabulary()


@pytest.fixture
def collect(site, tmp_path, vocabulary):
    """Collect the site and return the opened snapshot."""

    def act(folder="run", *, access=None, on_progress=lambda _: None, resume=False, target=None, **limits):
        options = {} if "make_transport" not in limits else {"make_transport": limits.pop("make_transport")}
        run = collect_site(
            target or site.target(),
            replace(QUICK, **limits),
            access or site.access(),
            tmp_path / folder,
            vocabulary=vocabulary,
            on_progress=on_progress,
            clock=lambda: NOW,
            resume=resume,
            **options,
        )
        return open_snapshot(run)

    return act


@pytest.fixture
def name_server():
    server = NameServer()
    yield server
    server.close()
