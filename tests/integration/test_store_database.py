import datetime as dt
import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import StatementError
from store_builders import NOON, make_advisory, make_engine

import bot.alerts.models  # (their tables hang on the same Base)
import bot.inbox_models
import bot.models  # noqa: F401
import knowledge.chat.quality_store
import knowledge.chat.usage
import knowledge.desk_models
import knowledge.worklist  # noqa: F401
from knowledge import advisories
from knowledge.database import (
    Base,
    DatabaseUnavailable,
    build_engine,
    has_database,
    read_session,
    upgrade,
    write_session,
)
from knowledge.models import Source


def test_models_and_migrations_agree(tmp_path):
    engine = make_engine(tmp_path)

    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)

    assert differences == []


def test_upgrading_twice_changes_nothing(tmp_path):
    engine = make_engine(tmp_path)

    upgrade(engine)

    assert has_database(engine)


def test_processes_that_start_at_once_may_all_upgrade(tmp_path):
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    engines = [build_engine(url) for _ in range(4)]
    start, failures = threading.Barrier(4), []

    def run(engine):
        start.wait()
        try:
            upgrade(engine)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert has_database(engines[0])


def test_looking_for_a_database_creates_none(tmp_path):
    engine = build_engine(f"sqlite:///{tmp_path / 'folder' / 'store.sqlite3'}")

    assert not has_database(engine)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 5000), ("synchronous", 2), ("secure_delete", 1)],
)
def test_sqlite_is_set_up_for_several_careful_writers(tmp_path, pragma, value):
    with make_engine(tmp_path).connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar() == value


def test_a_reader_does_not_wait_for_a_writer(tmp_path):
    engine = make_engine(tmp_path)

    with write_session(engine) as writer:
        writer.add(Source(id="new", name="New", added_at=NOON))
        writer.flush()

        with read_session(engine) as reader:
            assert reader.get(Source, "new") is None

    with read_session(engine) as reader:
        assert reader.get(Source, "new") is not None


def test_a_transaction_that_fails_stores_nothing(tmp_path):
    engine = make_engine(tmp_path)

    def save_and_fail():
        with write_session(engine) as session:
            advisories.save_draft(session, make_advisory(), at=NOON)
            advisories.publish(session, make_advisory().id, by="someone", at=NOON)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        save_and_fail()

    with read_session(engine) as session:
        assert advisories.list_advisories(session) == ()


def test_writers_at_once_wait_for_each_other_and_lose_nothing(tmp_path):
    engine = make_engine(tmp_path)
    failures = []

    def write(worker):
        try:
            for number in range(10):
                with write_session(engine) as session:
                    advisories.save_draft(session, make_advisory(f"w{worker}-{number}"), at=NOON)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with read_session(engine) as session:
        assert (failures, len(advisories.list_advisories(session))) == ([], 40)


def test_a_database_of_a_newer_program_is_refused_with_advice(tmp_path):
    engine = make_engine(tmp_path)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseUnavailable, match="newer Satark"):
        upgrade(engine)


def test_a_file_that_is_no_database_is_named(tmp_path):
    (tmp_path / "store.sqlite3").write_text("a letter, and long enough to be taken for a file with content " * 20)

    with pytest.raises(DatabaseUnavailable, match=r"store\.sqlite3 is not a database"):
        make_engine(tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    engine = build_engine(f"sqlite:///{tmp_path / 'file' / 'store.sqlite3'}")

    with pytest.raises(DatabaseUnavailable, match="cannot be made"):
        upgrade(engine)


@pytest.mark.parametrize("url", ["nonsense", "mysql://u@127.0.0.1/x", "strange://x"])
def test_an_address_we_do_not_understand_is_refused(url):
    with pytest.raises(DatabaseUnavailable, match="DATABASE_URL"):
        build_engine(url)


def test_an_unreachable_server_is_named_without_its_password():
    engine = build_engine("postgresql://satark:sentinel@127.0.0.1:1/satark")

    with pytest.raises(DatabaseUnavailable) as caught:
        upgrade(engine)

    assert "127.0.0.1" in str(caught.value)
    assert "sentinel" not in str(caught.value)


def test_times_come_back_aware_and_in_utc(tmp_path):
    engine = make_engine(tmp_path)
    india = dt.timezone(dt.timedelta(hours=5, minutes=30))

    with write_session(engine) as session:
        session.add(Source(id="s", name="S", added_at=NOON.astimezone(india)))

    with read_session(engine) as session:
        stored = session.get(Source, "s").added_at
    assert (stored, stored.tzinfo) == (NOON, dt.UTC)


def test_a_naive_time_is_refused(tmp_path):
    engine = make_engine(tmp_path)

    with pytest.raises(StatementError, match="aware"), write_session(engine) as session:
        session.add(Source(id="s", name="S", added_at=NOON.replace(tzinfo=None)))
