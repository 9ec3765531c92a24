"""How long things about people are kept: what is overdue goes, also out of the files, and what is not stays."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from fake_advisor import make_reply
from quality_builders import QUALITY_MODEL, make_quality
from sqlalchemy import func, select
from store_builders import make_engine

from bot.alerts.audience import Wish
from bot.alerts.heard import remember_verdict
from bot.alerts.models import HeardVerdict, Subscriber, Subscription
from bot.alerts.states import EndReason, Interest
from bot.alerts.subscriptions import Consent, end, subscribe
from bot.cleaning import clean_storage
from bot.desk_waiting import Expected, Waiting, expect
from bot.forgetting import Forgetting
from bot.inbox import Inbox, ParkReason, ends, is_set_aside
from bot.inbox_models import Erasure, InboxUpdate
from bot.incoming import read_incoming
from bot.models import Awaited, Person, ShownReply
from bot.people import People
from bot.retention import Retention
from knowledge.chat.quality_store import ToldQuality, save_quality
from knowledge.database import DatabaseUnavailable, read_session, write_session
from knowledge.vocabulary import Language
from knowledge.worklist import ListedQuestion, Sort, Why, save_question

NOON = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)
_NUMBERS = itertools.count(1)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


class Kept:
    """Things that are stored at noon, by verbs."""

    def __init__(self, engine, clock) -> None:
        self.engine = engine
        self.clock = clock
        self.people = People(engine, clock)
        self.inbox = Inbox(engine, clock, bot_id=77)

    def a_reply(self) -> None:
        self.people.save_shown(11, make_reply())

    def somebody_who_stopped_the_bot(self) -> None:
        self.people.save_language(11, Language.HINDI)
        self.people.mark_blocked(11)

    def somebody_with_a_language(self) -> None:
        self.people.save_language(11, Language.HINDI)

    def an_answered_update(self) -> None:
        self._store()
        self.inbox.note([ends(one) for one in self.inbox.claim(1, idle=True)])

    def a_parked_update(self) -> None:
        self._store()
        self.inbox.note([is_set_aside(one, ParkReason.FAILED) for one in self.inbox.claim(1, idle=True)])

    def an_update_that_nobody_handles(self) -> None:
        self._store()

    def an_erasure(self) -> None:
        forgetting = Forgetting(self.engine, self.clock)
        forgetting.erase(999)
        forgetting.clean()

    def an_ended_subscriber(self) -> None:
        with write_session(self.engine) as session:
            self._subscribe(session)
            end(session, 11, EndReason.UNSUBSCRIBED, at=self.clock.now)

    def a_subscriber(self) -> None:
        with write_session(self.engine) as session:
            self._subscribe(session)

    def a_verdict_heard(self) -> None:
        with write_session(self.engine) as session:
            cited = [("made-up-notice", "f" * 64)]
            remember_verdict(session, 11, cited, day=self.clock.now.date(), language=Language.ENGLISH)

    def a_question_for_staff(self) -> None:
        with write_session(self.engine) as session:
            save_question(session, 11, "Work in Qatar?", Sort(Why.NOT_HELPFUL, "answer", "en"), at=self.clock.now)

    def a_worded_reply(self) -> None:
        with write_session(self.engine) as session:
            save_quality(session, make_quality(), model=QUALITY_MODEL, day=self.clock.now.date(), chance=1.0)

    def a_value_awaited_from_staff(self) -> None:
        with write_session(self.engine) as session:
            expect(session, 900, Waiting(Expected.VALUE, 1, 1, "title"), at=self.clock.now)

    def count(self, table: type) -> int:
        with read_session(self.engine) as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def _store(self) -> None:
        self.inbox.store([read_incoming({"update_id": next(_NUMBERS), "message": {"chat": {"id": 11}}})])

    def _subscribe(self, session) -> None:
        consent = Consent("1", Language.ENGLISH, self.clock.now)
        subscribe(session, 11, [Wish(Interest.COUNTRY, "RU")], consent=consent)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def kept(tmp_path, clock):
    engine = make_engine(tmp_path)
    yield Kept(engine, clock)
    engine.dispose()


# what is kept, where, for how long
PERIODS = [
    ("a_reply", ShownReply, dt.timedelta(hours=24)),
    ("somebody_who_stopped_the_bot", Person, dt.timedelta(days=28)),
    ("a_question_for_staff", ListedQuestion, dt.timedelta(days=90)),
    ("a_value_awaited_from_staff", Awaited, dt.timedelta(minutes=15)),
    ("an_answered_update", InboxUpdate, dt.timedelta(hours=48)),
    ("an_update_that_nobody_handles", InboxUpdate, dt.timedelta(hours=48)),
    ("a_parked_update", InboxUpdate, dt.timedelta(days=30)),
    ("an_erasure", Erasure, dt.timedelta(days=30)),
    ("an_ended_subscriber", Subscriber, dt.timedelta(days=28)),
    ("an_ended_subscriber", Subscription, dt.timedelta(days=28)),
    ("a_verdict_heard", HeardVerdict, dt.timedelta(days=90, hours=12)),  # kept by the day
    ("a_worded_reply", ToldQuality, dt.timedelta(days=30, hours=12)),
]
FOR_EVER = [("somebody_with_a_language", Person), ("a_subscriber", Subscriber), ("a_subscriber", Subscription)]


@pytest.mark.parametrize(("what", "table", "period"), PERIODS)
def test_what_is_overdue_goes_and_what_is_not_stays(kept, clock, what, table, period):
    retention = Retention(kept.engine, clock)
    getattr(kept, what)()

    clock.now = NOON + period - dt.timedelta(hours=1)
    retention.forget_old()
    assert kept.count(table) == 1

    clock.now = NOON + period + dt.timedelta(hours=1)
    assert retention.forget_old() >= 1
    assert kept.count(table) == 0


@pytest.mark.parametrize(("what", "table"), FOR_EVER)
def test_what_a_person_still_wants_stays(kept, clock, what, table):
    getattr(kept, what)()

    clock.now = NOON + dt.timedelta(days=3650)
    Retention(kept.engine, clock).forget_old()

    assert kept.count(table) == 1


def test_nothing_is_overdue_after_a_run_and_a_second_run_does_nothing(kept, clock):
    retention = Retention(kept.engine, clock)
    for what in dict.fromkeys(row[0] for row in PERIODS):
        getattr(kept, what)()
    clock.now = NOON + dt.timedelta(days=365)
    assert retention.count_overdue() > 0

    retention.forget_old()

    assert retention.count_overdue() == 0
    assert retention.forget_old() == 0


# --- the files ---


def test_cleaning_leaves_nothing_of_what_was_deleted_in_any_file(kept, tmp_path):
    for number in range(200):
        size = (10, 300, 5000)[number % 3]
        update = {"update_id": 10_000 + number, "message": {"chat": {"id": number + 1}, "text": "SECRET-WORDS" * size}}
        kept.inbox.store([read_incoming(update)])
    assert b"SECRET-WORDS" in b"".join(path.read_bytes() for path in tmp_path.iterdir())

    while claimed := kept.inbox.claim(64, idle=True):
        kept.inbox.note([ends(one) for one in claimed])
    assert clean_storage(kept.engine)

    assert b"SECRET-WORDS" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


def test_while_a_reader_holds_the_files_cleaning_says_so_and_works_later(kept, clock, tmp_path):
    forgetting = Forgetting(kept.engine, clock)
    kept.somebody_with_a_language()
    with read_session(kept.engine) as session:
        session.scalar(select(func.count()).select_from(Person))
        forgetting.erase(11)
        assert not forgetting.clean_regularly()

    assert forgetting.clean_regularly()
    with read_session(kept.engine) as session:
        assert session.scalars(select(Erasure)).one().cleaned_at is not None


def test_cleaning_makes_nobody_wait_longer_afterwards(kept):
    clean_storage(kept.engine)

    with kept.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 5000


def test_a_database_that_cannot_be_cleaned_is_said_so(tmp_path, clock):
    engine = make_engine(tmp_path)
    engine.dispose()
    (tmp_path / "store.sqlite3").write_bytes(b"no database at all" * 100)

    with pytest.raises(DatabaseUnavailable):
        clean_storage(engine)
