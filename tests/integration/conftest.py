"""The databases that tests of alerts run on: SQLite everywhere, and PostgreSQL where it is installed."""

import shutil

import pytest
from alert_builders import Situation, make_quick_engine
from postgres_server import find_programs, running_server
from store_builders import make_engine

from knowledge.database import build_engine


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server for all tests of the run."""
    if find_programs() is None:
        pytest.skip("PostgreSQL is not installed here (on Debian and Ubuntu: apt install postgresql)")
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    """An SQLite file with all tables and no rows, to be copied: migrating takes longer than many a test."""
    folder = tmp_path_factory.mktemp("empty")
    make_engine(folder).dispose()
    return folder / "store.sqlite3"


@pytest.fixture
def quick_engine(empty_store, tmp_path):
    """The engine of a new, empty SQLite database that does not wait for the disk."""
    shutil.copy(empty_store, tmp_path / "store.sqlite3")
    engine = make_quick_engine(tmp_path / "store.sqlite3")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def either_engine(request):
    """The engine of a new, empty database, of each kind in turn."""
    if request.param == "sqlite":
        engine = request.getfixturevalue("quick_engine")
        yield engine
        return
    with request.getfixturevalue("postgres").database() as url:
        engine = build_engine(url)
        yield engine
        engine.dispose()


@pytest.fixture
def situation(either_engine):
    """Alerts on each kind of database."""
    return Situation(either_engine)


@pytest.fixture
def lite(quick_engine):
    """Alerts on SQLite alone: for what the database decides nothing about."""
    return Situation(quick_engine)
