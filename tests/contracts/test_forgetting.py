"""Deleting a person's data reaches every table, on SQLite and on PostgreSQL, and those that come later are noticed."""

from __future__ import annotations

import datetime as dt
import sqlite3
import subprocess
from collections.abc import Iterator

import pytest
from fake_advisor import make_reply
from postgres_server import find_programs, running_server
from sqlalchemy import Engine, select

import knowledge.desk_models  # noqa: F401  (their tables belong to Base)
from bot.alerts.audience import Wish
from bot.alerts.heard import remember_verdict
from bot.alerts.states import Interest
from bot.alerts.subscriptions import Consent, subscribe
from bot.cleaning import TABLES_OF_PEOPLE
from bot.forgetting import Forgetting
from bot.inbox import Inbox
from bot.incoming import read_incoming
from bot.people import People
from knowledge.database import Base, build_engine, read_session, upgrade, write_session
from knowledge.vocabulary import Language
from knowledge.worklist import Sort, Why, save_question

ASHA = 4455667788
NOON = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)

# Columns that hold the number of a person. A new table with such a column has to be told to `bot/forgetting.py`, which
# deletes it, or to stand here with the reason why it stays.
DELETED = {
    "person.id",
    "shown_reply.chat_id",
    "inbox_update.chat_id",
    "subscriber.chat_id",
    "subscriber.migrated_to",
    "subscription.chat_id",
    "delivery.chat_id",
    "heard_verdict.chat_id",
    "listed_question.chat_id",
}
STAFF = {
    "approval.staff_id",  # the record of who let an alert go out
    "approval_prompt.staff_id",
    "submission.chat_id",  # where one of the staff is answered
    "awaited.staff_id",  # a quarter of an hour
}


def now() -> dt.datetime:
    return NOON


@pytest.fixture(scope="module")
def postgres() -> Iterator[object]:
    if find_programs() is None:
        pytest.skip("PostgreSQL is not installed (sudo apt install postgresql): forgetting was tested on SQLite only")
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = build_engine(f"sqlite:///{tmp_path / 'people.sqlite3'}")
        upgrade(made)
        yield made
        made.dispose()
        return
    with request.getfixturevalue("postgres").database() as url:
        made = build_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def known(engine) -> Engine:
    """A database that knows everything about Asha that can be known, and a little about Bala."""
    people, inbox = People(engine, now), Inbox(engine, now, bot_id=77)
    for person_id in (ASHA, 12):
        people.save_language(person_id, Language.HINDI)
        people.save_shown(person_id, make_reply())
        with write_session(engine) as session:
            consent = Consent("1", Language.HINDI, NOON)
            subscribe(session, person_id, [Wish(Interest.COUNTRY, "RU")], consent=consent)
            remember_verdict(session, person_id, [("notice", "f" * 64)], day=NOON.date(), language=Language.HINDI)
            save_question(session, person_id, "Work in Qatar?", Sort(Why.NOT_HELPFUL, "answer", "hi"), at=NOON)
    for number in (1, 2):
        inbox.store([read_incoming({"update_id": number, "message": {"chat": {"id": ASHA}, "text": "Helper job"}})])
    inbox.claim(1, idle=True)  # one is being handled, one waits
    return engine


def test_every_column_that_holds_the_number_of_a_person_is_known_here():
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name in ("chat_id", "person_id", "user_id", "staff_id", "migrated_to") or table.name == "person"
        if column.name not in ("language", "blocked_at", "corrections_refused_at")
    }

    assert found == DELETED | STAFF


def test_what_is_stored_is_counted(known):
    stored = Forgetting(known, now).describe(ASHA)

    assert (stored.language, stored.replies, stored.verdicts) == (Language.HINDI, 1, 1)
    assert stored.questions == 1
    assert stored.replies_until == NOON + dt.timedelta(hours=24)
    assert stored.alerts.wishes == (Wish(Interest.COUNTRY, "RU"),)
    assert Forgetting(known, now).describe(999).is_empty


def test_deleting_leaves_no_row_and_touches_nobody_else(known):
    Forgetting(known, now).erase(ASHA)

    assert rows_with(known, ASHA) == []
    assert len(rows_with(known, 12)) == 6
    assert Forgetting(known, now).describe(ASHA).is_empty


def test_deleting_twice_is_no_error(known):
    forgetting = Forgetting(known, now)
    forgetting.erase(ASHA)
    forgetting.erase(ASHA)

    assert rows_with(known, ASHA) == []


def test_a_waiting_update_of_the_person_is_not_handled_any_more(known):
    Forgetting(known, now).erase(ASHA)

    assert Inbox(known, now, bot_id=77).claim(10, idle=True) == []


def test_an_update_that_was_erased_while_it_was_handled_comes_to_an_end_by_itself(known):
    def later() -> dt.datetime:
        return NOON + dt.timedelta(minutes=1)

    Forgetting(known, now).erase(ASHA)
    after_crash = Inbox(known, later, bot_id=77)

    assert after_crash.recover() == []
    assert after_crash.oldest_waiting_at() is None


def test_the_files_are_cleaned_after_an_erasure(known):
    forgetting = Forgetting(known, now)
    forgetting.erase(ASHA)

    assert forgetting.clean_regularly()


def test_every_table_with_something_of_people_is_cleaned():
    assert {column.partition(".")[0] for column in DELETED} == set(TABLES_OF_PEOPLE)


def test_after_an_erasure_a_dump_of_the_database_holds_nothing_of_the_person(known):
    before = dump(known)
    forgetting = Forgetting(known, now)
    forgetting.erase(ASHA)
    forgetting.clean()
    after = dump(known)

    assert str(ASHA) in before
    assert "Helper job" in before
    assert str(ASHA) not in after
    assert "Helper job" not in after


def dump(engine: Engine) -> str:
    """Everything in the database as text, as the database's own tool writes it."""
    if engine.dialect.name == "sqlite":
        with sqlite3.connect(engine.url.database) as connection:
            return "\n".join(connection.iterdump())
    program = find_programs() / "pg_dump"
    address = engine.url.render_as_string(hide_password=False).replace("+psycopg", "")
    return subprocess.run([program, "--data-only", address], check=True, capture_output=True, text=True).stdout


def rows_with(engine: Engine, number: int) -> list[str]:
    """Every row of every table in which the number stands, in whichever column."""
    with read_session(engine) as session:
        return [
            table.name
            for table in Base.metadata.tables.values()
            for row in session.execute(select(table))
            if any(str(number) in str(value).split() or value == number or f": {number}" in str(value) for value in row)
        ]
