"""How one message leaves the bot. Knows Telegram's refusals and which of them allow a second try; knows no texts.

`sendMessage` has no idempotency key: a message that may have arrived is not sent again. Sent again is only what
Telegram surely did not take: too many requests, markup that it refused, or no connection at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

import structlog
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message, ReplyParameters
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter, TelegramError

from bot.aiohttp_request import SURELY_NOT_SENT
from bot.answering import may_send
from bot.gate import wait_of
from bot.presenters.splitting import split_html, to_plain

LONGEST_PATIENCE_S = 120.0  # longer than that a person has given up waiting, and stopping would hang
RECONNECT_AFTER_S = (1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)  # nothing was sent, so trying again doubles nothing

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """What became of a message. UNCERTAIN: Telegram may or may not have taken it."""

    SENT = "sent"
    BLOCKED = "blocked"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class _Remedy(StrEnum):
    """What is changed before another try; the first two help at most once."""

    WAIT = "wait"  # the gate does the waiting
    PLAIN_TEXT = "plain_text"
    RECONNECT = "reconnect"


@dataclass(frozen=True)
class Outgoing:
    """One message to send: Telegram HTML of any length, with buttons under its last part."""

    chat_id: int
    html: str
    keyboard: InlineKeyboardMarkup | None = None
    reply_to: int | None = None


@dataclass(frozen=True)
class Sent:
    """What became of a message, and its id where it went out in one part."""

    outcome: Outcome
    message_id: int | None = None


Sleep = Callable[[float], Awaitable[None]]


async def send(bot: Bot, outgoing: Outgoing, *, sleep: Sleep) -> Outcome:
    """Send a message in as many parts as it needs; stops at the first part that does not arrive. Never raises."""
    return (await send_and_name(bot, outgoing, sleep=sleep)).outcome


async def send_and_name(bot: Bot, outgoing: Outgoing, *, sleep: Sleep) -> Sent:
    """As `send`, and name the message where it went out in one part, so that it can be edited. Never raises."""
    if not await may_send():
        return Sent(Outcome.FAILED)
    parts = split_html(outgoing.html)
    message: Message | None = None
    for number, part in enumerate(parts, start=1):
        last = number == len(parts)
        piece = Outgoing(
            outgoing.chat_id,
            part,
            keyboard=outgoing.keyboard if last else None,
            reply_to=outgoing.reply_to if number == 1 else None,
        )
        outcome, message = await _send_part(bot, piece, sleep)
        if outcome is not Outcome.SENT:
            return Sent(outcome)
    return Sent(Outcome.SENT, message.message_id if message and len(parts) == 1 else None)


async def edit(bot: Bot, sent: Sent, better: Outgoing) -> bool:
    """Put better words in the place of a message that was sent; False where that cannot be: the first words stand."""
    parts = split_html(better.html)
    if sent.message_id is None or len(parts) != 1 or not await may_send():
        return False
    try:
        await bot.edit_message_text(
            chat_id=better.chat_id,
            message_id=sent.message_id,
            text=parts[0],
            parse_mode=ParseMode.HTML,
            reply_markup=better.keyboard,
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        )
    except TelegramError as error:
        log.info("A message keeps its first words.", reason=type(error).__name__)
        return False
    return True


async def _send_part(bot: Bot, part: Outgoing, sleep: Sleep) -> tuple[Outcome, Message | None]:
    tried: set[_Remedy] = set()
    waits = iter(RECONNECT_AFTER_S)
    while True:
        try:
            message = await _send_once(bot, part, as_plain=_Remedy.PLAIN_TEXT in tried)
        except TelegramError as error:
            remedy = _find_remedy(error)
            if remedy is _Remedy.RECONNECT and (wait := next(waits, None)) is not None:
                await sleep(wait)
                continue
            if remedy in (None, _Remedy.RECONNECT) or remedy in tried:
                return _outcome_of(error), None
            tried.add(remedy)
        else:
            return Outcome.SENT, message


async def _send_once(bot: Bot, part: Outgoing, *, as_plain: bool = False) -> Message:
    return await bot.send_message(
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
        return _Remedy.WAIT if wait_of(error) <= LONGEST_PATIENCE_S else None
    if isinstance(error, BadRequest):
        return _Remedy.PLAIN_TEXT
    return _Remedy.RECONNECT if isinstance(error, SURELY_NOT_SENT) else None


def _outcome_of(error: TelegramError) -> Outcome:
    outcome = _classify(error)
    log.warning("A message was not delivered.", outcome=outcome.value, reason=type(error).__name__)
    return outcome


def _classify(error: TelegramError) -> Outcome:
    if isinstance(error, Forbidden):
        return Outcome.BLOCKED
    surely_not_sent = isinstance(error, (BadRequest, RetryAfter, ChatMigrated, *SURELY_NOT_SENT))
    return Outcome.FAILED if surely_not_sent else Outcome.UNCERTAIN
