"""Every way in which Telegram and the wire fail, over real HTTP: each delivery ends in the right state (goal B4)."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import Counter
from pathlib import Path

import pytest
from alert_builders import Situation
from broadcast import FIRST_PERSON, Broadcast
from hostile_api import FakeTelegram, Fault, Mode
from reporting import report, steps

from bot.aiohttp_request import AiohttpRequest
from bot.alerts import outbox
from bot.alerts.exchange import SqlExchange
from bot.alerts.sender import AlertSender
from bot.alerts.turn import take_turn
from bot.application import SatarkBot
from bot.clocks import SteadyClock
from bot.gate import Gate, Pace
from bot.jobs import now_utc

MODES = {  # how it ends, and how often the person sees it
    Mode.OK: ("sent", 1),
    Mode.DELIVER_THEN_DROP: ("uncertain", 2),
    Mode.DROP_BEFORE: ("uncertain", 0),
    Mode.FLOOD: ("sent", 1),
    Mode.BLOCKED: ("blocked", 0),
    Mode.DEACTIVATED: ("deactivated", 0),
    Mode.CHAT_NOT_FOUND: ("not_found", 0),
    Mode.MIGRATED: ("sent", 1),
    Mode.SERVER_ERROR: ("uncertain", 0),
    Mode.STALL: ("uncertain", 2),
    Mode.HALF_BODY: ("uncertain", 2),
    Mode.RESET: ("uncertain", 0),
    Mode.SLOW: ("sent", 1),
    Mode.WRONG_JSON: ("uncertain", 2),
}


HEALTHY = 4  # more people without any trouble beside each of these: a run of which most fail is stopped


def person(number: int, mode: Mode) -> int:
    return FIRST_PERSON + number * (len(MODES) + HEALTHY) + list(MODES).index(mode)


def moved(chat_id: int) -> int:
    return -1_000_000_000_000 - chat_id


def fail_in_every_way(folder: Path, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    monkeypatch.setattr(outbox, "RESEND_AFTER", dt.timedelta(seconds=1))
    with FakeTelegram() as telegram:
        broadcast = Broadcast(folder, telegram, each * (len(MODES) + HEALTHY))
        for mode in MODES:
            for number in range(each):
                chat_id = person(number, mode)
                seconds = {Mode.STALL: 3.0, Mode.SLOW: 0.2}.get(mode)
                fault = Fault(mode, retry_after=1, new_chat_id=moved(chat_id), seconds=seconds)
                once = mode is Mode.MIGRATED or (mode is Mode.FLOOD and number)
                if mode is not Mode.FLOOD or number < 3:  # each one silences all for a second
                    telegram.faults.fail_chat(chat_id, fault, times=1 if once or mode is Mode.FLOOD else None)
        broadcast.requests()
        broadcast.approves()
        took_s = asyncio.run(_send_all(broadcast))
        states, shown = broadcast.state_of(), Counter(one.chat_id for one in broadcast.alert_arrivals())
        wrong = Counter()
        for mode, expected in MODES.items():
            for number in range(each):
                chat_id = person(number, mode)
                chat_id = moved(chat_id) if mode is Mode.MIGRATED else chat_id
                if (states[chat_id], shown[chat_id]) != expected:
                    wrong[mode.value, states[chat_id], shown[chat_id]] += 1
        report("B4, ways of failing", modes=len(MODES), recipients_of_each=each, wrong=dict(wrong), seconds=took_s)
        assert wrong == {}
        assert Situation(broadcast.engine).state(broadcast.alert_id) == "done"


async def _send_all(broadcast: Broadcast) -> float:
    gate = Gate(Pace(500, 10_000, 0.01, 10_000))
    request = AiohttpRequest(read_timeout_s=1.0)
    bot = SatarkBot(
        broadcast.telegram.token, base_url=f"{broadcast.telegram.url}/bot", request=request, rate_limiter=gate
    )
    began, stop, clock = time.monotonic(), asyncio.Event(), SteadyClock(now_utc)
    with steps("Recipients", len(broadcast.due)) as tell:
        async with bot:
            sender = AlertSender(bot, gate, SqlExchange(broadcast.engine, "soak"), clock=clock, window=100)
            working, told = asyncio.create_task(sender.work(stop)), 0
            while await asyncio.to_thread(broadcast.is_done) is False:
                assert time.monotonic() - began < 600, broadcast.states()
                await asyncio.to_thread(lambda: take_turn(broadcast.engine, at=clock()))
                await asyncio.sleep(0.1)
                finished = sum(n for state, n in broadcast.states().items() if state not in ("pending", "claimed"))
                for _ in range(told, finished):
                    tell()
                told = finished
            await asyncio.to_thread(lambda: take_turn(broadcast.engine, at=clock()))
            stop.set()
            await working
    return round(time.monotonic() - began, 1)


def test_every_way_of_failing_ends_in_the_right_state(tmp_path, monkeypatch):
    fail_in_every_way(tmp_path, 2, monkeypatch)


@pytest.mark.soak
def test_every_way_of_failing_with_200_recipients_each_ends_in_the_right_state(tmp_path, monkeypatch):
    fail_in_every_way(tmp_path, 200, monkeypatch)
