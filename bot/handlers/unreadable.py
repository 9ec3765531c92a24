"""Messages in which the bot can read nothing: voice, videos, stickers. Each gets a kind answer."""

from __future__ import annotations

from telegram import Message, Update

from bot.context import Context, services_of
from bot.handlers.addressing import is_addressed
from bot.handlers.talking import say
from bot.presenters import fixed_texts


async def explain_unreadable(update: Update, context: Context) -> None:
    """Say what to send instead; once for a whole album."""
    message = update.message
    if message is None or not is_addressed(message, context.bot.bot):
        return
    if services_of(context).albums.is_first(message.media_group_id):
        await say(update, context, _explanation(message))


def _explanation(message: Message) -> str:
    if message.voice or message.audio or message.video or message.video_note or message.document:
        return fixed_texts.OTHER_CONTENT if message.animation else fixed_texts.VOICE
    return fixed_texts.OTHER_CONTENT
