"""Messages that ask: an offer or a question in words, as a picture or file, or after /check."""

from __future__ import annotations

from telegram import Update

from bot.attachments import find_attached
from bot.context import Context
from bot.handlers.addressing import find_pointed_at, is_addressed, words_after_command, words_of
from bot.handlers.conversing import begin_anew
from bot.handlers.desk import offer_to_bring_in, take_message
from bot.handlers.files import answer_attached, answer_files
from bot.handlers.replying import answer
from bot.presenters import fixed_texts


async def answer_message(update: Update, context: Context) -> None:
    """Answer a picture or file, a text, or the words that came with something that cannot be read, such as a video."""
    message = update.message
    if message is None or not is_addressed(message, context.bot.bot):
        return
    if await take_message(update, context):  # one of the staff answers the desk
        return
    words, pointed_at = words_of(message, context.bot.bot), find_pointed_at(message, context.bot.bot)
    if find_attached(message):
        await answer_files(update, context)
    elif pointed_at and (attached := find_attached(pointed_at)):
        await answer_attached(update, context, [attached], words)
    else:
        await answer(update, context, words, fixed_texts.ONLY_YOUR_WORDS if message.caption else None)
    await offer_to_bring_in(update, context)


async def answer_check(update: Update, context: Context) -> None:
    """Answer /check: the words after it, and the message or picture that it answers. Without both it is explained.

    Who writes it checks something new: what went before is no part of it.
    """
    message = update.message
    if message is None:
        return
    begin_anew(update, context)
    words, pointed_at = words_after_command(message), message.reply_to_message
    if pointed_at and (attached := find_attached(pointed_at)):
        await answer_attached(update, context, [attached], words)
    else:
        await answer(update, context, words)
