"""The sender in simulated time: the real bot, gate and sender, Telegram with its limits, an outbox in memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools

import pytest
from fake_exchange import START, FakeExchange, make_claim, make_correction
from hostile_api import Fault, Mode
from simulated_telegram import Simulation
from virtual_time import run_virtually, virtual_now

from bot.alerts.sender import WINDOW, AlertSender, choose_window
from bot.alerts.states import Lane
from bot.clocks import SteadyClock
from bot.gate import Pace, choose_pace

GROUP = -100200300


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


class Situation:
    """A sender at work over an outbox and a simulated Telegram."""

    def __init__(self, **options) -> None:
        self.simulation = Simulation(**options)
        self.exchange = FakeExchange()
        self.jump = dt.timedelta(0)
        self.stop = asyncio.Event()
        self.began_at = virtual_now()

    def wall(self) -> dt.datetime:
        return START + dt.timedelta(seconds=virtual_now()) + self.jump

    def starts(self) -> None:
        self.sender = AlertSender(
            self.simulation.bot,
            self.simulation.gate,
            self.exchange,
            clock=SteadyClock(self.wall, virtual_now),
            in_thread=False,
        )
        self.working = asyncio.create_task(self.sender.work(self.stop))

    async def stops(self) -> None:
        self.stop.set()
        await self.working

    async def sends_all(self) -> None:
        self.starts()
        await self.until_done()
        await self.stops()

    async def until_done(self, latest_s: float = 7200) -> None:
        deadline = virtual_now() + latest_s
        while any(state in ("pending", "claimed") for state in self.exchange.states.values()):
            assert virtual_now() < deadline, self.exchange.count()
            await asyncio.sleep(1)

    @property
    def faults(self):
        return self.simulation.telegram.faults


def run(situation):
    return run_virtually(situation)


def test_everybody_gets_it_once_and_telegram_sees_no_flood():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 1001))
        await s.sends_all()
        return s

    s = run(situation)

    assert s.exchange.count() == {"sent": 1000}
    assert {len(times) for times in s.simulation.taken().values()} == {1}
    assert s.simulation.telegram.flood_errors == 0
    took_s = max(times[0] for times in s.simulation.taken().values())
    assert took_s <= 1000 / 25 / 0.95 + 2
    assert s.exchange.most_claimed <= WINDOW


MODES = {
    Mode.OK: ("sent", 1),
    Mode.DELIVER_THEN_DROP: ("uncertain", 2),
    Mode.DROP_BEFORE: ("uncertain", 0),
    Mode.FLOOD: ("sent", 1),  # told once to wait for a second
    Mode.BLOCKED: ("blocked", 0),
    Mode.DEACTIVATED: ("deactivated", 0),
    Mode.CHAT_NOT_FOUND: ("not_found", 0),
    Mode.MIGRATED: ("migrated", 0),
    Mode.SERVER_ERROR: ("uncertain", 0),
    Mode.STALL: ("uncertain", 2),
    Mode.HALF_BODY: ("uncertain", 2),
    Mode.RESET: ("uncertain", 0),
    Mode.SLOW: ("sent", 1),
    Mode.WRONG_JSON: ("uncertain", 2),
    Mode.REFUSED: ("rejected", 0),
}


def test_every_way_of_failing_ends_in_the_right_state_and_stops_nobody_else():
    each = 20

    async def situation():
        s = Situation()
        people = {}
        for number, mode in itertools.product(range(each), MODES):
            chat_id = number * len(MODES) + list(MODES).index(mode) + 1
            people[chat_id] = mode
            new = -1_000_000_000 - chat_id if mode is Mode.MIGRATED else None
            fault = Fault(mode, retry_after=1, new_chat_id=new, description="Bad Request: not enough rights")
            s.faults.fail_chat(chat_id, fault, times=1 if mode is Mode.FLOOD else None)
        s.exchange.enqueue(make_claim(chat_id) for chat_id in people)
        await s.sends_all()
        return s, people

    s, people = run(situation)

    got = s.simulation.taken()
    for chat_id, mode in people.items():
        state, copies = MODES[mode]
        assert (s.exchange.states[1, chat_id], len(got.get(chat_id, []))) == (state, copies), mode
        if mode is Mode.MIGRATED:
            assert len(got[-1_000_000_000 - chat_id]) == 1


def test_five_percent_lost_answers_miss_nobody_and_double_only_those():
    async def situation():
        s = Situation()
        s.faults.fail_share(Fault(Mode.DELIVER_THEN_DROP), 0.05, seed=7)
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 2001))
        await s.sends_all()
        return s

    s = run(situation)

    got = s.simulation.taken()
    lost = sum(arrival.outcome == Mode.DELIVER_THEN_DROP for arrival in s.simulation.telegram.journal.arrivals())
    assert len(got) == 2000
    assert sum(len(times) - 1 for times in got.values()) <= lost
    assert max(len(times) for times in got.values()) <= 2
    assert 50 < lost < 150


def test_a_lost_answer_is_sent_again_after_half_a_minute_and_not_before():
    async def situation():
        s = Situation()
        s.faults.fail_chat(1, Fault(Mode.DELIVER_THEN_DROP), times=1)
        s.exchange.enqueue([make_claim(1)])
        await s.sends_all()
        return s.simulation.taken()[1]

    first, second = run(situation)

    assert 30 <= second - first <= 33


def test_too_many_requests_silence_the_broadcast_for_as_long_as_telegram_says():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 301))
        s.faults.fail_chat(50, Fault(Mode.FLOOD, retry_after=30), times=1)
        await s.sends_all()
        return s

    s = run(situation)

    arrivals = s.simulation.telegram.journal.arrivals()
    refused = next(arrival for arrival in arrivals if not arrival.taken)
    one_way_s = s.simulation.request.latency_s / 2
    meanwhile = [a for a in arrivals if refused.at + 2 * one_way_s < a.at < refused.at + 30 + 2 * one_way_s - 1e-6]
    assert meanwhile == []
    assert s.exchange.count() == {"sent": 300}
    assert {len(times) for times in s.simulation.taken().values()} == {1}


def test_a_restart_keeps_the_silence_that_telegram_asked_for():
    async def situation():
        s = Situation()
        s.exchange.halted_until = START + dt.timedelta(seconds=25)
        s.exchange.enqueue([make_claim(1)])
        await s.sends_all()
        return s.simulation.taken()[1][0]

    assert 25 <= run(situation) <= 28


def test_a_fresh_emergency_overtakes_a_running_digest():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id, lane=Lane.DIGEST) for chat_id in range(1, 501))
        s.starts()
        await asyncio.sleep(5)
        s.exchange.enqueue(make_claim(chat_id, alert_id=2, lane=Lane.EMERGENCY) for chat_id in range(1001, 1101))
        asked_at = virtual_now()
        await s.until_done()
        await s.stops()
        return [times[0] for chat_id, times in s.simulation.taken().items() if chat_id > 1000], asked_at

    times, asked_at = run(situation)

    assert max(times) - asked_at <= 100 / 25 + 1


def test_after_a_cancel_nothing_leaves_a_second_later():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 501))
        s.starts()
        await asyncio.sleep(7.3)
        s.exchange.cancels(1)
        cancelled_at = virtual_now()
        await s.until_done()
        await s.stops()
        return s, cancelled_at

    s, cancelled_at = run(situation)

    assert max(times[0] for times in s.simulation.taken().values()) <= cancelled_at + 1
    assert set(s.exchange.count()) == {"sent", "cancelled"}


def test_markup_that_telegram_cannot_read_goes_out_as_plain_text():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id, html="<b>open & <x> never closed") for chat_id in range(1, 31))
        await s.sends_all()
        return s

    s = run(situation)

    assert s.exchange.count() == {"sent": 30}
    assert len(s.simulation.taken()) == 30


def test_a_correction_answers_the_earlier_message_and_marks_it():
    async def situation():
        s = Situation()
        s.exchange.enqueue([make_claim(1)])
        s.starts()
        await s.until_done()
        [earlier] = s.simulation.telegram.sent_to(1)
        s.exchange.enqueue([make_correction(1, earlier.message_id)])
        await s.until_done()
        await asyncio.sleep(5)
        await s.stops()
        return s.simulation.telegram.sent_to(1), s.simulation.telegram.flood_errors

    (marked, correction), flood_errors = run(situation)

    assert marked.text == "old WITHDRAWN"
    assert correction.reply_to == marked.message_id
    assert flood_errors == 0


def test_whoever_unsubscribed_since_has_the_earlier_message_marked_and_gets_no_new_one():
    async def situation():
        s = Situation()
        s.exchange.enqueue([make_claim(1)])
        s.starts()
        await s.until_done()
        [earlier] = s.simulation.telegram.sent_to(1)
        for _ in range(2):  # the second time Telegram says that nothing changed
            s.exchange.enqueue([make_correction(1, earlier.message_id, only_edit=True)])
            await s.until_done()
        await s.stops()
        return s.simulation.telegram.sent_to(1), s.exchange.count()

    [marked], count = run(situation)

    assert marked.text == "old WITHDRAWN"
    assert count == {"sent": 1}


def test_an_outage_pauses_the_broadcast_instead_of_spending_everybodys_second_copy():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 501))
        s.simulation.request.outage_until = 600
        await s.sends_all()
        return s

    s = run(situation)

    assert s.exchange.count()["sent"] >= 470
    assert s.exchange.count()["uncertain"] <= 30


def test_many_chats_that_telegram_always_fails_for_do_not_keep_the_next_alert_waiting():
    async def situation():
        s = Situation()
        for chat_id in range(1, 301, 3):
            s.faults.fail_chat(chat_id, Fault(Mode.SERVER_ERROR))
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 301))
        s.starts()
        await asyncio.sleep(60)
        s.exchange.enqueue(make_claim(chat_id, alert_id=2) for chat_id in range(1001, 1011))
        asked_at = virtual_now()
        await s.until_done()
        await s.stops()
        return max(times[0] for chat_id, times in s.simulation.taken().items() if chat_id > 1000) - asked_at

    assert run(situation) <= 30


def test_a_database_that_is_locked_for_a_while_loses_nothing_and_doubles_nothing():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 201))
        s.starts()
        for _ in range(5):
            await asyncio.sleep(1.1)
            s.exchange.is_away(times=4)
        await s.until_done()
        await s.stops()
        return s

    s = run(situation)

    assert s.exchange.count() == {"sent": 200}
    assert {len(times) for times in s.simulation.taken().values()} == {1}


@pytest.mark.parametrize("jump", [dt.timedelta(days=1), dt.timedelta(days=-1)], ids=["forward", "back"])
def test_a_clock_that_jumps_while_alerts_go_out_changes_nothing(jump):
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 201))
        s.faults.fail_chat(100, Fault(Mode.DELIVER_THEN_DROP), times=1)
        s.starts()
        await asyncio.sleep(3)
        s.jump = jump
        await s.until_done(latest_s=60)
        await s.stops()
        return s.exchange.count()

    assert run(situation) == {"sent": 200}


def test_a_sender_that_lost_its_lease_claims_nothing_more():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 201))
        s.starts()
        await asyncio.sleep(2)
        s.exchange.leads = False
        lost_at = virtual_now()
        await asyncio.sleep(20)
        s.exchange.leads = True
        back_at = virtual_now()
        await s.until_done()
        await s.stops()
        return s, lost_at, back_at

    s, lost_at, back_at = run(situation)

    times = [times[0] for times in s.simulation.taken().values()]
    assert [at for at in times if lost_at + 0.5 < at < back_at] == []
    assert s.exchange.count() == {"sent": 200}


def test_stopping_sees_through_what_is_under_way_and_gives_the_lease_back():
    async def situation():
        s = Situation(latency_s=1)
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 201))
        s.starts()
        await asyncio.sleep(5)
        asked_at = virtual_now()
        await s.stops()
        return s, virtual_now() - asked_at

    s, took_s = run(situation)

    assert took_s <= 2
    assert "claimed" not in s.exchange.count()
    assert s.exchange.count()["sent"] == len(s.simulation.taken())
    assert s.exchange.leads is False


def test_five_thousand_people_at_the_usual_rate_take_three_and_a_half_minutes():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(chat_id) for chat_id in range(1, 5001))
        await s.sends_all()
        return s

    s = run(situation)

    assert s.exchange.count() == {"sent": 5000}
    assert max(times[0] for times in s.simulation.taken().values()) <= 5000 / 25 / 0.95
    assert s.simulation.telegram.flood_errors == 0


def test_groups_get_no_more_than_twenty_a_minute():
    async def situation():
        s = Situation()
        s.exchange.enqueue(make_claim(GROUP, alert_id=number) for number in range(1, 31))
        await s.sends_all()
        return s

    s = run(situation)

    assert s.exchange.count() == {"sent": 30}
    assert s.simulation.telegram.flood_errors == 0


@pytest.mark.parametrize(("rate", "window"), [(1, 8), (25, 8), (30, 8), (400, 100), (1000, 250)])
def test_more_is_under_way_only_where_broadcasts_are_paid_for(rate, window):
    assert choose_window(choose_pace(rate)) == window


def test_paid_broadcasts_say_so_and_free_ones_do_not():
    async def situation(pace: Pace):
        s = Situation(pace=pace, limits=None)
        s.simulation.telegram._keep_calls = True
        s.exchange.enqueue([make_claim(1)])
        await s.sends_all()
        return s.simulation.telegram.called("sendMessage")[0].get("allow_paid_broadcast")

    assert run_virtually(lambda: situation(choose_pace(25))) is None
    assert run_virtually(lambda: situation(choose_pace(200))) is True
