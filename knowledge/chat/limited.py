"""A chat model with its limits in front: time, calls at once, calls a person and a day, and a rest after failures.

Whatever the provider's client does, `ask` is back within the time-out: the call runs in a thread of its own, and an
answer that comes too late is thrown away. Knows no provider and no texts; logs figures only.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace

import structlog

from knowledge.chat.breaker import Breaker
from knowledge.chat.usage import CountsUsage, Used
from knowledge.chat_model import ChatMessage, ChatModel, ChatModelFailed, Completion, Failure

log = structlog.get_logger(__name__)

# Not the model's fault: a full house says nothing about its health.
_OURS = frozenset({Failure.BUSY, Failure.OVER_BUDGET, Failure.RESTING})
_FAIR_SHARE = 0.5  # of the time-out: a model that is given less, and does not answer in it, is slow and not broken


@dataclass(frozen=True)
class Limits:
    """How much may be asked: seconds for one call, calls at once, calls of one person and of all in a day (UTC)."""

    timeout_s: float = 8.0
    at_once: int = 4
    per_person: int = 20
    per_day: int = 2000


class LimitedChatModel:
    """Asks a model within its limits. Thread-safe. Who has asked is kept in memory for the day and nowhere else."""

    def __init__(
        self,
        model: ChatModel,
        limits: Limits,
        usage: CountsUsage,
        clock: Callable[[], dt.datetime],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._model = model
        self._limits = limits
        self._usage = usage
        self._clock = clock
        self._seconds = seconds
        self._lock = threading.Lock()
        self._breaker = Breaker()
        self._under_way = 0
        self._day: dt.date | None = None
        self._asked: Counter[str] = Counter()

    @property
    def name(self) -> str:
        """The model as the operator named it."""
        return self._model.name

    @property
    def timeout_s(self) -> float:
        """The longest that an answer is waited for."""
        return self._limits.timeout_s

    def ask(
        self, messages: Sequence[ChatMessage], *, asker: str | None = None, within_s: float | None = None
    ) -> Completion:
        """Return the answer. Raises `ChatModelFailed`, at the latest when the time-out or `within_s` has passed."""
        began = self._seconds()
        timeout_s = min(self._limits.timeout_s, within_s) if within_s is not None else self._limits.timeout_s
        self._enter(asker, began)
        try:
            completion = self._ask_within_time(messages, timeout_s)
        except ChatModelFailed as error:
            self._note_failure(error.reason, began, in_haste=timeout_s < _FAIR_SHARE * self._limits.timeout_s)
            raise
        completion = replace(completion, seconds=self._seconds() - began)
        self._note_answer(completion)
        return completion

    def _enter(self, asker: str | None, now: float) -> None:
        """Take a place. Raises `ChatModelFailed` where there is none, before anything is spent."""
        with self._lock:
            if self._breaker.is_resting(now):
                raise ChatModelFailed(Failure.RESTING)
            if self._under_way >= self._limits.at_once:
                raise ChatModelFailed(Failure.BUSY)
            if not self._may_ask(asker):
                raise ChatModelFailed(Failure.OVER_BUDGET)
            self._under_way += 1
            self._breaker = self._breaker.trying(now)
        if not self._usage.reserve(self._clock().date(), self.name, self._limits.per_day):
            self._leave()
            log.warning("The language model's calls of this day are used up; the rules answer alone.")
            raise ChatModelFailed(Failure.OVER_BUDGET)

    def _may_ask(self, asker: str | None) -> bool:
        """Count one question of a person; False where the day's share is used up."""
        today = self._clock().date()
        if today != self._day:
            self._day, self._asked = today, Counter()
        if asker is None:
            return True
        if self._asked[asker] >= self._limits.per_person:
            return False
        self._asked[asker] += 1
        return True

    def _ask_within_time(self, messages: Sequence[ChatMessage], timeout_s: float) -> Completion:
        answer: Future[Completion] = Future()
        # A daemon: a call that hangs must not keep the program from stopping.
        threading.Thread(target=self._call, args=(messages, answer), daemon=True, name="chat-model").start()
        try:
            return answer.result(timeout_s)
        except TimeoutError:
            raise ChatModelFailed(Failure.TIME_OUT) from None

    def _call(self, messages: Sequence[ChatMessage], answer: Future[Completion]) -> None:
        """Runs in the call's own thread, which holds its place until the provider's client has really let go."""
        try:
            answer.set_result(self._model.complete(messages, timeout_s=self._limits.timeout_s))
        except ChatModelFailed as error:
            answer.set_exception(error)
        except BaseException as error:  # a client may raise anything, and the person must still be answered
            log.error("The language model's client failed.", kind=type(error).__name__)
            answer.set_exception(ChatModelFailed(Failure.BROKEN))
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._lock:
            self._under_way -= 1

    def _note_failure(self, reason: Failure, began: float, *, in_haste: bool) -> None:
        now = self._seconds()
        if reason not in _OURS and not (in_haste and reason is Failure.TIME_OUT):
            with self._lock:
                self._breaker = self._breaker.after_failure(now)
        self._usage.add(self._clock().date(), self.name, Used(failures=1))
        log.warning("The language model gave no answer.", reason=reason.value, seconds=round(now - began, 2))

    def _note_answer(self, completion: Completion) -> None:
        with self._lock:
            self._breaker = self._breaker.after_success()
        used = Used(input_tokens=completion.input_tokens, output_tokens=completion.output_tokens)
        self._usage.add(self._clock().date(), self.name, used)
        log.info(
            "The language model answered.",
            input_tokens=used.input_tokens,
            output_tokens=used.output_tokens,
            seconds=round(completion.seconds, 2),
        )
