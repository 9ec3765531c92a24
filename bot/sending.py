"""How one message leaves the bot. Knows Telegram's refusals and which of them allow a second try; knows no texts.

`sendMessage` has no idempotency key: a message that may have arrived is not sent again. Sent again, once, is only what
Telegram surely did not take: too many requests, markup that it refused, or no connection at all.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import httpx
import structlog
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, Forbidden, RetryAfter, TelegramError

from bot.presenters.splitting import split_html, to_plain

LONGEST_PATIENCE = dt.timedelta(minutes=2)  # longer than that a person has given up waiting, and stopping would hang
RECONNECT_AFTER_S = 1.0
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of a message. UNCERTAIN: Telegram may or may not have taken it."""

    SENT = "sent"
    BLOCKED = "blocked"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class _Remedy(StrEnum):
    """What was changed before a second try; each helps at most once."""

    WAIT = "wait"
    PLAIN_TEXT = "plain_text"
    RECONNECT = "reconnect"


@dataclass(frozen=True)
class Outgoing:
    """One message to send: Telegram HTML of any length, with buttons under its last part."""

    chat_id: int
    html: str
    keyboard: InlineKeyboardMarkup | None = None
    reply_to: int | None = None


Sleep = Callable[[float], Awaitable[None]]


async def send(bot: Bot, outgoing: Outgoing, *, sleep: Sleep) -> Outcome:
    """Send a message in as many parts as it needs; stops at the first part that does not arrive. Never raises."""
    parts = split_html(outgoing.html)
    for number, part in enumerate(parts, start=1):
        last = number == len(parts)
        piece = Outgoing(
            outgoing.chat_id,
            part,
            keyboard=outgoing.keyboard if last else None,
            reply_to=outgoing.reply_to if number == 1 else None,
        )
        outcome = await _send_part(bot, piece, sleep)
        if outcome is not Outcome.SENT:
            return outcome
    return Outcome.SENT


async def _send_part(bot: Bot, part: Outgoing, sleep: Sleep) -> Outcome:
    tried: set[_Remedy] = set()
    while True:
        try:
            await _send_once(bot, part, as_plain=_Remedy.PLAIN_TEXT in tried)
        except TelegramError as error:
            remedy = _find_remedy(error)
            if remedy is None or remedy in tried:
                return _outcome_of(error)
            tried.add(remedy)
            await sleep(_wait_before(remedy, error))
        else:
            return Outcome.SENT


async def _send_once(bot: Bot, part: Outgoing, *, as_plain: bool = False) -> None:
    await bot.send_message(
        chat_id=part.chat_id,
        text=to_plain(part.html) if as_plain else part.html,
        parse_mode=None if as_plain else ParseMode.HTML,
        reply_markup=part.keyboard,
        reply_parameters=_reply_to(part.reply_to),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )


def _reply_to(message_id: int | None) -> ReplyParameters | None:
    return ReplyParameters(message_id, allow_sending_without_reply=True) if message_id else None


def _find_remedy(error: TelegramError) -> _Remedy | None:
    """Return what makes a second try safe and sensible, or None."""
    if isinstance(error, RetryAfter):
        return _Remedy.WAIT if _wait_asked(error) <= LONGEST_PATIENCE else None
    if isinstance(error, BadRequest):
        return _Remedy.PLAIN_TEXT
    return _Remedy.RECONNECT if isinstance(error.__cause__, _NEVER_SENT) else None


def _wait_before(remedy: _Remedy, error: TelegramError) -> float:
    if isinstance(error, RetryAfter):
        return _wait_asked(error).total_seconds()
    return RECONNECT_AFTER_S if remedy is _Remedy.RECONNECT else 0


def _wait_asked(error: RetryAfter) -> dt.timedelta:
    wait = error.retry_after
    return wait if isinstance(wait, dt.timedelta) else dt.timedelta(seconds=wait)


def _outcome_of(error: TelegramError) -> Outcome:
    outcome = _classify(error)
    log.warning("A message was not delivered.", outcome=outcome.value, reason=type(error).__name__)
    return outcome


def _classify(error: TelegramError) -> Outcome:
    if isinstance(error, Forbidden):
        return Outcome.BLOCKED
    surely_not_sent = isinstance(error, BadRequest | RetryAfter) or isinstance(error.__cause__, _NEVER_SENT)
    return Outcome.FAILED if surely_not_sent else Outcome.UNCERTAIN
