"""The one gate: everything the bot sends passes here, and this decides when. Knows limits and time; sends nothing.

Two lanes. Replies to people go as soon as Telegram's limits allow. Broadcasts ask for a turn first and get one only
where no reply waits. Numbers are Telegram's (core.telegram.org/bots/faq, "My bot is hitting limits"): about 30 messages
a second in all, one a second in a chat, 20 a minute in a group. The gate never repeats a request.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog
from telegram.error import NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

FREE_PER_SECOND = 30  # more needs Telegram's paid broadcasts
PAID_PER_SECOND = 1000
LEFT_FOR_REPLIES = 5  # of the whole, when broadcasts take as much as they may
MARGIN_S = 0.05  # how often something is looked at again for which no time is known
WINDOW_S = 1.01  # a second of Telegram's, and what two clocks may differ in
LONGEST_UNDER_WAY_S = 2.0  # a message that has no answer after so long has arrived, or hangs and must not block others
SHORTEST_WAIT_S = 0.001
PATIENCE_WITHOUT_NUMBER_S = 5.0  # a "too many requests" that does not say for how long
FLOODS_COUNT_FOR_S = 600.0
FLOOD_COUNTS_FROM_S = 3.0  # a shorter silence means a few messages too many at once, not a rate that is too high
SLOWER_AFTER_FLOODS = 0.8
SLOWEST_SHARE = 0.2
RAMP_BEGINS_AT = 0.4  # of the rate: after a halt 10, 15, 20 and then 25 a second
RAMP_PER_SECOND = 0.2
CHATS_REMEMBERED = 20_000
LONGEST_WAIT_OF_REPLY_S = 120.0  # longer than that a person has given up waiting
_SPEAKING = ("send", "edit", "copy", "forward")
_SILENT = frozenset({"sendChatAction", "sendMessageDraft"})  # nothing stays in the chat; they only wait for a halt

log = structlog.get_logger(__name__)

Answer = bool | dict[str, Any] | list[dict[str, Any]]
Monotonic = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Pace:
    """How fast the bot may send. `math.inf` lifts a limit."""

    broadcast_per_s: float = 25
    overall_per_s: float = FREE_PER_SECOND
    chat_gap_s: float = 1.0
    group_per_minute: float = 20

    @property
    def is_paid(self) -> bool:
        """Whether broadcasts go beyond what Telegram gives for nothing."""
        return self.broadcast_per_s > FREE_PER_SECOND


UNLIMITED = Pace(math.inf, math.inf, 0, math.inf)


def choose_pace(broadcast_per_s: int) -> Pace:
    """Return the pace for ALERT_RATE_PER_SECOND: the whole stays at 30 a second unless broadcasts are paid for."""
    paid = broadcast_per_s > FREE_PER_SECOND
    overall = min(PAID_PER_SECOND, broadcast_per_s + LEFT_FOR_REPLIES) if paid else FREE_PER_SECOND
    return Pace(broadcast_per_s=broadcast_per_s, overall_per_s=overall)


class NotNow(NetworkError):
    """The gate is closed for this message: it was not sent. `seconds` says how long."""

    def __init__(self, seconds: float) -> None:
        super().__init__("The gate is closed for this message; it was not sent.")
        self.seconds = seconds


@dataclass(frozen=True)
class Turn:
    """The permission to send one broadcast message now. A probe is the one that tries whether a halt is over."""

    is_probe: bool = False


@dataclass
class _Chat:
    """What is known of one chat: when it may get the next message, and the latest minute of a group."""

    free_at: float = -math.inf
    halted_until: float = -math.inf
    sent_at: deque[float] = field(default_factory=deque)


class Gate(BaseRateLimiter[Turn]):
    """Lets messages through at the right moment. One for each bot token; it belongs to one event loop."""

    def __init__(
        self, pace: Pace | None = None, *, monotonic: Monotonic = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        """Take the pace and a steady clock in seconds, which tests may turn."""
        self.pace = pace or Pace()
        self._now = monotonic
        self._sleep = sleep
        self._chats: OrderedDict[int, _Chat] = OrderedDict()
        self._sent = _Window(self.pace.overall_per_s, WINDOW_S)
        self._turns = _Turns(self.pace.broadcast_per_s, monotonic())
        self._halt = _Halt()
        self._replies_waiting = 0

    async def initialize(self) -> None:
        """Nothing to open."""

    async def shutdown(self) -> None:
        """Nothing to close."""

    # --- broadcasts ---

    async def take_turns(self, most: int = 1) -> list[Turn]:
        """Wait until broadcasts may send; return between one and `most` turns. Each is used at once or given back."""
        while True:
            now = self._now()
            delay = self._delay_of_broadcast(now)
            if delay > 0:
                await self._sleep(delay)
                continue
            probes = self._halt.needs_probe
            taken = self._turns.take(1 if probes else min(most, self._sent.room(now)))
            self._sent.reserved += taken
            self._halt.probe_is_out = probes
            return [Turn(is_probe=probes)] * taken

    def give_back(self, turn: Turn) -> None:
        """Return a turn that nothing was sent with."""
        self._sent.reserved -= 1
        self._end_probe(turn)

    def _end_probe(self, turn: Turn) -> None:
        if turn.is_probe:
            self._halt.probe_is_out = False

    def halted_for(self) -> float:
        """Return for how many seconds broadcasts must still be silent, for whatever reason."""
        return max(0.0, self._halt.broadcasts_until - self._now())

    def told_to_wait_for(self) -> float:
        """Return for how many seconds Telegram still wants silence, whichever message was told so."""
        return max(0.0, self._halt.told_until - self._now())

    def halt(self, seconds: float) -> None:
        """Keep broadcasts silent for so long: Telegram told an earlier run so, or does not answer at all."""
        self._halt.begin(self._now(), seconds)

    # --- everything ---

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Turn | None,
    ) -> Answer:
        """Do one request of the bot when its time has come.

        A broadcast carries its turn and never waits here: raises `NotNow` where its chat or a new halt forbids it. A
        reply waits, and is given `NotNow` where that would take more than two minutes. Raises whatever the request
        raises; "too many requests" is noted on the way.
        """
        chat_id = _chat_of(data)
        if chat_id is None:
            return await callback(*args, **kwargs)
        counts = endpoint.startswith(_SPEAKING) and endpoint not in _SILENT
        if rate_limit_args is not None:
            left_at = self._check_turn(chat_id, rate_limit_args)
        else:
            left_at = await self._wait_for_reply(chat_id, counts=counts)
        try:
            return await self._pass(callback(*args, **kwargs), chat_id, rate_limit_args)
        finally:
            if counts:
                self._note_arrival(chat_id, left_at)

    async def _pass(self, request: Awaitable[Answer], chat_id: int, turn: Turn | None) -> Answer:
        began_at = self._now()
        try:
            answer = await request
        except RetryAfter as flood:
            self._note_flood(chat_id, wait_of(flood), began_at)
            raise
        else:
            self._halt.note_success(self._now(), turn)
            return answer
        finally:
            if turn is not None:
                self._end_probe(turn)

    def _check_turn(self, chat_id: int, turn: Turn) -> float:
        """Let a broadcast message leave now, or raise `NotNow`. Return the time by which it is counted."""
        now = self._now()
        closed_for = max(self._delay_of_chat(chat_id, now), self._halt.broadcasts_until - now)
        if closed_for > 0:
            self.give_back(turn)
            raise NotNow(closed_for)
        self._sent.reserved -= 1
        self._count(chat_id, now)
        return now

    def _note_arrival(self, chat_id: int, left_at: float) -> None:
        """Telegram has answered: the message arrived between leaving and now, so its limits count from now."""
        now = self._now()
        self._sent.end(left_at, now)
        if self.pace.chat_gap_s:
            chat = self._chat(chat_id)
            chat.free_at = max(chat.free_at, now + self.pace.chat_gap_s)

    async def _wait_for_reply(self, chat_id: int, *, counts: bool) -> float:
        """Wait until a reply may leave. Return the time by which it is counted."""
        while True:
            now = self._now()
            delay = max(self._halt.all_until - now, self._chat(chat_id).halted_until - now)
            if counts:
                delay = max(delay, self._delay_of_chat(chat_id, now))
            if delay > LONGEST_WAIT_OF_REPLY_S:
                raise NotNow(delay)
            if delay > 0:
                await self._sleep(delay)
            elif counts and (delay := self._sent.delay(now)) > 0:
                await self._wait_before_broadcasts(delay)
            else:
                break
        if counts:
            self._count(chat_id, now)
        return now

    async def _wait_before_broadcasts(self, delay: float) -> None:
        self._replies_waiting += 1
        try:
            await self._sleep(delay)
        finally:
            self._replies_waiting -= 1

    def _delay_of_broadcast(self, now: float) -> float:
        """Return how long broadcasts wait: for a halt, for the answer to a probe, for replies, for their own rate."""
        if (halted := self._halt.broadcasts_until - now) > 0:
            return halted
        if self._halt.probe_is_out:
            return MARGIN_S
        full = self._sent.delay(now)
        if full <= 0 and self._replies_waiting:
            full = MARGIN_S
        return max(full, self._turns.delay(now, self._halt.share_of_rate(now)))

    def _delay_of_chat(self, chat_id: int, now: float) -> float:
        chat = self._chat(chat_id)
        delay = max(chat.free_at - now, chat.halted_until - now)
        if chat_id < 0 and len(chat.sent_at) >= self.pace.group_per_minute:
            delay = max(delay, chat.sent_at[0] + 60 + MARGIN_S - now)
        return delay

    def _count(self, chat_id: int, now: float) -> None:
        """Note that a message leaves now."""
        self._sent.leave(now)
        if not self.pace.chat_gap_s:
            return
        chat = self._chat(chat_id)
        chat.free_at = now + self.pace.chat_gap_s
        if chat_id < 0:
            chat.sent_at.append(now)
            while len(chat.sent_at) > self.pace.group_per_minute:
                chat.sent_at.popleft()

    def _note_flood(self, chat_id: int, seconds: float, began_at: float) -> None:
        """Telegram said "too many requests": this chat and all broadcasts are silent for exactly so long.

        Where a reply to another chat is told so meanwhile, it is the whole bot that is meant, and all replies wait too.
        """
        now = self._now()
        chat = self._chat(chat_id)
        chat.halted_until = max(chat.halted_until, now + seconds)
        self._halt.note_flood(chat_id, began_at, now, seconds)
        log.warning("Telegram asks for silence.", seconds=seconds, everybody=self._halt.all_until > now)

    def _chat(self, chat_id: int) -> _Chat:
        chat = self._chats.get(chat_id)
        if chat is None:
            chat = self._chats[chat_id] = _Chat()
            if len(self._chats) > CHATS_REMEMBERED:
                self._chats.popitem(last=False)
        else:
            self._chats.move_to_end(chat_id)
        return chat


@dataclass
class _Window:
    """At most so many messages in any window of so many seconds, counted where they arrive.

    A message arrives at some time between leaving and its answer. So it takes its place when it leaves and gives it
    back one window after its answer: however unevenly the network hands messages on, the limit holds. A turn that was
    given out reserves its place.
    """

    most: float
    length_s: float
    under_way: Counter[float] = field(default_factory=Counter)  # by the time they left, oldest first
    answered: deque[float] = field(default_factory=deque)
    reserved: int = 0

    def room(self, now: float) -> int:
        if self.most == math.inf:
            return 1_000_000
        while self.under_way and (oldest := next(iter(self.under_way))) <= now - LONGEST_UNDER_WAY_S:
            self.answered.extend([now] * self.under_way.pop(oldest))
        while self.answered and self.answered[0] <= now - self.length_s:
            self.answered.popleft()
        return int(self.most) - len(self.answered) - self.under_way.total() - self.reserved

    def delay(self, now: float) -> float:
        if self.room(now) > 0:
            return 0.0
        full_for = self.answered[0] + self.length_s - now if self.answered else MARGIN_S
        return max(full_for, SHORTEST_WAIT_S)  # rounding may have made it nothing, and then it would not be waited for

    def leave(self, now: float) -> None:
        if self.most != math.inf:
            self.under_way[now] += 1

    def end(self, left_at: float, now: float) -> None:
        """Note the answer to a message, if it still counted as under way."""
        if left_at not in self.under_way:
            return
        self.under_way[left_at] -= 1
        if not self.under_way[left_at]:
            del self.under_way[left_at]
        self.answered.append(now)


class _Bucket:
    """Turns that come evenly, so many a second; unused ones are kept up to a most."""

    def __init__(self, per_s: float, most: float, now: float) -> None:
        self._per_s = per_s
        self._most = max(1.0, most)
        self._saved = 1.0
        self._counted_at = now

    def delay(self, now: float, share: float) -> float:
        """Return the seconds until the next turn, at this share of the rate."""
        rate = self._per_s * share
        self._saved = min(self._most, self._saved + max(0.0, now - self._counted_at) * rate)
        self._counted_at = now
        return 0.0 if self._saved >= 1 - 1e-9 else (1 - self._saved) / rate

    def room(self) -> int:
        return max(1, int(self._saved + 1e-9))

    def take(self, taken: int) -> None:
        self._saved = max(0.0, self._saved - taken)


class _Turns:
    """Turns of broadcasts, evenly spread. A delay of up to a quarter of a second is made up for, at a tenth more."""

    def __init__(self, per_s: float, now: float) -> None:
        limited = per_s != math.inf
        self._buckets = [_Bucket(per_s, per_s / 4, now), _Bucket(per_s * 1.1, per_s / 40, now)] if limited else []

    def delay(self, now: float, share: float) -> float:
        """Return the seconds until the next turn, at this share of the rate."""
        return max((bucket.delay(now, share) for bucket in self._buckets), default=0.0)

    def take(self, most: int) -> int:
        """Take as many turns as there are, at least one and at most so many."""
        taken = max(1, min([most, *(bucket.room() for bucket in self._buckets)]))
        for bucket in self._buckets:
            bucket.take(taken)
        return taken


@dataclass
class _Halt:
    """What "too many requests" has led to: who is silent until when, one probe afterwards, then a slow start."""

    broadcasts_until: float = -math.inf
    told_until: float = -math.inf
    all_until: float = -math.inf
    needs_probe: bool = False
    probe_is_out: bool = False
    ramp_from: float = -math.inf
    last_chat_id: int | None = None
    last_flood_at: float = -math.inf
    floods: deque[float] = field(default_factory=deque)  # the longer ones, of the last ten minutes

    def begin(self, now: float, seconds: float) -> None:
        if seconds > 0:
            self.broadcasts_until = max(self.broadcasts_until, now + seconds)
            self.needs_probe = True

    def note_flood(self, chat_id: int, began_at: float, now: float, seconds: float) -> None:
        known_before = began_at >= self.last_flood_at  # not one that was under way already
        if known_before and self.last_chat_id != chat_id and self.told_until > began_at:
            self.all_until = max(self.all_until, self.told_until, now + seconds)
        self.last_chat_id, self.last_flood_at = chat_id, now
        if seconds >= FLOOD_COUNTS_FROM_S:
            self.floods.append(now)
        self.told_until = max(self.told_until, now + seconds)
        self.begin(now, seconds)

    def note_success(self, now: float, turn: Turn | None) -> None:
        """The probe went through: broadcasts go on, slowly at first. What was under way before proves nothing."""
        if turn is not None and turn.is_probe and now >= self.broadcasts_until:
            self.needs_probe = False
            self.ramp_from = now

    def share_of_rate(self, now: float) -> float:
        """Return which share of the rate is used: less after a halt, less where halts come again and again."""
        while self.floods and self.floods[0] < now - FLOODS_COUNT_FOR_S:
            self.floods.popleft()
        ceiling = max(SLOWEST_SHARE, SLOWER_AFTER_FLOODS ** max(0, len(self.floods) - 1))
        seconds = min(now - self.ramp_from, 60.0)  # since the halt; without one, long ago
        return min(ceiling, RAMP_BEGINS_AT + RAMP_PER_SECOND * math.floor(seconds))


def wait_of(flood: RetryAfter) -> float:
    """Return for how many seconds Telegram asks for silence."""
    wait = flood.retry_after
    return wait.total_seconds() if isinstance(wait, dt.timedelta) else float(wait)


def _chat_of(data: dict[str, Any]) -> int | None:
    """Return the chat that a request speaks into; names of public channels get a number of their own."""
    chat_id = data.get("chat_id")
    if chat_id is None:
        return None
    try:
        return int(chat_id)
    except (TypeError, ValueError):
        return -abs(hash(str(chat_id)))
