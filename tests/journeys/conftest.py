"""The real application in front of a fake Telegram: polling over real HTTP, a real database, a scripted advisor."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from fake_advisor import FakeAdvisor, make_helpline, make_library
from hostile_api import FakeTelegram
from pydantic import SecretStr

import bot.alerts.models
import bot.inbox_models
from bot.application import SatarkApplication, build_application, running
from bot.gate import UNLIMITED, Gate
from bot.handling import InboxWorker, handling
from bot.inbox import Inbox
from bot.jobs import Job
from bot.people import Limits, People
from bot.polling import poll
from knowledge.database import Base, build_engine
from knowledge.settings import Settings

STAFF_ID = 900


class Clock:
    """A clock that stands still until told otherwise."""

    def __init__(self) -> None:
        self.now = dt.datetime(2026, 11, 1, 12, 0, tzinfo=dt.UTC)

    def __call__(self) -> dt.datetime:
        return self.now

    def goes_on(self, **duration: float) -> None:
        self.now += dt.timedelta(**duration)


class Bot:
    """The running bot, which a test can stop and start again."""

    def __init__(self, telegram: FakeTelegram, advisor: FakeAdvisor, people: People, clock: Clock) -> None:
        self.telegram = telegram
        self.advisor = advisor
        self.people = people
        self.clock = clock
        self.slept: list[float] = []
        self.steady_s = 0.0
        self.options: dict[str, Any] = {}
        self.settings: dict[str, Any] = {"operator_name": "Example Foundation", "operator_contact": "help@example.org"}
        self._stack: AsyncExitStack | None = None

    async def starts(self, **options: Any) -> None:
        self.options.update(options)
        self._stack = AsyncExitStack()
        application, worker = await self.builds(self._stack)
        self._stop = asyncio.Event()
        self._polling = asyncio.create_task(poll(application, worker, self._stop))

    async def builds(self, stack: AsyncExitStack) -> tuple[SatarkApplication, InboxWorker]:
        """Start the application and its inbox, which end with the stack; nothing is received yet."""
        settings = Settings(
            _env_file=None,
            telegram_bot_token=SecretStr(self.telegram.token),
            telegram_api_base_url=self.telegram.url,
            **{"staff_ids": (STAFF_ID,), **self.settings},
        )
        application = build_application(
            settings,
            self.advisor,
            self.people,
            lambda: make_library(make_helpline()),
            limits=self.options.get("limits"),
            clock=self.clock,
            sleep=self._sleep,
            gate=Gate(UNLIMITED, monotonic=lambda: self.steady_s, sleep=self._sleep),
            **{name: self.options[name] for name in ("presenter", "files", "teller") if name in self.options},
        )
        self.application, self.settings_used = application, settings
        await stack.enter_async_context(running(application, [Job("delete old replies", self.people.forget_old)]))
        inbox = Inbox(self.people.engine, self.clock, bot_id=application.bot.id)
        return application, await stack.enter_async_context(handling(InboxWorker(application, inbox)))

    async def stops(self) -> None:
        if self._stack is None:
            return
        stack, self._stack = self._stack, None
        self._stop.set()
        try:
            await self._polling
        finally:
            await stack.aclose()

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.steady_s += seconds


@pytest.fixture(scope="session")
def telegram_server() -> Iterator[FakeTelegram]:
    with FakeTelegram() as server:
        yield server


@pytest.fixture
def telegram(telegram_server: FakeTelegram, monkeypatch: pytest.MonkeyPatch) -> FakeTelegram:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    telegram_server.forgets()
    return telegram_server


@pytest.fixture
def advisor() -> FakeAdvisor:
    return FakeAdvisor()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def people(tmp_path: Path, clock: Clock) -> Iterator[People]:
    engine = build_engine(f"sqlite:///{tmp_path / 'people.sqlite3'}")
    Base.metadata.create_all(engine)
    yield People(engine, clock)
    engine.dispose()


@pytest.fixture
async def bot(telegram: FakeTelegram, advisor: FakeAdvisor, people: People, clock: Clock) -> AsyncIterator[Bot]:
    running_bot = Bot(telegram, advisor, people, clock)
    running_bot.options["limits"] = Limits(clock, per_minute=50, per_day=1000)
    await running_bot.starts()
    yield running_bot
    await running_bot.stops()
