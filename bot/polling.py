"""Gets updates from Telegram by long polling and stores them, until told to stop.

We poll ourselves, because the library's own loop goes silent when a token is revoked while the bot runs, confirms what
nobody has handled, and asks for the same batch for ever when it cannot parse it. Ours ends the program with a reason
and confirms an update only when it lies in the inbox.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Sequence

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.application import SatarkApplication
from bot.handling import InboxWorker
from bot.incoming import Incoming, read_incoming
from knowledge.database import DatabaseUnavailable

POLL_TIMEOUT_S = 30  # Telegram allows 50; proxies like to cut at 60
LONGEST_WAIT_S = 30.0
LOOK_FOR_ROOM_AFTER_S = 2.0
STORE_AGAIN_AFTER_S = (0.5, 1.0, 2.0)  # each try waits for the database for some seconds itself

log = structlog.get_logger(__name__)


async def poll(application: SatarkApplication, worker: InboxWorker, stop: asyncio.Event) -> None:
    """Store every update until `stop` is set. Raises `InvalidToken` when Telegram refuses the token."""
    await application.bot.delete_webhook()
    offset, failures = None, 0
    while not stop.is_set():
        await _wait_for_room(worker, stop)
        try:
            raws = await _fetch_or_stop(application, offset, stop)
        except InvalidToken:
            raise
        except TelegramError as error:
            failures += 1
            await _pause(error, failures, stop)
            continue
        arrived = _read_all(raws)
        failures = failures + 1 if raws and not arrived else 0
        if failures:
            await _wait(min(2.0 ** (failures - 1), LONGEST_WAIT_S), stop)
        await _take(worker, arrived)
        # Nothing new means that all before it is confirmed. Asking without a number then finds the next update even
        # when Telegram has started its numbers anew.
        offset = max(incoming.update_id for incoming in arrived) + 1 if arrived else None
    await _confirm(application, offset)


async def _fetch_or_stop(application: SatarkApplication, offset: int | None, stop: asyncio.Event) -> list[object]:
    """Return the next updates, or none when told to stop: an unanswered request confirms nothing and is dropped."""
    fetching = asyncio.create_task(application.bot.get_raw_updates(offset=offset, timeout_s=POLL_TIMEOUT_S))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((fetching, stopping), return_when=asyncio.FIRST_COMPLETED)
        return fetching.result() if fetching.done() else []
    finally:
        for task in (fetching, stopping):
            task.cancel()
        await asyncio.gather(fetching, stopping, return_exceptions=True)


async def _wait_for_room(worker: InboxWorker, stop: asyncio.Event) -> None:
    """Leave updates with Telegram while the inbox is full: it keeps them for a day."""
    while worker.is_full and not stop.is_set():
        log.error("The inbox is full; updates are left with Telegram for now.")
        await _wait(LOOK_FOR_ROOM_AFTER_S, stop)


def _read_all(raws: Sequence[object]) -> list[Incoming]:
    """Read what can be stored. Something without a number cannot be confirmed by itself; it goes with the next one."""
    arrived = [incoming for raw in raws if (incoming := read_incoming(raw))]
    if len(arrived) < len(raws):
        log.error("Telegram sent something that is no update; it is left out.", count=len(raws) - len(arrived))
    return arrived


async def _take(worker: InboxWorker, arrived: Sequence[Incoming]) -> None:
    """Store updates. Where the database stays away, answer from memory: better at most once than not at all."""
    for wait in (*STORE_AGAIN_AFTER_S, None):
        try:
            await worker.take(arrived)
            return
        except DatabaseUnavailable as error:
            log.error("Updates could not be stored.", exc_info=error)
            if wait is not None:
                await asyncio.sleep(wait)
    worker.take_without_storing(arrived)


async def _pause(error: TelegramError, failures: int, stop: asyncio.Event) -> None:
    if isinstance(error, Conflict):
        log.error("Another program answers for this bot. Stop it, or use another token.")
    else:
        log.warning("Telegram could not be asked for messages.", reason=type(error).__name__, failures=failures)
    wait = min(2.0 ** (failures - 1), LONGEST_WAIT_S)
    if isinstance(error, RetryAfter):
        asked = error.retry_after
        wait = asked.total_seconds() if isinstance(asked, dt.timedelta) else float(asked)
    await _wait(wait, stop)


async def _wait(seconds: float, stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return


async def _confirm(application: SatarkApplication, offset: int | None) -> None:
    """Tell Telegram what is stored, so that it need not send it again after a restart."""
    if offset is None:
        return
    try:
        await application.bot.get_raw_updates(offset=offset, timeout_s=0)
    except TelegramError as error:
        log.info("Telegram will send the last messages again; they are known.", reason=type(error).__name__)
