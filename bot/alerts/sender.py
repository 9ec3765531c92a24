"""Sends what waits in the outbox: asks the gate for a turn, claims a message, sends it, writes down how it ended.

The turn comes first, so that what goes next is decided at the last moment: an emergency overtakes a digest, and a
message that was cancelled or is no longer wanted is not claimed at all. At most `window` messages are out of the
database's sight; that is how many a crash can double. One process sends, by lease; others stand by. Nothing is
repeated here: what is to go out again waits in the outbox.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.error import RetryAfter, TelegramError

from bot.alerts.answers import PLAIN_TEXT_AFTER, Ended, Result, Weather, is_bad_markup, is_unchanged, judge
from bot.alerts.exchange import Exchange, LeaseLost
from bot.alerts.outbox import Claim, Edit
from bot.clocks import SteadyClock
from bot.gate import Gate, NotNow, Pace, Turn
from bot.presenters.splitting import to_plain
from bot.presenters.subscriptions import stop_keyboard
from knowledge.database import DatabaseUnavailable
from knowledge.vocabulary import Language

if TYPE_CHECKING:  # the application's handlers may import what lies beside this module
    from bot.application import SatarkBot

WINDOW = 8  # at 30 a second and a quarter of a second for each answer
ANSWER_TAKES_S = 0.25
LARGEST_WINDOW = 256
SHARE_CLAIMED = 4  # a quarter of a wide window must be free before more is claimed
SETTLE_TOGETHER_S = 0.01  # what ends within so short a time is written down in one transaction
SOON = dt.timedelta(minutes=10)  # longer than anything that is put off because of an answer, but for a long silence
LOOK_AGAIN_S = 0.5  # alerts that were approved elsewhere are found this often
LEAD_AGAIN_S = 1.0
TRY_DATABASE_AGAIN_S = 1.0
STOP_PATIENCE_S = 10.0
EDIT_TRIES = 3
MOST_EDITS = 64

_T = TypeVar("_T")
log = structlog.get_logger(__name__)


def choose_window(pace: Pace) -> int:
    """Return how many messages may be under way at once: eight, and more only where broadcasts are paid for."""
    if pace.broadcast_per_s == math.inf:
        return LARGEST_WINDOW
    return min(LARGEST_WINDOW, max(WINDOW, math.ceil(pace.broadcast_per_s * ANSWER_TAKES_S)))


class AlertSender:
    """One sender over one bot. `work` runs until told to stop."""

    def __init__(
        self,
        bot: SatarkBot,
        gate: Gate,
        exchange: Exchange,
        *,
        clock: SteadyClock,
        window: int | None = None,
        on_stopped: Callable[[int], Awaitable[None]] | None = None,
        in_thread: bool = True,
    ) -> None:
        """Take the bot whose gate this is, the outbox, the clock, and whom to tell when an alert had to be stopped.

        Without `in_thread` the outbox is called in the event loop's own thread: for simulated time.
        """
        self._bot = bot
        self._gate = gate
        self._exchange = exchange
        self._clock = clock
        self._window = window or choose_window(gate.pace)
        self._on_stopped = on_stopped
        # One thread of its own: the outbox never waits behind slow replies.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="alerts") if in_thread else None
        self._leads = False
        self._halt_noted_until = clock()
        self._may_be_more = False  # the last claim got as much as it asked for
        self._under_way = 0
        self._ended: list[Ended] = []
        self._something_ended = asyncio.Event()
        self._room = asyncio.Event()
        self._sending: set[asyncio.Task[None]] = set()
        self._edits: set[asyncio.Task[None]] = set()
        self._weather = Weather()
        self.settled = 0  # how many tries to send have been written down
        self._plain: set[tuple[tuple[int, ...], str]] = set()  # alerts whose markup Telegram refused, by language

    @property
    def leads(self) -> bool:
        """Whether this process is the sender now."""
        return self._leads

    async def work(self, stop: asyncio.Event) -> None:
        """Send whenever something is due and this process leads, until `stop` is set. Finishes what is under way."""
        leading = asyncio.create_task(self._keep_leading())
        settling = asyncio.create_task(self._settle_again_and_again())
        try:
            while not stop.is_set():
                await self._dispatch(stop)
            await self._finish()
        finally:
            await _end(leading, settling, *self._sending, *self._edits)
            with suppress(DatabaseUnavailable):
                await self._call(self._exchange.release)
            if self._thread:
                self._thread.shutdown()

    # --- leading ---

    async def _keep_leading(self) -> None:
        """Take the lease when it is free and renew it; a second sender stands by."""
        while True:
            try:
                led, self._leads = self._leads, await self._call(lambda: self._exchange.lead(self._clock()))
                if self._leads and not led:
                    await self._respect_earlier_halt()
                if self._leads:
                    await self._remember_halt()
                if led and not self._leads:
                    log.warning("Another process sends the alerts now; this one stands by.")
            except DatabaseUnavailable as error:  # claiming will fail as well, and says so
                log.error("The lease of the sender could not be renewed; trying again.", exc_info=error)
            await asyncio.sleep(LEAD_AGAIN_S)

    async def _respect_earlier_halt(self) -> None:
        until = await self._call(self._exchange.find_halt)
        if until is not None:
            self._gate.halt((until - self._clock()).total_seconds())

    async def _remember_halt(self) -> None:
        """Write down until when Telegram wants silence, so that a restart does not break it."""
        until = self._clock() + dt.timedelta(seconds=self._gate.told_to_wait_for())
        if until - max(self._clock(), self._halt_noted_until) > dt.timedelta(seconds=0.1):
            await self._call(lambda: self._exchange.note_halt(until))
            self._halt_noted_until = until

    # --- claiming ---

    async def _dispatch(self, stop: asyncio.Event) -> None:
        """Do one step: wait for what is missing, or claim and send. Never raises: alerts must not stop for good."""
        try:
            if not self._leads:
                await _pause(stop, LOOK_AGAIN_S)
            elif not self._has_room() or len(self._edits) >= MOST_EDITS:
                await self._wait_for_room()
            elif not (self._may_be_more or await self._is_something_due()):
                await _pause(stop, LOOK_AGAIN_S)
            else:
                await self._claim_and_send(stop)
        except LeaseLost:
            self._leads = False
        except DatabaseUnavailable as error:
            log.error("The outbox cannot be reached; trying again.", exc_info=error)
            await _pause(stop, TRY_DATABASE_AGAIN_S)
        except Exception as error:  # a fault of ours; the next try may do better, and replies go on meanwhile
            log.error("Alerts could not be claimed; trying again.", exc_info=error)
            await _pause(stop, TRY_DATABASE_AGAIN_S)

    async def _claim_and_send(self, stop: asyncio.Event) -> None:
        turns = await self._take_turns(stop)
        used = 0
        try:
            claims = await self._call(lambda: self._exchange.claim(len(turns), self._clock())) if turns else ()
            self._may_be_more = bool(turns) and len(claims) == len(turns)
            for turn, claim in zip(turns, claims, strict=False):
                self._under_way += 1
                used += 1
                self._start(self._send(claim, turn), self._sending)
        finally:
            for turn in turns[used:]:
                self._gate.give_back(turn)
        if not used:  # held, or all that was due is not wanted any more
            await _pause(stop, LOOK_AGAIN_S)

    async def _take_turns(self, stop: asyncio.Event) -> list[Turn]:
        """Wait for turns; none where the sender is told to stop meanwhile."""
        taking = asyncio.create_task(self._gate.take_turns(self._window - self._under_way))
        stopping = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait((taking, stopping), return_when=asyncio.FIRST_COMPLETED)
            return taking.result() if taking.done() else []
        finally:
            await _end(taking, stopping)

    async def _is_something_due(self) -> bool:
        """Whether a message may go out now. While none is due soon, the clock follows the machine's time of day."""
        at = self._clock()
        due_at = await self._call(lambda: self._exchange.next_due_at(at))
        if not self._under_way and (due_at is None or due_at - at > SOON):
            self._clock.set_again()
        return due_at is not None and due_at <= at

    def _has_room(self) -> bool:
        """Whether more may be claimed now; with a wide window not one by one, which would be slow."""
        least = self._window // SHARE_CLAIMED if self._window > WINDOW else 1
        return self._window - self._under_way >= least

    async def _wait_for_room(self) -> None:
        self._room.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._room.wait(), LEAD_AGAIN_S)

    # --- sending ---

    async def _send(self, claim: Claim, turn: Turn) -> None:
        """Send one message and hand over how it ended, whatever happens: the others go on."""
        ended = Ended(claim, Result.UNCERTAIN, "stopped while it was sent")
        try:
            ended = await self._try(claim, turn)
        except Exception as error:  # an error of ours too, for the request may have been made
            ended = await self._judge(claim, error)
        finally:
            self._hand_over(ended)
        pause = self._weather.note(ended)
        if pause and self._gate.halted_for() <= 0:
            log.warning("Telegram does not answer; alerts pause.", seconds=pause)
            self._gate.halt(pause)

    async def _try(self, claim: Claim, turn: Turn) -> Ended:
        if claim.html is None:
            return await self._only_edit(claim, turn)
        plain = self._kind(claim) in self._plain
        message_id = await self._bot.send_alert(
            claim.chat_id,
            to_plain(claim.html) if plain else claim.html,
            is_html=not plain,
            reply_to=claim.reply_to,
            is_paid=self._gate.pace.is_paid,
            turn=turn,
            buttons=_stop_button(claim.language) if claim.chat_id > 0 else None,  # in a group /alerts asks its admins
        )
        if claim.edit is not None:
            self._start(self._edit_later(claim.chat_id, claim.edit), self._edits)
        return Ended(claim, Result.SENT, message_id=message_id)

    async def _only_edit(self, claim: Claim, turn: Turn) -> Ended:
        if claim.edit is None:
            return Ended(claim, Result.REJECTED, "there is nothing to send")
        try:
            await self._edit(claim.chat_id, claim.edit, turn)
        except TelegramError as error:
            if not is_unchanged(error):
                raise
        return Ended(claim, Result.SENT, message_id=claim.edit.message_id)

    async def _edit(self, chat_id: int, edit: Edit, turn: Turn) -> None:
        await self._bot.edit_message_text(
            edit.html,
            chat_id=chat_id,
            message_id=edit.message_id,
            parse_mode=ParseMode.HTML,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            rate_limit_args=turn,
        )

    async def _edit_later(self, chat_id: int, edit: Edit) -> None:
        """Mark the earlier message as well, as far as Telegram lets us: the new one already says what holds."""
        for _ in range(EDIT_TRIES):
            await asyncio.sleep(self._gate.pace.chat_gap_s)
            [turn] = await self._gate.take_turns(1)
            try:
                await self._edit(chat_id, edit, turn)
            except (NotNow, RetryAfter):
                continue
            except TelegramError as error:
                if not is_unchanged(error):
                    log.warning("An earlier message could not be marked as replaced.", reason=type(error).__name__)
            return

    async def _judge(self, claim: Claim, error: Exception) -> Ended:
        if is_bad_markup(error):
            if self._kind(claim) not in self._plain:
                log.error("Telegram cannot read an alert's markup; it goes out as plain text.", alerts=claim.alert_ids)
            self._plain.add(self._kind(claim))
            return Ended(claim, Result.PUT_BACK, "markup refused", wait=PLAIN_TEXT_AFTER)
        if not isinstance(error, TelegramError):
            log.error("A message was sent, or not, and then something failed here.", exc_info=error)
        return judge(claim, error)

    # --- writing down ---

    def _hand_over(self, ended: Ended) -> None:
        self._ended.append(ended)
        self._something_ended.set()

    async def _settle_again_and_again(self) -> None:
        while True:
            await self._something_ended.wait()
            self._something_ended.clear()
            await asyncio.sleep(SETTLE_TOGETHER_S)
            while self._ended:
                await self._settle()

    async def _settle(self) -> None:
        """Write down all that has ended. While the database is away it stays under way, so nothing new starts."""
        batch = tuple(self._ended)
        try:
            stopped = await self._call(lambda: self._exchange.settle(batch, self._clock()))
        except DatabaseUnavailable as error:
            log.error("It could not be noted how messages ended; trying again.", count=len(batch), exc_info=error)
            await asyncio.sleep(TRY_DATABASE_AGAIN_S)
            return
        except Exception as error:  # one of them cannot be noted: the others must not wait for it
            log.error("How a message ended could not be noted.", count=len(batch), exc_info=error)
            stopped = await self._settle_one_by_one(batch) if len(batch) > 1 else []
        del self._ended[: len(batch)]
        self._under_way -= len(batch)
        self.settled += len(batch)
        self._room.set()
        for alert_id in stopped:
            await self._tell_stopped(alert_id)

    async def _settle_one_by_one(self, batch: tuple[Ended, ...]) -> list[int]:
        """Note each alone. What cannot be noted stays claimed, runs out, and counts as uncertain then."""
        stopped: list[int] = []
        for ended in batch:
            try:
                stopped += await self._call(partial(self._exchange.settle, (ended,), self._clock()))
            except Exception as error:
                log.error("How a message ended could not be noted.", alerts=ended.claim.alert_ids, exc_info=error)
        return stopped

    async def _tell_stopped(self, alert_id: int) -> None:
        log.error("An alert was stopped: too many of its deliveries failed.", alert=alert_id)
        if self._on_stopped:
            await self._on_stopped(alert_id)

    # --- small steps ---

    async def _finish(self) -> None:
        """See through what is under way, within a few seconds."""
        with suppress(TimeoutError, DatabaseUnavailable):
            async with asyncio.timeout(STOP_PATIENCE_S):
                await asyncio.gather(*self._sending, return_exceptions=True)
                await self._remember_halt()
                while self._under_way:
                    await self._wait_for_room()

    def _start(self, action: Coroutine[Any, Any, None], where: set[asyncio.Task[None]]) -> None:
        task = asyncio.create_task(action)
        where.add(task)
        task.add_done_callback(where.discard)

    async def _call(self, action: Callable[[], _T]) -> _T:
        if self._thread is None:
            return action()
        return await asyncio.get_running_loop().run_in_executor(self._thread, action)

    def _kind(self, claim: Claim) -> tuple[tuple[int, ...], str]:
        return claim.alert_ids, claim.language.value


@lru_cache(maxsize=len(Language))
def _stop_button(language: Language) -> str:
    return stop_keyboard(language).to_json()


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


async def _end(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
