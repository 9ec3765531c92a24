"""What the bot remembers of people, in a real database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from fake_advisor import make_reply
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.alerts.audience import Wish
from bot.alerts.states import EndReason, Interest
from bot.alerts.subscriptions import Consent, find_subscriber, subscribe
from bot.models import Feedback, Person, ShownReply
from bot.people import Allowance, Limits, People
from knowledge.database import DatabaseUnavailable, build_engine, upgrade
from knowledge.vocabulary import Language

NOON = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[object]:
    made = build_engine(f"sqlite:///{tmp_path / 'people.sqlite3'}")
    upgrade(made)
    yield made
    made.dispose()


@pytest.fixture
def people(engine, clock) -> People:
    return People(engine, clock)


def test_a_language_is_remembered_and_can_be_taken_back(people):
    people.save_language(11, Language.HINGLISH)
    assert people.find_language(11) is Language.HINGLISH

    people.save_language(11, None)
    assert people.find_language(11) is None


def test_a_shown_reply_comes_back_as_it_was(people):
    reply = make_reply()

    shown_id = people.save_shown(11, reply)

    assert people.find_shown(shown_id, 11) == reply


def test_a_shown_reply_belongs_to_its_chat(people):
    shown_id = people.save_shown(11, make_reply())

    assert people.find_shown(shown_id, 12) is None


def test_a_shown_reply_is_deleted_after_a_day(people, clock, engine):
    people.save_shown(11, make_reply())

    clock.now += dt.timedelta(hours=24, seconds=1)

    assert people.forget_old() == 1
    with Session(engine) as session:
        assert session.scalars(select(ShownReply)).all() == []


def test_a_reply_kept_in_another_shape_counts_as_too_old(people, engine):
    with Session(engine) as session, session.begin():
        session.add(ShownReply(id="A" * 16, chat_id=11, reply='{"kind": "poem"}', shown_at=NOON))

    assert people.find_shown("A" * 16, 11) is None


def test_feedback_is_counted_once_and_names_nobody(people, engine):
    shown_id = people.save_shown(11, make_reply())

    assert people.save_feedback(shown_id, 11, helpful=True)
    assert not people.save_feedback(shown_id, 11, helpful=False)

    with Session(engine) as session:
        [row] = session.scalars(select(Feedback)).all()
    assert (row.helpful, row.verdict, row.kind, row.day) == (True, "danger", "assessment", NOON.date())
    assert "person" not in " ".join(Feedback.__table__.columns.keys())


def test_a_blocked_bot_is_remembered_until_the_person_is_back(people):
    people.save_language(11, Language.HINDI)
    people.mark_blocked(11)
    assert people.is_blocked(11)

    people.mark_back(11)
    assert not people.is_blocked(11)


def test_of_a_stranger_who_blocks_the_bot_nothing_is_stored(people, engine):
    people.mark_blocked(11)

    with Session(engine) as session:
        assert session.scalars(select(Person)).all() == []


def test_blocking_the_bot_ends_the_subscription_and_coming_back_revives_it(people, engine, clock):
    consent = Consent("1", Language.ENGLISH, clock.now)
    with Session(engine) as session, session.begin():
        subscribe(session, 11, [Wish(Interest.COUNTRY, "RU")], consent=consent)

    people.mark_blocked(11)
    with Session(engine) as session:
        assert find_subscriber(session, 11).ended_reason == EndReason.BLOCKED

    people.mark_back(11)
    with Session(engine) as session:
        assert find_subscriber(session, 11).ended_at is None


def test_personal_numbers_in_the_words_of_a_person_are_masked_before_they_are_stored(people, engine):
    shown_id = people.save_shown(11, make_reply(quote="call 99999 00123 on tourist visa"))

    with Session(engine) as session:
        [row] = session.scalars(select(ShownReply)).all()
    assert "99999 00123" not in row.reply
    assert "+91 99999 00001" in row.reply  # a helpline is no personal number
    assert people.find_shown(shown_id, 11).red_flags[0].quote == "call ••••• ••••• on tourist visa"


def test_a_missing_database_is_said_so(tmp_path, clock):
    people = People(build_engine(f"sqlite:///{tmp_path / 'empty.sqlite3'}"), clock)

    with pytest.raises(DatabaseUnavailable):
        people.find_language(11)


def test_the_limit_of_a_minute_ends_after_a_minute(clock):
    limits = Limits(clock, per_minute=2, per_day=100)

    assert [limits.count(1) for _ in range(3)] == [Allowance.GRANTED, Allowance.GRANTED, Allowance.WAIT_A_MINUTE]
    clock.now += dt.timedelta(seconds=61)
    assert limits.count(1) is Allowance.GRANTED


def test_the_limit_of_a_day_ends_after_a_day(clock):
    limits = Limits(clock, per_minute=100, per_day=3)

    assert [limits.count(1) for _ in range(4)][-1] is Allowance.WAIT_UNTIL_TOMORROW
    clock.now += dt.timedelta(days=1, seconds=1)
    assert limits.count(1) is Allowance.GRANTED


def test_one_person_does_not_use_up_the_messages_of_another(clock):
    limits = Limits(clock, per_minute=1, per_day=1)
    limits.count(1)

    assert limits.count(2) is Allowance.GRANTED


def test_a_refusal_is_told_once_until_something_is_granted_again(clock):
    limits = Limits(clock, per_minute=1, per_day=10)
    limits.count(1)

    assert [limits.tell_once(1), limits.tell_once(1)] == [True, False]
    clock.now += dt.timedelta(minutes=2)
    limits.count(1)
    assert limits.tell_once(1)
