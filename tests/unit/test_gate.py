"""The one gate: when messages may leave, in virtual time."""

from __future__ import annotations

import asyncio
import itertools
import math
from collections import Counter

import pytest
from hostile_api import FloodWatch, Limits
from telegram.error import NetworkError, RetryAfter
from virtual_time import run_virtually, virtual_now

from bot.gate import UNLIMITED, Gate, NotNow, Pace, Turn, choose_pace

GROUP = -100200300


@pytest.fixture(autouse=True)
def _durations_as_timedelta(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


class Telegram:
    """Takes messages after a little while, notes when each arrived, and refuses what a script says."""

    def __init__(self, gate: Gate, latency_s: float = 0.05) -> None:
        self.gate = gate
        self.latency_s = latency_s
        self.arrived: list[tuple[float, int]] = []
        self.broadcasts: list[float] = []
        self.flood_errors = 0
        self.refusals: list[Exception] = []
        self._holding = (1.0, 0.0)
        self._flood = FloodWatch(Limits())

    async def reply(self, chat_id: int, endpoint: str = "sendMessage") -> None:
        await self.gate.process_request(self._take, (chat_id, False), {}, endpoint, {"chat_id": chat_id}, None)

    async def broadcast(self, chat_id: int, turn: Turn) -> None:
        await self.gate.process_request(self._take, (chat_id, True), {}, "sendMessage", {"chat_id": chat_id}, turn)

    async def broadcast_to(self, chat_ids: range, latest_s: float = math.inf) -> None:
        """Send to all, as a sender does: a turn, then the message without waiting for its answer."""
        waiting = list(reversed(chat_ids))
        async with asyncio.TaskGroup() as group:
            while waiting and virtual_now() < latest_s:
                for turn in await self.gate.take_turns(8):
                    if waiting:
                        group.create_task(self._try(waiting, waiting.pop(), turn))

    async def _try(self, waiting: list[int], chat_id: int, turn: Turn) -> None:
        try:
            await self.broadcast(chat_id, turn)
        except (RetryAfter, NotNow, NetworkError):
            waiting.append(chat_id)

    def is_held_up(self, *, every_s: float, for_s: float) -> None:
        """From now on nothing arrives at the beginning of each so many seconds; what was held up arrives at once."""
        self._holding = (every_s, for_s)

    async def _take(self, chat_id: int, is_broadcast: bool) -> bool:
        await asyncio.sleep(self.latency_s / 2)
        every_s, for_s = self._holding
        await asyncio.sleep(max(0.0, for_s - virtual_now() % every_s))
        self.arrived.append((virtual_now(), chat_id))
        if is_broadcast:
            self.broadcasts.append(virtual_now())
        if self._flood.refuse_for(chat_id, virtual_now()):
            self.flood_errors += 1
        await asyncio.sleep(self.latency_s / 2)
        if self.refusals:
            raise self.refusals.pop(0)
        return True

    def most_in_any_second(self) -> int:
        times = [at for at, _ in self.arrived]
        return max(sum(at <= later < at + 1 for later in times) for at in times)


def make(pace: Pace | None = None, latency_s: float = 0.05) -> Telegram:
    return Telegram(Gate(pace, monotonic=asyncio.get_running_loop().time), latency_s)


def test_broadcasts_go_out_evenly_at_their_rate():
    async def situation():
        telegram = make()
        await telegram.broadcast_to(range(1, 501))
        return telegram, virtual_now()

    telegram, took_s = run_virtually(situation)

    assert 500 / 25 * 0.99 <= took_s <= 500 / 25 / 0.95
    assert telegram.flood_errors == 0
    assert telegram.most_in_any_second() <= 29


def test_with_broadcasts_under_way_replies_leave_at_once_and_telegram_sees_no_flood():
    async def situation():
        telegram, waited = make(), []

        async def ask(chat_id: int) -> None:
            await asyncio.sleep(chat_id / 4)
            began = virtual_now()
            await telegram.reply(100_000 + chat_id)
            waited.append(virtual_now() - began)

        await asyncio.gather(telegram.broadcast_to(range(1, 1000)), *(ask(number) for number in range(100)))
        return telegram, waited

    telegram, waited = run_virtually(situation)

    assert telegram.flood_errors == 0
    assert sorted(waited)[95] <= 1.0


@pytest.mark.parametrize("stall_s", [0.2, 0.5, 1.5])
def test_messages_that_are_held_up_on_the_way_and_arrive_together_are_no_flood(stall_s):
    async def situation():
        telegram = make(latency_s=0.02)
        telegram.is_held_up(every_s=3.0, for_s=stall_s)
        broadcast = asyncio.create_task(telegram.broadcast_to(range(1, 1001)))
        for person in range(5001, 5121):
            await telegram.reply(person)
            await asyncio.sleep(0.3)
        await broadcast
        return telegram

    telegram = run_virtually(situation)

    assert telegram.flood_errors == 0
    assert len(telegram.arrived) == 1120
    assert max(telegram.broadcasts) <= 2 * 1000 / 25  # half of the time nothing gets through, in the worst case


def test_the_rate_is_kept_where_the_clock_goes_on_at_every_look():
    async def situation():
        loop, looks = asyncio.get_running_loop(), itertools.count()
        telegram = Telegram(Gate(monotonic=lambda: loop.time() + next(looks) * 1e-9), 0.02)
        await telegram.broadcast_to(range(1, 1001))
        return telegram

    telegram = run_virtually(situation)

    assert telegram.flood_errors == 0
    assert max(telegram.broadcasts) <= 1.05 * 1000 / 25


def test_requests_that_hang_do_not_hold_up_the_others_for_long():
    async def situation():
        telegram = make(latency_s=60)
        hanging = [asyncio.create_task(telegram.reply(person)) for person in range(1, 41)]
        await asyncio.sleep(5)
        telegram.latency_s = 0.05
        await telegram.reply(100)
        answered_at = virtual_now()
        await asyncio.gather(*hanging)
        return answered_at

    assert run_virtually(situation) <= 8


def test_more_replies_than_the_whole_allows_push_broadcasts_back():
    async def situation():
        telegram = make()
        replies = asyncio.gather(*(telegram.reply(10_000 + number) for number in range(200)))
        broadcasting = asyncio.create_task(telegram.broadcast_to(range(1, 200)))
        await replies
        done_at, during = virtual_now(), len(telegram.broadcasts)
        await broadcasting
        return telegram, done_at, during

    telegram, done_at, during = run_virtually(situation)

    assert telegram.flood_errors == 0
    assert done_at <= 200 / 27
    assert during <= 5


def test_one_message_a_second_in_a_chat():
    async def situation():
        telegram = make()
        for _ in range(5):
            await telegram.reply(7)
        return telegram

    telegram = run_virtually(situation)

    gaps = [later - at for (at, _), (later, _) in zip(telegram.arrived, telegram.arrived[1:], strict=False)]
    assert min(gaps) >= 1
    assert telegram.flood_errors == 0


def test_several_replies_to_one_chat_at_once_are_spread_too():
    async def situation():
        telegram = make()
        await asyncio.gather(*(telegram.reply(7) for _ in range(5)))
        return telegram

    assert run_virtually(situation).flood_errors == 0


def test_twenty_messages_a_minute_in_a_group():
    async def situation():
        telegram = make()
        for _ in range(45):
            await telegram.reply(GROUP)
        return telegram, virtual_now()

    telegram, took_s = run_virtually(situation)

    assert telegram.flood_errors == 0
    assert took_s >= 120


def test_a_broadcast_to_a_chat_that_was_just_answered_is_not_sent_now():
    async def situation():
        telegram = make()
        await telegram.reply(7)
        [turn] = await telegram.gate.take_turns(1)
        with pytest.raises(NotNow) as refused:
            await telegram.broadcast(7, turn)
        return refused.value.seconds, len(telegram.arrived)

    seconds, arrived = run_virtually(situation)

    assert 0 < seconds <= 1
    assert arrived == 1


def test_too_many_requests_silence_broadcasts_for_exactly_so_long_then_one_probe_then_slowly_more():
    async def situation():
        telegram = make()
        broadcasting = asyncio.create_task(telegram.broadcast_to(range(1, 400)))
        await asyncio.sleep(4)
        telegram.refusals.append(RetryAfter(30))
        await broadcasting
        return telegram

    telegram = run_virtually(situation)

    times = telegram.broadcasts
    silence_from = next(at for at, later in itertools.pairwise(times) if later - at > 10)
    after = [at for at in times if at > silence_from + 1]
    assert 29.9 <= after[0] - silence_from <= 30.2
    assert after[1] - after[0] >= telegram.latency_s  # the probe was alone until it was answered
    by_second = Counter(int(at - after[0]) for at in after)
    assert [by_second[second] for second in range(1, 4)] == pytest.approx([15, 20, 25], abs=2)
    assert {chat_id for _, chat_id in telegram.arrived} == set(range(1, 400))


def test_the_probe_that_is_refused_again_begins_a_new_silence():
    async def situation():
        telegram = make(latency_s=0.01)
        broadcasting = asyncio.create_task(telegram.broadcast_to(range(1, 50)))
        await asyncio.sleep(0.5)
        telegram.refusals += [RetryAfter(10), RetryAfter(20)]
        await broadcasting
        return telegram.broadcasts

    times = run_virtually(situation)

    gaps = [later - at for at, later in itertools.pairwise(times) if later - at > 5]
    assert gaps[0] >= 9.9
    assert gaps[1] >= 19.9
    assert len(gaps) == 2


def test_replies_to_other_chats_go_on_while_broadcasts_are_silent():
    async def situation():
        telegram = make()
        telegram.refusals.append(RetryAfter(30))
        [turn] = await telegram.gate.take_turns(1)
        with pytest.raises(RetryAfter):
            await telegram.broadcast(1, turn)
        await telegram.reply(2)
        answered_at = virtual_now()
        await telegram.reply(1)
        return answered_at, virtual_now()

    answered_at, same_chat_at = run_virtually(situation)

    assert answered_at < 1
    assert same_chat_at >= 30


def test_when_a_second_chat_is_refused_too_everybody_waits():
    async def situation():
        telegram = make()
        telegram.refusals += [RetryAfter(30), RetryAfter(20)]
        for chat_id in (1, 2):
            with pytest.raises(RetryAfter):
                await telegram.reply(chat_id)
        await telegram.reply(3)
        return virtual_now()

    assert run_virtually(situation) >= 30


def test_several_refusals_of_broadcasts_under_way_do_not_silence_replies():
    async def situation():
        telegram = make(latency_s=1)
        telegram.refusals += [RetryAfter(30)] * 5
        broadcasting = asyncio.create_task(telegram.broadcast_to(range(1, 20), latest_s=0.9))
        await asyncio.sleep(2)
        await telegram.reply(100)
        answered_at = virtual_now()
        await broadcasting
        return answered_at

    assert run_virtually(situation) < 4


def test_a_silence_longer_than_patience_refuses_replies_instead_of_holding_them():
    async def situation():
        telegram = make()
        telegram.refusals.append(RetryAfter(3600))
        with pytest.raises(RetryAfter):
            await telegram.reply(1)
        with pytest.raises(NotNow):
            await telegram.reply(1)
        return virtual_now()

    assert run_virtually(situation) < 1


def test_a_silence_that_an_earlier_run_was_told_is_kept():
    async def situation():
        gate = make().gate
        gate.halt(12)
        await gate.take_turns(1)
        return virtual_now()

    assert run_virtually(situation) >= 12


def test_floods_that_come_again_and_again_lower_the_rate_and_quiet_times_lift_it():
    async def situation():
        telegram = make()
        for _ in range(3):
            telegram.refusals.append(RetryAfter(5))
            [turn] = await telegram.gate.take_turns(1)
            with pytest.raises(RetryAfter):
                await telegram.broadcast(1, turn)
        began = virtual_now()
        await telegram.broadcast_to(range(2, 402))
        slow_s = virtual_now() - began
        await asyncio.sleep(700)
        began = virtual_now()
        await telegram.broadcast_to(range(1002, 1402))
        return slow_s, virtual_now() - began

    slow_s, normal_s = run_virtually(situation)

    assert slow_s >= 400 / (25 * 0.8**2)
    assert normal_s <= 400 / 25 / 0.95


def test_a_silence_of_a_second_does_not_lower_the_rate_for_long():
    async def situation():
        telegram = make()
        for _ in range(3):
            telegram.refusals.append(RetryAfter(1))
            [turn] = await telegram.gate.take_turns(1)
            with pytest.raises(RetryAfter):
                await telegram.broadcast(1, turn)
        began = virtual_now()
        await telegram.broadcast_to(range(2, 402))
        return virtual_now() - began

    assert run_virtually(situation) <= 400 / 25 + 4


def test_a_probe_without_an_answer_lets_another_try():
    async def situation():
        telegram = make()
        telegram.gate.halt(5)
        telegram.refusals.append(NetworkError("cut"))
        await telegram.broadcast_to(range(1, 30))
        return len(telegram.arrived)

    assert run_virtually(situation) == 30  # 29 people and the one that was cut


def test_what_speaks_into_no_chat_passes_at_once():
    async def situation():
        gate = make().gate

        async def answer() -> bool:
            return True

        for _ in range(500):
            await gate.process_request(answer, (), {}, "answerCallbackQuery", {"callback_query_id": "1"}, None)
        return virtual_now()

    assert run_virtually(situation) == 0


def test_typing_signs_do_not_use_up_the_second_of_a_chat():
    async def situation():
        telegram = make(latency_s=0)
        await telegram.reply(7, endpoint="sendChatAction")
        await telegram.reply(7)
        return virtual_now()

    assert run_virtually(situation) < 0.1


def test_without_limits_nothing_waits():
    async def situation():
        telegram = make(UNLIMITED, latency_s=0)
        await telegram.broadcast_to(range(1, 2000))
        await telegram.reply(1)
        return virtual_now()

    assert run_virtually(situation) == 0


@pytest.mark.parametrize(
    ("rate", "overall", "paid"),
    [(1, 30, False), (25, 30, False), (30, 30, False), (31, 36, True), (1000, 1000, True)],
)
def test_the_pace_follows_the_setting(rate, overall, paid):
    pace = choose_pace(rate)

    assert pace.broadcast_per_s == rate
    assert pace.overall_per_s == overall
    assert pace.is_paid is paid
