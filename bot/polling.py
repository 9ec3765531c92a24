"""Gets updates from Telegram by long polling and hands them to the application, until told to stop.

We poll ourselves, because the library's own loop goes silent when a token is revoked while the bot runs; ours ends the
program with a reason. A confirmed update is not stored: one that was being answered when the machine died is lost.
"""

from __future__ import annotations

import asyncio
import datetime as dt

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.application import ALLOWED_UPDATES, SatarkApplication

POLL_TIMEOUT = dt.timedelta(seconds=30)  # Telegram allows 50; proxies like to cut at 60
LONGEST_WAIT_S = 30.0

log = structlog.get_logger(__name__)


async def poll(application: SatarkApplication, stop: asyncio.Event) -> None:
    """Hand over every update until `stop` is set. Raises `InvalidToken` when Telegram refuses the token."""
    await application.bot.delete_webhook()
    offset, failures = None, 0
    while not stop.is_set():
        try:
            updates = await _fetch_or_stop(application, offset, stop)
        except InvalidToken:
            raise
        except TelegramError as error:
            failures += 1
            await _pause(error, failures, stop)
            continue
        failures = 0
        for update in updates:
            await application.update_queue.put(update)
            offset = update.update_id + 1
    await _confirm(application, offset)


async def _fetch_or_stop(application: SatarkApplication, offset: int | None, stop: asyncio.Event) -> tuple[Update, ...]:
    """Return the next updates, or none when told to stop: an unanswered request confirms nothing and is dropped."""
    fetching = asyncio.create_task(
        application.bot.get_updates(offset=offset, timeout=POLL_TIMEOUT, allowed_updates=ALLOWED_UPDATES)
    )
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((fetching, stopping), return_when=asyncio.FIRST_COMPLETED)
        return fetching.result() if fetching.done() else ()
    finally:
        for task in (fetching, stopping):
            task.cancel()
        await asyncio.gather(fetching, stopping, return_exceptions=True)


async def _pause(error: TelegramError, failures: int, stop: asyncio.Event) -> None:
    if isinstance(error, Conflict):
        log.error("Another program answers for this bot. Stop it, or use another token.")
    else:
        log.warning("Telegram could not be asked for messages.", reason=type(error).__name__, failures=failures)
    wait = min(2.0 ** (failures - 1), LONGEST_WAIT_S)
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        wait = asked.total_seconds() if isinstance(asked, dt.timedelta) else float(asked)
    try:
        await asyncio.wait_for(stop.wait(), wait)
    except TimeoutError:
        return


async def _confirm(application: SatarkApplication, offset: int | None) -> None:
    """Tell Telegram what was taken, so that it is not answered again after a restart."""
    if offset is None:
        return
    try:
        await application.bot.get_updates(offset=offset, timeout=0, allowed_updates=ALLOWED_UPDATES)
    except TelegramError as error:
        log.warning("The last messages may be answered twice after a restart.", reason=type(error).__name__)
