"""Knows how to reach the database: the engine, short transactions, migrations. Knows no table.

SQLite serves a few short-lived writers: it runs in WAL mode with `BEGIN IMMEDIATE` and a busy time-out. A
`postgresql://` address goes through the same code.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, DateTime, Engine, MetaData, create_engine, event, inspect, text
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

try:
    import pysqlite3.dbapi2 as _modern_sqlite
except ImportError:  # no wheel for this machine: Python's own module serves, more carefully (see `_journal_mode`)
    _modern_sqlite = None

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
BUSY_TIMEOUT_S = 5.0
WAIT_BETWEEN_TRIES_S = 0.02
FIRST_SQLITE_WITHOUT_WAL_RESET_BUG = (3, 51, 3)  # earlier ones may corrupt a WAL file that two connections reset
LARGEST_WAL_BYTES = 64 * 1024 * 1024
MIGRATION_LOCK = 7_282_751  # any number, the same in every process: PostgreSQL's lock while migrations run
READS_ONLY = "satark_reads_only"

_readers: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()  # the same engine, for transactions that only read


class DatabaseUnavailable(Exception):
    """The database cannot be used now; the message says why and what to do."""


class Base(DeclarativeBase):
    """What every table of Satark hangs on, of whichever package. Constraints have names, so migrations find them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware UTC time. SQLite keeps no time zone, so it is put back on reading; a naive time is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Turn an aware time into UTC; raises ValueError for a naive one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times in the database are aware: give it a time zone")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """Give every time that is read its zone, UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def build_engine(url: str) -> Engine:
    """Make the engine for DATABASE_URL. Nothing is opened or created yet.

    Raises DatabaseUnavailable if the address is not understood.
    """
    address = _parse_url(url)
    if address.get_backend_name() == "sqlite":
        return _build_sqlite_engine(address)
    return create_engine(address, pool_pre_ping=True)


@contextmanager
def read_session(engine: Engine) -> Iterator[Session]:
    """Open a session that only reads: it never waits for writers and never makes them wait (WAL)."""
    with explained(engine), Session(_reader(engine)) as session:
        yield session


@contextmanager
def read_connection(engine: Engine) -> Iterator[Connection]:
    """Open a connection that only reads, for a statement that every reply asks: a session costs twice as much."""
    with explained(engine), _reader(engine).connect() as connection:
        yield connection


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """Open a session that writes: all of it is stored at the end, or nothing where an error leaves the block."""
    with explained(engine), Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors about the database itself into DatabaseUnavailable with advice."""
    try:
        yield
    except (OperationalError, DatabaseError) as error:
        if isinstance(error, OperationalError) or type(error) is DatabaseError:
            raise DatabaseUnavailable(_advice(engine, error)) from error
        raise


def has_database(engine: Engine) -> bool:
    """Say whether there is a database with Satark's tables, without creating anything."""
    if engine.dialect.name == "sqlite" and not _is_memory(engine.url) and not Path(engine.url.database or "").exists():
        return False
    with read_connection(engine) as connection:
        return inspect(connection).has_table("alembic_version")


def upgrade(engine: Engine) -> None:
    """Create the database where there is none, and bring its tables up to date with the migrations, all or nothing.

    Safe when several processes start at once. Raises DatabaseUnavailable where that is not possible, for example with
    a database of a newer Satark.
    """
    if _is_current(engine):
        return
    from alembic import command  # here, because commands that touch no database need not wait for it
    from alembic.util import CommandError

    if not (MIGRATIONS / "env.py").exists():
        raise DatabaseUnavailable(f"The folder {MIGRATIONS} is missing. Run Satark from its checkout (`make run`).")
    if engine.dialect.name == "sqlite" and not _is_memory(engine.url):
        _make_folder(Path(engine.url.database or ""))
    with explained(engine), engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        try:
            command.upgrade(migration_config(connection), "head")
        except CommandError as error:
            if "locate revision" in str(error):
                raise DatabaseUnavailable(
                    f"The database {_name_of(engine)} was made by a newer Satark. Update the program (`git pull`, "
                    "`make run`) or point DATABASE_URL at another database."
                ) from error
            raise


def _is_current(engine: Engine) -> bool:
    """Whether the database stands at our newest migration: their file names begin with their revision."""
    if not has_database(engine):
        return False
    newest = max((file.name for file in (MIGRATIONS / "versions").glob("[0-9]*.py")), default="")
    with read_connection(engine) as connection:
        stored = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return stored is not None and stored == newest.partition("_")[0]


def migration_config(connection: Connection | None = None) -> Any:
    """Give Alembic's configuration for our migrations, bound to a connection where one is at hand."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("path_separator", "os")
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _reader(engine: Engine) -> Engine:
    reader = _readers.get(engine)
    if reader is None:
        reader = _readers[engine] = engine.execution_options(**{READS_ONLY: True})
    return reader


def _parse_url(url: str) -> URL:
    try:
        address = make_url(url)
        if address.drivername in ("postgres", "postgresql"):
            address = address.set(drivername="postgresql+psycopg")
        address.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseUnavailable(
            "DATABASE_URL is not understood. Write it as sqlite:////folder/satark.sqlite3 or "
            "postgresql://user:password@host/name, or leave it empty for SQLite in DATA_DIR."
        ) from error
    if address.get_backend_name() not in ("sqlite", "postgresql"):
        raise DatabaseUnavailable("DATABASE_URL names a database that Satark does not know: use sqlite or postgresql.")
    return address


def _build_sqlite_engine(address: URL) -> Engine:
    module = _sqlite_module()
    engine = create_engine(address, module=module, connect_args={"timeout": BUSY_TIMEOUT_S})
    journal_mode = _journal_mode(module)

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout = {int(BUSY_TIMEOUT_S * 1000)}",
            f"journal_size_limit = {LARGEST_WAL_BYTES}",
            "synchronous = FULL",  # what was acknowledged survives a power cut
            "foreign_keys = ON",
            "secure_delete = ON",  # what a person asked to delete is overwritten, not only unlinked
        ):
            cursor.execute(f"PRAGMA {pragma}")
        _set_journal_mode(cursor, journal_mode, module)
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        reads_only = connection.get_execution_options().get(READS_ONLY, False)
        # A writer takes its lock at once: a transaction that starts by reading could not be upgraded while others write
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


def _sqlite_module() -> ModuleType:
    return _modern_sqlite or sqlite3


def _journal_mode(module: Any) -> str:
    return "WAL" if module.sqlite_version_info >= FIRST_SQLITE_WITHOUT_WAL_RESET_BUG else "DELETE"


def _set_journal_mode(cursor: Any, mode: str, module: Any) -> None:
    """Set the mode, waiting for others: when several programs create one file, SQLite refuses this without waiting."""
    give_up_at = time.monotonic() + BUSY_TIMEOUT_S
    while True:
        try:
            cursor.execute(f"PRAGMA journal_mode = {mode}")
            return
        except module.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > give_up_at:
                raise
            time.sleep(WAIT_BETWEEN_TRIES_S)


def _is_memory(address: URL) -> bool:
    return address.database in (None, "", ":memory:")


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnavailable(
            f"The folder {file.parent} for the database cannot be made ({error.strerror}). "
            "Choose another DATA_DIR or DATABASE_URL."
        ) from error


def _name_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _advice(engine: Engine, error: DatabaseError) -> str:
    name, cause = _name_of(engine), str(error.orig).lower()
    advices = (
        ("locked", f"The database {name} is busy: another program has been writing to it. Try again in a moment."),
        ("unable to open", f"The database {name} cannot be opened. Check that the folder exists and may be written."),
        ("readonly", f"The database {name} may not be written. Check the rights of the file and its folder."),
        ("disk is full", f"The disk is full, nothing was stored in {name}. Make room and try again."),
        ("not a database", f"The file {name} is not a database. Move it away, or choose another DATABASE_URL."),
        ("malformed", f"The database {name} is damaged. Restore it from a backup, or move it away and load it anew."),
        ("no such table", f"The database {name} lacks tables. Run `satark-ingest add --starter` to set it up."),
        ("does not exist", f"There is no such database or user: {name}. Create it, or correct DATABASE_URL."),
        ("password", f"The database {name} refused the user or password. Correct DATABASE_URL."),
    )
    for sign, advice in advices:
        if sign in cause:
            return advice
    return f"The database {name} does not answer. Check DATABASE_URL and that its server is running."
