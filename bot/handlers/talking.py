"""How handlers speak: one fixed text, or any HTML, into the chat of the update; and that a press was seen."""

from __future__ import annotations

import structlog
from telegram import CallbackQuery, InlineKeyboardMarkup, Update
from telegram.constants import ChatType
from telegram.error import TelegramError

from bot.context import Context, find_language, services_of
from bot.errors import note_blocked
from bot.sending import Outcome, Outgoing, Sent, send_and_name
from bot.texts import text

log = structlog.get_logger(__name__)


async def say(update: Update, context: Context, message: str, **values: str) -> None:
    """Say a fixed text in the person's language; values are escaped."""
    language = await find_language(update, context)
    await say_html(update, context, text(language, message, **values))


async def say_html(
    update: Update, context: Context, html: str, keyboard: InlineKeyboardMarkup | None = None
) -> Outcome:
    """Send HTML to the chat of the update; in a group, as an answer to the message."""
    return (await say_html_to_edit(update, context, html, keyboard)).outcome


async def say_html_to_edit(
    update: Update, context: Context, html: str, keyboard: InlineKeyboardMarkup | None = None
) -> Sent:
    """As `say_html`, and name the message, so that it can be edited."""
    chat = update.effective_chat
    if chat is None:
        return Sent(Outcome.FAILED)
    services = services_of(context)
    outgoing = Outgoing(chat.id, html, keyboard, reply_to=_message_to_answer(update))
    sent = await send_and_name(context.bot, outgoing, sleep=services.sleep)
    if sent.outcome is Outcome.BLOCKED and chat.type == ChatType.PRIVATE:
        await note_blocked(services, chat.id)
    return sent


async def acknowledge(query: CallbackQuery, words: str | None = None) -> None:
    """End the little clock on the button. Telegram refuses it for presses older than some minutes; that is no harm."""
    try:
        await query.answer(words)
    except TelegramError as error:
        log.info("A press could not be acknowledged.", reason=type(error).__name__)


def _message_to_answer(update: Update) -> int | None:
    chat, message = update.effective_chat, update.message
    return message.message_id if chat and message and chat.type != ChatType.PRIVATE else None
