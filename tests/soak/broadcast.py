"""A broadcast under test: a database with subscribers and an alert, the hostile Bot API, and lives of the bot."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from select import select as select_ready
from typing import Any

from alert_builders import ASHA, BALA, STAFF, Situation
from history import History, Shown
from hostile_api import FakeTelegram
from sqlalchemy import func, insert, select, text
from store_builders import make_engine

from bot.alerts import lifecycle, subscriptions
from bot.alerts.models import Alert, Delivery, Subscriber, Subscription
from bot.alerts.states import DeliveryState
from knowledge.database import read_session, write_session

SERVING = Path(__file__).with_name("serving.py")
FIRST_PERSON = 5_000_000
PATIENCE_S = 120.0
ENVIRONMENT = {"NO_PROXY": "127.0.0.1", "PYTHONWARNINGS": "ignore", "PTB_TIMEDELTA": "true"}


@dataclass(frozen=True)
class KillPlan:
    """How one life ends: some time after its first message, at its n-th message, or at one of its commits."""

    after_s: float | None = None
    at_arrival: int | None = None
    at_commit: int | None = None
    before: bool = False


def plan_kills(seed: int, count: int) -> list[KillPlan]:
    """Return kills of all kinds, the same for the same seed."""
    chance = random.Random(seed)
    kinds: list[Callable[[], KillPlan]] = [
        lambda: KillPlan(after_s=chance.uniform(0, 0.4)),
        lambda: KillPlan(at_arrival=chance.randint(1, 40)),
        lambda: KillPlan(at_commit=chance.randint(2, 40), before=True),
        lambda: KillPlan(at_commit=chance.randint(2, 40)),
    ]
    return [kinds[number % len(kinds)]() for number in range(count)]


class Life:
    """A running bot, in a process of its own."""

    def __init__(self, life: dict[str, Any]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(SERVING), json.dumps(life)], env={**os.environ, **ENVIRONMENT}, cwd=SERVING.parents[2]
        )

    def send_signal(self, number: int) -> None:
        self._process.send_signal(number)

    def poll(self) -> int | None:
        return self._process.poll()

    def wait(self, timeout: float = 30) -> int:
        return self._process.wait(timeout)


class Nursery:
    """Forks lives from a process that has everything loaded: starting takes milliseconds instead of seconds."""

    def __enter__(self) -> Nursery:
        self._process = subprocess.Popen(
            [sys.executable, str(SERVING)],
            env={**os.environ, **ENVIRONMENT},
            cwd=SERVING.parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._words = _Words(self._process.stdout.fileno())
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=30)

    def start(self, life: dict[str, Any]) -> NursedLife:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(life).encode() + b"\n")
        self._process.stdin.flush()
        pid = self._words.read(PATIENCE_S)
        assert pid is not None, "the nursery does not answer"
        return NursedLife(pid, self._words)


class NursedLife(Life):
    """A life that a nursery forked; the nursery says how it ended."""

    def __init__(self, pid: int, words: _Words) -> None:
        self._pid = pid
        self._words = words
        self._code: int | None = None

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self._pid, number)

    def poll(self) -> int | None:
        if self._code is None:
            self._code = self._words.read(0)
        return self._code

    def wait(self, timeout: float = 30) -> int:
        if self._code is None:
            self._code = self._words.read(timeout)
        assert self._code is not None, "this life does not end"
        return self._code


class _Words:
    """The numbers that a nursery says, a line each."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._kept = b""

    def read(self, timeout: float) -> int | None:
        """Return the next number, or None if none comes in time."""
        while b"\n" not in self._kept:
            if not select_ready([self._descriptor], [], [], timeout)[0]:
                return None
            self._kept += os.read(self._descriptor, 1000)
        line, _, self._kept = self._kept.partition(b"\n")
        return int(line)


class Broadcast:
    """One broadcast with its lives. Times are the machine's steady clock, the same in all processes."""

    def __init__(
        self, folder: Path, telegram: FakeTelegram, people: int, nursery: Nursery | None = None, **options: Any
    ) -> None:
        """Subscribe so many people. `options` hold for every life (see `serving.py`)."""
        self.telegram = telegram
        self.engine = make_engine(folder)
        self.situation = Situation(self.engine)
        self.situation.now = dt.datetime.now(dt.UTC)
        self.due = frozenset(range(FIRST_PERSON, FIRST_PERSON + people))
        self.kills: list[float] = []
        self.starts: list[float] = []
        self.unsubscribed: dict[int, float] = {}
        self.cancelled: dict[str, float] = {}
        self.approved: dict[str, float] = {}
        self.life: Life | None = None
        self.nursery = nursery
        self.options = options
        self.subscribe(self.due)

    # --- before ---

    def subscribe(self, people: Iterable[int]) -> None:
        """Subscribe many at once to warnings about Cambodia."""
        now = self.situation.now
        consent = {"consent_version": "1", "consent_language": "en", "consented_at": now}
        defaults = {"pace": "now", "time_zone": "Asia/Kolkata", "emergencies_at_once": True}
        row = {"kind": "person", "language": "en", **consent, **defaults, "urgent_only": False, "is_canary": False}
        wish = {"interest": "country", "value": "KH", "subscribed_at": now}
        ids = list(people)
        with write_session(self.engine) as session:
            session.execute(insert(Subscriber), [{"chat_id": chat_id, **row} for chat_id in ids])
            session.execute(insert(Subscription), [{"chat_id": chat_id, **wish} for chat_id in ids])

    def requests(self, **wished: Any) -> int:
        self.situation.publishes()
        self.alert_id = self.situation.requests(**wished)
        return self.alert_id

    def approves(self) -> None:
        self.approved["alert"] = time.monotonic()
        self.situation.now = dt.datetime.now(dt.UTC)
        self.situation.approves(self.alert_id, ASHA, BALA)

    # --- lives ---

    def starts_life(self, plan: KillPlan | None = None, **options: Any) -> Life:
        """Start the bot in a process of its own."""
        die = {"commit": plan.at_commit, "before": plan.before} if plan and plan.at_commit else None
        life = {
            "url": self.telegram.url,
            "token": self.telegram.token,
            "database_url": str(self.engine.url),
            "die": die,
            **self.options,
            **options,
        }
        self.starts.append(time.monotonic())
        self.life = self.nursery.start(life) if self.nursery else Life(life)
        return self.life

    def lives_and_dies(self, plan: KillPlan) -> None:
        """Start the bot, and kill it as planned. A life that finishes all before that is ended in order."""
        before = self.count_arrivals()
        process = self.starts_life(plan)
        first_at: float | None = None
        deadline = time.monotonic() + PATIENCE_S
        while process.poll() is None:
            assert time.monotonic() < deadline, "this life neither died nor finished"
            arrived = self.count_arrivals() - before
            if arrived and first_at is None:
                first_at = time.monotonic()
            due = plan.at_arrival is not None and arrived >= plan.at_arrival
            if plan.after_s is not None and first_at is not None:
                due = time.monotonic() - first_at >= plan.after_s
            if due:
                process.send_signal(signal.SIGKILL)
                break
            if self.is_done():
                self.ends_life()
                return
            time.sleep(0.002)
        process.wait()
        self.kills.append(time.monotonic())

    def freezes(self, life: Life) -> None:
        """Stop a life as a suspended machine does, at a moment when it does not hold SQLite's lock."""
        while True:
            life.send_signal(signal.SIGSTOP)
            time.sleep(0.01)
            with closing(sqlite3.connect(str(self.engine.url.database), timeout=0.1)) as other:
                try:
                    other.execute("BEGIN IMMEDIATE")
                except sqlite3.OperationalError:
                    life.send_signal(signal.SIGCONT)
                    time.sleep(0.005)
                else:
                    other.rollback()
                    break
        self.kills.append(time.monotonic())  # a freeze may double as much as a kill

    def ends_life(self) -> int:
        """Stop the bot in order and return its exit code."""
        assert self.life is not None
        self.life.send_signal(signal.SIGTERM)
        return self.life.wait(timeout=30)

    def until_arrived(self, count: int) -> None:
        """Wait until so many messages have reached the server."""
        deadline = time.monotonic() + PATIENCE_S
        while self.count_arrivals() < count:
            assert time.monotonic() < deadline, f"only {self.count_arrivals()} messages came"
            time.sleep(0.002)

    def until_done(self, patience_s: float = PATIENCE_S) -> None:
        deadline = time.monotonic() + patience_s
        while not self.is_done():
            assert time.monotonic() < deadline, f"not done: {self.states()}"
            assert self.life is None or self.life.poll() is None, "the bot ended by itself"
            time.sleep(0.05)

    # --- what happened ---

    def unsubscribes(self, chat_id: int) -> None:
        with write_session(self.engine) as session:
            subscriptions.unsubscribe_all(session, chat_id, at=dt.datetime.now(dt.UTC))
        self.unsubscribed[chat_id] = time.monotonic()

    def cancels(self) -> None:
        with write_session(self.engine) as session:
            lifecycle.cancel(session, self.alert_id, by="staff", reason="a mistake", at=dt.datetime.now(dt.UTC))
        self.cancelled["alert"] = time.monotonic()

    def is_done(self) -> bool:
        with read_session(self.engine) as session:
            open_rows = select(func.count()).where(Delivery.state.in_(("pending", "claimed")))
            matched = session.scalar(select(Alert.matched_at).where(Alert.id == self.alert_id)) is not None
            return matched and session.scalar(open_rows) == 0

    def is_matched(self) -> bool:
        """Whether every delivery has been written."""
        with read_session(self.engine) as session:
            return session.scalar(select(Alert.matched_at).where(Alert.id == self.alert_id)) is not None

    def states(self) -> dict[str, int]:
        with read_session(self.engine) as session:
            query = select(Delivery.state, func.count()).group_by(Delivery.state)
            return {DeliveryState(state).value: count for state, count in session.execute(query)}

    def state_of(self) -> dict[int, str]:
        with read_session(self.engine) as session:
            return dict(session.execute(select(Delivery.chat_id, Delivery.state)).all())

    def count_arrivals(self) -> int:
        return len(self.telegram.state.journal)

    def alert_arrivals(self) -> list[Shown]:
        return [
            Shown(arrival.at, arrival.chat_id, "alert")
            for arrival in self.telegram.arrivals()
            if arrival.taken
            and arrival.chat_id is not None
            and arrival.chat_id not in STAFF
            and "typing jobs" in arrival.text
        ]

    def history(self, **more: Any) -> History:
        """Return all that happened, for the checker."""
        return History(
            shown=self.alert_arrivals(),
            due={"alert": self.due},
            approved=self.approved,
            cancelled=self.cancelled,
            unsubscribed=self.unsubscribed,
            kills=self.kills,
            starts=self.starts,
            **more,
        )

    def is_sound(self) -> bool:
        """Whether the database is in order after all that."""
        with self.engine.connect() as connection:
            return connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
