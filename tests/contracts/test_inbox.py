"""What the durable inbox keeps to, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from postgres_server import find_programs, running_server
from sqlalchemy import Engine, select

from bot.inbox import (
    FULL_AT,
    KEEP_NUMBERS,
    LEASE,
    MOST_ATTEMPTS,
    OLDEST_ANSWERED,
    SUSPECT_AFTER,
    Change,
    Inbox,
    Parked,
    ParkReason,
    begins,
    ends,
    is_set_aside,
)
from bot.inbox_models import InboxState, InboxUpdate
from bot.incoming import Incoming, read_incoming
from knowledge.database import build_engine, read_session, upgrade

BOT_ID = 77


class Clock:
    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def goes_on(self, duration: dt.timedelta) -> None:
        self.now += duration


@pytest.fixture(scope="module")
def postgres() -> Iterator[object]:
    if find_programs() is None:
        pytest.skip("PostgreSQL is not installed (sudo apt install postgresql): the inbox was tested on SQLite only")
    with running_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request, tmp_path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = build_engine(f"sqlite:///{tmp_path / 'inbox.sqlite3'}")
        upgrade(made)
        yield made
        made.dispose()
        return
    with request.getfixturevalue("postgres").database() as url:
        made = build_engine(url)
        yield made
        made.dispose()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def inbox(engine, clock) -> Inbox:
    return Inbox(engine, clock, bot_id=BOT_ID, holder="first")


@pytest.fixture
def other(engine, clock) -> Inbox:
    """The inbox as a second process sees it."""
    return Inbox(engine, clock, bot_id=BOT_ID, holder="second")


# --- looking behind ---


def test_what_waits_behind_an_update_in_its_chat_is_seen_in_order_and_nothing_of_others(inbox):
    inbox.store([*(an_update(number, chat_id=12 if number == 2 else 11) for number in (1, 2, 3, 4))])
    first = next(one for one in inbox.claim(10, idle=True) if one.update_id == 1)

    behind = inbox.list_behind(first)

    assert [json.loads(raw)["update_id"] for raw in behind] == [3, 4]
    assert inbox.list_behind(first, most=1) == behind[:1]


def test_what_was_erased_or_handled_is_not_seen_behind_an_update(inbox):
    inbox.store([an_update(1)])
    [first] = inbox.claim(10, idle=True)
    inbox.store([an_update(2)])
    inbox.note([ends(first)])

    assert inbox.list_behind(first) == []


# --- storing ---


def test_an_update_is_handed_out_once(inbox, other):
    inbox.store([an_update(1)])

    [claimed] = inbox.claim(10, idle=True)

    assert claimed.update_id == 1
    assert inbox.claim(10, idle=False) == []
    assert other.claim(10, idle=True) == []


def test_an_update_that_comes_again_is_stored_once_even_after_it_was_handled(inbox):
    assert inbox.store([an_update(1), an_update(1)]) == 1
    finish_all(inbox)

    assert inbox.store([an_update(1)]) == 0
    assert inbox.claim(10, idle=True) == []


def test_a_lower_number_that_arrives_late_is_handled(inbox):
    inbox.store([an_update(5)])
    finish_all(inbox)

    inbox.store([an_update(4)])

    assert [one.update_id for one in inbox.claim(10, idle=True)] == [4]


def test_the_same_number_of_another_bot_is_another_update(engine, clock, inbox):
    another_bot = Inbox(engine, clock, bot_id=BOT_ID + 1)
    inbox.store([an_update(1)])

    assert another_bot.store([an_update(1)]) == 1
    assert len(another_bot.claim(10, idle=True)) == 1


def test_numbers_that_telegram_starts_anew_after_a_quiet_week_are_taken(inbox, clock):
    inbox.store([an_update(1)])
    finish_all(inbox)
    clock.goes_on(KEEP_NUMBERS + dt.timedelta(seconds=1))

    assert inbox.store([an_update(1)]) == 1
    assert len(inbox.claim(10, idle=True)) == 1


def test_the_largest_numbers_are_stored(inbox):
    inbox.store([an_update(2**63 - 1, chat_id=-(2**52) + 1)])

    assert [one.update_id for one in inbox.claim(10, idle=True)] == [2**63 - 1]


def test_an_inbox_is_full_when_too_many_wait(inbox):
    for start in range(1, FULL_AT, 1111):
        inbox.store([an_update(number, chat_id=number) for number in range(start, start + 1111)])
    assert not inbox.is_full()

    inbox.store([an_update(FULL_AT, chat_id=1)])
    assert inbox.is_full()


def test_the_age_of_the_oldest_unfinished_update_is_known(inbox, clock):
    assert inbox.oldest_waiting_at() is None
    inbox.store([an_update(1)])
    stored_at = clock.now
    clock.goes_on(dt.timedelta(minutes=1))
    inbox.store([an_update(2)])

    assert inbox.oldest_waiting_at() == stored_at


# --- order ---


def test_each_chat_is_handled_in_the_order_of_arrival(inbox):
    for number, chat_id in ((3, 1), (1, 1), (2, 2)):
        inbox.store([an_update(number, chat_id=chat_id)])

    first = inbox.claim(10, idle=True)
    assert [one.update_id for one in first] == [3, 2]

    note(inbox, ends(first[0]))
    assert [one.update_id for one in inbox.claim(10, idle=False)] == [1]


def test_a_chat_waits_for_its_update_that_another_process_holds(inbox, other):
    inbox.store([an_update(1, chat_id=1), an_update(2, chat_id=1)])
    inbox.claim(10, idle=True)

    assert other.claim(10, idle=True) == []


def test_updates_without_a_chat_wait_for_nobody(inbox):
    inbox.store([an_update(1, chat_id=None), an_update(2, chat_id=None)])

    assert len(inbox.claim(10, idle=True)) == 2


def test_no_more_than_asked_for_is_handed_out(inbox):
    inbox.store([an_update(number, chat_id=number) for number in range(1, 6)])

    assert len(inbox.claim(3, idle=True)) == 3
    assert inbox.claim(0, idle=True) == []


# --- once in effect, across crashes ---


def test_what_a_dead_process_held_is_handed_out_again(inbox, other, clock):
    inbox.store([an_update(1)])
    inbox.claim(10, idle=True)

    clock.goes_on(LEASE + dt.timedelta(seconds=1))
    other.recover()
    [again] = other.claim(10, idle=True)

    assert not again.begun
    assert again.attempts == 2


def test_a_living_process_keeps_what_it_holds(inbox, other, clock):
    inbox.store([an_update(1)])
    [claimed] = inbox.claim(10, idle=True)

    for _ in range(5):
        clock.goes_on(LEASE * 0.6)
        inbox.renew()
        other.recover()

    assert other.claim(10, idle=True) == []
    assert note(inbox, ends(claimed))


def test_an_update_whose_answer_had_begun_is_marked_so_that_it_is_not_answered_anew(inbox, other, clock):
    inbox.store([an_update(1)])
    [claimed] = inbox.claim(10, idle=True)
    assert note(inbox, begins(claimed))

    clock.goes_on(LEASE + dt.timedelta(seconds=1))
    other.recover()

    assert [one.begun for one in other.claim(10, idle=True)] == [True]


def test_a_process_that_lost_its_lease_can_do_nothing_more(inbox, other, clock):
    inbox.store([an_update(1)])
    [lost] = inbox.claim(10, idle=True)
    clock.goes_on(LEASE + dt.timedelta(seconds=1))
    other.recover()
    [mine] = other.claim(10, idle=True)

    assert not note(inbox, begins(lost))
    assert not note(inbox, ends(lost))
    assert not note(inbox, is_set_aside(lost, ParkReason.FAILED))
    assert note(other, begins(mine))


def test_a_process_that_was_asleep_cannot_use_an_earlier_claim_of_its_own(inbox, clock):
    inbox.store([an_update(1)])
    [earlier] = inbox.claim(10, idle=True)
    clock.goes_on(LEASE + dt.timedelta(seconds=1))
    inbox.recover()
    [later] = inbox.claim(10, idle=True)

    assert not note(inbox, begins(earlier))
    assert note(inbox, begins(later))


def test_a_clock_that_is_set_back_a_day_holds_nothing_up(inbox, other, clock):
    inbox.store([an_update(1)])
    inbox.claim(10, idle=True)

    clock.goes_on(-dt.timedelta(days=1))
    other.recover()

    assert len(other.claim(10, idle=True)) == 1


# --- updates that cannot be handled ---


def test_a_parked_update_is_out_of_the_way_and_keeps_only_its_build(inbox, engine):
    inbox.store([an_update(1, text="Helper job"), an_update(2)])
    [poison] = inbox.claim(10, idle=True)

    assert note(inbox, is_set_aside(poison, ParkReason.UNREADABLE))

    assert [one.update_id for one in inbox.claim(10, idle=True)] == [2]
    row = row_of(engine, 1)
    assert (row.state, row.reason, row.chat_id) == (InboxState.PARKED, ParkReason.UNREADABLE, None)
    assert "Helper job" not in row.raw
    assert '"text": "str"' in row.raw


def test_an_update_that_keeps_ending_the_program_is_set_aside(inbox, clock):
    inbox.store([an_update(1, text="Helper job")])
    for _ in range(MOST_ATTEMPTS - 1):
        assert len(inbox.claim(10, idle=True)) == 1
        dies(inbox, clock)
    inbox.claim(10, idle=True)

    [parked] = dies(inbox, clock)

    assert parked.reason is ParkReason.ENDS_THE_PROGRAM
    assert "Helper job" in parked.raw  # so that the person can be told; it is not stored any more
    assert inbox.claim(10, idle=True) == []


def test_an_update_that_saw_the_program_die_is_handled_alone(inbox, clock):
    inbox.store([an_update(1, chat_id=1), an_update(2, chat_id=2)])
    for _ in range(SUSPECT_AFTER):
        inbox.claim(1, idle=True)
        dies(inbox, clock)

    assert inbox.claim(10, idle=False) == []  # not beside others
    [suspect] = inbox.claim(10, idle=True)
    assert suspect.update_id == 1
    assert suspect.is_suspect


def test_the_innocent_neighbours_of_a_poison_are_not_set_aside(inbox, clock):
    """Every process dies when it handles number 3, whatever else it holds."""
    inbox.store([an_update(number, chat_id=number) for number in range(1, 6)])
    parked = []
    for _ in range(40):
        claimed = inbox.claim(10, idle=True)
        if any(one.update_id == 3 for one in claimed):
            parked += [one.reason for one in dies(inbox, clock)]
            continue
        for one in claimed:
            note(inbox, ends(one))

    assert parked == [ParkReason.ENDS_THE_PROGRAM]
    assert inbox.oldest_waiting_at() is None


def test_an_update_that_waited_a_day_is_not_answered_any_more(inbox, clock):
    inbox.store([an_update(1)])

    clock.goes_on(OLDEST_ANSWERED + dt.timedelta(seconds=1))

    assert [parked.reason for parked in inbox.recover()] == [ParkReason.TOO_OLD]
    assert inbox.claim(10, idle=True) == []


# --- what is left ---


def test_nothing_of_a_person_is_left_when_an_update_is_handled(inbox, engine):
    inbox.store([an_update(1, chat_id=4455667788, text="Helper job")])
    finish_all(inbox)

    row = row_of(engine, 1)
    assert (row.raw, row.chat_id, row.state) == (None, None, InboxState.DONE)


# --- several processes at once ---


def test_a_thousand_updates_that_come_three_times_out_of_order_have_one_effect_each(engine, clock):
    copies = [an_update(number, chat_id=number % 50) for number in range(1000)] * 3
    random.Random(7).shuffle(copies)
    storing = [
        threading.Thread(target=store_in_batches, args=(Inbox(engine, clock, bot_id=BOT_ID), copies[start::2]))
        for start in range(2)
    ]
    effects: list[int] = []
    run_all(storing)
    handling = [
        threading.Thread(target=handle_all, args=(Inbox(engine, clock, bot_id=BOT_ID), effects)) for _ in range(2)
    ]
    run_all(handling)

    assert Counter(effects) == dict.fromkeys(range(1000), 1)


def an_update(update_id: int, *, chat_id: int | None = 11, text: str = "hello") -> Incoming:
    chat = {"chat": {"id": chat_id}} if chat_id is not None else {}
    incoming = read_incoming({"update_id": update_id, "message": {**chat, "text": text}})
    assert incoming is not None
    return incoming


def note(inbox: Inbox, change: Change) -> bool:
    [held] = inbox.note([change])
    return held


def finish_all(inbox: Inbox) -> None:
    while claimed := inbox.claim(100, idle=True):
        for one in claimed:
            assert note(inbox, ends(one))


def dies(inbox: Inbox, clock: Clock) -> list[Parked]:
    """The process ends without a word; a new one comes after the lease."""
    clock.goes_on(LEASE + dt.timedelta(seconds=1))
    return inbox.recover()


def row_of(engine: Engine, update_id: int) -> InboxUpdate:
    with read_session(engine) as session:
        return session.scalars(select(InboxUpdate).where(InboxUpdate.update_id == update_id)).one()


def store_in_batches(inbox: Inbox, updates: list[Incoming]) -> None:
    for start in range(0, len(updates), 100):
        inbox.store(updates[start : start + 100])


def handle_all(inbox: Inbox, effects: list[int]) -> None:
    idle_rounds = 0
    while idle_rounds < 20:
        claimed = inbox.claim(16, idle=True)
        idle_rounds = 0 if claimed else idle_rounds + 1
        for one in claimed:
            if note(inbox, begins(one)):
                effects.append(one.update_id)
            note(inbox, ends(one))


def run_all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
