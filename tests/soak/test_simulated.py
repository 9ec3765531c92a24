"""A hundred thousand recipients in simulated time: the real bot, gate and sender; the outbox in memory."""

from __future__ import annotations

import asyncio
import datetime as dt
import time

import pytest
from fake_exchange import START, FakeExchange, make_claim
from reporting import report
from simulated_telegram import Simulation
from virtual_time import run_virtually, virtual_now

from bot.alerts.sender import AlertSender
from bot.clocks import SteadyClock

PEOPLE = 100_000


@pytest.mark.soak
def test_100000_people_are_told_within_70_minutes(monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "true")

    async def situation():
        simulation, exchange, stop = Simulation(), FakeExchange(), asyncio.Event()
        exchange.enqueue(make_claim(chat_id) for chat_id in range(1, PEOPLE + 1))
        clock = SteadyClock(lambda: START + dt.timedelta(seconds=virtual_now()), virtual_now)
        sender = AlertSender(simulation.bot, simulation.gate, exchange, clock=clock, in_thread=False)
        working, waited = asyncio.create_task(sender.work(stop)), []
        for number in range(1000):
            await asyncio.sleep(4)
            began = virtual_now()
            await simulation.bot.send_message(PEOPLE + 1 + number, "the answer")
            waited.append(virtual_now() - began)
        while exchange.count()["sent"] < PEOPLE:
            await asyncio.sleep(10)
        stop.set()
        await working
        return simulation, sorted(waited)

    began = time.monotonic()
    simulation, waited = run_virtually(situation)

    taken = {chat_id: times for chat_id, times in simulation.taken().items() if chat_id <= PEOPLE}
    last_s = max(times[0] for times in taken.values())
    report(
        "A8, simulated",
        recipients=len(taken),
        minutes=round(last_s / 60, 1),
        flood_errors=simulation.telegram.flood_errors,
        p95_of_answers_meanwhile_s=round(waited[950], 3),
        seconds_of_computing=round(time.monotonic() - began, 1),
    )
    assert {len(times) for times in taken.values()} == {1}
    assert len(taken) == PEOPLE
    assert last_s <= 70 * 60
    assert simulation.telegram.flood_errors == 0
    assert waited[950] <= 1.1
