"""A small year of sample portals, in a database, and its scorecards in both languages."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent))
sys.path.append(str(Path(__file__).resolve().parent.parent))
sys.path.append(str(Path(__file__).resolve().parent.parent / "history"))
sys.path.append(str(Path(__file__).resolve().parent.parent / "generated"))
import sample_year

from auditor.history.store import open_history
from auditor.messages import load_messages
from auditor.scorecard.press import write_scorecards


@pytest.fixture(scope="session")
def audits():
    return tuple(sample_year.list_audits(sample_year.SMALL))


@pytest.fixture(scope="session")
def cards(audits, tmp_path_factory):
    """The folder with the scorecards of three months, in Chinese in `zh`, in English in `en`."""
    folder = tmp_path_factory.mktemp("cards")
    with open_history(str(folder / "history.db")) as history:
        for entry in audits:
            history.add(entry)
        for language in ("zh", "en"):
            write_scorecards(history, sample_year.SMALL_MONTHS, folder / language, load_messages(language))
    return folder
