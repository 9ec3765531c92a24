"""One life of the bot for the soaks: the real application and its alerts, in a process that can be killed.

Takes a JSON object as its argument. `die` lets it kill itself at a chosen commit, just before or just after: that is
where a database and Telegram can disagree. Without an argument it is a nursery: it loads everything once and then, for
each line it reads, forks one life and says how that ended.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from fake_advisor import FakeAdvisor, make_library
from pydantic import SecretStr
from sqlalchemy import Engine, event

from bot import application as wiring
from bot.alerts import exchange, outbox, sender
from bot.alerts.jobs import alerting
from bot.application import build_application, command_menu, running
from bot.gate import Gate, Pace, choose_pace
from bot.handling import InboxWorker, handling
from bot.inbox import Inbox
from bot.jobs import now_utc
from bot.logs import set_up_logging
from bot.people import Limits, People
from bot.polling import poll
from bot.stopping import stop_on_signals
from bot.texts import catalogue_languages
from knowledge.database import build_engine
from knowledge.settings import Settings


def main(life: dict[str, Any]) -> None:
    """Live until told to stop, or killed."""
    set_up_logging(secrets=[life["token"]], level="WARNING")
    _shorten(life)
    engine = build_engine(life["database_url"])
    if life.get("die"):
        _die_at_commit(engine, life["die"]["commit"], before=life["die"]["before"])
    asyncio.run(_live(life, engine))


async def _live(life: dict[str, Any], engine: Engine) -> None:
    stop = stop_on_signals()
    settings = Settings(_env_file=None, telegram_bot_token=SecretStr(life["token"]), telegram_api_base_url=life["url"])
    people = People(engine, now_utc)
    application = build_application(
        settings,
        FakeAdvisor(),
        people,
        make_library,
        gate=Gate(_pace(life)),
        limits=Limits(now_utc, per_minute=1000, per_day=100_000),
    )
    async with running(application), alerting(application, engine) as alerts:
        if window := life.get("window"):
            alerts._window = window
        if life.get("answers"):
            async with handling(InboxWorker(application, Inbox(engine, now_utc, bot_id=application.bot.id))) as worker:
                await poll(application, worker, stop)
        else:
            await stop.wait()


def _pace(life: dict[str, Any]) -> Pace:
    rate = life.get("rate", 25)
    return choose_pace(rate) if not life.get("fast") else Pace(rate, 10_000, 0.05, 10_000)


def _shorten(life: dict[str, Any]) -> None:
    """Times that a short test cannot wait for."""
    if lease_s := life.get("lease_s"):
        exchange.LEASE = dt.timedelta(seconds=lease_s)
        sender.LEAD_AGAIN_S = sender.LOOK_AGAIN_S = lease_s / 6
        setattr(wiring, "_set_command_menu", _set_no_menu)  # noqa: B010 - fourteen calls that no kill is about
    if again_s := life.get("resend_after_s"):
        outbox.RESEND_AFTER = dt.timedelta(seconds=again_s)


async def _set_no_menu(_application: object) -> None:
    pass


def _die_at_commit(engine: Engine, number: int, *, before: bool) -> None:
    commits = itertools.count(1)
    due = []

    @event.listens_for(engine, "commit")
    def on_commit(_connection: object) -> None:
        if next(commits) == number:
            due.append(True)
            if before:
                os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(engine, "begin")  # the first thing that happens after that commit
    def on_begin(_connection: object) -> None:
        if due:
            os.kill(os.getpid(), signal.SIGKILL)


def nurse() -> None:
    """Start one life for each line; print its process id, and when it is over its exit status."""
    for language in catalogue_languages():
        command_menu(language)  # the catalogues are read now, and not again in each life
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            sys.stdin.close()
            try:
                main(json.loads(line))
            finally:
                os._exit(0)
        print(pid, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1])) if len(sys.argv) > 1 else nurse()
