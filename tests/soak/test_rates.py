"""At the usual rate, against a server that enforces Telegram's limits, with people asking meanwhile (goal A8)."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest
from broadcast import Broadcast
from history import check
from hostile_api import FakeTelegram, Limits
from reporting import report, steps

ASKER = 9_000_000
QUESTIONS_WHILE_IDLE = 30


@dataclass(frozen=True)
class Figures:
    """What one broadcast with questions showed."""

    violations: list[str]
    flood_errors: int
    first_s: float
    last_s: float
    used: float
    p95_idle_s: float
    p95_meanwhile_s: float


def broadcast_with_questions(
    folder: Path, people: int, *, every_s: float, tell: Callable[[], None] = lambda: None
) -> Figures:
    with FakeTelegram(limits=Limits()) as telegram:
        broadcast = Broadcast(folder, telegram, people)
        broadcast.requests()
        broadcast.starts_life(answers=True)
        asked = iter(range(ASKER, ASKER + 100_000))
        _ask(telegram, next(asked))  # the first one waits for the start
        idle = [_ask(telegram, next(asked)) for _ in range(QUESTIONS_WHILE_IDLE)]
        broadcast.approves()
        meanwhile, told = [], 0
        while not broadcast.is_done():
            meanwhile.append(_ask(telegram, next(asked)))
            time.sleep(every_s)
            shown = broadcast.count_arrivals() - len(idle) - len(meanwhile) - 1
            for _ in range(told, shown):
                tell()
            told = shown
        broadcast.ends_life()
        flood_errors, history = telegram.state.flood_errors, broadcast.history()

    times = sorted(one.at for one in history.shown)
    approved_at = history.approved["alert"]
    figures = Figures(
        violations=check(history),
        flood_errors=flood_errors,
        first_s=round(times[0] - approved_at, 2),
        last_s=round(times[-1] - approved_at, 1),
        used=round((len(times) - 1) / (times[-1] - times[0]) / 25, 3),
        p95_idle_s=round(_p95(idle), 3),
        p95_meanwhile_s=round(_p95(meanwhile), 3),
    )
    report("A8, at 25 a second against 30 a second enforced", recipients=people, **asdict(figures))
    return figures


def _ask(telegram: FakeTelegram, person_id: int) -> float:
    """Ask a question and return how long the answer took."""
    began = time.monotonic()
    telegram.person(person_id).says("Helper job in Russia, tourist visa")
    while not telegram.sent_to(person_id):
        assert time.monotonic() - began < 60, "no answer"
        time.sleep(0.02)
    return time.monotonic() - began


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def test_250_people_at_the_usual_rate_while_others_ask(tmp_path):
    figures = broadcast_with_questions(tmp_path, 250, every_s=0.2)

    assert figures.violations == []
    assert figures.first_s <= 10
    assert figures.p95_meanwhile_s <= figures.p95_idle_s + 1


@pytest.mark.soak
def test_10000_people_at_the_usual_rate_while_others_ask(tmp_path):
    with steps("Recipients", 10_000) as tell:
        figures = broadcast_with_questions(tmp_path, 10_000, every_s=1.0, tell=tell)

    assert figures.violations == []
    assert figures.flood_errors == 0
    assert figures.first_s <= 10
    assert figures.last_s <= 450
    assert figures.used >= 0.95
    assert figures.p95_meanwhile_s <= figures.p95_idle_s + 1
