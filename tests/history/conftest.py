"""The samples of this folder within reach, and one PostgreSQL server for all its tests."""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent))
import postgres

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def server():
    if postgres.find_tool("initdb") is None:
        pytest.skip("there is no PostgreSQL on this machine")
    with postgres.run_server() as address:
        yield address


def make_database(server):
    import psycopg  # noqa: PLC0415 - only where there is a server

    name = f"h{next(_NUMBERS)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request, tmp_path):
    """The address of an empty history, in each of the databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    return make_database(request.getfixturevalue("server"))
