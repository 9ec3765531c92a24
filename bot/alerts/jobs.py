"""What is done for alerts by the clock, beside the conversations: sending, moving alerts on, watching, tidying up.

Sending, moving on each second and the weekly test belong to the one process that holds the sender lease; every process
may run this, and every one of them watches whether alerts arrive.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
from sqlalchemy import Engine

from bot.alerts import audit, control, drill, subscriptions
from bot.alerts.exchange import SqlExchange
from bot.alerts.sender import AlertSender
from bot.alerts.turn import News, Turn, take_turn
from bot.alerts.watchdog import find_silent
from bot.application import SatarkApplication
from bot.clocks import SteadyClock
from bot.context import services_of_application
from bot.errors import tell_staff_in_words
from bot.gate import Gate
from bot.jobs import now_utc
from bot.presenters import staff
from knowledge.database import read_session, write_session

TURN_EVERY_S = 1.0
WATCH_EVERY_S = 30.0  # with the patience of the watchdog less than 15 minutes
TIDY_EVERY_S = 3600.0
TRY_TO_TIDY_S = 60.0  # until this process leads
BETWEEN_BUSY_TURNS_S = 0.01  # the database's other writers get their chance

log = structlog.get_logger(__name__)
_T = TypeVar("_T")
TellNews = Callable[[News], Awaitable[None]]


class CannotAlert(Exception):
    """The application was built without a gate, so nothing may be broadcast with it."""


@asynccontextmanager
async def alerting(
    application: SatarkApplication, engine: Engine, *, tell: TellNews | None = None
) -> AsyncIterator[AlertSender]:
    """Send alerts and move them on while the block runs. The application must be running.

    `tell` hears what staff ought to know; without it they get it as a message. Ends in order: what is under way is
    seen through, for up to ten seconds, and the sender lease is given back.
    """
    clock = SteadyClock(now_utc)
    tell = tell or _tell_staff_of(application)

    async def tell_stopped(alert_id: int) -> None:
        await tell(News("stopped", alert_id, f"Alert {alert_id} was stopped: too many of its deliveries failed."))

    sender = build_sender(application, engine, clock=clock, on_stopped=tell_stopped)
    stop = asyncio.Event()
    sending = asyncio.create_task(sender.work(stop))
    beside = [
        asyncio.create_task(_move_on(sender, engine, clock, tell)),
        asyncio.create_task(_watch(engine, clock, tell)),
        asyncio.create_task(_tidy(sender, engine, clock, tell)),
    ]
    try:
        yield sender
    finally:
        for task in beside:
            task.cancel()
        stop.set()
        await asyncio.gather(*beside, sending, return_exceptions=True)


def build_sender(
    application: SatarkApplication,
    engine: Engine,
    *,
    clock: SteadyClock,
    on_stopped: Callable[[int], Awaitable[None]] | None = None,
) -> AlertSender:
    """Build the sender of this process. Raises `CannotAlert` for an application without a gate."""
    gate = application.bot.rate_limiter
    if not isinstance(gate, Gate):
        raise CannotAlert
    return AlertSender(application.bot, gate, SqlExchange(engine, name_of_sender()), clock=clock, on_stopped=on_stopped)


def name_of_sender() -> str:
    """Return a name that no other process has, and that tells staff which machine it is."""
    return f"{socket.gethostname()[:16]}-{os.getpid()}-{secrets.token_hex(3)}"


async def _move_on(sender: AlertSender, engine: Engine, clock: SteadyClock, tell: TellNews) -> None:
    while True:
        turn = Turn((), busy=False)
        if sender.leads:
            turn = await _take_turn(engine, clock)
        for news in turn.news:
            await _try_to_tell(tell, news)
        await asyncio.sleep(BETWEEN_BUSY_TURNS_S if turn.busy else TURN_EVERY_S)


async def _take_turn(engine: Engine, clock: SteadyClock) -> Turn:
    return await _try_in_thread("move alerts on", lambda: take_turn(engine, at=clock())) or Turn((), busy=False)


async def _watch(engine: Engine, clock: SteadyClock, tell: TellNews) -> None:
    """Tell staff, once, when an alert did not arrive where it should have, and when Satark itself holds everything."""
    told: set[News] = set()
    while True:
        await asyncio.sleep(WATCH_EVERY_S)
        for news in await _try_in_thread("watch over alerts", lambda: _look(engine, clock)) or ():
            if news not in told:
                told.add(news)
                await _try_to_tell(tell, news)


def _look(engine: Engine, clock: SteadyClock) -> tuple[News, ...]:
    with read_session(engine) as session:
        hold = control.find_hold(session)
        if hold is not None and hold.by == audit.SATARK:  # what staff hold they know of
            words = f"All alerts are held: {hold.reason}. Look, then: satark alerts go-on"
            return (News("held", None, words),)
        silent = find_silent(session, at=clock())
        return tuple(News("silent", one.alert_id, f"Alert {one.alert_id}: {one.words}") for one in silent)


async def _tidy(sender: AlertSender, engine: Engine, clock: SteadyClock, tell: TellNews) -> None:
    """Forget what need not be kept any longer, and ask for the weekly test alert where one is due: staff hear of it."""
    while True:
        await asyncio.sleep(TRY_TO_TIDY_S)
        if not sender.leads:
            continue
        for news in await _try_in_thread("tidy up after alerts", lambda: _tidy_once(engine, clock)) or ():
            await _try_to_tell(tell, news)
        await asyncio.sleep(TIDY_EVERY_S)


def _tidy_once(engine: Engine, clock: SteadyClock) -> tuple[News, ...]:
    with write_session(engine) as session:
        subscriptions.forget_old(session, at=clock())
    with write_session(engine) as session:
        test = drill.request_if_due(session, at=clock())
        return (News("requested", test.id, drill.words_of(test)),) if test else ()


async def _try_in_thread(what: str, do: Callable[[], _T]) -> _T | None:
    """Do something that blocks; None where it failed, which is logged: the next time may do better."""
    try:
        return await asyncio.to_thread(do)
    except Exception as error:  # one alert with a fault must not keep the next turn from coming
        log.error("A job of the alerts failed; it is tried again.", job=what, exc_info=error)
        return None


async def _try_to_tell(tell: TellNews, news: News) -> None:
    log.info("News of an alert.", kind=news.kind, alert=news.alert_id)
    try:
        await tell(news)
    except Exception as error:  # alerts go on, whoever cannot be told
        log.error("Staff could not be told of an alert.", exc_info=error)


def _tell_staff_of(application: SatarkApplication) -> TellNews:
    services = services_of_application(application)

    async def tell(news: News) -> None:
        await tell_staff_in_words(application.bot, services, staff.NEWS, words=news.words)

    return tell
