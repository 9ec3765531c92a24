"""Alerts from approval to people's chats: the real application, database and HTTP, before the hostile Bot API."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
import time
from contextlib import asynccontextmanager

import pytest
from alert_builders import ASHA, BALA, EVERYTHING, STAFF, Situation
from fake_advisor import FakeAdvisor, make_library
from hostile_api import FakeTelegram, Fault, Limits, Mode
from pydantic import SecretStr
from store_builders import make_engine

from bot.alerts import control, exchange, jobs, lifecycle, outbox, subscriptions
from bot.alerts.jobs import alerting
from bot.alerts.sender import WINDOW
from bot.alerts.states import AlertState, ChatKind, EndReason
from bot.alerts.subscriptions import Consent
from bot.application import build_application, running
from bot.gate import Gate, Pace, choose_pace
from bot.jobs import now_utc
from bot.people import People
from knowledge.database import DatabaseUnavailable
from knowledge.settings import Settings
from knowledge.vocabulary import Language

PEOPLE = range(2001, 2051)
FAST = Pace(200, 1000, 0.02, 1000)
GROUP, NEW_GROUP = -100200300, -100900900
PATIENCE_S = 20.0


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(outbox, "RESEND_AFTER", dt.timedelta(seconds=0.5))


@pytest.fixture(scope="module")
def server():
    with FakeTelegram() as running_server:
        yield running_server


@pytest.fixture
def telegram(server):
    server.forgets()
    return server


@pytest.fixture
def situation(tmp_path):
    made = Situation(make_engine(tmp_path))
    made.now = dt.datetime.now(dt.UTC)
    for chat_id in PEOPLE:
        made.subscribes(chat_id)
    made.publishes()
    yield made
    made.engine.dispose()


@asynccontextmanager
async def the_bot(telegram, situation, pace=FAST):
    settings = Settings(
        _env_file=None,
        telegram_bot_token=SecretStr(telegram.token),
        telegram_api_base_url=telegram.url,
        staff_ids=STAFF,
    )
    application = build_application(
        settings, FakeAdvisor(), People(situation.engine, now_utc), make_library, gate=Gate(pace)
    )
    async with running(application), alerting(application, situation.engine) as sender:
        yield sender


def approve(situation, **wished):
    situation.now = dt.datetime.now(dt.UTC)
    alert_id = situation.requests(**wished)
    situation.approves(alert_id, ASHA, BALA)
    return alert_id


async def until(condition, what, patience_s=PATIENCE_S):
    deadline = time.monotonic() + patience_s
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(0.02)


async def until_done(situation, alert_id, state=AlertState.DONE):
    await until(lambda: situation.state(alert_id) == state, f"the alert to be {state}")


def shown(telegram, people=PEOPLE):
    return {chat_id: len(telegram.sent_to(chat_id)) for chat_id in people}


async def test_an_approved_alert_reaches_every_subscriber_once_and_staff_hear_that_it_is_done(telegram, situation):
    async with the_bot(telegram, situation):
        approved_at = time.monotonic()
        alert_id = await asyncio.to_thread(approve, situation)
        await until_done(situation, alert_id)
        await until(lambda: telegram.sent_to(ASHA), "news for staff")

    assert shown(telegram) == dict.fromkeys(PEOPLE, 1)
    assert set(situation.states(alert_id).values()) == {"sent"}
    first = min(arrival.at for arrival in telegram.arrivals() if arrival.chat_id in PEOPLE)
    assert first - approved_at <= 10
    [message] = telegram.sent_to(PEOPLE[0])
    assert message.parse_mode == "HTML"
    assert message.preview_off


async def test_without_two_approvals_nothing_leaves(telegram, situation):
    async with the_bot(telegram, situation):
        alert_id = await asyncio.to_thread(situation.requests)
        await asyncio.to_thread(situation.approves, alert_id, ASHA)
        await asyncio.sleep(2.5)

    assert sum(shown(telegram).values()) == 0


async def test_blocking_the_bot_ends_the_subscription_and_nobody_elses(telegram, situation):
    telegram.faults.fail_chat(2005, Fault(Mode.BLOCKED))
    telegram.faults.fail_chat(2006, Fault(Mode.DEACTIVATED))
    telegram.faults.fail_chat(2007, Fault(Mode.CHAT_NOT_FOUND))
    telegram.faults.fail_chat(2008, Fault(Mode.REFUSED, status=400, description="Bad Request: have no rights"))

    async with the_bot(telegram, situation):
        alert_id = await asyncio.to_thread(approve, situation)
        await until_done(situation, alert_id)

    def reason(chat_id):
        return situation.read(subscriptions.find_subscriber, chat_id).ended_reason

    assert [reason(chat_id) for chat_id in range(2004, 2010)] == [
        None,
        EndReason.BLOCKED,
        EndReason.DEACTIVATED,
        EndReason.NOT_FOUND,
        None,
        None,
    ]
    assert situation.states(alert_id)[2008] == "failed_rejected"
    assert sum(shown(telegram).values()) == len(PEOPLE) - 4


async def test_a_spike_of_failures_stops_the_alert_and_brings_the_subscribers_back(telegram, situation):
    for chat_id in PEOPLE:
        telegram.faults.fail_chat(chat_id, Fault(Mode.BLOCKED))

    async with the_bot(telegram, situation, pace=choose_pace(25)):
        alert_id = await asyncio.to_thread(approve, situation)
        await until_done(situation, alert_id, AlertState.STOPPED)
        await until(lambda: telegram.sent_to(ASHA), "news for staff")
        await asyncio.sleep(0.5)

    ended = [c for c in PEOPLE if situation.read(subscriptions.find_subscriber, c).ended_at is not None]
    assert ended == []
    assert "stopped" in telegram.sent_to(ASHA)[-1].text
    tried = [arrival for arrival in telegram.arrivals() if arrival.chat_id in PEOPLE]
    assert len(tried) <= 20 + WINDOW


async def test_a_group_that_moved_is_followed(telegram, situation):
    consent = Consent("1", Language.ENGLISH, situation.now)
    situation.write(subscriptions.subscribe, GROUP, (EVERYTHING,), consent=consent, kind=ChatKind.GROUP)
    telegram.faults.fail_chat(GROUP, Fault(Mode.MIGRATED, new_chat_id=NEW_GROUP))

    async with the_bot(telegram, situation):
        alert_id = await asyncio.to_thread(approve, situation)
        await until_done(situation, alert_id)

    assert len(telegram.sent_to(NEW_GROUP)) == 1
    assert situation.read(subscriptions.find_subscriber, NEW_GROUP).ended_at is None


async def test_unsubscribing_while_an_alert_goes_out_takes_effect_within_a_second(telegram, situation):
    last = PEOPLE[-1]
    async with the_bot(telegram, situation, pace=choose_pace(25)):
        alert_id = await asyncio.to_thread(approve, situation)
        await until(lambda: sum(shown(telegram).values()) >= 5, "the first messages")
        situation.write(subscriptions.unsubscribe_all, last, at=dt.datetime.now(dt.UTC))
        left_at = time.monotonic()
        await until_done(situation, alert_id)

    late = [arrival for arrival in telegram.arrivals() if arrival.chat_id == last and arrival.at > left_at + 1]
    assert late == []
    assert situation.states(alert_id)[last] == "unsubscribed"
    assert sum(shown(telegram).values()) == len(PEOPLE) - 1


@pytest.mark.parametrize("after", [3, 17])
async def test_a_cancel_stops_new_messages_within_a_second(telegram, situation, after):
    async with the_bot(telegram, situation, pace=choose_pace(25)):
        alert_id = await asyncio.to_thread(approve, situation)
        await until(lambda: sum(shown(telegram).values()) >= after, "the first messages")
        situation.write(lifecycle.cancel, alert_id, by="staff", reason="a mistake", at=dt.datetime.now(dt.UTC))
        cancelled_at = time.monotonic()
        await until(lambda: "pending" not in situation.states(alert_id).values(), "the outbox to be closed")
        await asyncio.sleep(1.5)

    arrivals = [arrival for arrival in telegram.arrivals() if arrival.chat_id in PEOPLE]
    assert max(arrival.at for arrival in arrivals) <= cancelled_at + 1
    assert set(situation.states(alert_id).values()) == {"sent", "cancelled"}


async def test_a_withdrawal_reaches_exactly_those_who_had_the_alert_and_marks_it(telegram, situation):
    telegram.faults.fail_chat(2003, Fault(Mode.BLOCKED))
    async with the_bot(telegram, situation):
        alert_id = await asyncio.to_thread(approve, situation)
        await until_done(situation, alert_id)
        telegram.faults.heal_chat(2003)
        await asyncio.to_thread(situation.subscribes, 2999)  # came later: had nothing to be taken back
        await asyncio.to_thread(situation.withdraws)
        cancel_id = await asyncio.to_thread(approve, situation, ask=lifecycle.request_cancel)
        await until_done(situation, cancel_id)
        await until(lambda: len(telegram.called("editMessageText")) >= len(PEOPLE) - 1, "the old messages to be marked")

    had = {chat_id for chat_id in PEOPLE if chat_id != 2003}
    assert {chat_id for chat_id, count in shown(telegram, [*PEOPLE, 2999]).items() if count == 2} == had
    earlier, correction = telegram.sent_to(2001)
    assert correction.reply_to == earlier.message_id
    assert "WITHDRAWN" in earlier.text.upper()


async def test_two_senders_started_by_mistake_send_once(telegram, situation):
    async with the_bot(telegram, situation) as first, the_bot(telegram, situation) as second:
        alert_id = await asyncio.to_thread(approve, situation)
        await until_done(situation, alert_id)
        led = [first.leads, second.leads]

    assert sorted(led) == [False, True]
    assert shown(telegram) == dict.fromkeys(PEOPLE, 1)


async def test_when_the_sender_stops_the_other_takes_over_at_once(telegram, situation):
    async with the_bot(telegram, situation, pace=choose_pace(25)):
        alert_id = await asyncio.to_thread(approve, situation)
        await until(lambda: sum(shown(telegram).values()) >= 5, "the first messages")
    stopped_at = time.monotonic()
    async with the_bot(telegram, situation):
        await until_done(situation, alert_id)

    first = min(arrival.at for arrival in telegram.arrivals() if arrival.at > stopped_at and arrival.chat_id in PEOPLE)
    assert first - stopped_at <= 3
    assert shown(telegram) == dict.fromkeys(PEOPLE, 1)


async def test_a_database_locked_for_seconds_delays_alerts_and_loses_none(telegram, situation, tmp_path):
    async with the_bot(telegram, situation, pace=choose_pace(25)):
        alert_id = await asyncio.to_thread(approve, situation)
        await until(lambda: sum(shown(telegram).values()) >= 5, "the first messages")
        other = sqlite3.connect(situation.engine.url.database, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        await asyncio.sleep(10)
        other.execute("ROLLBACK")
        other.close()
        await until_done(situation, alert_id)

    assert shown(telegram) == dict.fromkeys(PEOPLE, 1)


async def test_a_full_disk_pauses_alerts_until_there_is_room(telegram, situation, monkeypatch):
    settle = exchange.SqlExchange.settle
    full = asyncio.Event()

    def settle_unless_full(self, ended, at):
        if full.is_set():
            raise DatabaseUnavailable("database or disk is full")
        return settle(self, ended, at)

    monkeypatch.setattr(exchange.SqlExchange, "settle", settle_unless_full)
    async with the_bot(telegram, situation, pace=choose_pace(25)):
        alert_id = await asyncio.to_thread(approve, situation)
        await until(lambda: sum(shown(telegram).values()) >= 5, "the first messages")
        full.set()
        when_full = sum(shown(telegram).values())
        await asyncio.sleep(2.5)
        later = sum(shown(telegram).values())
        full.clear()
        await until_done(situation, alert_id)

    assert later <= when_full + WINDOW + 1 < len(PEOPLE)  # what cannot be written down is not sent
    assert shown(telegram) == dict.fromkeys(PEOPLE, 1)


async def test_a_person_who_asks_while_an_alert_goes_out_is_answered_first(telegram, situation):
    telegram.state.enforces(Limits())
    async with the_bot(telegram, situation, pace=choose_pace(25)) as sender:
        alert_id = await asyncio.to_thread(approve, situation)
        await until(lambda: sum(shown(telegram).values()) >= 5, "the first messages")
        began = time.monotonic()
        await sender._bot.send_message(9001, "the answer")
        took_s = time.monotonic() - began
        await until_done(situation, alert_id)
    flood_errors = telegram.state.flood_errors
    telegram.state.enforces(Limits(1e9, 1e9, 1e9))

    assert took_s <= 1
    assert flood_errors == 0


async def test_a_silence_that_telegram_asked_for_is_kept_by_the_next_life(telegram, situation):
    telegram.faults.fail_next(Fault(Mode.FLOOD, retry_after=4))
    async with the_bot(telegram, situation):
        alert_id = await asyncio.to_thread(approve, situation)
        await until(lambda: any(a.outcome.startswith("429") for a in telegram.arrivals()), "the refusal")
        refused_at = time.monotonic()
        await asyncio.sleep(0.3)
    async with the_bot(telegram, situation):
        await until_done(situation, alert_id)

    later = [a.at for a in telegram.arrivals() if a.taken and a.chat_id in PEOPLE and a.at > refused_at + 0.1]
    assert min(later) >= refused_at + 3.9 - 0.5
    assert shown(telegram) == dict.fromkeys(PEOPLE, 1)


async def test_staff_hear_that_satark_holds_everything_after_it_stood_still(telegram, situation, monkeypatch):
    monkeypatch.setattr(jobs, "WATCH_EVERY_S", 0.2)
    situation.now = dt.datetime.now(dt.UTC) - dt.timedelta(hours=2)
    situation.write(control.note_heartbeat, at=situation.now)
    situation.alerts()

    async with the_bot(telegram, situation):
        await until(lambda: telegram.sent_to(ASHA), "a word to staff")
        await asyncio.sleep(1)

    [told] = telegram.sent_to(ASHA)
    assert "held" in told.text
    assert "satark alerts go-on" in told.text
    assert sum(shown(telegram).values()) == 0


async def test_an_alert_that_does_not_arrive_is_told_to_staff(telegram, situation, monkeypatch):
    monkeypatch.setattr(jobs, "WATCH_EVERY_S", 0.2)
    situation.subscribes(2900, is_canary=True)
    situation.now = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=20)
    situation.approves(situation.requests(), ASHA, BALA)
    monkeypatch.setattr(exchange.SqlExchange, "lead", lambda _self, _at: False)  # nobody sends

    async with the_bot(telegram, situation):
        await until(lambda: telegram.sent_to(ASHA), "a word to staff")
        await asyncio.sleep(1)

    [told] = telegram.sent_to(ASHA)
    assert "approved" in told.text
