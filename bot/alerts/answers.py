"""What an answer of Telegram means for a delivery, and when failures are more than bad luck. Pure; does nothing.

Only a definite answer about the chat ends a subscription. What may have arrived is uncertain; what surely did not is
put back. Telegram's words are those of its server (github.com/tdlib/telegram-bot-api, Client.cpp).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter

from bot.aiohttp_request import SURELY_NOT_SENT, NotSent
from bot.alerts.outbox import Claim
from bot.alerts.states import DeliveryState, EndReason
from bot.gate import NotNow, wait_of

TRY_AGAIN_AFTER = dt.timedelta(seconds=5)  # where no connection came about
PLAIN_TEXT_AFTER = dt.timedelta(seconds=2)  # the chat's own limit of one a second has passed by then
SPIKE_LOOKS_AT = 50  # newest finished deliveries
SPIKE_AT_LEAST = 20  # of them failed
SPIKE_SHARE = 0.6
SILENCES_UNTIL_PAUSE = 8  # requests in a row without any answer: as many as are under way at once
SHORTEST_PAUSE_S = 2.0
LONGEST_PAUSE_S = 60.0
_NOT_FOUND = ("chat not found", "user not found", "peer_id_invalid", "group chat was deleted", "chat_id_invalid")
_BAD_MARKUP = "can't parse entities"
_UNCHANGED = "message is not modified"


class Result(StrEnum):
    """How one try to send ended, as far as the delivery is concerned."""

    SENT = "sent"
    UNCERTAIN = "uncertain"  # it may have arrived
    UNREACHABLE = "unreachable"  # a definite answer about the chat: `end_reason` says which
    MIGRATED = "migrated"
    REJECTED = "rejected"  # a definite answer about the message
    PUT_BACK = "put_back"  # surely not sent; another try later
    LET_GO = "let_go"  # not tried


@dataclass(frozen=True)
class Ended:
    """The end of one try: what to write down for the claim."""

    claim: Claim
    result: Result
    reason: str = ""
    message_id: int | None = None
    end_reason: EndReason | None = None
    new_chat_id: int | None = None
    wait: dt.timedelta = dt.timedelta(0)
    counts: bool = True  # whether a try that is put back counts against the ten

    @property
    def was_answered(self) -> bool:
        """Whether Telegram itself said something: it is there, whatever it said."""
        return self.result not in (Result.UNCERTAIN, Result.LET_GO) and self.reason != NotSent.__name__


def judge(claim: Claim, error: Exception) -> Ended:
    """Return what a failed request means for the delivery."""
    name = type(error).__name__
    if isinstance(error, RetryAfter):
        return Ended(claim, Result.PUT_BACK, name, wait=dt.timedelta(seconds=wait_of(error)), counts=False)
    if isinstance(error, NotNow):
        return Ended(claim, Result.PUT_BACK, name, wait=dt.timedelta(seconds=error.seconds), counts=False)
    if isinstance(error, (*SURELY_NOT_SENT, InvalidToken)):
        return Ended(claim, Result.PUT_BACK, name, wait=TRY_AGAIN_AFTER, counts=False)
    if isinstance(error, ChatMigrated):
        return Ended(claim, Result.MIGRATED, name, new_chat_id=error.new_chat_id)
    if isinstance(error, Forbidden):
        return Ended(claim, Result.UNREACHABLE, name, end_reason=_why_forbidden(str(error)))
    if isinstance(error, BadRequest):
        return _judge_refusal(claim, str(error))
    return Ended(claim, Result.UNCERTAIN, name)


def is_bad_markup(error: Exception) -> bool:
    """Whether Telegram could not read the message's markup: then it goes out once more as plain text."""
    return isinstance(error, BadRequest) and _BAD_MARKUP in str(error).lower()


def is_unchanged(error: Exception) -> bool:
    """Whether an edit was refused only because the message reads so already."""
    return isinstance(error, BadRequest) and _UNCHANGED in str(error).lower()


def is_failure(state: DeliveryState) -> bool:
    """Whether a finished delivery counts for the spike rule."""
    return state in (
        DeliveryState.BLOCKED,
        DeliveryState.DEACTIVATED,
        DeliveryState.NOT_FOUND,
        DeliveryState.FAILED_REJECTED,
    )


def is_spike(newest: Sequence[DeliveryState]) -> bool:
    """Whether so many of the newest deliveries failed that the fault is ours or Telegram's, not the people's."""
    looked_at = [state for state in newest if is_failure(state) or state == DeliveryState.SENT][:SPIKE_LOOKS_AT]
    failed = sum(is_failure(state) for state in looked_at)
    return failed >= SPIKE_AT_LEAST and failed >= SPIKE_SHARE * len(looked_at)


@dataclass
class Weather:
    """How Telegram is to be reached. After several silences in a row it says how long to pause, longer each time.

    A second silence about the same message proves nothing: there are chats that Telegram fails for again and again, and
    the others must not wait for them.
    """

    silences: int = 0
    pauses: int = 0

    def note(self, ended: Ended) -> float:
        """Take one more end of a request; returns for how many seconds to pause, mostly 0."""
        if ended.was_answered:
            self.silences = self.pauses = 0
        if ended.was_answered or ended.claim.copies:
            return 0.0
        self.silences += 1
        if self.silences < SILENCES_UNTIL_PAUSE:
            return 0.0
        pause: float = min(SHORTEST_PAUSE_S * 2.0**self.pauses, LONGEST_PAUSE_S)
        self.pauses += 1
        return pause


def _why_forbidden(words: str) -> EndReason:
    words = words.lower()
    if "deactivated" in words:
        return EndReason.DEACTIVATED
    return EndReason.NOT_FOUND if any(sign in words for sign in _NOT_FOUND) else EndReason.BLOCKED


def _judge_refusal(claim: Claim, words: str) -> Ended:
    if any(sign in words.lower() for sign in _NOT_FOUND):
        return Ended(claim, Result.UNREACHABLE, "BadRequest", end_reason=EndReason.NOT_FOUND)
    return Ended(claim, Result.REJECTED, words[:200])
