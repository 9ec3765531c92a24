"""How handlers speak: one fixed text, or any HTML, into the chat of the update."""

from __future__ import annotations

from telegram import InlineKeyboardMarkup, Update
from telegram.constants import ChatType

from bot.context import Context, find_language, services_of
from bot.errors import note_blocked
from bot.sending import Outcome, Outgoing, send
from bot.texts import text


async def say(update: Update, context: Context, message: str, **values: str) -> None:
    """Say a fixed text in the person's language; values are escaped."""
    language = await find_language(update, context)
    await say_html(update, context, text(language, message, **values))


async def say_html(
    update: Update, context: Context, html: str, keyboard: InlineKeyboardMarkup | None = None
) -> Outcome:
    """Send HTML to the chat of the update; in a group, as an answer to the message."""
    chat = update.effective_chat
    if chat is None:
        return Outcome.FAILED
    services = services_of(context)
    outgoing = Outgoing(chat.id, html, keyboard, reply_to=_message_to_answer(update))
    outcome = await send(context.bot, outgoing, sleep=services.sleep)
    if outcome is Outcome.BLOCKED and chat.type == ChatType.PRIVATE:
        await note_blocked(services, chat.id)
    return outcome


def _message_to_answer(update: Update) -> int | None:
    chat, message = update.effective_chat, update.message
    return message.message_id if chat and message and chat.type != ChatType.PRIVATE else None
