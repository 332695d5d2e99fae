"""The database of the history: its address, its connections, and its tables brought to the newest form.

SQLite by default, so that a file is all that is needed; PostgreSQL by its address. Many processes may write at once:
writers of SQLite wait for one another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from auditor.errors import InputError

SQLITE, POSTGRESQL = "sqlite", "postgresql"
WAIT_SECONDS = 120
_STEPS = Path(__file__).parent / "migrations"
_LOCK = 0x41554449
"""The number of the lock under which tables are changed: the letters AUDI."""


def read_address(address: str) -> URL:
    """Return the address of a database; a bare path is a file of SQLite's. Raises InputError (history_address)."""
    given = address if "://" in address else f"{SQLITE}:///{address}"
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:
        raise InputError("history_address", given.partition("://")[0]) from error
    backend = url.drivername.partition("+")[0]
    if backend == "postgres":
        backend = POSTGRESQL
    if backend not in {SQLITE, POSTGRESQL}:
        raise InputError("history_address", url.drivername)
    return url.set(drivername=f"{POSTGRESQL}+psycopg" if backend == POSTGRESQL else SQLITE)


def show_address(url: URL) -> str:
    """Return an address without its password."""
    return url.render_as_string(hide_password=True)


def connect(address: str) -> Engine:
    """Return the engine of a database whose tables are of the newest form.

    Raises InputError: history_address, history_driver, history_unreadable, history_newer.
    """
    url = read_address(address)
    if url.drivername == SQLITE and url.database not in {None, "", ":memory:"}:
        _make_folder(Path(str(url.database)))
    try:
        engine = create_engine(url, connect_args=_connect_arguments(url))
    except (ImportError, NoSuchModuleError) as error:
        raise InputError("history_driver", show_address(url)) from error
    if url.drivername == SQLITE:
        _tame_sqlite(engine)
    _upgrade(engine)
    return engine


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("history_unreadable", str(path), cause=error.strerror or "") from error


def _connect_arguments(url: URL) -> dict[str, Any]:
    return {"timeout": WAIT_SECONDS} if url.drivername == SQLITE else {"connect_timeout": 10}


def _tame_sqlite(engine: Engine) -> None:
    """Let the store say itself when a transaction begins: at once with the lock for writing, so that none is lost.

    The journal stays the ordinary one: to turn on a write-ahead log, SQLite does not wait for others, and on a shared
    drive it cannot keep one.
    """

    def on_connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys=ON")

    def on_begin(connection: Connection) -> None:
        is_writing = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_writing else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)


@contextmanager
def open_reading(engine: Engine) -> Iterator[Connection]:
    """Read within one transaction. Raises InputError (history_unreadable)."""
    with tell_faults(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def open_writing(engine: Engine) -> Iterator[Connection]:
    """Write within one transaction that holds wholly or not at all. Raises InputError (history_unreadable)."""
    with tell_faults(engine), engine.connect() as connection:
        writing = connection.execution_options(writes=True)
        with writing.begin():
            yield writing


@contextmanager
def tell_faults(engine: Engine) -> Iterator[None]:
    """Turn what the database says into a sentence for people, without its password."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = str(getattr(error, "orig", None) or type(error).__name__).strip().split("\n")[0]
        raise InputError("history_unreadable", show_address(engine.url), cause=cause[:300]) from error


def _upgrade(engine: Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    head = ScriptDirectory.from_config(config).get_current_head()
    with open_reading(engine) as connection:
        if MigrationContext.configure(connection).get_current_revision() == head:
            return
    with open_writing(engine) as connection:
        if engine.dialect.name == POSTGRESQL:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise InputError("history_newer", show_address(engine.url)) from error
