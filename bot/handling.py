"""Hands stored updates to the application: many chats at once, each chat in order, each update once in effect.

Takes updates in (`take`), handles them (`work`), and sees to those that cannot be handled. Where updates come from is
the business of `bot/polling.py` and `bot/webhook.py`; what is stored, of `bot/inbox.py`.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram import Update
from telegram.constants import ChatType

from bot.answering import answering
from bot.application import SatarkApplication
from bot.context import Services, language_of_app, services_of_application
from bot.errors import tell_staff_in_words
from bot.gathering import Gathering
from bot.inbox import Change, Claimed, Inbox, Parked, ParkReason, begins, ends, is_set_aside
from bot.incoming import Incoming, find_private_chat
from bot.presenters import fixed_texts
from bot.sending import Outgoing, send
from bot.texts import text
from bot.waiting_behind import looking_behind
from knowledge.database import DatabaseUnavailable
from knowledge.vocabulary import Language

UPDATES_AT_ONCE = 64
LOOK_AGAIN_S = 1.0  # updates stored by other processes are found this often
LONGEST_HANDLING_S = 300.0  # twice what a patient answer takes (`bot.sending.LONGEST_PATIENCE_S`) and room to spare
STOP_PATIENCE_S = 20.0

_T = TypeVar("_T")
log = structlog.get_logger(__name__)


class InboxWorker:
    """Handles the updates of an inbox with an application that is running."""

    def __init__(self, application: SatarkApplication, inbox: Inbox, *, at_once: int = UPDATES_AT_ONCE) -> None:
        self._application = application
        self._inbox = inbox
        self._at_once = at_once
        self._handling: dict[asyncio.Task[None], Claimed | None] = {}
        self._storing = Gathering(self._store_together)
        self._noting = Gathering(self._note_together)
        self._noted_too_late: list[Change] = []  # what could not be noted while the database was away
        self._something_new = asyncio.Event()
        self.is_full = False  # whether so much waits that no more should be taken at present
        # One thread of its own: the inbox never waits behind slow replies, and its writers not for each other.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inbox")

    async def take(self, arrived: Sequence[Incoming]) -> None:
        """Store updates; once this returns, Telegram may be told. Raises `DatabaseUnavailable`."""
        await self._storing.ask(arrived)

    async def oldest_waiting_s(self) -> float:
        """Return for how many seconds the oldest unfinished update has waited. Raises `DatabaseUnavailable`."""
        oldest = await self._in_thread(self._inbox.oldest_waiting_at)
        return (self._services.clock() - oldest).total_seconds() if oldest else 0.0

    def take_without_storing(self, arrived: Sequence[Incoming]) -> None:
        """Handle updates at once although they could not be stored: a person is not left without any answer."""
        for incoming in arrived:
            self._start(self._hand_over(incoming.raw), None)

    async def work(self, stop: asyncio.Event) -> None:
        """Handle updates until told to stop; then finish what waits and what is begun, within 20 seconds."""
        beside = [asyncio.create_task(doing) for doing in (self._tend(), self._storing.run(), self._noting.run())]
        stopping = asyncio.create_task(stop.wait())
        stopping.add_done_callback(lambda _task: self._something_new.set())
        give_up_at: float | None = None
        try:
            while True:
                self._something_new.clear()
                started = await self._start_waiting()
                if stop.is_set():
                    give_up_at = give_up_at or time.monotonic() + STOP_PATIENCE_S
                    if time.monotonic() > give_up_at or not (started or self._handling):
                        break
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._something_new.wait(), LOOK_AGAIN_S)
        finally:
            # What hangs is let go: the next program admits the interruption to whoever waited for it.
            await _end_all(list(self._handling))
            await _end_all([*beside, stopping])
            self._thread.shutdown()

    # --- handling ---

    async def _start_waiting(self) -> int:
        """Start what may be handled now; returns how much that was."""
        if any(claimed is not None and claimed.is_suspect for claimed in self._handling.values()):
            return 0
        room = self._at_once - len(self._handling)
        try:
            claimed = await self._in_thread(partial(self._inbox.claim, room, idle=not self._handling))
        except Exception as error:  # whatever it is, people keep writing: this loop must not end
            log.error("The inbox cannot be read; trying again.", exc_info=error)
            return 0
        for one in claimed:
            self._start(self._handle(one), one)
        return len(claimed)

    def _start(self, handling: Coroutine[object, object, None], claimed: Claimed | None) -> None:
        task = asyncio.create_task(handling)
        self._handling[task] = claimed
        task.add_done_callback(self._note_end)

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._handling.pop(task, None)
        self._something_new.set()
        if not task.cancelled() and (error := task.exception()):
            log.error("An update could not be seen through.", exc_info=error)

    async def _handle(self, claimed: Claimed) -> None:
        with answering(partial(self._begin_answering, claimed)), looking_behind(partial(self._look_behind, claimed)):
            try:
                if claimed.begun:
                    await self._explain_interruption(claimed)
                else:
                    await asyncio.wait_for(self._hand_over(claimed.raw), LONGEST_HANDLING_S)
            except Exception as error:  # whatever it is, this update must not stop those behind it
                await self._set_aside(claimed, error)
            else:
                await self._note_end_of(ends(claimed))

    async def _hand_over(self, raw: str) -> None:
        await self._application.process_update(_parse(raw, self._application))

    async def _begin_answering(self, claimed: Claimed) -> bool:
        try:
            may = claimed.begun or await self._noting.ask(begins(claimed))
        except DatabaseUnavailable as error:
            log.error("An answer leaves although this could not be noted.", exc_info=error)
            return True
        if not may:
            log.warning("An update took too long and was given to another process; nothing is sent from here.")
        return may

    async def _look_behind(self, claimed: Claimed) -> Sequence[str]:
        return await self._in_thread(partial(self._inbox.list_behind, claimed))

    async def _note_end_of(self, change: Change) -> None:
        """Note how an update ended, now or as soon as the database is back."""
        try:
            await self._noting.ask(change)
        except DatabaseUnavailable as error:
            log.error("The end of an update could not be noted; trying again.", exc_info=error)
            self._noted_too_late.append(change)

    async def _note_together(self, changes: Sequence[Change]) -> Sequence[bool]:
        return await self._in_thread(partial(self._inbox.note, changes))

    async def _store_together(self, several: Sequence[Sequence[Incoming]]) -> Sequence[None]:
        await self._in_thread(partial(self._inbox.store, [incoming for arrived in several for incoming in arrived]))
        self._something_new.set()
        return [None] * len(several)

    # --- what could not be handled ---

    async def _explain_interruption(self, claimed: Claimed) -> None:
        """Ask a person, whose answer may have been lost when the program died, to send the message again."""
        with suppress(UnreadableUpdate):
            update = _parse(claimed.raw, self._application)
            if update.effective_chat and update.effective_chat.type == ChatType.PRIVATE and not update.my_chat_member:
                await self._say(update, fixed_texts.INTERRUPTED)

    async def _set_aside(self, claimed: Claimed, error: Exception) -> None:
        reason = _reason_of(error)
        log.error("An update was set aside.", reason=reason.value, exc_info=error)
        await self._apologise(Parked(reason, claimed.raw))
        await self._note_end_of(is_set_aside(claimed, reason))

    async def _apologise(self, parked: Parked) -> None:
        """Tell staff, and the person where the update came from a private chat."""
        try:
            await tell_staff_in_words(
                self._application.bot, self._services, fixed_texts.STAFF_PARKED, reason=parked.reason.value
            )
            chat_id = find_private_chat(parked.raw)
            if chat_id is not None and parked.reason is not ParkReason.TOO_OLD:
                html = text(Language.ENGLISH, fixed_texts.APOLOGY)
                await send(self._application.bot, Outgoing(chat_id, html), sleep=self._services.sleep)
        except Exception as error:  # telling must not undo the setting aside
            log.error("Nobody could be told of an update that was set aside.", exc_info=error)

    async def _say(self, update: Update, message: str) -> None:
        assert update.effective_chat is not None  # noqa: S101 - the caller has looked
        language = await self._language_for(update)
        outgoing = Outgoing(update.effective_chat.id, text(language, message))
        await send(self._application.bot, outgoing, sleep=self._services.sleep)

    async def _language_for(self, update: Update) -> Language:
        person = update.effective_user
        with suppress(DatabaseUnavailable):
            chosen = await asyncio.to_thread(self._services.people.find_language, person.id) if person else None
            if chosen:
                return chosen
        return language_of_app(update)

    # --- beside the handling ---

    async def _tend(self) -> None:
        """Renew our leases, take over from dead processes, and note what could not be noted, again and again."""
        while True:
            try:
                await self._tend_once()
            except Exception as error:  # nor may this one
                log.error("The inbox cannot be tended; trying again.", exc_info=error)
            await asyncio.sleep(self._inbox.lease.total_seconds() / 3)

    async def _tend_once(self) -> None:
        if late := list(self._noted_too_late):
            await self._in_thread(partial(self._inbox.note, late))
            del self._noted_too_late[: len(late)]
        if self._handling:
            await self._in_thread(self._inbox.renew)
        self.is_full = await self._in_thread(self._inbox.is_full)
        parked = await self._in_thread(self._inbox.recover)
        for one in parked:
            await self._apologise(one)
        self._something_new.set()

    @property
    def _services(self) -> Services:
        return services_of_application(self._application)

    async def _in_thread(self, call: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)


class UnreadableUpdate(Exception):
    """The library cannot read this update."""


@asynccontextmanager
async def handling(worker: InboxWorker) -> AsyncIterator[InboxWorker]:
    """Return the worker while it handles updates in the background; at the end it finishes what it has."""
    stop = asyncio.Event()
    working = asyncio.create_task(worker.work(stop))
    try:
        yield worker
    finally:
        stop.set()
        await working


async def _end_all(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _parse(raw: str, application: SatarkApplication) -> Update:
    try:
        return Update.de_json(json.loads(raw), application.bot)
    except Exception as error:  # the library fails in many ways on what it does not expect
        raise UnreadableUpdate from error


def _reason_of(error: Exception) -> ParkReason:
    if isinstance(error, UnreadableUpdate):
        return ParkReason.UNREADABLE
    return ParkReason.TIMEOUT if isinstance(error, TimeoutError) else ParkReason.FAILED
